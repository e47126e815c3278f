"""Every place at which a program can die: killed there, started again, and the books compared with the vendor's bill.

A killed program writes nothing more, so here it dies in the database: at its n-th transaction an engine begins to raise
for good, whatever its owner still tries to tidy up. ``n`` counts up until a whole purchase passes unharmed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from house import House, Purse, paid_call
from sqlalchemy import Engine, event

from film.db.base import Base
from film.errors import FilmError, PaidLost
from film.jobs import Jobs, PaidCall
from film.models import Generated
from film.providers.base import AudioConfig
from film.testing.doubles import FakeAudioProvider, FakeVendor

CHEAP, DEAR = Decimal("0.01"), Decimal("0.05")


class Killed(BaseException):
    """kill -9."""


class Mortal:
    """A program that dies at its ``last``-th transaction, or when told to, and stays dead."""

    def __init__(self, house: House, last: int = 10_000) -> None:
        self.house, self.left, self.dead = house, last, False
        self.engine: Engine = house.engine()
        event.listen(self.engine, "begin", self.before_transaction)

    def before_transaction(self, connection: Any) -> None:
        self.left -= 1
        if self.left <= 0:
            self.die()

    def die(self) -> None:
        self.dead = True
        raise Killed

    def make(self, call: PaidCall) -> None:
        async def main() -> None:
            await self.house.buy(self.house.jobs(self.engine), call)

        event.listen(self.engine, "begin", lambda _: self.die() if self.dead else None)
        asyncio.run(main())


def audio_call(house: House, quoted: Decimal) -> PaidCall:
    return paid_call(FakeAudioProvider(vendor=house.vendor), AudioConfig(text="Land!"), quoted=quoted)


def restart(house: House, call: PaidCall) -> None:
    """What a new run does: settle what had reached the store, then make what is not in it, on money of its own."""
    call = replace(call, reservation_id=f"{call.reservation_id} restarted {len(house.purse.released)}")

    async def main() -> None:
        jobs = house.jobs()
        await jobs.finish_stored(house.stored)
        if call.key not in house.store:
            await house.buy(jobs, call)

    house.clock.put(120)  # past the dead program's lease: its process, this one, still runs
    try:
        asyncio.run(main())
    except FilmError as error:
        assert error.hint


def balance(house: House, call: PaidCall, *, seen: str) -> None:
    """Nothing is bought twice unless it is on record, and all that the vendor bills is settled or held."""
    jobs = house.jobs().list_jobs()
    on_record = sum(job.state not in ("failed", "unsent") for job in jobs)
    assert len(house.vendor.jobs) <= max(1, on_record), seen
    assert all(job.posts <= 1 for job in jobs), seen
    held = sum((job.quoted for job in jobs if job.state in ("review", "unknown", "intent", "submitted")), Decimal(0))
    assert house.vendor.charges <= house.purse.spent + held, seen
    for job in jobs:
        if job.state == "done":
            assert job.blob_sha256 == house.store[call.key], seen
            assert job.reservation_id in house.purse.settled, seen
    open_ones = {job.reservation_id for job in jobs if job.state in ("review", "unknown", "intent", "submitted")}
    assert not open_ones & (house.purse.released | house.purse.settled.keys()), seen


@pytest.mark.parametrize(
    ("kind", "lists", "quoted", "allowed"),
    [
        ("job", True, DEAR, {"done"}),
        ("job", False, DEAR, {"done", "review"}),
        ("job", False, CHEAP, {"done", "closed"}),
        ("answer", False, DEAR, {"done", "review", "lost"}),
        ("answer", False, CHEAP, {"done", "closed"}),
    ],
)
def test_killed_at_any_transaction(house: House, kind: str, lists: bool, quoted: Decimal, allowed: set[str]):
    points = 0
    while True:
        points += 1
        house.vendor = FakeVendor(price=quoted, lists=lists, clock=house.clock.monotonic)
        house.purse = Purse()
        house.store.clear()
        call = audio_call(house, quoted) if kind == "answer" else house.image_call(quoted=quoted)
        call = replace(call, key=f"{points} {call.key}"[:64], reservation_id=str(points))
        house.url = house.url.rpartition("/")[0] + f"/film{points}.db"
        Base.metadata.create_all(house.engine())
        try:
            Mortal(house, points).make(call)
            survived = True
        except Killed:
            survived = False
        restart(house, call)
        restart(house, call)
        seen = f"killed at transaction {points}"
        balance(house, call, seen=seen)
        states = {job.state for job in house.jobs().list_jobs()}
        assert states <= allowed, seen
        if survived:
            break
    assert points > 6, "too few points to mean anything"


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("accepted", [True, False])
def test_killed_around_the_post(house: House, lists: bool, accepted: bool):
    """The one window that nobody can close: the answer is adopted where it can be found, and else reviewed."""
    house.vendor.lists = lists
    program = Mortal(house)
    if accepted:
        house.vendor.swallows_answer(program.die)
    else:
        house.vendor.fails("submit", program.die)
    call = house.image_call()
    with pytest.raises(Killed):
        program.make(call)
    assert [job.state for job in house.jobs().list_jobs()] == ["intent"]
    restart(house, call)
    states = [job.state for job in house.jobs().list_jobs()]
    assert states == ([*["failed"] * (lists and not accepted), "done"] if lists else ["review"])
    assert len(house.vendor.jobs) == (1 if accepted or lists else 0)
    kinds = {event.kind for event in house.events}
    assert ("adopted" in kinds) == (lists and accepted)
    balance(house, call, seen="around the POST")


def test_a_reservation_comes_to_what_its_jobs_are_known_to_have_cost(house: House):
    """Set aside by a program that died before it wrote a job, it comes to nothing; with an open job nobody can tell."""
    assert house.jobs().comes_to("never used") == 0
    program, call = Mortal(house), house.image_call()
    house.vendor.fails("submit", program.die)
    with pytest.raises(Killed):
        program.make(call)
    assert call.reservation_id is not None
    assert house.jobs().comes_to(call.reservation_id) is None
    job = house.jobs().list_jobs()[0]
    house.clock.put(120)
    house.jobs().resolve(job.id, "rebuy")
    assert house.jobs().comes_to(call.reservation_id) == call.quoted


@pytest.mark.parametrize("step", ["poll", "fetch"])
def test_killed_while_polling_or_downloading(house: House, step: str):
    program, call = Mortal(house), house.image_call()
    house.vendor.fails(step, program.die)  # pyright: ignore[reportArgumentType]
    with pytest.raises(Killed):
        program.make(call)
    restart(house, call)
    assert house.vendor.posts == 1
    assert [job.state for job in house.jobs().list_jobs()] == ["done"]


def test_killed_between_the_store_and_the_settlement(house: House):
    """The blob is there and its job is not done: found by its key, settled, never asked for again."""
    call = house.image_call()

    async def main(jobs: Jobs) -> None:
        made = await jobs.run(call)
        assert made.generated is not None
        house.store[call.key], house.brought_by[call.key] = "c" * 64, made.vendor_id

    house.run(main)
    restart(house, call)
    job = house.jobs().list_jobs()[0]
    assert (job.state, job.blob_sha256, job.billed) == ("done", "c" * 64, Decimal("0.05"))
    assert house.purse.spent == house.vendor.charges
    assert house.vendor.calls["fetch"] == 1


def test_a_result_that_has_expired_meanwhile_is_lost_flagged_and_not_bought_again(house: House):
    call = house.image_call()
    house.vendor.fails("fetch", *(PaidLost("expired", provider="fake") for _ in range(3)))
    with pytest.raises(PaidLost):
        house.make(call)
    with pytest.raises(PaidLost, match="lost before"):
        house.make(call)
    assert house.vendor.posts == 1
    assert [e.kind for e in house.events][-1] == "lost"
    assert house.purse.spent == house.vendor.charges


def test_an_answer_at_once_that_went_down_is_bought_again_only_if_it_is_cheap(house: House):
    """Its ticket is saved and its sound is not: paid for, and nothing left to ask for."""
    for quoted, state, posts in ((CHEAP, "done", 2), (DEAR, "lost", 1)):
        house.vendor = FakeVendor(price=quoted, clock=house.clock.monotonic)
        call = audio_call(house, quoted)
        call = replace(call, key=str(quoted), reservation_id=str(quoted))

        async def main(jobs: Jobs, call: PaidCall = call) -> Generated | None:
            return (await jobs.run(call)).generated

        house.run(main)
        restart(house, call)
        mine = [job for job in house.jobs().list_jobs() if job.key == call.key]
        assert state in {job.state for job in mine}
        assert house.vendor.posts == posts
        mine_settled = [house.purse.settled[job.reservation_id or ""] for job in mine]
        assert sum(mine_settled) == house.vendor.charges
