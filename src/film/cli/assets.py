"""``film assets``: what the library holds, found by what it shows, by words, and by what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from film.cli.asset_filters import document, filters, print_assets, print_hits, query_of
from film.cli.asset_import import import_files
from film.cli.asset_show import show
from film.cli.console import counted, dollars, file_size, note, one_line, print_json
from film.cli.looking import library
from film.cli.options import as_json, option
from film.cli.similar import reindex, searching, similar

if TYPE_CHECKING:
    from film.metadata import Facets
    from film.planning.services import Services


@click.group(name="assets", invoke_without_command=True)
@filters
@option("like", metavar="TEXT", help="The nearest in meaning first, with how near they are.")
@option("best", is_flag=True, help="Those that --text fits best first, instead of the newest.")
@option("limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@option("cursor", metavar="CURSOR", help="Go on where the page before ended; it says with what.")
@option("facets", is_flag=True, help="How many there are of each character, place, mood … instead of a list.")
@option("stats", is_flag=True, help="Figures of the library and the cache instead of a list.")
@as_json
@click.pass_context
def command(ctx: click.Context, **options: Any) -> int:
    """Find pictures, clips and speech in the library, newest first."""
    if ctx.invoked_subcommand:
        if any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in options):
            raise click.UsageError(f"options go behind {ctx.invoked_subcommand!r}")
        return 0
    _one_order(options)
    as_document = options["json"]
    services = library()
    if options["stats"]:
        return _stats(services, as_document)
    query = query_of(options)
    if options["facets"]:
        return _facets(services.index.facets(query), services.index.count(query), as_document)
    if options["like"]:
        hits = searching(services).find(options["like"], query, limit=options["limit"])
        return print_hits(hits, "alike", as_document)
    if options["best"]:
        return print_hits(services.index.best(query, limit=options["limit"]), "fit", as_document)
    page = services.index.page(query, limit=options["limit"], cursor=options["cursor"])
    if as_document:
        print_json({"assets": [document(asset) for asset in page.assets], "next": page.next})
        return 0
    print_assets(page.assets)
    note(f"{len(page.assets)} found" + (f"; more with --cursor {page.next}" if page.next else ""))
    return 0


def _one_order(options: dict[str, Any]) -> None:
    orders = [name for name in ("like", "best", "cursor", "facets", "stats") if options[name]]
    if len(orders) > 1:
        raise click.UsageError(f"--{orders[0]} and --{orders[1]} cannot be used together")
    if options["best"] and not options["text"]:
        raise click.UsageError("--best needs --text")


def _facets(facets: Facets, total: int, as_document: bool) -> int:
    if as_document:
        found = {name: {f.label: f.count for f in some} for name, some in facets.items()}
        print_json({"total": total, "facets": found})
        return 0
    for name, some in facets.items():
        for facet in some:
            click.echo(f"{name:12} {facet.count:>9}  {one_line(facet.label)}{' *' if facet.chosen else ''}")
    is_chosen = any(facet.chosen for some in facets.values() for facet in some)
    note(counted(total, "asset") + ("; *: asked for, and its kind counted as if it were not" if is_chosen else ""))
    return 0


def _stats(services: Services, as_document: bool) -> int:
    index, cache = services.index.get_index_stats(), services.cache.get_cache_stats()
    if as_document:
        print_json({"library": dict(index), "cache": dict(cache)})
        return 0
    click.echo(f"assets     {index['total_assets']}")
    click.echo(f"on disk    {file_size(cache['total_size_bytes'])}")
    click.echo(f"hit rate   {cache['hit_rate_percent']}% ({cache['hits']} of {cache['hits'] + cache['misses']})")
    click.echo(f"saved      {dollars(cache['total_cost_saved_usd'])}")
    return 0


command.add_command(show)
command.add_command(similar)
command.add_command(import_files)
command.add_command(reindex)
