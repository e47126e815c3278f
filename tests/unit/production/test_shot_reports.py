"""What came of a shot survives the way through JSON: what was made, what it cost, why something is missing."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

import pytest

from film import errors
from film.cache import CachedAsset
from film.errors import BudgetExceededError, FilmError, ProviderError, ProviderUnavailable, StoreError
from film.models import AssetRequest, AssetType, Quote, Shot
from film.planning.params import FilmParams
from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
from film.planning.requests import PlannedRequest
from film.planning.results import CompletedShot, ShotAsset
from film.production.shot_reports import ShotReport, completed, merged, report_of

NOTHING = Quote(amount=Decimal(0))


def cached(key: str) -> CachedAsset:
    return CachedAsset(key, "image", "fake", "0" * 64, 1, "image/png", Decimal("0.05"), {}, "/nowhere")


def row(kind: AssetType, key: str, parts: tuple[PlannedAsset, ...] = ()) -> PlannedAsset:
    request = AssetRequest(asset_type=kind, provider="fake", model="m", params={})
    ask = PlannedRequest(SHOT, request, cast(Any, None), None)
    return PlannedAsset(ask, "reused", "in the library", NOTHING, key, cached(key), parts)


SHOT = Shot(shot_id="one", enhanced_prompt="a door")
PARTS = (row(AssetType.AUDIO, "first"), row(AssetType.AUDIO, "second"))
PICTURE, CLIP = row(AssetType.IMAGE, "picture"), row(AssetType.VIDEO, "clip")
LINE = row(AssetType.AUDIO, "line", PARTS)
WHOLE = ShotPlan(SHOT, {AssetType.IMAGE: PICTURE, AssetType.VIDEO: CLIP, AssetType.AUDIO: LINE})


def told_again(shot: ShotPlan, done: CompletedShot) -> CompletedShot:
    report = ShotReport.model_validate(json.loads(json.dumps(report_of(done).model_dump(mode="json"))))
    (again,) = completed(FilmPlan(cast(FilmParams, None), (shot,), {}), merged([report]))
    return again


def test_what_was_made_and_its_cost_survive() -> None:
    request = PICTURE.ask.request
    done = (
        CompletedShot(SHOT)
        .having(ShotAsset(request, "picture", cached("picture"), reused=True))
        .having(ShotAsset(CLIP.ask.request, "clip", cached("clip"), reused=False, cost=Decimal("0.270001")))
        .having(
            ShotAsset(LINE.ask.request, "line", cached("line"), False, Decimal("0.01"), reused_parts=(cached("first"),))
        )
    )
    again = told_again(WHOLE, done)
    assert again.assets == done.assets
    assert again.cost_usd == Decimal("0.280001") and again.made and again.complete


@pytest.mark.parametrize(
    "error",
    [
        BudgetExceededError(Decimal(2), Decimal(1)),
        ProviderError("no", hint="try again", provider="fal", charged=True),
        ProviderUnavailable("busy", provider="fal", retry_after=30.0),
        StoreError("gone", hint="look"),
    ],
)
def test_an_error_stays_what_it_is(error: FilmError) -> None:
    again = told_again(ShotPlan(SHOT, {AssetType.IMAGE: PICTURE}), CompletedShot(SHOT, error=error)).error
    assert type(again) is type(error)
    assert (str(again), again.hint, again.exit_code) == (str(error), error.hint, error.exit_code)
    assert getattr(again, "charged", None) == getattr(error, "charged", None)
    assert getattr(again, "retry_after", None) == getattr(error, "retry_after", None)


def test_every_error_of_the_tree_can_be_told() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FilmError)]
    assert len(kinds) > 15
    for kind in kinds:
        error = kind.__new__(kind)
        FilmError.__init__(error, "words", hint="next")
        again = told_again(WHOLE, CompletedShot(SHOT, error=error)).error
        assert type(again) is kind and again.hint == "next"


def test_a_name_that_is_no_error_is_still_a_failure() -> None:
    report = ShotReport.model_validate({"shot_id": "one", "error": {"name": "Path", "message": "words"}})
    (again,) = completed(FilmPlan(cast(FilmParams, None), (WHOLE,), {}), merged([report]))
    assert type(again.error) is FilmError


def test_reports_of_several_steps_are_one_and_the_first_error_is_the_reason() -> None:
    first = report_of(CompletedShot(SHOT, error=StoreError("first")))
    made = CompletedShot(SHOT).having(ShotAsset(CLIP.ask.request, "clip", cached("clip"), False, Decimal(1)))
    later = report_of(CompletedShot(made.shot, made.assets, error=StoreError("second")))
    one = merged([first, later])["one"]
    assert one.error and one.error.message == "first" and one.made[AssetType.VIDEO].cost == 1


def test_what_has_left_the_store_is_missing_whatever_was_reported() -> None:
    new = PlannedAsset(CLIP.ask, "new", "never made", NOTHING, "clip")
    report = report_of(CompletedShot(SHOT).having(ShotAsset(CLIP.ask.request, "clip", cached("clip"), False)))
    (again,) = completed(
        FilmPlan(cast(FilmParams, None), (ShotPlan(SHOT, {AssetType.VIDEO: new}),), {}), merged([report])
    )
    assert again.video is None and isinstance(again.error, StoreError) and "video of one" in str(again.error)
