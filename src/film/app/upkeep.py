"""Looking after the gallery: is everything what it was, what may go, is the database of this program?

CheckLibrary ──► files against hashes, database, counters, ledger ──► repair? ──► CheckedLibrary
CollectUnused ──► what nothing uses is marked, and goes a day later ──► CollectedFiles
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.wording import counted, file_size
from film.app.workspace import Workspace
from film.errors import InputError

if TYPE_CHECKING:
    from film.cache import AssetCache, CollectReport
    from film.cache.keeping import Item
    from film.cache.upkeep import StrayFile, VerifyReport
    from film.planning.services import Services

SHOWN = 40
"""Files of a kind that are described one by one."""


class CheckLibrary(UseCaseInput):
    """What to check, and whether to mend it."""

    repair: bool = False
    """Heal what can be healed, put damaged files aside, take in files without a row."""
    rebuild: bool = False
    """The same, for a database that is lost, empty or an older copy."""
    backup: Path | None = None
    """Bring whole copies from there."""
    collect: bool = False
    """Remove what nothing uses any more."""
    since: timedelta | None = None
    """Read only files that were made or changed within that time."""
    part: tuple[int, int] | None = None
    """Read only the Nth of M parts."""
    quick: bool = False
    """Compare lengths; read no file."""


class StrayLine(UseCaseResult):
    """A file without a row in the database, and what the gallery's records say that it is."""

    sha256: str
    size: int
    seen: str | None
    """When this database first saw it, ISO 8601."""
    kind: str | None
    provider: str | None
    made: str | None
    cost: str | None


class CheckedLibrary(UseCaseResult):
    files: int
    of: int
    """All files that there are; more than ``files`` where only some were to be read."""
    bytes: int
    problems: tuple[str, ...]
    lost: int
    """Assets of the library that have no whole file."""
    aside: int
    """Files put aside: on record, made again when needed."""
    without_row: int
    """Files that no row of the database names."""
    repaired: bool
    unmended: Aside[int] = 0
    """What is wrong still."""
    is_other_library: Aside[bool] = False
    """Gallery and database are not one library, and nothing was compared."""
    wrong_in: Aside[dict[str, int]]
    """Check of the database → what it found wrong."""
    strays: Aside[tuple[StrayLine, ...]] = ()
    """The first of those without a row."""
    strays_bytes: Aside[int] = 0
    removed: Aside[CollectedFiles | None] = None


class CollectUnused(UseCaseInput):
    """What may go: what was not used for so long, and more where ``size_cap`` bytes are passed."""

    unused: timedelta = timedelta(days=30)
    size_cap: int | None = None
    dry_run: bool = False


class StraysLeft(UseCaseResult):
    files: int
    bytes: int
    removed: int
    seen: dict[str, str | None] | None = None
    """Of a dry run: file → when it was first seen."""


class FileCount(UseCaseResult):
    files: int
    bytes: int


class UnusedFile(UseCaseResult):
    """A file that goes, or is marked to go."""

    sha256: str
    kind: str
    size: int
    cost: str
    last_used: datetime


class CollectedFiles(UseCaseResult):
    """What went, or would go."""

    dry_run: bool
    removed: int
    freed: int
    """Bytes."""
    marked: int
    """Files that go with the next run after a day, unless they are used."""
    waiting: int
    """Marked for less than a day."""
    rescued: int
    """Marked, and used again."""
    without_row: StraysLeft
    kept: dict[str, FileCount]
    """Why files stay."""
    would_remove: tuple[str, ...] | None = None
    would_mark: tuple[str, ...] | None = None
    marked_bytes: Aside[int] = 0
    kept_because: Aside[dict[str, FileCount]]
    """The same as ``kept``, in words."""
    going: Aside[tuple[UnusedFile, ...]] = ()
    marking: Aside[tuple[UnusedFile, ...]] = ()
    strays: Aside[tuple[StrayLine, ...]] = ()
    """Of a dry run: the first of the files without a row."""
    unlisted: Aside[tuple[str, ...]] = ()
    """Folders that could not be read."""

    @model_serializer(mode="wrap")
    def _without_dry_run(self, as_usual: SerializerFunctionWrapHandler) -> dict[str, object]:
        """What only a dry run has is left out of all others."""
        told: dict[str, object] = as_usual(self)
        if self.dry_run:
            return told
        told["without_row"] = self.without_row.model_dump(exclude={"seen"})
        return {name: value for name, value in told.items() if name not in ("would_remove", "would_mark")}


class FreedDisk(UseCaseResult):
    files: int
    freed: int
    left: int
    """Bytes that lie here still."""
    dry_run: bool


class UpgradedDatabase(UseCaseResult):
    model_config = ConfigDict(serialize_by_alias=True)

    revision: str
    copy_of_before: Path | None = Field(serialization_alias="copy")
    """The database as it was, where it was changed."""


