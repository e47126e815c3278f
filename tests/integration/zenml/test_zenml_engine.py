"""``--engine zenml`` on ZenML's own local stack: the same films as under the local engine, and each paid for once."""

from __future__ import annotations

import json
import threading
from decimal import Decimal
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import shot
from zenml_room import Room

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.errors import BudgetExceededError, ConfigurationError, Interrupted, ProviderRefused
from film.planning.results import FilmResult
from film.production.engines.zenml import house
from film.production.events import Event
from film.production.stop import Stop

pytestmark = [
    pytest.mark.engines,
    pytest.mark.usefixtures("zenml_home"),
    pytest.mark.filterwarnings("default"),  # ZenML's own are not ours to raise
]

TWO = [shot(1), shot(2, dialogue="Hello there.")]


def last_run() -> Any:
    client = import_module("zenml.client").Client()
    return client.list_pipeline_runs(sort_by="desc:created", size=1, hydrate=True).items[0]


def is_batch(step: str) -> bool:
    return step.startswith("map:shoot:")


def test_the_release_is_the_one_that_was_asked_for() -> None:
    assert version("zenml").startswith("0.98."), "with SQLAlchemy 2.1 in the way pip falls back to the 0.6 of years ago"


@pytest.mark.parametrize("by_stages", [False, True])
def test_a_film_is_made_once_and_then_reused(room: Room, by_stages: bool) -> None:
    film = room.make_with_zenml(TWO, by_stages=by_stages)
    assert (film.shots_made, film.cost_usd, room.vendor.posts) == (2, 5 * room.vendor.price, 5)
    assert film.path.is_file() and len(room.told("shot_done")) == 2 and len(room.told("film_done")) == 1
    assert len(room.told("step_done")) == 5
    again = room.make_with_zenml(TWO, by_stages=by_stages)
    assert again.unchanged and (again.shots_reused, again.cost_usd, room.vendor.posts) == (2, 0, 5)
    assert room.make(TWO).unchanged and room.vendor.posts == 5
    assert verify_ledger(engine_for(room.settings.database_url)) == []


def test_a_shot_that_fails_is_told_and_the_film_is_cut_without_it(room: Room) -> None:
    room.vendor.fails("submit", ProviderRefused("not that", hint="say it otherwise", provider="fake"))
    film = room.make_with_zenml([shot(1), shot(2)], batch_size=1)
    (missing,) = film.failed
    assert isinstance(missing.error, ProviderRefused) and missing.error.hint == "say it otherwise"
    assert missing.stand_in is not None and film.shots_made == 1
    assert film.cost_usd == 2 * room.vendor.price


def test_the_gate_comes_before_every_paid_step_and_stops_the_film(room: Room) -> None:
    with pytest.raises(BudgetExceededError, match=r"Budget exceeded: \$0.25 > \$0.01"):
        room.make_with_zenml(TWO, budget_limit=Decimal("0.01"))
    assert room.vendor.posts == 0 and set(last_run().steps) == {"load", "estimate"}
    with pytest.raises(BudgetExceededError):
        room.make_with_zenml(TWO, budget_limit=Decimal("0.01"), by_stages=True)
    assert room.vendor.posts == 0
    for by_stages in (True, False):
        room.make_with_zenml(TWO, by_stages=by_stages, batch_size=1)
        steps: dict[str, Any] = last_run().steps
        paying = [
            step for name, step in steps.items() if name.partition(":")[0] in ("images", "audio", "videos", "shoot")
        ]
        assert all("passed" in step.inputs for step in paying)
        assert bool(paying) is by_stages, "the second film is all there: no step is needed for it"


@pytest.mark.parametrize("use_cache", [True, False])
def test_a_step_that_falls_over_after_its_orders_is_repeated_and_pays_once(room: Room, use_cache: bool) -> None:
    """Of four shots under way one falls over: the others are cut off wherever they are, most of them after a POST."""
    room.make_with_zenml([shot(n) for n in range(1, 5)]) if not use_cache else None
    before, falls = room.vendor.posts, iter([True])

    def trip(event: Event) -> None:
        if event.event == "step_done" and next(falls, False):
            assert room.vendor.posts > before
            raise RuntimeError("a fault in the step, right after an order")

    film = room.make_with_zenml([shot(n) for n in range(1, 5)], listeners=[trip], use_cache=use_cache)
    assert next(falls, None) is None and film.failed == ()
    assert room.vendor.posts - before == 8, "what the first try had bought is not bought again"
    assert (film.shots_made, film.cost_usd) == (4, 8 * room.vendor.price), "and it counts as this run's"
    (batch,) = [step for name, step in last_run().steps.items() if is_batch(name)]
    assert batch.status.value == "completed" and batch.version == 2
    assert verify_ledger(engine_for(room.settings.database_url)) == []


def test_a_fault_that_stays_is_raised_as_what_it_is(room: Room) -> None:
    def trip(event: Event) -> None:
        if event.event == "step_started":
            raise RuntimeError("a fault that stays")

    with pytest.raises(Exception, match=r"unhandled errors|a fault that stays"):
        room.make_with_zenml(TWO, listeners=[trip])
    assert room.vendor.posts == 0


