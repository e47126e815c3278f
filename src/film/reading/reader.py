"""Fields and prompt of a shot ──► Reading.

text ─► noun phrases (``phrases``) ─► people and things (``subjects``), setting (``places``), unplaced
"""

from __future__ import annotations

from collections.abc import Sequence

from film.reading.catalogue import catalogue
from film.reading.phrases import phrases_in
from film.reading.places import setting_of
from film.reading.readings import Reading
from film.reading.subjects import subjects_in


def read(
    prompt: str,
    *,
    characters: Sequence[str] = (),
    landscapes: Sequence[str] = (),
    negative_prompt: str = "",
) -> Reading:
    """Read one shot.

    ``prompt`` is its text, with the cast's descriptions behind it ("Emma: copper hair."); ``characters`` and
    ``landscapes`` are its fields, which outrank the prompt; what ``negative_prompt`` names is not shown.
    """
    known = catalogue()
    phrases = phrases_in(prompt, known)
    banned = {one.head for one in phrases_in(negative_prompt, known)}
    names = {name.replace("_", " ").casefold(): name for name in characters}
    people, things = subjects_in(phrases, names, banned, known, prompt)
    return Reading(setting_of(landscapes, phrases, known, negative_prompt.casefold()), people, things)
