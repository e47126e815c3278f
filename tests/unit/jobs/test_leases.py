"""Two programs and one job: one works, the other waits; and one that slept too long can write nothing any more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from house import House
from sqlalchemy import Engine

from film.db.owner import is_gone, new_token
from film.jobs import PurchaseResult
from film.jobs.journal import Fenced, Journal
from film.testing.doubles import FakeImageProvider, FakeVendor, ManualClock

LEASE = timedelta(seconds=60)


def test_a_second_program_waits_for_the_first_and_takes_what_it_made(house: House):
    house.vendor.seconds = 300

    async def main() -> list[PurchaseResult]:
        first, second = house.jobs(), house.jobs()
        return await asyncio.gather(house.buy(first, house.image_call()), house.buy(second, house.image_call()))

    first, second = asyncio.run(main())
    assert house.vendor.posts == 1
    assert first.generated is not None
    assert (second.generated, second.blob_sha256) == (None, house.store[house.image_call().key])
    assert house.clock.monotonic() > LEASE.total_seconds(), "the lease was renewed meanwhile"


def test_a_program_that_stopped_showing_life_is_taken_over(house: House):
    house.vendor.seconds = 30

    async def main() -> PurchaseResult:
        sleeper = asyncio.create_task(house.jobs().run(house.image_call()))
        while not house.vendor.jobs:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        house.clock.put(3600)  # nothing was renewed for an hour, as far as others can see
        made = await house.buy(house.jobs(), house.image_call())
        sleeper.cancel()
        await asyncio.gather(sleeper, return_exceptions=True)
        return made

    assert asyncio.run(main()).generated is not None
    assert house.vendor.posts == 1


def row(journal: Journal, house: House, token: str):
    job = journal.intend(house.image_call(), token, house.clock.now())
    assert job is not None
    return job


def test_a_former_owner_can_write_nothing(house: House):
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, "paused")
    later = house.clock.now() + 2 * LEASE
    assert journal.take(job.key, "successor", later) is not None
    for write in (
        lambda: journal.write(job, "paused", later, state="done"),
        lambda: journal.hold(job, "paused", later),
        lambda: journal.withdraw(job, "paused", house.clock.now()),
        lambda: journal.adopt(job, "paused", [{"job_id": "x"}], later),
    ):
        with pytest.raises(Fenced):
            write()
    journal.let_go("paused")
    journal.renew(("paused",), later)
    known = journal.look(job.key)
    assert known is not None
    assert (known.state, known.owner, known.lease_until) == ("intent", "successor", later + LEASE)


def test_nobody_takes_a_job_whose_lease_holds(house: House):
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, new_token())
    assert journal.take(job.key, "other", house.clock.now() + LEASE / 2) is None
    assert journal.take(job.key, "other", house.clock.now() + LEASE) is not None


def test_a_key_has_one_unfinished_job(house: House):
    journal = Journal(house.engine(), LEASE)
    row(journal, house, "first")
    assert journal.intend(house.image_call(), "second", house.clock.now()) is None


def test_a_ticket_that_comes_after_the_take_over_is_kept(house: House):
    """The successor has found nothing yet: the job goes back to the one who has the vendor's answer."""
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, "paused")
    later = house.clock.now() + 2 * LEASE
    journal.take(job.key, "successor", later)
    assert journal.rescue(job, "paused", {"job_id": "late"}, later)
    known = journal.look(job.key)
    assert known is not None
    assert (known.state, known.vendor_job_id, known.owner) == ("submitted", "late", "paused")
    with pytest.raises(Fenced):
        journal.write(job, "successor", later, state="review")


def test_a_ticket_that_comes_after_a_second_purchase_is_not_passed_over_in_silence(house: House):
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, "paused")
    later = house.clock.now() + 2 * LEASE
    journal.take(job.key, "successor", later)
    journal.write(job, "successor", later, state="submitted", ticket={"job_id": "second"})
    assert not journal.rescue(job, "paused", {"job_id": "late"}, later)
    states = {j.vendor_job_id: j.state for j in journal.jobs()}
    assert states == {"second": "submitted", "late": "review"}
    assert "second time" in next(j.error for j in journal.jobs(("review",)))
    known = journal.look(job.key)
    assert known is not None and known.vendor_job_id == "second", "what is too many decides nothing"


