"""However long a film: in order, so many at once, no line behind another, nothing begun after a failure."""

from __future__ import annotations

import asyncio
import random

import pytest
from planned import Quick, planned

from film.errors import StoreError
from film.models import AssetType, Shot
from film.planning.plan import ShotPlan
from film.production.admission import AHEAD, shoot_all, window
from film.production.shot_chain import LOOKAHEAD
from film.testing.doubles import FakeImageProvider
from film.testing.virtual_time import run_virtually


class Elsewhere(FakeImageProvider):
    name = "elsewhere"


def film(shots: int, *, elsewhere_from: int | None = None) -> list[ShotPlan]:
    plans: list[ShotPlan] = []
    for number in range(shots):
        name = f"shot_{number:05d}"
        pictures = Elsewhere() if elsewhere_from is not None and number >= elsewhere_from else FakeImageProvider()
        rows = {AssetType.IMAGE: planned(name, pictures), AssetType.VIDEO: planned(name, Quick())}
        plans.append(ShotPlan(Shot(shot_id=name, enhanced_prompt=name), rows))
    return plans


class Set:
    """Takes ten seconds or so for a shot."""

    def __init__(self, seconds: float = 10.0) -> None:
        self.seconds = seconds
        self.dice = random.Random(1)
        self.began: list[int] = []
        self.now = self.most = self.most_tasks = 0

    async def shoot(self, place: float, shot: ShotPlan) -> None:
        assert shot.shot.shot_id == f"shot_{int(place):05d}"
        self.began.append(int(place))
        self.now += 1
        self.most = max(self.most, self.now)
        if place % 100 == 0:
            self.most_tasks = max(self.most_tasks, len(asyncio.all_tasks()))
        await asyncio.sleep(self.seconds * self.dice.uniform(0.5, 1.5))
        self.now -= 1


def test_a_long_film_has_no_more_under_way_than_a_short_one():
    stage = Set()
    run_virtually(shoot_all(film(10_000), stage.shoot, at_once=64))
    assert stage.began == list(range(10_000)), "in order, all of them, once"
    assert stage.most == 64
    assert stage.most_tasks <= 64 + 2


def test_a_line_that_waits_holds_up_no_other():
    async def main() -> None:
        stage = Set()
        slow = asyncio.Event()

        async def shoot(place: float, shot: ShotPlan) -> None:
            await stage.shoot(place, shot)
            if place < 500:
                await slow.wait()
            elif place == 999:
                slow.set()

        await shoot_all(film(1000, elsewhere_from=500), shoot, at_once=10)
        assert sorted(stage.began) == list(range(1000))
        assert stage.began[:20] == [*range(10), *range(500, 510)], "the lowest place of those that have room"

    run_virtually(main())


def test_the_places_of_a_part_of_a_film_go_on_from_those_before_it():
    places: list[float] = []

    async def shoot(place: float, _shot: ShotPlan) -> None:
        places.append(place)

    asyncio.run(shoot_all(film(3), shoot, at_once=1, first=40))
    assert places == [40, 41, 42]


def test_what_is_not_a_shots_own_failure_ends_them_all_and_lets_none_in_any_more():
    stage = Set()

    async def shoot(place: float, shot: ShotPlan) -> None:
        await stage.shoot(place, shot)
        if place == 5:
            raise StoreError("the disk is gone")

    with pytest.raises(ExceptionGroup) as failure:
        run_virtually(shoot_all(film(1000), shoot, at_once=10))
    assert failure.group_contains(StoreError)
    assert len(stage.began) < 40


def test_cancelled_it_leaves_nobody_at_work():
    async def main() -> None:
        stage = Set()
        making = asyncio.create_task(shoot_all(film(1000), stage.shoot, at_once=10))
        await asyncio.sleep(100)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())


@pytest.mark.parametrize("concurrency", [1, 3, 16, 256, 1000])
def test_the_window_holds_all_who_are_before_at_and_behind_the_first_step(concurrency: int):
    assert window(concurrency) >= (LOOKAHEAD + 2) * concurrency
    assert window(1000) == AHEAD * 1000
