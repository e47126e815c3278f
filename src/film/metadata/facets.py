"""Facets: how many of the assets that were found have which tags, so that people see where to go on.

The count of a dimension leaves out what was asked for in it: whoever chose ``mood: tense`` sees how many there would be
with ``calm`` instead. Of the whole library the counts are the tags' own counters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from film.db.tables import AssetTag, LibraryCount, Tag
from film.metadata.query import AssetQuery
from film.metadata.selection import Selection, every, resolve
from film.metadata.words import Dimension


@dataclass(frozen=True)
class Facet:
    """A word of a dimension, on so many of the assets. ``chosen``: the query names it."""

    label: str
    count: int
    chosen: bool = False


Facets = dict[Dimension, list[Facet]]


def count_assets(db: Connection, query: AssetQuery) -> int:
    selection = resolve(db, query)
    if selection is None:
        return 0
    if selection.is_everything:
        return db.scalar(select(LibraryCount.assets).where(LibraryCount.id == 1)) or 0
    if selection.text is None and len(selection.groups) == 1 and len(selection.groups[0].tag_ids) == 1:
        return selection.groups[0].n
    return db.scalar(select(func.count()).select_from(every(db, selection).subquery())) or 0


def count_facets(db: Connection, query: AssetQuery, dimensions: Sequence[Dimension], limit: int) -> Facets:
    """The ``limit`` most frequent words of each dimension, and in any case those that the query names."""
    counted: dict[Dimension, list[tuple[str, str, int]]] = {}
    asked = query.dimensions()
    free = [d for d in dimensions if d not in asked]
    for some, base in [(free, query), *(([d], query.without(d)) for d in dimensions if d in asked)]:
        if some:
            counted |= _counts(db, base, some)
    chosen = query.all_of | query.any_of
    facets: Facets = {}
    for dimension in dimensions:
        rows = sorted(counted.get(dimension, ()), key=lambda row: (-row[2], row[0]))
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
    """(value, label, count) of all tags that there are in these dimensions."""
    selection = resolve(db, query)
    found: dict[Dimension, list[tuple[str, str, int]]] = {}
    if selection is None:
        return found
    within = Tag.dimension.in_([d.value for d in dimensions])
    if selection.is_everything:
        rows = db.execute(select(Tag.dimension, Tag.value, Tag.label, Tag.n_assets).where(within, Tag.n_assets > 0))
    else:
        rows = db.execute(_among(db, selection).where(within))
    for name, value, label, count in rows:
        found.setdefault(Dimension(name), []).append((value, label, count))
    return found


def _among(db: Connection, selection: Selection) -> Select[Any]:
    ids = every(db, selection).subquery()
    counts = (
        select(AssetTag.tag_id, func.count().label("n"))
        .join(ids, ids.c.id == AssetTag.asset_id)
        .group_by(AssetTag.tag_id)
        .subquery()
    )
    return select(Tag.dimension, Tag.value, Tag.label, counts.c.n).join(counts, counts.c.tag_id == Tag.id)


def _labels(db: Connection, dimension: Dimension, values: set[str]) -> list[str]:
    """How words are shown that no asset here has; those that the library never had are shown as they were asked for."""
    if not values:
        return []
    rows = db.execute(select(Tag.value, Tag.label).where(Tag.dimension == dimension.value, Tag.value.in_(values)))
    known = {row.value: row.label for row in rows}
    return [known.get(value, value) for value in sorted(values)]
