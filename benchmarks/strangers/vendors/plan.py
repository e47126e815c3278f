"""What the vendors do: how long they take, how late their lists are, which faults they have.

A plan is a JSON object::

    {"seed": 1, "speed": 1,
     "vendors": {"*": {"seconds": 0.5, "rate": 0.1},
                 "elevenlabs": {"seconds": {"base": 0.5, "per_character": 0.05}, "lag": 20}},
     "script": [{"vendor": "openai", "fault": "submit.cut-after", "times": 1}]}

Faults of ``script`` come first, each as often as it says; after them ``rate`` of all requests of a step have a fault.
Which ones is drawn from the seed and from what the request is about, so the same plan does the same again.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from benchmarks.strangers.vendors.faults import FAULTS

VENDORS = ("fal", "replicate", "runway", "openai", "elevenlabs")


@dataclass(frozen=True)
class Spread:
    """How long a vendor takes for a job, in seconds of its own time.

    Parameters:
        base: The least.
        more: How much longer it may be, drawn evenly for each job.
        per_character: What each character of a line adds: speech takes as long as it is.
    """

    base: float = 0.3
    more: float = 0.0
    per_character: float = 0.0

    @classmethod
    def parse(cls, value: float | Mapping[str, float]) -> Spread:
        """Read a spread.

        Parameters:
            value: Seconds, or an object with ``base``, ``more`` and ``per_character``.
        """
        return (
            cls(base=float(value)) if isinstance(value, int | float) else cls(**{k: float(v) for k, v in value.items()})
        )

    def draw(self, rng: random.Random, characters: int) -> float:
        """Say how long one job takes.

        Parameters:
            rng: Where chance comes from.
            characters: How long its text is.
        """
        return self.base + rng.random() * self.more + self.per_character * characters


@dataclass(frozen=True)
class Manners:
    """How one vendor behaves.

    Parameters:
        seconds: How long its jobs take.
        lag: How many seconds later its list shows a job; ElevenLabs counts from when the line is spoken.
        page: How many jobs a page of its list holds at most.
        clock: How many seconds its clock is ahead of ours: in ``Date`` and in all its times.
        rate: Which share of the requests of each step has a fault.
        faults: Which faults; all of the vendor's steps where none is named. ``submit.*`` names a step's.
        bill: What the figures of its bills are multiplied with, where its documents have such a field. Not what it
            charges: the invoice stays true.
        slow: How long a slow answer takes.
    """

    seconds: Spread = field(default_factory=Spread)
    lag: float = 0.0
    page: int = 100
    clock: float = 0.0
    rate: float = 0.0
    faults: tuple[str, ...] = ("*",)
    bill: Decimal = Decimal(1)
    slow: float = 3.0

    @classmethod
    def parse(cls, base: Manners, given: Mapping[str, Any]) -> Manners:
        """Read a vendor's manners over others.

        Parameters:
            base: What counts where nothing is said.
            given: An object with this class's fields.
        """
        known = dict(given)
        if "seconds" in known:
            known["seconds"] = Spread.parse(known["seconds"])
        if "bill" in known:
            known["bill"] = Decimal(str(known["bill"]))
        if "faults" in known:
            known["faults"] = tuple(known["faults"])
        return replace(base, **known)

    def kinds(self, step: str) -> list[str]:
        """Name the faults that a step may have.

        Parameters:
            step: ``submit``, ``poll``, ``list`` or ``result``.
        """
        wanted = [name for name, fault in FAULTS.items() if fault.step == step and fault.drawn]
        return [
            n for n in wanted if any(p in ("*", n) or (p.endswith("*") and n.startswith(p[:-1])) for p in self.faults)
        ]


@dataclass
class Scripted:
    """A fault that comes for sure.

    Parameters:
        vendor: Whose, or ``*``.
        fault: Its name.
        times: How often it still comes.
        match: A text that must stand in the order's prompt or line; empty for any.
        kind: ``image``, ``video`` or ``audio``; empty for any.
    """

    vendor: str
    fault: str
    times: int = 1
    match: str = ""
    kind: str = ""

    def meets(self, vendor: str, step: str, kind: str, text: str) -> bool:
        """Say whether a request is one that it strikes.

        Parameters:
            vendor: Who is asked.
            step: For what.
            kind: What the order makes.
            text: The order's prompt or line.
        """
        return (
            self.times > 0
            and self.vendor in ("*", vendor)
            and FAULTS[self.fault].step == step
            and self.kind in ("", kind)
            and self.match in text
        )


class Plan:
    """What all vendors do.

    Parameters:
        given: The plan, as read from JSON.
    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        given = given or {}
        self.seed = int(given.get("seed", 0))
        self.speed = float(given.get("speed", 1))
        self.script = [Scripted(**entry) for entry in given.get("script", ())]
        for entry in self.script:
            if entry.fault not in FAULTS:
                raise ValueError(f"no such fault: {entry.fault}; there are: {', '.join(FAULTS)}")
        vendors = given.get("vendors", {})
        if unknown := set(vendors) - {*VENDORS, "*"}:
            raise ValueError(f"no such vendor: {', '.join(sorted(unknown))}; there are: {', '.join(VENDORS)}")
        everyone = Manners.parse(Manners(), vendors.get("*", {}))
        self.manners = {name: Manners.parse(everyone, vendors.get(name, {})) for name in VENDORS}
        self._asked: dict[str, int] = {}
        self._struck: dict[tuple[str, str], int] = {}

    def of(self, vendor: str) -> Manners:
        """Give a vendor's manners.

        Parameters:
            vendor: Its name.
        """
        return self.manners[vendor]

    def rng(self, *about: object) -> random.Random:
        """Give a source of chance that is the same for the same things.

        Parameters:
            about: What it is for.
        """
        digest = hashlib.sha256(repr((self.seed, *about)).encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))

    def seconds(self, vendor: str, job: str, characters: int) -> float:
        """Say how long a job takes in our seconds.

        Parameters:
            vendor: Who makes it.
            job: Its id.
            characters: How long its text is.
        """
        return self.of(vendor).seconds.draw(self.rng("seconds", job), characters) / self.speed

    def fault(self, vendor: str, step: str, about: str, kind: str = "", text: str = "") -> str:
        """Draw the fault of one request; empty for none.

        Parameters:
            vendor: Who is asked.
            step: ``submit``, ``poll``, ``list`` or ``result``.
            about: What the request is about: a job's id, a text.
            kind: What the order makes; empty for lists.
            text: The order's prompt or line; empty for lists.
        """
        for entry in self.script:
            if entry.meets(vendor, step, kind, text):
                entry.times -= 1
                return entry.fault
        manners = self.of(vendor)
        if not manners.rate or not (kinds := manners.kinds(step)):
            return ""
        key = f"{vendor}/{step}/{about}"
        self._asked[key] = asked = self._asked.get(key, 0) + 1
        rng = self.rng(key, asked)
        if rng.random() >= manners.rate:
            return ""
        name = rng.choice(kinds)
        self._struck[about, name] = count = self._struck.get((about, name), 0) + 1
        return name if step == "submit" or count <= FAULTS[name].repeats else ""
