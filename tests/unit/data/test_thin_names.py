"""The description's commands and snippets about the database and the money, word for word."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

SRC = Path(__file__).parents[3] / "src"


def run(code: str, gallery: Path) -> str:
    env = {**os.environ, "FILM_GALLERY_DIR": str(gallery)}
    done = subprocess.run([sys.executable, "-c", code], cwd=SRC, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_database_is_set_up_and_asked(tmp_path: Path) -> None:
    gallery = tmp_path / "my gallery"
    setup = "from data.film_models import Base; from data.dao import engine; Base.metadata.create_all(engine)"
    assert run(setup, gallery) == run(setup, gallery) == ""
    assert (gallery / "film.db").is_file()
    snippets = """
from film.cost_tracker import get_monthly_costs

costs = get_monthly_costs(2025, 11)
print(f"November 2025 total: ${costs['total_cost']}")
print(f"Projects: {costs['project_count']}")

from data.film_models import get_project_cost_summary
from data.dao import SessionLocal

db = SessionLocal()
summary = get_project_cost_summary(db, "my_film_001")
print(summary)
"""
    first, second, summary = run(snippets, gallery).splitlines()
    assert (first, second) == ("November 2025 total: $0.00", "Projects: 0")
    assert summary.startswith("{'project_id': 'my_film_001', 'total_cost': Decimal('0.00')")


def test_the_names_are_the_real_objects() -> None:
    from data import dao, film_models
    from film import cost_tracker
    from film.db import session, tables
    from film.settings import load_settings

    assert film_models.Base is tables.Base
    assert film_models.LedgerEntry is tables.LedgerEntry
    assert film_models.get_project_cost_summary is cost_tracker.get_project_cost_summary
    assert dao.engine is session.engine_for(load_settings().database_url)
    with pytest.raises(AttributeError):
        _ = dao.nonsense


def test_importing_touches_nothing(tmp_path: Path) -> None:
    run("import data.dao, data.film_models, film.cost_tracker", tmp_path / "gallery")
    assert not (tmp_path / "gallery").exists()


def test_the_tracker_of_the_description(monkeypatch: pytest.MonkeyPatch) -> None:
    from film.cost_tracker import BudgetExceededError, CostTracker

    monkeypatch.delenv("FILM_NO_SPEND")
    shot_configs = [{"shot_id": "shot_001", "shot_type": "wide", "enhanced_prompt": "...", "duration": 5}]
    tracker = CostTracker(project_id="my_project", budget_limit_usd=Decimal("10.00"))
    estimate = tracker.estimate_project_cost(shot_configs)
    tracker.check_budget(estimate.total_estimated_cost)
    with pytest.raises(BudgetExceededError, match=r"^Budget exceeded: \$12\.50 > \$10\.00$"):
        tracker.check_budget(Decimal("12.50"))
