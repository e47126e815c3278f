"""Keeping the store honest and small: verify, repair, and collecting what nothing needs any more.

    collect:  in use ◄──used again── doubtful (``quarantined_at``) ──a grace period later──► removed

What films, the library, recent use and running work name is kept (``keeping`` decides). The rest is only marked
doubtful at first, and stays readable and findable; a hit makes it good again. It is removed when a later collection,
at least a grace period after, still finds no use for it. So a reader is never robbed of a file it was just told of.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select, update

from film.cache.actions import batches, forget_blobs
from film.cache.blobs import BlobStore, Condition
from film.cache.keeping import Decision, Item, Why, still_unused
from film.cache.locks import Locks
from film.db.base import now
from film.db.session import snapshot
from film.db.tables import AssetRow, Blob

GRACE = timedelta(hours=24)

AT_ONCE = 2_000
"""Blobs a transaction. Each is a sync that also waits for the folders that files went from: of few blobs at a time, a
collection is mostly waiting. Of many, nothing could be put into the store for long; these take half a second."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A blob that is not what its row says."""

    sha256: str
    condition: Condition

    def __str__(self) -> str:
        return f"blob {self.sha256[:16]} is {self.condition.value}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which blobs to look at: those made or changed since a moment, and of these part ``part`` of ``parts``.

    The parts are cut by hash, so that whoever takes another one each day has soon read everything.
    """

    since: datetime | None = None
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class VerifyReport:
    checked: int
    size: int
    problems: tuple[Problem, ...]
    of: int = 0
    """All blobs that there are; more than ``checked`` where only some were to be."""

    @property
    def is_good(self) -> bool:
        return not self.problems


@dataclass
class CollectReport:
    """What a collection did, or would do. Sizes are in bytes; ``doubtful`` blobs go next time, if nothing uses them,
    and ``waiting`` ones are doubtful for less than the grace period."""

    doubtful: int = 0
    doubtful_size: int = 0
    waiting: int = 0
    rescued: int = 0
    removed: int = 0
    orphans: int = 0
    temporaries: int = 0
    freed: int = 0
    kept: int = field(default=0, repr=False)
    reasons: dict[Why, tuple[int, int]] = field(default_factory=dict[Why, tuple[int, int]], repr=False)
    """Why blobs stay: how many, and how large together."""
    going: tuple[Item, ...] = field(default=(), repr=False)
    marked: tuple[Item, ...] = field(default=(), repr=False)
    """Of a dry run: what would be removed, and what would become doubtful."""


class Upkeep:
    def __init__(self, engine: Engine, blobs: BlobStore, locks: Locks) -> None:
        self._engine, self._blobs, self._locks = engine, blobs, locks

    def verify(self, *, read_all: bool, scope: Scope | None = None) -> VerifyReport:
        """Compare each row with its file: its presence and length, and every byte if asked. Changes nothing."""
        if read_all:
            self._blobs.forget_checks()
        checked, total, problems = 0, 0, list[Problem]()
        with snapshot(self._engine) as db:
            rows = db.execute(select(Blob.sha256, Blob.size, Blob.created_at).order_by(Blob.sha256)).all()
        chosen = [(row.sha256, row.size) for row in rows if scope is None or self._is_in(scope, *row)]
        self._blobs.expect(chosen)
        for sha256, size in chosen:
            checked, total = checked + 1, total + size
            condition = self._blobs.audit(sha256, size, read=read_all)
            if condition is not Condition.GOOD:
                problems.append(Problem(sha256, condition))
        return VerifyReport(checked, total, tuple(problems), of=len(rows))

    def _is_in(self, scope: Scope, sha256: str, size: int, created: datetime) -> bool:
        """Whether a blob is to be looked at. One that is not where and what it should be is, whatever its age."""
        if scope.parts > 1 and int(sha256[:8], 16) % scope.parts != scope.part - 1:
            return False
        if scope.since is None or created >= scope.since or self._blobs.look_here(sha256, size) is not Condition.GOOD:
            return True
        return self._blobs.changed_since(sha256, scope.since.timestamp())

    def promised_in_vain(self) -> int:
        """How many assets of the library name a blob that is not on record."""
        with snapshot(self._engine) as db:
            lost = select(func.count()).select_from(AssetRow).outerjoin(Blob, Blob.sha256 == AssetRow.sha256)
            return db.scalar(lost.where(AssetRow.sha256 != "", Blob.sha256.is_(None))) or 0

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

    def collect(self, decision: Decision, *, grace: timedelta, dry_run: bool = False) -> CollectReport:
        moment = now()
        cutoff = moment - grace
        unneeded = sorted(decision.unneeded, key=lambda item: item.sha256)  # as they lie in the tables and folders
        doubtful = [item for item in unneeded if item.doubtful_since is None]
        overdue = [item for item in unneeded if item.doubtful_since and item.doubtful_since <= cutoff]
        waiting = len(unneeded) - len(doubtful) - len(overdue)
        rescued = [i.sha256 for i in decision.items.values() if i.doubtful_since and i.sha256 in decision.keep]
        report = CollectReport(
            doubtful=len(doubtful),
            doubtful_size=sum(item.size for item in doubtful),
            waiting=waiting,
            rescued=len(rescued),
            reasons=decision.tally(),
            going=tuple(overdue) if dry_run else (),
            marked=tuple(doubtful) if dry_run else (),
        )
        if dry_run:
            report.removed, report.freed = len(overdue), sum(item.size for item in overdue)
            report.kept = len(decision.items) - report.removed
            return report
        self._mark(rescued, [item.sha256 for item in doubtful], moment)
        for some in batches([item.sha256 for item in overdue], AT_ONCE):
            self._remove(some, cutoff, report)
        self._remove_orphans(decision.items.keys(), cutoff, report)
        seconds = grace.total_seconds()
        for folder in (self._blobs.temporaries, self._blobs.condemned):
            report.temporaries += self._blobs.sweep(folder, older_than=seconds, is_dead=self._locks.is_dead)
        self._locks.bury()
        report.kept = len(decision.items) - report.removed
        return report

    def _mark(self, used: list[str], unused: list[str], moment: datetime) -> None:
        for hashes, value in ((used, None), (unused, moment)):
            for some in batches(hashes, AT_ONCE):
                with self._engine.begin() as db:
                    db.execute(update(Blob).where(Blob.sha256.in_(some)).values(quarantined_at=value))

    def _remove(self, hashes: tuple[str, ...], cutoff: datetime, report: CollectReport) -> None:
        with self._locks.removing():
            with self._engine.begin() as db:
                gone = still_unused(db, hashes, cutoff)
                forget_blobs(db, list(gone))
            self._blobs.remove(list(gone))
            report.removed += len(gone)
            report.freed += sum(gone.values())

    def _remove_orphans(self, known: Set[str], cutoff: datetime, report: CollectReport) -> None:
        """Files whose row was never written, or whose removal was cut short."""
        strays = dict(self._blobs.strays(known, cutoff.timestamp()))
        for some in batches(strays, AT_ONCE):
            with self._locks.removing():
                with snapshot(self._engine) as db:
                    adopted = set(db.scalars(select(Blob.sha256).where(Blob.sha256.in_(some))))
                gone = [sha256 for sha256 in some if sha256 not in adopted]
                self._blobs.remove(gone)
            report.orphans += len(gone)
            report.freed += sum(strays[sha256] for sha256 in gone)

    def _size(self, sha256: str) -> int | None:
        with snapshot(self._engine) as db:
            return db.scalar(select(Blob.size).where(Blob.sha256 == sha256))
