"""One ZenML for all tests of this folder: its database takes seconds to make.

They share the room of the pipeline's tests, and the audit with those that kill programs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from film.settings import Settings

if TYPE_CHECKING:
    from zenml_room import Room

TESTS = Path(__file__).parents[2]
sys.path += [str(TESTS / "integration"), str(TESTS / "crash")]


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
    from zenml_room import Room

    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)
