"""The vocabulary: rows of places and things, and the nouns that are kinds of them; read once, when first needed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class PlaceRow:
    """A place that can be drawn: by a ``scene`` of that name, as a room with ``walls``, or as land on ``ground``."""

    name: str
    scene: str = ""
    indoors: bool = False
    weak: bool = False
    """A doorway is no place of its own where another one is named."""
    modified: bool = False
    """A noun before the word makes another place of it: a research station is no railway station."""
    walls: str = ""
    floor: str = ""
    things: tuple[str, ...] = ()
    light: str = ""
    large: bool = False
    ground: str = ""


@dataclass(frozen=True)
class ThingRow:
    """A thing that can be drawn: its symbol, height in metres, material and colour."""

    name: str
    glyph: str
    metres: float
    material: str
    colour: str
    kind: str
    """animals, vehicles, food, things, buildings or nature."""


@dataclass(frozen=True)
class Noun:
    """What a noun is: ``t`` a thing, ``p`` a person, ``l`` a place; and the row that it is a kind of, if any."""

    what: str
    row: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All rows by name, and all phrases that call for them."""

    places: dict[str, PlaceRow]
    things: dict[str, ThingRow]
    place_words: dict[str, str]
    thing_words: dict[str, str]
    nouns: dict[str, Noun]
    verbs: frozenset[str]

    def names(self) -> int:
        """How many words and phrases for things can be drawn."""
        return len({*self.thing_words, *(word for word, noun in self.nouns.items() if noun.row)})


def _text(name: str) -> str:
    return files("film.reading").joinpath("data", name).read_text("utf-8")


def _lines(name: str) -> list[str]:
    return [line for line in _text(name).splitlines() if not line.startswith("#")]


@cache
def catalogue() -> Catalogue:
    """The vocabulary as it ships."""
    places: dict[str, PlaceRow] = {}
    place_words: dict[str, str] = {}
    for name, row in tomllib.loads(_text("places.toml")).items():
        made: dict[str, Any] = {key: value for key, value in row.items() if key != "words"}
        made["things"] = tuple(one.strip() for one in row.get("things", "").split(",") if one.strip())
        made["indoors"] = bool(row.get("indoors") or row.get("walls"))
        places[name] = PlaceRow(name, **made)
        for word in (name, *row["words"].split(",")):
            place_words.setdefault(word.strip().replace("-", " ").replace("'s ", " "), name)
    things: dict[str, ThingRow] = {}
    thing_words: dict[str, str] = {}
    for kind, rows in tomllib.loads(_text("things.toml")).items():
        for name, text in rows.items():
            look, _, others = text.partition(";")
            glyph, metres, material, *colour = look.split()
            things[name] = ThingRow(name, glyph, float(metres), material, " ".join(colour), kind)
            for word in (name, *others.partition("wn=")[0].rstrip("; ").split(",")):
                plain = word.strip(" ;").replace("-", " ").replace("'s ", " ")
                if plain:
                    thing_words.setdefault(plain, name)
    nouns: dict[str, Noun] = {}
    for line in _lines("nouns.txt"):
        word, what, *row = line.split("\t")
        nouns[word] = Noun(what, row[0] if row else "")
    return Catalogue(places, things, place_words, thing_words, nouns, frozenset(_lines("verbs.txt")))
