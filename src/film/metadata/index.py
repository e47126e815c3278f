"""MetadataIndex: put assets into the library, find them by what is seen in them, and see what is used most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from decimal import Decimal
from itertools import islice
from typing import TypedDict

from sqlalchemy import Connection, Engine, func, select

from film.db.session import engine_for, snapshot
from film.db.tables import AssetRow, Tag
from film.errors import InputError
from film.metadata import entries
from film.metadata.counters import library_totals
from film.metadata.query import AnyOf, AssetQuery
from film.metadata.results import Facets, Hit, ResultPage, cursor, row_of
from film.metadata.rows import read_asset, read_assets
from film.metadata.selection import best, newest, resolve
from film.metadata.tags import TagBook
from film.metadata.words import Dimension, Words
from film.models import Asset
from film.settings import Settings, load_settings

RANKED = 2000
"""The newest matches of words, which are put into the order of how well they fit. Of a common word there are a million,
and the best of them would be found no sooner than in a second."""


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
        self.engine = engine or engine_for((settings or load_settings()).database_url)
        self._tags = TagBook()

    # -- putting in, taking out

    def index_asset(self, asset: Asset) -> None:
        """Put an asset in, or bring the one with its ``asset_id`` up to date."""
        self.index_assets([asset])

    def index_assets(self, assets: Iterable[Asset]) -> None:
        """The same for many, some thousand a transaction."""
        rest = iter(assets)
        while some := list(islice(rest, entries.BATCH)):
            with self.engine.begin() as db:
                full = entries.write(db, self._tags, some)
            if full:
                self.pack()

    def pack(self) -> int:
        """Bring up to date what counts a million assets at once, as indexing does by itself; how much was due."""
        from film.metadata.postings import pack_blocks

        return pack_blocks(self.engine)

    def remove_assets(self, asset_ids: Iterable[str]) -> int:
        """Take assets out of the library; their files stay. How many there were."""
        rest, removed = iter(sorted(set(asset_ids))), 0
        while some := list(islice(rest, entries.BATCH)):
            with self.engine.begin() as db:
                removed += entries.remove(db, some)
        return removed

    def count_reuse(self, asset_ids: Iterable[str], *, connection: Connection | None = None) -> None:
        """Say that assets were used once more; one that is named twice was used twice.

        With a ``connection`` it is part of that transaction.
        """
        times = Counter(asset_ids)
        if not times:
            return
        with self.engine.begin() if connection is None else nullcontext(connection) as db:
            entries.use(db, times)

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
        any_of: AnyOf | None = None,
        text: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Asset]:
        """The newest assets that carry all of these tags, whatever their case, and all words of ``text``.

        ``any_of`` names dimensions in which one of several words is enough: ``{"mood": ["tense", "calm"]}``.
        ``before`` is the ``asset_id`` that the page before ended with.
        """
        query = AssetQuery.of(
            characters, landscapes, styles, mood, time_of_day, shot_type, asset_type, provider, film_id,
            any_of=any_of, text=text,
        )  # fmt: skip
        with snapshot(self.engine) as db:
            return self._newest(db, query, limit, _row_id(db, before) if before else None)[0]

    def page(self, query: AssetQuery | None = None, *, limit: int = 50, cursor: str | None = None) -> ResultPage:
        """The newest assets of a query, and the cursor that asks for those behind them."""
        with snapshot(self.engine) as db:
            assets, more = self._newest(db, query or AssetQuery(), limit, row_of(cursor) if cursor else None)
        return ResultPage(tuple(assets), more)

    def best(self, query: AssetQuery, *, limit: int = 50) -> list[Hit]:
        """Of the newest assets that match the query's words, those that match them best."""
        with snapshot(self.engine) as db:
            selection = resolve(db, query)
            if selection is None or limit < 1:
                return []
            if selection.text is None or not selection.text.phrases:
                raise InputError("there are no words to rank by", hint="ask for the newest, or by meaning")
            ranked = best(db, selection, RANKED, limit)
            assets = self.read(db, [row_id for row_id, _ in ranked])
            return [Hit(asset, score) for asset, (_, score) in zip(assets, ranked, strict=True)]

    def count(self, query: AssetQuery | None = None) -> int:
        from film.metadata.facets import count_assets

        with snapshot(self.engine) as db:
            return count_assets(db, query or AssetQuery())

    def facets(
        self,
        query: AssetQuery | None = None,
        *,
        dimensions: Iterable[Dimension] = tuple(Dimension),
        limit: int = 20,
    ) -> Facets:
        """How many of the found have which tags; each dimension as if nothing were asked for in it."""
        from film.metadata.facets import count_facets

        with snapshot(self.engine) as db:
            return count_facets(db, query or AssetQuery(), tuple(dimensions), limit)

    def get_asset(self, asset_id: str) -> Asset | None:
        with snapshot(self.engine) as db:
            return read_asset(db, self._tags, asset_id)

    def get_most_reused_assets(self, limit: int = 10) -> list[Asset]:
        """The assets that were used again, most often first."""
        query = (
            select(AssetRow.id)
            .where(AssetRow.reuse_count > 0)
            .order_by(AssetRow.reuse_count.desc(), AssetRow.id.desc())
            .limit(max(limit, 0))
        )
        with snapshot(self.engine) as db:
            return self.read(db, list(db.scalars(query)))

    def read(self, db: Connection, row_ids: Sequence[int]) -> list[Asset]:
        """The assets of these rows, in this order, for searches that find rows themselves."""
        return read_assets(db, self._tags, row_ids)

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
        with snapshot(self.engine) as db:
            totals = library_totals(db)
            lengths = select(Tag.dimension, func.count().label("n")).where(Tag.n_assets > 0).group_by(Tag.dimension)
            words = {row.dimension: row.n for row in db.execute(lengths)}
            by = {d: self._counts(db, d) for d in (Dimension.ASSET_TYPE, Dimension.PROVIDER)}
        return {
            "total_assets": totals.assets,
            "by_type": by[Dimension.ASSET_TYPE],
            "by_provider": by[Dimension.PROVIDER],
            "characters": words.get(Dimension.CHARACTER.value, 0),
            "landscapes": words.get(Dimension.LANDSCAPE.value, 0),
            "styles": words.get(Dimension.STYLE.value, 0),
            "total_size_bytes": totals.size,
            "total_cost_usd": totals.cost,
            "total_reuses": totals.reuses,
            "saved_usd": totals.saved,
        }

    # -- inside

    def _newest(
        self, db: Connection, query: AssetQuery, limit: int, before: int | None
    ) -> tuple[list[Asset], str | None]:
        selection = resolve(db, query)
        if selection is None or limit < 1:
            return [], None
        if selection.is_wide:
            from film.metadata.many import newest_rows

            row_ids = newest_rows(db, selection, limit + 1, before)
        else:
            row_ids = list(db.scalars(newest(db, selection, limit + 1, before)))
        more = cursor(row_ids[limit - 1]) if len(row_ids) > limit else None
        return self.read(db, row_ids[:limit]), more

    def _labels(self, dimension: Dimension) -> list[str]:
        with snapshot(self.engine) as db:
            return list(self._counts(db, dimension))

    def _counts(self, db: Connection, dimension: Dimension) -> dict[str, int]:
        query = select(Tag.label, Tag.n_assets).where(Tag.dimension == dimension.value, Tag.n_assets > 0)
        return {row.label: row.n_assets for row in db.execute(query.order_by(Tag.value))}


def _row_id(db: Connection, asset_id: str) -> int:
    found = db.scalar(select(AssetRow.id).where(AssetRow.asset_id == asset_id))
    if found is None:
        raise InputError(f"there is no asset {asset_id[:100]!r} to go on from", hint="start again at the first page")
    return found
