"""The gallery and the bucket behind it, kept in step by hand: give the bucket what it lacks, free the disk here.

    push   every blob of the library that lies here and not there goes there, and so do the records of results; what
           lies in neither is named
    drop   files here that the bucket has whole go, the least recently used first

What would be the last copy is read, or proven by the store's own checksum, before the other one goes: an object that is
bad is replaced by the good file instead.

A file goes only when no run can have been told of it within the grace period. Whoever wants it later fetches it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from film.cache.blobs import Condition
from film.cache.membership import Membership
from film.cache.records import UNRECORDED, Record, Records
from film.cache.shared import SharedBlobs
from film.db.session import snapshot
from film.db.tables import Action, Blob


@dataclass(frozen=True)
class Pushed:
    sent: int
    size: int
    already: int
    missing: tuple[str, ...]
    """Blobs that are neither here nor there, or here and not whole."""


@dataclass(frozen=True)
class Dropped:
    files: int
    freed: int
    left: int
    """Bytes that lie here still."""


class Copies:
    def __init__(self, engine: Engine, blobs: SharedBlobs, membership: Membership, records: Records) -> None:
        self._engine, self._blobs, self._membership, self._records = engine, blobs, membership, records

    def take(self) -> None:
        """Make the bucket the library's, also where it has had another until now."""
        self._membership.take(anew=True)

    def push(self, *, finish: bool) -> Pushed:
        """``finish``: what is neither here nor there is gone, and counts as missing from here on."""
        with snapshot(self._engine) as db:
            sizes = {row.sha256: row.size for row in db.execute(select(Blob.sha256, Blob.size))}
        there = self._blobs.bucket.sizes(sizes)
        sent, size, missing = 0, 0, list[str]()
        for sha256, wanted in sizes.items():
            if self._blobs.share(sha256, wanted):
                sent, size = sent + 1, size + wanted
            elif there.get(sha256) != wanted and self._blobs.bucket.size(sha256) != wanted:
                missing.append(sha256)
        self._records.share([*self._records.read(), *self._on_record()])
        if self._membership.is_filling and (finish or not missing):
            self._membership.write(is_filling=False)
        return Pushed(sent, size, len(sizes) - sent - len(missing), tuple(missing))

    def _on_record(self) -> Iterator[Record]:
        """What the database knows of results, in whatever gallery they were recorded."""
        columns = (
            Action.key, Action.kind, Action.provider, Blob.sha256, Blob.size, Blob.mime, Action.cost, Action.details,
            Action.created_at,
        )  # fmt: skip
        results = select(*columns).join(Blob, Blob.sha256 == Action.blob_sha256)
        with snapshot(self._engine) as db:
            for row in db.execute(results.where(Action.kind.not_in(UNRECORDED))):
                key, kind, provider, sha256, size, mime, cost, details, at = row
                yield Record(key, kind, provider, sha256, size, mime, str(cost), dict(details), at.isoformat())

    def drop(self, used_before: datetime, size_cap: int, *, dry_run: bool) -> Dropped:
        here = dict(self._blobs.files())
        left = sum(found.st_size for found in here.values())
        files = freed = 0
        for sha256, size in self._unused(used_before):
            if left <= size_cap:
                break
            found = here.get(sha256)
            if found is None or found.st_mtime >= used_before.timestamp() or found.st_size != size:
                continue
            if self._blobs.bucket.size(sha256) != size:
                continue
            if not dry_run:
                if self._blobs.check_here(sha256, size) is Condition.GOOD and self._blobs.share(sha256, size):
                    continue  # the bucket's was bad; it is good now, and looked at again the next time
                if not self._blobs.bucket.is_whole(sha256, size, like=self._good_file(sha256, size)):
                    continue
                self._blobs.drop(sha256)
            files, freed, left = files + 1, freed + size, left - size
        return Dropped(files, freed, left)

    def _good_file(self, sha256: str, size: int) -> Path | None:
        is_good = self._blobs.check_here(sha256, size) is Condition.GOOD
        return Path(self._blobs.location(sha256)) if is_good else None

    def _unused(self, since: datetime) -> Iterator[tuple[str, int]]:
        """Blobs that nothing has made or used since, the longest unused first."""
        self._membership.ensure()
        used = func.max(func.coalesce(Action.last_used_at, Action.created_at))
        with snapshot(self._engine) as db:
            rows = db.execute(
                select(Blob.sha256, Blob.size)
                .join(Action, Action.blob_sha256 == Blob.sha256)
                .group_by(Blob.sha256, Blob.size)
                .having(used < since, func.count().filter(Action.state == "pending") == 0)
                .order_by(used)
            ).all()
        yield from ((row.sha256, row.size) for row in rows)
