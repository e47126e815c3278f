"""kill -9 of a film that ZenML makes while it buys over HTTP, again and again; then ``film make`` finishes it.

A strike comes right after an event, while other orders are on their way. What nobody can know of those is put before
the user; once that is decided, the film is made whole.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from audit import Toll, audit, bills_of
from pipeline_room import shot
from zenml_room import Room

from film.cli.make import PARTIAL
from film.db.session import make_engine
from film.jobs import Jobs
from film.testing.simulator import Latency, Simulator, SimulatorThread

pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("default")]

SHOTS = [shot(n, dialogue=f"Line {n}." if n % 2 else None) for n in range(1, 7)]
ASSETS = 15
STRUCK = """
import asyncio, os, signal, sys
from film.planning.params import film_params
from film.production.engines.zenml import make_film
from film.settings import load_settings

shots, kind, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

def strike(event):
    global count
    count -= event.facts.get("kind") == kind
    if not count:
        os.kill(os.getpid(), signal.SIGKILL)

settings = load_settings()
params = film_params(shots, settings, film_id="film", size="128x128", budget_limit=settings.default_budget)
asyncio.run(make_film(params, settings, listeners=[strike]))
"""
STRIKES = [("submitted", 1), ("fetched", 3), ("submitted", 2)]


class Desk:
    """Who gives the orders, over and over, and looks at the books."""

    def __init__(self, room: Room, vendors: Simulator) -> None:
        self.room, self.vendors = room, vendors
        self.shots = room.folder / "shots.json"
        self.shots.write_text(json.dumps(SHOTS))
        self._environment = {**os.environ, **vendors.environment(), "FILM_NO_SPEND": ""}

    def struck(self, kind: str, count: int) -> int:
        """The exit code of a program that kills itself right after the ``count``-th event of a kind."""
        return self._run("-c", STRUCK, self.shots, kind, count).returncode

    def make(self) -> subprocess.CompletedProcess[str]:
        options = ("--film_id", "film", "--engine", "zenml", "--yes", "--size", "128x128")
        return self._run("-m", "film", "make", self.shots, *options)

    def audit(self) -> Toll:
        bills = bills_of(asdict(job) for job in self.vendors.books.jobs())
        toll = audit(self.room.settings.gallery, self.room.settings.database_url, bills)
        assert toll.is_good, "\n".join(toll.wrong) or toll
        return toll

    def decide(self) -> None:
        """What nobody can know is to be bought again."""
        engine = make_engine(self.room.settings.database_url)
        journal = Jobs(engine)
        for job in journal.list_jobs("review"):
            journal.resolve(job.id, "rebuy")
        engine.dispose()

    def _run(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *map(str, words)]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=300, check=False)


def test_killed_again_and_again_nothing_is_lost_and_nothing_bought_twice_in_silence(
    room: Room, zenml_home: Path
) -> None:
    with SimulatorThread(latency=Latency(speed=100), seed=1) as vendors:
        desk = Desk(room, vendors)
        for kind, count in STRIKES:
            assert desk.struck(kind, count) == -signal.SIGKILL, f"there were no {count} {kind}"
        made = desk.make()
        toll = desk.audit()
        assert made.returncode == (PARTIAL if toll.review else 0), made.stderr
        if toll.review:  # struck about its POST, and too dear to be bought again unasked
            desk.decide()
            made = desk.make()
            toll = desk.audit()
        assert (made.returncode, toll.review) == (0, 0), made.stderr
        assert Path(made.stdout.strip()).is_file()
        assert toll.jobs <= ASSETS + toll.bought_again
    said = made.stdout + made.stderr
    assert "Traceback" not in said and "Initiating a new run" not in said, "ZenML keeps quiet"
