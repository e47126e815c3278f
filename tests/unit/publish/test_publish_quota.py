"""A day's calls as a budget, and when a day begins in California."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from film.errors import QuotaExceeded
from film.publish.quota import Quota, pacific_day


def test_a_call_past_the_limit_is_not_made_and_not_counted(engine: Engine):
    quota = Quota(engine, "youtube ab", {"units": 500, "inserts": 1})
    quota.charge("units", 450)
    with pytest.raises(QuotaExceeded, match="450 of 500, and this takes 51"):
        quota.charge("units", 51)
    quota.charge("units", 50)
    assert (quota.standing()["units"].left, quota.standing()["inserts"].left) == (0, 1)
    assert Quota(engine, "another", {"units": 500}).standing()["units"].used == 0


def test_what_the_place_says_counts(engine: Engine):
    quota = Quota(engine, "youtube ab", {"units": 500})
    quota.exhausted("units")
    assert quota.standing()["units"].left == 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-01T07:59:59", "2026-11-30"),
        ("2026-12-01T08:00:00", "2026-12-01"),
        ("2026-07-01T06:59:59", "2026-06-30"),
        ("2026-07-01T07:00:00", "2026-07-01"),
        ("2026-03-08T09:59:59", "2026-03-08"),
        ("2026-11-02T07:59:59", "2026-11-01"),
        ("2027-03-15T06:59:00", "2027-03-14"),
    ],
)
def test_days_begin_at_midnight_in_california(moment: str, day: str):
    assert pacific_day(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == date.fromisoformat(day)
