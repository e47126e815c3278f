"""The tags of one database, remembered: they are few, and what a tag's id means never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, select, tuple_

from film.db.sql import upsert
from film.db.tables import Tag
from film.metadata.words import TagKey

AT_ONCE = 500
MANY = 50_000
"""Tags remembered at once: more than a library of a million assets has, in some 10 MB."""

_TAGS = cast(Table, Tag.__table__)


class TagBook:
    """Key ↔ id, as far as they were met. Only what was in the database before a transaction began is remembered."""

    def __init__(self) -> None:
        self._ids: dict[TagKey, int] = {}
        self._labels: dict[int, tuple[str, str, str]] = {}
        self._has_many = False

    def labels(self, db: Connection, tag_ids: Iterable[int]) -> Mapping[int, tuple[str, str, str]]:
        """Id → (dimension, value, label). Whoever asks a second time is taken to go on: the others come along."""
        missing = [tag_id for tag_id in tag_ids if tag_id not in self._labels]
        if missing and self._labels and not self._has_many:
            self._has_many = True
            self._remember(db, select(_TAGS).limit(MANY))
            missing = [tag_id for tag_id in missing if tag_id not in self._labels]
        for start in range(0, len(missing), AT_ONCE):
            self._remember(db, select(_TAGS).where(_TAGS.c.id.in_(missing[start : start + AT_ONCE])))
        return self._labels

    def _remember(self, db: Connection, query: Select[Any]) -> None:
        self._labels |= {row.id: (row.dimension, row.value, row.label) for row in db.execute(query)}

    def ids(self, db: Connection, labels: Mapping[TagKey, str]) -> dict[TagKey, int]:
        """The ids of tags, which are made where they are new."""
        self._ids |= _known(db, [key for key in labels if key not in self._ids])
        missing = sorted(key for key in labels if key not in self._ids)
        made: dict[TagKey, int] = {}
        if missing:
            rows = [{"dimension": d, "value": v, "label": labels[d, v], "n_assets": 0} for d, v in missing]
            db.execute(upsert(db, Tag).on_conflict_do_nothing(index_elements=["dimension", "value"]), rows)
            made = _known(db, missing)  # not remembered: the transaction may yet be undone
        return {key: made.get(key) or self._ids[key] for key in labels}


def _known(db: Connection, keys: list[TagKey]) -> dict[TagKey, int]:
    found: dict[TagKey, int] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = tuple_(_TAGS.c.dimension, _TAGS.c.value).in_(keys[start : start + AT_ONCE])
        for row in db.execute(select(_TAGS.c.id, _TAGS.c.dimension, _TAGS.c.value).where(some)):
            found[row.dimension, row.value] = row.id
    return found
