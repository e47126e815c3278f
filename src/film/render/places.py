"""The places of the film, made a block at a time: one under each stretch, blended where it changes.

    beds ──► for each kind one voice that goes on for as long as the film does ──► its level ──► fades

A place is made anew as it goes, and where the film comes back to it, it goes on from where it was left: no loop and no
return is ever heard. What is in memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from film.render.ambience import blocks
from film.render.balance import AIR, BED
from film.render.fades import fade_down, fade_up
from film.render.reading import Tape, at_least_a_second
from film.render.sound import SAMPLE_RATE, SILENT, Samples, integrated
from film.render.soundplan import PlacedBed
from film.render.soundscapes import AIR_KIND

_JUDGED = 48 * SAMPLE_RATE
"""Samples that decide how loud a place is."""


class Ambience:
    """Adds beds to blocks, which are asked for in order."""

    def __init__(self, beds: Sequence[PlacedBed]) -> None:
        self._beds = beds
        self._places: dict[tuple[str, int], Tape] = {}

    def add_to(self, block: Samples, start: int) -> None:
        for placed in self._beds:
            first, last = max(start, placed.start), min(start + len(block), placed.stop)
            if first < last:
                heard = self._place(placed).take(last - first)
                fade_up(heard, first, placed.start, placed.fade_in)
                fade_down(heard, first, placed.stop, placed.fade_out)
                block[first - start : last - start] += heard

    def _place(self, placed: PlacedBed) -> Tape:
        place = placed.bed.kind, placed.bed.seed
        if place not in self._places:
            same = [bed for bed in self._beds if (bed.bed.kind, bed.bed.seed) == place]
            self._places[place] = Tape(_made(*place, sum(bed.stop - bed.start for bed in same)))
        return self._places[place]


def _made(kind: str, seed: int, length: int) -> Iterator[Samples]:
    """A place at its level, as long as it is heard in all."""
    judged: list[Samples] = []
    made = blocks(kind, length, seed, SAMPLE_RATE)
    have = 0
    for block in made:
        judged.append(block)
        have += len(block)
        if have >= _JUDGED:
            break
    level = integrated([at_least_a_second(np.concatenate(judged)[:_JUDGED])])
    wanted = AIR if kind == AIR_KIND else BED
    gain = np.float32(10 ** ((wanted - level) / 20)) if level > SILENT else np.float32(1)
    while judged:
        yield judged.pop(0) * gain
    for block in made:
        yield block * gain
