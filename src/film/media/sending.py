"""Pictures fit to leave the house: upright, in sRGB, and without what they say of camera, place and maker.

    bytes ──► look ──► plain: as they are, or without their metadata, every pixel kept
                   └─► changed: the picture as it is seen, as a JPEG where it was one, and else as a PNG

A vendor may obey a tag or not, and a plain picture asks nobody. Equal pictures are sent as equal bytes.
"""

from __future__ import annotations

import io

from film.media.chunks import bare
from film.media.filetypes import AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF, FileType
from film.media.opening import type_of
from film.media.stills import look
from film.models import AssetType

_QUALITY = 95
_UNUSUAL = frozenset((AVIF, BMP, GIF, HEIC, TIFF))
"""Pictures that no vendor is sure to take."""


def as_sent(content: bytes, *, name: str = "") -> tuple[bytes, FileType]:
    """The picture as an order carries it, and its type. Raises BadMedia for what is no whole picture."""
    file_type = type_of(content, AssetType.IMAGE, name=name)
    still = look(content, name=name)
    if not still.changes and file_type not in _UNUSUAL:
        return bare(content, file_type) or content, file_type
    out = io.BytesIO()
    if file_type is JPEG:
        still.image.save(out, "JPEG", quality=_QUALITY, subsampling=0)
        return out.getvalue(), JPEG
    still.image.save(out, "PNG")
    return out.getvalue(), PNG
