"""What picture files are made of, below their decoders: PNG's chunks, JPEG's segments, WebP's and AVIF's boxes.

    png_chunks    ──► what a PNG says of its colours, without decoding it
    avif_codes    ──► H.273's codes of an AVIF
    bare          ──► the same file without what is said of camera, place and maker; None where it holds nothing of it

Nothing is decoded here, so that taking metadata away leaves every pixel as it was.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from film.media.filetypes import AVIF, JPEG, PNG, WEBP, FileType
from film.media.opening import Media, reading

_SMALL = 1 << 20
"""A chunk that says something of the picture is no longer; pixels and profiles are not read."""
_LOOKED_AT = frozenset((b"IHDR", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"iCCP"))
_PNG_KEPT = _LOOKED_AT | {b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sBIT", b"bKGD", b"pHYs"}
"""Chunks of the picture itself; others are words, places, programs' own."""
_SIGNATURE = 8
_JPEG_KEPT = frozenset((0xE0, 0xE2, 0xEE))
"""JFIF, the ICC profile, and Adobe's word on how its colours are meant."""
_FIRST_APP, _LAST_APP, _COMMENT = 0xE0, 0xEF, 0xFE
_HEAD = 1 << 16


def png_chunks(media: Media) -> dict[bytes, bytes]:
    """The chunks of a PNG that say what its numbers mean, with those before its pixels only as far as they are short.

    The first of a name counts. A file that ends early has what came before.
    """
    found: dict[bytes, bytes] = {}
    with reading(media) as file:
        file.seek(_SIGNATURE)
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"IDAT":
                break
            if kind in _LOOKED_AT and kind not in found and length <= _SMALL:
                found[kind] = file.read(length)
                file.seek(4, io.SEEK_CUR)
            else:
                file.seek(length + 4, io.SEEK_CUR)
    return found


def avif_codes(media: Media) -> tuple[int, int] | None:
    """Primaries and transfer of an AVIF whose box of colours says them by code."""
    with reading(media) as file:
        head = file.read(_HEAD)
    place = head.find(b"colrnclx")
    if place < 0 or len(head) < place + 12:
        return None
    primaries, transfer = struct.unpack(">HH", head[place + 8 : place + 12])
    return primaries, transfer


def bare(content: bytes, file_type: FileType) -> bytes | None:
    """The picture without EXIF, words and thumbnails; None where it holds none. Not for one that is to be turned."""
    take = {PNG: _bare_png, JPEG: _bare_jpeg, WEBP: _bare_webp}.get(file_type)
    if take is None:
        return None
    try:
        kept = take(content)
    except (struct.error, ValueError, IndexError):  # made of something else than it should be; it did decode
        return None
    return kept if kept != content else None


def has_private(content: bytes, file_type: FileType) -> bool:
    """Whether a file says more than its picture."""
    return file_type is AVIF or bare(content, file_type) is not None


def _bare_png(content: bytes) -> bytes:
    kept = [content[:_SIGNATURE]]
    at = _SIGNATURE
    while at + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        whole = content[at : at + 12 + length]
        if kind in _PNG_KEPT:
            kept.append(whole)
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def _bare_jpeg(content: bytes) -> bytes:
    kept = [content[:2]]
    for marker, segment in _segments(content):
        is_app = _FIRST_APP <= marker <= _LAST_APP
        if marker == _COMMENT or (is_app and marker not in _JPEG_KEPT):
            continue
        if marker == 0xE2 and not segment[4:].startswith(b"ICC_PROFILE"):  # the list of further pictures behind it
            continue
        kept.append(segment)
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment, scans with their data, to the first end of image; what follows is left."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker where one should be")
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            break
        stop = at + 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xDA:
            stop = _end_of_scan(content, stop)
        yield marker, content[at:stop]
        at = stop
    yield 0xD9, b"\xff\xd9"


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        follower = content[at + 1]
        if follower == 0 or 0xD0 <= follower <= 0xD7:
            at += 2
        elif follower == 0xFF:
            at += 1
        else:
            return at
    raise ValueError("a scan without an end")


def _bare_webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack("<4sI", content[at : at + 8])
        whole = content[at : at + 8 + length + length % 2]
        at += len(whole)
        if kind in (b"EXIF", b"XMP "):
            continue
        if kind == b"VP8X":
            whole = whole[:8] + bytes((whole[8] & ~0x0C,)) + whole[9:]
        if kind in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"):
            kept.append(whole)
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk as it stands in a file: for those who make pictures that say something of their colours."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
