"""Fields and noun phrases ─► where a shot is: a place of the catalogue, one that is not known, or nowhere said."""

from __future__ import annotations

from collections.abc import Sequence

from film.reading.catalogue import Catalogue, PlaceRow
from film.reading.phrases import (
    INSIDE,
    LONGEST,
    PREPOSITIONS,
    UNSEEN,
    Phrase,
    looked_up,
    row_of,
    singulars,
    word_set,
    words_of,
)
from film.reading.readings import Setting

_BROAD = word_set("city town home house sea island ice sand path village")
"""Fields that say where a more exact one is: "city", "rooftop"."""
_VIEWS = word_set("shot view image up window interior inside middle corner heart centre center surface hall")
_BESIDE = word_set("past by near over under beneath around from above through")
_INDOORS = {"interior": True, "indoors": True, "inside": True, "int": True, "exterior": False, "outdoors": False,
            "outside": False, "ext": False}  # fmt: skip
_NOWHERE = word_set("somewhere anywhere unknown various none")


def setting_of(landscapes: Sequence[str], phrases: Sequence[Phrase], known: Catalogue, banned: str) -> Setting:
    """The place that a field names exactly, else broadly; an unknown one of a field; else the best of the prompt."""
    indoors: bool | None = None
    weak: Setting | None = None
    broad: Setting | None = None
    unknown: Setting | None = None
    for text in (text.replace("_", " ").strip() for text in landscapes):
        plain = text.casefold()
        if plain in _INDOORS:
            indoors = _INDOORS[plain]
        if not plain or plain in _INDOORS or plain in _NOWHERE or plain in banned.split():
            continue
        row = known.places.get(_place(text, known) or "")
        if row is None:
            unknown = unknown or Setting(text, None)
        elif row.name in banned:
            continue
        elif row.weak:
            weak = weak or Setting(text, row.name, row.indoors)
        elif plain in _BROAD:
            broad = broad or Setting(text, row.name, row.indoors)
        else:
            return Setting(text, row.name, row.indoors)
    if broad or (unknown and weak is None):
        return broad or Setting(unknown.words if unknown else "", None, indoors)
    candidates = [found for at, one in enumerate(phrases) if (found := _candidate(at, one, known))]
    if weak is not None:
        candidates.append((2, -1, weak))
    found = min(candidates, key=lambda one: one[:2])[2] if candidates else Setting()
    return found if found.indoors is not None else Setting(found.words, found.row, indoors)


def _candidate(at: int, one: Phrase, known: Catalogue) -> tuple[int, int, Setting] | None:
    """The place that a phrase of the prompt may set, and how sure that is: 0 is surest."""
    what = looked_up(one.head, known)
    whole = " ".join((*one.before, one.head))
    if one.head == "snow" and one.preposition in INSIDE:
        return 0, at, Setting(whole, "snow", False)
    unseen = one.head.rsplit(" ", 1)[-1] in UNSEEN and one.head not in known.place_words
    if unseen or what not in ("place", "somewhere"):
        return None
    row = known.places.get(_place(whole, known) or "") if what == "place" else None
    rank = _rank(one, row, also_a_thing=row_of(one.head, known) is not None)
    if row is not None and rank is not None:
        return (
            rank + (3 if row.weak else 0) + (one.preposition in ("on", "across")),
            at,
            Setting(whole, row.name, row.indoors),
        )
    named = what == "somewhere" and one.proper  # Lagos, Kabul: where in the world, not what kind of place
    if row is None and one.preposition in INSIDE and one.preposition != "on" and not named:
        return 5, at, Setting(whole, None)
    return None


def _rank(one: Phrase, row: PlaceRow | None, *, also_a_thing: bool) -> int | None:
    """How surely a phrase says where it is; None when it does not."""
    if row is None:
        return None
    if one.preposition == "outside" and row.indoors:
        return None  # before the mosque: it is a thing to see, and no room
    if one.preposition in INSIDE:
        return 0
    if one.preposition == "of" and one.leading.rsplit(" ", 1)[-1] in _VIEWS:
        return 4 if one.leading else 1
    if one.preposition in _BESIDE and not row.indoors:
        return 3
    if one.preposition or (also_a_thing and one.determined):
        return None
    return 1 if one.first or one.determined else None


def _place(text: str, known: Catalogue) -> str | None:
    """The row of a place's words: of the longest phrase that ends them, unless a noun before it makes it another."""
    words = [w for w in words_of(text.replace("-", " ")) if w[0].isalnum()]
    if " ".join(words) in known.place_words:
        return known.place_words[" ".join(words)]
    while words and words[-1] in ("interior", "exterior", "night", "day", "morning", "evening", "dusk", "dawn"):
        words.pop()
    whole = " ".join(words)
    if whole in known.place_words:
        return known.place_words[whole]
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - LONGEST), end):
            phrase = " ".join(words[start:end])
            for one in singulars(phrase):
                if one in known.place_words:
                    row = known.places[known.place_words[one]]
                    other = start > 0 and looked_up(words[start - 1], known) and row.modified
                    tail = words[end] if end < len(words) else ""
                    if other or (tail and tail not in PREPOSITIONS and looked_up(tail, known)):
                        return None
                    return row.name
    return None
