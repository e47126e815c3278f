"""The way of a film with doubles for vendors: what is bought, what is reused, what a failure costs, and why."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from pipeline_room import Room, shot

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.errors import BudgetExceededError, Interrupted, ProviderError, ProviderRefused, StoreError
from film.metadata import MetadataIndex
from film.models import AssetType
from film.production import steps
from film.production.stop import Stop
from film.settings import Settings

THREE = [shot(1), shot(2, dialogue="Hello there."), shot(3)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def bought(room: Room) -> int:
    return room.vendor.posts


def test_a_film_is_bought_once_and_then_reused(room: Room) -> None:
    film = room.make(THREE)
    assert film.path.is_file() and film.shots_made == 3 and not film.failed
    assert bought(room) == 7  # three pictures, three clips, one line
    assert film.cost_usd == 7 * room.vendor.price

    again = room.make(THREE)
    assert bought(room) == 7 and again.shots_reused == 3 and again.cost_usd == 0
    assert again.unchanged and again.saved_usd == 7 * room.vendor.price


def test_the_ledger_agrees_with_the_vendors_bill(room: Room) -> None:
    room.make(THREE)
    engine = engine_for(room.settings.database_url)
    assert verify_ledger(engine) == []
    reports = room.settings.cost_reports
    assert Decimal(json.loads((reports / "film.json").read_text())["total_cost"]) == room.vendor.charges
    assert (reports / "film.csv").is_file()


def test_ids_places_and_numbers_are_in_no_key(room: Room) -> None:
    room.make(THREE)
    renamed = [{**s, "shot_id": f"other_{n}", "shot_number": 10 + n} for n, s in enumerate(reversed(THREE))]
    assert room.plan(renamed).count("reused") == 7
    room.make([shot(0, enhanced_prompt="prompt 1"), *THREE])
    assert bought(room) == 7


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"enhanced_prompt": "another"}, {"image", "video"}),
        ({"dialogue": "Good bye."}, {"audio"}),
        ({"duration": 2}, {"video"}),
        ({"voice": "deep"}, {"audio"}),
        ({"take": 2}, {"image", "video", "audio"}),
    ],
)
def test_an_edit_touches_only_what_it_must_and_the_plan_names_it(
    room: Room, change: dict[str, Any], kinds: set[str]
) -> None:
    room.make(THREE)
    edited = [THREE[0], {**THREE[1], **change}, THREE[2]]
    plan = room.plan(edited)
    stale = {a.asset_type.value: a for a in plan.assets if a.state != "reused"}
    assert set(stale) == kinds and all(a.shot_id == "shot_002" for a in stale.values())
    named = " ".join(a.why for a in stale.values())
    assert next(iter(change)) in named
    before = bought(room)
    film = room.make(edited)
    assert bought(room) - before == len(kinds)
    assert film.shots_made == 1 and film.shots_reused == 2
    assert room.plan(edited).at_most == 0


def test_equal_shots_pay_once_even_at_the_same_moment(room: Room) -> None:
    twins = [shot(n, enhanced_prompt="the same") for n in range(1, 6)]
    film = room.make(twins)
    assert bought(room) == 2 and film.cost_usd == 2 * room.vendor.price


def test_another_film_reuses_and_the_library_counts_it(room: Room) -> None:
    room.make(THREE)
    other = room.make(THREE, film_id="other")
    assert bought(room) == 7 and other.shots_reused == 3
    index = MetadataIndex(settings=room.settings)
    assert {a.reuse_count for a in index.find_assets(asset_type="image")} == {1}
    assert len(index.find_assets(film_id="other")) == len(index.find_assets(film_id="film")) == 7
    room.make(THREE, film_id="other")
    assert {a.reuse_count for a in index.find_assets(asset_type="image")} == {1}, "a re-run is no new use"


def test_no_cache_makes_everything_again(room: Room) -> None:
    room.make(THREE)
    room.make(THREE, use_cache=False)
    assert bought(room) == 14


def test_one_shots_refusal_is_its_own(room: Room) -> None:
    room.vendor.fails("submit", ProviderRefused("not this picture", provider="fake", hint="change the prompt"))
    film = room.make([shot(n) for n in range(1, 5)], concurrency=1)
    assert len(film.failed) == 1 and film.shots_made == 3
    (failed,) = film.failed
    assert "not this picture" in str(failed.error) and failed.stand_in is not None
    assert film.seconds == 4 - Fraction(0), "the gap is filled, so that the film keeps its length"
    manifest = json.loads(film.path.with_name("film.build.json").read_text())
    assert [s["shot_id"] for s in manifest["shots"] if "missing" in s] == [failed.shot_id]


def test_a_shot_that_not_even_a_panel_can_be_drawn_for_is_a_card(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("animatic.provider._draw", lambda *_: 1 / 0)
    room.vendor.fails("submit", ProviderRefused("no", provider="fake", hint="change the prompt"))
    film = room.make([shot(1), shot(2)], concurrency=1)
    assert len(film.failed) == 1 and film.seconds == 2 and film.path.is_file()


def test_what_failed_is_all_that_the_next_run_makes(room: Room) -> None:
    room.vendor.fails("submit", ProviderError("the studio is closed today", provider="fake", hint="come back"))
    first = room.make([shot(1), shot(2)], concurrency=1)
    assert len(first.failed) == 1
    second = room.make([shot(1), shot(2)])
    assert not second.failed and (second.shots_made, second.shots_reused) == (1, 1)
    assert room.vendor.bought_twice() == 0 and len(room.vendor.jobs) == 4


def test_a_budget_stops_everything_before_the_first_call(room: Room) -> None:
    with pytest.raises(BudgetExceededError, match=r"Budget exceeded: \$0\.35 > \$0\.30"):
        room.make(THREE, budget_limit=Decimal("0.30"))
    assert bought(room) == 0


def test_money_that_goes_meanwhile_leaves_whole_shots_only(room: Room) -> None:
    """Another process spends the film's money between the plan and the shots."""
    from film.cost_tracker import CostTracker, ReservationRequest

    def spend_elsewhere(event: Any) -> None:
        if event.event == "film_started":
            engine = engine_for(room.settings.database_url)
            costs = CostTracker("film", Decimal("0.40"), engine=engine, settings=room.settings)
            costs.reserve([ReservationRequest(idem="elsewhere", amount=Decimal("0.15"))])

    import asyncio

    from film.app.films import make_film

    shots = [shot(n) for n in range(1, 5)]
    film = asyncio.run(
        make_film(
            room.params(shots, budget_limit=Decimal("0.40")),
            room.settings,
            listeners=[spend_elsewhere],
            providers=room.providers,
        )
    )
    assert room.vendor.charges <= Decimal("0.25")
    whole = [s for s in film.shots if s.complete]
    assert len(whole) == 2 and bought(room) == 4, "no picture without its clip"
    assert all(isinstance(s.error, BudgetExceededError) for s in film.failed)


