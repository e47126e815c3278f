"""MetadataIndex: put assets into the library, find them by what is seen in them, and see what is used most."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, TypedDict

from sqlalchemy import Connection, Engine, Select, and_, exists, func, or_, select, type_coerce, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from film.db.base import MicroUSD
from film.db.session import engine_for, snapshot
from film.db.tables import AssetRow, AssetTag, Tag
from film.errors import InputError
from film.metadata import entries
from film.metadata.words import Dimension, TagKey, Words, each, tag_value
from film.models import Asset
from film.settings import Settings, load_settings

_AT_ONCE = 500
"""Ids a statement: well below every database's limit of bound values."""

_ROW = AssetRow.__table__.c


class IndexStats(TypedDict):
    """``saved_usd`` is what the uses after the first would have cost."""

    total_assets: int
    by_type: dict[str, int]
    by_provider: dict[str, int]
    characters: int
    landscapes: int
    styles: int
    total_size_bytes: int
    total_cost_usd: Decimal
    total_reuses: int
    saved_usd: Decimal


class MetadataIndex:
    """The library of one database. Without arguments it is the user's own."""

    def __init__(self, *, engine: Engine | None = None, settings: Settings | None = None) -> None:
        self._engine = engine or engine_for((settings or load_settings()).database_url)

    # -- putting in

    def index_asset(self, asset: Asset) -> None:
        """Put an asset in, or bring the one with its ``asset_id`` up to date."""
        self.index_assets([asset])

    def index_assets(self, assets: Iterable[Asset]) -> None:
        """The same for many, some at a time."""
        rest = iter(assets)
        while some := list(islice(rest, entries.AT_ONCE)):
            with self._engine.begin() as db:
                entries.write(db, some)

    def count_reuse(self, asset_ids: Iterable[str]) -> None:
        """Say that assets were used once more; one that is named twice was used twice."""
        times = sorted(Counter(asset_ids).items())
        if not times:
            return
        with self._engine.begin() as db:
            for asset_id, more in times:
                db.execute(
                    update(AssetRow)
                    .where(AssetRow.asset_id == asset_id)
                    .values(reuse_count=AssetRow.reuse_count + more)
                )

    # -- finding

    def find_assets(
        self,
        characters: Words = None,
        landscapes: Words = None,
        styles: Words = None,
        mood: str | None = None,
        time_of_day: str | None = None,
        shot_type: str | None = None,
        asset_type: str | None = None,
        provider: str | None = None,
        film_id: str | None = None,
        *,
        text: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Asset]:
        """The newest assets that carry all of these tags, whatever their case, and all words of ``text`` in the prompt.

        ``before`` is the ``asset_id`` that the page before ended with.
        """
        asked: tuple[tuple[Dimension, Words], ...] = (
            (Dimension.CHARACTER, characters),
            (Dimension.LANDSCAPE, landscapes),
            (Dimension.STYLE, styles),
            (Dimension.MOOD, mood),
            (Dimension.TIME_OF_DAY, time_of_day),
            (Dimension.SHOT_TYPE, shot_type),
            (Dimension.ASSET_TYPE, asset_type),
            (Dimension.PROVIDER, provider),
            (Dimension.FILM, film_id),
        )
        wanted = {(d.value, tag_value(word)) for d, words in asked for word in each(words)}
        if limit < 1:
            return []
        with snapshot(self._engine) as db:
            tag_ids = _rarest_first(db, wanted)
            if tag_ids is None:
                return []
            query = _with_tags(tag_ids, text, _row_id(db, before) if before else None)
            return _assets(db, list(db.scalars(query.limit(limit))))

    def get_asset(self, asset_id: str) -> Asset | None:
        with snapshot(self._engine) as db:
            return next(iter(_assets(db, _row_ids(db, [asset_id]))), None)

    def get_most_reused_assets(self, limit: int = 10) -> list[Asset]:
        """The assets that were used again, most often first."""
        query = (
            select(AssetRow.id)
            .where(AssetRow.reuse_count > 0)
            .order_by(AssetRow.reuse_count.desc(), AssetRow.id.desc())
            .limit(max(limit, 0))
        )
        with snapshot(self._engine) as db:
            return _assets(db, list(db.scalars(query)))

    # -- what there is

    def get_all_characters(self) -> list[str]:
        return self._labels(Dimension.CHARACTER)

    def get_all_landscapes(self) -> list[str]:
        return self._labels(Dimension.LANDSCAPE)

    def get_all_styles(self) -> list[str]:
        return self._labels(Dimension.STYLE)

    def get_all_moods(self) -> list[str]:
        return self._labels(Dimension.MOOD)

    def get_all_times_of_day(self) -> list[str]:
        return self._labels(Dimension.TIME_OF_DAY)

    def get_all_shot_types(self) -> list[str]:
        return self._labels(Dimension.SHOT_TYPE)

    def get_index_stats(self) -> IndexStats:
        with snapshot(self._engine) as db:
            tags = db.execute(select(Tag.dimension, Tag.label, Tag.n_assets).where(Tag.n_assets > 0)).all()
            reused = type_coerce(AssetRow.cost * AssetRow.reuse_count, MicroUSD())
            sums = select(
                func.coalesce(func.sum(AssetRow.size), 0),
                func.sum(AssetRow.cost),
                func.coalesce(func.sum(AssetRow.reuse_count), 0),
                func.sum(reused),
            )
            size, cost, reuses, saved = db.execute(sums).one()

        def counts(dimension: Dimension) -> dict[str, int]:
            return {tag.label: tag.n_assets for tag in sorted(tags) if tag.dimension == dimension.value}

        by_type = counts(Dimension.ASSET_TYPE)
        return {
            "total_assets": sum(by_type.values()),
            "by_type": by_type,
            "by_provider": counts(Dimension.PROVIDER),
            "characters": len(counts(Dimension.CHARACTER)),
            "landscapes": len(counts(Dimension.LANDSCAPE)),
            "styles": len(counts(Dimension.STYLE)),
            "total_size_bytes": int(size),
            "total_cost_usd": cost or Decimal(0),
            "total_reuses": int(reuses),
            "saved_usd": saved or Decimal(0),
        }

    def _labels(self, dimension: Dimension) -> list[str]:
        query = select(Tag.label).where(Tag.dimension == dimension.value, Tag.n_assets > 0).order_by(Tag.value)
        with snapshot(self._engine) as db:
            return list(db.scalars(query))


