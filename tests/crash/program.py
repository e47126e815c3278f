"""What is killed: a program that makes a film, or one picture, at simulated vendors with the pipeline's own parts.

    Order ──► Program.film      recover, plan, reserve, obtain every picture, clip and line, write it down, (cut)
          ├─► Program.picture   recover, reserve, obtain one picture, release what was not used
          └─► naive             the same purchases by a program that remembers what it has finished, and nothing else

``die_at`` and ``pause_at`` name a place where it kills or stops itself, the ``die_on``-th time it comes there; whoever
ordered it may strike it at any other moment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from film.cache import AssetCache, CachedAsset
from film.cost_tracker import ReservationRequest
from film.jobs import SystemClock
from film.models import AssetType
from film.planning.params import FilmParams, film_params
from film.planning.requests import PlannedRequest, ProviderSet
from film.planning.services import Services, running_services
from film.production.asset_resolver import picture_url
from film.production.events import Events
from film.production.film_run import FilmRun
from film.production.money import release_unused, reservation_name
from film.production.stop import Stop
from film.providers.base import BaseProvider, JobProvider
from film.providers.registry import make_provider
from film.providers.vendor import VendorProvider
from film.settings import Settings
from film.shots.json_lines import JsonLines
from film.shots.shotfile import check_shots

PLACES = (
    "before intent",
    "before post",
    "after post",
    "after ticket",
    "before fetch",
    "after fetch",
    "before blob",
    "blob placed",
    "blob stored",
    "after settle",
    "after done",
)
NAIVE_PLACES = ("after post", "before fetch", "before blob", "blob placed")
SPEED = 400.0
GRACE = 1.5
"""Seconds of this machine for a vendor to list what it was just sent: it shares two cores with all its customers."""
LIMIT = Decimal(100)
MODELS = {"fal": "fal-ai/flux/dev"}
"""Dear enough that what cannot be told is for the user to decide, and not simply bought again."""


@dataclass(frozen=True)
class Order:
    """``shots`` 0 asks for a single picture of ``vendor``'s; ``lease`` is in seconds of this machine."""

    gallery: str
    film: str
    shots: int = 0
    vendor: str = "replicate"
    database: str = ""
    lease: float = 60.0
    naive: bool = False
    cut: bool = False
    held: bool = False
    die_at: str = ""
    pause_at: str = ""
    die_on: int = 1

    @property
    def settings(self) -> Settings:
        from film.settings import load_settings

        where = {"FILM_GALLERY_DIR": self.gallery, "FILM_DATABASE_URL": self.database}
        return load_settings({**os.environ, **where}, folder=Path(self.gallery))


class Fuse:
    """Kills this process at its place, the n-th time, or stops it there until somebody wakes it."""

    def __init__(self, order: Order) -> None:
        self._place, self._left = order.die_at or order.pause_at, order.die_on
        self._strike = signal.SIGKILL if order.die_at else signal.SIGSTOP

    def __call__(self, place: str) -> None:
        if place and place == self._place:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._strike)

    def around(self, owner: Any, name: str, before: str = "", after: str = "") -> None:
        """Let it burn before and after a method of ``owner``."""
        original = getattr(owner, name)

        async def awaited(*arguments: Any, **options: Any) -> Any:
            self(before)
            result = await original(*arguments, **options)
            self(after)
            return result

        def called(*arguments: Any, **options: Any) -> Any:
            self(before)
            result = original(*arguments, **options)
            self(after)
            return result

        setattr(owner, name, awaited if asyncio.iscoroutinefunction(original) else called)


async def perform(order: Order) -> list[str]:
    """Do as ordered; what could not be had, in words."""
    settings = order.settings
    async with running_services(settings, online=True) as services:
        lease = timedelta(seconds=min(order.lease, 30.0))
        with closing(AssetCache(settings.gallery, engine=services.engine, settings=settings, lease=lease)) as cache:
            services.cache = cache
            program = Program(order, services)
            if order.naive:
                return await program.naive()
            return await (program.film() if order.shots else program.picture())