def check_library(asked: CheckLibrary, workspace: Workspace) -> CheckedLibrary:
    """Read every file and compare it with its hash; check the database, its counters and the ledger.

    Changes nothing unless it is asked to; what a repair will do, ``workspace.note`` is told beforehand.
    """
    from film.app import health

    repair = asked.repair or asked.rebuild or asked.backup is not None
    services = _opened(asked, workspace, repair=repair)
    database = health.examine(services.engine, services.settings, quick=asked.quick)
    wrong = [line for lines in database.values() for line in lines]
    report, unmended = None, 0
    strays: list[StrayFile] = []
    trouble = services.cache.trouble()
    if trouble:
        wrong.insert(0, f"{trouble}: {trouble.hint}")
        unmended = len(wrong)
    else:
        report = _verified(asked, services)
        strays = _undecided(services)
        wrong += [*map(str, report.problems), *services.cache.unlisted()]
        unmended = len(wrong)
        _tell_read(report, asked, workspace)
        if repair:
            _announce(report, strays, workspace)
            unmended = _mend(services, report, database, asked, workspace)
            strays = _undecided(services)
    lost, aside = services.cache.promised_in_vain(), services.cache.lost()
    removed = services.cache.collect() if asked.collect and not trouble else None
    return CheckedLibrary(
        files=report.checked if report else 0,
        of=report.of if report else 0,
        bytes=report.size if report else 0,
        problems=tuple(wrong),
        lost=lost,
        aside=len(aside),
        without_row=len(strays),
        repaired=repair,
        unmended=unmended,
        is_other_library=trouble is not None,
        wrong_in={name: len(lines) for name, lines in database.items()},
        strays=_stray_lines(services.cache, strays),
        strays_bytes=sum(stray.size for stray in strays),
        removed=_collected(removed, services.cache, dry_run=False) if removed else None,
    )


def collect_unused(asked: CollectUnused, workspace: Workspace) -> CollectedFiles:
    """Remove files that no film and nothing in the library uses, in two steps at least a day apart.

    Where gallery, database and shared store are not one library, nothing is removed: StoreError says why.
    """
    cache = _to_clear(workspace, dry_run=asked.dry_run)
    report = cache.collect(unused_for=asked.unused, size_cap=asked.size_cap, dry_run=asked.dry_run)
    return _collected(report, cache, dry_run=asked.dry_run)


def free_disk(workspace: Workspace, *, size_cap: int = 0, dry_run: bool = False) -> FreedDisk:
    """Remove copies of what lies in the shared store, until ``size_cap`` bytes are left here."""
    dropped = _to_clear(workspace, dry_run=dry_run).drop_copies(size_cap=size_cap, dry_run=dry_run)
    return FreedDisk(files=dropped.files, freed=dropped.freed, left=dropped.left, dry_run=dry_run)


def upgrade_database(workspace: Workspace) -> UpgradedDatabase:
    """Bring the database to this program's schema; it is copied first. Raises InputError where there is none."""
    from film.db.looking import exists
    from film.db.migrate import prepare
    from film.db.session import make_engine, refuse_anothers
    from film.db.version import HEAD

    settings = workspace.settings
    if not exists(settings.database_url):
        raise InputError("there is no database yet: nothing to upgrade", hint="it is made with the first film")
    refuse_anothers(settings.database_url)
    engine = make_engine(settings.database_url)
    try:
        copy = prepare(engine, keep_in=settings.gallery)
    finally:
        engine.dispose()
    return UpgradedDatabase(revision=HEAD, copy_of_before=copy)


# -- checking and mending


def _opened(asked: CheckLibrary, workspace: Workspace, *, repair: bool) -> Services:
    if asked.rebuild:
        from film.archive.restore import put_foreign_aside, refuse_second

        settings = workspace.settings
        refuse_second(settings.gallery, settings.database_url)
        if aside := put_foreign_aside(settings.gallery, settings.database_url):
            workspace.note(f"the database was another library's: moved to {aside}")
        services = workspace.working(whatever=True)
        services.cache.take_over()
        return services
    return workspace.working() if repair or asked.collect else workspace.looking(told=True)


def _verified(asked: CheckLibrary, services: Services) -> VerifyReport:
    from film.cache import UpkeepScope
    from film.db.base import now

    number, of = asked.part or (1, 1)
    only_some = asked.since is not None or asked.part is not None
    scope = UpkeepScope(now() - asked.since if asked.since else None, number, of) if only_some else None
    return services.cache.verify(read_all=not asked.quick, scope=scope)


def _undecided(services: Services) -> list[StrayFile]:
    return [stray for stray in services.cache.strays() if not stray.is_decided]


