"""What is not settled, and what was not billed as quoted: the money that somebody should know of.

set aside      for orders under way: their price, until they are billed or come to nothing
under review   for orders of which nobody can tell whether they were made: only the user can find out
disputed       what a vendor claims beyond what was booked, where that is far more than was quoted
over quote     bills higher than their quote, booked in full, and those that are disputed
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, or_, select
from sqlalchemy import func as sql
from sqlalchemy.orm import Session

from film.cost_tracker.reservations import OPEN
from film.db.base import from_micros
from film.db.tables import JobRow, LedgerEntry, ReservationRow

NOTHING = from_micros(0)
UNDER_REVIEW = "unknown"
"""The state of a reservation that waits for its user."""
FRUITLESS = ("failed", "refused", "lost", "closed")
"""States of jobs that may have been paid for and brought nothing."""
_UNRESERVED = "unreserved/"
"""Bills that nothing was set aside for are kept under this and their job's id; see ``film.production.money``."""


@dataclass(frozen=True, slots=True)
class OverQuote:
    """A bill that was higher than its quote. ``claimed`` is what the vendor wants where that is disputed."""

    job_id: str
    reservation_id: str | None
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    quoted: Decimal
    billed: Decimal
    claimed: Decimal | None
    at: datetime

    @property
    def disputed(self) -> Decimal:
        return NOTHING if self.claimed is None else max(NOTHING, self.claimed - self.billed)

    def document(self) -> dict[str, Any]:
        """As JSON and the Python summaries have it."""
        return {
            "job_id": self.job_id,
            "film_id": self.film_id,
            "shot_id": self.shot_id,
            "asset_type": self.asset_type,
            "provider": self.provider,
            "quoted_usd": self.quoted,
            "billed_usd": self.billed,
            "claimed_usd": self.claimed,
            "disputed_usd": self.disputed,
            "at": self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }


@dataclass(frozen=True)
class Standing:
    """As of now, of a film or of all, whenever the orders were made. The counts are those of orders and bills."""

    set_aside: Decimal = NOTHING
    orders_set_aside: int = 0
    under_review: Decimal = NOTHING
    orders_under_review: int = 0
    over_quote: tuple[OverQuote, ...] = ()
    """Oldest first."""

    @property
    def disputed(self) -> Decimal:
        return sum((bill.disputed for bill in self.over_quote), NOTHING)

    @property
    def bills_disputed(self) -> int:
        return sum(1 for bill in self.over_quote if bill.disputed)


def standing(db: Session | Connection, film_id: str | None = None, *, mark: int | None = None) -> Standing:
    """How a film stands, or all of them; of bills over their quote those booked beyond a ``mark`` of the ledger."""
    r = ReservationRow
    query = select(r.state, sql.sum(r.estimated), sql.count()).where(r.state.in_(OPEN)).group_by(r.state)
    found = {state: (amount, count) for state, amount, count in db.execute(_of(query, r.film_id, film_id))}
    review = found.pop(UNDER_REVIEW, (NOTHING, 0))
    return Standing(
        set_aside=sum((amount for amount, _ in found.values()), NOTHING),
        orders_set_aside=sum(count for _, count in found.values()),
        under_review=review[0],
        orders_under_review=review[1],
        over_quote=over_quote(db, film_id, mark=mark),
    )


def over_quote(
    db: Session | Connection, film_id: str | None = None, *, mark: int | None = None
) -> tuple[OverQuote, ...]:
    """Every bill that was higher than its quote, by its job; by its reservation where it has none."""
    r, j = ReservationRow, JobRow
    passed = select(r.id, r.idem, r.film_id, r.shot_id, r.asset_type, r.provider, r.estimated, r.actual, r.settled_at)
    passed = _of(passed.where(r.overrun), r.film_id, film_id)
    paid = or_(
        j.reservation_id.in_(select(r.id).where(r.overrun)),
        (literal(_UNRESERVED) + j.id).in_(select(r.idem).where(r.overrun)),
    )
    about = (
        j.id, j.reservation_id, j.film_id, j.shot_id, j.asset_type, j.provider, j.quoted, j.billed, j.claimed,
        j.updated_at,
    )  # fmt: skip
    jobs = _of(select(*about).where(or_(j.claimed.is_not(None), paid)), j.film_id, film_id)
    if mark is not None:
        settled = _settled(film_id, mark)
        passed, jobs = passed.where(r.id.in_(settled)), jobs.where(j.reservation_id.in_(settled))
    found: list[OverQuote] = []
    theirs: dict[str | None, str] = {}
    for row in db.execute(jobs):
        job_id, reservation_id, film, shot, kind, provider, quoted, billed, claimed, at = row
        paid_for = billed or NOTHING
        bill = OverQuote(job_id, reservation_id, film, shot, kind, provider, quoted, paid_for, claimed, at)
        theirs[bill.reservation_id] = bill.job_id
        if max(bill.billed, bill.claimed or NOTHING) > bill.quoted:
            found.append(bill)
    told = {bill.reservation_id for bill in found}
    for row in db.execute(passed):
        reservation_id, idem, film, shot, kind, provider, quoted, actual, at = row
        if reservation_id not in told and not idem.startswith(_UNRESERVED):
            job_id, paid_for = theirs.get(reservation_id, ""), actual or NOTHING
            found.append(OverQuote(job_id, reservation_id, film, shot, kind, provider, quoted, paid_for, None, at))
    return tuple(sorted(found, key=lambda bill: bill.at))


@dataclass(frozen=True)
class Booked:
    """What was booked for a film while a run was at it, and how the film stands after it, with that run's bills.

    ``for_nothing`` is that of ``cost`` which orders took that brought nothing: charged failures, lost ones, and those
    that were given up and bought again.
    """

    cost: Decimal
    for_nothing: Decimal
    standing: Standing


def ledger_mark(db: Session | Connection, before: datetime | None = None) -> int:
    """The place in the ledger as of now, or of a moment: what is booked later has a higher one."""
    last = select(sql.max(LedgerEntry.id))
    return db.execute(last if before is None else last.where(LedgerEntry.at < before)).scalar() or 0


def booked_since(db: Session | Connection, film_id: str, mark: int) -> Booked:
    """What was booked for a film beyond a ``mark`` of the ledger."""
    e, j = LedgerEntry, JobRow
    cost = db.execute(select(sql.sum(e.amount)).where(*_beyond(film_id, mark))).scalar() or NOTHING
    for_nothing = NOTHING
    if cost:
        spoilt = select(sql.sum(j.billed)).where(
            j.film_id == film_id, or_(j.state.in_(FRUITLESS), j.second), j.reservation_id.in_(_settled(film_id, mark))
        )
        for_nothing = min(cost, db.execute(spoilt).scalar() or NOTHING)
    return Booked(cost, for_nothing, standing(db, film_id, mark=mark))


def _beyond(film_id: str | None, mark: int) -> list[ColumnElement[bool]]:
    settled = [LedgerEntry.kind == "settle", LedgerEntry.id > mark]
    return settled if film_id is None else [LedgerEntry.film_id == film_id, *settled]


def _settled(film_id: str | None, mark: int) -> Select[tuple[str | None]]:
    return select(LedgerEntry.reservation_id).where(*_beyond(film_id, mark))


def _of(query: Select[Any], column: Any, film_id: str | None) -> Select[Any]:
    return query if film_id is None else query.where(column == film_id)
