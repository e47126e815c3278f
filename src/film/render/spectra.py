"""Shapes of noise: the amplitude that each frequency has in a bed or a burst."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Hertz = NDArray[np.floating]
Shape = Callable[[Hertz], Hertz]


def band(low: float, high: float, steep: float = 2.0, tilt: float = 0.5) -> Shape:
    """Noise between two frequencies, falling with ``tilt`` (0.5 pink, 1 brown) inside and ``steep`` outside."""

    def shape(hertz: Hertz) -> Hertz:
        below, above = (low / hertz) ** (4 * steep), (hertz / high) ** (4 * steep)
        return hertz**-tilt / np.sqrt((1 + below) * (1 + above))

    return shape


def ring(*modes: tuple[float, float]) -> Shape:
    """Resonances at (hertz, relative width)."""

    def shape(hertz: Hertz) -> Hertz:
        total = np.zeros_like(hertz)
        for middle, width in modes:
            total += 1 / (1 + ((hertz - middle) / (width * middle)) ** 2) ** 1.5
        return total

    return shape
