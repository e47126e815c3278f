"""Titles in shots.json: what stands for one, and what is refused by line and field."""

from __future__ import annotations

import json
from pathlib import Path

import fontpkg
import pytest

from film.errors import InputError
from film.models import Shot
from film.shots.shotfile import load_shots


def write(folder: Path, *entries: object) -> Path:
    path = folder / "shots.json"
    path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")
    return path


def refused(folder: Path, **fields: object) -> InputError:
    with pytest.raises(InputError) as caught:
        load_shots(write(folder, {"shot_id": "first", "prompt": "a street"}, {"shot_id": "card", **fields}))
    assert caught.value.line == 3
    assert caught.value.hint
    return caught.value


def test_a_text_is_a_title_and_an_object_says_more_of_it(tmp_path: Path) -> None:
    card = {"text": " Fin ", "colour": "#331100", "background": "white"}
    plain, full = load_shots(write(tmp_path, {"shot_id": "a", "title": "Fin"}, {"shot_id": "b", "title": card})).shots
    assert plain.title and full.title
    assert (plain.title.text, plain.title.colour, plain.title.background) == ("Fin", "#f2efe8", "#000000")
    assert (full.title.text, full.title.colour, full.title.background) == ("Fin", "#331100", "#ffffff")


def test_a_title_is_read_again_from_what_is_kept_of_it(tmp_path: Path) -> None:
    (shot,) = load_shots(write(tmp_path, {"shot_id": "a", "title": "One\nTwo", "dialogue": "Hello."})).shots
    assert Shot.model_validate(shot.model_dump(mode="json", exclude_defaults=True)) == shot


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", "a street"),
        ("enhanced_prompt", "a street"),
        ("negative_prompt", "cars"),
        ("seed", 3),
        ("take", 2),
        ("camera", "push in"),
        ("fit", "blur"),
        ("image_model", "flux"),
        ("video_provider", "runway"),
        ("template", "noir"),
        ("start_from", "previous"),
    ],
)
def test_what_a_picture_would_be_made_by_is_refused_beside_a_title(tmp_path: Path, field: str, value: object) -> None:
    error = refused(tmp_path, title="Fin", **{field: value})
    assert error.field == field
    assert "nothing is drawn for a title" in error.message


@pytest.mark.parametrize(
    ("title", "field", "said"),
    [
        ("", "title", "empty"),
        (" \u200b ", "title.text", "shows nothing"),
        ("x" * 601, "title.text", "600"),
        ("a\n" * 13 + "a", "title.text", "14 lines, allowed 12"),
        (7, "title", "not a group of settings"),
        ({"text": "a", "color": "#fff000"}, "title.color", "did you mean colour"),
        ({"text": "a", "colour": "yellow"}, "title.colour", "no colour"),
        ({"text": "a", "colour": "#ffffff", "background": "#eeeeee"}, "title.colour", "cannot be read"),
        ({"text": "a", "font": "gone.ttf"}, "title.font", "no file"),
        ({"text": "a", "font": "shots.json"}, "title.font", "not a font"),
        ({}, "title.text", "missing"),
    ],
)
def test_what_is_no_title_is_refused(tmp_path: Path, title: object, field: str, said: str) -> None:
    error = refused(tmp_path, title=title)
    assert said in error.message
    assert error.field is not None
    assert field.startswith(error.field)


def test_a_font_is_looked_for_beside_the_shots(tmp_path: Path) -> None:
    (tmp_path / "own.ttf").write_bytes(Path(fontpkg.path("Noto Sans")).read_bytes())
    (shot,) = load_shots(write(tmp_path, {"shot_id": "a", "title": {"text": "Fin", "font": "own.ttf"}})).shots
    assert shot.title
    assert shot.title.font == tmp_path / "own.ttf"


def test_no_shot_starts_from_a_title(tmp_path: Path) -> None:
    after = {"shot_id": "b", "prompt": "a street", "start_from": "previous"}
    with pytest.raises(InputError, match="the shot before, a, is a title") as caught:
        load_shots(write(tmp_path, {"shot_id": "a", "title": "Fin"}, after))
    assert (caught.value.line, caught.value.field) == (3, "start_from")
