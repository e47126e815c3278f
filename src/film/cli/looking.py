"""The library for commands that only look: open until the command has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from film.planning.services import Services
    from film.settings import Settings


def library(settings: Settings | None = None, *, strict: bool = False, told: bool = False) -> Services:
    """Services that write nothing, of these settings or the environment's.

    Where gallery and database are not one library that is said; it is an error where ``strict``: to those who would
    take what is missing for something to be made, bought or removed, and left to those by whom it is ``told``.
    """
    from film.cli.console import warn
    from film.planning.services import looking_services
    from film.settings import load_settings

    services = click.get_current_context().with_resource(looking_services(settings or load_settings()))
    if not told and (error := services.cache.trouble()):
        if strict:
            raise error
        warn(f"{error}: {error.hint}")
    return services


def forgotten(services: Services) -> int:
    """Say so, before anything else, where the database does not know what the gallery has ordered; the exit code."""
    from film.cli.console import warn
    from film.db.session import snapshot
    from film.production.memory import missing_orders

    with snapshot(services.engine) as connection:
        missing = missing_orders(connection, services.settings)
    if not missing.orders:
        return 0
    error = missing.error()
    warn(f"{error}: {error.hint}")
    return error.exit_code
