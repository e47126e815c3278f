"""Finds short breaks in a sound: dropouts of a few milliseconds, and clicks.

    blocks ──► the level of each millisecond    ──► Dropout: falls at once, and comes back at once
          └──► the sharpest bend of each        ──► Click: stands out of what is before it, and after it

Speech has pauses of that length before a "t" or a "k", but it dies away into them; a drum begins as sharply as a click,
but it rings on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from film.inspect.channels import runs

Waves = NDArray[np.float32]
_KEEP = 320
"""Milliseconds kept of the block before."""
_LONGEST, _SHORTEST = 250, 4
_EDGE = 3
"""Milliseconds within which it falls and comes back."""
_LOW = 150.0
"""Hz: a low tone passes 0 for milliseconds, but is steepest there, so that what it rises by counts as well."""
_FALL = 20.0
"""Times, 26 dB."""
_DEEP = 10.0
"""Times, 20 dB, that all of it lies under its edges."""
_SILENT, _NOTHING = 10 ** (-54 / 20), 80.0
"""What is left at its quietest, or how many times less than before it: notes that cancel out leave more."""
_HEARD = 10 ** (-48 / 20)
_EQUAL = 4.0
"""Times that the sound after it may be louder or quieter than the one before."""
_BEND, _STANDS, _ALONE = 0.1, 14.0, 4.0
_NEAR, _AROUND = 3, 18
"""Milliseconds beside a click that it may take up itself, and that it is held against."""


@dataclass(frozen=True)
class Break:
    """Seconds from the track's beginning."""

    start: float
    stop: float
    channel: int
    level: float = 0.0


class Breaks:
    """Hears blocks in order, of whole milliseconds each."""

    def __init__(self, rate: int) -> None:
        self._step = max(1, round(rate / 1000))
        self._millisecond = self._step / rate
        self._slope = rate / (2 * np.pi * _LOW)
        self._levels: NDArray[np.float32] | None = None
        self._bends: NDArray[np.float32] | None = None
        self._tail: Waves | None = None
        self._seen = 0
        """Milliseconds that went before what is kept."""
        self.dropouts: list[Break] = []
        self.clicks: list[Break] = []
        self._dropped_until: dict[int, int] = {}
        self._clicked_until: dict[int, int] = {}

    def hear(self, waves: Waves) -> None:
        whole = waves.shape[1] // self._step
        if not whole:
            return
        parts = waves[:, : whole * self._step].reshape(len(waves), whole, self._step)
        tail = self._tail if self._tail is not None else np.repeat(waves[:, :1], 2, axis=1)
        joined = np.concatenate([tail, waves[:, : whole * self._step]], axis=1)
        slopes = np.diff(joined, axis=1)
        bends = np.abs(np.diff(slopes, axis=1))
        steep = (slopes[:, 1:] * self._slope).reshape(parts.shape)
        levels = np.sqrt(np.mean(parts * parts + steep * steep, axis=2))
        bends = bends.reshape(len(waves), whole, self._step).max(axis=2)
        self._tail = joined[:, -2:]
        if self._levels is not None and self._bends is not None:
            levels = np.concatenate([self._levels, levels], axis=1)
            bends = np.concatenate([self._bends, bends], axis=1)
        self._judge(levels, bends)
        gone = max(0, levels.shape[1] - _KEEP)
        self._levels, self._bends = levels[:, gone:], bends[:, gone:]
        self._seen += gone

    def _judge(self, levels: NDArray[np.float32], bends: NDArray[np.float32]) -> None:
        for channel in range(len(levels)):
            self._find_dropouts(channel, levels[channel])
            self._find_clicks(channel, bends[channel])

    def _find_dropouts(self, channel: int, level: NDArray[np.float32]) -> None:
        if len(level) < 3 * _EDGE + _SHORTEST:
            return
        before = _mean_of(level, 6)
        falls = np.zeros(len(level), bool)
        n = np.arange(6, len(level) - _EDGE)
        falls[n] = (before[n - 6] > _HEARD) & (level[n + _EDGE - 1] * _FALL < before[n - 6])
        for first, _ in runs(falls, 2):
            if self._seen + first < self._dropped_until.get(channel, 0):
                continue
            base = float(before[first - 6])
            under = level[first + _EDGE - 1 : first + _LONGEST] * _DEEP < base
            lasts = int(np.argmin(under)) if not under.all() else 0
            if lasts < _SHORTEST - _EDGE + 1:
                continue
            rise = first + _EDGE - 1 + lasts
            after = level[rise + 1 : rise + 7]
            if len(after) < 6:
                continue
            loud = float(after.mean())
            if not base / _EQUAL < loud < base * _EQUAL:
                continue
            if level[rise - 2] * _DEEP > loud or level[rise + 1] * 3 < loud:
                continue  # it comes back slowly
            silent = first + int(np.argmax(level[first:rise] * _DEEP < base))
            if rise - silent < _SHORTEST or float(level[silent:rise].min()) > max(_SILENT, base / _NOTHING):
                continue
            self._dropped_until[channel] = self._seen + rise
            self.dropouts.append(Break(*self._span(silent, rise), channel))

    def _find_clicks(self, channel: int, bend: NDArray[np.float32]) -> None:
        reach = _NEAR + _AROUND
        for place in np.flatnonzero(bend[reach : len(bend) - reach] > _BEND) + reach:
            if self._seen + place < self._clicked_until.get(channel, 0):
                continue
            here = float(bend[place])
            if here < bend[place - _NEAR : place + _NEAR + 1].max():
                continue
            earlier = bend[place - reach : place - _NEAR]
            later = bend[place + _NEAR + 1 : place + reach + 1]
            if here < _ALONE * max(float(earlier.max()), float(later.max())):
                continue  # a "k" is let go in two or three steps
            if here > _STANDS * max(float(np.percentile(earlier, 80)), float(np.percentile(later, 80))):
                self._clicked_until[channel] = self._seen + int(place) + 2 * _NEAR
                self.clicks.append(Break(*self._span(int(place), int(place) + 1), channel, here))

    def _span(self, first: int, stop: int) -> tuple[float, float]:
        return (self._seen + first) * self._millisecond, (self._seen + stop) * self._millisecond


def _mean_of(level: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The mean of ``count`` in a row, from each on."""
    return np.convolve(level, np.full(count, 1 / count, np.float32), mode="valid")
