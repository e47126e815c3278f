"""``film fsck``: is every file what it was, is the database whole, are its counts right, does the money add up?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import counted, file_size, note, one_line, print_json
from film.cli.looking import library
from film.cli.options import as_json, option
from film.cli.units import Age, AmountPart

if TYPE_CHECKING:
    from film.cache.upkeep import StrayFile
    from film.planning.services import Services

SHOWN = 20
"""Lines of a list for people; ``--json`` has them all."""


@click.command(name="fsck")
@option("repair", is_flag=True, help="Heal what can be healed, put damaged files aside, take files without a row in.")
@option("rebuild", is_flag=True, help="As --repair, for a database that is lost, empty or an older copy.")
@option(
    "backup", "--from", type=click.Path(path_type=Path, file_okay=False), metavar="BACKUP",
    help="With --repair: bring whole copies from there.",
)  # fmt: skip
@option("collect", is_flag=True, help="Remove what nothing uses any more, as film gc does.")
@option("since", type=Age(), metavar="AGE", help="Read only files that were made or changed since: 2d, 12h.")
@option("part", type=AmountPart(), metavar="N/M", help="Read only the Nth of M parts: 3/30 on the third of the month.")
@option("quick", is_flag=True, help="Compare lengths; read no file.")
@as_json
def command(
    repair: bool,
    rebuild: bool,
    backup: Path | None,
    collect: bool,
    since: timedelta | None,
    part: tuple[int, int] | None,
    quick: bool,
    json: bool,
) -> int:
    """Read every file of the gallery and compare it with its hash; check the database, its counters and the ledger.

    Exit code 1 when something is wrong. Changes nothing unless told to, and says beforehand what it will do. What is
    put aside stays on record, and counts again once a whole copy is back.
    """
    from film.app import health
    from film.cache import UpkeepScope
    from film.db.base import now
    from film.settings import load_settings

    settings = load_settings()
    repair = repair or rebuild or backup is not None
    services = _open(repair=repair, rebuild=rebuild, collect=collect)
    database = health.examine(services.engine, settings, quick=quick)
    trouble = services.cache.trouble()
    document: dict[str, Any] = {"files": 0, "of": 0, "bytes": 0}
    wrong = [line for lines in database.values() for line in lines]
    if trouble:
        wrong.insert(0, f"{trouble}: {trouble.hint}")
        unmended = len(wrong)
        strays: list[StrayFile] = []
    else:
        number, of = part or (1, 1)
        scope = UpkeepScope(now() - since if since else None, number, of) if since or part else None
        report = services.cache.verify(read_all=not quick, scope=scope)
        strays = [stray for stray in services.cache.strays() if not stray.is_decided]
        document = {"files": report.checked, "of": report.of, "bytes": report.size}
        wrong += [*map(str, report.problems), *services.cache.unlisted()]
        unmended = len(wrong)
        if not json:
            some = f" of {report.of}" if report.checked < report.of else ""
            did = "looked at" if quick else "read"
            note(
                f"{report.checked}{some} files {did} ({file_size(report.size)}), {len(report.problems)} with a problem"
            )
        if repair:
            if not json:
                _announce(report, strays)
            unmended = _mend(services, report, database, backup, quick=quick, json=json)
            strays = [stray for stray in services.cache.strays() if not stray.is_decided]
    lost, aside = services.cache.promised_in_vain(), services.cache.lost()
    removed = services.cache.collect() if collect and not trouble else None
    document |= {"problems": wrong, "lost": lost, "aside": len(aside), "without_row": len(strays), "repaired": repair}
    if json:
        print_json(document)
    else:
        for problem in wrong:
            click.echo(one_line(problem))
        _tell(services, database, strays, lost, len(aside))
        if wrong and not repair and not trouble:
            note("film fsck --repair heals what can be healed and puts the rest aside; nothing is forgotten")
        if removed:
            freed = file_size(removed.freed)
            note(f"removed {removed.removed} files ({freed}); {removed.doubtful} go in a day if unused")
    return 1 if unmended else 0


def _open(*, repair: bool, rebuild: bool, collect: bool) -> Services:
    from film.planning.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    if rebuild:
        from film.archive.restore import put_foreign_aside, refuse_second

        refuse_second(settings.gallery, settings.database_url)
        if aside := put_foreign_aside(settings.gallery, settings.database_url):
            note(f"the database was another library's: moved to {aside}")
        services = open_services(settings, whatever=True)
        services.cache.take_over()
        return services
    return open_services(settings) if repair or collect else library(settings, told=True)


def _announce(report: Any, strays: list[StrayFile]) -> None:
    """What a repair will do, before it does it."""
    kinds = Counter(problem.condition for problem in report.problems)
    for condition, number in kinds.items():
        if condition.is_unavailable:
            note(f"{counted(number, 'file')} {condition.value}: left as they are")
        else:
            note(f"{counted(number, 'file')} {condition.value}: healed from a whole copy, or put aside; rows stay")
    if strays:
        note(f"{counted(len(strays), 'file')} without a row: taken in where the records say what they are")


def _mend(services: Services, report: Any, database: dict[str, list[str]], backup: Path | None, **how: bool) -> int:
    """Repair, and how much is wrong still that a person must see to."""
    from film.app import health
    from film.app.rebuilding import take_in

    cache = services.cache

    def tell(line: str) -> None:
        if not how["json"]:
            note(line)

    if backup is not None:
        wanted = {p.sha256 for p in report.problems} | {sha256 for sha256, _, _ in cache.lost()}
        healed = set(cache.heal_from(backup, sorted(wanted)))
        tell(f"{counted(len(healed), 'file')} came back whole from {backup}")
    adopted = take_in(services)
    if adopted:
        tell(f"{counted(adopted, 'result')} have their rows again, from the gallery's own records")
    before = len(cache.lost())
    cache.repair(found=report, read_all=not how["quick"])
    mended = health.mend(services.engine, services.settings, database)
    put_aside = max(len(cache.lost()) - before, 0)
    tell(f"{put_aside} put aside, {len(mended)} counts set right; film plan says what making them again costs")
    aside = {sha256 for sha256, _, _ in cache.lost()}
    left = [p for p in report.problems if p.sha256 not in aside and not _is_good(services, p.sha256)]
    if stuck := [p for p in left if not p.condition.is_unavailable]:
        tell(f"{counted(len(stuck), 'file')} could not be put aside: look after the rights of their folders")
    after = health.examine(services.engine, services.settings, quick=how["quick"])
    return len(left) + len(cache.unlisted()) + sum(len(lines) for lines in after.values())


def _is_good(services: Services, sha256: str) -> bool:
    return services.cache.is_whole(sha256)


def _tell(services: Services, database: dict[str, list[str]], strays: list[StrayFile], lost: int, aside: int) -> None:
    for name in ("database", "references", "library", "orders", "order book"):
        if database.get(name):
            note(f"{name}: {len(database[name])} wrong")
    ledger = database.get("ledger")
    note(f"ledger: {'adds up' if not ledger else f'{len(ledger)} entries do not add up'}")
    if strays:
        known = services.cache.recorded(stray.sha256 for stray in strays[:SHOWN])
        size = sum(stray.size for stray in strays)
        some = f"{counted(len(strays), 'file')} ({file_size(size)}) without a row in the database"
        note(f"{some}: --repair takes in what the records know, gc leaves the rest for 30 days")
        for stray in strays[:SHOWN]:
            record = known.get(stray.sha256)
            what = (
                f"{record.kind} of {record.provider or 'here'}, {record.at[:10]}, ${record.cost}"
                if record
                else "unknown"
            )
            note(f"  {stray.sha256[:16]}  {file_size(stray.size)}  {what}")
    if aside:
        note(f"{counted(aside, 'file')} put aside: on record, made again when needed; --from BACKUP brings them back")
    if lost:
        note(f"{lost} assets of the library have no whole file: film assets shows what they were")
