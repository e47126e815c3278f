"""Whom and what a film's pictures go by: pictures of the user's, or a sheet that is made once.

    cast.toml ──► Member: its pictures, or the shot that makes its sheet ──► References of each picture's request

A sheet is asked for as the picture of a shot that is in no film: it is priced, set aside for, bought, kept and reused
like any other. Only models that take such pictures have one made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from film.errors import BadMedia, InputError
from film.files.digests import sha256_of_file
from film.media import probe
from film.models import AssetType, Model, Shot, check_identifier, identity
from film.providers.base import Reference

if TYPE_CHECKING:
    from film.prompts.cast import Cast, Description

Group = Literal["character", "place"]
_SAYS: Mapping[Group, str] = {
    "character": (
        "Character sheet of {name}: {description}. One person, shown three times from head to foot, from the front,"
        " from the side and from behind, with a calm face, before a plain light grey wall in even light. No text."
    ),
    "place": "A wide view of {name}: {description}. Nobody is there. Even light. No text.",
}


class Member(Model):
    """Somebody or some place of the cast that pictures show: ``references``, or the shot of its ``sheet``.

    ``name`` is the identity of the name: however a shot spells it, the same is asked for.
    """

    name: str
    subject: Group
    references: tuple[Reference, ...] = ()
    sheet: Shot | None = None


class Members(Model):
    """The members of a cast that have pictures, by the identity of their names."""

    characters: Mapping[str, Member] = Field(default_factory=dict[str, Member])
    places: Mapping[str, Member] = Field(default_factory=dict[str, Member])

    def of(self, shot: Shot) -> Sequence[Member]:
        """Those that a shot names, in its order, people first."""
        people = (self.characters.get(identity(name)) for name in shot.characters)
        places = (self.places.get(identity(name)) for name in shot.landscapes)
        return tuple({(one.subject, one.name): one for one in (*people, *places) if one}.values())

    @property
    def sheets(self) -> Sequence[Member]:
        return [m for m in (*self.characters.values(), *self.places.values()) if m.sheet]


def members_of(cast: Cast, shots: Iterable[Shot]) -> Members:
    """Those of the cast whom shots name. Raises InputError for a picture that cannot be read."""
    shots = tuple(shots)
    taken = {identity(shot.shot_id) for shot in shots}
    people = {identity(name) for shot in shots for name in shot.characters}
    places = {identity(name) for shot in shots for name in shot.landscapes}
    return Members(
        characters=_members("character", cast.characters, people, taken),
        places=_members("place", cast.places, places, taken),
    )


def _members(subject: Group, known: Mapping[str, Description], named: Set[str], taken: set[str]) -> dict[str, Member]:
    return {
        key: Member(
            name=key,
            subject=subject,
            references=tuple(_reference(subject, key, one, at) for at in range(len(one.pictures))),
            sheet=_sheet(subject, key, one, taken) if one.sheet else None,
        )
        for key, one in known.items()
        if key in named and (one.pictures or one.sheet)
    }


def _reference(subject: Group, name: str, one: Description, at: int) -> Reference:
    path = one.pictures[at]
    try:
        probe(path, AssetType.IMAGE)
    except BadMedia as error:
        raise InputError(
            f"{path.name}, a picture of {name}, cannot be used: {error.message}", hint=error.hint, field="pictures"
        ) from error
    return Reference(name=name, subject=subject, path=path, sha256=sha256_of_file(path))


def _sheet(subject: Group, name: str, one: Description, taken: set[str]) -> Shot:
    words = _SAYS[subject].format(name=name, description=one.description.rstrip(". "))
    people, places = ((name,), ()) if subject == "character" else ((), (name,))
    return Shot(
        shot_id=_id_of(subject, name, taken),
        shot_type="sheet",
        enhanced_prompt=words,
        characters=people,
        landscapes=places,
    )


def _id_of(subject: Group, name: str, taken: set[str]) -> str:
    """``sheet.emma``; what cannot stand in an id, or is a shot's already, is told by a digest."""
    plain = f"sheet.{name}"
    digest = hashlib.sha256(f"{subject} {identity(name)}".encode()).hexdigest()[:8]
    try:
        found = check_identifier(plain)
    except ValueError:
        found = f"sheet.{digest}"
    if identity(found) in taken:
        found = f"sheet.{digest}"
    taken.add(identity(found))
    return found
