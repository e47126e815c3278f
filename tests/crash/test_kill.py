"""kill -9, at random moments and at chosen places, while whole shots are bought over HTTP from another process.

What is claimed is not "exactly once", which no program can promise of a vendor without idempotency keys, but: nothing
is lost, and nothing is paid for twice without a record that says so. The same films made by the same program without
its journal are the control: there the count of silent double payments must be above zero.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from film_driver import PLACES, Order
from sqlalchemy import select

from film.db.session import make_engine, snapshot
from film.db.tables import LedgerEntry, ReservationRow
from film.hashing import sha256_of_file
from film.jobs import Job, Jobs

HERE = Path(__file__).parent
SHOTS = 2
KILLS_A_FILM = 5
PATIENCE = 60.0


class Vendors:
    """The simulator in a process of its own."""

    def __init__(self) -> None:
        # Results are kept for ever: what expires between two kills would be lost to the vendor and not to us.
        options = ["--speed", "1000", "--seed", "1", "--lifetime", "1e12"]
        command = [sys.executable, "-m", "film.testing.simulator", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.environment: dict[str, str] = {}
        while len(self.environment) < 10:
            name, _, value = self._process.stdout.readline().removeprefix("export ").strip().partition("=")
            self.environment[name] = value
        self._url = self.environment["FILM_FAL_URL"].rpartition("/")[0]

    def books(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._url}/__control__/books") as answer:
            return json.load(answer)

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


class Nursery:
    """Starts film makers, and kills them."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        clean = {k: v for k, v in os.environ.items() if k != "FILM_NO_SPEND"}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "film_driver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean | environment | {"FILM_GALLERY_DIR": str(folder)},
            cwd=folder,
        )

    def run(self, order: Order, *, kill_after: float | None = None) -> int:
        """Let a child make its film, or not to the end; how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        timer = threading.Timer(PATIENCE if kill_after is None else kill_after, _kill, (pid,))
        timer.start()
        code = int(self._process.stdout.readline())
        timer.cancel()
        return code

    def close(self) -> None:
        self._process.communicate()  # closes its input: it ends by itself


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Vendors, Nursery]]:
    vendors = Vendors()
    nursery = Nursery(vendors.environment, folder)
    try:
        yield vendors, nursery
    finally:
        nursery.close()
        vendors.close()


@dataclass
class Toll:
    """What a series of kills has cost."""

    kills: int = 0
    films: int = 0
    lost: int = 0
    silent: int = 0
    review: int = 0
    bought_again: int = 0
    jobs: int = 0
    difference: Decimal = Decimal(0)
    unmatched: int = 0
    places: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def kill_films(vendors: Vendors, nursery: Nursery, folder: Path, kills: int, *, naive: bool, seed: int) -> Toll:
    dice, toll = random.Random(seed), Toll()
    usual = 0.4
    while toll.kills < kills:
        film = f"{'naive' if naive else 'film'}-{seed}-{toll.films}"
        toll.films += 1
        places = PLACES if not naive else ("after post", "before fetch", "half a blob", "blob written")
        for _ in range(KILLS_A_FILM):
            order = Order(str(folder / film), film, SHOTS, naive=naive)
            if dice.random() < 0.5:
                place = dice.choice(places)
                order = Order(str(folder / film), film, SHOTS, naive, die_at=place, die_on=dice.randint(1, 4))
                code, where = nursery.run(order), place
            else:
                code, where = nursery.run(order, kill_after=dice.uniform(0.0, usual)), "any"
            if code == -signal.SIGKILL:
                toll.kills += 1
                toll.places[where] += 1
            elif code != 0:
                pytest.fail((folder / film / "crash.txt").read_text())
        started = time.monotonic()
        assert nursery.run(Order(str(folder / film), film, SHOTS, naive=naive)) == 0, "the last run must end by itself"
        usual = 0.7 * usual + 0.3 * (time.monotonic() - started + 0.2)
    return toll


def label_of(order: dict[str, Any]) -> str:
    return str(order.get("prompt") or order.get("input") or order.get("text")).removeprefix("This is ")


def audit(toll: Toll, vendors: Vendors, folder: Path) -> None:
    """Hold the films' journals, ledgers and stores against the vendors' books."""
    books = vendors.books()
    bills: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for job in books["jobs"]:
        kind = job["kind"]
        film, _, shot = label_of(job["order"]).rstrip(".").partition(" shot ")
        bills.setdefault((film, f"shot_{shot}", kind), []).append(job)
    for number in range(toll.films):
        audit_film(toll, folder / film_name(folder, number), bills)


def film_name(folder: Path, number: int) -> str:
    return next(p.name for p in folder.iterdir() if p.name.startswith("film-") and p.name.endswith(f"-{number}"))


def audit_film(toll: Toll, folder: Path, bills: dict[tuple[str, str, str], list[dict[str, Any]]]) -> None:
    engine = make_engine(f"sqlite:///{folder / 'film.db'}")
    records: dict[tuple[str, str, str], list[Job]] = {}
    for job in Jobs(engine).list_jobs():
        records.setdefault((job.film_id, job.shot_id, job.asset_type), []).append(job)
    with snapshot(engine) as connection:
        settled = dict(
            connection.execute(
                select(LedgerEntry.reservation_id, LedgerEntry.amount).where(LedgerEntry.kind == "settle")
            ).all()
        )
        held = dict(
            connection.execute(
                select(ReservationRow.id, ReservationRow.estimated).where(
                    ReservationRow.state.in_(("held", "submitted", "unknown"))
                )
            ).all()
        )
    for (film, shot, kind), jobs in records.items():
        bought = bills.get((film, shot, kind), [])
        states = Counter(job.state for job in jobs)
        toll.jobs += len(bought)
        toll.review += states["review"]
        toll.bought_again += states["closed"]
        # One job at the vendor for each that is on record: more would be a purchase that nobody was told of.
        toll.silent += max(0, len(bought) - len(jobs))
        for job in jobs:
            if job.state == "done":
                blob = folder / "blobs" / str(job.blob_sha256)
                toll.lost += not (blob.exists() and sha256_of_file(blob) == job.blob_sha256)
            elif job.state not in ("review", "closed"):
                toll.wrong.append(f"{film} {shot} {kind} ended as {job.state}: {job.error}")
        charged = sum((Decimal(job["price"]) for job in bought), Decimal(0))
        reservations = {job.reservation_id for job in jobs}
        booked = sum((settled.get(r, Decimal(0)) + held.get(r, Decimal(0)) for r in reservations), Decimal(0))
        # Until the last of them is settled, those given up before it stand in the journal alone.
        booked += sum((j.quoted for j in jobs if j.state == "closed" and j.reservation_id in held), Decimal(0))
        # What was given up as unknown is booked as if it had been billed: it may be more than the bill, never less.
        assumed = sum((job.quoted for job in jobs if job.state in ("review", "closed")), Decimal(0))
        difference = max(Decimal(0), charged - booked, booked - charged - assumed)
        toll.difference += difference
        if difference:
            told = f"billed {charged}, booked {booked}, assumed {assumed}, {len(bought)} at the vendor"
            toll.wrong.append(f"{film} {shot} {kind}: {told}, {dict(states)} on record")
        toll.lost += not (states["done"] or states["review"])
        known = {known_as(job["id"]) for job in bought}
        toll.unmatched += sum(job.state == "done" and known_as(job.vendor_job_id) not in known for job in jobs)
    for (film, shot, kind), bought in bills.items():
        if film == folder.name and (film, shot, kind) not in records:
            toll.unmatched += len(bought)


def known_as(job_id: str) -> str:
    """A job's id without what vendors put around it in one place and not in another."""
    return job_id.removeprefix("req_").removeprefix("item_").replace("-", "")


