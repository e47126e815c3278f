"""How far a sound steps back while another one is in front: down shortly before, up again once it is over.

The cut knows when somebody will speak, so the way down is over when the first syllable comes, as under a mixer's hand
and not as a compressor does it. Ways are straight in decibels, as the ear hears them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from film.render.sound import SAMPLE_RATE

_CONTROL = SAMPLE_RATE // 100
Span = tuple[int, int]


class Duck:
    """A gain over time: 1, and ``depth`` dB during ``spans``. It does not come up between two that follow closely."""

    def __init__(
        self, spans: Iterable[Span], depth: float, *, attack: int = SAMPLE_RATE // 5, release: int = SAMPLE_RATE // 2
    ) -> None:
        joined = _joined(sorted(span for span in spans if span[0] <= span[1]), attack + release)
        self._at = [x for a, b in joined for x in (a - attack, a, b, b + release)] or [0]
        self._db = [0.0, depth, depth, 0.0] * len(joined) or [0.0]

    def gain(self, start: int, length: int) -> NDArray[np.float32]:
        control = np.arange(start // _CONTROL * _CONTROL, start + length + _CONTROL, _CONTROL)
        gain = 10 ** (np.interp(control, self._at, self._db) / 20)
        return np.interp(np.arange(start, start + length), control, gain).astype(np.float32)


def _joined(spans: Sequence[Span], gap: int) -> list[Span]:
    found: list[Span] = []
    for start, stop in spans:
        if found and start - found[-1][1] <= gap:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((start, stop))
    return found
