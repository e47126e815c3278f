"""A sheet and the pictures that go by it, through the whole wire of a simulated vendor; killed and gone on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.app.films import make_film
from film.planning.params import FilmParams, film_params
from film.planning.results import FilmResult
from film.settings import Settings, load_settings
from film.testing.simulator import Latency, Simulator, SimulatorThread

CAST = '[characters.emma]\ndescription = "Emma, copper hair, green coat"\nsheet = true\n'
SHOTS: list[dict[str, Any]] = [
    {"shot_id": "one", "prompt": "she opens a door", "duration": 6, "characters": ["Emma"]},
    {"shot_id": "two", "prompt": "she runs", "duration": 6, "characters": ["emma"]},
    {"shot_id": "three", "prompt": "and on", "duration": 6, "characters": ["emma"], "start_from": "previous"},
    {"shot_id": "four", "prompt": "an empty street", "duration": 6},
]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with SimulatorThread(latency=Latency(speed=200)) as simulator:
        yield simulator


@pytest.fixture
def settings(tmp_path: Path, simulator: Simulator) -> Settings:
    gallery = tmp_path / "gallery"
    environment = {
        **simulator.environment(),
        "FILM_GALLERY_DIR": str(gallery),
        "FILM_DATABASE_URL": f"sqlite:///{gallery / 'film.db'}",
        "FILM_NO_SPEND": "0",
    }
    return load_settings(environment, folder=tmp_path)


def params(folder: Path, settings: Settings) -> FilmParams:
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / "cast.toml").write_text(CAST)
    (folder / "shots.json").write_text(json.dumps(SHOTS))
    return film_params(
        folder / "shots.json", settings, film_id="f", tier="budget", image_provider="nano-banana", size="256x144"
    )


def make(folder: Path, settings: Settings) -> FilmResult:
    return asyncio.run(make_film(params(folder, settings), settings))


def test_one_sheet_then_pictures_that_carry_it(tmp_path: Path, settings: Settings, simulator: Simulator):
    result = make(tmp_path, settings)
    assert not result.failed
    orders = [(job.endpoint, job.order) for job in simulator.books.jobs("fal") if "nano-banana" in job.endpoint]
    plain = [order for model, order in orders if not model.endswith("/edit")]
    edits = [order for model, order in orders if model.endswith("/edit")]
    assert sorted(order["prompt"][:9] for order in plain) == ["Character", "an empty "]
    assert sorted(order["prompt"][:7] for order in edits) == ["she ope", "she run"], "the third starts from the second"
    assert len({tuple(order["image_urls"]) for order in edits}) == 1
    assert all(order["resolution"] == "1K" and order["aspect_ratio"] == "16:9" for _, order in orders)
    pictures, clips = 4 * Decimal("0.08"), 4 * 6 * Decimal("0.017")
    assert result.cost_usd == pictures + clips
    before = len(simulator.books.jobs("fal"))
    assert make(tmp_path, settings).unchanged
    assert len(simulator.books.jobs("fal")) == before
