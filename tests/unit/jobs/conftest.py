from __future__ import annotations

from pathlib import Path

import pytest
from house import House

from film.db.base import Base
from film.db.session import make_engine
from film.testing.doubles import FakeVendor, ManualClock


@pytest.fixture
def house(tmp_path: Path) -> House:
    url = f"sqlite:///{tmp_path / 'film.db'}"
    Base.metadata.create_all(make_engine(url))
    clock = ManualClock()
    return House(url, FakeVendor(clock=clock.monotonic), clock)