def test_films_with_the_same_shots_are_both_finished(room: Room) -> None:
    first = room.make_with_zenml(TWO)
    second = room.make_with_zenml(TWO, film_id="another")
    assert room.vendor.posts == 5 and second.shots_reused == 2
    assert second.path != first.path and second.path.is_file()
    assert [s.video and s.video.sha256 for s in second.shots] == [s.video and s.video.sha256 for s in first.shots]


def test_a_stop_ends_new_work_and_the_next_run_goes_on(room: Room) -> None:
    stop = Stop()

    def halt(event: Event) -> None:
        if event.event == "step_done":
            stop.set()

    shots = [shot(n) for n in range(1, 7)]
    with pytest.raises(Interrupted, match="of 6 shots are done"):
        room.make_with_zenml(shots, listeners=[halt], stop=stop, batch_size=2)
    posts = room.vendor.posts
    assert 0 < posts < 12
    film = room.make_with_zenml(shots)
    assert film.failed == () and room.vendor.posts == 12 and room.vendor.bought_twice() == 0


def test_a_film_without_changes_takes_no_step_for_its_shots_and_batches_cover_the_rest(room: Room) -> None:
    room.make_with_zenml([shot(2)])
    film = room.make_with_zenml([shot(n) for n in range(1, 6)], batch_size=2)
    assert (film.shots_made, film.shots_reused) == (4, 1)
    assert sum(map(is_batch, last_run().steps)) == 2


def test_what_the_dashboard_shows(room: Room) -> None:
    film = room.make_with_zenml([shot(1, enhanced_prompt="an unheard-of sight"), shot(2)])
    run = last_run()
    compose, record = run.steps["compose"], run.steps["record"]
    assert compose.run_metadata["path"] == str(film.path) and compose.run_metadata["shots_made"] == 2
    shown = {**compose.outputs, **record.outputs}
    pages = {name: shown[name][0].load() for name in ("contact_sheet", "cost_table")}
    assert "data:image/jpeg;base64" in pages["contact_sheet"] and "$0.20" in pages["cost_table"]
    assert shown["finished_film"][0].load()["cost_usd"] == "0.20"
    told = [a.load() for step in run.steps.values() for many in step.outputs.values() for a in many]
    assert sum("an unheard-of sight" in str(one) for one in told) == 1, (
        "prompts go with the film's params and no further"
    )


def test_no_key_reaches_zenml(room: Room, zenml_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-4711-do-not-tell"
    monkeypatch.setenv("FAL_API_KEY", canary)
    settings = room.settings.model_validate({**room.settings.model_dump(), "keys": {"fal": canary}})
    Room(settings, room.folder, room.vendor).make_with_zenml(TWO)
    files = [path for path in zenml_home.rglob("*") if path.is_file()]
    assert len(files) > 10 and not [path for path in files if canary.encode() in path.read_bytes()]


def test_several_films_at_once_in_one_program(room: Room, tmp_path: Path) -> None:
    films: dict[str, FilmResult] = {}

    def make(name: str) -> None:
        other = Room(room.settings, tmp_path / name, room.vendor)
        other.folder.mkdir()
        films[name] = other.make_with_zenml(TWO, film_id=name)

    threads = [threading.Thread(target=make, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(films) == {"a", "b"} and room.vendor.posts == 5


def test_a_pipeline_of_ones_own_has_a_workshop_of_its_own(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enter(room.settings)
    flows, steps = import_module("film.production.engines.zenml.flows"), import_module("pipelines.steps.film_steps")
    assert steps.film_flow is flows.film_flow
    shots = tmp_path / "own.json"
    shots.write_text(json.dumps([shot(1, enhanced_prompt="a lighthouse")]))
    options = {"film_id": "own", "tier": "draft", "size": "228x128", "output": str(tmp_path / "own.mp4")}
    flows.film_flow(str(shots), options)
    facts = last_run().steps["compose"].outputs["finished_film"][0].load()
    assert facts["path"] == str(tmp_path / "own.mp4") and facts["shots_made"] == 1
    assert (tmp_path / "own.mp4").is_file() and (tmp_path / "gallery" / "film.db").is_file()
    assert not [thread for thread in threading.enumerate() if thread.name == "film-workshop" and thread.is_alive()]


def test_a_stack_that_runs_elsewhere_is_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enter(room.settings)
    local = import_module("zenml.orchestrators").LocalOrchestrator
    monkeypatch.setattr(local, "flavor", property(lambda self: "kubernetes"), raising=False)
    with pytest.raises(ConfigurationError, match="runs steps elsewhere"):
        room.make_with_zenml(TWO)
    assert room.vendor.posts == 0


@pytest.mark.long
def test_more_steps_than_zenml_remembers(room: Room) -> None:
    film = room.make_with_zenml([shot(n) for n in range(1, 106)], batch_size=1)
    assert film.failed == () and room.vendor.posts == 210
    assert sum(map(is_batch, last_run().steps)) == 105
