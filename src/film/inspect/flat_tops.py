"""Finds sound that was overloaded and turned down afterwards: its tops are flat, though far below full scale.

Lossless tracks keep such tops; AAC and the like make curves of them, and then nobody can know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PEAK, _FULL = 0.1, 0.999
_FLAT = 4e-5
"""Of full scale: one and a third steps of 16 bits."""
_CORNER = 0.004
"""Of full scale by which the samples beside a flat top lie under it: a round one is left by less."""
_RUN, _RUNS = 4, 4
"""Samples in a row, and how often in a block."""
_APART = 0.75


@dataclass(frozen=True)
class FlatTop:
    """Seconds, samples, and the level of the tops, 1 is full scale."""

    start: float
    stop: float
    samples: int
    level: float


class FlatTops:
    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._seen = 0
        self._found: list[FlatTop] = []

    def hear(self, waves: NDArray[np.float32]) -> None:
        for channel in waves:
            self._look(channel)
        self._seen += waves.shape[1]

    def found(self) -> list[FlatTop]:
        return self._found

    def _look(self, wave: NDArray[np.float32]) -> None:
        loud = np.abs(wave)
        peak = float(loud.max(initial=0.0))
        if not _PEAK < peak < _FULL:
            return
        top = loud > peak - _FLAT
        if int(np.count_nonzero(top)) < _RUN * _RUNS:
            return
        edges = np.flatnonzero(np.diff(top.astype(np.int8), prepend=0, append=0))
        samples, count, first, last = 0, 0, 0, 0
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            inside = start > 0 and stop < len(loud)
            if stop - start >= _RUN and inside and max(loud[start - 1], loud[stop]) < peak - _CORNER:
                first = start if not count else first
                last, samples, count = stop, samples + stop - start, count + 1
        if count >= _RUNS:
            self._tell(FlatTop((self._seen + first) / self._rate, (self._seen + last) / self._rate, samples, peak))

    def _tell(self, new: FlatTop) -> None:
        last = self._found[-1] if self._found else None
        if last and new.start - last.stop < _APART:
            both = last.samples + new.samples
            level = max(last.level, new.level)
            self._found[-1] = FlatTop(min(last.start, new.start), max(last.stop, new.stop), both, level)
        else:
            self._found.append(new)
