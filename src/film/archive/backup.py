"""A gallery copied while it is at work, as one more generation in a backup folder.

    whose folder ─► database, one moment of it ─► every blob it names, hashed ─► films, prices, looks ─► its name

The database goes first: blobs are never removed within a day of their last use, so all that it names is still there.
What the folder has of blobs is read and compared; a rotten copy is replaced. At the end the library's generation rises,
so that the copy is known to be the older one. A folder that is another library's, a gallery at work, or a part of this
gallery by whatever name, is refused.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from film.archive.generations import (
    DATABASE,
    GENERATIONS,
    MANIFEST,
    PART,
    Kept,
    Manifest,
    blobs_in,
    clear_left_overs,
    files_below,
    generation_name,
    generations,
    refuse_overlap,
)
from film.archive.rows import save_database
from film.cache import AssetCache
from film.cache.blobs import BlobStore, Condition
from film.cache.disk import sync_folder
from film.cache.identity import read_ours
from film.cache.locks import hold
from film.cache.token import Token, read_token, write_token
from film.db.base import now
from film.db.session import database_file, make_reader, snapshot
from film.errors import InputError, StoreError, disk_error
from film.files.digests import sha256_of_file
from film.files.own_files import fresh_beside, own_file, own_folder
from film.settings import Settings

_LOCK = "backup.lock"
ALONGSIDE = ("films", "templates", "cost_tracking", "provenance", "rates.toml", "orders.log", "results.log")
SMALL = 1_000_000
"""Bytes up to which an unchanged file is copied again, and not shared between generations."""


@dataclass(frozen=True)
class BackupReport:
    blobs: int
    copied: int
    size: int
    """Bytes that were copied of blobs."""
    lost: tuple[str, ...]
    """Blobs that the gallery itself does not have whole."""
    database: Path
    generation: Path
    healed: int = 0
    """Of those copied: blobs of which the folder had a rotten copy."""


def back_up(
    folder: Path, *, settings: Settings, cache: AssetCache, engine: Engine, quick: bool = False
) -> BackupReport:
    """Add a generation to ``folder``. ``quick`` trusts the lengths of blobs that are there already."""
    folder = folder.absolute()
    database = database_file(settings.database_url)
    refuse_overlap(folder, settings.gallery)
    if database and folder.exists() and database.parent.exists() and folder.samefile(database.parent):
        raise InputError(f"{folder} is where the database itself lies", hint="name another folder")
    with snapshot(engine) as db:
        ours = read_ours(db)
    known = ours or read_token(settings.gallery)
    _check_whose(folder, read_token(folder), known.library if known else None)  # refused, both sides stay as they are
    cache.identity.write()
    with snapshot(engine) as db:
        ours = read_ours(db)
    assert ours is not None
    try:
        token = _claim(folder, ours.library)
        with _alone(folder):
            clear_left_overs(folder)
            report = _add(folder, token, settings, cache, engine, quick=quick)
    except OSError as error:
        raise disk_error(error, folder) from error
    cache.identity.next_generation()
    return report


def _claim(folder: Path, library: str) -> Token:
    """The folder is this library's backup, or becomes it; InputError when it is anything else."""
    token = read_token(folder)
    _check_whose(folder, token, library)
    if token is None:
        own_folder(folder)
        token = Token(library=library, generation=0, gallery=uuid.uuid4().hex, role="backup")
        write_token(folder, token)
    return token


def _check_whose(folder: Path, token: Token | None, library: str | None) -> None:
    """InputError unless the folder is a backup of ``library``, or nothing yet; None is a library yet to begin."""
    if token is None:
        if any((folder / name).exists() or (folder / name).is_symlink() for name in (DATABASE, "blobs", GENERATIONS)):
            raise InputError(
                f"{folder} holds a gallery or a backup that does not say whose it is",
                hint="name another folder: nothing there is replaced",
            )
        theirs = next((name for name in (*ALONGSIDE, _LOCK) if os.path.lexists(folder / name)), None)
        if theirs:
            raise InputError(
                f"{folder / theirs} is there, and a backup keeps its own of that name",
                hint="name an empty folder: nothing there is replaced",
            )
        return
    if token.library != library:
        this = f"library {library[:8]}" if library else "a new one"
        raise InputError(
            f"{folder} holds a backup of library {token.library[:8]}, and this is {this}",
            hint="name a folder of its own for each library",
        )
    if token.role != "backup":
        raise InputError(
            f"{folder} is a gallery in which work was done since, and no backup any more",
            hint="name another folder: nothing there is replaced",
        )


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One backup at a time in a folder; the next one waits."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        hold(handle)
        yield
    finally:
        os.close(handle)


