"""What stays in the store, and why; the rest may go.

    in a film, in the library, named by the caller     always stays
    set aside, and paid for                            stays: its row says what it was
    being made, new                                    stays, whatever was asked for
    used lately                                        stays, unless a size cap says otherwise: then what was least
                                                       recently used goes first, and what costs nothing before what did

One look at the database decides for every blob; nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from sqlalchemy import Connection, Engine, and_, case, func, or_, select

from film.db.session import snapshot
from film.db.tables import Action, AssetRow, Blob, Film, LostBlob, Take


class Why(Enum):
    NAMED = "named by the caller"
    FILM = "in a film"
    LIBRARY = "in the library"
    LEASED = "being made"
    NEW = "made or used within the grace period"
    USED = "used lately"
    LOST = "set aside: on record, with no whole file"


@dataclass(frozen=True, slots=True)
class Item:
    """A blob as the decision sees it. ``used`` is the last use of anything that stands on it."""

    sha256: str
    size: int
    kind: str
    cost: Decimal
    created: datetime
    used: datetime | None
    doubtful_since: datetime | None
    is_leased: bool

    @property
    def last(self) -> datetime:
        return max(self.created, self.used or self.created)


@dataclass(frozen=True)
class Decision:
    keep: dict[str, Why]
    items: dict[str, Item]

    @property
    def unneeded(self) -> Iterator[Item]:
        return (item for sha256, item in self.items.items() if sha256 not in self.keep)

    def tally(self) -> dict[Why, tuple[int, int]]:
        """How many blobs, and bytes, each reason keeps."""
        counted: dict[Why, tuple[int, int]] = dict.fromkeys(Why, (0, 0))
        for sha256, why in self.keep.items():
            if sha256 in self.items:
                files, size = counted[why]
                counted[why] = files + 1, size + self.items[sha256].size
        return {why: found for why, found in counted.items() if found[0]}


def decide(
    engine: Engine,
    *,
    named: Iterable[str] | None,
    cutoff: datetime,
    used_since: datetime,
    size_cap: int | None = None,
) -> Decision:
    """``named`` in place of what films, the library and recent use name; ``cutoff``: where the grace period begins."""
    with snapshot(engine) as db:
        items = {item.sha256: item for item in _items(db)}
        keep = dict.fromkeys(named, Why.NAMED) if named is not None else _pinned(db)
        for sha256 in db.scalars(select(LostBlob.sha256)):
            if sha256 in items and items[sha256].cost:
                keep[sha256] = Why.LOST
    for sha256, item in items.items():
        if sha256 in keep:
            continue
        if item.is_leased:
            keep[sha256] = Why.LEASED
        elif item.last > cutoff or (item.used and item.doubtful_since and item.used > item.doubtful_since):
            keep[sha256] = Why.NEW
        elif named is None and item.last >= used_since:
            keep[sha256] = Why.USED
    if size_cap is not None:
        _fit(keep, items, size_cap)
    return Decision(keep, items)


def _fit(keep: dict[str, Why], items: dict[str, Item], cap: int) -> None:
    kept = sum(items[sha256].size for sha256 in keep if sha256 in items)
    spare = (items[sha256] for sha256, why in keep.items() if why is Why.USED)
    for item in sorted(spare, key=lambda item: (item.cost > 0, item.last)):
        if kept <= cap:
            return
        del keep[item.sha256]
        kept -= item.size


def _items(db: Connection) -> Iterator[Item]:
    """Every blob with what stands on it."""
    rows = db.execute(
        select(
            Blob.sha256,
            Blob.size,
            func.coalesce(func.min(Action.kind), "").label("kind"),
            func.max(Action.cost).label("cost"),
            Blob.created_at,
            func.max(func.coalesce(Action.last_used_at, Action.created_at)).label("used"),
            Blob.quarantined_at,
            func.max(case((Action.state == "pending", 1), else_=0)).label("is_leased"),
        )
        .outerjoin(Action, Action.blob_sha256 == Blob.sha256)
        .group_by(Blob.sha256, Blob.size, Blob.created_at, Blob.quarantined_at)
    )
    for sha256, size, kind, cost, created, used, doubtful, leased in rows:
        yield Item(sha256, size, kind, cost or Decimal(0), created, used, doubtful, bool(leased))


def _pinned(db: Connection) -> dict[str, Why]:
    """The blobs that films and the library name."""
    named = (
        (Why.LIBRARY, select(AssetRow.sha256)),
        (Why.FILM, select(Action.blob_sha256).join(Take, Take.key == Action.key)),
        (Why.FILM, select(Film.output_sha256)),
    )
    return {sha256: why for why, query in named for sha256 in db.scalars(query.distinct()) if sha256}


def still_unused(db: Connection, hashes: tuple[str, ...], cutoff: datetime) -> dict[str, int]:
    """Of these doubtful blobs those that nothing has asked for since: hash → size."""
    used = or_(Action.state == "pending", Action.last_used_at > Blob.quarantined_at)
    in_use = select(Action.key).where(and_(Action.blob_sha256 == Blob.sha256, used)).exists()
    unused = select(Blob.sha256, Blob.size).where(Blob.sha256.in_(hashes), Blob.quarantined_at <= cutoff, ~in_use)
    if db.dialect.name == "postgresql":
        unused = unused.with_for_update()
    return {row.sha256: row.size for row in db.execute(unused)}
