"""A terminal nobody watches, in an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Film, caller

from film.testing.simulator import Latency, Simulator, SimulatorThread


@pytest.fixture
def film(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Film:
    monkeypatch.chdir(tmp_path)
    return caller(capsys)


@pytest.fixture(scope="session")
def _vendors() -> Iterator[Simulator]:
    with SimulatorThread(latency=Latency(speed=1000)) as running:
        yield running


@pytest.fixture
def vendors(_vendors: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Simulated vendors, with keys for all of them in the environment, and spending allowed."""
    for name, value in _vendors.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FILM_NO_SPEND")
    yield _vendors
    _vendors.clear_faults()
