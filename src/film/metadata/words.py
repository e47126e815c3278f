"""The tags of an asset, and when two words are the same.

Case, Unicode form and the kind of space do not count: Close-Up, close_up and close up are one shot type. What people
see is the spelling that came first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import cast

from film.errors import InputError
from film.models import Asset, identity

LONGEST = 120
_SPACE = re.compile(r"[\s_\-]+")


class Dimension(StrEnum):
    CHARACTER = "character"
    LANDSCAPE = "landscape"
    STYLE = "style"
    MOOD = "mood"
    TIME_OF_DAY = "time_of_day"
    SHOT_TYPE = "shot_type"
    ASSET_TYPE = "asset_type"
    PROVIDER = "provider"
    FILM = "film"


TagKey = tuple[str, str]
"""(dimension, value)."""

Words = str | Iterable[str] | None
"""One word, several, or none: a single string is one word, not its letters."""


def tag_value(word: str) -> str:
    """The form in which words are compared."""
    return _SPACE.sub("-", identity(word).strip())[:LONGEST]


def label(word: str) -> str:
    """The form in which words are shown."""
    return unicodedata.normalize("NFC", word).strip()[:LONGEST]


def tags_of(asset: Asset) -> dict[TagKey, str]:
    """Every tag of an asset with its label, in the order they are written in."""
    words: tuple[tuple[Dimension, tuple[str | None, ...]], ...] = (
        (Dimension.CHARACTER, asset.characters),
        (Dimension.LANDSCAPE, asset.landscapes),
        (Dimension.STYLE, asset.styles),
        (Dimension.MOOD, (asset.mood,)),
        (Dimension.TIME_OF_DAY, (asset.time_of_day,)),
        (Dimension.SHOT_TYPE, (asset.shot_type,)),
        (Dimension.ASSET_TYPE, (asset.asset_type.value,)),
        (Dimension.PROVIDER, (asset.provider,)),
        (Dimension.FILM, (asset.film_id,)),
    )
    tags: dict[TagKey, str] = {}
    for dimension, some in words:
        for word in some:
            if word and (tag := _tag(dimension, word)):
                tags.setdefault(*tag)
    return tags


@lru_cache(20_000)
def _tag(dimension: Dimension, word: str) -> tuple[TagKey, str] | None:
    """A word's key and label; None for one that is empty. The same few words come again and again."""
    value = tag_value(word)
    return ((dimension.value, value), label(word)) if value else None


def each(words: Words, name: str = "words") -> list[str]:
    """The words of the argument ``name``, one, several or none; empty ones are none. InputError for what is no word."""
    if words is None:
        return []
    several = cast("object", [words] if isinstance(words, str) else words)
    if not isinstance(several, Iterable):
        raise _no_words(name, several)
    found: list[str] = []
    for word in cast("Iterable[object]", several):
        if not isinstance(word, str):
            raise _no_words(name, word)
        if tag_value(word):
            found.append(word)
    return found


def _no_words(name: str, given: object) -> InputError:
    return InputError(
        f"{name} holds {str(given)[:40]}, which is no word", hint=f'write {name}="…", or ["…", "…"]', field=name
    )
