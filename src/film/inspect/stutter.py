"""Finds a broken rhythm: frames that repeat, and frames that were left out, while the picture moves.

    change of each frame from the last ──► against what is usual around it ──► Stutter: where, how often, every how many

A film of 24 frames shown at 30 repeats every fifth; one of 30 cut down to 24 jumps every fourth; a recorder that could
not keep up repeats here and there. All three show in the changes alone: next to nothing where everything around it
moves, or half as much again, in an even beat.
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
_CHUNK = 20_000


@dataclass(frozen=True)
class Stutter:
    """``frames`` that repeat, or jumps, between ``first`` and ``stop``; ``every`` is their beat, 0 for none."""

    kind: Literal["repeats", "jumps"]
    first: int
    stop: int
    frames: int
    every: int

    @property
    def isolated(self) -> bool:
        return self.kind == "repeats" and self.frames < 3


def stutters(changes: Sequence[float], rate: float) -> list[Stutter]:
    """All of a film's, in order. ``changes[k]`` is how much frame k differs from the one before."""
    series = np.asarray(changes, np.float32)
    if len(series) < _AROUND:
        return []
    usual, middle = _usual(series)
    repeats = _abrupt((series < _NOTHING * usual) & (usual > _MOVES), series)
    within = max(2, round(rate))
    found = [
        Stutter("repeats", group[0], group[-1] + 1, len(group), _beat(group))
        for group in _grouped(np.flatnonzero(repeats), within)
    ]
    jumps = (series > _JUMP * middle) & (series < _CUT * middle) & (middle > _RUNS) & ~repeats
    for group in _grouped(np.flatnonzero(jumps), 12):
        found += [judder for judder in _judder(group) if _even(judder, jumps, series / np.maximum(middle, 1e-6))]
    calm = [f for f in found if f.kind == "repeats"]
    return sorted(
        [f for f in found if f.kind == "repeats" or not any(c.first < f.stop and f.first < c.stop for c in calm)],
        key=lambda s: s.first,
    )


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
