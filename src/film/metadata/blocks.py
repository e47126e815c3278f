"""Blocks of assets, as far as a writer must know them: whose tags change after their block was packed is written down.

A block stays as it was packed; what changed in it no longer counts there, and is asked of ``asset_tags`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from film.db.sql import upsert
from film.db.tables import TagPostings, UnpackedAsset

BLOCK = 1 << 14
"""Row ids a block: a place within one takes two bytes."""


def unpack(db: Connection, row_ids: Iterable[int]) -> None:
    """The tags of these assets changed. Called when the library's counts are locked: nobody packs meanwhile."""
    by_block: dict[int, list[int]] = {}
    for row_id in row_ids:
        by_block.setdefault(row_id // BLOCK, []).append(row_id)
    touched = sorted(by_block)
    for start in range(0, len(touched), 500):
        packed = select(TagPostings.block).where(TagPostings.block.in_(touched[start : start + 500]))
        if rows := [{"asset_id": row_id} for block in db.scalars(packed).all() for row_id in sorted(by_block[block])]:
            db.execute(upsert(db, UnpackedAsset).on_conflict_do_nothing(index_elements=["asset_id"]), rows)


def fills_a_block(row_ids: Iterable[int]) -> bool:
    """Whether one of these new assets is the last of its block, or behind it."""
    ids = sorted(row_ids)
    return bool(ids) and ids[-1] // BLOCK != (ids[0] - 1) // BLOCK
