"""A small library that cost money, what people do to one by mistake, and what is left of it afterwards.

Room        gallery, database, backup, bucket and another library in one folder; copied for each case
run         a ``film`` command in a forked child: its exit code and what it said; perhaps killed on the way
left        which paid bytes are whole anywhere, which rows are there
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import update

from film.archive import back_up
from film.cache import AssetCache, Bucket
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import close_engines, make_engine
from film.db.tables import Action, Blob
from film.metadata import MetadataIndex
from film.models import Asset, AssetType
from film.settings import Settings

PAID = 8
LOOSE = 4
"""Results that nothing in the library names, made long ago: what a collection may take in its own time, and not now."""


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass(frozen=True)
class Ended:
    code: int
    said: str


@dataclass(frozen=True)
class Left:
    """Hashes of paid bytes that are whole somewhere in the gallery or the bucket, and keys that have their rows."""

    files: frozenset[str]
    rows: frozenset[str]


class Room:
    """``root`` holds everything; ``env`` is the shell of somebody who makes no mistake."""

    def __init__(self, root: Path, *, bucket: bool = False) -> None:
        self.root, self.gallery, self.database = root, root / "gallery", root / "db" / "film.db"
        self.bucket = root / "bucket" if bucket else None

    @property
    def env(self) -> dict[str, str]:
        return {
            "FILM_GALLERY_DIR": str(self.gallery),
            "FILM_DATABASE_URL": f"sqlite:///{self.database}",
            "FILM_STORE_URL": self.bucket.as_uri() if self.bucket else "none",
            "FILM_NO_SPEND": "1",
            "HOME": str(self.root),
        }

    def build(self) -> None:
        """The library, an older copy of its database, a backup of it, and another library."""
        self._fill(self.gallery, self.database, "mine", backup=self.root / "backup", older=self.root / "older.db")
        self._fill(self.root / "other gallery", self.root / "other.db", "other", backup=self.root / "other backup")

    def copy(self, target: Path) -> Room:
        """All of it elsewhere, as if it had been made there: its gallery names the database beside it."""
        shutil.copytree(self.root, target, symlinks=True)
        for token in target.rglob("library.json"):
            token.write_text(token.read_text("utf-8").replace(str(self.root), str(target)), "utf-8")
        return Room(target, bucket=self.bucket is not None)

    def left(self) -> Left:
        files: set[str] = set()
        wanted = paid_hashes("mine")
        for place in (self.gallery, self.root / "moved away", *([self.bucket] if self.bucket else [])):
            for found in place.rglob("*") if place.is_dir() else ():
                if found.is_file() and not found.is_symlink():
                    sha256 = hashlib.sha256(found.read_bytes()).hexdigest()
                    if sha256 in wanted:
                        files.add(sha256)
        rows: set[str] = set()
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(self.database)) as db:
            rows = {row[0] for row in db.execute("SELECT key FROM actions WHERE blob_sha256 IS NOT NULL")}
        return Left(frozenset(files), frozenset(rows))

    def reused(self) -> int:
        """How many of the paid results the cache finds whole, when no mistake is made any more."""
        engine = make_engine(f"sqlite:///{self.database}")
        bucket = Bucket(self.bucket.as_uri()) if self.bucket else None
        try:
            with AssetCache(self.gallery, engine=engine, bucket=bucket) as cache:
                return len(cache.use_many([key(name) for name in names("mine")]))
        finally:
            engine.dispose()
            close_engines()

    def _fill(self, gallery: Path, database: Path, whose: str, *, backup: Path, older: Path | None = None) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{database}"
        settings = Settings(gallery=gallery, database_url=url)
        engine = make_engine(url)
        prepare(engine)
        bucket = Bucket(self.bucket.as_uri()) if self.bucket and whose == "mine" else None
        with AssetCache(gallery, engine=engine, bucket=bucket) as cache:
            index = MetadataIndex(engine=engine)
            for number, name in enumerate(names(whose)):
                if number == PAID // 2 and older is not None:
                    with closing(sqlite3.connect(database)) as db:
                        db.execute("VACUUM INTO ?", (str(older),))
                    cache.identity.next_generation()
                stored = cache.put(
                    key(name), kind="image", provider="fal", mime="image/png", data=content(name), cost=Decimal("0.04")
                )
                if number < PAID:
                    index.index_asset(
                        Asset(
                            asset_id=name, key=stored.key, asset_type=AssetType.IMAGE, provider="fal",
                            sha256=stored.sha256, size=stored.size, mime=stored.mime, cost_usd=stored.cost,
                        )
                    )  # fmt: skip
            with engine.begin() as db:
                then = now() - timedelta(days=90)
                db.execute(update(Action).values(created_at=then, last_used_at=then))
                db.execute(update(Blob).values(created_at=then))
            for found in (gallery / "blobs").rglob("*"):
                if found.is_file():
                    os.utime(found, (then.timestamp(), then.timestamp()))
            back_up(backup, settings=settings, cache=cache, engine=engine)
        engine.dispose()
        close_engines()


def names(whose: str) -> list[str]:
    return [f"{whose} {number}" for number in range(PAID + LOOSE)]


def content(name: str) -> bytes:
    return name.encode() * 200


def paid_hashes(whose: str) -> frozenset[str]:
    return frozenset(hashlib.sha256(content(name)).hexdigest() for name in names(whose))


def run(
    arguments: list[str],
    env: Mapping[str, str],
    *,
    kill_after: float | None = None,
    before: Callable[[], None] | None = None,
) -> Ended:
    """A command in a child of this process, which has everything imported. A killed one ends with -9."""
    said = Path(env["HOME"]) / "said.txt"
    pid = os.fork()
    if pid == 0:
        _perform(arguments, env, said, before)
    killed = False
    if kill_after is not None:
        deadline = time.monotonic() + kill_after
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return Ended(os.waitstatus_to_exitcode(status), said.read_text(errors="replace"))
            time.sleep(0.0005)
        os.kill(pid, signal.SIGKILL)
        killed = True
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return Ended(code, "" if killed else said.read_text(errors="replace"))


def _perform(arguments: list[str], env: Mapping[str, str], said: Path, before: Callable[[], None] | None) -> None:
    """Never returns."""
    code = 99
    try:
        handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.environ.update(env)
        os.chdir(env["HOME"])
        if before:
            before()
        from film.cli.main import main

        main(arguments)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException as error:  # noqa: BLE001  # a child that falls over is a finding
        os.write(2, f"fell over: {error!r}".encode())
    finally:
        os._exit(code)


def days_go_by(database: Path, days: int) -> None:
    """Let days go by for what a collection has written down, in whichever database it was."""
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(database)) as db, db:
        for table, column in (("blobs", "quarantined_at"), ("strays", "seen_at"), ("strays", "marked_at")):
            db.execute(
                f"UPDATE {table} SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '-{days} days') || '000'"
                f" WHERE {column} IS NOT NULL"
            )
