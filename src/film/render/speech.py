"""Speech: every line where it was placed, at one level, whoever made it.

Blocks are asked for in order. A line is decoded when it begins and dropped when it is over, so what is in memory does
not grow with the film.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from film.render.balance import MOST_LIFT_OF_VOICES, SPEECH
from film.render.reading import at_least_a_second, decode
from film.render.sound import SAMPLE_RATE, SILENT, Samples, integrated, limited
from film.render.soundplan import PlacedLine

_EDGE = SAMPLE_RATE // 250


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
        while self._ahead and self._ahead[0].start < stop:
            placed = self._ahead.popleft()
            self._sounding.append((placed.start, _levelled(decode(placed.line.source.path), self._crest)))
        for begins, samples in self._sounding:
            first, last = max(start, begins), min(stop, begins + len(samples))
            if first < last:
                block[first - start : last - start] += samples[first - begins : last - begins]
        self._sounding = [(b, samples) for b, samples in self._sounding if b + len(samples) > stop]


def _levelled(samples: Samples, crest: float) -> Samples:
    """A line at the level of all lines, with edges too short to hear instead of clicks."""
    samples = _at_level(samples)
    if np.abs(samples).max() > 10 ** ((SPEECH + crest) / 20):
        samples = _at_level(np.concatenate(list(limited([samples], SPEECH + crest))))
    edge = min(_EDGE, len(samples) // 2)
    ramp = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)[:, None]
    samples[:edge] *= ramp
    samples[len(samples) - edge :] *= ramp[::-1]
    return samples


def _at_level(samples: Samples) -> Samples:
    level = integrated([at_least_a_second(samples)])
    gain = min(MOST_LIFT_OF_VOICES, SPEECH - level) if level > SILENT else 0.0
    return samples * np.float32(10 ** (gain / 20))
