"""The clock that jobs live by, passed in so that tests and simulations can turn the hands.

Deadlines, pauses and poll intervals are measured with ``monotonic``: a wall clock that is put right by a day must not
end a job. Only what other processes read, leases and times in rows, is wall time; how long ago an order was sent, the
machine's uptime tells, which nobody can set.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds since some moment, never running backwards."""
        ...

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def stamp(self) -> str:
        """This moment by the machine's uptime: what ``age`` counts from, in another process too."""
        ...

    def age(self, stamp: str) -> float | None:
        """Seconds since a stamp was made; None where nobody can know, as after the machine was started anew."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock; ``speed`` 100 lets a hundred seconds pass in one, for simulated vendors."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed

    def monotonic(self) -> float:
        return time.monotonic() * self._speed

    def now(self) -> datetime:
        return datetime.now(UTC)

    def stamp(self) -> str:
        return f"{_boot()} {_uptime():.3f}" if _boot() else ""

    def age(self, stamp: str) -> float | None:
        boot, _, then = stamp.partition(" ")
        if not boot or boot != _boot():
            return None
        passed = _uptime() - float(then)
        return passed * self._speed if passed >= 0 else None

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)


@lru_cache(maxsize=1)
def _boot() -> str:
    """What this start of the machine is called; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _uptime() -> float:
    """Seconds since then, those included in which it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
