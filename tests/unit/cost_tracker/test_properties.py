"""Whatever is done with money, in whatever order: the counters are the ledger, and no grant passed its limit."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from film.cost_tracker import BudgetExceededError, CostTracker, Reservation, ReservationRequest, verify_ledger
from film.db.base import from_micros, to_micros
from film.db.tables import LedgerEntry
from film.errors import StoreError
from film.settings import Settings

LIMIT = Decimal(1)
numbers = itertools.count()

amounts = st.integers(0, 700_000).map(lambda micros: Decimal(micros) / 1_000_000)
which = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("reserve"), st.lists(amounts, min_size=1, max_size=3), st.booleans()),
    st.tuples(st.just("settle"), which, amounts),
    st.tuples(st.sampled_from(["submit", "release", "unknown", "again"]), which, st.booleans()),
    st.tuples(st.just("recover"), st.none(), st.none()),
)


@given(st.lists(steps, max_size=12))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_books_balance(engine: Engine, settings: Settings, done: list[tuple[str, object, object]]) -> None:
    film = f"film{next(numbers)}"
    costs = CostTracker(film, LIMIT, engine=engine, settings=settings)
    made: list[Reservation] = []
    billed = Decimal(0)
    for step, subject, detail in done:
        if step == "reserve":
            before, left = costs.held(), costs.left()
            items = [ReservationRequest(f"{film}/{next(numbers)}", a) for a in subject]  # type: ignore[union-attr]
            total = sum((i.amount for i in items), Decimal(0))
            try:
                made += costs.reserve(items, lease=timedelta(hours=-1) if detail else timedelta(hours=1))
                assert not total or total <= left  # type: ignore[operator]
                assert costs.held() == before + total
            except BudgetExceededError:
                assert total > left  # type: ignore[operator]
                assert costs.held() == before
        elif step == "recover":
            costs.recover()
        elif made:
            chosen = made[subject % len(made)]  # type: ignore[operator]
            was = costs.find(chosen.id)
            if step == "settle":
                costs.settle(chosen, detail)  # type: ignore[arg-type]
                billed += detail if was.state != "settled" else 0  # type: ignore[operator]
            elif step == "submit":
                try:
                    costs.mark_submitted(chosen, lease=timedelta(hours=-1) if detail else timedelta(hours=1))
                    assert was.is_open
                except StoreError:
                    assert not was.is_open
            elif step == "again":
                assert costs.reserve([ReservationRequest(chosen.idem, chosen.estimated)]) == [was]
            else:
                {"release": costs.release, "unknown": costs.mark_unknown}[step](chosen)
    assert verify_ledger(engine) == []
    assert costs.spent() == billed
    with engine.connect() as connection:
        entries = select(LedgerEntry.kind, func.sum(LedgerEntry.amount)).where(LedgerEntry.film_id == film)
        sums = dict(tuple(row) for row in connection.execute(entries.group_by(LedgerEntry.kind)))
    zero = Decimal(0)
    assert sums.get("reserve", zero) + sums.get("overrun", zero) == (
        sums.get("settle", zero) + sums.get("release", zero) + costs.held()
    )


@given(st.decimals(0, 1_000_000, allow_nan=False, places=9))
def test_micros_never_fall_short_and_never_by_a_micro(amount: Decimal) -> None:
    kept = from_micros(to_micros(amount))
    assert amount <= kept < amount + Decimal("0.000001")
    assert from_micros(to_micros(kept)) == kept
