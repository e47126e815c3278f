"""``film simulate`` and ``film make`` as their users call them: whole films of every paid tier, killed and made again.

The claim that counts is checked against the vendors' own books: after any number of kills, what was charged is what
the library holds, and where a purchase was made twice the journal says so.

    uv run pytest tests/e2e/test_rehearsed_films.py                     the attic on each tier, killed once
    uv run pytest -n 0 -m long tests/e2e/test_rehearsed_films.py        every example and tier, killed fifteen times
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TIERS = ("budget", "premium", "ultra")
PARTIAL = 6
SMALL = ("--size", "256x144")
KILLS = 15


@dataclass
class Rehearsal:
    """A gallery of its own, and vendors that keep books."""

    environment: dict[str, str]
    folder: Path
    kills: int = 0
    noted: Counter[str] = field(default_factory=Counter[str])

    def film(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "film", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=600, check=False)

    def start(self, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "film", "make", *map(str, arguments), "--yes", "-q"]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=quiet, stderr=quiet, env=self.environment)

    def json(self, *arguments: object) -> Any:
        said = self.film(*arguments, "--json")
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)

    def kill_once(self, dice: random.Random, *arguments: object) -> None:
        """Begin a film and kill it after so much time, or when so many things have happened and a moment has passed."""
        events = self.folder / f"events-{self.kills}-{dice.random()}.jsonl"
        events.touch()
        process = self.start(*arguments, "--events", events)
        lines = dice.randint(1, dice.choice((6, 12, 60)))  # mostly early: the film is to outlive many kills
        late = time.monotonic() + dice.choice((2.0, 600.0)) * dice.random()
        while process.poll() is None and events.read_text().count("\n") < lines and time.monotonic() < late:
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, 0.3))
        process.kill()
        self.kills += process.wait(timeout=600) == -signal.SIGKILL

    def make(self, *arguments: object) -> dict[str, Any]:
        """Make the film, saying of what nobody could know what the vendors' books tell, as its user would."""
        for _ in range(5):
            said = self.film("make", *arguments, "--yes", "--json")
            if said.returncode != PARTIAL:
                assert said.returncode == 0, said.stderr
                return json.loads(said.stdout)
            in_doubt = [job for job in self.json("jobs") if job["state"] == "review"]
            assert in_doubt, said.stderr
            for job in in_doubt:
                self.resolve(job)
        raise AssertionError("the film does not become whole")

    def resolve(self, job: dict[str, Any]) -> None:
        kind = job["asset_type"]
        on_record = [
            j
            for j in self.json("jobs", "--all")
            if j["asset_type"] == kind and j["state"] in ("done", "closed", "submitted", "lost")
        ]
        charged = sum(bill["kind"] == kind for bill in self.bills()) > len(on_record)
        self.noted["in doubt, settled by hand"] += 1
        assert self.film("jobs", "resolve", job["id"], "--rebuy" if charged else "--not-charged").returncode == 0

    def bills(self) -> list[dict[str, Any]]:
        url = self.environment["FILM_FAL_URL"].rpartition("/")[0]
        with urllib.request.urlopen(f"{url}/__control__/books") as answer:
            return [job for job in json.load(answer)["jobs"] if job["billed"]]

    def assert_charged_once(self) -> str:
        """Charges = distinct assets + what the journal says was bought again; the figure, in words."""
        assets = {a["asset_id"] for a in self.json("assets", "--limit", 10_000)["assets"] if a["provider"] != "draft"}
        on_record = sum(job["state"] == "closed" for job in self.json("jobs", "--all"))
        bills = self.bills()
        again = len(bills) - len({bill["digest"] for bill in bills})
        lost, silent = len(assets) - (len(bills) - again), max(0, again - on_record)
        assert (lost, silent) == (0, 0), (len(bills), len(assets), again, on_record)
        assert self.film("fsck").returncode == 0
        told = f"{self.kills} kills: {len(bills)} charges, {len(assets)} assets, bought again {again}, all on record"
        return f"{told}; lost {abs(lost)}, silent doubles {silent}"


@contextmanager
def rehearsal(folder: Path, database: str = "") -> Generator[Rehearsal]:
    command = [sys.executable, "-m", "film", "simulate", "--speed", "1000", "--gallery", str(folder / "gallery")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as simulator:
        assert simulator.stdout is not None
        environment = dict(os.environ)
        while "FILM_NO_SPEND" not in (line := simulator.stdout.readline()):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environment[name] = value.strip("'")
        environment["FILM_NO_SPEND"] = "0"
        if database:
            environment["FILM_DATABASE_URL"] = database
        try:
            yield Rehearsal(environment, folder)
        finally:
            simulator.terminate()


def assert_plays(film: dict[str, Any]) -> None:
    with av.open(film["path"]) as container:
        stream = container.streams.video[0]
        assert sum(1 for _ in container.decode(stream)) == stream.frames > 0


@pytest.mark.parametrize("tier", TIERS)
def test_the_attic_is_finished_on_every_tier_whatever_kills_it(
    tmp_path: Path, tell: Callable[[str], None], tier: str
) -> None:
    shots = EXAMPLES / "attic" / "shots.json"
    with rehearsal(tmp_path) as room:
        dice = random.Random(tier)
        room.kill_once(dice, shots, "--tier", tier, *SMALL)
        film = room.make(shots, "--tier", tier, *SMALL)
        assert_plays(film)
        assert len(room.bills()) >= 5, "two pictures, two clips and a line"
        told = room.assert_charged_once()
        posts = len(room.bills())
        assert room.make(shots, "--tier", tier, *SMALL)["unchanged"] and len(room.bills()) == posts
    tell(f"attic, {tier}: {told}")


@pytest.mark.long
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("example", ["attic", "lighthouse", "night_train"])
def test_the_examples_are_finished_on_every_tier_however_often_they_are_killed(
    tmp_path: Path, tell: Callable[[str], None], example: str, tier: str
) -> None:
    shots = EXAMPLES / example / "shots.json"
    options = ("--tier", tier, *SMALL, "--budget_limit", "100", "--concurrency", "16")
    with rehearsal(tmp_path) as room:
        dice = random.Random(f"{example} {tier}")
        while room.kills < KILLS:
            room.kill_once(dice, shots, *options)
        film = room.make(shots, *options)
        assert_plays(film)
        told = room.assert_charged_once()
    tell(f"{example}, {tier}: {told}")


def test_two_processes_make_one_paid_film_and_both_end_well(
    tmp_path: Path, database_url: str, tell: Callable[[str], None]
) -> None:
    shots = EXAMPLES / "attic" / "shots.json"
    with rehearsal(tmp_path, database_url) as room:
        both = [room.start(shots, "--tier", "budget", *SMALL) for _ in range(2)]
        assert [process.wait(timeout=600) for process in both] == [0, 0]
        assert len(room.bills()) == 5
        told = room.assert_charged_once()
        film = room.make(shots, "--tier", "budget", *SMALL)
        assert film["unchanged"]
        assert_plays(film)
    tell(f"two processes on one film, {database_url.partition(':')[0]}: {told}")
