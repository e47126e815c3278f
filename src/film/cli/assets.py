"""``film assets``: what the library holds, found by what it shows, by words, and by what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from film.cli.asset_filters import filters, print_assets, print_ranked, said_of
from film.cli.asset_import import import_files
from film.cli.asset_show import show
from film.cli.console import counted, dollars, file_size, note, one_line, print_json
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.cli.similar import reindex, similar

if TYPE_CHECKING:
    from film.app.assets import FacetCounts, LibraryFigures


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
    from film.app import assets

    _one_order(options)
    as_document, room = options["json"], workspace()
    if options["stats"]:
        return _stats(assets.library_figures(room), as_document)
    said = said_of(options)
    if options["facets"]:
        return _facets(assets.count_facets(assets.AssetFilters.model_validate(said), room), as_document)
    said["limit"] = options["limit"]
    if options["like"]:
        asked = assets.FindByMeaning.model_validate({**said, "like": options["like"]})
        return print_ranked(assets.assets_like(asked, room), "alike", as_document)
    find = assets.FindAssets.model_validate({**said, "cursor": options["cursor"]})
    if options["best"]:
        return print_ranked(assets.best_assets(find, room), "fit", as_document)
    page = assets.find_assets(find, room)
    if as_document:
        print_json(page.model_dump(mode="json"))
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


def _facets(found: FacetCounts, as_document: bool) -> int:
    if as_document:
        print_json(found.model_dump(mode="json"))
        return 0
    for name, words in found.facets.items():
        for word, count in words.items():
            click.echo(f"{name:12} {count:>9}  {one_line(word)}{' *' if (name, word) in found.chosen else ''}")
    note(
        counted(found.total, "asset")
        + ("; *: asked for, and its kind counted as if it were not" if found.chosen else "")
    )
    return 0


def _stats(figures: LibraryFigures, as_document: bool) -> int:
    if as_document:
        print_json(figures.model_dump(mode="json"))
        return 0
    cache = figures.cache
    click.echo(f"assets     {figures.library.total_assets}")
    click.echo(f"on disk    {file_size(cache.total_size_bytes)}")
    click.echo(f"hit rate   {cache.hit_rate_percent}% ({cache.hits} of {cache.hits + cache.misses})")
    click.echo(f"saved      {dollars(cache.total_cost_saved_usd)}")
    return 0


command.add_command(show)
command.add_command(similar)
command.add_command(import_files)
command.add_command(reindex)
