"""The real adapters, set up for simulated vendors: what each is asked for, and a journal to ask through."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine

from film.db.base import Base
from film.db.session import make_engine
from film.files.digests import sha256_of, sha256_of_file
from film.hashing import asset_key
from film.jobs import Job, Jobs, Limits, PaidCall, PurchaseResult, SystemClock
from film.jobs.journal import Journal
from film.models import AssetRequest, AssetType
from film.providers.base import AudioConfig, BaseProvider, ImageConfig, ProviderContext, VideoConfig
from film.providers.http import make_client
from film.providers.registry import make_provider
from film.providers.vendor import VendorProvider
from film.testing import synthetic
from film.testing.simulator import Simulator

PICTURE = "data:image/png;base64," + base64.b64encode(synthetic.picture(320, 180, 1)).decode()

SHOPS = {
    "fal": (AssetType.IMAGE, ImageConfig(prompt="a lighthouse", width=320, height=180)),
    "nano-banana": (AssetType.IMAGE, ImageConfig(prompt="a lighthouse", width=320, height=180)),
    "replicate": (AssetType.IMAGE, ImageConfig(prompt="a lighthouse", width=320, height=180)),
    "minimax": (AssetType.VIDEO, VideoConfig(prompt="the beam turns", width=320, height=180)),
    "kling": (AssetType.VIDEO, VideoConfig(prompt="the beam turns", width=320, height=180)),
    "runway": (AssetType.VIDEO, VideoConfig(prompt="the beam turns", width=320, height=180)),
    "openai": (AssetType.AUDIO, AudioConfig(text="The light is out, and nobody climbs up there any more.")),
    "elevenlabs": (AssetType.AUDIO, AudioConfig(text="The light is out, and nobody climbs up there any more.")),
}
ACCOUNTS = {"minimax": "fal", "kling": "fal", "nano-banana": "fal"}
"""Provider → the vendor it is bought from, where the names differ."""


def account(name: str) -> str:
    return ACCOUNTS.get(name, name)


@dataclass
class Ledger:
    """Money as the journal moves it: what was set aside for each order, and what came of it."""

    aside: dict[str, Decimal] = field(default_factory=dict)
    settled: dict[str, Decimal] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)

    def set_aside(self, call: PaidCall, attempt: str, *, is_extra: bool = False) -> str:
        self.aside.setdefault(attempt, call.quoted)
        return attempt

    def mark_submitted(self, reservation_id: str) -> None: ...

    def mark_unknown(self, reservation_id: str) -> None: ...

    def settle(self, reservation_id: str, actual: Decimal) -> None:
        self.settled.setdefault(reservation_id, actual)

    def release(self, reservation_id: str) -> None:
        if reservation_id not in self.settled:
            self.released.add(reservation_id)

    def charge_unreserved(self, job: Job, actual: Decimal) -> None:
        self.settled[f"unreserved {job.id}"] = actual

    @property
    def booked(self) -> Decimal:
        return sum(self.settled.values(), Decimal(0))

    @property
    def held(self) -> Decimal:
        """What is still set aside."""
        ended = self.settled.keys() | self.released
        return sum((quoted for name, quoted in self.aside.items() if name not in ended), Decimal(0))


@dataclass
class Buyer:
    """Buys from one adapter at a simulator, as a pipeline would."""

    jobs: Jobs
    provider: BaseProvider
    name: str
    ledger: Ledger

    def call(self, take: int = 1, about: str = "") -> PaidCall:
        asset_type, config = SHOPS[self.name]
        if about:
            field_name = "text" if isinstance(config, AudioConfig) else "prompt"
            config = config.model_copy(update={field_name: f"{getattr(config, field_name)} {about}"})
        request = AssetRequest(
            asset_type=asset_type,
            provider=self.name,
            model=self.provider.model_of(config),
            params=self.provider.request_params(config),
            take=take,
        )
        quoted = self.provider.estimate_cost(config)
        reservation = uuid4().hex
        self.ledger.aside[reservation] = quoted
        return PaidCall(
            key=asset_key(request),
            film_id=about or "film",
            shot_id="shot_001",
            request=request,
            provider=self.provider,
            config=config,
            image_url=PICTURE if asset_type is AssetType.VIDEO else None,
            quoted=quoted,
            reservation_id=reservation,
        )

    async def buy(self, take: int = 1, about: str = "") -> PurchaseResult:
        made = await self.jobs.run(self.call(take, about))
        if made.generated is not None:
            media = made.generated
            sha256 = sha256_of_file(media.path) if media.path else sha256_of(media.data or b"")
            await self.jobs.finish(made, sha256)
        return made


@asynccontextmanager
async def buyer(name: str, simulator: Simulator, folder: Path) -> AsyncGenerator[Buyer]:
    """A buyer with a journal of its own."""
    async with make_client() as http:
        provider = adapter(name, simulator.base_urls(), http, folder)
        ledger = Ledger()
        yield Buyer(new_jobs(new_journal(folder), ledger), provider, name, ledger)


def adapter(
    name: str, urls: dict[str, str], http: httpx.AsyncClient, folder: Path, *, hasty: bool = False
) -> VendorProvider:
    """A provider that takes little.

    A ``hasty`` one gives up soon: on an order's silence after two seconds, on a download that stalls after one. The
    others wait as long as a machine under load may need.
    """
    context = ProviderContext(keys=dict.fromkeys(urls, "simulated"), base_urls=urls, http=http, scratch=folder)
    provider = make_provider(SHOPS[name][0], name, context)
    assert isinstance(provider, VendorProvider)
    provider.patience = replace(
        provider.patience,
        answer_seconds=2.0 if hasty else 60.0,
        ask_seconds=60.0,
        fetch_seconds=60.0,
        grace=1.0 if hasty else 30.0,
        caps=dict.fromkeys(AssetType, 8 << 20),
        answer_cap=8 << 20,
    )
    return provider


def new_journal(folder: Path) -> Engine:
    engine = make_engine(f"sqlite:///{folder / 'film.db'}")
    Base.metadata.create_all(engine)
    return engine


class Clock(SystemClock):
    """Time that passes ``speed`` times faster, by a watch that is ``off`` by some seconds."""

    def __init__(self, speed: float = 200.0, off: float = 0.0) -> None:
        super().__init__(speed)
        self._off = timedelta(seconds=off)

    def now(self) -> datetime:
        return super().now() + self._off


class CountedJournal(Journal):
    """Counts the intents that were written down, those among them that provably made no job."""

    intents = 0

    def intend(self, *args: Any, **options: Any) -> Job | None:
        job = super().intend(*args, **options)
        self.intents += job is not None
        return job


def new_jobs(journal: Engine | Journal, ledger: Ledger, clock: Clock | None = None) -> Jobs:
    """The journal of a program that was just started."""
    clock = clock or Clock()
    return Jobs(journal, clock=clock, limits=Limits(clock=clock), money=ledger)
