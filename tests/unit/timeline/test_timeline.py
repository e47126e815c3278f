"""The cut list is exact: every frame is counted once, and what cannot be is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from laid_out import CLIP, FILM, films

from film.errors import ComposeError
from film.timeline import Clip, Source, Timeline, Transition


@given(films)
def test_every_frame_is_counted_once(film: Timeline) -> None:
    assert film.frames == sum(c.frames for c in film.clips) - sum(t.frames for t in film.transitions)
    assert film.frames == sum(b - a for a, b in film.bodies) + sum(t.frames for t in film.transitions)
    assert film.duration == film.frames / film.rate


@given(films)
def test_clips_follow_each_other_and_keep_a_body(film: Timeline) -> None:
    assert film.starts[0] == 0
    assert all(a < b for a, b in pairwise(film.starts))
    assert all(stop - first >= 1 for first, stop in film.bodies)


@given(films)
def test_chapters_cover_the_film(film: Timeline) -> None:
    assert [c.start_frame for c in film.chapters] == list(film.starts)
    assert sum(c.frames for c in film.chapters) == film.frames


def test_what_a_source_is_does_not_depend_on_where_it_lies() -> None:
    assert Source("a" * 64, Path("here.mp4")) == Source("a" * 64, Path("there.mp4"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clips": ()}, "no shots"),
        ({"transitions": (Transition(),)}, "1 transitions between 1 clips"),
        ({"width": 321}, "321x180"),
        ({"rate": Fraction(0)}, "cannot be encoded"),
    ],
)
def test_a_film_that_cannot_be_is_refused(change: dict[str, object], says: str) -> None:
    fields = {"rate": Fraction(24), "clips": (Clip("a", CLIP, 24),), "transitions": (), **FILM, **change}
    with pytest.raises(ComposeError, match=says) as refused:
        Timeline(**fields)
    assert refused.value.hint


@pytest.mark.parametrize("fields", [{"frames": 0}, {"hold": 24}, {"speed": Fraction(0)}, {"source_in": -1}])
def test_a_clip_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ComposeError):
        Clip(**{"shot_id": "a", "source": CLIP, "frames": 24, **fields})


def test_fades_may_not_swallow_a_shot() -> None:
    clips = (Clip("a", CLIP, 24), Clip("b", CLIP, 12))
    with pytest.raises(ComposeError, match="b: its 12 frames all lie in fades"):
        Timeline(Fraction(24), 320, 180, clips, (Transition("crossfade", 12),))
