"""What can go wrong between a program and a vendor, on demand: the faults that a server can cause.

    around an order      throttle, error, unauthorized, no-credit, refuse, reset, hang, garbage, error-200
    a job's fate         fail, refuse-later, black, stuck, malformed, strange
    a result's way       short, truncate, cut, corrupt, html, json, empty, wrong-type, gzip-bomb, endless,
                         slow-headers, slow-body, redirect, expired
    any other answer     error, throttle, reset, hang, garbage, error-200, slow-headers

A fault waits for requests of its ``vendor`` and ``step`` whose order holds ``match``, and strikes ``times`` of them.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from film.testing.simulator.books import Fate

Step = Literal["submit", "status", "result", "media", "list", "cancel", "upload"]
FaultKind = Literal[
    "throttle", "error", "unauthorized", "no-credit", "refuse", "reset", "hang", "garbage", "error-200",
    "fail", "refuse-later", "black", "stuck", "malformed", "strange",
    "short", "truncate", "cut", "corrupt", "html", "json", "empty", "wrong-type", "gzip-bomb", "endless",
    "slow-headers", "slow-body", "redirect", "expired",
]  # fmt: skip

FATES: dict[str, Fate] = {
    "fail": "fail",
    "refuse-later": "refuse",
    "black": "black",
    "stuck": "stuck",
    "malformed": "malformed",
    "strange": "strange",
}
MEDIA: frozenset[str] = frozenset(
    {"short", "truncate", "cut", "corrupt", "html", "json", "empty", "wrong-type", "gzip-bomb", "endless", "slow-body"}
    | {"redirect", "expired"}
)


@dataclass(frozen=True)
class Fault:
    """``after`` lets the order be taken (and billed) before its answer is spoilt. ``times`` 0 strikes for ever."""

    kind: FaultKind
    vendor: str = ""
    step: Step | None = None
    """None is the step that the kind belongs to."""
    match: str = ""
    times: int = 1
    after: bool = False
    status: int = 503
    seconds: float = 1.0
    """To hang, to hold back headers, to name in Retry-After."""
    location: str = ""
    """Where a redirect leads; empty: to itself, for ever."""
    chance: float = 1.0

    @property
    def place(self) -> Step:
        return self.step or ("media" if self.kind in MEDIA else "submit")


class Faults:
    def __init__(self, *faults: Fault, seed: int = 0) -> None:
        self._waiting = list(faults)
        self._dice = random.Random(seed)
        self.struck: list[Fault] = []
        """Those that have happened, in order."""

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def strike(self, vendor: str, step: Step, order: str) -> Fault | None:
        """The fault that this request meets, if any; it is used up."""
        for place, fault in enumerate(self._waiting):
            if fault.place != step or fault.vendor not in ("", vendor) or fault.match not in order:
                continue
            if self._dice.random() >= fault.chance:
                continue
            if fault.times == 1:
                del self._waiting[place]
            elif fault.times > 1:
                self._waiting[place] = replace(fault, times=fault.times - 1)
            self.struck.append(fault)
            return fault
        return None


def fault_from(values: dict[str, Any]) -> Fault:
    """A fault out of JSON; raises ValueError naming what is wrong with it."""
    known = {f.name for f in fields(Fault)}
    if unknown := set(values) - known:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    if values.get("kind") not in get_args(FaultKind):
        raise ValueError(f"there is no fault {values.get('kind')!r}; there are {', '.join(get_args(FaultKind))}")
    return Fault(**values)


def fault_as_json(fault: Fault) -> dict[str, Any]:
    return asdict(fault)
