"""Places by order, pauses by account, and intervals that fit the job."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.errors import OutOfCredit
from film.jobs import Limits
from film.jobs.limits import MAX_PAUSE, PriorityLimiter
from film.jobs.pace import PollPace, backoff
from film.jobs.unbroken import unbroken
from film.models import Generated
from film.providers.base import BaseImageProvider, BaseProvider, ImageConfig, ProviderContext
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVideoProvider, ManualClock


class Busy:
    """Counts who is in, and remembers in which order they came."""

    def __init__(self, limiter: PriorityLimiter) -> None:
        self.limiter, self.now, self.most, self.came = limiter, 0, 0, list[float]()

    async def work(self, order: float) -> None:
        async with self.limiter.place(order):
            self.now += 1
            self.most = max(self.most, self.now)
            self.came.append(order)
            try:
                for _ in range(3):
                    await asyncio.sleep(0)
            finally:
                self.now -= 1


def test_no_more_than_there_are_places_and_the_lowest_order_first():
    async def main() -> Busy:
        busy = Busy(PriorityLimiter(2))
        await asyncio.gather(*(busy.work(order) for order in (9, 8, 3, 7, 1, 5)))
        return busy

    busy = asyncio.run(main())
    assert busy.most == 2
    assert busy.came == [9, 8, 1, 3, 5, 7]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.data())
def test_cancelled_waiters_lose_no_place(orders: list[int], data: st.DataObject):
    cancelled = data.draw(st.sets(st.integers(0, len(orders) - 1)))
    turns = data.draw(st.integers(0, 12))

    async def main() -> int:
        limiter = PriorityLimiter(2)
        busy = Busy(limiter)
        tasks = [asyncio.create_task(busy.work(order)) for order in orders]
        for _ in range(turns):
            await asyncio.sleep(0)
        for number in cancelled:
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(60), limiter.place(), limiter.place():
            return busy.most

    assert asyncio.run(main()) <= 2


def test_a_limiter_without_places_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        PriorityLimiter(0)


def test_pauses_and_closings_are_the_accounts_and_places_the_providers():
    clock = ManualClock()
    limits = Limits(clock=clock)
    image, video = FakeImageProvider(), FakeVideoProvider()
    assert limits.pause(image, 30) == 30
    assert limits.paused(video) == 30
    limits.pause(video, 5)
    assert limits.paused(image) == 30, "a shorter pause does not shorten a longer one"
    assert limits.pause(image, 10_000) == MAX_PAUSE
    limits.close(image, OutOfCredit("first"))
    limits.close(video, OutOfCredit("second"))
    with pytest.raises(OutOfCredit, match="first"):
        limits.check(video)


def test_who_waited_out_a_pause_goes_on_apart_from_the_others():
    clock = ManualClock()
    limits, provider, went_on = Limits(clock=clock), FakeImageProvider(), list[float]()

    async def wait() -> None:
        await limits.unpaused(provider)
        went_on.append(clock.monotonic())

    async def main() -> None:
        limits.pause(provider, 30)
        await asyncio.gather(*(wait() for _ in range(20)))

    asyncio.run(main())
    assert all(30 <= moment <= 36 for moment in went_on)
    assert len(set(went_on)) > 10


class Counter(FakeImageProvider):
    orders_a_minute = 120


def orders_sent(provider: BaseProvider, number: int) -> list[float]:
    """When orders that all come at once are let through."""
    clock = ManualClock()
    limits, moments = Limits(clock=clock), list[float]()

    async def order() -> None:
        async with limits.gate(provider):
            moments.append(clock.monotonic())

    async def main() -> None:
        await asyncio.gather(*(order() for _ in range(number)))

    asyncio.run(main())
    return moments


def test_orders_are_sent_as_far_apart_as_the_vendor_takes_them():
    assert orders_sent(Counter(), 6) == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])
    assert orders_sent(FakeImageProvider(), 6) == [0] * 6
    simulated = Counter(ProviderContext(speeds={"fake": 10}))
    assert orders_sent(simulated, 3) == pytest.approx([0, 0.05, 0.1])


def test_one_kind_of_job_does_not_hold_up_another_of_the_account():
    async def main() -> None:
        limits = Limits({"fake": 1})
        async with asyncio.timeout(60), limits.slot(FakeImageProvider()), limits.slot(FakeVideoProvider()):
            pass

    asyncio.run(main())


def places(limits: Limits, door: str, provider: BaseProvider) -> int:
    """How many get in at once."""

    async def main() -> int:
        inside = 0

        async def enter() -> None:
            nonlocal inside
            async with getattr(limits, door)(provider):
                inside += 1
                await asyncio.Event().wait()

        visitors = [asyncio.create_task(enter()) for _ in range(100)]
        for _ in range(10):
            await asyncio.sleep(0)
        for visitor in visitors:
            visitor.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)
        return inside

    return asyncio.run(main())


class QueueingProvider(FakeImageProvider):
    queues = True


class DirectProvider(BaseImageProvider):
    name = "direct"

    def estimate_cost(self, config: ImageConfig) -> Decimal:
        return Decimal(0)

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        raise NotImplementedError


@pytest.mark.parametrize(("at_work", "sent"), [(1, 2), (3, 4), (16, 20), (64, 80)])
def test_a_vendor_with_a_line_of_its_own_gets_a_quarter_more_to_put_into_it(at_work: int, sent: int):
    assert places(Limits(default=at_work), "slot", QueueingProvider()) == sent
    assert places(Limits(default=at_work), "slot", FakeImageProvider()) == at_work


@pytest.mark.parametrize("provider", [FakeAudioProvider(), DirectProvider()])
def test_orders_that_are_answered_with_the_result_are_held_back_by_places_alone(provider: BaseProvider):
    assert places(Limits(default=16), "gate", provider) == 16
    assert places(Limits(default=16), "gate", FakeImageProvider()) == 4, "a crash leaves few orders unanswered"


@given(st.floats(1, 600), st.floats(0.5, 10))
def test_polls_are_few_never_below_the_floor_and_close_to_the_end(usual: float, floor: float):
    pace = PollPace(usual, floor, dice=random.Random(0))
    polls, elapsed = 0, 0.0
    while elapsed < pace.usual:
        wait = pace.wait(elapsed)
        assert wait >= floor
        elapsed, polls = elapsed + wait, polls + 1
    assert polls <= 16
    assert elapsed - pace.usual <= max(1.1 * floor, 0.11 * pace.usual)
    assert pace.deadline >= 900


def test_a_pace_leans_towards_what_it_sees():
    pace = PollPace(60, 1)
    for _ in range(24):
        pace.observed(6)
    assert pace.usual == pytest.approx(6, rel=0.1)
    pace.observed(0.001)
    assert pace.usual >= 1


def test_backoff_doubles_and_heeds_the_vendor_up_to_two_minutes():
    assert [backoff(n) for n in (1, 2, 3)] == [1, 2, 4]
    assert backoff(1, 30) == 30
    assert backoff(20) == backoff(1, 1e9) == MAX_PAUSE


def test_unbroken_work_ends_before_its_caller_is_cancelled():
    async def main() -> list[str]:
        said: list[str] = []

        async def work() -> None:
            await asyncio.sleep(0.01)
            said.append("done")

        task = asyncio.create_task(unbroken(work()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return said

    assert asyncio.run(main()) == ["done"]


def test_unbroken_work_tells_its_result_and_its_error():
    async def fails() -> int:
        raise OSError("disk")

    assert asyncio.run(unbroken(asyncio.sleep(0, 7))) == 7
    with pytest.raises(OSError, match="disk"):
        asyncio.run(unbroken(fails()))
