"""How close a film's making comes to the fastest there can be; beside it the description's order, stage by stage.

A film of 1,000 shots (picture 15 s, clip 60 s, line 3 s) at vendors with 3, 16 and 64 places for each kind of job. A
figure is the share that no schedule could do without, of what it took. On the virtual clock that is the same on every
machine; on the real one, made faster, the machine's own work is in it: in the last figure, that of the vendors too.
"""

from __future__ import annotations

from statistics import mean

from benchmarks._over_http import efficiency_over_http
from benchmarks._rehearsal import Rehearsed, perform, rehearse
from benchmarks._script import script
from benchmarks.figure import Figure

SHOTS = 1000
PLACES = (3, 16, 64)
SEEDS = range(5)
PERFORMED = 200
"""Shots of the films on the real clock."""
OVER_HTTP = 100
"""Shots of the film that is bought from simulated vendors in another process, whose work takes time of this machine."""


def figures() -> list[Figure]:
    return [*_equal(), *_random(), *_mixed(), *_real()]


def _equal() -> list[Figure]:
    film = script("equal", SHOTS)
    found: list[Figure] = []
    for places in PLACES:
        ours, polled = rehearse(film, places, polled=False), rehearse(film, places)
        stages = rehearse(film, places, design="stages", polled=False)
        found += [
            Figure(f"equal shots, {places} places", ours.efficiency, "%", ">= 99"),
            Figure(f"equal shots, {places} places, with polls", polled.efficiency, "%"),
            Figure(f"equal shots, {places} places, first shot beside its own length", polled.first, "times", "<= 1.1"),
            Figure(f"equal shots, {places} places, stage by stage", stages.efficiency, "%"),
            Figure(f"equal shots, {places} places, stage by stage, first shot", stages.first, "times"),
        ]
    three = rehearse(film, 3, design="three", polled=False)
    for places in PLACES:
        share = 100 * rehearse(film, places, polled=False).bound / three.makespan
        found.append(Figure(f"equal shots, {places} places, three shots at a time", share, "%"))
    return found


def _random() -> list[Figure]:
    found: list[Figure] = []
    worst: list[float] = []
    for places, goal in zip(PLACES, (99, 97, 87), strict=True):
        runs = [rehearse(script("random", SHOTS, seed), places) for seed in SEEDS]
        worst.append(min(run.efficiency for run in runs))
        found += [
            Figure(f"random shots with polls, {places} places", _efficiency(runs), "%", f">= {goal}"),
            Figure(f"random shots, {places} places, polls a job", mean(run.polls_a_job for run in runs), "polls"),
        ]
    return [*found, Figure("random shots with polls, the worst of all", min(worst), "%", ">= 84")]


def _mixed() -> list[Figure]:
    found: list[Figure] = []
    for places, goal in ((16, 98), (64, 94)):
        films = [script("mixed", SHOTS, seed) for seed in list(SEEDS)[:3]]
        by_script = [rehearse(film, places) for film in films]
        longest = [rehearse(film, places, order="makespan") for film in films]
        found += [
            Figure(f"long shots last, {places} places, by the script", _efficiency(by_script), "%"),
            Figure(f"long shots last, {places} places, longest first", _efficiency(longest), "%", f">= {goal}"),
        ]
    return found


def _real() -> list[Figure]:
    film = script("equal", PERFORMED)
    ours = perform(film, 3, speed=100)
    stages = perform(film, 3, speed=100, design="stages")
    over_http = efficiency_over_http(script("equal", OVER_HTTP), 3, speed=40)
    return [
        Figure("real clock, 3 places, a hundred times as fast", ours.efficiency, "%", ">= 98"),
        Figure("real clock, 3 places, stage by stage", stages.efficiency, "%"),
        Figure("the same over HTTP, forty times as fast", over_http, "%", ">= 95"),
    ]


def _efficiency(runs: list[Rehearsed]) -> float:
    return mean(run.efficiency for run in runs)
