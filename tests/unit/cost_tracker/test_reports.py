"""What was spent, by film and month, asked for in Python and found as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from film.cost_tracker import (
    CostTracker,
    ReservationRequest,
    get_monthly_costs,
    get_project_cost_summary,
    reports,
    reservations,
    write_reports,
)
from film.errors import InputError
from film.settings import Settings


class Spender:
    """Buys things at a chosen moment."""

    def __init__(self, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.settings, self._patch = engine, settings, monkeypatch
        self.bought = 0

    def tracker(self, film: str) -> CostTracker:
        return CostTracker(film, Decimal(100), engine=self.engine, settings=self.settings)

    def buy(self, film: str, amount: str, *, at: datetime, provider: str = "minimax", kind: str = "video") -> None:
        self.bought += 1
        costs = self.tracker(film)
        item = ReservationRequest(f"job-{self.bought}", Decimal(amount), f"shot_{self.bought}", kind, provider)
        with self._patch.context() as patch:
            patch.setattr(reservations, "now", lambda: at)
            [held] = costs.reserve([item])
            costs.settle(held, Decimal(amount))


@pytest.fixture
def spender(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spender]:
    yield Spender(engine, settings, monkeypatch)


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_month_is_summed_to_its_last_instant(spender: Spender, engine: Engine) -> None:
    spender.buy("attic", "1.00", at=at(2025, 10, 31, 23))
    spender.buy("attic", "0.27", at=at(2025, 11, 1, 0))
    spender.buy("cellar", "0.003", at=at(2025, 11, 30, 23), provider="fal", kind="image")
    spender.buy("cellar", "5.00", at=at(2025, 12, 1, 0))
    costs = get_monthly_costs(2025, 11, engine=engine)
    assert (costs["total_cost"], costs["project_count"]) == (Decimal("0.273"), 2)
    assert costs["by_project"] == {"attic": Decimal("0.27"), "cellar": Decimal("0.003")}
    assert costs["by_provider"] == {"fal": Decimal("0.003"), "minimax": Decimal("0.27")}
    assert costs["by_asset_type"] == {"image": Decimal("0.003"), "video": Decimal("0.27")}
    assert get_monthly_costs(2025, 12, engine=engine)["total_cost"] == 5
    empty = get_monthly_costs(2024, 1, engine=engine)
    assert (str(empty["total_cost"]), empty["project_count"]) == ("0.00", 0)


@pytest.mark.parametrize(("year", "month"), [(2025, 0), (2025, 13), (0, 1), (10_000, 1), ("2025", 1)])
def test_what_is_no_month_is_refused(engine: Engine, year: Any, month: int) -> None:
    with pytest.raises(InputError, match="is no month"):
        get_monthly_costs(year, month, engine=engine)


def test_a_film_is_summed(spender: Spender, engine: Engine) -> None:
    spender.buy("attic", "0.27", at=at(2025, 11, 1))
    spender.buy("attic", "0.27", at=at(2026, 11, 1))
    spender.buy("cellar", "9.00", at=at(2026, 11, 1))
    costs = spender.tracker("attic")
    costs.reserve([ReservationRequest("open", Decimal("0.50"))])
    costs.record_saved(Decimal("0.27"), provider="minimax", asset_type="video")
    with Session(engine) as db:
        summary = get_project_cost_summary(db, "attic")
    assert summary == {
        "project_id": "attic",
        "total_cost": Decimal("0.54"),
        "reserved": Decimal("0.50"),
        "saved": Decimal("0.27"),
        "limit": Decimal(100),
        "by_provider": {"minimax": Decimal("0.54")},
        "by_asset_type": {"video": Decimal("0.54")},
        "by_shot": {"shot_1": Decimal("0.27"), "shot_2": Decimal("0.27")},
        "entries": 6,
        "set_aside_usd": Decimal("0.50"),
        "under_review_usd": Decimal(0),
        "disputed_usd": Decimal(0),
        "saved_usd": Decimal("0.27"),
        "over_quote": [],
    }


def test_a_film_that_nobody_knows_cost_nothing(engine: Engine) -> None:
    with Session(engine) as db:
        summary = get_project_cost_summary(db, "nobody")
    assert (summary["total_cost"], summary["entries"], summary["by_shot"]) == (0, 0, {})


def test_reports_are_written(spender: Spender, engine: Engine, settings: Settings) -> None:
    spender.buy("attic", "0.27", at=at(2025, 11, 2))
    spender.buy("cellar", "0.003", at=at(2025, 11, 3), provider="fal", kind="image")
    costs = spender.tracker("attic")
    costs.record_saved(Decimal("0.10"), provider="fal", asset_type="image", shot_id="shot_9")
    [unknown] = costs.reserve([ReservationRequest("lost", Decimal("0.45"), "shot_8", "video", "kling")])
    costs.mark_unknown(unknown)
    files = write_reports("attic", month=(2025, 11), engine=engine, settings=settings)
    assert [f.name for f in files] == ["attic.json", "attic.csv", "2025-11.json", "2025-11.csv"]
    assert {f.parent for f in files} == {settings.gallery / "cost_tracking"}
    assert sorted(f.name for f in files[0].parent.iterdir()) == sorted(f.name for f in files)

    film = json.loads(files[0].read_text())
    assert (film["total_cost"], film["reserved"], film["saved"]) == ("0.27", "0.45", "0.10")
    bought, reused, open_ = rows(files[1])
    assert (bought["at"], bought["state"], bought["billed_usd"]) == ("2025-11-02T12:00:00Z", "bought", "0.27")
    assert (reused["state"], reused["saved_usd"], reused["billed_usd"]) == ("reused", "0.10", "")
    assert (open_["state"], open_["quoted_usd"], open_["billed_usd"]) == ("under review", "0.45", "")
    month = json.loads(files[2].read_text())
    assert (month["total_cost"], month["project_count"]) == ("0.273", 2)
    assert [(row["film_id"], row["state"]) for row in rows(files[3])] == [
        ("attic", "bought"),
        ("cellar", "bought"),
        ("attic", "under review"),
    ]
    assert sum(Decimal(row["billed_usd"] or 0) for row in rows(files[3])) == Decimal(month["total_cost"])


def test_an_overrun_is_marked(engine: Engine, settings: Settings) -> None:
    costs = CostTracker("attic", engine=engine, settings=settings)
    [held] = costs.reserve([ReservationRequest("job", Decimal("0.10"))])
    costs.settle(held, Decimal("0.30"))
    [row] = rows(write_reports("attic", engine=engine, settings=settings)[1])
    assert (row["quoted_usd"], row["billed_usd"], row["overrun"]) == ("0.10", "0.30", "yes")


@pytest.mark.parametrize("shot_id", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "a,b\n=1"])
def test_cells_are_no_formulas(engine: Engine, settings: Settings, shot_id: str) -> None:
    costs = CostTracker("attic", engine=engine, settings=settings)
    [held] = costs.reserve([ReservationRequest("job", Decimal("0.10"), shot_id)])
    costs.settle(held, Decimal("0.10"))
    [row] = rows(write_reports("attic", engine=engine, settings=settings)[1])
    assert row["shot_id"] == (shot_id if shot_id.startswith("a") else f"'{shot_id}")


def test_a_film_named_like_a_month_has_a_file_of_its_own(engine: Engine, settings: Settings) -> None:
    files = write_reports("2025-11", month=(2025, 11), engine=engine, settings=settings)
    assert [f.name for f in files][:3] == ["film-2025-11.json", "film-2025-11.csv", "2025-11.json"]


def test_a_report_is_replaced_whole_or_left_alone(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    [report, *_] = write_reports("attic", engine=engine, settings=settings)
    before = report.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reports.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_reports("attic", engine=engine, settings=settings)
    assert report.read_text() == before
    assert len(list(report.parent.iterdir())) == 4
