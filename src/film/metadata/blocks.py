"""Blocks of assets, as far as a writer must know them: whoever changes an asset's tags throws its block away."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete

from film.db.tables import TagPostings

BLOCK = 1 << 14
"""Row ids a block: a place within one takes two bytes."""


def forget_blocks(db: Connection, row_ids: Iterable[int]) -> None:
    """The packed links of these assets are out of date. Called when the library's counts are locked."""
    touched = sorted({row_id // BLOCK for row_id in row_ids})
    for start in range(0, len(touched), 500):
        db.execute(delete(TagPostings).where(TagPostings.block.in_(touched[start : start + 500])))