def test_shots_do_not_wait_for_each_others_stages(room: Room) -> None:
    """With one picture at a time, the first clip is made before the last picture."""
    room.make([shot(n) for n in range(1, 6)], concurrency=1)
    done = [(e["shot_id"], e["step"]) for e in room.told("step_done")]
    assert done.index(("shot_001", "video")) < done.index(("shot_005", "image"))


def test_stopping_keeps_what_was_paid_for_and_a_new_run_goes_on(room: Room) -> None:
    stop = Stop()
    room.vendor.fails("poll", stop.set)
    with pytest.raises(Interrupted) as stopped:
        room.make([shot(n) for n in range(1, 7)], stop=stop, concurrency=1)
    assert "run the same command again" in stopped.value.hint
    paid = bought(room)
    assert 0 < paid < 12
    film = room.make([shot(n) for n in range(1, 7)])
    assert not film.failed and bought(room) == 12 and room.vendor.bought_twice() == 0


def test_a_paid_call_is_impossible_where_spending_is_forbidden(room: Room) -> None:
    room.settings = room.settings.model_copy(update={"spend_allowed": False})
    film = room.make(THREE)
    assert bought(room) == 0 and len(film.failed) == 3
    assert "FILM_NO_SPEND" in str(film.failed[0].error)
    first = next(event for event in room.events if event.event in ("warning", "film_started"))
    assert "FILM_NO_SPEND" in first.facts["message"], "told before anything is begun"


def test_a_lost_file_is_made_again_and_the_plan_says_so(room: Room) -> None:
    film = room.make(THREE)
    clip = film.shots[0].video
    assert clip is not None
    clip.path.unlink()
    (stale,) = [a for a in room.plan(THREE).assets if a.state != "reused"]
    assert stale.why == "its file is gone from the gallery" and stale.asset_type is AssetType.VIDEO
    room.make(THREE)
    assert bought(room) == 8


