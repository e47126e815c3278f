"""The ambience of the places, in stretches that go on across cuts and blend where the place becomes another one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil

from film.timeline.shots import ShotCut
from film.timeline.sound import Bed
from film.timeline.timeline import Timeline

AMBIENCE_BLEND = Fraction(1, 4)
"""Seconds in which one place's ambience gives way to the next across a hard cut."""


def beds_of(cuts: Sequence[ShotCut], laid: Timeline) -> tuple[Bed, ...]:
    """One bed for as long as the place sounds the same, blended into the next around the middle of the join.

    A blend takes at most half of a stretch on either side of it, so three beds never sound at once.
    """
    soft = ceil(AMBIENCE_BLEND * laid.rate)
    changes = [i for i in range(1, len(cuts)) if cuts[i].ambience != cuts[i - 1].ambience]
    borders = [0, *(laid.starts[i] + laid.transitions[i - 1].frames // 2 for i in changes), laid.frames]
    lengths = [b - a for a, b in pairwise(borders)]
    blends = [
        min(soft, lengths[0] // 2),
        *(
            min(max(soft, laid.transitions[i - 1].frames), *beside)
            for i, beside in zip(changes, pairwise(lengths), strict=True)
        ),
        min(soft, lengths[-1] // 2),
    ]
    beds: list[Bed] = []
    for n, first_cut in enumerate([0, *changes]):
        kind = cuts[first_cut].ambience
        start = borders[n] - (blends[n] // 2 if n else 0)
        ends_film = n == len(changes)
        stop = borders[n + 1] + (0 if ends_film else blends[n + 1] - blends[n + 1] // 2)
        if kind:
            beds.append(Bed(kind, start, stop - start, zlib.crc32(kind.encode()), blends[n], blends[n + 1]))
    return tuple(beds)
