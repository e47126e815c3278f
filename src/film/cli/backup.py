"""``film backup``: the gallery copied while it is at work, and its copies looked after."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from film.cli.console import counted, file_size, note, one_line, print_json, print_path, warn
from film.cli.looking import workspace
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
    from film.app.backups import BackUp, back_up

    done = back_up(BackUp(folder=folder, keep=keep, quick=quick), workspace())
    if json:
        print_json(done.model_dump(mode="json"))
        return 1 if done.lost else 0
    print_path(folder)
    note(f"{done.copied} of {done.files} files copied ({file_size(done.bytes)}), the others were there")
    if done.healed:
        note(f"{counted(done.healed, 'file')} of the backup had gone bad, and are whole again")
    if keep is not None:
        files = counted(done.files_removed, "file")
        note(f"{counted(done.generations_removed, 'generation')} went, and {files} that only they named")
    if done.lost:
        warn(f"{counted(len(done.lost), 'file')} are damaged or missing in the gallery itself: film fsck --repair")
    return 1 if done.lost else 0


def _check(folder: Path, json: bool) -> int:
    from film.app.backups import check_backup

    found = check_backup(folder)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        for problem in found.problems:
            click.echo(one_line(problem))
        read = f"{counted(found.generations, 'generation')}, {counted(found.files, 'file')} read"
        note(f"{read} ({file_size(found.bytes)}), {len(found.problems)} with a problem")
        if found.missing:
            note(f"{counted(found.missing, 'file')} were not whole in the gallery when it was copied")
        if found.problems:
            note("the next film backup replaces damaged files; damaged generations go with --keep")
    return 1 if found.problems else 0
