"""Questions about all assets of a query, however many: how many, with which tags, which rows, and the newest of them.

few (some tag is on few assets, or words that few prompts hold)   SQL, row by row
many                                                              packed blocks, and SQL for what is newer
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, String, cast, exists, func, select, union_all

from film.db.tables import AssetRow, AssetTag, UnpackedAsset
from film.metadata.blocks import BLOCK
from film.metadata.fulltext import RowIds
from film.metadata.postings import Block, Ids, Mask, blocks, masks, packed_until, places_in, unpacked
from film.metadata.selection import Selection, every, matches, newest, worded

FEW = 3000
"""Up to so many assets SQL is as quick as unpacking blocks."""

ONE_BY_ONE = 40
"""Up to so many rows of a block are looked up among the words sooner than all that the words match there are read."""

_NONE = np.zeros(0, np.int64)


def row_ids(db: Connection, selection: Selection) -> Ids:
    """The rows of all that is found, in ascending order."""
    search = _Search(db, selection)
    older = [number * BLOCK + np.flatnonzero(mask) for number, mask in search.packed()]
    newer = np.array(list(db.scalars(search.newer())), np.int64)
    return np.concatenate([*older, np.sort(newer)]).astype(np.int64)


def count(db: Connection, selection: Selection) -> int:
    search = _Search(db, selection)
    older = sum(int(np.count_nonzero(mask)) for _, mask in search.packed())
    return older + (db.scalar(select(func.count()).select_from(search.newer().subquery())) or 0)


def count_tags(db: Connection, selections: Sequence[Selection]) -> list[dict[int, int]]:
    """Tag id → on how many of the found it is, for each of several selections; what one reads serves all."""
    searches = [_Search(db, selection) for selection in selections]
    totals: list[NDArray[np.int64]] = [_NONE for _ in searches]
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


def newest_rows(db: Connection, selection: Selection, limit: int, before: int | None = None) -> list[int]:
    """The newest of a wide selection: what is newer than the blocks, and then block by block until the page is full.

    Words that are not very common are asked of more blocks at once the longer it takes.
    """
    until = packed_until(db)
    rows = list(db.scalars(newest(db, selection, limit, before, since=until * BLOCK)))
    if len(rows) == limit or not until:
        return rows
    some: list[Ids] = []
    due = 1
    for ids in _tagged(db, selection, until, before):
        some.append(ids)
        if len(some) == due:
            rows += _worded_of(db, selection, np.concatenate(some))[: limit - len(rows)]
            if len(rows) == limit:
                return rows
            some, due = [], 4 * due if selection.text and not selection.is_common else 1
    return rows + _worded_of(db, selection, np.concatenate([*some, _NONE]))[: limit - len(rows)]


def _tagged(db: Connection, selection: Selection, until: int, before: int | None) -> Iterator[Ids]:
    """The rows of each block, the newest first, that the tags of a selection leave; those that changed included."""
    changed, by_tags = unpacked(db), Selection(selection.groups)
    last = until - 1 if before is None else min(until - 1, (before - 1) // BLOCK)
    for number, packed in masks(db, selection.groups, range(last, -1, -1)):
        low, high = np.searchsorted(changed, (number * BLOCK, (number + 1) * BLOCK))
        found = packed
        if low < high:
            again = _changed(db, by_tags).where(UnpackedAsset.asset_id.in_(changed[low:high].tolist()))
            found = packed & ~places_in(changed, number)
            found |= places_in(np.array(sorted(db.scalars(again)), np.int64), number)
        ids = number * BLOCK + np.flatnonzero(found)[::-1]
        yield ids if before is None else ids[ids < before]


def _worded_of(db: Connection, selection: Selection, ids: Ids) -> list[int]:
    """Those of some rows, the newest first, that the selection's words match."""
    if selection.text is None or not len(ids):
        return ids.tolist()
    if len(ids) <= ONE_BY_ONE:
        query = worded(db, selection.text, ids.tolist())
    else:
        query = every(db, Selection((), selection.text), int(ids[-1]), int(ids[0]))
    return ids[np.isin(ids, np.array(list(db.scalars(query)), np.int64))].tolist()


def _changed(db: Connection, selection: Selection) -> Select[Any]:
    """The ids of what changed in packed blocks, is still there, and matches."""
    is_there = exists().where(AssetRow.id == UnpackedAsset.asset_id)
    return select(UnpackedAsset.asset_id.label("id")).where(is_there, *matches(db, selection, UnpackedAsset.asset_id))


class _Search:
    """One selection: which blocks answer it, and the SELECT of the ids that are left to the database."""

    def __init__(self, db: Connection, selection: Selection) -> None:
        self._db, self._selection = db, selection
        few = selection.words_first or (bool(selection.groups) and selection.groups[0].n <= FEW)
        self.until = 0 if few else packed_until(db)
        """Blocks before this one are looked up packed."""
        self._worded: Mapping[int, NDArray[np.uint16]] | None = None
        if selection.text and self.until:
            self._worded = _worded(db, selection, self.until)
            if sum(map(len, self._worded.values())) <= FEW:
                self.until = 0
        self._changed = unpacked(db) if self.until else _NONE

    def newer(self) -> RowIds:
        """Ids, as ``id``, of what is not packed."""
        newer = every(self._db, self._selection, self.until * BLOCK)
        if not len(self._changed):
            return newer
        return union_all(newer, _changed(self._db, self._selection).where(UnpackedAsset.asset_id < self.until * BLOCK))

    def packed(self) -> Iterator[tuple[int, Mask]]:
        for number, mask in masks(self._db, self._selection.groups, range(self.until)):
            yield number, self._as_it_is(number, mask)

    def mask(self, number: int, block: Block) -> Mask:
        return self._as_it_is(number, block.mask(self._selection.groups))

    def _as_it_is(self, number: int, mask: Mask) -> Mask:
        """With the words, and without what changed."""
        if self._worded is not None:
            worded = np.zeros(BLOCK, np.bool_)
            worded[self._worded.get(number, ())] = True
            mask &= worded
        if len(self._changed):
            mask &= ~places_in(self._changed, number)
        return mask


def _worded(db: Connection, selection: Selection, until: int) -> dict[int, NDArray[np.uint16]]:
    """Block → the places that the selection's words match."""
    ids = every(db, Selection((), selection.text), 0, until * BLOCK - 1).subquery()
    block = (ids.c.id // BLOCK).label("block")
    places = func.aggregate_strings(cast(ids.c.id % BLOCK, String), ",").label("places")
    rows = db.execute(select(block, places).group_by(block))
    return {row.block: np.fromstring(row.places, np.uint16, sep=",") for row in rows}


def _at_least(counts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    return counts if len(counts) >= length else np.concatenate([counts, np.zeros(length - len(counts), np.int64)])
