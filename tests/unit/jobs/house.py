"""A program over a journal, a vendor in memory and a purse, and a clock that does not make anybody wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Engine

from film.db.session import make_engine
from film.errors import BudgetExceededError
from film.files.digests import sha256_of
from film.hashing import asset_key
from film.jobs import Job, JobEvent, Jobs, Limits, PaidCall, PurchaseResult, Stored
from film.models import AssetRequest, AssetType
from film.providers.base import AudioConfig, BaseProvider, ImageConfig
from film.testing.doubles import FakeImageProvider, FakeVendor, InlineExecutor, ManualClock

T = TypeVar("T")


@dataclass
class Purse:
    """Reservations in memory, by the rules of the real ones: open ones may be closed, closed ones stay as they are."""

    submitted: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    settled: dict[str, Decimal] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    granted: list[str] = field(default_factory=list)
    """What was set aside for orders that came without money of their own."""
    room: Decimal = Decimal(1_000_000)
    """Dollars that may still be set aside in that way."""

    def set_aside(self, call: PaidCall, attempt: str, *, is_extra: bool = False) -> str:
        if call.quoted > self.room:
            raise BudgetExceededError(call.quoted, self.room)
        self.room -= call.quoted
        self.granted.append(attempt)
        return attempt

    def mark_submitted(self, reservation_id: str) -> None:
        assert reservation_id not in self.settled, "bought on a reservation that is settled"
        assert reservation_id not in self.released, "bought on a reservation that is released"
        self.submitted.add(reservation_id)

    def settle(self, reservation_id: str, actual: Decimal) -> None:
        if reservation_id not in self.released:
            self.settled.setdefault(reservation_id, actual)

    def release(self, reservation_id: str) -> None:
        if reservation_id not in self.settled:
            self.released.add(reservation_id)

    def mark_unknown(self, reservation_id: str) -> None:
        self.unknown.add(reservation_id)

    def charge_unreserved(self, job: Job, actual: Decimal) -> None:
        self.settled.setdefault(job.id, actual)

    @property
    def spent(self) -> Decimal:
        return sum(self.settled.values(), Decimal(0))


@dataclass
class House:
    """A program that can be started many times over one database, one vendor and one purse."""

    url: str
    vendor: FakeVendor
    clock: ManualClock
    purse: Purse = field(default_factory=Purse)
    store: dict[str, str] = field(default_factory=dict)
    brought_by: dict[str, str] = field(default_factory=dict)
    """Key → the vendor's name of the job that brought what is in the store."""
    events: list[JobEvent] = field(default_factory=list)

    def engine(self) -> Engine:
        return make_engine(self.url)

    def jobs(self, engine: Engine | None = None, **options: Any) -> Jobs:
        options.setdefault("limits", Limits(clock=self.clock))
        return Jobs(
            engine or self.engine(),
            clock=self.clock,
            money=self.purse,
            on_event=self.events.append,
            executor=InlineExecutor(),
            **options,
        )

    def image_call(self, prompt: str = "a lighthouse", **changes: Any) -> PaidCall:
        provider = changes.pop("provider", None) or FakeImageProvider(vendor=self.vendor)
        return paid_call(provider, ImageConfig(prompt=prompt, width=64, height=64), **changes)

    def run(self, work: Callable[[Jobs], Coroutine[Any, Any, T]], jobs: Jobs | None = None) -> T:
        async def main() -> T:
            return await work(jobs or self.jobs())

        return asyncio.run(main())

    async def buy(self, jobs: Jobs, call: PaidCall) -> PurchaseResult:
        """What a pipeline does with a call: look into the store, run, store, finish."""
        made = await jobs.run(call)
        if made.generated is not None:
            assert made.generated.data is not None
            self.store[call.key] = sha256_of(made.generated.data)
            self.brought_by[call.key] = made.vendor_id
            await jobs.finish(made, self.store[call.key])
        return made

    def stored(self, job: Job) -> Stored | None:
        """What the store has under a job's key."""
        return Stored(self.store[job.key], self.brought_by[job.key]) if job.key in self.store else None

    def make_on(self, engine: Engine, **options: Any) -> PurchaseResult:
        async def main() -> PurchaseResult:
            return await self.buy(self.jobs(engine, **options), self.image_call())

        return asyncio.run(main())

    def make(self, call: PaidCall | None = None, **options: Any) -> PurchaseResult:
        async def main() -> PurchaseResult:
            return await self.buy(self.jobs(**options), call or self.image_call())

        return asyncio.run(main())


def paid_call(provider: BaseProvider, config: ImageConfig | AudioConfig, **changes: Any) -> PaidCall:
    asset_type = AssetType.AUDIO if isinstance(config, AudioConfig) else AssetType.IMAGE
    request = AssetRequest(
        asset_type=asset_type,
        provider=provider.name,
        model=provider.model_of(config),
        params=provider.request_params(config),
        take=changes.pop("take", 1),
    )
    key = asset_key(request)
    values: dict[str, Any] = {
        "key": key,
        "film_id": "film",
        "shot_id": "shot_001",
        "request": request,
        "provider": provider,
        "config": config,
        "image_url": None,
        "quoted": Decimal("0.05"),
        "reservation_id": f"reservation {key[:8]}",
    }
    return PaidCall(**{**values, **changes})
