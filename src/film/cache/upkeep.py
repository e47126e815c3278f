"""Keeping the store honest and small: verify, repair, and collecting what nothing needs any more.

    collect:  in use ◄──used again── doubtful (``quarantined_at``) ──a grace period later──► removed

Garbage is found by marking: what films, the library, recent use and running work name is kept. The rest is only marked
doubtful at first, and stays readable and findable; a hit makes it good again. It is removed when a later collection,
at least a grace period after, still finds no use for it. So a reader is never robbed of a file it was just told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, and_, exists, or_, select, update

from film.cache.actions import batches, forget_blobs
from film.cache.blobs import BlobStore, Condition
from film.cache.locks import Locks
from film.db.base import now
from film.db.session import snapshot
from film.db.tables import Action, AssetRow, Blob, Film, Take

GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Problem:
    """A blob that is not what its row says."""

    sha256: str
    condition: Condition

    def __str__(self) -> str:
        return f"blob {self.sha256[:16]} is {self.condition.value}"


@dataclass(frozen=True)
class VerifyReport:
    checked: int
    size: int
    problems: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        return not self.problems


@dataclass
class CollectReport:
    """What a collection did. ``freed`` is in bytes; ``doubtful`` blobs go next time, if nothing uses them."""

    doubtful: int = 0
    rescued: int = 0
    removed: int = 0
    orphans: int = 0
    temporaries: int = 0
    freed: int = 0
    kept: int = field(default=0, repr=False)


class Upkeep:
    def __init__(self, engine: Engine, blobs: BlobStore, locks: Locks) -> None:
        self._engine, self._blobs, self._locks = engine, blobs, locks

    def verify(self, *, read_all: bool) -> VerifyReport:
        """Compare each row with its file: its presence and length, and every byte if asked. Changes nothing."""
        if read_all:
            self._blobs.forget_checks()
        checked, total, problems = 0, 0, list[Problem]()
        with snapshot(self._engine) as db:
            rows = db.execute(select(Blob.sha256, Blob.size).order_by(Blob.sha256)).all()
        self._blobs.expect((sha256, size) for sha256, size in rows)
        for sha256, size in rows:
            checked, total = checked + 1, total + size
            condition = self._blobs.audit(sha256, size, read=read_all)
            if condition is not Condition.GOOD:
                problems.append(Problem(sha256, condition))
        return VerifyReport(checked, total, tuple(problems))

    def discard(self, problem: Problem) -> None:
        """Put a bad blob aside and forget what was promised of it, so that it is made again."""
        with self._locks.removing():
            size = self._size(problem.sha256)
            if size is None or self._blobs.check(problem.sha256, size) is Condition.GOOD:
                if size is not None:
                    self._blobs.share(problem.sha256, size)
                return  # healed meanwhile, or others had it whole
            with self._engine.begin() as db:
                forget_blobs(db, [problem.sha256])
            if problem.condition is not Condition.MISSING:
                self._blobs.condemn(problem.sha256)

    def roots(self, used_since: datetime) -> set[str]:
        """The blobs that films and the library name, or that were made or used since."""
        with snapshot(self._engine) as db:
            named = (
                select(Action.blob_sha256).join(Take, Take.key == Action.key),
                select(AssetRow.sha256),
                select(Film.output_sha256),
                select(Action.blob_sha256).where(
                    or_(Action.created_at >= used_since, Action.last_used_at >= used_since)
                ),
            )
            return {sha256 for query in named for sha256 in db.scalars(query) if sha256}

    def collect(self, roots: Iterable[str], *, grace: timedelta) -> CollectReport:
        report, moment = CollectReport(), now()
        cutoff = moment - grace
        live = {*roots, *self._held(cutoff)}
        with snapshot(self._engine) as db:
            rows = db.execute(select(Blob.sha256, Blob.quarantined_at)).all()
        report.kept = len(rows)
        known = {row.sha256 for row in rows}
        self._mark(
            [r.sha256 for r in rows if r.quarantined_at is not None and r.sha256 in live],
            [r.sha256 for r in rows if r.quarantined_at is None and r.sha256 not in live],
            moment,
            report,
        )
        overdue = [r.sha256 for r in rows if r.quarantined_at and r.quarantined_at <= cutoff and r.sha256 not in live]
        for some in batches(overdue, 100):
            self._remove(some, cutoff, report)
        self._remove_orphans(known, cutoff, report)
        seconds = grace.total_seconds()
        for folder in (self._blobs.temporaries, self._blobs.condemned):
            report.temporaries += self._blobs.sweep(folder, older_than=seconds, is_dead=self._locks.is_dead)
        self._locks.bury()
        report.kept -= report.removed
        return report

    def _held(self, cutoff: datetime) -> set[str]:
        """What no collection may touch, whatever its roots: the new, the just used and what a lease holds."""
        with snapshot(self._engine) as db:
            held = (
                select(Action.blob_sha256)
                .join(Blob, Blob.sha256 == Action.blob_sha256)
                .where(
                    or_(
                        Action.state == "pending",
                        Action.last_used_at > cutoff,
                        Action.created_at > cutoff,
                        Action.last_used_at > Blob.quarantined_at,
                    )
                )
            )
            new = select(Blob.sha256).where(Blob.created_at > cutoff)
            return {sha256 for query in (held, new) for sha256 in db.scalars(query) if sha256}

    def _mark(self, used: list[str], unused: list[str], moment: datetime, report: CollectReport) -> None:
        for hashes, value in ((used, None), (unused, moment)):
            for some in batches(hashes):
                with self._engine.begin() as db:
                    db.execute(update(Blob).where(Blob.sha256.in_(some)).values(quarantined_at=value))
        report.rescued, report.doubtful = len(used), len(unused)

    def _remove(self, hashes: tuple[str, ...], cutoff: datetime, report: CollectReport) -> None:
        with self._locks.removing():
            with self._engine.begin() as db:
                gone = _still_unused(db, hashes, cutoff)
                forget_blobs(db, list(gone))
            self._blobs.remove(list(gone))
            report.removed += len(gone)
            report.freed += sum(gone.values())

    def _remove_orphans(self, known: set[str], cutoff: datetime, report: CollectReport) -> None:
        """Files whose row was never written, or whose removal was cut short."""
        for sha256, size in self._blobs.strays(known, cutoff.timestamp()):
            with self._locks.removing():
                if self._size(sha256) is None:
                    self._blobs.remove([sha256])
                    report.orphans += 1
                    report.freed += size

    def _size(self, sha256: str) -> int | None:
        with snapshot(self._engine) as db:
            return db.scalar(select(Blob.size).where(Blob.sha256 == sha256))


def _still_unused(db: Connection, hashes: tuple[str, ...], cutoff: datetime) -> dict[str, int]:
    """Of these doubtful blobs those that nothing has asked for since: hash → size."""
    in_use = exists().where(
        and_(
            Action.blob_sha256 == Blob.sha256,
            or_(Action.state == "pending", Action.last_used_at > Blob.quarantined_at),
        )
    )
    unused = select(Blob.sha256, Blob.size).where(Blob.sha256.in_(hashes), Blob.quarantined_at <= cutoff, ~in_use)
    return {row.sha256: row.size for row in db.execute(unused)}
