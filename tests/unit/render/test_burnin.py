"""Burnt-in captions are legible on any picture, within what every screen shows, and touch nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.render import fonts, segments
from film.render.burnin import captioned, drawn
from film.render.fonts import undrawable
from film.render.pictures import as_frame, as_picture, planes_in
from film.render.settings import EncodeSettings
from film.render.slate import overlay_for
from film.timeline import Caption, Clip, Slate, Source, Timeline, Transition

SIZES = [(426, 240), (960, 540), (1080, 1920), (512, 512), (1920, 804), (3840, 2160)]
TEXTS = [
    "When the train leaves at dawn,\nnobody on the platform will remember",
    "W" * 42 + "\n" + "W" * 42,
    "- No.\n- Yes.",
    "שלום, לכם",
    "明日の朝",
    "?",
]
SOURCE = Source("a" * 64, Path("clip.mp4"))


def over(level: int, text: str, width: int, height: int) -> list[np.ndarray]:
    picture = np.full((height * 3 // 2, width), level, np.uint8)
    planes_in(picture)[1][:] = planes_in(picture)[2][:] = 90
    return planes_in(as_picture(drawn(text, width, height).over(as_frame(picture))))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("text", TEXTS)
def test_letters_stand_within_the_safe_area_and_out_of_the_slates_bar(text: str, width: int, height: int) -> None:
    luma = over(60, text, width, height)[0]
    rows, columns = np.flatnonzero((luma > 130).any(axis=1)), np.flatnonzero((luma > 130).any(axis=0))
    assert 0.05 * width - 2 <= columns[0] <= columns[-1] <= 0.95 * width + 2
    assert columns[0] + columns[-1] == pytest.approx(width, abs=max(6, 0.02 * width))
    assert rows[-1] <= 0.91 * height
    assert rows[0] >= 0.55 * height


@pytest.mark.parametrize("level", [16, 128, 235])
@pytest.mark.parametrize(("width", "height"), [(426, 240), (1280, 720)])
def test_light_letters_have_a_dark_edge_on_any_picture(level: int, width: int, height: int) -> None:
    luma = over(level, TEXTS[0], width, height)[0]
    around = luma[int(height * 0.7) :]
    assert around.max() > 205
    assert around.min() < 60
    letters = np.argwhere(luma > 205) if level < 205 else None
    if letters is not None:
        assert len(letters) > 0.001 * width * height


def test_only_the_pixels_around_the_letters_are_touched() -> None:
    luma, blue, red = over(60, TEXTS[0], 1280, 720)
    assert (luma[:500] == 60).all()
    assert (blue[:250] == 90).all()
    assert (red[350:] == 90).all()
    assert (blue[290:315, 320] != 90).any() or (blue[290:315, 300:340] != 90).any(), "and the letters have no colour"


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=90))
def test_any_text_is_only_text(text: str) -> None:
    luma = over(60, text, 320, 180)[0]
    assert (luma[:60] == 60).all()


def test_a_caption_is_shown_for_its_frames_only() -> None:
    clip = Clip("a", SOURCE, 48, captions=(Caption(10, 20, "hello"),))
    frame = as_frame(np.full((270, 320), 60, np.uint8))
    shown = [captioned(frame, (clip, at)) is not frame for at in (9, 10, 29, 30)]
    assert shown == [False, True, True, False]


def keys(timeline: Timeline) -> list[str]:
    return [segment.key for segment in segments.plan(timeline, EncodeSettings())]


def film(*clips: Clip, **more: object) -> Timeline:
    return Timeline(Fraction(24), 320, 180, clips, (Transition("crossfade", 8), Transition()), **more)


def test_what_is_burnt_in_is_in_the_key_of_what_shows_it_and_soft_captions_are_in_none() -> None:
    clips = [Clip(name, replace(SOURCE, sha256=name * 64), 48) for name in "abc"]
    plain = keys(film(*clips))
    assert keys(film(*clips, captions=(Caption(3, 20, "soft"),), captions_language="de")) == plain
    body = replace(clips[0], captions=(Caption(3, 20, "burnt"),))
    assert [a == b for a, b in zip(keys(film(body, *clips[1:])), plain, strict=True)] == [False, True, True, True]
    late = replace(clips[0], captions=(Caption(3, 20, "burnt"), Caption(30, 18, "over the fade")))
    both = keys(film(late, *clips[1:]))
    assert [a == b for a, b in zip(both, plain, strict=True)] == [False, False, True, True]
    edited = replace(late, captions=(Caption(3, 20, "BURNT"), late.captions[1]))
    assert [a == b for a, b in zip(keys(film(edited, *clips[1:])), both, strict=True)] == [False, True, True, True]


def test_a_slate_turns_its_pages() -> None:
    pages = (Caption(0, 30, "“First this,"), Caption(30, 18, "then that.”"))
    slate = Slate("1", "WIDE", "First this, then that.", "ANIMATIC", pages)
    first, same, second = (overlay_for(slate, 960, 540, at) for at in (0, 29, 30))
    assert first is same
    assert (first.bottom[0] != second.bottom[0]).any()
    assert (first.top[0] == second.top[0]).all()
    whole = keys(film(*(Clip(n, SOURCE, 48, slate=replace(slate, pages=())) for n in "abc")))
    assert keys(film(*(Clip(n, SOURCE, 48, slate=slate) for n in "abc"))) != whole


def test_what_no_font_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", tuple)
    fonts._face_of.cache_clear()
    try:
        assert undrawable("Žluťoučký 映画 kůň “…” 映") == "映画"
    finally:
        fonts._face_of.cache_clear()
