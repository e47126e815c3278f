"""What must hold of a gallery whose program was struck: at once, of its files, and after the next run, of its money.

look_at_files   the moment after: nothing torn, no row without its file (on a copy, since looking mends)
leases_run_out  what a day's waiting does
audit           after the restarts: nothing lost, nothing paid for twice in silence, the ledger equal to the bill
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, update

from film.cost_tracker.audit import verify_ledger
from film.cost_tracker.reservations import OPEN
from film.db.base import now
from film.db.session import make_engine, snapshot
from film.db.tables import Action, JobRow, LedgerEntry, ReservationRow
from film.hashing import sha256_of_file
from film.jobs import Job, Jobs

ZERO = Decimal(0)
_PROMISES = (
    "SELECT blob_sha256 FROM actions WHERE state = 'ready'",
    "SELECT sha256 FROM blobs",
    "SELECT sha256 FROM assets",
)


def look_at_files(gallery: Path) -> Counter[str]:
    """How many blobs and databases are ``torn``, and rows of an index ``dangling``, as the fault left them."""
    found = Counter[str]()
    copy = gallery.with_name(gallery.name + "-copy")
    shutil.copytree(gallery, copy)
    try:
        blobs = {path.name: path for path in (copy / "blobs").rglob("*") if path.is_file()}
        found["torn"] = sum(sha256_of_file(path) != name for name, path in blobs.items())
        tables = _tables(copy / "film.db")
        with closing(sqlite3.connect(copy / "film.db")) as database:
            found["torn"] += database.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
            if "actions" in tables:
                promised = {sha256 for query in _PROMISES for (sha256,) in database.execute(query)}
                found["dangling"] = len(promised - blobs.keys())
    finally:
        shutil.rmtree(copy)
    return found


def leases_run_out(gallery: Path) -> None:
    """Every claim on a key, a job or on money is as old as if its holder had been gone for a day."""
    if "actions" not in _tables(gallery / "film.db"):
        return  # the fault came before there was anything to claim
    engine = make_engine(f"sqlite:///{gallery / 'film.db'}")
    with engine.begin() as connection:
        for table in (Action, JobRow, ReservationRow):
            over = update(table).where(table.lease_until.is_not(None)).values(lease_until=now() - timedelta(days=1))
            connection.execute(over)
    engine.dispose()


def audit(gallery: Path, bought: list[dict[str, Any]], trouble: str) -> Iterator[str]:
    """What is wrong with the journal, ledger and store of one asset, held against what its vendor has on the books.

    ``trouble`` is what the restarted program said, if it came to nothing; only a job up for review excuses it.
    """
    engine = make_engine(f"sqlite:///{gallery / 'film.db'}")
    jobs = Jobs(engine).list_jobs()
    states = Counter(job.state for job in jobs)
    if len(bought) > len(jobs):
        yield f"a silent double: {len(bought)} at the vendor, {dict(states)} on record"
    if not states["done"] and not states["review"]:
        yield f"lost: {dict(states)} on record, {len(bought)} at the vendor"
    if trouble and not states["review"]:
        yield f"not made by the next run either: {trouble}"
    for job in jobs:
        if job.posts > 1:
            yield f"{job.posts} POSTs for one intent"
        if job.state not in ("done", "review", "closed"):
            yield f"left as {job.state}: {job.error}"
        if job.state == "done" and not _lies_whole(gallery, str(job.blob_sha256)):
            yield f"lost: the blob of a finished job, {job.blob_sha256}"
    yield from verify_ledger(engine)
    yield from _money(engine, jobs, sum((Decimal(job["price"]) for job in bought), ZERO))
    files = look_at_files(gallery)
    yield from (f"{count} {kind} after the restart" for kind, count in files.items() if count)
    engine.dispose()


def _tables(database: Path) -> set[str]:
    if not database.exists():
        return set()
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _lies_whole(gallery: Path, sha256: str) -> bool:
    blob = gallery / "blobs" / "sha256" / sha256[:2] / sha256[2:4] / sha256
    return blob.exists() and sha256_of_file(blob) == sha256


def _money(engine: Engine, jobs: list[Job], charged: Decimal) -> Iterator[str]:
    with snapshot(engine) as connection:
        settled = connection.scalars(select(LedgerEntry.amount).where(LedgerEntry.kind == "settle")).all()
        held = connection.scalars(select(ReservationRow.estimated).where(ReservationRow.state.in_(OPEN))).all()
    booked = sum(settled, ZERO) + sum(held, ZERO)
    # What nobody can tell is held or booked as if it had been billed: more than the bill, never less.
    assumed = sum((job.quoted for job in jobs if job.state in ("review", "closed")), ZERO)
    if not charged <= booked <= charged + assumed:
        yield f"billed {charged}, booked {booked}, of which assumed {assumed}"
    if held and not any(job.state == "review" for job in jobs):
        yield f"{sum(held, ZERO)} set aside for nothing"
