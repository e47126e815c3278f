"""Situations in which money is lost: what the vendors do, and what befalls the gallery between two runs.

Times of a plan are the vendors': at a ``speed`` of 10 (``FILM_SIMULATED_SPEED``, docs/reference/files-and-settings.md),
ten of their seconds pass in one of ours, and film polls and waits ten times as fast. Plans whose danger is in waiting
run at 1.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.strangers.befalls import (
    Deed,
    deleted,
    emptied,
    fills,
    foreign,
    has_room,
    kept,
    locked,
    nothing,
    older,
    other_key,
    own_database,
    own_key,
)
from benchmarks.strangers.vendors.plan import VENDORS

EVENTS = ("arrived", "billed", "billed", "billed", "answered", "polled", "listed", "fetched")
ORDERED = ("arrived", "billed", "billed", "listed")
LONG = {"words": (45, 70)}
"""Lines that cost more than what is bought again unasked."""
DAY = 86_400.0
UNKNOWN_SUBMITS = ("submit.*-after",)


@dataclass(frozen=True)
class Situation:
    """A named situation.

    Parameters:
        name: What ``--plan`` calls it.
        note: What is wrong in it.
        vendors: Draws what the vendors do, as a plan.
        speed: How many of the vendors' seconds pass in one of ours; one is drawn.
        films: How many films at least and at most.
        processes: How many processes at least and at most.
        shots: Fields that all shots have, and how many ``words`` their lines have.
        most: How many shots a film has at most.
        before: Done once, before the first run.
        during: Done while films are made, in each round.
        between: Done after each round of kills.
        heal: Done before the last runs, which nobody kills. The vendors have no faults by then.
        bills_lie: The vendors' figures are not what they charge, so the ledger cannot be right.
        forgets: The database forgets orders, so that they stand in the gallery's order book alone for a while.
        events: What the vendors do at the moment of a kill: one is drawn.
    """

    name: str
    note: str
    vendors: Callable[[random.Random], dict[str, Any]]
    speed: tuple[float, ...] = (10,)
    films: tuple[int, int] = (1, 1)
    processes: tuple[int, int] = (1, 1)
    shots: dict[str, Any] = field(default_factory=dict)
    most: int = 3
    before: Deed = nothing
    during: Deed = nothing
    between: Deed = nothing
    heal: Deed = nothing
    bills_lie: bool = False
    forgets: bool = False
    events: tuple[str, ...] = EVENTS


def steady(**everyone: Any) -> Callable[[random.Random], dict[str, Any]]:
    """Make vendors that all behave alike.

    Parameters:
        everyone: Their manners.
    """
    return lambda rng: {"vendors": {"*": {"seconds": {"base": 0.05, "more": 8}} | everyone}}


def weather(rng: random.Random) -> dict[str, Any]:
    """Draw vendors that each have their own times, lag and 5 to 20 % of faults.

    Parameters:
        rng: Where chance comes from.
    """
    return {
        "vendors": {
            name: {
                "seconds": {"base": 0.05, "more": rng.choice((1, 10, 40))},
                "lag": rng.choice((0, 0, 5, 30)),
                "page": rng.choice((1, 2, 100)),
                "rate": rng.uniform(0.05, 0.2),
            }
            for name in VENDORS
        }
    }


def clocks(rng: random.Random) -> dict[str, Any]:
    """Draw vendors whose clocks are up to three days off, and that lose answers.

    Parameters:
        rng: Where chance comes from.
    """
    return {
        "vendors": {
            name: {
                "seconds": {"base": 0.05, "more": 8},
                "clock": rng.choice((-3, -1, -0.05, 0.05, 1, 3)) * DAY,
                "rate": 0.25,
                "faults": UNKNOWN_SUBMITS,
            }
            for name in VENDORS
        }
    }


def slow_speech(rng: random.Random) -> dict[str, Any]:
    """Make speech take 40 s; its first answers are lost right after the order.

    Parameters:
        rng: Where chance comes from.
    """
    speech = {"seconds": {"base": 25, "per_character": 0.06}}
    script = [
        {"vendor": vendor, "fault": rng.choice(("submit.cut-after", "submit.504-after")), "times": 1}
        for vendor in ("elevenlabs", "openai")
    ]
    return {"vendors": {"*": {"seconds": 0.2}, "elevenlabs": speech, "openai": speech}, "script": script}


def broken_lists(rng: random.Random) -> dict[str, Any]:
    """Make orders lose their answers, and lists answer nonsense two times of three.

    Parameters:
        rng: Where chance comes from.
    """
    faults = ("submit.cut-after", "submit.502-after", "list.*")
    return {
        "vendors": {
            "*": {"seconds": {"base": 0.05, "more": 5}, "rate": 0.5, "faults": faults, "page": rng.choice((1, 2, 100))}
        }
    }


def absurd(rng: random.Random) -> dict[str, Any]:
    """Make bills wrong by a thousand, or by a million million.

    Parameters:
        rng: Where chance comes from.
    """
    return {"vendors": {"*": {"seconds": {"base": 0.05, "more": 3}, "bill": rng.choice((1000, 10**12, 3))}}}


SITUATIONS: dict[str, Situation] = {
    s.name: s
    for s in (
        # Those that take longest come first: cases go side by side.
        Situation(
            "slow-speech",
            "speech of 40 s, cut after the order",
            slow_speech,
            speed=(1,),
            most=2,
            shots=LONG,
            events=ORDERED,
        ),
        Situation(
            "list-lag",
            "lists show an order 5 to 60 s late; answers are lost",
            lambda rng: {
                "vendors": {
                    "*": {"seconds": 0.3, "lag": rng.choice((5, 20, 60)), "rate": 0.3, "faults": UNKNOWN_SUBMITS}
                }
            },
            speed=(1,),
            most=2,
            shots=LONG,
            events=ORDERED,
        ),
        Situation("db-locked", "the database is locked for 45 s", steady(), during=locked, most=2),
        Situation("plain", "nothing but kills", steady(), speed=(1, 10)),
        Situation("weather", "5 to 20 % of faults of all kinds", weather, speed=(1, 10)),
        Situation("pair", "two processes on one film", steady(), processes=(2, 2)),
        Situation(
            "crowd", "two films that share shots, three processes, faults", weather, films=(2, 2), processes=(2, 3)
        ),
        Situation("broken-lists", "lists answer nonsense; answers are lost", broken_lists, shots=LONG, events=ORDERED),
        Situation(
            "key-changed",
            "other keys between crash and going on",
            steady(),
            between=other_key,
            heal=own_key,
            shots=LONG,
            events=ORDERED,
        ),
        Situation(
            "clocks",
            "the vendors' clocks are off by up to three days; answers are lost",
            clocks,
            speed=(1, 10),
            shots=LONG,
        ),
        Situation(
            "odd-submit",
            "3xx, odd 4xx, HTML where an order came about",
            steady(rate=0.4, faults=("submit.3*-after", "submit.4*-after", "submit.*-200-after", "submit.204-after")),
        ),
        Situation("odd-polls", "odd answers to every second poll", steady(rate=0.5, faults=("poll.*",))),
        Situation("odd-results", "results that are not there, cut, HTML", steady(rate=0.4, faults=("result.*",))),
        Situation("absurd-bills", "bills wrong by 3, 1,000 or a million million", absurd, bills_lie=True),
        Situation(
            "small-lost",
            "answers under $0.02 are lost",
            lambda rng: {
                "vendors": {
                    "*": {"seconds": {"base": 0.05, "more": 3}},
                    "openai": {"rate": 0.6, "faults": UNKNOWN_SUBMITS},
                    "elevenlabs": {"rate": 0.6, "faults": UNKNOWN_SUBMITS},
                    "replicate": {"rate": 0.4, "faults": UNKNOWN_SUBMITS},
                }
            },
        ),
        Situation("db-deleted", "the database is deleted between runs", steady(), between=deleted, forgets=True),
        Situation("db-emptied", "the database is an empty file between runs", steady(), between=emptied, forgets=True),
        Situation(
            "db-older", "an older copy of the database is put back", steady(), during=kept, between=older, forgets=True
        ),
        Situation(
            "db-foreign",
            "another gallery's database is put in its place",
            steady(),
            between=foreign,
            heal=own_database,
            forgets=True,
        ),
        Situation(
            "disk-full", "files cannot grow any more", steady(), before=fills, between=fills, heal=has_room, most=2
        ),
    )
}
