"""A gallery whose database has forgotten what was ordered: nothing is bought, and what is missing is rebuilt."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_room import Room
from sqlalchemy import text

from film.app import health
from film.app.rebuilding import take_in
from film.cost_tracker import CostTracker, verify_ledger
from film.db.session import close_engines, engine_for
from film.errors import BudgetExceededError, OutcomeUnknown, StoreError
from film.jobs import Jobs
from film.planning.services import open_services
from film.production.memory import check_memory, order_book, rebuild
from film.settings import Settings
from film.testing.doubles import FakeVendor, Step

SHOTS = [
    {"shot_id": f"s{n}", "enhanced_prompt": f"A lighthouse, {n}", "duration": 1, "dialogue": f"Land, {n}!"}
    for n in range(2)
]
CENT = Decimal("0.01")


@pytest.fixture
def room(settings: Settings, tmp_path: Path) -> Iterator[Room]:
    room = Room(settings, tmp_path, FakeVendor(price=CENT, lists=False))
    yield room
    close_engines()


def forget(room: Room, *tables: str) -> None:
    """What an older copy of the database would not have: the rows of some tables."""
    with engine_for(room.settings.database_url).begin() as db:
        for table in tables:
            if table == "ledger_entries":
                for trigger in db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    if "ledger" in trigger:
                        db.execute(text(f"DROP TRIGGER {trigger}"))
            db.execute(text(f"DELETE FROM {table}"))


MONEY = ("ledger_entries", "reservation_scopes", "reservations", "budgets")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'film.db'}"


def test_a_database_that_forgot_its_orders_is_recognised_and_nothing_is_bought(room: Room) -> None:
    room.make(SHOTS)
    bought = room.vendor.posts
    forget(room, "jobs")
    with pytest.raises(StoreError, match=rf"does not know {bought} orders") as told:
        room.make([*SHOTS, {"shot_id": "new", "enhanced_prompt": "A buoy", "duration": 1}])
    assert "film fsck --rebuild" in told.value.hint
    assert room.vendor.posts == bought


def test_what_is_rebuilt_is_settled_and_bought_no_second_time(room: Room) -> None:
    room.make(SHOTS)
    bought = room.vendor.posts
    engine = engine_for(room.settings.database_url)
    before = {job.id: (job.state, job.billed, job.blob_sha256) for job in Jobs(engine).list_jobs()}
    forget(room, "jobs", *MONEY)
    assert rebuild(engine, room.settings) == bought
    assert rebuild(engine, room.settings) == 0, "twice changes nothing"
    assert {job.id: (job.state, job.billed, job.blob_sha256) for job in Jobs(engine).list_jobs()} == before
    assert CostTracker("film", engine=engine, settings=room.settings).spent() == room.vendor.charges
    assert verify_ledger(engine) == []
    check_memory(engine, room.settings)
    room.make(SHOTS)
    assert room.vendor.posts == bought


def test_a_result_that_is_gone_too_is_lost_and_not_silently_bought_again(room: Room) -> None:
    room.make(SHOTS)
    bought = room.vendor.posts
    engine = engine_for(room.settings.database_url)
    forget(room, "jobs", *MONEY, "takes", "asset_tags", "assets", "actions")
    rebuild(engine, room.settings)
    assert {job.state for job in Jobs(engine).list_jobs()} == {"lost"}
    again = room.make(SHOTS)
    assert room.vendor.posts == bought, "what its vendor still has is fetched, the rest is put before its user"
    assert not again.failed or all("paid for" in str(shot.error) for shot in again.failed)


def test_an_order_that_was_open_is_rebuilt_with_its_money_set_aside(room: Room) -> None:
    room.vendor.price = Decimal(1)
    room.vendor.swallows_answer()
    result = room.make(SHOTS[:1])
    assert isinstance(result.failed[0].error, OutcomeUnknown)
    engine = engine_for(room.settings.database_url)
    costs = CostTracker("film", engine=engine, settings=room.settings)
    spent, held = costs.spent(), costs.held()
    forget(room, "jobs", *MONEY)
    rebuild(engine, room.settings)
    assert (costs.spent(), costs.held()) == (spent, held)
    assert held == Decimal(1)


def test_a_gallery_from_before_the_book_gets_one(room: Room) -> None:
    room.make(SHOTS)
    book = order_book(room.settings)
    ids = book.order_ids()
    book.path.unlink()
    room.make(SHOTS)
    assert book.order_ids() == ids and book.damaged() == 0


def test_the_database_of_an_older_day_is_recognised_by_what_was_bought_since(room: Room, tmp_path: Path) -> None:
    room.make(SHOTS[:1])
    close_engines()
    with closing(sqlite3.connect(tmp_path / "film.db")) as live, closing(sqlite3.connect(tmp_path / "old.db")) as old:
        live.backup(old)
    room.make(SHOTS)
    bought = room.vendor.posts
    close_engines()
    with closing(sqlite3.connect(tmp_path / "old.db")) as old, closing(sqlite3.connect(tmp_path / "film.db")) as live:
        old.backup(live)
    with pytest.raises(StoreError):
        room.make(SHOTS)
    assert room.vendor.posts == bought


def copied_while(room: Room, tmp_path: Path, step: Step) -> Path:
    """Make a film of one shot; a copy of its database as it was when the vendor met ``step`` for the first time."""
    room.vendor.fails(step, lambda: copied(tmp_path, "old.db"))
    room.make(SHOTS[:1])
    close_engines()
    return tmp_path / "old.db"


def copied(tmp_path: Path, name: str) -> Path:
    """A copy of the database as it is now."""
    with closing(sqlite3.connect(tmp_path / "film.db")) as live, closing(sqlite3.connect(tmp_path / name)) as old:
        live.backup(old)
    return tmp_path / name


def token_of_the_dead() -> str:
    """What a process wrote that has ended."""
    told = subprocess.run(
        [sys.executable, "-c", "from film.db.owner import new_token; print(new_token())"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


@pytest.mark.parametrize("step", ["submit", "poll", "fetch"])
def test_orders_that_ended_after_the_copy_was_made_end_again_and_leave_no_money_behind(
    room: Room, tmp_path: Path, step: Step
) -> None:
    """The copy knows them as under way, and their pictures as being made; the film goes on under its own quote."""
    room.vendor.price = Decimal(1)
    copy = copied_while(room, tmp_path, step)
    bought, quote = room.vendor.posts, room.vendor.charges
    put_back(copy, tmp_path)
    services = open_services(room.settings, whatever=True)
    services.cache.identity.take_over()
    take_in(services)
    rebuild(services.engine, room.settings)
    assert rebuild(services.engine, room.settings) == 0, "twice changes nothing"
    engine = engine_for(room.settings.database_url)
    costs = CostTracker("film", engine=engine, settings=room.settings)
    assert costs.spent() == quote
    assert {job.state for job in Jobs(engine).list_jobs()} == {"done"}
    assert room.plan(SHOTS[:1], budget_limit=quote).at_most == 0
    again = room.make(SHOTS[:1], budget_limit=quote)
    assert not again.failed
    assert room.vendor.posts == bought
    assert (costs.spent(), costs.held()) == (quote, Decimal(0))
    assert verify_ledger(engine) == []


def put_back(copy: Path, tmp_path: Path) -> None:
    """The copy takes the database's place; those who worked on its orders are dead."""
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(tmp_path / "film.db")) as live:
        old.backup(live)
        live.execute("UPDATE reservations SET owner = ? WHERE owner <> ''", (token_of_the_dead(),))
        live.execute("UPDATE jobs SET owner = ? WHERE owner IS NOT NULL", (token_of_the_dead(),))
        live.commit()


