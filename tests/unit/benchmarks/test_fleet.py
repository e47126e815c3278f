"""The model of a fleet is held against the real scheduler, and meets faults without losing a shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from benchmarks._fleet import LAST_RUN, Fleet, Outcome
from benchmarks._fleet_setup import IMAGE, SPEECH, VIDEO, Faults, Load, Setup, bounds
from benchmarks._prices import Prices
from benchmarks._rehearsal import rehearse
from benchmarks._script import lower_bound, script
from benchmarks.scaling import FAULTS, SCALES, demand, setup_of

SILENT = (False, False, False)
PRICES = Prices(transactions=52.0, sqlite=0.15, postgres=0.04, round_trip=0.001, process=0.1, check=0.6, encode=2.7)


def run(load: Load, seed: int = 0, **options: Any) -> Outcome:
    return Fleet(load, Setup(**options), seed).run()


@pytest.mark.parametrize("kind", ["equal", "random", "mixed"])
@pytest.mark.parametrize("places", [3, 16, 64])
def test_where_nothing_is_polled_it_makes_a_film_to_the_second_as_the_real_scheduler_does(kind: Any, places: int):
    film = script(kind, 200, 1)
    modelled = run(Load.of(film), places=places, polled=SILENT)
    real = rehearse(film, places, polled=False)
    assert modelled.makespan == pytest.approx(real.makespan, rel=1e-9)
    assert modelled.made == 200


@pytest.mark.parametrize(("places", "order"), [(3, "script"), (16, "makespan"), (64, "script")])
def test_at_a_thousand_shots_with_polls_it_is_off_by_a_few_percent_at_most(places: int, order: Any):
    film = script("mixed", 1000, 1)
    modelled = run(Load.of(film, longest_first=order == "makespan"), places=places)
    real = rehearse(film, places, order=order)
    assert modelled.makespan == pytest.approx(real.makespan, rel=0.04)
    assert modelled.counts["polls"] == pytest.approx(real.polls, rel=0.25)


def test_its_bound_is_that_of_the_films():
    for kind in ("random", "mixed"):
        film = script(kind, 300, 2)
        for places in (3, 64):
            assert max(bounds(Load.of(film), Setup(places=places)).values()) == pytest.approx(lower_bound(film, places))


def test_it_comes_out_the_same_every_time_and_otherwise_with_other_luck():
    load = Load.random(2000)
    setup = replace(setup_of(SCALES[1], PRICES), faults=FAULTS)
    one, again, other = (Fleet(load, setup, seed).run() for seed in (1, 1, 2))
    assert one == again
    assert one.counts != other.counts


FATES: Sequence[Faults] = (
    Faults(throttled=0.2),
    Faults(unanswered=0.2),
    Faults(refused=0.1),
    Faults(failed=0.2),
    Faults(death_every=60.0),
    Faults(restart_every=300.0),
    Faults(0.1, 30, 0.05, 0.05, 0.1, 10, 300, 20, 120, 600, 60),
)


@pytest.mark.parametrize("faults", FATES, ids=["429", "no answer", "refused", "failed", "deaths", "restarts", "all"])
def test_whatever_goes_wrong_every_shot_is_made_or_left_for_a_reason_and_nothing_is_bought_for_nothing(faults: Faults):
    load = Load.random(1500, seed=3)
    out = run(
        load, accounts=3, places=8, post_seconds=0.3, workers=20, encode_seconds=3.0, faults=faults, download_seconds=1
    )
    left = out.counts["shots without a clip"]
    assert out.made + left == 1500
    if not faults.refused and faults.failed < 0.1:
        assert left == 0
    jobs = sum(1 for kind in (IMAGE, VIDEO, SPEECH) for length in load.lengths[kind] if length)
    assert out.counts["jobs bought"] - out.counts["jobs failed at the vendor"] <= jobs, "no result is bought twice"
    if not left:
        assert out.counts["jobs bought"] - out.counts["jobs failed at the vendor"] == jobs
    calm = run(load, accounts=3, places=8, post_seconds=0.3, workers=20, encode_seconds=3.0, download_seconds=1)
    if not faults.refused:
        assert out.makespan >= calm.makespan, "faults cost time"


def test_shots_that_fail_again_and_again_are_left_in_the_end():
    out = run(Load.random(50), faults=Faults(failed=1.0))
    assert out.made == 0
    assert out.counts["shots without a clip"] == 50
    assert out.counts["shots run again"] == 50 * (LAST_RUN - 1)


@pytest.mark.parametrize(
    ("resource", "slow"),
    [
        ("database", {"transaction_seconds": 1.0, "transactions_before": 1.0}),
        ("coordinators", {"core_order": 1.0}),
        ("store", {"sizes": (1e6, 1e6, 0.0), "bandwidth": 1e6}),
        ("workers", {"encode_seconds": 100.0, "workers": 10}),
    ],
)
def test_the_resource_that_is_short_decides_the_makespan_and_is_busy_all_the_while(resource: str, slow: Any):
    load = Load.random(1000, spoken=0)
    out = run(load, places=64, **slow)
    short = max(bounds(load, Setup(places=64, **slow)).values())
    assert short <= out.makespan <= 1.15 * short
    assert out.share(resource, slow.get("workers", 1)) >= 87


def test_orders_keep_to_the_vendors_rate_and_more_accounts_take_more():
    load = Load.random(600, spoken=0)
    one, four = (run(load, accounts=n, places=64, orders_a_minute=(30.0, None, None)).makespan for n in (1, 4))
    assert one >= 600 * 2
    assert four <= one / 2


def test_at_the_size_for_which_a_scale_is_meant_nothing_is_full():
    for scale in SCALES:
        takes = demand(setup_of(scale, PRICES))
        assert max(takes.values()) * scale.shots < 0.8 * 86_400, scale.name
