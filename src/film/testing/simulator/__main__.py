"""``python -m film.testing.simulator``: the vendors in the foreground, and what to export to use them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from film.testing.simulator import Latency, Simulator, serve


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m film.testing.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="a free one unless given")
    parser.add_argument("--speed", type=float, default=20.0, help="how many seconds of a vendor pass in one (20)")
    for kind in ("image", "video", "audio"):
        usual = getattr(Latency, kind)
        parser.add_argument(f"--{kind}", type=float, default=usual, help=f"seconds of theirs for one ({usual:g})")
    parser.add_argument("--spread", type=float, default=0.2, help="how much jobs differ in length, 0 to 1 (0.2)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--concurrency", type=int, default=0, help="jobs at once on an account (no limit)")
    parser.add_argument("--lifetime", type=float, default=3600.0, help="how long results are kept (3600)")
    parser.add_argument("--state", type=Path, help="file in which the vendors' books outlive this server")
    chosen = parser.parse_args(arguments)
    simulator = Simulator(
        latency=Latency(chosen.image, chosen.video, chosen.audio, speed=chosen.speed, spread=chosen.spread),
        seed=chosen.seed,
        concurrency=chosen.concurrency,
        lifetime=chosen.lifetime,
        state=chosen.state,
        port=chosen.port,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(simulator, announce=_say))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
