"""Speech: every line where it was placed, at one level, whoever made it.

    file ──► conditioned ──► from a breath before its voice to a moment after it ──► at the level of all lines

Blocks are asked for in order. A line is decoded when it begins and dropped when it is over, so what is in memory does
not grow with the film.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from film.render.balance import MOST_LIFT_OF_VOICES, SPEECH
from film.render.conditioning import conditioned
from film.render.reading import at_least_a_second, decode
from film.render.sound import SAMPLE_RATE, SILENT, Samples, integrated, limited
from film.render.soundplan import PlacedLine

_EDGE = SAMPLE_RATE // 250
_BEFORE, _AFTER = SAMPLE_RATE * 3 // 100, SAMPLE_RATE * 8 // 100
"""Samples that a voice is heard before it is found to begin, and after it is found to end, where its file has them."""


class Speech:
    """Adds lines to blocks in order.

    No peak of a line reaches more than ``crest`` dB over its level. A loud film has no room above that, and a limiter
    behind the mix would take it from the voices alone: they would sink into the music that they were balanced with.
    """

    def __init__(self, lines: Sequence[PlacedLine], crest: float) -> None:
        self._ahead = deque(sorted(lines, key=lambda placed: placed.start))
        self._sounding: list[tuple[int, Samples]] = []
        self._crest = crest

    def add_to(self, block: Samples, start: int) -> None:
        stop = start + len(block)
        while self._ahead and self._ahead[0].start - _BEFORE < stop:
            placed = self._ahead.popleft()
            self._sounding.append(_voice(placed, self._crest))
        for begins, samples in self._sounding:
            first, last = max(start, begins), min(stop, begins + len(samples))
            if first < last:
                block[first - start : last - start] += samples[first - begins : last - begins]
        self._sounding = [(b, samples) for b, samples in self._sounding if b + len(samples) > stop]


def _voice(placed: PlacedLine, crest: float) -> tuple[int, Samples]:
    """What is heard of a line, and from which sample of the film on."""
    samples = conditioned(decode(placed.line.source.path))
    if not placed.spoken:
        return placed.start, _levelled(samples, crest, _EDGE, _EDGE)
    first = round(placed.line.source_in * SAMPLE_RATE)
    before = min(_BEFORE, first, placed.start)
    last = first + placed.spoken[-1][1] - placed.start
    heard = samples[first - before : last + _AFTER]
    after = len(heard) - before - (last - first)
    return placed.start - before, _levelled(heard, crest, max(_EDGE, before), max(_EDGE, after))


def _levelled(samples: Samples, crest: float, rise: int, fall: int) -> Samples:
    """A line at the level of all lines, with edges too short to hear instead of clicks."""
    samples = _at_level(samples)
    if np.abs(samples).max() > 10 ** ((SPEECH + crest) / 20):
        samples = _at_level(np.concatenate(list(limited([samples], SPEECH + crest))))
    rise, fall = min(rise, len(samples) // 2), min(fall, len(samples) // 2)
    samples[:rise] *= np.linspace(0, 1, rise, endpoint=False, dtype=np.float32)[:, None]
    samples[len(samples) - fall :] *= np.linspace(1, 0, fall, endpoint=False, dtype=np.float32)[:, None]
    return samples


def _at_level(samples: Samples) -> Samples:
    level = integrated([at_least_a_second(samples)])
    gain = min(MOST_LIFT_OF_VOICES, SPEECH - level) if level > SILENT else 0.0
    return samples * np.float32(10 ** (gain / 20))
