"""``film templates``: what looks there are, and what they make of a film's prompts."""

from __future__ import annotations

import json
from pathlib import Path

from desk import Film


def shots(folder: Path, **film: object) -> None:
    entries = [
        {"shot_id": "a", "enhanced_prompt": "a trunk is opened", "duration": 1, "characters": ["Emma"]},
        {"shot_id": "b", "enhanced_prompt": "a letter falls", "duration": 1, "template": "anime"},
    ]
    (folder / "shots.json").write_text(json.dumps({"shots": entries, **film}))


def test_all_looks_are_listed_with_where_they_come_from(film: Film, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "ours.toml").write_text('description = "Ours"\nversion = 3\n')
    shots(tmp_path)
    said = film("templates", "list", "shots.json")
    assert said.code == 0
    lines = [line.split()[:4] for line in said.out.splitlines()]
    assert ["ours", "3", "film", "Ours"] in lines and any(line[:1] == ["noir"] for line in lines)
    assert not any(line[:1] == ["ours"] for line in (r.split() for r in film("templates", "list").out.splitlines()))


def test_one_look_is_shown_as_it_is_written(film: Film) -> None:
    assert "venetian blinds" in film("templates", "show", "noir").out
    shown = json.loads(film("templates", "show", "noir", "--json").out)
    assert shown["variables"]["key"]["values"] == ["side", "back", "top"]
    said = film("templates", "show", "nior")
    assert said.code == 2 and "did you mean noir" in said.err


def test_a_preview_shows_what_providers_would_get(film: Film, tmp_path: Path) -> None:
    shots(tmp_path, template="noir", variables={"key": "back"})
    told = {one["shot_id"]: one for one in json.loads(film("templates", "preview", "shots.json", "--json").out)}
    assert "hard back light" in told["a"]["prompt"] and "anime film still" in told["b"]["prompt"]
    assert list(told["a"]["made_of"]) == ["template noir"]
    assert not (tmp_path / "gallery").exists()
    said = film("templates", "preview", "shots.json", "--shot", "a", "--template", "storybook")
    assert said.out.startswith("a: a trunk is opened, Emma, watercolour illustration") and "b:" not in said.out
    assert film("templates", "preview", "shots.json", "--shot", "zz").code == 2


def test_a_films_template_reaches_its_requests(film: Film, tmp_path: Path) -> None:
    shots(tmp_path)
    plain = film("plan", "shots.json", "--tier", "draft", "--json").out
    with_look = film("plan", "shots.json", "--tier", "draft", "--template", "noir", "--json").out
    assert plain != with_look
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "noir.toml").write_text("prompt = '{{ promt }}'")
    said = film("plan", "shots.json", "--tier", "draft", "--template", "noir")
    assert said.code == 2 and "a: template noir: 'promt' is undefined" in said.err


def test_the_plan_names_a_changed_template_as_the_reason(film: Film, tmp_path: Path) -> None:
    shots(tmp_path, template="ours", size="256x144")
    look = tmp_path / "templates" / "ours.toml"
    look.parent.mkdir()
    look.write_text('prompt = "{{ prompt }}, soft light"')
    assert film("make", "shots.json", "--tier", "draft", "-q").code == 0
    look.write_text('description = "soft"\nprompt = "{{ prompt }}, soft light"')
    assert "ours" not in film("plan", "shots.json", "--tier", "draft").out
    look.write_text('prompt = "{{ prompt }}, hard light"')
    said = film("plan", "shots.json", "--tier", "draft").out
    assert "template ours changed" in said and "enhanced_prompt" not in said
