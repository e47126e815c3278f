"""What the scheduler promises of a film, on the virtual clock: real chains, journal, ledger and store.

Vendors take half a minute for everything; a film of some shots takes minutes, and a test a second or two.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot

from film.errors import BudgetExceededError, Interrupted
from film.jobs.accounts import Accounts
from film.models import AssetType, Generated
from film.planning.params import FilmParams
from film.planning.requests import ProviderSet
from film.planning.results import CompletedShot
from film.planning.services import open_services, running_services
from film.production.events import Events
from film.production.film_run import FilmRun
from film.production.stop import Stop
from film.providers.base import BaseProvider
from film.settings import Settings
from film.testing import synthetic
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVendor, FakeVideoProvider
from film.testing.virtual_time import LoopClock, run_virtually

SECONDS = 30.0
PLACES = 3
PICTURE = Generated(data=synthetic.picture(64, 36, 1), mime="image/png")
CLIP = Generated(data=synthetic.clip(0.2, 64, 36, 1), mime="video/mp4")


class Pictures(FakeImageProvider):
    def media(self, seed: int) -> Generated:
        return PICTURE


class Clips(FakeVideoProvider):
    def media(self, seed: int) -> Generated:
        return CLIP


def vendor() -> FakeVendor:
    return FakeVendor(seconds=SECONDS, clock=lambda: asyncio.get_running_loop().time())


@dataclass
class Studio:
    """Films over one gallery and one account, each kind of asset made by a vendor of its own."""

    room: Room
    accounts: Accounts = field(default_factory=Accounts)
    vendors: dict[AssetType, FakeVendor] = field(default_factory=lambda: {kind: vendor() for kind in AssetType})

    @property
    def providers(self) -> dict[tuple[AssetType, str], BaseProvider]:
        makers = {AssetType.IMAGE: Pictures, AssetType.VIDEO: Clips, AssetType.AUDIO: FakeAudioProvider}
        return {(kind, "fake"): maker(vendor=self.vendors[kind]) for kind, maker in makers.items()}

    def film(self, shots: int, **options: Any) -> FilmParams:
        spoken = [shot(n, dialogue=f"line {n}" if n % 2 else None) for n in range(1, shots + 1)]
        return self.room.params(spoken, **{"concurrency": PLACES, **options})

    @asynccontextmanager
    async def run(self, params: FilmParams, stop: Stop | None = None, **options: Any) -> AsyncGenerator[FilmRun]:
        async with running_services(self.room.settings, online=False) as services:
            providers = ProviderSet(services.context, dict(self.providers))
            options = {"clock": LoopClock(), "accounts": self.accounts, **options}
            yield FilmRun(params, services, Events(), stop or Stop(), providers, **options)

    async def shoot(self, params: FilmParams, stop: Stop | None = None, **options: Any) -> list[CompletedShot]:
        async with self.run(params, stop, **options) as run:
            await run.recover()
            plan = await run.plan()
            await run.begin(plan)
            shots = await run.shoot(plan)
            await run.record(plan, shots)
            return shots

    def began(self, kind: AssetType) -> list[tuple[float, str]]:
        """When each job was accepted, and which."""
        return [(job.ready_at - SECONDS, job.id) for job in self.vendors[kind].jobs]

    def most_at_work(self, kind: AssetType) -> int:
        times = [at for at, _ in self.began(kind)]
        return max(sum(1 for other in times if other <= at < other + SECONDS) for at in times)

    @property
    def orders(self) -> int:
        return sum(vendor.posts for vendor in self.vendors.values())

    def states(self) -> set[str]:
        from sqlalchemy import text

        with open_services(self.room.settings).engine.connect() as db:
            return set(db.scalars(text("SELECT DISTINCT state FROM jobs")))

    def held(self) -> Decimal:
        from sqlalchemy import text

        with open_services(self.room.settings).engine.connect() as db:
            return Decimal(db.scalar(text("SELECT COALESCE(SUM(reserved_micros), 0) FROM budgets")) or 0)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    settings = Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path / 'film.db'}")
    return Studio(Room(settings, tmp_path))


def test_two_films_at_once_never_have_more_at_work_than_the_account_allows(studio: Studio):
    async def main() -> None:
        one, two = studio.film(9, film_id="one"), studio.film(9, film_id="two", size="160x128")
        shots = await asyncio.gather(studio.shoot(one), studio.shoot(two))
        assert all(shot.complete for film in shots for shot in film)

    run_virtually(main())
    for kind in (AssetType.IMAGE, AssetType.VIDEO):
        assert studio.most_at_work(kind) == PLACES, kind
        assert len(studio.vendors[kind].jobs) == 18


def test_a_shot_asked_for_in_person_goes_before_the_film_that_is_being_made(studio: Studio):
    async def main() -> tuple[float, list[CompletedShot]]:
        film = asyncio.create_task(studio.shoot(studio.film(14)))
        await asyncio.sleep(100)
        asked = asyncio.get_running_loop().time()
        person = studio.room.params([shot(900)], film_id="another")
        async with studio.run(person, in_person=True) as run:
            done = await run.single()
        assert done.complete
        took = asyncio.get_running_loop().time() - asked
        assert not film.done()
        return took, await film

    took, shots = run_virtually(main())
    assert took <= 2 * SECONDS + 2 * SECONDS + 15, "its own two jobs, and for each at most one that was under way"
    assert all(shot.complete for shot in shots), "and the film goes on"
    assert studio.most_at_work(AssetType.IMAGE) <= PLACES
    assert studio.most_at_work(AssetType.VIDEO) <= PLACES


def test_stopped_it_finishes_what_is_paid_and_buys_nothing_that_waits(studio: Studio):
    async def main() -> int:
        stop = Stop()
        film = asyncio.create_task(studio.shoot(studio.film(14), stop))
        await asyncio.sleep(100)
        stop.set()
        ordered = studio.orders
        with pytest.raises(Interrupted):
            await film
        return ordered

    ordered = run_virtually(main())
    assert studio.orders == ordered > 0
    assert studio.states() == {"done"}
    assert studio.held() == 0, "what was set aside for the rest is free again"
    shots = run_virtually(studio.shoot(studio.film(14)))
    assert all(shot.complete for shot in shots)
    assert sum(vendor.bought_twice() for vendor in studio.vendors.values()) == 0


@pytest.mark.parametrize("at", [0.5, 31.0, 100.0])
def test_cancelled_it_leaves_no_order_that_nobody_knows_of(studio: Studio, at: float):
    async def main() -> None:
        film = asyncio.create_task(studio.shoot(studio.film(10)))
        await asyncio.sleep(at)
        film.cancel()
        with pytest.raises(asyncio.CancelledError):
            await film
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(main())
    assert studio.states() <= {"submitted", "done"}, "neither intent nor unknown"
    shots = run_virtually(studio.shoot(studio.film(10)))
    assert all(shot.complete for shot in shots)
    assert sum(vendor.bought_twice() for vendor in studio.vendors.values()) == 0


def test_a_budget_that_ends_in_the_middle_leaves_whole_shots(studio: Studio):
    price = Decimal("0.05")
    spoken, silent = 3 * price, 2 * price
    params = studio.film(16, budget_limit=3 * spoken + 3 * silent + price)
    shots = run_virtually(studio.shoot(params))
    whole = [shot for shot in shots if shot.complete]
    assert [shot.shot_id for shot in whole] == [f"shot_{n:03d}" for n in range(1, 7)], "the first ones"
    assert all(isinstance(shot.error, BudgetExceededError) and not shot.assets for shot in shots[6:])
    assert studio.orders == 3 * 3 + 3 * 2
    assert studio.held() == 0
