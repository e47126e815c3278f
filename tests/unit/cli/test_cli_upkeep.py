"""``film gc``, ``fsck``, ``library`` and ``backup``."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Film, write_shots
from sqlalchemy import delete, update

from film.db.base import now
from film.db.session import close_engines, engine_for
from film.db.tables import Action, Blob
from film.settings import load_settings
from film.testing.s3 import S3Server
from film.testing.synthetic import picture


@pytest.fixture
def shots(film: Film, tmp_path: Path) -> Path:
    shots = write_shots(tmp_path, {"characters": ["emma"], "mood": "calm"})
    assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0
    return shots


def days_go_by(days: int = 40) -> None:
    then = now() - timedelta(days=days)
    with engine_for(load_settings().database_url).begin() as db:
        db.execute(update(Action).values(created_at=then, last_used_at=then))
        db.execute(update(Blob).values(created_at=then))
        db.execute(update(Blob).where(Blob.quarantined_at.is_not(None)).values(quarantined_at=then))


@pytest.mark.usefixtures("shots")
def test_gc_says_what_would_go_and_why_the_rest_stays_then_does_it(film: Film, tmp_path: Path) -> None:
    blobs = tmp_path / "gallery" / "blobs"
    before = sorted(p for p in blobs.rglob("*") if p.is_file())
    assert "within the grace period" in film("gc", "--dry-run").err
    days_go_by()
    would = film("gc", "--dry-run", "--json").json
    assert would["marked"] > 0
    assert would["removed"] == 0
    assert would["kept"]["film"]["files"] >= 2
    assert would["would_mark"] == film("gc", "--dry-run", "--json").json["would_mark"], "looking changes nothing"
    assert "in a day" in film("gc", "--dry-run").out
    assert film("gc", "--json").json["marked"] == would["marked"]
    assert sorted(p for p in blobs.rglob("*") if p.is_file()) == before
    days_go_by()
    done = film("gc", "--json").json
    assert done["removed"] == would["marked"]
    assert len([p for p in blobs.rglob("*") if p.is_file()]) == len(before) - done["removed"]
    assert film("fsck").code == 0


@pytest.mark.usefixtures("shots")
def test_a_size_cap_lets_go_what_is_free_to_make_and_never_what_films_name(film: Film) -> None:
    days_go_by(3)
    assert film("gc", "--dry-run", "--json").json["marked"] == 0
    capped = film("gc", "--dry-run", "--size_cap", "1KB", "--json").json
    assert capped["marked"] > 0
    assert "used" not in capped["kept"]
    assert sum(why["files"] for why in capped["kept"].values()) >= 2
    assert film("gc", "--dry-run", "--size-cap", "5TB", "--json").json["marked"] == 0
    for wrong in (["--size_cap", "much"], ["--unused", "soon"]):
        assert film("gc", *wrong).code == 2


@pytest.mark.usefixtures("shots")
def test_fsck_reads_a_part_or_what_changed(film: Film, tmp_path: Path) -> None:
    whole = film("fsck", "--json").json
    parts = [film("fsck", "--part", f"{n}/3", "--json").json["files"] for n in (1, 2, 3)]
    assert sum(parts) == whole["files"] == whole["of"]
    assert film("fsck", "--part", "4/3").code == 2
    days_go_by(3)
    blob = next(p for p in (tmp_path / "gallery" / "blobs").rglob("*") if p.is_file())
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[::-1])
    found = film("fsck", "--since", "2d")
    assert (found.code, "corrupt" in found.out) == (1, True)
    assert film("fsck", "--quick").code == 0, "its length is what it was"
    assert film("fsck", "--repair").code == 0
    assert film("fsck").code == 0


def test_a_library_goes_to_another_gallery_and_is_reused_there(
    film: Film, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "library.tar"
    assert film("library", "export", file).code == 0
    assert film("library", "export", file).code == 2
    monkeypatch.setenv("FILM_GALLERY_DIR", str(tmp_path / "other"))
    said = film("library", "import", file, "--json").json
    assert said["assets"] >= 2
    assert film("library", "import", file, "--json").json["assets"] == 0
    plan = film("plan", shots, "--tier", "draft", "--film_id", "attic", "--json").json
    assert (plan["new"], plan["reused"]) == (0, 2)
    assert film("import-library", file, "--json").json["known_assets"] == said["assets"], "the same in one word"
    assert film("export-library", tmp_path / "again.tar").out.strip() == str(tmp_path / "again.tar")
    assert film("library", "import", tmp_path / "nowhere.tar").code == 2
    assert film("library", "push").code == 2, "there is no shared store"


def test_a_backup_is_a_gallery(film: Film, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    assert film("backup", copy).code == 0
    assert film("backup", copy, "--json").json["copied"] == 0
    monkeypatch.setenv("FILM_GALLERY_DIR", str(copy))
    assert film("fsck").code == 0
    plan = film("plan", shots, "--tier", "draft", "--film_id", "attic", "--json").json
    assert (plan["new"], plan["reused"]) == (0, 2)


def test_a_second_machine_takes_over_from_the_bucket(
    film: Film, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Server() as s3:
        monkeypatch.setenv("FILM_STORE_URL", s3.url)
        for name, value in s3.options.items():
            monkeypatch.setenv(name.upper().replace("AWS_ENDPOINT", "AWS_ENDPOINT_URL"), value)
        sent = film("library", "push", "--json").json
        assert sent["sent"] > 0
        assert sent["missing"] == []
        assert film("fsck").code == 0
        monkeypatch.setenv("FILM_DATABASE_URL", f"sqlite:///{tmp_path}/gallery/film.db")
        monkeypatch.setenv("FILM_GALLERY_DIR", str(tmp_path / "other machine"))
        plan = film("plan", shots, "--tier", "draft", "--film_id", "attic", "--json").json
        assert (plan["new"], plan["reused"]) == (0, 2)
        assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0
        days_go_by(3)
        assert film("gc", "--local", "--dry-run").code == 0
        s3.stop()
        refused = film("plan", shots, "--tier", "draft", "--film_id", "attic")
        assert refused.code == 0, "all that it needs lies here"


def test_one_machine_makes_the_rows_anew_of_what_another_stored(
    film: Film, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_STORE_URL", (tmp_path / "bucket").as_uri())
    monkeypatch.setenv("FILM_DATABASE_URL", f"sqlite:///{tmp_path}/gallery/film.db")
    assert film("library", "push").code == 0
    with monkeypatch.context() as other:
        other.setenv("FILM_GALLERY_DIR", str(tmp_path / "other machine"))
        (tmp_path / "second").mkdir()
        second = write_shots(tmp_path / "second", {"characters": ["tom"], "mood": "tense"})
        assert film("make", second, "--tier", "draft", "--film_id", "second", "-q").code == 0
    close_engines()
    (tmp_path / "gallery" / "film.db").rename(tmp_path / "lost.db")
    monkeypatch.setenv("FILM_DATABASE_URL", f"sqlite:///{tmp_path}/gallery/film.db")
    assert "--rebuild" in film("gc").err
    assert film("fsck", "--rebuild").code == 0
    for film_id, its in (("attic", shots), ("second", second)):
        plan = film("plan", its, "--tier", "draft", "--film_id", film_id, "--json").json
        assert (plan["new"], plan["reused"]) == (0, 2)


def test_pictures_of_ones_own_outlive_an_older_database_by_the_names_they_had(film: Film, tmp_path: Path) -> None:
    """They cost nothing, and nobody can make them again."""
    database = Path(load_settings().database_url.removeprefix("sqlite:///"))
    for number in range(2):
        (tmp_path / f"lamp-{number}.png").write_bytes(picture(64, 36, number))
    assert film("assets", "import", tmp_path / "lamp-0.png").code == 0
    close_engines()
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(tmp_path / "older.db")) as copy:
        source.backup(copy)
    assert film("assets", "import", tmp_path / "lamp-1.png").code == 0
    known = {asset["asset_id"] for asset in film("assets", "--json").json["assets"]}
    close_engines()
    for beside in ("-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "older.db", database)

    assert "--rebuild" in film("gc").err
    assert film("fsck", "--rebuild").code == 0
    assert {asset["asset_id"] for asset in film("assets", "--json").json["assets"]} == known
    for _ in range(3):
        days_go_by()
        assert film("gc").code == 0
    assert film("fsck", "--json").json["files"] == 2


def test_an_entry_that_is_there_keeps_its_words_when_rows_are_made_anew(film: Film, tmp_path: Path) -> None:
    (tmp_path / "lamp.png").write_bytes(picture(64, 36, 1))
    assert film("assets", "import", tmp_path / "lamp.png", "--prompt", "a brass lamp").code == 0
    with engine_for(load_settings().database_url).begin() as db:
        db.execute(delete(Action))
        db.execute(delete(Blob))
    assert film("fsck", "--repair").code == 0
    assert [asset["prompt"] for asset in film("assets", "--json").json["assets"]] == ["a brass lamp"]


@pytest.mark.usefixtures("shots")
@pytest.mark.parametrize("arguments", [["restore", "backup"], ["fsck", "--rebuild"]], ids=" ".join)
def test_no_second_database_is_made_while_the_librarys_own_is_whole(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    assert film("backup", tmp_path / "backup").code == 0
    own = Path(load_settings().database_url.removeprefix("sqlite:///"))
    close_engines()
    nowhere = tmp_path / "elsewhere" / "film.db"
    with monkeypatch.context() as wrong_shell:
        wrong_shell.setenv("FILM_DATABASE_URL", f"sqlite:///{nowhere}")
        wrong_shell.chdir(tmp_path)
        said = film(*arguments)
        assert said.code != 0
        assert str(own) in said.err and str(nowhere) in said.err
        assert not nowhere.exists()
    assert film("fsck").code == 0

    close_engines()
    own.rename(tmp_path / "gone.db")
    with monkeypatch.context() as new_place:
        new_place.setenv("FILM_DATABASE_URL", f"sqlite:///{nowhere}")
        new_place.chdir(tmp_path)
        assert film(*arguments).code == 0, "it is lost: another takes its place"
        assert nowhere.stat().st_size


@pytest.mark.usefixtures("shots")
def test_restore_says_where_the_database_comes_from(film: Film, tmp_path: Path) -> None:
    assert film("backup", tmp_path / "backup").code == 0
    close_engines()
    Path(load_settings().database_url.removeprefix("sqlite:///")).unlink()
    assert "there was no database here" in film("restore", tmp_path / "backup").err
    assert "it stays" in film("restore", tmp_path / "backup").err


@pytest.mark.usefixtures("shots")
def test_attach_is_a_way_out_where_the_files_are_gone_for_good(film: Film, shots: Path, tmp_path: Path) -> None:
    for name in ("blobs", "library.json"):
        (tmp_path / "gallery" / name).rename(tmp_path / f"{name} gone")
    assert "film library attach" in film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").help
    assert "nothing was changed" in film("library", "attach").err
    assert film("library", "attach", "--yes").code == 0
    assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0
    assert film("fsck").code == 0


@pytest.mark.usefixtures("shots")
def test_another_librarys_database_in_the_place_of_the_gallerys_is_put_aside(film: Film, tmp_path: Path) -> None:
    """Copied over it by mistake: the rows come back from the gallery's records, and the other's database is kept."""
    own = tmp_path / "gallery" / "film.db"
    close_engines()
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"VACUUM INTO '{tmp_path / 'other.db'}'")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("UPDATE library SET library_id = ?", ("b" * 32,))
    shutil.copyfile(tmp_path / "other.db", own)
    said = film("plan", tmp_path / "shots.json", "--tier", "draft")
    assert said.code == 2
    assert "bbbbbbbb" in said.err and "film fsck --rebuild" in said.err

    said = film("fsck", "--rebuild")
    assert said.code == 0, said.err
    (aside,) = own.parent.glob("film.db.of-library-bbbbbbbb-*")
    assert str(aside) in said.err
    close_engines()
    assert film("fsck").code == 0
    assert film("make", tmp_path / "shots.json", "--tier", "draft", "--film_id", "attic", "-q").code == 0


@pytest.mark.usefixtures("shots")
def test_a_repair_goes_on_past_a_folder_that_cannot_be_read_and_names_it(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = sorted(p for p in (tmp_path / "gallery" / "blobs").rglob("*") if p.is_file())
    shut, rotten = blobs[0], blobs[-1]
    rotten.chmod(0o600)
    rotten.write_bytes(b"rotten")
    lstat, scandir = os.lstat, os.scandir

    def guarded(ask: Callable[..., Any], refused: Callable[[str], bool]) -> Callable[..., Any]:
        def asked(path: Any, *rest: Any, **more: Any) -> Any:
            if refused(str(path)):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return ask(path, *rest, **more)

        return asked

    with monkeypatch.context() as no_right:
        no_right.setattr(os, "scandir", guarded(scandir, lambda path: path == str(shut.parent)))
        no_right.setattr(os, "lstat", guarded(lstat, lambda path: path.startswith(f"{shut.parent}/")))
        said = film("fsck", "--repair")
        assert said.code == 1
        assert f"the folder {shut.parent} cannot be read: Permission denied" in said.out
        assert f"blob {shut.name[:16]} is not readable" in said.out
        assert "1 put aside" in said.err
        assert film("gc").code == 0
        assert str(shut.parent) in film("gc").err
    after = film("fsck", "--json").json
    assert (after["aside"], after["problems"]) == (1, [])
    assert shut.exists()
