"""The layers of the mix, made a block at a time: ambience, how far it steps back, and speech over it.

Blocks are asked for in order. A line is decoded when it begins and dropped when it is over, a place's ambience is made
once as a loop: what is in memory does not grow with the film.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from film.compose.ambience import synthesize
from film.compose.sound import SAMPLE_RATE, SILENT, Samples, decode, integrated
from film.timeline import Bed, Line

SPEECH = -20.0
"""LUFS of every line in the rough mix, whoever made it, so that all voices sit in one room."""
BED = -36.0
"""LUFS: where nobody speaks, a place must be heard on small speakers too."""
DUCK = -8.0
"""dB by which a bed steps back further while somebody speaks."""
MOST_GAIN = 24.0
_LOOP, _SEAM = 48 * SAMPLE_RATE, 2 * SAMPLE_RATE
_ATTACK, _RELEASE = SAMPLE_RATE // 5, SAMPLE_RATE // 2
_EDGE = SAMPLE_RATE // 250
_CONTROL = SAMPLE_RATE // 100


@dataclass(frozen=True)
class Placed:
    """Something heard from sample ``start`` to ``stop`` of the film."""

    start: int
    stop: int


@dataclass(frozen=True)
class PlacedLine(Placed):
    line: Line


@dataclass(frozen=True)
class PlacedBed(Placed):
    bed: Bed
    fade_in: int
    fade_out: int


class Speech:
    """Adds lines to blocks in order; a line is decoded when it begins and dropped when it is over."""

    def __init__(self, lines: Sequence[PlacedLine]) -> None:
        self._ahead = deque(sorted(lines, key=lambda placed: placed.start))
        self._sounding: list[tuple[int, Samples]] = []

    def add_to(self, block: Samples, start: int) -> None:
        stop = start + len(block)
        while self._ahead and self._ahead[0].start < stop:
            placed = self._ahead.popleft()
            self._sounding.append((placed.start, _levelled(decode(placed.line.source.path))))
        for begins, samples in self._sounding:
            first, last = max(start, begins), min(stop, begins + len(samples))
            if first < last:
                block[first - start : last - start] += samples[first - begins : last - begins]
        self._sounding = [(b, samples) for b, samples in self._sounding if b + len(samples) > stop]


def _levelled(samples: Samples) -> Samples:
    """A line at the level of all lines, with edges too short to hear instead of clicks."""
    level = integrated([_at_least_a_second(samples)])
    gain = np.clip(SPEECH - level, -MOST_GAIN, MOST_GAIN) if level > SILENT else 0.0
    edge = min(_EDGE, len(samples) // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)[:, None]
    samples = samples * np.float32(10 ** (gain / 20))
    samples[:edge] *= ramp
    samples[len(samples) - edge :] *= ramp[::-1]
    return samples


def _at_least_a_second(samples: Samples) -> Samples:
    """Loudness is measured over 0.4 s: a short "Yes." is measured as if said again and again."""
    return np.tile(samples, (-(-SAMPLE_RATE // len(samples)), 1))


class Duck:
    """How far ambience steps back: down shortly before somebody speaks, up again once all is said."""

    def __init__(self, lines: Sequence[PlacedLine]) -> None:
        spoken: list[tuple[int, int]] = []
        for start, stop in sorted((placed.start, placed.stop) for placed in lines):
            if spoken and start - spoken[-1][1] < _ATTACK + _RELEASE:
                spoken[-1] = spoken[-1][0], max(stop, spoken[-1][1])
            else:
                spoken.append((start, stop))
        self._at = [x for a, b in spoken for x in (a - _ATTACK, a, b, b + _RELEASE)] or [0]
        self._db = [0.0, DUCK, DUCK, 0.0] * len(spoken) or [0.0]

    def gain(self, start: int, length: int) -> NDArray[np.float32]:
        control = np.arange(start, start + length + _CONTROL, _CONTROL)
        gain = 10 ** (np.interp(control, self._at, self._db) / 20)
        return np.interp(np.arange(start, start + length), control, gain).astype(np.float32)


class Ambience:
    """Adds beds to blocks. A kind is made once, as a loop without a seam, and read from as long as it sounds."""

    def __init__(self, beds: Sequence[PlacedBed]) -> None:
        self._beds = beds
        self._longest: dict[str, int] = {}
        for placed in beds:
            kind, length = placed.bed.kind, placed.stop - placed.start
            self._longest[kind] = max(length, self._longest.get(kind, 0))
        self._texture = lru_cache(maxsize=4)(self._make)

    def add_to(self, block: Samples, start: int) -> None:
        for placed in self._beds:
            first, last = max(start, placed.start), min(start + len(block), placed.stop)
            if first < last:
                texture = self._texture(placed.bed.kind, placed.bed.seed)
                since, left = np.arange(first, last) - placed.start, placed.stop - np.arange(first, last)
                fade = _rise(since, placed.fade_in) * _rise(left, placed.fade_out)
                block[first - start : last - start] += texture.take(since, axis=0, mode="wrap") * fade[:, None]

    def _make(self, kind: str, seed: int) -> Samples:
        longest = self._longest[kind]
        if longest <= _LOOP:
            texture = synthesize(kind, longest, seed, SAMPLE_RATE)
        else:
            made = synthesize(kind, _LOOP + _SEAM, seed, SAMPLE_RATE)
            texture, tail = made[:_LOOP].copy(), made[_LOOP:]
            rise = _rise(np.arange(_SEAM), _SEAM)[:, None]
            texture[:_SEAM] = texture[:_SEAM] * rise + tail * rise[::-1]
        level = integrated([_at_least_a_second(texture)])
        return texture * np.float32(10 ** ((BED - level) / 20)) if level > SILENT else texture


def _rise(distance: NDArray[np.int64], fade: int) -> NDArray[np.float32]:
    """Equal power: two beds that cross keep the loudness of one."""
    rise = np.ones(len(distance), np.float32)
    inside = distance < fade
    rise[inside] = np.sin(distance[inside] * (np.pi / 2 / max(1, fade)))
    return rise
