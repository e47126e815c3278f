"""The clock of the doubles: in order, only when nobody is busy, and deaf to the wall clock where it should be."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from film.testing.doubles import ManualClock


def test_sleepers_wake_in_order_and_nobody_waits_for_real():
    async def main() -> tuple[list[str], float]:
        clock, woke = ManualClock(), list[str]()

        async def sleeper(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woke.append(f"{name} {clock.monotonic():g}")

        await asyncio.gather(sleeper("c", 86_400), sleeper("a", 1), sleeper("b", 1), sleeper("d", 90_000))
        return woke, clock.monotonic()

    assert asyncio.run(main()) == (["a 1", "b 1", "c 86400", "d 90000"], 90_000)


def test_time_stands_until_it_is_told_to_pass():
    async def main() -> list[float]:
        clock, woke = ManualClock(runs=False), list[float]()

        async def sleeper(seconds: float) -> None:
            await clock.sleep(seconds)
            woke.append(clock.monotonic())

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (5, 10, 20)]
        await clock.advance(12)
        seen = list(woke)
        assert clock.monotonic() == 12
        await clock.advance(100)
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(main()) == [5, 10]


def test_putting_the_wall_clock_right_moves_no_deadline():
    clock = ManualClock()
    before = clock.now(), clock.monotonic()
    clock.put(-86_400)
    assert clock.now() - before[0] == timedelta(days=-1)
    assert clock.monotonic() == before[1]


def test_a_cancelled_sleeper_does_not_stop_the_clock():
    async def main() -> float:
        clock = ManualClock()
        tired = asyncio.create_task(clock.sleep(5))
        await asyncio.sleep(0)
        tired.cancel()
        await clock.sleep(10)
        return clock.monotonic()

    assert asyncio.run(main()) == 10
