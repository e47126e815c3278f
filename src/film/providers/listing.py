"""Looking for a lost order in a vendor's list: whose clock counts, and which of several equal jobs is meant.

An order's age is known by this machine's uptime, the list's times are the vendor's. So the moment from which a job
may be the lost one is counted back from the vendor's own clock, the ``Date`` of its answer: neither needs to be right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from film.providers.base import Ticket
from film.providers.vendor_client import Answer

CLOCK_SLACK = 300.0
"""Seconds between a vendor's front, which stamps its answers, and its jobs' own times."""
NO_CACHE = {"Cache-Control": "no-cache"}
"""Asked for with every list: one that lay in a cache for a while shows less than there is."""
_MILLISECONDS = 1e11
"""A time as large as this is not counted in seconds."""


def sent_since(answer: Answer, age: float | None) -> float | None:
    """The vendor's time before which an order that is ``age`` seconds old was surely not sent; None if nobody knows."""
    return None if age is None or answer.moment is None else answer.moment - age - CLOCK_SLACK


def moment_of(value: object) -> float:
    """A job's time in a list, in Unix time: of ISO text, seconds or milliseconds. 0 for what is none."""
    if isinstance(value, str):
        try:
            said = datetime.fromisoformat(value)
            return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return 0.0
    return value / 1000 if value >= _MILLISECONDS else float(value)


def is_past(times: Iterable[object], since: float | None) -> bool:
    """Whether a page of a list, newest first, lies wholly before the order: the pages behind it do not matter."""
    moments = [moment_of(said) for said in times]
    return since is not None and bool(moments) and max(moments) < since


def likeliest(found: Iterable[tuple[float, Ticket]], *, known_age: bool) -> tuple[Ticket, ...]:
    """Jobs with their times, the likeliest first: in a known window whoever came first, else the newest."""
    return tuple(ticket for _, ticket in sorted(found, key=lambda one: one[0], reverse=not known_age))
