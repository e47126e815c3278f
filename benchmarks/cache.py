"""The cache: lookups, puts and plans, beside diskcache doing the same work.

A lookup of 1,000 results of 200 KB ends with what the next step takes: ours with the path of a file that is there,
what it cost and its facts; diskcache's ``get`` with the bytes. Beside it stand both cross checks: ours with the bytes
read too, and diskcache's file only opened (``read=True``), without its length, cost or facts. diskcache neither syncs
nor hashes what it writes, so the puts compare a durable store with one that is not. A plan looks up 3 keys for each of
10,000 shots, a third of which are not there.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, insert

from benchmarks._stocked import stock
from benchmarks.figure import Figure
from benchmarks.films import write_film
from film.cache import AssetCache
from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import Action, Blob
from film.planning.params import film_params
from film.settings import load_settings

RESULTS = 1_000
SIZE = 200_000
SHOTS = 10_000
ROUNDS = 5


def figures() -> list[Figure]:
    return [*_lookups_and_puts(), *_plan(), _opening(), *_film_plan()]


def _lookups_and_puts() -> list[Figure]:
    keys, data = _keys("result", RESULTS), os.urandom(SIZE)
    with tempfile.TemporaryDirectory() as folder, _open_cache(Path(folder)) as cache, _diskcache(Path(folder)) as other:

        def put(number: int) -> None:
            cache.put(
                keys[number],
                kind="image",
                provider="fal",
                mime="image/png",
                data=number.to_bytes(4) + data,
                cost=Decimal("0.003"),
                details={"width": 1280, "height": 720},
            )

        def put_other(number: int) -> None:
            other.set(keys[number], number.to_bytes(4) + data)

        def get() -> None:
            for key in keys:
                assert cache.get(key)

        def get_many() -> None:
            assert len(cache.get_many(keys)) == RESULTS

        def get_and_read() -> None:
            for key in keys:
                asset = cache.get(key)
                assert asset
                asset.path.read_bytes()

        def get_other() -> None:
            for key in keys:
                assert other.get(key)

        def open_other() -> None:
            for key in keys:
                with other.get(key, read=True):
                    pass

        ours = _rate(lambda: [put(n) for n in range(RESULTS)])
        theirs = _rate(lambda: [put_other(n) for n in range(RESULTS)])
        works = (get, get_many, get_and_read, get_other, open_other)
        rates: list[list[float]] = [[] for _ in works]
        for _ in range(ROUNDS):  # interleaved, so that a busy moment of the machine meets them all
            for work, its in zip(works, rates, strict=True):
                its.append(_rate(work))
        single, many, reading, their, opening = map(median, rates)
    return [
        Figure("warm get", single, "gets/s"),
        Figure("warm get_many", many, "gets/s"),
        Figure("warm get, bytes read too", reading, "gets/s"),
        Figure("warm get of diskcache", their, "gets/s"),
        Figure("warm get of diskcache, file only opened", opening, "gets/s"),
        Figure("warm get beside diskcache", single / their, "times", ">= 1.5"),
        Figure("warm get_many beside diskcache", many / their, "times", ">= 3"),
        Figure("put of 200 KB, hashed and synced", ours, "puts/s"),
        Figure("put of 200 KB by diskcache, neither", theirs, "puts/s"),
    ]


def _plan() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder))
        asked = _keys("asset", SHOTS * 3)
        _pretend(engine, Path(folder), asked[: SHOTS * 2])
        with AssetCache(Path(folder), engine=engine) as cache:
            took = [_seconds(lambda: cache.peek_many(asked)) for _ in range(ROUNDS)]
            gc.collect()
            tracemalloc.start()
            found = cache.peek_many(asked)
            memory, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert len(found) == SHOTS * 2
    return [
        Figure("plan of 10,000 shots: 30,000 lookups", median(took), "s", "<= 2"),
        Figure("what such a plan keeps in memory", memory / 2**20, "MiB", "<= 40"),
    ]


def _film_plan() -> list[Figure]:
    """``film plan`` of a film of 10,000 shots that are all there, as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        gallery = Path(folder) / "gallery"
        shots = write_film(Path(folder) / "long.json", SHOTS)
        stock(film_params(shots, load_settings({}), tier="draft"), gallery)
        command = [sys.executable, "-c", _MEASURED, "plan", str(shots), "--tier", "draft", "--json"]
        environment = {**os.environ, "FILM_GALLERY_DIR": str(gallery)}
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        seconds = time.perf_counter() - began
        reused = json.loads(done.stdout)["reused"]
        assert reused == SHOTS * 2 + SHOTS // 3, f"only {reused} were found"
        return [
            Figure(f"film plan of {SHOTS:,} shots, all reused", seconds, "s", "<= 10"),
            Figure("its peak memory", int(done.stderr.split()[-1]) / 1024, "MiB", "<= 300"),
        ]


_MEASURED = """
import resource, sys
from film.cli.main import film
film.main(sys.argv[1:], standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def _opening() -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(Path(folder))
        times = [_seconds(lambda: AssetCache(Path(folder), engine=engine).peek_many(["0" * 64])) for _ in range(20)]
    return Figure("opening a cache and one lookup", median(times) * 1000, "ms", "<= 5")


def _pretend(engine: Engine, gallery: Path, keys: list[str]) -> None:
    """Rows and files of results, written without a commit and a sync for each."""
    for key in keys:
        folder = gallery / "blobs" / "sha256" / key[:2] / key[2:4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(b"x")
    actions = [
        {
            "key": key,
            "kind": "image",
            "provider": "fal",
            "state": "ready",
            "blob_sha256": key,
            "cost_micros": Decimal("0.003"),
            "details": {"width": 1280, "height": 720, "frames": 120},
        }
        for key in keys
    ]
    with engine.begin() as db:
        db.execute(insert(Blob), [{"sha256": key, "size": 1, "mime": "image/png"} for key in keys])
        db.execute(insert(Action), actions)


def _keys(name: str, number: int) -> list[str]:
    return [hashlib.sha256(f"{name} {n}".encode()).hexdigest() for n in range(number)]


def _engine(folder: Path) -> Engine:
    engine = make_engine(f"sqlite:///{folder / 'film.db'}")
    prepare(engine)
    return engine


@contextmanager
def _open_cache(folder: Path) -> Generator[AssetCache]:
    with AssetCache(folder, engine=_engine(folder)) as cache:
        yield cache


@contextmanager
def _diskcache(folder: Path) -> Generator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import diskcache
    with diskcache.Cache(str(folder / "diskcache"), size_limit=2**40) as cache:
        yield cache


def _rate(work: Callable[[], object]) -> float:
    return RESULTS / _seconds(work)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
