"""What a cluster takes beside the local engine: makespans of the same films at the same vendor, the price of a call.

Real clock, the vendor's time shortened: a cluster's own work cannot be. Each film is made by both engines, one after
the other, in the product's own run: in this process, and in a coordinator that is ordered and followed as by
``film make``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks._rehearsal import perform
from benchmarks._script import MEAN, Script, lower_bound, script
from benchmarks._studio import Studio, params_of, providers_of
from benchmarks.figure import Figure
from film.cluster import Cluster
from film.db.session import engine_for
from film.jobs import SystemClock
from film.planning.record import write_film
from film.planning.services import Services, open_services
from film.production.engines.ray.coordinator import Coordinator
from film.production.engines.ray.driver import ClusterHandle, Following
from film.production.engines.ray.library import ClusterLibrary
from film.production.engines.ray.makeup import own_makeup, own_version
from film.production.engines.ray.order import Order
from film.production.events import Event, Events
from film.production.film_run import FilmRun
from film.production.stop import Stop
from film.settings import Settings

FILMS = ((3, 60, 40.0), (16, 96, 8.0), (64, 192, 2.0))
"""Places at the vendor, shots, how many times as fast as a vendor is: some two shots a second, whose own work is a
quarter of what one core does. Faster than that the films would measure how much one process can buy (see ``scaling``).
"""
AT_ONCE = 60
"""Shots whose vendors take no time, for what the engine itself takes."""
CALLS = 300


def figures() -> list[Figure]:
    if find_spec("ray") is None:
        return [Figure("Ray is not installed: pip install 'film-generation[ray]'", 0, "-")]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(gallery=Path(folder), database_url=f"sqlite:///{folder}/film.db")
        began = time.monotonic()
        with _Rehearsals(settings, print) as house:
            house.cluster()
            started = time.monotonic() - began
            asyncio.run(_makespan(house, _quick(8), 8, 100.0))  # modules are loaded, the database is made
            return [
                *_makespans(house),
                *_overhead(house),
                Figure("Ray, until a cluster of this machine is there", started, "s"),
            ]


def _makespans(house: ClusterHandle) -> list[Figure]:
    found: list[Figure] = []
    for places, shots, speed in FILMS:
        film = script("equal", shots)
        ours = perform(film, places, speed=speed).efficiency
        took = asyncio.run(_makespan(house, film, places, speed))
        theirs = 100 * lower_bound(film, places) / (speed * took)
        named = f"{shots} equal shots, {places} places, {speed:.0f} times as fast"
        found += [
            Figure(f"{named}, local", ours, "%"),
            Figure(f"{named}, Ray", theirs, "%"),
            Figure(f"{named}, Ray behind local", ours - theirs, "points", "<= 3"),
        ]
    return found


def _overhead(house: ClusterHandle) -> list[Figure]:
    film = _quick(AT_ONCE)
    ours = perform(film, 16, speed=100.0).makespan / 100.0
    took = asyncio.run(_makespan(house, film, 16, 100.0))
    return [
        Figure("local, overhead of a shot of three assets: everything", 1000 * ours / AT_ONCE, "ms"),
        Figure("Ray, overhead of a shot of three assets: everything", 1000 * took / AT_ONCE, "ms"),
        Figure("Ray, a piece of work on a node", 1000 * asyncio.run(_calls(house.cluster())), "ms"),
    ]


def _quick(shots: int) -> Script:
    return Script([dict.fromkeys(MEAN, 0.001) for _ in range(shots)], [5] * shots)


async def _makespan(house: ClusterHandle, film: Script, places: int, speed: float) -> float:
    """Seconds from the order to the last shot, as they are heard of."""
    last, done = 0.0, 0

    def watch(event: Event) -> None:
        nonlocal last, done
        if event.event == "shot_done":
            last, done = time.monotonic(), done + 1

    number = uuid.uuid4().hex
    params = params_of(film, places).model_copy(update={"film_id": f"film-{number}"})
    await asyncio.to_thread(write_film, engine_for(house.settings.database_url), params, "making")
    order = Order(
        run_id=number,
        version=own_version(),
        makeup=dict(own_makeup()),
        params=params,
        at_most=Decimal(0),
        spend_allowed=True,
        daily_budget=None,
        cache_salt=number,  # nothing that another film has bought is this one's
    )
    kept = house.coordinator()
    await house.cluster().ask(kept.rehearse.remote(number, film.lengths, film.durations, places, speed))
    began = time.monotonic()
    library = ClusterLibrary(open_services(house.settings), "driver", "this machine")
    outcome = await Following(house, order, library, Events(watch), Stop()).to_the_end()
    assert outcome.error is None, outcome.error
    assert done == len(film.lengths)
    return last - began


async def _calls(cluster: Cluster) -> float:
    """Seconds for a piece of work that is none, as many at once as there are cores."""
    await cluster.call(_nothing)
    began = time.monotonic()
    for _ in range(CALLS // cluster.cpus):
        await asyncio.gather(*(cluster.call(_nothing) for _ in range(cluster.cpus)))
    return (time.monotonic() - began) / CALLS


def _nothing(places: Mapping[Path, Path]) -> None:
    return


class RehearsalCoordinator(Coordinator):
    """One whose vendor is a studio, in the coordinator itself."""

    def __init__(self) -> None:
        super().__init__()
        self._studios: dict[str, Studio] = {}

    async def rehearse(
        self, run_id: str, lengths: Sequence[Any], durations: Sequence[int], places: int, speed: float
    ) -> None:
        """What the order of that run is to find."""
        self._studios[run_id] = Studio(Script(list(lengths), list(durations)), places, SystemClock(speed))

    def run_for(self, order: Order, services: Services, events: Events, stop: Stop) -> FilmRun:
        studio = self._studios[order.run_id]
        return FilmRun(order.params, services, events, stop, providers_of(studio, polled=True), clock=studio.clock)


class _Rehearsals(ClusterHandle):
    def coordinator(self) -> Any:
        return self.cluster().keep(RehearsalCoordinator, "rehearsal")
