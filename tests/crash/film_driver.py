"""A small program that makes films at simulated vendors, and a nursery that starts it often and cheaply.

Reads orders from standard input, a JSON line each; forks a child for each, tells its process number, waits for it and
tells how it ended. The child makes a film: every shot's picture, then its clip, its speech beside them, through the
journal (or, as the control, without one). ``die_at`` names a place where it kills itself, the ``die_on``-th time it
comes there; whoever ordered it may kill it at any other moment.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from film.cost_tracker import CostTracker, ReservationRequest
from film.db.migrate import prepare
from film.db.session import make_engine
from film.errors import FilmError
from film.hashing import asset_key, sha256_of
from film.jobs import Jobs, Limits, PaidCall, SystemClock
from film.models import AssetRequest, AssetType, Generated
from film.pipeline.money import JournalMoney
from film.providers.base import AudioConfig, BaseProvider, ImageConfig, JobProvider, ProviderContext, VideoConfig
from film.providers.http import make_client
from film.providers.registry import make_provider
from film.settings import load_settings

PLACES = (
    "before intent",
    "before post",
    "after post",
    "after ticket",
    "before fetch",
    "after fetch",
    "half a blob",
    "blob written",
    "blob stored",
    "after settle",
    "after done",
)
SPEED = 400.0


@dataclass(frozen=True)
class Order:
    folder: str
    film: str
    shots: int
    naive: bool = False
    die_at: str = ""
    die_on: int = 1


class Fuse:
    """Kills this process at its place, the n-th time."""

    def __init__(self, order: Order) -> None:
        self._place, self._left = order.die_at, order.die_on

    def __call__(self, place: str) -> None:
        if place == self._place:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Store:
    """Files by their hash, and a file a key that names one: written aside, synced, renamed."""

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self._folder, self._fuse = folder, fuse
        for part in ("blobs", "keys", "temporary"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    def find(self, key: str) -> str | None:
        name = self._folder / "keys" / key
        return name.read_text() if name.exists() else None

    def read(self, sha256: str) -> bytes:
        return (self._folder / "blobs" / sha256).read_bytes()

    def put(self, key: str, media: Generated) -> str:
        data = media.path.read_bytes() if media.path else media.data or b""
        sha256 = sha256_of(data)
        self._write(self._folder / "blobs" / sha256, data)
        self._write(self._folder / "keys" / key, sha256.encode())
        return sha256

    def _write(self, place: Path, data: bytes) -> None:
        aside = self._folder / "temporary" / f"{os.getpid()}-{place.name}"
        with aside.open("wb") as file:
            file.write(data[: len(data) // 2])
            self._fuse("half a blob")
            file.write(data[len(data) // 2 :])
            file.flush()
            os.fsync(file.fileno())
        self._fuse("blob written")
        aside.rename(place)


class Buyer(Protocol):
    async def buy(self, call: PaidCall) -> None: ...


class JournaledBuyer:
    def __init__(self, jobs: Jobs, store: Store, costs: CostTracker) -> None:
        self._jobs, self._store, self._costs = jobs, store, costs

    async def buy(self, call: PaidCall) -> None:
        reserved = ReservationRequest(idem=call.key, amount=call.quoted, shot_id=call.shot_id, key=call.key)
        (reservation,) = await asyncio.to_thread(self._costs.reserve, [reserved])
        made = await self._jobs.run(PaidCall(**{**call.__dict__, "reservation_id": reservation.id}))
        assert made.generated is not None
        await self._jobs.finish(made, self._store.put(call.key, made.generated))


class NaiveBuyer:
    """Remembers what it has finished, and nothing else."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def buy(self, call: PaidCall) -> None:
        assert isinstance(call.provider, JobProvider)
        ticket = await call.provider.submit(call.config, image_url=call.image_url)
        made = ticket.result
        while made is None:
            status = await call.provider.poll_status(ticket)
            if status.state == "done":
                made = await call.provider.fetch(ticket, status)
            await asyncio.sleep(0.005)
        self._store.put(call.key, made)


