"""Frames as arrays and back: every plane in its place, at every even size."""

from __future__ import annotations

import numpy as np
import pytest

from film.render.pictures import as_frame, as_picture, planes_in, planes_of


@pytest.mark.parametrize("height", [128, 130, 180, 268, 270, 272, 718])
@pytest.mark.parametrize("width", [130, 480])
def test_a_picture_keeps_its_planes_as_a_frame(width: int, height: int) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (height * 3 // 2, width), dtype=np.uint8)
    frame = as_frame(picture)
    assert (frame.width, frame.height) == (width, height)
    for seen, drawn in zip(planes_of(frame), planes_in(picture), strict=True):
        assert np.array_equal(seen, drawn)
    assert np.array_equal(as_picture(frame), picture)
