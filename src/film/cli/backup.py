"""``film backup``: the gallery copied while it is at work, and its copies looked after."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from film.cli.console import counted, file_size, note, one_line, print_json, print_path, warn
from film.cli.options import as_json, option
from film.cli.units import Keep


@click.command(name="backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@option(
    "check", is_flag=True, help="Copy nothing: read the backup, its databases too, and compare all with its hashes."
)
@option(
    "keep", type=Keep(), metavar="N|AGE", help="Afterwards let all but the newest N go, or those older than AGE: 30d."
)
@option("quick", is_flag=True, help="Trust the lengths of files that are there already; read none of them.")
@as_json
def command(folder: Path, check: bool, keep: int | timedelta | None, quick: bool, json: bool) -> int:
    """Copy database, files and films to FOLDER while films are being made, as one more generation.

    Files that FOLDER has already are read, and replaced where they are damaged. FOLDER is then a gallery itself:
    FILM_GALLERY_DIR=FOLDER works with it. A database on a server is copied, too, into an SQLite file. Exit code 1
    when files were not whole. film restore FOLDER brings the gallery back.
    """
    if check:
        return _check(folder, json)
    from film.archive import back_up, prune
    from film.db.base import now
    from film.db.looking import exists
    from film.errors import InputError
    from film.planning.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    if not exists(settings.database_url) and not (settings.gallery / "library.json").exists():
        raise InputError("there is no gallery yet: nothing to back up", hint="make a film first")
    services = open_services(settings)
    report = back_up(folder, settings=settings, cache=services.cache, engine=services.engine, quick=quick)
    pruned = prune(folder, keep, now()) if keep is not None else (0, 0)
    if json:
        document: dict[str, Any] = {"folder": str(folder), "generation": report.generation.name}
        document |= {"database": str(report.database), "files": report.blobs, "copied": report.copied}
        document |= {"healed": report.healed, "bytes": report.size, "lost": list(report.lost)}
        print_json(document | {"generations_removed": pruned[0], "files_removed": pruned[1]})
        return 1 if report.lost else 0
    print_path(folder)
    note(f"{report.copied} of {report.blobs} files copied ({file_size(report.size)}), the others were there")
    if report.healed:
        note(f"{counted(report.healed, 'file')} of the backup had gone bad, and are whole again")
    if keep is not None:
        note(f"{counted(pruned[0], 'generation')} went, and {counted(pruned[1], 'file')} that only they named")
    if report.lost:
        warn(f"{counted(len(report.lost), 'file')} are damaged or missing in the gallery itself: film fsck --repair")
    return 1 if report.lost else 0


def _check(folder: Path, json: bool) -> int:
    from film.archive import check

    report = check(folder)
    if json:
        counts = {"generations": report.generations, "files": report.blobs, "bytes": report.size}
        print_json({"folder": str(folder), **counts, "missing": report.missing, "problems": report.problems})
    else:
        for problem in report.problems:
            click.echo(one_line(problem))
        read = f"{counted(report.generations, 'generation')}, {counted(report.blobs, 'file')} read"
        note(f"{read} ({file_size(report.size)}), {len(report.problems)} with a problem")
        if report.missing:
            note(f"{counted(report.missing, 'file')} were not whole in the gallery when it was copied")
        if report.problems:
            note("the next film backup replaces damaged files; damaged generations go with --keep")
    return 1 if report.problems else 0
