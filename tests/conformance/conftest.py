"""The simulated vendors, and what our own adapters order from them: the measure for what the vendors' SDKs order."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from orders import KEY, PICTURE, Order

from film.models import AssetType
from film.providers.base import JobProvider, ProviderContext
from film.providers.http import make_client
from film.providers.registry import make_provider
from film.testing.simulator import Latency, Simulator, SimulatorThread
from film.testing.simulator.books import SimulatedJob


@pytest.fixture(scope="session", autouse=True)
def sdks_leave_connections_open() -> Iterator[None]:
    """Some SDKs have no way of closing: what they left open goes here, and not as a warning after the last test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with SimulatorThread(latency=Latency(speed=100)) as simulator:
        yield simulator


@pytest.fixture
def ordered_by_us(simulator: Simulator) -> Order:
    """Let an adapter send an order; what the vendor has on its books then."""

    def order(kind: AssetType, name: str, config: Any) -> SimulatedJob:
        async def submit() -> None:
            async with make_client() as http:
                urls = simulator.base_urls()
                context = ProviderContext(keys=dict.fromkeys(urls, KEY), base_urls=urls, http=http)
                provider = make_provider(kind, name, context)
                assert isinstance(provider, JobProvider)
                await provider.submit(config, image_url=PICTURE if kind is AssetType.VIDEO else None)

        asyncio.run(submit())
        return simulator.books.jobs()[-1]

    return order


@pytest.fixture
def ordered_alike(simulator: Simulator) -> Callable[[SimulatedJob], SimulatedJob]:
    """Assert that the newest job equals the one of ours: one POST, to the same endpoint, with the same body."""

    def compare(ours: SimulatedJob) -> SimulatedJob:
        theirs = simulator.books.jobs()[-1]
        assert theirs.id != ours.id
        assert (theirs.vendor, theirs.endpoint, theirs.order) == (ours.vendor, ours.endpoint, ours.order)
        assert [post.digest for post in simulator.posts()] == [ours.digest, theirs.digest]
        return theirs

    return compare
