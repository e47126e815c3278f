"""A database and a store are one library only if both say so. Everything that writes, forgets or deletes asks here.

    look()      both sides as they stand, nothing written: ``SideState``, and what is wrong with it
    write()     once in a process, before its first file: compare, then the generation rises, first in the database
    absent()    before anybody believes that a file is missing: are its disk, its bucket, its database the right ones?
    remove()    before anything goes away for good

Both sides are asked again whenever something is missing: disks are unplugged while films are made.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Engine, case, insert, literal, select, update

from film.cache.disk import entries
from film.cache.token import Token, read_token, write_token
from film.db.address import address
from film.db.base import UtcDateTime, now
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import Action, AssetRow, Blob, JobRow, LedgerEntry, Library, LostBlob
from film.errors import ConfigurationError, StoreError
from film.files.own_files import own_folder

if TYPE_CHECKING:
    from film.cache.bucket import Bucket

OLDER_KEY = hashlib.sha256(b"film/store/1").hexdigest()
SAMPLE = 40
"""Rows whose files are looked for, where a gallery of an older program does not say whose it is."""
LOOKS = 5
_KEPT = (Blob.sha256, Action.key, AssetRow.id, JobRow.id, LedgerEntry.id)


@dataclass(frozen=True)
class Ours:
    """What the database says."""

    library: str
    generation: int
    gallery: str
    bucket: str


@dataclass(frozen=True)
class SideState:
    """Both sides. ``files``: there | empty | absent | link | unreadable, of the folder of blobs."""

    ours: Ours | None
    token: Token | None
    files: str
    has_rows: bool
    is_known: bool = False
    """A gallery that says nothing holds files of this database."""


class Identity:
    """Of one gallery, seen from one database; ``bucket`` is the one behind it, if any.

    ``may_write`` raises where that bucket would refuse what is written, and is asked before anything is.
    """

    def __init__(
        self,
        gallery: Path,
        engine: Engine,
        bucket: Bucket | None = None,
        may_write: Callable[[], None] = lambda: None,
    ) -> None:
        self.gallery = gallery
        self._engine, self._bucket, self._may_write = engine, bucket, may_write
        self._mutex = threading.Lock()
        self._has_written = 0

    # -- looking

    def look(self) -> SideState:
        """The gallery first: what it says of a generation the database has said before."""
        token, files = read_token(self.gallery), self._files()
        with snapshot(self._engine) as db:
            ours = read_ours(db)
            has_rows = _has_rows(db)
            is_known = token is None and files == "there" and self._is_known(db)
        return SideState(ours, token, files, has_rows, is_known)

    def trouble(self, *, writing: bool = False) -> StoreError | None:
        """Why database and gallery are not one library, with the way out; None when they are.

        ``writing``: also where new files would lie where nobody else looks for them.
        """
        try:
            found, error = self._look_twice()
        except StoreError as unreadable:
            return unreadable
        if error is None and writing and found.ours and found.ours.bucket and self._bucket is None:
            return self._without_bucket(found.ours)
        return error

    # -- asking

    def write(self) -> None:
        """Before anything is written. The first time in this process the generation rises on both sides."""
        with self._mutex:
            if self._has_written == os.getpid():
                return
            found = self._sound()
            self._may_write()
            self._rise(found)
            self._has_written = os.getpid()

    def absent(self) -> None:
        """Before it is believed that a file is missing; StoreError where that would be somebody's mistake."""
        found = self._sound()
        if found.ours and found.ours.bucket and self._bucket is None:
            raise self._without_bucket(found.ours)

    def remove(self) -> None:
        """Before anything is removed for good."""
        found = self._sound()
        if found.ours and found.ours.bucket and self._bucket is None:
            raise self._without_bucket(found.ours)
        if (found.token and found.token.role == "backup") or (self.gallery / "generations").is_dir():
            raise StoreError(
                f"{self.gallery} is a backup, whose files serve several generations: nothing is collected there",
                hint="set FILM_GALLERY_DIR to the gallery itself; old backups go with: film backup FOLDER --keep N",
            )

    def next_generation(self) -> int:
        """Let the generation rise, so that whatever was copied until now is known to be older; what it is now."""
        self.write()
        with self._mutex:
            return self._rise(self.look())

    def take_over(self) -> None:
        """Take a database that is empty, or an older copy, for the gallery's own: it is about to be filled again."""
        found = self.look()
        token = found.token
        if token is None or found.files in ("link", "unreadable"):
            if error := self._judge(found):
                raise error
            return
        with self._engine.begin() as db:
            ours = taken_for(db, token.library)
            if ours.library != token.library and (error := self._judge(found)):
                raise error
            if ours.generation < token.generation:
                db.execute(update(Library).values(generation=token.generation, gallery_id=token.gallery))

    def attach(self) -> int:
        """Bind this gallery and this database, whatever either said before: a person has looked. The generation.

        Where the gallery is empty, what the database knows of is set aside: it counts again once it is brought back.
        """
        found = self.look()
        with self._mutex:
            higher = found.token.generation if found.token and _same_library(found) else 0
            with self._engine.begin() as db:
                ours = ensure_ours(db)
                db.execute(
                    update(Library).values(
                        gallery_id="", bucket=ours.bucket if self._bucket else "",
                        generation=max(ours.generation, higher),
                    )
                )  # fmt: skip
                if found.files in ("absent", "empty") and self._bucket is None:
                    _set_all_aside(db)
            own_folder(self.gallery / "blobs" / "sha256")
            token = found.token.model_copy(update={"gallery": ""}) if found.token else None
            generation = self._rise(SideState(ours, token, "there", found.has_rows))
            self._has_written = os.getpid()
            return generation

    # -- inside

    def _sound(self) -> SideState:
        """Both sides, which are one library; StoreError where they are not."""
        found, error = self._look_twice()
        if error:
            raise error
        return found

    def _look_twice(self) -> tuple[SideState, StoreError | None]:
        """What is wrong is looked at until it stands still: another process may be writing its first file just now."""
        found = self.look()
        error = self._judge(found)
        for _ in range(LOOKS):
            if error is None:
                break
            before, found = found, self.look()
            error = self._judge(found)
            if found == before:
                break
        return found, error

    def _rise(self, found: SideState) -> int:
        """One generation more. A gallery without a name gets one; of processes that name it at once, the first does.

        A backup in which work is done becomes a gallery of its own: its database still has the name of the other one.
        """
        is_backup = found.token is not None and found.token.role == "backup"
        known = found.token.gallery if found.token and not is_backup else ""
        gallery = known or uuid.uuid4().hex
        nameless = {"", found.ours.gallery if is_backup and found.ours else ""}
        with self._engine.begin() as db:
            ours = ensure_ours(db)
            named = literal(gallery) if known else _named(nameless, gallery)
            rise = update(Library).values(generation=Library.generation + 1)
            if self._bucket is None:
                rise = rise.values(gallery_id=named)
            generation, ours_named = db.execute(rise.returning(Library.generation, Library.gallery_id)).one()
            if self._bucket is None:
                gallery = ours_named
        told = Token(
            library=ours.library, generation=generation, gallery=gallery, database=address(self._engine.url)[:500]
        )
        write_token(self.gallery, told)
        return generation

    def _judge(self, found: SideState) -> StoreError | None:
        if found.files == "link":
            return StoreError(
                f"the gallery's files are not there: {self.gallery / 'blobs'} is a link or a file, and the store "
                "follows no link",
                hint="put the folder itself in its place, or set FILM_GALLERY_DIR to the gallery it belongs to",
            )
        if found.files == "unreadable":
            return StoreError(
                f"the gallery's files are not there: {self.gallery / 'blobs' / 'sha256'} cannot be read",
                hint="check the rights of that folder, and its disk; nothing is made or forgotten until it can be read",
            )
        if found.token is None:
            return self._judge_silent(found)
        return self._judge_told(found, found.token)

    def _judge_silent(self, found: SideState) -> StoreError | None:
        """The gallery does not say whose it is: a new one, an older program's, or a disk that is not plugged in."""
        if found.is_known:
            return None
        if found.files == "there":
            return StoreError(
                f"the gallery {self.gallery} holds files of which the database {self._where} knows none",
                hint="check FILM_DATABASE_URL and FILM_GALLERY_DIR; film restore BACKUP brings a lost database back",
            )
        if found.has_rows and self._bucket is None:
            return self._not_there(found)
        return None

    def _judge_told(self, found: SideState, token: Token) -> StoreError | None:
        if found.ours is None:
            return lost_database(self.gallery, token, self._where)
        ours = found.ours
        if ours.library != token.library:
            return ConfigurationErrorOfStore(
                f"the gallery {self.gallery} is of library {token.library[:8]}, and the database {self._where} of "
                f"library {ours.library[:8]}",
                hint="set FILM_GALLERY_DIR and FILM_DATABASE_URL to those of one library" + self._once(token),
            )
        if token.role == "backup":
            return self._judge_backup(ours, token)
        if token.generation > ours.generation:
            return StoreError(
                f"the database {self._where} is an older copy: it is at generation {ours.generation}, and the gallery "
                f"{self.gallery} has known generation {token.generation}",
                hint="use the newest database; if there is none, film fsck --rebuild adds what this one lacks, from "
                "the gallery's own records",
            )
        if self._bucket is None:
            if ours.gallery and token.gallery and ours.gallery != token.gallery:
                if ours.bucket:
                    return self._without_bucket(ours)
                return StoreError(
                    f"the gallery {self.gallery} is a copy: the database {self._where} belongs to another folder of "
                    f"this library",
                    hint="set FILM_GALLERY_DIR to that folder; to go on with this one, run: film library attach",
                )
            if found.has_rows and found.files in ("absent", "empty") and not ours.bucket:
                return self._not_there(found)
        return None

    def _judge_backup(self, ours: Ours, token: Token) -> StoreError | None:
        """A backup is a gallery with the database that lies in it, and with no other."""
        if ours.generation == token.generation and self._bucket is None:
            return None
        return StoreError(
            f"{self.gallery} is a backup of generation {token.generation}, and the database {self._where} is at "
            f"generation {ours.generation}",
            hint="set FILM_GALLERY_DIR to the gallery itself; files come back from a backup with film restore",
        )

    def _not_there(self, found: SideState) -> StoreError:
        return StoreError(
            f"the gallery's files are not there: {self.gallery / 'blobs' / 'sha256'} is "
            f"{'empty' if found.files == 'empty' else 'missing'}, and the database {self._where} knows of files",
            hint="plug its drive in, or set FILM_GALLERY_DIR; bring files back with film restore BACKUP; if they are "
            "gone for good: film library attach",
        )

    def _without_bucket(self, ours: Ours) -> StoreError:
        return StoreError(
            f"this library's files lie in the shared store {ours.bucket}, and FILM_STORE_URL is not set",
            hint="set FILM_STORE_URL, as in the shell where the library was used; to leave the store for good, bring "
            "all files here with film fsck while it is set, then run film library attach without it",
        )

    def _once(self, token: Token) -> str:
        """Where the gallery's database was; or, where another took its very place, the way to a new one."""
        if token.database and token.database == address(self._engine.url):
            return "; if its own database is lost: film fsck --rebuild puts this one aside and makes the rows anew"
        return f"; the gallery's database was {token.database}" if token.database else ""

    @property
    def _where(self) -> str:
        """The database, as people are told it; those who look where there is none look at an empty one in memory."""
        where = address(self._engine.url)
        return where if where != "in memory" else "that FILM_DATABASE_URL or the gallery names (there is none)"

    def _files(self) -> str:
        place = self.gallery / "blobs"
        try:
            for folder in (place, place / "sha256"):
                if not stat.S_ISDIR(os.lstat(folder).st_mode):
                    return "link"
            return "there" if any(True for _ in entries(str(place / "sha256"))) else "empty"
        except (FileNotFoundError, NotADirectoryError):
            return "absent"
        except OSError:
            return "unreadable"

    def _is_known(self, db: Connection) -> bool:
        """Whether one of a few rows has its file here, at its length, or one of a few files here its row."""
        for sha256, size in db.execute(select(Blob.sha256, Blob.size).limit(SAMPLE)):
            place = self.gallery / "blobs" / "sha256" / sha256[:2] / sha256[2:4] / sha256
            try:
                found = os.lstat(place)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode) and found.st_size == size:
                return True
        some = list(islice(self._names(), SAMPLE))
        return db.scalar(select(Blob.sha256).where(Blob.sha256.in_(some)).limit(1)) is not None

    def _names(self) -> Iterator[str]:
        for outer in entries(str(self.gallery / "blobs" / "sha256")):
            for inner in entries(outer.path) if outer.is_dir(follow_symlinks=False) else ():
                for entry in entries(inner.path) if inner.is_dir(follow_symlinks=False) else ():
                    yield entry.name


