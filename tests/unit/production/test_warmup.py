"""What takes a while to start is started for a film that was never made, and only for what makes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from animatic.provider import DraftImageProvider
from film.planning.params import FilmParams, film_params
from film.production.warmup import warm_up
from film.settings import Settings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    pieces: list[int] = []
    monkeypatch.setattr(DraftImageProvider, "get_ready", pieces.append)
    return pieces


def params_of(folder: Path, settings: Settings, **options: str) -> FilmParams:
    shots = [{"shot_id": f"shot_{n}", "enhanced_prompt": "a hill"} for n in range(3)]
    (folder / "shots.json").write_text(json.dumps(shots))
    return film_params(folder / "shots.json", settings, film_id="hill", **options)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path / 'film.db'}")


def test_a_first_draft_gets_its_drawing_processes_early(told: list[int], tmp_path: Path, settings: Settings) -> None:
    params = params_of(tmp_path, settings, tier="draft")
    warm_up(params, settings)
    assert told == [3]
    (settings.films / "hill").mkdir(parents=True)
    warm_up(params, settings)
    assert told == [3], "a film that was made before may need nothing"


def test_a_film_of_vendors_starts_nothing(told: list[int], tmp_path: Path, settings: Settings) -> None:
    warm_up(params_of(tmp_path, settings, tier="budget"), settings)
    assert told == []


def test_a_provider_that_does_not_exist_is_left_to_the_plan(
    told: list[int], tmp_path: Path, settings: Settings
) -> None:
    params = params_of(tmp_path, settings, tier="draft")
    shot = params.shots[0].model_copy(update={"video_provider": "no-such-vendor"})
    warm_up(params.model_copy(update={"shots": (shot, *params.shots[1:])}), settings)
    assert told == [3]
