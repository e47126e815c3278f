"""Air after a line is rounded up to a frame once, with the line, and not once more by itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from film.timeline import ShotCut, Source
from film.timeline.lengths import spoken_frames

NOTHING = Source("", Path())


@pytest.mark.parametrize(
    ("milliseconds", "tail", "frames"), [(420, "0.4", 20), (458, "0.4", 21), (1000, "0", 24), (1000, "1", 48)]
)
def test_a_line_and_its_air_take_as_few_frames_as_hold_them(milliseconds: int, tail: str, frames: int) -> None:
    cut = ShotCut("a", NOTHING, 24, speech=NOTHING, speech_samples=48 * milliseconds)
    assert spoken_frames(cut, Fraction(24), Fraction(tail)) == frames


def test_who_says_nothing_has_no_air_after_it() -> None:
    assert spoken_frames(ShotCut("a", NOTHING, 24), Fraction(24), Fraction("0.4")) == 0
