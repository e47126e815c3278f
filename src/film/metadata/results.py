"""What a search answers with: pages, hits with a score, facets.

A cursor says behind which asset the next page begins, not how many were shown: whatever is added or removed while
somebody turns pages, nothing is shown twice and nothing is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from film.errors import InputError
from film.metadata.words import Dimension
from film.models import Asset

_CURSOR = re.compile(r"n([0-9a-f]{1,16})")
"""n: newest first, behind this row."""


@dataclass(frozen=True)
class ResultPage:
    """``next`` asks for the page behind this one; None: this is the last."""

    assets: tuple[Asset, ...]
    next: str | None = None


@dataclass(frozen=True)
class Hit:
    """An asset that fits what was asked for; ``score`` says how well, the higher the better."""

    asset: Asset
    score: float


@dataclass(frozen=True)
class Facet:
    """A word of a dimension, on so many of the assets. ``chosen``: the query names it."""

    label: str
    count: int
    chosen: bool = False


Facets = dict[Dimension, list[Facet]]
"""The most frequent first."""


def cursor(row_id: int) -> str:
    return f"n{row_id:x}"


def row_of(text: str) -> int:
    """The row that a cursor names; InputError for what is none."""
    found = _CURSOR.fullmatch(text.strip())
    if not found:
        raise InputError(f"{text[:40]!r} is no place in a list", hint="use the cursor that came with the page before")
    return min(int(found[1], 16), 2**63 - 1)
