"""Reserve, settle, release, recover: each step once, within every limit, and the books balance after each."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from film.cost_tracker import BudgetExceededError, CostTracker, Reservation, ReservationRequest, verify_ledger
from film.db.tables import LedgerEntry
from film.errors import ConfigurationError, InputError, StoreError
from film.settings import Settings

NOW = timedelta(0)


def usd(text_: str) -> Decimal:
    return Decimal(text_)


def item(name: str, amount: str, **about: str) -> ReservationRequest:
    return ReservationRequest(name, usd(amount), **about)


@pytest.fixture
def costs(engine: Engine, settings: Settings) -> CostTracker:
    return CostTracker("attic", usd("10.00"), engine=engine, settings=settings)


def one(costs: CostTracker, name: str, amount: str, lease: timedelta = timedelta(minutes=1)) -> Reservation:
    [reservation] = costs.reserve([item(name, amount)], lease=lease)
    return reservation


def ledger(engine: Engine) -> list[tuple[str, Decimal]]:
    with engine.connect() as connection:
        rows = connection.execute(select(LedgerEntry.kind, LedgerEntry.amount).order_by(LedgerEntry.id))
        return [(kind, amount) for kind, amount in rows]


@pytest.fixture(autouse=True)
def _books_balance(engine: Engine) -> object:
    yield
    assert verify_ledger(engine) == []


def test_a_purchase_from_quote_to_bill(costs: CostTracker, engine: Engine) -> None:
    held = one(costs, "job-1", "0.30")
    assert (held.state, costs.held(), costs.spent(), costs.left()) == ("held", usd("0.30"), 0, usd("9.70"))
    assert costs.mark_submitted(held).state == "submitted"
    settled = costs.settle(held, usd("0.27"))
    assert (settled.state, settled.actual, settled.overrun) == ("settled", usd("0.27"), False)
    assert (costs.held(), costs.spent(), costs.left()) == (0, usd("0.27"), usd("9.73"))
    assert ledger(engine) == [("reserve", usd("0.30")), ("settle", usd("0.27")), ("release", usd("0.03"))]
    assert costs.find(held.id) == settled


def test_the_message_is_the_descriptions(costs: CostTracker) -> None:
    costs.settle(one(costs, "a", "2.50"), usd("2.50"))
    one(costs, "b", "2.00")
    costs.check_budget(usd("5.50"))
    with pytest.raises(BudgetExceededError) as caught:
        costs.check_budget(usd("8.00"))
    assert str(caught.value) == "Budget exceeded: $12.50 > $10.00"
    assert caught.value.hint


def test_all_or_nothing(costs: CostTracker, engine: Engine) -> None:
    with pytest.raises(BudgetExceededError, match=r"\$10\.01 > \$10\.00"):
        costs.reserve([item("a", "5.00"), item("b", "5.01")])
    assert (costs.held(), ledger(engine)) == (0, [])
    assert len(costs.reserve([item("b", "5.00"), item("a", "5.00")])) == 2


def test_a_bill_that_nothing_was_set_aside_for_is_booked_and_flagged(costs: CostTracker, engine: Engine) -> None:
    costs.settle(one(costs, "a", "9.90"), usd("9.90"))
    for _ in range(2):
        bill = costs.charge_unreserved(item("late", "0.25", shot_id="s1"))
        assert (bill.state, bill.actual, bill.overrun) == ("settled", usd("0.25"), True)
    assert (costs.spent(), costs.held()) == (usd("10.15"), 0)
    assert ledger(engine)[-3:] == [("reserve", 0), ("settle", usd("0.25")), ("overrun", usd("0.25"))]
    with pytest.raises(BudgetExceededError, match=r"\$10\.16 > \$10\.00"):
        one(costs, "b", "0.01")


def test_an_unreserved_bill_goes_to_the_film_it_names(costs: CostTracker, engine: Engine, settings: Settings) -> None:
    costs.charge_unreserved(item("late", "0.25"), film_id="other")
    assert costs.spent() == 0
    assert CostTracker("other", engine=engine, settings=settings).spent() == usd("0.25")


def test_answers_come_in_the_order_asked(costs: CostTracker) -> None:
    asked = [item("c", "0.03", shot_id="s3"), item("a", "0.01", shot_id="s1"), item("b", "0.02", shot_id="s2")]
    assert [(r.idem, r.estimated, r.shot_id) for r in costs.reserve(asked)] == [
        ("c", usd("0.03"), "s3"),
        ("a", usd("0.01"), "s1"),
        ("b", usd("0.02"), "s2"),
    ]
    assert costs.reserve([]) == []


def test_one_name_is_reserved_once(costs: CostTracker) -> None:
    first = one(costs, "job", "1.00")
    assert costs.reserve([item("job", "1.00"), item("other", "0.50"), item("job", "1.00")])[0] == first
    assert costs.held() == usd("1.50")
    costs.settle(first, usd("1.00"))
    assert one(costs, "job", "1.00").state == "settled"
    assert (costs.held(), costs.spent()) == (usd("0.50"), usd("1.00"))


def test_a_name_belongs_to_one_film(costs: CostTracker, engine: Engine, settings: Settings) -> None:
    one(costs, "job", "1.00")
    other = CostTracker("cellar", engine=engine, settings=settings)
    with pytest.raises(StoreError, match="belongs to the film 'attic'"):
        one(other, "job", "1.00")


def test_only_the_first_bill_counts(costs: CostTracker, engine: Engine) -> None:
    held = one(costs, "job", "1.00")
    costs.settle(held, usd("0.90"))
    assert costs.settle(held, usd("0.95")).actual == usd("0.90")
    assert costs.release(held).state == "settled"
    assert costs.mark_unknown(held).state == "settled"
    assert costs.spent() == usd("0.90")
    assert [kind for kind, _ in ledger(engine)] == ["reserve", "settle", "release"]


def test_a_release_frees_the_money_once(costs: CostTracker, engine: Engine) -> None:
    held = one(costs, "job", "1.00")
    assert costs.release(held).state == "released"
    assert costs.release(held).state == "released"
    assert (costs.held(), costs.spent()) == (0, 0)
    assert ledger(engine) == [("reserve", usd("1.00")), ("release", usd("1.00"))]


def test_more_than_was_set_aside_is_recorded_past_the_limit(costs: CostTracker, engine: Engine) -> None:
    held = one(costs, "job", "9.99")
    settled = costs.settle(held, usd("10.50"))
    assert settled.overrun
    assert (costs.spent(), costs.left()) == (usd("10.50"), 0)
    assert ledger(engine) == [("reserve", usd("9.99")), ("settle", usd("10.50")), ("overrun", usd("0.51"))]
    with pytest.raises(BudgetExceededError):
        one(costs, "next", "0.01")
    assert one(costs, "free", "0").state == "held"


def test_a_bill_that_comes_after_the_release_is_an_overrun(costs: CostTracker, engine: Engine) -> None:
    held = one(costs, "job", "1.00")
    costs.release(held)
    assert costs.settle(held, usd("0.80")).overrun
    assert (costs.held(), costs.spent()) == (0, usd("0.80"))
    assert ledger(engine)[2:] == [("settle", usd("0.80")), ("overrun", usd("0.80"))]


def test_what_is_closed_is_not_bought_with(costs: CostTracker) -> None:
    held = one(costs, "job", "1.00")
    costs.release(held)
    with pytest.raises(StoreError, match="'job' is released") as caught:
        costs.mark_submitted(held)
    assert caught.value.hint
    with pytest.raises(StoreError, match="no reservation"):
        costs.find("nobody")


def test_unknown_keeps_the_money_until_it_is_resolved(costs: CostTracker) -> None:
    charged, free = costs.reserve([item("a", "1.00"), item("b", "2.00")])
    for reservation in (charged, free):
        costs.mark_submitted(reservation)
        assert costs.mark_unknown(reservation).is_open
    assert costs.recover() == []
    assert costs.held() == usd("3.00")
    assert costs.resolve(charged, usd("1.00")).state == "settled"
    assert costs.resolve(free, None).state == "released"
    assert (costs.held(), costs.spent()) == (0, usd("1.00"))


def test_recovering_frees_only_what_was_never_submitted(costs: CostTracker, engine: Engine, settings: Settings) -> None:
    idle, bought, alive = (one(costs, name, "1.00", lease=NOW) for name in ("idle", "bought", "alive"))
    costs.mark_submitted(bought, lease=NOW)
    costs.mark_submitted(alive)
    after = CostTracker("another", engine=engine, settings=settings).recover()
    assert {r.id: r.state for r in after} == {idle.id: "released", bought.id: "unknown"}
    assert costs.held() == usd("2.00")
    assert costs.recover() == []
    with pytest.raises(StoreError, match="nothing is set aside"):
        costs.mark_submitted(idle)
    assert costs.mark_submitted(bought).state == "submitted"  # found again at the vendor: waited for again


def test_who_knows_what_a_purchase_came_to_is_asked_before_it_counts_as_unknown(costs: CostTracker) -> None:
    idle, unsent, given_up, open_one = (one(costs, name, "1.00", lease=NOW) for name in ("i", "u", "g", "o"))
    for reservation in (unsent, given_up, open_one):
        costs.mark_submitted(reservation, lease=NOW)
    came_to = {unsent.id: usd("0"), given_up.id: usd("0.40"), open_one.id: None}
    after = costs.recover(lambda reservation: came_to[reservation.id])
    states = {idle.id: "released", unsent.id: "released", given_up.id: "settled", open_one.id: "unknown"}
    assert {r.id: r.state for r in after} == states
    assert (costs.spent(), costs.held()) == (usd("0.40"), usd("1.00"))


def test_what_is_renewed_is_not_recovered(costs: CostTracker) -> None:
    waiting, released = (one(costs, name, "1.00", lease=NOW) for name in ("waiting", "released"))
    costs.release(released)
    costs.renew([released, waiting])
    assert costs.recover() == []
    assert (costs.find(waiting.id).state, costs.find(released.id).state) == ("held", "released")


def test_limits_hold_over_runs_and_trackers(costs: CostTracker, engine: Engine, settings: Settings) -> None:
    costs.settle(one(costs, "a", "6.00"), usd("6.00"))
    later = CostTracker("attic", engine=engine, settings=settings)
    assert later.left() == usd("4.00")
    with pytest.raises(BudgetExceededError, match=r"\$10\.50 > \$10\.00"):
        one(later, "b", "4.50")
    raised = CostTracker("attic", usd("20.00"), engine=engine, settings=settings)
    one(raised, "b", "4.50")
    assert later.left() == usd("9.50")  # it asked for no limit of its own, so the newest holds
    assert costs.left() == 0  # it keeps the one it was made with


def test_without_a_limit_the_settings_default_holds(engine: Engine, settings: Settings) -> None:
    frugal = settings.model_copy(update={"default_budget": usd("1.00")})
    costs = CostTracker("attic", engine=engine, settings=frugal)
    assert costs.left() == usd("1.00")
    with pytest.raises(BudgetExceededError, match=r"\$1\.50 > \$1\.00"):
        one(costs, "a", "1.50")


def test_films_do_not_share_a_budget_but_a_day(costs: CostTracker, engine: Engine, settings: Settings) -> None:
    one(costs, "a", "9.00")
    other = CostTracker("cellar", usd("10.00"), daily_limit_usd=usd("12.00"), engine=engine, settings=settings)
    assert (other.held(), other.left()) == (0, usd("3.00"))
    with pytest.raises(BudgetExceededError, match=r"\$12\.50 > \$12\.00 \(today\)"):
        one(other, "b", "3.50")
    with pytest.raises(BudgetExceededError, match="today"):
        other.check_budget(usd("3.50"))


def test_the_settings_daily_limit_holds(engine: Engine, settings: Settings) -> None:
    daily = settings.model_copy(update={"daily_budget": usd("1.00")})
    with pytest.raises(BudgetExceededError, match="today"):
        one(CostTracker("attic", engine=engine, settings=daily), "a", "1.01")


def test_a_run_has_a_limit_of_its_own(engine: Engine, settings: Settings) -> None:
    def run(name: str) -> CostTracker:
        return CostTracker("attic", run_limit_usd=usd("1.00"), run_id=name, engine=engine, settings=settings)

    one(run("one"), "a", "0.60")
    with pytest.raises(BudgetExceededError, match=r"\$1\.20 > \$1\.00 \(this run\)"):
        one(run("one"), "b", "0.60")
    one(run("two"), "c", "0.60")


def test_savings_are_no_spending(costs: CostTracker, engine: Engine) -> None:
    for _ in range(2):
        costs.record_saved(usd("0.27"), provider="minimax", asset_type="video", shot_id="shot_001")
    assert (costs.spent(), costs.held(), costs.left()) == (0, 0, usd("10.00"))
    assert ledger(engine) == [("saved", usd("0.27"))] * 2


def test_a_step_can_be_part_of_a_larger_transaction(costs: CostTracker, engine: Engine) -> None:
    with pytest.raises(RuntimeError), engine.begin() as connection:
        costs.reserve([item("job", "1.00")], connection=connection)
        raise RuntimeError("the intent could not be written")
    assert costs.held() == 0
    with engine.begin() as connection:
        [held] = costs.reserve([item("job", "1.00")], connection=connection)
        costs.mark_submitted(held, connection=connection)
        costs.settle(held, usd("0.50"), connection=connection)
    assert costs.spent() == usd("0.50")


def test_prices_are_rounded_up_to_the_micro_dollar(costs: CostTracker) -> None:
    assert one(costs, "a", "0.0000001").estimated == usd("0.000001")


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "1e12"])
def test_what_is_no_price_is_refused(costs: CostTracker, amount: str) -> None:
    held = one(costs, "ok", "1.00")
    for refused in (
        lambda: one(costs, "bad", amount),
        lambda: costs.check_budget(usd(amount)),
        lambda: costs.settle(held, usd(amount)),
        lambda: CostTracker("attic", usd(amount), settings=costs.settings),
    ):
        with pytest.raises(InputError, match="allowed 0 to"):
            refused()
    costs.release(held)


def test_a_float_is_no_money(costs: CostTracker) -> None:
    with pytest.raises(TypeError, match="money is Decimal"):
        costs.reserve([ReservationRequest("a", 0.1)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="money is Decimal"):
        costs.check_budget(1.5)  # type: ignore[arg-type]


def test_whole_dollars_may_be_an_int(settings: Settings) -> None:
    costs = CostTracker("attic", 10, settings=settings)
    costs.check_budget(10)
    with pytest.raises(BudgetExceededError, match=r"\$11.00 > \$10.00"):
        costs.check_budget(11)
    with pytest.raises(TypeError, match="money is Decimal"):
        CostTracker("attic", True, settings=settings)


@pytest.mark.parametrize("limit", [10.5, "10.50", "$10.50", 10.1 + 0.4])
def test_a_limit_may_be_written_in_any_form(settings: Settings, limit: float | str) -> None:
    assert CostTracker("attic", limit, settings=settings).left() == Decimal("10.50")


@pytest.mark.parametrize("limit", ["ten", float("nan"), -1.0, "1e9"])
def test_a_limit_that_is_no_sum_of_money_is_refused(settings: Settings, limit: float | str) -> None:
    with pytest.raises(ConfigurationError, match="budget_limit_usd is"):
        CostTracker("attic", limit, settings=settings)


@pytest.mark.parametrize("project", [7, None, "a/b", ""])
def test_a_film_that_has_no_name_is_refused(settings: Settings, project: Any) -> None:
    with pytest.raises(InputError, match="the film id") as caught:
        CostTracker(project, settings=settings)
    assert caught.value.field == "project_id" and caught.value.hint


def test_a_daily_limit_of_zero_is_one(settings: Settings) -> None:
    assert CostTracker("attic", daily_limit_usd=Decimal(0), settings=settings).left() == 0


@pytest.mark.parametrize("film_id", ["", "../x", "a/b", "con", "x" * 101])
def test_film_ids_are_checked(settings: Settings, film_id: str) -> None:
    with pytest.raises(InputError):
        CostTracker(film_id, settings=settings)


def test_with_spending_switched_off_nothing_is_reserved(engine: Engine, settings: Settings) -> None:
    costs = CostTracker("attic", engine=engine, settings=settings.model_copy(update={"spend_allowed": False}))
    with pytest.raises(ConfigurationError, match="FILM_NO_SPEND"):
        one(costs, "a", "0.01")
    assert one(costs, "free", "0").state == "held"


def test_thousands_at_once(costs: CostTracker) -> None:
    held = costs.reserve([item(f"{n:05}", "0.0005") for n in range(3_000)])
    assert len(held) == 3_000
    assert costs.held() == usd("1.50")


def test_a_tampered_ledger_is_found(costs: CostTracker, engine: Engine) -> None:
    settled, held = costs.reserve([item("a", "1.00"), item("b", "2.00")])
    costs.settle(settled, usd("0.90"))
    tampering = {
        "UPDATE budgets SET spent_micros = 1 WHERE scope = 'film:attic'": "film:attic: the counters say",
        f"UPDATE reservations SET actual_micros = 1 WHERE id = '{settled.id}'": "is settled, but its entries are",
        f"UPDATE reservations SET state = 'released' WHERE id = '{held.id}'": "is released, but its entries are",
        "UPDATE reservation_scopes SET limit_micros = 1000000": "was granted at $3.00 of $1.00",
    }
    for statement, complaint in tampering.items():
        with engine.connect() as connection:
            connection.execute(text(statement))
            found = verify_ledger(connection)
            connection.rollback()
        assert any(complaint in sentence for sentence in found), (statement, found)
