"""Between the purchase and the store: what came back is kept and settled, whatever becomes of who asked for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.errors import StoreError
from film.production import steps
from film.production.events import Event
from film.production.film_run import FilmRun
from film.settings import Settings

SPOKEN = [shot(1, dialogue="Who is there?")]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def is_news(event: Event, kind: str) -> bool:
    return event.event == "job" and event.facts["kind"] == kind


@pytest.mark.parametrize("kind", ["image", "audio"])
def test_who_is_cancelled_after_a_purchase_is_cancelled_when_it_is_stored(room: Room, kind: str) -> None:
    shooting: asyncio.Task[Any] | None = None

    def strike(event: Event) -> None:
        if is_news(event, "fetched") and event.facts["step"] == kind:
            assert shooting is not None
            shooting.cancel()

    async def take() -> None:
        nonlocal shooting
        params = room.params(SPOKEN)
        async with steps.open_run(params, room.settings, providers=room.providers, listeners=[strike]) as run:
            shooting = asyncio.create_task(steps.shoot(run, await steps.plan_film(run)))
            with pytest.raises(asyncio.CancelledError):
                await shooting
            bought = [job for job in run.jobs.list_jobs() if job.asset_type == kind]
            assert [job.state for job in bought] == ["done"]
            assert run.services.cache.peek_many([job.key for job in bought]).keys() == {job.key for job in bought}

    asyncio.run(take())
    posts = room.vendor.posts
    film = room.make(SPOKEN)
    assert film.failed == () and room.vendor.posts == 3 and posts < 3
    assert verify_ledger(engine_for(room.settings.database_url)) == []


def test_what_could_not_be_stored_is_fetched_again_at_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    one = [shot(1)]

    async def take() -> None:
        params = room.params(one)
        async with steps.open_run(params, room.settings, providers=room.providers) as run:
            assert await first_try(run) == {"StoreError"}
            (job,) = run.jobs.list_jobs()
            assert (job.state, job.owner) == ("submitted", None), "whoever comes next need not wait for a lease"
            (done,) = await steps.shoot(run, await steps.plan_film(run))
            assert done.complete

    async def first_try(run: FilmRun) -> set[str]:
        def full(*_: Any, **__: Any) -> Any:
            raise StoreError("the disk is full", hint="free some space")

        with monkeypatch.context() as faulty:
            faulty.setattr("film.production.asset_resolver.probe_made", full)
            return {type(done.error).__name__ for done in await steps.shoot(run, await steps.plan_film(run))}

    asyncio.run(take())
    assert room.vendor.posts == 2 and room.vendor.bought_twice() == 0
