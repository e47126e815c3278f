"""What is asked of the library: tags that must all be there, tags of which one is enough, and words of the prompt.

An ``AssetQuery`` is plain data and knows no database, so that a page, its facet counts and a search by meaning can all
be asked with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from film.errors import InputError
from film.metadata.words import Dimension, TagKey, Words, each, tag_value
from film.models import AssetType

MOST_WORDS = 200
"""Of one query. Every database limits the values of a statement, and nobody means more."""

AnyOf = Mapping[str, Words]
"""Dimension (``"mood"``) → words, one of which must be on the asset."""


@dataclass(frozen=True)
class AssetQuery:
    """Without arguments: everything."""

    all_of: frozenset[TagKey] = frozenset()
    any_of: frozenset[TagKey] = frozenset()
    """Of each dimension that is named here, one word is enough."""
    text: str = ""
    """Words that the prompt or the dialogue holds, all of them; ``"in quotes"`` side by side, ``sun*`` by beginning."""

    @classmethod
    def of(
        cls,
        characters: Words = None,
        landscapes: Words = None,
        styles: Words = None,
        mood: Words = None,
        time_of_day: Words = None,
        shot_type: Words = None,
        asset_type: Words = None,
        provider: Words = None,
        film_id: str | None = None,
        *,
        any_of: AnyOf | None = None,
        text: str | None = None,
    ) -> AssetQuery:
        asked: dict[str, Words] = {
            "characters": characters,
            "landscapes": landscapes,
            "styles": styles,
            "mood": mood,
            "time_of_day": time_of_day,
            "shot_type": shot_type,
            "asset_type": asset_type,
            "provider": provider,
            "film_id": film_id,
        }
        all_of = frozenset(tag for name, words in asked.items() for tag in _tags(name, words))
        _check_that_some_may_match(all_of)
        some = frozenset(tag for name, words in _groups(any_of).items() for tag in _tags(name, words))
        if len(all_of) + len(some) > MOST_WORDS:
            raise InputError(
                f"{len(all_of) + len(some)} words are asked for, allowed {MOST_WORDS}", hint="ask for fewer at once"
            )
        if text is not None and not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may have no types
            raise InputError(
                f"text is {str(text)[:40]}, which is no words", hint='write text="rain street"', field="text"
            )
        return cls(all_of, some, (text or "").strip())

    @property
    def is_everything(self) -> bool:
        return not (self.all_of or self.any_of or self.text)

    def dimensions(self) -> set[Dimension]:
        """The dimensions that it says something of."""
        return {Dimension(d) for d, _ in self.all_of | self.any_of}

    def without(self, left_out: Dimension) -> AssetQuery:
        """The same, whatever the assets have in one dimension."""
        return replace(
            self,
            all_of=frozenset(key for key in self.all_of if key[0] != left_out.value),
            any_of=frozenset(key for key in self.any_of if key[0] != left_out.value),
        )


def dimension(name: str) -> Dimension:
    """``mood``, ``time-of-day``, or an argument's name as ``characters``; InputError names the dimensions there are."""
    plain = str(name).strip().lower().replace("-", "_")
    try:
        return _ARGUMENTS.get(plain) or Dimension(plain)
    except ValueError:
        raise InputError(f"assets have no {str(name)[:40]!r}", hint=f"they have {', '.join(Dimension)}") from None


_ARGUMENTS = {
    "characters": Dimension.CHARACTER,
    "landscapes": Dimension.LANDSCAPE,
    "styles": Dimension.STYLE,
    "film_id": Dimension.FILM,
}
"""What a search calls dimensions that go by another name here."""

_ONE_OF_EACH = (Dimension.MOOD, Dimension.TIME_OF_DAY, Dimension.SHOT_TYPE, Dimension.ASSET_TYPE, Dimension.PROVIDER)
"""What an asset has once."""


def _tags(name: str, words: Words) -> list[TagKey]:
    """The tags of one argument; InputError for what is no word, and for a type of asset that there is not."""
    kind = dimension(name)
    found = [(kind.value, tag_value(word)) for word in each(words, name)]
    if kind is Dimension.ASSET_TYPE:
        for _, value in found:
            if value not in {*AssetType}:
                raise InputError(
                    f"{name} is {value[:40]!r}, and no asset is of that type",
                    hint=f"use one of {', '.join(AssetType)}",
                    field=name,
                )
    return found


def _groups(any_of: object) -> AnyOf:
    if any_of is None:
        return {}
    if isinstance(any_of, Mapping):
        return cast("AnyOf", any_of)
    raise InputError("any_of is no mapping", hint='write {"mood": ["tense", "calm"]}', field="any_of")


def _check_that_some_may_match(all_of: frozenset[TagKey]) -> None:
    """An asset has one mood: who asks for two of them at once means either."""
    for kind in _ONE_OF_EACH:
        words = sorted(value for d, value in all_of if d == kind.value)
        if len(words) > 1:
            either = ", ".join(f'"{word}"' for word in words[:4])
            typed = f"--any {kind.value}={','.join(words[:4])}"
            raise InputError(
                f"no asset has {len(words)} of {kind.value}: {', '.join(words)[:80]}",
                hint=f'for one of them ask with any_of={{"{kind.value}": [{either}]}}, in the terminal {typed}',
                field=kind.value,
            )
