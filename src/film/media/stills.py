"""Reads a still as it is meant to be seen: upright, in sRGB, 8 bits, with nothing behind what is transparent.

    Media ──► picture, decoded ──► grey and print colours ──► profile ──► over white ──► upright ──► Still
                                                                                         └─► Change …, in words

Every way to a picture leads through here: a draft, an order, the cut, an export, an inspection. So all of them see the
same pixels, and what was changed is told in the same words. A plain picture passes through as it is.
"""
# pyright: reportUnknownMemberType=false
# Pillow's EXIF is only partly typed.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from film.media import colours
from film.media.chunks import avif_codes, png_chunks
from film.media.filetypes import AVIF, PNG
from film.media.opening import Media, name_of, open_picture, type_of
from film.models import AssetType

if TYPE_CHECKING:
    from PIL import Image

WHITE = (255, 255, 255)
"""Behind what is transparent: pictures are cut out for paper and pages, which are white."""
READING = "1"
"""Changes whenever the same still would be read as other pixels."""
_ORIENTATION, _INTEROP, _ADOBE_FILE = 0x0112, 0xA005, "R03"
_TURNS = {
    2: "mirrored",
    3: "turned by 180°",
    4: "mirrored, top to bottom",
    5: "mirrored and turned by 90°",
    6: "turned by 90°",
    7: "mirrored and turned by 90°",
    8: "turned by 90°",
}
_DEEP = frozenset(("I", "I;16", "I;16B", "I;16L", "F"))


@dataclass(frozen=True)
class Still:
    """A picture in RGB, upright. ``changes`` are tags of what was done to it, ``told`` the same in words."""

    image: Image.Image
    changes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        """Empty for a picture whose pixels were taken as they are; part of the key of whatever is made of others."""
        return "+".join(self.changes) + f"/{READING}" if self.changes else ""


def read_still(media: Media, *, name: str = "") -> Image.Image:
    """A still as it is meant to be seen, in RGB."""
    return look(media, name=name).image


def look(media: Media, *, name: str = "") -> Still:
    """A still as it is meant to be seen, and what was changed for it. Raises BadMedia for one that is not whole."""
    name = name or name_of(media)
    file_type = type_of(media, AssetType.IMAGE, name=name)
    chunks = png_chunks(media) if file_type is PNG else {}
    with open_picture(media, name=name) as picture:
        picture.load()
        reader = _Reader(chunks)
        if file_type is AVIF and not picture.info.get("icc_profile") and (codes := avif_codes(media)):
            reader.meaning = colours.of_codes(*codes)
        return reader.read(picture, animated=picture.format != "MPO" and getattr(picture, "is_animated", False))


