"""The rows behind the store: which key came to which blob, and who is making what at this moment.

    claim ──► pending (owner, lease) ──publish──► ready (blob)        get, peek: one indexed SELECT
                  │ lease over, or owner dead: claimed by another        │  ▲
                  └─release──► no row, or failed where there was a blob  ▼  │ bring back: a whole copy was found
                                                                      failed (blob): set aside, its file is not whole

Each transition is one statement that the database decides alone, so that any number of processes may try it at once.
Reading goes straight through the driver: the lookup is the hottest statement of a cached film, and the SELECT itself
takes less time than building it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from sys import intern
from typing import Any, Literal, cast

from sqlalchemy import Connection, DateTime, Engine, Table, and_, delete, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from film.cache.blobs import Sealed
from film.cache.entry import CachedAsset
from film.db.base import from_micros, now
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import Action, Blob, LostBlob, Stray

Claim = Literal["mine", "ready", "wait"]

AT_ONCE = 500
"""Keys a statement: well below every database's limit of bound values."""

_ACTIONS = cast(Table, Action.__table__)
_BLOBS = cast(Table, Blob.__table__)
_FREE = Decimal(0)
_LOOKUP = (
    "SELECT a.key, a.kind, a.provider, b.sha256, b.size, b.mime, a.cost_micros, a.details"
    " FROM actions a JOIN blobs b ON b.sha256 = a.blob_sha256 WHERE a.state = 'ready' AND a.key IN "
)
_ASIDE = _LOOKUP.replace("a.state = 'ready'", "a.state = 'failed'")


@dataclass(frozen=True, slots=True)
class ActionState:
    """How far a key is: its state, and who holds it until when."""

    state: str
    owner: str
    lease_until: datetime | None


