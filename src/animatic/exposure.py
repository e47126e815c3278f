"""Prints a panel that came out too dark a little lighter: a draft is there to be read, at night and in a storm too.

What counts is the picture as a whole, so a moon over a black sea stays a moon over a black sea: it is the brighter
tenth of the frame that must carry. Lifting works like light in a darkroom, strong where it is dark and spent before
anything turns white, and it is the same for all layers, so that nothing comes loose from its place.
"""

from __future__ import annotations

import math

import numpy as np

from animatic.elements import FloatArray, Layer

CARRIES = 0.34
"""What the 88th percentile of a frame's luma should reach, display-referred."""
MOST = 3.4
_STEP = 6
"""The picture is judged on every sixth pixel."""


def lift_dark(layers: list[Layer], width: int, height: int) -> None:
    """Lighten ``layers`` in place where the ``width`` x ``height`` frame in their middle is too dark to read."""
    seen = float(np.percentile(_luma(layers, width, height), 88))
    if seen >= CARRIES:
        return
    exposure = min(MOST, math.log(1 - CARRIES) / math.log(1 - max(seen, 0.02)))
    exposure = exposure**0.85  # not all the way: a night is still a night
    for layer in layers:
        inverse = np.clip(1 - layer.rgb, 0, 1)
        np.power(inverse, np.float32(exposure), out=inverse)
        np.subtract(1, inverse, out=layer.rgb)


def _luma(layers: list[Layer], width: int, height: int) -> FloatArray:
    rows, columns = layers[0].alpha.shape
    top, left = (rows - height) // 2, (columns - width) // 2
    part = np.s_[top : top + height : _STEP, left : left + width : _STEP]
    picture = np.zeros((*layers[0].alpha[part].shape, 3), np.float32)
    for layer in layers:
        picture += (layer.rgb[part] - picture) * layer.alpha[part][..., None]
    return picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)
