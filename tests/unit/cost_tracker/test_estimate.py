"""Estimates: the description's arithmetic by the description's prices, and an upper bound by today's."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.cost_tracker import CostTracker, estimate
from film.errors import InputError, UnknownPriceError
from film.models import AssetType, Shot
from film.rates import RateCard
from film.settings import Settings
from film.shots.shotfile import load_shots

TODAY = date(2026, 11, 22)
LINE = "I haven't been up here in years..."  # the description's own
PREMIUM = {"video_provider": "kling", "audio_provider": "elevenlabs"}


def shot(**fields: Any) -> dict[str, Any]:
    return {"shot_id": "shot_001", "shot_type": "wide", "enhanced_prompt": "…", "duration": 5, **fields}


@pytest.fixture
def costs(settings: Settings) -> CostTracker:
    return CostTracker("attic", settings=settings)


@pytest.fixture
def described(settings: Settings) -> CostTracker:
    return CostTracker("attic", settings=settings, rates=RateCard.description())


@pytest.fixture
def database_url() -> str:
    """An estimate opens no database: this one could not be."""
    return "sqlite:////nowhere/film.db"


def test_the_descriptions_budget_shot(described: CostTracker) -> None:
    total = described.estimate_project_cost([shot(dialogue=LINE)]).total_estimated_cost
    assert round(total, 3) == Decimal("0.054")


def test_the_descriptions_premium_shot(described: CostTracker) -> None:
    total = described.estimate_project_cost([shot(dialogue=LINE)], **PREMIUM).total_estimated_cost
    assert round(total, 3) == Decimal("0.933")


def test_the_descriptions_first_example(described: CostTracker) -> None:
    shots = [shot(), shot(shot_id="shot_002", dialogue="Hello"), shot(shot_id="shot_003", dialogue=None)]
    assert round(described.estimate_project_cost(shots).total_estimated_cost, 2) == Decimal("0.16")


def test_a_shot_at_todays_prices(costs: CostTracker) -> None:
    found = costs.estimate_project_cost([shot(dialogue=LINE)], today=TODAY)
    assert [(a.asset_type, a.provider, a.amount, a.basis) for a in found.shots[0].assets] == [
        (AssetType.IMAGE, "fal", Decimal("0.003"), "1 MP × $0.003"),
        (AssetType.VIDEO, "minimax", Decimal("0.27"), "6 s × $0.045/s"),
        (AssetType.AUDIO, "openai", Decimal("0.00051"), "34 characters × $0.015/1K"),
    ]
    assert found.total_estimated_cost == Decimal("0.27351")
    assert found.by_provider == {"fal": Decimal("0.003"), "minimax": Decimal("0.27"), "openai": Decimal("0.00051")}
    assert found.by_asset_type["video"] == Decimal("0.27")
    assert found.rates_as_of == RateCard.shipped().as_of


@pytest.mark.parametrize(
    ("provider", "duration", "cost"),
    [
        ("minimax", "6", "0.27"),
        ("minimax", "6.001", "0.45"),
        ("minimax", "10", "0.45"),
        ("minimax", "12", "0.72"),
        ("kling", "5", "0.35"),
        ("kling", "5.5", "0.70"),
        ("kling", "21", "1.75"),
        ("runway", "1", "0.25"),
        ("runway", "30", "1.50"),
    ],
)
def test_clips_are_priced_by_the_lengths_sold(costs: CostTracker, provider: str, duration: str, cost: str) -> None:
    found = costs.estimate_project_cost([shot(duration=Decimal(duration))], video_provider=provider)
    assert found.by_asset_type["video"] == Decimal(cost)


def test_a_shots_own_choice_counts_most(costs: CostTracker) -> None:
    own = Shot(shot_id="s", enhanced_prompt="…", video_provider="kling", image_model="fal-ai/flux/dev")
    models = {"image_model": "fal-ai/flux-2-pro", "video_model": "fal-ai/minimax/hailuo-2.3/standard/image-to-video"}
    found = costs.estimate_project_cost([own, shot()], **models)
    assert [[a.model for a in s.assets] for s in found.shots] == [
        ["fal-ai/flux/dev", "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"],
        ["fal-ai/flux-2-pro", "fal-ai/minimax/hailuo-2.3/standard/image-to-video"],
    ]


def test_a_draft_is_free(costs: CostTracker) -> None:
    draft = dict.fromkeys(("image_provider", "video_provider", "audio_provider"), "draft")
    assert costs.estimate_project_cost([shot(dialogue=LINE)], **draft).total_estimated_cost == 0


def test_speech_by_the_minute_has_an_upper_bound(costs: CostTracker) -> None:
    found = costs.estimate_project_cost([shot(dialogue="x" * 600)], audio_model="gpt-4o-mini-tts", today=TODAY)
    assert found.by_asset_type["audio"] == Decimal("0.015")


def test_no_price_is_guessed(costs: CostTracker) -> None:
    with pytest.raises(UnknownPriceError, match="no price is known for kling kling-9"):
        costs.estimate_project_cost([shot()], video_provider="kling", video_model="kling-9")
    with pytest.raises(UnknownPriceError) as ended:
        costs.estimate_project_cost([shot(dialogue=LINE)], today=date(2027, 1, 6))
    assert "--audio_provider elevenlabs" in ended.value.hint
    costs.estimate_project_cost([shot()], today=date(2027, 1, 6))  # nobody speaks


def test_entries_of_shots_json_are_taken_as_they_are(costs: CostTracker) -> None:
    wild = {"shot_id": "s", "prompt": "…", "dialogue": None, "mood": None, "my_own_note": 1}
    assert len(costs.estimate_project_cost([wild]).shots[0].assets) == 2
    assert costs.estimate_project_cost([]).total_estimated_cost == 0


def test_what_is_no_shot_is_named(costs: CostTracker) -> None:
    with pytest.raises(InputError, match="shot 2: duration is -1, allowed 1 to 30"):
        costs.estimate_project_cost([shot(), shot(duration=-1)])


def test_whatever_holds_shots_is_estimated(costs: CostTracker, tmp_path: Path) -> None:
    file = tmp_path / "shots.json"
    file.write_text(json.dumps([shot()]))
    one = costs.estimate_project_cost([shot()])
    for given in (shot(), {"shots": [shot()]}, Shot(**shot()), (shot(),), file, str(file), load_shots(file)):
        assert costs.estimate_project_cost(given) == one, type(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (7, "shots are int, not a list of shots"),
        (None, "shots are NoneType"),
        (["shot_001"], "shot 1 is text, not an object"),
        ([shot(), None], "shot 2 is null, not an object"),
        ("nowhere.json", "nowhere.json"),
        ([{"shot_id": "s"}], "shot 1: enhanced_prompt is missing"),
        ([shot(mood=3)], "shot 1: mood is a number, not text"),
    ],
)
def test_what_holds_no_shots_is_refused(costs: CostTracker, given: Any, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        costs.estimate_project_cost(given)
    assert caught.value.hint


def test_the_priced_models_are_the_providers_own() -> None:
    from film.providers import registry

    for kind in AssetType:
        for name in registry.names(kind):
            model = estimate.DEFAULT_MODELS.get(name)
            if model is not None:
                assert registry.provider_class(kind, name).default_model == model
