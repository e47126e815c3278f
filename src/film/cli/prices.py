"""``film prices``: the rate card by which everything is quoted, and its refresh from vendors' own price lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from film.cli.console import note, print_json, table, warn
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.errors import usd_exact

if TYPE_CHECKING:
    from film.app.prices import Rate, RefreshedPrice, RefreshedPrices

PER = {
    "image": "image",
    "megapixel": "megapixel",
    "second": "second",
    "clip": "clip",
    "minute": "minute",
    "1k_characters": "1,000 characters",
}


@click.command(name="prices")
@option("provider", metavar="NAME", help="Only this provider's.")
@option("refresh", is_flag=True, help="Ask FAL what it charges today, and write it into the gallery's rates.toml.")
@option("description", is_flag=True, help="The figures of the program's description instead: history, not today's.")
@as_json
def command(provider: str | None, refresh: bool, description: bool, json: bool) -> int:
    """Show what providers charge, in dollars: the card that every estimate and every limit goes by."""
    from film.app.prices import ListPrices, list_prices, refresh_prices
    from film.app.running import blocking

    room = workspace()
    if refresh:
        if description:
            raise click.UsageError("--description is history: there is nothing to refresh")
        _tell_refreshed(blocking(lambda _stop: refresh_prices(provider, room)), json)
        return 0
    found = list_prices(ListPrices(provider=provider, description=description), room)
    if json:
        print_json([rate.model_dump(mode="json") for rate in found.rates])
        return 0
    header = ("provider", "model", "per", "price", "as of", "source", "ends")
    click.echo(table([_row(rate) for rate in found.rates], header, right=(3,)))
    if found.own:
        note(f"with your own prices: {found.own}")
    return 0


def _row(rate: Rate) -> tuple[str, ...]:
    if rate.unverified:
        return (*_facts(rate), "unverified: not bought by")
    ends = f"{rate.ends}" + (f", then {rate.instead}" if rate.instead else "") if rate.ends else ""
    return (*_facts(rate), ends)


def _facts(rate: Rate) -> tuple[str, ...]:
    return (rate.provider, _name(rate), _unit(rate), _price(rate), str(rate.as_of), rate.source)


def _name(rate: Rate) -> str:
    return f"{rate.model} {rate.variant}".strip()


def _unit(rate: Rate) -> str:
    lengths = rate.clips or rate.lengths
    sold = f" ({'/'.join(f'{length:f}' for length in sorted(lengths))} s)" if lengths else ""
    return PER[rate.unit] + sold


def _price(rate: Rate) -> str:
    if rate.clips:
        return " / ".join(usd_exact(price) for _, price in sorted(rate.clips.items()))
    return (f"{usd_exact(rate.first)}, then " if rate.first is not None else "") + usd_exact(rate.price)


# -- refreshing


def _tell_refreshed(refreshed: RefreshedPrices, as_document: bool) -> None:
    if as_document:
        print_json(refreshed.model_dump(mode="json"))
    else:
        _tell(refreshed.prices)
        wrote = f"written: {refreshed.file}"
        note(wrote if refreshed.was_written else "nothing was confirmed, so nothing was written")
    if other := refreshed.other_card:
        warn(f"FILM_RATE_CARD names {other}, so that file counts and not {refreshed.file}")


def _tell(found: Sequence[RefreshedPrice]) -> None:
    changed = [one for one in found if one.state == "changed"]
    rows = [(_name(c.before), _unit(c.rate), _price(c.before), _price(c.rate)) for c in changed]
    if rows:
        click.echo(table(rows, ("changed", "per", "was", "is"), right=(2, 3)))
    for one in found:
        if one.state == "differs" and (live := one.vendor_says):
            warn(
                f"{_name(one.before)}: the vendor says {usd_exact(live.price)} for {live.unit}, the card says"
                f" {_price(one.before)} per {_unit(one.before)}; see {one.before.source}"
            )
    same, silent = (sum(one.state == state for one in found) for state in ("same", "unpriced"))
    note(f"{len(changed)} changed, {same} confirmed, {silent} not on the vendor's list as they are on the card")
