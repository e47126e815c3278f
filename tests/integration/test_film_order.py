"""A film whose long shot comes last, made by the script and longest first; and who gets the money there is."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_room import Room, shot

from film.errors import BudgetExceededError
from film.planning.plan import ShotPlan
from film.planning.results import CompletedShot
from film.production.shot_chain import ShotChain
from film.settings import Settings


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path / 'film.db'}"), tmp_path)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("script", ["shot_001", "shot_002", "shot_003"]), ("makespan", ["shot_003", "shot_001", "shot_002"])],
)
def test_shots_line_up_as_asked(order: str, expected: list[str], room: Room, monkeypatch: pytest.MonkeyPatch):
    line: dict[float, str] = {}

    async def shoot(chain: ShotChain, plan: ShotPlan, order: float, _before: object) -> CompletedShot:
        line[order] = plan.shot.shot_id
        raise BudgetExceededError("enough seen", hint="")

    monkeypatch.setattr(ShotChain, "shoot", shoot)
    with pytest.raises(ExceptionGroup):
        room.make([shot(1), shot(2), shot(3, duration=3)], order=order)
    assert [line[place] for place in sorted(line)] == expected


def test_money_is_set_aside_in_the_order_of_the_shots(room: Room, monkeypatch: pytest.MonkeyPatch):
    served: list[str] = []
    reserve = ShotChain._reserve

    def reserving(chain: ShotChain, plan: ShotPlan, attempt: str):
        time.sleep(0.05 if plan.shot.shot_number == 1 else 0)  # long enough for others to overtake, if they could
        held = reserve(chain, plan, attempt)
        served.append(plan.shot.shot_id)
        return held

    monkeypatch.setattr(ShotChain, "_reserve", reserving)
    room.vendor.price = Decimal("0.001")
    room.make([shot(n) for n in range(1, 5)])
    assert served == [f"shot_{n:03d}" for n in range(1, 5)]
