"""A limit holds for any number of processes, and the books balance whenever they are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from film.cost_tracker import CostTracker, verify_ledger
from film.settings import Settings

PROGRAM = Path(__file__).with_name("contenders.py")
LIMIT = Decimal(10)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def contend(mode: str, engine: Engine, processes: int) -> dict[str, int]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(PROGRAM), mode, url, str(processes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, int] = json.loads(done.stdout)
    assert not answer.get("failed"), done.stderr[-2000:]
    return answer


def test_64_processes_never_overspend(engine: Engine, settings: Settings, tell: Callable[[str], None]) -> None:
    contend("reserve", engine, 64)
    costs = CostTracker("contended", LIMIT, engine=engine, settings=settings)
    assert verify_ledger(engine) == []  # no grant, at no time, passed the limit
    assert costs.held() == 0
    tell(f"{engine.dialect.name}: 64 processes: overspend ${max(Decimal(0), costs.spent() - LIMIT):.2f}")
    assert LIMIT - Decimal("0.50") < costs.spent() <= LIMIT  # and the race was one: the money ran out


def test_checking_first_and_recording_later_does_overspend(engine: Engine, tell: Callable[[str], None]) -> None:
    """The control: if this spends no more than the limit, the test above proves nothing."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE naive (micros BIGINT)"))
    contend("naive", engine, 64)
    with engine.connect() as connection:
        spent = Decimal(int(connection.execute(text("SELECT sum(micros) FROM naive")).scalar_one())) / 1_000_000
    tell(f"{engine.dialect.name}: control, check then record: overspend ${max(Decimal(0), spent - LIMIT):.2f}")
    assert spent > LIMIT


def test_kill_9_leaves_the_counters_equal_to_the_ledger(engine: Engine, settings: Settings) -> None:
    assert contend("killed", engine, 6)["killed"] == 30
    costs = CostTracker("contended", LIMIT, engine=engine, settings=settings)
    assert verify_ledger(engine) == []
    assert costs.spent() > 0
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
