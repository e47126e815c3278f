"""Style templates: the looks there are, and what they make of a film's prompts; nothing is sent or stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import InputError
from film.files.bounds import read_plain

if TYPE_CHECKING:
    from film.prompts import Template


class TemplateSheet(UseCaseResult):
    """A template; ``origin`` is where it is from: the film, the gallery or the program."""

    model_config = ConfigDict(serialize_by_alias=True)

    name: str
    version: int
    description: str
    origin: str = Field(serialization_alias="from")
    path: Path
    prompt: str
    negative_prompt: str
    variables: Mapping[str, object]
    shot: Mapping[str, object]
    """What it says for a shot that does not say it."""
    label: Aside[str] = ""
    text: Aside[str] = ""
    """The file as it is written."""


class PreviewPrompts(UseCaseInput):
    """Of which film; with ``template`` for all shots that name none, and only those of ``only`` where any is named."""

    shots: Path
    template: str | None = None
    only: tuple[str, ...] = ()


class PromptPreview(UseCaseResult):
    """A shot's prompt as its provider would get it."""

    shot_id: str
    prompt: str
    negative_prompt: str
    made_of: Mapping[str, str]
    """Templates and descriptions, name → digest."""


def list_templates(shots: Path | None, workspace: Workspace) -> tuple[TemplateSheet, ...]:
    """All templates: those beside ``shots``, those in the gallery, and those that come with the program."""
    from film.prompts import shelf_for

    library = shelf_for(shots, workspace.settings.gallery)
    return tuple(_sheet(library.get(name)) for name in library.names())


def show_template(name: str, shots: Path | None, workspace: Workspace) -> TemplateSheet:
    """One template, with its text. Raises InputError where there is none of that name."""
    from film.prompts import shelf_for

    template = shelf_for(shots, workspace.settings.gallery).get(name)
    return _sheet(template).model_copy(update={"text": read_plain(template.path, "template").decode("utf-8")})


def preview_prompts(asked: PreviewPrompts) -> tuple[PromptPreview, ...]:
    """The prompts of a film as the providers would get them. Raises InputError for a shot that is not there."""
    from film.app.workspace import settings_for
    from film.prompts import rendered, shelf_for
    from film.shots.shotfile import load_shots

    file = load_shots(asked.shots)
    wanted = set(asked.only)
    shots = [shot for shot in file.shots if not wanted or shot.shot_id in wanted]
    if missing := wanted - {shot.shot_id for shot in shots}:
        raise InputError(f"there is no shot {min(missing)!r}", hint="check --shot", file=asked.shots)
    done = rendered(
        shots,
        shelf_for(file.path, settings_for(file.path).gallery),
        template=asked.template or file.film.template,
        variables=file.film.variables,
    )
    return tuple(
        PromptPreview(
            shot_id=one.shot.shot_id,
            prompt=one.shot.enhanced_prompt,
            negative_prompt=one.shot.negative_prompt,
            made_of=one.used,
        )
        for one in done
    )


def _sheet(template: Template) -> TemplateSheet:
    return TemplateSheet(
        name=template.name,
        version=template.version,
        description=template.description,
        origin=template.origin,
        path=template.path,
        prompt=template.prompt,
        negative_prompt=template.negative_prompt,
        variables={name: one.model_dump(mode="json", exclude_none=True) for name, one in template.variables.items()},
        shot=template.shot.model_dump(mode="json", exclude_none=True),
        label=template.label,
    )
