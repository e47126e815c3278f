"""Sums over the ledger: what a film or a month cost, by provider, kind and film.

Spent is what was settled. Saved is what the reused assets had cost when they were made, once for each time that a run
reused one. Set aside and under review is the money of orders that are not settled, which ``reserved`` is the sum of;
disputed is what vendors claim beyond what was booked. None of these is in ``total_cost``. Months are UTC; what is not
settled is all that there is now, whatever month its order is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, select
from sqlalchemy.orm import Session

from film.cost_tracker.standing import OverQuote, Standing, standing
from film.db.base import from_micros
from film.db.session import engine_for, snapshot
from film.db.tables import Budget, LedgerEntry, ReservationRow
from film.errors import InputError
from film.settings import Settings, load_settings

NOTHING = from_micros(0)

Reused = Sequence[Row[Any]]
"""What was reused: (last time, film, kind, provider, saved, times)."""


def get_monthly_costs(
    year: int, month: int, *, engine: Engine | None = None, settings: Settings | None = None
) -> dict[str, Any]:
    """What all films cost in a month: total_cost, project_count, by_provider, by_asset_type, by_project, saved.

    Beside it set_aside_usd, under_review_usd, disputed_usd, and over_quote: the month's bills over their quote.
    """
    with snapshot(engine or engine_for((settings or load_settings()).database_url)) as connection:
        return month_summary(connection, year, month, reuses(connection, of_month(year, month)))


def get_project_cost_summary(db: Session | Connection, project_id: str) -> dict[str, Any]:
    """What a film cost so far: total_cost, reserved, saved, limit, by_provider, by_asset_type, by_shot, entries.

    Beside it set_aside_usd, under_review_usd, disputed_usd, and over_quote: its bills that were over their quote.
    A film that nobody has made yet cost nothing.
    """
    return project_summary(db, project_id, reuses(db, of_film(project_id)))


def project_summary(db: Session | Connection, project_id: str, reused: Reused) -> dict[str, Any]:
    found = _Spending(db, of_film(project_id), reused)
    counters = db.execute(
        select(Budget.reserved, Budget.limit).where(Budget.scope == f"film:{project_id}")
    ).one_or_none()
    return {
        "project_id": project_id,
        "total_cost": found.total,
        "reserved": counters[0] if counters else NOTHING,
        "saved": found.saved,
        "limit": counters[1] if counters else None,
        "by_provider": found.by("provider"),
        "by_asset_type": found.by("asset_type"),
        "by_shot": found.by("shot_id"),
        "entries": found.entries,
        "saved_usd": found.saved,
        **unsettled(standing(db, project_id)),
    }


def month_summary(connection: Connection, year: int, month: int, reused: Reused) -> dict[str, Any]:
    found = _Spending(connection, of_month(year, month), reused)
    by_project = found.by("film_id")
    stands = standing(connection)
    bills = tuple(bill for bill in stands.over_quote if (bill.at.year, bill.at.month) == (year, month))
    return {
        "year": year,
        "month": month,
        "total_cost": found.total,
        "project_count": len(by_project),
        "by_provider": found.by("provider"),
        "by_asset_type": found.by("asset_type"),
        "by_project": by_project,
        "saved": found.saved,
        "entries": found.entries,
        "saved_usd": found.saved,
        **unsettled(stands, bills),
    }


def unsettled(stands: Standing, bills: Sequence[OverQuote] | None = None) -> dict[str, Any]:
    """What is not settled, and the bills over their quote: all of them, or those given."""
    return {
        "set_aside_usd": stands.set_aside,
        "under_review_usd": stands.under_review,
        "disputed_usd": stands.disputed,
        "over_quote": [bill.document() for bill in (stands.over_quote if bills is None else bills)],
    }


@dataclass(frozen=True)
class Part:
    """A part of the ledger: which ``entries``, and the same said so that ``purchases`` are found by their reservations.

    Entries of reuse are by far the most: a long film that is made again and again adds thousands each time, and sums
    of what was bought are not to take longer for that.
    """

    entries: ColumnElement[bool]
    purchases: ColumnElement[bool]


def of_film(film_id: str) -> Part:
    return Part(LedgerEntry.film_id == film_id, ReservationRow.film_id == film_id)


def of_month(year: int, month: int) -> Part:
    at = LedgerEntry.at
    return Part(within(year, month), within(year, month, func.coalesce(at, at, type_=at.type)))  # by no index of times


def within(year: int, month: int, at: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """The ledger entries of a month."""
    try:
        start = datetime(year, month, 1, tzinfo=UTC)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    except (ValueError, TypeError) as error:
        raise InputError(f"{year}-{month} is no month", hint="ask for a year and a month, like 2026, 11") from error
    when: Any = LedgerEntry.at if at is None else at
    return (when >= start) & (when < end)


def purchases(part: Part, *columns: Any) -> Select[Any]:
    """The settled entries of a part, with their reservations."""
    e, r = LedgerEntry, ReservationRow
    booked = (e.reservation_id == r.id) & (e.kind == "settle")
    return select(*columns).select_from(r).join(e, booked).where(r.state == "settled", part.purchases)


def reuses(db: Session | Connection, part: Part) -> Reused:
    """What was reused in a part. Of all sums it takes longest, so that reports ask once."""
    e = LedgerEntry
    groups = (e.film_id, e.asset_type, e.provider)
    columns = (func.max(e.at, type_=e.at.type), *groups, func.sum(e.amount), func.count())
    return db.execute(select(*columns).where(e.kind == "saved", part.entries).group_by(*groups).order_by(*groups)).all()


class _Spending:
    """What was bought, summed by everything that a report groups by; and what reuse saved."""

    def __init__(self, db: Session | Connection, part: Part, reused: Reused) -> None:
        e = LedgerEntry
        groups = (e.film_id, e.shot_id, e.provider, e.asset_type)
        bought = purchases(part, *groups, func.sum(e.amount).label("amount")).group_by(*groups)
        self._bought: Sequence[Any] = db.execute(bought).all()
        self.total = sum((row.amount for row in self._bought), NOTHING)
        self.saved = sum((saved for *_, saved, _ in reused), NOTHING)
        self.entries = db.execute(select(func.count()).select_from(e).where(part.entries)).scalar() or 0

    def by(self, column: str) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for row in self._bought:
            name = getattr(row, column)
            sums[name] = sums.get(name, NOTHING) + row.amount
        return dict(sorted(sums.items()))
