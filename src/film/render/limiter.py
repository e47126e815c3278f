"""A limiter whose gain is known: made once for the whole mix, and laid over the mix and over each of its stems alike.

    peaks of each millisecond ──(how far over the ceiling)──► down before, up again after ──► a gain at each millisecond

It looks ahead, since all of it is there: the way down is over when the peak comes. Ways are straight in decibels, and
between two points the gain is straight, so that no sample passes the ceiling and none is pressed without need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from film.render.sound import SAMPLE_RATE, Samples

STEP = SAMPLE_RATE // 1000
_DOWN, _UP = 1.5, 0.8
"""dB a millisecond: 6 dB down in 4 ms, and up again in 8 ms: what is held longer sounds softer."""


class Peaks:
    """Gathers the peak of each millisecond of a sound given in blocks."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float32]] = []
        self._rest = np.zeros(0, np.float32)

    def hear(self, block: Samples) -> None:
        loudest = np.concatenate([self._rest, np.abs(block).max(axis=1)])
        whole = len(loudest) // STEP * STEP
        self._parts.append(loudest[:whole].reshape(-1, STEP).max(axis=1))
        self._rest = loudest[whole:]

    @property
    def each(self) -> NDArray[np.float32]:
        last = [np.array([self._rest.max()], np.float32)] if len(self._rest) else []
        return np.concatenate([*self._parts, *last]) if self._parts or last else np.zeros(0, np.float32)


class Curve:
    """The gain, by sample, that keeps a sound of these ``peaks``, made ``factor`` louder, under a ceiling."""

    def __init__(self, peaks: NDArray[np.float32], factor: float, ceiling: float) -> None:
        over = 20 * np.log10(np.maximum(peaks.astype(np.float64) * factor, 1e-9) / ceiling)
        needed = -np.maximum(over, 0)
        self.idle = not bool((needed < 0).any())
        """Whether nothing has to be held anywhere."""
        at = np.minimum(np.append(needed, 0.0), np.insert(needed, 0, 0.0))
        place = np.arange(len(at))
        down = np.minimum.accumulate((at + _DOWN * place)[::-1])[::-1] - _DOWN * place
        up = np.minimum.accumulate(at - _UP * place) + _UP * place
        self._gain = (10 ** (np.minimum(down, up) / 20)).astype(np.float32)

    def over(self, block: Samples, start: int) -> Samples:
        """``block``, which begins at sample ``start``, held."""
        if self.idle:
            return block
        first, last = start // STEP, -(-(start + len(block)) // STEP) + 1
        points = self._gain[first:last]
        place = (np.arange(start, start + len(block)) - first * STEP) / STEP
        return block * np.interp(place, np.arange(len(points)), points).astype(np.float32)[:, None]


def limited(blocks: Iterable[Samples], peaks: NDArray[np.float32], factor: float, ceiling: float) -> Iterator[Samples]:
    """``blocks`` made louder by ``factor``, no sample over ``ceiling``."""
    curve = Curve(peaks, factor, ceiling)
    start = 0
    for block in blocks:
        yield curve.over(block * np.float32(factor), start)
        start += len(block)
