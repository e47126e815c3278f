"""Finds flashes that can bring on a fit: general ones and red ones, by ITU-R BT.1702.

    a small picture ──► luminance of each point ──► turns of 20 cd/m² ──► enough of the picture at once ──► Flashing

A flash is a pair of opposing changes of at least 20 cd/m², where the darker picture is below 160 cd/m²; a red flash is
one to or from a saturated red, whatever its luminance. More than three within a second, over more than a quarter of the
picture, are not to be shown. The screen is taken to show white at 200 cd/m².

Each point is followed on its own, from turn to turn, so that a slow fade is one change and a camera that moves over
stripes, where some points get brighter while others get darker, is none.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import floor
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
Points = NDArray[np.bool_]

STEP, DARK_ENOUGH = 20.0, 160.0
"""cd/m²."""
WHITE = 200.0
AREA = 0.25
MOST = 3
"""Flashes within a second that are allowed: two changes each."""
_GAMMA = 2.4
_ONE_WAY = 2.0
"""Times as many points that go one way as go the other: a light that changes, and not a thing that moves."""
_ALL_AT_ONCE = 0.6
"""Of all points, those that turn in one frame where the picture flashes against itself."""
_TOGETHER = 0.05
"""Seconds within which points turn together."""
_RED_SHARE, _RED_SCALE = 0.8, 320.0
_RED_CHROMA = 24.0
"""Of Cr above the middle, below which no point can be a saturated red."""
_PQ = 16


@dataclass(frozen=True)
class Flashing:
    """Frames ``first`` to ``stop`` with more than three flashes in a second; ``most`` within one second of it."""

    kind: Literal["general", "red"]
    first: int
    stop: int
    most: float
    area: float


class Flashes:
    """Sees small pictures in the order they are shown.

    Args:
        rate: Frames a second.
        transfer: H.273's code of the curve that the levels are on.
        kr: The weight of red in the luma, and ``kb`` that of blue.
    """

    def __init__(self, rate: float, *, transfer: int = 1, kr: float = 0.2126, kb: float = 0.0722) -> None:
        self._kr, self._kb = kr, kb
        self._lit = _pq_table() if transfer == _PQ else _curve_table()
        self._general = _Turns("general", rate, DARK_ENOUGH)
        self._red = _Turns("red", rate, None)
        self._was_red = False

    def see(self, luma: Levels, cb: Levels, cr: Levels) -> None:
        """Levels from 0 to 255, and chroma around 0, of one picture."""
        self._general.see(self._lit[np.clip(luma, 0, 255).astype(np.uint8)])
        is_red = bool(cr.max() > _RED_CHROMA)
        if is_red or self._was_red:
            self._red.see(self._redness(luma, cb, cr))
        else:
            self._red.skip()
        self._was_red = is_red

    def found(self) -> list[Flashing]:
        return sorted([*self._general.found(), *self._red.found()], key=lambda f: f.first)

    def _redness(self, luma: Levels, cb: Levels, cr: Levels) -> Levels:
        """How far red stands out of the rest, where it is saturated; 0 elsewhere."""
        red = luma + 2 * (1 - self._kr) * cr
        blue = luma + 2 * (1 - self._kb) * cb
        green = (luma - self._kr * red - self._kb * blue) / (1 - self._kr - self._kb)
        r, g, b = ((np.clip(part, 0, 255) / 255) ** _GAMMA for part in (red, green, blue))
        saturated = r >= _RED_SHARE * np.maximum(r + g + b, 1e-6)
        return np.where(saturated, np.maximum(0, r - g - b) * _RED_SCALE, 0).astype(np.float32)


class _Turns:
    """Follows one quantity from turn to turn, point by point, and counts the changes that many points make at once."""

    def __init__(self, kind: Literal["general", "red"], rate: float, dark_enough: float | None) -> None:
        self._kind: Literal["general", "red"] = kind
        self._second = max(1, floor(rate))
        self._rate = rate
        self._within = max(1, round(_TOGETHER * rate))
        self._limit = dark_enough
        self._frame = 0
        self._low: Levels | None = None
        self._high: Levels | None = None
        self._way: NDArray[np.int8] | None = None
        self._recent: deque[tuple[int, Points, Points]] = deque()
        self._changes: deque[tuple[int, Points]] = deque()
        self._found: list[Flashing] = []

    def skip(self) -> None:
        """A frame in which there is nothing of the quantity anywhere."""
        self._frame += 1

    def see(self, now: Levels) -> None:
        if self._low is None or self._low.shape != now.shape:
            self._low, self._high, self._way = now.copy(), now.copy(), np.zeros(now.shape, np.int8)
        assert self._high is not None and self._way is not None
        np.minimum(self._low, now, out=self._low)
        np.maximum(self._high, now, out=self._high)
        up = (now - self._low >= STEP) & (self._way <= 0)
        down = (self._high - now >= STEP) & (self._way >= 0)
        if self._limit is not None:
            up &= self._low < self._limit
            down &= now < self._limit
        turned = up | down
        if turned.any():
            self._way[up], self._way[down] = 1, -1
            self._low[turned] = now[turned]
            self._high[turned] = now[turned]
        self._low[self._way > 0] = now[self._way > 0]
        self._high[self._way < 0] = now[self._way < 0]
        self._gather(up, down)
        self._frame += 1

    def found(self) -> list[Flashing]:
        return self._found

    def _gather(self, up: Points, down: Points) -> None:
        """Take what turned in the last frames together; where it is enough, it is a change of the picture."""
        while self._recent and self._frame - self._recent[0][0] >= self._within:
            self._recent.popleft()
        rising, falling = float(up.mean()), float(down.mean())
        if rising + falling >= _ALL_AT_ONCE:
            self._change(up | down)
            return
        if up.any() or down.any():
            self._recent.append((self._frame, up, down))
        elif not self._recent:
            return
        risen = np.logical_or.reduce([entry[1] for entry in self._recent])
        fallen = np.logical_or.reduce([entry[2] for entry in self._recent])
        rising, falling = float(risen.mean()), float(fallen.mean())
        if rising > AREA and rising >= _ONE_WAY * falling:
            self._change(risen)
        elif falling > AREA and falling >= _ONE_WAY * rising:
            self._change(fallen)

    def _change(self, where: Points) -> None:
        self._recent.clear()
        self._changes.append((self._frame, where))
        while self._frame - self._changes[0][0] >= self._rate:
            self._changes.popleft()
        if len(self._changes) <= 2 * MOST:
            return
        counts = np.sum([points for _, points in self._changes], axis=0)
        often = counts > 2 * MOST
        area = float(often.mean())
        if area <= AREA:
            return
        first, most = self._changes[0][0], float(counts.max()) / 2
        last = self._found[-1] if self._found else None
        if last and first <= last.stop + self._second:
            self._found[-1] = Flashing(
                self._kind, last.first, self._frame + 1, max(most, last.most), max(area, last.area)
            )
        else:
            self._found.append(Flashing(self._kind, first, self._frame + 1, most, area))


def _curve_table() -> Levels:
    return (WHITE * (np.arange(256) / 255) ** _GAMMA).astype(np.float32)


def _pq_table() -> Levels:
    """cd/m² of SMPTE ST 2084."""
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    part = (np.arange(256) / 255) ** (1 / m2)
    return (10_000 * (np.maximum(part - c1, 0) / (c2 - c3 * part)) ** (1 / m1)).astype(np.float32)
