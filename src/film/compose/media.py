"""Opens media files without believing them.

FFmpeg, asked to open a file, chooses a demuxer by what the bytes look like, and some of its demuxers (HLS, ffconcat)
open whatever other files the bytes name. So the first bytes decide here, from a short list of real media containers,
and that one demuxer is forced; a playlist dressed up as ``clip.mp4`` is refused before FFmpeg sees it.

    bytes ──(sniff)──► Container ──(open_media)──► av container ──► conform, sound
                          └──(read_still)──► Pillow picture ──► conform
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from film.errors import ComposeError
from film.timeline import Source, SourceKind

MAX_PIXELS = 64_000_000
"""Twice an 8K frame: nothing larger is a frame of a film, and decoding it would take gigabytes."""
_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp"))
_STILLS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_STREAMS = {b"\x1aE\xdf\xa3": "matroska", b"OggS": "ogg", b"fLaC": "flac", b"ID3": "mp3"}
_EXPECTED = {
    "video": "mp4, mov, webm or mkv",
    "audio": "wav, mp3, m4a, flac, ogg or webm",
    "image": "png, jpeg or webp",
}
_CARRIES = {
    "video": {"mov", "matroska"},
    "audio": {"mov", "matroska", "ogg", "flac", "mp3", "wav", "aac"},
    "image": {"PNG", "JPEG", "WEBP"},
}


@dataclass(frozen=True)
class Probe:
    """What a file holds, counted and not believed: seconds and frames come from its packets.

    ``width`` and ``height`` are as seen, turned upright. A still has no frames; ``sample_rate`` and ``samples``
    are 0 where there is no sound.
    """

    kind: SourceKind
    width: int = 0
    height: int = 0
    frames: int = 0
    rate: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)
    sample_rate: int = 0
    samples: int = 0

    def frames_at(self, rate: Fraction) -> int:
        """How many frames of a film at ``rate`` the clip lasts."""
        return max(1, floor(self.seconds * rate + Fraction(1, 2)))


def sniff(path: Path, kind: SourceKind) -> str:
    """The demuxer or picture format that ``path`` needs to be read as ``kind``; ComposeError if it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise ComposeError(
            f"{path.name}: cannot be read: {error.strerror}", hint="make the shot again to bring the file back"
        ) from error
    found = _container(head)
    if found not in _CARRIES[kind]:
        looks = f"it begins with {head!r}" if head else "it is empty"
        raise ComposeError(
            f"{path.name} is no {kind} file: {looks}",
            hint=f"a {kind} must be {_EXPECTED[kind]}; make the shot again",
        )
    return found


def _container(head: bytes) -> str:
    for table in (_STILLS, _STREAMS):
        for magic, name in table.items():
            if head.startswith(magic):
                return name
    if head[4:8] in _BOXES:
        return "mov"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"WEBP": "WEBP"}.get(head[8:12], "")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    return ""


@contextmanager
def open_media(path: Path, kind: SourceKind) -> Generator[InputContainer, None, None]:
    """``path`` opened with the one demuxer its bytes call for. FFmpeg's errors come out as ComposeError."""
    demuxer = sniff(path, kind)
    options = {"protocol_whitelist": "file"}
    with decoding(path), av.open(url(path), "r", demuxer, options, metadata_errors="replace") as container:
        yield container


def url(path: Path) -> str:
    """The path for FFmpeg, with its protocol spelled out: no name may turn it into ``concat:`` or ``http:``."""
    return f"file:{path.absolute()}"


@contextmanager
def decoding(path: Path) -> Generator[None, None, None]:
    """Tells which file it was when FFmpeg gives up."""
    try:
        yield
    except av.error.FFmpegError as error:
        raise ComposeError(
            f"{path.name} cannot be decoded: {error.strerror or error}",
            hint="the file is damaged; make the shot again, or give another file",
        ) from error


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The picture of a clip, decoded on one thread: segments run side by side already."""
    stream = container.streams.best("video")  # not a cover picture that comes along
    if not isinstance(stream, VideoStream):
        raise ComposeError(f"{path.name} has no picture", hint="give a clip with a video track")
    stream.codec_context.thread_count = 1
    check_size(stream.codec_context.width, stream.codec_context.height, path)
    return stream


def seen_size(frame: av.VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as they should be seen: square pixels, upright."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def check_size(width: int, height: int, path: Path) -> None:
    if width * height > MAX_PIXELS or min(width, height) < 1:
        raise ComposeError(
            f"{path.name} is {width}x{height}; at most {MAX_PIXELS // 1_000_000} megapixels can be cut",
            hint="scale it down first",
        )


def read_still(path: Path) -> Image.Image:
    """A still, upright, in RGB; what is transparent becomes black."""
    form = sniff(path, "image")
    try:
        with Image.open(path, formats=[form]) as image:
            check_size(image.width, image.height, path)
            upright = ImageOps.exif_transpose(image)
            if upright.has_transparency_data:
                upright = upright.convert("RGBA")
                black = Image.new("RGBA", upright.size, (0, 0, 0, 255))
                upright = Image.alpha_composite(black, upright)
            return upright.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ComposeError(
            f"{path.name} cannot be decoded: {error}",
            hint="the file is damaged; make the shot again, or give another file",
        ) from error


def probe(source: Source) -> Probe:
    """Measure a file. Of a clip only the first picture is decoded, to learn its shape; the rest is counted."""
    if source.kind == "image":
        still = read_still(source.path)
        return Probe("image", still.width, still.height)
    with open_media(source.path, source.kind) as container:
        return _probe_video(container, source.path) if source.kind == "video" else _probe_audio(container, source)


def _probe_video(container: InputContainer, path: Path) -> Probe:
    stream = video_stream(container, path)
    nominal = stream.average_rate or stream.base_rate or Fraction(24)
    base = stream.time_base or Fraction(1, 1000)
    count, first, end = 0, Fraction(0), Fraction(0)
    shape: tuple[int, int] | None = None
    for packet in container.demux(stream):
        if shape is None:
            shape = next((seen_size(frame, stream) for frame in packet.decode()), None)
        if packet.pts is None or not packet.size or packet.is_discard:
            continue
        begins = packet.pts * base
        ends = begins + (packet.duration * base if packet.duration else 1 / nominal)
        first, end = (min(first, begins), max(end, ends)) if count else (begins, ends)
        count += 1
    if not count or not shape:
        raise ComposeError(f"{path.name} holds no frames", hint="make the shot again")
    return Probe("video", *shape, count, nominal, end - first)


def _probe_audio(container: InputContainer, source: Source) -> Probe:
    if not container.streams.audio:
        raise ComposeError(f"{source.path.name} has no sound", hint="give a file with an audio track")
    stream = container.streams.audio[0]
    samples = sum(frame.samples for frame in container.decode(stream))
    rate = stream.codec_context.sample_rate
    if not samples or not rate:
        raise ComposeError(f"{source.path.name} holds no sound", hint="make the shot again")
    return Probe("audio", seconds=Fraction(samples, rate), sample_rate=rate, samples=samples)
