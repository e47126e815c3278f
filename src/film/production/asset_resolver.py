"""The way of one asset: is it there? else reserve, make, store, index.

Every picture, clip and line of speech comes this way, whoever makes it. Work on this machine is only made; what is
paid for goes through the submit journal, which is told of the money that the shot reserved beforehand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial

from film.cache import CachedAsset, NewResult
from film.cost_tracker import CostTracker, Reservation
from film.db.away import on_thread
from film.errors import FilmError, ProviderError, StoreError
from film.jobs import Job, Jobs, PaidCall, PurchaseResult
from film.jobs.limits import PriorityLimiter
from film.jobs.unbroken import unbroken_once
from film.models import Asset, Generated
from film.planning.readings import told_by
from film.planning.requests import PlannedRequest, generate
from film.planning.results import ShotAsset
from film.planning.services import Services
from film.production.events import Events
from film.production.library_records import library_asset
from film.production.probe import facts_of, probe_made
from film.production.stop import Stop
from film.providers.base import BaseVideoProvider, check_generated
from film.providers.media import data_uri, travelling
from film.providers.vendor_kinds import VideoVendor
from film.render.last_frame import ClipFrames

LEAST_ROOM = 64_000_000
"""Bytes on the gallery's disk below which nothing is bought: speech comes with the answer, and cannot be had again."""


@dataclass
class _Purchase:
    """One asset on its way; ``bought`` is what came back for it, once it is paid for."""

    ask: PlannedRequest
    key: str
    order: float
    picture: CachedAsset | None
    reservation: Reservation | None
    bought: PurchaseResult | None = None

    @property
    def cost(self) -> Decimal:
        """As billed, or as quoted where the vendor does not say; nothing for what was not bought."""
        if self.bought is None:
            return Decimal(0)
        return self.quoted if self.bought.billed is None else self.bought.billed

    @cached_property
    def quoted(self) -> Decimal:
        """The most that it may cost."""
        return self.reservation.estimated if self.reservation else self.ask.provider.quote(self.ask.config).amount


