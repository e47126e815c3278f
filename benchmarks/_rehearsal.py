"""A film's schedule without its cost: real chains, jobs, limits and polls over a vendor that only keeps a queue.

    lengths of shots ─► RequestBuilder, ShotChain ─► Jobs (Limits, Submitter …) ─► Studio: c places, then a line
                        planning, production         film.jobs                     what a vendor is to a schedule

On a virtual clock (``film.testing.virtual_time``) a film of a thousand shots takes seconds. The journal's rows are kept
in memory here and the store is left out: they cost time of this machine. ``perform`` has all of that in it, on the
machine's own clock.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

from benchmarks._bare import Buyer, MemoryJournal, NoCosts, OneLook
from benchmarks._script import Script, lower_bound
from benchmarks._studio import Studio, params_of, providers_of
from film.cache import CachedAsset
from film.cost_tracker import CostTracker
from film.jobs import Jobs, Limits, SystemClock
from film.models import AssetType, Quote, Shot
from film.planning.film_order import in_order
from film.planning.params import Order
from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
from film.planning.requests import RequestBuilder
from film.planning.services import running_services
from film.production.admission import shoot_all, window
from film.production.events import Event, Events, Listener
from film.production.film_run import FilmRun
from film.production.shot_chain import ShotChain
from film.production.stop import Stop
from film.recipe import CLIP, LINE, PICTURE
from film.settings import Settings
from film.testing.virtual_time import LoopClock, run_virtually

Performance = Literal["chains", "stages"]
Design = Literal["chains", "stages", "three"]
"""Ours; all pictures, then all clips, then all lines; three shots at a time, whatever they wait for."""


@dataclass(frozen=True)
class Rehearsed:
    """What came of it, in seconds of the vendor's time. ``first``: when the first shot was whole, by its own length."""

    makespan: float
    first: float
    polls: int
    jobs: int
    bound: float

    @property
    def efficiency(self) -> float:
        """The bound's share of the makespan, in percent."""
        return 100 * self.bound / self.makespan

    @property
    def polls_a_job(self) -> float:
        return self.polls / self.jobs


def rehearse(
    film: Script, places: int, *, design: Design = "chains", order: Order = "script", polled: bool = True
) -> Rehearsed:
    return run_virtually(_rehearse(film, places, design, order, polled))


async def _rehearse(film: Script, places: int, design: Design, order: Order, polled: bool) -> Rehearsed:
    clock = LoopClock()
    studio = Studio(film, places, clock)
    builder = RequestBuilder(params_of(film, places), providers_of(studio, polled))
    limits = Limits(default=places if design != "three" else len(film.lengths), clock=clock)
    buyer = Buyer(Jobs(MemoryJournal(), clock=clock, limits=limits, executor=OneLook()))
    plans = [_plan(builder, shot) for shot in builder.params.shots]
    finished: dict[int, float] = {}

    async def done(number: int, work: Awaitable[object]) -> None:
        await work
        finished[number] = clock.monotonic()

    match design:
        case "chains":
            chain = ShotChain(builder, buyer, cast(CostTracker, NoCosts()))

            async def shoot(place: float, plan: ShotPlan) -> None:
                await done(int(plan.shot.enhanced_prompt), chain.shoot(plan, place))

            await shoot_all(in_order(plans, order), shoot, at_once=window(places))
        case "stages":
            for kind in (AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO):
                async with asyncio.TaskGroup() as stage:
                    for number, plan in enumerate(plans):
                        if kind in plan.assets:
                            stage.create_task(done(number, buyer.obtain(plan.assets[kind].ask, order=number)))
        case "three":
            three = asyncio.Semaphore(3)

            async def whole(plan: ShotPlan) -> None:
                async with three:
                    for asset in plan.assets.values():
                        await buyer.obtain(asset.ask)

            async with asyncio.TaskGroup() as shots:
                for number, plan in enumerate(plans):
                    shots.create_task(done(number, whole(plan)))
    assert buyer.bought == sum(len(shot) for shot in film.lengths)
    return _outcome(film, studio, finished)