def test_a_ticket_that_the_successor_has_found_at_the_vendor_is_no_second_purchase(house: House):
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, "paused")
    later = house.clock.now() + 2 * LEASE
    journal.take(job.key, "successor", later)
    journal.adopt(job, "successor", [{"job_id": "the one"}], later)
    assert not journal.rescue(job, "paused", {"job_id": "the one"}, later)
    assert [(j.vendor_job_id, j.state, j.owner) for j in journal.jobs()] == [("the one", "submitted", "successor")]


@pytest.mark.parametrize("state", ["closed", "lost"])
def test_a_ticket_of_a_job_that_was_given_up_is_noted_beside_it(house: House, state: str):
    """It is booked as billed, and now it is known to be: a second booking would be one too many."""
    journal = Journal(house.engine(), LEASE)
    job = row(journal, house, "paused")
    later = house.clock.now() + 2 * LEASE
    journal.take(job.key, "successor", later)
    journal.write(job, "successor", later, state=state, billed=job.quoted)
    assert not journal.rescue(job, "paused", {"job_id": "late"}, later)
    assert [(j.vendor_job_id, j.state) for j in journal.jobs()] == [("late", state)]


def test_two_lost_jobs_of_equal_orders_do_not_adopt_the_same_one(house: House):
    journal = Journal(house.engine(), LEASE)
    now = house.clock.now()
    jobs = [journal.intend(house.image_call(take=take), "me", now) for take in (1, 2, 3)]
    found = [{"job_id": "a"}, {"job_id": "b"}]
    adopted = [journal.adopt(job, "me", found, now) for job in jobs if job is not None]
    assert adopted == [{"job_id": "a"}, {"job_id": "b"}, None]


def test_a_program_that_slept_between_the_intent_and_the_post_does_not_send_what_others_took_over(house: House):
    """Stopped for an hour right after its commit, with a successor at work: it must not POST when it wakes."""
    successor = Journal(house.engine(), LEASE)

    class Sleepy(FakeImageProvider):
        async def submit(self, config: object, **options: object):  # pyright: ignore[reportIncompatibleMethodOverride]
            raise AssertionError("sent by a program that had lost its job")

    call = house.image_call(provider=Sleepy(vendor=house.vendor))
    jobs = house.jobs(grace=0.0)
    journal = jobs._desk.journal  # pyright: ignore[reportPrivateUsage]
    intend = journal.intend

    def intend_and_sleep(*arguments: object, **options: object):
        job = intend(*arguments, **options)  # pyright: ignore[reportArgumentType]
        assert job is not None
        house.clock.put(3600)
        taken = successor.take(call.key, "successor", house.clock.now())
        assert taken is not None
        successor.write(taken, "successor", house.clock.now(), state="done", blob_sha256="d" * 64, owner=None)
        return job

    journal.intend = intend_and_sleep  # pyright: ignore[reportAttributeAccessIssue]
    made = house.run(lambda j: j.run(call), jobs)
    assert (made.generated, made.blob_sha256) == (None, "d" * 64)
    assert house.vendor.posts == 0


# -- the same on both databases


def test_the_journal_holds_on_every_database(engine: Engine, house: House):
    house.url = ""
    clock = ManualClock()
    vendor = FakeVendor(seconds=30, clock=clock.monotonic)
    two = House("", vendor, clock)

    async def main() -> list[PurchaseResult]:
        call = two.image_call()
        return await asyncio.gather(*(two.buy(two.jobs(engine), call) for _ in range(3)))

    made = asyncio.run(main())
    assert sum(m.generated is not None for m in made) == 1
    assert vendor.posts == 1
    assert [job.state for job in two.jobs(engine).list_jobs()] == ["done"]


# -- whose process still lives


def test_this_process_is_not_gone():
    assert not is_gone(new_token())


def test_a_process_that_ended_is_gone():
    done = subprocess.run(
        [sys.executable, "-c", "from film.db.owner import new_token; print(new_token())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert is_gone(done.stdout.strip())


def test_a_killed_process_is_gone_before_anybody_buries_it():
    child = subprocess.Popen(
        [sys.executable, "-c", "from film.db.owner import new_token; print(new_token(), flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    token = child.stdout.readline().strip()
    assert not is_gone(token)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(token)
    child.communicate()


def test_a_number_used_again_is_another_process():
    machine, pid, started, rest = new_token().split(".")
    assert is_gone(f"{machine}.{pid}.{int(started) - 1}.{rest}")


@pytest.mark.parametrize("token", ["", "nonsense", "elsewhere.1.1.x", "a.b.c.d"])
def test_what_cannot_be_seen_from_here_is_not_gone(token: str):
    assert not is_gone(token)
