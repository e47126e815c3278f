"""A slate is legible wherever it fits, and never stands in the way of a film."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.render import fonts
from film.render.fonts import Typeface, faces_for
from film.render.pictures import as_frame, as_picture, planes_in
from film.render.slate import overlay_for
from film.timeline import Slate

SLATE = Slate("003", "WIDE  AFTERNOON · nostalgic", "I haven't been up here in years...", "ANIMATIC")
LONG = "When the train leaves at dawn, nobody on the platform will remember who we were, or what we promised. "
SIZES = [(320, 180), (960, 540), (1080, 1920), (512, 512), (1920, 804), (3840, 2160)]


def over_grey(slate: Slate, width: int, height: int) -> list[np.ndarray]:
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    return planes_in(as_picture(overlay_for(slate, width, height).over(as_frame(picture))))


def columns(luma: np.ndarray) -> np.ndarray:
    """Where anything is written, from left to right."""
    return np.flatnonzero(luma.max(axis=0) > 60)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("words", [SLATE.dialogue, LONG, LONG * 9, "x" * 500, "映画" * 90])
def test_all_writing_lies_in_the_bars_within_safe_margins(words: str, width: int, height: int) -> None:
    slate = Slate("003", "EXTREME CLOSE-UP  LATE AFTERNOON · bittersweet and hopeful", words, "ANIMATIC")
    luma, blue, red = over_grey(slate, width, height)
    bar = round(height * 0.09 / 2) * 2
    assert (luma[bar:-bar] == 128).all()
    for strip in (luma[:bar], luma[-bar:]):
        written = columns(strip)
        assert written[0] >= 0.05 * width - 2
        assert written[-1] <= 0.95 * width + 2
        assert strip[0].max() < 40, "not cut off at the top"
        assert strip[-1].max() < 40, "not cut off at the bottom"
    assert blue.shape == red.shape == (height // 2, width // 2)


def test_a_bar_that_is_drawn_on_is_black_and_the_badge_is_amber() -> None:
    luma, blue, red = over_grey(SLATE, 1920, 1080)
    assert (luma[2, 2], blue[2, 2], red[2, 2]) == (16, 128, 128)
    badge = np.s_[:48, 800:912]
    brightest = np.unravel_index(np.argmin(blue[badge]), blue[badge].shape)
    assert (int(blue[badge][brightest]), int(red[badge][brightest])) == pytest.approx((87, 156), abs=3)


def test_the_number_stands_left_and_the_badge_right() -> None:
    written = columns(over_grey(SLATE, 960, 540)[0][:48])
    assert written[0] == pytest.approx(48, abs=3)
    assert written[-1] == pytest.approx(912, abs=3)


def test_words_are_centred_and_two_lines_are_alike() -> None:
    luma = over_grey(Slate("1", "", LONG), 960, 540)[0][-48:]
    halves = [columns(luma[:24]), columns(luma[24:])]
    for written in halves:
        assert (written[0] + written[-1]) / 2 == pytest.approx(480, abs=3)
    assert np.ptp(halves[0]) == pytest.approx(np.ptp(halves[1]), rel=0.25)


def test_without_words_the_bar_is_empty() -> None:
    assert columns(over_grey(Slate("1", "WIDE"), 960, 540)[0][-48:]).size == 0


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_is_only_text(label: str, words: str) -> None:
    luma = over_grey(Slate("7", label, words, "ANIMATIC"), 320, 180)[0]
    assert (luma[16:-16] == 128).all()


@pytest.mark.parametrize("markup", ["<b>hi</b>", "{\\an8}hi", "%{n}", "a\nb", "hi\u202e", "\ud800hi", "&amp;"])
def test_markup_is_shown_and_not_obeyed(markup: str) -> None:
    assert columns(over_grey(Slate("1", markup, markup), 960, 540)[0][-48:]).size > 0


def test_latin_greek_and_cyrillic_need_no_other_font() -> None:
    assert faces_for("Žluťoučký kůň — “Ξεσκεπάζω”, съешь ещё 1·2…") == ()


def test_a_character_that_the_typeface_lacks_is_found_in_another_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", lambda: ("/nowhere/first.ttf", "/nowhere/cjk.ttf"))
    monkeypatch.setattr(
        fonts, "_has", lambda face, char: face.endswith("cjk.ttf") if char in "映画" else ord(char) < 999
    )
    fonts._face_of.cache_clear()
    try:
        assert faces_for("a 映画 b") == ("cjk.ttf",)
        assert fonts._runs("a 映 画b")[1] == ("/nowhere/cjk.ttf", "映 画")
    finally:
        fonts._face_of.cache_clear()


def test_a_character_that_no_font_has_is_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", tuple)
    fonts._face_of.cache_clear()
    try:
        assert faces_for("\U0001f9ff") == ()
        assert Typeface(20).width("\U0001f9ff") > 0
    finally:
        fonts._face_of.cache_clear()