class FilmMaker:
    def __init__(self, order: Order, store: Store, buyer: Buyer, context: ProviderContext, fuse: Fuse) -> None:
        self._order, self._store, self._buyer, self._context, self._fuse = order, store, buyer, context, fuse

    async def make(self) -> list[str]:
        """Every shot its own chain; what could not be had, in words."""
        results = await asyncio.gather(*(self._shot(n) for n in range(self._order.shots)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, FilmError):
                raise result
        return [str(result) for result in results if isinstance(result, FilmError)]

    async def _shot(self, number: int) -> None:
        label = f"{self._order.film} shot {number}."
        image_vendor, audio_vendor = ("fal", "openai") if number % 2 else ("replicate", "elevenlabs")
        speech = asyncio.create_task(
            self._asset(AssetType.AUDIO, audio_vendor, number, AudioConfig(text=f"This is {label}"))
        )
        try:
            picture = await self._asset(
                AssetType.IMAGE, image_vendor, number, ImageConfig(prompt=label, width=128, height=72)
            )
            url = "data:image/png;base64," + base64.b64encode(self._store.read(picture)).decode()
            clip = VideoConfig(prompt=label, width=128, height=72)
            await self._asset(AssetType.VIDEO, "minimax", number, clip, url)
        finally:
            await asyncio.gather(speech, return_exceptions=True)
        speech.result()

    async def _asset(
        self, asset_type: AssetType, name: str, number: int, config: Any, image_url: str | None = None
    ) -> str:
        provider = make_provider(asset_type, name, self._context)
        arm(provider, self._fuse)
        request = AssetRequest(
            asset_type=asset_type,
            provider=name,
            model=provider.model_of(config),
            params=provider.request_params(config),
        )
        key = asset_key(request)
        if self._store.find(key) is None:
            call = PaidCall(
                key=key,
                film_id=self._order.film,
                shot_id=f"shot_{number}",
                request=request,
                provider=provider,
                config=config,
                image_url=image_url,
                quoted=provider.estimate_cost(config),
                order=number,
            )
            await self._buyer.buy(call)
            self._fuse("after done")
        stored = self._store.find(key)
        assert stored is not None
        return stored


def arm(provider: BaseProvider, fuse: Fuse) -> None:
    """Let the fuse burn around what the provider does."""
    around(provider, "submit", lambda: fuse("before post"), lambda: fuse("after post"))
    around(provider, "fetch", lambda: fuse("before fetch"), lambda: fuse("after fetch"))


def around(owner: Any, name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    original = getattr(owner, name)
    if asyncio.iscoroutinefunction(original):

        async def awaited(*arguments: Any, **options: Any) -> Any:
            before()
            result = await original(*arguments, **options)
            after()
            return result

        setattr(owner, name, awaited)
        return

    def called(*arguments: Any, **options: Any) -> Any:
        before()
        result = original(*arguments, **options)
        after()
        return result

    setattr(owner, name, called)


async def run(order: Order) -> list[str]:
    settings = load_settings()
    folder, fuse = Path(order.folder), Fuse(order)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder, fuse)
    keys = {account: secret.get_secret_value() for account, secret in settings.keys.items()}
    async with make_client() as http:
        context = ProviderContext(keys=keys, base_urls=settings.base_urls, http=http, scratch=folder)
        if order.naive:
            return await FilmMaker(order, store, NaiveBuyer(store), context, fuse).make()
        engine = make_engine(f"sqlite:///{folder / 'film.db'}")
        prepare(engine)
        costs = CostTracker(order.film, Decimal(100), engine=engine, settings=settings)
        money = JournalMoney(costs)
        clock = SystemClock(speed=SPEED)
        jobs = Jobs(engine, clock=clock, limits=Limits(clock=clock), money=money)
        journal = jobs._desk.journal  # pyright: ignore[reportPrivateUsage]
        nothing: Callable[[], None] = lambda: None  # noqa: E731
        around(journal, "intend", lambda: fuse("before intent"), nothing)
        around(journal, "write", nothing, lambda: fuse("after ticket"))
        around(money, "settle", nothing, lambda: fuse("after settle"))
        around(store, "put", nothing, lambda: fuse("blob stored"))
        await jobs.finish_stored(lambda job: store.find(job.key), order.film)
        return await FilmMaker(order, store, JournaledBuyer(jobs, store, costs), context, fuse).make()


def child(order: Order) -> None:
    try:
        troubles = asyncio.run(run(order))
        Path(order.folder, "troubles.json").write_text(json.dumps(troubles))
        code = 0
    except BaseException:  # noqa: BLE001  # whatever it was, the test wants to read it
        Path(order.folder, "crash.txt").write_text(traceback.format_exc())
        code = 1
    os._exit(code)


def nursery() -> None:
    for line in sys.stdin:
        order = Order(**json.loads(line))
        pid = os.fork()
        if pid == 0:
            child(order)
        say(pid)
        _, status = os.waitpid(pid, 0)
        say(os.waitstatus_to_exitcode(status))


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Everything is imported once; a child costs a fork, and a kill costs a child.
    from film.providers import elevenlabs, fal, minimax, openai_speech, replicate  # noqa: F401  # pyright: ignore[reportUnusedImport]

    nursery()
