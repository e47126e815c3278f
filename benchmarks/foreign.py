"""Strangers' files: what of each kind is right, told or wrong, over a corpus that is made here.

Every still, clip and sound is drawn first and written then, so that what must be seen and heard is known without the
program. It is read as an import, a draft, an order and the cut read it. A file is told when it was refused with a
reason, as only a broken one may be; wrong is anything else that is not right.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from benchmarks import _foreign_clips, _foreign_sounds, _foreign_stills
from benchmarks._foreign import Case, Verdict, judged
from benchmarks.figure import Figure

_MANY = 200


def corpus() -> Iterator[Case]:
    return chain(_foreign_stills.cases(), _foreign_clips.cases(), _foreign_sounds.cases())


def verdicts(cases: Iterator[Case]) -> Iterator[Verdict]:
    """What came of each file that could be made."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # decoders warn of broken files, and that is what they are
        for case in cases:
            if verdict := judged(case, Path(folder)):
                yield verdict


def figures() -> list[Figure]:
    counted: dict[tuple[str, str], Counter[str]] = {}
    for verdict in verdicts(corpus()):
        counted.setdefault((verdict.case.kind, verdict.case.group), Counter())[verdict.outcome] += 1
        if verdict.outcome == "wrong":
            print(f"wrong: {verdict.case}: {verdict.why}", file=sys.stderr)
    found: list[Figure] = []
    total: Counter[str] = Counter()
    for (kind, group), outcomes in counted.items():
        total += outcomes
        for outcome in ("right", "told", "wrong"):
            if outcomes[outcome] or outcome == "wrong":
                goal = "= 0" if outcome == "wrong" else None
                found.append(Figure(f"{kind}s, {group}: {outcome}", outcomes[outcome], "files", goal))
    found.append(Figure("all: right", total["right"], "files"))
    found.append(Figure("all: told", total["told"], "files"))
    found.append(Figure("all: wrong", total["wrong"], "files", "= 0"))
    found.append(Figure("all", sum(total.values()), "files", f">= {_MANY}"))
    return found
