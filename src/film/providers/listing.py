"""Looking for a lost order in a vendor's list: whose clock counts, and which of several equal jobs is meant.

An order's age is known by this machine's uptime, the list's times are the vendor's. So the moment from which a job
may be the lost one is counted back from the vendor's own clock, the ``Date`` of its answer: neither needs to be right.
"""

from __future__ import annotations

from collections.abc import Iterable

from film.providers.base import Ticket
from film.providers.wire import Answer

CLOCK_SLACK = 300.0
"""Seconds between a vendor's front, which stamps its answers, and its jobs' own times."""


def sent_since(answer: Answer, age: float | None) -> float | None:
    """The vendor's time before which an order that is ``age`` seconds old was surely not sent; None if nobody knows."""
    return None if age is None or answer.moment is None else answer.moment - age - CLOCK_SLACK


def likeliest(found: Iterable[tuple[float, Ticket]], *, known_age: bool) -> tuple[Ticket, ...]:
    """Jobs with their times, the likeliest first: in a known window whoever came first, else the newest."""
    return tuple(ticket for _, ticket in sorted(found, key=lambda one: one[0], reverse=not known_age))
