"""Templates are found nearest first, and a file that is wrong names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from film.errors import InputError
from film.prompts import shelf_for


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_one_beside_the_shots_hides_one_of_the_gallery_and_that_one_ours(tmp_path: Path) -> None:
    shots, gallery = tmp_path / "film" / "shots.json", tmp_path / "gallery"
    assert shelf_for(shots, gallery).get("noir").origin == "built in"
    written(gallery / "templates" / "noir.toml", 'description = "g"')
    assert shelf_for(shots, gallery).get("noir").origin == "gallery"
    written(shots.parent / "templates" / "noir.toml", 'description = "f"')
    shelf = shelf_for(shots, gallery)
    assert (shelf.get("noir").origin, shelf.get("noir").description) == ("film", "f")
    assert shelf.names().count("noir") == 1 and "cast" not in shelf.names()


def test_a_cast_beside_the_shots_goes_over_the_gallerys(tmp_path: Path) -> None:
    shots, gallery = tmp_path / "film" / "shots.json", tmp_path / "gallery"
    written(
        gallery / "templates" / "cast.toml", '[characters.emma]\ndescription = "g"\n[places.sea]\ndescription = "s"'
    )
    written(shots.parent / "templates" / "cast.toml", '[characters.EMMA]\ndescription = "f"')
    cast = shelf_for(shots, gallery).cast
    emma, sea = cast.character("Emma"), cast.place("SEA")
    assert emma and sea and (emma.description, sea.description) == ("f", "s")


@pytest.mark.parametrize("name", ["nior", "../noir", "/etc/passwd", "", "cast", "NUL", "a" * 100])
def test_a_name_that_is_none_reads_no_file(tmp_path: Path, name: str) -> None:
    written(tmp_path / "templates" / "cast.toml", "")
    with pytest.raises(InputError, match="there is no template"):
        shelf_for(tmp_path / "shots.json", tmp_path / "gallery").get(name)


def test_a_typing_error_is_answered_with_the_name_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean noir"):
        shelf_for(None, tmp_path).get("nior")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('description = "x"\nprompts = "y"', r"look.toml:2 .*did you mean prompt"),
        ('\n[variables]\nprompt = "x"', r"look.toml:3 variables.prompt is a word that every prompt knows"),
        ('[variables]\n"a b" = "x"', r"look.toml:2 variables.a b is no name"),
        ('[variables]\nkey = { values = ["a"], default = "b" }', r"look.toml:2 .*its default is 'b', not one of a"),
        ('[variables]\nkey = { type = "choice", default = "b" }', r"look.toml:2 .*a choice has values"),
        ("version = 0", r"look.toml:1 version is 0, allowed 1 or more"),
        ('prompt = "x', r"look.toml:1 is not valid TOML"),
        ('elsewhere = "x"', r"look.toml:1 elsewhere is not a field of a template"),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    written(tmp_path / "templates" / "look.toml", text)
    with pytest.raises(InputError, match=wrong):
        shelf_for(tmp_path / "shots.json", tmp_path / "gallery").get("look")


def test_a_cast_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "templates" / "cast.toml", '[people.emma]\ndescription = "x"')
    with pytest.raises(InputError, match=r"cast.toml:1 people is not a group"):
        _ = shelf_for(tmp_path / "shots.json", tmp_path / "gallery").cast
