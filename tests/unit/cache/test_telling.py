"""Every lookup is a line of the logger ``film.cache``, whoever asks, and nothing is printed by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from film.cache import AssetCache, NewResult
from film.cache.telling import asking_for

A, B = "a" * 64, "b" * 64


@pytest.fixture
def cache(tmp_path: Path, library_engine: Engine) -> Iterator[AssetCache]:
    with AssetCache(tmp_path / "gallery", engine=library_engine) as opened:
        yield opened


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record.getMessage() for record in caplog.records if record.name == "film.cache"]
    caplog.clear()
    return found


def test_hits_and_misses_are_told_with_what_they_saved(cache: AssetCache, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "film.cache")
    cache.put(A, kind="image", provider="fal", mime="image/png", data=b"a", cost=Decimal("0.003"))
    assert lines(caplog) == []
    cache.get(A)
    cache.get(B, kind="video", provider="minimax")
    cache.get_many([A, B], kind="audio", provider="openai")
    assert lines(caplog) == [
        f"hit  image {A[:16]} of fal, saved $0.003",
        f"miss video {B[:16]} of minimax",
        f"hit  image {A[:16]} of fal, saved $0.003",
        f"miss audio {B[:16]} of openai",
    ]


def test_the_shot_that_asks_is_named_in_its_own_task(cache: AssetCache, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "film.cache")

    async def make() -> NewResult:
        await asyncio.sleep(0)
        return NewResult("video/mp4", data=b"clip", cost=Decimal("0.27"))

    async def ask(shot: str) -> None:
        with asking_for(shot):
            await cache.obtain(B, kind="video", provider="minimax", make=make)

    async def both() -> None:
        await asyncio.gather(ask("shot_001"), ask("shot_002"))

    asyncio.run(both())
    told = lines(caplog)
    assert sorted(told) == [
        f"hit  video {B[:16]} of minimax for shot_002, saved $0.27",
        f"miss video {B[:16]} of minimax for shot_001",
    ]
    stats = cache.get_cache_stats()
    assert (stats["hits"], stats["misses"]) == (1, 1), "a line for each that is counted"


def test_nothing_is_printed_unless_somebody_configures_logging(
    cache: AssetCache, capfd: pytest.CaptureFixture[str]
) -> None:
    cache.get(B, kind="video", provider="minimax")
    assert capfd.readouterr() == ("", "")
