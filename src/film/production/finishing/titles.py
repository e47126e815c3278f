"""Titles: their words are drawn as pictures of the film's size, for nothing, and kept like all that the cut makes.

    Shot.title ──(with_cards)──► CompletedShot.card, a PNG in the store ──► the cut shows it as a still

A card is a file like every other source: transitions, exports and other machines need no rule of their own for it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from film.cache import AssetCache
from film.errors import ComposeError
from film.files.digests import sha256_of_file
from film.hashing import content_key
from film.models import TitleCard
from film.planning.params import FilmParams
from film.planning.results import CompletedShot
from film.render.fonts import faces_for, sets_right_to_left
from film.render.soundscapes import AIR_KIND
from film.render.titles import RECIPE, drawn
from film.timeline import ShotCut

DRAWN_BY = "title"
"""What the store and a film's origin call the maker of cards."""


def with_cards(shots: Sequence[CompletedShot], params: FilmParams, cache: AssetCache) -> list[CompletedShot]:
    """The shots, each title among them with its card; blocks. ComposeError where a font is gone."""
    keys = _keys(shots, params)
    found = cache.use_many(keys.values()) if keys else {}
    for done in shots:
        if done.shot.title and (key := keys[done.shot_id]) not in found:
            found[key] = cache.put(
                key,
                kind="image",
                provider=DRAWN_BY,
                mime="image/png",
                data=_png(done.shot.title, params),
                details={"width": params.width, "height": params.height, "by_rules": True, "reading": ""},
            )
    return [replace(done, card=found[keys[done.shot_id]]) if done.shot_id in keys else done for done in shots]


def with_cards_in_hand(shots: Sequence[CompletedShot], params: FilmParams, cache: AssetCache) -> list[CompletedShot]:
    """The same with the cards that there are: nothing is drawn, and nothing is noted."""
    keys = _keys(shots, params)
    found = cache.peek_many(keys.values()) if keys else {}
    return [replace(done, card=found.get(keys[done.shot_id])) if done.shot_id in keys else done for done in shots]


def _keys(shots: Sequence[CompletedShot], params: FilmParams) -> dict[str, str]:
    return {done.shot_id: _key(done.shot.title, params) for done in shots if done.shot.title}


def carried_over(cuts: Sequence[ShotCut]) -> list[ShotCut]:
    """The cuts; titles that name no place sound like the shots around them where those sound alike.

    Elsewhere there is only the tone of a room behind a title: neither place is heard where nothing is seen of it.
    """
    runs = [list(run) for _, run in groupby(cuts, key=lambda cut: bool(cut.title and not cut.landscapes))]
    found: list[ShotCut] = []
    for before, run, after in zip([[], *runs], runs, [*runs[1:], []], strict=False):
        if not run[0].title or run[0].landscapes:
            found += run
            continue
        alike = before and after and before[-1].ambience == after[0].ambience
        kind = before[-1].ambience if before and alike else AIR_KIND
        found += [replace(cut, ambience=kind) for cut in run]
    return found


def _key(title: TitleCard, params: FilmParams) -> str:
    return content_key(
        RECIPE,
        {
            "text": title.text,
            "colours": [title.colour, title.background],
            "size": [params.width, params.height],
            "font": _digest(title),
            "faces": list(faces_for(title.text, _face(title))),
            "leftward": sets_right_to_left(),
        },
    )


def _digest(title: TitleCard) -> str | None:
    try:
        return sha256_of_file(title.font) if title.font else None
    except OSError as error:
        raise ComposeError(
            f"the font {title.font} of a title cannot be read: {error.strerror or error}",
            hint="put it back, or take font out of the title",
        ) from error


def _face(title: TitleCard) -> str:
    return str(title.font) if title.font else ""


def _png(title: TitleCard, params: FilmParams) -> bytes:
    card = drawn(
        title.text,
        params.width,
        params.height,
        colour=title.colour,
        background=title.background,
        face=_face(title),
    )
    out = io.BytesIO()
    card.save(out, "PNG")
    return out.getvalue()
