"""Films that are bought on a cluster: what is under way keeps to the limits, what dies does no harm."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from audit import Toll, audit, bills_of
from cluster_room import Making, Room, most_at_once, processes_of, room, shot, strike

from film.cli.make import PARTIAL
from film.errors import Interrupted

pytest.importorskip("ray", reason="Ray is an extra: just test-engines")
from film.production.engines.ray.coordinator import RESOURCE

pytestmark = [
    pytest.mark.engines,
    pytest.mark.postgres,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]  # Ray's own processes are left to the garbage collector


def finish(made: Room, film: Making, database: str) -> Toll:
    """The film is whole; where nobody can know what came of an order, it is before the user."""
    code, said = film.wait()
    toll = audit(made.gallery, database, bills_of(made.bills()))
    assert toll.is_good, "\n".join(toll.wrong) or toll
    assert code == 0 or (code == PARTIAL and toll.review), said
    return toll


@pytest.mark.long
def test_two_films_at_once_keep_to_the_limits_of_one_account(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=2, speed=20, monkeypatch=monkeypatch) as made:
        films = [made.make(name, [shot(n, name) for n in range(6)], "--concurrency", "2") for name in ("one", "two")]
        for film in films:
            code, said = film.wait()
            assert code == 0, said
        for kind in ("image", "video", "audio"):
            assert most_at_once(made.bills(), kind) <= 3, kind  # two, and one in the vendor's line where it has one
        assert len(made.bills()) == 36
        finish(made, films[0], postgres_schema_url)


def test_a_node_dies_then_the_coordinators_own_and_the_film_is_finished(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=3, speed=20, on=[RESOURCE], monkeypatch=monkeypatch) as made:
        film = made.make("film", [shot(n, "film") for n in range(6)], "--concurrency", "2")  # long enough for two blows
        film.done("image", 2)
        home = made.node_of(made.coordinator())
        made.kill(next(node for node in made.nodes if node is not home))
        film.done("video", 1)
        made.kill(home)
        toll = finish(made, film, postgres_schema_url)
        assert any("another goes on" in str(told["message"]) for told in film.events("warning"))
        assert film.events("film_done")[0]["made"] >= 6 - toll.review


@pytest.mark.long
def test_the_head_dies_and_the_same_command_finishes_the_film(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=2, speed=20, monkeypatch=monkeypatch) as made:
        shots = [shot(n, "film") for n in range(6)]
        film = made.make("film", shots)
        film.done("image", 2)
        made.kill_head()
        code, said = film.wait()
        assert code == 1
        assert "head" in said and "ray stop" in said and "run the same command again" in said, said
        made.stop_nodes()
        made.begin_again(workers=2)
        finish(made, made.make("film", shots), postgres_schema_url)


@pytest.mark.long
def test_a_machine_that_sleeps_with_the_coordinator_on_it_and_wakes_does_no_harm(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=3, speed=20, on=[RESOURCE], monkeypatch=monkeypatch) as made:
        film = made.make("film", [shot(n, "film") for n in range(6)])
        film.done("image", 2)
        sleeper = made.coordinator()
        home = processes_of(made.node_of(sleeper))
        strike(home, signal.SIGSTOP)
        film.done("video", 3)
        assert made.coordinator(but=sleeper) != sleeper
        strike(home, signal.SIGCONT)
        finish(made, film, postgres_schema_url)


def test_a_coordinator_that_does_not_answer_is_replaced(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=2, speed=20, monkeypatch=monkeypatch) as made:
        film = made.make("film", [shot(n, "film") for n in range(3)])
        film.done("image", 1)
        sleeper = made.coordinator()
        os.kill(sleeper, signal.SIGSTOP)
        film.done("video", 2)
        strike([sleeper], signal.SIGCONT)
        finish(made, film, postgres_schema_url)


def test_ctrl_c_stops_what_costs_and_the_same_command_goes_on(
    tmp_path: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, postgres_schema_url, workers=2, speed=20, monkeypatch=monkeypatch) as made:
        shots = [shot(n, "film") for n in range(9)]
        film = made.make("film", shots)
        film.done("image", 1)
        film.process.send_signal(signal.SIGINT)
        code, said = film.wait()
        assert code == Interrupted.exit_code, said
        assert len(made.bills()) < 27
        finish(made, made.make("film", shots), postgres_schema_url)
        assert len(made.bills()) == 27