def _tell_read(report: VerifyReport, asked: CheckLibrary, workspace: Workspace) -> None:
    some = f" of {report.of}" if report.checked < report.of else ""
    did = "looked at" if asked.quick else "read"
    size, wrong = file_size(report.size), len(report.problems)
    workspace.note(f"{report.checked}{some} files {did} ({size}), {wrong} with a problem")


def _announce(report: VerifyReport, strays: Sequence[StrayFile], workspace: Workspace) -> None:
    """What a repair will do, before it does it."""
    for condition, number in Counter(problem.condition for problem in report.problems).items():
        if condition.is_unavailable:
            workspace.note(f"{counted(number, 'file')} {condition.value}: left as they are")
        else:
            workspace.note(
                f"{counted(number, 'file')} {condition.value}: healed from a whole copy, or put aside; rows stay"
            )
    if strays:
        workspace.note(f"{counted(len(strays), 'file')} without a row: taken in where the records say what they are")


def _mend(
    services: Services,
    report: VerifyReport,
    database: dict[str, list[str]],
    asked: CheckLibrary,
    workspace: Workspace,
) -> int:
    """Repair, and how much is wrong still that a person must see to."""
    from film.app import health
    from film.app.rebuilding import take_in

    cache, note = services.cache, workspace.note
    if asked.backup is not None:
        wanted = {problem.sha256 for problem in report.problems} | {sha256 for sha256, _, _ in cache.lost()}
        healed = set(cache.heal_from(asked.backup, sorted(wanted)))
        note(f"{counted(len(healed), 'file')} came back whole from {asked.backup}")
    if adopted := take_in(services):
        note(f"{counted(adopted, 'result')} have their rows again, from the gallery's own records")
    before = len(cache.lost())
    cache.repair(found=report, read_all=not asked.quick)
    mended = health.mend(services.engine, services.settings, database)
    put_aside = max(len(cache.lost()) - before, 0)
    note(f"{put_aside} put aside, {len(mended)} counts set right; film plan says what making them again costs")
    aside = {sha256 for sha256, _, _ in cache.lost()}
    left = [p for p in report.problems if p.sha256 not in aside and not cache.is_whole(p.sha256)]
    if stuck := [problem for problem in left if not problem.condition.is_unavailable]:
        note(f"{counted(len(stuck), 'file')} could not be put aside: look after the rights of their folders")
    after = health.examine(services.engine, services.settings, quick=asked.quick)
    return len(left) + len(cache.unlisted()) + sum(len(lines) for lines in after.values())


# -- collecting


def _to_clear(workspace: Workspace, *, dry_run: bool) -> AssetCache:
    return (workspace.looking(strict=True) if dry_run else workspace.working()).cache


def _collected(report: CollectReport, cache: AssetCache, *, dry_run: bool) -> CollectedFiles:
    counts = {why: FileCount(files=files, bytes=size) for why, (files, size) in report.reasons.items()}
    seen = {stray.sha256: stray.seen.isoformat() if stray.seen else None for stray in report.found}
    return CollectedFiles(
        dry_run=dry_run,
        removed=report.removed,
        freed=report.freed,
        marked=report.doubtful,
        waiting=report.waiting,
        rescued=report.rescued,
        without_row=StraysLeft(
            files=report.strays, bytes=report.strays_size, removed=report.orphans, seen=seen if dry_run else None
        ),
        kept={why.name.lower(): count for why, count in counts.items()},
        would_remove=tuple(item.sha256 for item in report.going) if dry_run else None,
        would_mark=tuple(item.sha256 for item in report.marked) if dry_run else None,
        marked_bytes=report.doubtful_size,
        kept_because={why.value: count for why, count in counts.items()},
        going=_unused(report.going),
        marking=_unused(report.marked),
        strays=_stray_lines(cache, report.found),
        unlisted=tuple(cache.unlisted()),
    )


def _unused(items: Iterable[Item]) -> tuple[UnusedFile, ...]:
    return tuple(
        UnusedFile(sha256=i.sha256, kind=i.kind, size=i.size, cost=str(i.cost) if i.cost else "0", last_used=i.last)
        for i in sorted(items, key=lambda item: item.last)
    )


def _stray_lines(cache: AssetCache, strays: Sequence[StrayFile]) -> tuple[StrayLine, ...]:
    if not strays:
        return ()
    some = strays[:SHOWN]
    known = cache.recorded(stray.sha256 for stray in some)
    found = ((stray, known.get(stray.sha256)) for stray in some)
    return tuple(
        StrayLine(
            sha256=stray.sha256,
            size=stray.size,
            seen=stray.seen.isoformat() if stray.seen else None,
            kind=record.kind if record else None,
            provider=record.provider if record else None,
            made=record.at if record else None,
            cost=record.cost if record else None,
        )
        for stray, record in found
    )


CheckedLibrary.model_rebuild()
