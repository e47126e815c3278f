"""Which shots are under way: enough to keep every provider busy, however long the film is.

    shots in their order ─► a line for each way that shots go ─► so many of each line under way ─► their steps

Shots that start from one another take one place, one after the other.

A way is the providers that a shot still needs, so that a line which waits for a slow provider holds up no shot that
goes elsewhere. Its steps only begin when a shot is let in: a film of ten thousand shots takes the memory of a
hundred of them, and what their results take.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from film.planning.film_order import chains
from film.planning.plan import ShotPlan
from film.planning.services import LOCAL_WORK

AHEAD = 16
"""Shots of a line under way for each job that a provider may have at work: those before the first step
(``film.production.shot_chain.LOOKAHEAD``), those at work, and some that have their picture and wait for a place."""
LEAST = 64

Shoot = Callable[[float, ShotPlan], Awaitable[None]]
"""Make a shot that has this place in the order."""


def window(concurrency: int, cores: int = LOCAL_WORK) -> int:
    """Shots of one line that may be under way, of which so many may be made at once without a vendor."""
    return max(LEAST, AHEAD * concurrency, 2 * cores)


async def shoot_all(shots: Iterable[ShotPlan], shoot: Shoot, *, at_once: int, first: int = 0) -> None:
    """Make ``shots``, which stand in the order in which they are to be made; their places count from ``first``."""
    lines: dict[object, _Line] = {}
    place = first
    for together in chains(shots):
        lines.setdefault(_way(together[0]), _Line(at_once)).waiting.append((place, together))
        place += len(together)
    left = asyncio.Event()

    async def follow(line: _Line, place: float, together: Sequence[ShotPlan]) -> None:
        try:
            for number, shot in enumerate(together):
                await shoot(place + number, shot)
        finally:
            line.room += 1
            left.set()

    async with asyncio.TaskGroup() as under_way:
        while waiting := [line for line in lines.values() if line.waiting]:
            open_lines = [line for line in waiting if line.room]
            if not open_lines:
                left.clear()
                await left.wait()
                continue
            line = min(open_lines, key=lambda line: line.waiting[0][0])
            line.room -= 1
            under_way.create_task(follow(line, *line.waiting.popleft()))


@dataclass(eq=False)
class _Line:
    room: int
    waiting: deque[tuple[float, Sequence[ShotPlan]]] = field(default_factory=deque[tuple[float, "Sequence[ShotPlan]"]])


def _way(shot: ShotPlan) -> object:
    return tuple((row.asset_type, row.ask.provider.name) for row in shot.to_make)
