"""Writing assets with their tags, and everything that is counted of them, in one transaction.

    assets (new | known) ─► tags (made where new) ─► asset_tags (what differs) ─► tags.n_assets += what changed
        │                                                                       └► library_counts += what changed
        └► embedding_queue: whose prompt is new        (the words are indexed by the database: film.db.words)

The counters are what a search goes by, so they must be exact: they move only with the rows that really came, changed
or went. Everything is written in one order, so that two writers wait for each other and never for one another's wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Row, Table, bindparam, delete, select, update

from film.db.sql import insert_integers, insert_new
from film.db.tables import AssetRow, AssetTag, Embedding, EmbeddingQueue, Tag
from film.metadata.blocks import fills_a_block
from film.metadata.counters import Change, add_to_library
from film.metadata.rows import AT_ONCE, row_of
from film.metadata.tags import TagBook
from film.metadata.words import Dimension, TagKey, tags_of
from film.models import Asset

BATCH = 5000
"""Assets a transaction."""

Links = set[tuple[int, int]]
"""(tag, asset) by row ids: in the order in which they lie in the table."""

_ASSETS = cast(Table, AssetRow.__table__)
_TAGS = cast(Table, Tag.__table__)
_LINKS = cast(Table, AssetTag.__table__)
_QUEUE = cast(Table, EmbeddingQueue.__table__)
T = TypeVar("T")

_KEPT = {"asset_id", "created_at", "reuse_count", "film_id"}
"""What an asset keeps when it is indexed again: where and when it came about, and how often it was used."""


def write(db: Connection, book: TagBook, assets: Iterable[Asset]) -> bool:
    """Index some assets (at most ``BATCH``); one that is known by its ``asset_id`` is brought up to date.

    True: there is a block of assets to pack.
    """
    latest = {asset.asset_id: asset for asset in assets}
    wanted = {asset_id: tags_of(latest[asset_id]) for asset_id in sorted(latest)}
    labels: dict[TagKey, str] = {}
    for tags in wanted.values():
        for key, label in tags.items():
            labels.setdefault(key, label)  # the spelling that came first stays
    rows = {asset_id: row_of(latest[asset_id]) for asset_id in wanted}
    new = _insert(db, rows)
    known = _update(db, {asset_id: row for asset_id, row in rows.items() if asset_id not in new})
    tag_ids = book.ids(db, labels)

    def links(row_ids: Mapping[str, int]) -> Links:
        return {(tag_ids[key], row_id) for asset_id, row_id in row_ids.items() for key in wanted[asset_id]}

    more, went = _relinked(db, links({asset_id: old.id for asset_id, old in known.items()}), known.values())
    _link(db, links(new) | more, went)
    renamed = {i: old.id for i, old in known.items() if old.prompt != rows[i]["prompt"]}
    _queue(db, [row_id for i, row_id in (new | renamed).items() if rows[i]["prompt"]], list(renamed.values()))
    change = Change(assets=len(new))
    for asset_id in new:
        change.add(rows[asset_id])
    for asset_id, old in known.items():
        change.renew(old, rows[asset_id])
    add_to_library(db, change, relinked={*new.values(), *(asset_id for _, asset_id in more | went)})
    return fills_a_block(new.values())


def use(db: Connection, times: Mapping[str, int]) -> None:
    """Count uses of assets; what is not there is not used."""
    change = Change()
    for asset_id, more in sorted(times.items()):
        used = (
            update(_ASSETS)
            .where(_ASSETS.c.asset_id == asset_id)
            .values(reuse_count=_ASSETS.c.reuse_count + more)
            .returning(_ASSETS.c.cost_micros)
        )
        for cost in db.scalars(used):
            change.reuses += more
            change.saved += cost * more
    add_to_library(db, change)


def remove(db: Connection, asset_ids: Collection[str]) -> int:
    """Take some assets (at most ``BATCH``) out of the library; how many there were."""
    gone = _locked(db, sorted(asset_ids))
    if not gone:
        return 0
    row_ids = [old.id for old in gone.values()]
    links: Links = set()
    for some in _parts(row_ids):
        links |= {(t, a) for t, a in db.execute(select(_LINKS).where(_LINKS.c.asset_id.in_(some)))}
    _link(db, set(), links)
    for some in _parts(row_ids):
        db.execute(delete(_ASSETS).where(_ASSETS.c.id.in_(some)))
    change = Change(assets=-len(gone))
    for old in gone.values():
        change.remove(old)
    add_to_library(db, change, relinked=row_ids)
    return len(gone)


def _insert(db: Connection, rows: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    """Insert what is new; its row ids by ``asset_id``. Who is second to insert one waits, and then knows it."""
    return insert_new(db, _ASSETS, list(rows.values()), by="asset_id") if rows else {}


def _update(db: Connection, rows: Mapping[str, dict[str, Any]]) -> dict[str, Row[Any]]:
    """Bring known assets up to date; what they were before, by ``asset_id``."""
    old = _locked(db, list(rows))
    if old:
        renewed: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in next(iter(rows.values())) if name not in _KEPT
        }
        values = [
            {"row": was.id} | {f"new_{name}": rows[asset_id][name] for name in renewed} for asset_id, was in old.items()
        ]
        db.execute(update(_ASSETS).where(_ASSETS.c.id == bindparam("row")).values(renewed), values)
    return old


def _locked(db: Connection, asset_ids: Sequence[str]) -> dict[str, Row[Any]]:
    c = _ASSETS.c
    found: dict[str, Row[Any]] = {}
    for some in _parts(asset_ids):
        query = select(c.id, c.asset_id, c.prompt, c.size, c.cost_micros, c.reuse_count).where(c.asset_id.in_(some))
        found |= {row.asset_id: row for row in db.execute(query.order_by(c.asset_id).with_for_update())}
    return found


def _relinked(db: Connection, wanted: Links, known: Collection[Row[Any]]) -> tuple[Links, Links]:
    """The links that known assets gain and lose. A film that used an asset once stays linked to it."""
    present: Links = set()
    films: Links = set()
    for some in _parts([old.id for old in known]):
        query = (
            select(_LINKS.c.tag_id, _LINKS.c.asset_id, _TAGS.c.dimension)
            .join(_TAGS, _TAGS.c.id == _LINKS.c.tag_id)
            .where(_LINKS.c.asset_id.in_(some))
        )
        for tag_id, asset_id, dimension in db.execute(query):
            present.add((tag_id, asset_id))
            if dimension == Dimension.FILM.value:
                films.add((tag_id, asset_id))
    return wanted - present, present - wanted - films


def _link(db: Connection, came: Links, went: Links) -> None:
    """Write links and the tags' counters, in the order of the tags."""
    if came:
        insert_integers(db, _LINKS, sorted(came))
    if went:
        those = delete(_LINKS).where(_LINKS.c.tag_id == bindparam("t"), _LINKS.c.asset_id == bindparam("a"))
        db.execute(those, [{"t": t, "a": a} for t, a in sorted(went)])
    change = Counter(tag_id for tag_id, _ in came)
    change.subtract(tag_id for tag_id, _ in went)
    moved = [{"tag": tag_id, "by": by} for tag_id, by in sorted(change.items()) if by]
    if moved:
        count = update(_TAGS).where(_TAGS.c.id == bindparam("tag"))
        db.execute(count.values(n_assets=_TAGS.c.n_assets + bindparam("by")), moved)


def _queue(db: Connection, worded: Collection[int], renamed: Sequence[int]) -> None:
    """Note whose prompt waits to be embedded. What the renamed were embedded as, they are no longer."""
    for some in _parts(renamed):
        db.execute(delete(Embedding).where(Embedding.asset_id.in_(some)))
        db.execute(delete(EmbeddingQueue).where(EmbeddingQueue.asset_id.in_(some)))
    if worded:
        insert_integers(db, _QUEUE, [(row_id,) for row_id in sorted(worded)], missing=True)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
