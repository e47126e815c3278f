"""``film simulate``: a rehearsal is paid for by nobody, reaches no real gallery, and ends when it is told to."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import write_shots

from film.environment.variables import KEY_NAMES, URL_NAMES
from film.testing.simulator import Books

FILM = [sys.executable, "-m", "film"]


@contextmanager
def simulating(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    with subprocess.Popen(
        [*FILM, "simulate", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(sum(map(len, KEY_NAMES.values())) + len(URL_NAMES) + 5)]
        try:
            yield process, dict(shlex.split(line)[1].split("=", 1) for line in lines)
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_to_export_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    rehearsals = tmp_path / "it's here"
    with simulating("--gallery", str(rehearsals)) as (process, exported):
        assert all(names[0] in exported for names in KEY_NAMES.values())
        assert exported["FILM_GALLERY_DIR"] == str(rehearsals) and str(rehearsals) in exported["FILM_DATABASE_URL"]
        host = exported["FILM_FAL_URL"].removesuffix("/fal")
        assert host.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{host}/__control__/books") as answer:
            assert answer.status == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out) == (0, "")
        assert err.splitlines()[-1] == "rehearsed: 0 orders that would have cost $0"


def test_a_premium_film_is_rehearsed_apart_from_the_library(tmp_path: Path) -> None:
    """The environment forbids spending, as the suite's does: a rehearsal spends nothing, so it may go on."""
    shots = write_shots(tmp_path, {"dialogue": "Hello."})
    make = [*FILM, "make", str(shots), "--tier", "premium", "--yes", "-q"]
    result = subprocess.run(
        [*FILM, "simulate", "--speed", "1000", "--", *make], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    film = Path(result.stdout.strip())
    assert film.is_file() and film.is_relative_to(tmp_path / "FilmRehearsals")
    assert not (tmp_path / "gallery").exists()
    assert result.stderr.splitlines()[-1].startswith("rehearsed: 3 orders that would have cost $0.")


def test_a_rehearsal_that_was_cut_off_goes_on_at_the_next_one(tmp_path: Path) -> None:
    """Killed with its vendors while a clip is being made; the vendors of the next one know it, and charge no second."""
    shots = write_shots(tmp_path, {})
    rehearse = [*FILM, "simulate", "--gallery", str(tmp_path / "room"), "--speed"]
    make = ["--", *FILM, "make", str(shots), "--tier", "budget", "--yes", "-q"]
    events = tmp_path / "events.jsonl"
    events.touch()
    command = [*rehearse, "20", *make, "--events", str(events)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        until = time.monotonic() + 300
        while ordered(events) < 2 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert ordered(events) == 2
    again = subprocess.run([*rehearse, "1000", *make], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert again.stderr.splitlines()[-1] == "rehearsed: 0 orders that would have cost $0"
    assert len(Books(tmp_path / "room" / "vendors.db").invoice()) == 2


def ordered(events: Path) -> int:
    return sum('"submitted"' in line for line in events.read_text().splitlines())


def test_the_programs_exit_code_is_its_own(tmp_path: Path) -> None:
    def code(*program: str) -> int:
        return subprocess.run([*FILM, "simulate", "--", *program], capture_output=True, check=False).returncode

    assert code(sys.executable, "-c", "raise SystemExit(6)") == 6
    assert code(str(tmp_path / "no such program")) == 2


def test_a_taken_port_is_an_error(tmp_path: Path) -> None:
    with simulating() as (_, exported):
        port = exported["FILM_FAL_URL"].rpartition(":")[2].removesuffix("/fal")
        result = subprocess.run(
            [*FILM, "simulate", "--port", port], capture_output=True, text=True, check=False, env=dict(os.environ)
        )
    assert result.returncode == 2 and f"error: port {port} cannot be used" in result.stderr