@pytest.mark.parametrize("is_told", [True, False], ids=["the book knows the end", "the book does not"])
@pytest.mark.parametrize("step", ["submit", "poll", "fetch"])
def test_orders_whose_files_are_on_record_end_where_the_copy_lacks_no_order(
    room: Room, tmp_path: Path, step: Step, is_told: bool
) -> None:
    """No step asks for what is there: nothing else would end them, and their money would stay set aside."""
    room.vendor.price = Decimal(1)
    copy = copied_while(room, tmp_path, step)
    bought, quote = room.vendor.posts, room.vendor.charges
    with closing(sqlite3.connect(copy)) as old:
        known = old.execute("SELECT count(*) FROM jobs WHERE state <> 'done'").fetchone()[0]
    assert known, "the copy knows an order that is under way"
    put_back(copy, tmp_path)
    book = order_book(room.settings)
    lacking = book.order_ids() - {job.id for job in Jobs(engine_for(room.settings.database_url)).list_jobs()}
    lines = book.path.read_bytes().splitlines(keepends=True)
    # An order that the copy lacks would be refused as such; of the others, the end may not have been written any more.
    kept = [
        line
        for line in lines
        if not any(job_id.encode() in line for job_id in lacking) and (is_told or b'"event":"end"' not in line)
    ]
    book.path.write_bytes(b"".join(kept))
    services = open_services(room.settings, whatever=True)
    services.cache.identity.take_over()
    take_in(services)
    again = room.make(SHOTS[:1])
    assert not again.failed
    assert room.vendor.posts == bought
    engine = engine_for(room.settings.database_url)
    assert {job.state for job in Jobs(engine).list_jobs()} == {"done"}
    assert all(job.vendor_job_id for job in Jobs(engine).list_jobs() if job.asset_type != "audio")
    costs = CostTracker("film", engine=engine, settings=room.settings)
    assert costs.held() == 0
    assert costs.spent() == quote - len(lacking)
    assert verify_ledger(engine) == []


