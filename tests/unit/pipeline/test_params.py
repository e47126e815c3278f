"""What a run is asked for from Python, where no command line has looked at it before."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from film.errors import ConfigurationError
from film.pipeline.params import film_params
from film.pipeline.run import run_film_pipeline
from film.settings import load_settings


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    path = tmp_path / "shots.json"
    path.write_text(json.dumps([{"shot_id": "a", "prompt": "an attic", "duration": 1}]))
    return path


def test_an_output_may_be_text(shots: Path) -> None:
    params = film_params(shots, load_settings({}), tier="draft", output=str(shots.with_suffix(".mp4")))
    assert params.output == shots.with_suffix(".mp4")


def test_a_tier_that_is_none_is_refused(shots: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no tier 'cheap'") as caught:
        film_params(shots, load_settings({}), tier="cheap")
    assert "draft, budget" in caught.value.hint


@pytest.mark.parametrize("limit", [float("nan"), "abc", True, -1, float("inf")])
def test_a_limit_that_is_no_sum_of_money_is_refused(shots: Path, limit: float | str) -> None:
    with pytest.raises(ConfigurationError, match="budget_limit is"):
        run_film_pipeline("a", shots, limit, tier="draft")


@pytest.mark.parametrize("limit", [0.1 + 0.2, "2.50"])
def test_a_film_is_made_where_a_loop_runs_already(shots: Path, limit: float | str) -> None:
    async def notebook() -> Path:
        return run_film_pipeline("a", shots, limit, tier="draft", size="128x128").path

    assert asyncio.run(notebook()).is_file()
