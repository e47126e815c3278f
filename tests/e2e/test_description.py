"""Everything that the description shows runs as it is written there, against simulated vendors where it would cost.

Commands run in a copy of a checkout, ``src`` beside shots.json, by ``uv run`` in the environment of the tests; snippets
run in this process. Films are made small and short: the description's commands have no flag for it, shots.json has.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import description as text
import pytest

from film.app.films import run_film_pipeline
from film.cost_tracker import BudgetExceededError, CostTracker, verify_ledger
from film.db.session import engine_for
from film.environment.variables import KEY_NAMES
from film.models import AssetType
from film.planning.params import DEFAULT_CONCURRENCY, film_params
from film.planning.plan import plan_film
from film.planning.requests import ProviderSet
from film.planning.services import open_services
from film.providers.base import BaseVideoProvider, VideoConfig
from film.rates import RateCard
from film.settings import load_settings
from film.testing.simulator import Latency, Simulator, SimulatorThread

ROOT = Path(__file__).parents[2]
EMMA_CLOSE = {
    "shot_id": "shot_003",
    "shot_type": "close-up",
    "enhanced_prompt": "8K cinematic, close-up of Emma smiling at a dusty music box",
    "characters": ["emma"],
    "landscapes": ["attic"],
    "duration": 1,
}


def small(shots: str | list[dict[str, Any]]) -> str:
    """The same film in a size and a length for tests."""
    entries = json.loads(shots) if isinstance(shots, str) else shots
    return json.dumps({"size": "320x180", "shots": [{**entry, "duration": 1} for entry in entries]})


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with SimulatorThread(latency=Latency(speed=1000)) as running:
        yield running


@pytest.fixture
def gallery(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment of somebody with all keys, at the simulated vendors, in an empty gallery."""
    monkeypatch.delenv("FILM_NO_SPEND")
    for name, value in simulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "gallery"


