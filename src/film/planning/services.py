"""Everything a run works with, opened once and handed down: store, database, money, journal, library, workers.

Tests and other front ends open it with doubles in the places they care for; nothing below reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from film.cache import AssetCache
from film.db.session import engine_for
from film.hashing import asset_key
from film.metadata import MetadataIndex
from film.models import AssetRequest
from film.providers.base import ProviderContext
from film.settings import Settings

if TYPE_CHECKING:
    import httpx

    from film.rates import RateCard


LOCAL_WORK = 2 * (os.cpu_count() or 2)
"""Pieces of work on this machine that may be under way: one at work on each core, and one that waits for it."""


@dataclass
class Services:
    """The opened house. ``http`` is there only while a run is in progress."""

    settings: Settings
    engine: Engine
    cache: AssetCache
    index: MetadataIndex
    workers: Executor | None = None
    http: httpx.AsyncClient | None = None

    @cached_property
    def rates(self) -> RateCard:
        from film.rates import RateCard

        return RateCard.load(self.settings)

    @property
    def context(self) -> ProviderContext:
        keys = self.settings.keys
        return ProviderContext(
            keys={name: key.get_secret_value() for name, key in keys.items()},
            base_urls=self.settings.base_urls,
            speeds=self.settings.speeds,
            http=self.http,
            rates=self.rates,
            scratch=self.settings.gallery / "tmp",
            workers=self.workers,
        )

    def key(self, request: AssetRequest) -> str:
        return asset_key(request, salt=self.settings.cache_salt)


@contextmanager
def looking_services(settings: Settings) -> Generator[Services]:
    """For plans, lists and statistics: writes nothing, makes nothing, and works where nothing can be written.

    Where there is no gallery yet, all answers are empty.
    """
    from film.db.looking import empty, look

    engine = look(settings.database_url) or empty()
    try:
        yield _services(settings, engine)
    finally:
        engine.dispose()  # SQLite tidies up beside its file when the last reader leaves


def open_services(settings: Settings, *, whatever: bool = False) -> Services:
    """For work by hand: resolving, repairing. Makes the gallery and its database where there are none.

    StoreError where the gallery says that its database is another one: none is made then. ``whatever`` it says, a
    person has looked.
    """
    if not whatever:
        refuse_another_database(settings)
    services = _services(settings, engine_for(settings.database_url))
    if not whatever and (error := services.cache.identity.trouble(writing=True)):
        raise error
    return services


def refuse_another_database(settings: Settings) -> None:
    """StoreError where the gallery is a library's and there is no database at all: making one would hide that."""
    from film.cache.identity import lost_database
    from film.cache.token import read_token
    from film.db.address import address
    from film.db.looking import exists

    token = read_token(settings.gallery)
    if token and not exists(settings.database_url):
        raise lost_database(settings.gallery, token, address(make_url(settings.database_url)))


def _services(settings: Settings, engine: Engine) -> Services:
    return Services(
        settings=settings,
        engine=engine,
        cache=AssetCache(settings.gallery, engine=engine, settings=settings),
        index=MetadataIndex(engine=engine, settings=settings),
    )


@asynccontextmanager
async def running_services(settings: Settings, *, online: bool) -> AsyncGenerator[Services]:
    """For making: with workers for what keeps a core busy, and one HTTP client if anybody ``online`` is to be asked.

    All of it is closed at the end.
    """
    services = open_services(settings)
    async with AsyncExitStack() as stack:
        services.workers = stack.enter_context(ThreadPoolExecutor(LOCAL_WORK, "film-work"))
        if online:
            from film.providers.http import make_client

            services.http = await stack.enter_async_context(make_client())
        stack.callback(services.cache.close)
        yield services
    services.http = services.workers = None
