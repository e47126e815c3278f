"""Questions about all assets of a query, however many: how many, with which tags, which rows.

few (some tag is on few assets, or words that few prompts hold)   SQL, row by row
many                                                              packed blocks, and SQL for what is newer
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from film.db.tables import AssetTag
from film.metadata.blocks import BLOCK
from film.metadata.postings import Block, Ids, Mask, blocks, packed_until
from film.metadata.selection import Selection, every

FEW = 3000
"""Up to so many assets SQL is as quick as unpacking blocks."""


def row_ids(db: Connection, selection: Selection) -> Ids:
    """The rows of all that is found, in ascending order."""
    search = _Search(db, selection)
    older = [number * BLOCK + np.flatnonzero(mask) for number, _, mask in search.packed()]
    newer = np.array(list(db.scalars(search.newer())), np.int64)
    return np.concatenate([*older, np.sort(newer)]).astype(np.int64)


def count(db: Connection, selection: Selection) -> int:
    search = _Search(db, selection)
    older = sum(int(np.count_nonzero(mask)) for _, _, mask in search.packed())
    return older + (db.scalar(select(func.count()).select_from(search.newer().subquery())) or 0)


def count_tags(db: Connection, selections: Sequence[Selection]) -> list[dict[int, int]]:
    """Tag id → on how many of the found it is, for each of several selections; what one reads serves all."""
    searches = [_Search(db, selection) for selection in selections]
    totals: list[NDArray[np.int64]] = [np.zeros(0, np.int64) for _ in searches]
    for number, block in blocks(db, max((search.until for search in searches), default=0)):
        most = int(block.tags[-1]) + 1 if len(block.tags) else 0
        for place, search in enumerate(searches):
            if number < search.until:
                total = totals[place] = _at_least(totals[place], most)
                total[block.tags] += block.counts(search.mask(number, block))
    found: list[dict[int, int]] = []
    for search, total in zip(searches, totals, strict=True):
        counts = {int(tag_id): int(total[tag_id]) for tag_id in np.flatnonzero(total)}
        ids = search.newer().subquery()
        newer = select(AssetTag.tag_id, func.count().label("n")).join(ids, ids.c.id == AssetTag.asset_id)
        for row in db.execute(newer.group_by(AssetTag.tag_id)):
            counts[row.tag_id] = counts.get(row.tag_id, 0) + row.n
        found.append(counts)
    return found


class _Search:
    """One selection: which blocks answer it, and the SELECT of the ids that are left to the database."""

    def __init__(self, db: Connection, selection: Selection) -> None:
        self._db, self._selection = db, selection
        self._worded: Ids | None = None
        few = bool(selection.groups) and selection.groups[0].n <= FEW
        if selection.text and not few:
            self._worded = np.array(sorted(db.scalars(every(db, Selection((), selection.text)))), np.int64)
            few = len(self._worded) <= FEW
        self.until = 0 if few else packed_until(db)
        """Blocks before this one are looked up packed."""

    def newer(self) -> Any:
        return every(self._db, self._selection, self.until * BLOCK)

    def packed(self) -> Iterator[tuple[int, Block, Mask]]:
        for number, block in blocks(self._db, self.until):
            yield number, block, self.mask(number, block)

    def mask(self, number: int, block: Block) -> Mask:
        mask = block.mask(self._selection.groups)
        if self._worded is not None:
            first = number * BLOCK
            low, high = np.searchsorted(self._worded, (first, first + BLOCK))
            holds = np.zeros(BLOCK, np.bool_)
            holds[self._worded[low:high] - first] = True
            mask &= holds
        return mask


def _at_least(counts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return counts if len(counts) >= length else np.concatenate([counts, np.zeros(length - len(counts), np.int64)])
