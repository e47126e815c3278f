"""Finds a broken rhythm: frames that repeat, and frames that were left out, while the picture moves.

    change of each frame from the last ──► against what is usual around it ──► Stutter: where, how often, every how many

A film of 24 frames shown at 30 repeats every fifth; one of 30 cut down to 24 jumps every fourth; a recorder that could
not keep up repeats here and there. All three show in the changes alone: next to nothing where everything around it
moves, or half as much again, in an even beat.

A single frame that was dropped and closed over shows in the steps themselves: one goes on as the last ones went, twice
as far, and the next one as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_AROUND = 15
"""Frames looked at to know what is usual."""
_MOVES = 0.25
"""Levels of change from which a picture counts as moving."""
_NOTHING = 0.12
"""Of the usual change: what is left of a repeated frame after encoding."""
_ABRUPT = 0.25
"""Of the changes right before and after."""
_JUMP, _CUT = 1.5, 5.0
"""Times the usual change: a frame was left out; more is a cut."""
_RUNS = 1.0
"""Levels of change below which what is left out cannot be told from what an encoder does."""
_UNEVEN = 0.15
_BEATS = 8
"""Jumps in an even beat that make a judder. Fewer happen by themselves."""
_LIT = 0.6
"""Of a change, how much of it is the light, where it flickers and nothing moves."""
_BESIDE = 4
"""Frames on each side of a hang in which the picture must move."""
_TWICE = (1.55, 3.6)
"""Times the usual step: one or two frames are missing. More cannot be told from a jolt."""
_STEPS = 4
"""On each side, those that must all be of one length."""
_ALIKE, _STEADY = 0.3, 1.5
"""Correlation of a step with the last one where it goes the same way, and the longest step over the shortest."""
_STANDS_OUT = 1.35
_GOES = 0.4
"""Levels of change below which a step is mostly what the encoder does."""
_CHUNK = 20_000


@dataclass(frozen=True)
class Stutter:
    """``frames`` that repeat, or jumps, between ``first`` and ``stop``; ``every`` is their beat, 0 for none."""

    kind: Literal["repeats", "jumps", "dropped"]
    first: int
    stop: int
    frames: int
    every: int

    @property
    def isolated(self) -> bool:
        return self.kind == "repeats" and self.frames < 3


def stutters(
    changes: Sequence[float],
    rate: float,
    slopes: Sequence[float] = (),
    likeness: Sequence[float] = (),
    levels: Sequence[float] = (),
) -> list[Stutter]:
    """All of a film's, in order.

    Args:
        changes: By how much each frame differs from the one before.
        rate: Frames a second.
        slopes: How many times the last step each step is, in its direction.
        likeness: The correlation of each step with the last one.
        levels: The mean of each frame.
    """
    series = np.asarray(changes, np.float32)
    if len(series) < _AROUND:
        return []
    light = np.abs(np.diff(np.asarray(levels, np.float32), prepend=levels[0])) if len(levels) else 0 * series
    usual, middle = _usual(series)
    repeats = _abrupt((series < _NOTHING * usual) & (usual > _MOVES), series)
    within = max(2, round(rate))
    found = [
        Stutter("repeats", group[0], group[-1] + 1, len(group), _beat(group))
        for group in _grouped(np.flatnonzero(repeats), within)
        if _moves(group, series, light)
    ]
    jumps = (series > _JUMP * middle) & (series < _CUT * middle) & (middle > _RUNS) & ~repeats
    for group in _grouped(np.flatnonzero(jumps), 12):
        found += [judder for judder in _judder(group) if _even(judder, jumps, series / np.maximum(middle, 1e-6))]
    calm = [f for f in found if f.kind == "repeats"]
    found = [f for f in found if f.kind == "repeats" or not any(c.first < f.stop and f.first < c.stop for c in calm)]
    found += [d for d in _dropped(series, slopes, likeness) if not any(f.first - 2 <= d.first <= f.stop for f in found)]
    return sorted(found, key=lambda s: s.first)


def _moves(group: list[int], series: NDArray[np.float32], light: NDArray[np.float32]) -> bool:
    """Whether things move beside what repeats.

    A light that goes on and off does not, nor does a still between two cuts: there the picture changes once on each
    side, and nothing more.
    """
    first, stop = group[0], group[-1] + 1
    around = np.r_[max(1, first - _BESIDE) : first, stop : min(len(series), stop + _BESIDE)]
    inside = np.setdiff1d(np.arange(first, stop), group)
    moving = np.concatenate([around, inside])
    moving = moving[series[moving] > _MOVES]
    if not len(moving) or float(np.median(light[moving] / series[moving])) > _LIT:
        return False
    if len(inside) >= 2:
        return True  # a beat: what moves lies between what repeats
    before = series[max(1, first - _BESIDE) : first]
    after = series[stop : stop + _BESIDE]
    steady = [part for part in (before, after) if len(part) >= 2 and float(np.median(part)) > _MOVES]
    if len(steady) < 2:
        return False
    return series[first - 1] < _CUT * np.median(before) and series[stop] < _CUT * np.median(after)


def _dropped(series: NDArray[np.float32], slopes: Sequence[float], likeness: Sequence[float]) -> list[Stutter]:
    """Where one step is twice as long as those around it, and goes the same way."""
    if len(slopes) != len(series) or len(series) < 8:
        return []
    slope, alike = np.asarray(slopes, np.float32), np.asarray(likeness, np.float32)
    found: list[Stutter] = []
    for k in np.flatnonzero((slope > 1) & (alike > _ALIKE)).tolist():
        beside = np.r_[series[max(0, k - _STEPS) : k], series[k + 1 : k + 1 + _STEPS]]
        if k <= _STEPS or len(beside) < 2 * _STEPS or beside.min() < _GOES:
            continue
        usual = float(np.median(beside))
        goes_on = np.r_[alike[k - _STEPS + 1 : k], alike[k + 1 : k + 1 + _STEPS]]
        even = float(beside.max()) < min(_STEADY * float(beside.min()), series[k] / _STANDS_OUT)
        if even and _TWICE[0] < series[k] / usual < _TWICE[1] and float(np.median(goes_on)) > _ALIKE:
            found.append(Stutter("dropped", k, k + 1, max(1, round(float(series[k]) / usual) - 1), 0))
    return found


def _abrupt(calm: NDArray[np.bool_], series: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Of the calm frames those where motion stops at once and comes back at once; a move that is eased in does not."""
    edges = np.flatnonzero(np.diff(calm.astype(np.int8), prepend=0, append=0))
    kept = np.zeros_like(calm)
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        inside = first > 1 and stop < len(series)
        beside = min(series[first - 1], series[stop]) if inside else 0.0
        if beside > _MOVES and series[first:stop].max() < _ABRUPT * beside:
            kept[first:stop] = True
    return kept


