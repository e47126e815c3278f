"""Title cards: every script, every shape, nothing cut off, nothing in the captions' place."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from film.render.fonts import Typeface, runs_leftward, sets_right_to_left, undrawable
from film.render.titles import drawn

WORDS = {
    "one word": "Fin",
    "a sentence": "Three years later, on the other side of the same river",
    "lines": "A film\n\nby nobody in particular",
    "arabic": "بعد ثلاث سنوات، على الجانب الآخر من النهر نفسه",
    "hebrew": "אחרי שלוש שנים בצד השני של אותו נהר",
    "mixed": "HTML أول كلمة",
    "japanese": "三年後、彼は灯台に戻ってきた。そして灯りをともした。",
    "thai": "สามปีต่อมา ที่อีกฝั่งหนึ่งของแม่น้ำสายเดิม",
    "a long word": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "no spaces": "x" * 300,
    "as long as it may be": " ".join(["seventy"] * 75),
    "twelve lines": "\n".join(f"Line number {n}" for n in range(12)),
}
SHAPES = [(960, 540), (540, 960), (128, 128), (1024, 428), (270, 480), (3840, 2160), (130, 326)]


def written(text: str, size: tuple[int, int]) -> NDArray[np.float64]:
    card = drawn(text, *size, colour="#ffffff", background="#000000")
    assert card.size == size
    return np.asarray(card.convert("L"), np.float64)


@pytest.mark.parametrize("size", SHAPES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_all_words_lie_within_what_every_screen_shows(text: str, size: tuple[int, int]) -> None:
    light = written(text, size)
    rows, columns = np.flatnonzero(light.max(axis=1) > 40), np.flatnonzero(light.max(axis=0) > 40)
    assert rows.size, "something is written"
    high, wide = light.shape
    assert rows[0] >= 0.1 * high
    assert rows[-1] <= 0.86 * high  # captions stand below
    assert columns[0] >= 0.08 * wide
    assert columns[-1] <= 0.92 * wide
    assert abs((columns[0] + columns[-1]) / 2 - wide / 2) < 0.03 * wide


def test_a_few_words_are_large_and_many_are_small() -> None:
    def tall(text: str) -> int:
        rows = np.flatnonzero(written(text, (960, 540)).max(axis=1) > 40)
        return int(rows[-1] - rows[0])

    assert tall("FIN") > 0.045 * 540
    assert tall(" ".join(["seventy"] * 75)) < 0.7 * 540


def test_lines_come_out_alike_and_no_word_stands_alone() -> None:
    light = written("Three years later, on the other side of the same river", (960, 540))
    inked = light.max(axis=1) > 40
    edges = np.flatnonzero(np.diff(inked.astype(int)))
    lines = [light[a + 1 : b + 1] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 10]
    spans = [np.flatnonzero(line.max(axis=0) > 40) for line in lines]
    widths = [span[-1] - span[0] for span in spans]
    assert len(widths) == 2
    assert min(widths) > 0.7 * max(widths)


def test_colours_are_those_asked_for() -> None:
    card = drawn("Fin", 320, 180, colour="#ffcc00", background="#102030")
    assert card.getpixel((2, 2)) == (0x10, 0x20, 0x30)
    pixels = np.asarray(card).reshape(-1, 3).astype(int)
    assert int(np.abs(pixels - (0xFF, 0xCC, 0x00)).sum(axis=1).min()) < 24


@pytest.mark.parametrize(("text", "leftward"), [("ثلاث", True), ("HTML أول", False), ("1. אחרי", True), ("12", False)])
def test_the_first_letter_says_which_way_writing_runs(text: str, leftward: bool) -> None:
    assert runs_leftward(text) == leftward


def test_a_latin_word_that_begins_a_line_of_arabic_stands_at_its_right_end() -> None:
    """A paragraph that is broken keeps its way in each of its lines."""
    if undrawable("أول") or not sets_right_to_left():
        pytest.skip("no font or no layout engine here for Arabic")
    letters = Typeface(40)

    def ink(text: str, *, leftward: bool) -> NDArray[np.float64]:
        page = Image.new("L", (400, 80))
        letters.draw(ImageDraw.Draw(page), (20, 60), text, 255, leftward=leftward)
        return np.asarray(page, np.float64)

    at_the_left = ink("HTML أول", leftward=False)
    assert np.array_equal(at_the_left, ink("أول HTML", leftward=True))
    assert not np.array_equal(at_the_left, ink("HTML أول", leftward=True))


def test_an_empty_line_is_seen_as_one() -> None:
    def apart(text: str) -> int:
        inked = (written(text, (960, 540)).max(axis=1) > 40).astype(int)
        first_ends, second_begins = np.flatnonzero(np.diff(inked) < 0)[0], np.flatnonzero(np.diff(inked) > 0)[1]
        return int(second_begins - first_ends)

    assert apart("ONE\n\nTWO") > 1.5 * apart("ONE\nTWO")
