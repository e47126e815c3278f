"""Money at vendors that nobody here wrote: films killed at random moments, and what is lost, doubled or overspent.

The attack is ``benchmarks/strangers``, which knows the program by its documents alone: twenty situations, from mere
kills to lists that lag, clocks that are days off and databases that are deleted. Beside it stand a journal and a budget
as one would write them without thinking of kills, which it must find out. Runs mostly wait, for vendors and for lists
that may be late, so several cases go side by side.

    python -m benchmarks money                  about five minutes
    python -m benchmarks money --kills 1000     a night's
    python -m benchmarks money --faults         each single fault at each adapter, too
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from decimal import Decimal

from benchmarks.figure import Figure
from benchmarks.strangers.cases import CONTROL, Case, totals
from benchmarks.strangers.faults import BOUND, FAULTS, Outcome, every
from benchmarks.strangers.galleries import default_command
from benchmarks.strangers.kills import Options, attack, naive_command
from benchmarks.strangers.plans import SITUATIONS

KILLS = 40
CONTROL_KILLS = 20
MICRO = Decimal("0.000001")
CASES = 6
"""Cases side by side."""
BEFALLS = {
    "db-deleted": "deleted",
    "db-emptied": "emptied",
    "db-older": "an older copy",
    "db-foreign": "another gallery's",
    "db-locked": "locked",
    "disk-full": "and the disk full",
    "key-changed": "kept, and the key another account's",
    "clocks": "kept, and the vendors' clocks off",
}
"""Situation → what became of the database, in words."""
NOTHING = ("lost", "silent doubles", "cannot resume", "not asked again", "bricked", "hung", "failed")
DOLLARS = ("overspend", "uncovered", "idle", "difference")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=KILLS, help=f"how many, over all situations; {KILLS} unless given")
    parser.add_argument("--seed", type=int, default=1, help="where chance comes from")
    parser.add_argument("--parallel", type=int, default=CASES, help="how many cases side by side")
    parser.add_argument("--faults", action="store_true", help="try each single fault at each adapter, too")


def figures(given: argparse.Namespace) -> list[Figure]:
    options = Options(command=default_command(), parallel=given.parallel)
    cases = asyncio.run(attack(given.kills, given.seed, list(SITUATIONS), options))
    for case in cases:
        for note in case.notes:
            print(f"{case.plan} seed {case.seed}: {note}", file=sys.stderr)
    found = totals(cases)
    control = Options(command=naive_command(), parallel=given.parallel, label="control: ")
    naive = totals(asyncio.run(attack(CONTROL_KILLS, given.seed, list(CONTROL), control)))
    return [
        Figure("kills", found["kills"], "kills", f">= {given.kills}"),
        Figure("films, over all situations", found["films"], "films"),
        Figure("orders that the vendors charged", found["orders"], "orders"),
        *(Figure(name, found[name], "", "= 0") for name in NOTHING),
        *(Figure(_in_words(name), float(found[name]), "USD", "= 0") for name in DOLLARS),
        *_befallen(cases),
        Figure("bought again by decision, and on record", found["shown doubles"], "orders"),
        Figure("booked for orders that nobody knows of", float(found["assumed"]), "USD"),
        Figure("films that wait for their user's word", found["waiting"], "films"),
        Figure("control, a naive journal: lost or doubled", naive["lost"] + naive["silent doubles"], "orders", ">= 1"),
        Figure("control, a naive budget: overspend", float(naive["overspend"] / MICRO), "micro-dollars", ">= 1"),
        *(_faults(given) if given.faults else ()),
    ]


def _befallen(cases: list[Case]) -> Iterator[Figure]:
    """How often each thing befell a gallery, and what was doubled by it without a word."""
    for name, words in BEFALLS.items():
        found = totals([case for case in cases if case.plan == name])
        yield Figure(f"rounds with the database {words}", found["rounds"], "rounds")
        yield Figure(f"silent doubles, the database {words}", found["silent doubles"], "orders", "= 0")


def _in_words(name: str) -> str:
    return {"difference": "invoice - (ledger + held)", "uncovered": "charged, and neither booked nor set aside"}.get(
        name, "set aside for nothing" if name == "idle" else name
    )


def _is_repeated(outcome: Outcome) -> bool:
    """An order that came about, sent more often than there are intents on record."""
    return FAULTS[outcome.fault].came and outcome.posts > max(1, outcome.records)


def _faults(given: argparse.Namespace) -> list[Figure]:
    outcomes = asyncio.run(every(given.seed, "", default_command(), given.parallel, None))
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    for outcome in wrong:
        print(f"{outcome.fault} at {outcome.adapter}: {'; '.join(outcome.wrong)}", file=sys.stderr)
    return [
        Figure("single faults, each at each adapter that it can strike", len(outcomes), "cases"),
        Figure("of them not as specified", len(wrong), "cases", "= 0"),
        Figure("of them sent more often than there are intents on record", sum(map(_is_repeated, outcomes)), "", "= 0"),
        Figure(
            "the longest run of a film in which they strike", max(o.seconds for o in outcomes), "s", f"<= {BOUND:g}"
        ),
    ]
