"""Keeping the store honest and small: verify, repair, and collecting what nothing needs any more.

    collect:  in use ◄──used again── doubtful (``quarantined_at``) ──a grace period later──► decided ──► removed
    files without a row:   seen ──30 days──► marked ──a grace period later──► removed

What films, the library, recent use and running work name is kept (``keeping`` decides). The rest is only marked
doubtful at first, and stays readable and findable; a hit makes it good again. It is removed when a later collection,
at least a grace period after, still finds no use for it. So a reader is never robbed of a file it was just told of.
What is to be removed is written down with the removal of its rows, so that the next run finishes what was cut short.

A file without a row is nobody's wish to delete it: perhaps the database is at fault. Its time counts from the moment at
which this database first saw it, and never from what a disk says of its age. Marks of a clock that was ahead are set
anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, delete, func, insert, or_, select, update

from film.cache.actions import ActionTable, batches, forget_blobs
from film.cache.blobs import BlobStore, Condition
from film.cache.identity import Identity
from film.cache.keeping import Decision, Item, Why, still_unused
from film.cache.locks import Locks
from film.db.base import now
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import AssetRow, Blob, LostBlob, Stray
from film.errors import StoreError, disk_error

GRACE = timedelta(hours=24)
KEPT_ASIDE = timedelta(days=30)
"""How long files without a row, and files that were put aside, lie before anything is decided of them."""

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
class UpkeepScope:
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
    lost: int = 0
    """Blobs that were set aside: on record, and not read."""

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
    strays: int = 0
    """Files without a row that stay for now."""
    strays_size: int = 0
    kept: int = field(default=0, repr=False)
    reasons: dict[Why, tuple[int, int]] = field(default_factory=dict[Why, tuple[int, int]], repr=False)
    """Why blobs stay: how many, and how large together."""
    going: tuple[Item, ...] = field(default=(), repr=False)
    marked: tuple[Item, ...] = field(default=(), repr=False)
    """Of a dry run: what would be removed, and what would become doubtful."""
    found: tuple[StrayFile, ...] = field(default=(), repr=False)
    """Of a dry run: files without a row."""


@dataclass(frozen=True, slots=True)
class StrayFile:
    """A file without a row. ``seen`` is None where nobody has written it down yet."""

    sha256: str
    size: int
    seen: datetime | None
    marked: datetime | None
    is_decided: bool


Outcome = Literal["healed", "aside", "unavailable"]


class Upkeep:
    def __init__(
        self, engine: Engine, blobs: BlobStore, locks: Locks, actions: ActionTable, identity: Identity
    ) -> None:
        self._engine, self._blobs, self._locks = engine, blobs, locks
        self._actions, self._identity = actions, identity

    def verify(self, *, read_all: bool, scope: UpkeepScope | None = None) -> VerifyReport:
        """Compare each row with its file: its presence and length, and every byte if asked. Changes nothing."""
        if read_all:
            self._blobs.forget_checks()
        checked, total, problems = 0, 0, list[Problem]()
        with snapshot(self._engine) as db:
            everything = db.execute(select(Blob.sha256, Blob.size, Blob.created_at).order_by(Blob.sha256)).all()
            lost = set(db.scalars(select(LostBlob.sha256)))
        rows = [row for row in everything if row.sha256 not in lost] if lost else everything
        chosen = [(row.sha256, row.size) for row in rows if scope is None or self._is_in(scope, *row)]
        self._blobs.expect(chosen)
        for sha256, size in chosen:
            checked, total = checked + 1, total + size
            condition = self._blobs.audit(sha256, size, read=read_all)
            if condition is not Condition.GOOD:
                problems.append(Problem(sha256, condition))
        return VerifyReport(checked, total, tuple(problems), of=len(rows), lost=len(everything) - len(rows))

    def _is_in(self, scope: UpkeepScope, sha256: str, size: int, created: datetime) -> bool:
        """Whether a blob is to be looked at. One that is not where and what it should be is, whatever its age."""
        if scope.parts > 1 and int(sha256[:8], 16) % scope.parts != scope.part - 1:
            return False
        if scope.since is None or created >= scope.since or self._blobs.look_here(sha256, size) is not Condition.GOOD:
            return True
        return self._blobs.changed_since(sha256, scope.since.timestamp())

    def promised_in_vain(self) -> int:
        """How many assets of the library name a blob that is not on record, or was set aside."""
        with snapshot(self._engine) as db:
            lost = (
                select(func.count())
                .select_from(AssetRow)
                .outerjoin(Blob, Blob.sha256 == AssetRow.sha256)
                .outerjoin(LostBlob, LostBlob.sha256 == AssetRow.sha256)
            )
            nowhere = or_(Blob.sha256.is_(None), LostBlob.sha256.is_not(None))
            return db.scalar(lost.where(AssetRow.sha256 != "", nowhere)) or 0

    def lost(self) -> list[tuple[str, str, datetime]]:
        """Blobs that were set aside: hash, why, since when."""
        with snapshot(self._engine) as db:
            rows = db.execute(select(LostBlob.sha256, LostBlob.why, LostBlob.at).order_by(LostBlob.sha256))
            return [(row.sha256, row.why, row.at) for row in rows]

    def is_whole(self, sha256: str) -> bool:
        size = self._size(sha256)
        return size is not None and self._blobs.check(sha256, size) is Condition.GOOD

    def bring_back(self) -> int:
        """What was set aside and is whole by now, here, in the bucket or in quarantine, counts again."""
        back = 0
        for sha256, _, _ in self.lost():
            with self._locks.adding():
                size = self._size(sha256)
                if size is not None and self._healed(sha256, size):
                    self._actions.bring_back(sha256)
                    back += 1
        return back

    def heal_from(self, other: BlobStore, hashes: Iterable[str]) -> list[str]:
        """Bring whole copies of these blobs from another folder of blobs; those that came."""
        healed: list[str] = []
        for sha256 in hashes:
            size = self._size(sha256)
            if size is None or other.check_here(sha256, size) is not Condition.GOOD:
                continue
            temporary = self._blobs.temporary()
            try:
                with other.open(sha256) as source, temporary.open("xb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
                sealed = self._blobs.seal(temporary)
                if sealed.sha256 == sha256:
                    with self._locks.adding():
                        self._blobs.place(sealed)
                        self._actions.bring_back(sha256)
                    healed.append(sha256)
            except OSError as error:
                raise disk_error(error) from error
            finally:
                temporary.unlink(missing_ok=True)
        return healed

    def put_aside(self, problem: Problem) -> Outcome:
        """Heal a bad blob from wherever a whole copy is; else put its file aside, and its row."""
        if problem.condition.is_unavailable:
            return "unavailable"
        with self._locks.removing():
            size = self._size(problem.sha256)
            if size is None:
                return "aside"  # by somebody else, meanwhile
            condition = self._blobs.check(problem.sha256, size)
            if condition.is_unavailable:
                return "unavailable"
            if condition is not Condition.GOOD and condition is not Condition.MISSING:
                try:
                    self._blobs.condemn(problem.sha256)
                except StoreError:  # a folder that nothing may be moved from
                    return "unavailable"
            if condition is Condition.GOOD or self._healed(problem.sha256, size):
                self._blobs.share(problem.sha256, size)
                self._actions.bring_back(problem.sha256)
                return "healed"
            self._identity.absent()
            self._actions.set_aside(problem.sha256, problem.condition.value)
            return "aside"

    def _healed(self, sha256: str, size: int) -> bool:
        try:
            if self._blobs.check(sha256, size) is Condition.GOOD:
                return True
            return self._blobs.heal(sha256, size)
        except StoreError:
            return False

    def collect(self, decision: Decision, *, grace: timedelta, dry_run: bool = False) -> CollectReport:
        """What ``decision`` leaves over, in two runs at least ``grace`` apart; ``identity.remove`` was asked before."""
        moment = now()
        cutoff = moment - grace
        unneeded = sorted(decision.unneeded, key=lambda item: item.sha256)  # as they lie in the tables and folders
        doubtful = [item for item in unneeded if item.doubtful_since is None or item.doubtful_since > moment]
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
            report.found = tuple(self.strays(decision.items.keys()))
            report.strays, report.strays_size = len(report.found), sum(stray.size for stray in report.found)
            return report
        self._mark(rescued, [item.sha256 for item in doubtful], moment)
        for some in batches([item.sha256 for item in overdue], AT_ONCE):
            self._remove(some, cutoff, report)
        self._collect_strays(decision.items.keys(), moment, cutoff, report)
        seconds, folder = grace.total_seconds(), self._blobs.temporaries
        report.temporaries += self._blobs.sweep(folder, older_than=seconds, is_dead=self._locks.is_dead)
        report.temporaries += self._blobs.sweep_condemned(KEPT_ASIDE.total_seconds())
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
                if gone:
                    at = {"seen_at": now(), "decided": True}
                    db.execute(insert(Stray), [{"sha256": name, "size": size, **at} for name, size in gone.items()])
            self._remove_files(list(gone))
            report.removed += len(gone)
            report.freed += sum(gone.values())

    def strays(self, known: Set[str] | None = None) -> list[StrayFile]:
        """Files without a row, with what is on record of when they were first seen."""
        with snapshot(self._engine) as db:
            if known is None:
                known = set(db.scalars(select(Blob.sha256)))
            noted = {row.sha256: row for row in db.execute(select(Stray.__table__)).all()}
        found: list[StrayFile] = []
        for sha256, size in dict(self._blobs.strays(known)).items():
            row = noted.get(sha256)
            seen, marked, decided = (row.seen_at, row.marked_at, row.decided) if row else (None, None, False)
            found.append(StrayFile(sha256, size, seen, marked, decided))
        return found

    def _collect_strays(self, known: Set[str], moment: datetime, cutoff: datetime, report: CollectReport) -> None:
        """Files whose row was never written, or is gone: seen, then marked, then removed, in three runs."""
        found = {stray.sha256: stray for stray in self.strays(known)}
        new: list[StrayFile] = []
        marked: list[str] = []
        going: list[str] = []
        for stray in found.values():
            if stray.is_decided:
                going.append(stray.sha256)
            elif stray.seen is None or stray.seen > moment:
                new.append(stray)
            elif stray.seen > moment - KEPT_ASIDE:
                continue
            elif stray.marked is None or stray.marked > moment:
                marked.append(stray.sha256)
            elif stray.marked <= cutoff:
                going.append(stray.sha256)
        self._note_strays(new, marked, moment)
        for some in batches(going, AT_ONCE):
            with self._locks.removing():
                with snapshot(self._engine) as db:
                    adopted = set(db.scalars(select(Blob.sha256).where(Blob.sha256.in_(some))))
                gone = [sha256 for sha256 in some if sha256 not in adopted]
                self._remove_files(gone)
            report.orphans += len(gone)
            report.freed += sum(found[sha256].size for sha256 in gone)
        left = found.keys() - set(going)
        report.strays, report.strays_size = len(left), sum(found[sha256].size for sha256 in left)

    def _note_strays(self, new: list[StrayFile], marked: list[str], moment: datetime) -> None:
        with self._engine.begin() as db:
            db.execute(delete(Stray).where(Stray.sha256.in_(select(Blob.sha256))))  # they have rows again
            if new:
                seen = {"seen_at": moment, "marked_at": None, "decided": False}
                statement = upsert(db, Stray).on_conflict_do_update(index_elements=["sha256"], set_=seen)
                db.execute(statement, [{"sha256": s.sha256, "size": s.size, **seen} for s in new])
            for some in batches(marked, AT_ONCE):
                db.execute(update(Stray).where(Stray.sha256.in_(some)).values(marked_at=moment))

    def _remove_files(self, hashes: list[str]) -> None:
        """And the note of it, once they are gone."""
        self._blobs.remove(hashes)
        for some in batches(hashes, AT_ONCE):
            with self._engine.begin() as db:
                db.execute(delete(Stray).where(Stray.sha256.in_(some)))

    def _size(self, sha256: str) -> int | None:
        with snapshot(self._engine) as db:
            return db.scalar(select(Blob.size).where(Blob.sha256 == sha256))
