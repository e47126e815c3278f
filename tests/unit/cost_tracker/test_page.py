"""All of the ledger, summed and drawn; the page is exact, inert and in need of nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine

from film.cost_tracker import CostTracker, ReservationRequest, reservations
from film.cost_tracker.page import costs_page
from film.cost_tracker.spending import Spent, spending
from film.db.session import snapshot
from film.settings import Settings

HOSTILE = "<script>alert(1)</script>"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def buy(
    engine: Engine, settings: Settings, film: str, quoted: str, billed: str, provider: str, at: datetime, n: int
) -> None:
    costs = CostTracker(film, Decimal(100), engine=engine, settings=settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reservations, "now", lambda: at)
        [held] = costs.reserve([ReservationRequest(f"j{n}", Decimal(quoted), "s", "video", provider)])
        costs.settle(held, Decimal(billed))


@pytest.fixture
def spent(engine: Engine, settings: Settings) -> Engine:
    buy(engine, settings, "attic", "0.30", "0.27", "minimax", datetime(2026, 10, 31, 23, tzinfo=UTC), 1)
    buy(engine, settings, "attic", "0.30", "0.27", "minimax", datetime(2026, 11, 1, 1, tzinfo=UTC), 2)
    buy(engine, settings, "noir", "1.00", "1.25", HOSTILE, NOW, 3)
    CostTracker("attic", Decimal(100), engine=engine, settings=settings).reserve(
        [ReservationRequest("open", Decimal("0.45"), "s", "video", "kling")]
    )
    costs = CostTracker("attic", Decimal(100), engine=engine, settings=settings)
    costs.record_saved(Decimal("0.27"), provider="minimax", asset_type="video")
    return engine


def test_every_purchase_is_in_each_sum_once(spent: Engine) -> None:
    with snapshot(spent) as connection:
        found = spending(connection)
    assert found.total == Spent("all", Decimal("1.79"), Decimal("1.60"), Decimal("0.27"), 3, 1)
    assert found.set_aside == Decimal("0.45")
    assert [(one.name, one.purchases) for one in found.by_month if one.purchases] == [("2026-10", 1), ("2026-11", 2)]
    assert [(one.name, one.billed, one.quoted) for one in found.by_provider] == [
        (HOSTILE, Decimal("1.25"), Decimal("1.00")),
        ("minimax", Decimal("0.54"), Decimal("0.60")),
    ]
    for group in (found.by_month, found.by_film, found.by_provider, found.by_asset_type):
        assert sum(one.billed for one in group) == found.total.billed
        assert sum(one.saved for one in group) == found.total.saved


def test_an_empty_ledger_has_a_page_too(engine: Engine) -> None:
    with snapshot(engine) as connection:
        page = costs_page(spending(connection), NOW)
    assert page.count("Nothing yet.") == 4 and "$0" in page


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)


def test_the_page_loads_nothing_and_runs_nothing(spent: Engine) -> None:
    with snapshot(spent) as connection:
        page = costs_page(spending(connection), NOW)
    reader = Reader()
    reader.feed(page)
    assert "script" not in reader.tags and "table" in reader.tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "http" not in page.replace("http-equiv", "")


def test_bars_are_as_long_as_their_sums(spent: Engine) -> None:
    with snapshot(spent) as connection:
        page = costs_page(spending(connection), NOW)
    by_provider = page.split("By provider")[1].split("By kind")[0]
    assert re.findall(r'bar (\w+)" style="width: ([\d.]+)%', by_provider)[:2] == [
        ("billed", "100.00"),
        ("quoted", "80.00"),
    ]