def _outcome(film: Script, studio: Studio, finished: Mapping[int, float]) -> Rehearsed:
    number = min(finished, key=finished.__getitem__)
    shot = film.lengths[number]
    own = max(shot[AssetType.IMAGE] + shot[AssetType.VIDEO], shot.get(AssetType.AUDIO, 0.0))
    return Rehearsed(
        makespan=max(finished.values()),
        first=finished[number] / own,
        polls=studio.polls,
        jobs=sum(len(shot) - (AssetType.AUDIO in shot) for shot in film.lengths),
        bound=lower_bound(film, studio.places),
    )


def perform(film: Script, places: int, *, speed: float, design: Performance = "chains") -> Rehearsed:
    """The same on the machine's clock, ``speed`` times as fast, and with nothing left out but the network.

    The run is the product's own: SQLite with full sync, store, ledger, library, probes of all media.
    """
    return asyncio.run(_perform(film, places, speed, design))


async def _perform(film: Script, places: int, speed: float, design: Performance) -> Rehearsed:
    finished: dict[int, float] = {}
    begun = 0.0

    def watch(event: Event) -> None:
        if event.event == ("shot_done" if design == "chains" else "step_done"):
            finished[int(str(event.facts["shot_id"]).removeprefix("shot_"))] = studio.clock.monotonic() - begun

    studio = Studio(film, places, SystemClock(speed))
    async with film_run(studio, watch) as run:
        plan = await run.plan()
        begun = studio.clock.monotonic()
        if design == "chains":
            shots = await run.shoot(plan)
            assert all(shot.complete for shot in shots)
        else:
            await _by_stages(run, plan)
    assert len(finished) == len(film.lengths)
    return _outcome(film, studio, finished)


@asynccontextmanager
async def film_run(studio: Studio, *listeners: Listener, database_url: str = "") -> AsyncGenerator[FilmRun]:
    """The product's run over the studio's film, with everything behind it in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(gallery=Path(folder), database_url=database_url or f"sqlite:///{folder}/film.db")
        async with running_services(settings, online=False) as services:
            params, providers = params_of(studio.film, studio.places), providers_of(studio, polled=True)
            yield FilmRun(params, services, Events(*listeners), Stop(), providers, clock=studio.clock)


async def _by_stages(run: FilmRun, plan: FilmPlan) -> None:
    """What the product's own parts come to when every stage waits for the one before it."""
    pictures: dict[str, CachedAsset] = {}

    async def obtain(number: int, shot: Shot, kind: AssetType) -> None:
        picture = pictures.get(shot.shot_id) if kind is AssetType.VIDEO else None
        ask = run.builder.video(shot, picture.sha256) if picture else plan.shots[number].assets[kind].ask
        made = await run.resolver.obtain(ask, order=number, picture=picture)
        if kind is AssetType.IMAGE:
            pictures[shot.shot_id] = made.asset

    for kind in (AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO):
        async with asyncio.TaskGroup() as stage:
            for number, shot in enumerate(plan.shots):
                if kind in shot.assets:
                    stage.create_task(obtain(number, shot.shot, kind))


_STEPS = {AssetType.IMAGE: PICTURE, AssetType.VIDEO: CLIP, AssetType.AUDIO: LINE}


def _plan(builder: RequestBuilder, shot: Shot) -> ShotPlan:
    asks = {
        AssetType.IMAGE: builder.image(shot),
        AssetType.VIDEO: builder.video_outlook(shot),
        AssetType.AUDIO: builder.audio(shot),
    }
    return ShotPlan(
        shot,
        {
            kind: PlannedAsset(ask, "new", "never made", Quote(amount=Decimal(0)), step=_STEPS[kind])
            for kind, ask in asks.items()
            if ask is not None
        },
    )
