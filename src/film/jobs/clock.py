"""The clock that jobs live by, passed in so that tests and simulations can turn the hands.

Deadlines, pauses and poll intervals are measured with ``monotonic``: a wall clock that is put right by a day must not
end a job. Only what other processes read, leases and times in rows, is wall time.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds since some moment, never running backwards."""
        ...

    def now(self) -> datetime:
        """The time of day, in UTC."""
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

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._speed)
