"""``film library``: the library as one file, out and in again, and into the bucket that others share."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.console import file_size, note, print_json, print_path, warn
from film.cli.looking import workspace
from film.cli.options import as_json, option


@click.group(name="library")
def command() -> None:
    """Carry the library elsewhere: into one file and out of it again, or into a shared store."""


@command.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def export_command(file: Path, json: bool) -> int:
    """Write everything that was made or paid for, with its tags and prices, into FILE (a plain tar).

    Every byte is checked on the way. Pieces of the cut and the ledger stay behind.
    """
    from film.app.archives import export_library

    done = export_library(file, workspace())
    if json:
        print_json(done.model_dump(mode="json"))
    else:
        print_path(file)
        note(f"{done.assets} assets, {done.results} results, {done.blobs} files ({file_size(done.bytes)})")
    return 0


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def import_command(file: Path, json: bool) -> int:
    """Add what is in FILE to the library; what is there already stays as it is.

    Take archives only from those whose results you would use: that bytes are what was exported is checked, that they
    are what their prompt asks for cannot be.
    """
    from film.app.archives import import_library

    done = import_library(file, workspace())
    if json:
        print_json(done.model_dump(mode="json"))
        return 0
    note(f"{done.assets} assets and {done.results} results are new ({file_size(done.bytes)})")
    if done.known_results or done.known_assets:
        note(f"{done.known_assets} assets and {done.known_results} results were here already")
    return 0


@command.command(name="push")
@option("finish", is_flag=True, help="What is neither here nor there is gone: say so, and it counts as missing.")
@as_json
def push_command(finish: bool, json: bool) -> int:
    """Give the shared store (FILM_STORE_URL) every file that lies only here, and replace what is damaged there.

    A new store counts as being filled until nothing is missing in it: what it lacks then may lie on another machine
    that has not pushed yet, and is not bought again.
    """
    from film.app.archives import push_library

    pushed = push_library(workspace(), finish=finish)
    if json:
        print_json(pushed.model_dump(mode="json"))
    else:
        note(f"sent {pushed.sent} files ({file_size(pushed.bytes)}); {pushed.already} were there")
        if pushed.missing:
            gone = "they count as missing, and are made again when they are needed"
            push = "push on the machines that have them; if nobody has: film library push --finish"
            warn(f"{len(pushed.missing)} are neither here nor there: {gone if finish else push}")
    return 1 if pushed.missing and not finish else 0


@command.command(name="attach")
@option("yes", "-y", is_flag=True, help="Do it; without, it is only said what would be done.")
@as_json
def attach_command(yes: bool, json: bool) -> int:
    """Say that this gallery and this database are one library from here on, whatever they said before.

    For a gallery whose files are gone for good, a copy that becomes the gallery, a library that leaves its shared
    store. Nothing is removed: what is not here is set aside, and counts again once it is brought back.
    """
    from film.app.archives import attach_library

    found = attach_library(workspace(), really=yes)
    if json:
        print_json(found.model_dump(mode="json"))
        return 0
    theirs, ours = found.gallery_library or "none", found.database_library or "none"
    note(f"gallery {found.gallery}: library {theirs[:8]}, its files are {found.files}")
    note(f"database: library {ours[:8]}, generation {found.generation}")
    note("attached: they are one library" if yes else "nothing was changed; film library attach --yes does it")
    return 0
