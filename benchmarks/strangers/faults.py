"""Single faults: each once, at each vendor, with nobody killed.

``python -m benchmarks.strangers.faults [--seed S] [--only TEXT] [--json]``

A case is one fault at one order. Cases of the same fault at different vendors share a film, each in a shot of its own,
so that one run tells of up to seven. After the same command has made the film, or was run five times, each case must
show:

- no second POST of the order after an answer that says nothing about it, unless the first is on record as bought again;
- each job that came about is on record, at its price;
- an outcome on record: done, or open and shown;
- the runs ended in bounded time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.strangers.audit import compare, open_of
from benchmarks.strangers.films import shot
from benchmarks.strangers.galleries import HUNG, MADE, Ended, Film, Gallery, default_command
from benchmarks.strangers.vendors.faults import FAULTS
from benchmarks.strangers.vendors.plan import Plan
from benchmarks.strangers.vendors.server import Server

BOUND = 120.0
"""A run of a film of seven short shots at vendors of 0.2 s must be over by then, at ten times their speed."""
SPEED = 10
RUNS = 5
"""So often the same command is run at most: a rejected key ends all of an account's orders of a run."""
LOSES = "submit.cut-after"
"""What makes film ask a list."""


@dataclass(frozen=True)
class Adapter:
    """One of film's adapters, and how a shot is made to need it.

    Parameters:
        name: The provider's name in shots.json.
        vendor: Whose API it speaks.
        kind: What it makes.
        polls: Whether its jobs are asked after.
        lists: Whether its vendor lists orders.
        keeps: Whether its vendor keeps what was made: what it does not keep may be lost, if that is on record.
    """

    name: str
    vendor: str
    kind: str
    polls: bool = True
    lists: bool = True
    keeps: bool = True


ADAPTERS = (
    Adapter("fal", "fal", "image"),
    Adapter("replicate", "replicate", "image"),
    Adapter("minimax", "fal", "video"),
    Adapter("kling", "fal", "video"),
    Adapter("runway", "runway", "video", lists=False),
    Adapter("openai", "openai", "audio", polls=False, lists=False, keeps=False),
    Adapter("elevenlabs", "elevenlabs", "audio", polls=False),
)
FIELDS = {"image": "image_provider", "video": "video_provider", "audio": "audio_provider"}
USUAL = {"image_provider": "fal", "video_provider": "minimax", "audio_provider": "openai"}


@dataclass
class Outcome:
    """What became of one case.

    Parameters:
        fault: Its name.
        adapter: Where it struck.
        posts: How often the order was sent.
        billed: How often it was charged.
        states: States of its records.
        records: How many of them there are: an intent each.
        seconds: How long the longest run of its film took.
        wrong: What must not be; empty where all is well.
    """

    fault: str
    adapter: str
    posts: int
    billed: int
    states: list[str] = field(default_factory=list[str])
    records: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list[str])


def strikes(adapter: Adapter, fault: str) -> bool:
    """Say whether a fault can strike an adapter.

    Parameters:
        adapter: The adapter.
        fault: The fault's name.
    """
    step = FAULTS[fault].step
    fetched = adapter.polls or not 400 <= FAULTS[fault].status < 500
    return {"submit": fault != "submit.never", "poll": adapter.polls, "list": adapter.lists, "result": fetched}[step]


def script_of(adapter: Adapter, fault: str, tag: str) -> list[dict[str, Any]]:
    """Write the script of one case.

    Parameters:
        adapter: Where the fault strikes.
        fault: Its name.
        tag: The word that stands in the order's text.
    """
    order = {"vendor": adapter.vendor, "match": tag, "kind": adapter.kind}
    if FAULTS[fault].step == "list":
        return [order | {"fault": LOSES}, {"vendor": adapter.vendor, "fault": fault, "times": 3}]
    return [order | {"fault": fault}]


