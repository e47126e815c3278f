"""kill -9 while films are on their way to a simulated YouTube: none is there twice, and none that finished is lost.

What is killed is the program from its row in the database on, at a random byte of the upload, at a call as it begins or
is answered, and at random moments, while answers are lost and uploads forgotten. An uploader that notes what is done
once it is done is the control: it must be seen to double.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks._publishing import kill_films, room

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(6, id="short"),
        pytest.param(40, marks=[pytest.mark.long, pytest.mark.ci], id="ci"),
        pytest.param(300, marks=pytest.mark.long, id="night"),
    ],
)
def test_killed_on_its_way_a_film_is_published_once(tmp_path: Path, tell: Callable[[str], None], kills: int):
    with room(tmp_path, seed=kills) as here:
        toll = kill_films(here, kills, size=2 << 20)
        naive = kill_films(here, max(8, kills // 8), size=2 << 20, naive=True)
    tell(f"publishing: {toll.kills} kills / {toll.films} films: twice {toll.doubles}, lost {toll.lost}")
    tell(f"control without a journal: {naive.kills} kills: twice {naive.doubles}")
    assert (toll.doubles, toll.lost, toll.unfinished, toll.captions_doubled) == (0, 0, 0, 0), toll.wrong
    assert not toll.wrong
    assert toll.worst_again <= 1, f"{toll.worst_again:.2f} chunks by kill"
    assert naive.doubles > 0, "the control shows that this test can fail"
