"""A circle opens upon the next shot, as the lens of a silent film's camera did."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import eased, mixed_into, progress, ramp

_SOFT = 0.05
"""Width of the edge, as a share of the way from the middle to a corner."""


def iris(outgoing: Picture, incoming: Picture, step: int, steps: int) -> Picture:
    """From the middle to the corners. It is seen by its area, so it sets off at once and slows down at the end."""
    at = progress(step, steps)
    edge = (0.5 * at + 0.5 * eased(at)) * (1 + _SOFT) - _SOFT / 2
    mixed = np.empty_like(outgoing)
    planes = zip(planes_in(mixed), planes_in(outgoing), planes_in(incoming), strict=True)
    for out, before, after in planes:
        mixed_into(out, before, after, ramp(_distances(*out.shape), edge, _SOFT))
    return mixed


@lru_cache(maxsize=4)
def _distances(height: int, width: int) -> NDArray[np.float32]:
    """From the middle: 1 at the corners."""
    down = np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2
    across = np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2
    return (np.hypot(down, across) / np.hypot(height / 2, width / 2)).astype(np.float32)
