"""A gallery brought back from a backup: files that are missing or damaged, and the database where there is none.

    which generation ─► its hashes hold ─► every blob, hashed ─► films ─► the database, last ─► both sides say whose

Nothing whole is replaced. A database that is as new as the backup's, or newer, stays, and only files are brought back;
one that is damaged, empty or older is moved aside, under a name that says so. Killed at any instant, it goes on where
it stopped when it is run again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from film.archive.backup import ALONGSIDE
from film.archive.generations import (
    DATABASE,
    Generation,
    Kept,
    blobs_in,
    files_below,
    generations,
    refuse_overlap,
)
from film.archive.rows import damage_of, load_rows
from film.cache import Bucket
from film.cache.blobs import BlobStore, Condition
from film.cache.disk import sync_folder
from film.cache.identity import Identity, read_ours
from film.cache.token import read_token
from film.db.address import address
from film.db.base import now
from film.db.looking import exists
from film.db.session import database_file, engine_for, make_reader, snapshot
from film.db.tables import Blob, LedgerEntry
from film.errors import ConfigurationError, FilmError, InputError, StoreError, disk_error
from film.files.digests import sha256_of_file
from film.files.own_files import fresh_beside, own_folder
from film.settings import Settings


@dataclass
class RestoreReport:
    gallery: Path
    generation: str
    blobs: int = 0
    brought: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list[str])
    """Blobs that are whole neither here nor in the backup."""
    files: int = 0
    database: str = "restored"
    """restored | kept: the one that was there is as new, or newer."""
    aside: Path | None = None
    """Where a damaged, empty or older database was moved."""
    passed_over: list[str] = field(default_factory=list[str])
    """Newer generations of the backup that are not whole."""


@dataclass(frozen=True)
class _Source:
    """What is restored: a generation, or a folder that an older program copied."""

    root: Path
    folder: Path
    database: Path
    name: str
    number: int
    library: str
    files: list[Kept]


@dataclass(frozen=True)
class _Present:
    """The database that is there: none | damaged | empty | other | older | whole."""

    state: str
    library: str = ""
    generation: int = 0


def restore(
    backup: Path, *, settings: Settings, into: Path | None = None, generation: str | None = None,
    bucket: Bucket | None = None,
) -> RestoreReport:  # fmt: skip
    """Bring the gallery of ``settings`` back, or make a gallery with a database of its own of ``into``."""
    if not backup.is_dir():
        raise InputError(f"{backup} is not there", hint="name a folder that film backup wrote")
    gallery = (into or settings.gallery).absolute()
    url = f"sqlite:///{gallery / DATABASE}" if into else settings.database_url
    passed: list[str] = []
    source = _choose(backup, generation, passed)
    refuse_overlap(source.root, gallery)
    present = _present(url)
    _refuse_strangers(source, gallery, present, url)
    if into is None:
        refuse_second(gallery, url)
    report = RestoreReport(gallery, source.name, passed_over=passed)
    keeps = present.state == "whole" and present.generation >= source.number
    try:
        wanted = _named(url) if keeps else blobs_in(source.database)
        _bring_blobs(source, gallery, wanted, report)
        _bring_files(source, gallery, report)
        if keeps:
            report.database = "kept"
        else:
            report.aside = _bring_database(source, url, present)
    except OSError as error:
        raise disk_error(error, gallery) from error
    engine = engine_for(url)
    _bind(engine, gallery, None if into else bucket)
    return report


def _choose(backup: Path, name: str | None, passed: list[str]) -> _Source:
    """The newest generation that is whole, or the one that was named."""
    if (backup / "backup.json").is_file() and backup.parent.name == "generations":
        backup, name = backup.parent.parent, backup.name
    found = generations(backup)
    if name is not None:
        found = [generation for generation in found if generation.folder.name == name]
        if not found:
            raise InputError(f"{backup} has no whole generation {name!r}", hint=_which(backup))
    for generation in reversed(found):
        try:
            return _whole(backup, generation)
        except StoreError as error:
            if name is not None:
                raise
            passed.append(f"{generation.folder.name}: {error}")
    if found:
        raise StoreError(
            f"no generation in {backup} is whole: {passed[0]}", hint="look with: film backup FOLDER --check"
        )
    return _older_copy(backup)


def _whole(backup: Path, generation: Generation) -> _Source:
    manifest = generation.manifest()
    if not generation.database.is_file() or sha256_of_file(generation.database) != manifest.database.sha256:
        raise StoreError(
            f"the database of {generation.folder.name} is not what was copied", hint="use another generation"
        )
    if damage := damage_of(generation.database):
        raise StoreError(f"the database of {generation.folder.name} is damaged: {damage}", hint="use another one")
    folder, number = generation.folder, manifest.generation
    return _Source(backup, folder, generation.database, folder.name, number, manifest.library, manifest.files)


def _older_copy(backup: Path) -> _Source:
    """A folder that a program before generations copied: a database and blobs."""
    database = backup / DATABASE
    if not database.is_file() or not (backup / "blobs").is_dir():
        raise InputError(
            f"{backup} holds no whole backup",
            hint="name a folder that film backup wrote; one that was cut short is none",
        )
    if damage := damage_of(database):
        raise StoreError(f"{database} is damaged: {damage}", hint="use another backup")
    files = [
        Kept(path=name, size=(backup / name).stat().st_size, sha256=sha256_of_file(backup / name))
        for name in files_below(backup, ALONGSIDE)
    ]
    return _Source(backup, backup, database, backup.name, 0, "", files)


def _present(url: str) -> _Present:
    file = database_file(url)
    if not exists(url):
        return _Present("empty" if file and file.is_file() else "none")
    if file and damage_of(file):
        return _Present("damaged")
    reader = make_reader(url)
    try:
        with snapshot(reader) as db:
            ours = read_ours(db)
            if ours:
                return _Present("whole", ours.library, ours.generation)
            is_used = db.scalar(select(Blob.sha256).limit(1)) or db.scalar(select(LedgerEntry.id).limit(1))
            return _Present("other" if is_used else "empty")
    except (DBAPIError, FilmError):
        return _Present("other")  # of an older program
    finally:
        reader.dispose()


def _refuse_strangers(source: _Source, gallery: Path, present: _Present, url: str) -> None:
    token = read_token(gallery)
    if token and source.library and token.library != source.library:
        raise InputError(
            f"the gallery {gallery} is of library {token.library[:8]}, and the backup of {source.library[:8]}",
            hint="name another folder with --into",
        )
    if token is None and any(True for _ in BlobStore(gallery, lambda: "").files()):
        raise InputError(
            f"the gallery {gallery} holds files and does not say whose they are", hint="name another folder with --into"
        )
    if token and token.role == "backup":
        raise InputError(f"{gallery} is a backup itself", hint="name another folder with --into")
    where = database_file(url) or "the server's database"
    if present.state == "other" or (present.state == "whole" and present.library != source.library):
        raise InputError(
            f"the database {where} belongs to another library, or to an older program",
            hint="set FILM_DATABASE_URL to the library's own, or name another folder with --into",
        )
    if present.state == "whole" and present.generation < source.number and database_file(url) is None:
        raise InputError(
            f"the database {where} is an older copy of this library (generation {present.generation}, the backup's is "
            f"{source.number})",
            hint="set FILM_DATABASE_URL to an empty database or schema",
        )


def refuse_second(gallery: Path, url: str) -> None:
    """Bring no database back beside one that is whole: a shell does not name it, and both would be the library's.

    Args:
        gallery: Whose own word on where its database is counts.
        url: Where a database is about to be filled.
    """
    token, here = read_token(gallery), address(make_url(url))
    if token is None or token.database in ("", here) or _present(url).state not in ("none", "empty"):
        return
    file = Path(token.database)
    if file.is_absolute():
        theirs = _present(f"sqlite:///{file}")
        if theirs.state != "whole" or theirs.library != token.library or file.resolve() == Path(here).resolve():
            return  # gone with its disk, or moved together with the gallery
        way = "move it away first if another is to take its place"
    elif database_file(url) == gallery / DATABASE:  # nothing was named; whoever names a place has decided
        way = "if its server is gone for good, name a place for the new one: sqlite:////folder/film.db"
    else:
        return
    raise ConfigurationError(
        f"the database of the gallery {gallery} is {token.database}, and FILM_DATABASE_URL names {here}, where there "
        "is none",
        hint=f"set FILM_DATABASE_URL to {token.database}; {way}",
    )


def put_foreign_aside(gallery: Path, url: str) -> Path | None:
    """Move another library's database out of a gallery's own folder, where it took the place of the gallery's.

    A database elsewhere is left alone: there it is the address that is wrong.

    Args:
        gallery: Which says whose it is.
        url: Where its database should be.

    Returns:
        Where the other library's database lies now; None where there is none to move.
    """
    token, file = read_token(gallery), database_file(url)
    if token is None or file is None or file.resolve() != (gallery / DATABASE).resolve():
        return None
    present = _present(url)
    if present.state != "whole" or present.library in ("", token.library):
        return None
    return _move_aside(file, f"of-library-{present.library[:8]}", now())


def _named(url: str) -> dict[str, int]:
    """Every blob on record, those that were set aside, too."""
    with snapshot(engine_for(url)) as db:
        return {row.sha256: row.size for row in db.execute(select(Blob.sha256, Blob.size))}


def _bring_blobs(source: _Source, gallery: Path, wanted: dict[str, int], report: RestoreReport) -> None:
    theirs, mine = BlobStore(source.root, lambda: ""), BlobStore(gallery, lambda: f"restore{os.getpid()}")
    report.blobs = len(wanted)
    for sha256, size in sorted(wanted.items()):
        if mine.check_here(sha256, size) is Condition.GOOD:
            continue
        if theirs.check_here(sha256, size) is not Condition.GOOD:
            report.missing.append(sha256)
            continue
        temporary = mine.temporary()
        try:
            with theirs.open(sha256) as blob, temporary.open("xb") as copy:
                shutil.copyfileobj(blob, copy, 1 << 20)
            sealed = mine.seal(temporary)
            if sealed.sha256 != sha256:
                report.missing.append(sha256)
                continue
            mine.place(sealed)
        finally:
            temporary.unlink(missing_ok=True)
        report.brought += 1
        report.size += size


def _bring_files(source: _Source, gallery: Path, report: RestoreReport) -> None:
    """Films, prices, looks: those that are not here."""
    for kept in source.files:
        origin, target = source.folder / kept.path, gallery / kept.path
        if target.exists() or target.is_symlink() or origin.is_symlink() or not origin.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = fresh_beside(target, ".film-part", mode=0o600)
        shutil.copy2(origin, part)
        if sha256_of_file(part) != kept.sha256:
            part.unlink()
            report.missing.append(kept.path)
            continue
        part.replace(target)
        report.files += 1


def _bring_database(source: _Source, url: str, present: _Present) -> Path | None:
    file = database_file(url)
    if file is None:
        load_rows(source.database, engine_for(url))
        return None
    own_folder(file.parent)
    for left in file.parent.glob(f".{file.name}.*.film-part"):  # by one that was killed
        left.unlink(missing_ok=True)
    part = fresh_beside(file, ".film-part", mode=0o600)
    if source.folder == source.root:
        _copy_with_its_log(source.database, part)
    else:
        shutil.copyfile(source.database, part)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    state = "older" if present.state == "whole" else present.state
    aside = _move_aside(file, state, now()) if file.exists() else None
    part.replace(file)
    sync_folder(file.parent)
    return aside


def _copy_with_its_log(database: Path, part: Path) -> None:
    """Of a folder that may have been used since: what lies in the log beside a database belongs to it."""
    try:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error:  # where nothing can be written
        shutil.copyfile(database, part)


def _move_aside(file: Path, state: str, moment: datetime) -> Path:
    """A database under another name, with what SQLite keeps beside it."""
    aside = file.with_name(f"{file.name}.{state}-{moment:%Y%m%d-%H%M%S}")
    for beside in ("-wal", "-shm", ""):
        old = file.with_name(file.name + beside)
        if old.exists():
            old.replace(aside.with_name(aside.name + beside))
    return aside


def _bind(engine: Engine, gallery: Path, bucket: Bucket | None) -> None:
    """Both sides say whose they are, at a generation above all that either has known."""
    Identity(gallery, engine, bucket).attach()


def _which(backup: Path) -> str:
    names = ", ".join(generation.folder.name for generation in generations(backup)[-5:])
    return f"its newest are {names}" if names else "it has none"
