"""What only the whole picture shows, looked at a few times a second: fields, levels out of range, bars at the edges.

frame ──► luma_of ──► lines and columns of the luma itself, as 8 bits
             ├──► Weave     combs, where two fields of different moments make one frame
             ├──► Range     levels below black and above white
             └──► Bars      black bars, second by second
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

_ACROSS = 240
"""Columns that are looked at, of however many there are."""
_FULL = 2


def luma_of(frame: VideoFrame) -> Luma | None:
    """All lines of the luma as it is stored, in about 240 columns; None where it is not stored as such."""
    form = frame.format
    if form.is_rgb or form.has_palette or form.is_bit_stream or not form.components:
        return None
    depth = form.components[0].bits
    if not (form.name.startswith(("yuv", "nv12", "nv16", "p010", "gray"))) or form.name.endswith("be"):
        return None
    if form.name in ("yuyv422", "yvyu422", "uyvy422"):
        return None
    plane = frame.planes[0]
    kind = np.dtype("u1") if depth <= 8 else np.dtype("<u2")
    lines = np.frombuffer(cast("bytes", plane), kind)
    across = plane.line_size // kind.itemsize
    lines = lines[: across * frame.height].reshape(frame.height, across)[:, : frame.width]
    lines = lines[:, :: max(1, frame.width // _ACROSS)]
    if depth > 8:
        return (lines >> (8 if form.name.startswith("p0") else depth - 8)).astype(np.uint8)
    return lines.astype(np.uint8)


@dataclass(frozen=True)
class Woven:
    """Frames ``first`` to ``stop`` that show combs; ``share`` of those looked at in which anything moved."""

    first: int
    stop: int
    share: float


class Weave:
    """Sees the luma of two frames in a row, some times a second.

    In a frame of two fields each field was taken at a moment of its own: woven with a field of the frame before, one of
    the two is half as far away in time as it should be, and the other one half as much farther. A whole frame is as far
    from the one before in both. What rises or sinks by an odd number of lines looks alike, and is left out.
    """

    _THRESHOLD = 10
    _MOVES, _SKEWED = 0.003, 1.8
    _COMBED = 0.03
    _LEAST, _SHARE = 3, 0.12

    def __init__(self) -> None:
        self._moving: list[int] = []
        self._skewed: list[int] = []
        self._combed = 0

    def see(self, frame: int, before: Luma, now: Luma) -> None:
        if before.shape != now.shape or len(now) < 16:
            return
        now, before = now[: len(now) // 2 * 2], before[: len(now) // 2 * 2]
        one, other = self._combs(now, before), self._combs(before, now)
        high, low = max(one, other), min(one, other)
        if high < self._MOVES:
            return
        self._moving.append(frame)
        if high > self._SKEWED * low and not _climbs(before, now):
            self._skewed.append(frame)
            self._combed += self._combs(now, now) > self._COMBED * high

    def found(self, frames: int) -> Woven | None:
        """The stretch in which frames comb; ``frames`` is how many the film has."""
        if len(self._skewed) < self._LEAST or not self._combed:
            return None
        first, last = self._skewed[0], self._skewed[-1]
        within = [f for f in self._moving if first <= f <= last]
        share = self._combed / len(within)
        if share < self._SHARE or len(self._skewed) < 0.5 * len(within):
            return None
        if len(self._skewed) >= 0.7 * len(self._moving) or len(within) >= 0.9 * len(self._moving):
            first, last = 0, frames - 1
        return Woven(first, last + 1, share)

    def _combs(self, top: Luma, bottom: Luma) -> float:
        """Share of points that stick out from the lines above and below, where the even lines are of ``top``."""
        upper, lower = top[0::2].astype(np.int16), bottom[1::2].astype(np.int16)
        above, below = upper[:-1], upper[1:]
        out = np.maximum(lower[:-1] - np.maximum(above, below), np.minimum(above, below) - lower[:-1])
        return float(np.mean(out > self._THRESHOLD))


def _climbs(before: Luma, now: Luma) -> bool:
    """Whether the picture goes up or down by one line or three."""
    old, new = before.astype(np.int16), now.astype(np.int16)
    still = float(np.abs(new - old).mean())
    return any(
        float(np.abs(a[lines:] - b[:-lines]).mean()) < 0.5 * still
        for lines in (1, 3)
        for a, b in ((new, old), (old, new))
    )


@dataclass(frozen=True)
class Outside:
    """Of all points, the share ``below`` and ``above`` what is allowed, over the film and in its worst frame."""

    below: float
    above: float
    worst: float
    at: int
    frames: int
    """Of those looked at, how many have more than a hundredth of their points outside."""
    seen: int


class Range:
    """Sees luma, some times a second. EBU R 103: 5 to 246 in 8 bits, but for one point in a hundred."""

    LOW, HIGH = 5, 246
    _MUCH = 0.01

    def __init__(self) -> None:
        self._below = self._above = self._worst = 0.0
        self._at = self._seen = self._frames = 0

    def see(self, frame: int, luma: Luma) -> None:
        points = luma[::2, ::2]
        below, above = float(np.mean(points < self.LOW)), float(np.mean(points > self.HIGH))
        self._seen += 1
        self._below += below
        self._above += above
        if below + above > self._MUCH:
            self._frames += 1
        if below + above > self._worst:
            self._worst, self._at = below + above, frame

    def found(self) -> Outside | None:
        if not self._seen or self._worst <= self._MUCH:
            return None
        return Outside(
            self._below / self._seen, self._above / self._seen, self._worst, self._at, self._frames, self._seen
        )


@dataclass(frozen=True)
class Edges:
    """Lines and columns of black at each edge, from frame ``first`` to ``stop``; ``whole`` is all of the film."""

    top: int
    bottom: int
    left: int
    right: int
    first: int
    stop: int
    whole: bool


_Sides = tuple[int, int, int, int]


class Bars:
    """Sees luma, some times a second, and says for each second how wide the black at its edges is.

    Black is a bar where it is flat and ends in a straight line along which there is a picture. A caption in a bar, or
    the dark sky of a night, is none.
    """

    _BLACK = 7.0
    """Levels of 255 above black, which codecs leave of it."""
    _EDGE = 0.5
    """Of the line beside a bar, what must show a picture."""
    _SEEN = 14.0
    _SAME = 2

    def __init__(self, width: int, *, full: bool) -> None:
        self._zero, self._scale = (0.0, 1.0) if full else (16.0, 255 / 219)
        self._width = width
        self._brightest: Luma | None = None
        self._lines: NDArray[np.float32] | None = None
        self._columns: NDArray[np.float32] | None = None
        self._began = 0
        self._last = 0
        self._seconds: list[tuple[int, int, _Sides]] = []

    def see(self, frame: int, luma: Luma) -> None:
        lines = np.median(luma[:, ::2], axis=1).astype(np.float32)
        columns = np.median(luma[::4], axis=0).astype(np.float32)
        if self._brightest is None or self._brightest.shape != luma.shape:
            self._brightest, self._lines, self._columns = luma.copy(), lines, columns
        else:
            assert self._lines is not None and self._columns is not None
            np.maximum(self._brightest, luma, out=self._brightest)
            np.maximum(self._lines, lines, out=self._lines)
            np.maximum(self._columns, columns, out=self._columns)
        self._last = frame

    def close(self, stop: int) -> None:
        """End one second at frame ``stop``."""
        if self._brightest is not None:
            sides = self._sides()
            if sides is not None:
                self._seconds.append((self._began, stop, sides))
        self._brightest = self._lines = self._columns = None
        self._began = stop

    def found(self, frames: int) -> list[Edges]:
        known = self._seconds
        if not known:
            return []
        usual = _middle([sides for _, _, sides in known])
        alike = [sides for _, _, sides in known if self._alike(sides, usual)]
        if any(usual) and len(alike) >= 0.9 * len(known):
            return [Edges(*usual, 0, frames, whole=True)]
        found: list[Edges] = []
        for first, stop, sides in known:
            if not any(sides):
                continue
            last = found[-1] if found else None
            if last and last.stop == first and self._alike(sides, (last.top, last.bottom, last.left, last.right)):
                found[-1] = Edges(last.top, last.bottom, last.left, last.right, last.first, stop, whole=False)
            else:
                found.append(Edges(*sides, first, stop, whole=False))
        return found

    def _alike(self, one: _Sides, other: _Sides) -> bool:
        return all(abs(a - b) <= self._SAME + 0.02 * max(a, b) for a, b in zip(one, other, strict=True))

    def _sides(self) -> _Sides | None:
        """None for a second in which nothing is to be seen."""
        assert self._brightest is not None and self._lines is not None and self._columns is not None
        bright = (self._brightest.astype(np.float32) - self._zero) * self._scale
        if float(np.mean(bright > self._SEEN)) < 0.1:
            return None
        lines, columns = ((part - self._zero) * self._scale for part in (self._lines, self._columns))
        top, bottom = _dark_at(lines, self._BLACK), _dark_at(lines[::-1], self._BLACK)
        left, right = _dark_at(columns, self._BLACK), _dark_at(columns[::-1], self._BLACK)
        inner = bright[top : len(bright) - bottom, left : bright.shape[1] - right]
        if inner.shape[0] < 8 or inner.shape[1] < 8:
            return None
        top = top if self._straight(inner[:3].max(axis=0)) else 0
        bottom = bottom if self._straight(inner[-3:].max(axis=0)) else 0
        left = left if self._straight(inner[:, :3].max(axis=1)) else 0
        right = right if self._straight(inner[:, -3:].max(axis=1)) else 0
        wide = self._width / bright.shape[1]
        return top, bottom, round(left * wide), round(right * wide)

    def _straight(self, beside: NDArray[np.float32]) -> bool:
        return float(np.mean(beside > self._SEEN)) >= self._EDGE


def _dark_at(levels: NDArray[np.float32], black: float) -> int:
    """How many are black from the beginning on."""
    lit = np.flatnonzero(levels > black)
    return int(lit[0]) if len(lit) else len(levels)


def _middle(all_sides: list[_Sides]) -> _Sides:
    top, bottom, left, right = (int(v) for v in np.median(np.array(all_sides), axis=0))
    return top, bottom, left, right
