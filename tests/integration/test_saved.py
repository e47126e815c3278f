"""What a run says that it cost and saved is what the ledger, the cache and the vendor's bill say."""

from __future__ import annotations

import csv
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room, shot

from film.cost_tracker import get_monthly_costs, get_project_cost_summary
from film.cost_tracker.spending import spending
from film.db.base import now
from film.db.session import engine_for, snapshot
from film.planning.services import open_services
from film.providers.base import JobStatus
from film.settings import Settings

THREE = [shot(1), shot(2, dialogue="Hello."), shot(3)]
LONG = ". ".join(f"This is sentence number {n} of a long line" for n in range(12)) + "."


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def said_everywhere(room: Room) -> set[Decimal]:
    """What reuse saved, from every place that says so."""
    engine, month = engine_for(room.settings.database_url), now()
    with snapshot(engine) as db:
        film, all_time = get_project_cost_summary(db, "film"), spending(db)
    with (room.settings.cost_reports / "film.csv").open(encoding="utf-8", newline="") as text:
        sheet = sum((Decimal(row["saved_usd"] or 0) for row in csv.DictReader(text)), Decimal(0))
    return {
        film["saved"],
        film["saved_usd"],
        get_monthly_costs(month.year, month.month, engine=engine)["saved"],
        all_time.total.saved,
        sum((one.saved for one in all_time.by_provider), Decimal(0)),
        sheet,
        open_services(room.settings).cache.get_cache_stats()["total_cost_saved_usd"],
    }


def edited(number: int, **fields: Any) -> list[dict[str, Any]]:
    return [{**s, **fields} if n == number else s for n, s in enumerate(THREE)]


@pytest.mark.parametrize(
    "films",
    [
        pytest.param([THREE, THREE, THREE], id="made again and again"),
        pytest.param([[shot(n, enhanced_prompt="the same") for n in range(4)]] * 2, id="equal shots"),
        pytest.param([THREE, edited(1, enhanced_prompt="another"), edited(1, dialogue="Bye.")], id="edits"),
        pytest.param([[shot(1, dialogue=LONG)], [shot(1, dialogue=LONG)]], id="a long line"),
        pytest.param([[shot(1, dialogue=LONG)], [shot(1, dialogue=LONG, enhanced_prompt="new")]], id="its shot edited"),
        pytest.param([[shot(1, dialogue=LONG)], [shot(1, dialogue=LONG + " One more.")]], id="its end edited"),
    ],
)
def test_saved_is_one_sum_wherever_it_is_told(room: Room, films: list[list[dict[str, Any]]]) -> None:
    room.text_limit = 200
    saved = Decimal(0)
    for shots in films:
        plan = room.plan(shots)
        film = room.make(shots)
        saved += film.saved_usd
        assert film.saved_usd >= plan.saved
        assert said_everywhere(room) == {saved}
    assert saved > 0


def test_a_named_asset_saves_what_it_had_cost(room: Room) -> None:
    room.make([shot(1)])
    index = open_services(room.settings).index
    picture = next(a for a in index.find_assets(asset_type="image"))
    film = room.make([shot(2, reuse=[picture.asset_id])])
    assert film.saved_usd == picture.cost_usd == room.vendor.price and said_everywhere(room) == {film.saved_usd}
    again = room.make([shot(2, reuse=[picture.asset_id])])
    assert again.saved_usd == 2 * room.vendor.price and said_everywhere(room) == {3 * room.vendor.price}


def test_a_film_without_its_cache_and_a_draft_save_nothing(room: Room) -> None:
    room.make(THREE)
    assert room.make(THREE, use_cache=False).saved_usd == 0 and said_everywhere(room) == {Decimal(0)}


def test_the_log_has_a_line_for_each_asset_whoever_brings_it(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "film.cache")

    def lines() -> list[str]:
        found = [record.getMessage() for record in caplog.records if record.name == "film.cache"]
        caplog.clear()
        return found

    room.make(THREE)
    first = lines()
    assert len(first) == 7 and all(line.startswith("miss ") for line in first)
    assert sum("for shot_002" in line for line in first) == 3
    room.make(THREE)
    again = lines()
    assert len(again) == 7 and all(line.endswith(", saved $0.05") for line in again), "wholly reused"
    assert sorted(line.split(" of fake for ")[1].split(",")[0] for line in again) == sorted(
        ["shot_001"] * 2 + ["shot_002"] * 3 + ["shot_003"] * 2
    )
    assert {line.split()[2] for line in again} == {line.split()[2] for line in first}, "keys are told alike"
    room.make(edited(2, enhanced_prompt="another"))
    third = lines()
    assert (sum(line.startswith("hit") for line in third), sum(line.startswith("miss") for line in third)) == (5, 2)


def fail_and_charge(room: Room) -> None:
    """The vendor bills the order that it has just taken, and it comes to nothing."""
    job = room.vendor.jobs[-1]
    job.status = JobStatus(state="failed", error="the model fell over", charged=True, billed=job.price)


def test_what_a_run_cost_is_what_the_vendor_billed_failures_included(room: Room) -> None:
    room.make([shot(1)])
    before = room.vendor.charges
    room.vendor.fails("poll", lambda: fail_and_charge(room))
    film = room.make([shot(1), shot(2)])
    assert film.failed and film.cost_usd == room.vendor.charges - before == room.vendor.price
    assert film.for_nothing_usd == room.vendor.price
    (done,) = room.told("film_done")
    assert (done["cost"], done["for_nothing"]) == (film.cost_usd, film.for_nothing_usd)
    again = room.make([shot(1), shot(2)])
    assert not again.failed and again.for_nothing_usd == 0
    assert again.cost_usd == room.vendor.charges - before - film.cost_usd


def test_a_bill_over_its_quote_is_in_the_result(room: Room) -> None:
    quoted = room.vendor.price

    def dearer() -> None:
        room.vendor.jobs[-1].price = quoted + Decimal("0.02")

    room.vendor.fails("poll", dearer)
    film = room.make([shot(1)])
    (bill,) = film.over_quote
    assert (bill.shot_id, bill.quoted, bill.billed, bill.disputed) == ("shot_001", quoted, quoted + Decimal("0.02"), 0)
    assert bill.job_id and film.cost_usd == room.vendor.charges
    assert room.make([shot(1)]).over_quote == (), "it is this run's bills that are told"
