"""Contact sheets and posters show what is to be seen, in order, whatever the film's shape and length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from film.export import contact_sheet, poster, write_pictures
from film.export.contact_sheet import spoken_in
from film.export.lettering import clean, fitted, wrapped
from film.export.stills import stills
from film.files.digests import sha256_of_file
from film.render.fonts import Typeface
from film.testing.faulty_films import Form, Picture, card, during, pan, write_film
from film.timeline import Clip, Line, Slate, Source, Timeline, Transition
from film.timeline.sound import SpokenTurn

FORM = Form(width=64, height=36, frames=48)


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Timeline]:
    def make(*pictures: Picture, width: int = 64, height: int = 36) -> Timeline:
        clips: list[Clip] = []
        for n, picture in enumerate(pictures):
            path = write_film(tmp_path / f"{n}.mp4", FORM, picture)
            clips.append(Clip(f"shot_{n}", Source(sha256_of_file(path), path), 48))
        joins = tuple(Transition() for _ in clips[1:])
        return Timeline(Fraction(24), width, height, tuple(clips), joins, title="Film")

    return make


def test_a_shots_still_is_a_frame_of_it_that_shows_something(film: Callable[..., Timeline]) -> None:
    timeline = film(during(0, 30, card(FORM), pan(FORM, 1)), during(20, 48, card(FORM), pan(FORM, 2)))
    first, second = stills(timeline)
    assert 30 <= first.frame < 48 and 48 <= second.frame < 68
    assert (first.place, second.place) == (0, 1) and first.picture.size == (64, 36)


def test_a_still_is_the_frame_it_says_it_is(film: Callable[..., Timeline]) -> None:
    bright = [card(FORM, level) for level in range(48)]
    timeline = film(lambda k: bright[k](k) * 5)
    (still,) = stills(timeline)
    assert abs(float(np.asarray(still.picture).mean()) / 5 - still.frame) <= 1


def test_a_slowed_and_held_clip_is_looked_at_where_it_moves(film: Callable[..., Timeline]) -> None:
    levels = film(lambda k: card(FORM, 5 * k)(k))
    clip = replace(levels.clips[0], frames=60, speed=Fraction(1, 2), hold=20, source_in=4)
    timeline = replace(levels, clips=(clip,))
    (still,) = stills(timeline)
    assert still.frame < 40
    assert abs(float(np.asarray(still.picture).mean()) / 5 - (4 + still.frame / 2)) <= 1


def test_the_poster_is_not_the_black_shot(film: Callable[..., Timeline]) -> None:
    found = poster(film(card(FORM), pan(FORM, 3), card(FORM, 255)))
    assert found.place == 1 and found.picture.size == (64, 36)
    assert float(np.asarray(found.picture).std()) > 10


def test_a_sheet_shows_every_shot_once_in_order(film: Callable[..., Timeline]) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    pictures = [lambda k, c=c: np.full((36, 64, 3), c, np.uint8) for c in colours]
    (page,) = contact_sheet(film(*pictures))
    pixels = np.asarray(page).astype(int)
    lefts = [int(np.argwhere((np.abs(pixels - colour) < 25).all(axis=2))[:, 1].min()) for colour in colours]
    assert page.width == 2400 and lefts == sorted(lefts)
    assert page.height < 1400  # no longer than it needs


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (12, 1), (13, 2)])
def test_a_long_film_takes_several_pages(film: Callable[..., Timeline], count: int, pages: int) -> None:
    short = film(pan(FORM))
    clips = tuple(replace(short.clips[0], shot_id=f"shot_{n}") for n in range(count))
    timeline = replace(short, clips=clips, transitions=(Transition(),) * (count - 1))
    found = contact_sheet(timeline, draft=True)
    assert len(found) == pages and all(page.width == 2400 and page.height <= 1800 for page in found)


@pytest.mark.parametrize(("width", "height"), [(36, 64), (64, 64), (96, 40)])
def test_other_shapes_of_film_have_their_own_grid(film: Callable[..., Timeline], width: int, height: int) -> None:
    (page,) = contact_sheet(film(pan(FORM), pan(FORM, 2), width=width, height=height))
    assert page.height <= 1800


def test_hostile_words_are_drawn_and_stay_in_their_cell(film: Callable[..., Timeline]) -> None:
    plain = film(pan(FORM), pan(FORM, 2))
    endless = "<b>“" + "Donaudampfschifffahrt" * 30 + "\u202e\n\x07" + "灯台守" * 50
    clips = tuple(
        replace(c, shot_id=endless, number="9" * 40, slate=Slate("1", "", badge="MISSING")) for c in plain.clips
    )
    lines = tuple(Line(c.source, 0, 1, endless, endless, endless) for c in plain.clips)
    (page,) = contact_sheet(replace(plain, clips=clips, lines=lines, title=endless))
    pixels = np.asarray(page).astype(int)
    margin, gap = pixels[:, :76], pixels[300:, 1183:1217]
    assert int(np.ptp(margin)) <= 4 and int(np.ptp(gap)) <= 4  # the ground's own colour, and nothing written on it


def test_each_of_several_voices_has_its_own_words_under_a_still(film: Callable[..., Timeline]) -> None:
    plain = film(pan(FORM))
    turns = (SpokenTurn("mara", "Who is there?", Fraction(0)), SpokenTurn("tom", "Nobody.", Fraction(1)))
    both = Line(plain.clips[0].source, 0, 48, "Who is there? Nobody.", "mara, tom", plain.clips[0].shot_id, turns=turns)
    assert spoken_in(plain.clips[0], replace(plain, lines=(both,))) == "Mara: “Who is there?”  Tom: “Nobody.”"


def test_text_is_broken_at_spaces_and_cut_to_its_room() -> None:
    face = Typeface(20)
    lines = wrapped("one two three four five six seven eight nine ten", face, 120, 2)
    assert len(lines) == 2 and all(face.width(line) <= 120 for line in lines) and lines[1].endswith("…")
    assert face.width(fitted("x" * 500, face, 90)) <= 90
    assert clean("a\n\tb\u202e\x00c") == "a bc"
    assert len(wrapped("灯台守の夜は長い" * 6, face, 120, 2)) == 2


@pytest.mark.parametrize(("form", "suffix"), [("png", ".png"), ("jpeg", ".jpg")])
def test_pages_are_numbered_where_there_are_several(tmp_path: Path, form: str, suffix: str) -> None:
    page = Image.new("RGB", (8, 8))
    assert [p.name for p in write_pictures([page], tmp_path, "sheet", form)] == [f"sheet{suffix}"]  # type: ignore[arg-type]
    two = write_pictures([page, page], tmp_path / "new", "sheet", form)  # type: ignore[arg-type]
    assert [p.name for p in two] == [f"sheet-1{suffix}", f"sheet-2{suffix}"]
    with Image.open(two[1]) as second:
        assert second.size == (8, 8)
    theirs = tmp_path / "new" / f"sheet-of-theirs{suffix}"
    theirs.touch()
    (one,) = write_pictures([page], tmp_path / "new", "sheet", form)  # type: ignore[arg-type]
    assert set((tmp_path / "new").glob("[!.]*")) == {one, theirs}  # the longer film's pages are gone