def test_a_damaged_file_is_never_shown(room: Room) -> None:
    film = room.make(THREE)
    clip = film.shots[0].video
    assert clip is not None
    clip.path.chmod(0o644)
    data = bytearray(clip.path.read_bytes())
    data[len(data) // 2] ^= 1
    clip.path.write_bytes(data)
    film.path.unlink()
    edited = [THREE[0], {**THREE[1], "dialogue": None}, THREE[2]]
    with pytest.raises(StoreError) as caught:
        room.make([{**edited[0], "transition": "crossfade"}, *edited[1:]])
    assert "shot_001" in str(caught.value) and "film plan" in caught.value.hint
    assert room.plan(edited).count("stale") == 1


def test_the_film_is_what_it_says_it_is(room: Room) -> None:
    film = room.make(THREE, size="256x144")
    with av.open(str(film.path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.codec_context.name) == (256, 144, "h264")
        assert audio.codec_context.name == "aac" and audio.sample_rate == 48_000
        assert container.metadata["title"] == "film"
        frames = sum(1 for _ in container.decode(video))
    assert frames == film.seconds * 24
    assert [c["metadata"]["title"] for c in _chapters(film.path)] == ["001 shot_001", "002 shot_002", "003 shot_003"]


def _chapters(path: Path) -> list[dict[str, Any]]:
    with av.open(str(path)) as container:
        return list(container.chapters())


def test_on_a_full_disk_nothing_is_bought(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Speech comes with the vendor's answer: what cannot be written down then is paid for and gone."""
    monkeypatch.setattr("film.cache.blobs.shutil.disk_usage", lambda _: SimpleNamespace(free=12_345_678))
    film = room.make(THREE)
    assert bought(room) == 0 and len(film.failed) == 3
    assert all(isinstance(s.error, StoreError) and "12 MB left" in str(s.error) for s in film.failed)
    monkeypatch.undo()
    assert not room.make(THREE).failed and bought(room) == 7


def test_a_line_too_long_for_one_order_is_one_row_of_parts(room: Room) -> None:
    lines = ["The lamp was out.", "Nobody came up here.", "I counted the stairs.", "There were ninety of them."]
    room.text_limit = 50
    long = [shot(1, dialogue=" ".join(lines))]
    film = room.make(long)
    parts = bought(room) - 2
    assert parts >= 2 and film.cost_usd == bought(room) * room.vendor.price
    (line,) = [a for a in room.plan(long).assets if a.asset_type is AssetType.AUDIO]
    assert line.state == "reused" and len(line.parts) == parts and line.saved == parts * room.vendor.price
    assert room.make(long).saved_usd == film.cost_usd

    edited = [shot(1, dialogue=" ".join([*lines[:3], "There were a hundred."]))]
    (line,) = [a for a in room.plan(edited).assets if a.asset_type is AssetType.AUDIO]
    assert (line.state, line.why, len(line.orders)) == ("stale", "dialogue changed", 1)
    assert line.quote.basis.startswith(f"1 of {parts} parts")
    again = room.make(edited)
    assert again.cost_usd == room.vendor.price and bought(room) == 3 + parts

    room.text_limit = None
    assert [a.why for a in room.plan(long).assets if a.state != "reused"] == ["dialogue changed"]


def test_a_line_joins_again_for_nothing_when_only_the_whole_is_lost(room: Room) -> None:
    room.text_limit = 30
    long = [shot(1, dialogue="The lamp was out. Nobody came up here. I counted the stairs.")]
    film = room.make(long)
    assert film.shots[0].audio is not None
    film.shots[0].audio.path.unlink()
    (line,) = [a for a in room.plan(long).assets if a.state != "reused"]
    assert line.quote.amount == 0 and line.orders == () and "parts are there" in line.quote.basis
    before = bought(room)
    film.path.unlink()
    assert room.make(long).cost_usd == 0 and bought(room) == before


@pytest.mark.parametrize("alone", [False, True], ids=["film", "single shot"])
def test_what_a_run_stored_and_the_library_was_never_told_of_is_put_there_by_the_next(
    room: Room, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    """It died between the two."""
    room.text_limit = 30
    shots = [shot(1, dialogue="The lamp was out. Nobody came up here. I counted the stairs.")]
    index = MetadataIndex(settings=room.settings)

    def dies(_: object, asset: object) -> None:
        raise RuntimeError("the program ends here")

    async def make_alone() -> None:
        async with steps.open_run(room.params(shots), room.settings, providers=room.providers) as run:
            await run.single()

    def make() -> object:
        return asyncio.run(make_alone()) if alone else room.make(shots)

    with monkeypatch.context() as patched:
        patched.setattr(MetadataIndex, "index_asset", dies)
        with pytest.raises(BaseExceptionGroup):
            make()
    assert index.find_assets(limit=100) == [] and bought(room) > 0
    make()
    library = index.find_assets(limit=100)
    assert sum(asset.cost_usd for asset in library) == bought(room) * room.vendor.price == room.vendor.charges
