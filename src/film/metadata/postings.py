"""Postings: which assets have which tags, packed block by block, for questions about very many assets at once.

    asset_tags ─(a block is full: packed once)─┬─► tag_postings ─► Block: all tags of a block, to count them  (NumPy)
        │                                      └─► tag_places ───► masks: some tags of a block, to find assets
        └───────(newer than the blocks, or changed since: unpacked_assets)────────────────► SQL

A walk through the links of a rare tag is right for a page. Through those of frequent tags that hardly ever meet it
would be a long one; and to count three hundred thousand assets, or to hand them to a search by meaning, would take
seconds. A block answers in a thousandth of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast as as_type

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, String, Table, cast, delete, func, insert, select

from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import AssetRow, AssetTag, LibraryCount, TagPlaces, TagPostings, UnpackedAsset
from film.metadata.blocks import BLOCK
from film.metadata.selection import Group

CHANGED = 2000
"""When more assets than this changed in packed blocks, those are packed again."""

_AT_ONCE = 64
"""Blocks."""

_PLACE = np.dtype("<u2")
_PLACES = as_type(Table, TagPlaces.__table__)

Mask = NDArray[np.bool_]
Places = NDArray[np.uint16]
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Tag ids, and of each the places within the block that have it, from ``starts[i]`` to ``starts[i + 1]``."""

    tags: Ids
    starts: NDArray[np.uint32]
    places: NDArray[np.uint16]

    @classmethod
    def of(cls, places_of: Mapping[int, NDArray[np.uint16]]) -> Block:
        tags = sorted(places_of)
        lengths = [len(places_of[tag_id]) for tag_id in tags]
        places = np.concatenate([np.sort(places_of[tag_id]) for tag_id in tags]) if tags else np.zeros(0)
        return cls(np.array(tags, "<i8"), np.cumsum([0, *lengths]).astype("<u4"), places.astype("<u2"))

    @classmethod
    def from_bytes(cls, data: bytes) -> Block:
        count = int(np.frombuffer(data, "<u4", 1)[0])
        tags = np.frombuffer(data, "<i8", count, offset=4)
        starts = np.frombuffer(data, "<u4", count + 1, offset=4 + 8 * count)
        places = np.frombuffer(data, "<u2", offset=4 + 8 * count + 4 * (count + 1))
        return cls(tags, starts, places)

    def to_bytes(self) -> bytes:
        return b"".join(
            (
                np.uint32(len(self.tags)).astype("<u4").tobytes(),
                *(a.tobytes() for a in (self.tags, self.starts, self.places)),
            )
        )

    def mask(self, groups: Iterable[Group]) -> Mask:
        """The places that have a tag of every group; with no group all of them, be there an asset or not."""
        found = np.ones(BLOCK, np.bool_)
        for group in groups:
            one = np.zeros(BLOCK, np.bool_)
            for tag_id in group.tag_ids:
                at = int(np.searchsorted(self.tags, tag_id))
                if at < len(self.tags) and self.tags[at] == tag_id:
                    one[self.places[self.starts[at] : self.starts[at + 1]]] = True
            found &= one
        return found

    def by_tag(self) -> Iterator[tuple[int, bytes]]:
        """Each tag with its places, as ``tag_places`` has them."""
        for at, tag_id in enumerate(self.tags):
            yield int(tag_id), self.places[self.starts[at] : self.starts[at + 1]].tobytes()

    def counts(self, mask: Mask) -> NDArray[np.int64]:
        """How many of the places in ``mask`` each of ``tags`` is on."""
        if not len(self.places):
            return np.zeros(0, np.int64)
        return np.add.reduceat(mask[self.places], self.starts[:-1], dtype=np.int64)