class ActionTable:
    """``locate`` says where a blob lies."""

    def __init__(self, engine: Engine, locate: Callable[[str], str]) -> None:
        self._engine = engine
        self._locate = locate
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._mark = "?" if self._is_sqlite else "%s"

    # -- reading

    def find(self, key: str) -> CachedAsset | None:
        rows = self._select((key,))
        return self._asset(rows[0]) if rows else None

    def find_many(self, keys: Iterable[str]) -> Iterator[CachedAsset]:
        for some in batches(keys):
            yield from map(self._asset, self._select(some))

    def find_aside(self, keys: Iterable[str]) -> Iterator[CachedAsset]:
        """Of these keys the results that were set aside: their rows are there, their files were not whole."""
        for some in batches(keys):
            yield from map(self._asset, self._select(some, _ASIDE))

    def standing(self, key: str) -> ActionState | None:
        with snapshot(self._engine) as db:
            row = db.execute(select(Action.state, Action.owner, Action.lease_until).where(Action.key == key)).first()
        return ActionState(row.state, row.owner or "", row.lease_until) if row else None

    # -- one maker a key

    def claim(
        self, key: str, *, owner: str, lease: timedelta, kind: str, provider: str, dead: str | None = None
    ) -> Claim:
        """Try to become the one who makes ``key``. ``dead`` names a holder whose process is known to be gone."""
        free: list[ColumnElement[bool]] = [
            _ACTIONS.c.state == "failed",
            and_(_ACTIONS.c.state == "pending", _ACTIONS.c.lease_until < self._moment()),
        ]
        if dead:
            free.append(and_(_ACTIONS.c.state == "pending", _ACTIONS.c.owner == dead))
        taken = {
            "state": "pending",
            "owner": owner,
            "lease_until": self._moment(lease),
            "kind": kind,
            "provider": provider,
        }
        fresh: dict[str, Any] = {"cost_micros": _FREE, "details": {}, "created_at": now(), "hits": 0}
        with self._engine.begin() as db:
            statement = (
                upsert(db, Action)
                .values(key=key, **fresh, **taken)
                .on_conflict_do_update(index_elements=["key"], set_=taken, where=or_(*free))
            )
            if db.execute(statement.returning(_ACTIONS.c.owner)).first():
                return "mine"
            state = db.scalar(select(_ACTIONS.c.state).where(_ACTIONS.c.key == key))
        return "ready" if state == "ready" else "wait"

    def renew(self, held: Mapping[str, str], lease: timedelta) -> int:
        """Hold on to these keys (key → owner) for another lease; how many still are their owners'."""
        kept = 0
        with self._engine.begin() as db:
            for some in batches(sorted(held)):
                kept += db.execute(
                    update(_ACTIONS)
                    .where(
                        _ACTIONS.c.key.in_(some),
                        _ACTIONS.c.owner.in_([held[key] for key in some]),
                        _ACTIONS.c.state == "pending",
                    )
                    .values(lease_until=self._moment(lease))
                ).rowcount
        return kept

    def release(self, key: str, owner: str | None = None) -> bool:
        """Give a claim up, so that another may make it. Without an owner, whoever holds it loses it.

        A claim on what was made before, and set aside, leaves the row that says what it was.
        """
        held = [_ACTIONS.c.key == key, _ACTIONS.c.state == "pending"]
        if owner is not None:
            held.append(_ACTIONS.c.owner == owner)
        back = update(_ACTIONS).where(*held, _ACTIONS.c.blob_sha256.is_not(None))
        with self._engine.begin() as db:
            if db.execute(back.values(state="failed", owner=None, lease_until=None)).rowcount:
                return True
            return db.execute(delete(_ACTIONS).where(*held)).rowcount > 0

    # -- results

    def write(
        self,
        key: str,
        blob: Sealed,
        *,
        kind: str,
        provider: str,
        mime: str,
        cost: Decimal,
        details: Mapping[str, Any],
        owner: str | None = None,
    ) -> bool:
        """Make a blob the result of a key. With an owner, a result that another has published meanwhile stays."""
        moment = now()
        values: dict[str, Any] = {
            "kind": kind,
            "provider": provider,
            "state": "ready",
            "owner": None,
            "lease_until": None,
            "blob_sha256": blob.sha256,
            "cost_micros": cost,
            "details": dict(details),
            "created_at": moment,
            "last_used_at": moment,
        }
        mine = None if owner is None else or_(_ACTIONS.c.state != "ready", _ACTIONS.c.owner == owner)
        known = {"size": blob.size, "created_at": moment, "quarantined_at": None}
        with self._engine.begin() as db:
            db.execute(
                upsert(db, Blob)
                .values(sha256=blob.sha256, mime=mime, **known)
                .on_conflict_do_update(index_elements=["sha256"], set_=known)
            )
            _bring_back(db, blob.sha256)
            statement = upsert(db, Action).values(key=key, hits=0, **values)
            written = db.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values, where=mine))
            return written.rowcount > 0

    def set_aside(self, sha256: str, why: str) -> None:
        """A blob is not there, or not whole: its results may be made again, and what they were stays on record."""
        with self._engine.begin() as db:
            lost = upsert(db, LostBlob).values(sha256=sha256, why=why[:40], at=now())
            db.execute(lost.on_conflict_do_nothing(index_elements=["sha256"]))
            ready = update(_ACTIONS).where(_ACTIONS.c.blob_sha256 == sha256, _ACTIONS.c.state == "ready")
            db.execute(ready.values(state="failed", owner=None, lease_until=None))

    def bring_back(self, sha256: str) -> None:
        """A whole copy was found: the results are what they were."""
        with self._engine.begin() as db:
            _bring_back(db, sha256)

    # -- inside

    def _select(self, keys: Sequence[str], lookup: str = _LOOKUP) -> list[Any]:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"{lookup}({','.join([self._mark] * len(keys))})", keys)
            return cast("list[Any]", cursor.fetchall())
        finally:
            connection.close()

    def _asset(self, row: Sequence[Any]) -> CachedAsset:
        key, kind, provider, sha256, size, mime, micros, details = row
        if isinstance(details, str):  # SQLite keeps JSON as text; "{}" is by far the most frequent
            details = json.loads(details) if details != "{}" else dict[str, Any]()
        cost = from_micros(micros) if micros else _FREE
        place = self._locate(sha256)
        return CachedAsset(key, intern(kind), intern(provider), sha256, size, intern(mime), cost, details, place)

    def _moment(self, ahead: timedelta = timedelta(0)) -> datetime | ColumnElement[datetime]:
        """Leases are measured by one clock: the database's where machines share it, else this machine's."""
        if self._is_sqlite:
            return now() + ahead
        return cast("ColumnElement[datetime]", func.clock_timestamp(type_=DateTime(timezone=True)) + ahead)


def _bring_back(db: Connection, sha256: str) -> None:
    if db.execute(delete(LostBlob).where(LostBlob.sha256 == sha256)).rowcount:
        aside = update(_ACTIONS).where(_ACTIONS.c.blob_sha256 == sha256, _ACTIONS.c.state == "failed")
        db.execute(aside.values(state="ready"))


def forget_blobs(db: Connection, hashes: Sequence[str]) -> None:
    """Remove blobs' rows with the actions that stand on them; the files are the caller's."""
    for some in batches(hashes):
        db.execute(delete(Stray).where(Stray.sha256.in_(some)))
        db.execute(delete(LostBlob).where(LostBlob.sha256.in_(some)))
        db.execute(delete(_ACTIONS).where(_ACTIONS.c.blob_sha256.in_(some), _ACTIONS.c.state != "pending"))
        db.execute(update(_ACTIONS).where(_ACTIONS.c.blob_sha256.in_(some)).values(blob_sha256=None))
        db.execute(delete(_BLOBS).where(_BLOBS.c.sha256.in_(some)))


def batches(values: Iterable[str], size: int = AT_ONCE) -> Iterator[tuple[str, ...]]:
    rest = iter(values)
    while some := tuple(islice(rest, size)):
        yield some
