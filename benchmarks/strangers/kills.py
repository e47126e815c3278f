"""The attack: films are made, killed at random moments and gone on with; then charges and books are compared.

``python -m benchmarks.strangers.kills --kills 100 --seed 1 [--plan NAME] [--json]``

A case is a gallery of its own with vendors of its own. Its films are made by one to four processes under a limit of
1.0 or 1.5 times their quote. Some of its processes are killed (SIGKILL, or Ctrl-C twice) after a while, or at the very
moment in which the vendors have booked an order, answered it, listed it. Then the same command is run again. In the end
nobody kills: the vendors are well, and the film must be finished, or must wait for a word of its user about an order
that is on record. Then the invoice is compared with the gallery.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

from benchmarks.strangers.attack import Attack
from benchmarks.strangers.cases import CONTROL, Case, table, totals
from benchmarks.strangers.databases import databases
from benchmarks.strangers.galleries import default_command
from benchmarks.strangers.options import Options
from benchmarks.strangers.plans import SITUATIONS

EXPECTED = 2
"""So many kills a case that is under way is taken for."""


async def one_case(name: str, seed: int, kills: int, options: Options) -> Case:
    """Run one case, and tell how it went on stderr.

    Parameters:
        name: The situation.
        seed: Of the case.
        kills: How many rounds of kills at most.
        options: What the command line says.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"strangers-{name}-"))
    try:
        case = await Attack(SITUATIONS[name], seed, kills, options, folder).run()
    except Exception as error:  # noqa: BLE001  # a case that breaks is told, and does not end the others
        case = Case(name, seed, failed=True, notes=[f"the attack itself failed: {type(error).__name__}: {error}"])
    found = case.findings()
    told = f"{case.kills} kills, codes {case.codes}, {'; '.join(found) or 'clean'}"
    print(f"{options.label}{name} seed {seed}: {told}", file=sys.stderr, flush=True)
    if found and options.keep:
        case.folder = str(options.keep / f"{name}-{seed}")
        shutil.rmtree(case.folder, ignore_errors=True)
        shutil.move(folder, case.folder)
        (Path(case.folder) / "case.json").write_text(json.dumps(asdict(case), default=str, indent=1), "utf-8")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return case


async def attack(kills: int, seed: int, plans: list[str], options: Options) -> list[Case]:
    """Run a case of each situation, and more until enough processes were killed.

    Parameters:
        kills: How many, over all plans.
        seed: Where chance comes from.
        plans: Names of situations; they take turns.
        options: What the command line says.
    """
    cases: list[Case] = []
    begun: Counter[str] = Counter()
    rounds = max(2, kills // len(plans))
    most = len(plans) + kills  # there are cases in which everything ends before it can be killed
    deadline = time.monotonic() + options.minutes * 60

    async def work() -> None:
        while begun.total() < most and time.monotonic() < deadline:
            running = begun.total() - len(cases)
            if begun.keys() >= set(plans) and sum(case.kills for case in cases) + EXPECTED * running >= kills:
                return
            name = min(plans, key=lambda plan: begun[plan])
            begun[name] += 1
            cases.append(await one_case(name, seed * 100_000 + begun.total(), rounds, options))

    await asyncio.gather(*(work() for _ in range(options.parallel)))
    return cases


async def repeated(names: list[str], seed: int, kills: int, options: Options) -> list[Case]:
    """Run single cases again.

    Parameters:
        names: Their situations.
        seed: Their seed.
        kills: How many rounds of kills at most.
        options: What the command line says.
    """
    return [await one_case(name, seed, kills, options) for name in names]


def naive_command() -> str:
    """Give the command of the control."""
    return f"{sys.executable} {Path(__file__).with_name('naive.py')}"


def main() -> int:
    """Read the command line, attack, and tell; 1 where something was found."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.strangers.kills", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--kills", type=int, default=60, help="how many, over all plans")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--plan", action="append", choices=[*SITUATIONS], help="only this situation; may be given more than once"
    )
    parser.add_argument(
        "--limit",
        action="append",
        type=Decimal,
        metavar="FACTOR",
        help="limits as multiples of the quote: 1.0 and 1.5 unless given; a generous one shows what strict ones hide",
    )
    parser.add_argument("--case", type=int, help="repeat the one case of --plan that had this seed")
    parser.add_argument("--film", default=default_command(), help="the film command")
    parser.add_argument("--control", action="store_true", help="attack naive.py instead of film: much must be found")
    parser.add_argument("--parallel", type=int, default=2, help="how many cases at once")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no new case after so many")
    parser.add_argument("--keep", type=Path, help="keep the cases in which something was found in this folder")
    parser.add_argument("--postgresql", action="store_true", help="galleries whose database is on a server")
    parser.add_argument("--json", action="store_true", help="print all cases as JSON")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    names = given.plan or [*(CONTROL if given.control else SITUATIONS)]
    options = Options(
        naive_command() if given.control else given.film,
        given.parallel,
        given.keep,
        tuple(given.limit or Options.factors),
        given.minutes,
    )
    with databases(given.postgresql) as database:
        options = replace(options, database=database)
        if given.case is not None:
            cases = asyncio.run(repeated(names, given.case, given.kills, options))
        else:
            cases = asyncio.run(attack(given.kills, given.seed, names, options))
    if given.json:
        document = {
            "totals": totals(cases),
            "cases": [asdict(case) | {"difference": case.audit.difference} for case in cases],
        }
        print(json.dumps(document, default=str, indent=1))
    else:
        print(table(cases, list(SITUATIONS)))
        for case in cases:
            for note in case.notes:
                print(f"- {case.plan} seed {case.seed}: {note}")
    return int(any(case.findings() for case in cases))


if __name__ == "__main__":
    sys.exit(main())
