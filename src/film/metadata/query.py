"""What is asked of the library: tags that must all be there, tags of which one is enough, and words of the prompt.

An ``AssetQuery`` is plain data and knows no database, so that a page, its facet counts and a search by meaning can all
be asked with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from film.errors import InputError
from film.metadata.words import Dimension, TagKey, Words, each, tag_value

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
        mood: str | None = None,
        time_of_day: str | None = None,
        shot_type: str | None = None,
        asset_type: str | None = None,
        provider: str | None = None,
        film_id: str | None = None,
        *,
        any_of: AnyOf | None = None,
        text: str | None = None,
    ) -> AssetQuery:
        asked: tuple[tuple[Dimension, Words], ...] = (
            (Dimension.CHARACTER, characters),
            (Dimension.LANDSCAPE, landscapes),
            (Dimension.STYLE, styles),
            (Dimension.MOOD, mood),
            (Dimension.TIME_OF_DAY, time_of_day),
            (Dimension.SHOT_TYPE, shot_type),
            (Dimension.ASSET_TYPE, asset_type),
            (Dimension.PROVIDER, provider),
            (Dimension.FILM, film_id),
        )
        all_of = frozenset((d.value, tag_value(word)) for d, words in asked for word in each(words))
        some = frozenset(
            (dimension(name).value, tag_value(word)) for name, words in (any_of or {}).items() for word in each(words)
        )
        if len(all_of) + len(some) > MOST_WORDS:
            raise InputError(
                f"{len(all_of) + len(some)} words are asked for, allowed {MOST_WORDS}", hint="ask for fewer at once"
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
    """``mood``, ``time-of-day`` or ``Time_of_day``; InputError names the dimensions there are."""
    try:
        return Dimension(name.strip().lower().replace("-", "_"))
    except ValueError:
        raise InputError(f"assets have no {name[:40]!r}", hint=f"they have {', '.join(Dimension)}") from None
