"""Questions about all assets of a query, however many: how many, with which tags, which rows.

few (some tag is on few assets, or words that few prompts hold)   SQL, row by row
many                                                              packed blocks, and SQL for what is newer
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, exists, func, select, union_all

from film.db.tables import AssetRow, AssetTag, UnpackedAsset
from film.metadata.blocks import BLOCK
from film.metadata.fulltext import RowIds
from film.metadata.postings import Block, Ids, Mask, blocks, packed_until, unpacked
from film.metadata.selection import Selection, every, matches

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
        self._changed = unpacked(db) if self.until else np.zeros(0, np.int64)

    def newer(self) -> RowIds:
        """Ids, as ``id``, of what is not packed."""
        newer = every(self._db, self._selection, self.until * BLOCK)
        if not len(self._changed):
            return newer
        changed = select(UnpackedAsset.asset_id.label("id")).where(
            exists().where(AssetRow.id == UnpackedAsset.asset_id),
            UnpackedAsset.asset_id < self.until * BLOCK,
            *matches(self._db, self._selection, UnpackedAsset.asset_id),
        )
        return union_all(newer, changed)

    def packed(self) -> Iterator[tuple[int, Block, Mask]]:
        for number, block in blocks(self._db, self.until):
            yield number, block, self.mask(number, block)

    def mask(self, number: int, block: Block) -> Mask:
        mask = block.mask(self._selection.groups)
        if self._worded is not None:
            mask &= _places(self._worded, number)
        if len(self._changed):
            mask &= ~_places(self._changed, number)
        return mask


def _places(ids: Ids, block: int) -> Mask:
    """Which places of a block these rows are."""
    first = block * BLOCK
    low, high = np.searchsorted(ids, (first, first + BLOCK))
    places = np.zeros(BLOCK, np.bool_)
    places[ids[low:high] - first] = True
    return places


def _at_least(counts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return counts if len(counts) >= length else np.concatenate([counts, np.zeros(length - len(counts), np.int64)])
