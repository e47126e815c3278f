"""Where ZenML's steps work: one run of a film, on one event loop, for all the steps that this process takes.

    make_film ── opens its run on its own loop ──┐
                                                 ├─► joined(name): any step, in any thread ─► FilmWorkshop.do(work)
    a step of a pipeline run by somebody else ───┘
       └── opens one on a thread of its own; the last step to leave closes it

Each step of ZenML has a thread of its own, and would have an event loop. Were each to open a run of its own, every
batch would have its own connections and leases, and its shots would stand in a line of their own: those of a late batch
would take the places of the film's first. So they meet here, and a batch only decides what is asked for together.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from film.db.base import now
from film.planning.params import FilmParams
from film.planning.plan import Consent
from film.planning.results import FilmResult
from film.production.events import Listener
from film.production.film_run import FilmRun, opened_run
from film.production.stop import Stop
from film.settings import Settings, load_settings

T = TypeVar("T")


@dataclass
class FilmWorkshop:
    """A run and the loop it lives on. ``result`` and ``failure`` are what its steps came to, for who opened it."""

    run: FilmRun
    loop: asyncio.AbstractEventLoop
    consent: Consent | None = None
    result: FilmResult | None = None
    failure: BaseException | None = None
    begun: datetime = field(default_factory=now)
    began: float = field(default_factory=time.monotonic)
    guests: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    thread: threading.Thread | None = None
    """The one that it lives on, where it has one of its own."""

    @cached_property
    def digest(self) -> str:
        return digest_of(self.run.params.model_dump_json())

    def do(self, work: Callable[[FilmRun], Coroutine[Any, Any, T]]) -> T:
        """Have it done on the run's loop, and wait for it here, in a step's thread."""
        doing = asyncio.run_coroutine_threadsafe(work(self.run), self.loop)
        try:
            return doing.result()
        except KeyboardInterrupt:
            self.run.stop.set()  # what is paid for is finished and kept
            with suppress(Exception):
                doing.result()
            raise
        except BaseException as error:
            self.failure = error
            raise

    def close(self) -> None:
        """Let the thread end, and wait for it: whoever comes next opens another."""
        if self.thread:
            self.loop.call_soon_threadsafe(self.closing.set)
            self.thread.join()


_open: dict[str, FilmWorkshop] = {}
_opening = threading.Lock()


def digest_of(params: str) -> str:
    """What an estimate is given for."""
    return hashlib.sha256(params.encode()).hexdigest()


@asynccontextmanager
async def opened(
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
) -> AsyncGenerator[FilmWorkshop]:
    """A workshop on the running loop."""
    async with opened_run(FilmRun, params, settings, listeners=listeners, stop=stop, providers=providers) as run:
        yield FilmWorkshop(run, asyncio.get_running_loop(), consent)


@contextmanager
def known_as(name: str, workshop: FilmWorkshop) -> Generator[None]:
    """Within it, steps that are told ``name`` work there."""
    with _opening:
        workshop.guests += 1  # who opened it: it is not for the last step to close it
        _open[name] = workshop
    try:
        yield
    finally:
        with _opening:
            del _open[name]


def at_work(name: str) -> FilmWorkshop | None:
    """The workshop of that name in this process, if there is one."""
    return _open.get(name)


@contextmanager
def joined(name: str, params: str) -> Generator[FilmWorkshop]:
    """The workshop of that name; without one in this process, a new one for the film that ``params`` tell as JSON."""
    with _opening:
        workshop = _open.get(name)
        if workshop is None:
            workshop = _open[name] = _hired(FilmParams.model_validate_json(params), load_settings())
        workshop.guests += 1
    try:
        yield workshop
    finally:
        with _opening:
            workshop.guests -= 1
            if is_last := not workshop.guests:
                del _open[name]
        if is_last:
            workshop.close()


def _hired(params: FilmParams, settings: Settings) -> FilmWorkshop:
    """A workshop on a thread of its own, open until it is closed."""
    ready: Future[FilmWorkshop] = Future()

    async def serve() -> None:
        async with opened(params, settings) as workshop:
            ready.set_result(workshop)
            await workshop.closing.wait()

    def live() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=live, name="film-workshop")
    thread.start()
    workshop = ready.result()
    workshop.thread = thread
    return workshop
