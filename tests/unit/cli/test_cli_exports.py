"""``film export`` and ``film inspect`` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import Film

from film.testing.faulty_films import Form, card, during, pan, tone, write_film

FORM = Form(width=192, height=108, frames=96)
SHOTS = [{"shot_id": "only", "enhanced_prompt": "a harbour at dawn", "duration": 1}]
DRAFT = ("--tier", "draft", "--size", "192x128")


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    path = tmp_path / "pier.json"
    path.write_text(json.dumps(SHOTS))
    return path


def test_a_film_goes_out_in_every_form(film: Film, shots: Path, tmp_path: Path) -> None:
    refused = film("export", shots, *DRAFT, "--edl")
    assert refused.code == 1 and "not all in the library: only (picture, clip)" in refused.error
    assert film("make", shots, *DRAFT, "--quiet").code == 0
    forms = ("--otio", "--otioz", "--xml", "--edl", "--stems", "--contact-sheet", "--poster")
    said = film("export", shots, *DRAFT, *forms, "-o", tmp_path / "out")
    names = sorted(Path(line).relative_to(tmp_path / "out").as_posix() for line in said.out.splitlines())
    assert said.code == 0 and all((tmp_path / "out" / name).stat().st_size for name in names)
    assert names == [
        "pier-draft-contact-sheet.png",
        "pier-draft-poster.png",
        "pier-draft.edl",
        "pier-draft.otio",
        "pier-draft.otioz",
        "pier-draft.xml",
        "stems/ambience.wav",
    ]
    by_id = film("export", "pier", "--edl", "--json").json
    assert by_id["folder"].endswith("films/pier/pier-draft-export")
    assert Path(by_id["written"][0]).read_text() == (tmp_path / "out" / "pier-draft.edl").read_text()


def test_what_cannot_be_exported_is_told(film: Film, shots: Path) -> None:
    assert film("export", shots).help.startswith("help: add --otio")
    assert "no film 'nobody'" in film("export", "nobody", "--edl").error
    said = film("export", "nobody", "--edl", "--size", "64x64")
    assert said.code == 2 and "--size goes with a shots.json" in said.error


def test_inspect_ends_with_1_for_an_error_only(film: Film, tmp_path: Path) -> None:
    fine = write_film(tmp_path / "fine.mp4", FORM, pan(FORM), tone(0.35))
    said = film("inspect", fine)
    assert said.code == 0 and said.out.splitlines()[0].startswith("4.0 s  96 frames  24 fps  192x108  h264, aac 48 kHz")
    assert said.out.splitlines()[-1].startswith("fine: no black, frozen or silent stretches")
    black = write_film(tmp_path / "black.mp4", FORM, during(24, 84, card(FORM), pan(FORM)), tone(0.35))
    said = film("inspect", black)
    assert said.code == 1 and "error    00:00:01:00   2.5 s  black: nothing can be seen" in said.out
    assert "help: look at it" in said.out
    assert film("inspect", black, "--json").json["findings"][-1]["kind"] == "black"


def test_inspect_takes_a_target_and_may_be_strict(film: Film, tmp_path: Path) -> None:
    quiet = write_film(tmp_path / "quiet.mp4", FORM, pan(FORM), tone(0.25))
    assert film("inspect", quiet).code == 0
    assert film("inspect", quiet, "--loudness", "ebu-r128").code == 1
    assert film("inspect", quiet, "--loudness", "-17").code == 0
    assert film("inspect", quiet, "--loudness", "-17", "--strict", "--quick").code == 0
    assert film("inspect", quiet, "--loudness", "loud").code == 2


def test_inspect_of_no_film_is_told(film: Film, tmp_path: Path) -> None:
    (tmp_path / "page.mp4").write_text("<html>gone</html>")
    assert film("inspect", tmp_path / "page.mp4").code == 1
    assert film("inspect", tmp_path / "nothing.mp4").code == 2
