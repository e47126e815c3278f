"""The next step for a job's user, whatever state the job is in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from film.db.base import now
from film.jobs import Job, State
from film.jobs.advice import UNSETTLED, advice

NOW = now()
JOB = Job(
    id="0123456789abcdef",
    key="key",
    film_id="film",
    shot_id="shot_001",
    asset_type="video",
    provider="runway",
    model="gen4_turbo",
    request={},
    state="intent",
    ticket={},
    reservation_id=None,
    owner=None,
    lease_until=None,
    posts=1,
    error="",
    quoted=Decimal("0.25"),
    billed=None,
    blob_sha256=None,
    account="runway 0123456789ab",
    clock="",
    is_second=False,
    claimed=None,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.mark.parametrize("state", UNSETTLED)
def test_everything_that_is_unsettled_has_a_next_step(state: State) -> None:
    assert "film" in advice(replace(JOB, state=state), NOW)


def test_what_is_over_has_none() -> None:
    assert advice(replace(JOB, state="done"), NOW) == advice(replace(JOB, state="closed"), NOW) == ""


def test_a_lost_answer_is_asked_for_where_the_vendor_lists_and_else_put_before_the_user() -> None:
    asked = replace(JOB, state="unknown", provider="replicate", asset_type="image")
    assert "replicate is asked whether it has it" in advice(asked, NOW)
    assert "what runway cannot be asked is put before you" in advice(replace(JOB, state="unknown"), NOW)
    gone = replace(JOB, state="unknown", provider="a plug-in that was removed")
    assert "is put before you" in advice(gone, NOW)


def test_a_job_that_a_living_process_works_on_is_left_alone() -> None:
    busy = replace(JOB, state="submitted", owner="elsewhere", lease_until=NOW + timedelta(seconds=30))
    assert advice(busy, NOW) == "a running program works on it"
    assert "fetched then" in advice(replace(busy, lease_until=NOW), NOW)


def test_what_is_lost_with_its_ticket_can_be_fetched_and_a_disputed_bill_be_settled() -> None:
    lost = replace(JOB, state="lost", ticket={"job_id": "x"})
    assert "film jobs resolve 01234567 --fetch" in advice(lost, NOW)
    assert "--fetch" not in advice(replace(lost, ticket={}), NOW)
    assert "--charged AMOUNT" in advice(replace(JOB, state="done", claimed=Decimal(10)), NOW)


def test_review_names_the_page_and_the_command() -> None:
    told = advice(replace(JOB, state="review"), NOW)
    assert "https://dev.runwayml.com" in told
    assert "film jobs resolve 01234567 --charged | --not-charged | --rebuy" in told
