"""What a film's shots say and their drafts cannot show, told before and after they are drawn.

shot ──► film.reading ──► the names of what could not be placed
"""

from __future__ import annotations

from collections.abc import Iterable

from film.models import Shot
from film.reading import Reading, read

DRAWN_BY = "draft"
"""The provider whose pictures are drawn of what was read."""


def reading_of_shot(shot: Shot) -> Reading:
    """What the drawing of a draft goes by for this shot."""
    return read(
        shot.enhanced_prompt,
        characters=shot.characters,
        landscapes=shot.landscapes,
        negative_prompt=shot.negative_prompt,
    )


def not_drawn(shots: Iterable[Shot]) -> dict[str, tuple[str, ...]]:
    """For each of these shots that a draft does not show whole: what is missing, by name."""
    found = {shot.shot_id: reading_of_shot(shot).unplaced for shot in shots}
    return {shot_id: missing for shot_id, missing in found.items() if missing}


def told(missing: dict[str, tuple[str, ...]]) -> list[str]:
    """A line for each such shot."""
    return [f"{shot_id}: not drawn: {', '.join(names)}" for shot_id, names in missing.items()]


def drafted(rows: Iterable[tuple[Shot, str | None]]) -> list[Shot]:
    """Those of the shots, each with its picture's provider, that are drawn."""
    return [shot for shot, provider in rows if provider == DRAWN_BY]
