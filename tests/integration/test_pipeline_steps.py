"""The steps one by one come to the same film as all of them at once, and repeating one buys nothing."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_room import Room, shot

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.errors import BudgetExceededError, Interrupted
from film.production import steps
from film.production.stop import Stop
from film.settings import Settings

TWO = [shot(1), shot(2, dialogue="Hello there.")]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def test_the_steps_make_the_film(room: Room) -> None:
    async def take() -> None:
        params = room.params(TWO)
        async with steps.open_run(params, room.settings, providers=room.providers) as run:
            plan = await steps.plan_film(run)
            assert plan.count("new") == 5
            await steps.check_budget(run, plan)
            shots = await steps.shoot(run, plan)
            assert room.vendor.posts == 5
            again = await steps.shoot(run, await steps.plan_film(run))
            assert room.vendor.posts == 5 and all(s.complete and not s.made for s in again)
            await steps.record(run, plan, shots)
            film = await steps.compose(run, shots)
            assert film.path.is_file() and film.cost_usd == 5 * room.vendor.price

    asyncio.run(take())
    assert room.make(TWO).unchanged and room.vendor.posts == 5
    assert verify_ledger(engine_for(room.settings.database_url)) == []


def test_shots_are_loaded_with_the_choices_of_a_run(room: Room) -> None:
    path = room.params(TWO).source
    assert path is not None
    params = asyncio.run(steps.load_shots(path, room.settings, tier="draft", film_id="attic"))
    assert (params.film_id, params.tier, len(params.shots)) == ("attic", "draft", 2)


def test_a_budget_and_a_stop_are_kept_between_steps(room: Room) -> None:
    async def take() -> None:
        stop = Stop()
        params = room.params(TWO, budget_limit=Decimal("0.01"))
        async with steps.open_run(params, room.settings, providers=room.providers, stop=stop) as run:
            plan = await steps.plan_film(run)
            with pytest.raises(BudgetExceededError):
                await steps.check_budget(run, plan)
            stop.set()
            shots = await steps.shoot(run, plan)
            with pytest.raises(Interrupted):
                await steps.record(run, plan, shots)

    asyncio.run(take())
    assert room.vendor.posts == 0
