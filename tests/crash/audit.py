"""What must hold of a gallery whose programs were struck: at once, of its files, and after the next run, of its money.

look_at_files   the moment after: nothing torn, no row without its file (on a copy, since looking mends)
leases_run_out  what a day's waiting does
audit           after the restarts: nothing lost, nothing paid for twice in silence, the ledger equal to the bill

An asset is known by what was ordered, its words and its kind: the journal and the vendors agree on those.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from program import Order
from simulated_vendors import words_of
from sqlalchemy import Engine, select, update

from film.cost_tracker import verify_ledger
from film.cost_tracker.reservations import OPEN
from film.db.base import now
from film.db.session import make_engine, snapshot
from film.db.tables import Action, JobRow, LedgerEntry, ReservationRow
from film.files.digests import sha256_of_file
from film.jobs import Job, Jobs

ZERO = Decimal(0)
Bills = dict[tuple[str, str], list[dict[str, Any]]]
"""(words, kind) → the vendors' jobs."""
_PROMISES = (
    "SELECT blob_sha256 FROM actions WHERE state = 'ready'",
    "SELECT sha256 FROM blobs",
    "SELECT sha256 FROM assets",
)


@dataclass
class Toll:
    """What was found, of any number of films. ``jobs`` are the vendors'; ``wrong`` tells each fault in words."""

    jobs: int = 0
    lost: int = 0
    silent: int = 0
    review: int = 0
    second: int = 0
    """Of those in review, purchases that came to light when a program that had been taken for dead woke up."""
    bought_again: int = 0
    difference: Decimal = ZERO
    unmatched: int = 0
    idle: Decimal = ZERO
    """Set aside for nothing that is on record: until its lease is over, for a program that was killed."""
    wrong: list[str] = field(default_factory=list[str])

    @property
    def is_good(self) -> bool:
        return not (self.wrong or self.lost or self.silent or self.difference or self.unmatched)


def bills_of(vendors_jobs: Iterable[dict[str, Any]]) -> Bills:
    bills: Bills = defaultdict(list)
    for job in vendors_jobs:
        bills[words_of(job["order"]), job["kind"]].append(job)
    return bills


def audit(gallery: Path, database: str, bills: Bills) -> Toll:
    """Hold a gallery's journal, ledger and store against what the vendors have on the books for its assets."""
    engine = make_engine(database)
    toll = Toll()
    toll.wrong += verify_ledger(engine)
    records: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in Jobs(engine).list_jobs():
        records[words_of(job.request["params"]), job.asset_type].append(job)
    money = _Money(engine)
    for asset, jobs in records.items():
        _audit_asset(toll, gallery, asset, jobs, bills.get(asset, []), money)
    for asset, bought in bills.items():
        if asset not in records:
            toll.unmatched += len(bought)
            toll.wrong.append(f"{asset}: {len(bought)} at the vendor, and not on record")
    toll.idle = money.idle(job for jobs in records.values() for job in jobs if job.state == "review")
    engine.dispose()
    return toll


def _audit_asset(
    toll: Toll, gallery: Path, asset: tuple[str, str], jobs: list[Job], bought: list[dict[str, Any]], money: _Money
) -> None:
    states = Counter(job.state for job in jobs)
    toll.jobs += len(bought)
    toll.review += states["review"]
    toll.second += sum(job.is_second for job in jobs)
    toll.bought_again += states["closed"]
    # One job at the vendor for each that may have made one: more would be a purchase that nobody was told of.
    toll.silent += max(0, len(bought) - sum(not _made_nothing(job) for job in jobs))
    for job in jobs:
        if job.posts > 1:
            toll.wrong.append(f"{asset}: {job.posts} POSTs for one intent")
        if job.state == "done":
            toll.lost += not _lies_whole(gallery, str(job.blob_sha256))
        elif job.state not in ("review", "closed") and not _made_nothing(job):
            toll.wrong.append(f"{asset} was left as {job.state}: {job.error}")
    if not states["done"] and not states["review"]:
        toll.lost += 1
    charged = sum((Decimal(job["price"]) for job in bought if job["billed"]), ZERO)
    booked = money.booked(jobs)
    # What nobody can tell is held or booked as if it had been billed: it may be more than the bill, never less.
    assumed = sum((job.quoted for job in jobs if job.state in ("review", "closed")), ZERO)
    unbooked = sum((job.quoted for job in jobs if job.is_second), ZERO)
    difference = max(ZERO, charged - booked - unbooked, booked - charged - assumed)
    if difference:
        toll.difference += difference
        told = f"billed {charged}, booked {booked}, assumed {assumed}, {len(bought)} at the vendor"
        toll.wrong.append(f"{asset}: {told}, {dict(states)} on record")
    known = {_known_as(job["id"]) for job in bought}
    toll.unmatched += sum(job.state == "done" and _known_as(job.vendor_job_id) not in known for job in jobs)


def _made_nothing(job: Job) -> bool:
    """Whether the record says that no job came about: it was not taken, or is proven absent from the vendor's list."""
    return job.state == "unsent" or (job.state == "failed" and job.billed == ZERO)


def is_under_way(database: str, order: Order) -> bool:
    """Whether something was ordered for a film that its next run would go on with, unasked."""
    engine = make_engine(database)
    try:
        jobs = Jobs(engine).list_jobs(film_id=order.film.replace(" ", "_"))
        return any(job.state in ("intent", "submitted", "unknown") for job in jobs)
    finally:
        engine.dispose()


class _Money:
    """The ledger's side: what is settled and what is still set aside, by reservation."""

    def __init__(self, engine: Engine) -> None:
        amounts = select(LedgerEntry.reservation_id, LedgerEntry.amount).where(LedgerEntry.kind == "settle")
        still = select(ReservationRow.id, ReservationRow.estimated).where(ReservationRow.state.in_(OPEN))
        with snapshot(engine) as connection:
            self._settled = {str(name): amount for name, amount in connection.execute(amounts)}
            self._held = {str(name): amount for name, amount in connection.execute(still)}

    def booked(self, jobs: list[Job]) -> Decimal:
        """Each order has money of its own: settled, or still set aside for it."""
        names = {str(job.reservation_id) for job in jobs}
        return sum((self._settled.get(name, ZERO) + self._held.get(name, ZERO) for name in names), ZERO)

    def idle(self, under_review: Iterable[Job]) -> Decimal:
        wanted = {job.reservation_id for job in under_review}
        return sum((amount for name, amount in self._held.items() if name not in wanted), ZERO)


# -- files


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


def faults_of_files(gallery: Path) -> Iterator[str]:
    yield from (f"{count} {kind} after the restart" for kind, count in look_at_files(gallery).items() if count)


def _tables(database: Path) -> set[str]:
    if not database.exists():
        return set()
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _lies_whole(gallery: Path, sha256: str) -> bool:
    blob = gallery / "blobs" / "sha256" / sha256[:2] / sha256[2:4] / sha256
    return blob.exists() and sha256_of_file(blob) == sha256


def _known_as(job_id: str) -> str:
    """A job's id without what vendors put around it in one place and not in another."""
    return job_id.removeprefix("req_").removeprefix("item_").replace("-", "")
