"""Ctrl-C while runs go on beside each other: it is all of theirs, and the program's own again once the last is over."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from film.production.stop import Stop, on_interrupt

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to oneself alone on Windows")


async def press(*stops: Stop) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    while not all(stop.is_set() for stop in stops):
        await asyncio.sleep(0.001)


def test_one_press_stops_all_runs_of_a_program() -> None:
    told = list[str]()

    async def two() -> None:
        first, second = Stop(), Stop()
        with on_interrupt(first, lambda: told.append("first")), on_interrupt(second, lambda: told.append("second")):
            await asyncio.wait_for(press(first, second), 30)

    asyncio.run(two())
    assert told == ["first", "second"]


def test_a_run_that_ends_leaves_the_others_theirs() -> None:
    async def two() -> None:
        short, long = Stop(), Stop()
        one = on_interrupt(short, lambda: None)
        one.__enter__()
        with on_interrupt(long, lambda: None):
            one.__exit__(None, None, None)
            await asyncio.wait_for(press(long), 30)
        assert not short.is_set()

    asyncio.run(two())


def test_afterwards_it_is_whose_it_was_before() -> None:
    async def one() -> None:
        before = signal.getsignal(signal.SIGINT)
        with on_interrupt(Stop(), lambda: None):
            assert signal.getsignal(signal.SIGINT) is not before
        assert signal.getsignal(signal.SIGINT) is before

    asyncio.run(one())
