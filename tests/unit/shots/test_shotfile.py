"""shots.json as people write it, and as enemies do: what is wrong is named by file, line and field, with a way out."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.errors import InputError
from film.models import Shot, check_identifier, identity
from film.shots import json_lines
from film.shots.shotfile import load_shots, parse_rate, parse_size

GOOD = {"shot_id": "shot_001", "enhanced_prompt": "an attic"}


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "shots.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(folder: Path, text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        load_shots(write(folder, text))
    assert caught.value.hint, "an error must end with the next step"
    assert str(folder / "shots.json") in str(caught.value)
    return caught.value


def test_the_descriptions_shots_are_read_whole(tmp_path: Path) -> None:
    text = Path("examples/attic/shots.json").read_text()
    first, second = load_shots(write(tmp_path, text)).shots
    assert (first.shot_id, first.shot_number, first.shot_type) == ("shot_001", 1, "wide")
    assert first.duration == Decimal(5)
    assert first.dialogue is None and second.dialogue == "I haven't been up here in years..."
    assert first.characters == ("emma",) and first.landscapes == ("attic", "interior")
    assert (first.mood, first.time_of_day) == ("nostalgic", "afternoon")


def test_only_id_and_prompt_are_required(tmp_path: Path) -> None:
    (shot,) = load_shots(write(tmp_path, json.dumps([GOOD]))).shots
    assert shot.duration == 5 and shot.take == 1 and shot.characters == () and shot.spoken is None


def test_shots_may_stand_in_an_object_with_the_films_settings(tmp_path: Path) -> None:
    file = load_shots(write(tmp_path, json.dumps({"title": "Attic", "size": "1280x720", "shots": [GOOD]})))
    assert file.film.title == "Attic" and file.film.size == "1280x720" and len(file.shots) == 1


def test_durations_are_exact(tmp_path: Path) -> None:
    (shot,) = load_shots(write(tmp_path, '[{"shot_id": "a", "prompt": "x", "duration": 2.1}]')).shots
    assert Fraction(shot.duration) == Fraction(21, 10)


@pytest.mark.parametrize(
    ("member", "says", "field"),
    [
        ('"duration": 40', "duration is 40, allowed 1 to 30", "duration"),
        ('"duration": 0', "allowed 1 to 30", "duration"),
        ('"duration": -1', "allowed 1 to 30", "duration"),
        ('"duration": 1e9', "allowed 1 to 30", "duration"),
        ('"duration": true', "duration", "duration"),
        ('"duration": "long"', "duration", "duration"),
        ('"seed": -1', "seed is -1, allowed 0 or more", "seed"),
        ('"take": 0', "take is 0", "take"),
        ('"take": true', "take true must be a whole number", "take"),
        ('"seed": false', "seed false must be a whole number", "seed"),
        ('"camera": " "', "camera is empty", "camera"),
        ('"characters": ["emma", " "]', "characters[1] is empty", "characters"),
        ('"shot_type": " "', "shot_type is empty", "shot_type"),
        ('"characters": "emma"', "characters is text, not a list", "characters"),
        ('"characters": [3]', "characters", "characters"),
        ('"mood": 3', "mood is a number, not text", "mood"),
        ('"durration": 4', "did you mean duration?", "durration"),
        ('"transition": "wipe"', "transition is 'wipe'", "transition"),
        ('"dialogue": "\\ud800"', "dialogue holds half of a surrogate pair", "dialogue"),
        ('"voice": "a\\u0000b"', "control characters", "voice"),
        ('"prompt": "twice"', "both prompt and enhanced_prompt", "prompt"),
        ('"shot_id": "again"', "given twice", "shot_id"),
    ],
)
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, member: str, says: str, field: str) -> None:
    error = refusal(tmp_path, '[\n  {"shot_id": "a", "enhanced_prompt": "x",\n   "styles": [],\n   ' + member + "}\n]")
    assert says in str(error)
    assert error.field == field
    assert error.line == 4


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1E+1000000", "9" * 5000])
def test_numbers_without_a_value_are_refused(tmp_path: Path, number: str) -> None:
    refusal(tmp_path, f'[{{"shot_id": "a", "prompt": "x", "duration": {number}}}]')


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        b'[{"shot_id": "\xff"}]',
        "[]",
        "{}",
        "3",
        "",
        '"shots"',
        "[1]",
        '[{"shot_id": "a", "prompt": "x"},]',
        '[{"shot_id": "a"}]',
        '[{"prompt": "x"}]',
        '[{"shot_id": "a", "prompt": ""}]',
    ],
    ids=lambda t: repr(t[:12]),
)
def test_what_is_no_film_is_refused(tmp_path: Path, text: str | bytes) -> None:
    refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ('[{"shot_id": "a",\n "prompt": "x",\n}]', "a comma too many: nothing but '}'", 2),
        ('[{"shot_id": "a", "prompt": "x"},\n\n]', "a comma too many: nothing but ']'", 1),
        ('[\n// the opening\n{"shot_id": "a", "prompt": "x"}]', "has a comment", 2),
        (" \n", "is empty", 1),
        ('[{"shot_id": "a"\n "prompt": "x,"}]', "is not valid JSON", 2),
        ("[{'shot_id': 'a'}]", "has ' for a quote", 1),
        ('[{"shot_id": "a",\n "prompt": “an attic”}]', "has “ for a quote", 2),
        ('[{"shot_id": "a",\n "dialogue": None}]', "has None, which JSON does not know", 2),
        ('{"shot_id": "a"}\n{"shot_id": "b"}', "goes on after its end", 2),
        ('[{"shot_id": "a"}', "ends too early", 1),
        ("- shot_id: a\n", "is no JSON: it begins with '- shot_id: a", 1),
        ("<!doctype html>", "is no JSON: it begins with '<!doctype html>'", 1),
        ('[{"shot_id": "NaN 1e99"},\n{"shot_id": "b",\n "duration": NaN}]', "NaN is not a number", 3),
        ('[{"shot_id": "1e99"},\n{"shot_id": "b",\n "duration": 1e99}]', "out of all bounds", 3),
        (
            '[{"shot_id": "a"},\n{"shot_id": "b"},\n{"shot_id": "c", "meta": ["shot_id", "a"],\n "shot_id": "d"}]',
            "'shot_id' is given twice",
            4,
        ),
    ],
)
def test_the_usual_slips_have_names(tmp_path: Path, text: str, says: str, line: int) -> None:
    error = refusal(tmp_path, text)
    assert says in str(error) and error.line == line


@pytest.mark.parametrize(
    ("member", "says", "step"),
    [
        ('"duration": "five"', "duration is 'five', not a number", "without quotes or units"),
        ('"duration": 2.00001', "duration is 2.00001, allowed 3 digits after the point", "round duration"),
        ('"take": "two"', "take is 'two', not a whole number", '"take": 1'),
        ('"take": 1.5', "take is 1.5, not a whole number", '"take": 1'),
        ('"characters": "emma"', "characters is text, not a list", '"characters": ["emma"]'),
        ('"characters": [null]', "characters[0] is null, not text", "write text in its place"),
        ('"mood": 3', "mood is a number, not text", '"mood": "3"'),
        ('"effects": [{"file": 3}]', "effects[0].file is 3, not the path of a file", '"…"'),
        ('"effects": ["bang.wav"]', "effects[0] is text, not a group of settings", "write a group of settings"),
    ],
)
def test_a_value_of_another_kind_says_how_it_is_written(tmp_path: Path, member: str, says: str, step: str) -> None:
    error = refusal(tmp_path, f'[{{"shot_id": "a", "prompt": "x", {member}}}]')
    assert says in str(error) and step in error.hint


def test_a_setting_that_is_no_truth_says_so(tmp_path: Path) -> None:
    text = '{"captions": {"burn_in": "maybe"}, "shots": [{"shot_id": "a", "prompt": "x"}]}'
    error = refusal(tmp_path, text)
    assert "captions.burn_in is 'maybe', not true or false" in str(error) and "true, or false" in error.hint


def test_the_guide_quotes_what_is_said(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "write-shots.md").read_text("utf-8")
    error = refusal(tmp_path, "[" + "\n" * 13 + '{"duration": 40, "shot_id": "a", "prompt": "x"}]')
    assert f"error: {str(error).replace(str(tmp_path) + '/', '')}\nhelp: {error.hint}\n" in page


@pytest.mark.parametrize(("seconds", "step"), [("0.5", "part of another"), ("31", "split the shot")])
def test_a_wrong_length_says_what_to_do(tmp_path: Path, seconds: str, step: str) -> None:
    assert step in refusal(tmp_path, f'[{{"shot_id": "a", "prompt": "x", "duration": {seconds}}}]').hint


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shots.json"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(InputError, match="200 MB, allowed 32 MB"):
        load_shots(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_shots(tmp_path / "none.json")
    with pytest.raises(InputError, match="is a folder"):
        load_shots(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file can have such a name")
def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad\udcff.json"
    path.write_text("[]")
    with pytest.raises(InputError, match="a name that is not UTF-8"):
        load_shots(path)


@pytest.mark.parametrize(
    "shot_id",
    [
        "../x", "/etc/x", "C:\\x", "..%2fx", "a/b", "", "x" * 300, "a\x00b", "CON", "con.json", "nul", "x.", ".x",
        "a\u202eb", "-rf", "'; DROP TABLE shots", "a\nb", "a\u200bb", " a", "a ", "\ud800", "*", "a:b",
    ],
)  # fmt: skip
def test_ids_that_are_dangerous_as_names_are_refused(tmp_path: Path, shot_id: str) -> None:
    if shot_id.strip() == shot_id:
        with pytest.raises(ValueError, match=r".+"):
            Shot(shot_id=shot_id, enhanced_prompt="x")
        refusal(tmp_path, json.dumps([{**GOOD, "shot_id": shot_id}]))
    else:  # blanks around a name are not part of it
        assert Shot(shot_id=shot_id, enhanced_prompt="x").shot_id == shot_id.strip()


@pytest.mark.parametrize(
    ("one", "other"), [("shot", "shot"), ("Shot", "sHOT"), ("caf\u00e9", "cafe\u0301"), ("\u212b", "\u00e5")]
)
def test_ids_that_a_disk_would_take_for_one_are_refused(tmp_path: Path, one: str, other: str) -> None:
    error = refusal(tmp_path, json.dumps([{**GOOD, "shot_id": one}, {**GOOD, "shot_id": other}]))
    assert "already used by shot 1" in str(error)


def test_unknown_fields_are_told_and_not_dropped_in_silence(tmp_path: Path) -> None:
    file = load_shots(write(tmp_path, json.dumps([{**GOOD, "lens": "35mm", "meta": {"anything": 1}}])))
    assert file.warnings == ("shots.json:1 lens is not a field of a shot: ignored",)


@given(st.text(min_size=1, max_size=40))
def test_an_accepted_id_is_safe_as_a_file_name(text: str) -> None:
    try:
        name = check_identifier(text)
    except ValueError:
        return
    assert not set(name) & set('/\\:*?"<>|\x00') and name not in (".", "..")
    assert not name.startswith(("-", ".")) and not name.endswith((".", " "))
    assert check_identifier(name) == name
    assert identity(name) == identity(name.upper()) or name.upper().casefold() != name.casefold()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
        max_leaves=20,
    )
)
def test_every_value_is_found_on_its_line(value: object) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    parsed, lines = json_lines.parse(text, Path("x.json"))
    assert parsed == value

    def walk(part: object, place: tuple[str | int, ...]) -> None:
        line = text.split("\n")[lines.of(place) - 1]
        if place and isinstance(place[-1], str):
            assert line.strip().startswith(json.dumps(place[-1], ensure_ascii=False))
        if isinstance(part, dict):
            for name, inner in part.items():
                walk(inner, (*place, name))
        elif isinstance(part, list):
            for index, inner in enumerate(part):
                walk(inner, (*place, index))
        elif place:
            assert json.dumps(part, ensure_ascii=False) in line

    walk(value, ())


def test_sizes_and_rates() -> None:
    assert parse_size("1280x720") == (1280, 720)
    assert parse_rate("29.97") == Fraction(30000, 1001)
    assert parse_rate("30000/1001") == Fraction(30000, 1001)
    for bad in ("1280", "0x0", "99999x9", "1281x720", "64x64", "x"):
        with pytest.raises(InputError):
            parse_size(bad)
    for bad in ("0", "-24", "1/0", "abc", "1000", "nan", "24.0001"):
        with pytest.raises(InputError):
            parse_rate(bad)


def test_the_page_of_shots_json_has_every_field() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "shots-json.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert sorted(name for row in rows for name in row.replace("`", "").replace(",", " ").split()) == sorted(
        Shot.model_fields
    )
