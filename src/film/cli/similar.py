"""``film assets similar`` and ``film assets reindex``: what means the same, and keeping that quick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.asset_filters import filters, print_ranked, said_of
from film.cli.console import note, watched
from film.cli.looking import workspace
from film.cli.options import as_json, option


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
    from film.app.assets import SimilarAssets, similar_assets

    asked = SimilarAssets.model_validate({"what": what, "shots": shots, "limit": limit, **said_of(options)})
    return print_ranked(similar_assets(asked, workspace()), "alike", json)


@click.command(name="reindex", short_help="Embed what is new; do so once after a large import.")
@option("from_scratch", is_flag=True, help="Embed every prompt again, not only those that wait for it.")
def reindex(from_scratch: bool) -> int:
    """Embed the prompts that searching by meaning has not seen, and pack what counts large libraries.

    A search does so by itself; after a large import it is done once here, and the next search starts at once.
    """
    from film.app import assets

    done = 0

    def progress(more: int) -> None:
        nonlocal done
        done += more
        if watched():
            click.echo(f"\r{done} prompts", nl=False, err=True)

    count = assets.reindex(workspace(), from_scratch=from_scratch, progress=progress)
    if watched() and done:
        click.echo(err=True)
    note(f"{count} prompts embedded")
    return 0
