"""Models and prices end: told before, refused afterwards, and what was made with them is reused for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from desk import Film, write_shots

from film.rates import days
from film.testing.simulator import Simulator

LINE = {"dialogue": "The light is out.", "characters": ["emma"]}
READ = """
as_of = 2027-02-01
[[rate]]
provider = "gemini"
model = "gemini-3.8-flash-lite-tts"
unit = "minute"
price = "0.0186"
source = "https://ai.google.dev/gemini-api/docs/pricing"
"""
Day = Callable[[date], None]


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Day:
    return lambda day: monkeypatch.setattr(days, "today", lambda: day)


def speech(film: Film, shots: Path, *more: str) -> dict[str, tuple[str, str]]:
    """Shot → who speaks its line, and how it stands."""
    said = film("plan", shots, "--tier", "budget", "--json", *more)
    assert said.code == 0, said.err
    rows = [(s["shot_id"], a) for s in said.json["shots"] for a in s["assets"] if a["asset_type"] == "audio"]
    return {shot_id: (asset["provider"], asset["state"]) for shot_id, asset in rows}


def test_a_film_keeps_the_lines_of_a_voice_that_has_ended(
    film: Film, vendors: Simulator, on: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(date(2026, 12, 1))
    shots = write_shots(tmp_path, {**LINE})
    assert speech(film, shots) == {"shot_001": ("openai", "new")}
    plan = film("plan", shots, "--tier", "budget")
    assert "openai tts-1 ends: its last day is 2027-01-05" in plan.err
    assert "new lines are bought from openai, the cheapest of elevenlabs, gemini, openai" in plan.out + plan.err
    made = film("make", shots, "--tier", "budget", "--yes")
    assert made.code == 0 and "its last day is 2027-01-05" in made.err
    before = len(vendors.posts())

    on(date(2027, 2, 1))
    again = film("plan", shots, "--tier", "budget", "--json").json
    assert (again["new"], again["stale"], again["total_at_most_usd"]) == (0, 0, "0")
    assert again["speech"].endswith("lines by openai are kept") and not again["endings"]
    assert film("make", shots, "--tier", "budget", "--yes").code == 0
    assert len(vendors.posts()) == before, "nothing is bought anew because the default has moved"

    shots = write_shots(tmp_path, {**LINE}, {"dialogue": "Who is there?"})
    assert speech(film, shots) == {"shot_001": ("openai", "reused"), "shot_002": ("elevenlabs", "new")}
    (tmp_path / "read.toml").write_text(READ)
    monkeypatch.setenv("FILM_RATE_CARD", str(tmp_path / "read.toml"))
    assert speech(film, shots)["shot_002"] == ("gemini", "new"), "cheaper, once its price was read"
    refused = film("plan", shots, "--tier", "budget", "--audio_provider", "openai")
    assert refused.code == 2 and "shot_002: openai tts-1 has ended" in refused.error
    assert "what is made stays made" in refused.help


def test_a_film_keeps_its_voice_while_it_is_sold(
    film: Film, vendors: Simulator, on: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(date(2026, 12, 1))
    shots = write_shots(tmp_path, {**LINE})
    assert film("make", shots, "--tier", "budget", "--yes").code == 0
    (tmp_path / "read.toml").write_text(READ.replace("0.0186", "0.0001"))
    monkeypatch.setenv("FILM_RATE_CARD", str(tmp_path / "read.toml"))
    shots = write_shots(tmp_path, {**LINE}, {"dialogue": "Who is there?"})
    assert speech(film, shots) == {"shot_001": ("openai", "reused"), "shot_002": ("openai", "new")}
    other = tmp_path / "other"
    other.mkdir()
    assert speech(film, write_shots(other, {"dialogue": "Another film."})) == {"shot_001": ("gemini", "new")}


def test_the_doctor_says_what_ends(film: Film, vendors: Simulator, on: Day) -> None:
    on(date(2026, 12, 1))
    assert "openai tts-1 ends: its last day is 2027-01-05" in film("doctor").out
    on(date(2027, 2, 1))
    told = film("doctor").out
    assert "openai tts-1 has ended" in told and "tier budget is ready" in told


def test_lines_whose_shot_names_a_dearer_voice_make_no_other_line_dearer(
    film: Film, vendors: Simulator, on: Day, tmp_path: Path
) -> None:
    """A film that was cut off half way goes on under what it was quoted."""
    on(date(2026, 12, 1))
    named = {"dialogue": "Who is there?", "audio_provider": "elevenlabs"}
    shots = write_shots(tmp_path, named, {**LINE})
    assert speech(film, shots) == {"shot_001": ("elevenlabs", "new"), "shot_002": ("openai", "new")}
    half = write_shots(tmp_path, named)
    assert film("make", half, "--tier", "budget", "--yes", "--film_id", "half").code == 0
    shots = write_shots(tmp_path, named, {**LINE})
    assert speech(film, shots, "--film_id", "half") == {
        "shot_001": ("elevenlabs", "reused"),
        "shot_002": ("openai", "new"),
    }
