"""``film backup``: the gallery copied while it is at work."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.console import file_size, note, print_json, warn
from film.cli.options import as_json


@click.command(name="backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@as_json
def command(folder: Path, json: bool) -> int:
    """Copy database, files and films to FOLDER while films are being made; run it again to bring the copy up to date.

    FOLDER is then a gallery itself: FILM_GALLERY_DIR=FOLDER works with it. Exit code 1 when files were not whole.
    """
    from film.archive import back_up
    from film.pipeline.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    services = open_services(settings)
    report = back_up(folder, settings=settings, cache=services.cache, engine=services.engine)
    if json:
        counts = {"files": report.blobs, "copied": report.copied, "bytes": report.size, "lost": list(report.lost)}
        print_json({"folder": str(folder), "database": str(report.database) if report.database else None, **counts})
        return 1 if report.lost else 0
    click.echo(folder)
    note(f"{report.copied} of {report.blobs} files copied ({file_size(report.size)}), the others were there")
    if report.database is None:
        warn("the database is on a server and not in this copy: back it up with pg_dump --format=custom")
    if report.lost:
        warn(f"{len(report.lost)} files are damaged or missing in the gallery itself: film fsck --repair")
    return 1 if report.lost else 0
