"""Beyond this machine: a million shots over a thousand workers, in virtual time, and what is full first at each size.

What a shot takes is measured from the engine on this machine (``_prices``), how the fleet behaves is simulated
(``_fleet``) with the vendors' limits and failures; the model is held against the real scheduler first. Assumptions
about the world outside stand below, each with its source. ``--shots`` simulates another number.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

from benchmarks import _prices
from benchmarks._fleet import Fleet, Outcome
from benchmarks._fleet_setup import IMAGE, KINDS, SPEECH, VENDORS, VIDEO, Faults, Load, Setup, bounds, mean_polls
from benchmarks._prices import Prices
from benchmarks._rehearsal import rehearse
from benchmarks._script import script
from benchmarks.figure import Figure

DAY = 86_400
SPOKEN = 0.5

POLL_SECONDS = 0.0005
"""Of a coordinator's core, for one poll over HTTP: ``python -m benchmarks polling``, share of a core ÷ polls."""
POST_SECONDS = 0.3
"""A POST to a vendor and its answer (assumed: across an ocean, with a picture in it)."""
SIZES = (1.4e6, 3.0e6, 0.15e6)
"""Bytes of a picture (PNG, one megapixel), a clip (5 s, 5 Mbit/s), a line (3 s of WAV): what the vendors send."""
ORDERS_A_MINUTE = (600.0, None, 500.0)
"""Replicate's and OpenAI's published limits, by which the engine paces its orders; FAL and Runway queue instead."""
BUCKET = 1.25e9
"""Bytes a second between a fleet and its bucket (assumed: 10 Gbit/s)."""
DISK = 2e8
"""Bytes a second of one machine's own disk (assumed)."""
NETWORK = 0.001
"""Seconds to a database on another machine and back (assumed: the same data centre)."""
FAULTS = Faults(
    throttled=0.01,
    retry_after=30,
    unanswered=0.002,
    refused=0.003,
    failed=0.005,
    death_every=24 * 3600.0,
    restart_every=6 * 3600.0,
)
"""Harsher than vendors are on a good day (assumed): every 100th order is answered with 429, every 500th not at all;
a worker dies once a day, a coordinator four times."""


@dataclass(frozen=True)
class Scale:
    """What to run for so many shots a day (``docs/scaling.md``)."""

    name: str
    shots: int
    accounts: int
    places: int
    workers: int
    """Cores that encode."""
    database_cores: int
    """Of a PostgreSQL server; none is SQLite."""
    bandwidth: float
    remote: bool = False


