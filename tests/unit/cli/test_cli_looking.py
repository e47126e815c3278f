"""Commands that only look: they work where nothing can be written, and where there is nothing, and write nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Film, write_shots
from sqlalchemy import create_engine, inspect

from film.db.session import close_engines

LOOKING = [
    ["costs"],
    ["costs", "attic"],
    ["assets"],
    ["assets", "--stats"],
    ["assets", "--facets"],
    ["assets", "--text", "attic", "--best"],
    ["jobs"],
    ["jobs", "--all"],
    ["prices"],
    ["fsck"],
    ["fsck", "--since", "2d", "--part", "1/30"],
    ["gc", "--dry-run"],
    ["plan", "shots.json", "--tier", "draft"],
    ["plan", "shots.json", "--tier", "budget"],
]
POSIX = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights to folders are POSIX's")
NOBODY = 65534


def files(folder: Path) -> dict[str, tuple[int, int] | None]:
    """Every folder, and every file with its size and time; SQLite's readers meet in files that come and go."""
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return {str(path): None if path.is_dir() else (stat.st_size, stat.st_mtime_ns) for path, stat in found}


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return write_shots(tmp_path, {"characters": ["emma"]})


@pytest.mark.usefixtures("shots")
@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_without_a_gallery_there_is_nothing_to_see_and_nothing_is_made(
    film: Film, tmp_path: Path, arguments: list[str]
) -> None:
    before = files(tmp_path)
    said = film(*arguments)
    assert said.code == 0 and "error" not in said.err
    assert files(tmp_path) == before


def test_without_a_gallery_the_answers_are_empty(film: Film, tmp_path: Path, shots: Path) -> None:
    assert film("assets", "--json").json["assets"] == [] == film("jobs", "--all", "--json").json
    assert film("assets", "similar", "a loft", "--json").json["assets"] == []
    assert film("costs", "attic", "--json").json["total_cost"] == "0.00"
    assert film("assets", "--stats", "--json").json["library"]["total_assets"] == 0
    nothing = {
        "files": 0,
        "of": 0,
        "bytes": 0,
        "problems": [],
        "lost": 0,
        "repaired": False,
        "aside": 0,
        "without_row": 0,
    }
    assert film("fsck", "--json").json == nothing
    assert film("plan", shots, "--tier", "draft", "--json").json["new"] == 2
    assert "made with the first film" in film("doctor").out
    assert not (tmp_path / "gallery").exists()


@pytest.mark.postgres
def test_an_empty_schema_on_a_server_stays_empty(
    film: Film, shots: Path, postgres_schema_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_DATABASE_URL", postgres_schema_url)
    assert film("plan", shots, "--tier", "draft").code == 0
    assert film("costs").code == film("jobs").code == film("doctor").code == 0
    engine = create_engine(postgres_schema_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_looking_leaves_everything_as_it_was(film: Film, tmp_path: Path, shots: Path, arguments: list[str]) -> None:
    assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0
    close_engines()
    before = files(tmp_path)
    assert film(*arguments).code == 0
    assert files(tmp_path) == before


@pytest.fixture
def read_only(film: Film, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A gallery with a film in it, in a folder that its reader may not write to, whoever that is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setenv("FILM_GALLERY_DIR", str(folder / "gallery"))
        monkeypatch.chdir(folder)
        shots = write_shots(folder, {"characters": ["emma"]})
        assert film("make", shots, "--tier", "draft", "--film_id", "attic", "-q").code == 0
        close_engines()  # as the program's end does
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def nobody() -> Iterator[None]:
    """The superuser may write everywhere; so he is somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@POSIX
@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_a_gallery_that_cannot_be_written_can_be_looked_at(film: Film, read_only: Path, arguments: list[str]) -> None:
    seen = film(*arguments)  # as the superuser; it also imports what is needed
    before = files(read_only)
    with nobody():
        said = film(*arguments)
    assert (said.code, said.out) == (seen.code, seen.out) and said.code == 0
    assert files(read_only) == before


@POSIX
def test_the_doctor_names_the_folder_that_cannot_be_written(film: Film, read_only: Path) -> None:
    film("doctor")
    with nobody():
        said = film("doctor")
    assert said.code == 1 and f"{read_only / 'gallery'} cannot be written to" in said.out
    assert "(SQLite" in said.out, "the database can be looked at all the same"


@POSIX
def test_making_a_film_there_names_the_folder_and_the_way_out(film: Film, read_only: Path) -> None:
    film("make", "shots.json", "--tier", "draft", "-q")
    close_engines()
    with nobody():
        said = film("make", "shots.json", "--tier", "draft", "-q", "--film_id", "another")
    assert said.code == 1 and "Traceback" not in said.err
    assert str(read_only / "gallery") in said.error and "cannot be written" in said.error
    assert "FILM_GALLERY_DIR" in said.help


def test_a_gallery_that_is_a_file_is_told_as_such(film: Film, tmp_path: Path, shots: Path) -> None:
    (tmp_path / "gallery").write_text("a file")
    said = film("make", shots, "--tier", "draft", "-q")
    assert said.code == 2 and str(tmp_path / "gallery") in said.error and "FILM_GALLERY_DIR" in said.help
    said = film("doctor")
    assert said.code == 1 and "is no folder" in said.out
    assert film("costs").code == 0, "there is nothing to see"
    assert (tmp_path / "gallery").read_text() == "a file"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
@pytest.mark.parametrize("command", ["make", "plan"])
def test_a_database_in_memory_is_refused(
    film: Film, shots: Path, monkeypatch: pytest.MonkeyPatch, url: str, command: str
) -> None:
    monkeypatch.setenv("FILM_DATABASE_URL", url)
    said = film(command, shots, "--tier", "draft")
    assert said.code == 2 and "must outlive the program" in said.error and "sqlite:////" in said.help
    assert film("doctor").code == 1
