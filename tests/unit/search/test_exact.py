"""Which rows the bytes propose: the highest scores, exactly so many, of equals the newer."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from film.search.exact import highest


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), st.integers(1, 50))
def test_the_highest_are_so_many_and_of_equals_the_newer(scores: list[int], count: int) -> None:
    found = sorted(highest(np.array(scores, np.float32), count).tolist())
    wanted = sorted(range(len(scores)), key=lambda place: (scores[place], place))[-count:]
    assert found == sorted(wanted)
