"""``film fsck``: is every file what it was, is the library counted right, and does the money add up?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from film.cli.console import file_size, note, print_json
from film.cli.looking import library
from film.cli.options import as_json, option
from film.cli.units import Age, Part


@click.command(name="fsck")
@option("repair", is_flag=True, help="Put damaged files aside, so that the next run that needs them makes them again.")
@option("collect", is_flag=True, help="Remove what nothing uses any more, as film gc does.")
@option("since", type=Age(), metavar="AGE", help="Read only files that were made or changed since: 2d, 12h.")
@option("part", type=Part(), metavar="N/M", help="Read only the Nth of M parts: 3/30 on the third of the month.")
@option("quick", is_flag=True, help="Compare lengths; read no file.")
@as_json
def command(
    repair: bool, collect: bool, since: timedelta | None, part: tuple[int, int] | None, quick: bool, json: bool
) -> int:
    """Read every file of the gallery and compare it with its hash; check the library's counters and the ledger.

    Exit code 1 when something is wrong. Changes nothing unless told to.
    """
    from film.cache import Scope
    from film.cost_tracker import verify_ledger
    from film.db.base import now
    from film.metadata import recount_library, verify_library
    from film.pipeline.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    services = open_services(settings) if repair or collect else library(settings)
    number, of = part or (1, 1)
    scope = Scope(now() - since if since else None, number, of) if since or part else None
    look = services.cache.repair if repair else services.cache.verify
    report = look(read_all=not quick, scope=scope)
    ledger = verify_ledger(services.engine)
    index = verify_library(services.engine)
    lost = services.cache.promised_in_vain()
    if repair and index:
        recount_library(services.engine)
    removed = services.cache.collect() if collect else None
    wrong = [*map(str, report.problems), *index, *ledger]
    if json:
        counted: dict[str, Any] = {"files": report.checked, "of": report.of, "bytes": report.size}
        print_json({**counted, "problems": wrong, "lost": lost, "repaired": repair})
    else:
        for problem in wrong:
            click.echo(problem)
        some = f" of {report.of}" if report.checked < report.of else ""
        did = "looked at" if quick else "read"
        note(f"{report.checked}{some} files {did} ({file_size(report.size)}), {len(report.problems)} with a problem")
        if index:
            note(f"library: {len(index)} counts {'were wrong, and are set right' if repair else 'are wrong'}")
        note(f"ledger: {'adds up' if not ledger else f'{len(ledger)} entries do not add up'}")
        if lost:
            note(f"{lost} assets of the library have no file any more: film assets shows what they were")
        if report.problems:
            note("put aside: film plan says what making them again costs" if repair else "film fsck --repair helps")
        if removed:
            freed = file_size(removed.freed)
            note(f"removed {removed.removed} files ({freed}); {removed.doubtful} go in a day if unused")
    return 1 if ledger or ((report.problems or index) and not repair) else 0
