"""A program of one picture, and a nursery that starts it so that every system call it makes can be struck.

Reads orders from standard input, a JSON line each; forks a child for each, tells its process number, waits for it and
tells how it ended. Everything is imported before the fork, so a child costs milliseconds and its first system call is
the purchase's own. An order that is ``held`` waits for SIGUSR1, to give a tracer time to attach.

The child goes the pipeline's way for one asset: close what an earlier run left open, reserve, obtain (claim, intent,
POST, poll, download, file, row, settlement), release what was not used. It does so in a single thread, where the n-th
call of a kind is one definite point: strace counts for each thread apart. The control buys with no journal.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from film.cost_tracker import CostTracker, ReservationRequest
from film.errors import FilmError
from film.hashing import asset_key
from film.jobs import Job, Jobs, Limits, SystemClock
from film.jobs.limits import PriorityLimiter
from film.models import AssetRequest, AssetType, Shot
from film.pipeline.events import Events
from film.pipeline.money import JournalMoney, release_unused
from film.pipeline.obtain import Obtainer
from film.pipeline.requests import Ask
from film.pipeline.services import Services, running_services
from film.pipeline.stop import Stop
from film.providers.base import ImageConfig, JobProvider
from film.providers.registry import make_provider
from film.providers.vendor import VendorProvider
from film.settings import Settings, load_settings

SPEED = 400.0
MODELS = {"fal": "fal-ai/flux/dev"}
"""Dear enough that what cannot be told is for the user to decide, and not simply bought again."""
BEGIN = signal.SIGUSR1
PR_SET_PTRACER = 0x59616D61
PR_SET_PTRACER_ANY = -1
T = TypeVar("T")


@dataclass(frozen=True)
class Order:
    folder: str
    film: str
    vendor: str
    naive: bool = False
    held: bool = False


class OneThread(asyncio.SelectorEventLoop):
    """An event loop that does a thread's work itself, in place."""

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the result
            future.set_exception(error)
        return future


class Program:
    def __init__(self, order: Order, services: Services) -> None:
        self._order, self._services = order, services
        shot = Shot(shot_id="shot_001", enhanced_prompt=order.film)
        provider = make_provider(AssetType.IMAGE, order.vendor, services.context)
        assert isinstance(provider, VendorProvider)
        provider.patience = replace(provider.patience, first_pause=0.001)
        config = ImageConfig(prompt=order.film, width=128, height=72, model=MODELS.get(order.vendor))
        request = AssetRequest(
            asset_type=AssetType.IMAGE,
            provider=order.vendor,
            model=provider.model_of(config),
            params=provider.request_params(config),
        )
        self._ask = Ask(shot, request, provider, config)

    async def make(self) -> None:
        services, ask, film = self._services, self._ask, self._order.film
        costs = CostTracker(film, Decimal(1), engine=services.engine, settings=services.settings)
        clock = SystemClock(speed=SPEED)
        limits, money = Limits(clock=clock), JournalMoney(costs)
        jobs = Jobs(services.engine, clock=clock, limits=limits, money=money, lease=60 * SPEED)

        def stored(job: Job) -> str | None:
            found = services.cache.peek_many([job.key]).get(job.key)
            return found.sha256 if found else None

        await jobs.finish_stored(stored)
        costs.recover(lambda reservation: jobs.comes_to(reservation.id))
        key = asset_key(ask.request)
        if services.cache.peek_many([key]):
            return
        quote = ask.provider.estimate_cost(ask.config)
        (reservation,) = costs.reserve([ReservationRequest(idem=str(uuid4()), amount=quote)])
        try:
            obtainer = Obtainer(film, services, costs, jobs, PriorityLimiter(1), Events(), Stop())
            await obtainer.obtain(ask, reservation=reservation)
        finally:
            release_unused(costs, reservation)

    async def make_naively(self) -> None:
        """Remembers what it has finished, and nothing else."""
        cache, provider = self._services.cache, self._ask.provider
        assert isinstance(provider, JobProvider)
        key = asset_key(self._ask.request)
        if cache.peek_many([key]):
            return
        ticket = await provider.submit(self._ask.config)
        while (status := await provider.poll_status(ticket)).state != "done":
            await asyncio.sleep(0.005)
        made = await provider.fetch(ticket, status)
        cache.put(key, kind="image", provider=provider.name, mime="image/png", data=made.data, path=made.path)


async def run(order: Order, settings: Settings) -> None:
    async with running_services(settings, online=True) as services:
        program = Program(order, services)
        await (program.make_naively() if order.naive else program.make())


def child(order: Order) -> None:
    """0: made; 3: it says that it could not, in ``trouble.txt``; 1: it fell over, in ``crash.txt``."""
    folder = Path(order.folder)
    if order.held:
        signal.sigwait({BEGIN})
    try:
        settings = load_settings({**os.environ, "FILM_GALLERY_DIR": order.folder}, folder=folder)
        with asyncio.Runner(loop_factory=OneThread) as runner:
            runner.run(run(order, settings))
        os._exit(0)
    except FilmError as error:
        leave(folder / "trouble.txt", f"{type(error).__name__}: {error}\n{error.hint}\n")
        os._exit(3)
    except BaseException:  # noqa: BLE001  # whatever it was, the test wants to read it
        leave(folder / "crash.txt", traceback.format_exc())
        os._exit(1)


def leave(note: Path, text: str) -> None:
    with suppress(OSError):  # the disk may be what it is about
        note.write_text(text)


def import_like_a_child(line: str) -> None:
    """Import what a whole run imports on its way: the modules that the first child had at its end."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        order = Order(**json.loads(line))
        settings = load_settings({**os.environ, "FILM_GALLERY_DIR": order.folder})
        with asyncio.Runner(loop_factory=OneThread) as runner:
            runner.run(run(order, settings))
        os.write(writer, " ".join(sys.modules).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as loaded:
        for name in loaded.read().split():
            if name not in sys.modules:
                import_module(name)
    os.wait()


def nursery() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {BEGIN})  # from here on, so that it cannot come too early
    import_like_a_child(sys.stdin.readline())
    say(0)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            # Kernels that let only ancestors trace are told that anybody may.
            ctypes.CDLL(None).prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0)
            child(order)
        say(pid)
        _, status = os.waitpid(pid, 0)
        say(os.waitstatus_to_exitcode(status))


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    nursery()
