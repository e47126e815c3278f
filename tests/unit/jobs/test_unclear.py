"""Polls that say nothing of the job: asked again for two minutes, then up for review, and never taken for an end."""

from __future__ import annotations

from decimal import Decimal

import pytest
from house import House

from film.errors import OutcomeUnknown, ProviderUnavailable
from film.jobs import Job
from film.jobs.collect import UNCLEAR_SECONDS
from film.providers.base import JobStatus, ProviderContext
from film.testing.doubles import FakeImageProvider


def job_of(house: House) -> Job:
    (job,) = house.jobs().list_jobs()
    return job


def say(house: House, *states: str | None) -> None:
    """What the next polls answer; None is the truth."""

    def answer(state: str | None) -> None:
        status = JobStatus.model_validate({"state": state, "error": "404 (no such job)"}) if state else None
        house.vendor.jobs[0].status = status

    house.vendor.fails("poll", *((lambda state=state: answer(state)) for state in states))


def test_one_answer_that_says_nothing_is_asked_again(house: House) -> None:
    say(house, "unclear", None)
    house.make()
    assert (job_of(house).state, house.vendor.posts) == ("done", 1)


def test_after_two_minutes_of_them_it_is_up_for_review_with_its_ticket(house: House) -> None:
    say(house, "unclear")
    with pytest.raises(OutcomeUnknown, match="may or may not"):
        house.make()
    job = job_of(house)
    assert house.clock.monotonic() >= UNCLEAR_SECONDS
    assert (job.state, job.vendor_job_id) == ("review", "fake-1")
    assert "404 (no such job)" in job.error
    assert house.purse.unknown and not house.purse.settled


def test_a_ticket_of_another_key_is_called_that(house: House) -> None:
    def provider(secret: str) -> FakeImageProvider:
        return FakeImageProvider(ProviderContext(keys={"fake": secret}), house.vendor)

    house.vendor.fails("fetch", *[RuntimeError("cut")] * 9)
    with pytest.raises(ProviderUnavailable):
        house.make(house.image_call(provider=provider("mine")))
    house.vendor._faults.clear()
    say(house, "unclear")
    with pytest.raises(OutcomeUnknown):
        house.make(house.image_call(provider=provider("another")))
    assert "it was ordered with another key; fake does not say how it stands" in job_of(house).error
    say(house, None)
    house.make(house.image_call(provider=provider("mine")))
    assert (job_of(house).state, house.vendor.posts) == ("done", 1)


def test_the_next_run_looks_again_and_takes_what_is_there(house: House) -> None:
    say(house, "unclear")
    with pytest.raises(OutcomeUnknown):
        house.make()
    began = house.clock.monotonic()
    with pytest.raises(OutcomeUnknown):
        house.make()
    assert house.clock.monotonic() - began < UNCLEAR_SECONDS / 2, "it was asked for long enough before"
    say(house, None)
    house.make()
    assert (job_of(house).state, house.vendor.posts) == ("done", 1)
    assert house.purse.spent == house.vendor.charges


def test_a_clear_answer_between_starts_the_patience_anew(house: House) -> None:
    say(house, *(["unclear", "unclear", "unclear", "running"] * 5), None)
    house.make()
    assert (job_of(house).state, house.vendor.posts) == ("done", 1)


def test_a_cheap_one_is_bought_again_on_record(house: House) -> None:
    house.vendor.price = Decimal("0.003")
    say(house, "unclear")
    house.make(house.image_call(quoted=Decimal("0.003")))
    assert [job.state for job in house.jobs().list_jobs()] == ["closed", "done"]
    assert house.purse.spent == house.vendor.charges == Decimal("0.006")
