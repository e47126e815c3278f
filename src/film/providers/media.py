"""What came over the wire, told by its first bytes; and pictures and sounds made fit to travel.

    bytes ──► sniff ──► FileType, or BadMedia that quotes the HTML, JSON or rubbish that came instead

A vendor's ``Content-Type`` is a claim and not believed. Whether a file is whole is for the journal to find out, which
decodes everything before it is stored.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable
from typing import NamedTuple

from PIL import Image

from film.errors import BadMedia
from film.models import AssetType


class FileType(NamedTuple):
    """A type of file and what it holds."""

    mime: str
    suffix: str
    asset_type: AssetType


PNG = FileType("image/png", ".png", AssetType.IMAGE)
JPEG = FileType("image/jpeg", ".jpg", AssetType.IMAGE)
WEBP = FileType("image/webp", ".webp", AssetType.IMAGE)
MP4 = FileType("video/mp4", ".mp4", AssetType.VIDEO)
MOV = FileType("video/quicktime", ".mov", AssetType.VIDEO)
WEBM = FileType("video/webm", ".webm", AssetType.VIDEO)
WAV = FileType("audio/wav", ".wav", AssetType.AUDIO)
FLAC = FileType("audio/flac", ".flac", AssetType.AUDIO)
OGG = FileType("audio/ogg", ".ogg", AssetType.AUDIO)
MP3 = FileType("audio/mpeg", ".mp3", AssetType.AUDIO)
AAC = FileType("audio/aac", ".aac", AssetType.AUDIO)
M4A = FileType("audio/mp4", ".m4a", AssetType.AUDIO)

_SIGNS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (PNG, lambda b: b.startswith(b"\x89PNG\r\n\x1a\n")),
    (JPEG, lambda b: b.startswith(b"\xff\xd8\xff")),
    (WEBP, lambda b: b[:4] == b"RIFF" and b[8:12] == b"WEBP"),
    (M4A, lambda b: b[4:8] == b"ftyp" and b[8:11] == b"M4A"),
    (MOV, lambda b: b[4:8] == b"ftyp" and b[8:10] == b"qt"),
    (MP4, lambda b: b[4:8] == b"ftyp"),
    (WEBM, lambda b: b.startswith(b"\x1a\x45\xdf\xa3")),
    (WAV, lambda b: b[:4] in (b"RIFF", b"RF64") and b[8:12] == b"WAVE"),
    (FLAC, lambda b: b.startswith(b"fLaC")),
    (OGG, lambda b: b.startswith(b"OggS")),
    (AAC, lambda b: len(b) > 1 and b[0] == 0xFF and b[1] & 0xF6 == 0xF0),
    (MP3, lambda b: b.startswith(b"ID3") or (len(b) > 1 and b[0] == 0xFF and b[1] & 0xE0 == 0xE0)),
)


_PILLOW = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}


def sniff(head: bytes) -> FileType | None:
    """The type of the file that begins with these bytes; None for what is no media we know."""
    return next((kind for kind, matches in _SIGNS if matches(head)), None)


def recognise(head: bytes, wanted: AssetType, provider: str) -> FileType:
    """``sniff``, or BadMedia that quotes what came in place of the ``wanted`` kind."""
    kind = sniff(head)
    if kind is None or kind.asset_type is not wanted:
        came = f"a file of type {kind.mime}" if kind else describe(head)
        raise BadMedia(
            f"{provider} sent {came} instead of {_ARTICLE[wanted]}",
            hint="run again to fetch it once more; if it stays, look at the job on the vendor's site",
            provider=provider,
            charged=True,
        )
    return kind


_ARTICLE = {AssetType.IMAGE: "a picture", AssetType.VIDEO: "a video", AssetType.AUDIO: "speech"}


def describe(head: bytes) -> str:
    """Bytes that are no media, in words that fit into an error message."""
    if not head:
        return "nothing"
    text = head[:160].decode("utf-8", errors="replace").strip()
    printable = sum(c.isprintable() or c.isspace() for c in text if c != "\N{REPLACEMENT CHARACTER}")
    if printable < 0.9 * len(text):
        return f"bytes of no known media type ({head[:8].hex(' ')} …)"
    lead = text.lstrip().lower()
    what = "HTML" if lead.startswith(("<!doctype", "<html", "<head", "<body")) else "text"
    what = "JSON" if lead.startswith(("{", "[")) else what
    return f"{what} ({' '.join(text.split())[:120]})"


def mend_wav(data: bytes) -> bytes:
    """A WAV whose lengths were left open, as vendors stream them, with its true lengths written in."""
    at = data.find(b"data", 12, 4096)
    if sniff(data[:16]) is not WAV or data[:4] != b"RIFF" or at < 0:
        return data
    declared, there = int.from_bytes(data[at + 4 : at + 8], "little"), len(data) - at - 8
    if declared < _OPEN_LENGTH or there >= _OPEN_LENGTH:
        return data
    lengths = (len(data) - 8).to_bytes(4, "little"), there.to_bytes(4, "little")
    return b"".join((b"RIFF", lengths[0], data[8 : at + 4], lengths[1], data[at + 8 :]))


_OPEN_LENGTH = 0x7FFF_FF00
"""From here on a WAV's length says "until the end" and not how much there is."""


def fit_data_uri(uri: str, limit: int) -> str:
    """A picture's data URI of at most ``limit`` characters: as it is, or as a JPEG as good as fits.

    Raises ValueError for what is no picture. Anything but a data URI passes unchanged.
    """
    if not uri.startswith("data:") or len(uri) <= limit:
        return uri
    try:
        content = base64.b64decode(uri.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise ValueError("the picture's data URI is not base64") from error
    kind = sniff(content[:16])
    if kind is None or kind not in _PILLOW:
        raise ValueError(f"the data URI holds {describe(content[:160])}, not a picture")
    with Image.open(io.BytesIO(content), formats=[_PILLOW[kind]]) as picture:
        plain = picture.convert("RGB")
    for quality in (95, 90, 82, 70):
        packed = io.BytesIO()
        plain.save(packed, "JPEG", quality=quality, optimize=True)
        shrunk = data_uri(packed.getvalue(), JPEG.mime)
        if len(shrunk) <= limit:
            return shrunk
    raise ValueError(f"the picture does not fit into {limit} characters even as a JPEG")


def data_uri(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"
