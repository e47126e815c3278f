"""``film assets similar`` and ``film assets reindex``: what means the same, and keeping that quick."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.asset_filters import filters, print_hits, query_of
from film.cli.console import note, watched
from film.cli.looking import library
from film.cli.options import as_json, option

if TYPE_CHECKING:
    from film.metadata import Hit
    from film.planning.services import Services
    from film.search import SemanticSearch
    from film.settings import Settings

_WORTH_A_WORD = 5_000


@click.command(name="similar", short_help="What means most nearly the same as a shot, a text, an asset.")
@click.argument("what", metavar="SHOT|TEXT")
@option("shots", type=click.Path(path_type=Path), metavar="FILE", help="The shots.json that SHOT is in.")
@filters
@option("limit", type=click.IntRange(1, 1_000), default=5, show_default=True)
@as_json
def similar(what: str, shots: Path | None, limit: int, json: bool, **options: Any) -> int:
    """What in the library means most nearly the same as an asset (its id), a shot of FILE, or a text.

    1.00 is the same meaning, 0 is none in common. Nothing is sent and nothing is used: it is only shown.
    """
    services = library()
    query = query_of(options)
    prompt = _prompt_of(what, shots) if shots else None
    search = searching(services)
    hits: list[Hit]
    if prompt is None and services.index.get_asset(what):
        hits = search.find_like(what, query, limit=limit)
    else:
        hits = search.find(prompt or what, query, limit=limit)
    return print_hits(hits, "alike", json)


@click.command(name="reindex", short_help="Embed what is new; do so once after a large import.")
@option("from_scratch", is_flag=True, help="Embed every prompt again, not only those that wait for it.")
def reindex(from_scratch: bool) -> int:
    """Embed the prompts that searching by meaning has not seen, and pack what counts large libraries.

    A search does so by itself; after a large import it is done once here, and the next search starts at once.
    """
    from film.planning.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    services = open_services(settings) if library(settings).index.count() else library(settings)
    search = _search(services, keep=True)
    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if watched():
            click.echo(f"\r{done} prompts", nl=False, err=True)

    count = search.catch_up(progress, from_scratch=from_scratch) if services.index.count() else 0
    if watched() and done:
        click.echo(err=True)
    note(f"{count} prompts embedded")
    return 0


def searching(services: Services) -> SemanticSearch:
    """A search that keeps what it embeds, where it may."""
    keep = _may_keep(services.settings) and services.index.count() > 0
    if keep:
        from film.planning.services import open_services

        services = open_services(services.settings)
    search = _search(services, keep=keep)
    if (waiting := search.waiting()) > _WORTH_A_WORD:
        note(f"embedding {waiting} prompts first" + (", once" if keep else "; film assets reindex would keep them"))
    return search


def _search(services: Services, *, keep: bool) -> SemanticSearch:
    from film.search import FOLDER, SemanticSearch

    return SemanticSearch(services.index, services.settings.gallery / FOLDER, keep=keep)


def _may_keep(settings: Settings) -> bool:
    from film.db.drives import can_write
    from film.db.session import database_file

    file = database_file(settings.database_url)
    return can_write(settings.gallery) and (file is None or can_write(file.parent))


def _prompt_of(shot_id: str, path: Path) -> str:
    from film.errors import InputError
    from film.models import identity
    from film.shots.shotfile import load_shots

    shots = load_shots(path).shots
    found = next((shot for shot in shots if identity(shot.shot_id) == identity(shot_id)), None)
    if found is None:
        some = ", ".join(shot.shot_id for shot in shots[:5])
        raise InputError(f"{path} has no shot {shot_id[:100]!r}", hint=f"it has {some}{' …' if len(shots) > 5 else ''}")
    return found.enhanced_prompt
