"""Ambience covers what has any, and blends where the place changes."""

from __future__ import annotations

from hypothesis import given
from laid_out import films, laid, shot

from film.timeline import Timeline


@given(films)
def test_beds_cover_what_has_ambience_and_three_never_sound_at_once(film: Timeline) -> None:
    assert all(bed.start_frame >= 0 and bed.start_frame + bed.frames <= film.frames for bed in film.beds)
    assert all(bed.fade_in + bed.fade_out <= bed.frames for bed in film.beds)
    for before, after in zip(film.beds, film.beds[2:], strict=False):
        assert before.start_frame + before.frames <= after.start_frame


def test_ambience_goes_on_while_the_place_stays_and_blends_where_it_changes() -> None:
    film = laid(
        shot(ambience="room"),
        shot(ambience="room"),
        shot(ambience="sea", transition="crossfade"),
        shot(ambience="wind"),
    )
    assert [(b.kind, b.start_frame, b.start_frame + b.frames) for b in film.beds] == [
        ("room", 0, 99),
        ("sea", 93, 144),
        ("wind", 132, 180),
    ]
