"""Where the money went, all of it: by month, film, provider and kind; quoted against billed, and saved by reuse.

Sums are made by the database, a row a group, so that a ledger of millions of entries is read in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, extract, func, select

from film.cost_tracker.standing import Standing, standing
from film.db.base import from_micros
from film.db.tables import LedgerEntry, ReservationRow

NOTHING = from_micros(0)


@dataclass(frozen=True)
class Spent:
    """Dollars of one group. ``quoted`` is the upper bound that its purchases were bought under."""

    name: str
    billed: Decimal = NOTHING
    quoted: Decimal = NOTHING
    saved: Decimal = NOTHING
    purchases: int = 0
    reuses: int = 0

    def plus(self, other: Spent) -> Spent:
        return replace(
            self,
            billed=self.billed + other.billed,
            quoted=self.quoted + other.quoted,
            saved=self.saved + other.saved,
            purchases=self.purchases + other.purchases,
            reuses=self.reuses + other.reuses,
        )


@dataclass(frozen=True)
class Spending:
    total: Spent
    standing: Standing
    """What is not settled, and the bills over their quote."""
    by_month: tuple[Spent, ...]
    """Oldest first, as ``2026-11``; UTC."""
    by_film: tuple[Spent, ...]
    """Dearest first, as all below."""
    by_provider: tuple[Spent, ...]
    by_asset_type: tuple[Spent, ...]

    @property
    def set_aside(self) -> Decimal:
        """For purchases under way; what is under review is beside it."""
        return self.standing.set_aside


def spending(connection: Connection, *only: ColumnElement[bool], film_id: str | None = None) -> Spending:
    """Everything that the ledger says, summed, or what ``only`` picks of its entries, or a film's.

    What is not settled is all that there is now, or all of the film's, whatever ``only`` picks.
    """
    e, r = LedgerEntry, ReservationRow
    year, month = extract("year", e.at), extract("month", e.at)
    groups = (year, month, e.film_id, e.provider, e.asset_type, e.kind)
    rows = connection.execute(
        select(*groups, func.sum(e.amount), func.sum(r.estimated), func.count())
        .outerjoin(r, r.id == e.reservation_id)
        .where(e.kind.in_(("settle", "saved")), *only, *([] if film_id is None else [e.film_id == film_id]))
        .group_by(*groups)
    ).all()
    found = [
        (f"{int(y)}-{int(m):02}", film, provider, kind, _spent(*facts)) for y, m, film, provider, kind, *facts in rows
    ]
    return Spending(
        total=next(iter(_sums(("all", spent) for *_, spent in found)), Spent("all")),
        standing=standing(connection, film_id),
        by_month=tuple(sorted(_sums((row[0], row[4]) for row in found), key=lambda one: one.name)),
        by_film=_dearest((row[1], row[4]) for row in found),
        by_provider=_dearest((row[2], row[4]) for row in found),
        by_asset_type=_dearest((row[3], row[4]) for row in found),
    )


def _spent(entry: str, amount: Decimal | None, quoted: Decimal | None, count: int) -> Spent:
    amount = amount or NOTHING
    if entry == "saved":
        return Spent("", saved=amount, reuses=count)
    return Spent("", billed=amount, quoted=quoted or amount, purchases=count)


def _sums(rows: Iterable[tuple[str, Spent]]) -> list[Spent]:
    sums: dict[str, Spent] = {}
    for name, spent in rows:
        sums[name] = sums.get(name, Spent(name)).plus(spent)
    return list(sums.values())


def _dearest(rows: Iterable[tuple[str, Spent]]) -> tuple[Spent, ...]:
    return tuple(sorted(_sums(rows), key=lambda one: (-one.billed, -one.saved, one.name)))
