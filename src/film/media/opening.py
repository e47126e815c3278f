"""Opens clips, sounds and pictures with the one reader that their first bytes call for.

    Media ──► type_of ──► open_media   ──► av container, no protocol but this one file
                      └─► open_picture ──► Pillow picture, not yet decoded ──► stills.look
    a film somebody names ──► type_of_film, which says what else it is

``name`` is what messages call the file; without one it is the file's own name, or "it".
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from film.errors import BadMedia
from film.files.bounds import open_plain
from film.media.clips import Rotation, picture_of, sound_of, turn_of
from film.media.filetypes import HEAD, HEIC, FileType, accepted, describe, sniff
from film.models import AssetType

if TYPE_CHECKING:
    from av import VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream
    from PIL import Image

Media: TypeAlias = Path | bytes
"""A file, or the bytes of one."""
MAX_PIXELS = 64_000_000
"""Twice an 8K frame: nothing larger is a frame of a film, and decoding it would take gigabytes."""
UNDECODED = {"codec_whitelist": "none"}
"""An option to open files with whose packets alone are wanted, at a fortieth of the time."""
_DAMAGED = "the file is damaged; make the shot again, or give another file"


def name_of(media: Media) -> str:
    return media.name if isinstance(media, Path) else "it"


@contextmanager
def reading(media: Media, *, name: str = "") -> Generator[IO[bytes], None, None]:
    """The bytes themselves, as a file."""
    if isinstance(media, bytes):
        yield io.BytesIO(media)
        return
    try:
        file = open_plain(media)
    except OSError as error:
        raise BadMedia(
            f"{name or name_of(media)}: cannot be read: {error.strerror}",
            hint="make the shot again to bring the file back",
        ) from error
    with file:
        yield file


def head_of(media: Media, *, name: str = "") -> bytes:
    """The first bytes, as many as ``sniff`` and ``describe`` want."""
    with reading(media, name=name) as file:
        return file.read(HEAD)


def type_of(media: Media, kind: AssetType, *, name: str = "") -> FileType:
    """The type of a file that may hold ``kind``; BadMedia quotes what it is instead."""
    head = head_of(media, name=name)
    found = sniff(head)
    if found is None or kind not in found.holds:
        raise BadMedia(
            f"{name or name_of(media)} is no {kind.value} file but {describe(head)}",
            hint=f"a {kind.value} must be {accepted(kind)}; make the shot again",
        )
    return found


def type_of_film(path: Path) -> FileType:
    """The type of a file that somebody says is a film; BadMedia quotes what it is instead."""
    if path.is_dir():
        raise BadMedia(f"{path} is a folder", hint="give the film file in it")
    try:
        head = head_of(path)
    except BadMedia as error:
        raise BadMedia(error.message, hint="check the path") from error.__cause__
    found = sniff(head)
    if found is None or AssetType.VIDEO not in found.holds:
        told = f" but {describe(head)}" if head else ": it is empty"
        raise BadMedia(f"{path.name} is no film{told}", hint=f"give a film file: {accepted(AssetType.VIDEO)}")
    return found


def url(path: Path) -> str:
    """The path for FFmpeg, with its protocol spelled out: no name may turn it into ``concat:`` or ``http:``."""
    return f"file:{path.absolute()}"


@contextmanager
def decoding(name: str) -> Generator[None, None, None]:
    """Tells which file it was when FFmpeg gives up."""
    import av.error

    try:
        yield
    except av.error.FFmpegError as error:
        raise BadMedia(f"{name} cannot be decoded: {error.strerror or error}", hint=_DAMAGED) from error


@contextmanager
def open_media(
    media: Media, kind: AssetType, *, name: str = "", undecoded: bool = False
) -> Generator[InputContainer, None, None]:
    """A clip or a sound, opened by force of its type. While it is open, FFmpeg's errors come out as BadMedia.

    ``undecoded`` is for those who only want packets: FFmpeg then decodes no picture to learn more of the file.
    """
    import av

    name = name or name_of(media)
    demuxer = type_of(media, kind, name=name).reader
    source = io.BytesIO(media) if isinstance(media, bytes) else url(media)
    options = {"protocol_whitelist": "file", **(UNDECODED if undecoded else {})}
    with decoding(name), av.open(source, "r", demuxer, options, metadata_errors="replace") as container:
        yield container


def video_stream(container: InputContainer, name: str, *, threads: int = 1) -> VideoStream:
    """A clip's picture. One thread decodes it, for clips are decoded side by side; 0 leaves the number to FFmpeg."""
    stream = picture_of(container)
    if stream is None:
        what = "no picture but a cover" if container.streams.video else "no picture"
        hint = "import it as sound (-t audio)" if container.streams.audio else "give a clip with a video track"
        raise BadMedia(f"{name} has {what}", hint=hint)
    if not stream.codec_context:
        raise BadMedia(f"{name} has a picture in a codec that is not known", hint="convert it to H.264")
    stream.codec_context.thread_count = threads
    check_size(stream.codec_context.width, stream.codec_context.height, name)
    return stream


def audio_stream(container: InputContainer, name: str) -> AudioStream:
    """A file's sound: the track that it says is the one to hear."""
    stream = sound_of(container)
    if stream is None:
        raise BadMedia(f"{name} has no sound", hint="give a file with an audio track")
    if not stream.codec_context:
        raise BadMedia(f"{name} has sound in a codec that is not known", hint="convert it to AAC or WAV")
    return stream


def seen_size(frame: VideoFrame, stream: VideoStream, turn: Rotation | None = None) -> tuple[int, int]:
    """Width and height as they should be seen: square pixels, upright. ``turn`` is the frame's, where it is known."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = round(frame.width * aspect), frame.height
    return (height, width) if (turn_of(frame) if turn is None else turn).lies else (width, height)


def check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS or min(width, height) < 1:
        raise BadMedia(
            f"{name} is {width}x{height}; at most {MAX_PIXELS // 1_000_000} megapixels are read",
            hint="scale it down first",
        )


def _can_read_heic() -> bool:
    """Whether the user has installed a decoder: HEVC is patented, and none comes with Pillow."""
    try:
        register: Any = importlib.import_module("pillow_heif").register_heif_opener
        register()
    except (ImportError, AttributeError):
        return False
    return True


@contextmanager
def open_picture(media: Media, *, name: str = "") -> Generator[Image.Image, None, None]:
    """A picture of bearable size, decoded only when it is used; Pillow's errors until then come out as BadMedia."""
    from PIL import Image

    name = name or name_of(media)
    file_type = type_of(media, AssetType.IMAGE, name=name)
    reader = file_type.reader
    if file_type is HEIC and not _can_read_heic():
        raise BadMedia(
            f"{name} is a HEIC picture, as phones take them, and nothing here can decode it",
            hint="convert it to JPEG, PNG or AVIF (on a Mac: sips -s format jpeg FILE --out FILE.jpg), "
            "or install pillow-heif",
        )
    try:
        with Image.open(io.BytesIO(media) if isinstance(media, bytes) else media, formats=[reader]) as picture:
            check_size(picture.width, picture.height, name)
            yield picture
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,  # where a program has made errors of warnings
    ) as error:
        raise BadMedia(f"{name} cannot be decoded: {error}", hint=_DAMAGED) from error
