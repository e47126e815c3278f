"""kill -9 of ``film make --engine zenml`` while it buys over HTTP, again and again; the last run finishes the film."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from zenml_room import Room, shot

from film.cost_tracker import verify_ledger
from film.db.session import make_engine
from film.jobs import Jobs
from film.settings import KEY_NAMES
from film.testing.simulator import Latency, Simulator, SimulatorThread

pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("default")]

SHOTS = [shot(n, dialogue=f"Line {n}." if n % 2 else None) for n in range(1, 7)]
ASSETS = 15


def start(room: Room, simulator: Simulator, events: Path, *more: str) -> subprocess.Popen[str]:
    shots = room.folder / "shots.json"
    shots.write_text(json.dumps(SHOTS))
    keys = {names[0]: "key" for names in KEY_NAMES.values()}
    environment = {**os.environ, **keys, **simulator.environment(), "FILM_NO_SPEND": ""}
    command = [sys.executable, "-m", "film", "make", str(shots), "--engine", "zenml", "--yes", "--size", "128x128"]
    return subprocess.Popen(
        [*command, "--events", str(events), *more],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def seen(events: Path, what: str) -> int:
    return events.read_text().count(f'"{what}"') if events.exists() else 0


def test_killed_again_and_again_each_asset_is_bought_once(room: Room, zenml_home: Path) -> None:
    with SimulatorThread(latency=Latency(speed=100), seed=1) as simulator:
        for number, (what, count) in enumerate([("submitted", 1), ("fetched", 3), ("submitted", 4)]):
            events = room.folder / f"events-{number}.jsonl"
            process = start(room, simulator, events)
            until = time.monotonic() + 120
            while seen(events, what) < count and process.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            assert process.returncode == -signal.SIGKILL, "it was quicker than the strike"
        process = start(room, simulator, room.folder / "last.jsonl")
        out, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
        assert Path(out.strip()).is_file()
        engine = make_engine(room.settings.database_url)
        states = Counter(job.state for job in Jobs(engine).list_jobs())
        assert states["done"] == ASSETS and set(states) <= {"done", "closed"}
        # Struck about its POST, an order of a cent may be bought again, on record: closed. It may not have gone out.
        again = sum(simulator.bought_twice().values()) - len(simulator.bought_twice())
        assert len(simulator.books.jobs()) == ASSETS + again
        assert again <= states["closed"]
        assert verify_ledger(engine) == []
        engine.dispose()
    assert "Traceback" not in told and "Initiating a new run" not in out + told, "ZenML keeps quiet"
