"""Two machines, one library: two galleries, one database, one bucket, and a collection that runs while both work."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, select, update

from film.cache import AssetCache
from film.cache.bucket import Bucket
from film.db.base import now
from film.db.tables import Action, Blob


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def test_while_one_collects_the_other_puts_the_same_bytes_again(engine: Engine, tmp_path: Path) -> None:
    """The moment of danger: bytes lie in the bucket, so are not sent again, and go before their row is there."""
    url = (tmp_path / "bucket").as_uri()
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(AssetCache(tmp_path / name, engine=engine, bucket=Bucket(url)))
            for name in ("one", "two")
        )

        def put(number: int, cache: AssetCache) -> None:
            cache.put(key(number), kind="image", provider="p", mime="image/png", data=str(number % 40).encode())

        for number in range(40):
            put(number, one)
        for _ in range(3):
            then = now() - timedelta(days=40)
            with engine.begin() as db:
                old = select(Action.blob_sha256).where(Action.blob_sha256.is_not(None))
                db.execute(update(Action).values(created_at=then, last_used_at=then))
                db.execute(update(Blob).where(Blob.sha256.in_(old)).values(created_at=then, quarantined_at=then))
            with ThreadPoolExecutor(4) as pool:
                work = [pool.submit(one.collect, []), pool.submit(two.collect, [])]
                work += [pool.submit(put, number, two) for number in range(40, 60)]
                work += [pool.submit(put, number, one) for number in range(60, 80)]
                for done in work:
                    done.result()
            with ExitStack() as rest:
                fresh = rest.enter_context(AssetCache(tmp_path / "third", engine=engine, bucket=Bucket(url)))
                assert fresh.verify().is_good
                found = fresh.get_many(map(key, range(40, 80)))
                assert {int(asset.path.read_text()) for asset in found.values()} == set(range(40))
                assert fresh.problems == one.problems == two.problems == []
