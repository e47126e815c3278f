"""Brings a still's colours to sRGB: by its ICC profile, or by the primaries and the curve that it names.

    ICC profile ─────────────────────────────► ImageCms ─┐
    cICP, colr nclx, gAMA + cHRM ──► Meaning ──► NumPy ──┴─► sRGB, and words for what it was

Numbers without their profile are other colours: a profile is applied or, where it cannot be, told; it is never dropped
in silence. One that hardly differs from sRGB changes nothing, so that a plain picture keeps its bytes.
"""
# pyright: reportUnknownMemberType=false
# Pillow's ImageCms is only partly typed.

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

Chromaticities = tuple[float, ...]
"""x and y of white, red, green and blue."""

_D65 = (0.3127, 0.3290)
_BT709: Chromaticities = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: dict[int, tuple[str, Chromaticities]] = {
    1: ("BT.709", _BT709),
    5: ("BT.470", (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06)),
    6: ("BT.601", (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070)),
    9: ("BT.2020", (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046)),
    11: ("DCI-P3", (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),
    12: ("Display P3", (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),
}
"""By H.273's code."""
ADOBE_RGB: Chromaticities = (*_D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
_PQ, _HLG = 16, 18
_CURVES: dict[int, float] = {4: 2.2, 5: 2.8, 8: 1.0, 17: 2.6}
"""H.273's transfers that are a plain power. Others for screens are near enough to sRGB's own curve."""
_NEAR = 3
"""Of 255: colours nearer than this are the same."""
_GAMMA_NEAR = 0.03
_WHITE_NITS, _PEAK_NITS = 203.0, 1000.0


@dataclass(frozen=True)
class Meaning:
    """What RGB numbers mean. ``gamma`` is the power from numbers to light; None: sRGB's own curve, or ``transfer``."""

    name: str
    chromaticities: Chromaticities = _BT709
    gamma: float | None = None
    transfer: int = 13

    @property
    def is_srgb(self) -> bool:
        near = all(abs(a - b) < 0.004 for a, b in zip(self.chromaticities, _BT709, strict=True))
        return near and self.gamma is None and self.transfer not in (_PQ, _HLG)


def of_codes(primaries: int, transfer: int) -> Meaning | None:
    """What H.273's codes mean, as PNG's cICP and AVIF's colr say them; None for codes that say nothing."""
    if primaries not in _PRIMARIES:
        return None
    name, chromaticities = _PRIMARIES[primaries]
    if transfer in (_PQ, _HLG):
        return Meaning(f"high dynamic range ({'PQ' if transfer == _PQ else 'HLG'})", chromaticities, None, transfer)
    return Meaning(name, chromaticities, _CURVES.get(transfer))


def of_png(chunks: Mapping[bytes, bytes]) -> Meaning | None:
    """What a PNG says without a profile: cICP before sRGB before gAMA and cHRM. None where it says nothing else."""
    if len(code := chunks.get(b"cICP", b"")) == 4:
        return of_codes(code[0], code[1])
    if b"sRGB" in chunks or b"iCCP" in chunks:
        return None
    gamma: float | None = None
    chromaticities = _BT709
    if len(said := chunks.get(b"gAMA", b"")) == 4 and (value := struct.unpack(">I", said)[0]):
        power = 100_000 / value
        gamma = None if abs(power - 2.2) < _GAMMA_NEAR * 2.2 else power
    if len(said := chunks.get(b"cHRM", b"")) == 32:
        chromaticities = tuple(value / 100_000 for value in struct.unpack(">8I", said))
        if not all(0 < y < 1 for y in chromaticities[1::2]):
            chromaticities = _BT709
    return Meaning("its own gamma and primaries", chromaticities, gamma)


def to_srgb(image: Image.Image, meaning: Meaning) -> Image.Image:
    """An RGB picture of ``meaning`` in sRGB."""
    import numpy as np
    from PIL import Image

    table = _light(meaning.gamma, meaning.transfer)
    turned = (_to_xyz(_BT709, invert=True) @ _adapted(_to_xyz(meaning.chromaticities), meaning)).astype(np.float32)
    pixels = np.asarray(image, np.uint8)
    shown = np.empty_like(pixels)
    for top in range(0, len(pixels), 256):  # a picture in 32-bit floats would be four times its size, and more
        light = table[pixels[top : top + 256]]
        if meaning.transfer == _HLG:
            light = light * (light @ np.array([0.2627, 0.6780, 0.0593], np.float32))[..., None] ** np.float32(0.2)
            light *= np.float32(_PEAK_NITS / _WHITE_NITS)
        light = np.maximum(light @ turned.T, 0)
        if meaning.transfer in (_PQ, _HLG):
            brightest = light.max(axis=-1, keepdims=True)
            light *= (1 + brightest / np.float32((_PEAK_NITS / _WHITE_NITS) ** 2)) / (1 + brightest)
        light = np.minimum(light, 1)
        codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** np.float32(1 / 2.4) - 0.055)
        shown[top : top + 256] = np.rint(255 * codes).astype(np.uint8)
    return Image.fromarray(shown)


@lru_cache(maxsize=8)
def _light(gamma: float | None, transfer: int) -> NDArray[np.float32]:
    """Light by code, 0 to 1; for PQ in diffuse whites."""
    import numpy as np

    code = np.arange(256) / 255
    if transfer == _PQ:
        root = code ** (1 / 78.84375)
        light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        return (light * 10_000 / _WHITE_NITS).astype(np.float32)
    if transfer == _HLG:
        bright = (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12
        return np.where(code <= 0.5, code**2 / 3, bright).astype(np.float32)
    if gamma is not None:
        return (code**gamma).astype(np.float32)
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _to_xyz(chromaticities: Chromaticities, *, invert: bool = False) -> NDArray[np.floating[Any]]:
    import numpy as np

    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in zip(chromaticities[::2], chromaticities[1::2], strict=True)]
    white, primaries = np.array(columns[0]), np.array(columns[1:]).T
    try:
        matrix = primaries * np.linalg.solve(primaries, white)
    except np.linalg.LinAlgError:
        return _to_xyz(_BT709, invert=invert)
    return np.linalg.inv(matrix) if invert else matrix


def _adapted(matrix: NDArray[np.floating[Any]], meaning: Meaning) -> NDArray[np.floating[Any]]:
    """The same with its white brought to D65 (Bradford), so that white stays white."""
    import numpy as np

    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    x, y = meaning.chromaticities[:2]
    theirs, ours = (np.array([a / b, 1.0, (1 - a - b) / b]) for a, b in ((x, y), _D65))
    cones = np.diag((bradford @ ours) / (bradford @ theirs))
    return np.linalg.inv(bradford) @ cones @ bradford @ matrix


@lru_cache(maxsize=32)
def profile_of(icc: bytes) -> tuple[str, str] | None:
    """The kind of colours a profile is for, and its name; None for one that is broken."""
    from PIL import ImageCms

    try:
        profile: Any = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        space = str(profile.profile.xcolor_space).strip()
        name = str(profile.profile.profile_description or "").strip()
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None
    shown = "".join(c for c in name if c.isprintable())[:60]
    return space, shown or "its own profile"


@lru_cache(maxsize=32)
def says_srgb(icc: bytes) -> bool:
    """Whether a profile for RGB hardly changes any colour: most that pictures carry are sRGB's own."""
    import numpy as np
    from PIL import Image

    steps = np.linspace(0, 255, 6).astype(np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(6, 36, 3)
    converted = by_profile(Image.fromarray(lattice), icc)
    return converted is not None and int(np.abs(np.asarray(converted, int) - lattice.astype(int)).max()) <= _NEAR


def by_profile(image: Image.Image, icc: bytes) -> Image.Image | None:
    """A picture in L, RGB, CMYK or LAB in sRGB; None where the profile is broken or for something else."""
    from PIL import ImageCms

    known = profile_of(icc)
    if known is None or known[0] not in _SPACES.get(image.mode, ()):
        return None
    try:
        transform = _transform(icc, image.mode)
        return ImageCms.applyTransform(image, transform)
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None


def lab_to_srgb(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    cms: Any = ImageCms
    transform = cms.buildTransform(cms.createProfile("LAB"), cms.createProfile("sRGB"), "LAB", "RGB")
    return cms.applyTransform(image, transform)


_SPACES = {"L": ("GRAY",), "RGB": ("RGB",), "CMYK": ("CMYK",), "LAB": ("Lab",)}


@lru_cache(maxsize=16)
def _transform(icc: bytes, mode: str) -> Any:
    from PIL import ImageCms

    cms: Any = ImageCms
    return cms.buildTransform(
        cms.ImageCmsProfile(io.BytesIO(icc)),
        cms.createProfile("sRGB"),
        mode,
        "RGB",
        renderingIntent=cms.Intent.RELATIVE_COLORIMETRIC,
        flags=cms.Flags.BLACKPOINTCOMPENSATION,
    )
