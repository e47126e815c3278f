"""The local engine's figures: makespans on the virtual clock, a film of 10,000 shots, what a shot takes by itself."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

from benchmarks import polling
from benchmarks._rehearsal import film_run, rehearse
from benchmarks._script import MEAN, Script, script
from benchmarks._stocked import stock
from benchmarks._studio import Studio
from benchmarks.figure import Figure
from benchmarks.films import write_film
from film.jobs import SystemClock
from film.planning.params import film_params
from film.settings import load_settings

SHOTS = 1000
PLACES = (3, 16, 64)
SEEDS = range(2)
MIXED = {16: ">= 98", 64: ">= 94"}
LONG = 10_000
AT_ONCE = 100
"""Shots whose vendors take no time, for what the engine itself takes."""


def figures() -> list[Figure]:
    return [*makespans(), *long_film(), *polling.in_flight(), *overhead()]


def makespans() -> list[Figure]:
    """The share of a film's makespan that no schedule could do without; the description's stages on the same load."""
    found: list[Figure] = []
    for places in PLACES:
        equal, random = script("equal", SHOTS), [script("random", SHOTS, seed) for seed in SEEDS]
        mixed = [script("mixed", SHOTS, seed) for seed in SEEDS]
        where = f"local, {SHOTS:,} shots, {places} places"
        ours = [rehearse(film, places, order="makespan") for film in mixed]
        stages = [rehearse(film, places, design="stages") for film in mixed]
        found += [
            Figure(f"{where}: equal shots", rehearse(equal, places, polled=False).efficiency, "% of bound", ">= 99"),
            Figure(f"{where}: random", mean(rehearse(film, places).efficiency for film in random), "% of bound"),
            Figure(f"{where}: mixed, longest first", mean(r.efficiency for r in ours), "% of bound", MIXED.get(places)),
            Figure(f"{where}: mixed, stage by stage", mean(r.efficiency for r in stages), "% of bound"),
            Figure(f"{where}: mixed, longest first", mean(r.makespan for r in ours) / 60, "minutes"),
            Figure(f"{where}: mixed, stage by stage", mean(r.makespan for r in stages) / 60, "minutes"),
        ]
    return found


def long_film() -> list[Figure]:
    """10,000 shots that are all in the library, as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        gallery, shots = Path(folder) / "gallery", write_film(Path(folder) / "long.json", LONG)
        stock(film_params(shots, load_settings({}), tier="draft"), gallery)
        words = [sys.executable, "-m", "benchmarks._long_film", str(gallery), str(shots)]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
    steps = ("plan", "shoot", "record")
    return [
        *(Figure(f"{LONG:,} shots, all cached: {step}", found[step], "s") for step in steps),
        Figure(f"{LONG:,} shots, all cached: in all", sum(found[step] for step in steps), "s", "<= 60"),
        Figure(f"{LONG:,} shots, all cached: memory", found["memory"], "MiB", "<= 300"),
    ]


def overhead() -> list[Figure]:
    """What is left of a shot where vendors need no time."""
    began = time.perf_counter()
    rehearse(script("equal", SHOTS), 16)
    scheduling = (time.perf_counter() - began) / SHOTS
    took = asyncio.run(_at_once())
    return [
        Figure("local, overhead of a shot of three assets: everything", 1000 * took, "ms"),
        Figure("local, overhead of a shot: chains, limits and 20 polls alone", 1000 * scheduling, "ms"),
    ]


async def _at_once() -> float:
    """Seconds a shot takes where its jobs take none: SQLite with full sync, store, ledger, library, all media read."""
    film = Script([dict.fromkeys(MEAN, 0.0) for _ in range(AT_ONCE)], [5] * AT_ONCE)
    async with film_run(Studio(film, 16, SystemClock(speed=100))) as run:
        plan = await run.plan()
        began = time.perf_counter()
        shots = await run.shoot(plan)
        took = time.perf_counter() - began
    assert all(shot.complete for shot in shots)
    return took / AT_ONCE
