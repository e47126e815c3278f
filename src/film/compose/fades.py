"""The one shape in which sounds come up and go down: two that cross with equal power keep the loudness of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def rise(distance: NDArray[np.int64], length: int) -> NDArray[np.float32]:
    """The gain at so many samples from silence: 0 there and before, 1 from ``length`` on.

    Counted backwards from an end, it is a fade out.
    """
    gain = np.ones(len(distance), np.float32)
    inside = distance < length
    gain[inside] = np.sin(np.maximum(0, distance[inside]) * (np.pi / 2 / max(1, length)))
    gain[distance < 0] = 0
    return gain
