"""Pictures, clips and speech that decode, and differ from job to job.

Clips and MP3s are encoded once for each length; what makes them differ is a tag with the job's id, which is free.
"""

from __future__ import annotations

import functools
import hashlib
import io
import struct
import wave
from typing import Any, cast

import av
import numpy as np
from PIL import Image, ImageDraw

FPS = 24
CLIP = (320, 180)


def picture(job: str, width: int, height: int, form: str = "PNG") -> bytes:
    """Draw a picture.

    Parameters:
        job: Whose: gives its colour and is written on it.
        width: In pixels.
        height: In pixels.
        form: ``PNG``, ``JPEG`` or ``WEBP``.
    """
    mark = hashlib.sha256(job.encode()).digest()
    image = Image.new("RGB", (width, height), (mark[0], mark[1], mark[2]))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.8), fill=(mark[3], mark[4], mark[5]))
    draw.text((8, 8), job, fill=(255 - mark[0], 255 - mark[1], 255 - mark[2]))
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


@functools.cache
def _clip(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream: Any = cast(Any, container).add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "32"})
        stream.width, stream.height, stream.pix_fmt = *CLIP, "yuv420p"
        ramp = np.linspace(40, 200, CLIP[0], dtype=np.float32)
        for n in range(round(seconds * FPS)):
            row = np.roll(ramp, n * 3).astype(np.uint8)
            pixels = np.repeat(np.repeat(row[None, :, None], CLIP[1], 0), 3, 2)
            cast(Any, container).mux(
                stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"))
            )
        cast(Any, container).mux(stream.encode())
    return buffer.getvalue()


def clip(job: str, seconds: float) -> bytes:
    """Make an MP4.

    Parameters:
        job: Whose: stands in a box at its end that players skip.
        seconds: How long it lasts.
    """
    mark = job.encode()
    return _clip(seconds) + struct.pack(">I4s", 8 + len(mark), b"free") + mark


def _tone(seconds: float, hertz: float, rate: int) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    voice = np.sin(2 * np.pi * hertz * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))
    return (voice * 9_000).astype(np.int16)


def wav(job: str, seconds: float) -> bytes:
    """Make a WAV at 24 kHz.

    Parameters:
        job: Whose: gives its pitch.
        seconds: How long it lasts.
    """
    hertz = 110 + int.from_bytes(hashlib.sha256(job.encode()).digest()[:2], "big") / 256
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(_tone(seconds, hertz, 24_000).tobytes())
    return buffer.getvalue()


@functools.cache
def _mp3(tenths: int) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp3") as container:
        stream: Any = cast(Any, container).add_stream("mp3", rate=44_100)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(_tone(tenths / 10, 160, 44_100)[None, :], format="s16", layout="mono")
        frame.sample_rate = 44_100
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=44_100)
        for piece in resampler.resample(frame):
            cast(Any, container).mux(stream.encode(piece))
        cast(Any, container).mux(stream.encode())
    return buffer.getvalue()


def mp3(job: str, seconds: float) -> bytes:
    """Make an MP3.

    Parameters:
        job: Whose: stands in an ID3 tag before it.
        seconds: How long it lasts.
    """
    text = b"\x00" + job.encode()
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\x00\x00" + text
    size = len(frame)
    head = b"ID3\x03\x00\x00" + bytes([(size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127])
    return head + frame + _mp3(max(3, round(seconds * 10)))


def spoken(text: str) -> float:
    """Say how long a text is when spoken, in seconds.

    Parameters:
        text: The words.
    """
    return max(0.4, len(text) / 15)
