"""One line of a rate card: what a provider charges for a unit of what a model makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from film.errors import InputError, usd_exact
from film.models import Model

Unit = Literal["image", "megapixel", "second", "clip", "minute", "1k_characters"]
Price = Annotated[Decimal, Field(ge=0, le=100_000)]
Name = Annotated[str, Field(min_length=1, max_length=120)]

ANY = "*"
"""The model of a line that holds for all models of a provider that have no line of their own."""

_MICRO = Decimal("0.000001")
_WHOLE = Decimal(1)
_CENTI = Decimal("0.01")


class Rate(Model):
    """A price, exact, with where and when it was read.

    ``variant`` tells apart what one model sells at several prices (a resolution, with or without sound). A ``second``
    that is sold only in certain ``lengths`` is billed by those, and so is a ``clip``, whose prices are in ``clips``, a
    price for each length. ``first`` is the price of the first unit where that differs. It holds from the day ``begins``
    on, where that is said; from the day ``ends`` on it does not: another line may, or ``instead`` says what can be
    bought. ``unverified`` is the page to read before anything is bought by a price that was not read there.
    """

    provider: Name
    model: Name
    unit: Unit
    price: Price = Decimal(0)
    variant: str = ""
    first: Price | None = None
    lengths: tuple[Annotated[Decimal, Field(gt=0)], ...] = ()
    clips: Mapping[Annotated[Decimal, Field(gt=0)], Price] = Field(default_factory=dict[Decimal, Decimal])
    as_of: date
    source: Name
    begins: date | None = None
    ends: date | None = None
    instead: str = ""
    unverified: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.unit == "clip":
            if not self.clips or "price" in self.model_fields_set or self.lengths:
                raise ValueError('a clip is priced by its length: clips = { 6 = "0.28", 10 = "0.56" }')
        elif self.clips or "price" not in self.model_fields_set:
            raise ValueError('needs a price = "…", and clips only where unit = "clip"')
        if self.lengths and self.unit != "second":
            raise ValueError('has lengths, which only unit = "second" is sold in')
        return self

    def cost(self, units: Decimal) -> Decimal:
        """The most that ``units`` may cost, in dollars, rounded up to the micro-dollar.

        ``units`` are of ``unit``: megapixels and images (begun ones count whole), seconds of footage (rounded up to
        lengths sold, see ``lengths_for``), minutes of speech, thousands of characters.
        """
        if not units.is_finite() or units < 0:
            raise InputError(f"{units} is no amount of anything to buy", hint="ask for 0 or more")
        return self._exact(units).quantize(_MICRO, ROUND_CEILING)

    def is_no_lower_than(self, other: Rate) -> bool:
        """Whether no amount costs less by this rate than by ``other``, a rate of the same thing.

        False, too, where that cannot be told: for another unit, or other lengths.
        """
        if self.unit != other.unit or self.lengths != other.lengths or self.clips.keys() != other.clips.keys():
            return False
        firsts = (rate.price if rate.first is None else rate.first for rate in (self, other))
        return (
            self.price >= other.price
            and next(firsts) >= next(firsts)
            and all(price >= other.clips[length] for length, price in self.clips.items())
        )

    def basis(self, units: Decimal) -> str:
        """How ``cost`` comes about, for people: ``6 s × $0.045/s``."""
        if not self._exact(units):
            return "free"
        if self.unit == "clip":
            lengths = self.lengths_for(units)
            return " + ".join(f"a clip of {length:f} s at {usd_exact(self.clips[length])}" for length in lengths)
        if self.unit == "second":
            return f"{sum(self.lengths_for(units), Decimal(0)).normalize():f} s × {usd_exact(self.price)}/s"
        if self.unit == "1k_characters":
            return f"{(units * 1000).normalize():f} characters × {usd_exact(self.price)}/1K"
        if self.unit == "minute":
            return f"{units.quantize(_CENTI, ROUND_CEILING)} min × {usd_exact(self.price)}/min"
        label = "MP" if self.unit == "megapixel" else "image"
        first = "" if self.first is None else f", the first at {usd_exact(self.first)}"
        return f"{self._counted(units):f} {label} × {usd_exact(self.price)}{first}"

    def lengths_for(self, seconds: Decimal) -> tuple[Decimal, ...]:
        """The clips to buy for a shot of ``seconds``.

        The shortest length sold that holds it; beyond the longest as many of the longest as go in, and the shortest
        that holds the rest.
        """
        sold = sorted(self.clips or self.lengths)
        if not sold or seconds <= 0:
            return (seconds,) if seconds > 0 else ()
        whole, rest = divmod(seconds, sold[-1])
        last = next((length for length in sold if length >= rest), None) if rest else None
        return (sold[-1],) * int(whole) + ((last,) if last else ())

    def _exact(self, units: Decimal) -> Decimal:
        if self.unit == "clip":
            return sum((self.clips[length] for length in self.lengths_for(units)), Decimal(0))
        if self.unit == "second":
            return sum(self.lengths_for(units), Decimal(0)) * self.price
        counted = self._counted(units)
        if self.first is not None and counted > 0:
            return self.first + max(Decimal(0), counted - 1) * self.price
        return counted * self.price

    def _counted(self, units: Decimal) -> Decimal:
        """What is billed: a begun megapixel or image counts whole, speech is billed as it is."""
        return units.to_integral_value(ROUND_CEILING) if self.unit in ("image", "megapixel") else units
