"""The places of the film, made a block at a time: one under each stretch, blended where it changes.

A place's ambience is made once as a loop: what is in memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from film.render.ambience import synthesize
from film.render.balance import AIR, BED
from film.render.fades import fade_down, fade_up, rise
from film.render.reading import at_least_a_second
from film.render.sound import SAMPLE_RATE, SILENT, Samples, integrated
from film.render.soundplan import PlacedBed
from film.render.soundscapes import AIR_KIND

_LOOP, _SEAM = 48 * SAMPLE_RATE, 2 * SAMPLE_RATE


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
                heard = texture.take(np.arange(first - placed.start, last - placed.start), axis=0, mode="wrap")
                fade_up(heard, first, placed.start, placed.fade_in)
                fade_down(heard, first, placed.stop, placed.fade_out)
                block[first - start : last - start] += heard

    def _make(self, kind: str, seed: int) -> Samples:
        longest = self._longest[kind]
        if longest <= _LOOP:
            texture = synthesize(kind, longest, seed, SAMPLE_RATE)
        else:
            made = synthesize(kind, _LOOP + _SEAM, seed, SAMPLE_RATE)
            texture, tail = made[:_LOOP].copy(), made[_LOOP:]
            up = rise(np.arange(_SEAM), _SEAM)[:, None]
            texture[:_SEAM] = texture[:_SEAM] * up + tail * up[::-1]
        level = integrated([at_least_a_second(texture)])
        wanted = AIR if kind == AIR_KIND else BED
        return texture * np.float32(10 ** ((wanted - level) / 20)) if level > SILENT else texture
