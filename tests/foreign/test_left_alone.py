"""What the user keeps is left alone by everything that writes: exports, events, pages of costs, backups."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from film.cli.main import main
from film.errors import ComposeError
from film.export import write_pictures
from film.files import written
from film.render import stems
from film.timeline import Bed, Clip, Source, Timeline


@dataclass(frozen=True)
class Result:
    exit_code: int
    output: str


def run(*args: str | Path) -> Result:
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    return Result(int(ended.value.code or 0), told.getvalue())


def shots(folder: Path) -> Path:
    path = folder / "shots.json"
    path.write_text(json.dumps([{"shot_id": "a", "enhanced_prompt": "A lake", "duration": 1, "camera": "static"}]))
    return path


def make(folder: Path, *more: str | Path) -> Result:
    return run(
        "make", shots(folder), "--film_id", "lake", "--tier", "draft", "--size", "128x128", "--frame_rate", "8",
        "--no-provenance", "-q", *more,
    )  # fmt: skip


def test_events_go_into_no_file_of_the_users(tmp_path: Path) -> None:
    log, notes = tmp_path / "log.jsonl", tmp_path / "notes.txt"
    notes.write_text("mine\n")
    for theirs in (notes, shots(tmp_path)):
        before = theirs.read_bytes()
        refused = make(tmp_path, "--events", theirs)
        assert refused.exit_code == 2 and str(theirs) in refused.output, refused.output
        assert theirs.read_bytes() == before
    for _ in range(2):
        assert make(tmp_path, "--events", log).exit_code == 0
        assert json.loads(log.read_text("utf-8").splitlines()[0])["event"] == "film_started"
    assert make(tmp_path, "--events", notes, "--force").exit_code == 0
    assert "mine" not in notes.read_text("utf-8")


def test_a_page_of_costs_takes_the_place_of_its_like_alone(tmp_path: Path) -> None:
    make(tmp_path)
    mine, page = tmp_path / "mine.html", tmp_path / "costs.html"
    mine.write_text("<p>mine")
    refused = run("costs", "--html", mine)
    assert refused.exit_code == 2 and "mine.html" in refused.output and mine.read_text() == "<p>mine"
    for _ in range(2):
        assert run("costs", "--html", page).exit_code == 0
    page.unlink()
    page.symlink_to(mine)
    assert run("costs", "--html", page).exit_code == 2 and mine.read_text() == "<p>mine"


def test_an_export_leaves_what_it_did_not_write_and_says_so(tmp_path: Path) -> None:
    make(tmp_path)
    edit = tmp_path / "edit"
    edit.mkdir()
    (edit / "lake-draft-poster.png").write_bytes(b"mine")
    first = run("export", "lake", "--edl", "--poster", "-o", edit)
    assert first.exit_code != 0 and "lake-draft-poster.png" in first.output
    assert (edit / "lake-draft-poster.png").read_bytes() == b"mine"
    assert (edit / "lake-draft.edl").read_text("utf-8").startswith("TITLE:"), "the others are written"
    again = run("export", "lake", "--edl", "-o", edit)
    assert again.exit_code == 0, "its own files are replaced"
    (edit / "lake-draft.edl").write_text("TITLE: my own cut\n")
    kept = run("export", "lake", "--edl", "-o", edit)
    assert kept.exit_code != 0 and (edit / "lake-draft.edl").read_text() == "TITLE: my own cut\n"
    forced = run("export", "lake", "--edl", "--poster", "-o", edit, "--force")
    assert forced.exit_code == 0 and "my own" not in (edit / "lake-draft.edl").read_text("utf-8")
    with Image.open(edit / "lake-draft-poster.png") as poster:
        assert poster.size == (128, 128)


def test_media_that_somebody_worked_on_stay(tmp_path: Path) -> None:
    make(tmp_path)
    edit = tmp_path / "edit"
    assert run("export", "lake", "--edl", "-o", edit).exit_code == 0
    (media,) = [path for path in (edit / "media").iterdir() if not path.name.startswith(".")]
    media.chmod(0o644)
    media.write_bytes(b"graded by hand")
    refused = run("export", "lake", "--edl", "-o", edit)
    assert refused.exit_code != 0 and media.name in refused.output and media.read_bytes() == b"graded by hand"
    assert run("export", "lake", "--edl", "-o", edit, "--force").exit_code == 0
    assert media.read_bytes() != b"graded by hand"


def test_stems_and_pages_of_the_users_stay(tmp_path: Path) -> None:
    page = Image.new("RGB", (8, 8))
    write_pictures([page, page], tmp_path, "sheet")
    (tmp_path / "sheet-2.png").write_bytes(b"mine")
    write_pictures([page], tmp_path, "sheet")
    assert not (tmp_path / "sheet-1.png").exists() and (tmp_path / "sheet-2.png").read_bytes() == b"mine"
    still = Source("0" * 64, tmp_path / "sheet.png", "image")
    timeline = Timeline(Fraction(24), 64, 64, (Clip("a", still, 24),), (), beds=(Bed("room", 0, 24, 1),))
    (tmp_path / "music.wav").write_bytes(b"mine")
    with pytest.raises(ComposeError, match="music"):
        stems.write(timeline, tmp_path)
    assert (tmp_path / "music.wav").read_bytes() == b"mine"
    assert list(stems.write(timeline, tmp_path, force=True)) == ["ambience"]


def test_a_file_is_ours_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.edl"
    assert written.is_ours(path), "nothing is lost"
    path.write_text("ours")
    assert not written.is_ours(path)
    written.remember(path)
    assert written.is_ours(path)
    path.write_text("OURS")
    assert not written.is_ours(path)
    path.write_text("ours")
    assert written.is_ours(path), "copied, its time is another"
    (tmp_path / written.RECORD).write_text("[1]")
    assert not written.is_ours(path)
    link = tmp_path / "link.edl"
    link.symlink_to(tmp_path / "gone")
    assert not written.is_ours(link)


def test_a_backup_replaces_nothing_of_another_kind(tmp_path: Path) -> None:
    make(tmp_path)
    disk = tmp_path / "disk"
    (disk / "films").mkdir(parents=True)
    (disk / "films" / "holiday.mp4").write_bytes(b"mine")
    refused = run("backup", disk)
    assert refused.exit_code == 2 and "films" in refused.output
    assert [path.name for path in disk.rglob("*")] == ["films", "holiday.mp4"]
    for _ in range(2):
        assert run("backup", tmp_path / "kept").exit_code == 0
