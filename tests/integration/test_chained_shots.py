"""``"start_from": "previous"``: a shot begins with the picture with which the one before ends."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from pipeline_room import Room, shot

from film.app.films import make_film
from film.errors import InputError, ProviderError
from film.models import AssetType
from film.planning.params import film_params
from film.planning.plan import FilmPlan, plan_film
from film.planning.requests import ProviderSet
from film.planning.results import CompletedShot, FilmResult
from film.planning.services import open_services
from film.production.engines.zenml import work
from film.production.film_run import FilmRun, opened_run
from film.production.shot_reports import ShotReport
from film.settings import Settings

CHAINED = {"start_from": "previous"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def rows(plan: FilmPlan) -> dict[tuple[str, str], tuple[str, str]]:
    """(shot, kind) → (state, why)."""
    return {(row.shot_id[-1], row.asset_type.value): (row.state, row.why) for row in plan.assets}


def states(plan: FilmPlan) -> dict[tuple[str, str], str]:
    return {place: state for place, (state, _) in rows(plan).items()}


def made_of(done: CompletedShot, kind: AssetType) -> list[str]:
    return [blob.sha256 for blob in done.assets[kind].request.inputs if not blob.role.endswith("reading")]


def test_no_picture_is_bought_and_the_clip_is_made_of_the_last_frame(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3)]
    plan = room.plan(shots)
    frame = plan.shots[1].assets[AssetType.IMAGE]
    assert (frame.quote.amount, frame.why) == (0, "the picture with which shot_001 ends")
    assert plan.at_most == 5 * room.vendor.price
    result = room.make(shots)
    assert not result.failed and room.vendor.posts == 5, "two pictures and three clips"
    first, second, _ = result.shots
    assert second.assets[AssetType.IMAGE].request.provider == "frame"
    assert first.video and second.image
    assert made_of(second, AssetType.IMAGE) == [first.video.sha256]
    assert made_of(second, AssetType.VIDEO) == [second.image.sha256]
    again = room.make(shots)
    assert again.unchanged and room.vendor.posts == 5
    assert set(states(room.plan(shots)).values()) == {"reused"}


def test_an_edit_of_the_shot_before_makes_the_chain_stale_and_no_other_shot(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3, **CHAINED), shot(4)]
    room.make(shots)
    edited = [shot(1, enhanced_prompt="another"), *shots[1:]]
    found = rows(room.plan(edited))
    assert found["1", "video"][0] == "stale"
    for number in "23":
        assert found[number, "image"] == ("stale", "the shot before changed")
        assert found[number, "video"] == ("stale", "the shot before changed")
    assert found["4", "video"][0] == "reused"
    before = room.vendor.posts
    assert room.plan(edited).at_most == 4 * room.vendor.price
    room.make(edited)
    assert room.vendor.posts == before + 3, "the vendor's second clip came out the same, and so the third is there"
    shorter = [shot(1, enhanced_prompt="another"), shot(2, **CHAINED, enhanced_prompt="new"), *shots[2:]]
    assert states(room.plan(shorter))["1", "video"] == "reused", "what follows changes nothing before it"


def test_start_from_that_comes_or_goes_is_the_reason(room: Room):
    apart, together = [shot(1), shot(2)], [shot(1), shot(2, **CHAINED)]
    room.make(apart)
    found = rows(room.plan(together))
    assert found["2", "image"] == ("new", "the picture with which shot_001 ends")
    assert found["2", "video"] == ("stale", "start_from changed")
    room.make(together)
    posts = room.vendor.posts
    room.make(apart)
    assert room.vendor.posts == posts, "what was bought before is still there"


def test_a_shot_whose_start_failed_says_so_and_buys_nothing(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3, **CHAINED)]
    room.vendor.fails("submit", ProviderError("no", hint="", provider="fake"))
    result = room.make(shots)
    failed = {done.shot_id: str(done.error) for done in result.failed}
    assert list(failed) == ["shot_001", "shot_002", "shot_003"]
    assert "shot_002 waits for shot_001, and there is no clip to start from" in failed["shot_002"]
    assert room.vendor.charges == 0
    told = [(e["shot_id"], e["step"]) for e in room.told("shot_failed")]
    assert told == [("shot_001", "image"), ("shot_002", "image"), ("shot_003", "image")]
    again = room.make(shots)
    assert not again.failed and room.vendor.posts == 1 + 1 + 3


def test_money_is_set_aside_for_whole_shots_only(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3, **CHAINED)]
    cheap = room.make(shots, budget_limit=4 * room.vendor.price)
    assert not cheap.failed and cheap.cost_usd == 4 * room.vendor.price


def test_a_line_that_changes_nothing_of_what_is_seen_buys_nothing_but_itself(room: Room):
    room.make([shot(1), shot(2, **CHAINED)])
    posts, speaks = room.vendor.posts, [shot(1, dialogue="A line of words."), shot(2, **CHAINED)]
    found = rows(room.plan(speaks))
    assert found["2", "image"] == ("stale", "the shot before changed"), "it may: nobody has heard the line yet"
    assert found["1", "video"][0] == "reused"
    result = room.make(speaks)
    assert room.vendor.posts == posts + 1 and not result.failed


def test_the_join_is_a_cut_unless_another_is_named(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3)]
    params = room.params([shot(1, transition="crossfade"), shot(2, **CHAINED), shot(3)])
    assert [s.transition for s in params.shots] == ["crossfade", None, None]
    assert [s.transition for s in room.params(shots).shots] == ["cut", None, None]


def test_what_makes_no_sense_is_refused_with_line_and_field(room: Room):
    path = room.folder / "shots.json"
    entries = [shot(1, **CHAINED), shot(2, **CHAINED, image_provider="fake"), shot(3, start_from="next")]
    path.write_text(json.dumps(entries, indent=1))
    with pytest.raises(InputError) as caught:
        film_params(path, room.settings)
    errors = [caught.value, *caught.value.others]
    assert {(e.field, e.line) for e in errors} == {("start_from", 7), ("image_provider", 15), ("start_from", 22)}


def test_drafts_are_chained_too(room: Room):
    room.folder.joinpath("shots.json").write_text(
        json.dumps([shot(1, dialogue="Wait for me.", characters=["mara"]), shot(2, **CHAINED)])
    )
    params = film_params(room.folder / "shots.json", room.settings, tier="draft", size="256x144")
    result: FilmResult = asyncio.run(make_film(params, room.settings))
    assert not result.failed
    assert result.shots[1].assets[AssetType.IMAGE].request.provider == "frame"
    assert asyncio.run(make_film(params, room.settings)).unchanged


@pytest.mark.parametrize("camera", ["push in", "pan left", "pull back", "handheld"])
def test_a_draft_goes_on_from_exactly_what_was_seen_last(room: Room, camera: str):
    shots = [shot(1, enhanced_prompt="a harbour at noon"), shot(2, **CHAINED, camera=camera)]
    (room.folder / "shots.json").write_text(json.dumps(shots))
    params = film_params(room.folder / "shots.json", room.settings, tier="draft", size="256x144")
    done = asyncio.run(make_film(params, room.settings)).shots[1]
    assert done.image_path and done.video_path
    last = np.asarray(Image.open(done.image_path).convert("RGB"), np.int16)
    with av.open(str(done.video_path)) as clip:
        pictures = [frame.to_ndarray(format="rgb24").astype(np.int16) for frame in clip.decode(video=0)]
    assert np.abs(pictures[0] - last).mean() < 5, "grain and coding"
    if camera != "pull back":
        assert np.abs(pictures[-1] - last).mean() > np.abs(pictures[0] - last).mean(), "and then it moves"


def by_steps(room: Room, shots: list[dict[str, Any]], *, staged: bool) -> list[ShotReport]:
    """The shots as an orchestrator makes them: in batches of one, or kind by kind."""

    async def make() -> list[ShotReport]:
        params = room.params(shots)
        async with opened_run(
            FilmRun, params, room.settings, providers=room.providers, minds_ctrl_c=False, listeners=[room.events.append]
        ) as run:
            passed, batches = await work.estimate(run, "digest", datetime.now(UTC), batch_size=1)
            if staged:
                kinds = (AssetType.IMAGE, AssetType.AUDIO, AssetType.VIDEO)
                reports = [report for kind in kinds for report in await work.stage(run, kind, passed)]
            else:
                assert [batch.shots for batch in batches] == [("shot_001", "shot_002", "shot_003"), ("shot_004",)]
                reports = [report for batch in batches for report in await work.shoot(run, batch, passed)]
            await work.index(run, reports, passed)
            return reports

    return asyncio.run(make())


@pytest.mark.parametrize("staged", [False, True], ids=["batches", "stages"])
def test_orchestrators_make_chains_too(room: Room, staged: bool):
    shots = [shot(1, dialogue="Go."), shot(2, **CHAINED), shot(3, **CHAINED), shot(4)]
    reports = by_steps(room, shots, staged=staged)
    assert not [report.error for report in reports if report.error]
    assert room.vendor.posts == 2 + 1 + 4
    assert set(states(room.plan(shots)).values()) == {"reused"}
    result = room.make(shots)
    assert room.vendor.posts == 7 and not result.failed


def test_a_part_of_a_film_is_planned_as_in_the_whole(room: Room):
    shots = [shot(1), shot(2, **CHAINED), shot(3, **CHAINED)]
    services = open_services(room.settings)
    params = room.params(shots)
    part = plan_film(params, services, ProviderSet(services.context, dict(room.providers)), ["shot_003"])
    assert [s.shot.shot_id for s in part.shots] == ["shot_003"] and part.shots[0].before == "shot_002"
    room.make(shots)
    assert set(states(plan_film(params, services, ProviderSet(services.context), ["shot_002"])).values()) == {"reused"}