class AssetResolver:
    """Obtains the assets of one film's run. ``cores`` admits work on this machine, earlier shots first."""

    def __init__(
        self,
        film_id: str,
        services: Services,
        costs: CostTracker,
        jobs: Jobs,
        cores: PriorityLimiter,
        events: Events,
        stop: Stop,
        *,
        use_cache: bool = True,
    ) -> None:
        self.film_id = film_id
        self.services = services
        self.costs = costs
        self.jobs = jobs
        self.cores = cores
        self.events = events
        self.stop = stop
        self.use_cache = use_cache
        self.since: datetime | None = None
        """Without the cache: what was bought since then is this run's own, and a step that is repeated keeps it."""

    async def obtain(
        self,
        ask: PlannedRequest,
        *,
        order: float = 0.0,
        picture: CachedAsset | None = None,
        reservation: Reservation | None = None,
    ) -> ShotAsset:
        """The asset that ``ask`` means. ``order`` is the place in the queue, ``picture`` what a clip is made of.

        Without a ``reservation`` its order sets its own money aside.
        A cancelled caller waits for what has been bought to be stored and settled; until then nothing is waited for.
        """
        purchase = _Purchase(ask, self.services.key(ask.request), order, picture, reservation)
        return await unbroken_once(lambda: purchase.bought is not None, self._obtain(purchase))

    async def _obtain(self, purchase: _Purchase) -> ShotAsset:
        ask, key = purchase.ask, purchase.key
        try:
            asset, hit = await self.services.cache.obtain(
                key,
                kind=ask.asset_type.value,
                provider=ask.provider.name,
                make=partial(self._make, purchase),
                use_cache=self.use_cache,
            )
        except BaseException:
            if purchase.bought:
                await self.jobs.leave(purchase.bought)
            raise
        if purchase.bought:
            await self.jobs.finish(purchase.bought, asset.sha256)
        obtained = ShotAsset(ask.request, key, asset, hit, purchase.cost)
        if not hit or ask.part:  # only whole assets are seen again when the film is put on record
            record = library_asset(ask.shot, obtained, self.film_id, text=ask.config.text if ask.part else None)
            await on_thread(self.services.index.index_asset, record)
        self._tell(
            ask, "step_done", reused=hit, asset_id=obtained.asset_id, cost=obtained.cost, provider=ask.provider.name
        )
        return obtained

    async def _make(self, purchase: _Purchase) -> NewResult | None:
        """Make it here or buy it; None where another run took over and paid."""
        ask, picture = purchase.ask, purchase.picture
        image_url = partial(picture_url, ask, picture) if picture else None
        if ask.provider.local:
            made = await self._make_here(ask, purchase.order, image_url() if image_url else None)
            return await self._checked(ask, made, Decimal(0))
        await asyncio.to_thread(self._allow_spending, ask)
        self._tell(ask, "step_started")
        bought = await self.jobs.run(
            PaidCall(
                key=purchase.key,
                film_id=self.film_id,
                shot_id=ask.shot.shot_id,
                request=ask.request,
                provider=ask.provider,
                config=ask.config,
                image_url=image_url,
                quoted=purchase.quoted,
                reservation_id=purchase.reservation.id if purchase.reservation else None,
                order=purchase.order,
                again=self._again,
            )
        )
        if bought.generated is None:
            return None
        purchase.bought = bought
        return await self._checked(ask, bought.generated, purchase.cost, bought.vendor_id)

    async def take(self, ask: PlannedRequest, asset: CachedAsset, record: Asset) -> ShotAsset:
        """What the shot named, every byte of it checked. Nothing else would do, so nothing is made in its place."""
        await asyncio.to_thread(self.services.cache.verified_path, asset)
        taken = ShotAsset(ask.request, asset.key, asset, reused=True, taken=record)
        self._tell(ask, "step_done", reused=True, asset_id=taken.asset_id, cost=taken.cost, provider=record.provider)
        return taken

    def _tell(self, ask: PlannedRequest, event: str, **facts: object) -> None:
        if not ask.part:  # a part of a long line is no step of its own: the line is
            self.events.emit(event, shot_id=ask.shot.shot_id, step=ask.asset_type.value, **facts)

    @property
    def _again(self) -> bool | Callable[[Job], bool]:
        if self.use_cache:
            return self._is_gone
        return self._is_older if self.since else True

    def _is_older(self, job: Job) -> bool:
        """Whether a finished job is not this run's."""
        return self.since is None or job.created_at < self.since or self._is_gone(job)

    def _is_gone(self, job: Job) -> bool:
        """Whether what a finished job brought has left the store since."""
        return not self.services.cache.peek_many([job.key])

    async def _make_here(self, ask: PlannedRequest, order: float, image_url: str | None) -> Generated:
        async with self.cores.place(order):
            self.stop.check()
            self._tell(ask, "step_started")
            try:
                return check_generated(await generate(ask, image_url=image_url), ask.provider.name)
            except FilmError:
                raise
            except Exception as error:
                raise ProviderError(
                    f"{ask.provider.name} failed: {type(error).__name__}: {error}",
                    hint="the other shots go on; run again to try it once more, with --debug to see where it failed",
                    provider=ask.provider.name,
                ) from error

    def _allow_spending(self, ask: PlannedRequest) -> None:
        self.stop.check()
        if not self.services.settings.spend_allowed:
            raise ProviderError(
                f"{ask.provider.name} would be paid, and FILM_NO_SPEND forbids it",
                hint="unset FILM_NO_SPEND, or use --tier draft",
                provider=ask.provider.name,
            )
        if (room := self.services.cache.room()) < LEAST_ROOM:
            raise StoreError(
                f"the gallery's disk has {room // 1_000_000} MB left: what is bought now might not fit",
                hint=f"free some space ({LEAST_ROOM // 1_000_000} MB at least) and run again",
            )

    async def _checked(self, ask: PlannedRequest, made: Generated, cost: Decimal, vendor_id: str = "") -> NewResult:
        """What is to be stored, with the facts that the cut goes by read from the media itself.

        It names the vendor's job that brought it: so a run knows which of two orders of one key it is from.
        """
        path, found = await asyncio.to_thread(
            probe_made, made, ask.asset_type, ask.provider.name, self.services.cache.temporary
        )
        facts = await asyncio.to_thread(facts_of, found, path)
        named = {"job_id": vendor_id} if vendor_id else {}
        details = {**made.details, **named, **facts, **told_by(ask.provider)}
        if made.words:
            details["words"] = [word.model_dump() for word in made.words]
        return NewResult(path=path, mime=found.mime, cost=cost, details=details)


def picture_url(ask: PlannedRequest, picture: CachedAsset) -> str:
    """A clip's picture in the form its provider takes."""
    if isinstance(ask.provider, BaseVideoProvider | ClipFrames) and ask.provider.image_url_form == "file":
        return picture.path.as_uri()
    if isinstance(ask.provider, VideoVendor):  # it makes it fit to travel, and knows an order of before by the file
        return data_uri(picture.path.read_bytes(), picture.mime)
    try:
        return data_uri(*travelling(picture.path.read_bytes(), picture.mime))
    except ValueError as error:
        raise ProviderError(
            f"{ask.shot.shot_id}: the shot's picture cannot be sent: {error}",
            hint="nothing was ordered; make the picture again, or name another one",
            provider=ask.provider.name,
        ) from error
