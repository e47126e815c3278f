"""What came out of the cases of an attack, one by one and added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from benchmarks.strangers.audit import ZERO, Audit


@dataclass
class Case:
    """What came out of one case.

    Parameters:
        plan: The situation.
        bills_lie: Whether the vendors' figures are not what they charge, so that the ledger cannot be right.
        seed: With which it is repeated.
        rounds: How often films were struck down, and something befell the gallery.
        kills: How often a process was killed.
        films: How many films there were.
        limit: What they were allowed together.
        codes: Exit codes of the runs that nobody killed.
        audit: Invoice and gallery, compared before anything was settled by hand.
        overspend: What was charged over the limit.
        uncovered: What at some moment between runs was charged and neither booked nor set aside.
        waiting: Films that wait for a word about an order on record.
        stuck: Films that cannot go on: neither finished nor waiting, or not finished after the word was given.
        hung: Runs that had to be ended.
        repairs: How often a run refused to buy, as the database had forgotten orders, and had it rebuilt.
        failed: Whether the attack itself broke.
        notes: What is worth reading.
        folder: Where it all lies, if it was kept.
    """

    plan: str
    seed: int
    bills_lie: bool = False
    rounds: int = 0
    kills: int = 0
    films: int = 0
    limit: Decimal = ZERO
    codes: list[int] = field(default_factory=list)
    audit: Audit = field(default_factory=Audit)
    overspend: Decimal = ZERO
    uncovered: Decimal = ZERO
    waiting: int = 0
    stuck: int = 0
    hung: int = 0
    repairs: int = 0
    failed: bool = False
    notes: list[str] = field(default_factory=list[str])
    folder: str = ""

    def findings(self) -> list[str]:
        """Name what is wrong."""
        audit = self.audit
        found = {
            "lost": audit.lost,
            "silent doubles": audit.silent,
            "overspend": self.overspend,
            "uncovered": 0 if self.bills_lie else self.uncovered,
            "cannot resume": self.stuck,
            "not asked again": audit.unasked,
            "set aside for nothing": audit.idle,
            "bricked": audit.bricked,
            "hung": self.hung,
            "attack failed": self.failed,
            "does not add up": audit.odd,
            "difference": 0 if self.bills_lie else audit.difference,
        }
        return [f"{name} {value}" for name, value in found.items() if value]


COLUMNS = (
    "rounds",
    "kills",
    "films",
    "orders",
    "lost",
    "silent doubles",
    "shown doubles",
    "assumed",
    "overspend",
    "uncovered",
    "cannot resume",
    "waiting",
    "not asked again",
    "idle",
    "bricked",
    "hung",
    "failed",
    "difference",
)
CONTROL = ("plain", "pair")
"""Situations in which a naive journal and a naive budget must be found out."""


def totals(cases: list[Case]) -> dict[str, Any]:
    """Add cases up.

    Parameters:
        cases: The cases.
    """
    return {
        "rounds": sum(c.rounds for c in cases),
        "kills": sum(c.kills for c in cases),
        "films": sum(c.films for c in cases),
        "orders": sum(c.audit.orders for c in cases),
        "lost": sum(c.audit.lost for c in cases),
        "silent doubles": sum(c.audit.silent for c in cases),
        "shown doubles": sum(c.audit.shown for c in cases),
        "assumed": sum((c.audit.assumed for c in cases), ZERO),
        "overspend": sum((c.overspend for c in cases), ZERO),
        "uncovered": max((c.uncovered for c in cases), default=ZERO),
        "cannot resume": sum(c.stuck for c in cases),
        "waiting": sum(c.waiting for c in cases),
        "not asked again": sum(c.audit.unasked for c in cases),
        "idle": sum((c.audit.idle for c in cases), ZERO),
        "bricked": sum(bool(c.audit.bricked) for c in cases),
        "hung": sum(c.hung for c in cases),
        "failed": sum(c.failed for c in cases),
        "difference": sum((abs(c.audit.difference) for c in cases if not c.bills_lie), ZERO),
    }


def table(cases: list[Case], order: list[str]) -> str:
    """Write a table, a row a plan.

    Parameters:
        cases: The cases.
        order: The plans, in the order of their rows.
    """
    rows = [f"| plan | {' | '.join(COLUMNS)} |", "|---|" + "---|" * len(COLUMNS)]
    names = sorted({case.plan for case in cases}, key=order.index)
    for name in [*names, "all"]:
        found = totals([case for case in cases if name in ("all", case.plan)])
        rows.append(f"| {name} | {' | '.join(str(found[column]) for column in COLUMNS)} |")
    return "\n".join(rows)
