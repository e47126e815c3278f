"""Money as people are told it: cents, four places below a cent, and the way out of each limit."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.cli.console import dollars
from film.errors import BudgetExceededError, told_apart, usd, usd_exact

AMOUNTS = st.decimals(min_value=Decimal("0.0001"), max_value=1_000_000, allow_nan=False, places=10)


@pytest.mark.parametrize(
    ("amount", "told", "at_most"),
    [
        ("0", "$0.00", "$0.00"),
        ("12.5", "$12.50", "$12.50"),
        ("0.2500000049", "$0.25", "$0.26"),
        ("0.102", "$0.10", "$0.11"),
        ("0.105", "$0.11", "$0.11"),
        ("0.01", "$0.01", "$0.01"),
        ("0.00996", "$0.01", "$0.01"),
        ("0.0032", "$0.0032", "$0.0032"),
        ("0.003", "$0.003", "$0.003"),
        ("0.00051", "$0.0005", "$0.0006"),
        ("0.00004", "<$0.0001", "<$0.0001"),
        ("1E+3", "$1000.00", "$1000.00"),
        ("Infinity", "$Infinity", "$Infinity"),
        ("-0.2549", "-$0.25", "-$0.25"),
    ],
)
def test_amounts_are_told_in_cents_and_four_places_below_one(amount: str, told: str, at_most: str) -> None:
    assert (usd(Decimal(amount)), usd(Decimal(amount), at_most=True)) == (told, at_most)


@given(AMOUNTS)
def test_what_is_told_is_near_and_an_upper_bound_is_one(amount: Decimal) -> None:
    told, most = (Decimal(text.removeprefix("$")) for text in (usd(amount), usd(amount, at_most=True)))
    step = Decimal("0.01") if amount >= Decimal("0.01") else Decimal("0.0001")
    assert abs(told - amount) <= step / 2 and amount <= most < amount + step
    assert len(usd(amount).partition(".")[2]) <= (2 if told >= Decimal("0.01") else 4)


def test_a_true_zero_is_short_and_unit_prices_keep_their_digits() -> None:
    assert dollars(Decimal(0)) == "$0" and dollars(Decimal("0.102"), at_most=True) == "$0.11"
    assert usd_exact(Decimal("0.045")) == "$0.045" and usd_exact(Decimal("0.2500000049")) == "$0.2500000049"


@given(AMOUNTS, AMOUNTS)
def test_two_amounts_that_differ_never_look_alike(one: Decimal, other: Decimal) -> None:
    first, second = told_apart(one, other)
    assert (first == second) == (one == other)


@pytest.mark.parametrize(
    ("scope", "advised", "never"),
    [
        ("", "raise --budget_limit", "FILM_DAILY_BUDGET_USD"),
        ("today", "raise FILM_DAILY_BUDGET_USD", "--budget_limit"),
        ("this run", "raise run_limit_usd", "--budget_limit"),
    ],
)
def test_each_limit_says_what_raises_it(scope: str, advised: str, never: str) -> None:
    error = BudgetExceededError(Decimal("12.5"), Decimal(10), scope=scope)
    assert str(error).startswith("Budget exceeded: $12.50 > $10.00")
    assert advised in error.hint and never not in error.hint and "--tier draft" in error.hint
    assert pickle.loads(pickle.dumps(error)).hint == error.hint


def test_a_limit_passed_by_less_than_a_cent_is_told_to_the_digit() -> None:
    assert str(BudgetExceededError(Decimal("0.102"), Decimal("0.10"))) == "Budget exceeded: $0.102 > $0.10"
    assert str(BudgetExceededError(Decimal("0.612"), Decimal("0.306"))) == "Budget exceeded: $0.61 > $0.31"
