"""What ZenML's steps do, without ZenML: the gate, batches, stages, and that a repeated step buys nothing again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from pipeline_room import shot
from zenml_room import Room

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.errors import BudgetExceededError, ConfigurationError, InputError, Interrupted, ProviderRefused
from film.models import AssetType
from film.planning.params import FilmParams
from film.planning.results import FilmResult
from film.production.engines import engine_named
from film.production.engines.zenml import house, views, work
from film.production.engines.zenml.workshop import FilmWorkshop, at_work, joined, known_as, opened
from film.production.shot_reports import ShotReport
from film.production.stop import Stop

T = TypeVar("T")
TWO = [shot(1), shot(2, dialogue="Hello there.")]
STAGES = (AssetType.IMAGE, AssetType.AUDIO, AssetType.VIDEO)


def through_json(reports: list[ShotReport]) -> list[ShotReport]:
    return [ShotReport.model_validate(json.loads(report.model_dump_json())) for report in reports]


def take(
    room: Room, shots: list[dict[str, Any]], steps: Callable[[FilmWorkshop], Coroutine[Any, Any, T]], **options: Any
) -> T:
    stop: Stop | None = options.pop("stop", None)

    async def all_steps() -> T:
        params = room.params(shots, **options)
        providers = room.providers
        async with opened(
            params, room.settings, listeners=[room.events.append], providers=providers, stop=stop
        ) as shop:
            return await steps(shop)

    return asyncio.run(all_steps())


async def gate(shop: FilmWorkshop, batch_size: int | None = None) -> tuple[work.Estimate, list[work.Batch]]:
    return await work.estimate(shop.run, shop.digest, shop.begun, batch_size=batch_size)


async def in_batches(shop: FilmWorkshop) -> FilmResult:
    passed, batches = await gate(shop, 1)
    reports: list[ShotReport] = []
    for batch in batches:
        reports += through_json(await work.shoot(shop.run, batch, passed))
    await work.index(shop.run, reports, passed)
    return await work.compose(shop.run, reports, passed, shop.began)


async def by_stages(shop: FilmWorkshop) -> FilmResult:
    passed, _ = await gate(shop)
    reports: list[ShotReport] = []
    for kind in STAGES:
        reports += through_json(await work.stage(shop.run, kind, passed))
    await work.index(shop.run, reports, passed)
    return await work.compose(shop.run, reports, passed, shop.began)


@pytest.mark.parametrize("way", [in_batches, by_stages])
def test_both_ways_come_to_the_film_that_the_local_engine_makes(room: Room, way: Any) -> None:
    film = take(room, TWO, way)
    assert (film.shots_made, film.cost_usd, room.vendor.posts) == (2, 5 * room.vendor.price, 5)
    again = room.make(TWO)
    assert again.unchanged and again.shots_reused == 2 and room.vendor.posts == 5
    assert verify_ledger(engine_for(room.settings.database_url)) == []
    film = take(room, TWO, way)
    assert film.unchanged and (film.shots_reused, film.cost_usd) == (2, 0) and room.vendor.posts == 5
    assert film.saved_usd == 5 * room.vendor.price


@pytest.mark.parametrize("way", [in_batches, by_stages])
@pytest.mark.parametrize("kind", [AssetType.IMAGE, AssetType.VIDEO])
def test_a_shot_that_fails_is_missing_and_the_others_are_not(room: Room, way: Any, kind: AssetType) -> None:
    providers = room.providers
    refused = providers[kind, "fake"]

    async def submit(config: Any, *, image_url: str | None = None) -> Any:
        if "prompt 1" in str(config):
            raise ProviderRefused("not that", provider="fake")
        return await type(refused).submit(refused, config, image_url=image_url)

    refused.submit = submit
    room.doubles = providers
    film = take(room, TWO, way)
    (missing,) = film.failed
    assert (missing.shot_id, type(missing.error), str(missing.error)) == ("shot_001", ProviderRefused, "not that")
    assert missing.stand_in is not None and film.path.is_file()
    assert film.cost_usd == (3 if kind is AssetType.IMAGE else 4) * room.vendor.price
    assert verify_ledger(engine_for(room.settings.database_url)) == []


def test_the_gate_stops_a_film_that_costs_too_much_before_anything_is_sent(room: Room) -> None:
    with pytest.raises(BudgetExceededError):
        take(room, TWO, in_batches, budget_limit=Decimal("0.01"))
    assert room.vendor.posts == 0


def test_an_estimate_opens_only_its_own_film(room: Room) -> None:
    async def another(shop: FilmWorkshop) -> None:
        passed, _ = await gate(shop)
        passed.admit(shop.digest)
        passed.admit("another")

    with pytest.raises(InputError, match="not for these shots"):
        take(room, TWO, another)


@pytest.mark.parametrize("use_cache", [True, False])
def test_a_step_that_is_repeated_buys_nothing_again(room: Room, use_cache: bool) -> None:
    room.make(TWO)
    assert room.vendor.posts == 5
    new = [shot(1, enhanced_prompt="another"), *TWO[1:]] if use_cache else TWO

    async def twice(shop: FilmWorkshop) -> None:
        passed, (batch,) = await gate(shop)
        await work.shoot(shop.run, batch, passed)
        posts = room.vendor.posts
        assert posts == (7 if use_cache else 10)  # a picture and its clip; or all of it, for so it was asked
        reports = await work.shoot(shop.run, batch, passed)
        assert room.vendor.posts == posts
        film = await work.compose(shop.run, reports, passed, shop.began)
        assert film.cost_usd == (posts - 5) * room.vendor.price, "what the first try paid is this run's all the same"

    take(room, new, twice, use_cache=use_cache)


def test_a_stop_between_steps_is_told_by_the_index(room: Room) -> None:
    stop = Stop()

    async def stopped(shop: FilmWorkshop) -> None:
        passed, batches = await gate(shop)
        stop.set()
        reports = await work.shoot(shop.run, batches[0], passed)
        assert [r.error and r.error.name for r in reports] == ["Interrupted", "Interrupted"]
        with pytest.raises(Interrupted):
            await work.index(shop.run, reports, passed)

    take(room, TWO, stopped, stop=stop)
    assert room.vendor.posts == 0


def test_batches_hold_what_is_to_be_made_in_its_order(room: Room) -> None:
    room.make([shot(2)])

    async def batches(shop: FilmWorkshop) -> list[work.Batch]:
        return (await gate(shop, 2))[1]

    found = take(room, [shot(n) for n in range(1, 5)], batches)
    assert [(b.first, b.shots) for b in found] == [(0, ("shot_001", "shot_003")), (2, ("shot_004",))]


def test_costs_are_recorded_and_shown_as_text(room: Room) -> None:
    named = [shot(1, shot_id="a-b")]

    async def costs(shop: FilmWorkshop) -> work.Costs:
        await in_batches(shop)
        return await work.record(shop.run)

    found = take(room, named, costs)
    assert found.total == 2 * room.vendor.price
    page = views.cost_table("<script>", found)
    assert "&lt;script&gt;" in page and "<td>a-b</td><td>$0.10</td>" in page
    assert "prompt 1" not in page
    assert (room.settings.cost_reports / "film.json").is_file()


def test_what_the_dashboard_shows_of_a_film(room: Room) -> None:
    async def made(shop: FilmWorkshop) -> tuple[FilmParams, FilmResult]:
        return shop.run.params, await in_batches(shop)

    params, film = take(room, TWO, made)
    assert json.loads(json.dumps(views.facts(film)))["shots_made"] == 2
    assert views.sheet(params, film).count("data:image/jpeg;base64,") == 1


def test_params_go_through_json(room: Room) -> None:
    params = room.params(TWO, frame_rate="24000/1001", transition="crossfade", output=room.folder / "x.mp4")
    assert FilmParams.model_validate_json(params.model_dump_json()) == params


def test_steps_of_one_name_meet_in_one_workshop(room: Room) -> None:
    params = room.params(TWO, tier="draft", image_provider="draft", video_provider="draft", audio_provider="draft")
    text = params.model_dump_json()
    with joined("one", text) as first:
        with joined("one", text) as second:
            assert second is first and first.run.params == params
        assert first.do(work.record).total == 0
        with joined("two", text) as other:
            assert other is not first
    assert at_work("one") is None

    async def open_here(shop: FilmWorkshop) -> None:
        with known_as("three", shop):
            assert await asyncio.to_thread(meet, shop)
            assert at_work("three") is shop

    def meet(shop: FilmWorkshop) -> bool:
        with joined("three", "nothing is read of this") as met:
            return met is shop and met.do(work.record).total == 0

    take(room, TWO, open_here)


def test_without_zenml_the_engine_says_how_to_get_it(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        asyncio.run(engine_named("zenml")(room.params(TWO), room.settings))
    assert caught.value.hint == "install it with: pip install 'film-generation[zenml]'"
    assert not room.settings.gallery.exists()