def _add(
    folder: Path, token: Token, settings: Settings, cache: AssetCache, engine: Engine, *, quick: bool
) -> BackupReport:
    made = now()
    part = folder / GENERATIONS / f"{PART}{uuid.uuid4().hex[:12]}"
    own_folder(part)
    save_database(engine, settings.database_url, part / DATABASE)
    reader = make_reader(f"sqlite:///{part / DATABASE}")
    with snapshot(reader) as db:
        ours = read_ours(db)
    reader.dispose()
    for beside in ("-wal", "-shm"):
        (part / (DATABASE + beside)).unlink(missing_ok=True)
    assert ours is not None
    blobs = blobs_in(part / DATABASE)
    copied, size, lost, healed = _copy_blobs(blobs, cache, BlobStore(folder, lambda: "backup"), quick=quick)
    earlier = generations(folder)
    files = [_keep(settings.gallery, name, part, earlier[-1].folder if earlier else None) for name in _names(settings)]
    manifest = Manifest(
        library=ours.library,
        generation=ours.generation,
        made=made,
        blobs=len(blobs),
        size=sum(blobs.values()),
        missing=list(lost),
        database=_described(part, DATABASE),
        files=files,
    )
    _write(part / MANIFEST, manifest.model_dump_json(indent=1).encode())
    for inner, _, _ in os.walk(part):
        sync_folder(Path(inner))
    target = part.with_name(generation_name(made, ours.generation))
    part.replace(target)
    sync_folder(target.parent)
    _mirror(folder, target, manifest)
    write_token(folder, token.model_copy(update={"generation": ours.generation}))
    return BackupReport(len(blobs), copied, size, tuple(lost), target / DATABASE, target, healed)


def _names(settings: Settings) -> list[str]:
    return list(files_below(settings.gallery, ALONGSIDE))


def _copy_blobs(
    sizes: dict[str, int], cache: AssetCache, target: BlobStore, *, quick: bool
) -> tuple[int, int, list[str], int]:
    """Every blob that the copied database names: how many were copied, how large they are, which nobody has whole."""
    copied, total, healed, lost = 0, 0, 0, list[str]()
    look = target.look_here if quick else target.check_here
    for sha256, size in sorted(sizes.items()):
        before = look(sha256, size)
        if before is Condition.GOOD:
            continue
        temporary = target.temporary()
        try:
            with cache.open_blob(sha256, size) as blob, temporary.open("xb") as copy:
                shutil.copyfileobj(blob, copy, 1 << 20)
            sealed = target.seal(temporary)
        except StoreError as error:
            temporary.unlink(missing_ok=True)
            if isinstance(error.__cause__, OSError):
                raise
            lost.append(sha256)
            continue
        if sealed.sha256 != sha256:
            temporary.unlink(missing_ok=True)
            lost.append(sha256)
            continue
        target.place(sealed)
        copied, total = copied + 1, total + size
        healed += before is not Condition.MISSING
    return copied, total, lost, healed


def _keep(gallery: Path, name: str, part: Path, earlier: Path | None) -> Kept:
    """A file beside the database, in this generation: shared with the last one where it is large and unchanged."""
    source, target = gallery / name, part / name
    target.parent.mkdir(parents=True, exist_ok=True)
    old = earlier / name if earlier else None
    told = source.stat()
    if old and told.st_size > SMALL and old.is_file() and not old.is_symlink():
        found = old.stat()
        if (found.st_size, found.st_mtime_ns) == (told.st_size, told.st_mtime_ns) and (
            sha256_of_file(old) == sha256_of_file(source)
        ):
            with suppress(OSError):  # a filesystem without such links
                os.link(old, target)
                return _described(part, name)
    shutil.copy2(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return _described(part, name)


def _described(folder: Path, name: str) -> Kept:
    return Kept(path=name, size=(folder / name).stat().st_size, sha256=sha256_of_file(folder / name))


def _mirror(folder: Path, generation: Path, manifest: Manifest) -> None:
    """Have the folder itself be a gallery: the newest generation once more. Its database goes last."""
    for kept in (*manifest.files, manifest.database):
        source, target = generation / kept.path, folder / kept.path
        if kept.path != DATABASE and target.is_file() and _same(source, target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = fresh_beside(target, ".film-part", mode=0o600)
        try:
            if kept.path == DATABASE or kept.size <= SMALL:
                raise OSError  # what may be written in place is not shared
            part.unlink()
            os.link(source, part)
        except OSError:
            shutil.copy2(source, part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
        if kept.path == DATABASE:
            for beside in ("-wal", "-shm"):
                target.with_name(target.name + beside).unlink(missing_ok=True)
        part.replace(target)
    sync_folder(folder)


def _same(one: Path, other: Path) -> bool:
    a, b = one.stat(), other.stat()
    return os.path.samestat(a, b) or (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def _write(file: Path, data: bytes) -> None:
    own_file(file)
    with file.open("wb") as written:
        written.write(data)
        written.flush()
        os.fsync(written.fileno())
