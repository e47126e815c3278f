"""``film restore``: the gallery brought back from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.console import counted, file_size, note, print_json, print_path, warn
from film.cli.looking import workspace
from film.cli.options import as_json, option


@click.command(name="restore")
@click.argument("backup", type=click.Path(path_type=Path, file_okay=False))
@option("into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Make a gallery of DIR instead.")
@option("generation", metavar="NAME", help="Which generation of BACKUP; by default the newest that is whole.")
@as_json
def command(backup: Path, into: Path | None, generation: str | None, json: bool) -> int:
    """Bring the gallery back from BACKUP: missing and damaged files, and the database where it is lost.

    Nothing whole is replaced. A database that is as new as the backup's, or newer, stays as it is, and only files are
    brought back; one that is damaged, empty or older is kept beside it under another name. Run it again after any
    interruption. Exit code 1 when files are whole neither here nor in BACKUP.
    """
    from film.app.backups import RestoreBackup, restore_backup

    done = restore_backup(RestoreBackup(backup=backup, into=into, generation=generation), workspace())
    if json:
        print_json(done.model_dump(mode="json"))
        return 1 if done.missing else 0
    print_path(done.gallery)
    for passed in done.passed_over:
        warn(f"passed over, since it is not whole: {passed}")
    note(f"{done.generation}: {counted(done.brought, 'file')} of {done.files} brought back "
         f"({file_size(done.bytes)}), the others were whole; {counted(done.other_files, 'other file')}")  # fmt: skip
    if done.database == "kept":
        note("the database here is as new as the backup's, or newer: it stays")
    elif done.aside:
        note(f"the database that was here is kept as {done.aside}; the backup's is in its place")
    else:
        note("there was no database here: it is the backup's")
    if done.adopted:
        results = counted(done.adopted, "result")
        note(f"{results} that the backup did not know are taken in from the gallery's own records")
    if done.missing or done.has_problems:
        warn(f"{counted(len(done.missing), 'file')} are whole neither here nor in the backup: film fsck names them")
    return 1 if done.missing else 0
