"""The types of file that films are made of, told by their first bytes; everything else, in words.

first bytes ──► sniff ──► FileType: media type, suffix, the reader to force, the kinds it may hold
            └─► describe ──► "HTML (<!doctype html> …)", for the error that says what came instead
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from film.models import AssetType

HEAD = 512
"""As many first bytes tell every type, and are enough of a web page to see which one it is."""


@dataclass(frozen=True)
class FileType:
    """A type of file. ``reader`` is FFmpeg's demuxer, or Pillow's format, that alone may open it."""

    mime: str
    suffix: str
    reader: str
    holds: frozenset[AssetType]

    def mime_as(self, kind: AssetType) -> str:
        """The media type of a file that is known to be of ``kind``: an mp4 of nothing but sound is ``audio/mp4``."""
        return f"{kind.value}/{self.mime.partition('/')[2]}"


_PICTURE = frozenset((AssetType.IMAGE,))
_SOUND = frozenset((AssetType.AUDIO,))
_EITHER = frozenset((AssetType.VIDEO, AssetType.AUDIO))

PNG = FileType("image/png", ".png", "PNG", _PICTURE)
JPEG = FileType("image/jpeg", ".jpg", "JPEG", _PICTURE)
WEBP = FileType("image/webp", ".webp", "WEBP", _PICTURE)
AVIF = FileType("image/avif", ".avif", "AVIF", _PICTURE)
GIF = FileType("image/gif", ".gif", "GIF", _PICTURE)
TIFF = FileType("image/tiff", ".tiff", "TIFF", _PICTURE)
BMP = FileType("image/bmp", ".bmp", "BMP", _PICTURE)
HEIC = FileType("image/heic", ".heic", "HEIF", _PICTURE)
MP4 = FileType("video/mp4", ".mp4", "mov", _EITHER)
MOV = FileType("video/quicktime", ".mov", "mov", _EITHER)
WEBM = FileType("video/webm", ".webm", "matroska", _EITHER)
MKV = FileType("video/x-matroska", ".mkv", "matroska", _EITHER)
WAV = FileType("audio/wav", ".wav", "wav", _SOUND)
MP3 = FileType("audio/mpeg", ".mp3", "mp3", _SOUND)
M4A = FileType("audio/mp4", ".m4a", "mov", _SOUND)
AAC = FileType("audio/aac", ".aac", "aac", _SOUND)
FLAC = FileType("audio/flac", ".flac", "flac", _SOUND)
AIFF = FileType("audio/aiff", ".aiff", "aiff", _SOUND)
OGG = FileType("audio/ogg", ".ogg", "ogg", _SOUND)

_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"))
_BMP_HEADERS = frozenset(size.to_bytes(4, "little") for size in (40, 52, 56, 64, 108, 124))
_BOXES = frozenset((b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide"))


def _boxed(head: bytes) -> bool:
    """Made of MP4's boxes. A box begins with its length, which no text could be: letters make gigabytes."""
    return head[4:8] in _BOXES and head[0] < 0x20


def _brands(head: bytes) -> list[bytes]:
    """What a file made of MP4's boxes says it is, the most fitting first."""
    if not _boxed(head) or head[4:8] != b"ftyp":
        return []
    listed = head[16 : min(len(head), int.from_bytes(head[:4], "big"))]
    return [head[8:12], *(listed[at : at + 4] for at in range(0, len(listed) - 3, 4))]


def _is_avif(head: bytes) -> bool:
    brands = _brands(head)
    return bool(brands) and (brands[0] in _AVIF_BRANDS or (brands[0] in _HEIC_BRANDS and b"avif" in brands))


def _is_heic(head: bytes) -> bool:
    return _brands(head)[:1] != [] and _brands(head)[0] in _HEIC_BRANDS


def _framed(head: bytes) -> bool:
    """MPEG audio without a container: eleven set bits begin each frame."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0


_SIGNS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (WEBP, lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    (GIF, lambda head: head[:6] in (b"GIF87a", b"GIF89a")),
    (TIFF, lambda head: head[:4] in (b"II*\0", b"MM\0*")),
    (BMP, lambda head: head[:2] == b"BM" and head[14:18] in _BMP_HEADERS and not any(head[6:10])),
    (AVIF, _is_avif),
    (HEIC, _is_heic),
    (M4A, lambda head: _boxed(head) and head[4:11] in (b"ftypM4A", b"ftypM4B")),
    (MP4, lambda head: _boxed(head) and head[4:8] in (b"ftyp", b"styp") and head[8:10] != b"qt"),
    (MOV, _boxed),
    (WEBM, lambda head: head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]),
    (MKV, lambda head: head.startswith(b"\x1aE\xdf\xa3")),
    (WAV, lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"),
    (FLAC, lambda head: head.startswith(b"fLaC")),
    (AIFF, lambda head: head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")),
    (OGG, lambda head: head.startswith(b"OggS")),
    (AAC, lambda head: _framed(head) and head[1] & 0x06 == 0),
    (MP3, lambda head: _framed(head) or head.startswith(b"ID3")),
)


def sniff(head: bytes) -> FileType | None:
    """The type of the file that begins with these bytes; None for what is no media we know."""
    return next((file_type for file_type, matches in _SIGNS if matches(head)), None)


_SIGNATURES = re.compile(
    r"#EXTM3U|ffconcat version|<!doctype html>|<html|\[\{\"shot_id\"|#!|%PDF|\{\\rtf", re.IGNORECASE
)
"""How text begins that says what it is; it may be repeated, for it is nobody's own words."""


def describe(head: bytes, *, quoted: bool = False) -> str:
    """What these first bytes are, in words that fit into an error message.

    ``quoted`` are those that came over the wire, where the words say what went wrong. A file that somebody named by
    mistake may hold his keys: of that no more is repeated than what kind of text it is.
    """
    if not head.strip():
        return "nothing"
    if known := sniff(head):
        return f"a file of type {known.mime}"
    text = head[:160].decode("utf-8", errors="replace").strip()
    printable = sum(c.isprintable() or c.isspace() for c in text if c != "\N{REPLACEMENT CHARACTER}")
    if printable < 0.9 * len(text):
        return f"bytes of no known media type ({head[: 8 if quoted else 4].hex(' ')} …)"
    lead = text.lower()
    what = "HTML" if lead.startswith(("<!doctype", "<html", "<head", "<body")) else "text"
    what = "JSON" if lead.startswith(("{", "[")) else what
    if not quoted:
        signature = _SIGNATURES.match(text)
        return f"{what} ({signature[0]} …)" if signature else what
    shown = "".join(c if c.isprintable() else " " for c in text)  # a terminal obeys control characters
    return f"{what} ({' '.join(shown.split())[:120]})"


def wanted(kind: AssetType) -> str:
    """``a picture``, ``a video``, ``speech``: what should have come."""
    return {AssetType.IMAGE: "a picture", AssetType.VIDEO: "a video", AssetType.AUDIO: "speech"}[kind]


def accepted(kind: AssetType) -> str:
    """The types that may hold ``kind``, as people know them: ``png, jpg or webp``."""
    *others, last = (file_type.suffix[1:] for file_type, _ in _SIGNS if kind in file_type.holds)
    return f"{', '.join(others)} or {last}"
