"""A cache on each database, and results to put into it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from cache_kit import Put, key
from sqlalchemy import Engine

from film.cache import AssetCache, CachedAsset


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
