"""How many jobs may be under way, per provider, and when a provider may not be asked at all.

    slot(provider, order)   a place among its jobs in flight; free places go to the lowest order first (film order)
    gate(provider, order)   a place among its POSTs in flight: few, since those are what a crash leaves ambiguous, and
                            as far apart as the vendor's orders a minute ask for
    pause / unpaused        "429, Retry-After: 30" holds back every call to the account, not only the one that was told
    close / check           no credit, a rejected key: nothing more is sent to the account in this run

Slots and gates are counted per provider, pauses and closings per account: FLUX and Kling share FAL's credit but not a
queue. One ``Limits`` serves one run on one event loop; runs that are given the same ``Accounts`` share all but the
closings, and a run ``in_person`` goes first (``film.jobs.accounts``).

Where the vendor keeps a line of its own, a quarter more jobs are sent than may be at work: when one ends, the next
begins at once, and not only when a poll has noticed and another order has travelled.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from film.errors import FilmError
from film.jobs.accounts import Accounts, Pause, Places, Queue
from film.jobs.clock import Clock, SystemClock
from film.models import AssetType
from film.providers.base import BaseProvider, JobProvider

MAX_PAUSE = 120.0
"""Seconds: a vendor that asks for more is asked again after this."""
SPREAD = 5.0
"""Seconds over which those who waited out a pause set off again."""


class PriorityLimiter:
    """``places`` holders at once; who waits is let in by ``order``, then by arrival."""

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError(f"a limiter needs at least one place, not {places}")
        self._free = places
        self._arrivals = itertools.count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def place(self, order: float = 0.0) -> AsyncGenerator[None]:
        await self._enter(order)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, order: float) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (order, next(self._arrivals), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # Cancelled in the instant in which the place was handed over: hand it on.
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class SharedLimiter(PriorityLimiter):
    """A run's own line, by order, before the line of all runs: ``places`` are the run's unless others have them."""

    def __init__(self, places: int, shared: Places, *, in_person: bool = False) -> None:
        super().__init__(places)
        self._places = places
        self._shared = shared
        self._in_person = in_person

    @asynccontextmanager
    async def place(self, order: float = 0.0) -> AsyncGenerator[None]:
        async with super().place(order), self._shared.place(self._places, in_person=self._in_person):
            yield


class Limits:
    """The limits of a run. ``concurrency`` overrides a provider's own number of jobs, by its name."""

    def __init__(
        self,
        concurrency: Mapping[str, int] | None = None,
        *,
        default: int | None = None,
        posts_in_flight: int = 4,
        clock: Clock | None = None,
        accounts: Accounts | None = None,
        in_person: bool = False,
    ) -> None:
        self._concurrency = dict(concurrency or {})
        self._default = default
        self._posts_in_flight = posts_in_flight
        self._clock = clock or SystemClock()
        self._dice = random.Random()
        self._slots: dict[str, PriorityLimiter] = {}
        self._gates: dict[str, PriorityLimiter] = {}
        self._accounts = accounts or Accounts()
        self._in_person = in_person
        self._queues: dict[str, Queue] = {}
        self._pauses: dict[str, Pause] = {}
        self._closed: dict[str, FilmError] = {}

    @asynccontextmanager
    async def slot(self, provider: BaseProvider, order: float = 0.0) -> AsyncGenerator[None]:
        async with self._limiter(self._slots, provider, self._jobs_of(provider), self._queue(provider).jobs).place(
            order
        ):
            yield

    @asynccontextmanager
    async def gate(self, provider: BaseProvider, order: float = 0.0) -> AsyncGenerator[None]:
        posts, queue = self._posts_of(provider), self._queue(provider)
        async with self._limiter(self._gates, provider, posts, queue.orders).place(order):
            await self._its_turn(provider)
            yield

    def pause(self, provider: BaseProvider, seconds: float) -> float:
        """Ask nothing new of the account for ``seconds``, at most MAX_PAUSE; returns what it came to."""
        seconds = min(max(seconds, 0.0), MAX_PAUSE)
        pause = self._pause(provider)
        pause.until = max(pause.until, self._clock.monotonic() + seconds)
        return seconds

    def paused(self, provider: BaseProvider) -> float:
        """Seconds for which a pause still holds the account back."""
        return max(0.0, self._pause(provider).until - self._clock.monotonic())

    async def unpaused(self, provider: BaseProvider) -> None:
        """Wait until no pause holds the account back; who waited goes on a little apart from the others."""
        while (left := self.paused(provider)) > 0:
            await self._clock.sleep(left + min(left, SPREAD) * self._dice.random())

    def close(self, provider: BaseProvider, reason: FilmError) -> None:
        """Send nothing more to the account; ``reason`` is what every later job of it is told."""
        self._closed.setdefault(account_of(provider), reason)

    def check(self, provider: BaseProvider) -> None:
        """Raise what the account was closed for, if it was."""
        if reason := self._closed.get(account_of(provider)):
            raise reason

    async def _its_turn(self, provider: BaseProvider) -> None:
        """Wait as long as the vendor's orders a minute ask for."""
        if provider.orders_a_minute is None:
            return
        now = self._clock.monotonic()
        turn = self._queue(provider).turn(now, 60 / (provider.orders_a_minute * provider.simulated_speed))
        if turn > now:
            await self._clock.sleep(turn - now)

    def _jobs_of(self, provider: BaseProvider) -> int:
        at_work = self._concurrency.get(provider.name, self._default or provider.concurrency)
        in_line = -(-at_work // 4) if isinstance(provider, JobProvider) and provider.queues else 0
        return at_work + in_line

    def _posts_of(self, provider: BaseProvider) -> int:
        """Where the POST is the job, as many as there may be jobs.

        Clips of a vendor that has no list go out one by one: what a kill leaves ambiguous there is one clip at most.
        """
        if not isinstance(provider, JobProvider) or provider.answers_at_once:
            return self._jobs_of(provider)
        is_alone = provider.asset_type is AssetType.VIDEO and not provider.can_list
        return 1 if is_alone else self._posts_in_flight

    def _limiter(
        self, kept: dict[str, PriorityLimiter], provider: BaseProvider, places: int, shared: Places
    ) -> PriorityLimiter:
        name = _name_of(provider)
        if name not in kept:
            kept[name] = SharedLimiter(places, shared, in_person=self._in_person)
        return kept[name]

    def _queue(self, provider: BaseProvider) -> Queue:
        name = _name_of(provider)
        if name not in self._queues:
            self._queues[name] = self._accounts.queue(provider)
        return self._queues[name]

    def _pause(self, provider: BaseProvider) -> Pause:
        name = account_of(provider)
        if name not in self._pauses:
            self._pauses[name] = self._accounts.pause(provider)
        return self._pauses[name]


def _name_of(provider: BaseProvider) -> str:
    return f"{provider.asset_type}/{provider.name or type(provider).__name__}"


def account_of(provider: BaseProvider) -> str:
    return provider.account or provider.name or type(provider).__name__
