"""A vendor's own word on its prices, held against a rate card: what is changed, what stays, and why.

    card + LivePrices ─► compare ─► Comparisons ─► the rates to write down ─► rates.toml in the gallery

Only a price that means the same on both sides is taken over: one line, one price, one unit. Where the card knows more
than the vendor tells in one figure (a price for each resolution or length, another for the first megapixel), the card
stays and the difference is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from film.rates.card import RateCard
from film.rates.rate import Rate, Unit

State = Literal["changed", "same", "differs", "unpriced"]

_UNITS: Mapping[str, Unit] = {
    "image": "image",
    "images": "image",
    "megapixel": "megapixel",
    "megapixels": "megapixel",
    "second": "second",
    "seconds": "second",
    "video": "clip",
    "videos": "clip",
}
_MOST = Decimal(1000)


@dataclass(frozen=True)
class LivePrice:
    """What a vendor says today: dollars for one ``unit``, in its own word for it."""

    model: str
    unit: str
    price: Decimal


@dataclass(frozen=True)
class Comparison:
    """What came of asking for one line's price.

    ``changed``: ``rate`` has the new one. ``same``: confirmed, with a new date. ``differs``: told and not taken over.
    ``unpriced``: the vendor does not say, or speaks of another line of the same model.
    """

    before: Rate
    state: State
    rate: Rate
    live: LivePrice | None = None

    @property
    def was_confirmed(self) -> bool:
        return self.state in ("changed", "same")


def compare(
    card: RateCard, models: Sequence[str], live: Mapping[str, LivePrice], today: date, source: str
) -> list[Comparison]:
    """Every line of ``models`` against what the vendor says; ``source`` is where it was asked."""
    return [
        _compared(rate, lines, live.get(model), today, source)
        for model in models
        if (lines := [r for r in card.rates if r.model == model])
        for rate in lines
    ]


def merged(own: RateCard | None, card: RateCard, found: Sequence[Comparison], today: date) -> RateCard:
    """The user's card with what was found: whole models, since a model on it hides the shipped card's lines of it.

    What only differs is not written down, unless another line of its model was confirmed.
    """
    confirmed = {(c.before.provider, c.before.model) for c in found if c.was_confirmed}
    news = {_line(c.before): c.rate for c in found}
    rates = [news.get(_line(r), r) for r in card.rates if (r.provider, r.model) in confirmed]
    fresh = RateCard(tuple(rates), today)
    return own.replaced_by(fresh) if own else fresh


def _compared(rate: Rate, lines: Sequence[Rate], live: LivePrice | None, today: date, source: str) -> Comparison:
    if live is None or not (live.price.is_finite() and 0 < live.price <= _MOST):
        return Comparison(rate, "unpriced", rate, live)
    if _UNITS.get(live.unit.strip().lower()) != rate.unit:
        return Comparison(rate, "differs", rate, live)
    dated = {"as_of": today, "source": source}
    if live.price in _prices(rate):
        return Comparison(rate, "same", rate.model_copy(update=dated), live)
    if any(live.price in _prices(other) for other in lines):
        return Comparison(rate, "unpriced", rate, live)
    if len(lines) > 1 or rate.clips or rate.first is not None:
        return Comparison(rate, "differs", rate, live)
    return Comparison(rate, "changed", rate.model_copy(update={**dated, "price": live.price}), live)


def _prices(rate: Rate) -> set[Decimal]:
    return {*rate.clips.values()} if rate.clips else {rate.price, rate.price if rate.first is None else rate.first}


def _line(rate: Rate) -> tuple[str, str, str, date | None]:
    return rate.provider, rate.model, rate.variant, rate.begins
