"""What ZenML takes beside the local engine: makespans of the same films at the same vendor, and the price of a step.

Real clock, the vendor's time shortened: ZenML's own work, and ours, cannot be, so its share is larger than in a film at
true speed. The films are shorter than a thousand shots, their batches smaller. Each film is made by both engines, one
after the other; the gate and the cut are left out of both.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks._rehearsal import film_run, perform
from benchmarks._script import Script, lower_bound, script
from benchmarks._studio import Studio
from benchmarks.figure import Figure
from film.jobs import SystemClock
from film.production.engines.zenml import house
from film.production.engines.zenml.workshop import FilmWorkshop, known_as
from film.production.events import Event
from film.settings import Settings

FILMS = ((3, 120, 60.0, 8), (16, 160, 20.0, 16), (64, 256, 5.0, 24))
"""Places at the vendor, shots, how many times as fast as a vendor is, shots in a batch: more batches than are under way
at once, as a film of a thousand shots has them."""
SINGLE = 24
"""Shots that are a step each, for the price of a step."""
AT_ONCE = 1000.0


def figures() -> list[Figure]:
    if find_spec("zenml") is None:
        return [Figure("ZenML is not installed: pip install 'film-generation[zenml]'", 0, "-")]
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("ZENML_CONFIG_PATH", folder)
        house.enter(Settings(gallery=Path(folder), database_url=f"sqlite:///{folder}/film.db"))
        _shoot(script("equal", 1), 3, AT_ONCE)  # its database is made, its modules are loaded
        found: list[Figure] = []
        for places, shots, speed, batch in FILMS:
            film = script("equal", shots)
            ours = perform(film, places, speed=speed).efficiency
            bound = lower_bound(film, places)
            theirs = 100 * bound / (speed * _shoot(film, places, speed, batch_size=batch)[1])
            named = f"{shots} equal shots, {places} places, {speed:.0f} times as fast"
            found += [
                Figure(f"{named}, local", ours, "%"),
                Figure(f"{named}, ZenML in batches of {batch}", theirs, "%"),
                Figure(f"{named}, ZenML behind local", ours - theirs, "points", "<= 5"),
            ]
        return [*found, *_price_of_a_step()]


def _price_of_a_step() -> list[Figure]:
    """What a film of single shots takes longer when each of them is a step, and until the first one is begun."""
    film = script("equal", SINGLE)
    until_begun, in_one = _shoot(film, SINGLE, AT_ONCE)
    _, single = _shoot(film, SINGLE, AT_ONCE, batch_size=1)
    each = 1000 * (single - in_one) / (SINGLE - 1)
    return [
        Figure("ZenML, a step", each, "ms"),
        Figure("ZenML, a shot's share of it in batches of 32", each / 32, "ms"),
        Figure("ZenML, until the gate is open", until_begun, "s"),
    ]


def _shoot(film: Script, places: int, speed: float, *, batch_size: int = 0) -> tuple[float, float]:
    """Seconds until the gate is open, and from there until the last shot is whole."""
    return asyncio.run(_shoot_all(film, places, speed, batch_size))


async def _shoot_all(film: Script, places: int, speed: float, batch_size: int) -> tuple[float, float]:
    began = time.monotonic()
    opened, last, done = 0.0, 0.0, 0

    def watch(event: Event) -> None:
        nonlocal opened, last, done
        if event.event == "film_started":
            opened = time.monotonic()
        if event.event == "shot_done":
            last, done = time.monotonic(), done + 1

    flows: Any = import_module("benchmarks._engine_zenml_flow")
    async with film_run(Studio(film, places, SystemClock(speed)), watch) as run:
        with known_as("measured", FilmWorkshop(run, asyncio.get_running_loop())):
            await asyncio.to_thread(flows.shots_flow.copy(), batch_size, "measured")
    assert done == len(film.lengths)
    return opened - began, last - opened
