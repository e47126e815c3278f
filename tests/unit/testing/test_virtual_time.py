"""Hours in a moment, in order, with timeouts and threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from film.testing.virtual_time import LoopClock, run_virtually


def test_sleepers_wake_in_order_and_at_their_time():
    async def main() -> list[tuple[str, float]]:
        clock, woken = LoopClock(), list[tuple[str, float]]()
        begun = clock.stamp()

        async def sleep(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((name, clock.monotonic()))

        await asyncio.gather(sleep("late", 7200), sleep("early", 0.5), sleep("middle", 60))
        assert (clock.now() - LoopClock.START).total_seconds() == 7200
        assert clock.age(begun) == 7200
        assert clock.age("") is None
        return woken

    assert run_virtually(main()) == [("early", 0.5), ("middle", 60.0), ("late", 7200.0)]


def test_a_thread_is_told_the_loops_time():
    clock = LoopClock()
    with pytest.raises(RuntimeError, match="no loop"):
        clock.now()

    async def main() -> float:
        await clock.sleep(60)
        clock.monotonic()
        return await asyncio.to_thread(clock.monotonic)

    assert run_virtually(main()) == 60


def test_timeouts_come_in_virtual_time_too():
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.sleep(7200)
        return asyncio.get_running_loop().time()

    assert run_virtually(main()) == 3600


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor(1)])
def test_a_threads_work_takes_no_time_and_its_errors_arrive(pool: ThreadPoolExecutor | None):
    async def main() -> int:
        loop = asyncio.get_running_loop()
        asleep = asyncio.create_task(asyncio.sleep(1))
        length = await loop.run_in_executor(pool, len, "four")
        with pytest.raises(ValueError, match="invalid literal"):
            await loop.run_in_executor(pool, int, "x")
        assert loop.time() == 0
        await asleep
        return length

    assert run_virtually(main()) == 4


def test_waiting_for_nothing_is_a_deadlock_and_said_to_be_one():
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="deadlock"):
        run_virtually(main())
