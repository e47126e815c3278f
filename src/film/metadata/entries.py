"""Writing assets with their tags, and the tags' counters, in one transaction.

    assets (upsert by asset_id) ─► tags (made where new) ─► asset_tags (what differs) ─► tags.n_assets += what changed

``n_assets`` is what a search goes by, so it must be exact: it moves only with the links that really came or went.
Everything is written in one order, so that two writers wait for each other and never for one another's wait.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, tuple_, update

from film.db.base import now
from film.db.sql import upsert
from film.db.tables import AssetRow, AssetTag, Tag
from film.metadata.words import Dimension, TagKey, tags_of
from film.models import Asset

AT_ONCE = 200
"""Assets a transaction."""

_ASSETS = cast(Table, AssetRow.__table__)
_TAGS = cast(Table, Tag.__table__)
_LINKS = cast(Table, AssetTag.__table__)
_KEPT = {"asset_id", "created_at", "reuse_count", "film_id"}
"""What an asset keeps when it is indexed again: where and when it came about, and how often it was used."""


def write(db: Connection, assets: Sequence[Asset]) -> None:
    """Index some assets (at most ``AT_ONCE``); one that is known by its ``asset_id`` is brought up to date."""
    latest = {asset.asset_id: asset for asset in assets}
    wanted = {asset_id: tags_of(latest[asset_id]) for asset_id in sorted(latest)}
    labels: dict[TagKey, str] = {}
    for tags in wanted.values():
        labels = tags | labels  # the spelling that came first stays
    tag_ids = _tag_ids(db, labels)
    row_ids = _asset_ids(db, [latest[asset_id] for asset_id in wanted])
    links = {(row_ids[asset_id], tag_ids[key]) for asset_id, tags in wanted.items() for key in tags}
    _link(db, set(row_ids.values()), links)


def _tag_ids(db: Connection, labels: dict[TagKey, str]) -> dict[TagKey, int]:
    found = _known_tags(db, labels)
    missing = sorted(labels.keys() - found.keys())
    if missing:
        rows = [{"dimension": d, "value": v, "label": labels[d, v], "n_assets": 0} for d, v in missing]
        db.execute(upsert(db, Tag).on_conflict_do_nothing(index_elements=["dimension", "value"]), rows)
        found |= _known_tags(db, missing)
    return found


def _known_tags(db: Connection, keys: Sequence[TagKey] | dict[TagKey, str]) -> dict[TagKey, int]:
    found: dict[TagKey, int] = {}
    ordered = list(keys)
    for start in range(0, len(ordered), AT_ONCE):
        some = tuple_(_TAGS.c.dimension, _TAGS.c.value).in_(ordered[start : start + AT_ONCE])
        for row in db.execute(select(_TAGS.c.id, _TAGS.c.dimension, _TAGS.c.value).where(some)):
            found[row.dimension, row.value] = row.id
    return found


def _asset_ids(db: Connection, assets: Sequence[Asset]) -> dict[str, int]:
    """Insert or update the rows; the row's id by ``asset_id``. The rows stay locked until the commit."""
    rows = [_row(asset) for asset in assets]
    statement = upsert(db, AssetRow)
    renewed = {name: statement.excluded[name] for name in rows[0] if name not in _KEPT}
    db.execute(statement.on_conflict_do_update(index_elements=["asset_id"], set_=renewed), rows)
    ids = select(_ASSETS.c.asset_id, _ASSETS.c.id).where(_ASSETS.c.asset_id.in_([a.asset_id for a in assets]))
    return {row.asset_id: row.id for row in db.execute(ids)}


def _link(db: Connection, row_ids: set[int], wanted: set[tuple[int, int]]) -> None:
    """Make the links of these assets what is wanted; a film that used an asset once stays linked to it."""
    present: set[tuple[int, int]] = set()
    films: set[tuple[int, int]] = set()
    query = (
        select(_LINKS.c.asset_id, _LINKS.c.tag_id, _TAGS.c.dimension)
        .join(_TAGS, _TAGS.c.id == _LINKS.c.tag_id)
        .where(_LINKS.c.asset_id.in_(row_ids))
    )
    for asset_id, tag_id, dimension in db.execute(query):
        present.add((asset_id, tag_id))
        if dimension == Dimension.FILM.value:
            films.add((asset_id, tag_id))
    new, gone = sorted(wanted - present), sorted(present - wanted - films)
    if new:
        db.execute(insert(_LINKS), [{"asset_id": a, "tag_id": t} for a, t in new])
    if gone:
        those = delete(_LINKS).where(_LINKS.c.asset_id == bindparam("a"), _LINKS.c.tag_id == bindparam("t"))
        db.execute(those, [{"a": a, "t": t} for a, t in gone])
    change = Counter(tag_id for _, tag_id in new)
    change.subtract(tag_id for _, tag_id in gone)
    moved = [{"tag": tag_id, "by": by} for tag_id, by in sorted(change.items()) if by]
    if moved:
        count = update(_TAGS).where(_TAGS.c.id == bindparam("tag"))
        db.execute(count.values(n_assets=_TAGS.c.n_assets + bindparam("by")), moved)


def _row(asset: Asset) -> dict[str, Any]:
    return {
        "asset_id": asset.asset_id,
        "key": asset.key,
        "asset_type": asset.asset_type.value,
        "provider": asset.provider,
        "model": asset.model,
        "prompt": unicodedata.normalize("NFC", asset.prompt),
        "negative_prompt": unicodedata.normalize("NFC", asset.negative_prompt),
        "film_id": asset.film_id,
        "sha256": asset.sha256,
        "size": asset.size,
        "mime": asset.mime,
        "cost_micros": asset.cost_usd,
        "reuse_count": asset.reuse_count,
        "details": dict(asset.details),
        "created_at": _moment(asset.created_at),
    }


def _moment(text: str) -> datetime:
    if not text:
        return now()
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
