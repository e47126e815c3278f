"""``film fsck``: is every file what it was, and does the money add up?"""

from __future__ import annotations

import click

from film.cli.console import file_size, note, print_json
from film.cli.looking import library
from film.cli.options import as_json, option


@click.command(name="fsck")
@option("repair", is_flag=True, help="Put damaged files aside, so that the next run that needs them makes them again.")
@option("collect", is_flag=True, help="Remove files that no film and nothing in the library uses any more.")
@as_json
def command(repair: bool, collect: bool, json: bool) -> int:
    """Read every file of the gallery and compare it with its hash; check that ledger and library add up.

    Exit code 1 when something is wrong. Changes nothing unless told to.
    """
    from film.cost_tracker import verify_ledger
    from film.metadata import recount_library, verify_library
    from film.pipeline.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    services = open_services(settings) if repair or collect else library(settings)
    report = services.cache.repair() if repair else services.cache.verify()
    ledger, counts = verify_ledger(services.engine), verify_library(services.engine)
    if repair and counts:
        recount_library(services.engine)
    removed = services.cache.collect() if collect else None
    wrong = [*map(str, report.problems), *ledger, *counts]
    if json:
        print_json({"files": report.checked, "bytes": report.size, "problems": wrong, "repaired": repair})
    else:
        for problem in wrong:
            click.echo(problem)
        note(f"{report.checked} files read ({file_size(report.size)}), {len(report.problems)} with a problem")
        note(f"ledger: {'adds up' if not ledger else f'{len(ledger)} entries do not add up'}")
        if counts:
            note(f"library: {len(counts)} counts {'were wrong, and are set right' if repair else 'are wrong'}")
        if report.problems:
            note("put aside: film plan says what making them again costs" if repair else "film fsck --repair helps")
        if removed:
            freed = file_size(removed.freed)
            note(f"removed {removed.removed} files ({freed}); {removed.doubtful} go in a day if unused")
    return 1 if ledger or ((report.problems or counts) and not repair) else 0
