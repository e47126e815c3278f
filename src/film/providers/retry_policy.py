"""How long to wait for a vendor, how often to ask again and how much to take from it: one row of numbers.

There is one layer of retries. Under the journal (``film.jobs``) it is the journal's, and a provider tries once; alone,
in ``generate``, a provider has nobody else to try again, and uses ``PATIENT``.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from film.models import AssetType


@dataclass(frozen=True)
class RetryPolicy:
    """How long to wait, how often to ask again, how much to take."""

    attempts: int = 1
    """How often a question is asked, and a result fetched, before giving up."""
    empty_attempts: int = 3
    """How often at most when the result comes, and is empty."""
    first_pause: float = 0.5
    """Seconds before the second attempt; each later pause is twice as long, give or take a quarter."""
    longest_pause: float = 120.0
    answer_seconds: float = 300.0
    """All of an answer to an order, headers to end."""
    ask_seconds: float = 300.0
    """All attempts of a question together."""
    fetch_seconds: float = 1800.0
    """All attempts of a download together."""
    floor: float = 10_000.0
    """Bytes a second below which a download is given up as stuck …"""
    grace: float = 15.0
    """… after this many seconds."""
    redirects: int = 3
    caps: Mapping[AssetType, int] = field(
        default_factory=lambda: {AssetType.IMAGE: 64 << 20, AssetType.AUDIO: 128 << 20, AssetType.VIDEO: 2 << 30}
    )
    answer_cap: int = 192 << 20
    """Bytes of an API answer: speech comes in JSON, a third larger than it is."""

    def pause(self, attempt: int, retry_after: float | None = None) -> float:
        """Seconds to wait after failed attempt number ``attempt``, counted from 0."""
        backoff = self.first_pause * 2**attempt * random.uniform(0.75, 1.25)
        return min(max(backoff, retry_after or 0.0), self.longest_pause)

    async def rest(self, attempt: int, deadline: float, retry_after: float | None = None) -> bool:
        """Pause before the next attempt; False at once when none is left or it would come after ``deadline``."""
        pause = self.pause(attempt, retry_after)
        if attempt + 1 >= self.attempts or time.monotonic() + pause > deadline:
            return False
        await asyncio.sleep(pause)
        return True


PATIENT = RetryPolicy(attempts=6)
"""For work without a journal."""
