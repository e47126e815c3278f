"""Does the database know what this gallery has ordered? And making it know again.

    orders.log ─► orders that the database does not know ─► none   go on
                                                           └─ some  paid work refuses: it is empty, older, or another's

What is missing is rebuilt from the book: the journal's row and the money, settled where the order had ended, set aside
where it had not. Files have a record of their own (``film.cache.records``). So nothing of it is bought again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from film.cost_tracker import CostTracker, ReservationRequest
from film.db.base import now
from film.db.session import snapshot
from film.db.tables import Action, JobRow
from film.errors import StoreError, usd
from film.jobs.book import NAME, OrderBook, Written
from film.jobs.journal import OPEN, Journal, is_free
from film.models import check_identifier
from film.production.money import JournalMoney, reservation_name
from film.settings import Settings

_AT_ONCE = 500


def order_book(settings: Settings) -> OrderBook:
    """The gallery's book, whether it is there or not."""
    return OrderBook(settings.gallery / NAME)


@dataclass(frozen=True)
class MissingMemory:
    """Orders of the book that the database does not know."""

    orders: tuple[Written, ...]
    book: Path

    @property
    def amount(self) -> Decimal:
        """Dollars: billed, or quoted where nobody has said."""
        return sum((o.quoted if o.billed is None else o.billed for o in self.orders), Decimal(0))

    def error(self) -> StoreError:
        """Why nothing is bought now."""
        last = max(order.at for order in self.orders)
        count = f"{len(self.orders)} orders" if len(self.orders) > 1 else "an order"
        return StoreError(
            f"the database does not know {count} of this gallery ({usd(self.amount)}, the last of "
            f"{last.astimezone(UTC):%Y-%m-%d %H:%M} UTC), which {self.book} has on record: it is empty, older than the "
            "gallery, or another's; nothing is bought",
            hint="put the right database back (FILM_DATABASE_URL, or film restore), or have what is missing rebuilt "
            "from the order book and the files: film fsck --rebuild",
        )


def missing_orders(connection: Connection, settings: Settings) -> MissingMemory:
    """What the book has and the database has not.

    The book is read first, since an order is written into the database first: one of this moment is no question.
    """
    book = order_book(settings)
    written = book.order_ids()
    unknown = written - set(connection.scalars(select(JobRow.id))) if written else set[str]()
    orders = book.orders() if unknown else {}
    return MissingMemory(tuple(order for job_id, order in orders.items() if job_id in unknown), book.path)


def check_memory(engine: Engine, settings: Settings) -> None:
    """Before anything is bought: raise StoreError where the database has forgotten orders, begin a book that is new."""
    book = order_book(settings)
    if not book.exists():
        if jobs := Journal(engine, timedelta()).jobs():
            book.begin_from(jobs)
        return
    written = book.order_ids()
    if written - Journal(engine, timedelta()).ids():
        with snapshot(engine) as connection:
            missing = missing_orders(connection, settings)
        if missing.orders:
            raise missing.error()


def catch_up(engine: Engine, settings: Settings, at: datetime | None = None) -> None:
    """Let orders end that are open in the database and have ended in the book: it is an older copy that lacks none.

    What they brought is here, so no run would ask for them again, and their money would stay set aside. Raises
    StoreError where that is not on record either: it is not bought again, and not fetched again. ``at`` is the time
    that leases are held against, where it is not the machine's.
    """
    behind = _ended_since(engine, settings, at)
    if lacking := [order for order, is_lost in behind if is_lost]:
        count = f"{len(lacking)} orders" if len(lacking) > 1 else "an order"
        raise StoreError(
            f"the database knows {count} of this gallery as under way that {order_book(settings).path} has on record "
            "as done: it is an older copy; nothing is bought",
            hint="put the newest database back (FILM_DATABASE_URL, or film restore), or have what is missing rebuilt "
            "from the order book and the files: film fsck --rebuild",
        )
    for order, _ in behind:
        _catch_up(engine, settings, order, is_lost=False)


