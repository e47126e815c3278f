"""``film new``, ``shot``, ``watch``, ``open`` and ``completion``: how somebody who has nothing yet begins."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from desk import Film

from film.app.samples import SAMPLES
from film.app.shot_table import read_table
from film.app.single_shots import shot_named
from film.app.watching import saves
from film.errors import InputError
from film.models import Shot
from film.shots.shotfile import load_shots


def test_a_film_is_begun_and_made(film: Film, tmp_path: Path):
    said = film("new", "my_film", "--shape", "upright", "--look", "noir", "--sample", "one")
    assert said.code == 0
    folder = tmp_path / "my_film"
    assert said.out.strip() == str(folder)
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == {
        "shots.json", "film.toml", "templates/cast.toml", "README.md"
    }  # fmt: skip
    settings = tomllib.loads((folder / "film.toml").read_text())
    assert (settings["title"], settings["size"], settings["template"]) == ("My film", "9:16", "noir")
    assert "next: film make my_film/shots.json --tier draft" in said.err
    assert film("make", "my_film/shots.json", "--tier", "draft", "--size", "128x228", "-q").code == 0
    opened = film("open", "my_film")
    assert opened.out.strip().endswith("my_film-draft.mp4")
    assert film("open", "my_film", "--folder").out.strip().endswith("films/my_film")


@pytest.mark.parametrize("sample", list(SAMPLES))
def test_every_sample_reads(film: Film, tmp_path: Path, sample: str):
    assert film("new", "a-film", "--sample", sample).code == 0
    assert len(load_shots(tmp_path / "a-film" / "shots.json").shots) == len(SAMPLES[sample].shots)


def test_nothing_is_written_over(film: Film, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    said = film("new", "mine")
    assert said.code == 2
    assert "nothing is written over" in said.error
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "wrong", [("../out",), ("x", "--shape", "round"), ("x", "--look", "pink"), ("x", "--sample", "epic")]
)
def test_what_there_is_not_is_told_and_nothing_is_made(film: Film, tmp_path: Path, wrong: tuple[str, ...]):
    said = film("new", *wrong)
    assert said.code == 2
    assert said.help
    assert not list(tmp_path.rglob("shots.json"))


TABLE = """\
Prompt{d}Line{d}Seconds{d}People{d}Place{d}Time of day
a pier in rain{d}{d}2,5{d}{d}harbour{d}dusk
Mara waits{d}"Späte Boote{d} sagt sie."{d}3{d}mara | tom{d}harbour{d}
{d}{d}{d}{d}{d}
"""


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16"), (",", "utf-8"), (";", "utf-8")],
)
def test_a_table_as_spreadsheets_save_it(tmp_path: Path, delimiter: str, encoding: str):
    text = TABLE.format(d=delimiter)
    if delimiter == ",":
        text = text.replace("2,5", "2.5")
    path = tmp_path / "shots.csv"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    first, second = read_table(path)
    assert first == {
        "shot_id": "shot_001",
        "enhanced_prompt": "a pier in rain",
        "duration": 2.5,
        "landscapes": ["harbour"],
        "time_of_day": "dusk",
    }
    assert (second["dialogue"], second["characters"]) == (f"Späte Boote{delimiter} sagt sie.", ["mara", "tom"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no header"),
        ("line\nhello\n", "no column prompt"),
        ("prompt,prompt\na,b\n", "two columns"),
        ("promt\na\n", "no column 'promt'"),
        ("prompt\n\n", "no shots"),
        ("id,prompt\na,x\na,y\n", "two shots a"),
        ("prompt,seconds\nfine,2\nlong,99\n", ":3 duration"),
        ("prompt,seconds\nodd,soon\n", ":2 duration"),
    ],
)
def test_a_table_that_cannot_be_says_where(tmp_path: Path, text: str, told: str):
    path = tmp_path / "shots.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert told in str(caught.value)
    assert caught.value.hint


def test_a_film_from_a_table(film: Film, tmp_path: Path):
    (tmp_path / "plan.csv").write_text("prompt;line\na pier;\nMara waits;The boat is late.\n")
    assert film("new", "late", "--from", "plan.csv").code == 0
    shots = load_shots(tmp_path / "late" / "shots.json").shots
    assert [shot.spoken for shot in shots] == [None, "The boat is late."]


def test_one_shot_is_made_as_in_its_film(film: Film, tmp_path: Path):
    assert film("new", "talk", "--sample", "talk").code == 0
    shots = tmp_path / "talk" / "shots.json"
    said = film("shot", "2", shots, "--size", "128x128", "--json")
    assert said.json["shot_id"] == "shot_002"
    assert {one["asset_type"] for one in said.json["assets"]} == {"image", "video", "audio"}
    assert all(Path(one["path"]).is_file() for one in said.json["assets"])
    again = film("shot", "shot_002", shots, "--size", "128x128", "--json")
    assert all(one["reused"] for one in again.json["assets"])
    assert film("make", shots, "--tier", "draft", "--size", "128x128", "--json").json["shots_made"] == 3


def test_the_takes_of_a_shot(film: Film, tmp_path: Path):
    assert film("new", "short", "--sample", "one").code == 0
    shots = tmp_path / "short" / "shots.json"
    (tmp_path / "short" / "film.toml").write_text('size = "128x128"\n')
    assert "nothing was made" in film("takes", "1", shots).err
    assert film("make", shots, "--tier", "draft", "-q").code == 0
    shots.write_text(shots.read_text().replace("evening", "night"))
    assert film("make", shots, "--tier", "draft", "-q").code == 0
    pictures = [one for one in film("takes", "1", shots, "--json").json if one["kind"] == "image"]
    assert [one["in_use"] for one in pictures] == [False, True]
    assert pictures[1]["asset_id"] in film("takes", "shot_001", shots).out


def test_a_shot_that_is_bought_is_asked_for(film: Film, vendors: object, tmp_path: Path):
    assert film("new", "talk", "--sample", "talk").code == 0
    said = film("shot", "1", tmp_path / "talk" / "shots.json", "--tier", "budget")
    assert said.code == 5
    assert "this would spend up to" in said.error


def test_shots_are_known_by_id_number_and_place():
    shots = tuple(
        Shot.model_validate({"shot_id": i, "shot_number": n, "enhanced_prompt": "x"})
        for i, n in (("a", 7), ("3", None), ("c", None))
    )
    assert [shot_named(name, shots).shot_id for name in ("a", "3", "7", "2")] == ["a", "3", "a", "3"]
    with pytest.raises(InputError, match="no shot '9'"):
        shot_named("9", shots)


def test_a_save_is_seen_once_the_editor_is_done(tmp_path: Path):
    shots = tmp_path / "shots.json"
    shots.write_text("[]")
    steps = iter(
        [
            lambda: None,
            lambda: shots.write_text("[ "),  # the editor begins
            lambda: shots.write_text("[ ]"),  # and goes on
            lambda: None,
            lambda: (tmp_path / "film.toml").write_text("title = 'x'"),
            lambda: None,
            lambda: None,
        ]
    )
    changed = saves(shots, sleep=lambda seconds: next(steps)())
    assert [path.name for path in next(changed)] == ["shots.json"]
    assert [path.name for path in next(changed)] == ["film.toml"]


def test_watching_tells_a_mistake_and_goes_on(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert film("new", "short", "--sample", "one").code == 0
    shots = tmp_path / "short" / "shots.json"
    (tmp_path / "short" / "film.toml").write_text('size = "128x128"\n')
    good = shots.read_text()

    def save(_shots: Path):
        shots.write_text("[{")
        yield (shots,)
        shots.write_text(good.replace("evening", "night"))
        yield (shots,)

    monkeypatch.setattr("film.app.watching.saves", save)
    said = film("watch", shots)
    assert said.code == 0
    assert said.out.count("short-draft.mp4") == 2
    assert "warning" in said.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes(film: Film, shell: str):
    said = film("completion", shell)
    assert said.code == 0
    assert "_FILM_COMPLETE" in said.out
