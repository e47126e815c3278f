"""The goals of scheduling on a virtual clock: the same figures on every machine, so they are tests.

Films of 200 shots have a larger share of beginning and end than those of 1,000 that the benchmark makes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from benchmarks._rehearsal import rehearse
from benchmarks._script import Script, lower_bound, script

from film.models import AssetType


@pytest.mark.parametrize("places", [3, 16, 64])
def test_a_film_of_equal_shots_is_made_as_fast_as_can_be(places: int):
    rehearsed = rehearse(script("equal", 200), places, polled=False)
    assert rehearsed.efficiency >= 99.9
    assert rehearsed.first <= 1.001


@pytest.mark.parametrize(("places", "goal"), [(3, 99), (16, 98)])
def test_polls_cost_little_and_are_few(places: int, goal: float):
    rehearsed = rehearse(script("equal", 200), places)
    assert rehearsed.efficiency >= goal
    assert rehearsed.first <= 1.1
    assert rehearsed.polls_a_job <= 12


@pytest.mark.parametrize(("places", "goal"), [(3, 96), (16, 85)])
def test_jobs_that_differ_widely_still_fill_the_places(places: int, goal: float):
    assert rehearse(script("random", 200, seed=1), places).efficiency >= goal


def test_long_shots_at_the_end_are_better_made_first_and_that_costs_the_early_look():
    film = script("mixed", 200)
    by_script, by_length = (rehearse(film, 16, order=order) for order in ("script", "makespan"))
    assert by_length.efficiency >= by_script.efficiency + 3
    assert by_length.efficiency >= 95
    assert rehearse(film, 16, order="makespan") == by_length, "a rehearsal comes out the same every time"


def test_stage_by_stage_a_quarter_of_the_time_is_lost_and_the_first_shot_waits_for_the_last():
    film = script("equal", 200)
    ours, stages = rehearse(film, 16, polled=False), rehearse(film, 16, design="stages", polled=False)
    assert stages.makespan >= 1.2 * ours.makespan
    assert stages.first >= 10 * ours.first


def test_the_bound_is_one():
    film = script("random", 100)
    for places in (3, 16):
        assert lower_bound(film, places) <= rehearse(film, places, polled=False).makespan
    slower = Script([{**shot, AssetType.VIDEO: 600.0} for shot in film.lengths], film.durations)
    assert lower_bound(slower, 3) == pytest.approx(100 * 600 / 3 + min(s[AssetType.IMAGE] for s in film.lengths))
    one = replace(film, lengths=film.lengths[:1], durations=film.durations[:1])
    assert rehearse(one, 3, polled=False).makespan == pytest.approx(lower_bound(one, 3))
