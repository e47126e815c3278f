"""The workspace of a command: open until the command has ended, its warnings on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from film.cli.console import note, warn

if TYPE_CHECKING:
    from pathlib import Path

    from film.app.workspace import Workspace
    from film.errors import FilmError
    from film.settings import Settings


def workspace(settings: Settings | None = None, *, quiet: bool = False) -> Workspace:
    """One with these settings, or the environment's; a ``quiet`` one tells warnings alone."""
    from film.app.workspace import Workspace

    opened = Workspace(settings, warn=warn) if quiet else Workspace(settings, warn=warn, note=note)
    return click.get_current_context().with_resource(opened)


def workspace_for(shots: Path) -> Workspace:
    """One with the settings that hold for a shots.json; what people should know of them is said."""
    from film.app.workspace import settings_for

    settings = settings_for(shots)
    for message in settings.notes:
        warn(message)
    return workspace(settings)


def told_first(forgotten: FilmError | None) -> int:
    """Say, before anything else, that the database does not know what the gallery has ordered; the exit code."""
    if forgotten is None:
        return 0
    warn(f"{forgotten}: {forgotten.hint}")
    return forgotten.exit_code
