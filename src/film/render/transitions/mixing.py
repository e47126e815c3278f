"""What all transitions share: how far they are, how they gather and lose speed, and mixing two pictures by weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from film.render.pictures import Picture

Blend = Callable[[Picture, Picture, int, int], Picture]
"""(outgoing, incoming, step, steps) → picture, for step 0 to steps - 1."""
Way = Literal["left", "right", "up", "down"]
"""Where the edge, or the picture, moves to."""
Weights = NDArray[np.uint16]
"""Share of the incoming picture, 0 to ``FULL``, in the shape of what is mixed or one that broadcasts to it."""

FULL = 256
_ROWS = 32
"""Mixed at a time: what is worked on then stays in the processor's cache, which is thrice as quick."""


def progress(step: int, steps: int) -> float:
    """0 to 1, without the ends."""
    return (step + 1) / (steps + 1)


def eased(at: float) -> float:
    """Sets off gently and arrives gently."""
    return at * at * at * (at * (6 * at - 15) + 10)


def mixed_into(out: Picture, outgoing: Picture, incoming: Picture, weight: int | Weights) -> None:
    """``out`` becomes the mix; it may be one of the two."""
    for top in range(0, len(out), _ROWS):
        rows = slice(top, top + _ROWS)
        share = weight if isinstance(weight, int) or len(weight) != len(out) else weight[rows]
        mix = np.multiply(incoming[rows], np.asarray(share, np.uint16), dtype=np.uint16)
        mix += np.multiply(outgoing[rows], np.asarray(FULL - share, np.uint16), dtype=np.uint16)
        mix += np.uint16(FULL // 2)
        mix >>= 8
        out[rows] = mix


def ramp(positions: NDArray[np.floating], edge: float, soft: float) -> Weights:
    """Full before ``edge - soft / 2`` and nothing behind ``edge + soft / 2``, smooth in between."""
    t = np.clip((edge - positions) / soft + 0.5, 0, 1)
    return np.rint(FULL * t * t * (3 - 2 * t)).astype(np.uint16)