def pack_blocks(engine: Engine) -> int:
    """Pack every full block that is not packed, and those again in which much has changed; how many."""
    with snapshot(engine) as db:
        newest = db.scalar(select(func.max(AssetRow.id))) or 0
        packed = set(db.scalars(select(TagPostings.block)))
        changed = unpacked(db)
    due = {block for block in range(newest // BLOCK) if block not in packed}
    if len(changed) > CHANGED:
        due |= {int(block) for block in np.unique(changed // BLOCK)}
    for block in sorted(due):
        first = block * BLOCK
        with engine.begin() as db:
            # Every writer ends with this row: none is halfway while a block is read, and whoever comes later sees that
            # it is packed.
            db.execute(select(LibraryCount.id).with_for_update()).all()
            links = read_links(db, block)
            made = upsert(db, TagPostings).values(block=block, data=links.to_bytes())
            db.execute(made.on_conflict_do_update(index_elements=["block"], set_={"data": made.excluded.data}))
            db.execute(delete(TagPlaces).where(TagPlaces.block == block))
            if rows := [{"block": block, "tag_id": tag_id, "places": data} for tag_id, data in links.by_tag()]:
                db.execute(insert(_PLACES), rows)
            db.execute(delete(UnpackedAsset).where(UnpackedAsset.asset_id.between(first, first + BLOCK - 1)))
    return len(due)


def read_links(db: Connection, block: int) -> Block:
    """A block as ``asset_tags`` has it."""
    first = block * BLOCK
    places = func.aggregate_strings(cast(AssetTag.asset_id - first, String), ",").label("places")
    query = select(AssetTag.tag_id, places).where(AssetTag.asset_id.between(first, first + BLOCK - 1))
    rows = db.execute(query.group_by(AssetTag.tag_id))
    return Block.of({row.tag_id: np.fromstring(row.places, np.uint16, sep=",") for row in rows})


def wrong_blocks(db: Connection) -> list[int]:
    """The packed blocks that differ from ``asset_tags`` in what did not change since."""
    changed = unpacked(db)
    wrong: list[int] = []
    for number in db.scalars(select(TagPostings.block).order_by(TagPostings.block)).all():
        said = Block.from_bytes(db.scalars(select(TagPostings.data).where(TagPostings.block == number)).one())
        kept = ~places_in(changed, number)
        right = _kept(read_links(db, number).by_tag(), kept)
        rows = db.execute(select(TagPlaces.tag_id, TagPlaces.places).where(TagPlaces.block == number))
        if right != _kept(said.by_tag(), kept) or right != _kept(((row.tag_id, row.places) for row in rows), kept):
            wrong.append(number)
    return wrong


def _kept(links: Iterable[tuple[int, bytes]], mask: Mask) -> dict[int, bytes]:
    """Tag id → its places in ``mask``, of those that have any."""
    found: dict[int, bytes] = {}
    for tag_id, data in links:
        places = np.frombuffer(data, _PLACE)
        if len(places := places[mask[places]]):
            found[tag_id] = places.tobytes()
    return found


def packed_until(db: Connection) -> int:
    """How many blocks from the first on are packed, without a gap."""
    packed = db.scalars(select(TagPostings.block).order_by(TagPostings.block)).all()
    return next((number for number, block in enumerate(packed) if block != number), len(packed))


def unpacked(db: Connection) -> Ids:
    """The rows that do not count where they are packed, in ascending order."""
    return np.array(sorted(db.scalars(select(UnpackedAsset.asset_id))), np.int64)


def blocks(db: Connection, until: int) -> Iterator[tuple[int, Block]]:
    """The first so many blocks with their numbers."""
    if until:
        query = select(TagPostings.block, TagPostings.data).where(TagPostings.block < until)
        for row in db.execute(query.order_by(TagPostings.block)):
            yield row.block, Block.from_bytes(row.data)


def masks(db: Connection, groups: Sequence[Group], numbers: Sequence[int]) -> Iterator[tuple[int, Mask]]:
    """For each of these blocks, in this order, the places that have a tag of every group; with none all of them.

    More blocks are read at a time the longer somebody goes on: who wants a page may have it of the first.
    """
    tag_ids = sorted({tag_id for group in groups for tag_id in group.tag_ids})
    start, size = 0, 1
    while start < len(numbers):
        some = numbers[start : start + size]
        read = _places(db, tag_ids, some) if tag_ids else {}
        for number in some:
            yield number, _met(groups, read.get(number, {}))
        start, size = start + size, min(4 * size, _AT_ONCE)


def places_in(ids: Ids, block: int) -> Mask:
    """Which places of a block these rows, in ascending order, are."""
    first = block * BLOCK
    low, high = np.searchsorted(ids, (first, first + BLOCK))
    places = np.zeros(BLOCK, np.bool_)
    places[ids[low:high] - first] = True
    return places


def _places(db: Connection, tag_ids: Sequence[int], numbers: Sequence[int]) -> dict[int, dict[int, bytes]]:
    """Block → tag id → its places there."""
    found: dict[int, dict[int, bytes]] = {}
    query = select(_PLACES).where(_PLACES.c.block.in_(numbers), _PLACES.c.tag_id.in_(tag_ids))
    for row in db.execute(query):
        found.setdefault(row.block, {})[row.tag_id] = row.places
    return found


def _met(groups: Sequence[Group], places: Mapping[int, bytes]) -> Mask:
    """The places of one block that have a tag of every group, the rarest of which stands first."""
    met = np.zeros(BLOCK, np.bool_)
    found: Places | None = None
    for group in groups:
        some = [np.frombuffer(places[tag_id], _PLACE) for tag_id in group.tag_ids if tag_id in places]
        if not some:
            return met
        if found is None:
            found = some[0] if len(some) == 1 else np.unique(np.concatenate(some))
        else:
            found = found[_are_in(found, some)]
    met[slice(None) if found is None else found] = True
    return met


def _are_in(found: Places, some: Sequence[Places]) -> Mask:
    """Which of ``found`` are in one of the others: few are looked up in the order of one, many in a mask of all."""
    if len(some) == 1 and 8 * len(found) < len(some[0]):
        near = np.searchsorted(some[0], found)
        return some[0][np.minimum(near, len(some[0]) - 1)] == found
    mask = np.zeros(BLOCK, np.bool_)
    for one in some:
        mask[one] = True
    return mask[found]
