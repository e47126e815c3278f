"""A name before a line is who speaks: nobody says it, no caption shows it. Markdown is read, not spelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from animatic.voice import VoiceCast, speak
from film.dialogue import said, turns_of
from film.hashing import asset_key
from film.planning.params import film_params
from film.planning.requests import ProviderSet, RequestBuilder
from film.settings import load_settings


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("~~Never~~ again.", "Never again."),
        ("`Where` were you?", "Where were you?"),
        ("# Where were you?", "Where were you?"),
        ("> Where were you?", "Where were you?"),
        ("* Where were you?\n* Here.", "Where were you?\nHere."),
        ("Go to [the harbour](https://example.com/a_(b)).", "Go to the harbour."),
        ("Where were you\\?", "Where were you?"),
        ("Two \\*stars\\* stay.", "Two *stars* stay."),
        ("Where w\u00adere you?", "Where were you?"),
        ("\ufeffWhere were you?", "Where were you?"),
    ],
)
def test_marks_of_markdown_are_not_said(written: str, heard: str) -> None:
    assert said(written).text == heard and said(written).directions == ()


@pytest.mark.parametrize(
    "text",
    [
        "#1 fan.",
        "5 > 3, I think.",
        "C:\\temp\\new",
        "~5 o'clock ~",
        "- Hello.",
        "a `b",
        "Array[i](x)",
        "Tom &amp; Mara",
    ],
)
def test_what_only_looks_like_markdown_stays(text: str) -> None:
    assert said(text).text == text


@pytest.mark.parametrize(
    "written",
    [
        "MARA: Where is he?",
        "Mara: Where is he?",
        "  MARA\u00a0: Where is he?",
        "MARA：Where is he?",
        "MARA (V.O.): Where is he?",
        "MARA (O.S.): Where is he?",
        "MARA (CONT'D): Where is he?",
        "MARA (softly): Where is he?",
        "**MARA:** Where is he?",
        "**MARA**: Where is he?",
        "**MARA** (V.O.): Where is he?",
        "_Mara:_ Where is he?",
        "MARA\nWhere is he?",
        "MARA (V.O.)\nWhere is he?",
        "MARA\n(softly)\nWhere is he?",
    ],
)
def test_one_known_name_is_who_speaks(written: str) -> None:
    (turn,) = turns_of(written, ("mara",))
    assert (turn.character, said(turn.text).text) == ("mara", "Where is he?")


@pytest.mark.parametrize(
    "text",
    [
        "WARNING: do not enter.",
        "Remember this: never again.",
        "Meet me at 10:30: hurry.",
        "I met Mara: she left.",
        "MARA — where is he?",
        "Mara\ncome here.",
        "STOP\nWho goes there?",
    ],
)
def test_what_is_no_cue_is_said(text: str) -> None:
    (turn,) = turns_of(text, ("mara",))
    assert (turn.character, turn.text) == ("mara", text)


def test_a_screenplay_names_its_speakers_on_lines_of_their_own() -> None:
    turns = turns_of("MARA\nWhere is he?\n\nTOM\nGone.", ("mara",))
    assert [(turn.character, turn.text) for turn in turns] == [("mara", "Where is he?"), ("Tom", "Gone.")]


def asks(folder: Path, *shots: dict[str, Any]) -> list[Any]:
    path = folder / "shots.json"
    path.write_text(
        json.dumps([{"shot_id": f"e{n}", "enhanced_prompt": "A room", "duration": 2} | s for n, s in enumerate(shots)])
    )
    params = film_params(path, load_settings(), audio_provider="openai")
    return [RequestBuilder(params, ProviderSet()).audio(shot) for shot in params.shots]


def test_a_name_known_of_another_shot_is_a_voice(tmp_path: Path) -> None:
    cued, alone, other, warning = asks(
        tmp_path,
        {"dialogue": "TOM: Gone.", "characters": ["mara"]},
        {"dialogue": "Gone.", "characters": ["tom"]},
        {"dialogue": "Tom: Gone."},
        {"dialogue": "WARNING: gone.", "characters": ["mara"]},
    )
    assert asset_key(cued.request) == asset_key(alone.request) == asset_key(other.request)
    assert warning.request.params["input"] == "WARNING: gone."


def test_a_name_known_of_the_cast_is_a_voice(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "cast.toml").write_text(
        '[characters.tom]\ndescription = "Tom, 60"\nvoice = "onyx"\n', "utf-8"
    )
    (cued,) = asks(tmp_path, {"dialogue": "TOM: Gone."})
    assert cued.request.params["input"] == "Gone."


def test_letters_of_other_widths_are_spoken_as_letters() -> None:
    voice = VoiceCast().voice_for("mara", None, "")
    plain, wide = speak("Where were you?", voice), speak("\uff37here \U0001d430ere you?", voice)
    assert abs(plain.seconds - wide.seconds) < 0.05
    assert wide.words[0][0] == "\uff37here"
