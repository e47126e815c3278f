"""What the steps of a purchase share: the journal's rows, the money, the clock, the limits and who is told of it all.

Database and money calls are synchronous and may wait for another process's transaction, so they run on a few threads
of their own, and to their end even when the caller is cancelled: a commit that nobody waits for would leave its row
in a state that nobody knows. A database that is away is waited for: each call may come twice.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ParamSpec, TypeVar

from film.db.away import patiently
from film.db.owner import new_token
from film.errors import usd
from film.jobs.bills import Bill, judge
from film.jobs.book import OrderBook, in_book
from film.jobs.calls import EventKind, Job, JobEvent, Money, OnEvent, PaidCall, State
from film.jobs.clock import Clock
from film.jobs.journal import Journal
from film.jobs.limits import Limits
from film.jobs.unbroken import unbroken
from film.providers.base import JobProvider

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass
class Purchase:
    """One ``run`` of a call in this process."""

    call: PaidCall
    provider: JobProvider
    token: str = field(default_factory=new_token)
    """What the rows that it works on carry as their owner."""
    job: Job | None = None
    """The row being worked on, ours or another's; None while there is none."""
    passed_over: str = ""
    """The finished job beside which another is to be bought."""
    rebought: int = 0
    """How often it was bought once more because no answer came."""

    def use(self, reservation_id: str | None) -> None:
        """Pay what is bought next from this money."""
        self.call = replace(self.call, reservation_id=reservation_id)

    def spend(self, job: Job) -> None:
        """The job's money is spent: whatever is bought in its place needs money of its own."""
        self.job = None
        if self.call.reservation_id == job.reservation_id:
            self.call = replace(self.call, reservation_id=None)


@dataclass(frozen=True)
class JournalContext:
    journal: Journal
    money: Money
    clock: Clock
    limits: Limits
    threads: Executor
    stop: Callable[[], bool]
    on_event: OnEvent | None
    book: OrderBook | None = None

    async def db(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a journal or money call on a thread, again where the database was away meanwhile."""
        loop, here = asyncio.get_running_loop(), copy_context()
        return await unbroken(loop.run_in_executor(self.threads, lambda: here.run(patiently, work, *args, **kwargs)))

    async def set_aside(self, call: PaidCall, *, is_extra: bool = False) -> str | None:
        """Money for one order; raises BudgetExceededError."""
        return await self.db(self.money.set_aside, call, uuid.uuid4().hex, is_extra=is_extra)

    async def write(self, purchase: Purchase, job: Job, **values: object) -> None:
        """Change the job that the purchase owns; raises Fenced when another process has taken it over."""
        await self.db(self.journal.write, job, purchase.token, self.clock.now(), **values)

    async def end(
        self, purchase: Purchase, job: Job, state: State, claimed: Decimal, error: str, *, kind: EventKind
    ) -> None:
        """End the job that the purchase owns without a result: its bill is booked, whatever its siblings do."""
        await self.db(self.journal.hold, job, purchase.token, self.clock.now())  # what is another's is not settled here
        bill = await self.settle(job, claimed)
        ended = {"state": state, "billed": bill.booked, "claimed": bill.claimed, "error": error}
        await self.write(purchase, job, **ended, owner=None, lease_until=None)
        await self.note_end(job, state, bill.booked, error=error)
        purchase.spend(job)
        self.emit(kind, purchase.call, job.id, error)

    async def settle(self, job: Job, claimed: Decimal) -> Bill:
        """Book a bill. Done before the row is closed: a crash between is repeated, the other way round forgotten."""
        bill = judge(claimed, job.quoted)
        await self.db(self.book_bill, job, bill)
        if bill.over:
            said = f"billed {usd(claimed)} where {usd(job.quoted)} was quoted"
            if bill.claimed is not None:
                said += f": {usd(bill.booked)} is booked, the rest is disputed; see film jobs resolve {job.id[:8]}"
            self.emit_of("over_quote", job, said)
        return bill

    def book_bill(self, job: Job, bill: Bill) -> None:
        """Into the ledger, from a thread."""
        if job.reservation_id is None:
            if bill.booked:
                self.money.charge_unreserved(job, bill.booked)
        elif bill.booked:
            self.money.settle(job.reservation_id, bill.booked)
        else:
            self.money.release(job.reservation_id)

    async def note_end(self, job: Job, state: State, billed: Decimal, *, error: str = "", blob: str = "") -> None:
        """Into the order book. The database knows already, so a failure here is only logged."""

        at = self.clock.now()

        def write(book: OrderBook) -> None:
            book.end(job.id, state, billed, at, error=error, blob=blob)

        if failed := await self.db(in_book, self.book, write):
            log.warning("the order book does not say how job %s ended: %s", job.id[:8], failed)

    def emit(
        self, kind: EventKind, call: PaidCall, job_id: str, message: str = "", progress: float | None = None
    ) -> None:
        self._tell(
            JobEvent(
                kind=kind,
                job_id=job_id,
                key=call.key,
                film_id=call.film_id,
                shot_id=call.shot_id,
                asset_type=call.request.asset_type.value,
                provider=call.request.provider,
                progress=progress,
                message=message,
            )
        )

    def emit_of(self, kind: EventKind, job: Job, message: str = "") -> None:
        """An event of a job that no call stands behind."""
        about = (job.id, job.key, job.film_id, job.shot_id, job.asset_type, job.provider)
        self._tell(JobEvent(kind, *about, message=message))

    def _tell(self, event: JobEvent) -> None:
        if self.on_event is None:
            return
        try:
            self.on_event(event)
        except Exception:
            log.exception("a listener to job events failed")  # a broken display must not cost a paid job
