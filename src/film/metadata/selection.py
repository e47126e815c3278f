"""A query as SQL: which rows, newest first or all of them.

    AssetQuery ─(resolve: tags → ids, with how many assets each has)─► Selection ─► newest(…)   a page, stops when full
                                                                                 └► every(…)    to count, to compare

The links of one tag lie together in the order of their assets, so the rarest group of tags is walked from the newest
on, and every other group is one look into the same table. A tag that is on every asset asks for nothing and is left
out. Words drive the walk on SQLite where they are rare, or no tag is; words are counted first, as far as that takes.

Tags of which each is frequent may meet nowhere, and the walk would go on to the end: such a selection ``is_wide``, and
``film.metadata.many`` finds its page in packed blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, or_, select, union

from film.db.tables import AssetRow, AssetTag, LibraryCount, Tag
from film.metadata import fulltext
from film.metadata.fulltext import ASSET_WORDS, RowIds, TextQuery
from film.metadata.query import AssetQuery

TAGS_FIRST = 500
"""With a tag on no more assets than this, they are looked through for the words, and not the other way round."""

RARE = 2000
"""Words that no more assets hold than this are looked up first, whatever the tags."""

COMMON = 20_000
"""Words that more assets hold than this are not read as a whole for a page."""

WIDE = 3000
"""Through the links of a tag on more assets than this a walk would be too long, should they hardly meet the others."""


_WALK, _LINK = (cast(Table, AssetTag.__table__).alias(name) for name in ("walk", "link"))
"""The links that are walked through, and those that are looked up beside; made once, for SQLAlchemy takes its time."""
_TAGS = cast(Table, Tag.__table__)
_TOTAL = select(LibraryCount.assets).where(LibraryCount.id == 1)
_ASKED = select(_TAGS.c.dimension, _TAGS.c.value, _TAGS.c.id, _TAGS.c.n_assets).where(_TAGS.c.n_assets > 0)


@dataclass(frozen=True)
class Group:
    """Tags of which one is enough. ``n`` is how many assets have one of them, at most."""

    tag_ids: tuple[int, ...]
    n: int

    def on(self, asset_id: Any) -> ColumnElement[bool]:
        return exists().where(_one_of(_LINK.c.tag_id, self.tag_ids), _LINK.c.asset_id == asset_id)


@dataclass(frozen=True)
class Selection:
    """Groups that must all be met, the rarest first, and words."""

    groups: tuple[Group, ...] = ()
    text: TextQuery | None = None
    words_first: bool = False
    """Look the words up first, whatever the tags."""
    is_common: bool = False
    """Its words are on very many assets."""
    is_wide: bool = False
    """A page of it is to be looked for in packed blocks, where there are any."""

    @property
    def is_everything(self) -> bool:
        return not self.groups and self.text is None

    @property
    def by_words(self) -> bool:
        """Whether the words are looked up first."""
        has_words = self.text is not None and bool(self.text.phrases)
        return has_words and (self.words_first or not self.groups or self.groups[0].n > TAGS_FIRST)


def resolve(db: Connection, query: AssetQuery) -> Selection | None:
    """The query in terms of this database; None when nothing can match."""
    text = fulltext.parse(query.text) if query.text else None
    if text and text.is_nothing:
        return None
    keys = sorted(query.all_of | query.any_of)
    if not keys:
        return Selection((), text)
    total = db.scalar(_TOTAL) or 0
    one_of = or_(*(and_(_TAGS.c.dimension == d, _TAGS.c.value == v) for d, v in keys))
    rows = db.execute(_ASKED.where(one_of))
    found = {(row.dimension, row.value): (row.id, row.n_assets) for row in rows}
    asked = [[key] for key in query.all_of]
    asked += [[key for key in query.any_of if key[0] == name] for name in {d for d, _ in query.any_of}]
    groups: list[Group] = []
    for some in asked:
        tags = sorted(found[key] for key in some if key in found)
        if not tags:
            return None
        if all(n < total for _, n in tags):
            groups.append(Group(tuple(tag_id for tag_id, _ in tags), min(sum(n for _, n in tags), total)))
    return _planned(db, Selection(tuple(sorted(groups, key=lambda g: (g.n, g.tag_ids))), text))


def _planned(db: Connection, selection: Selection) -> Selection:
    """The same, with how it is best looked for."""
    text, groups = selection.text, selection.groups
    if not groups:
        return selection
    if text is None:
        return replace(selection, is_wide=len(groups) > 1 and groups[0].n > WIDE)
    if not text.phrases or db.dialect.name == "postgresql":  # which plans by its own statistics
        return selection
    n = fulltext.count_up_to(db, text, COMMON + 1)
    if n <= RARE:
        return replace(selection, words_first=True)
    return replace(selection, is_common=n > COMMON, is_wide=groups[0].n > TAGS_FIRST)


def newest(
    db: Connection, selection: Selection, limit: int, before: int | None = None, *, since: int | None = None
) -> RowIds:
    """Row ids, newest first; they are below ``before`` and not below ``since``."""
    if selection.by_words or not selection.groups:
        row_id, query = _rows(db, selection)
        return _last(query, row_id, limit, before, since)
    rarest, *others = selection.groups
    walks: list[Select[Any]] = []
    for tag_id in rarest.tag_ids:  # each has its own newest; the newest of all are among them
        conditions = matches(db, selection, _WALK.c.asset_id, others, one_by_one=True)
        query = select(_WALK.c.asset_id).where(_WALK.c.tag_id == tag_id, *conditions)
        walks.append(_last(query, _WALK.c.asset_id, limit, before, since))
    if len(walks) == 1:
        return walks[0]
    merged = union(*(select(walk.subquery().c[0].label("id")) for walk in walks))
    return merged.order_by(merged.selected_columns[0].desc()).limit(limit)


def best(db: Connection, selection: Selection, among: int, limit: int) -> Sequence[tuple[int, float]]:
    """Row ids and scores: of the newest matches, so many, those that the words fit best; of equals the newer."""
    text = selection.text
    assert text is not None
    by_words = Selection(selection.groups, text, words_first=True)
    row_id, query = _rows(db, by_words)
    if not selection.by_words:  # some tag is rare: only few rows need a score
        few = list(db.scalars(newest(db, selection, among)))
        if not few:
            return []
        # + 0: asked for one row after another, FTS5 would count all matches again for each score
        query = query.where(row_id.between(few[-1], few[0]), (row_id + 0).in_(few))
    found = _last(query.add_columns(fulltext.score(db, text).label("score")), row_id, among).subquery()
    ranked = select(found.c.id, found.c.score).order_by(found.c.score.desc(), found.c.id.desc()).limit(limit)
    return [(row.id, row.score) for row in db.execute(ranked)]


def worded(db: Connection, text: TextQuery, among: Sequence[int]) -> Select[Any]:
    """Those of a few rows that words match; in no order, for SQLite would then read all that the words match."""
    row_id, query = _rows(db, Selection((), text))
    return query.where(row_id.in_(among))


def every(db: Connection, selection: Selection, since: int = 0, until: int | None = None) -> Select[Any]:
    """All row ids from ``since`` on and up to ``until``, in no order, each once; the column is ``id``."""
    if selection.by_words or not selection.groups:
        row_id, query = _rows(db, selection)
        return _between(query, row_id, since, until)
    rarest, *others = selection.groups
    query = select(_WALK.c.asset_id.label("id")).where(
        _one_of(_WALK.c.tag_id, rarest.tag_ids), *matches(db, selection, _WALK.c.asset_id, others)
    )
    query = _between(query, _WALK.c.asset_id, since, until)
    return query if len(rarest.tag_ids) == 1 else query.distinct()


def _between(query: Select[Any], row_id: Any, since: int, until: int | None) -> Select[Any]:
    if since:
        query = query.where(row_id >= since)
    return query if until is None else query.where(row_id <= until)


def _rows(db: Connection, selection: Selection) -> tuple[Any, Select[Any]]:
    """Ids found by words, or without asking for any tag."""
    text = selection.text
    if selection.by_words and text and db.dialect.name == "sqlite":
        row_id: Any = ASSET_WORDS.c.rowid
        query = select(row_id.label("id")).where(fulltext.matches_words(text))
        if text.pieces:
            letters = TextQuery((), text.pieces)
            query = query.where(exists().where(AssetRow.id == row_id, fulltext.matches_row(db, letters)))
    else:
        row_id = AssetRow.id
        query = select(row_id.label("id"))
        if text:
            query = query.where(fulltext.matches_row(db, text))
    return row_id, query.where(*(group.on(row_id) for group in selection.groups))


def matches(
    db: Connection,
    selection: Selection,
    asset_id: Any,
    groups: Sequence[Group] | None = None,
    *,
    one_by_one: bool = False,
) -> list[ColumnElement[bool]]:
    """The selection as conditions on a column of row ids: its words, and its groups or some of them.

    ``one_by_one``: so few rows are asked that each is looked up among the words, instead of all that the words match.
    """
    conditions = [group.on(asset_id) for group in (selection.groups if groups is None else groups)]
    text = selection.text
    if text and text.phrases and one_by_one and db.dialect.name == "sqlite":
        conditions.append(exists().where(ASSET_WORDS.c.rowid == asset_id, fulltext.matches_words(text)))
        text = TextQuery((), text.pieces)
    if text and not text.is_nothing:
        conditions.append(exists().where(AssetRow.id == asset_id, fulltext.matches_row(db, text)))
    return conditions


def _last(
    query: Select[Any], row_id: Any, limit: int, before: int | None = None, since: int | None = None
) -> Select[Any]:
    if before is not None:
        query = query.where(row_id < before)
    if since is not None:
        query = query.where(row_id >= since)
    return query.order_by(row_id.desc()).limit(limit)


def _one_of(column: Any, tag_ids: Sequence[int]) -> ColumnElement[bool]:
    return column == tag_ids[0] if len(tag_ids) == 1 else column.in_(tag_ids)