class ConfigurationErrorOfStore(StoreError, ConfigurationError):
    """Two sides that are both whole and do not belong together: a matter of settings."""

    exit_code = ConfigurationError.exit_code


def lost_database(gallery: Path, token: Token, where: str) -> StoreError:
    """A gallery says whose it is, and the database knows nothing of it."""
    was = f", whose database was {token.database}" if token.database else ""
    return StoreError(
        f"the gallery {gallery} is of library {token.library[:8]}{was}; the database {where} is another one, empty or "
        "lost",
        hint="set FILM_DATABASE_URL to its database, or bring that back: film restore BACKUP; without a backup, "
        "film fsck --rebuild makes the rows anew from the gallery's own records",
    )


def read_ours(db: Connection) -> Ours | None:
    columns = (Library.library_id, Library.generation, Library.gallery_id, Library.bucket)
    row = db.execute(select(*columns)).first()
    return Ours(*row) if row else None


def ensure_ours(db: Connection, library: str | None = None) -> Ours:
    """The library's row; made where there is none, under the id by which an older program's bucket knows it."""
    if ours := read_ours(db):
        return ours
    fresh = {"id": 1, "library_id": library or older_token(db) or uuid.uuid4().hex, "created_at": now()}
    values = {"generation": 0, "gallery_id": "", "bucket": ""} | fresh
    db.execute(upsert(db, Library).values(**values).on_conflict_do_nothing(index_elements=["id"]))
    found = read_ours(db)
    assert found is not None
    return found