def exercise(folder: Path, kills: int, tell: Callable[[str], None], *, seed: int) -> None:
    with stage(folder) as (vendors, nursery):
        began = time.monotonic()
        toll = kill_films(vendors, nursery, folder, kills, naive=False, seed=seed)
        audit(toll, vendors, folder)
        control = kill_films(vendors, nursery, folder, max(10, kills // 8), naive=True, seed=seed)
        silent_naive = count_naive(vendors)
    tell(
        f"{toll.kills} kills / {toll.films} films: lost {toll.lost}, silent doubles {toll.silent}, "
        f"review {toll.review}, bought again on record {toll.bought_again}"
    )
    tell(f"ledger = invoice: {toll.jobs} jobs: difference ${toll.difference:.2f}, unmatched {toll.unmatched}")
    tell(f"control without a journal: {control.kills} kills / {control.films} films: silent doubles {silent_naive}")
    places = ", ".join(f"{place}: {count}" for place, count in toll.places.most_common())
    tell(f"({time.monotonic() - began:.0f} s; killed at {places})")
    assert (toll.lost, toll.silent, toll.difference, toll.unmatched) == (0, 0, 0, 0), toll.wrong
    assert toll.wrong == []
    assert silent_naive > 0, "the control shows that this test can fail"


def count_naive(vendors: Vendors) -> int:
    orders = Counter(
        (label_of(job["order"]), job["kind"]) for job in vendors.books()["jobs"] if "naive" in label_of(job["order"])
    )
    return sum(count - 1 for count in orders.values())


def test_killed_at_random_nothing_is_lost_and_nothing_paid_twice_in_silence(
    tmp_path: Path, tell: Callable[[str], None]
):
    exercise(tmp_path, 100, tell, seed=1)


@pytest.mark.long
def test_killed_five_hundred_times(tmp_path: Path, tell: Callable[[str], None]):
    exercise(tmp_path, 500, tell, seed=2)
