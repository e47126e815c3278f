"""A thousand jobs outstanding at once: how punctual the polls are, what they cost, and what the journal adds.

answered/s, lateness, share of a core   1,000 jobs asked for every 2 s, through a vendor's adapter and the one HTTP
                                        client, from a server on loopback in another process
memory, lag of the event loop           500 clips in flight, each made of a picture of a megabyte
journal                                 a job bought through it, and by the provider's hand alone, on SQLite with
                                        full sync
"""

from __future__ import annotations

import asyncio
import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from statistics import quantiles

import numpy as np
from PIL import Image
from sqlalchemy import Engine

from benchmarks._bare import paid_call
from benchmarks._rehearsal import film_run
from benchmarks._script import Script
from benchmarks._studio import MEDIA, Studio, params_of, providers_of
from benchmarks.figure import Figure
from film.db.migrate import prepare
from film.db.session import make_engine
from film.hashing import asset_key
from film.jobs import Jobs, SystemClock
from film.jobs.checks import check_media
from film.models import AssetType, Generated
from film.planning.requests import RequestBuilder, generate
from film.providers.base import ProviderContext, Ticket, check_generated
from film.providers.fal.minimax import MinimaxVideoProvider
from film.providers.http import make_client

JOBS = 1000
EVERY = 2.0
SECONDS = 14.0
WARM_UP = 4.0
IN_FLIGHT = 500
EVERY_TICK = 0.005
JOURNALED = 200


def figures() -> list[Figure]:
    return [*_polls(), *in_flight(), *_journal()]


# -- polls


def _polls() -> list[Figure]:
    with _status_server() as url:
        answered, late, core = asyncio.run(_poll(url))
    return [
        Figure(f"polls answered, {JOBS:,} jobs every {EVERY:g} s", answered, "1/s", ">= 490"),
        Figure("how late the answer to a poll comes, p99", quantiles(late, n=100)[98] * 1000, "ms", "<= 250"),
        Figure("how late the answer to a poll comes, median", quantiles(late, n=2)[0] * 1000, "ms"),
        Figure("share of a core", core, "%", "<= 50"),
    ]


async def _poll(url: str) -> tuple[float, list[float], float]:
    loop = asyncio.get_running_loop()
    late: list[float] = []
    async with make_client() as http:
        context = ProviderContext(keys={"fal": "key"}, base_urls={"fal": url}, http=http)
        provider = MinimaxVideoProvider(context)
        begun = loop.time()
        counted_from, ends = begun + WARM_UP, begun + SECONDS

        async def watch(number: int) -> None:
            ticket = Ticket(job_id=str(number), urls={"status": f"{url}/fal-ai/minimax/requests/{number}/status"})
            due = begun + EVERY * number / JOBS
            while due < ends:
                await asyncio.sleep(due - loop.time())
                status = await provider.poll_status(ticket)
                assert status.state == "running"
                if counted_from <= due:
                    late.append(loop.time() - due)
                due += EVERY

        watching = [asyncio.create_task(watch(number)) for number in range(JOBS)]
        await asyncio.sleep(counted_from - loop.time())
        work = time.process_time()
        await asyncio.sleep(ends - loop.time())
        work = time.process_time() - work
        await asyncio.gather(*watching)
    in_time = sum(1 for seconds in late if seconds <= EVERY)
    return in_time / (SECONDS - WARM_UP), late, 100 * work / (SECONDS - WARM_UP)


@contextmanager
def _status_server() -> Generator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks._status_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None and server.stdin is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.stdin.close()


# -- in flight


def in_flight() -> list[Figure]:
    """The most that a process of its own ever held, and how late its event loop came to what was due."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.polling"], capture_output=True, text=True, check=True, timeout=300
    )
    memory, late = done.stdout.split()
    return [
        Figure(f"memory at its most, {IN_FLIGHT} clips in flight", float(memory), "MiB", "<= 400"),
        Figure(f"lag of the event loop, p99, {IN_FLIGHT} clips in flight", float(late), "ms", "<= 100"),
    ]


async def fly() -> tuple[float, float]:
    """Order clips until all of them are in flight, then let them come in: this process's highest memory in MiB, and
    the lag of its event loop (p99, ms). The vendor's time passes thirty times as fast, and so come the polls."""
    noise = np.random.default_rng(1).integers(0, 256, (540, 660, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    length = {AssetType.IMAGE: 0.0, AssetType.VIDEO: 850.0, AssetType.AUDIO: 0.0}
    film = Script([length] * IN_FLIGHT, [5] * IN_FLIGHT)
    studio = Studio(
        film,
        IN_FLIGHT,
        SystemClock(speed=30),
        media={**MEDIA, AssetType.IMAGE: Generated(data=file.getvalue(), mime="")},
    )
    async with film_run(studio) as run:
        shots = run.params.shots
        picture = (await run.resolver.obtain(run.builder.image(shots[0]))).asset
        late: list[float] = []
        watch = asyncio.create_task(_watch(late))
        async with asyncio.TaskGroup() as clips:
            for shot in shots:
                clips.create_task(run.resolver.obtain(run.builder.video(shot, picture.sha256), picture=picture))
        watch.cancel()
    assert studio.most == IN_FLIGHT, f"only {studio.most} were in flight together"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return memory, quantiles(late, n=100)[98] * 1000


async def _watch(late: list[float]) -> None:
    """Write down how much later than asked for the loop wakes a sleeper, again and again."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY_TICK
        await asyncio.sleep(EVERY_TICK)
        late.append(loop.time() - due)


# -- the journal


def _journal() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/film.db")
        prepare(engine)
        with_it, without = asyncio.run(_buy(engine))
        engine.dispose()
    return [
        Figure("a job through the journal, alone", with_it * 1000, "ms"),
        Figure("of that, what the journal adds on SQLite with full sync", (with_it - without) * 1000, "ms"),
    ]


async def _buy(engine: Engine) -> tuple[float, float]:
    """Seconds a job takes with and without the journal, one after the other, where the vendor needs no time."""
    film = Script([dict.fromkeys(AssetType, 0.0)] * JOURNALED, [5] * JOURNALED)
    clock = SystemClock()
    params = params_of(film, 1)
    builder = RequestBuilder(params, providers_of(Studio(film, 1, clock), polled=False))
    asks = [builder.image(shot) for shot in params.shots]
    jobs = Jobs(engine, clock=clock)
    loop = asyncio.get_running_loop()
    times: list[float] = []
    for journaled in (True, False):
        begun = time.perf_counter()
        for ask in asks:
            if journaled:
                made = await jobs.run(paid_call(ask))
                await jobs.finish(made, asset_key(ask.request))
            else:
                plain = check_generated(await generate(ask), ask.provider.name)
                await loop.run_in_executor(None, check_media, plain, AssetType.IMAGE, "vendor")
        times.append((time.perf_counter() - begun) / JOURNALED)
    return times[0], times[1]


if __name__ == "__main__":
    sys.stdout.write("{:.1f} {:.1f}".format(*asyncio.run(fly())))
