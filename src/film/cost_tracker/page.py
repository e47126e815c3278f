"""The ledger as one HTML page with charts: no script, nothing loaded from anywhere, names shown as they are written.

A chart is a table whose cells hold bars, so that it reads without colours too, and copies into a spreadsheet.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib.resources import files

from film.cost_tracker.spending import Spending, Spent
from film.cost_tracker.standing import OverQuote
from film.errors import told_apart, usd

_MOST_FILMS = 40
_MOST_BILLS = 100


def costs_page(found: Spending, made_at: datetime) -> str:
    """The page's text."""
    from jinja2 import Environment

    jinja = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    jinja.filters["usd"] = _dollars
    source = files("film.cost_tracker").joinpath("costs.html.jinja").read_text("utf-8")
    films, rest = found.by_film[:_MOST_FILMS], found.by_film[_MOST_FILMS:]
    if rest:
        others = Spent(f"{len(rest)} others")
        for one in rest:
            others = others.plus(one)
        films = (*films, others)
    return jinja.from_string(source).render(
        total=found.total,
        standing=found.standing,
        bills=[(bill, *_told(bill)) for bill in reversed(found.standing.over_quote[-_MOST_BILLS:])],
        more_bills=max(0, len(found.standing.over_quote) - _MOST_BILLS),
        made_at=f"{made_at:%Y-%m-%d %H:%M} UTC",
        charts=[
            ("By month", found.by_month, _longest(found.by_month)),
            ("By film", films, _longest(films)),
            ("By provider", found.by_provider, _longest(found.by_provider)),
            ("By kind", found.by_asset_type, _longest(found.by_asset_type)),
        ],
        share=_share,
    )


def _dollars(amount: Decimal) -> str:
    return "$0" if amount == 0 else usd(amount)


def _told(bill: OverQuote) -> tuple[str, str, str]:
    """What was quoted, billed, and claimed beyond that."""
    return *told_apart(bill.quoted, bill.billed), usd(bill.disputed) if bill.disputed else ""


def _longest(rows: tuple[Spent, ...]) -> Decimal:
    """What the whole width of a chart stands for."""
    return max((amount for row in rows for amount in (row.billed, row.quoted, row.saved)), default=Decimal(0))


def _share(amount: Decimal, of: Decimal) -> str:
    """A bar's length in percent; what is there at all can be seen."""
    if not of or not amount:
        return "0"
    return f"{max(Decimal('0.4'), amount * 100 / of):.2f}"
