"""Whether a film says which colours its numbers mean, and whether what it says can be true.

A player that is not told guesses by the size of the picture, and half of them guess otherwise: reds and greens shift,
blacks turn grey. Films for screens are BT.709 in limited range; wide and high dynamic range have tags of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.codec.context import CodecContext

_UNKNOWN = frozenset((0, 2))
_BT709, _BT2020_NCL, _BT2020_CL = 1, 9, 10
_SD = frozenset((4, 5, 6))
_HDR_CURVES = frozenset((16, 18))
"""PQ and HLG."""
_JPEG = 2


@dataclass(frozen=True)
class Tags:
    """H.273's codes, as the decoder knows them, and the size and depth they speak of."""

    matrix: int
    primaries: int
    transfer: int
    full_range: bool
    height: int
    depth: int
    is_rgb: bool


def tags_of(codec: CodecContext | object, height: int) -> Tags:
    form = getattr(codec, "format", None)
    components = getattr(form, "components", ())
    span = int(getattr(codec, "color_range", 0) or 0)
    name = str(getattr(form, "name", ""))
    return Tags(
        matrix=int(getattr(codec, "colorspace", 2)),
        primaries=int(getattr(codec, "color_primaries", 2)),
        transfer=int(getattr(codec, "color_trc", 2)),
        full_range=span == _JPEG or name.startswith("yuvj"),
        height=height,
        depth=max((c.bits for c in components), default=8),
        is_rgb=bool(getattr(form, "is_rgb", False)),
    )


def complaint(tags: Tags) -> str | None:
    """What is wrong with the tags, in a sentence; None for what players will show as it was meant."""
    if tags.is_rgb:
        return None
    said = (tags.matrix, tags.primaries, tags.transfer)
    silent = [name for name, code in zip(("matrix", "primaries", "transfer"), said, strict=True) if code in _UNKNOWN]
    if len(silent) == len(said):
        return "it does not say which colours its numbers mean, and players guess differently"
    if silent:
        return f"it leaves out the {' and the '.join(silent)} of its colours"
    if tags.matrix in (_BT2020_NCL, _BT2020_CL) and tags.transfer in _HDR_CURVES and tags.depth < 10:
        return f"it is tagged as high dynamic range in {tags.depth} bits: skies will band"
    if tags.height >= 720 and tags.matrix in _SD:
        return "a picture of this size is tagged with the colour matrix of standard definition (BT.601)"
    if (tags.matrix == _BT709) != (tags.primaries == _BT709):
        return "its colour matrix and its primaries belong to different standards"
    if tags.full_range:
        return "it is tagged as full range, which many players show with crushed or milky blacks"
    return None
