"""The library carried elsewhere: into one file and out of it again, into the bucket that others share."""

from __future__ import annotations

from pathlib import Path

from film.app.models import Aside, UseCaseResult
from film.app.workspace import Workspace


class LibraryFile(UseCaseResult):
    """An archive that was written, and what is in it."""

    file: Path
    results: int
    assets: int
    blobs: int
    bytes: int


class LibraryTakenIn(UseCaseResult):
    """What of an archive is new here, and what was known."""

    results: int
    assets: int
    blobs: int
    bytes: int
    known_results: int
    known_assets: int


class PushedLibrary(UseCaseResult):
    sent: int
    bytes: int
    already: int
    missing: tuple[str, ...]
    """Files that are neither here nor there, by their hashes."""


class AttachedLibrary(UseCaseResult):
    gallery: Path
    gallery_library: str | None
    database_library: str | None
    generation: int
    was_wrong: str | None
    attached: bool
    files: Aside[str] = ""
    """How the gallery's files are: there, empty, absent …"""


def export_library(file: Path, workspace: Workspace) -> LibraryFile:
    """Write everything that was made or paid for, with its tags and prices, into ``file``.

    Raises InputError where it is there already, StoreError where gallery and database are not one library.
    """
    from film.archive import export_library as exported

    services = workspace.looking(strict=True)
    report = exported(file, cache=services.cache, engine=services.engine, index=services.index)
    return LibraryFile(file=file, results=report.results, assets=report.assets, blobs=report.blobs, bytes=report.size)


def import_library(file: Path, workspace: Workspace) -> LibraryTakenIn:
    """Add what is in ``file`` to the library; what is there already stays as it is."""
    from film.archive import import_library as imported

    services = workspace.working()
    report = imported(file, cache=services.cache, index=services.index)
    return LibraryTakenIn(
        results=report.results,
        assets=report.assets,
        blobs=report.blobs,
        bytes=report.size,
        known_results=report.known_results,
        known_assets=report.known_assets,
    )


def push_library(workspace: Workspace, *, finish: bool = False) -> PushedLibrary:
    """Give the shared store every file that lies only here, and replace what is damaged there.

    Args:
        workspace: Of the gallery whose files go.
        finish: What is neither here nor there is gone: from here on it counts as missing.
    """
    pushed = workspace.working().cache.push(finish=finish)
    return PushedLibrary(sent=pushed.sent, bytes=pushed.size, already=pushed.already, missing=pushed.missing)


def attach_library(workspace: Workspace, *, really: bool = False) -> AttachedLibrary:
    """Say that this gallery and this database are one library, whatever they said before. Nothing is removed.

    Args:
        workspace: Its settings name the two.
        really: Do it; without, it is only told what would be done.
    """
    services = workspace.working(whatever=True) if really else workspace.looking()
    found = services.cache.identity.look()
    trouble = services.cache.trouble()
    generation = services.cache.identity.attach() if really else found.ours.generation if found.ours else 0
    return AttachedLibrary(
        gallery=services.settings.gallery,
        gallery_library=found.token.library if found.token else None,
        database_library=found.ours.library if found.ours else None,
        generation=generation,
        was_wrong=str(trouble) if trouble else None,
        attached=really,
        files=found.files,
    )
