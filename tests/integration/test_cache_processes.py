"""Many processes on one gallery: each result is made once, and the work of a killed process is taken over.

The workers share nothing but the gallery and the database. Each notes what it begins to make, so that the notes of all
together say how often anything was paid for.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Engine

from film.cache import AssetCache, NewResult

WORKERS = """
import asyncio, os, random, sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from film.cache import AssetCache, NewResult
from film.db.session import engine_for

gallery, url, notes, pause, number, *keys = sys.argv[1:]
note = os.open(notes, os.O_WRONLY | os.O_APPEND)
is_ready, say_ready = os.pipe()
may_go, say_go = os.pipe()

async def want(cache, key, gate):
    async def make():
        os.write(note, f"{os.getpid()} {key}\\n".encode())
        await asyncio.sleep(float(pause))
        return NewResult("image/png", data=key.encode() * 100, cost=Decimal("0.003"))
    async with gate:
        asset, _ = await cache.obtain(key, kind="image", provider="fal", make=make)
    assert asset.path.read_bytes() == key.encode() * 100

async def work():
    random.Random(os.getpid()).shuffle(keys)
    gate = asyncio.Semaphore(4)
    with AssetCache(Path(gallery), engine=engine_for(url), lease=timedelta(hours=1)) as cache:
        os.write(say_ready, b".")
        os.close(say_go)
        os.read(may_go, 1)
        await asyncio.gather(*[want(cache, key, gate) for key in keys])

workers = []
for _ in range(int(number)):  # forked before any engine is open: the imports are paid for once
    workers.append(os.fork())
    if not workers[-1]:
        code = 1
        try:
            asyncio.run(work())
            code = 0
        finally:
            os._exit(code)
for _ in workers:
    os.read(is_ready, 1)
print(*workers, flush=True)
os.close(say_go)
print(*(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in workers), flush=True)
"""
"""Prints the workers' process ids when all are ready to begin, and how each ended when all have."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, and kills")


def keys_of(number: int) -> list[str]:
    return [hashlib.sha256(str(n).encode()).hexdigest() for n in range(number)]


class Crew:
    """Worker processes that begin at the same moment."""

    def __init__(self, number: int, gallery: Path, url: str, keys: Sequence[str], *, pause: float) -> None:
        self.notes = gallery.parent / "notes"
        self.notes.touch()
        command = [sys.executable, "-c", WORKERS, str(gallery), url, str(self.notes), str(pause), str(number), *keys]
        self._foreman = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self._is_over = False
        self.pids = self._numbers()

    def begun(self) -> list[tuple[int, str]]:
        lines = self.notes.read_text().splitlines()
        return [(int(pid), key) for pid, _, key in (line.partition(" ") for line in lines)]

    def end(self) -> dict[int, int]:
        """How each worker ended, by its process id, once all have."""
        codes = dict(zip(self.pids, self._numbers(), strict=True))
        self._is_over = True
        return codes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_over:
            os.killpg(self._foreman.pid, signal.SIGKILL)
        self._foreman.wait(timeout=300)
        assert self._foreman.stdout is not None
        self._foreman.stdout.close()

    def _numbers(self) -> list[int]:
        assert self._foreman.stdout is not None
        assert select.select([self._foreman.stdout], [], [], 120)[0], "the workers hang"
        return [int(number) for number in self._foreman.stdout.readline().split()]


def test_eight_processes_make_each_result_once(engine: Engine, database_url: str, tmp_path: Path) -> None:
    keys = keys_of(60)
    with Crew(8, tmp_path / "gallery", database_url, keys, pause=0.005) as crew:
        assert set(crew.end().values()) == {0}
    assert Counter(key for _, key in crew.begun()) == Counter(keys)
    with AssetCache(tmp_path / "gallery", engine=engine) as cache:
        stats = cache.get_cache_stats()
        assert (stats["hits"], stats["misses"], stats["total_assets"]) == (7 * 60, 60, 60)
        assert cache.verify().is_good


def test_the_work_of_killed_processes_is_taken_over(engine: Engine, database_url: str, tmp_path: Path) -> None:
    """At once: the leases that the killed leave behind would last for an hour."""
    keys, chance, kills = keys_of(40), random.Random(3), 3
    killed: list[int] = []
    with Crew(4, tmp_path / "gallery", database_url, keys, pause=0.2) as crew:
        while len(killed) < kills:
            busy = sorted({pid for pid, _ in crew.begun()[-12:]} - set(killed))
            if busy:
                killed.append(chance.choice(busy))
                os.kill(killed[-1], signal.SIGKILL)
            time.sleep(0.1)
        codes = crew.end()
    assert sorted(codes.values()) == [-signal.SIGKILL] * kills + [0]
    made = Counter(key for _, key in crew.begun())
    assert set(made) == set(keys)
    assert sum(made.values()) <= len(keys) + 4 * kills  # what was in the making, and nothing else
    print(f"{kills} kills / {len(keys)} results: lost 0, begun again {sum(made.values()) - len(keys)}")  # noqa: T201
    with AssetCache(tmp_path / "gallery", engine=engine) as cache:
        assert len(cache.get_many(keys)) == len(keys)
        assert cache.verify().is_good
        cache.collect()
        assert list((tmp_path / "gallery" / "tmp").iterdir()) == []


def test_without_locks_a_lease_that_is_over_is_taken_over(engine: Engine, tmp_path: Path) -> None:
    """As when the maker was on another machine: nothing is known of it but its lease."""

    async def make() -> NewResult:
        return NewResult("image/png", data=b"made")

    [key] = keys_of(1)
    with AssetCache(tmp_path / "gallery", engine=engine) as cache:
        lease = timedelta(seconds=0.3)
        assert cache.claim(key, owner="elsewhere", lease=lease, kind="image", provider="fal") == "mine"
        _, is_hit = asyncio.run(cache.obtain(key, kind="image", provider="fal", make=make))
        assert not is_hit
