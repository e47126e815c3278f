"""What others of this machine may read and write of a gallery, and links that they, or a stranger's folder, laid."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from film.cli.make import writing_events
from film.cli.options import EventsFile
from film.files.own_files import close_to_strangers, no_link, shared_mode
from film.production.events import Event

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")

FILM = (sys.executable, "-P", "-m", "film")
SHOT = {"shot_id": "a", "enhanced_prompt": "A pier at dusk", "duration": 1, "dialogue": "Hi"}


def mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


def film(folder: Path, *arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    (folder / "shots.json").write_text(json.dumps([SHOT]))
    environment = {**os.environ, "FILM_GALLERY_DIR": str(folder / "gallery"), "HOME": str(folder)}
    return subprocess.run(  # our own program
        [*FILM, *arguments], cwd=folder, env=environment, umask=umask, capture_output=True, text=True, check=False
    )


def test_without_an_umask_nothing_is_open_to_others(tmp_path: Path) -> None:
    (tmp_path / "gallery").mkdir(0o700)
    (tmp_path / "gallery").chmod(0o777)  # as an old umask made it
    made = film(tmp_path, "make", "shots.json", "--tier", "draft", "--size", "128x128", "-q", umask=0)
    assert made.returncode == 0, made.stderr
    assert "everybody could write into" in made.stderr

    gallery = tmp_path / "gallery"
    assert mode(gallery) == 0o700
    manifests = [gallery / "film.db", gallery / "library.json", gallery / "results.log", *gallery.rglob("*.build.json")]
    assert [mode(file) for file in manifests] == [0o600] * 4
    assert not [place for place in gallery.rglob("*") if not place.is_symlink() and mode(place) & 0o022]


def test_a_gallery_shared_with_a_group_stays_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    assert shared_mode(tmp_path) == 0o644 and not close_to_strangers(tmp_path) and mode(tmp_path) == 0o2770
    tmp_path.chmod(0o1777)  # as /tmp is, for everybody and on purpose
    assert not close_to_strangers(tmp_path) and mode(tmp_path) == 0o1777
    tmp_path.chmod(0o700)
    assert shared_mode(tmp_path) == 0o600


def test_what_is_open_to_all_is_closed_and_a_link_in_it_is_not_followed(tmp_path: Path) -> None:
    gallery, theirs = tmp_path / "gallery", tmp_path / "theirs"
    gallery.mkdir()
    gallery.chmod(0o777)
    for file in (gallery / "film.db", theirs):
        file.touch()
        file.chmod(0o666)
    (gallery / "orders.log").symlink_to(theirs)
    assert close_to_strangers(gallery, gallery / "film.db", gallery / "orders.log")
    assert [mode(p) for p in (gallery, gallery / "film.db", theirs)] == [0o700, 0o600, 0o666]


@pytest.mark.parametrize("link", ["ed", "ed/media", "ed/stems"])
def test_an_export_goes_through_no_link(tmp_path: Path, link: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "mine.txt").write_text("mine")
    assert film(tmp_path, "make", "shots.json", "--tier", "draft", "--size", "128x128", "-q").returncode == 0
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(theirs)
    said = film(
        tmp_path, "export", "shots.json", "--tier", "draft", "--size", "128x128", "--xml", "--stems", "-o", "ed"
    )
    assert said.returncode != 0 and "it is a link to" in said.stderr
    assert [file.name for file in theirs.iterdir()] == ["mine.txt"]


def test_events_go_through_no_link_but_to_what_a_shell_hands_over(tmp_path: Path) -> None:
    theirs, link = tmp_path / "theirs", tmp_path / "events.jsonl"
    theirs.write_text("mine")
    link.symlink_to(theirs)
    with pytest.raises(click.BadParameter, match="is a link"):
        EventsFile().convert(str(link), None, None)
    assert theirs.read_text() == "mine"
    handle = os.open(theirs, os.O_WRONLY | os.O_TRUNC)
    shell = f"/dev/fd/{handle}"
    assert EventsFile().convert(shell, None, None) == shell, "a link of the system's own, and the user's word"
    with writing_events(shell, force=False) as (listener,):
        listener(Event("film_started", 0.0, {}))
    os.close(handle)
    assert theirs.read_text().startswith("{")


def test_a_new_folder_is_made_and_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    no_link(tmp_path / "new" / "one")
    assert (tmp_path / "new" / "one").is_dir()
    (tmp_path / "link").symlink_to(tmp_path / "not there")
    with pytest.raises(OSError, match="it is a link"):
        no_link(tmp_path / "link")
    assert not (tmp_path / "not there").exists()


def test_a_backup_and_what_is_restored_are_the_users_alone(tmp_path: Path) -> None:
    assert film(tmp_path, "make", "shots.json", "--tier", "draft", "--size", "128x128", "-q").returncode == 0
    assert film(tmp_path, "backup", "bk", umask=0).returncode == 0
    assert film(tmp_path, "restore", "bk", "--into", "new", umask=0).returncode == 0
    for folder in (tmp_path / "bk", tmp_path / "new"):
        assert mode(folder) == 0o700
        files = [*folder.rglob("*.db"), *folder.rglob("backup.json"), *folder.glob("library.json")]
        assert len(files) >= 2 and {mode(file) for file in files} == {0o600}
        assert not [*folder.rglob("*.film-part")]


@pytest.mark.parametrize("name", ["locks", "logs", "cost_tracking"])
def test_a_folder_of_the_gallery_that_is_a_link_is_not_written_into(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_OBSERVE", "log")
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / "gallery").mkdir()
    (tmp_path / "gallery" / name).symlink_to(theirs)
    made = film(tmp_path, "make", "shots.json", "--tier", "draft", "--size", "128x128", "-q")
    assert "it is a link to" in made.stderr and "Traceback" not in made.stderr and not list(theirs.iterdir())
    assert made.returncode != 0