async def film_of(fault: str, seed: int, command: str, keep: Path | None) -> list[Outcome]:
    """Make one film in which a fault strikes each adapter that it can.

    Parameters:
        fault: Its name.
        seed: Where chance comes from.
        command: The film command.
        keep: Where the film is kept if something is wrong.
    """
    rng = random.Random(f"{fault}/{seed}")
    struck = [adapter for adapter in ADAPTERS if strikes(adapter, fault)]
    shots: list[dict[str, Any]] = []
    script: list[dict[str, Any]] = []
    for adapter in struck:
        providers: dict[str, Any] = USUAL | {FIELDS[adapter.kind]: adapter.name}
        made = shot(rng, duration=1, dialogue=None, **providers)
        if adapter.kind == "audio":
            made["dialogue"] = f"Who said {made['shot_id']}?"
        shots.append(made)
        script += script_of(adapter, fault, made["shot_id"])
    folder = Path(tempfile.mkdtemp(prefix="strangers-fault-"))
    plan = Plan({"seed": seed, "speed": SPEED, "vendors": {"*": {"seconds": 0.2}}, "script": script})
    server = Server(folder / "vendors", plan)
    await server.start()
    try:
        return await _made(server, folder, command, fault, struck, Film("single", shots, "budget"), keep)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _made(
    server: Server, folder: Path, command: str, fault: str, struck: list[Adapter], film: Film, keep: Path | None
) -> list[Outcome]:
    gallery = Gallery(folder, server.environment() | {"FILM_SIMULATED_SPEED": str(SPEED)}, command)
    runs: list[Ended] = []
    while len(runs) < RUNS and (not runs or runs[-1].code not in MADE):
        runs.append(await gallery.run(*gallery.making(film, Decimal(20)), patience=BOUND))
    records, lines, posts = await gallery.jobs() or [], server.books.invoice(), server.books.posts()
    outcomes: list[Outcome] = []
    for adapter, made in zip(struck, film.shots, strict=True):
        tag = made["shot_id"]
        mine = [line for line in lines if tag in line.text and line.kind == adapter.kind]
        known = [record for record in records if record["shot_id"] == tag and record["asset_type"] == adapter.kind]
        sent = [post for post in posts if tag in post["text"] and post["kind"] == adapter.kind]
        outcome = Outcome(fault, adapter.name, len(sent), len(mine), [record["state"] for record in known], len(known))
        outcome.seconds = max(run.seconds for run in runs)
        audit = compare(mine, known, {tag})
        if audit.lost or audit.silent:
            outcome.wrong.append(f"{audit.lost + audit.silent} charged and nowhere on record")
        if FAULTS[fault].came and len(sent) > max(1, len(known)):
            outcome.wrong.append(f"sent {len(sent)} times, {len(known)} on record")
        if sent and not known:
            outcome.wrong.append("sent, and no outcome on record")
        elif not sent:
            outcome.wrong.append(f"never ordered in {len(runs)} runs")
        elif not any(record["state"] == "done" or open_of(record) for record in known) and mine and adapter.keeps:
            outcome.wrong.append(f"charged, and neither done nor open: {outcome.states}")
        if any(run.code == HUNG for run in runs):
            outcome.wrong.append(f"not over after {BOUND:g} s")
        outcomes.append(outcome)
    costs: Mapping[str, Any] = await gallery.costs(film) or {}
    audit = compare(lines, records, film.tags)
    audit.ledger = Decimal(str(costs.get("total_cost", 0)))
    if (difference := audit.difference) != 0:
        outcomes[0].wrong.append(f"of the whole film: invoice - (ledger + held) = {difference}")
    if keep and any(outcome.wrong for outcome in outcomes):
        shutil.copytree(folder, keep / f"{fault}-{folder.name}")
    for outcome in outcomes:
        if outcome.wrong:
            print(f"{fault} at {outcome.adapter}: {'; '.join(outcome.wrong)}", file=sys.stderr, flush=True)
    return outcomes


async def every(seed: int, only: str, command: str, parallel: int, keep: Path | None) -> list[Outcome]:
    """Try all faults.

    Parameters:
        seed: Where chance comes from.
        only: A text that a fault's name must have.
        command: The film command.
        parallel: How many films at once.
        keep: Where films are kept in which something is wrong.
    """
    places = asyncio.Semaphore(parallel)

    async def one(fault: str) -> list[Outcome]:
        async with places:
            return await film_of(fault, seed, command, keep)

    made = await asyncio.gather(*(one(fault) for fault in FAULTS if only in fault and fault != "submit.never"))
    return [outcome for outcomes in made for outcome in outcomes]


def main() -> int:
    """Read the command line, try, and tell; 1 where something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.strangers.faults", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only faults with this text in their name")
    parser.add_argument("--film", default=default_command(), help="the film command")
    parser.add_argument("--parallel", type=int, default=2, help="how many films at once")
    parser.add_argument("--keep", type=Path, help="keep films in which something is wrong in this folder")
    parser.add_argument("--json", action="store_true", help="print all outcomes as JSON")
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    outcomes = asyncio.run(every(given.seed, given.only, given.film, given.parallel, given.keep))
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    if given.json:
        print(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    else:
        for outcome in wrong:
            seen = f"sent {outcome.posts}, billed {outcome.billed}, {outcome.states}"
            print(f"{outcome.fault} at {outcome.adapter}: {'; '.join(outcome.wrong)} ({seen})")
    print(f"{len(outcomes)} cases, {len(wrong)} wrong", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
