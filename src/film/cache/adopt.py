"""Rows made anew from the gallery's own records, for files that a database does not know: lost, older, cut short.

    results.log, records of the bucket ─► a key without a result ─► its file, here or in the bucket ─► rows

What the database does know stays as it is. What a collection was about to remove is not taken in again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, or_, select

from film.cache.actions import ActionTable
from film.cache.blobs import BlobStore, Condition, Sealed
from film.cache.locks import Locks
from film.cache.records import Record, Records
from film.db.session import snapshot
from film.db.tables import Action, Stray


@dataclass
class AdoptReport:
    adopted: list[Record] = field(default_factory=list[Record])
    """Results that have their rows again."""
    gone: int = 0
    """Results on record whose file is not here, or not whole."""


def adopt(
    engine: Engine, blobs: BlobStore, records: Records, actions: ActionTable, locks: Locks, *, dry_run: bool = False
) -> AdoptReport:
    report = AdoptReport()
    with snapshot(engine) as db:
        # A row without a file was being made in the moment that an older copy of the database keeps.
        has_file = or_(Action.state == "ready", Action.blob_sha256.is_not(None))
        known = set(db.scalars(select(Action.key).where(has_file)))
        decided = set(db.scalars(select(Stray.sha256).where(Stray.decided)))
    lacking = records.lacking(known)
    blobs.expect({record.sha256: record.size for some in lacking.values() for record in some}.items())
    for key, some in lacking.items():
        candidates = [record for record in some if record.sha256 not in decided]
        record = next((r for r in candidates if _is_there(blobs, r, read=not dry_run)), None)
        if record is None:
            report.gone += bool(candidates)
            continue
        report.adopted.append(record)
        if dry_run:
            continue
        with locks.adding():
            blobs.share(record.sha256, record.size)
            actions.write(
                key,
                Sealed(Path(), record.sha256, record.size),
                kind=record.kind,
                provider=record.provider,
                mime=record.mime,
                cost=record.price,
                details=record.details,
                owner="nobody",
            )
    if not dry_run:
        records.share(report.adopted)
    return report


def _is_there(blobs: BlobStore, record: Record, *, read: bool) -> bool:
    """Whether a file is here, every byte read, or in the bucket at its length: it is read when it is fetched."""
    is_here = blobs.look_here(record.sha256, record.size) is Condition.GOOD
    look = blobs.check if is_here and read else blobs.present
    return look(record.sha256, record.size) is Condition.GOOD
