"""``film assets``: what the library holds, found by what it shows."""

from __future__ import annotations

from typing import Any

import click

from film.cli.console import dollars, file_size, note, print_json, shorten, table
from film.cli.looking import library
from film.cli.options import as_json, option
from film.models import AssetType


@click.command(name="assets")
@option("character", multiple=True, metavar="NAME", help="Shows this character; may be repeated: all must match.")
@option("landscape", multiple=True, metavar="NAME", help="Shows this place; may be repeated.")
@option("style", multiple=True, metavar="NAME", help="Has this style; may be repeated.")
@option("mood", metavar="NAME")
@option("time_of_day", metavar="NAME")
@option("shot_type", metavar="NAME")
@option("type", "-t", type=click.Choice([t.value for t in AssetType]), help="Only pictures, clips or speech.")
@option("provider", metavar="NAME")
@option("film_id", metavar="NAME", help="Made for this film.")
@option("text", metavar="WORDS", help="In the prompt or the dialogue.")
@option("limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@option("stats", is_flag=True, help="Figures of the library and the cache instead of a list.")
@as_json
def command(**options: Any) -> int:
    """Find pictures, clips and speech in the library, newest first."""
    services = library()
    if options["stats"]:
        return _stats(services, options["json"])
    kind = options["type"]
    found = services.index.find_assets(
        characters=options["character"],
        landscapes=options["landscape"],
        styles=options["style"],
        mood=options["mood"],
        time_of_day=options["time_of_day"],
        shot_type=options["shot_type"],
        asset_type=AssetType(kind) if kind else None,
        provider=options["provider"],
        film_id=options["film_id"],
        text=options["text"],
        limit=options["limit"],
    )
    if options["json"]:
        print_json([asset.model_dump(mode="json") for asset in found])
        return 0
    rows = [
        (
            a.asset_id,
            a.provider,
            shorten(a.prompt, 60),
            ", ".join(a.characters),
            dollars(a.cost_usd),
            f"{a.reuse_count}×",
        )
        for a in found
    ]
    click.echo(table(rows, ("asset", "provider", "prompt", "characters", "cost", "reused"), right=(4, 5)))
    note(
        f"{len(found)} found"
        + (f"; more with --limit {2 * options['limit']}" if len(found) == options["limit"] else "")
    )
    return 0


def _stats(services: Any, as_document: bool) -> int:
    index, cache = services.index.get_index_stats(), services.cache.get_cache_stats()
    if as_document:
        print_json({"library": dict(index), "cache": dict(cache)})
        return 0
    click.echo(f"assets     {index['total_assets']}")
    click.echo(f"on disk    {file_size(cache['total_size_bytes'])}")
    click.echo(f"hit rate   {cache['hit_rate_percent']}% ({cache['hits']} of {cache['hits'] + cache['misses']})")
    click.echo(f"saved      {dollars(cache['total_cost_saved_usd'])}")
    return 0
