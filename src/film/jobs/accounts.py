"""What the runs of one process share at a vendor: the places for jobs under way, whichever run fills them.

A film in the making and a shot that somebody asks for meanwhile are two runs with limits of their own, and one account:

    a run's own line, by film order ─► the account's line: in person first, then whoever came first ─► a place

A place is handed on as soon as it falls free, to a waiter on any thread and event loop. Nothing that is under way is
ever interrupted: it is paid for. An account has as many places as the run that was allowed most of those which are
there now. Whoever asks in person goes before the films, but not for ever: after a few such turns the film that waits
longest has one.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakValueDictionary

from film.providers.base import BaseProvider

T = TypeVar("T")

PATIENCE = 8
"""Turns of those who asked in person, one after the other, that a film lets pass."""


@dataclass(eq=False)
class _Turn:
    """Somebody who waits. ``future`` belongs to the loop that it was made on."""

    future: asyncio.Future[None]
    had: bool = False
    gone: bool = False


@dataclass
class _Lines:
    in_person: deque[_Turn] = field(default_factory=deque[_Turn])
    films: deque[_Turn] = field(default_factory=deque[_Turn])
    passed: int = 0
    """Turns that went to the first line while somebody stood in the second."""

    def __bool__(self) -> bool:
        for line in (self.in_person, self.films):
            while line and line[0].gone:
                line.popleft()
        return bool(self.in_person or self.films)

    def next(self) -> _Turn:
        """Take the next turn; only where there is one."""
        if self.in_person and (not self.films or self.passed < PATIENCE):
            self.passed += bool(self.films)
            return self.in_person.popleft()
        self.passed = 0
        return self.films.popleft()


class Places:
    """The places of one kind of job at one account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._allowed: Counter[int] = Counter()
        """What each run that is in, or waits, may fill."""
        self._lines = _Lines()

    @asynccontextmanager
    async def place(self, allowed: int, *, in_person: bool = False) -> AsyncGenerator[None]:
        """A place, as soon as one is free. ``allowed`` is how many places the caller's run may fill."""
        turn = _Turn(asyncio.get_running_loop().create_future())
        with self._lock:
            self._allowed[allowed] += 1
            (self._lines.in_person if in_person else self._lines.films).append(turn)
            ready = self._hand_out()
        _wake(ready)
        try:
            if not turn.had:
                await turn.future
            yield
        finally:
            with self._lock:
                turn.gone = True
                self._taken -= turn.had
                self._allowed[allowed] -= 1
                self._allowed += Counter[int]()  # drops what has come to nothing
                ready = self._hand_out()
            _wake(ready)

    def _hand_out(self) -> list[_Turn]:
        places, ready = max(self._allowed, default=0), list[_Turn]()
        while self._taken < places and self._lines:
            turn = self._lines.next()
            if turn.gone or turn.future.get_loop().is_closed():
                continue
            turn.had = True
            self._taken += 1
            ready.append(turn)
        return ready


class Queue:
    """What the runs that ask one provider for one kind of asset share."""

    def __init__(self) -> None:
        self.jobs = Places()
        self.orders = Places()
        self._lock = threading.Lock()
        self._next_order = 0.0

    def turn(self, now: float, apart: float) -> float:
        """The moment from which an order may be sent, ``apart`` seconds after the one before it."""
        with self._lock:
            turn = max(now, self._next_order)
            self._next_order = turn + apart
            return turn


class Pause:
    """Until when nothing is asked of an account."""

    def __init__(self) -> None:
        self.until = 0.0


class Accounts:
    """What is shared, for as long as any run holds it: with the last one, what it had found out is forgotten.

    The same provider with another key, or at another address, is another account.
    """

    def __init__(self) -> None:
        self.forget()

    def queue(self, provider: BaseProvider) -> Queue:
        name = provider.name or type(provider).__name__
        return self._shared(Queue, provider.asset_type, name, *_whose(provider))

    def pause(self, provider: BaseProvider) -> Pause:
        return self._shared(Pause, provider.account or provider.name or type(provider).__name__, *_whose(provider))

    def cores(self) -> Places:
        """The cores of this machine."""
        return self._shared(Places)

    def forget(self) -> None:
        """As a forked child does: nothing of what is under way is its own."""
        self._lock = threading.Lock()
        self._kept: WeakValueDictionary[object, object] = WeakValueDictionary()

    def _shared(self, kind: type[T], *name: object) -> T:
        with self._lock:
            kept = self._kept.get((kind, *name))
            if not isinstance(kept, kind):
                self._kept[(kind, *name)] = kept = kind()
            return kept


THIS_PROCESS = Accounts()
if hasattr(os, "register_at_fork"):  # absent on Windows, which does not fork
    os.register_at_fork(after_in_child=THIS_PROCESS.forget)


def _whose(provider: BaseProvider) -> tuple[int, str]:
    """The key, unrecognisable, and the address."""
    return hash((provider.context.keys or {}).get(provider.account or "")), provider.base_url("")


def _wake(ready: list[_Turn]) -> None:
    """Tell those whose turn has come, each on its own loop."""
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:  # somebody who was dropped with his loop: what he held is handed on all the same
        here = None
    for turn in ready:
        loop = turn.future.get_loop()
        if loop is here:
            _come(turn.future)
        else:
            with suppress(RuntimeError):  # a loop that closes this very moment ends its waiters, who hand on theirs
                loop.call_soon_threadsafe(_come, turn.future)


def _come(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