def taken_for(db: Connection, library: str) -> Ours:
    """The library's row; it becomes ``library``'s where nothing was ever kept, bought or ordered by this database."""
    ours = ensure_ours(db, library)
    if ours.library == library or any(db.execute(select(rows).limit(1)).first() for rows in _KEPT):
        return ours
    db.execute(update(Library).values(library_id=library, generation=0, gallery_id="", bucket=""))
    return Ours(library, 0, "", "")


def older_token(db: Connection) -> str | None:
    """Programs before generations kept the bucket's token as a result that was none."""
    details = db.scalar(select(Action.details).where(Action.key == OLDER_KEY))
    return str(details["token"]) if details else None


def _has_rows(db: Connection) -> bool:
    """Whether there is a file that should be somewhere."""
    lost = select(LostBlob.sha256).where(LostBlob.sha256 == Blob.sha256).exists()
    return db.scalar(select(Blob.sha256).where(~lost).limit(1)) is not None


def _set_all_aside(db: Connection) -> None:
    lost = select(LostBlob.sha256)
    gone = select(Blob.sha256, literal("missing"), literal(now(), UtcDateTime())).where(Blob.sha256.not_in(lost))
    db.execute(insert(LostBlob).from_select(["sha256", "why", "at"], gone))
    ready = update(Action).where(Action.state == "ready", Action.blob_sha256.is_not(None))
    db.execute(ready.values(state="failed"))


def _named(nameless: Collection[str], gallery: str) -> ColumnElement[str]:
    return case((Library.gallery_id.in_(nameless), gallery), else_=Library.gallery_id)


def _same_library(found: SideState) -> bool:
    return bool(found.token and (found.ours is None or found.ours.library == found.token.library))