def _rarest_first(db: Connection, wanted: set[TagKey]) -> list[int] | None:
    """The ids of the tags, the one with the fewest assets first; None when one of them is on no asset."""
    if not wanted:
        return []
    one_of = or_(*(and_(Tag.dimension == d, Tag.value == v) for d, v in sorted(wanted)))
    rows = db.execute(select(Tag.id).where(one_of, Tag.n_assets > 0).order_by(Tag.n_assets, Tag.id)).all()
    return [row.id for row in rows] if len(rows) == len(wanted) else None


def _with_tags(tag_ids: Sequence[int], text: str | None, before: int | None) -> Select[int]:
    """Ids of the assets with all tags, newest first.

    The links of one tag lie together in the order of their assets, so the rarest tag's are walked from the newest on,
    and each other tag is one look into the same index. Assets themselves are read only for those that are shown.
    """
    if tag_ids:
        rarest = aliased(AssetTag)
        asset_id, query = rarest.asset_id, select(rarest.asset_id).where(rarest.tag_id == tag_ids[0])
        for tag_id in tag_ids[1:]:
            other = aliased(AssetTag)
            query = query.where(exists().where(other.tag_id == tag_id, other.asset_id == asset_id))
        if text:
            query = query.where(exists().where(AssetRow.id == asset_id, *_holds(text)))
    else:
        asset_id, query = AssetRow.id, select(AssetRow.id).where(*_holds(text or ""))
    if before is not None:
        query = query.where(asset_id < before)
    return query.order_by(asset_id.desc())


def _holds(text: str) -> list[ColumnElement[bool]]:
    words = unicodedata.normalize("NFC", text).split()
    return [AssetRow.prompt.icontains(word, autoescape=True) for word in words]


def _row_id(db: Connection, asset_id: str) -> int:
    found = _row_ids(db, [asset_id])
    if not found:
        raise InputError(f"there is no asset {asset_id[:100]!r} to go on from", hint="start again at the first page")
    return found[0]


def _row_ids(db: Connection, asset_ids: Sequence[str]) -> list[int]:
    return list(db.scalars(select(AssetRow.id).where(AssetRow.asset_id.in_(asset_ids))))


def _assets(db: Connection, row_ids: Sequence[int]) -> list[Asset]:
    """The assets of these rows, in this order."""
    found: dict[int, Asset] = {}
    for start in range(0, len(row_ids), _AT_ONCE):
        some = row_ids[start : start + _AT_ONCE]
        words: dict[int, dict[str, list[str]]] = {}
        tags = (
            select(AssetTag.asset_id, Tag.dimension, Tag.label)
            .join(Tag, Tag.id == AssetTag.tag_id)
            .where(AssetTag.asset_id.in_(some))
            .order_by(AssetTag.asset_id, Tag.value)
        )
        for row_id, dimension, word in db.execute(tags):
            words.setdefault(row_id, {}).setdefault(dimension, []).append(word)
        for row in db.execute(select(*_ROW).where(_ROW.id.in_(some))):
            found[row.id] = _asset(row, words.get(row.id, {}))
    return [found[row_id] for row_id in row_ids if row_id in found]


def _asset(row: Any, words: dict[str, list[str]]) -> Asset:
    def all_of(dimension: Dimension) -> tuple[str, ...]:
        return tuple(words.get(dimension.value, ()))

    def one_of(dimension: Dimension) -> str | None:
        return next(iter(all_of(dimension)), None)

    return Asset(
        asset_id=row.asset_id,
        key=row.key,
        asset_type=row.asset_type,
        provider=row.provider,
        model=row.model,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        shot_type=one_of(Dimension.SHOT_TYPE),
        characters=all_of(Dimension.CHARACTER),
        landscapes=all_of(Dimension.LANDSCAPE),
        styles=all_of(Dimension.STYLE),
        mood=one_of(Dimension.MOOD),
        time_of_day=one_of(Dimension.TIME_OF_DAY),
        film_id=row.film_id,
        sha256=row.sha256,
        size=row.size,
        mime=row.mime,
        cost_usd=row.cost_micros,
        reuse_count=row.reuse_count,
        created_at=row.created_at.isoformat(),
        details=row.details,
    )
