"""Many processes at one budget: run as a program, it forks them, and answers with a line of JSON.

They inherit an engine that has been used, as workers do, and must not share its connections.

contenders.py reserve URL PROCESSES    each reserves, and settles or releases some of it, until its share is done
contenders.py naive   URL PROCESSES    the same purchase by check-then-record, which loses the race
contenders.py killed  URL PROCESSES    each goes on until it is killed; the dead are replaced for a while
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from film.cost_tracker import CostTracker, ReservationRequest
from film.db.session import make_engine
from film.errors import BudgetExceededError
from film.settings import Settings

LIMIT = Decimal(10)
EACH = Decimal("0.25")
TRIES = 4
KILLS = 24


def tracker(url: str) -> CostTracker:
    settings = Settings(gallery=Path.cwd(), database_url=url)
    costs = CostTracker("contended", LIMIT, engine=make_engine(url), settings=settings)
    reserve_one(costs, "warm")
    return costs


def reserve(costs: CostTracker, number: int) -> None:
    """64 × 4 × $0.25 is asked for, $10 is there. Every third is released and so asked for again by somebody."""
    for turn in range(TRIES):
        try:
            [held] = costs.reserve([ReservationRequest(f"{number}/{turn}", EACH)])
        except BudgetExceededError:
            continue
        if (number + turn) % 3:
            costs.mark_submitted(held)
            costs.settle(held, EACH - Decimal("0.01"))
        else:
            costs.release(held)


def naive(costs: CostTracker, number: int) -> None:
    for _ in range(TRIES):
        with costs.engine.begin() as connection:
            spent = connection.execute(text("SELECT coalesce(sum(micros), 0) FROM naive")).scalar_one()
        if Decimal(int(spent)) / 1_000_000 + EACH <= LIMIT:
            time.sleep(0.005)  # the purchase
            with costs.engine.begin() as connection:
                connection.execute(text("INSERT INTO naive VALUES (:m)"), {"m": int(EACH * 1_000_000)})


def until_killed(costs: CostTracker, number: int) -> None:
    turn = 0
    while True:
        turn += 1
        reserve_one(costs, f"{os.getpid()}/{turn}")


def reserve_one(costs: CostTracker, name: str) -> None:
    items = [ReservationRequest(f"{name}/{n}", Decimal("0.000010")) for n in range(3)]
    first, second, third = costs.reserve(items)
    costs.mark_submitted(first)
    costs.settle(first, Decimal("0.000012"))
    costs.release(second)
    costs.mark_unknown(third)
    costs.resolve(third, Decimal("0.000001"))


def forked(work: Callable[[CostTracker, int], None], costs: CostTracker, number: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(costs, number)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write(f"{error!r}\n")
        sys.stderr.flush()
        os._exit(1)


def race(work: Callable[[CostTracker, int], None], costs: CostTracker, processes: int) -> dict[str, int]:
    children = [forked(work, costs, n) for n in range(processes)]
    failed = [c for c in children if os.waitstatus_to_exitcode(os.waitpid(c, 0)[1])]
    return {"processes": processes, "failed": len(failed)}


def slaughter(costs: CostTracker, processes: int) -> dict[str, int]:
    chance = random.Random(5)
    children = [forked(until_killed, costs, n) for n in range(processes)]
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.12))
        victim = chance.randrange(processes)
        kill(children[victim])
        children[victim] = forked(until_killed, costs, victim)
    for child in children:
        kill(child)
    return {"processes": processes, "killed": KILLS + processes}


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        raise SystemExit("a contender failed before it was killed")


if __name__ == "__main__":
    mode, costs, processes = sys.argv[1], tracker(sys.argv[2]), int(sys.argv[3])
    ways = {"reserve": reserve, "naive": naive}
    json.dump(slaughter(costs, processes) if mode == "killed" else race(ways[mode], costs, processes), sys.stdout)
