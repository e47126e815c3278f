"""The submit journal: everything that is paid for goes through ``Jobs.run``, and nothing is silently paid for twice.

    intent row (committed) ─► POST, once ─► ticket (committed) ─► poll ─► download, check ─► Made
    film.jobs.submit                                              film.jobs.collect          the caller stores it,
                                                                                             ─► finish: settle, done

A program that is killed at any point of this line and started again makes the same call again, and the journal goes on
where the line was cut:

    no row              nothing had been sent: buy
    intent, unknown     sent or not, nobody knows: the vendor is asked (film.jobs.reconcile)
    submitted           polled again, downloaded again, no POST
    review              looked at once more; then only the user can tell: film jobs
    lost                looked for once more; in the way of buying the same again, until the user says so
    refused             in the way of buying the same again, until the user says so
    done                the caller's store has it

An order has money of its own, set aside before it is sent and settled when it ends, whatever comes of the others.

Two programs with one key: the first owns the row for as long as it renews its lease, the second waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from film.errors import FilmError, InputError, Interrupted, PaidLost, ProviderRefused, usd
from film.jobs.bills import Bill
from film.jobs.book import OrderBook, in_book
from film.jobs.calls import Decision, EventKind, Job, Money, NoMoney, OnEvent, PaidCall, PurchaseResult, State, Stored
from film.jobs.clock import Clock, SystemClock
from film.jobs.collect import Collector, Ended, Unclear
from film.jobs.desk import JournalContext, Purchase
from film.jobs.direct import as_job_provider
from film.jobs.journal import OPEN, Fenced, Journal, is_free
from film.jobs.limits import Limits
from film.jobs.origin import is_anothers
from film.jobs.reconcile import Reconciler, unknown
from film.jobs.submit import WATCH_SECONDS, Submitter
from film.providers.base import Ticket

log = logging.getLogger(__name__)

ZERO = Decimal(0)
RESOLVABLE: tuple[State, ...] = ("review", "unknown", "intent", "submitted", "lost", "refused")
_RESOLVED: dict[Decision, State] = {"charged": "lost", "not-charged": "failed", "rebuy": "closed"}
_RESOLVED_SECOND: dict[Decision, State] = {**_RESOLVED, "charged": "closed"}
"""A purchase too many bars nothing."""


class Jobs:
    """The journal of one process, on one event loop.

    ``money`` keeps the reservations, ``stop`` is asked right before anything is bought, ``on_event`` is told of
    progress. ``book`` is the gallery's order book. ``grace`` seconds are waited for a list that can prove nothing;
    ``lease`` seconds after its last sign of life a process counts as dead, which is longer than any answer is waited
    for. ``executor`` replaces the threads for database calls. A ``Journal`` in the engine's place is used as it is.
    """

    def __init__(
        self,
        engine: Engine | Journal,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        money: Money | None = None,
        stop: Callable[[], bool] = lambda: False,
        on_event: OnEvent | None = None,
        unknown_threshold: Decimal = Decimal("0.02"),
        grace: float = 10.0,
        lease: float = 90.0,
        book: OrderBook | None = None,
        executor: Executor | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self._lease = lease
        self._desk = JournalContext(
            journal=engine if isinstance(engine, Journal) else Journal(engine, timedelta(seconds=lease)),
            money=money or NoMoney(),
            clock=clock,
            limits=limits or Limits(clock=clock),
            threads=executor or ThreadPoolExecutor(4, thread_name_prefix="film-journal"),
            stop=stop,
            on_event=on_event,
            book=book,
        )
        checks = executor or ThreadPoolExecutor(2, thread_name_prefix="film-check")
        self._submitter = Submitter(self._desk)
        self._reconciler = Reconciler(self._desk, unknown_threshold, grace)
        self._collector = Collector(self._desk.clock, self._desk.limits, checks)
        self._working: set[str] = set()
        self._brought: dict[str, str] = {}
        """Job → the token that holds it for the caller, who stores what it brought."""
        self._heartbeat: asyncio.Task[None] | None = None

    async def run(self, call: PaidCall) -> PurchaseResult:
        """Buy an asset, or carry on where an earlier run of an equal call was cut off.

        Store what comes back, then call ``finish``, or ``leave`` where that failed. Raises ProviderRefused, PaidLost
        and OutcomeUnknown for jobs that stay so until the user decides; Interrupted before buying when a stop was asked
        for; and other ProviderErrors, after which running again is safe and resumes.
        """
        purchase = Purchase(call, as_job_provider(call.provider))
        self._working.add(purchase.token)
        self._keep_alive()
        try:
            return await self._run(purchase)
        except BaseException:
            try:
                await self._leave(purchase)
            except Exception as error:  # noqa: BLE001  # why it ended is what counts; the lease ends by itself
                log.warning("%s could not be left to others: %s", call.title, error)
            raise
        finally:
            self._working.discard(purchase.token)
            if not self._working and self._heartbeat:
                self._heartbeat.cancel()

    async def finish(self, made: PurchaseResult, blob_sha256: str) -> None:
        """The media is in the store: settle what it cost and close the job. Doing so twice changes nothing."""
        desk = self._desk
        self._brought.pop(made.job_id, None)
        job = await desk.db(desk.journal.get, made.job_id)
        if job is None or job.state == "done":
            return
        done: dict[str, Any] = {"state": "done", "blob_sha256": blob_sha256}
        if job.state in OPEN:  # what was lost, and is here after all, was settled then
            billed = next(amount for amount in (made.billed, job.billed, job.quoted) if amount is not None)
            bill = await desk.settle(job, billed)
            done |= {"billed": bill.booked, "claimed": bill.claimed}
        await desk.db(desk.journal.close, job.id, (*OPEN, "lost"), desk.clock.now(), **done)
        await desk.note_end(job, "done", done.get("billed", job.billed or ZERO), blob=blob_sha256)
        desk.emit_of("done", job)

    async def leave(self, made: PurchaseResult) -> None:
        """The media could not be stored: let whoever comes next fetch it again, without waiting for the lease."""
        if token := self._brought.pop(made.job_id, None):
            await self._desk.db(self._desk.journal.let_go, token)

    async def finish_stored(self, stored: Callable[[Job], Stored | None], film_id: str | None = None) -> list[Job]:
        """Close the jobs whose media had reached the store when the program died, before it was written down.

        Call it before a run: what is in the store is not asked for again, so nothing else would settle these. That goes
        for orders without a ticket, too: an older copy of the database knows them as they were before it came.
        ``stored`` answers with what lies under the job's key. Returns the jobs that were closed.
        """
        desk, closed = self._desk, list[Job]()
        for job in await desk.db(desk.journal.jobs, OPEN, film_id):
            if not is_free(job, desk.clock.now()) or not (there := await desk.db(stored, job)):
                continue
            if not await self._is_of(job, there):
                continue
            if not job.ticket and there.vendor_id:
                ticket = Ticket(job_id=there.vendor_id).model_dump(mode="json")
                if not await desk.db(desk.journal.close, job.id, (job.state,), desk.clock.now(), ticket=ticket):
                    continue
            await self.finish(PurchaseResult(generated=None, billed=job.billed, job_id=job.id), there.sha256)
            closed.append(job)
        return closed

    async def _is_of(self, job: Job, there: Stored) -> bool:
        """Whether a job brought what is stored under its key, and not one before it, of which it was to be another."""
        if not there.vendor_id or (job.ticket and not job.vendor_job_id):  # a plug-in's, which names no jobs
            return job.state == "submitted"
        if job.ticket:
            return job.vendor_job_id == there.vendor_id
        return there.vendor_id not in await self._desk.db(self._desk.journal.tickets_of, job.provider)

    def comes_to(self, reservation_id: str) -> Decimal | None:
        """What a reservation whose holder died is to be closed with; None where a job of it has yet to say.

        Nothing, where the program died before it wrote down a job: so nothing was sent.
        """
        paid = self._desk.journal.paid_by(reservation_id)
        return None if any(job.state in OPEN for job in paid) else sum((job.billed or ZERO for job in paid), ZERO)

    # -- for the user

    def list_jobs(self, state: State | None = None, film_id: str | None = None) -> list[Job]:
        """The journal, oldest first."""
        return self._desk.journal.jobs(None if state is None else (state,), film_id)

    def resolve(self, job_id: str, decision: Decision, amount: Decimal | None = None) -> Job:
        """Settle by hand what the program cannot know; ``job_id`` may be the beginning of an id.

        ``charged``: it was billed, ``amount`` dollars or what was quoted, and there is no result. ``not-charged``: it
        never came about, and the next run may buy it. ``rebuy``: the next run buys it again; this one counts as billed
        unless it is known not to be. The money follows, unless it was settled when the job ended: the ledger is never
        rewritten. Of a disputed bill ``charged`` says what it came to, ``not-charged`` that the rest was taken back.
        """
        desk = self._desk
        job = self.job(job_id)
        if job.claimed is not None and decision != "rebuy":
            return self._resolve_dispute(job, job.claimed if amount is None else amount, decision)
        if job.state not in RESOLVABLE or not is_free(job, desk.clock.now()):
            why = f"is {job.state}" if job.state not in RESOLVABLE else "is being worked on by a running program"
            raise InputError(f"job {job.id[:8]} {why}: there is nothing to decide", hint="see film jobs")
        settled = job.billed if job.state not in OPEN else None
        billed = ZERO if decision == "not-charged" else job.quoted if job.billed is None else job.billed
        if decision == "charged" and amount is not None:
            billed = amount
        if settled is not None and decision != "rebuy" and billed != settled:
            raise InputError(
                f"job {job.id[:8]} is settled with {usd(settled)} already, and the ledger is never rewritten",
                hint=f"to buy it again: film jobs resolve {job.id[:8]} --rebuy",
            )
        if job.state in OPEN:
            desk.book_bill(job, Bill(billed))  # whatever it is: somebody has looked
        state = (_RESOLVED_SECOND if job.is_second else _RESOLVED)[decision]
        desk.journal.close(job.id, (job.state,), desk.clock.now(), state=state, billed=billed)
        in_book(desk.book, lambda book: book.end(job.id, state, billed, desk.clock.now(), error=job.error))
        return desk.journal.get(job.id) or job

    def job(self, job_id: str) -> Job:
        """The job whose id begins so; InputError where there is none, or more than one."""
        job = self._desk.journal.get(job_id)
        if job is None:
            raise InputError(f"no single job has the id {job_id!r}", hint="see film jobs")
        return job

    def _resolve_dispute(self, job: Job, amount: Decimal, decision: Decision) -> Job:
        """Book what a disputed bill came to beyond what is booked: the ledger only grows."""
        desk, booked = self._desk, job.billed or ZERO
        came_to = booked if decision == "not-charged" else amount
        if came_to > booked:
            desk.money.charge_unreserved(job, came_to - booked)
        billed = max(came_to, booked)
        desk.journal.close(job.id, (job.state,), desk.clock.now(), billed=billed, claimed=None)
        in_book(desk.book, lambda book: book.end(job.id, job.state, billed, desk.clock.now(), blob=job.blob_sha256))
        return desk.journal.get(job.id) or job

    # -- one purchase

    async def _run(self, purchase: Purchase) -> PurchaseResult:
        desk, call = self._desk, purchase.call
        job = await desk.db(desk.journal.look, call.key)
        if job is not None and job.state == "done" and call.again is True:
            purchase.passed_over = job.id  # this one, and none that comes about from now on
        while True:
            if job is not None:
                if (known := await self._known(purchase, job)) is not None:
                    return known
                if job.state in OPEN and job.owner != purchase.token and not is_free(job, desk.clock.now()):
                    if desk.stop():
                        raise Interrupted(
                            f"stopped while another process was making {call.title}", hint="run again to resume"
                        )
                    await desk.clock.sleep(WATCH_SECONDS)
                    job = await desk.db(desk.journal.look, call.key)
                    continue
            try:
                async with desk.limits.slot(call.provider, call.order):
                    if (made := await self._make(purchase)) is not None:
                        return made
            except Fenced:
                log.debug("%s is somebody else's now", call.title)
            job = await desk.db(desk.journal.look, call.key)

    async def _known(self, purchase: Purchase, job: Job) -> PurchaseResult | None:
        """What an earlier run has settled already; raises what it had come to."""
        call = purchase.call
        if job.state not in ("lost", "refused", "done"):
            return None
        if job.state == "done":
            if callable(call.again) and await self._desk.db(call.again, job):
                purchase.passed_over = job.id
            if purchase.passed_over == job.id:
                return None
        await self._use_reservation_of(purchase, job)
        name, resolve = call.provider.name, f"film jobs resolve {job.id[:8]} --rebuy"
        match job.state:
            case "lost":
                if made := await self._found_after_all(purchase, job):
                    return made
                raise PaidLost(
                    f"{call.title} was paid for and lost before: {job.error}",
                    hint=f"to buy it once more: {resolve}",
                    provider=name,
                    charged=True,
                )
            case "refused":
                raise ProviderRefused(
                    job.error,
                    hint=f"change the prompt, name another provider for this shot, or ask again: {resolve}",
                    provider=name,
                )
            case _:
                return PurchaseResult(generated=None, billed=job.billed, job_id=job.id, blob_sha256=job.blob_sha256)

    async def _found_after_all(self, purchase: Purchase, job: Job) -> PurchaseResult | None:
        """What was paid for and lost, if the vendor has it: looked for once by each run."""
        ticket = Ticket.model_validate(job.ticket) if job.ticket else await self._reconciler.find(purchase, job)
        generated = await self._collector.once(purchase.call, purchase.provider, ticket) if ticket else None
        if ticket is None or generated is None:
            return None
        self._desk.emit("fetched", purchase.call, job.id, "it was there after all")
        return PurchaseResult(generated=generated, billed=job.billed, job_id=job.id, vendor_id=ticket.job_id)

    async def _make(self, purchase: Purchase) -> PurchaseResult | None:
        """One pass along the line, from wherever the job stands; None to look again."""
        desk, call = self._desk, purchase.call
        purchase.job = await desk.db(desk.journal.take, call.key, purchase.token, desk.clock.now())
        fresh = purchase.job is None
        under_review = purchase.job is not None and purchase.job.state == "review"
        try:
            ticket = await (
                self._submitter.submit(purchase) if purchase.job is None else self._ticket(purchase, purchase.job)
            )
            job = purchase.job
            if ticket is None or job is None:
                return None
            generated, billed = await self._collector.collect(
                call,
                purchase.provider,
                ticket,
                fresh=fresh,
                on_progress=lambda progress: desk.emit("progress", call, job.id, progress=progress),
                **({"patience": 0.0} if under_review else {}),  # it was asked for long enough before
            )
        except Unclear as unclear:
            assert purchase.job is not None, "only a job on record can be polled"
            anothers = "it was ordered with another key; " * is_anothers(purchase.job.account, call.provider)
            why = f"{anothers}{call.provider.name} does not say how it stands: {unclear}"
            if not under_review and await self._reconciler.buy_again(purchase, purchase.job, why):
                return None
            await self._reconciler.ask_user(purchase, purchase.job, why)
            raise unknown(purchase.job, call.provider.name) from unclear
        except Ended as ended:
            assert purchase.job is not None, "only a job on record can end"
            if ended.answer_lost and await self._reconciler.buy_again(purchase, purchase.job, "the answer was lost"):
                return None
            raise await self._end(purchase, purchase.job, ended) from ended
        # The caller has a whole lease to store it; what was billed must outlive a crash while it does.
        await desk.db(desk.journal.hold, job, purchase.token, desk.clock.now(), billed=billed)
        self._brought[job.id] = purchase.token
        desk.emit("fetched", call, job.id)
        return PurchaseResult(generated=generated, billed=billed, job_id=job.id, vendor_id=ticket.job_id)

    async def _ticket(self, purchase: Purchase, job: Job) -> Ticket | None:
        """The ticket of an unfinished job; None when it has to be bought."""
        await self._use_reservation_of(purchase, job)
        if job.state == "submitted" or (job.state == "review" and job.ticket):
            self._desk.emit("resumed", purchase.call, job.id)
            return Ticket.model_validate(job.ticket)
        return await self._reconciler.reconcile(purchase, job)

    async def _end(self, purchase: Purchase, job: Job, ended: Ended) -> FilmError:
        """Settle a job that came to nothing as the vendor bills it; what it does not say counts as billed."""
        billed = job.quoted if ended.cost is None else ended.cost
        kind: EventKind = "lost" if ended.state == "lost" else "failed"
        await self._desk.end(purchase, job, ended.state, billed, str(ended.error), kind=kind)
        return ended.error

    # -- money

    def _close(self, reservation_id: str, total: Decimal) -> None:
        if total:
            self._desk.money.settle(reservation_id, total)
        else:
            self._desk.money.release(reservation_id)

    async def _use_reservation_of(self, purchase: Purchase, job: Job) -> None:
        """A job on record is paid from the reservation it was sent under; one made for this run is given back."""
        mine, its = purchase.call.reservation_id, job.reservation_id
        if mine and its and mine != its:
            await self._desk.db(self._desk.money.release, mine)
        if its:
            purchase.use(its)

    # -- leases

    async def _leave(self, purchase: Purchase) -> None:
        """Let others have the job, and give the money back if nothing was sent for it."""
        desk, reservation_id = self._desk, purchase.call.reservation_id
        await desk.db(desk.journal.let_go, purchase.token)
        if reservation_id is None:
            return
        total = await desk.db(self.comes_to, reservation_id)
        if total is not None:
            await desk.db(self._close, reservation_id, total)

    def _keep_alive(self) -> None:
        if self._heartbeat is None or self._heartbeat.done():
            self._heartbeat = asyncio.create_task(self._renew_leases())

    async def _renew_leases(self) -> None:
        desk = self._desk
        while self._working:
            await desk.clock.sleep(self._lease / 4)
            try:
                await desk.db(desk.journal.renew, tuple(self._working), desk.clock.now())
            except Exception:
                log.exception("the leases of running jobs could not be renewed")  # the next beat may do it