class Program:
    def __init__(self, order: Order, services: Services) -> None:
        self._order, self._services, self._fuse = order, services, Fuse(order)
        params = params_of(order, services.settings)
        providers = ProviderSet(services.context, {used: self._armed(*used) for used in providers_of(params)})
        clock = SystemClock(speed=SPEED)
        self._run = FilmRun(params, services, Events(), Stop(), providers, clock=clock, lease=order.lease)
        self._arm()

    async def film(self) -> list[str]:
        run, began = self._run, time.monotonic()
        await run.recover()
        plan = await run.plan()
        run.check(plan, None)
        await run.begin(plan)
        shots = await run.shoot(plan)
        await run.record(plan, shots)
        if self._order.cut:
            await run.compose(shots, began)
        return [str(shot.error) for shot in shots if shot.error]

    async def picture(self) -> list[str]:
        run = self._run
        await run.recover()
        (shot,) = run.params.shots
        ask = run.builder.image(shot)
        if self._services.cache.peek_many([self._services.key(ask.request)]):
            return []
        name = reservation_name(uuid4().hex, shot.shot_id, AssetType.IMAGE.value)
        quote = ask.provider.estimate_cost(ask.config)
        item = ReservationRequest(name, quote, shot_id=shot.shot_id, asset_type=AssetType.IMAGE.value)
        (reservation,) = run.costs.reserve([item])
        try:
            await run.resolver.obtain(ask, reservation=reservation)
        finally:
            release_unused(run.costs, reservation)
        return []

    # -- the control

    async def naive(self) -> list[str]:
        await asyncio.gather(*(self._naive_shot(shot) for shot in self._run.params.shots))
        return []

    async def _naive_shot(self, shot: Any) -> None:
        builder = self._run.builder
        line = builder.audio(shot)
        speech = asyncio.create_task(self._naive_asset(line)) if line else None
        picture = await self._naive_asset(builder.image(shot))
        if self._order.shots:
            await self._naive_asset(builder.video(shot, picture.sha256), picture)
        if speech:
            await speech

    async def _naive_asset(self, ask: PlannedRequest, picture: CachedAsset | None = None) -> CachedAsset:
        cache, provider, key = self._services.cache, ask.provider, self._services.key(ask.request)
        if found := cache.peek_many([key]):
            return found[key]
        assert isinstance(provider, JobProvider)
        ticket = await provider.submit(ask.config, image_url=picture_url(ask, picture) if picture else None)
        made = ticket.result
        while made is None:
            status = await provider.poll_status(ticket)
            if status.state == "done":
                made = await provider.fetch(ticket, status)
            await asyncio.sleep(0.005)
        kind = ask.asset_type.value
        return cache.put(key, kind=kind, provider=provider.name, mime=made.mime, data=made.data, path=made.path)

    # -- inside

    def _armed(self, kind: AssetType, name: str) -> BaseProvider:
        provider = make_provider(kind, name, self._services.context)
        assert isinstance(provider, VendorProvider)
        provider.patience = replace(provider.patience, first_pause=0.001)
        shows_in = provider.seconds_to_show
        # This machine takes its time, however fast the vendors' passes: an order may be on its way that long.
        provider.seconds_to_show = lambda config: shows_in(config) + GRACE * SPEED
        self._fuse.around(provider, "submit", "before post", "after post")
        self._fuse.around(provider, "fetch", "before fetch", "after fetch")
        return provider

    def _arm(self) -> None:
        """The journal, the money and the store are what they are in every film; only the fuse is laid beside them."""
        if self._order.shots:  # a sweep's vendor has one customer
            self._run.jobs._reconciler._grace = GRACE * SPEED  # pyright: ignore[reportPrivateUsage]
        # Only the vendors' time passes faster: leases run out by this machine's, and so are they renewed.
        self._run.jobs._lease *= SPEED  # pyright: ignore[reportPrivateUsage]
        desk = self._run.jobs._desk  # pyright: ignore[reportPrivateUsage]
        results = self._services.cache._results  # pyright: ignore[reportPrivateUsage]
        around = self._fuse.around
        around(desk.journal, "intend", before="before intent")
        around(desk.journal, "write", after="after ticket")
        around(desk.money, "settle", after="after settle")
        around(results.blobs, "place", "before blob", "blob placed")
        around(results.actions, "write", after="blob stored")
        around(self._run.jobs, "finish", after="after done")


def params_of(order: Order, settings: Settings) -> FilmParams:
    """A film whose shots are bought here and there, so that every kind of vendor is met."""
    shots = [_shot(order, number) for number in range(order.shots)] or [{"shot_id": "picture", "prompt": order.film}]
    return film_params(
        check_shots(
            [{"enhanced_prompt": s.pop("prompt"), "duration": 1, **s} for s in shots], JsonLines(""), Path("film")
        ),
        settings,
        film_id=order.film.replace(" ", "_"),
        tier="budget",
        image_provider=None if order.shots else order.vendor,
        image_model=None if order.shots else MODELS.get(order.vendor),
        budget_limit=LIMIT,
        size="128x128",
    )


def _shot(order: Order, number: int) -> dict[str, Any]:
    label = f"{order.film} shot {number}."
    image, audio = ("fal", "openai") if number % 2 else ("replicate", "elevenlabs")
    return {
        "shot_id": f"shot_{number}",
        "prompt": label,
        "dialogue": f"This is {label}",
        "image_provider": image,
        "audio_provider": audio,
    }


def providers_of(params: FilmParams) -> set[tuple[AssetType, str]]:
    return {(kind, params.choice(shot, kind).provider) for shot in params.shots for kind in AssetType}
