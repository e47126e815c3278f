"""``film make`` and ``film plan``: output, consent, and the exit code of every way a film may end."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from desk import Film, write_shots

from film.cli import make
from film.errors import Interrupted
from film.testing.simulator import Fault, Simulator

DRAFT = ("--tier", "draft")


def test_a_draft_prints_its_path_and_nothing_else_on_stdout(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {}, {"dialogue": "Hello."})
    said = film("make", shots, *DRAFT)
    assert said.code == 0
    (line,) = said.out.splitlines()
    assert Path(line).is_file()
    assert "[2/2] " in said.err and "cost    $0" in said.err
    again = film("make", shots, *DRAFT)
    assert again.code == 0 and again.out == said.out and "all 2 reused" in again.err and "unchanged" in again.err


def test_one_is_told_as_one(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {})
    assert "\n1 shot: 2 new" in film("plan", shots, *DRAFT).out
    assert "1 piece encoded, 0 reused" in film("make", shots, *DRAFT).err
    assert "shots   0 made, 1 reused" in film("make", shots, *DRAFT).err


@pytest.mark.parametrize("command", ["plan", "make"])
def test_a_provider_that_is_none_is_told_with_the_shot(film: Film, tmp_path: Path, command: str) -> None:
    said = film(command, write_shots(tmp_path, {}, {"shot_id": "b", "video_provider": "klling"}), *DRAFT)
    assert said.code == 2 and said.error.endswith(
        "shots.json: b: no video provider is called 'klling'; did you mean kling?"
    )
    assert said.help and not (tmp_path / "gallery").exists()


def test_what_a_vendor_does_not_sell_is_told_with_the_shot(film: Film, tmp_path: Path) -> None:
    said = film("plan", write_shots(tmp_path, {}, {"shot_id": "b", "duration": 30}), "--tier", "premium")
    assert said.code == 2 and "error: b: kling sells clips of up to 10 s" in said.error


def test_json_of_make_and_plan(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {})
    plan = film("plan", shots, *DRAFT, "--film_id", "attic", "--json").json
    assert (plan["film_id"], plan["tier"], plan["new"], plan["total_at_most_usd"]) == ("attic", "draft", 2, "0")
    made = film("make", shots, *DRAFT, "--film-id", "attic", "--json", "-q")
    assert made.json["film_id"] == "attic" and Path(made.json["path"]).is_file() and made.err == ""
    assert film("plan", shots, *DRAFT, "--film_id", "attic", "--json").json["reused"] == 2


def test_events_are_lines_of_json(film: Film, tmp_path: Path) -> None:
    said = film("make", write_shots(tmp_path, {}), *DRAFT, "-q", "--events", tmp_path / "events.jsonl")
    assert said.code == 0
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert events[0]["event"] == "film_started" and events[-1]["event"] == "film_done"


def test_a_plan_says_that_spending_is_switched_off(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shots = write_shots(tmp_path, {})
    monkeypatch.setenv("FILM_NO_SPEND", "0")
    assert "FILM_NO_SPEND" not in film("plan", shots).err
    monkeypatch.setenv("FILM_NO_SPEND", "1")
    assert "spending is switched off (FILM_NO_SPEND)" in film("plan", shots).err
    assert "FILM_NO_SPEND" not in film("plan", shots, "--tier", "draft").err


def test_a_plan_says_what_why_and_for_how_much(film: Film, tmp_path: Path) -> None:
    said = film("plan", write_shots(tmp_path, {"dialogue": "Hello."}))
    assert said.code == 0
    header, *rows = said.out.splitlines()
    assert header.split() == ["shot", "provider", "state", "why", "price"]
    assert [row.split()[1:3] for row in rows[:3]] == [["picture", "fal"], ["clip", "minimax"], ["speech", "openai"]]
    assert "total, at most: $0." in said.out
    assert "API keys still missing: FAL_API_KEY, OPEN_AI_API_KEY" in said.err


def test_what_gives_way_to_long_lines_is_told_before_it_is_paid_for(
    film: Film, tmp_path: Path, vendors: Simulator
) -> None:
    posts = len(vendors.posts())
    line = "There was a light on the water, and nobody who saw it that night would ever speak of it again. " * 2
    shots = write_shots(tmp_path, *[{"dialogue": line}] * 8)
    planned = film("plan", shots)
    told = [row for row in planned.err.splitlines() if "creeping in on its last picture" in row]
    assert len(told) == 8 and "as reckoned from its words" in told[0]
    assert len(film("plan", shots, "--json").json["outlook"]) == 9, "and what would help"
    asked = film("make", shots)
    assert asked.code == 5 and asked.err.count("creeping in") == 6 and "and 3 more like these" in asked.err
    assert len(vendors.posts()) == posts


def test_over_budget_is_3(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    posts = len(vendors.posts())
    shots = write_shots(tmp_path, {})
    for command in ("make", "plan"):
        said = film(command, shots, "--budget-limit", "0.01")
        assert said.code == 3
        assert said.error.startswith("error: Budget exceeded: $") and said.error.endswith("> $0.01")
        assert "--tier draft" in said.help
    assert len(vendors.posts()) == posts


def test_a_missing_key_is_4(film: Film, tmp_path: Path) -> None:
    said = film("make", write_shots(tmp_path, {"dialogue": "Hello."}), "--yes")
    assert said.code == 4
    assert said.error == "error: Missing required API keys in .env: FAL_API_KEY, OPEN_AI_API_KEY"
    assert "--tier draft" in said.help


def test_without_anybody_to_ask_and_no_limit_is_5(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    posts = len(vendors.posts())
    said = film("make", write_shots(tmp_path, {}))
    assert said.code == 5 and "nobody is there to ask" in said.error and "--yes" in said.help
    table = [line.split() for line in said.err.splitlines()[:3]]
    assert table[0][:2] == ["provider", "model"] and {table[1][0], table[2][0]} == {"picture", "clip"}
    assert len(vendors.posts()) == posts


def test_no_is_5_and_yes_makes_it(
    film: Film, tmp_path: Path, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(question: str, **_: Any) -> bool:
        asked.append(question)
        return False

    class Watched:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(make.click, "confirm", answer)
    monkeypatch.setattr(make.sys, "stdin", Watched())
    shots = write_shots(tmp_path, {})
    said = film("make", shots)
    assert said.code == 5 and said.error == "error: nothing was spent"
    assert len(asked) == 1 and asked[0].startswith("Spend up to $")
    said = film("make", shots, "--yes")
    assert said.code == 0 and len(asked) == 1 and Path(said.out.strip()).is_file()


def test_partial_is_6_and_names_what_is_missing(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    vendors.add_fault(Fault("refuse", vendor="fal", match="forbidden"))
    shots = write_shots(tmp_path, {}, {"enhanced_prompt": "a forbidden thing"})
    said = film("make", shots, "--budget_limit", "2")
    assert said.code == 6
    assert Path(said.out.strip()).is_file(), "the film is there, with a gap that is marked"
    assert "warning: shot_002 is missing: " in said.err
    assert "running it again changes nothing: what was refused is not sent again" in said.err


def test_a_film_that_cannot_be_written_is_1(film: Film, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = film("make", write_shots(tmp_path, {}), *DRAFT, "-q", "--output", tmp_path / "file" / "film.mp4")
    assert said.code == 1 and said.error and said.help


def test_an_interrupted_film_is_130_and_says_how_to_go_on(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object, **__: object) -> object:
        raise Interrupted("stopped: 1 of 2 shots are done", hint="run the same command again to go on from here")

    monkeypatch.setattr("film.production.engines.local.make_film", stopped)
    said = film("make", write_shots(tmp_path, {}), *DRAFT)
    assert said.code == 130 and "run the same command again" in said.help


@pytest.mark.parametrize("budget", ["NaN", "Infinity", "-5", "1E+1000000", "ten"])
def test_what_is_no_sum_of_money_is_2(film: Film, tmp_path: Path, budget: str) -> None:
    said = film("make", write_shots(tmp_path, {}), "--budget_limit", budget)
    assert said.code == 2 and "budget" in said.error


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("link", ["films", "films/attic"])
def test_a_link_in_the_gallery_is_refused_and_nothing_is_written_behind_it(
    film: Film, tmp_path: Path, link: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / "gallery" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere, target_is_directory=True)
    said = film("make", write_shots(tmp_path, {}), *DRAFT, "--film_id", "attic")
    assert said.code == 1 and str(place) in said.error and "is a link" in said.error and "--output" in said.help
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    ("shot", "options", "named"),
    [
        ({"camera": "sideways"}, DRAFT, "sideways"),
        ({"voice": "robot", "dialogue": "Hello."}, ["--tier", "budget"], "robot"),
        ({}, ["--tier", "budget", "--video_model", "fal-ai/nonsense"], "fal-ai/nonsense"),
        ({"image_model": "fal-ai/nonsense"}, ["--tier", "budget"], "fal-ai/nonsense"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "make"])
def test_what_a_provider_cannot_take_is_refused_before_anything_is_made(
    film: Film, tmp_path: Path, command: str, shot: dict[str, Any], options: list[str], named: str
) -> None:
    said = film(command, write_shots(tmp_path, {}, shot), *options)
    assert said.code in (2, 3) and named in said.error and said.help
    assert not (tmp_path / "gallery" / "blobs").exists()


def test_a_damaged_draft_is_simply_made_again(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {}, {})
    path = Path(film("make", shots, *DRAFT, "-q").out.strip())
    (clip, *_) = film("assets", "--type", "video", "--json").json["assets"]
    blob = tmp_path / "gallery" / "blobs" / "sha256" / clip["sha256"][:2] / clip["sha256"][2:4] / clip["sha256"]
    whole = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(whole[:-200] + bytes(200))
    path.unlink()
    said = film("make", shots, *DRAFT)
    assert said.code == 0 and "1 damaged files of drafts were put aside: made again" in said.err
    assert path.is_file() and film("fsck").code == 0
    assert list((tmp_path / "gallery" / "quarantine").iterdir()), "the damaged file is there to be looked at"
