"""One maker a key: of all tasks, threads and processes that want the same result, one makes it and the others wait.

    obtain ──► in the store? ──yes──────────────────────────────────────────► hit
                   │ no
               first in this process? ──no──► wait for the one who is ──────► hit (or its error)
                   │ yes
               claim the key ──another process has it──► look again, later ─► hit
                   │ mine
               make, while the lease is renewed ──► publish ────────────────► made

Paying twice for one thing is the fault this module exists against, so a claim is never left half known: database work
runs to its end in a thread even when the task that wanted it is cancelled, and a claim of a cancelled or failed maker
is given back before the error goes on. Waiters in the same process are told the maker's error. Those in others try
themselves: what failed there (no key, no credit) may well succeed here.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from contextvars import copy_context
from datetime import timedelta
from typing import TypeVar

from film.cache.actions import ActionTable
from film.cache.entry import CachedAsset, NewResult
from film.cache.results import ResultStore
from film.db.away import patiently
from film.db.base import now
from film.errors import StoreError

LEASE = timedelta(seconds=30)
SHORTEST_LOOK = 0.02
LONGEST_LOOK = 1.0
"""Seconds between two looks at what another process is making."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Flights:
    """The results being made in this process, and its way to become the maker of one."""

    def __init__(
        self,
        results: ResultStore,
        executor: Callable[[], Executor],
        lease: timedelta = LEASE,
    ) -> None:
        self._results, self._actions, self._locks = results, results.actions, results.locks
        self._executor = executor
        self._lease = lease
        self._keeper = LeaseKeeper(results.actions, lease)
        self._mutex = threading.Lock()
        self._making: dict[str, Future[CachedAsset | None]] = {}

    async def obtain(
        self, key: str, *, kind: str, provider: str, make: Callable[[], Awaitable[NewResult | None]], use_cache: bool
    ) -> tuple[CachedAsset, bool]:
        """The result of ``key`` and whether it was there already; see ``AssetCache.obtain``."""
        if not use_cache:
            made = await make()
            if made is None:
                return await self._finish(self._published, key), True
            return await self._finish(self._store, key, made, kind, provider, None), False
        while True:
            flight, is_first = self._join(key)
            if is_first:
                return await self._lead(flight, key, kind, provider, make)
            followed = await asyncio.wrap_future(flight)
            if followed is not None:  # else its maker was cancelled: one of us is next
                return followed, True

    def close(self) -> None:
        self._keeper.close()

    def _join(self, key: str) -> tuple[Future[CachedAsset | None], bool]:
        with self._mutex:
            flight = self._making.get(key)
            if flight is not None:
                return flight, False
            flight = self._making[key] = Future()
            flight.set_running_or_notify_cancel()  # so that a waiter who is cancelled does not cancel it for all
            return flight, True

    async def _lead(
        self,
        flight: Future[CachedAsset | None],
        key: str,
        kind: str,
        provider: str,
        make: Callable[[], Awaitable[NewResult | None]],
    ) -> tuple[CachedAsset, bool]:
        """Bring the result about for everyone in this process, or tell them why not."""
        try:
            asset, is_hit = await self._look_or_make(key, kind, provider, make)
        except Exception as error:
            self._land(key)
            flight.set_exception(error)
            raise
        except BaseException:
            self._land(key)
            flight.set_result(None)
            raise
        self._land(key)
        flight.set_result(asset)
        return asset, is_hit

    def _land(self, key: str) -> None:
        with self._mutex:
            del self._making[key]

    async def _look_or_make(
        self, key: str, kind: str, provider: str, make: Callable[[], Awaitable[NewResult | None]]
    ) -> tuple[CachedAsset, bool]:
        owner = f"{self._locks.token}-{uuid.uuid4().hex[:16]}"
        is_mine = False
        pause = SHORTEST_LOOK
        try:
            while True:
                asset, is_mine = await self._finish(self._look_or_claim, key, owner, kind, provider)
                if asset:
                    return asset, True
                if is_mine:
                    made = await make()
                    if made is not None:
                        return await self._finish(self._store, key, made, kind, provider, owner), False
                    return await self._finish(self._published, key), True
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_LOOK)
        except BaseException:  # also when cancelled between claiming and hearing of it
            await self._finish(self._actions.release, key, owner)
            raise
        finally:
            self._keeper.drop(key)

    def _look_or_claim(self, key: str, owner: str, kind: str, provider: str) -> tuple[CachedAsset | None, bool]:
        """One try: the result, or a claim on it, or neither while another makes it."""
        asset = self._results.find_whole(key)
        if asset:
            return asset, False
        held = self._actions.standing(key)
        dead = None
        if held and held.state == "pending" and held.owner == owner:  # ours, from a try whose commit was not confirmed
            self._keeper.hold(key, owner)
            return None, True
        if held and held.state == "pending":
            is_over = held.lease_until is None or held.lease_until < now()
            if not is_over and not self._locks.is_dead(held.owner.partition("-")[0]):
                return None, False
            dead = None if is_over else held.owner
        claim = self._actions.claim(key, owner=owner, lease=self._lease, kind=kind, provider=provider, dead=dead)
        if claim == "mine":
            self._keeper.hold(key, owner)
        return None, claim == "mine"

    def _published(self, key: str) -> CachedAsset:
        """What another has made of ``key``, as its maker here has learned."""
        asset = self._results.find_whole(key)
        if asset is None:
            raise StoreError(
                f"{key[:16]} was made by another run, and is not in the gallery any more",
                hint="run the same command again: it is made anew then",
            )
        return asset

    def _store(self, key: str, made: NewResult, kind: str, provider: str, owner: str | None) -> CachedAsset:
        return self._results.store(key, made, kind=kind, provider=provider, owner=owner)

    async def _finish(self, work: Callable[..., T], *args: object) -> T:
        """Run in a worker thread, to the end: a cancelled task still waits for what it began, then is cancelled."""
        here = copy_context()

        def patient() -> T:
            return here.run(lambda: patiently(work, *args))

        running = asyncio.get_running_loop().run_in_executor(self._executor(), patient)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            while not running.done():
                try:
                    await asyncio.wait([running])
                except asyncio.CancelledError:
                    continue
            if not running.cancelled() and (error := running.exception()):
                _log.debug("cancelled work also failed: %s", error)
            raise


class LeaseKeeper:
    """Renews this process's leases from a thread of its own, which a busy event loop cannot delay."""

    def __init__(self, actions: ActionTable, lease: timedelta) -> None:
        self._actions, self._lease = actions, lease
        self._held: dict[str, str] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def hold(self, key: str, owner: str) -> None:
        with self._changed:
            self._held[key] = owner
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="film-leases", daemon=True)
                self._thread.start()

    def drop(self, key: str) -> None:
        with self._changed:
            self._held.pop(key, None)

    def close(self) -> None:
        with self._changed:
            self._held.clear()
            self._changed.notify()
            thread = self._thread
        if thread:
            thread.join()

    def _run(self) -> None:
        """Ends when nothing was held for as long as a third of a lease."""
        while True:
            with self._changed:
                self._changed.wait(self._lease.total_seconds() / 3)
                if not self._held:
                    self._thread = None
                    return
                held = dict(self._held)
            try:
                self._actions.renew(held, self._lease)
            except Exception as error:  # noqa: BLE001  # whatever the database said, the next try may succeed
                _log.warning("the leases of %d results could not be renewed: %s", len(held), error)
