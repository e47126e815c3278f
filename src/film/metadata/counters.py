"""What all assets come to: counted with every change, counted again to check.

Statistics of a million assets are one row that every writer moves in its own transaction. ``verify_library`` compares
it, and every tag's counter, with what is there; ``recount_library`` sets them right, should a file ever be damaged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, type_coerce, update

from film.db.base import MicroUSD
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import AssetRow, AssetTag, LibraryCount, Tag, TagPlaces, TagPostings, UnpackedAsset
from film.metadata.blocks import unpack

ZERO = Decimal(0)


@dataclass
class Change:
    """What a transaction adds to the counts of the library."""

    assets: int = 0
    size: int = 0
    cost: Decimal = field(default=ZERO)
    reuses: int = 0
    saved: Decimal = field(default=ZERO)

    def add(self, row: Mapping[str, Any]) -> None:
        self.size += row["size"]
        self.cost += row["cost_micros"]
        self.reuses += row["reuse_count"]
        self.saved += row["cost_micros"] * row["reuse_count"]

    def renew(self, old: Row[Any], row: Mapping[str, Any]) -> None:
        """The asset is now what ``row`` says, and was used as often as before."""
        self.size += row["size"] - old.size
        dearer = row["cost_micros"] - old.cost_micros
        self.cost += dearer
        self.saved += dearer * old.reuse_count

    def remove(self, old: Row[Any]) -> None:
        self.size -= old.size
        self.cost -= old.cost_micros
        self.reuses -= old.reuse_count
        self.saved -= old.cost_micros * old.reuse_count


def add_to_library(db: Connection, change: Change, *, relinked: Collection[int] = ()) -> None:
    """The last write of a transaction: everybody waits for this row. ``relinked``: rows whose tags are others now."""
    if not any(astuple(change)) and not relinked:
        return
    columns: Any = LibraryCount.__table__.c
    statement = upsert(db, LibraryCount).values(
        id=1,
        assets=change.assets,
        size_bytes=change.size,
        cost_micros=change.cost,
        reuses=change.reuses,
        saved_micros=change.saved,
    )
    moved: dict[str, Any] = {
        column.name: column + statement.excluded[column.name] for column in columns if not column.primary_key
    }
    db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=moved))
    unpack(db, relinked)


def library_totals(db: Connection) -> Change:
    """As counted."""
    c = LibraryCount
    row = db.execute(select(c.assets, c.size, c.cost, c.reuses, c.saved).where(c.id == 1)).one_or_none()
    return Change(*row) if row else Change()


def verify_library(database: Engine | Connection) -> list[str]:
    """What is counted wrong, a sentence each; none when all is well."""
    if isinstance(database, Engine):
        with snapshot(database) as connection:
            return verify_library(connection)
    db = database
    wrong = [
        f"tag {dimension} {label!r} is counted on {said} assets and is on {real}"
        for dimension, label, said, real in _wrong_tags(db)
    ]
    said, real = library_totals(db), _real_totals(db)
    if said != real:
        wrong.append(f"the library is counted as {_totals(said)} and is {_totals(real)}")
    if db.scalar(select(func.count()).select_from(TagPostings)):
        from film.metadata.postings import wrong_blocks  # NumPy, which small libraries need not load

        wrong += [f"block {block} of the library is packed wrong" for block in wrong_blocks(db)]
    return wrong


def recount_library(engine: Engine) -> None:
    """Count everything again, and index the words again. Writers wait meanwhile."""
    with engine.begin() as db:
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("LOCK TABLE assets, asset_tags, tags IN SHARE ROW EXCLUSIVE MODE")
        else:
            db.exec_driver_sql("INSERT INTO asset_words(asset_words) VALUES ('rebuild')")
        links = select(func.count()).where(AssetTag.tag_id == Tag.id).scalar_subquery()
        db.execute(update(Tag).values(n_assets=links))
        db.execute(delete(TagPostings))  # packed again by pack_blocks
        db.execute(delete(TagPlaces))
        db.execute(delete(UnpackedAsset))
        said, real = library_totals(db), _real_totals(db)
        add_to_library(db, Change(*(r - s for r, s in zip(astuple(real), astuple(said), strict=True))))


def _wrong_tags(db: Connection) -> list[Any]:
    links = select(AssetTag.tag_id, func.count().label("n")).group_by(AssetTag.tag_id).subquery()
    real = func.coalesce(links.c.n, 0)
    query = select(Tag.dimension, Tag.label, Tag.n_assets, real).outerjoin(links, links.c.tag_id == Tag.id)
    return list(db.execute(query.where(Tag.n_assets != real).order_by(Tag.id)))


def _real_totals(db: Connection) -> Change:
    reused = type_coerce(AssetRow.cost * AssetRow.reuse_count, MicroUSD())
    sums = select(
        func.count(),
        func.coalesce(func.sum(AssetRow.size), 0),
        func.sum(AssetRow.cost),
        func.coalesce(func.sum(AssetRow.reuse_count), 0),
        func.sum(reused),
    )
    assets, size, cost, reuses, saved = db.execute(sums.select_from(AssetRow)).one()
    return Change(assets, int(size), cost or ZERO, int(reuses), saved or ZERO)


def _totals(counts: Change) -> str:
    return f"{counts.assets} assets, {counts.size} bytes, ${counts.cost}, {counts.reuses} reuses, ${counts.saved} saved"
