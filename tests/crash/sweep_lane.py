"""Striking a program at one system call: a nursery that starts it, and strace that kills it or fails its call.

    Lane.count    every call of the set that a whole run makes, by name
    Lane.strike   the same run, killed on its way into the n-th call of a name, or told that this call failed

Lanes work side by side, each with a nursery of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from nursery import BEGIN, Nursery
from program import Order

LEASE = 24_000.0
"""Seconds of a lease that is never over, nor renewed, while a program runs."""
WRITING = tuple(
    "write writev pwrite64 pwritev fsync fdatasync ftruncate rename renameat renameat2 mkdir mkdirat".split()
)
CLEARING = tuple("chmod fchmod fchmodat unlink unlinkat link linkat".split())
OPENING = ("openat",)
TALKING = tuple("connect sendto sendmsg recvfrom".split())

Fault = Literal["KILL", "ENOSPC", "EIO"]
_CALL = re.compile(r"(\d+) +(\w+)\(")
_WITHOUT = "without it there is no sweep: apt-get install strace"


@dataclass(frozen=True)
class Point:
    """The ``n``-th call of ``call`` in the run of a program, and what happens to it there."""

    call: str
    n: int
    fault: Fault = "KILL"

    @property
    def injection(self) -> str:
        match self.fault:
            case "KILL":
                return f"{self.call}:signal=KILL:when={self.n}"
            case "ENOSPC":
                return f"{self.call}:error=ENOSPC:when={self.n}+"  # a full disk stays full
            case "EIO":
                return f"{self.call}:error=EIO:when={self.n}"

    def __str__(self) -> str:
        return f"{self.fault} at {self.call} {self.n}"


class Lane:
    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._nursery = Nursery(environment, folder)

    def warm_up(self) -> None:
        """Have the nursery import all that a run needs."""
        self._nursery.warm_up(self.order("warm up", "replicate"))

    def close(self) -> None:
        self._nursery.close()

    def order(self, film: str, vendor: str, *, naive: bool = False) -> Order:
        folder = self._folder / film.replace(" ", "_")
        folder.mkdir(exist_ok=True)
        return Order(str(folder), film, vendor=vendor, naive=naive, lease=LEASE)

    def run(self, order: Order) -> int:
        """Let the program run; how it ended."""
        return self._nursery.run(order)

    def strike(self, order: Order, point: Point) -> int:
        """Let it run into its fault; how it ended."""
        return self._traced(order, "-o", "/dev/null", "-e", f"trace={point.call}", "-e", f"inject={point.injection}")

    def count(self, order: Order, calls: tuple[str, ...]) -> Counter[str]:
        """How often a whole run makes which of these calls; fails if it is not all one thread's doing."""
        log = self._folder / "calls.txt"
        names = ",".join(f"?{name}" for name in calls)  # not every machine has all of them
        code = self._traced(order, "-o", str(log), "-e", f"trace={names}")
        assert code in (0, 3), "the run that is counted must end by itself"
        found = [match.groups() for line in log.read_text().splitlines() if (match := _CALL.match(line))]
        assert len({thread for thread, _ in found}) == 1, "calls of several threads have no order to strike them by"
        return Counter(name for _, name in found)

    def _traced(self, order: Order, *options: str) -> int:
        pid = self._nursery.start(replace(order, held=True))
        tracer = subprocess.Popen(["strace", "-f", "-p", str(pid), *options], stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if "attached" not in said:
            os.kill(pid, signal.SIGKILL)
            self._nursery.wait(pid)
            said += tracer.communicate()[1]
            pytest.fail(f"strace may not trace here, so nothing was swept: {said.strip()}")
        os.kill(pid, BEGIN)
        code = self._nursery.wait(pid)
        tracer.communicate()
        return code


@contextmanager
def lanes(number: int, environment: dict[str, str], folder: Path) -> Generator[list[Lane]]:
    """That many lanes; fails where there is no strace."""
    if shutil.which("strace") is None:
        pytest.fail(f"strace is not installed, and {_WITHOUT}")
    opened: list[Lane] = []
    try:
        for place in range(number):
            opened.append(Lane(environment, folder / f"lane-{place}"))
            opened[-1].warm_up()
        yield opened
    finally:
        for lane in opened:
            lane.close()
