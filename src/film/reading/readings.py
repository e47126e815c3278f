"""What a shot shows: where it is, who and what is in it. Plain data, which drawings and people read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """Something to see: the words for it, how many, and its row of the catalogue; None where it is not known."""

    words: str
    row: str | None
    count: int = 1
    said: str = ""
    """The words before it: its colour, its state."""
    name: str = ""
    """Of a named animal or thing, the character it is."""


@dataclass(frozen=True)
class Person:
    """Somebody: the words for them, how many, and what the shot says of their looks."""

    words: str
    count: int = 1
    said: str = ""
    name: str = ""


@dataclass(frozen=True)
class Setting:
    """Where it is: the words for it and its row; no row, no words: nothing is said of it."""

    words: str = ""
    row: str | None = None
    indoors: bool | None = None


@dataclass(frozen=True)
class Reading:
    """What a shot shows."""

    setting: Setting
    people: tuple[Person, ...]
    things: tuple[Thing, ...]

    @property
    def unplaced(self) -> tuple[str, ...]:
        """What is said and cannot be drawn, by name."""
        place = (self.setting.words,) if self.setting.words and self.setting.row is None else ()
        return (*place, *dict.fromkeys(thing.words for thing in self.things if thing.row is None))
