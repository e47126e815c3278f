"""Every system call at which a purchase can be cut: killed there, or told that the disk is full or broken.

A picture is bought from a vendor in another process; strace strikes the program at the n-th call of each kind, for
n = 1, 2, … until no such call is left. After every strike the files are looked at as they lie, the program is run
again, and once more a day later, and then journal, ledger, store and the vendor's books must agree. What random kills
meet by luck, this meets for certain.

    uv run pytest -m "long and ci" tests/crash/test_sweep.py      every few points
    uv run pytest -m "long and not ci" tests/crash/test_sweep.py  every point

The same program without its journal is the control: there silent double payments must be found.
"""

from __future__ import annotations

import itertools
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import pytest
from audit import audit, bills_of, faults_of_files, leases_run_out, look_at_files
from nursery import FELL_OVER, MADE, SAID_WHY, crash_of, trouble_of
from program import Order
from simulated_vendors import Vendors, simulated
from sweep_lane import CLEARING, OPENING, TALKING, WRITING, Fault, Lane, Point, lanes

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")]

LANES = 2
ALL_CALLS = WRITING + CLEARING + OPENING + TALKING
ORPHANED = Point("recvfrom", 2)
"""A kill that leaves a POST whose answer nobody read."""


@dataclass
class Found:
    """One strike and what came of it."""

    point: Point
    order: Order
    code: int
    trouble: str = ""
    """What kept the next runs from their picture, in their words."""
    at_once: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def struck(self) -> bool:
        return self.point.fault != "KILL" or self.code == -signal.SIGKILL


class Sweep:
    """Strikes one program, set up anew each time, in as many lanes as there are."""

    def __init__(self, name: str, opened: list[Lane], vendor: str, *, naive: bool = False) -> None:
        self._name, self._vendor, self._naive = name, vendor, naive
        self._free: SimpleQueue[Lane] = SimpleQueue()
        for lane in opened:
            self._free.put(lane)
        self._numbers = itertools.count()

    def points(self, calls: tuple[str, ...], faults: Iterable[Fault], every: int, *before: Point) -> list[Point]:
        """The ``every``-th of all the points that a run has, the kinds of calls mixed."""
        with self._lane() as lane:
            order = self._prepare(lane, before)
            counts = lane.count(order, calls)
        all_points = [Point(call, n, fault) for fault in faults for call in counts for n in range(1, counts[call] + 1)]
        return [point for point in all_points if _is_real(point)][::every]

    def strike(self, points: Iterable[Point], *before: Point) -> list[Found]:
        with ThreadPoolExecutor(LANES) as pool:
            return list(pool.map(partial(self._strike, before=before), points))

    def strike_past_the_end(self, points: list[Point], *before: Point) -> list[Found]:
        """Go on behind the last point of each kind, until the program passes unharmed."""
        found: list[Found] = []
        for call, last in {point.call: point.n for point in points}.items():
            for n in itertools.count(last + 1):
                found.append(self._strike(Point(call, n), before))
                if not found[-1].struck:
                    break
        return found

    def _strike(self, point: Point, before: tuple[Point, ...]) -> Found:
        with self._lane() as lane:
            order = self._prepare(lane, before)
            gallery = Path(order.gallery)
            found = Found(point, order, lane.strike(order, point))
            if not self._naive:
                found.at_once = look_at_files(gallery)
            if self._naive:
                lane.run(order)
                return found
            if point.fault != "KILL":  # whoever meets a full disk still ends well, and its claim with its lease
                leases_run_out(gallery)
            for _ in ("a restart", "a restart a day later"):
                code = lane.run(order)
                if code == FELL_OVER:
                    found.wrong.append(crash_of(order))
                    break
                if code == SAID_WHY:
                    found.trouble = trouble_of(order)
                leases_run_out(gallery)
            return found

    def _prepare(self, lane: Lane, before: tuple[Point, ...]) -> Order:
        order = lane.order(f"{self._name} {next(self._numbers)}", self._vendor, naive=self._naive)
        for point in before:
            assert lane.strike(order, point) == -signal.SIGKILL, f"{point} is no point of this program"
        return order

    @contextmanager
    def _lane(self) -> Generator[Lane]:
        lane = self._free.get()
        try:
            yield lane
        finally:
            self._free.put(lane)


