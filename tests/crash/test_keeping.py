"""Mistakes and kills over a library that was paid for: nothing whole is deleted, nothing is forgotten, nothing silent.

    uv run pytest -n 0 -m "long and ci" tests/crash/test_keeping.py     every mistake with gc and fsck, forty kills

All of it, two hundred kills and every command, is ``python -m benchmarks keeping``.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import keeping

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.fixture(autouse=True)
def _imported() -> None:
    keeping._import_everything()


@pytest.mark.filterwarnings("default")
def test_a_collection_that_believes_its_database_would_be_noticed(tmp_path: Path) -> None:
    assert keeping.careless(tmp_path / "control") > 0


@pytest.mark.long
@pytest.mark.ci
@pytest.mark.filterwarnings("default")
def test_no_mistake_deletes_or_forgets(tmp_path: Path, tell: Callable[[str], None]) -> None:
    met = keeping.mistakes(tmp_path, only=5)
    tell(f"keeping: {met.cases} mistakes × commands: {met.deleted} deleted, {met.forgotten} forgotten")
    assert (met.deleted, met.forgotten, met.not_reused, met.silent, met.fell_over) == (0, 0, 0, 0, 0), met.notes


@pytest.mark.long
@pytest.mark.ci
@pytest.mark.filterwarnings("default")
def test_kills_lose_nothing(tmp_path: Path, tell: Callable[[str], None]) -> None:
    notes: list[str] = []
    died, lost = keeping.kills(tmp_path, 40, random.Random(3), notes)
    tell(f"keeping: {died} kills over backup, restore, gc, repair, upgrade: {lost} lost")
    assert lost == 0, notes
