"""Is this the media that was paid for? Asked before anything is stored, of the bytes themselves.

A content type proves nothing, and neither does a file that opens: a truncated MP4 with its index in front probes as
whole, and decoders patch over damage. So the kind is told by magic bytes, the demuxer is forced to that kind (FFmpeg
opens what a file *says* it is, playlists of other files too), everything is decoded strictly to the end, and the
frames found are compared with the frames declared.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Any

import av
import av.error
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image, UnidentifiedImageError

from film.errors import BadMedia
from film.models import AssetType, Generated

MAX_PIXELS = 64_000_000
HEAD = 64
STREAMED = 0xFFFFFF00
"""RIFF lengths from here on mean "not known yet": written by servers that stream."""

_DAMAGE = (av.error.FFmpegError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
"""What decoders raise over bytes that are not what they claim to be."""

_XING = re.compile(rb"Xing|Info")

Facts = dict[str, Any]


def check_media(made: Generated, asset_type: AssetType, provider: str) -> Generated:
    """``made`` with its true type and what decoding told of it; raises BadMedia saying what came instead."""
    with _opened(made) as file:
        head = file.read(HEAD)
        file.seek(0)
        if not head:
            raise _bad(provider, asset_type, "nothing at all (0 bytes)")
        kind, mime, name = _kind_of(head)
        if kind is not asset_type and not (asset_type is AssetType.AUDIO and name == "mp4"):
            raise _bad(provider, asset_type, _describe(head, mime))
        try:
            _check_ends(file, name)
            facts = _READERS[asset_type](file, name)
        except (
            av.error.FFmpegError,
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            Image.DecompressionBombError,
        ) as error:
            raise _bad(provider, asset_type, f"a damaged {mime} ({error})") from error
    return made.model_copy(update={"mime": mime, "details": {**facts, **made.details}})


@contextmanager
def _opened(made: Generated) -> Generator[IO[bytes]]:
    if made.path is not None:
        with made.path.open("rb") as file:
            yield file
    else:
        yield io.BytesIO(made.data or b"")


def _kind_of(head: bytes) -> tuple[AssetType | None, str, str]:
    """Asset type, media type and the one reader to force, by magic bytes."""
    image, video, audio = AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO
    if head.startswith(b"RIFF"):
        return {
            b"WAVE": (audio, "audio/wav", "wav"),
            b"WEBP": (image, "image/webp", "WEBP"),
        }.get(head[8:12], (None, "", ""))
    if head[4:8] == b"ftyp":
        return video, "video/mp4", "mp4"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return (audio, "audio/aac", "aac") if head[1] & 0x06 == 0 else (audio, "audio/mpeg", "mp3")
    for magic, found in (
        (b"\x89PNG\r\n\x1a\n", (image, "image/png", "PNG")),
        (b"\xff\xd8\xff", (image, "image/jpeg", "JPEG")),
        (b"\x1aE\xdf\xa3", (video, "video/webm", "matroska")),
        (b"ID3", (audio, "audio/mpeg", "mp3")),
        (b"fLaC", (audio, "audio/flac", "flac")),
        (b"OggS", (audio, "audio/ogg", "ogg")),
    ):
        if head.startswith(magic):
            return found
    return None, "", ""


def _describe(head: bytes, mime: str) -> str:
    if mime:
        return mime
    text = head.decode("utf-8", errors="replace")
    readable = sum(c.isprintable() or c.isspace() for c in text) >= 0.9 * len(text)
    return f"this: {' '.join(text.split())}…" if readable else f"bytes of no known kind ({head[:12].hex(' ')} …)"


def _check_ends(file: IO[bytes], name: str) -> None:
    """Raise ValueError when the container says of itself that there should be more. Decoders do not mind."""
    if name in ("wav", "WEBP"):
        declared = int.from_bytes(file.read(8)[4:], "little") + 8
        length = file.seek(0, io.SEEK_END)
        if length < declared < STREAMED:
            raise ValueError(f"{length} of {declared} bytes")
    elif name == "ogg":
        file.seek(max(0, file.seek(0, io.SEEK_END) - (64 << 10)))
        tail = file.read()
        if not tail[tail.rfind(b"OggS") + 5] & 4:
            raise ValueError("its last page is missing")
    file.seek(0)


def _read_picture(file: IO[bytes], name: str) -> Facts:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=[name]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValueError(f"{picture.width}×{picture.height} pixels, allowed {MAX_PIXELS:,}")
                picture.load()
                return {"width": picture.width, "height": picture.height}
        except (UnidentifiedImageError, Image.DecompressionBombWarning) as error:
            raise ValueError(str(error)) from error


def _read_clip(file: IO[bytes], name: str) -> Facts:
    with av.open(file, mode="r", format=name) as container:
        if not container.streams.video:
            raise ValueError("it has no picture")
        stream = container.streams.video[0]
        _be_strict(stream)
        stream.thread_type = "AUTO"
        packets = frames = 0
        for packet in container.demux(stream):
            packets += packet.size > 0
            frames += len(packet.decode())
        if frames == 0 or packets < stream.frames:
            raise ValueError(f"{packets} of {stream.frames} frames")
        seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
        return {
            "width": stream.codec_context.width,
            "height": stream.codec_context.height,
            "frames": frames,
            "seconds": seconds,
            "frame_rate": str(stream.average_rate) if stream.average_rate else None,
        }


def _read_sound(file: IO[bytes], name: str) -> Facts:
    with av.open(file, mode="r", format=name) as container:
        if not container.streams.audio:
            raise ValueError("it has no sound")
        stream = container.streams.audio[0]
        _be_strict(stream)
        rate = stream.codec_context.sample_rate
        samples = sum(frame.samples for frame in container.decode(stream))
        if samples == 0:
            raise ValueError("it holds no samples")
        seconds = samples / rate
        file.seek(0)
        # MP3 declares its length only in an optional header, and FFmpeg guesses without it.
        if name == "flac" or (name == "mp3" and _XING.search(file.read(8 << 10))):
            declared = float((stream.duration or 0) * (stream.time_base or 0))
            if seconds < declared - 0.2:
                raise ValueError(f"{seconds:.1f} of {declared:.1f} seconds")
        return {"sample_rate": rate, "channels": stream.codec_context.channels, "seconds": seconds}


def _be_strict(stream: VideoStream | AudioStream) -> None:
    if not stream.codec_context:
        raise ValueError("its codec is not known")
    stream.codec_context.options = {"err_detect": "crccheck+bitstream+buffer+explode"}


_READERS = {AssetType.IMAGE: _read_picture, AssetType.VIDEO: _read_clip, AssetType.AUDIO: _read_sound}


def _bad(provider: str, asset_type: AssetType, what: str) -> BadMedia:
    return BadMedia(
        f"{provider} sent {what} instead of {'speech' if asset_type is AssetType.AUDIO else f'a {asset_type}'}",
        hint="it is fetched again by itself; if it stays so, tell the provider, with the job's id from film jobs",
        provider=provider,
        charged=None,
    )
