"""One ZenML for all tests of this folder: its database takes seconds to make."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from zenml_room import Room

from film.settings import Settings


@pytest.fixture(scope="session")
def zenml_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where ZenML keeps its things; tests are skipped where it is not installed."""
    if find_spec("zenml") is None:
        pytest.skip("ZenML is not installed: just test-engines runs this where it is")
    home = tmp_path_factory.mktemp("zenml")
    os.environ["ZENML_CONFIG_PATH"] = str(home)
    yield home
    del os.environ["ZENML_CONFIG_PATH"]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)
