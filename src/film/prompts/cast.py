"""Who and what a film keeps showing, described once: ``templates/cast.toml``.

    [characters.emma]
    description = "Emma, 32, copper hair in a loose braid, green wool coat"
    voice = "nova"

    [places.attic]
    description = "a dusty Victorian attic under oak beams, one round window"

A shot that names Emma among its characters gets her description into its prompt, so that she looks the same in all
of them, and her voice unless it asks for another one. ``pictures`` of her, or a ``sheet`` that is made once of her
description, are sent along to every model that takes such references.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from film.errors import InputError, all_of
from film.models import Model, Text, Word, identity
from film.shots import toml_lines
from film.shots.fields import Lines, check_names, validated

FILE = "cast.toml"


class Description(Model):
    description: Annotated[Text, Field(min_length=1, max_length=2000)]
    voice: Word | None = None
    """Who speaks for a character."""
    pictures: Annotated[tuple[Path, ...], Field(max_length=14)] = ()
    """Of the user's: what models go by. Paths count from the folder of the file."""
    sheet: bool = False
    """Whether one such picture is to be made of the description, once, and used in all shots."""


class _File(Model):
    characters: Mapping[str, Description] = Field(default_factory=dict[str, Description])
    places: Mapping[str, Description] = Field(default_factory=dict[str, Description])


@dataclass(frozen=True)
class Cast:
    """Descriptions by the identity of their names: case and Unicode form do not count."""

    characters: Mapping[str, Description] = field(default_factory=dict[str, Description])
    places: Mapping[str, Description] = field(default_factory=dict[str, Description])

    def character(self, name: str) -> Description | None:
        return self.characters.get(identity(name))

    def place(self, name: str) -> Description | None:
        return self.places.get(identity(name))


def digest_of(description: Description) -> str:
    """Of what is in prompts: pictures are told apart by their bytes."""
    words = description.model_dump_json(exclude={"pictures", "sheet"})
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def read_cast(path: Path) -> Cast:
    """Raises InputError that names file, line and field."""
    document, lines = toml_lines.read(path, "template")
    unknown = check_names(document, set(_File.model_fields), lines, path)
    if unknown:
        raise InputError(
            f"{unknown[0]} is not a group of a cast",
            hint="write [characters.emma] or [places.attic]",
            file=path,
            line=lines.of((unknown[0],)),
            field=unknown[0],
        )
    found = validated(_File, document, lines, path)
    wrong: list[InputError] = []
    members = {
        group: {identity(name): one for name, one in _resolved(group, written, path, lines, wrong)}
        for group, written in (("characters", found.characters), ("places", found.places))
    }
    if wrong:
        raise all_of(wrong)
    return Cast(**members)


def _resolved(
    group: str, members: Mapping[str, Description], path: Path, lines: Lines, wrong: list[InputError]
) -> Iterator[tuple[str, Description]]:
    """The members with their pictures found; what is wrong with them is added to ``wrong``."""
    for name, one in members.items():
        if one.pictures and one.sheet:
            wrong.append(
                InputError(
                    f"{name} has pictures, and a sheet is to be made",
                    hint="keep one of the two",
                    file=path,
                    line=lines.of((group, name, "sheet")),
                    field=f"{group}.{name}.sheet",
                )
            )
        files = tuple((path.parent / picture.expanduser()).absolute() for picture in one.pictures)
        wrong += [
            InputError(
                f"{group}.{name}.pictures: there is no file {file}",
                hint=f"paths count from the folder of {path.name}",
                file=path,
                line=lines.of((group, name, "pictures", number)),
                field=f"{group}.{name}.pictures",
            )
            for number, file in enumerate(files)
            if not file.is_file()
        ]
        yield name, one.model_copy(update={"pictures": files}) if files else one
