"""Backups that are backups: whose folder it is, what is in it, and the way back, on both databases."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from film.archive import back_up, check, prune, restore
from film.archive.generations import generations
from film.cache import AssetCache
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import close_engines, make_engine
from film.errors import FilmError, InputError, StoreError
from film.metadata import MetadataIndex
from film.models import Asset, AssetType
from film.settings import Settings
from film.testing.older_schema import to_third_revision


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


class Room:
    """A gallery on a database, with a few results that cost money."""

    def __init__(self, gallery: Path, url: str) -> None:
        self.settings = Settings(gallery=gallery, database_url=url)
        self.open()

    def open(self) -> None:
        self.engine = make_engine(self.settings.database_url)
        prepare(self.engine)
        self.cache = AssetCache(self.settings.gallery, engine=self.engine)

    def close(self) -> None:
        self.cache.close()
        self.engine.dispose()
        close_engines()

    def put(self, *names: str) -> None:
        for name in names:
            stored = self.cache.put(
                key(name), kind="image", provider="fal", mime="image/png", data=name.encode(), cost=Decimal("0.003")
            )
            MetadataIndex(engine=self.engine).index_asset(
                Asset(asset_id=name, key=key(name), asset_type=AssetType.IMAGE, provider="fal", sha256=stored.sha256)
            )

    def back_up(self, folder: Path, **how: bool) -> object:
        return back_up(folder, settings=self.settings, cache=self.cache, engine=self.engine, **how)

    def found(self, *names: str) -> set[str]:
        """Those that are whole, in a cache that has seen nothing yet."""
        with AssetCache(self.settings.gallery, engine=self.engine) as fresh:
            there = fresh.use_many([key(name) for name in names])
        return {name for name in names if key(name) in there and there[key(name)].path.read_bytes() == name.encode()}


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[Room]:
    room = Room(tmp_path / "gallery", database_url)
    yield room
    room.close()


def lose(room: Room) -> None:
    """The machine is gone: gallery and database."""
    room.close()
    shutil.rmtree(room.settings.gallery)
    if room.settings.database_url.startswith("sqlite"):
        for file in room.settings.gallery.parent.glob("film.db*"):
            file.unlink()
    else:
        engine = make_engine(room.settings.database_url)
        with engine.begin() as db:
            schema = db.scalar(text("SELECT current_schema()"))
            db.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            db.execute(text(f"CREATE SCHEMA {schema}"))
        engine.dispose()


def test_what_was_lost_with_its_database_comes_back(room: Room, tmp_path: Path) -> None:
    room.put("lamp", "harbour")
    room.back_up(tmp_path / "backup")
    assert check(tmp_path / "backup").problems == []
    lose(room)
    report = restore(tmp_path / "backup", settings=room.settings)
    assert (report.brought, report.missing, report.database) == (2, [], "restored")
    room.open()
    assert room.found("lamp", "harbour") == {"lamp", "harbour"}
    room.put("attic")  # numbers of rows go on behind those that came
    assert [a.asset_id for a in MetadataIndex(engine=room.engine).find_assets()] == ["attic", "harbour", "lamp"]
    again = restore(tmp_path / "backup", settings=room.settings)
    assert (again.brought, again.database) == (0, "kept"), "what is whole and newer stays"
    assert room.found("attic") == {"attic"}
    assert check(tmp_path / "backup").problems == [], "bringing it back leaves the backup as it is"


def test_a_gallery_of_its_own_can_be_made_of_a_backup(room: Room, tmp_path: Path) -> None:
    room.put("lamp")
    room.back_up(tmp_path / "backup")
    restore(tmp_path / "backup", settings=room.settings, into=tmp_path / "other")
    other = Room(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'film.db'}")
    assert other.found("lamp") == {"lamp"}
    assert other.cache.trouble() is None
    other.close()
    assert room.found("lamp") == {"lamp"}


def test_files_come_back_beside_a_database_that_is_whole(room: Room, tmp_path: Path) -> None:
    room.put("lamp")
    room.back_up(tmp_path / "backup")
    room.put("attic")
    for blob in (room.settings.gallery / "blobs").rglob("*"):
        if blob.is_file() and blob.read_bytes() == b"lamp":
            blob.chmod(0o600)
            blob.write_bytes(b"pmal")
    report = restore(tmp_path / "backup", settings=room.settings)
    assert (report.database, report.brought, report.missing) == ("kept", 1, [])
    assert room.found("lamp", "attic") == {"lamp", "attic"}


def test_an_older_backup_and_the_gallerys_own_records_make_it_whole(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    room.put("lamp")
    room.back_up(tmp_path / "backup")
    room.put("attic")
    room.close()
    (tmp_path / "film.db").write_bytes(b"rotten" * 1000)
    report = restore(tmp_path / "backup", settings=room.settings)
    assert report.aside is not None and report.aside.read_bytes() == b"rotten" * 1000
    room.open()
    assert [record.sha256 for record in room.cache.adopt().adopted] == [key("attic")]
    assert room.found("lamp", "attic") == {"lamp", "attic"}
    room.close()


def test_an_older_database_is_known_for_one_until_its_rows_are_made_anew(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    room.put("lamp")
    room.close()
    shutil.copyfile(tmp_path / "film.db", tmp_path / "older.db")
    room.open()
    room.put("attic")
    room.close()
    shutil.copyfile(tmp_path / "older.db", tmp_path / "film.db")
    room.open()
    for ask in (room.cache.collect, room.cache.repair, lambda: room.cache.peek_many([key("lamp")])):
        if ask.__name__ == "<lambda>":
            ask()  # all that it knows is there
        else:
            with pytest.raises(StoreError, match="older copy"):
                ask()
    room.cache.identity.take_over()
    room.cache.adopt()
    assert room.found("lamp", "attic") == {"lamp", "attic"}
    assert room.cache.trouble() is None
    room.close()


def test_a_folder_of_another_library_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    mine = Room(tmp_path / "mine", f"sqlite:///{tmp_path / 'mine.db'}")
    other = Room(tmp_path / "other", f"sqlite:///{tmp_path / 'other.db'}")
    mine.put("lamp")
    other.put("harbour")
    other.back_up(tmp_path / "backup")
    before = {p: p.read_bytes() for p in (tmp_path / "backup").rglob("*") if p.is_file()}
    with pytest.raises(InputError, match="backup of library"):
        mine.back_up(tmp_path / "backup")
    with pytest.raises(InputError, match="of library"):
        restore(tmp_path / "backup", settings=mine.settings)
    (tmp_path / "old copy" / "blobs").mkdir(parents=True)
    with pytest.raises(InputError, match="does not say whose"):
        mine.back_up(tmp_path / "old copy")
    assert {p: p.read_bytes() for p in (tmp_path / "backup").rglob("*") if p.is_file()} == before
    mine.close()
    other.close()


def test_a_refused_backup_does_not_bind_a_gallery_to_a_strange_database(tmp_path: Path) -> None:
    """A disk that is away and a database of another library: the empty folder was marked as that library's."""
    mine = Room(tmp_path / "mine", f"sqlite:///{tmp_path / 'mine.db'}")
    mine.put("lamp")
    mine.back_up(tmp_path / "backup")
    mine.close()
    strange = Room(tmp_path / "elsewhere", f"sqlite:///{tmp_path / 'strange.db'}")
    strange.cache.identity.write()
    strange.close()
    shutil.rmtree(tmp_path / "elsewhere")
    mount_point = tmp_path / "where the disk was"
    mount_point.mkdir()
    wrong = Room(mount_point, f"sqlite:///{tmp_path / 'strange.db'}")
    with closing(sqlite3.connect(tmp_path / "strange.db")) as db:
        before = db.execute("SELECT * FROM library").fetchall()
    with pytest.raises(FilmError):
        wrong.back_up(tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "strange.db")) as db:
        assert db.execute("SELECT * FROM library").fetchall() == before
    assert not (mount_point / "library.json").exists()
    wrong.close()


