"""``film assets import``, ``"reuse"`` in a shot, and what ``film plan`` and ``film make`` offer before they buy."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from desk import Film, write_shots
from PIL import Image

from film.planning.near_matches import near_matches
from film.testing import synthetic
from film.testing.simulator import Simulator

TAGS = ("--character", "emma", "--landscape", "attic", "--shot-type", "close-up")
SHOT: dict[str, Any] = {
    "enhanced_prompt": "Close-up of Emma in the attic, afternoon sunlight through the window",
    "characters": ["Emma"],
    "landscapes": ["attic"],
    "shot_type": "close-up",
}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time to look for what is near, however busy the machine is."""
    monkeypatch.setattr("film.planning.near_matches.near_matches", partial(near_matches, seconds=60.0))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "emma.png"
    path.write_bytes(synthetic.picture(64, 64, 3))
    return path


@pytest.fixture
def own(film: Film, picture: Path) -> str:
    said = film("assets", "import", picture, *TAGS, "--prompt", "Close-up of Emma in the dusty attic, afternoon sun")
    assert said.code == 0
    return str(said.out.splitlines()[1].split()[0])


def test_files_are_imported_listed_and_found(film: Film, own: str, picture: Path) -> None:
    again = film("assets", "import", picture, "--mood", "tense", "--json").json["assets"]
    assert [(a["asset_id"], a["provider"], a["mood"], a["characters"]) for a in again] == [
        (own, "own", "tense", ["emma"])
    ]
    assert [a["asset_id"] for a in film("assets", "--provider", "own", "--json").json["assets"]] == [own]


def test_what_is_no_media_is_2_and_named(film: Film, tmp_path: Path, own: str) -> None:
    (tmp_path / "notes.png").write_text("buy milk")
    said = film("assets", "import", tmp_path / "notes.png")
    assert said.code == 2 and "notes.png is no picture, clip or sound but text" in said.error
    assert "milk" not in said.error, "what is in it is nobody's business"
    assert "nothing was imported" in said.help
    assert film("assets", "import", tmp_path / "nowhere.png").code == 2
    assert film("assets", "import").code == 2


def test_a_plan_offers_what_is_near_and_takes_it_only_when_told(
    film: Film, tmp_path: Path, own: str, vendors: Simulator
) -> None:
    shots = write_shots(tmp_path, SHOT)
    said = film("plan", shots, "--film_id", "f")
    (offer,) = [line for line in said.out.splitlines() if "reuse" in line and "alike" in line]
    assert offer.strip().startswith("shot_001 picture: $0 instead of $0.0")
    assert "attic, emma, close-up, 0.8" in offer and offer.endswith(f'→ "reuse": "{own}"')
    document = film("plan", shots, "--film_id", "f", "--json").json
    picture, clip = document["shots"][0]["assets"]
    assert [near["reuse"] for near in picture["near"]] == [own] and clip["near"] == []
    assert picture["state"] == clip["state"] == "new", "offered, and not used"

    taken = film("plan", write_shots(tmp_path, {**SHOT, "reuse": own}), "--film_id", "f", "--json").json
    picture, clip = taken["shots"][0]["assets"]
    assert (picture["state"], picture["why"], picture["price_usd"], picture["provider"]) == (
        "reused", f"taken from the library: {own}", "0", "own",
    )  # fmt: skip
    assert picture["near"] == [] and float(taken["total_at_most_usd"]) < float(document["total_at_most_usd"])
    assert "taken from the library" in film("plan", shots, "--film_id", "f").out


def test_the_question_before_spending_offers_it_too(film: Film, tmp_path: Path, own: str, vendors: Simulator) -> None:
    posts = len(vendors.posts())
    said = film("make", write_shots(tmp_path, SHOT))
    assert said.code == 5 and f'"reuse": "{own}"' in said.err and "only if a shot says so" in said.err
    assert len(vendors.posts()) == posts
    assert '"reuse"' not in film("plan", tmp_path / "shots.json", "--tier", "draft").out, "a draft costs nothing"


def test_many_offers_are_cut_to_the_dearest(film: Film, tmp_path: Path, own: str, vendors: Simulator) -> None:
    said = film("plan", write_shots(tmp_path, *[SHOT] * 12))
    assert sum("alike" in line for line in said.out.splitlines()) == 8
    assert "4 more are listed by film plan --json" in said.out


def test_a_plan_says_what_it_had_no_time_to_look_for(
    film: Film, tmp_path: Path, own: str, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    shots = write_shots(tmp_path, *[SHOT] * 12)
    whole = film("plan", shots)
    assert "time for looking" not in whole.out and film("plan", shots, "--json").json["near_unseen"] == 0
    monkeypatch.setattr("film.planning.near_matches.near_matches", partial(near_matches, seconds=-1.0))
    said = film("plan", shots)
    assert '"reuse"' not in said.out and "over before 24 cheaper ones had their turn" in said.out
    assert film("plan", shots, "--json").json["near_unseen"] == 24


@pytest.mark.parametrize(
    ("reuse", "told"),
    [
        ("image_nowhere", "shot_001: there is no asset 'image_nowhere' in the library"),
        (7, "reuse is a number, not a list"),
        ([["a"]], "reuse"),
        (["a", "b", "c", "d"], "reuse"),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_line(film: Film, tmp_path: Path, reuse: object, told: str) -> None:
    path = tmp_path / "shots.json"
    path.write_text(json.dumps([{"shot_id": "shot_001", "enhanced_prompt": "p", "reuse": reuse}], indent=1))
    for command in ("plan", "make"):
        said = film(command, path, "--tier", "draft")
        assert said.code == 2 and told in said.error
        assert "shots.json:5 " in said.error or "shots.json:6 " in said.error


def test_what_an_import_changed_is_said_and_shown_again(film: Film, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "phone.jpg", exif=exif)
    Image.new("RGB", (60, 40)).save(tmp_path / "plain.png")
    files = tmp_path / "phone.jpg", tmp_path / "plain.png"
    said = film("assets", "import", *files)
    (words,) = [line for line in said.err.splitlines() if "upright" in line]
    phone, plain = film("assets", "import", str(tmp_path / "phone.jpg"), str(tmp_path / "plain.png"), "--json").json[
        "assets"
    ]
    assert phone["asset_id"] in words and "phone" in words
    assert (len(phone["told"]), plain["told"]) == (1, []) and phone["told"][0] in words
    shown = film("assets", "show", phone["asset_id"])
    assert shown.code == 0 and phone["told"][0] in shown.out and "40x60" in shown.out
    assert film("assets", "show", phone["asset_id"], "--json").json["details"]["told"] == phone["told"]
    nobody = film("assets", "show", "image_0")
    assert nobody.code == 2 and "there is no asset 'image_0'" in nobody.err
