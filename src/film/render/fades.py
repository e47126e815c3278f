"""The one shape in which sounds come up and go down: two that cross with equal power keep the loudness of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from film.render.sound import Samples


def rise(distance: NDArray[np.int64], length: int) -> NDArray[np.float32]:
    """The gain at so many samples from silence: 0 there and before, 1 from ``length`` on.

    Counted backwards from an end, it is a fade out.
    """
    gain = np.ones(len(distance), np.float32)
    inside = distance < length
    gain[inside] = np.sin(np.maximum(0, distance[inside]) * (np.pi / 2 / max(1, length)))
    gain[distance < 0] = 0
    return gain


def fade_up(samples: Samples, first: int, start: int, length: int) -> None:
    """Let ``samples``, which are heard from sample ``first`` of the film on, come up from ``start`` on, in place."""
    count = min(len(samples), start + length - first)
    if count > 0:
        samples[:count] *= rise(np.arange(first - start, first - start + count), length)[:, None]


def fade_down(samples: Samples, first: int, stop: int, length: int) -> None:
    """Let them go down, so that they are gone at ``stop``."""
    begin = max(0, stop - length - first)
    if begin < len(samples):
        samples[begin:] *= rise(stop - np.arange(first + begin, first + len(samples)), length)[:, None]