def _usual(series: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Around each frame, the change that four of five stay under, and the middle one.

    The first holds on to the motion where every second or third frame repeats.
    """
    half = _AROUND // 2
    padded = np.pad(series, half, mode="edge")
    high, middle = np.empty_like(series), np.empty_like(series)
    for start in range(0, len(series), _CHUNK):
        part = padded[start : start + _CHUNK + 2 * half]
        windows = np.sort(np.lib.stride_tricks.sliding_window_view(part, _AROUND), axis=1)
        stop = start + len(windows)
        high[start:stop] = windows[:, round(0.8 * (_AROUND - 1))]
        middle[start:stop] = windows[:, half]
    return high, middle


def _grouped(places: NDArray[np.intp], within: int) -> list[list[int]]:
    groups: list[list[int]] = []
    for place in map(int, places):
        if groups and place - groups[-1][-1] <= within:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _beat(group: list[int]) -> int:
    """The distance that most of a group keep."""
    apart = [b - a for a, b in pairwise(group)]
    if len(apart) < 2:
        return 0
    common = max(set(apart), key=apart.count)
    return common if apart.count(common) >= 0.7 * len(apart) else 0


def _even(judder: Stutter, jumps: NDArray[np.bool_], relative: NDArray[np.floating]) -> bool:
    """Whether all between the jumps is one speed: encoders make some frames of a group sharper, which is no jump."""
    inside = slice(judder.first, judder.stop)
    return float(relative[inside][~jumps[inside]].std()) < _UNEVEN


def _judder(group: list[int]) -> list[Stutter]:
    """The runs of a group that keep an even beat for long enough."""
    found: list[Stutter] = []
    run = group[:1]
    for place in group[1:]:
        if len(run) >= 2 and place - run[-1] != run[1] - run[0]:
            found += _told(run)
            run = run[-1:]
        run.append(place)
    return [*found, *_told(run)]


def _told(run: list[int]) -> list[Stutter]:
    beat = run[1] - run[0] if len(run) > 1 else 0
    if len(run) < _BEATS or beat < 3:
        return []
    return [Stutter("jumps", run[0], run[-1] + 1, len(run), beat)]
