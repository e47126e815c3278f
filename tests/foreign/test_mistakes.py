"""All mistakes of a film's files at once, each with its line and its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from film.cli.main import report
from film.errors import InputError
from film.shots.shotfile import load_shots

WRONG = """[
 {"shot_id": "a", "enhanced_prompt": "x", "duration": 99,
  "seed": -1},
 {"shot_id": "b", "enhanced_promt": "x"},
 7,
 {"shot_id": "a b/c", "enhanced_prompt": "x",
  "durration": 4, "dialoge": "Hello"},
 {"shot_id": "d", "enhanced_prompt": "x",
  "effects": [{"file": "gone.wav"}]},
 {"shot_id": "e", "enhanced_prompt": "x"},
 {"shot_id": "E", "enhanced_prompt": "x"},
 {"shot_id": "f", "enhanced_prompt": "x", "prompt": "y",
  "take": "two"}
]
"""


def mistakes(folder: Path, text: str = WRONG) -> list[InputError]:
    path = folder / "shots.json"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        load_shots(path)
    return [error.value, *error.value.others]


def test_every_mistake_is_told_with_line_and_field(tmp_path: Path) -> None:
    told = {(error.line, error.field) for error in mistakes(tmp_path)}
    assert told == {
        (2, "duration"), (3, "seed"), (4, "enhanced_promt"), (5, None), (6, "shot_id"), (7, "durration"),
        (7, "dialoge"), (9, "effects[0].file"), (11, "shot_id"), (12, "prompt"), (13, "take"),
    }  # fmt: skip


def test_the_first_is_the_one_that_was_told_before(tmp_path: Path) -> None:
    first, *others = mistakes(tmp_path)
    assert "duration is 99" in str(first) and str(first).startswith(f"{tmp_path / 'shots.json'}:2 ")
    assert len(others) == 10 and all(not other.others for other in others)
    lines = [error.line or 0 for error in (first, *others)]
    assert lines == sorted(lines)


def test_film_toml_s_mistakes_are_told_with_them(tmp_path: Path) -> None:
    (tmp_path / "film.toml").write_text('line_tail = -1\nfit = "x"\ntransition = "fade-to-grey"\n')
    files = {error.file for error in mistakes(tmp_path)}
    assert files == {tmp_path / "film.toml", tmp_path / "shots.json"}


def test_the_command_prints_them_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = mistakes(tmp_path)
    report(first)
    printed = capsys.readouterr().err
    assert printed.count("error:") == 11 and printed.count("help:") == 11


def test_a_file_of_nothing_but_mistakes_is_told_in_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = mistakes(tmp_path, "[" + ",\n".join(["7"] * 5000) + "]")
    report(every[0])
    assert len(every) == 5000 and "and 4949 more" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["README.md", "notes.markdown", "film.txt"])
def test_markdown_is_called_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# My film\n\nMade with love.\n")
    with pytest.raises(InputError, match="is Markdown") as error:
        load_shots(tmp_path / name)
    assert "comment" not in str(error.value) and "shots.json" in error.value.hint
