"""One program, several films: they share its connection to the cluster, which lasts as long as the last of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from film.cluster import Cluster, open_cluster
from film.cluster.head import HeadWatch
from film.errors import ConfigurationError, FilmError


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
    monkeypatch.setattr("film.cluster.cluster.ray_library", lambda: library)
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


def test_a_cluster_that_is_not_ours_is_begun_again_as_its_page_says(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("film.cluster.cluster.answers", lambda host, port: True)
    hints = list[str]()
    for address in ("10.0.0.1:6379", ""):
        with open_cluster(address) as cluster:
            with monkeypatch.context() as gone, pytest.raises(FilmError, match="head") as told:
                gone.setattr(HeadWatch, "is_gone", True)
                cluster.check()
            hints.append(told.value.hint)
    shared, own = hints
    assert "ray stop" in shared and "head first" in shared and "run the same command again" in shared
    assert own.startswith("run the same command again"), "one that film make starts, it starts again"


def test_where_nobody_answers_a_head_is_started_that_reports_nothing(library: Library) -> None:
    with pytest.raises(ConfigurationError, match="no cluster answers") as told, open_cluster("127.0.0.1:1"):
        pass
    assert "ray start --head" in told.value.hint and "--disable-usage-stats" in told.value.hint
    assert "ray stop" in told.value.hint


class Nodes(Library):
    """A head that does no work, a node with cores, one with a GPU, and one that has died; each answers as it is told.

    What is asked of a node is its id, which stands for the reference.
    """

    def __init__(self, answers: dict[str, Any], *, silent: str = "", dying: str = "") -> None:
        super().__init__()
        self.answers, self.silent, self.dying, self.asked = answers, silent, dying, list[str]()
        self.exceptions = SimpleNamespace(RayError=LookupError)

    def nodes(self) -> list[dict[str, Any]]:
        had = {"head": {}, "cores": {"CPU": 4.0}, "gpus": {"GPU": 1.0}, "dead": {"CPU": 4.0}}
        gone = {"dead", self.dying} if self.asked else {"dead"}
        return [
            {"NodeID": name, "NodeManagerAddress": "10.0.0.1", "Alive": name not in gone, "Resources": has}
            for name, has in had.items()
        ]

    def remote(self, question: Any) -> Any:
        def options(*, scheduling_strategy: Any, **about: Any) -> Any:
            node = scheduling_strategy.node_id
            return SimpleNamespace(remote=lambda: self.asked.append(node) or node)

        return SimpleNamespace(options=options)

    def wait(self, left: list[str], **about: Any) -> tuple[list[str], list[str]]:
        return [], [node for node in left if node == self.silent]

    def get(self, node: str) -> Any:
        if isinstance(self.answers[node], Exception):
            raise self.answers[node]
        return self.answers[node]


def asked(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    kind = SimpleNamespace(NodeAffinitySchedulingStrategy=SimpleNamespace)
    monkeypatch.setattr("film.cluster.cluster.ray_library", lambda: nodes)
    monkeypatch.setattr("film.cluster.cluster.import_module", lambda name: kind)
    return Cluster().on_every_node(str, patience=0.05)


def test_every_node_that_works_answers_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(Nodes({"cores": 1, "gpus": 2}), monkeypatch) == {"10.0.0.1 (cores)": 1, "10.0.0.1 (gpus)": 2}


def test_a_node_that_cannot_answer_says_why_and_a_silent_one_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = LookupError("cannot")
    answers = asked(Nodes({"cores": broken}, silent="gpus"), monkeypatch)
    assert answers["10.0.0.1 (cores)"] is broken
    assert isinstance(answers["10.0.0.1 (gpus)"], TimeoutError)


def test_a_node_that_dies_meanwhile_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes({"cores": LookupError("died"), "gpus": 2}, dying="cores")
    assert asked(nodes, monkeypatch) == {"10.0.0.1 (gpus)": 2}
