"""Lines stand in their shots, clear of the fade before them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from laid_out import films, laid, spoken

from film.timeline import Timeline


@given(films)
def test_lines_lie_in_their_shots_clear_of_the_fade_in_and_of_each_other(film: Timeline) -> None:
    assert all(a.start_frame + a.frames <= b.start_frame for a, b in pairwise(film.lines))
    for line in film.lines:
        homes = [
            (start + first, start + clip.frames)
            for clip, start, (first, _) in zip(film.clips, film.starts, film.bodies, strict=True)
            if clip.shot_id == line.shot_id
        ]
        assert any(a <= line.start_frame and line.start_frame + line.frames <= b for a, b in homes)


def test_speech_waits_for_the_fade_to_end() -> None:
    film = laid(spoken(1), spoken(1), transition_default="crossfade")
    assert [line.start_frame for line in film.lines] == [8, 36 + 12]
