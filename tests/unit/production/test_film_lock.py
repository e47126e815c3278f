"""One process at a time cuts a film; nobody waits for the dead, nor for long for the sleeping."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from film.errors import Interrupted
from film.production.finishing.film_lock import turn_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such locks")

FILM = Path("film.mp4")
HOLDER = """
import sys, time
from pathlib import Path
from film.production.finishing.film_lock import turn_at
with turn_at(Path("film.mp4"), Path(sys.argv[1]), should_stop=lambda: False, on_wait=lambda: None):
    print("mine", flush=True)
    input()
"""


def never() -> bool:
    return False


@pytest.fixture
def holder(tmp_path: Path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def test_a_free_turn_is_taken_at_once(tmp_path: Path) -> None:
    waits: list[int] = []
    for _ in range(2):
        with turn_at(FILM, tmp_path / "locks", should_stop=never, on_wait=lambda: waits.append(1)) as alive:
            alive()
    assert waits == []


def test_the_second_waits_until_the_first_has_done(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    waits: list[int] = []

    def end_it() -> None:
        waits.append(1)
        assert holder.stdin is not None
        holder.stdin.close()

    with turn_at(FILM, tmp_path, should_stop=never, on_wait=end_it):
        holder.wait(timeout=300)  # it has let go, and ends
    assert waits == [1]


def test_another_film_is_not_waited_for(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with turn_at(Path("another.mp4"), tmp_path, should_stop=never, on_wait=lambda: pytest.fail("waited")):
        assert holder.poll() is None


def test_a_killed_holder_is_not_waited_for(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with turn_at(FILM, tmp_path, should_stop=never, on_wait=holder.kill):
        pass


def test_a_stop_ends_the_waiting(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    stops: list[int] = []
    with (
        pytest.raises(Interrupted, match="another process"),
        turn_at(FILM, tmp_path, should_stop=lambda: bool(stops), on_wait=lambda: stops.append(1)),
    ):
        pytest.fail("it was not our turn")
    assert holder.poll() is None


def test_who_shows_no_sign_of_life_is_passed(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    (lock,) = tmp_path.iterdir()
    long_ago = time.time() - 120
    os.utime(lock, (long_ago, long_ago))
    with turn_at(FILM, tmp_path, should_stop=never, on_wait=lambda: pytest.fail("waited")):
        assert holder.poll() is None
