"""The library for commands that only look: open until the command has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from film.pipeline.services import Services
    from film.settings import Settings


def library(settings: Settings | None = None) -> Services:
    """Services that write nothing, of these settings or the environment's."""
    from film.pipeline.services import looking_services
    from film.settings import load_settings

    return click.get_current_context().with_resource(looking_services(settings or load_settings()))
