"""Facets: how many of the assets that were found have which tags, so that people see where to go on.

The count of a dimension leaves out what was asked for in it: whoever chose ``mood: tense`` sees how many there would be
with ``calm`` instead. Of the whole library the counts are the tags' own counters.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from film.db.tables import LibraryCount, Tag
from film.metadata import many
from film.metadata.query import AssetQuery
from film.metadata.results import Facet, Facets
from film.metadata.selection import every, resolve
from film.metadata.words import Dimension


def count_assets(db: Connection, query: AssetQuery) -> int:
    selection = resolve(db, query)
    if selection is None:
        return 0
    if selection.is_everything:
        return db.scalar(select(LibraryCount.assets).where(LibraryCount.id == 1)) or 0
    if selection.text is None and len(selection.groups) == 1 and len(selection.groups[0].tag_ids) == 1:
        return selection.groups[0].n
    if not selection.groups:  # words alone: the database's own index counts them quickest
        return db.scalar(select(func.count()).select_from(every(db, selection).subquery())) or 0
    return many.count(db, selection)


def count_facets(db: Connection, query: AssetQuery, dimensions: Sequence[Dimension], limit: int) -> Facets:
    """The ``limit`` most frequent words of each dimension, and in any case those that the query names."""
    counted = _counts(db, query, dimensions)
    chosen = query.all_of | query.any_of
    facets: Facets = {}
    for dimension in dimensions:
        rows = sorted(counted[dimension], key=lambda row: (-row[2], row[0]))
        named = {value for d, value in chosen if d == dimension.value}
        facets[dimension] = [
            Facet(label, count, value in named)
            for place, (value, label, count) in enumerate(rows)
            if place < limit or value in named
        ]
        missing = named - {value for value, _, _ in rows}
        facets[dimension] += [Facet(label, 0, True) for label in _labels(db, dimension, missing)]
    return facets


def _counts(
    db: Connection, query: AssetQuery, dimensions: Sequence[Dimension]
) -> dict[Dimension, list[tuple[str, str, int]]]:
    """(value, label, count) of all words of each dimension, as if nothing were asked for in it."""
    asked = query.dimensions()
    queries = {d: query.without(d) if d in asked else query for d in dimensions}
    selections = {q: resolve(db, q) for q in set(queries.values())}
    counting = {q: s for q, s in selections.items() if s is not None and not s.is_everything}
    counts = dict(zip(counting, many.count_tags(db, list(counting.values())), strict=True)) if counting else {}
    found: dict[Dimension, list[tuple[str, str, int]]] = {d: [] for d in dimensions}
    by_name = {d.value: d for d in dimensions}
    tags = select(Tag.id, Tag.dimension, Tag.value, Tag.label, Tag.n_assets)
    for row in db.execute(tags.where(Tag.dimension.in_(by_name), Tag.n_assets > 0)):
        dimension = by_name[row.dimension]
        of = queries[dimension]
        if selections[of] is None:
            continue
        count = counts[of].get(row.id, 0) if of in counts else row.n_assets
        if count:
            found[dimension].append((row.value, row.label, count))
    return found


def _labels(db: Connection, dimension: Dimension, values: set[str]) -> list[str]:
    """How words are shown that no asset here has; those that the library never had are shown as they were asked for."""
    if not values:
        return []
    rows = db.execute(select(Tag.value, Tag.label).where(Tag.dimension == dimension.value, Tag.value.in_(values)))
    known = {row.value: row.label for row in rows}
    return [known.get(value, value) for value in sorted(values)]