SCALES = (
    Scale("10 a day, one machine, SQLite", 10, 1, 3, 2, 0, DISK),
    Scale("10k a day, one machine, PostgreSQL", 10_000, 1, 16, 8, 2, DISK),
    Scale("1M a day, Ray, PostgreSQL, bucket", 1_000_000, 16, 64, 1000, 16, BUCKET, remote=True),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shots", type=int, default=SCALES[-1].shots, help="how many the fleet is to make")


def figures(given: argparse.Namespace) -> list[Figure]:
    prices = _prices.measure()
    found = [*_measured(prices), *_model()]
    for scale in SCALES:
        found += _capacity(scale, prices)
    return [*found, *_simulated(replace(SCALES[-1], shots=given.shots), prices)]


def setup_of(scale: Scale, prices: Prices, faults: Faults | None = None) -> Setup:
    """The model of a scale. Half of a job's transactions come before it is sent."""
    shared = prices.postgres is not None and scale.database_cores
    database = prices.postgres / scale.database_cores if shared and prices.postgres else prices.sqlite
    each, core = prices.transactions / 6, prices.process / 6
    checks = tuple(core + prices.check * share for share in (0.1, 1.0, 0.05))
    return Setup(
        accounts=scale.accounts,
        places=scale.places,
        orders_a_minute=ORDERS_A_MINUTE,
        post_seconds=POST_SECONDS,
        download_seconds=1.0,
        transaction_seconds=database / prices.transactions,
        transaction_wait=(prices.round_trip or 0.0) + NETWORK if scale.remote else prices.round_trip or 0.0,
        transactions_before=each,
        transactions_after=each,
        core_order=core,
        core_poll=POLL_SECONDS,
        core_collect=(checks[IMAGE], checks[VIDEO], checks[SPEECH]),
        sizes=SIZES,
        bandwidth=scale.bandwidth,
        workers=scale.workers,
        encode_seconds=prices.encode,
        faults=faults or Faults(),
    )


# -- figures


def _measured(prices: Prices) -> list[Figure]:
    found = [
        Figure("transactions of a shot of three assets", prices.transactions, ""),
        Figure("SQLite, full sync: a shot's transactions", 1000 * prices.sqlite, "ms"),
        Figure("SQLite, full sync: full at", DAY / prices.sqlite, "shots a day"),
    ]
    if prices.postgres is not None and prices.round_trip is not None:
        found += [
            Figure("PostgreSQL: CPU of the server for a shot", 1000 * prices.postgres, "ms"),
            Figure("PostgreSQL: full at, for each core of the server", DAY / prices.postgres, "shots a day"),
            Figure("PostgreSQL: a transaction there and back", 1000 * prices.round_trip, "ms"),
        ]
    return [
        *found,
        Figure("CPU of the coordinator for a shot", 1000 * prices.process, "ms"),
        Figure("CPU to check a clip of 5 s, 720p", 1000 * prices.check, "ms"),
        Figure("CPU to encode it into the cut", 1000 * prices.encode, "ms"),
    ]


def _model() -> list[Figure]:
    """The model's makespans beside those of the real chains, limits and polls, on the virtual clock."""
    off: list[float] = []
    for places in (3, 16, 64):
        for kind in ("random", "mixed"):
            film = script(kind, 1000, 1)
            modelled = Fleet(Load.of(film), Setup(places=places)).run()
            off.append(abs(100 * (modelled.makespan / rehearse(film, places).makespan - 1)))
    return [Figure("model beside the real scheduler, 1,000 shots: off by at most", max(off), "%", "<= 5")]


def demand(setup: Setup) -> dict[str, float]:
    """What a shot, spoken every other time, takes of each resource: seconds of it, or of one of its many."""
    jobs = 2 + SPOKEN
    transactions = jobs * (setup.transactions_before + setup.transactions_after)
    core = jobs * setup.core_order + sum(
        share * (setup.core_collect[kind] + mean_polls(setup, kind) * setup.core_poll)
        for kind, share in zip(KINDS, (1, 1, SPOKEN), strict=True)
    )
    in_flight = setup.post_seconds / setup.posts_in_flight
    orders = (setup.between_orders(IMAGE), SPOKEN * setup.between_orders(SPEECH), in_flight)
    sizes = setup.sizes[IMAGE] + 2 * setup.sizes[VIDEO] + SPOKEN * setup.sizes[SPEECH]
    return {
        "database": transactions * setup.transaction_seconds,
        "coordinator's core": core / setup.accounts,
        VENDORS[IMAGE]: setup.usual[IMAGE] / (setup.accounts * setup.places),
        VENDORS[VIDEO]: setup.usual[VIDEO] / (setup.accounts * setup.places),
        VENDORS[SPEECH]: SPOKEN * setup.usual[SPEECH] / (setup.accounts * setup.places),
        "orders a minute": max(orders) / setup.accounts,
        "cores that encode": setup.encode_seconds / setup.workers,
        "store's bandwidth": sizes / setup.bandwidth,
    }


def _capacity(scale: Scale, prices: Prices) -> list[Figure]:
    """How full each resource is at the day's load, and how many shots a day would fill the first of them."""
    takes = demand(setup_of(scale, prices))
    first = max(takes, key=takes.__getitem__)
    full = [
        Figure(f"{scale.name}: {name}", 100 * scale.shots * seconds / DAY, "% used") for name, seconds in takes.items()
    ]
    return [*full, Figure(f"{scale.name}: full at ({first})", DAY / takes[first], "shots a day")]


def _simulated(scale: Scale, prices: Prices) -> list[Figure]:
    load = Load.random(scale.shots, spoken=SPOKEN)
    calm = setup_of(scale, prices)
    bound = max(bounds(load, calm).values())
    began = time.process_time()
    out = Fleet(load, replace(calm, faults=FAULTS)).run()
    took = time.process_time() - began
    unharmed = Fleet(load, calm).run()
    name = f"{scale.shots:,} shots, {scale.workers:,} workers"
    return [
        Figure(f"{name}: the bound", bound / 3600, "h"),
        Figure(f"{name}: makespan, without faults", unharmed.makespan / 3600, "h"),
        Figure(f"{name}: makespan, with faults", out.makespan / 3600, "h"),
        Figure(f"{name}: without faults, against the bound", 100 * bound / unharmed.makespan, "%"),
        Figure(f"{name}: with faults, against the bound", 100 * bound / out.makespan, "%"),
        Figure(f"{name}: first shot", out.first / 60, "min"),
        Figure(f"{name}: shots made", 100 * out.made / scale.shots, "%"),
        *_busy(name, out, calm),
        Figure(f"{name}: transactions a shot", out.transactions / scale.shots, ""),
        Figure(f"{name}: transactions a second", out.transactions / out.makespan, "1/s"),
        *(Figure(f"{name}: {what}", count, "") for what, count in sorted(out.counts.items())),
        Figure(f"{name}: to simulate it, on one core", took, "s", "<= 180"),
    ]


def _busy(name: str, out: Outcome, setup: Setup) -> list[Figure]:
    places = float(setup.accounts * setup.places)
    shares = {
        "database": ("database", 1.0),
        "coordinators' cores": ("coordinators", float(setup.accounts)),
        **{place: (place, places) for place in VENDORS},
        "cores that encode": ("workers", float(setup.workers)),
        "store's bandwidth": ("store", 1.0),
    }
    return [Figure(f"{name}: {what}", out.share(key, of), "% busy") for what, (key, of) in shares.items()]
