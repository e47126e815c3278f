"""The submit journal with nothing behind it: rows in memory, no store, no money. They cost this machine's time only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from film.cache import CachedAsset
from film.cost_tracker import Reservation
from film.hashing import asset_key
from film.jobs import Job, Jobs, PaidCall, State
from film.jobs.checks import check_media
from film.jobs.journal import OPEN, Journal
from film.planning.requests import PlannedRequest
from film.planning.results import ShotAsset
from film.production.asset_resolver import AssetResolver
from film.production.events import Events
from film.production.stop import Stop
from film.testing.doubles import InlineExecutor

T = TypeVar("T")


class MemoryJournal(Journal):
    """The rows of fresh jobs, in memory: what a run over an empty journal asks for."""

    def __init__(self) -> None:
        self._lease = timedelta(seconds=60)
        self._rows: dict[str, Job] = {}
        self._keys: dict[str, str] = {}

    def look(self, key: str) -> Job | None:
        return self._rows.get(self._keys.get(key, ""))

    def get(self, job_id: str) -> Job | None:
        return self._rows.get(job_id)

    def paid_by(self, reservation_id: str) -> list[Job]:
        return []

    def take(self, key: str, token: str, now: datetime) -> Job | None:
        assert self.look(key) is None, "a rehearsal orders everything once"
        return None

    def intend(
        self,
        call: PaidCall,
        token: str,
        now: datetime,
        *,
        passed_over: str = "",
        account: str = "",
        clock: str = "",
    ) -> Job | None:
        job = Job(
            id=call.key[:16],
            key=call.key,
            film_id=call.film_id,
            shot_id=call.shot_id,
            asset_type=call.request.asset_type.value,
            provider=call.request.provider,
            model=call.request.model,
            request={},
            state="intent",
            ticket={},
            reservation_id=None,
            owner=token,
            lease_until=now + self._lease,
            posts=1,
            error="",
            quoted=call.quoted,
            billed=None,
            blob_sha256=None,
            account=account,
            clock=clock,
            is_second=False,
            claimed=None,
            created_at=now,
            updated_at=now,
        )
        self._rows[job.id] = job
        self._keys[call.key] = job.id
        return job

    def renew(self, tokens: Collection[str], now: datetime) -> None: ...

    def let_go(self, token: str) -> None: ...

    def write(self, job: Job, token: str, now: datetime, **values: Any) -> None:
        self._rows[job.id] = dataclasses.replace(self._rows[job.id], **values)

    def close(self, job_id: str, states: Collection[str], now: datetime, **values: Any) -> bool:
        assert self._rows[job_id].state in OPEN
        self._rows[job_id] = dataclasses.replace(self._rows[job_id], **values)
        return True

    def states(self) -> set[State]:
        return {job.state for job in self._rows.values()}


class Buyer(AssetResolver):
    """Obtains by buying, always: there is no store to look into."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.events = Events()
        self.stop = Stop()
        self.bought = 0

    async def obtain(
        self,
        ask: PlannedRequest,
        *,
        order: float = 0.0,
        picture: CachedAsset | None = None,
        reservation: Reservation | None = None,
    ) -> ShotAsset:
        key = asset_key(ask.request)
        made = await self.jobs.run(paid_call(ask, order))
        await self.jobs.finish(made, key)
        self.bought += 1
        asset = CachedAsset(key, ask.asset_type.value, ask.provider.name, key, 1, "", Decimal(0), {}, "")
        return ShotAsset(ask.request, key, asset, reused=False)


class OneLook(InlineExecutor):
    """All media of a rehearsal is the same, so its check is done once for each kind."""

    def __init__(self) -> None:
        self._checked: dict[int, Future[Any]] = {}

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        if fn is not check_media:
            return super().submit(fn, *args, **kwargs)
        made, *_ = args
        if id(made) not in self._checked:
            self._checked[id(made)] = super().submit(fn, *args, **kwargs)
        return self._checked[id(made)]


def paid_call(ask: PlannedRequest, order: float = 0.0) -> PaidCall:
    return PaidCall(
        key=asset_key(ask.request),
        film_id="rehearsal",
        shot_id=ask.shot.shot_id,
        request=ask.request,
        provider=ask.provider,
        config=ask.config,
        image_url=None,
        quoted=Decimal(0),
        order=order,
    )


class NoCosts:
    """Sets nothing aside."""

    @dataclass(frozen=True)
    class Held:
        id: str
        state: str = "settled"

    def reserve(self, requests: Sequence[Any]) -> list[Held]:
        return [self.Held(request.idem) for request in requests]

    def find(self, reservation_id: str) -> Held:
        return self.Held(reservation_id)
