"""The gallery copied while it is at work, its copies looked after, and brought back from them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import InputError


class BackUp(UseCaseInput):
    """Where to. ``keep``: afterwards all but the newest so many go, or those older than that."""

    folder: Path
    keep: int | timedelta | None = None
    quick: bool = False
    """Trust the lengths of files that are there already."""


class BackedUp(UseCaseResult):
    folder: Path
    generation: str
    database: Path
    files: int
    copied: int
    healed: int
    """Files of the backup that had gone bad, and are whole again."""
    bytes: int
    lost: tuple[str, ...]
    """Files that are damaged or missing in the gallery itself."""
    generations_removed: int
    files_removed: int


class CheckedBackup(UseCaseResult):
    folder: Path
    generations: int
    files: int
    bytes: int
    missing: int
    """Files that were not whole in the gallery when it was copied."""
    problems: tuple[str, ...]


class RestoreBackup(UseCaseInput):
    """From which backup; ``into`` another gallery than the settings'; which ``generation``, by default the newest."""

    backup: Path
    into: Path | None = None
    generation: str | None = None


class RestoredGallery(UseCaseResult):
    gallery: Path
    generation: str
    database: str
    """``kept`` where the one here was as new, or newer."""
    aside: Path | None
    """What the database that was here is called now."""
    files: int
    brought: int
    bytes: int
    missing: tuple[str, ...]
    """Files that are whole neither here nor in the backup."""
    adopted: int
    """Results that the backup did not know, from the gallery's own records."""
    passed_over: Aside[tuple[str, ...]] = ()
    """Generations that are not whole."""
    other_files: Aside[int] = 0
    has_problems: Aside[bool] = False
    """Whether files are not whole after all."""


def back_up(asked: BackUp, workspace: Workspace) -> BackedUp:
    """Copy database, files and films while films are being made. Raises InputError where there is no gallery yet."""
    from film.archive import back_up as backed_up
    from film.archive import prune
    from film.db.base import now
    from film.db.looking import exists

    settings = workspace.settings
    if not exists(settings.database_url) and not (settings.gallery / "library.json").exists():
        raise InputError("there is no gallery yet: nothing to back up", hint="make a film first")
    services = workspace.working()
    report = backed_up(asked.folder, settings=settings, cache=services.cache, engine=services.engine, quick=asked.quick)
    generations, files = prune(asked.folder, asked.keep, now()) if asked.keep is not None else (0, 0)
    return BackedUp(
        folder=asked.folder,
        generation=report.generation.name,
        database=report.database,
        files=report.blobs,
        copied=report.copied,
        healed=report.healed,
        bytes=report.size,
        lost=report.lost,
        generations_removed=generations,
        files_removed=files,
    )


def check_backup(folder: Path) -> CheckedBackup:
    """Read a backup, its databases too, and compare all with its hashes."""
    from film.archive import check

    report = check(folder)
    return CheckedBackup(
        folder=folder,
        generations=report.generations,
        files=report.blobs,
        bytes=report.size,
        missing=report.missing,
        problems=tuple(report.problems),
    )


def restore_backup(asked: RestoreBackup, workspace: Workspace) -> RestoredGallery:
    """Bring missing and damaged files back, and the database where it is lost. Nothing whole is replaced."""
    from film.app.rebuilding import take_in
    from film.archive import restore
    from film.cache.store import bucket_of
    from film.planning.services import open_services

    settings = workspace.settings
    report = restore(
        asked.backup, settings=settings, into=asked.into, generation=asked.generation, bucket=bucket_of(settings)
    )
    if asked.into:
        own = {"gallery": report.gallery, "database_url": f"sqlite:///{report.gallery / 'film.db'}", "store_url": ""}
        settings = settings.model_copy(update=own)
    services = open_services(settings)
    adopted = take_in(services)
    back = services.cache.repair(read_all=False)
    return RestoredGallery(
        gallery=report.gallery,
        generation=report.generation,
        database=report.database,
        aside=report.aside,
        files=report.blobs,
        brought=report.brought,
        bytes=report.size,
        missing=tuple(report.missing),
        adopted=adopted,
        passed_over=tuple(report.passed_over),
        other_files=report.files,
        has_problems=bool(back.problems),
    )
