"""A rate card: a TOML file of prices, found by provider and model on a day.

    as_of = 2026-11-21

    [[rate]]
    provider = "fal"
    model = "fal-ai/flux/schnell"
    unit = "megapixel"
    price = "0.003"
    source = "https://fal.ai/models/fal-ai/flux/schnell"

A user's card has the same form. What it says of a provider's model replaces everything the shipped card says of that
model; the rest of the shipped card stays. A card that only a project's ``.env`` leads to may be a stranger's, whose
wish is that orders leave for nothing: of that one, lines count that are no lower than the shipped ones.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from film.errors import InputError, UnknownPriceError
from film.files.bounds import read_plain
from film.rates.rate import ANY, Rate
from film.settings import Settings
from film.shots.toml_lines import check_keys

_FOLDER = Path(__file__).parent
_FORM = 'an entry is [[rate]] with provider, model, unit, price = "0.003" and source, as in film/rates/shipped.toml'


@dataclass(frozen=True)
class RateCard:
    """Prices by provider and model."""

    rates: tuple[Rate, ...]
    as_of: date

    @staticmethod
    def load(settings: Settings) -> RateCard:
        """The shipped card, with what the user's own says otherwise: ``FILM_RATE_CARD``, else the gallery's."""
        shipped = RateCard.shipped()
        if not settings.rate_card:
            return shipped
        own = read_card(settings.rate_card)
        return shipped.raised_by(own) if settings.rates_only_raise else shipped.replaced_by(own)

    @staticmethod
    @lru_cache(maxsize=1)
    def shipped() -> RateCard:
        return read_card(_FOLDER / "shipped.toml")

    @staticmethod
    @lru_cache(maxsize=1)
    def description() -> RateCard:
        """The figures of the program's description, by which its worked examples hold. Not today's prices."""
        return read_card(_FOLDER / "description.toml")

    def replaced_by(self, other: RateCard) -> RateCard:
        """This card with all lines of the models that ``other`` knows taken from ``other``."""
        theirs = {(r.provider, r.model) for r in other.rates}
        kept = tuple(r for r in self.rates if (r.provider, r.model) not in theirs)
        return RateCard(kept + other.rates, max(self.as_of, other.as_of))

    def raised_by(self, other: RateCard) -> RateCard:
        """This card with those lines of ``other`` that it has itself, and that are nowhere below it."""
        theirs = {(r.provider, r.model, r.variant): r for r in other.rates}
        return RateCard(
            tuple(
                found if (found := theirs.get((r.provider, r.model, r.variant))) and found.is_no_lower_than(r) else r
                for r in self.rates
            ),
            self.as_of,
        )

    def price(self, provider: str, model: str, today: date | None = None, *, variant: str = "") -> Rate:
        """The rate of a model; where it has several and no ``variant`` is named, the dearest.

        Raises UnknownPriceError for what is not on the card, or not sold any more on the day ``today`` (UTC).
        """
        lines = [r for r in self.rates if r.provider == provider and r.model == model] or [
            r for r in self.rates if r.provider == provider and r.model == ANY
        ]
        named = [r for r in lines if r.variant == variant] or [r for r in lines if not r.variant]
        fitting = named or ([] if variant else lines)
        if not fitting:
            raise self._unknown(provider, model, variant)
        rate = max(fitting, key=_dearness)
        if rate.ends and (today or datetime.now(UTC).date()) >= rate.ends:
            raise UnknownPriceError(
                f"{provider} {model} is not sold any more since {rate.ends}",
                hint=f"use {rate.instead}" if rate.instead else "choose another model or provider",
            )
        return rate

    def _unknown(self, provider: str, model: str, variant: str) -> UnknownPriceError:
        known = [r.model for r in self.rates if r.provider == provider]
        near = difflib.get_close_matches(model, known, n=1)
        what = f"{provider} {model}" + (f" ({variant})" if variant else "")
        return UnknownPriceError(
            f"no price is known for {what}, so it is not bought" + (f"; did you mean {near[0]}?" if near else ""),
            hint="choose a model that film prices lists, or write its price into a file and name that FILM_RATE_CARD "
            "in your environment",
        )


def read_card(path: Path) -> RateCard:
    """The card in a file; InputError names the file and the entry that is wrong."""
    try:
        text = read_plain(path, "rate card", hint="check FILM_RATE_CARD").decode("utf-8").replace("\r\n", "\n")
        check_keys(text, path)
        content = tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise InputError("is not TOML: it is nested too deeply", file=path, hint=_FORM) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML: {error}", file=path, hint=_FORM) from error
    if not content.keys() & {"as_of", "rate"}:
        raise InputError("is no rate card", file=path, hint=_FORM)
    if unknown := content.keys() - {"as_of", "rate"}:
        raise InputError(f"has {min(unknown)!r}, which means nothing", file=path, field=min(unknown), hint=_FORM)
    as_of = content.get("as_of")
    if type(as_of) is not date:
        raise InputError("needs the day of its prices", file=path, field="as_of", hint="write as_of = 2026-11-21")
    entries = content.get("rate", [])
    if not isinstance(entries, list):
        raise InputError("has no list of prices", file=path, field="rate", hint=_FORM)
    rates = [
        _read_rate(cast("Mapping[str, Any]", entry), number, as_of, path)
        for number, entry in enumerate(cast("list[object]", entries), start=1)
    ]
    _refuse_twins(rates, path)
    return RateCard(tuple(rates), as_of)


def _read_rate(entry: Mapping[str, Any], number: int, as_of: date, path: Path) -> Rate:
    if not isinstance(entry, dict):
        raise InputError(f"rate {number} is no table", file=path, field="rate", hint=_FORM)
    name = _name(number, entry.get("provider"), entry.get("model"))
    try:
        return Rate.model_validate({"as_of": as_of, **entry})
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in wrong["loc"])
        reason = wrong["msg"].removeprefix("Value error, ")
        raise InputError(
            f"{name}: {field + ': ' if field else ''}{reason}", file=path, field=field or None, hint=_FORM
        ) from None


def _refuse_twins(rates: Iterable[Rate], path: Path) -> None:
    seen: set[tuple[str, str, str]] = set()
    for number, rate in enumerate(rates, start=1):
        line = (rate.provider, rate.model, rate.variant)
        if line in seen:
            raise InputError(
                f"{_name(number, rate.provider, rate.model)} is there twice",
                file=path,
                hint='remove one, or tell them apart with variant = "…"',
            )
        seen.add(line)


def _name(number: int, provider: object, model: object) -> str:
    return f"rate {number} ({provider or '?'} {model or '?'})"


def _dearness(rate: Rate) -> Decimal:
    """What a good deal of it costs: lines of one model share a unit, so this puts them in order."""
    return rate.cost(Decimal(10))