@pytest.fixture
def checkout(gallery: Path, tmp_path: Path) -> Path:
    """A checkout as the description has it. Nothing there is uv's to sync: it runs what is active."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", folder / "src")
    shutil.copy(ROOT / ".env_template", folder)
    (folder / "shots.json").write_text(small(text.SHOTS))
    return folder


def run(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    if "uv " in command and not shutil.which("uv"):
        pytest.skip("uv is not installed")
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))},
        "VIRTUAL_ENV": sys.prefix,
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "UV_OFFLINE": "1",
        **environment,
    }
    return subprocess.run(["bash", "-ec", command], cwd=folder, env=env, capture_output=True, text=True, check=False)


def done(command: str, folder: Path) -> str:
    result = run(command, folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def play(code: str, **names: Any) -> dict[str, Any]:
    """Run a snippet, ``await`` at its top level included; the names that it leaves."""
    names["__name__"] = "__snippet__"
    compiled = compile(code, "<description>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(compiled, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    return names


# -- getting started


def test_the_template_is_copied_and_holds_every_name(checkout: Path) -> None:
    done(text.COPY_TEMPLATE, checkout)
    copied = (checkout / ".env").read_text()
    names = [line.partition("=")[0] for line in text.ENV_FILE.splitlines() if "=" in line]
    assert [name for name in names if name not in copied] == []
    fresh = load_settings({}, folder=checkout / "src")
    assert fresh.default_budget == Decimal("10.00") and fresh.keys == {}
    (checkout / ".env").write_text(text.ENV_FILE.replace("your_fal_key_here", "a-key"))
    filled = load_settings({}, folder=checkout / "src")
    assert list(filled.keys) == ["fal"] and filled.gallery.as_posix().endswith("E:/FILM_GALLERY")


def test_the_database_is_set_up(checkout: Path, gallery: Path) -> None:
    assert done(text.DATABASE_SETUP, checkout) == ""
    assert (gallery / "film.db").is_file()


def test_httpx_is_there() -> None:
    import httpx

    assert httpx.AsyncClient
    assert '"httpx' in (ROOT / "pyproject.toml").read_text()


# -- the pipeline's command


def test_the_shots_of_the_description_are_a_film(tmp_path: Path) -> None:
    (tmp_path / "shots.json").write_text(text.SHOTS)
    params = film_params(tmp_path / "shots.json", load_settings({"HOME": str(tmp_path)}, folder=tmp_path))
    assert [shot.shot_id for shot in params.shots] == ["shot_001", "shot_002"] and params.warnings == ()
    assert (params.tier, params.concurrency) == ("budget", DEFAULT_CONCURRENCY) and DEFAULT_CONCURRENCY == 3


def test_the_four_commands_make_films_and_buy_only_what_is_new(
    checkout: Path, gallery: Path, simulator: Simulator
) -> None:
    def bought(command: str, folder: Path) -> list[str]:
        before = len(simulator.charges())
        film = Path(done(command, folder).strip())
        assert film.is_file() and film.is_relative_to(gallery)
        return sorted(charge.endpoint.partition("/v")[0] for charge in simulator.charges()[before:])

    cheap = ["fal-ai/flux/schnell"] * 2 + ["fal-ai/minimax/hailuo-02/standard/image-to-video"] * 2 + ["tts-1"]
    assert bought(text.BASIC, checkout) == cheap
    assert bought(text.WITH_BUDGET, checkout / "src") == [], "another film of the same shots costs nothing"
    better = ["eleven_multilingual_v2", "fal-ai/kling-video", "fal-ai/kling-video"]
    assert bought(text.PREMIUM, checkout / "src") == better, "the pictures are there already"
    assert bought(text.NO_CACHE, checkout / "src") == cheap
    assert sorted(p.name for p in gallery.glob("films/*/*.mp4")) == [
        "budget_film.mp4",
        "fresh_film.mp4",
        "my_first_film.mp4",
        "premium_film.mp4",
    ]
    assert (gallery / "cost_tracking" / "premium_film.json").is_file()
    assert verify_ledger(engine_for(load_settings().database_url)) == []


def test_the_examples_make_films_within_their_limits(checkout: Path, gallery: Path, simulator: Simulator) -> None:
    (checkout / "src" / "shots.json").write_text(small(text.EXAMPLE_1_SHOTS))
    (checkout / "src" / "trailer_shots.json").write_text(small(text.SHOTS))
    before = simulator.total()
    assert Path(done(text.EXAMPLE_1, checkout / "src").strip()).name == "scene_001.mp4"
    assert 0 < simulator.total() - before < Decimal("1.00")
    assert Path(done(text.EXAMPLE_2, checkout / "src").strip()).name == "trailer_v1.mp4"


def test_the_first_example_costs_what_the_description_says() -> None:
    tracker = CostTracker("scene_001", rates=RateCard.description())
    estimate = tracker.estimate_project_cost(json.loads(text.EXAMPLE_1_SHOTS))
    assert round(estimate.total_estimated_cost, 2) == Decimal("0.16")


# -- the snippets


def test_a_film_from_python(gallery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shots.json").write_text(small(text.SHOTS))
    film = play(text.PROGRAMMATIC)["final_film"]
    assert Path(film).is_file()
    assert f"Film generated: {film.path}\n" == capsys.readouterr().out


def test_costs_from_python(capsys: pytest.CaptureFixture[str]) -> None:
    play(text.MONTHLY_COSTS)
    play(text.PROJECT_COSTS)["db"].close()
    first, second, summary = capsys.readouterr().out.splitlines()
    assert (first, second) == ("November 2025 total: $0.00", "Projects: 0")
    assert summary.startswith("{'project_id': 'my_film_001', 'total_cost': Decimal('0.00')")


def test_the_library_from_python(gallery: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shots = tmp_path / "shots.json"
    shots.write_text(small([*json.loads(text.SHOTS), EMMA_CLOSE]))
    run_film_pipeline("attic", shots, 10)
    run_film_pipeline("attic_again", shots, 10)
    capsys.readouterr()

    names = play(text.FIND_ASSETS)
    prompt = json.loads(text.SHOTS)[0]["enhanced_prompt"]
    (found,) = names["assets"]
    assert found.prompt == prompt and found.asset_type is AssetType.IMAGE
    told = capsys.readouterr().out
    assert told.splitlines()[0] == "Found 1 matching assets"
    assert f"- {found.asset_id}: {prompt[:50]}..." in told and "Used 1 times, saved $0.003" in told

    play(text.DISCOVER, index=names["index"])
    assert capsys.readouterr().out.splitlines() == [
        "Characters: ['emma']",
        "Landscapes: ['attic', 'doorway', 'interior']",
        "Total assets: 7",
    ]
    play(text.MOST_REUSED)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 7 and all(line.startswith("1x: ") and line.endswith("... (ROI: $0.00)") for line in lines)

    play(text.CACHE)
    rate, saved = capsys.readouterr().out.splitlines()
    assert rate.startswith("Hit rate: ") and float(rate.removeprefix("Hit rate: ").removesuffix("%")) > 0
    assert Decimal(saved.removeprefix("Saved: $")) > 0

    names = play(text.INDEX, asset_metadata=found.model_copy(update={"asset_id": "mine", "mood": "nostalgic"}))
    assert "mine" in [asset.asset_id for asset in names["assets"]]

    names = play(text.EXAMPLE_3)
    assert names["new_shot"]["enhanced_prompt"] == EMMA_CLOSE["enhanced_prompt"]
    shots.write_text(small([names["new_shot"]]))
    settings = load_settings()
    services = open_services(settings)
    plan = plan_film(film_params(shots, settings), services, ProviderSet(services.context))
    assert plan.shots[0].assets[AssetType.IMAGE].state == "reused", "it does hit the cache"


def test_a_single_shot(gallery: Path, simulator: Simulator) -> None:
    shot_config = {**json.loads(text.SHOTS)[1], "duration": 1}
    shot = play(text.TASK, shot_config=shot_config)["completed_shot"]
    assert shot.complete and all(path.is_file() for path in (shot.image_path, shot.video_path, shot.audio_path))
    assert shot.cost_usd > 0


def test_the_tracker() -> None:
    names = play(text.TRACKER, Decimal=Decimal, shot_configs=json.loads(text.SHOTS))
    assert 0 < names["estimate"].total_estimated_cost < 10
    with pytest.raises(BudgetExceededError):
        names["tracker"].check_budget(Decimal("12.50"))


def test_a_provider_of_ones_own() -> None:
    mine = play(text.OWN_PROVIDER, Decimal=Decimal)["MyVideoProvider"]()
    config = VideoConfig(prompt="a door opens")
    assert isinstance(mine, BaseVideoProvider)
    assert mine.estimate_cost(config) == Decimal("0.10")
    assert asyncio.run(mine.generate("data:,", "a door opens", config)) is None


# -- troubleshooting


def test_a_missing_key_is_named_with_the_way_out(checkout: Path) -> None:
    result = run(text.BASIC, checkout, FAL_API_KEY="")
    assert result.returncode == 4
    error, help_ = result.stderr.splitlines()[-2:]
    assert error.casefold() == text.MISSING_KEY.casefold()
    assert help_.startswith("help: ") and "--tier draft" in help_


def test_a_passed_budget_reads_as_described(tmp_path: Path) -> None:
    code = text.TRACKER.replace("estimate.total_estimated_cost)", "Decimal('12.50'))")
    result = subprocess.run(
        [sys.executable, "-c", f"from decimal import Decimal\nshot_configs = []\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith(text.OVER_BUDGET)


def test_the_commands_budget_stops_it_before_the_first_call(checkout: Path, simulator: Simulator) -> None:
    posts = len(simulator.posts())
    result = run(text.WITH_BUDGET.replace("5.00", "0.05"), checkout / "src")
    assert result.returncode == 3
    assert "error: Budget exceeded: $" in result.stderr and "> $0.05" in result.stderr
    assert len(simulator.posts()) == posts


def test_it_works_without_zenml() -> None:
    code = (
        "import sys; sys.modules['zenml'] = None\n"
        "import pipelines.film_generation, pipelines.steps.film_steps, pipelines.tasks.film_tasks"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


# -- the names

NAMES = [
    ("pipelines.film_generation", "film.app.films", "run_film_pipeline"),
    ("pipelines.film_generation", "film.cli.film_generation", "main"),
    ("pipelines.tasks.film_tasks", "film.app.task", "FilmGenerationTask"),
    ("pipelines.params.film_params", "film.planning.params", "FilmParams"),
    ("pipelines.params.film_params", "film.planning.params", "film_params"),
    *(
        ("pipelines.steps.film_steps", "film.production.steps", name)
        for name in ("load_shots", "open_run", "plan_film", "check_budget", "shoot", "record", "compose")
    ),
    ("data.film_models", "film.db.base", "Base"),
    ("data.film_models", "film.cost_tracker.summary", "get_project_cost_summary"),
    ("film.cost_tracker", "film.cost_tracker.summary", "get_monthly_costs"),
    ("film.cost_tracker", "film.cost_tracker.tracker", "CostTracker"),
    ("film.cost_tracker", "film.errors", "BudgetExceededError"),
    ("film.cache", "film.cache.store", "AssetCache"),
    ("film.metadata", "film.metadata.index", "MetadataIndex"),
]


@pytest.mark.parametrize(("module", "real", "name"), NAMES, ids=lambda value: value)
def test_every_name_is_the_real_object(module: str, real: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is getattr(importlib.import_module(real), name)


def test_the_lazy_names_are_the_real_objects() -> None:
    from data import dao
    from film.db import session

    url = load_settings().database_url
    assert dao.engine is session.engine_for(url)
    assert dao.SessionLocal.kw["bind"].pool is dao.engine.pool, "the same connections"


@pytest.mark.parametrize(
    "module",
    "film.models film.providers.base film.providers.image_providers film.providers.video_providers"
    " film.providers.audio_providers film.cache film.metadata film.cost_tracker data.dao".split(),
)
def test_every_module_of_the_drawing_is_there(module: str) -> None:
    assert importlib.import_module(module)


def test_every_account_of_the_table_has_a_variable() -> None:
    assert {names[0] for names in KEY_NAMES.values()} <= set(text.ENV_FILE.replace("=", "\n").splitlines())
