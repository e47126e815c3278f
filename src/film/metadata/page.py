"""Pages of a list that others may add to while somebody turns them.

A cursor says behind which asset the next page begins, not how many were shown: whatever is added or removed meanwhile,
nothing is shown twice and nothing is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from film.errors import InputError
from film.models import Asset

_CURSOR = re.compile(r"n([0-9a-f]{1,16})")
"""n: newest first, behind this row."""


@dataclass(frozen=True)
class Page:
    """``next`` asks for the page behind this one; None: this is the last."""

    assets: tuple[Asset, ...]
    next: str | None = None


@dataclass(frozen=True)
class Hit:
    """An asset that fits what was asked for; ``score`` says how well, the higher the better."""

    asset: Asset
    score: float


def cursor(row_id: int) -> str:
    return f"n{row_id:x}"


def row_of(text: str) -> int:
    """The row that a cursor names; InputError for what is none."""
    found = _CURSOR.fullmatch(text.strip())
    if not found:
        raise InputError(f"{text[:40]!r} is no place in a list", hint="use the cursor that came with the page before")
    return min(int(found[1], 16), 2**63 - 1)
