"""A cache on each database, and results to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from cache_kit import House, Put, key
from sqlalchemy import Engine

from film.cache import AssetCache, Bucket, CachedAsset
from film.testing.s3 import S3Server


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    return tmp_path / "gallery"


@pytest.fixture
def cache(engine: Engine, gallery: Path) -> Iterator[AssetCache]:
    with AssetCache(gallery, engine=engine) as cache:
        yield cache


@pytest.fixture
def put(cache: AssetCache) -> Put:
    """Store some bytes as the result of a name's key."""

    def put(name: str, data: bytes = b"a picture", cost: str = "0.003") -> CachedAsset:
        return cache.put(
            key(name), kind="image", provider="fal", mime="image/png", data=data, cost=Decimal(cost), details={"w": 1}
        )

    return put


@pytest.fixture(params=["folder", "s3"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param == "folder":
        yield House(tmp_path, Bucket((tmp_path / "bucket").as_uri()))
        return
    with S3Server() as s3:
        yield House(tmp_path, Bucket(s3.url, s3.options))
