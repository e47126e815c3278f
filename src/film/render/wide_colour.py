"""Brings HDR and wide-gamut clips onto an ordinary screen: BT.2020 primaries, PQ or HLG light, to BT.709.

    codes ──(16 bits, RGB)──► light in nits ──(primaries)──► rolled off above white ──► codes for a BT.1886 screen

The curve is one for all clips: diffuse white (203 nits, ITU-R BT.2408) comes to lie at three quarters of the screen's
range, and highlights up to 1000 nits share the rest. It keeps the hue of a highlight by following its brightest part.
It costs some tens of milliseconds a frame, once for each shot.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from numpy.typing import NDArray

_PQ, _HLG = ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67
_WHITE, _PEAK = 203.0, 1000.0
_STEPS = 1 << 16
_TO_BT709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]], np.float32
)
"""Linear BT.2020 to linear BT.709 (ITU-R BT.2087, inverted)."""

Table = NDArray[np.float32]


def is_wide(frame: VideoFrame) -> bool:
    """Whether the frame says that it is for another kind of screen."""
    return frame.color_trc in (_PQ, _HLG) or frame.color_primaries == ColorPrimaries.BT2020


def to_bt709(
    scaler: VideoReformatter, frame: VideoFrame, source: Mapping[str, Any], how: Mapping[str, Any]
) -> VideoFrame:
    """The frame scaled and converted; ``source`` says what its codes are, ``how`` to which size."""
    codes = scaler.reformat(frame, format="rgb48le", dst_color_range=ColorRange.JPEG, **source, **how)
    light: Table = _light(int(frame.color_trc))[np.asarray(codes.to_ndarray(), np.intp)]
    if frame.color_trc == _HLG:
        light *= (light @ np.array([0.2627, 0.6780, 0.0593], np.float32))[..., None] ** np.float32(0.2) * _PEAK / _WHITE
    if frame.color_primaries == ColorPrimaries.BT2020:
        light = light @ _TO_BT709.T
    np.maximum(light, 0, out=light)
    if frame.color_trc in (_PQ, _HLG):
        brightest = light.max(axis=-1, keepdims=True)
        light *= (1 + brightest / np.float32((_PEAK / _WHITE) ** 2)) / (1 + brightest)
    shown = np.rint(255 * np.minimum(light, 1) ** np.float32(1 / 2.4)).astype(np.uint8)
    return VideoFrame.from_ndarray(shown, format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        threads=1,
    )


@lru_cache(maxsize=3)
def _light(transfer: int) -> Table:
    """Light by code: for PQ in diffuse whites, for HLG of the scene, 0 to 1, and else of the screen, 0 to 1."""
    code = np.arange(_STEPS) / (_STEPS - 1)
    if transfer == _PQ:
        root = code ** (1 / 78.84375)
        light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        return (light * 10_000 / _WHITE).astype(np.float32)
    if transfer == _HLG:
        bright = (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12
        return np.where(code <= 0.5, code**2 / 3, bright).astype(np.float32)
    return (code**2.4).astype(np.float32)
