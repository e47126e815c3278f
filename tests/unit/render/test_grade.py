"""The light grade: what it should change and what it must leave alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cutting_room import source_of
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from film.errors import InputError
from film.render.cube import read_cube
from film.render.grade import Grader
from film.render.pictures import as_frame, as_picture, planes_in
from film.render.segments import plan
from film.render.settings import EncodeSettings
from film.render.tones import matched, tone_of
from film.timeline import Clip, Grade, Source, Timeline

WIDTH, HEIGHT = 96, 64
ONE = (Fraction(1), Fraction(1), Fraction(1))


def picture(luma: int, cb: int = 128, cr: int = 128) -> np.ndarray:
    made = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
    for plane, level in zip(planes_in(made), (luma, cb, cr), strict=True):
        plane[:] = level
    return made


def graded(grade: Grade, before: np.ndarray, place: int = 0) -> list[np.ndarray]:
    return planes_in(as_picture(Grader(grade, WIDTH, HEIGHT).grade(as_frame(before), place)))


def cube(path: Path, change: str = "1 0 0  0 1 0  0 0 1", size: int = 5) -> Source:
    """A LUT that is a matrix: its nine numbers row by row."""
    matrix = np.array([float(word) for word in change.split()]).reshape(3, 3)
    grid = np.linspace(0, 1, size)
    rows = [matrix @ (r, g, b) for b in grid for g in grid for r in grid]
    lines = [f"LUT_3D_SIZE {size}", *(" ".join(f"{part:.6f}" for part in row) for row in rows)]
    path.write_text('TITLE "x"\n# made here\n' + "\n".join(lines) + "\n")
    return source_of(path, "lut")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_look_that_changes_nothing_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, y: int, cb: int, cr: int
) -> None:
    lut = cube(tmp_path_factory.mktemp("lut") / "same.cube")
    for plane, before in zip(graded(Grade(lut=lut), picture(y, cb, cr)), (y, cb, cr), strict=True):
        assert np.abs(plane.astype(int) - before).max() <= 1


def test_a_look_is_applied_at_its_strength(tmp_path: Path) -> None:
    grey = cube(tmp_path / "grey.cube", "0.2126 0.7152 0.0722 " * 3)
    full, half = (
        [int(plane.mean()) for plane in graded(Grade(lut=grey, lut_strength=Fraction(share)), picture(150, 100, 170))]
        for share in (1, Fraction(1, 2))
    )
    assert full == pytest.approx([150, 128, 128], abs=2)
    assert half == pytest.approx([150, 114, 149], abs=2)


def test_gain_multiplies_light() -> None:
    brighter, darker = (
        int(graded(Grade(gain=(Fraction(gain),) * 3), picture(120))[0].mean())
        for gain in (Fraction(3, 2), Fraction(3, 4))
    )
    code = (120 - 16) / 219
    assert darker == pytest.approx(16 + 219 * code * 0.75 ** (1 / 2.4), abs=2)
    assert brighter == pytest.approx(16 + 219 * code * 1.5 ** (1 / 2.4), abs=3)
    assert int(graded(Grade(gain=(Fraction(2),) * 3), picture(230))[0].max()) <= 235


def test_grain_moves_keeps_the_tone_and_spares_black_and_white() -> None:
    grade = Grade(grain=Fraction(1, 2), grain_seed=7)
    first, second = graded(grade, picture(120), 0)[0], graded(grade, picture(120), 1)[0]
    assert (first != second).any() and (graded(grade, picture(120), 0)[0] == first).all()
    assert first.mean() == pytest.approx(120, abs=1)
    middle = first.std()
    assert graded(grade, picture(20))[0].std() < middle / 2 and graded(grade, picture(232))[0].std() < middle / 2
    assert (graded(grade, picture(120, 90, 170))[1] == 90).all(), "it has no colour"


def key_of(grade: Grade | None, first: int = 0) -> str:
    source = Source("0" * 64, Path("clip.mp4"))
    clip = Clip("a", source, 30, grade=grade)
    film = Timeline(Fraction(24), WIDTH, HEIGHT, (clip,), ())
    return plan(film, EncodeSettings())[0].key


def test_the_grade_is_in_the_segments_key(tmp_path: Path) -> None:
    lut = cube(tmp_path / "a.cube")
    grades = [
        None,
        Grade(gain=(Fraction(9, 8), Fraction(1), Fraction(1))),
        Grade(lut=lut),
        Grade(lut=lut, lut_strength=Fraction(1, 2)),
        Grade(grain=Fraction(1, 4)),
        Grade(grain=Fraction(1, 4), grain_seed=1),
    ]
    assert len({key_of(grade) for grade in grades}) == len(grades)
    moved = replace(lut, path=tmp_path / "elsewhere.cube")
    assert key_of(Grade(lut=lut)) == key_of(Grade(lut=moved)), "where the file lies is not what it is"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not say its size once"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "holds 1 colours where a size of 2 means 8"),
        ("LUT_3D_SIZE two\n", "is no line of a .cube file"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 x\n", "is no line of a .cube file"),
        ("LUT_1D_SIZE 2\nDOMAIN_MAX 0 0 0\n0 0 0\n1 1 1\n", "has a domain"),
        ("LUT_1D_SIZE 2\n0 0 0\nnan 1 1\n", "has a domain or colours that are no numbers"),
        ("<html>not found</html>", "is no line of a .cube file"),
    ],
)
def test_what_is_no_look_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "bad.cube").write_text(text)
    with pytest.raises(InputError) as caught:
        read_cube(tmp_path / "bad.cube")
    assert says in str(caught.value) and caught.value.hint


def test_a_look_in_one_dimension_and_another_domain(tmp_path: Path) -> None:
    (tmp_path / "one.cube").write_text("LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\n0 0 0\n1 .5 .5\n1 1 1\n")
    found = read_cube(tmp_path / "one.cube").of(np.array([[1.0, 1.0, 2.0]]))
    assert found.tolist() == [[1.0, 0.5, 1.0]]


def test_a_darker_and_yellower_shot_is_brought_nearer_to_its_neighbour(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(90, 190, (54, 96, 1)).repeat(3, axis=2)
    for name, tint in (("plain", (1, 1, 1)), ("dark", (0.8, 0.76, 0.7))):
        Image.fromarray((noise * tint).astype(np.uint8)).save(tmp_path / f"{name}.png")
    plain, dark = (tone_of(source_of(tmp_path / f"{name}.png", "image")) for name in ("plain", "dark"))
    assert plain and dark
    red, green, blue = matched(dark, plain)
    assert 1 < red < green < blue < 1.5
    assert matched(plain, plain) == ONE
    night = (0.001, 0.001, 0.001)
    assert max(matched(night, plain)) <= 2 ** (0.6 * (0.5 + 0.12)) + 0.01, "night stays night"


def test_a_shot_without_any_light_has_no_tone(tmp_path: Path) -> None:
    Image.new("RGB", (96, 54)).save(tmp_path / "black.png")
    assert tone_of(source_of(tmp_path / "black.png", "image")) is None


def test_a_grade_of_nothing_passes_the_frame_on() -> None:
    frame = as_frame(picture(100))
    assert Grader(Grade(), WIDTH, HEIGHT).grade(frame, 0) is frame
    assert Clip("a", Source("0", Path("x")), 2).grade is None
