"""Reserve the quote before the purchase, settle the bill after it: how a limit holds for any number of processes.

    reserve ──► held ──mark_submitted──► submitted ──settle──► settled
                 │                           │  └──(no answer, lease over)──► unknown ──resolve──► settled | released
                 └──release, lease over──► released

A limit is decided in one place, the counter row of its scope, by one conditional UPDATE: checking first and recording
later lets every process that checks in between through. Each step writes the counters and the insert-only ledger in one
transaction, so that after a kill at any instant they agree:

    reserved of a scope = the estimates of its open reservations       spent = the sum of its "settle" entries
    of a closed reservation: reserve + overrun = settle + release

Every step locks in one order, reservations, then scopes by name, then writes to the ledger: no deadlock, and the ids of
ledger entries of one scope follow the order in which its limit was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Connection, Executable, SQLColumnExpression, insert, literal, or_, select, true, update

from film.db.base import MicroUSD, from_micros, now, to_micros
from film.db.owner import is_gone, new_token
from film.db.sql import upsert
from film.db.tables import Budget, LedgerEntry, ReservationRow, ReservationScope
from film.errors import BudgetExceededError, InputError, StoreError

OPEN = ("held", "submitted", "unknown")
MOST = Decimal(1_000_000_000)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """A purchase about to be made. Asked twice under one ``idem`` (a job's id, say), it is reserved once."""

    idem: str
    amount: Decimal
    shot_id: str = ""
    asset_type: str = ""
    provider: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Saving:
    """An asset that was reused: ``amount`` dollars are what it had cost when it was made."""

    amount: Decimal
    provider: str
    asset_type: str
    shot_id: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside, as it stood when this was read. ``overrun``: the bill was higher than what was set aside."""

    id: str
    idem: str
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    key: str
    estimated: Decimal
    actual: Decimal | None
    state: str
    overrun: bool
    owner: str
    """The process that set it aside: ``film.db.owner``; empty where nobody knows."""
    lease_until: datetime | None

    @property
    def is_orphan(self) -> bool:
        """Whether the process that set it aside has surely ended."""
        return bool(self.owner) and is_gone(self.owner)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Scope:
    """A limit's place, ``film:<id>``, ``run:<id>`` or ``day:<date>``.

    ``limit`` was asked for by this process and binds it, and is written down for those that ask for none; ``default``
    is what the scope starts with.
    """

    name: str
    limit: Decimal | None = None
    default: Decimal | None = None
    label: str = ""
    """What an error calls it; the film's own limit needs no name."""


def money(amount: Decimal | int, what: str) -> Decimal:
    """``amount`` in whole micro-dollars, rounded up; TypeError for floats, InputError for what is no price."""
    if isinstance(amount, int) and not isinstance(amount, bool):
        amount = Decimal(amount)
    if isinstance(amount, Decimal) and not (amount.is_finite() and 0 <= amount <= MOST):
        raise InputError(f"{what} is {amount:.10}, allowed 0 to {MOST} dollars", hint="give an amount like 10.00")
    return from_micros(to_micros(amount))  # pyright: ignore[reportArgumentType]  # which says what a truth is not


def reserve(
    connection: Connection,
    film_id: str,
    scopes: Sequence[Scope],
    requests: Sequence[ReservationRequest],
    lease: timedelta,
    *,
    keep: Decimal = ZERO,
    on_record: bool = False,
) -> list[Reservation]:
    """Set the money of all ``requests`` aside in all ``scopes``, or raise BudgetExceededError; then roll back.

    What is reserved already under the same name comes back as it is, whatever its state and amount. ``keep`` must be
    left in every limit, for what comes later and matters more. ``on_record``: it
    was granted before, in a ledger that is gone, and no limit is asked again.
    """
    until = now() + lease
    rows = {r.idem: _row(film_id, r, until) for r in sorted(requests, key=lambda r: r.idem)}
    if not rows:
        return []
    statement = upsert(connection, ReservationRow).on_conflict_do_nothing(index_elements=["idem"])
    fresh = set(connection.execute(statement.returning(ReservationRow.idem), list(rows.values())).scalars())
    if made := [row for idem, row in rows.items() if idem in fresh]:
        total = sum((row["estimated_micros"] for row in made), ZERO)
        limits = {s.name: _hold(connection, s, total, keep, on_record) for s in sorted(scopes, key=lambda s: s.name)}
        connection.execute(
            insert(ReservationScope),
            [
                {"reservation_id": row["id"], "scope": scope, "limit_micros": limit}
                for row in made
                for scope, limit in limits.items()
            ],
        )
        connection.execute(insert(LedgerEntry), [_entry(row, "reserve", row["estimated_micros"]) for row in made])
    found = {r.idem: r for r in _read(connection, select(*_COLUMNS).where(ReservationRow.idem.in_(list(rows))))}
    for reservation in found.values():
        if reservation.film_id != film_id:
            raise StoreError(
                f"the reservation {reservation.idem!r} belongs to the film {reservation.film_id!r}",
                hint="name reservations after their job, whose id is unique",
            )
    return [found[r.idem] for r in requests]


def mark_submitted(connection: Connection, reservation_id: str, lease: timedelta) -> Reservation:
    """Note that the purchase may have been made from here on; also renews the lease. StoreError once it is closed."""
    changed = _change(connection, reservation_id, OPEN, state="submitted", lease_until=now() + lease)
    if not changed:
        reservation = find(connection, reservation_id)
        raise StoreError(
            f"the reservation {reservation.idem!r} is {reservation.state}: nothing is set aside for this purchase",
            hint="reserve again under a new name before buying",
        )
    return changed


def renew(connection: Connection, reservation_ids: Sequence[str], lease: timedelta) -> None:
    """Lengthen the leases of what is held."""
    held = ReservationRow.id.in_(sorted(reservation_ids)), ReservationRow.state == "held"
    connection.execute(update(ReservationRow).where(*held).values(lease_until=now() + lease))


def mark_unknown(connection: Connection, reservation_id: str) -> Reservation:
    """Nobody can tell whether it was bought: the money stays set aside until ``settle`` or ``release`` says."""
    changed = _change(connection, reservation_id, OPEN, state="unknown", lease_until=None)
    return changed or find(connection, reservation_id)


def settle(connection: Connection, reservation_id: str, actual: Decimal) -> Reservation:
    """Record what was billed; a second time it changes nothing. More than was set aside is recorded too, and flagged.

    A bill for a reservation that was released meanwhile is an overrun as a whole.
    """
    actual = money(actual, "the bill")
    settled = {"state": "settled", "actual": actual, "lease_until": None, "settled_at": now()}
    overrun = ReservationRow.estimated < actual
    if changed := _change(connection, reservation_id, OPEN, **settled, overrun=overrun):
        covered = changed.estimated
    elif changed := _change(connection, reservation_id, ("released",), **settled, overrun=actual > 0):
        covered = ZERO
    else:
        return find(connection, reservation_id)
    _count(connection, reservation_id, reserved=-covered, spent=actual)
    entries = [_entry(asdict(changed), "settle", actual)]
    if difference := covered - actual:
        entries.append(_entry(asdict(changed), "release" if difference > 0 else "overrun", abs(difference)))
    connection.execute(insert(LedgerEntry), entries)
    return changed


def charge_unreserved(
    connection: Connection, film_id: str, scopes: Sequence[Scope], request: ReservationRequest
) -> Reservation:
    """Record a bill that nothing was set aside for: all of it is an overrun. A second time it changes nothing."""
    (nothing,) = reserve(connection, film_id, scopes, [replace(request, amount=ZERO)], timedelta())
    return settle(connection, nothing.id, request.amount)


def release(connection: Connection, reservation_id: str) -> Reservation:
    """Nothing was bought: the money is free again. What is settled stays settled."""
    changed = _change(connection, reservation_id, OPEN, state="released", lease_until=None, settled_at=now())
    if not changed:
        return find(connection, reservation_id)
    _count(connection, reservation_id, reserved=-changed.estimated, spent=ZERO)
    connection.execute(insert(LedgerEntry), [_entry(asdict(changed), "release", changed.estimated)])
    return changed


def orphans(connection: Connection) -> list[Reservation]:
    """What processes that ended left open, submitted or not."""
    unended = ReservationRow.state.in_(("held", "submitted")), ReservationRow.owner != ""
    return [r for r in _read(connection, select(*_COLUMNS).where(*unended).order_by(ReservationRow.id)) if r.is_orphan]


def idle_of(connection: Connection, scopes: Sequence[str]) -> dict[str, Decimal]:
    """What of each scope is held by processes that ended before they used it."""
    rows = connection.execute(
        select(ReservationScope.scope, ReservationRow.owner, ReservationRow.estimated)
        .join(ReservationRow, ReservationRow.id == ReservationScope.reservation_id)
        .where(ReservationScope.scope.in_(scopes), ReservationRow.state == "held", ReservationRow.owner != "")
    )
    idle: dict[str, Decimal] = {}
    for scope, owner, amount in rows:
        if is_gone(owner):
            idle[scope] = idle.get(scope, ZERO) + amount
    return idle


def held_for(connection: Connection, film_id: str) -> list[Reservation]:
    """What living processes have set aside for a film's orders, sent or not."""
    open_ones = ReservationRow.state.in_(("held", "submitted")), ReservationRow.film_id == film_id
    return [r for r in _read(connection, select(*_COLUMNS).where(*open_ones)) if not r.is_orphan]


def restore(
    connection: Connection, film_id: str, scopes: Sequence[Scope], request: ReservationRequest, actual: Decimal | None
) -> Reservation:
    """Enter what an order is known to have cost, ``actual``, or to have set aside, None; no limit is asked.

    For a ledger that is rebuilt: what was bought under a limit then is on record, whatever the limit is now. Under one
    ``idem`` it is entered once.
    """
    (held,) = reserve(connection, film_id, scopes, [request], timedelta(days=36500), on_record=True)
    held = mark_submitted(connection, held.id, timedelta()) if held.is_open else held
    return held if actual is None else settle(connection, held.id, actual)


def expire(connection: Connection, reservation_id: str) -> Reservation | None:
    """End a lease that is over: what was never submitted is released, what was becomes unknown and stays set aside."""
    over = ReservationRow.lease_until < now()
    if connection.execute(
        select(ReservationRow.id)
        .where(ReservationRow.id == reservation_id, ReservationRow.state == "held", over)
        .with_for_update()
    ).scalar():
        return release(connection, reservation_id)
    return _change(connection, reservation_id, ("submitted",), over, state="unknown", lease_until=None)


def expired(connection: Connection) -> list[str]:
    """The reservations whose lease is over."""
    return list(
        connection.execute(
            select(ReservationRow.id)
            .where(ReservationRow.state.in_(("held", "submitted")), ReservationRow.lease_until < now())
            .order_by(ReservationRow.id)
        ).scalars()
    )


def find(connection: Connection, reservation_id: str) -> Reservation:
    found = _read(connection, select(*_COLUMNS).where(ReservationRow.id == reservation_id))
    if not found:
        raise StoreError(f"there is no reservation {reservation_id!r}", hint="look at film jobs")
    return found[0]


def record_savings(connection: Connection, film_id: str, savings: Iterable[Saving]) -> None:
    """Note what reuse saved, an entry each; it is no spending. What saved nothing is not noted.

    Straight through the driver: a long film that is all reused notes thousands, and does nothing else.
    """
    dialect, at = connection.dialect, LedgerEntry.__table__.c["at"].type
    bound = at.dialect_impl(dialect).bind_processor(dialect)
    moment = bound(now()) if bound else now()
    entries = [
        (film_id, s.shot_id, s.asset_type, s.provider, "saved", to_micros(money(s.amount, "the saving")), moment)
        for s in savings
        if s.amount
    ]
    if entries:
        marks = ", ".join(["?" if dialect.name == "sqlite" else "%s"] * len(entries[0]))
        connection.exec_driver_sql(_NOTE + f"({marks})", entries)


_NOTE = "INSERT INTO ledger_entries (film_id, shot_id, asset_type, provider, kind, amount_micros, at) VALUES "


# -- one statement each


def _hold(connection: Connection, scope: Scope, total: Decimal, keep: Decimal, on_record: bool) -> Decimal | None:
    """Set ``total`` aside in one scope; returns the limit under which it was granted. Free things always fit."""
    row = Budget.scope == scope.name
    limit: SQLColumnExpression[Any] = Budget.limit if scope.limit is None else literal(scope.limit, MicroUSD)
    is_asked = total and not on_record
    fits = or_(limit.is_(None), Budget.spent + Budget.reserved + total + keep <= limit) if is_asked else true()
    grant = update(Budget).where(row, fits).values(reserved=Budget.reserved + total, limit=limit).returning(limit)
    while True:
        if granted := connection.execute(grant).one_or_none():
            return None if on_record else granted[0]
        counters = connection.execute(select(Budget.spent + Budget.reserved, limit).where(row)).one_or_none()
        if counters is None:
            values = {"scope": scope.name, "limit": scope.default, "reserved": ZERO, "spent": ZERO}
            connection.execute(upsert(connection, Budget).values(values).on_conflict_do_nothing())
        elif counters[1] is not None and counters[0] + total + keep > counters[1]:
            raise exceeded(scope, counters[0] + total + keep, counters[1])


def exceeded(scope: Scope, needed: Decimal, limit: Decimal) -> BudgetExceededError:
    return BudgetExceededError(needed, limit, scope=scope.label)


def _count(connection: Connection, reservation_id: str, *, reserved: Decimal, spent: Decimal) -> None:
    scopes = select(ReservationScope.scope).where(ReservationScope.reservation_id == reservation_id)
    for scope in sorted(connection.execute(scopes).scalars()):  # here, since databases sort text in orders of their own
        connection.execute(
            update(Budget)
            .where(Budget.scope == scope)
            .values(reserved=Budget.reserved + reserved, spent=Budget.spent + spent)
        )


def _change(
    connection: Connection, reservation_id: str, states: Sequence[str], *conditions: Any, **values: Any
) -> Reservation | None:
    """Move a reservation out of one of ``states``; None when it is in another."""
    statement = (
        update(ReservationRow)
        .where(ReservationRow.id == reservation_id, ReservationRow.state.in_(states), *conditions)
        .values(**values)
    )
    found = _read(connection, cast(Executable, statement.returning(*_COLUMNS)))
    return found[0] if found else None


def _read(connection: Connection, statement: Executable) -> list[Reservation]:
    return [Reservation(*row) for row in connection.execute(statement)]


_COLUMNS: tuple[Any, ...] = tuple(getattr(ReservationRow, field.name) for field in fields(Reservation))


def _row(film_id: str, request: ReservationRequest, until: datetime) -> dict[str, Any]:
    """A new reservation by the table's column names, which is what an INSERT of many rows goes by."""
    amount = money(request.amount, f"the quote of {request.idem}")
    about = {name: value for name, value in asdict(request).items() if name != "amount"}
    held = {"estimated_micros": amount, "state": "held", "overrun": False, "lease_until": until, "owner": new_token()}
    return {"id": str(uuid4()), "film_id": film_id, **about, **held, "created_at": now()}


def _entry(reservation: Mapping[str, Any], kind: str, amount: Decimal) -> dict[str, Any]:
    about = {name: reservation.get(name, "") for name in ("film_id", "shot_id", "asset_type", "provider")}
    return {"reservation_id": reservation["id"], "kind": kind, "amount_micros": amount, "at": now(), **about}
