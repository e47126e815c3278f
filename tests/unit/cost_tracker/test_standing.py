"""What is not settled and what was over its quote: one answer in Python, in the files, on the page and for a run."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert

from film.cost_tracker import (
    CostTracker,
    Reservation,
    ReservationRequest,
    Saving,
    get_monthly_costs,
    get_project_cost_summary,
    verify_ledger,
    write_reports,
)
from film.cost_tracker.page import costs_page
from film.cost_tracker.spending import spending
from film.cost_tracker.standing import booked_since, ledger_mark, over_quote, standing
from film.db.base import now
from film.db.session import snapshot
from film.db.tables import JobRow
from film.settings import Settings

usd = Decimal


@dataclass
class Shop:
    """Orders of one film, each with its money and its row in the journal."""

    engine: Engine
    settings: Settings
    orders: int = 0

    def costs(self, film: str = "attic") -> CostTracker:
        return CostTracker(film, usd(100), engine=self.engine, settings=self.settings)

    def hold(self, quoted: str, film: str = "attic") -> Reservation:
        self.orders += 1
        name = f"{self.orders:036d}"
        [held] = self.costs(film).reserve([ReservationRequest(name, usd(quoted), "shot_001", "video", "minimax", "k")])
        return held

    def order(
        self, state: str, quoted: str, billed: str | None = None, film: str = "attic", **row: Any
    ) -> tuple[str, Reservation]:
        held, job_id = self.hold(quoted, film), f"{self.orders:08d}-{'0' * 27}"
        costs = self.costs(film)
        if state == "review":
            costs.mark_unknown(held)
        elif billed is not None:
            costs.settle(held, usd(billed))
        elif state in ("submitted", "intent"):
            costs.mark_submitted(held)
        values = {
            "id": job_id, "key": "k", "film_id": film, "shot_id": "shot_001", "asset_type": "video",
            "provider": "minimax", "request": {}, "state": state, "reservation_id": held.id, "quoted": usd(quoted),
            "billed": None if billed is None else usd(billed), "created_at": now(), "updated_at": now(), **row,
        }  # fmt: skip
        with self.engine.begin() as db:
            db.execute(insert(JobRow).values(**values))
        return job_id, held


@pytest.fixture
def shop(engine: Engine, settings: Settings) -> Shop:
    return Shop(engine, settings)


def test_every_open_dollar_is_in_one_place(shop: Shop) -> None:
    shop.hold("0.10")
    shop.order("submitted", "0.20")
    shop.order("review", "0.40")
    shop.order("done", "0.80", "0.80")
    shop.order("review", "1.60", film="cellar")
    with snapshot(shop.engine) as db:
        attic, everything = standing(db, "attic"), standing(db)
    assert (attic.set_aside, attic.orders_set_aside) == (usd("0.30"), 2)
    assert (attic.under_review, attic.orders_under_review) == (usd("0.40"), 1)
    assert (everything.under_review, everything.orders_under_review) == (usd("2.00"), 2)
    assert attic.set_aside + attic.under_review == shop.costs().held() and attic.over_quote == ()


def test_bills_over_their_quote_name_their_job(shop: Shop) -> None:
    shop.order("done", "0.10", "0.10")
    higher, _ = shop.order("done", "0.10", "0.25")
    claimed, _ = shop.order("done", "0.10", "0.10", claimed=usd("10.00"))
    settled, _ = shop.order("done", "0.10", "5.00", claimed=usd("5.00"))
    costs = shop.costs()
    by_hand = shop.hold("0.10")
    costs.settle(by_hand, usd("0.11"))
    with snapshot(shop.engine) as db:
        bills, stands = over_quote(db, "attic"), standing(db)
        assert over_quote(db, "cellar") == ()
    told = [(bill.job_id, bill.quoted, bill.billed, bill.claimed, bill.disputed) for bill in bills]
    assert sorted(told, key=str) == sorted(
        [
            (higher, usd("0.10"), usd("0.25"), None, 0),
            (claimed, usd("0.10"), usd("0.10"), usd("10.00"), usd("9.90")),
            (settled, usd("0.10"), usd("5.00"), usd("5.00"), 0),
            ("", usd("0.10"), usd("0.11"), None, 0),
        ],
        key=str,
    )
    assert (stands.disputed, stands.bills_disputed) == (usd("9.90"), 1)


def test_a_second_purchase_that_nothing_was_set_aside_for_is_not_over_its_quote(shop: Shop) -> None:
    job_id, _ = shop.order("closed", "0.10", "0.10", second=True)
    shop.costs().charge_unreserved(ReservationRequest(f"unreserved/{job_id}", usd("0.10"), "shot_001", "video", "m"))
    with snapshot(shop.engine) as db:
        assert over_quote(db) == ()


def test_a_run_is_told_what_was_booked_since_it_began(shop: Shop) -> None:
    shop.order("failed", "0.10", "0.10")
    shop.order("done", "0.10", "0.90")
    shop.order("review", "0.05")
    with snapshot(shop.engine) as db:
        mark = ledger_mark(db)
        assert booked_since(db, "attic", mark).cost == 0
    shop.order("done", "0.25", "0.20")
    shop.order("done", "0.25", "0.26")
    shop.order("failed", "0.10", "0.04")
    shop.order("refused", "0.10", "0.00")
    shop.order("lost", "0.10", "0.10")
    shop.order("closed", "0.01", "0.01")
    shop.order("done", "0.25", "0.25", second=True)
    shop.order("done", "0.25", "0.25", film="cellar")
    shop.order("submitted", "0.30")
    with snapshot(shop.engine) as db:
        booked = booked_since(db, "attic", mark)
        assert ledger_mark(db, before=datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert booked.cost == usd("0.86") and booked.for_nothing == usd("0.40")
    assert [bill.billed for bill in booked.standing.over_quote] == [usd("0.26")], "the bills of this run"
    assert (booked.standing.set_aside, booked.standing.under_review) == (usd("0.30"), usd("0.05"))
    assert verify_ledger(shop.engine) == []


def test_all_places_say_the_same(shop: Shop) -> None:
    shop.order("submitted", "0.20")
    shop.order("review", "0.40")
    over, _ = shop.order("done", "0.10", "0.3000049")
    claimed, _ = shop.order("done", "0.10", "0.10", claimed=usd("4.10"))
    shop.costs().record_savings([Saving(usd("0.27"), "minimax", "video", f"shot_{n:03}") for n in range(3)])
    year, month = now().year, now().month
    with snapshot(shop.engine) as db:
        film = get_project_cost_summary(db, "attic")
        page = costs_page(spending(db), now())
    every = get_monthly_costs(year, month, engine=shop.engine)
    want = {
        "set_aside_usd": usd("0.20"),
        "under_review_usd": usd("0.40"),
        "disputed_usd": usd("4.00"),
        "saved_usd": usd("0.81"),
        "saved": usd("0.81"),
    }
    for summary in (film, every):
        assert {name: summary[name] for name in want} == want
        assert [(bill["job_id"], bill["billed_usd"]) for bill in summary["over_quote"]] == [
            (over, usd("0.300005")),
            (claimed, usd("0.10")),
        ]
    assert film["reserved"] == film["set_aside_usd"] + film["under_review_usd"]
    before = get_monthly_costs(2020, 1, engine=shop.engine)
    assert before["over_quote"] == [] and before["under_review_usd"] == usd("0.40"), "what is open is so now"
    for words in (
        "$0.20</b><span>set aside, 1 order",
        "$0.40</b><span>under review",
        "$4.00</b><span>disputed, 1 bill",
    ):
        assert words in page
    assert f"<td>{over[:8]}</td>" in page and "$0.81</b><span>saved by reuse, 3 times" in page

    files = write_reports("attic", engine=shop.engine, settings=shop.settings)
    for document, sheet in (files[:2], files[2:]):
        told = json.loads(document.read_text())
        assert {name: usd(told[name]) for name in want} == want
        with sheet.open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))

        def total(column: str, state: str, rows: list[dict[str, str]] = rows) -> Decimal:
            return sum((usd(row[column] or "0") for row in rows if row["state"] == state), usd(0))

        assert total("quoted_usd", "set aside") == usd("0.20") and total("quoted_usd", "under review") == usd("0.40")
        assert total("disputed_usd", "bought") == usd("4.00") and total("saved_usd", "reused") == usd("0.81")
        assert {row["job_id"] for row in rows} == {"", over, claimed}
        (reused,) = [row for row in rows if row["state"] == "reused"]
        assert (reused["pieces"], reused["provider"], reused["asset_type"]) == ("3", "minimax", "video")


def test_savings_are_one_statement_however_many(shop: Shop) -> None:
    statements: list[str] = []
    event.listen(shop.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    savings = [Saving(usd(n) / 1000, "fal", "image", f"shot_{n:03}") for n in range(1000)]
    shop.costs().record_savings(savings)
    assert sum("INSERT" in statement for statement in statements) == 1
    with snapshot(shop.engine) as db:
        summary = get_project_cost_summary(db, "attic")
    assert summary["saved"] == sum(saving.amount for saving in savings) and summary["entries"] == 999, "$0 is no saving"
    assert (summary["total_cost"], summary["reserved"]) == (0, 0) and verify_ledger(shop.engine) == []
    shop.costs().record_savings([])
