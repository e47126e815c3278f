"""Sending a job: the intent is committed, the POST goes out once, its answer is committed; nothing comes between.

What provably made no job (a refused connection, "429, come back in 30 s", a missing key) is taken back, as if it had
never been tried. What the vendor declined is final. Everything else, a cut connection, a timeout, a 500, an exception
out of a plug-in, leaves the job ``unknown``, and it is for ``film.jobs.reconcile`` to find out.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from decimal import Decimal

from film.errors import (
    BadMedia,
    FilmError,
    Interrupted,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    StoreError,
)
from film.jobs.book import in_book
from film.jobs.calls import Job, State
from film.jobs.collect import Ended, cost_of
from film.jobs.desk import JournalContext, Purchase
from film.jobs.journal import Fenced
from film.jobs.origin import origin_of
from film.jobs.pace import backoff
from film.jobs.unbroken import unbroken
from film.providers.base import Ticket

log = logging.getLogger(__name__)

TRIES = 5
"""For a vendor that cannot be reached."""
PATIENCE = 900.0
"""Seconds for a vendor that says when to come back; then the submission is left to the next run."""
WATCH_SECONDS = 1.0
"""How often to look, in a pause, whether a stop was asked for."""


class Submitter:
    def __init__(self, desk: JournalContext) -> None:
        self._desk = desk

    async def submit(self, purchase: Purchase) -> Ticket | None:
        """Buy the purchase's asset; None when there is a job to look at instead: somebody else's, or an unknown one.

        Raises Interrupted, or what the account was closed for, before anything was sent.
        """
        call, limits = purchase.call, self._desk.limits
        begun = self._desk.clock.monotonic()
        attempt = 0
        while True:
            await self._until_allowed(purchase)
            async with limits.gate(call.provider, call.order):
                # Checked here and not before the queue: what waits in it must not be bought after a stop.
                if limits.paused(call.provider) > 0:
                    continue
                self._check(purchase)
                try:
                    return await unbroken(self._send(purchase))
                except ProviderUnavailable as error:
                    attempt += 1
                    waited = self._desk.clock.monotonic() - begun
                    if waited > PATIENCE or (error.retry_after is None and attempt >= TRIES):
                        raise
                    pause = limits.pause(call.provider, backoff(attempt, error.retry_after))
                    self._desk.emit("waiting", call, "", f"{error.message}; again in {pause:.0f} s")
                except (MissingKeyError, OutOfCredit) as error:
                    limits.close(call.provider, error)
                    raise

    async def _until_allowed(self, purchase: Purchase) -> None:
        self._check(purchase)
        while (left := self._desk.limits.paused(purchase.call.provider)) > 0:
            await self._desk.clock.sleep(min(left, WATCH_SECONDS))
            self._check(purchase)

    def _check(self, purchase: Purchase) -> None:
        self._desk.limits.check(purchase.call.provider)
        if self._desk.stop():
            raise Interrupted(f"stopped before {purchase.call.title} was bought", hint="run again to resume")

    async def _send(self, purchase: Purchase) -> Ticket | None:
        desk = self._desk
        picture = purchase.call.picture  # read before anything is written down: a file that is gone must leave no trace
        await self._set_aside(purchase)
        call = purchase.call
        job = await desk.db(
            desk.journal.intend,
            call,
            purchase.token,
            desk.clock.now(),
            passed_over=purchase.passed_over,
            account=origin_of(call.provider),
            clock=desk.clock.stamp(),
        )
        if job is None:
            return None
        purchase.job = job
        try:
            if desk.book:
                await desk.db(desk.book.order, job)
            if job.lease_until is None or desk.clock.now() >= job.lease_until:
                # This process slept between the commit and here: make sure that nobody has taken it for dead.
                await desk.db(desk.journal.hold, job, purchase.token, desk.clock.now())
            ticket = await purchase.provider.submit(call.config, image_url=picture)
        except Fenced:
            return None
        except OutcomeUnknown as error:
            return await self._unanswered(purchase, job, error)
        except (ProviderUnavailable, OutOfCredit, MissingKeyError):
            await self._take_back(purchase, job)
            raise
        except ProviderError as error:
            state: State = "refused" if isinstance(error, ProviderRefused) else "failed"
            if isinstance(error, BadMedia) and error.charged is not False:
                state = "lost"
            if state == "failed" and error.charged is None:
                return await self._unanswered(purchase, job, error)
            raise Ended(state, error, cost=cost_of(error)) from error
        except FilmError:
            await self._take_back(purchase, job)  # raised on purpose by what builds the request: nothing was sent
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the vendor may have the job
            return await self._unanswered(purchase, job, error)
        return await self._answered(purchase, job, ticket)

    async def _set_aside(self, purchase: Purchase) -> None:
        """No order without money of its own. Raises BudgetExceededError where a limit leaves none."""
        desk, call = self._desk, purchase.call
        if call.reservation_id is None and call.quoted:
            purchase.call = call = replace(call, reservation_id=await desk.set_aside(call))
        if call.reservation_id:
            # Before the intent: a job on record must never have a reservation that may still be let go.
            await desk.db(desk.money.mark_submitted, call.reservation_id)

    async def _answered(self, purchase: Purchase, job: Job, ticket: Ticket) -> Ticket | None:
        """Save the ticket: into the order book first, which neither a lock nor a full disk keeps from taking it."""
        desk, plain = self._desk, ticket.model_dump(mode="json")
        at = desk.clock.now()
        unwritten = await desk.db(in_book, desk.book, lambda book: book.ticket(job.id, plain, at))
        try:
            await desk.write(purchase, job, state="submitted", ticket=plain)
        except Fenced:
            if not await desk.db(desk.journal.rescue, job, purchase.token, plain, desk.clock.now()):
                return None
        except Exception as error:
            log.error("%s took %s as its job %s", call_name(purchase), purchase.call.title, ticket.job_id)
            if unwritten is None and desk.book is not None:
                raise StoreError(
                    f"the database did not take the answer to {purchase.call.title}, which is {ticket.job_id} at "
                    f"{call_name(purchase)}: {error}",
                    hint="the order book has it: once the database is back, run again, and it is fetched",
                ) from error
            raise StoreError(
                f"neither the database nor the order book took the answer to {purchase.call.title}, which is "
                f"{ticket.job_id} at {call_name(purchase)}: {error}",
                hint="write that id down; run again once the disk is well, and the order is put before you",
            ) from error
        self._desk.emit("submitted", purchase.call, job.id)
        return ticket

    async def _unanswered(self, purchase: Purchase, job: Job, error: Exception) -> None:
        await self._desk.write(purchase, job, state="unknown", error=_in_words(error))

    async def _take_back(self, purchase: Purchase, job: Job) -> None:
        desk = self._desk
        await desk.db(desk.journal.withdraw, job, purchase.token, desk.clock.now())
        await desk.note_end(job, "unsent", Decimal(0))
        purchase.job = None


def call_name(purchase: Purchase) -> str:
    return purchase.call.provider.name


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, FilmError) else f"{type(error).__name__}: {error}"
