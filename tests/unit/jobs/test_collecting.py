"""Polls, deadlines and downloads: all free, so patience is the answer to faults, and never another POST."""

from __future__ import annotations

import asyncio
import errno
from decimal import Decimal

import httpx
import pytest
from house import House

from film.errors import BadMedia, MissingKeyError, PaidLost, ProviderError, ProviderUnavailable, StoreError, disk_error
from film.jobs import Jobs
from film.models import Generated
from film.providers.base import JobStatus, ProviderContext, Ticket
from film.testing.doubles import FakeImageProvider


def job_of(house: House):
    (job,) = house.jobs().list_jobs()
    return job


@pytest.mark.parametrize("error", [ProviderUnavailable("503"), httpx.ReadTimeout("slow"), KeyError("status")])
def test_five_failed_polls_are_borne(house: House, error: Exception):
    house.vendor.fails("poll", *[error] * 5)
    house.make()
    assert house.vendor.posts == 1


def test_after_the_sixth_the_job_waits_for_the_next_run_which_only_polls(house: House):
    house.vendor.fails("poll", *[ProviderUnavailable("503")] * 6)
    with pytest.raises(ProviderUnavailable, match="does not say how shot_001 image stands") as later:
        house.make()
    assert "run again" in later.value.hint
    assert job_of(house).state == "submitted"
    assert not house.purse.released
    house.make()
    assert (house.vendor.posts, job_of(house).state) == (1, "done")
    assert "resumed" in [event.kind for event in house.events]


def test_a_key_that_is_rejected_while_polling_leaves_the_job_as_it_is(house: House):
    house.vendor.fails("poll", MissingKeyError("FAL_API_KEY was rejected"))
    with pytest.raises(MissingKeyError):
        house.make()
    assert job_of(house).state == "submitted"
    house.make()
    assert house.vendor.posts == 1


def test_when_the_vendor_asks_for_a_pause_no_poll_of_the_account_comes_before_its_end(house: House):
    house.vendor.seconds = 20
    asked: list[float] = []
    throttled = ProviderUnavailable("429", retry_after=100)

    def note() -> None:
        asked.append(house.clock.monotonic())

    def throttle() -> None:
        note()
        raise throttled

    house.vendor.fails("poll", note, note, throttle, *[note] * 3)

    async def work(jobs: Jobs) -> None:
        calls = [house.image_call(f"shot {n}", shot_id=f"s{n}") for n in range(3)]
        await asyncio.gather(*(house.buy(jobs, call) for call in calls))

    house.run(work)
    paused = asked[2]
    assert all(moment >= paused + 100 for moment in asked[3:]), asked


def test_a_simulated_vendors_jobs_are_asked_for_at_its_speed(house: House):
    house.vendor.seconds = 0.5
    context = ProviderContext(speeds={"fake": 20})
    house.make(house.image_call(provider=FakeImageProvider(context, vendor=house.vendor)))
    assert house.clock.monotonic() < 0.7


def test_a_job_the_vendor_no_longer_knows_is_lost(house: House):
    house.vendor.fails("poll", PaidLost("404", provider="fake"))
    with pytest.raises(PaidLost):
        house.make()
    assert job_of(house).state == "lost"
    assert house.purse.spent == Decimal("0.05")


# -- the deadline


def test_a_job_that_never_ends_is_cancelled_after_its_deadline_and_costs_nothing(house: House):
    house.vendor.seconds = 1e9
    with pytest.raises(ProviderError, match=r"cancelled after 1\d minutes"):
        house.make()
    assert house.clock.monotonic() >= 900
    assert (job_of(house).state, house.vendor.charges) == ("failed", 0)
    assert house.purse.released


class Stubborn(FakeImageProvider):
    async def cancel(self, ticket: Ticket) -> bool:
        self.vendor.meet("cancel")
        return False


def test_what_cannot_be_cancelled_keeps_its_money_reserved_until_it_ends(house: House):
    house.vendor.seconds = 5000
    call = house.image_call(provider=Stubborn(vendor=house.vendor))
    with pytest.raises(ProviderUnavailable, match="asked to cancel"):
        house.make(call)
    assert job_of(house).state == "submitted"
    assert not house.purse.released
    assert not house.purse.settled
    house.clock.put(0)
    asyncio.run(house.clock.advance(5000))
    house.make(call)
    assert (job_of(house).state, house.vendor.posts) == ("done", 1)


