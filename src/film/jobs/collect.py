"""From a ticket to checked media: poll until the vendor says done, download, look at every byte of it.

All of this is free and may be repeated at will, so faults here are met with patience: six polls, five downloads. It
ends in one of four ways: with the media; with ``Ended``, when the vendor's own word ends the job; with ``Unclear``,
when it says nothing of it; or with an error after which the job stands as it stood, for the next run to ask again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import Executor
from decimal import Decimal

from film.errors import (
    BadMedia,
    FilmError,
    MissingKeyError,
    OutOfCredit,
    PaidLost,
    PollingNotSupported,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    StoreError,
)
from film.jobs.calls import PaidCall, State
from film.jobs.checks import check_media
from film.jobs.clock import Clock
from film.jobs.limits import Limits
from film.jobs.pace import PollPace, backoff
from film.models import Generated
from film.providers.base import JobProvider, JobStatus, Ticket

POLL_TRIES = 6
FETCH_TRIES = 5
BAD_TRIES = 4
"""Downloads that are whole and yet not the media: one, and three more."""
CANCEL_POLLS = 3
UNCLEAR_SECONDS = 120.0
"""How long a vendor is asked that does not say how a job stands: a 404, a gateway's page, an empty answer …"""
UNCLEAR_POLLS = 3
"""… and how often at least."""
LEAST_POLL = 0.05
"""Seconds between two polls of a simulated job, however fast its vendor's time passes."""

log = logging.getLogger(__name__)

OnProgress = Callable[[float | None], None]


class Ended(Exception):
    """A job came to nothing, for good. ``cost`` is what it took, None when the vendor did not say."""

    def __init__(self, state: State, error: FilmError, *, cost: Decimal | None, answer_lost: bool = False) -> None:
        super().__init__(str(error))
        self.state: State = state
        self.error, self.cost = error, cost
        self.answer_lost = answer_lost
        """The vendor answered at once and that answer went down with the program: it cannot be asked for again."""


class Unclear(Exception):
    """The vendor has not said for a while how the job stands, in any of its documented answers. Nothing is known."""


