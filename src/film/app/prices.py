"""The rate card by which everything is quoted, and its refresh from vendors' own price lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import InputError
from film.rates import Rate

if TYPE_CHECKING:
    from film.rates import RateCard
    from film.rates.refresh import Comparison


class ListPrices(UseCaseInput):
    """Whose prices; everybody's unless a ``provider`` is named. ``description``: the figures of the description."""

    provider: str | None = None
    description: bool = False


class PriceList(UseCaseResult):
    rates: tuple[Rate, ...]
    own: Aside[Path | None] = None
    """The file of the user's own prices, where there is one that counts."""


class PriceTerms(UseCaseResult):
    """What a line of the card says of money."""

    unit: str
    price: Decimal
    first: Decimal | None
    clips: dict[Decimal, Decimal]
    as_of: date


class VendorPrice(UseCaseResult):
    unit: str
    price: Decimal


class RefreshedPrice(UseCaseResult):
    """A line of the card, held against what its vendor says."""

    provider: str
    model: str
    variant: str
    state: str
    """changed, same, differs or unpriced."""
    was: PriceTerms
    now: PriceTerms
    vendor_says: VendorPrice | None
    before: Aside[Rate]
    rate: Aside[Rate]


class RefreshedPrices(UseCaseResult):
    file: Path
    """The user's own prices."""
    prices: tuple[RefreshedPrice, ...]
    was_written: Aside[bool]
    """Whether there is such a file now."""
    other_card: Aside[Path | None] = None
    """The file that ``FILM_RATE_CARD`` names and that counts instead."""


def list_prices(asked: ListPrices, workspace: Workspace) -> PriceList:
    """What providers charge, in dollars. Raises InputError for a provider that is not on the card."""
    from film.rates import RateCard

    settings = workspace.settings
    card = RateCard.description() if asked.description else RateCard.load(settings)
    rates = tuple(rate for rate in card.rates if asked.provider in (None, rate.provider))
    if not rates:
        known = sorted({rate.provider for rate in card.rates})
        raise InputError(f"the card has no provider {asked.provider!r}", hint=f"choose one of {', '.join(known)}")
    return PriceList(rates=rates, own=None if asked.description else settings.rate_card)


async def refresh_prices(provider: str | None, workspace: Workspace) -> RefreshedPrices:
    """Ask vendors what they charge today, and write what they confirm into the gallery's own prices.

    Raises InputError for a provider that has no price list that can be asked.
    """
    from film.providers.accounts import ask_prices, priced_by
    from film.providers.base import ProviderContext
    from film.rates import RateCard, read_card
    from film.rates.refresh import compare, merged
    from film.rates.write import write_card

    settings = workspace.settings
    asked = priced_by(provider)
    path, today = settings.own_rates, datetime.now(UTC).date()
    own = read_card(path) if path.is_file() else None
    card: RateCard = RateCard.shipped().replaced_by(own) if own else RateCard.shipped()
    context = ProviderContext(
        keys={name: key.get_secret_value() for name, key in settings.keys.items()}, base_urls=settings.base_urls
    )
    found: list[Comparison] = []
    for account, providers in asked.items():
        models = list(dict.fromkeys(rate.model for rate in card.rates if rate.provider in providers))
        live = await ask_prices(account, models, context)
        found += compare(card, models, live, today, f"{account}'s price list, asked {today}")
    if any(comparison.was_confirmed for comparison in found):
        write_card(merged(own, card, found, today), path, heading="Written by: film prices --refresh")
    return RefreshedPrices(
        file=path,
        prices=tuple(_refreshed(comparison) for comparison in found),
        was_written=path.is_file(),
        other_card=settings.rate_card if settings.rate_card and settings.rate_card != path else None,
    )


def _refreshed(comparison: Comparison) -> RefreshedPrice:
    rate, live = comparison.rate, comparison.live
    return RefreshedPrice(
        provider=rate.provider,
        model=rate.model,
        variant=rate.variant,
        state=comparison.state,
        was=_terms(comparison.before),
        now=_terms(rate),
        vendor_says=VendorPrice(unit=live.unit, price=live.price) if live else None,
        before=comparison.before,
        rate=rate,
    )


def _terms(rate: Rate) -> PriceTerms:
    terms: dict[str, object] = {name: getattr(rate, name) for name in PriceTerms.model_fields}
    return PriceTerms.model_validate(terms)
