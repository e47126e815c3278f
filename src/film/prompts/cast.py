"""Who and what a film keeps showing, described once: ``templates/cast.toml``.

    [characters.emma]
    description = "Emma, 32, copper hair in a loose braid, green wool coat"
    voice = "nova"

    [places.attic]
    description = "a dusty Victorian attic under oak beams, one round window"

A shot that names Emma among its characters gets her description into its prompt, so that she looks the same in all
of them, and her voice unless it asks for another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from film.errors import InputError
from film.models import Model, Text, Word, identity
from film.shots import toml_lines
from film.shots.fields import check_names, validated

FILE = "cast.toml"


class Description(Model):
    description: Annotated[Text, Field(min_length=1, max_length=2000)]
    voice: Word | None = None
    """Who speaks for a character."""


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
    return hashlib.sha256(description.model_dump_json().encode()).hexdigest()[:16]


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
    return Cast(
        {identity(name): one for name, one in found.characters.items()},
        {identity(name): one for name, one in found.places.items()},
    )