@pytest.mark.parametrize("way", ["gallery", "gallery/copy", ".", "gallery/../gallery/x", "link", "link/x", "db"])
def test_into_the_gallery_by_whatever_name_is_refused(tmp_path: Path, way: str) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'db' / 'film.db'}")
    room.put("lamp")
    (tmp_path / "link").symlink_to(tmp_path / "gallery")
    before = (tmp_path / "db" / "film.db").stat().st_ino
    with pytest.raises(InputError, match=r"in the gallery|the database itself"):
        room.back_up(tmp_path / way)
    assert (tmp_path / "db" / "film.db").stat().st_ino == before
    room.close()


def test_a_rotten_copy_is_found_and_healed(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    room.put("lamp", "harbour")
    room.back_up(tmp_path / "backup")
    rotten = next(p for p in (tmp_path / "backup" / "blobs").rglob("*") if p.is_file() and p.read_bytes() == b"lamp")
    rotten.chmod(0o600)
    rotten.write_bytes(b"pmal")
    assert [p for p in check(tmp_path / "backup").problems if "corrupt" in p]
    report = room.back_up(tmp_path / "backup")
    assert (report.copied, report.healed, report.lost) == (1, 1, ())  # type: ignore[attr-defined]
    assert check(tmp_path / "backup").problems == []
    room.close()


@pytest.mark.parametrize("what", ["film.db", "backup.json"])
def test_a_damaged_generation_is_found_and_passed_over(tmp_path: Path, what: str) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    room.put("lamp")
    room.back_up(tmp_path / "backup")
    room.put("attic")
    room.back_up(tmp_path / "backup")
    newest = generations(tmp_path / "backup")[-1]
    data = bytearray((newest.folder / what).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (newest.folder / what).write_bytes(data)
    (tmp_path / "backup" / "generations" / ".part-killed").mkdir()
    assert check(tmp_path / "backup").problems
    report = restore(tmp_path / "backup", settings=room.settings, into=tmp_path / "other")
    assert report.generation == generations(tmp_path / "backup")[0].folder.name
    assert len(report.passed_over) == 1
    room.back_up(tmp_path / "backup")
    assert not (tmp_path / "backup" / "generations" / ".part-killed").exists()
    room.close()


def test_old_generations_go_when_asked_and_the_rest_stays_whole(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    for name in ("lamp", "harbour", "attic"):
        room.put(name)
        room.back_up(tmp_path / "backup")
    with room.engine.begin() as db:  # the oldest one's alone
        for table in ("asset_tags", "assets", "actions"):
            db.execute(text(f"DELETE FROM {table}"))
        db.execute(text("DELETE FROM blobs"))
    room.put("attic")
    room.back_up(tmp_path / "backup")
    assert prune(tmp_path / "backup", timedelta(days=1), now()) == (0, 0)
    assert prune(tmp_path / "backup", 2, now()) == (2, 0), "the third still names all"
    assert check(tmp_path / "backup").problems == []
    assert prune(tmp_path / "backup", 1, now()) == (1, 2)
    assert check(tmp_path / "backup").problems == []
    assert len(generations(tmp_path / "backup")) == 1
    room.close()


def test_a_backup_in_which_work_was_done_is_no_backup_any_more(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'gallery' / 'film.db'}")
    room.put("lamp")
    room.back_up(tmp_path / "backup")
    there = Room(tmp_path / "backup", f"sqlite:///{tmp_path / 'backup' / 'film.db'}")
    with pytest.raises(StoreError, match="is a backup"):
        there.cache.collect()
    there.put("made in the copy")
    there.close()
    with pytest.raises(InputError, match="no backup any more"):
        room.back_up(tmp_path / "backup")
    live = Room(tmp_path / "backup", room.settings.database_url)
    assert live.cache.trouble() is not None, "another folder of this library"
    live.close()
    room.close()


def test_a_backup_of_an_older_program_is_restored(tmp_path: Path) -> None:
    room = Room(tmp_path / "gallery", f"sqlite:///{tmp_path / 'film.db'}")
    room.put("lamp")
    room.close()
    old = tmp_path / "old"
    shutil.copytree(tmp_path / "gallery" / "blobs", old / "blobs")
    shutil.copyfile(tmp_path / "film.db", old / "film.db")
    with closing(sqlite3.connect(old / "film.db")) as connection, connection as db:
        to_third_revision(db)
    restore(old, settings=room.settings, into=tmp_path / "other")
    other = Room(tmp_path / "other", f"sqlite:///{tmp_path / 'other' / 'film.db'}")
    assert other.found("lamp") == {"lamp"}
    other.close()
    assert len(list((tmp_path / "other").glob("film.db.before-*"))) == 1
