"""What came over the wire, held against what was ordered; and pictures and sounds made fit to travel.

    bytes ──► recognise ──► FileType, or BadMedia that quotes the HTML, JSON or rubbish that came instead

A vendor's ``Content-Type`` is a claim and not believed. Whether a file is whole is for the journal to find out, which
decodes everything before it is stored.
"""

from __future__ import annotations

import base64
import binascii
import io

from film.errors import BadMedia
from film.media import FileType, as_sent, describe, read_still, sniff
from film.media.filetypes import JPEG, WAV, wanted
from film.media.measure import OPEN_LENGTH
from film.models import AssetType


def recognise(head: bytes, kind: AssetType, provider: str) -> FileType:
    """The type of what begins with ``head``, or BadMedia that quotes what came in place of ``kind``."""
    found = sniff(head)
    if found is None or kind not in found.holds:
        raise BadMedia(
            f"{provider} sent {describe(head, quoted=True)} instead of {wanted(kind)}",
            hint="the next film make fetches it once more; if it stays, look at the job on the vendor's site",
            provider=provider,
            charged=True,
        )
    return found


def mend_wav(data: bytes) -> bytes:
    """A WAV whose lengths were left open, as vendors stream them, with its true lengths written in."""
    at = data.find(b"data", 12, 4096)
    if sniff(data[:16]) is not WAV or data[:4] != b"RIFF" or at < 0:
        return data
    declared, there = int.from_bytes(data[at + 4 : at + 8], "little"), len(data) - at - 8
    if declared < OPEN_LENGTH or there >= OPEN_LENGTH:
        return data
    lengths = (len(data) - 8).to_bytes(4, "little"), there.to_bytes(4, "little")
    return b"".join((b"RIFF", lengths[0], data[8 : at + 4], lengths[1], data[at + 8 :]))


def read_data_uri(uri: str) -> tuple[bytes, str]:
    """The bytes in a data URI and their media type; raises ValueError when they are no base64."""
    about, _, content = uri.partition(",")
    try:
        return base64.b64decode(content, validate=True), about.removeprefix("data:").partition(";")[0]
    except binascii.Error as error:
        raise ValueError("its data URI is not base64") from error


def fit_picture(content: bytes, mime: str, limit: int) -> tuple[bytes, str]:
    """A picture of at most ``limit`` bytes, and its type: upright and in sRGB, or as a JPEG as good as fits.

    Raises ValueError for what is no picture.
    """
    content, mime = travelling(content, mime)
    if len(content) <= limit:
        return content, mime
    plain = read_still(content)
    for quality in (95, 90, 82, 70):
        packed = io.BytesIO()
        plain.save(packed, "JPEG", quality=quality, optimize=True)
        if packed.tell() <= limit:
            return packed.getvalue(), JPEG.mime
    raise ValueError(f"it does not fit into {limit} bytes even as a JPEG")


def travelling(content: bytes, mime: str) -> tuple[bytes, str]:
    """A picture as orders carry it: upright, in sRGB, without metadata; a plain one keeps its bytes and type.

    Raises ValueError for what is no picture.
    """
    try:
        sent, file_type = as_sent(content)
    except BadMedia as error:
        raise ValueError(error.message) from error
    return (content, mime) if sent == content else (sent, file_type.mime)


def data_uri(content: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode('ascii')}"
