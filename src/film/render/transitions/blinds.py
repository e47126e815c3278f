"""Slats turn: in each of eight bands the next shot opens from the top, all at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import eased, mixed_into, progress, ramp

_SLATS = 8
_SOFT = 0.12
"""Width of the edge, as a share of a slat."""


def blinds(outgoing: Picture, incoming: Picture, step: int, steps: int) -> Picture:
    """Gently off, gently there."""
    edge = eased(progress(step, steps)) * (1 + _SOFT) - _SOFT / 2
    mixed = np.empty_like(outgoing)
    for out, before, after in zip(planes_in(mixed), planes_in(outgoing), planes_in(incoming), strict=True):
        mixed_into(out, before, after, ramp(_within(len(out)), edge, _SOFT)[:, None])
    return mixed


@lru_cache(maxsize=4)
def _within(height: int) -> NDArray[np.float32]:
    """Of each row of the picture, how far down its slat it lies: 0 to 1."""
    return (((np.arange(height, dtype=np.float32) + 0.5) * _SLATS / height) % 1).astype(np.float32)
