"""Run the vendors: ``python -m benchmarks.strangers.vendors --port 0 --state DIR [--plan plan.json]``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from pathlib import Path

from benchmarks.strangers.vendors.faults import FAULTS
from benchmarks.strangers.vendors.plan import Plan
from benchmarks.strangers.vendors.server import Server


def describe() -> str:
    """Give the table of faults for README.md."""
    rows = ["| fault | the job came about | answer | an example of |", "|---|---|---|---|"]
    for name, fault in FAULTS.items():
        came = ("yes" if fault.came else "no") if fault.step == "submit" else ""
        answer = f"{fault.status or 'connection ends'}{'' if fault.body == 'json' else ', ' + fault.body}"
        rows.append(f"| `{name}`{'' if fault.drawn else '*'} | {came} | {answer} | {fault.note} |")
    return "\n".join(rows)


async def serve(port: int, state: Path, plan: Plan) -> None:
    """Run until ended.

    Parameters:
        port: Where to listen; 0 for a free one.
        state: Where the invoice is kept.
        plan: What the vendors do.
    """
    server = await Server(state, plan, port).start()
    for name, value in server.environment().items():
        print(f"export {name}={value}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.strangers.vendors", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where to listen; 0 for a free port")
    parser.add_argument("--state", type=Path, help="where the invoice is kept")
    parser.add_argument("--plan", type=Path, help="what the vendors do, as JSON")
    parser.add_argument("--describe", action="store_true", help="print the table of faults and end")
    given = parser.parse_args()
    if given.describe:
        print(describe())
        return
    if given.state is None:
        parser.error("--state is needed: the folder of the invoice")
    plan = Plan(json.loads(given.plan.read_text("utf-8")) if given.plan else {})
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, given.state, plan))


if __name__ == "__main__":
    main()
