"""The day by which prices and models count: UTC, as vendors give their dates. Tests put another in its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

WARN_DAYS = 60
"""From so many days before a model or a price ends, plans, runs and ``film doctor`` say so."""


def today() -> date:
    return datetime.now(UTC).date()


def is_soon(last: date, now: date) -> bool:
    """Whether ``last`` is less than ``WARN_DAYS`` away, or over."""
    return last - now < timedelta(days=WARN_DAYS)