class _Reader:
    """One picture on its way; gathers what is done to it."""

    def __init__(self, chunks: Mapping[bytes, bytes]) -> None:
        self.meaning = colours.of_png(chunks) if chunks else None
        self._sixteen = chunks.get(b"IHDR", b"")[8:9] == b"\x10"
        self._is_grey_png = chunks.get(b"IHDR", b"")[9:10] in (b"\0", b"\4")
        self._is_jpeg = self._is_grey = False
        self._changes: dict[str, str] = {}

    def read(self, picture: Image.Image, *, animated: bool) -> Still:
        self._is_jpeg = picture.format in ("JPEG", "MPO")
        self._is_grey = picture.mode in ("LA", "La") or self._is_grey_png
        exif = _exif(picture)
        if animated:
            self._changes["first"] = "it is animated: only its first picture is shown"
        if self.meaning is None and _is_adobe_file(exif):
            self.meaning = colours.Meaning("Adobe RGB", colours.ADOBE_RGB, 2.2)
        image, cover = self._apart(picture)
        image = self._coloured(self._eight_bits(image), picture.info.get("icc_profile"))
        if cover is not None and cover.getextrema() != (255, 255):
            from PIL import Image

            image = Image.composite(image, Image.new("RGB", image.size, WHITE), cover)
            self._changes["over-white"] = "what is transparent shows white"
        orientation = exif.get(_ORIENTATION, 1)
        if orientation in _TURNS:
            image = image.transpose(_transposition(orientation))
            self._changes["upright"] = f"it is shown upright ({_TURNS[orientation]}, as its file says)"
        return Still(image, tuple(self._changes), tuple(self._changes.values()))

    def _apart(self, picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
        """The colours, and how much each pixel covers; None where all of them do."""
        key = picture.info.get("transparency")
        if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or (picture.mode == "P" and key is not None):
            straight = picture.convert("RGBA")
            return straight.convert("RGB"), straight.getchannel("A")
        if key is None or picture.mode not in ("1", "L", "RGB", *_DEEP):
            return picture, None
        return picture, self._but(picture, key)

    def _but(self, picture: Image.Image, key: Any) -> Image.Image:
        """Covers all but the pixels of one colour. Of 16 bits, Pillow has kept the upper eight of red, green, blue."""
        import numpy as np
        from PIL import Image

        pixels = np.asarray(picture)
        colour = np.asarray(key)
        if self._sixteen and picture.mode == "RGB":
            colour = colour >> 8
        hit = pixels == colour
        hit = hit.all(axis=-1) if hit.ndim == 3 else hit
        return Image.fromarray(np.where(hit, 0, 255).astype(np.uint8))

    def _eight_bits(self, image: Image.Image) -> Image.Image:
        if image.mode in _DEEP:
            self._changes["8-bit"] = "its finer shades of grey are brought to 8 bits"
            return _eight(image)
        return image.convert("L") if image.mode == "1" else image

    def _coloured(self, image: Image.Image, icc: bytes | None) -> Image.Image:
        """In sRGB."""
        if image.mode not in ("L", "RGB", "CMYK", "LAB"):
            image = image.convert("RGB")
        if image.mode == "CMYK" and self._is_jpeg and "adobe" not in image.info:
            image = _inverted(image)  # Pillow takes every one for Adobe's, who write them upside down
        known = colours.profile_of(icc) if icc else None
        if known and known[0] == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        elif known and known[0] == "GRAY" and image.mode == "RGB" and self._is_grey:
            image = image.getchannel("R")  # it was taken apart in RGB
        if icc and known and not (image.mode == "RGB" and colours.says_srgb(icc)):
            converted = colours.by_profile(image, icc)
            if converted is not None:
                self._changes["srgb"] = f"its colours are converted from {known[1]} to sRGB"
                return converted
            known = None
        if icc and known is None:
            self._changes["profile"] = "its colour profile cannot be used: its colours are taken as if it had none"
        if image.mode == "CMYK":
            self._changes["srgb"] = "its colours for print (CMYK) are converted to sRGB without a profile"
        elif image.mode == "LAB":
            self._changes["srgb"] = "its colours are converted from L*a*b* to sRGB"
            return colours.lab_to_srgb(image)
        image = image.convert("RGB")
        if not icc and self.meaning and not self.meaning.is_srgb:
            self._changes["srgb"] = f"its colours are converted from {self.meaning.name} to sRGB"
            return colours.to_srgb(image, self.meaning)
        return image


def _eight(image: Image.Image) -> Image.Image:
    """Deep grey in 8 bits. What a float means is told by how far it reaches: to 1, to 255 or to 65535."""
    import numpy as np
    from PIL import Image

    grey = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    most = float(grey.max(initial=0))
    full = 65535.0
    if image.mode == "F":
        full = next((reach for reach in (1.0, 255.0, 65535.0) if most <= reach), most)
    elif image.mode == "I" and most > full:
        full = float(2**31 - 1)
    return Image.fromarray(np.rint((grey * (255 / full)).clip(0, 255)).astype(np.uint8))


def _inverted(image: Image.Image) -> Image.Image:
    from PIL import ImageChops

    return ImageChops.invert(image)


def _exif(picture: Image.Image) -> Any:
    from PIL import Image

    try:
        return picture.getexif()
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, OverflowError):  # rubbish in place of it
        return Image.Exif()


def _is_adobe_file(exif: Any) -> bool:
    """A camera's own way to say Adobe RGB without a profile (DCF)."""
    try:
        return str(exif.get_ifd(_INTEROP).get(1, "")).strip("\0 ") == _ADOBE_FILE
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, AttributeError):
        return False


def _transposition(orientation: int) -> Image.Transpose:
    from PIL import Image

    kinds = Image.Transpose
    return {
        2: kinds.FLIP_LEFT_RIGHT,
        3: kinds.ROTATE_180,
        4: kinds.FLIP_TOP_BOTTOM,
        5: kinds.TRANSPOSE,
        6: kinds.ROTATE_270,
        7: kinds.TRANSVERSE,
        8: kinds.ROTATE_90,
    }[orientation]