def behind_orders(engine: Engine, settings: Settings) -> list[Written]:
    """Orders that are open in the database and have ended in the book."""
    return [order for order, _ in _ended_since(engine, settings)]


def rebuild(engine: Engine, settings: Settings) -> int:
    """Enter what the book has and the database has not; how many orders. Doing so twice changes nothing.

    An order that is done stays so where its file is on record; else it is *lost*: paid for, and fetched or bought anew
    only when its user says so. The same goes for those that are open in the database and ended in the book.
    """
    journal = Journal(engine, timedelta())
    with snapshot(engine) as connection:
        orders = missing_orders(connection, settings).orders
        answered = _answered(connection, orders)
    behind = _ended_since(engine, settings)
    for order in orders:
        is_lost = order.state == "done" and order.order["key"] not in answered
        journal.restore(order, _enter_money(engine, settings, order), "lost" if is_lost else order.state)
    for order, is_lost in behind:
        _catch_up(engine, settings, order, is_lost=is_lost)
    return len(orders) + len(behind)


def _ended_since(engine: Engine, settings: Settings, at: datetime | None = None) -> list[tuple[Written, bool]]:
    """Orders that ended in the book and are open in the database; and whether what they brought is not on record.

    The database hears of an end first, so the book is read before it. Who works on an order knows more than either.
    """
    journal = Journal(engine, timedelta())
    if not journal.jobs(OPEN):
        return []
    orders = order_book(settings).orders()
    open_ones = [job.id for job in journal.jobs(OPEN) if is_free(job, at or now())]
    behind = [orders[job_id] for job_id in open_ones if job_id in orders and orders[job_id].end]
    with snapshot(engine) as connection:
        answered = _answered(connection, behind)
    return [(order, order.state == "done" and order.order["key"] not in answered) for order in behind]


def _answered(connection: Connection, orders: Iterable[Written]) -> set[str]:
    """The keys of finished orders whose results are on record."""
    keys = [str(order.order["key"]) for order in orders if order.state == "done"]
    answered = set[str]()
    for start in range(0, len(keys), _AT_ONCE):
        there = Action.key.in_(keys[start : start + _AT_ONCE]), Action.state == "ready"
        answered |= set(connection.scalars(select(Action.key).where(*there)))
    return answered


def _catch_up(engine: Engine, settings: Settings, order: Written, *, is_lost: bool) -> None:
    """Let an order end as the book says: first its money, then its row, as it was the first time."""
    journal = Journal(engine, timedelta())
    job = journal.get(order.job_id)
    assert job is not None
    money = JournalMoney(CostTracker(check_identifier(job.film_id), engine=engine, settings=settings))
    billed = order.billed or Decimal(0)
    if job.reservation_id is None:
        if billed:
            money.charge_unreserved(job, billed)
    elif billed:
        money.settle(job.reservation_id, billed)
    else:
        money.release(job.reservation_id)
    said = {"billed": billed, "ticket": order.ticket or job.ticket, "blob_sha256": order.end.get("blob") or None}
    error = str(order.end.get("error") or "ended by the order book")
    journal.close(job.id, OPEN, now(), state="lost" if is_lost else order.state, error=error, **said)


def _enter_money(engine: Engine, settings: Settings, order: Written) -> str | None:
    """The reservation's id; None where the order never came about."""
    if order.state == "unsent":
        return None
    about = order.order
    costs = CostTracker(check_identifier(about["film"]), engine=engine, settings=settings)
    item = ReservationRequest(
        idem=reservation_name(f"rebuilt-{order.job_id}", about["shot"], about["kind"]),
        amount=order.quoted,
        shot_id=about["shot"],
        asset_type=about["kind"],
        provider=about["provider"],
        key=about["key"],
    )
    actual = None if order.state in OPEN else order.billed or Decimal(0)
    return costs.restore(item, actual, on=order.at.astimezone(UTC).date()).id
