"""One account, many runs: never more than it allows, in person first, nobody left standing, no place lost."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from film.jobs import Limits
from film.jobs.accounts import PATIENCE, Accounts, Places
from film.providers.base import ProviderContext
from film.testing.doubles import FakeImageProvider, FakeVideoProvider
from film.testing.virtual_time import LoopClock, run_virtually

JOB = 10.0


@dataclass
class Counting:
    """Jobs of ten seconds at one account: how many at once, and who when."""

    places: Places = field(default_factory=Places)
    now: int = 0
    most: int = 0
    began: list[str] = field(default_factory=list[str])

    async def job(self, name: str, allowed: int = 2, *, in_person: bool = False, seconds: float = JOB) -> None:
        async with self.places.place(allowed, in_person=in_person):
            self.now += 1
            self.most = max(self.most, self.now)
            self.began.append(name)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.now -= 1


def test_a_shot_asked_for_in_person_takes_the_next_place_that_falls_free():
    async def main() -> None:
        account = Counting()
        async with asyncio.TaskGroup() as runs:
            for number in range(100):
                runs.create_task(account.job(f"film {number}"))
            await asyncio.sleep(JOB / 2)
            await account.job("in person", in_person=True)
            assert asyncio.get_running_loop().time() == 2 * JOB, "it waits for a job under way, and for no other"
        assert account.began.index("in person") == 2
        assert account.most == 2

    run_virtually(main())


def test_a_film_is_not_kept_waiting_for_ever_by_those_who_ask_in_person():
    async def main() -> None:
        account = Counting()
        async with asyncio.TaskGroup() as runs:
            for number in range(200):
                runs.create_task(account.job("in person", 1, in_person=True))
                if number < 10:
                    runs.create_task(account.job("film", 1))
        films = [at for at, name in enumerate(account.began) if name == "film"]
        assert len(films) == 10
        assert max(later - earlier for earlier, later in itertools.pairwise(films)) <= PATIENCE + 1

    run_virtually(main())


def test_films_take_turns_whatever_their_length():
    async def main() -> None:
        account = Counting()
        async with asyncio.TaskGroup() as runs:
            own = {name: asyncio.Semaphore(3) for name in ("long", "short")}

            async def film(name: str, jobs: int) -> None:
                async def one() -> None:
                    async with own[name]:
                        await account.job(name, 3)

                await asyncio.gather(*(one() for _ in range(jobs)))

            runs.create_task(film("long", 300))
            await asyncio.sleep(3 * JOB)
            await film("short", 30)
            assert asyncio.get_running_loop().time() <= 3 * JOB + 2 * 30 / 3 * JOB + JOB, "half of the places are its"

    run_virtually(main())


@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 30)), min_size=1, max_size=20),
    st.data(),
)
def test_never_more_at_once_than_the_largest_run_may_and_no_place_is_lost(
    asked: list[tuple[int, bool, int]], data: st.DataObject
):
    cancelled = data.draw(st.dictionaries(st.integers(0, len(asked) - 1), st.integers(0, 60)))

    async def main() -> None:
        account = Counting()

        async def come(number: int, allowed: int, in_person: bool, at: int) -> None:
            await asyncio.sleep(at)
            assert account.now <= 4
            async with account.places.place(allowed, in_person=in_person):
                account.now += 1
                assert account.now <= max(allowed for allowed, _, _ in asked)
                try:
                    await asyncio.sleep(JOB)
                finally:
                    account.now -= 1
                account.began.append(str(number))

        tasks = [asyncio.create_task(come(number, *one)) for number, one in enumerate(asked)]
        for number, at in cancelled.items():
            asyncio.get_running_loop().call_later(at, tasks[number].cancel)
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert len(account.began) == sum(end is None for end in ends), "all who stayed had their turn"
        async with asyncio.timeout(JOB), account.places.place(2), account.places.place(2):
            pass

    run_virtually(main())


def test_runs_on_several_threads_share_the_places():
    places, inside, most = Places(), list[int](), list[int]()
    errors: list[BaseException] = []

    async def film() -> None:
        async def job() -> None:
            async with places.place(3):
                inside.append(1)
                most.append(len(inside))
                await asyncio.sleep(0.001)
                inside.pop()

        await asyncio.gather(*(job() for _ in range(50)))

    def thread() -> None:
        try:
            asyncio.run(asyncio.wait_for(film(), 30))
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=thread) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors
    assert len(most) == 200
    assert max(most) <= 3


def test_who_ends_with_his_loop_holds_no_place_for_ever():
    places = Places()

    async def left_behind() -> None:
        async with places.place(1):
            await asyncio.Event().wait()

    async def main() -> None:
        asyncio.create_task(left_behind())  # noqa: RUF006  # its loop ends before it does
        await asyncio.sleep(0)

    asyncio.run(main())

    async def next_one() -> bool:
        async with asyncio.timeout(60), places.place(1):
            return True

    assert asyncio.run(next_one())


def test_other_kinds_keys_and_addresses_are_other_accounts():
    accounts = Accounts()

    def fake(key: str = "k", url: str = "") -> FakeImageProvider:
        return FakeImageProvider(ProviderContext(keys={"fake": key}, base_urls={"fake": url} if url else {}))

    clips = FakeVideoProvider(ProviderContext(keys={"fake": "k"}))
    mine, pause = accounts.queue(fake()), accounts.pause(fake())
    assert accounts.queue(fake()) is mine
    assert mine not in [accounts.queue(other) for other in (fake("another"), fake(url="http://127.0.0.1:1"), clips)]
    assert accounts.pause(clips) is pause, "what a vendor says of an account holds for all that is asked of it"
    assert accounts.pause(fake("another")) is not pause


def limits_of(accounts: Accounts, **options: Any) -> Limits:
    return Limits(clock=LoopClock(), accounts=accounts, **options)


def test_a_pause_holds_back_every_run_and_is_forgotten_with_the_last():
    async def main() -> None:
        accounts, provider = Accounts(), FakeImageProvider()
        one, other = limits_of(accounts), limits_of(accounts)
        one.pause(provider, 30)
        assert other.paused(provider) == 30
        del one
        assert limits_of(accounts).paused(provider) == 30
        del other
        gc.collect()
        assert limits_of(accounts).paused(provider) == 0

    run_virtually(main())


class Paced(FakeImageProvider):
    orders_a_minute = 60


def test_runs_share_the_orders_a_minute_and_who_asks_in_person_has_the_next_turn():
    async def main() -> None:
        accounts, sent = Accounts(), list[tuple[float, str]]()
        film, person = limits_of(accounts, default=8), limits_of(accounts, default=8, in_person=True)

        async def order(limits: Limits, name: str) -> None:
            async with limits.slot(Paced()), limits.gate(Paced()):
                sent.append((asyncio.get_running_loop().time(), name))

        async with asyncio.TaskGroup() as orders:
            for _ in range(50):
                orders.create_task(order(film, "film"))
            await asyncio.sleep(10.5)
            await order(person, "in person")
        times = [at for at, _ in sent]
        assert all(later - earlier >= 0.999 for earlier, later in itertools.pairwise(times))
        (at,) = (at for at, name in sent if name == "in person")
        assert at <= 10.5 + 6, "only the orders that were being sent go before it, and one more while it had no place"

    run_virtually(main())


def test_a_run_fills_its_own_places_in_film_order_and_lends_what_it_does_not_need():
    async def main() -> None:
        accounts, began = Accounts(), list[float]()
        film, other = limits_of(accounts, default=2), limits_of(accounts, default=3)
        now = most = 0

        async def job(limits: Limits, order: float) -> None:
            nonlocal now, most
            async with limits.slot(FakeVideoProvider(), order):
                now += 1
                most = max(most, now)
                began.append(order)
                await asyncio.sleep(JOB)
                now -= 1

        async with asyncio.TaskGroup() as jobs:
            for order in (5, 4, 3, 2, 1):
                jobs.create_task(job(film, order))
            for _ in range(4):
                jobs.create_task(job(other, 9))
        assert most == 3, "as many as the run that may have most"
        assert [order for order in began if order < 9] == [5, 4, 1, 2, 3]

    run_virtually(main())
