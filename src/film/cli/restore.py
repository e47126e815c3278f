"""``film restore``: the gallery brought back from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.console import counted, file_size, note, print_json, print_path, warn
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
    from film.app.rebuilding import take_in
    from film.archive import restore
    from film.cache.store import bucket_of
    from film.planning.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    report = restore(backup, settings=settings, into=into, generation=generation, bucket=bucket_of(settings))
    if into:
        own = {"gallery": report.gallery, "database_url": f"sqlite:///{report.gallery / 'film.db'}", "store_url": ""}
        settings = settings.model_copy(update=own)
    services = open_services(settings)
    adopted = take_in(services)
    back = services.cache.repair(read_all=False)
    if json:
        print_json(
            {
                "gallery": str(report.gallery),
                "generation": report.generation,
                "database": report.database,
                "aside": str(report.aside) if report.aside else None,
                "files": report.blobs,
                "brought": report.brought,
                "bytes": report.size,
                "missing": report.missing,
                "adopted": adopted,
            }
        )
        return 1 if report.missing else 0
    print_path(report.gallery)
    for passed in report.passed_over:
        warn(f"passed over, since it is not whole: {passed}")
    note(f"{report.generation}: {counted(report.brought, 'file')} of {report.blobs} brought back "
         f"({file_size(report.size)}), the others were whole; {counted(report.files, 'other file')}")  # fmt: skip
    if report.database == "kept":
        note("the database here is as new as the backup's, or newer: it stays")
    elif report.aside:
        note(f"the database that was here is kept as {report.aside}; the backup's is in its place")
    else:
        note("there was no database here: it is the backup's")
    if adopted:
        note(f"{counted(adopted, 'result')} that the backup did not know are taken in from the gallery's own records")
    if report.missing or back.problems:
        warn(f"{counted(len(report.missing), 'file')} are whole neither here nor in the backup: film fsck names them")
    return 1 if report.missing else 0
