"""Does the database know what this gallery has ordered? And making it know again.

    orders.log ─► orders that the database does not know ─► none   go on
                                                           └─ some  paid work refuses: it is empty, older, or another's

What is missing is rebuilt from the book and the files: the journal's row, the money (settled where the order had ended,
set aside where it had not), and the library's entry where its file lies here. So nothing of it is bought again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from film.cost_tracker import CostTracker, ReservationRequest
from film.errors import StoreError, usd
from film.jobs.book import NAME, OrderBook, Written
from film.jobs.journal import OPEN, Journal
from film.models import AssetType, check_identifier
from film.pipeline.money import reservation_name
from film.pipeline.services import Services
from film.settings import Settings


def order_book(settings: Settings) -> OrderBook:
    """The gallery's book, whether it is there or not."""
    return OrderBook(settings.gallery / NAME)


@dataclass(frozen=True)
class Missing:
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
            "from the order book and the files: film fsck --repair",
        )


def missing_orders(services: Services) -> Missing:
    """What the book has and the database has not; read in this order, so that orders of this moment are no question."""
    book = order_book(services.settings)
    written = book.order_ids()
    unknown = written - Journal(services.engine, timedelta()).ids() if written else set[str]()
    orders = book.orders() if unknown else {}
    return Missing(tuple(order for job_id, order in orders.items() if job_id in unknown), book.path)


def check_memory(services: Services) -> None:
    """Before anything is bought: raise StoreError where the database has forgotten orders, begin a book that is new."""
    book = order_book(services.settings)
    if not book.exists():
        if jobs := Journal(services.engine, timedelta()).jobs():
            book.begin_from(jobs)
        return
    if (missing := missing_orders(services)).orders:
        raise missing.error()


@dataclass
class Rebuilt:
    """What came back: orders, dollars settled and set aside, and results whose files are here."""

    orders: int = 0
    settled: Decimal = Decimal(0)
    set_aside: Decimal = Decimal(0)
    results: int = 0


def rebuild(services: Services) -> Rebuilt:
    """Enter what the book has and the database has not. Doing so twice changes nothing."""
    done = Rebuilt()
    journal = Journal(services.engine, timedelta())
    for order in missing_orders(services).orders:
        money = _enter_money(services, order, done)
        journal.restore(order, money)
        done.orders += 1
        if order.state == "done":
            done.results += _enter_result(services, order)
    return done


def _enter_money(services: Services, order: Written, done: Rebuilt) -> str | None:
    """The reservation's id, None where the order never came about."""
    if order.state == "unsent":
        return None
    about = order.order
    costs = CostTracker(check_identifier(about["film"]), engine=services.engine, settings=services.settings)
    item = ReservationRequest(
        idem=reservation_name(f"rebuilt-{order.job_id}", about["shot"], about["kind"]),
        amount=order.quoted,
        shot_id=about["shot"],
        asset_type=about["kind"],
        provider=about["provider"],
        key=about["key"],
    )
    actual = None if order.state in OPEN else order.billed or Decimal(0)
    entered = costs.restore(item, actual, on=order.at.astimezone(UTC).date())
    if actual is None:
        done.set_aside += order.quoted
    else:
        done.settled += actual
    return entered.id


def _enter_result(services: Services, order: Written) -> int:
    """1 where the order's file lies here and the library now answers its key with it."""
    end: Mapping[str, Any] = order.end
    if services.cache.peek_many([order.order["key"]]):
        return 0
    adopted = services.cache.adopt_result(
        order.order["key"],
        sha256=str(end.get("blob") or ""),
        size=int(end.get("size") or 0),
        mime=str(end.get("mime") or ""),
        kind=AssetType(order.order["kind"]).value,
        provider=str(order.order["provider"]),
        cost=order.billed or Decimal(0),
        details=dict(end.get("details") or {}),
    )
    return int(adopted)


def told(rebuilt: Rebuilt, at: datetime) -> str:
    """In one sentence."""
    return (
        f"{rebuilt.orders} orders rebuilt from the order book: {usd(rebuilt.settled)} settled, "
        f"{usd(rebuilt.set_aside)} set aside, {rebuilt.results} results found again ({at:%Y-%m-%d})"
    )