def test_a_wall_clock_put_right_by_a_day_ends_no_job(house: House):
    house.vendor.seconds = 120

    def leap() -> None:
        house.clock.put(86_400)

    house.vendor.fails("poll", leap)
    house.make()
    assert job_of(house).state == "done"
    assert house.vendor.calls["cancel"] == 0


# -- downloads


class Downloads(FakeImageProvider):
    """Its downloads bring what they are told, in turn, and the picture at last."""

    brings: list[bytes | Exception]

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        self.vendor.meet("fetch")
        if self.brings:
            what = self.brings.pop(0)
            if isinstance(what, Exception):
                raise what
            return Generated(data=what, mime="image/png")
        return self.media(1)


def bringing(house: House, *brings: bytes | Exception):
    provider = Downloads(vendor=house.vendor)
    provider.brings = list(brings)
    return house.image_call(provider=provider)


CUT = ProviderUnavailable("reset by peer")


def test_five_cut_downloads_are_repeated(house: House):
    house.make(bringing(house, *[CUT] * 5))
    assert (house.vendor.posts, house.vendor.calls["fetch"]) == (1, 6)


def test_after_that_it_stays_paid_for_and_is_fetched_by_the_next_run(house: House):
    with pytest.raises(ProviderUnavailable, match="download keeps failing"):
        house.make(bringing(house, *[CUT] * 6))
    assert job_of(house).state == "submitted"
    house.make(bringing(house))
    assert (house.vendor.posts, job_of(house).state) == (1, "done")


@pytest.mark.parametrize(
    "junk", [b"<html>busy</html>", b"\x89PNG\r\n\x1a\n" + bytes(50), BadMedia("the result is empty")]
)
def test_what_is_no_picture_is_fetched_three_times_more_and_then_flagged_as_paid_bad(
    house: House, junk: bytes | Exception
):
    with pytest.raises(BadMedia) as bad:
        house.make(bringing(house, *[junk] * 4))
    assert bad.value.charged
    assert house.vendor.calls["fetch"] == 4
    assert (job_of(house).state, house.purse.spent) == ("lost", Decimal("0.05"))
    with pytest.raises(PaidLost):
        house.make(bringing(house, *[junk] * 4))
    assert house.vendor.calls["fetch"] == 5, "each run looks once more"
    house.make(bringing(house))
    assert (house.vendor.posts, job_of(house).state) == (1, "done")
    assert house.purse.spent == Decimal("0.05"), "paid for once, however late it comes"


def test_three_times_no_picture_and_then_one_is_a_picture(house: House):
    house.make(bringing(house, b"junk", CUT, b"", b"<html>"))
    assert job_of(house).state == "done"


def test_an_address_that_has_expired_is_asked_for_once_more(house: House):
    house.make(bringing(house, PaidLost("403", provider="fake")))
    assert (job_of(house).state, house.vendor.calls["poll"]) == ("done", 2)


def test_many_jobs_are_polled_seldom_and_bought_once(house: House):
    house.vendor.seconds = 9

    async def work(jobs: Jobs) -> None:
        await asyncio.gather(*(house.buy(jobs, house.image_call(f"shot {n}", shot_id=f"s{n}")) for n in range(60)))

    house.run(work)
    assert house.vendor.posts == len(house.vendor.jobs) == 60
    assert house.vendor.calls["poll"] <= 60 * 12


def test_a_full_disk_leaves_the_job_to_be_fetched_by_the_next_run(house: House):
    """Asking again at once would not help, and the vendor has nothing to do with it."""
    full = disk_error(OSError(errno.ENOSPC, "No space left on device"), "/gallery/tmp")
    house.vendor.fails("fetch", full)
    with pytest.raises(StoreError, match=r"disk is full \(/gallery/tmp\)") as told:
        house.make()
    assert "not bought again" in told.value.hint
    assert (job_of(house).state, house.vendor.calls["fetch"]) == ("submitted", 1)
    assert not house.purse.released
    house.make()
    assert (house.vendor.posts, job_of(house).state) == (1, "done")
    assert house.purse.spent == house.vendor.charges
