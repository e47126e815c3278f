"""A bill is believed up to three times its quote; what is more is kept beside the ledger until somebody has looked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from house import House

from film.jobs.bills import judge

Q = Decimal("0.05")


@pytest.mark.parametrize(
    ("claimed", "booked", "disputed"),
    [
        ("0.05", "0.05", None),
        ("0.04", "0.04", None),
        ("0", "0", None),
        ("0.15", "0.15", None),
        ("0.1501", "0.05", "0.1501"),
        ("1e30", "0.05", "1000000000"),
        ("NaN", "0.05", "1000000000"),
        ("Infinity", "0.05", "1000000000"),
    ],
)
def test_what_is_booked_of_a_bill(claimed: str, booked: str, disputed: str | None) -> None:
    bill = judge(Decimal(claimed), Q)
    assert bill.booked == Decimal(booked)
    assert bill.claimed == (None if disputed is None else Decimal(disputed))


def test_a_bill_over_its_quote_is_booked_and_told(house: House) -> None:
    house.vendor.price = Decimal("0.10")
    house.make()
    (told,) = [event for event in house.events if event.kind == "over_quote"]
    assert told.message == "billed $0.10 where $0.05 was quoted"
    assert house.purse.spent == house.vendor.charges


def test_an_absurd_bill_is_disputed_and_stops_nothing(house: House) -> None:
    house.vendor.price = Decimal("1e10")
    house.make()
    (job,) = house.jobs().list_jobs()
    assert (job.state, job.billed, job.claimed) == ("done", Q, Decimal(1_000_000_000))
    assert job.disputed == Decimal(1_000_000_000) - Q
    assert "disputed" in next(event.message for event in house.events if event.kind == "over_quote")
    house.vendor.price = Q
    house.make(house.image_call("another"))
    assert house.purse.spent == 2 * Q


@pytest.mark.parametrize(
    ("decision", "amount", "spent"),
    [("charged", None, "10"), ("charged", "0.30", "0.30"), ("charged", "0.01", "0.05"), ("not-charged", None, "0.05")],
)
def test_a_dispute_is_settled_by_hand_and_the_ledger_only_grows(
    house: House, decision: str, amount: str | None, spent: str
) -> None:
    house.vendor.price = Decimal(10)
    house.make()
    (job,) = house.jobs().list_jobs()
    done = house.jobs().resolve(job.id, decision, Decimal(amount) if amount else None)  # pyright: ignore[reportArgumentType]
    assert (done.state, done.claimed, done.billed) == ("done", None, Decimal(spent))
    assert house.purse.spent == Decimal(spent)