def test_a_copy_that_lacks_the_end_of_orders_and_their_files_buys_nothing_until_it_is_rebuilt(
    room: Room, tmp_path: Path
) -> None:
    room.vendor.price = Decimal(1)
    copies: list[Path] = []

    def keep() -> None:
        copies.append(copied(tmp_path, f"old{len(copies)}.db"))

    room.vendor.fails("fetch", keep, keep)
    room.make(SHOTS[:1])
    close_engines()
    bought = room.vendor.posts
    put_back(copies[-1], tmp_path)
    services = open_services(room.settings, whatever=True)
    assert not services.cache.trouble(), "it is of this very generation"
    found = health.examine(services.engine, room.settings)
    assert "is done in orders.log and under way in the database" in found["order book"][0]
    with pytest.raises(StoreError, match="older copy") as told:
        room.make(SHOTS[:1])
    assert "film fsck --rebuild" in told.value.hint
    assert room.vendor.posts == bought
    take_in(services)
    assert health.mend(services.engine, room.settings, found) == ["order book"]
    assert not health.examine(services.engine, room.settings)["order book"]
    assert not room.make(SHOTS[:1]).failed
    assert room.vendor.posts == bought
    assert {job.state for job in Jobs(services.engine).list_jobs()} == {"done"}


def test_another_take_that_was_cut_off_is_not_taken_for_the_file_of_the_first(room: Room) -> None:
    """It is paid for, and is fetched when it is asked for again; what the first one brought settles nothing of it."""
    room.vendor.price = Decimal(1)
    still = [{"shot_id": "s", "enhanced_prompt": "A lighthouse", "duration": 1}]
    room.make(still)
    room.vendor.fails("poll", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        room.make(still, use_cache=False)
    bought = room.vendor.posts
    engine = engine_for(room.settings.database_url)
    (cut,) = [job for job in Jobs(engine).list_jobs() if job.state == "submitted"]
    assert not room.make(still).failed
    (waits,) = [job for job in Jobs(engine).list_jobs() if job.id == cut.id]
    assert (waits.state, waits.blob_sha256) == ("submitted", None)
    assert room.vendor.posts == bought
    assert not room.make(still, use_cache=False).failed
    (ended,) = [job for job in Jobs(engine).list_jobs() if job.id == cut.id]
    assert ended.state == "done"


def test_under_a_limit_of_its_quote_a_film_with_a_clip_under_review_goes_on(room: Room) -> None:
    """The clip's money is held once: by its order, and not again by the plan."""
    room.vendor.price = Decimal(1)
    room.vendor.swallows_answer()
    quote = room.plan(SHOTS).at_most
    first = room.make(SHOTS, budget_limit=quote)
    assert len(first.failed) == 1
    plan = room.plan(SHOTS, budget_limit=quote)
    assert plan.count("ordered") == 1
    second = room.make(SHOTS, budget_limit=quote)
    assert len(second.failed) == 1 and isinstance(second.failed[0].error, OutcomeUnknown)
    assert not any(isinstance(shot.error, BudgetExceededError) for shot in (*first.failed, *second.failed))
    assert room.vendor.charges <= quote


@pytest.mark.parametrize("room_for", [0, 1], ids=["no room", "room for one more"])
def test_what_is_bought_again_never_takes_the_money_of_shots_to_come(room: Room, room_for: int) -> None:
    """Under a limit of the quote the order waits for its user, and all else is made."""
    shots = [{"shot_id": f"s{n}", "enhanced_prompt": f"A pier, {n}", "duration": 1} for n in range(8)]
    limit = room.plan(shots).at_most + room_for * CENT
    room.vendor.swallows_answer()
    result = room.make(shots, budget_limit=limit, concurrency=1)
    assert [type(shot.error) for shot in result.failed] == [OutcomeUnknown] * (1 - room_for)
    assert room.vendor.charges <= limit
