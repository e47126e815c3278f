"""Does the money add up? The promises of the ledger, checked against everything in it.

* A closed reservation has reserve + overrun = settle + release, an open one only its reserve.
* At no grant did spent and reserved together pass the limit under which it was granted.
* Each scope's counters are what its entries come to.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import Connection, Engine, select

from film.cost_tracker.reservations import OPEN, ZERO
from film.db.session import snapshot
from film.db.tables import Budget, LedgerEntry, ReservationRow, ReservationScope
from film.errors import usd_exact


def verify_ledger(database: Engine | Connection) -> list[str]:
    """What does not add up, a sentence each; none when all is well."""
    if isinstance(database, Connection):
        return [*_reservations(database), *_scopes(database)]
    with snapshot(database) as connection:
        return verify_ledger(connection)


def _reservations(connection: Connection) -> list[str]:
    entries: defaultdict[str | None, dict[str, Decimal]] = defaultdict(dict)
    for reservation_id, kind, amount in connection.execute(
        select(LedgerEntry.reservation_id, LedgerEntry.kind, LedgerEntry.amount).where(LedgerEntry.kind != "saved")
    ):
        entries[reservation_id][kind] = amount
    wrong: list[str] = []
    columns = (
        ReservationRow.id, ReservationRow.state, ReservationRow.estimated, ReservationRow.actual, ReservationRow.overrun
    )  # fmt: skip
    for reservation_id, state, estimated, actual, overrun in connection.execute(select(*columns)):
        found = entries.pop(reservation_id, {})
        if not _adds_up(found, state, estimated, actual, overrun):
            wrong.append(f"reservation {reservation_id} is {state}, but its entries are {_amounts(found)}")
    return wrong + [f"the entries {_amounts(found)} belong to no reservation" for found in entries.values()]


def _adds_up(
    entries: dict[str, Decimal], state: str, estimated: Decimal, actual: Decimal | None, overrun: bool
) -> bool:
    if state in OPEN:
        return entries == {"reserve": estimated}
    if state == "released":
        return entries == {"reserve": estimated, "release": estimated}
    reserve, settle, release, over = (entries.get(k, ZERO) for k in ("reserve", "settle", "release", "overrun"))
    return (
        state == "settled"
        and (reserve, entries.get("settle")) == (estimated, actual)
        and reserve + over == settle + release
        and overrun == (over > 0)
    )


def _scopes(connection: Connection) -> list[str]:
    """Play every scope's entries in the order in which its limit was decided."""
    wrong: list[str] = []
    spent: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    held: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    history = (
        select(
            ReservationScope.scope,
            ReservationScope.limit,
            LedgerEntry.reservation_id,
            LedgerEntry.kind,
            LedgerEntry.amount,
        )
        .join(LedgerEntry, LedgerEntry.reservation_id == ReservationScope.reservation_id)
        .order_by(LedgerEntry.id)
    )
    for scope, limit, reservation_id, kind, amount in connection.execute(history):
        if kind == "reserve":
            held[scope] += amount
            if amount and limit is not None and spent[scope] + held[scope] > limit:
                total = usd_exact(spent[scope] + held[scope])
                wrong.append(f"{scope}: reservation {reservation_id} was granted at {total} of {usd_exact(limit)}")
        elif kind == "settle":
            spent[scope] += amount
            held[scope] -= amount
        elif kind == "overrun":
            held[scope] += amount
        elif kind == "release":
            held[scope] -= amount
    for scope, counted_spent, counted_held in connection.execute(select(Budget.scope, Budget.spent, Budget.reserved)):
        if (counted_spent, counted_held) != (spent.pop(scope, ZERO), held.pop(scope, ZERO)):
            wrong.append(
                f"{scope}: the counters say {usd_exact(counted_spent)} spent and {usd_exact(counted_held)} reserved, "
                "the ledger says otherwise"
            )
    return wrong


def _amounts(entries: dict[str, Decimal]) -> str:
    return ", ".join(f"{kind} {usd_exact(amount)}" for kind, amount in entries.items()) or "none"
