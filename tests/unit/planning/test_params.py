"""What a run is asked for from Python, where no command line has looked at it before."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import math
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.app.films import run_film_pipeline
from film.errors import ConfigurationError, FilmError, InputError
from film.models import check_identifier
from film.planning.options import OPTIONS
from film.planning.params import film_params
from film.settings import Settings, load_settings
from film.shots.json_lines import JsonLines
from film.shots.shotfile import check_shots


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    path = tmp_path / "shots.json"
    path.write_text(json.dumps([{"shot_id": "a", "prompt": "an attic", "duration": 1}]))
    return path


def test_an_output_may_be_text(shots: Path) -> None:
    params = film_params(shots, load_settings({}), tier="draft", output=str(shots.with_suffix(".mp4")))
    assert params.output == shots.with_suffix(".mp4")


def test_a_tier_that_is_none_is_refused(shots: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no tier 'cheap'") as caught:
        film_params(shots, load_settings({}), tier="cheap")
    assert "draft, budget" in caught.value.hint


@pytest.mark.parametrize("limit", [float("nan"), "abc", True, -1, float("inf")])
def test_a_limit_that_is_no_sum_of_money_is_refused(shots: Path, limit: float | str) -> None:
    with pytest.raises(ConfigurationError, match="budget_limit is"):
        run_film_pipeline("a", shots, limit, tier="draft")


def test_every_option_is_known_by_what_it_takes() -> None:
    taken = [name for name, p in inspect.signature(film_params).parameters.items() if p.kind is p.KEYWORD_ONLY]
    assert list(OPTIONS) == taken
    for name, option in OPTIONS.items():
        assert option.read(ast.literal_eval(option.example)) is not None, name


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    "value", [b"x", object(), {"a": 1}, [1], math.nan, True, "\0nonsense", 7], ids=lambda value: type(value).__name__
)
def test_an_option_of_another_kind_is_told_with_what_would_be_taken(shots: Path, option: str, value: object) -> None:
    try:
        film_params(shots, load_settings({}), **({"tier": "draft"} | {option: value}))
    except FilmError as error:
        assert option in str(error) + (getattr(error, "field", None) or "") and error.hint, (str(error), error.hint)
        assert "pydantic" not in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    ("options", "told", "hint"),
    [
        ({"order": "fastest"}, "order is 'fastest', not one of script, makespan", 'order="makespan"'),
        ({"concurrency": "many"}, "concurrency is 'many', not a whole number", "concurrency=3"),
        ({"concurrency": 0}, "concurrency is 0, allowed 1 to 1000", "--concurrency 3"),
        ({"concurrency": 1001}, "concurrency is 1001, allowed 1 to 1000", "--concurrency 3"),
        ({"use_cache": "no"}, "use_cache is 'no', not True or False", "use_cache=False"),
        ({"film_id": 7}, "film_id is 7, not text", "film_id="),
        ({"video_provider": ["kling"]}, "video_provider is a list, not text", '"kling"'),
        ({"transition": "disolve"}, "transition is 'disolve', not one of auto, cut, crossfade", "crossfade"),
        ({"transition_seconds": "long"}, "transition_seconds is 'long', not a number", "0.5"),
        ({"transition_seconds": 99}, "transition_seconds is 99, allowed up to 10", "transition_seconds"),
        ({"size": (1280, 720, 3)}, "size is a list, not text", "1280x720"),
        ({"size": (1280, 721)}, "size is 1280x721, allowed even numbers", "1280x720"),
        ({"frame_rate": 1000}, "frame_rate is 1000, allowed 1 to 120", "29.97"),
        ({"loudness": -2}, "loudness is '-2', allowed up to -5", "loudness"),
        ({"burn_in": 1}, "burn_in is 1, not True or False", "burn_in=True"),
        ({"music": 7}, "music is 7, not a path", "harbour.mp3"),
        ({"music": "nowhere.mp3"}, "there is no file", "check the path"),
        ({"output": "film.avi"}, "cannot be written as 'film.avi'", ".mp4"),
        ({"transitions": "cut"}, "transitions is not an option of a film; did you mean transition?", "crossfade"),
        ({"colour": "red"}, "colour is not an option of a film", "there are film_id, tier"),
    ],
)
def test_a_wrong_option_is_named_with_the_next_step(shots: Path, options: dict[str, Any], told: str, hint: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        film_params(shots, load_settings({}), tier="draft", **options)
    assert hint in caught.value.hint


def test_an_option_may_be_given_in_any_form_that_says_what_is_meant(shots: Path) -> None:
    written = film_params(
        shots, load_settings({}), size="640x360", frame_rate="25", loudness="-16", budget_limit=Decimal("2.5"),
        transition_seconds=Decimal("0.3"),
    )  # fmt: skip
    assert written == film_params(
        shots, load_settings({}), size=(640, 360), frame_rate=25, loudness=-16, budget_limit=2.5,
        transition_seconds=0.3, concurrency=None, order=None, use_cache=None,
    )  # fmt: skip


def film_id_of(file: Path) -> str:
    return film_params(
        check_shots([{"shot_id": "a", "prompt": "an attic"}], JsonLines(""), file), load_settings({})
    ).film_id


@pytest.mark.parametrize(
    ("file", "film_id"),
    [
        ("harbour.json", "harbour"),
        ("my film.json", "my_film"),
        ("影片.json", "影片"),
        ("e\u0301te\u0301.json", "été"),
        ("night.v2.json", "night.v2"),
        ("attic/shots.json", "attic"),
        ("attic/Film.JSON", "attic"),
    ],
)
def test_a_film_is_called_as_its_file_is(file: str, film_id: str) -> None:
    assert film_id_of(Path("/films") / file) == film_id


def test_files_of_odd_names_are_films_of_their_own() -> None:
    odd = [
        "?",
        "...",
        " ",
        "_",
        "🎬",
        "🎥",
        "C",
        "C++",
        "C#",
        " C",
        "con",
        "nul",
        "con.x",
        "नमस्ते",
        "x" * 101,
        "x" * 102,
        "\udce9",
    ]
    names = {name: film_id_of(Path("/films") / f"{name}.json") for name in odd}
    assert len(set(names.values())) == len(odd), names
    assert {check_identifier(name) for name in names.values()} == set(names.values())
    assert names["C"] == "C" and names["C#"].startswith("C-") and names["?"].startswith("film-")
    assert film_id_of(Path("/films/🎬/shots.json")) == names["🎬"]


@pytest.mark.parametrize("given", [[{"shot_id": "a", "prompt": "an attic"}], {"shots": []}, None, 7])
def test_what_is_no_path_of_shots_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match="not the path of a shots"):
        film_params(given, load_settings({}))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"default_video_provider": "kling", "video_provider": "runway"}, "both default_video_provider and video_prov"),
        ({"video_provider": "klang"}, "no video provider is called 'klang'; did you mean kling?"),
        ({"default_audio_provider": 7}, "audio_provider is 7, not text"),
        ({"default_image_model": "x"}, "did you mean image_model?"),
        ({"engine": "spark"}, "there is no engine 'spark'"),
        ({"engine": ["ray"]}, "there is no engine ['ray']"),
        ({"shots_json_path": ["a"]}, "not the path of a shots.json"),
        ({"use_cache": "no"}, "use_cache is 'no', not True or False"),
    ],
)
def test_a_film_is_not_begun_with_a_wrong_option(shots: Path, options: dict[str, Any], told: str) -> None:
    settings = load_settings({"HOME": str(shots.parent), "FILM_NO_SPEND": "1"}, folder=shots.parent)
    with pytest.raises(FilmError, match=re.escape(told)) as caught:
        run_film_pipeline(**({"shots_json_path": shots, "settings": settings, "tier": "draft"} | options))
    assert caught.value.hint


@pytest.mark.parametrize("limit", [0.1 + 0.2, "2.50"])
def test_a_film_is_made_where_a_loop_runs_already(shots: Path, limit: float | str) -> None:
    async def notebook() -> Path:
        return run_film_pipeline("a", shots, limit, tier="draft", size="128x128").path

    assert asyncio.run(notebook()).is_file()


def test_a_film_is_named_for_its_folder_also_from_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ferry" / "inside").mkdir(parents=True)
    (tmp_path / "ferry" / "shots.json").write_text('[{"shot_id": "a", "prompt": "a"}]')
    monkeypatch.chdir(tmp_path / "ferry" / "inside")
    settings = Settings(gallery=tmp_path, database_url="sqlite://")
    assert film_params(Path("../shots.json"), settings).film_id == "ferry"
