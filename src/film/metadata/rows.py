"""Rows of the library, and the assets they stand for: one look at the database, however many tags they have."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, cast, func, select

from film.db.base import now
from film.db.tables import AssetRow, AssetTag
from film.metadata.tags import TagBook
from film.models import Asset

AT_ONCE = 500
"""Ids a statement: well below every database's limit of bound values."""

_ROW = AssetRow.__table__.c
_TAG_IDS = (
    select(func.aggregate_strings(cast(AssetTag.tag_id, String), ","))
    .where(AssetTag.asset_id == _ROW.id)
    .scalar_subquery()
    .label("tag_ids")
)
_ASSETS = select(*_ROW, _TAG_IDS)
_BY_ASSET_ID = _ASSETS.where(_ROW.asset_id == bindparam("asset_id"))
_BY_ID = _ASSETS.where(_ROW.id.in_(bindparam("row_ids", expanding=True)))


def read_assets(db: Connection, book: TagBook, row_ids: Sequence[int]) -> list[Asset]:
    """The assets of these rows, in this order."""
    found: dict[int, Asset] = {}
    for start in range(0, len(row_ids), AT_ONCE):
        found |= _read(db, book, _BY_ID, {"row_ids": row_ids[start : start + AT_ONCE]})
    return [found[row_id] for row_id in row_ids if row_id in found]


def read_asset(db: Connection, book: TagBook, asset_id: str) -> Asset | None:
    return next(iter(_read(db, book, _BY_ASSET_ID, {"asset_id": asset_id}).values()), None)


def _read(db: Connection, book: TagBook, query: Select[Any], values: Mapping[str, Any]) -> dict[int, Asset]:
    rows = db.execute(query, values).all()
    tags = {row.id: [int(tag_id) for tag_id in (row.tag_ids or "").split(",") if tag_id] for row in rows}
    known = book.labels(db, {tag_id for some in tags.values() for tag_id in some})
    return {row.id: _asset(row, sorted([known[tag_id] for tag_id in tags[row.id]])) for row in rows}


def _asset(row: Any, tags: Sequence[tuple[str, str, str]]) -> Asset:
    words: dict[str, tuple[str, ...]] = {}
    for dimension, _, label in tags:
        words[dimension] = (*words.get(dimension, ()), label)
    return Asset(
        asset_id=row.asset_id,
        key=row.key,
        asset_type=row.asset_type,
        provider=row.provider,
        model=row.model,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        dialogue=row.dialogue,
        shot_type=next(iter(words.get("shot_type", ())), None),
        characters=words.get("character", ()),
        landscapes=words.get("landscape", ()),
        styles=words.get("style", ()),
        mood=next(iter(words.get("mood", ())), None),
        time_of_day=next(iter(words.get("time_of_day", ())), None),
        film_id=row.film_id,
        sha256=row.sha256,
        size=row.size,
        mime=row.mime,
        cost_usd=row.cost_micros,
        reuse_count=row.reuse_count,
        created_at=row.created_at.isoformat(),
        details=row.details,
    )


def row_of(asset: Asset) -> dict[str, Any]:
    """The values of an asset's row, by column."""
    return {
        "asset_id": asset.asset_id,
        "key": asset.key,
        "asset_type": asset.asset_type.value,
        "provider": asset.provider,
        "model": asset.model,
        "prompt": unicodedata.normalize("NFC", asset.prompt),
        "negative_prompt": unicodedata.normalize("NFC", asset.negative_prompt),
        "dialogue": unicodedata.normalize("NFC", asset.dialogue),
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
