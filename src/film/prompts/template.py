"""One template: a TOML file of a look, in words that a prompt is made of.

    description = "Low-key black and white, hard side light"
    version = 2
    prompt = "{{ prompt }}, {{ lens }} lens, {% include 'film-stock' %}"
    negative_prompt = "{{ negative_prompt }}, bright colours"

    [variables]
    lens = "35mm"

    [shot]                  # fields of a shot, where the shot does not say them itself
    styles = ["noir"]
    mood = "tense"

``version`` is for people; what counts for the cache is the text that comes out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from film.errors import InputError
from film.models import Model, Slug, Word
from film.prompts.variables import Variable
from film.shots import toml_lines
from film.shots.fields import check_names, validated

SUFFIX = ".toml"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9\-]{0,58}[a-z0-9])?")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,40}")
WORDS = (
    "prompt", "negative_prompt", "shot_type", "mood", "time_of_day", "styles", "camera", "dialogue", "characters",
    "places", "landscapes",
)  # fmt: skip
"""What every template may use of its shot, and no variable may be called."""


class ShotDefaults(Model):
    """What a template may say for a shot that does not say it itself. Styles are added, the rest is filled in."""

    styles: tuple[Word, ...] = ()
    mood: Word | None = None
    time_of_day: Word | None = None
    camera: Word | None = None
    shot_type: Slug | None = None


class TemplateText(Model):
    """A template's file."""

    description: Annotated[str, Field(max_length=500)] = ""
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    prompt: Annotated[str, Field(min_length=1, max_length=10_000)] = "{{ prompt }}"
    negative_prompt: Annotated[str, Field(max_length=10_000)] = "{{ negative_prompt }}"
    variables: Mapping[str, Variable] = Field(default_factory=dict[str, Variable])
    shot: ShotDefaults = ShotDefaults()


class Template(TemplateText):
    """A template by its name, and where it stands; ``digest`` is of its whole text."""

    name: str
    path: Path
    digest: str
    origin: str
    """``film``, ``gallery`` or ``built in``."""

    @property
    def label(self) -> str:
        return f"{self.name} (version {self.version})"


def read_template(path: Path, origin: str) -> Template:
    """Raises InputError that names file, line and field."""
    name = path.stem
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!r} is no name for a template", hint="use small letters, digits and inner '-'", file=path
        )
    document, lines = toml_lines.read(path, "template")
    unknown = check_names(document, set(TemplateText.model_fields), lines, path)
    if unknown:
        raise InputError(
            f"{unknown[0]} is not a field of a template",
            hint=f"it has {', '.join(TemplateText.model_fields)}; a variable stands under [variables]",
            file=path,
            line=lines.of((unknown[0],)),
            field=unknown[0],
        )
    text = validated(TemplateText, document, lines, path)
    for variable in text.variables:
        if not _VARIABLE.fullmatch(variable) or variable in WORDS:
            why = "is a word that every prompt knows already" if variable in WORDS else "is no name for a variable"
            raise InputError(
                f"variables.{variable[:60]} {why}",
                hint="use another name: small letters, digits and '_'",
                file=path,
                line=lines.of(("variables", variable)),
                field=f"variables.{variable}",
            )
    facts: dict[str, Any] = {field: getattr(text, field) for field in TemplateText.model_fields}
    return Template(
        **facts, name=name, path=path, digest=hashlib.sha256(path.read_bytes()).hexdigest()[:16], origin=origin
    )
