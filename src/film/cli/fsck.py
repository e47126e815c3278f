"""``film fsck``: is every file what it was, is the database whole, are its counts right, does the money add up?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from film.cli.console import counted, file_size, note, one_line, print_json
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.cli.units import Age, AmountPart

if TYPE_CHECKING:
    from film.app.upkeep import CheckedLibrary

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
    from film.app.upkeep import CheckLibrary, check_library

    room = workspace(quiet=json)
    asked = CheckLibrary(
        repair=repair, rebuild=rebuild, backup=backup, collect=collect, since=since, part=part, quick=quick
    )
    found = check_library(asked, room)
    if json:
        print_json(found.model_dump(mode="json"))
        return 1 if found.unmended else 0
    for problem in found.problems:
        click.echo(one_line(problem))
    _tell(found)
    if found.problems and not found.repaired and not found.is_other_library:
        note("film fsck --repair heals what can be healed and puts the rest aside; nothing is forgotten")
    if gone := found.removed:
        note(f"removed {gone.removed} files ({file_size(gone.freed)}); {gone.marked} go in a day if unused")
    return 1 if found.unmended else 0


def _tell(found: CheckedLibrary) -> None:
    for name in ("database", "references", "library", "orders", "order book"):
        if wrong := found.wrong_in.get(name):
            note(f"{name}: {wrong} wrong")
    wrong = found.wrong_in.get("ledger")
    note(f"ledger: {'adds up' if not wrong else f'{wrong} entries do not add up'}")
    if found.without_row:
        some = f"{counted(found.without_row, 'file')} ({file_size(found.strays_bytes)}) without a row in the database"
        note(f"{some}: --repair takes in what the records know, gc leaves the rest for 30 days")
        for stray in found.strays[:SHOWN]:
            made = f"{(stray.made or '')[:10]}, ${stray.cost}"
            what = f"{stray.kind} of {stray.provider or 'here'}, {made}" if stray.kind else "unknown"
            note(f"  {stray.sha256[:16]}  {file_size(stray.size)}  {what}")
    if found.aside:
        aside = counted(found.aside, "file")
        note(f"{aside} put aside: on record, made again when needed; --from BACKUP brings them back")
    if found.lost:
        note(f"{found.lost} assets of the library have no whole file: film assets shows what they were")
