"""``film prices``: the rate card by which everything is quoted, and its refresh from vendors' own price lists."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import note, print_json, table, warn
from film.cli.options import as_json, option
from film.errors import InputError, usd_exact

if TYPE_CHECKING:
    from film.rates import Rate, RateCard
    from film.rates.refresh import Comparison
    from film.settings import Settings

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
    from film.rates import RateCard
    from film.settings import load_settings

    settings = load_settings()
    if refresh:
        if description:
            raise click.UsageError("--description is history: there is nothing to refresh")
        return _refresh(settings, provider, json)
    card = RateCard.description() if description else RateCard.load(settings)
    rates = _of(card, provider)
    if json:
        print_json([rate.model_dump(mode="json") for rate in rates])
        return 0
    header = ("provider", "model", "per", "price", "as of", "source", "ends")
    click.echo(table([_row(rate) for rate in rates], header, right=(3,)))
    if settings.rate_card and not description:
        note(f"with your own prices: {settings.rate_card}")
    return 0


def _of(card: RateCard, provider: str | None) -> list[Rate]:
    rates = [rate for rate in card.rates if provider in (None, rate.provider)]
    if not rates:
        known = sorted({rate.provider for rate in card.rates})
        raise InputError(f"the card has no provider {provider!r}", hint=f"choose one of {', '.join(known)}")
    return rates


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


def _refresh(settings: Settings, provider: str | None, as_document: bool) -> int:
    from film.providers.accounts import ask_prices, priced_by
    from film.providers.base import ProviderContext
    from film.rates import RateCard, read_card
    from film.rates.refresh import compare, merged
    from film.rates.write import write_card

    asked = priced_by(provider)
    path, today = settings.own_rates, datetime.now(UTC).date()
    own = read_card(path) if path.is_file() else None
    card = RateCard.shipped().replaced_by(own) if own else RateCard.shipped()
    context = ProviderContext(
        keys={name: key.get_secret_value() for name, key in settings.keys.items()}, base_urls=settings.base_urls
    )
    found: list[Comparison] = []
    for account, providers in asked.items():
        models = list(dict.fromkeys(rate.model for rate in card.rates if rate.provider in providers))
        live = asyncio.run(ask_prices(account, models, context))
        found += compare(card, models, live, today, f"{account}'s price list, asked {today}")
    if any(comparison.was_confirmed for comparison in found):
        write_card(merged(own, card, found, today), path, heading="Written by: film prices --refresh")
    if as_document:
        print_json({"file": str(path), "prices": [_document(comparison) for comparison in found]})
    else:
        _tell(found)
        note(f"written: {path}" if path.is_file() else "nothing was confirmed, so nothing was written")
    if settings.rate_card and settings.rate_card != path:
        warn(f"FILM_RATE_CARD names {settings.rate_card}, so that file counts and not {path}")
    return 0


def _tell(found: Sequence[Comparison]) -> None:
    changed = [c for c in found if c.state == "changed"]
    rows = [(_name(c.before), _unit(c.rate), _price(c.before), _price(c.rate)) for c in changed]
    if rows:
        click.echo(table(rows, ("changed", "per", "was", "is"), right=(2, 3)))
    for comparison in found:
        if comparison.state == "differs" and comparison.live:
            live = comparison.live
            warn(
                f"{_name(comparison.before)}: the vendor says {usd_exact(live.price)} for {live.unit}, the card says"
                f" {_price(comparison.before)} per {_unit(comparison.before)}; see {comparison.before.source}"
            )
    same, silent = (sum(c.state == state for c in found) for state in ("same", "unpriced"))
    note(f"{len(changed)} changed, {same} confirmed, {silent} not on the vendor's list as they are on the card")


def _document(comparison: Comparison) -> dict[str, Any]:
    rate, live = comparison.rate, comparison.live
    return {
        "provider": rate.provider,
        "model": rate.model,
        "variant": rate.variant,
        "state": comparison.state,
        "was": comparison.before.model_dump(mode="json", include={"unit", "price", "first", "clips", "as_of"}),
        "now": rate.model_dump(mode="json", include={"unit", "price", "first", "clips", "as_of"}),
        "vendor_says": {"unit": live.unit, "price": str(live.price)} if live else None,
    }
