"""What a draft takes a shot to say, and the words that it knows. Nothing is drawn."""

from __future__ import annotations

from pathlib import Path

from film.app.models import UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.reading import Person, Setting, Thing


class ReadShots(UseCaseInput):
    """Of which film."""

    shots: Path


class ReadShot(UseCaseResult):
    """What a draft shows of a shot; ``not_drawn`` is what it does not, by name."""

    shot_id: str
    title: str = ""
    """The words of a title: nothing else is drawn for it."""
    setting: Setting
    people: tuple[Person, ...]
    things: tuple[Thing, ...]
    not_drawn: tuple[str, ...]


class ReadShotList(UseCaseResult):
    shots: tuple[ReadShot, ...]


class Vocabulary(UseCaseResult):
    """What a draft can draw; ``names`` counts the words and phrases for things."""

    places: tuple[str, ...]
    things: tuple[str, ...]
    roles: tuple[str, ...]
    names: int


class KnownWord(UseCaseResult):
    """What a word is drawn as."""

    word: str
    place: str | None
    thing: str | None
    person: bool


def read_shots(asked: ReadShots, workspace: Workspace) -> ReadShotList:
    """Which place, people and things a draft shows of each shot, and what it does not know."""
    from film.planning.not_drawn import reading_of_shot
    from film.planning.params import film_params
    from film.reading import read

    params = film_params(asked.shots, workspace.settings, tier="draft")
    for message in params.warnings:
        workspace.warn(message)
    found = [(shot, read("", landscapes=()) if shot.title else reading_of_shot(shot)) for shot in params.shots]
    return ReadShotList(
        shots=tuple(
            ReadShot(
                shot_id=shot.shot_id,
                title=shot.title.text if shot.title else "",
                setting=one.setting,
                people=one.people,
                things=one.things,
                not_drawn=tuple(one.unplaced),
            )
            for shot, one in found
        )
    )


def vocabulary() -> Vocabulary:
    """The places, things and roles that a draft can draw."""
    from film.reading import catalogue
    from film.reading.looks import roles

    known = catalogue()
    return Vocabulary(
        places=tuple(sorted(known.places)),
        things=tuple(sorted(known.things)),
        roles=tuple(sorted(roles())),
        names=known.names(),
    )


def look_up_word(word: str) -> KnownWord:
    """What ``word`` is drawn as, if anything."""
    from film.reading import read

    found = read(f"the {word}", landscapes=())
    place = read("", landscapes=(word,)).setting.row
    things = [one.row for one in found.things if one.row]
    return KnownWord(word=word, place=place, thing=things[0] if things else None, person=bool(found.people))
