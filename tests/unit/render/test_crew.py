"""Progress that can be believed: what is done, of what there is to do, and how long the rest takes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from film.render.crew import JOIN, MIX, ComposeProgress, Crew, Pace, Work


def test_the_time_left_is_right_at_an_even_pace() -> None:
    pace = Pace()
    for second in range(100):
        left = pace.left(second / 100, float(second))
        assert left is None if second < 2 else left == pytest.approx(100 - second)


def test_it_follows_a_change_of_pace_within_its_window() -> None:
    pace = Pace(window=20)
    share = 0.0
    for second in range(120):
        share += 0.01 if second < 40 else 0.005
        left = pace.left(share, float(second))
        if second > 62:
            assert left == pytest.approx((1 - share) / 0.005, rel=0.02)


def test_nothing_is_said_while_there_is_nothing_to_go_by() -> None:
    pace = Pace()
    assert pace.left(0.0, 0.0) is None
    assert pace.left(0.0, 5.0) is None, "nothing has moved"
    assert pace.left(1.0, 6.0) == 0


def told(work: Work, mix_blocks: int, happens: list[tuple[str, int]]) -> list[ComposeProgress]:
    seen: list[ComposeProgress] = []
    crew = Crew(work, mix_blocks, seen.append, None)
    for piece, count in happens:
        crew.tell(piece, count)
    return seen


def test_the_share_grows_to_the_whole_with_mix_and_join_in_it() -> None:
    frames = [("shot_1", 40), (MIX, 4), ("shot_2", 40), (MIX, 4), ("shot_1 > shot_2", 20)]
    seen = told(Work(100, 500, 500), 2, [*frames, *[(JOIN, 100)] * 5])
    shares = [at.share for at in seen]
    assert all(a <= b for a, b in pairwise(shares)) and shares[-1] == pytest.approx(1)
    assert 0 < shares[0] < 0.4 and shares[4] < 1, "the mix and the join are work too"
    assert (seen[-1].frames, seen[-1].planned) == (100, 100)


def test_a_mix_that_goes_over_its_blocks_once_more_is_nearly_done_and_not_more() -> None:
    seen = told(Work(0, 480, 480), 1, [(MIX, 1)] * 12)
    assert [at.share for at in seen[4:]] == [seen[4].share] * 8
    assert 0.9 < seen[-1].share < 1


def test_workers_tell_a_few_times_a_second_and_lose_no_frame() -> None:
    seen: list[ComposeProgress] = []
    crew = Crew(Work(3000, 0, 0), 0, seen.append, None)

    def job(name: str) -> None:
        for _ in range(1500):
            crew.tick(name)

    crew.run([lambda: job("shot_1"), lambda: job("shot_2")], workers=2)
    assert seen[-1].frames == 3000
    assert len(seen) < 300
    assert {at.piece for at in seen} == {"shot_1", "shot_2"}
