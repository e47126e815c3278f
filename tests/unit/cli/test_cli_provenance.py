"""``film provenance`` and what the doctor says of fonts and signatures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from desk import Film

from film.app import doctor
from film.errors import BadMedia
from film.inspect import inspect_film
from film.provenance import Claim, Origin, ShotOrigin, local_credential, sign, verify
from film.render import scripts
from film.settings import Settings
from film.testing import synthetic

CLAIM = Claim(
    "Attic \x1b[31m",
    "budget",
    "24",
    (
        ShotOrigin("shot_001", 0, 48, (Origin("picture", "fal", "schnell", "a" * 64),)),
        ShotOrigin("shot_002", 48, 24, (Origin("stand_in", "draft", "", "b" * 64, by_rules=True),), missing=True),
    ),
)


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(synthetic.clip(1, 160, 90, 1))
    sign(path, CLAIM, local_credential(tmp_path / "keys"))
    return path


def test_it_is_told_in_words(film: Film, signed: Path) -> None:
    said = film("provenance", str(signed))
    assert said.code == 0
    assert "as it was signed" in said.out
    assert "AI-generated" in said.out
    assert "a test certificate" in said.out
    assert "fal: schnell" in said.out
    assert "missing" in said.out
    assert "\x1b[31m" not in said.out, "what a manifest says is data"


def test_the_document_has_everything(film: Film, signed: Path) -> None:
    said = film("provenance", str(signed), "--json")
    document = json.loads(said.out)
    assert (said.code, document["state"], document["test_certificate"]) == (0, "valid", True)
    assert document["shots"][1]["missing"] is True


def test_a_changed_film_and_one_without_a_manifest_fail(film: Film, signed: Path, tmp_path: Path) -> None:
    data = bytearray(signed.read_bytes())
    data[data.index(b"mdat") + 100] ^= 1
    signed.write_bytes(data)
    said = film("provenance", str(signed))
    assert (said.code, "NOT what was signed" in said.out) == (1, True)
    plain = tmp_path / "plain.mp4"
    plain.write_bytes(synthetic.clip(1, 160, 90, 1))
    said = film("provenance", str(plain))
    assert (said.code, "no signed manifest" in said.out) == (1, True)


@pytest.mark.parametrize("command", ["provenance", "inspect"])
@pytest.mark.parametrize(
    ("name", "holds", "told"),
    [
        ("shots.json", b'[{"shot_id": "a"}]', 'shots.json is no film but JSON ([{"shot_id" …)'),
        ("notes.txt", b"hello\n", "notes.txt is no film but text"),
        ("empty.mp4", b"", "empty.mp4 is no film: it is empty"),
        ("panel.png", b"\x89PNG\r\n\x1a\n....", "panel.png is no film but a file of type image/png"),
        ("noise.mp4", b"\xff\x00\xfe\x01" * 40, "noise.mp4 is no film but bytes of no known media type"),
    ],
)
def test_what_is_no_film_is_told_in_plain_words(
    film: Film, tmp_path: Path, command: str, name: str, holds: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(holds)
    said = film(command, str(tmp_path / name))
    assert said.code == 1 and told in said.err and said.out == ""
    assert "give a film file: mp4, mov, webm or mkv" in said.err


def test_a_film_that_cannot_carry_a_manifest_has_none(film: Film, tmp_path: Path) -> None:
    (tmp_path / "film.mkv").write_bytes(b"\x1aE\xdf\xa3" + bytes(64))
    said = film("provenance", str(tmp_path / "film.mkv"))
    assert (said.code, "no signed manifest" in said.out) == (1, True)


def test_a_folder_is_no_film(tmp_path: Path) -> None:
    for look in (verify, inspect_film):
        with pytest.raises(BadMedia, match="is a folder") as caught:
            look(tmp_path)
        assert caught.value.hint == "give the film file in it"
        with pytest.raises(BadMedia, match="cannot be read"):
            look(tmp_path / "nowhere.mp4")


def test_without_the_library_it_says_how_to_get_it(film: Film, signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    said = film("provenance", str(signed))
    assert said.code == 2
    assert "film-generation[provenance]" in said.err


def test_the_doctor_names_the_fonts_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts, "undrawable", lambda text, _face="": "" if text.isascii() else text)
    monkeypatch.setattr(scripts, "sets_right_to_left", lambda: False)
    found = list(doctor._writing())
    assert any("fonts-noto-cjk" in finding.help and "Japanese" in finding.what for finding in found)
    assert any("libfribidi" in finding.help for finding in found)
    assert scripts.complaint("明日") == "no font on this machine has 明日: drawn as boxes; install fonts-noto-cjk"
    monkeypatch.setattr(scripts, "undrawable", lambda text, _face="": "")
    assert [finding.state for finding in doctor._writing()] == ["ok", "note"]
    assert scripts.complaint("明日") is None


def test_the_doctor_checks_who_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(gallery=tmp_path, database_url="sqlite://")
    assert [f.state for f in doctor._signing(settings)] == ["ok"]
    assert not list(tmp_path.iterdir()), "looking makes nothing"
    broken = settings.model_copy(update={"signing_certificate": tmp_path / "none", "signing_key": tmp_path / "none"})
    (finding,) = doctor._signing(broken)
    assert (finding.state, "cannot be read" in finding.what) == ("problem", True)
    monkeypatch.setattr("film.provenance.available", lambda: False)
    assert [f.state for f in doctor._signing(settings)] == ["note"]
