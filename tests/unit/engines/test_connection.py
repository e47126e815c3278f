"""One program, several films: they share its connection to the cluster, which lasts as long as the last of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from film.engines import open_cluster


class Library:
    """Ray, as far as a connection goes."""

    def __init__(self) -> None:
        self.log = list[str]()
        self.there = False

    def is_initialized(self) -> bool:
        return self.there

    def init(self, *about: Any, **more: Any) -> None:
        self.there = True
        self.log.append("init")

    def shutdown(self) -> None:
        self.there = False
        self.log.append("shutdown")

    def get_runtime_context(self) -> Any:
        return SimpleNamespace(gcs_address="127.0.0.1:1")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setattr("film.engines.cluster.ray_library", lambda: library)
    return library


def test_a_film_that_is_done_leaves_the_cluster_to_those_that_are_not(library: Library) -> None:
    first, second = open_cluster(), open_cluster()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert library.log == ["init"], "the second still works there"
    second.__exit__(None, None, None)
    assert library.log == ["init", "shutdown"]
    with open_cluster():
        assert library.log == ["init", "shutdown", "init"]


def test_a_connection_of_the_programs_own_stays(library: Library) -> None:
    library.there = True
    with open_cluster():
        pass
    assert library.there and library.log == []
