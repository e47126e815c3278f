"""Sums over the ledger: what a film or a month cost, by provider, kind and film.

Spent is what was settled. Reserved is what is set aside for purchases under way, saved what reuse spared; neither is
in ``total_cost``. Months are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.orm import Session

from film.db.base import from_micros
from film.db.session import engine_for, snapshot
from film.db.tables import Budget, LedgerEntry
from film.errors import InputError
from film.settings import Settings, load_settings

NOTHING = from_micros(0)


def get_monthly_costs(
    year: int, month: int, *, engine: Engine | None = None, settings: Settings | None = None
) -> dict[str, Any]:
    """What all films cost in a month: total_cost, project_count, by_provider, by_asset_type, by_project, saved."""
    with snapshot(engine or engine_for((settings or load_settings()).database_url)) as connection:
        return month_summary(connection, year, month)


def get_project_cost_summary(db: Session | Connection, project_id: str) -> dict[str, Any]:
    """What a film cost so far: total_cost, reserved, saved, limit, by_provider, by_asset_type, by_shot, entries.

    A film that nobody has made yet cost nothing.
    """
    found = _spending(db, [LedgerEntry.film_id == project_id])
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
    }


def month_summary(connection: Connection, year: int, month: int) -> dict[str, Any]:
    found = _spending(connection, [within(year, month)])
    by_project = found.by("film_id")
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
    }


def within(year: int, month: int) -> ColumnElement[bool]:
    """The ledger entries of a month."""
    try:
        start = datetime(year, month, 1, tzinfo=UTC)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    except (ValueError, TypeError) as error:
        raise InputError(f"{year}-{month} is no month", hint="ask for a year and a month, like 2026, 11") from error
    return (LedgerEntry.at >= start) & (LedgerEntry.at < end)


class _Spending:
    """Ledger entries, summed by everything that a report groups by."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._settled = [row for row in rows if row.kind == "settle"]
        self.total = sum((row.amount for row in self._settled), NOTHING)
        self.saved = sum((row.amount for row in rows if row.kind == "saved"), NOTHING)
        self.entries = sum(row.entries for row in rows)

    def by(self, column: str) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for row in self._settled:
            name = getattr(row, column)
            sums[name] = sums.get(name, NOTHING) + row.amount
        return dict(sorted(sums.items()))


def _spending(db: Session | Connection, conditions: Sequence[ColumnElement[bool]]) -> _Spending:
    groups = (LedgerEntry.film_id, LedgerEntry.shot_id, LedgerEntry.provider, LedgerEntry.asset_type, LedgerEntry.kind)
    sums = (func.sum(LedgerEntry.amount).label("amount"), func.count().label("entries"))
    return _Spending(db.execute(select(*groups, *sums).where(*conditions).group_by(*groups)).all())
