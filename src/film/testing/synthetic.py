"""Small, true media out of nothing: pictures, clips and speech that decode, for doubles and simulated vendors.

What is made depends on ``seed`` alone, so equal orders give equal bytes. Clips cost an encoder's time, so they are kept
per length, frame and tint, and told apart by a label in a box that players pass over.
"""

from __future__ import annotations

import colorsys
import io
import random
import struct
import tempfile
import wave
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, PngImagePlugin

RATE = 24_000
"""Samples a second of the speech."""
LETTERS_A_SECOND = 15.0
TINTS = 6
_COMMA = round(0.06 * RATE)
"""Samples on either side of a mark in which nobody speaks."""

PictureFormat = Literal["png", "jpeg", "webp"]
SpeechFormat = Literal["wav", "mp3", "flac", "opus", "aac", "pcm"]


def picture(width: int, height: int, seed: int, label: str = "", *, form: PictureFormat = "png") -> bytes:
    """A dusk over hills in the seed's colours, with ``label`` in its corner and, unseen, in its metadata."""
    image = _landscape(width, height, seed)
    if label:
        ImageDraw.Draw(image).text((width // 40 + 2, height // 40 + 2), label[:60], fill="white")
    out = io.BytesIO()
    if form == "png":
        about = PngImagePlugin.PngInfo()
        about.add_text("Comment", f"{seed} {label}")
        image.save(out, "PNG", compress_level=1, pnginfo=about)
    elif form == "jpeg":
        image.save(out, "JPEG", quality=80, comment=f"{seed} {label}".encode())
    else:
        image.save(out, "WEBP", quality=80, method=0, exif=_exif(f"{seed} {label}"))
    return out.getvalue()


def clip(seconds: float, width: int, height: int, seed: int, label: str = "", *, rate: int = 24) -> bytes:
    """A slow pan over such a landscape: H.264 in MP4, ``seconds`` long to the frame, its index in front."""
    encoded = _clip(round(seconds * rate), width // 2 * 2, height // 2 * 2, seed % TINTS, rate)
    note = f"{seed} {label}".encode()
    return encoded + struct.pack(">I4s", 8 + len(note), b"free") + note


def speech(text: str, seed: int, *, form: SpeechFormat = "wav", speed: float = 1.0) -> bytes:
    """As long as somebody would take to say ``text``: syllables at the seed's pitch, pauses at the commas."""
    samples = _voice(text, seed, speed)
    if form == "pcm":
        return samples.tobytes()
    if form == "wav":
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        return out.getvalue()
    return _encode_sound(samples, form)


def spoken_seconds(text: str, speed: float = 1.0) -> float:
    return max(0.4, len(text) / LETTERS_A_SECOND / speed)


def _landscape(width: int, height: int, seed: int) -> Image.Image:
    dice = random.Random(seed)
    hue = dice.random()
    down = np.linspace(0.0, 1.0, height)[:, None, None]
    top, bottom = (np.array(colorsys.hsv_to_rgb((hue + d) % 1, s, v)) for d, s, v in ((0, 0.6, 0.25), (0.12, 0.5, 0.9)))
    pixels = np.broadcast_to(top * (1 - down) + bottom * down, (height, width, 3)).copy()
    across = np.linspace(0.0, 2 * np.pi, width)
    for layer in range(3):
        line = 0.55 + 0.14 * layer + 0.07 * np.sin(across * dice.uniform(0.6, 2.2) + dice.uniform(0, 6))
        below = np.arange(height)[:, None] >= (line * height)[None, :]
        pixels[below] = np.array(colorsys.hsv_to_rgb((hue + 0.08 * layer) % 1, 0.5, 0.45 - 0.13 * layer))
    return Image.fromarray((pixels * 255).astype(np.uint8))


@lru_cache(maxsize=64)
def _clip(frames: int, width: int, height: int, tint: int, rate: int) -> bytes:
    wide = np.asarray(_landscape(width + width // 4, height, tint))
    with tempfile.TemporaryDirectory() as folder:  # putting the index in front takes a second pass over a file
        file = Path(folder) / "clip.mp4"
        container: Any  # PyAV's overloads per codec are only partly typed
        with av.open(file, "w", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=Fraction(rate), options={"preset": "ultrafast", "crf": "30"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for number in range(frames):
                left = (wide.shape[1] - width) * number // max(1, frames - 1)
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(wide[:, left : left + width]), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return file.read_bytes()


def _voice(text: str, seed: int, speed: float) -> NDArray[np.int16]:
    time = np.arange(int(RATE * spoken_seconds(text, speed))) / RATE
    pitch = random.Random(seed).uniform(95, 220)
    vowels = (
        np.sin(2 * np.pi * pitch * time)
        + 0.5 * np.sin(4 * np.pi * pitch * time)
        + 0.25 * np.sin(6 * np.pi * pitch * time)
    )
    syllables = np.clip(np.sin(2 * np.pi * 2.2 * speed * time), 0, 1) ** 0.6
    for place, letter in enumerate(text):
        if letter in ",;.!?":
            middle = round(RATE * place / LETTERS_A_SECOND / speed)
            syllables[max(0, middle - _COMMA) : middle + _COMMA] = 0
    return (vowels * syllables * 9000).astype(np.int16)


def _encode_sound(samples: NDArray[np.int16], form: SpeechFormat) -> bytes:
    codec, container_name, layout_rate = {
        "mp3": ("libmp3lame", "mp3", RATE),
        "flac": ("flac", "flac", RATE),
        "opus": ("libopus", "ogg", RATE),
        "aac": ("aac", "adts", RATE),
    }[form]
    out = io.BytesIO()
    container: Any
    with av.open(out, "w", format=container_name) as container:
        stream = container.add_stream(codec, rate=layout_rate, layout="mono")
        fifo: Any = av.AudioFifo()
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=layout_rate)
        for part in resampler.resample(frame):
            part.pts = None
            fifo.write(part)
        size = stream.codec_context.frame_size or 4096
        pts = 0
        while (part := fifo.read(size, partial=True)) is not None:
            part.pts, pts = pts, pts + part.samples
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def _exif(note: str) -> Image.Exif:
    exif = Image.Exif()
    exif[0x9286] = note
    return exif
