"""Transitions, judged by what is where: who is seen at which edge, and how much of each shot there is."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from film.models import TransitionKind
from film.render.pictures import Picture, planes_in
from film.render.transitions import BLENDS

STEPS = 12
WIDTH, HEIGHT = 128, 96
DARK, LIGHT = 40, 200


def flat(luma: int, chroma: int = 128) -> Picture:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), chroma, np.uint8)
    picture[:HEIGHT] = luma
    return picture


def luma(kind: str, step: int, outgoing: Picture | None = None, incoming: Picture | None = None) -> Picture:
    before, after = flat(DARK) if outgoing is None else outgoing, flat(LIGHT) if incoming is None else incoming
    return planes_in(BLENDS[kind](before, after, step, STEPS))[0]


def test_there_is_one_for_every_kind_but_the_cut() -> None:
    assert set(BLENDS) == set(get_args(TransitionKind)) - {"cut"}


@pytest.mark.parametrize("kind", BLENDS)
def test_it_sets_out_from_one_shot_and_ends_at_the_other(kind: str) -> None:
    first, last = luma(kind, 0).mean(), luma(kind, STEPS - 1).mean()
    assert first < DARK + 0.3 * (LIGHT - DARK) and last > LIGHT - 0.3 * (LIGHT - DARK)


@pytest.mark.parametrize("kind", [kind for kind in BLENDS if not kind.startswith("dip")])
def test_the_next_shot_only_ever_gains(kind: str) -> None:
    shares = [luma(kind, step).mean() for step in range(STEPS)]
    assert all(a <= b for a, b in pairwise(shares)) and shares[0] < shares[-1]


@pytest.mark.parametrize("kind", BLENDS)
def test_neither_shot_is_changed_and_equal_shots_make_no_colours(kind: str) -> None:
    before, after = flat(90, 100), flat(90, 100)
    for step in range(STEPS):
        mixed = BLENDS[kind](before, after, step, STEPS)
        assert mixed.shape == before.shape and mixed.dtype == np.uint8
        if not kind.startswith(("dip", "slide")):
            assert (mixed == before).all()
    assert (before == flat(90, 100)).all() and (after == flat(90, 100)).all()


@pytest.mark.parametrize("family", ["wipe", "slide", "push"])
@pytest.mark.parametrize(
    ("way", "new_side"), [("left", np.s_[:, -1]), ("right", np.s_[:, 0]), ("up", np.s_[-1]), ("down", np.s_[0])]
)
def test_the_edge_moves_the_way_it_is_named(family: str, way: str, new_side: tuple[slice, int]) -> None:
    seen = luma(f"{family}-{way}", STEPS // 2)
    opposite = {"left": np.s_[:, 0], "right": np.s_[:, -1], "up": np.s_[0], "down": np.s_[-1]}[way]
    assert (seen[new_side] == LIGHT).all() and (seen[opposite] == DARK).all()


def across() -> Picture:
    """Brighter to the right, so that it is seen which column is shown."""
    picture = flat(0)
    picture[:HEIGHT] = np.arange(WIDTH)
    return picture


def test_in_a_wipe_pictures_stand_still_and_in_a_push_they_move() -> None:
    step = STEPS // 2
    wiped, pushed = (luma(f"{kind}-left", step, across(), flat(LIGHT))[0] for kind in ("wipe", "push"))
    assert wiped[5] == 5 and pushed[5] > 40


def test_a_slide_leaves_the_last_shot_where_it_is_and_throws_a_shadow_on_it() -> None:
    row = luma("slide-left", STEPS // 2, across(), flat(LIGHT))[0]
    edge = int(np.flatnonzero(row == LIGHT)[0])
    assert row[0] == 0 and row[10] == 10
    assert row[edge - 1] < edge - 1


@pytest.mark.parametrize(("kind", "level"), [("dip-to-black", 16), ("dip-to-white", 235)])
def test_a_dip_has_a_moment_of_nothing_in_its_middle(kind: str, level: int) -> None:
    steps = 11
    before, after = flat(DARK, 90), flat(LIGHT, 160)
    middle = BLENDS[kind](before, after, steps // 2, steps)
    assert [int(plane.mean()) for plane in planes_in(middle)] == [level, 128, 128]


def test_an_iris_opens_in_the_middle_and_reaches_the_corners_last() -> None:
    seen = luma("iris", STEPS // 2)
    assert seen[HEIGHT // 2, WIDTH // 2] == LIGHT and seen[0, 0] == DARK


def test_a_whip_smears_across_and_not_down() -> None:
    stripes, rows = flat(0), flat(0)
    stripes[:HEIGHT] = np.where(np.arange(WIDTH) % 8 < 4, 20, 220)
    rows[:HEIGHT] = np.where(np.arange(HEIGHT) % 8 < 4, 20, 220)[:, None]
    step = STEPS // 3
    assert luma("whip", step, stripes, stripes).std() < 25
    assert luma("whip", step, rows, rows).std() > 90


@pytest.mark.parametrize("kind", BLENDS)
@pytest.mark.parametrize("steps", [1, 2, 240])
def test_any_length_will_do(kind: str, steps: int) -> None:
    for step in {0, steps // 2, steps - 1}:
        BLENDS[kind](flat(DARK), flat(LIGHT), step, steps)
