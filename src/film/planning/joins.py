"""The transitions at either end of each shot, as its film's shots stand: what a clip that is bought needs room for.

They are settled with the film's params, so that a part of a film, or one shot of it, is planned as in the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from film.models import Model, Shot
from film.shots.filmfile import FilmFile
from film.timeline import kind_of_join


class Joins(Model):
    """Seconds of transition ``before`` a shot, 0 for a cut, and ``after`` it; None where the film ends with it."""

    before: Decimal = Decimal(0)
    after: Decimal | None = Decimal(0)


def joins_for(shots: Sequence[Shot], film: FilmFile) -> dict[str, Joins]:
    """Shot → its transitions. Only clips that are bought by the length of their line hang on them: else empty."""
    if film.long_dialogue != "next-length":
        return {}
    fades = [
        Decimal(0)
        if kind_of_join(before, after, film.transition) == "cut"
        else before.transition_seconds or film.transition_seconds
        for before, after in pairwise(shots)
    ]
    return {
        shot.shot_id: Joins(before=before, after=after)
        for shot, before, after in zip(shots, (Decimal(0), *fades), (*fades, None), strict=True)
    }
