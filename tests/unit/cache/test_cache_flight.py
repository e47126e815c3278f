"""One maker a key, whatever tasks and threads do: wait, fail, are cancelled, or do not want the cache."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from cache_kit import key, overwrite
from sqlalchemy import Engine

from film.cache import AssetCache, CachedAsset, NewResult
from film.errors import ProviderRefused

Obtained = tuple[CachedAsset, bool]


class Maker:
    """Counts how often it is called; what it makes waits until ``open`` is set."""

    def __init__(self, data: bytes = b"made") -> None:
        self.data = data
        self.calls = 0
        self.begun = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self) -> NewResult:
        self.calls += 1
        self.begun.set()
        await self.open.wait()
        return NewResult("image/png", data=self.data, cost=Decimal("0.05"))


def obtain(
    cache: AssetCache, name: str, make: Callable[[], Awaitable[NewResult]], **options: bool
) -> asyncio.Task[Obtained]:
    return asyncio.ensure_future(cache.obtain(key(name), kind="image", provider="fal", make=make, **options))


def ready(data: bytes = b"made") -> Callable[[], Awaitable[NewResult]]:
    async def make() -> NewResult:
        return NewResult("image/png", data=data)

    return make


async def never() -> NewResult:
    raise AssertionError("it is there: nothing is to be made")


def test_tasks_that_want_one_result_make_it_once(cache: AssetCache) -> None:
    async def main() -> None:
        make = Maker()
        tasks = [obtain(cache, "a", make) for _ in range(50)]
        await make.begun.wait()
        make.open.set()
        results = await asyncio.gather(*tasks)
        assert make.calls == 1
        assert sorted(hit for _, hit in results) == [False] + [True] * 49
        assert len({asset.sha256 for asset, _ in results}) == 1
        assert (await obtain(cache, "a", never))[1]

    asyncio.run(main())
    stats = cache.get_cache_stats()
    assert (stats["hits"], stats["misses"]) == (50, 1)
    assert stats["total_cost_saved_usd"] == Decimal("2.50")


def test_threads_with_loops_of_their_own_make_it_once(cache: AssetCache) -> None:
    calls: list[int] = []
    together = threading.Barrier(8)

    async def make() -> NewResult:
        calls.append(1)
        await asyncio.sleep(0.01)
        return NewResult("image/png", data=b"made")

    def work(_: int) -> list[bool]:
        async def main() -> list[bool]:
            return [(await cache.obtain(key(str(n)), kind="image", provider="fal", make=make))[1] for n in range(20)]

        together.wait()
        return asyncio.run(main())

    with ThreadPoolExecutor(8) as pool:
        hits = [hit for some in pool.map(work, range(8)) for hit in some]
    assert len(calls) == 20
    assert hits.count(False) == 20


def test_two_caches_on_one_gallery_make_it_once(cache: AssetCache, engine: Engine) -> None:
    """As two processes would: they share nothing but files and database."""

    async def main() -> None:
        with AssetCache(cache.gallery, engine=engine) as other:
            make = Maker()
            first = obtain(cache, "a", make)
            await make.begun.wait()
            second = obtain(other, "a", never)
            await asyncio.sleep(0.1)
            make.open.set()
            assert not (await first)[1]
            assert (await second)[1]
            assert (await second)[0].sha256 == (await first)[0].sha256

    asyncio.run(main())


def test_a_file_may_be_made_too(cache: AssetCache) -> None:
    async def make() -> NewResult:
        path = cache.temporary(".mp4")
        path.write_bytes(b"a clip")
        return NewResult("video/mp4", path=path, details={"frames": 120})

    async def main() -> None:
        asset, hit = await obtain(cache, "a", make)
        assert not hit
        assert asset.path.read_bytes() == b"a clip"
        assert asset.details == {"frames": 120}

    asyncio.run(main())


def test_a_makers_error_reaches_all_who_wait_and_the_next_one_may_try(cache: AssetCache) -> None:
    async def main() -> None:
        begun, go = asyncio.Event(), asyncio.Event()

        async def refuse() -> NewResult:
            begun.set()
            await go.wait()
            raise ProviderRefused("not that", hint="change the prompt")

        tasks = [obtain(cache, "a", refuse) for _ in range(5)]
        await begun.wait()
        await asyncio.sleep(0.02)
        go.set()
        errors = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(error) for error in errors] == [ProviderRefused] * 5
        assert len({id(error) for error in errors}) == 1  # one attempt
        assert not (await obtain(cache, "a", ready()))[1]

    asyncio.run(main())


def test_a_makers_error_stays_in_its_process_and_others_try_at_once(cache: AssetCache, engine: Engine) -> None:
    async def main() -> None:
        with AssetCache(cache.gallery, engine=engine) as other:
            begun, go = asyncio.Event(), asyncio.Event()

            async def refuse() -> NewResult:
                begun.set()
                await go.wait()
                raise ProviderRefused("no credit here")

            first = obtain(cache, "a", refuse)
            await begun.wait()
            second = obtain(other, "a", ready())
            await asyncio.sleep(0.05)
            go.set()
            with pytest.raises(ProviderRefused):
                await first
            assert not (await second)[1]

    asyncio.run(main())


def test_a_cancelled_waiter_disturbs_nobody(cache: AssetCache) -> None:
    async def main() -> None:
        make = Maker()
        tasks = [obtain(cache, "a", make) for _ in range(3)]
        await make.begun.wait()
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        await asyncio.sleep(0)
        make.open.set()
        first, second, third = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(second, asyncio.CancelledError)
        assert not isinstance(first, BaseException)
        assert not isinstance(third, BaseException)
        assert (first[1], third[1]) == (False, True)
        assert make.calls == 1

    asyncio.run(main())


def test_when_the_maker_is_cancelled_a_waiter_becomes_the_maker(cache: AssetCache) -> None:
    async def main() -> None:
        first, second = Maker(), Maker(b"made by the second")
        second.open.set()
        making = obtain(cache, "a", first)
        await first.begun.wait()
        waiting = obtain(cache, "a", second)
        await asyncio.sleep(0.02)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        asset, hit = await waiting
        assert not hit
        assert asset.path.read_bytes() == b"made by the second"

    asyncio.run(main())


@pytest.mark.parametrize("pause", [0, 0.001, 0.003, 0.006, 0.01, 0.02])
def test_cancelled_at_any_moment_nothing_stays_claimed(cache: AssetCache, engine: Engine, pause: float) -> None:
    async def main() -> None:
        make = Maker()
        tasks = [obtain(cache, str(n), make) for n in range(10)]
        await asyncio.sleep(pause)
        for task in tasks:
            task.cancel()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with AssetCache(cache.gallery, engine=engine) as other:
            for n in range(10):
                assert other.claim(key(str(n)), owner="me", kind="image", provider="fal") == "mine"

    asyncio.run(main())


def test_without_the_cache_nobody_is_asked_or_joined_and_the_entry_is_replaced(cache: AssetCache) -> None:
    async def main() -> None:
        await obtain(cache, "a", ready(b"old"))
        make = Maker(b"slow")
        flying = obtain(cache, "b", make)
        await make.begun.wait()
        for name in "ab":
            asset, hit = await obtain(cache, name, ready(b"fresh"), use_cache=False)
            assert not hit
            assert asset.path.read_bytes() == b"fresh"
        make.open.set()
        await flying
        for name in "ab":
            asset, hit = await obtain(cache, name, never)
            assert hit
            assert asset.path.read_bytes() == b"fresh"

    asyncio.run(main())


def test_a_rotten_result_is_made_again_in_the_same_run(cache: AssetCache, engine: Engine) -> None:
    async def main() -> None:
        asset, _ = await obtain(cache, "a", ready())
        overwrite(asset.path, b"mude")
        again, hit = await obtain(cache, "a", ready())
        assert not hit
        assert again.path.read_bytes() == b"made"

    asyncio.run(main())


# -- claims


def test_a_claim_is_one_owners_until_its_lease_is_over(cache: AssetCache) -> None:
    claim = {"kind": "image", "provider": "fal"}
    assert cache.claim(key("a"), owner="one", **claim) == "mine"
    assert cache.claim(key("a"), owner="two", **claim) == "wait"
    assert cache.renew(key("a"), owner="one")
    assert not cache.renew(key("a"), owner="two")
    assert cache.renew(key("a"), owner="one", lease=timedelta(seconds=-1))
    assert cache.claim(key("a"), owner="two", **claim) == "mine"
    assert not cache.renew(key("a"), owner="one")
    assert not cache.abandon(key("a"), owner="one")
    assert cache.abandon(key("a"), owner="two")
    assert cache.claim(key("a"), owner="three", **claim) == "mine"
    made = cache.publish(key("a"), NewResult("image/png", data=b"x"), owner="three", **claim)
    assert cache.claim(key("a"), owner="four", **claim) == "ready"
    assert cache.get(key("a")) == made


def test_who_lost_the_claim_does_not_replace_what_was_published_since(cache: AssetCache) -> None:
    claim = {"kind": "image", "provider": "fal"}
    cache.claim(key("a"), owner="slow", lease=timedelta(seconds=-1), **claim)
    cache.claim(key("a"), owner="quick", **claim)
    quick = cache.publish(key("a"), NewResult("image/png", data=b"quick"), owner="quick", **claim)
    assert cache.publish(key("a"), NewResult("image/png", data=b"slow"), owner="slow", **claim) == quick
    cache.claim(key("b"), owner="slow", lease=timedelta(seconds=-1), **claim)
    cache.claim(key("b"), owner="quick", **claim)
    slow = cache.publish(key("b"), NewResult("image/png", data=b"slow"), owner="slow", **claim)  # first after all
    assert cache.get(key("b")) == slow


def test_leases_are_renewed_while_the_loop_is_busy(engine: Engine, cache: AssetCache) -> None:
    with AssetCache(cache.gallery, engine=engine, lease=timedelta(seconds=1.5)) as short:

        async def make() -> NewResult:
            threading.Event().wait(2)  # nothing else runs in this loop
            claim = await asyncio.to_thread(cache.claim, key("a"), owner="thief", kind="image", provider="fal")
            assert claim == "wait"
            return NewResult("image/png", data=b"made")

        asyncio.run(short.obtain(key("a"), kind="image", provider="fal", make=make))
        assert short._flights._keeper._held == {}
