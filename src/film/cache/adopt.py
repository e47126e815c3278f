"""Rows made anew from the gallery's own records, for files that a database does not know: lost, older, cut short.

    results.log ─► a key without a result ─► its file here, every byte read ─► rows

What the database does know stays as it is. What a collection was about to remove is not taken in again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, or_, select

from film.cache.actions import ActionTable, batches
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
    newest = {record.key: record for record in records.read()}
    with snapshot(engine) as db:
        decided = set(db.scalars(select(Stray.sha256).where(Stray.decided)))
    for some in batches(newest):
        with snapshot(engine) as db:
            # A row without a file was being made in the moment that an older copy of the database keeps.
            has_file = or_(Action.state == "ready", Action.blob_sha256.is_not(None))
            known = set(db.scalars(select(Action.key).where(Action.key.in_(some), has_file)))
        for key in some:
            record = newest[key]
            if key in known or record.sha256 in decided:
                continue
            look = blobs.look_here if dry_run else blobs.check_here
            if look(record.sha256, record.size) is not Condition.GOOD:
                report.gone += 1
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
    return report