def _is_real(point: Point) -> bool:
    """No disk is too full to delete from."""
    return point.fault != "ENOSPC" or point.call in WRITING


def judge(founds: list[Found], vendors: Vendors) -> list[str]:
    """What is wrong, a line each; galleries in which nothing is are removed, for there are a thousand."""
    bills = bills_of(vendors.jobs())
    for found in founds:
        gallery, asset = Path(found.order.gallery), (found.order.film, "image")
        toll = audit(gallery, f"sqlite:///{gallery / 'film.db'}", {asset: bills[asset]} if asset in bills else {})
        found.wrong += toll.wrong
        found.wrong += [f"{name} {n}" for name, n in (("lost", toll.lost), ("silent doubles", toll.silent)) if n]
        found.wrong += [f"{toll.idle} set aside for nothing"] if toll.idle else []
        found.wrong += faults_of_files(gallery)
        if found.trouble and not toll.review:
            found.wrong.append(f"not made by the next run either: {found.trouble}")
        found.wrong += [f"{count} {kind} at once" for kind, count in found.at_once.items() if count]
        if not found.wrong:
            shutil.rmtree(gallery)
    return [f"{found.order.film}, {found.point}: {wrong}" for found in founds for wrong in found.wrong]


@contextmanager
def stage(folder: Path) -> Generator[tuple[Vendors, list[Lane]]]:
    with simulated() as vendors, lanes(LANES, vendors.environment, folder) as opened:
        yield vendors, opened


PART = pytest.param(6, marks=pytest.mark.ci, id="part")
WHOLE = pytest.param(1, id="whole")


@pytest.mark.parametrize("every", [PART, WHOLE])
def test_killed_at_every_call(tmp_path: Path, tell: Callable[[str], None], every: int):
    """With a vendor that lists its jobs, with one that does not, and again while the first kill is being mended."""
    began, founds = time.monotonic(), list[Found]()
    with stage(tmp_path) as (vendors, opened):
        for name, vendor, before in (
            ("listed", "replicate", ()),
            ("unlisted", "fal", ()),
            ("mended", "replicate", (ORPHANED,)),
        ):
            sweep = Sweep(name, opened, vendor)
            points = sweep.points(ALL_CALLS, ["KILL"], every, *before)
            founds += sweep.strike(points, *before)
            if every == 1:
                founds += sweep.strike_past_the_end(points, *before)
        wrong = judge(founds, vendors)
        control = Sweep("naive", opened, "replicate", naive=True)
        naive = control.strike(control.points(ALL_CALLS, ["KILL"], every))
        bills = bills_of(vendors.jobs())
        doubles = sum(len(bills[found.order.film, "image"]) > 1 for found in naive)
    struck = [found for found in founds if found.struck]
    safe = sum(not found.wrong for found in struck)
    tell(
        f"kill points {safe}/{len(struck)}, violations {len(wrong)}"
        f" (control without a journal: {len(naive)} points, silent doubles {doubles};"
        f" {time.monotonic() - began:.0f} s)",
    )
    assert not wrong, "\n".join(wrong)
    assert len(struck) > 300 / every, "too few points to mean anything"
    assert doubles > 0, "the control shows that this test can fail"


@pytest.mark.parametrize("every", [PART, WHOLE])
def test_told_at_every_call_that_the_disk_is_full_or_broken(tmp_path: Path, tell: Callable[[str], None], every: int):
    began = time.monotonic()
    with stage(tmp_path) as (vendors, opened):
        sweep = Sweep("disk", opened, "replicate")
        founds = sweep.strike(sweep.points(WRITING + CLEARING, ["ENOSPC", "EIO"], every))
        for found in founds:
            if found.code not in (MADE, SAID_WHY):
                found.wrong.append(f"fell over: {crash_of(found.order)} ({found.code})")
        wrong = judge(founds, vendors)
    at_once = sum((found.at_once for found in founds), Counter[str]())
    ends = Counter(found.code for found in founds)
    tell(
        f"ENOSPC+EIO points {len(founds)}: torn {at_once['torn']}, index without blob {at_once['dangling']}"
        f" (made all the same {ends[MADE]}, said why not {ends[SAID_WHY]}, fell over {ends[FELL_OVER]};"
        f" {time.monotonic() - began:.0f} s)"
    )
    assert not wrong, "\n".join(wrong)
    assert len(founds) > 300 / every, "too few points to mean anything"
