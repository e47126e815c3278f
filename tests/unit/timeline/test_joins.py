"""Where a scene changes there is a crossfade; what does not fit is shortened, and it is said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from laid_out import laid, shot

from film.timeline import Transition
from film.transitions import TransitionKind


def test_a_scene_is_cut_and_a_change_of_place_or_time_is_crossfaded() -> None:
    film = laid(
        shot(landscapes=("attic", "interior"), time_of_day="day"),
        shot(landscapes=("Attic", "doorway"), time_of_day="Day"),
        shot(landscapes=("kitchen", "interior"), time_of_day="day"),
        shot(landscapes=("kitchen",), time_of_day="night"),
        shot(),
    )
    assert [t.kind for t in film.transitions] == ["cut", "crossfade", "crossfade", "cut"]


def test_a_shot_says_itself_how_it_goes_over() -> None:
    film = laid(shot(transition="crossfade"), shot(transition="cut", landscapes=("sea",)), shot(landscapes=("bar",)))
    assert [t.frames for t in film.transitions] == [12, 0]


@pytest.mark.parametrize("kind", ["iris", "whip", "push-left", "dip-to-black"])
def test_transitions_take_the_time_of_the_film_or_of_their_join(kind: TransitionKind) -> None:
    film = laid(
        shot("a"),
        shot("b", transition="wipe-up", transition_seconds=Fraction(1, 4)),
        shot("c"),
        transition_default=kind,
        transition_seconds=Fraction(3, 4),
    )
    assert film.transitions == (Transition(kind, 18), Transition("wipe-up", 6))


def test_fades_that_do_not_fit_are_shortened_and_it_is_said() -> None:
    film = laid(shot("a"), shot("b", 9), shot("c"), transition_default="crossfade")
    assert [t.frames for t in film.transitions] == [4, 4]
    assert film.warnings == (
        "a: the crossfade of 12 frames into the next shot was shortened to 4",
        "b: the crossfade of 12 frames into the next shot was shortened to 4",
    )


def test_a_fade_into_a_shot_of_one_frame_becomes_a_cut() -> None:
    film = laid(shot("a"), shot("b", 1), transition_default="crossfade")
    assert film.transitions == (Transition(),)
    assert "made a cut" in film.warnings[0]
