"""Sampling between pixels: what the formula says, wherever the camera was before."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from animatic.sampling import OPAQUE, Lean, Sampler, Stack, Taps, Tone

Plane = NDArray[np.uint8]
ROWS, COLUMNS = 90, 140
X, Y = Taps(7.3, 0.91, 100), Taps(11.6, 0.94, 60)


def smooth(seed: int, most: float = 220) -> Plane:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    waves = [np.sin(x * a + y * b + c) for a, b, c in rng.uniform(0.02, 0.3, (5, 3))]
    field = np.sum(waves, axis=0)
    return ((field - field.min()) / np.ptp(field) * most).astype(np.uint8)


def between(plane: Plane, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bilinear at pixel centres, by the book."""
    x, y = x - 0.5, y - 0.5
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = x - left, y - top
    at = plane.astype(float)
    upper = at[top, left] * (1 - a) + at[top, left + 1] * a
    return upper * (1 - b) + (at[top + 1, left] * (1 - a) + at[top + 1, left + 1] * a) * b


def places(lean: float = 0.0, pivot: float = 0.0) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    x = X.start + X.step * (np.arange(X.count) + 0.5)
    y = Y.start + Y.step * (np.arange(Y.count) + 0.5)
    return x[None, :] + lean * (pivot - y)[:, None], np.repeat(y[:, None], X.count, axis=1)


def test_what_is_sampled_is_what_lies_between() -> None:
    planes, over = [smooth(1), smooth(2)], [np.zeros((Y.count, X.count), np.uint8) for _ in range(2)]
    Sampler().lay(over, Stack(planes), X, Y)
    for plane, found in zip(planes, over, strict=True):
        away = found - between(plane, *places())
        assert np.abs(away).max() < 2.5 and abs(away.mean()) < 0.5


def test_a_frame_does_not_depend_on_the_frames_before() -> None:
    sampler, stack = Sampler(), Stack([smooth(1)], np.full((ROWS, COLUMNS), 77, np.uint8))

    def at(top: float, rows: int, sampler: Sampler, stack: Stack) -> Plane:
        over = np.full((rows, X.count), 50, np.uint8)
        sampler.lay([over], stack, X, Taps(top, 0.94, rows), mask_until=rows)
        return over

    travelled = [at(top, rows, sampler, stack) for top, rows in ((3.2, 60), (4.1, 60), (30.7, 20), (2.0, 84))]
    alone = [
        at(top, rows, Sampler(), Stack([smooth(1)], np.full((ROWS, COLUMNS), 77, np.uint8)))
        for top, rows in ((3.2, 60), (4.1, 60), (30.7, 20), (2.0, 84))
    ]
    assert all(np.array_equal(one, two) for one, two in zip(travelled, alone, strict=True))


def test_a_mask_mixes_above_its_row_and_hides_all_below() -> None:
    mask = np.zeros((ROWS, COLUMNS), np.uint8)
    mask[:, 30:60], mask[:, 60:] = OPAQUE // 2, OPAQUE
    over = np.full((Y.count, X.count), 10, np.uint8)
    Sampler().lay([over], Stack([np.full((ROWS, COLUMNS), 210, np.uint8)], mask), X, Y, mask_until=40)
    shown = {value: over[20, round((column - X.start) / X.step)] for value, column in (("no", 20), ("half", 45))}
    assert shown == {"no": 10, "half": 110} and over[20, 80] == 210
    assert (over[40:] == 210).all()


def test_strength_and_table_change_what_is_laid_over() -> None:
    opaque = Stack([np.full((ROWS, COLUMNS), 200, np.uint8)], np.full((ROWS, COLUMNS), OPAQUE, np.uint8))
    over = np.zeros((Y.count, X.count), np.uint8)
    table = np.minimum(np.arange(256) // 2, 90).astype(np.uint8)
    Sampler().lay([over], opaque, X, Y, mask_until=Y.count, tone=Tone(OPAQUE // 4, table))
    assert set(np.unique(over)) <= {22, 23}


@pytest.mark.parametrize("lean", [0.05, -0.1])
def test_what_leans_is_shifted_row_by_row_about_its_pivot(lean: float) -> None:
    plane, over = smooth(3), np.zeros((Y.count, X.count), np.uint8)
    leaning = Lean(lean * (70 - Y.start), -lean * Y.step)
    Sampler().lay([over], Stack([plane]), X, Y, lean=leaning)
    assert np.abs(over - between(plane, *places(lean, 70))).max() < 2.5


def test_a_veil_lies_as_thick_as_its_mask_says_on_planes_of_any_size() -> None:
    mask = np.zeros((9, 16), np.uint8)
    mask[5:] = OPAQUE
    over = [np.full((72, 128), 40, np.uint8), np.full((36, 64), 90, np.uint8)]
    Sampler().veil(over, [140, 128], mask)
    for plane, before, after in zip(over, (40, 90), (140, 128), strict=True):
        high = len(plane)
        assert (plane[: high // 2 - 1] == before).all() and (plane[-high // 4 :] == after).all()
        assert (np.diff(plane[:, 10].astype(int)) >= 0).all()
