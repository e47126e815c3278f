"""kill -9, at random moments and at chosen places, while whole films are bought over HTTP from another process.

What is claimed is not "exactly once", which no program can promise of a vendor without idempotency keys, but: nothing
is lost, and nothing is paid for twice without a record that says so. The same films made by the same program without
its journal are the control: there the count of silent double payments must be above zero.

    uv run pytest tests/crash                            a few kills and races on each database
    uv run pytest -n 0 -m "long and ci" tests/crash      a hundred, and more
    uv run pytest -n 0 -m "long and not ci" tests/crash  the night's: five hundred, and more
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from audit import audit, bills_of, is_under_way
from nursery import MADE, SAID_WHY, Nursery, crash_of, kill, nursery
from program import NAIVE_PLACES, PLACES, Order
from simulated_vendors import Vendors, simulated

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

SHOTS = 2
KILLS_A_FILM = 5
CROWD = 4
"""Processes at once on one film."""
LEASE = 1.0
"""Seconds; a paused process is woken well after it."""

SHORT = pytest.param(10, id="short")
CI = pytest.param(60, marks=[pytest.mark.long, pytest.mark.ci], id="ci")
NIGHT = pytest.param(300, marks=pytest.mark.long, id="night")


@dataclass
class Stage:
    """One gallery with its database, the vendors, and a nursery of programs."""

    vendors: Vendors
    nursery: Nursery
    gallery: Path
    database: str
    films: int = 0
    kills: int = 0
    paused: int = 0
    places: Counter[str] = field(default_factory=Counter[str])

    def order(self, name: str, **about: object) -> Order:
        self.films += 1
        order = Order(str(self.gallery), f"{name} {self.films}", SHOTS, database=self.database)
        return replace(order, **about)

    def end(self, order: Order, code: int, place: str = "any") -> None:
        """Count how a program ended that was to be killed, and may have been quicker."""
        if code == -signal.SIGKILL:
            self.kills += 1
            self.places[place] += 1
        elif code not in (MADE, SAID_WHY):
            pytest.fail(crash_of(order))

    def finish(self, order: Order) -> None:
        """Make the film, once more where a machine under load kept a run from its end."""
        for _ in range(3):
            code = self.nursery.run(order)
            assert code in (MADE, SAID_WHY), crash_of(order)
            if code == MADE or not is_under_way(self.database, order):
                return

    def naive_doubles(self) -> int:
        bills = bills_of(job for job in self.vendors.jobs() if "naive" in str(job["order"]))
        return sum(len(bought) - 1 for bought in bills.values())


@contextmanager
def staged(folder: Path, database: str) -> Generator[Stage]:
    gallery = folder / "gallery"
    gallery.mkdir()
    with simulated() as vendors, nursery(vendors.environment, folder) as opened:
        stage = Stage(vendors, opened, gallery, database)
        opened.warm_up(replace(stage.order("warm up"), cut=True))
        yield stage


def kill_films(stage: Stage, kills: int, dice: random.Random, *, naive: bool = False) -> None:
    """One film after the other, each begun again until it has been killed a few times."""
    usual, until = 0.4, stage.kills + kills
    while stage.kills < until:
        order = stage.order("naive" if naive else "film", naive=naive)
        for _ in range(KILLS_A_FILM):
            if dice.random() < 0.5:
                place = dice.choice(NAIVE_PLACES if naive else PLACES)
                dying = replace(order, die_at=place, die_on=dice.randint(1, 4))
                stage.end(order, stage.nursery.run(dying), place)
            else:
                stage.end(order, stage.nursery.run(order, kill_after=dice.uniform(0.0, usual)))
        began = time.monotonic()
        stage.finish(replace(order, cut=not naive and dice.random() < 0.2))
        usual = min(3.0, 0.7 * usual + 0.3 * (time.monotonic() - began + 0.2))


def race(stage: Stage, rounds: int, dice: random.Random) -> None:
    """Several processes on one film: one is killed, one sleeps past its lease and wakes, the others go on."""
    for _ in range(rounds):
        order = stage.order("race", lease=LEASE)
        orders = [order] * CROWD
        if dice.random() < 0.5:  # the sleeper stops at a definite place; the strike there is its own
            orders[0] = replace(order, pause_at=dice.choice(PLACES), die_on=dice.randint(1, 3))
        pids = [stage.nursery.start(one) for one in orders]
        time.sleep(dice.uniform(0.05, 0.4))
        os.kill(pids[0], signal.SIGSTOP)
        time.sleep(dice.uniform(0.0, 0.3))
        kill(pids[1])
        time.sleep(LEASE * dice.uniform(1.2, 2.5))
        stage.paused += not _has_ended(pids[0])
        with _waking(pids[0]):
            for pid in pids:
                stage.end(order, stage.nursery.wait(pid))
        stage.finish(order)


@contextmanager
def _waking(pid: int) -> Generator[None]:
    """Wake the sleeper, again and again: on a slow machine it may come to the place where it stops only now."""
    over = threading.Event()

    def wake() -> None:
        with suppress(ProcessLookupError):
            while not over.wait(0.05):
                os.kill(pid, signal.SIGCONT)

    waker = threading.Thread(target=wake)
    waker.start()
    try:
        yield
    finally:
        over.set()
        waker.join()


def _has_ended(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def tell_the_toll(stage: Stage, tell: Callable[[str], None], what: str, began: float) -> None:
    ours = bills_of(job for job in stage.vendors.jobs() if "naive" not in str(job["order"]))
    toll = audit(stage.gallery, stage.database, ours)
    engine = stage.database.partition(":")[0]
    tell(
        f"{engine}: {what} / {stage.films} films: lost {toll.lost}, silent doubles {toll.silent}, review {toll.review}"
        f", bought again on record {toll.bought_again}, second purchases on record {toll.second}"
    )
    tell(f"{engine}: ledger = invoice: {toll.jobs} jobs: difference ${toll.difference:.2f}, unmatched {toll.unmatched}")
    places = ", ".join(f"{place}: {count}" for place, count in stage.places.most_common())
    tell(f"({time.monotonic() - began:.0f} s; killed at {places})")
    assert toll.is_good, "\n".join(toll.wrong) or toll


@pytest.mark.parametrize("kills", [SHORT, CI, NIGHT])
def test_killed_at_random_nothing_is_lost_and_nothing_paid_twice_in_silence(
    tmp_path: Path, database_url: str, tell: Callable[[str], None], kills: int
) -> None:
    dice, began = random.Random(kills), time.monotonic()
    with staged(tmp_path, database_url) as stage:
        kill_films(stage, kills, dice)
        tell_the_toll(stage, tell, f"{stage.kills} kills", began)
        killed, films = stage.kills, stage.films
        kill_films(stage, max(10, kills // 8), dice, naive=True)
        doubles = stage.naive_doubles()
        controls = f"{stage.kills - killed} kills / {stage.films - films} films"
    tell(f"control without a journal: {controls}: silent doubles {doubles}")
    assert doubles > 0, "the control shows that this test can fail"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="whether a process sleeps is read from /proc")
@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, id="short"),
        pytest.param(10, marks=[pytest.mark.long, pytest.mark.ci], id="ci"),
        pytest.param(50, marks=pytest.mark.long, id="night"),
    ],
)
def test_processes_that_race_are_killed_and_sleep_past_their_leases_do_no_harm(
    tmp_path: Path, database_url: str, tell: Callable[[str], None], rounds: int
) -> None:
    dice, began = random.Random(rounds), time.monotonic()
    with staged(tmp_path, database_url) as stage:
        race(stage, rounds, dice)
        what = f"{CROWD} processes a film, {stage.kills} killed, {stage.paused} paused past their lease and woken"
        tell_the_toll(stage, tell, what, began)
        naive = stage.order("naive", naive=True)
        for pid in [stage.nursery.start(naive) for _ in range(CROWD)]:
            assert stage.nursery.wait(pid) == MADE, crash_of(naive)
        doubles = stage.naive_doubles()
    tell(f"control without a journal: {CROWD} processes on a film: silent doubles {doubles}")
    assert doubles > 0, "the control shows that this test can fail"
