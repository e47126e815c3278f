"""Shots begin when their provider comes near to them, in their order; each leaves the door when its picture is made."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from planned import Quick, planned

from animatic.provider import DraftImageProvider
from film.cost_tracker import CostTracker
from film.errors import Interrupted
from film.models import AssetType, Shot
from film.planning.plan import ShotPlan
from film.planning.requests import PlannedRequest, RequestBuilder
from film.planning.results import ShotAsset
from film.production.asset_resolver import AssetResolver
from film.production.shot_chain import LOOKAHEAD, ShotChain
from film.production.stop import Stop
from film.recipe import CLIP, Step
from film.testing.doubles import FakeImageProvider

CONCURRENCY = 2


class Till:
    """Obtains nothing before it is told to."""

    def __init__(self) -> None:
        self.open = {kind: asyncio.Semaphore(0) for kind in AssetType}
        self.asked: dict[AssetType, list[str]] = {kind: [] for kind in AssetType}
        self.stop = Stop()
        self.events = SimpleNamespace(emit=lambda *_args, **_facts: None)

    async def obtain(self, ask: PlannedRequest, **_options: Any) -> ShotAsset:
        self.asked[ask.asset_type].append(ask.shot.shot_id)
        await self.open[ask.asset_type].acquire()
        return ShotAsset(
            ask.request, "key", cast(Any, SimpleNamespace(sha256="", details={"reading": ""})), reused=False
        )


def chain_over(till: Till) -> ShotChain:
    def ask(_step: Step, shot: Shot, *_made: Any) -> PlannedRequest:
        return planned(shot.shot_id, Quick()).ask

    builder = SimpleNamespace(params=SimpleNamespace(concurrency=CONCURRENCY), ask=ask)
    costs = SimpleNamespace()
    chain = ShotChain(cast(RequestBuilder, builder), cast(AssetResolver, till), cast(CostTracker, costs))
    chain._reserve = lambda plan, attempt: {}
    return chain


def shots(number: int, provider: Any) -> list[ShotPlan]:
    names = [f"shot_{n:02d}" for n in range(number)]
    return [
        ShotPlan(
            Shot(shot_id=name, enhanced_prompt=name),
            {AssetType.IMAGE: planned(name, provider), AssetType.VIDEO: replace(planned(name, Quick()), step=CLIP)},
        )
        for name in names
    ]


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0.001)


def test_only_so_many_begin_and_the_next_follow_in_order():
    async def main() -> None:
        till = Till()
        chain = chain_over(till)
        plans = shots(10, FakeImageProvider())
        running = [asyncio.create_task(chain.shoot(plan, place)) for place, plan in enumerate(plans)]
        await settle()
        assert till.asked[AssetType.IMAGE] == [f"shot_{n:02d}" for n in range(LOOKAHEAD * CONCURRENCY)]
        for _ in range(2):
            till.open[AssetType.IMAGE].release()
        await settle()
        assert till.asked[AssetType.VIDEO] == ["shot_00", "shot_01"]
        assert till.asked[AssetType.IMAGE][-2:] == ["shot_06", "shot_07"], "a made picture lets the next shot begin"
        for kind in (AssetType.IMAGE, AssetType.VIDEO):
            for _ in plans:
                till.open[kind].release()
        done = await asyncio.gather(*running)
        assert all(shot.complete for shot in done)

    asyncio.run(main())


def test_after_a_stop_no_shot_begins():
    async def main() -> None:
        till = Till()
        chain = chain_over(till)
        plans = shots(10, FakeImageProvider())
        running = [asyncio.create_task(chain.shoot(plan, place)) for place, plan in enumerate(plans)]
        await settle()
        till.stop.set()
        for kind in (AssetType.IMAGE, AssetType.VIDEO):
            for _ in plans:
                till.open[kind].release()
        done = await asyncio.gather(*running, return_exceptions=True)
        assert sum(isinstance(shot, Interrupted) for shot in done) == 10 - LOOKAHEAD * CONCURRENCY
        assert len(till.asked[AssetType.IMAGE]) == LOOKAHEAD * CONCURRENCY

    asyncio.run(main())


def test_work_on_this_machine_waits_for_its_cores_alone():
    async def main() -> None:
        till = Till()
        chain = chain_over(till)
        running = [asyncio.create_task(chain.shoot(plan, 0)) for plan in shots(10, DraftImageProvider())]
        await settle()
        assert len(till.asked[AssetType.IMAGE]) == 10
        for shot in running:
            shot.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    asyncio.run(main())