class Collector:
    def __init__(self, clock: Clock, limits: Limits, workers: Executor) -> None:
        self._clock = clock
        self._limits = limits
        self._workers = workers
        self._paces: dict[tuple[str, str], PollPace] = {}

    async def collect(
        self,
        call: PaidCall,
        provider: JobProvider,
        ticket: Ticket,
        *,
        fresh: bool,
        on_progress: OnProgress,
        patience: float = UNCLEAR_SECONDS,
    ) -> tuple[Generated, Decimal | None]:
        """The media of a submitted job, and what was billed.

        ``fresh`` says it was sent just now; ``patience`` is how many seconds to go on asking a vendor that says nothing
        of the job. Raises Ended, or Unclear.
        """
        if ticket.result is not None:
            try:
                made = await self._checked(call, ticket.result)
            except BadMedia as error:
                raise Ended("lost", error, cost=None) from error
            return made, made.cost
        status = await self._outcome(call, provider, ticket, fresh, on_progress, patience)
        made, status = await self._download(call, provider, ticket, status, on_progress)
        return made, made.cost if made.cost is not None else status.billed

    async def once(self, call: PaidCall, provider: JobProvider, ticket: Ticket) -> Generated | None:
        """The media of a job that was given up, if its vendor has it after all: one look, one download."""
        try:
            status = await provider.poll_status(ticket)
            if status.state != "done":
                return None
            return await self._checked(call, await provider.fetch(ticket, status))
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is as it was
            log.debug("%s has no %s: %s", provider.name, call.title, error)
            return None

    # -- polling

    async def _outcome(
        self,
        call: PaidCall,
        provider: JobProvider,
        ticket: Ticket,
        fresh: bool,
        on_progress: OnProgress,
        patience: float = UNCLEAR_SECONDS,
    ) -> JobStatus:
        """The status in which the job is done; raises Ended when it failed, Unclear when nobody says."""
        pace = self._pace(call, provider)
        begun = clear = self._clock.monotonic()
        unclear = 0
        wait = fresh  # a job of an earlier run may well be done: look at it at once
        while (elapsed := self._clock.monotonic() - begun) <= pace.deadline:
            if wait:
                await self._clock.sleep(pace.wait(elapsed))
            wait = True
            status = await self._ask(call, provider, ticket)
            if status.state in ("done", "failed"):
                if fresh:
                    pace.observed(self._clock.monotonic() - begun)
                return _done(call, status)
            if status.state != "unclear":
                clear, unclear = self._clock.monotonic(), 0
                on_progress(status.progress)
                continue
            unclear += 1
            if unclear >= UNCLEAR_POLLS and self._clock.monotonic() - clear > patience:
                raise Unclear(status.error or "its answers say nothing")
        return _done(call, await self._give_up(call, provider, ticket, pace, elapsed))

    async def _ask(self, call: PaidCall, provider: JobProvider, ticket: Ticket) -> JobStatus:
        """One poll, repeated while it fails."""
        for attempt in range(1, POLL_TRIES + 1):
            await self._limits.unpaused(call.provider)
            try:
                return await provider.poll_status(ticket)
            except PollingNotSupported as error:
                lost = _lost(call, "its answer came while the program was being stopped, and cannot be asked for again")
                raise Ended("lost", lost, cost=None, answer_lost=True) from error
            except PaidLost as error:
                raise Ended("lost", error, cost=None) from error
            except ProviderRefused as error:
                raise Ended("refused", error, cost=cost_of(error)) from error
            except (MissingKeyError, OutOfCredit) as error:
                self._limits.close(call.provider, error)
                raise
            except Exception as error:
                if attempt == POLL_TRIES:
                    raise _later(call, f"does not say how {call.title} stands", error) from error
                await self._patience(call, attempt, error)
        raise AssertionError("unreachable")

    async def _give_up(
        self, call: PaidCall, provider: JobProvider, ticket: Ticket, pace: PollPace, elapsed: float
    ) -> JobStatus:
        """Cancel a job that takes too long; what it costs stays reserved until the vendor says how it ended."""
        minutes = f"{elapsed / 60:.0f} minutes"
        try:
            free = await provider.cancel(ticket)
        except FilmError:
            free = False
        if free:
            error = ProviderError(
                f"{call.provider.name}: {call.title} was cancelled after {minutes} without a result; it is not charged",
                hint="run again, or choose another provider for this shot",
                provider=call.provider.name,
            )
            raise Ended("failed", error, cost=Decimal(0))
        for _ in range(CANCEL_POLLS):
            await self._clock.sleep(pace.floor)
            status = await self._ask(call, provider, ticket)
            if status.state in ("done", "failed"):
                return status
        raise ProviderUnavailable(
            f"{call.provider.name} still has {call.title} in its queue after {minutes}; it was asked to cancel",
            hint="run again later to fetch it; until then its price stays reserved (film jobs shows it)",
            provider=call.provider.name,
        )

    # -- downloading

    async def _download(
        self, call: PaidCall, provider: JobProvider, ticket: Ticket, status: JobStatus, on_progress: OnProgress
    ) -> tuple[Generated, JobStatus]:
        cuts = bad = 0
        asked_again = False
        while True:
            try:
                return await self._checked(call, await provider.fetch(ticket, status)), status
            except PaidLost as error:
                if asked_again:
                    raise Ended("lost", error, cost=status.billed) from error
                asked_again = True  # its address has expired: the vendor may have a fresh one
                status = await self._outcome(call, provider, ticket, fresh=False, on_progress=on_progress)
                continue
            except BadMedia as error:
                bad += 1
                if bad == BAD_TRIES:
                    error.charged = True
                    raise Ended("lost", error, cost=status.billed) from error
                fault: Exception = error
            except (MissingKeyError, OutOfCredit) as error:
                self._limits.close(call.provider, error)
                raise
            except StoreError:
                raise  # our own disk: the vendor keeps it meanwhile
            except ProviderUnavailable as error:
                fault = error
                cuts += 1
            except ProviderError as error:  # it is done and paid, whatever stands in the way of fetching it
                raise Ended("lost", error, cost=status.billed) from error
            except Exception as error:  # noqa: BLE001  # a plug-in's download may fail in any way of its own
                fault = error
                cuts += 1
            if cuts > FETCH_TRIES:
                raise _later(call, f"has {call.title} ready, but the download keeps failing", fault) from fault
            await self._patience(call, cuts + bad, fault)

    async def _checked(self, call: PaidCall, made: Generated) -> Generated:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, check_media, made, call.request.asset_type, call.provider.name)

    async def _patience(self, call: PaidCall, attempt: int, error: Exception) -> None:
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        if asked:
            self._limits.pause(call.provider, asked)
        await self._clock.sleep(backoff(attempt, asked))

    def _pace(self, call: PaidCall, provider: JobProvider) -> PollPace:
        name = (call.request.provider, call.request.model)
        if name not in self._paces:
            speed, dice = provider.simulated_speed, random.Random(str(name))
            floor = max(LEAST_POLL, provider.poll_seconds / speed) if speed > 1 else provider.poll_seconds
            self._paces[name] = PollPace(provider.usual_seconds / speed, floor, dice=dice)
        return self._paces[name]


def _done(call: PaidCall, status: JobStatus) -> JobStatus:
    if status.state == "done":
        return status
    name, words = call.provider.name, status.error or "the job failed, no reason given"
    cost = status.billed if status.billed is not None else (Decimal(0) if status.charged is False else None)
    if status.refused:
        refusal = ProviderRefused(
            f"{name} refused {call.title}: {words}",
            hint="change the prompt, or name another provider for this shot; it is not sent again by itself",
            provider=name,
            charged=status.charged,
        )
        raise Ended("refused", refusal, cost=cost)
    error = ProviderError(
        f"{name} failed at {call.title}: {words}",
        hint="run again to try once more, or name another provider for this shot",
        provider=name,
        charged=status.charged,
    )
    raise Ended("failed", error, cost=cost)


def cost_of(error: ProviderError) -> Decimal | None:
    """Nothing, where the vendor says that it charged nothing; else None: what it took is not known."""
    return Decimal(0) if error.charged is False else None


def _lost(call: PaidCall, why: str) -> PaidLost:
    return PaidLost(
        f"{call.provider.name}: {call.title} was paid for, but {why}",
        hint="see film jobs; to buy it once more: film jobs resolve <id> --rebuy",
        provider=call.provider.name,
        charged=True,
    )


def _later(call: PaidCall, what: str, error: Exception) -> ProviderUnavailable:
    return ProviderUnavailable(
        f"{call.provider.name} {what}: {error or type(error).__name__}",
        hint="run again later: it is paid for once and will be fetched then",
        provider=call.provider.name,
    )
