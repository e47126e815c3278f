"""A gallery copied while it is at work: the copy is itself a gallery, to be used as it stands.

    database ──VACUUM INTO──► film.db      one moment of it, whole, while others write
    every blob it names ──hash──► blobs/   what the last backup has is not copied again
    films, prices, looks, certificate      as they lie there

The database goes first: blobs are never removed within a day of their last use, so all that it names is still there.
PostgreSQL has its own tools, and everything but the database is copied.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, select

from film.cache import AssetCache
from film.cache.blobs import BlobStore, Condition
from film.db.session import database_file, snapshot
from film.db.tables import Blob
from film.errors import InputError, StoreError, disk_error
from film.settings import Settings

DATABASE = "film.db"
ALONGSIDE = ("films", "templates", "cost_tracking", "provenance", "rates.toml")


@dataclass(frozen=True)
class BackupReport:
    blobs: int
    copied: int
    size: int
    """Bytes that were copied of blobs."""
    lost: tuple[str, ...]
    """Blobs that the gallery itself does not have whole."""
    database: Path | None
    """None: the database is on a server, and backed up with its own tools."""


def back_up(folder: Path, *, settings: Settings, cache: AssetCache, engine: Engine) -> BackupReport:
    folder = folder.absolute()
    if folder.is_relative_to(settings.gallery) or settings.gallery.is_relative_to(folder):
        raise InputError(f"{folder} is in the gallery, or the gallery in it", hint="name a folder on another disk")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        database = _copy_database(settings.database_url, folder)
        blobs, copied, size, lost = _copy_blobs(engine, database, cache, BlobStore(folder, lambda: "backup"))
        for name in ALONGSIDE:
            _copy(settings.gallery / name, folder / name)
    except OSError as error:
        raise disk_error(error, folder) from error
    return BackupReport(blobs, copied, size, lost, database)


def _copy_database(url: str, folder: Path) -> Path | None:
    source = database_file(url)
    if source is None:
        return None
    if not source.is_file():
        raise InputError("there is no gallery yet: nothing to back up", hint="make a film first")
    target, new = folder / DATABASE, folder / f"{DATABASE}.new"
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(new),))
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be copied: {error}", hint="check both disks, then run again") from error
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    for left_over in ("-wal", "-shm"):
        target.with_name(target.name + left_over).unlink(missing_ok=True)
    new.replace(target)
    return target


def _copy_blobs(
    engine: Engine, database: Path | None, cache: AssetCache, target: BlobStore
) -> tuple[int, int, int, tuple[str, ...]]:
    """Every blob that the copied database names."""
    source = create_engine(f"sqlite:///{database}") if database else engine
    try:
        with snapshot(source) as db:
            sizes = {row.sha256: row.size for row in db.execute(select(Blob.sha256, Blob.size))}
    finally:
        if database:
            source.dispose()
    copied, total, lost = 0, 0, list[str]()
    for sha256, size in sorted(sizes.items()):
        if target.look_here(sha256, size) is Condition.GOOD:
            continue
        try:
            with cache.open_blob(sha256, size) as blob:
                temporary = target.temporary()
                with temporary.open("xb") as copy:
                    shutil.copyfileobj(blob, copy, 1 << 20)
        except StoreError:
            lost.append(sha256)
            continue
        sealed = target.seal(temporary)
        if sealed.sha256 != sha256:
            temporary.unlink(missing_ok=True)
            lost.append(sha256)
            continue
        target.place(sealed)
        copied, total = copied + 1, total + size
    return len(sizes), copied, total, tuple(lost)


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        return
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif source.is_file():
        target.unlink(missing_ok=True)
        shutil.copy2(source, target)
