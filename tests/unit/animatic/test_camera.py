"""Camera moves: which one the words ask for, and that no path ever shows the edge of the drawing."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from animatic.camera import MOVES, Path, ease, move_for, scaled
from animatic.elements import drawn_size
from film.errors import InputError

RATE = Fraction(24)
SIZES = [(960, 540), (540, 960), (512, 512), (1280, 536), (64, 36), (16, 16)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", MOVES)
def test_every_move_stays_inside_the_drawn_area(name: str, size: tuple[int, int]) -> None:
    drawn = drawn_size(*size)
    for frame_count, factor in ((1, 1.0), (25, 1.5), (720, 1.0)):
        path = Path(scaled(MOVES[name], factor), frame_count, RATE, size, drawn)
        for k in range(0, frame_count, max(1, frame_count // 40)):
            for depth in (0.0, 0.3, 0.7, 1.0):
                left, top, right, bottom = path.box(k, depth)
                assert left >= 0 and top >= 0 and right <= drawn[0] + 1e-9 and bottom <= drawn[1] + 1e-9
                # Never stretched: the same scale on both axes, and never enlarged beyond sense.
                assert (right - left) / size[0] == pytest.approx((bottom - top) / size[1])
                assert 0.7 < (right - left) / size[0] <= 1.0 + 1e-9


@pytest.mark.parametrize("size", [(960, 540), (540, 960), (1280, 536)])
@pytest.mark.parametrize("name", MOVES)
def test_a_path_fits_without_being_stopped_at_the_edge(name: str, size: tuple[int, int]) -> None:
    """A move that ran into the clamp would halt with a jerk: neighbouring steps must stay alike."""
    path = Path(MOVES[name], 120, RATE, size, drawn_size(*size))
    lefts = [path.box(k, 1.0)[0] for k in range(120)]
    steps = [b - a for a, b in pairwise(lefts)]
    jerk = max(abs(b - a) for a, b in pairwise(steps))
    restless = 0.25 if name == "handheld" else 0.15
    assert jerk < restless * size[0] / 960 + 0.02


def test_moves_start_and_stop_gently_and_arrive() -> None:
    assert ease(0) == pytest.approx(0) and ease(1) == pytest.approx(1) and ease(0.5) == pytest.approx(0.5)
    values = [ease(k / 200) for k in range(201)]
    assert all(b > a for a, b in pairwise(values))
    assert values[1] < 0.0005 and values[100] - values[99] > 0.006


def test_a_pan_moves_the_picture_and_travel_moves_near_things_more() -> None:
    size, drawn = (960, 540), drawn_size(960, 540)

    def travelled(name: str, depth: float) -> float:
        path = Path(MOVES[name], 120, RATE, size, drawn)
        return path.box(119, depth)[0] - path.box(0, depth)[0]

    assert travelled("pan right", 0.5) > 80 and travelled("pan left", 0.5) < -80
    assert travelled("truck right", 1.0) > 1.7 * travelled("truck right", 0.0) > 0
    assert travelled("arc right", 0.0) < 0 < travelled("arc right", 1.0)
    assert travelled("pan right", 1.0) < 1.3 * travelled("pan right", 0.0)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Push-In", "push in"),
        ("slow dolly", "push in"),
        ("dolly out", "pull back"),
        ("zoom out", "zoom out"),
        ("ZOOM", "zoom in"),
        ("pan_left", "pan left"),
        ("pan from left to right", "pan right"),
        ("tilt down", "tilt down"),
        ("crane", "crane up"),
        ("tracking left", "truck left"),
        ("dolly right", "truck right"),
        ("handheld", "handheld"),
        ("locked-off", "static"),
        ("orbit left", "arc left"),
        ("drift", "drift"),
        ("vertigo effect", "dolly zoom"),
    ],
)
def test_a_named_move_is_understood(said: str, expected: str) -> None:
    assert move_for(said, "wide", "", None, 3).name == expected


def test_every_listed_name_means_itself() -> None:
    assert [move_for(name, "medium", "", None, 1).name for name in MOVES] == list(MOVES)


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(InputError) as caught:
        move_for("teleport", "wide", "", None, 1)
    assert "push in" in caught.value.hint


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Wide shot, camera slowly pushes in on Emma", "push in"),
        ("the camera pulls back to show the valley", "pull back"),
        ("slow pan right across the harbour", "pan right"),
        ("tilting up along the tower", "tilt up"),
        ("crane shot over the crowd", "crane up"),
        ("Tracking shot through the market", "truck"),
        ("handheld camera, running", "handheld"),
        ("static shot of an empty room", "static"),
    ],
)
def test_camera_words_of_the_prompt_decide(prompt: str, expected: str) -> None:
    assert all(move_for(None, "medium", prompt, None, seed).name.startswith(expected) for seed in range(4))


@pytest.mark.parametrize(
    "prompt",
    [
        "a crane stands over the harbour",
        "she pulls back the curtain",
        "train tracks in drifting snow, a truck passes",
        "bread in a frying pan",
        "a spaceship in orbit around Mars",
        "an old man with a handheld lantern",
    ],
)
def test_things_are_not_taken_for_camera_work(prompt: str) -> None:
    usual = {move_for(None, "close-up", "", None, seed).name for seed in range(40)}
    usual |= {name for direction in ("left", "right") for name in (f"truck {direction}", f"arc {direction}")}
    assert {move_for(None, "close-up", prompt, None, seed).name for seed in range(40)} <= usual


def test_defaults_vary_with_the_seed_and_are_stable() -> None:
    names = [move_for(None, "wide", "a harbour", "calm", seed).name for seed in range(30)]
    assert names == [move_for(None, "wide", "a harbour", "calm", seed).name for seed in range(30)]
    assert len(set(names)) >= 3


def test_words_set_the_pace() -> None:
    quick, usual, slow = (move_for(f"{pace} push in", "wide", "", None, 1) for pace in ("fast", "", "slow"))
    assert quick.end.zoom > usual.end.zoom > slow.end.zoom > 1
