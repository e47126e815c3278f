"""A film's schedule without its cost: real chains, jobs, limits and polls over a vendor that only keeps a queue.

    lengths of shots ─► Asker, ShotChain ─► Jobs (Limits, Submitter, Collector, Pace) ─► Studio: c places, then a line
                        film.pipeline       film.jobs                                    what a vendor is to a schedule

On a virtual clock (``film.testing.virtual_time``) a film of a thousand shots takes seconds. The journal's rows are kept
in memory here and the store is left out: they cost time of this machine, which is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import dataclasses
import heapq
import math
import random
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from film.cache import CachedAsset
from film.cost_tracker import CostTracker, Reservation
from film.hashing import asset_key
from film.jobs import Clock, Job, Jobs, Limits, PaidCall, State, SystemClock
from film.jobs.checks import check_media
from film.jobs.journal import OPEN, Journal
from film.models import AssetType, Generated, Quote, Shot
from film.pipeline.events import Event, Events, Listener
from film.pipeline.obtain import Obtainer
from film.pipeline.order import in_order
from film.pipeline.params import FilmParams, Order, ProviderChoice
from film.pipeline.plan import FilmPlan, PlannedAsset, ShotPlan
from film.pipeline.requests import Ask, Asker, ProviderSet
from film.pipeline.results import ShotAsset
from film.pipeline.run import FilmRun
from film.pipeline.services import running_services
from film.pipeline.stop import Stop
from film.pipeline.task import ShotChain
from film.providers.base import (
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    JobProvider,
    JobStatus,
    Ticket,
)
from film.settings import Settings
from film.testing import synthetic
from film.testing.doubles import InlineExecutor
from film.testing.virtual_time import LoopClock, run_virtually

T = TypeVar("T")

MEAN = {AssetType.IMAGE: 15.0, AssetType.VIDEO: 60.0, AssetType.AUDIO: 3.0}
SPREAD = {AssetType.IMAGE: 0.3, AssetType.VIDEO: 0.5, AssetType.AUDIO: 0.3}
"""Coefficients of variation of the log-normal lengths."""

Lengths = dict[AssetType, float]
Kind = Literal["equal", "random", "mixed"]
Performance = Literal["chains", "stages"]
Design = Literal["chains", "stages", "three"]
"""Ours; all pictures, then all clips, then all lines; three shots at a time, whatever they wait for."""


@dataclass(frozen=True)
class Script:
    """A film to rehearse: how long each job of each shot takes at the vendor, and how long its clip is to be."""

    lengths: list[Lengths]
    durations: list[int]

    @property
    def equal(self) -> bool:
        return all(lengths == self.lengths[0] for lengths in self.lengths)


def script(kind: Kind, shots: int, seed: int = 0) -> Script:
    """``mixed``: every second shot is spoken, and the last fifth are clips of three times the length."""
    dice = random.Random(seed)
    if kind == "equal":
        return Script([dict(MEAN) for _ in range(shots)], [5] * shots)
    lengths: list[Lengths] = []
    durations: list[int] = []
    for number in range(shots):
        long = kind == "mixed" and number >= 0.8 * shots
        mean, spread = dict(MEAN), dict(SPREAD)
        if kind == "mixed":
            mean[AssetType.VIDEO], spread[AssetType.VIDEO] = (180.0 if long else 60.0), 0.25
        shot = {asset: _lognormal(dice, mean[asset], spread[asset]) for asset in AssetType}
        if kind == "mixed" and dice.random() < 0.5:
            del shot[AssetType.AUDIO]
        lengths.append(shot)
        durations.append(15 if long else 5)
    return Script(lengths, durations)


def _lognormal(dice: random.Random, mean: float, variation: float) -> float:
    variance = math.log(1 + variation**2)
    return dice.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def lower_bound(film: Script, places: int) -> float:
    """Seconds below which no schedule can make the film.

    For each provider: the shortest way to its first job, its work spread evenly, the shortest way on from its last.
    Jobs of equal length come in whole rounds. And no film is faster than its longest shot.
    """
    image, video, audio = ([s[kind] for s in film.lengths if kind in s] for kind in AssetType)

    def spread(work: list[float]) -> float:
        rounds = math.ceil(len(work) / places) if film.equal else len(work) / places
        return max(rounds * sum(work) / max(1, len(work)), max(work, default=0.0))

    longest = max(max(s[AssetType.IMAGE] + s[AssetType.VIDEO], s.get(AssetType.AUDIO, 0.0)) for s in film.lengths)
    return max(longest, spread(image) + min(video), min(image) + spread(video), spread(audio))


# -- the vendor

MEDIA = {
    AssetType.IMAGE: Generated(data=synthetic.picture(16, 16, 1), mime="image/png"),
    AssetType.VIDEO: Generated(data=synthetic.clip(0.1, 16, 16, 1), mime="video/mp4"),
    AssetType.AUDIO: Generated(data=synthetic.speech("la", 1), mime="audio/wav"),
}


@dataclass
class Studio:
    """What a vendor is to a schedule: ``places`` for each kind of job, a line before them, a length for each job."""

    film: Script
    places: int
    clock: Clock
    media: dict[AssetType, Generated] = field(default_factory=MEDIA.copy)
    most: int = 0
    """Jobs of a kind that were at work at once."""
    polls: int = 0
    _free: dict[AssetType, list[float]] = field(default_factory=dict[AssetType, list[float]])
    """When each place falls free."""

    def accept(self, kind: AssetType, shot: int) -> float:
        """Take an order; the moment in which it will be done."""
        free = self._free.setdefault(kind, [0.0] * self.places)
        ends = max(self.clock.monotonic(), heapq.heappop(free)) + self.film.lengths[shot][kind]
        heapq.heappush(free, ends)
        self.most = max(self.most, sum(end > self.clock.monotonic() for end in free))
        return ends


class _Rehearsed(BaseProvider):
    name = "rehearsed"
    default_model = "rehearsed-1"

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio

    def estimate_cost(self, config: Any) -> Decimal:
        return Decimal(0)

    async def make(self, shot: str) -> Generated:
        """Wait in line, and until it is made."""
        ends = self.studio.accept(self.asset_type, int(shot))
        await self.studio.clock.sleep(ends - self.studio.clock.monotonic())
        return self.studio.media[self.asset_type]


class _Polled(_Rehearsed, JobProvider):
    queues = True

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        ends = self.studio.accept(self.asset_type, int(config.prompt))
        return Ticket(job_id=config.prompt, details={"ends": ends})

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        assert isinstance(job_id, Ticket)
        self.studio.polls += 1
        return JobStatus(state="done" if self.studio.clock.monotonic() >= job_id.details["ends"] else "running")

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        return self.studio.media[self.asset_type]


class Pictures(_Rehearsed, BaseImageProvider):
    async def generate(self, prompt: str, config: Any) -> Generated:
        return await self.make(prompt)


class Clips(_Rehearsed, BaseVideoProvider):
    async def generate(self, image_url: str, prompt: str, config: Any) -> Generated:
        return await self.make(prompt)


class Speech(_Rehearsed, BaseAudioProvider):
    async def generate(self, text: str, config: Any) -> Generated:
        return await self.make(text)


class PolledPictures(_Polled, Pictures):
    usual_seconds = MEAN[AssetType.IMAGE]
    poll_seconds = 1.0


class PolledClips(_Polled, Clips):
    usual_seconds = MEAN[AssetType.VIDEO]
    poll_seconds = 2.0


# -- what stands for the store, the ledger and the database


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

    def intend(self, call: PaidCall, token: str, now: datetime) -> Job | None:
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


class _Buyer(Obtainer):
    """Obtains by buying, always: there is no store to look into."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.events = Events()
        self.stop = Stop()
        self.bought = 0

    async def obtain(
        self,
        ask: Ask,
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


class _OneLook(InlineExecutor):
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


def paid_call(ask: Ask, order: float = 0.0) -> PaidCall:
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


class _NoCosts:
    """Sets nothing aside."""

    @dataclass(frozen=True)
    class Held:
        id: str
        state: str = "settled"

    def reserve(self, requests: Sequence[Any]) -> list[Held]:
        return [self.Held(request.idem) for request in requests]

    def find(self, reservation_id: str) -> Held:
        return self.Held(reservation_id)


# -- the rehearsal


@dataclass(frozen=True)
class Rehearsed:
    """What came of it, in seconds of the vendor's time. ``first``: when the first shot was whole, by its own length."""

    makespan: float
    first: float
    polls: int
    jobs: int
    bound: float

    @property
    def efficiency(self) -> float:
        """The bound's share of the makespan, in percent."""
        return 100 * self.bound / self.makespan

    @property
    def polls_a_job(self) -> float:
        return self.polls / self.jobs


def rehearse(
    film: Script, places: int, *, design: Design = "chains", order: Order = "script", polled: bool = True
) -> Rehearsed:
    return run_virtually(_rehearse(film, places, design, order, polled))


async def _rehearse(film: Script, places: int, design: Design, order: Order, polled: bool) -> Rehearsed:
    clock = LoopClock()
    studio = Studio(film, places, clock)
    asker = Asker(params_of(film, places), providers_of(studio, polled))
    limits = Limits(default=places if design != "three" else len(film.lengths), clock=clock)
    buyer = _Buyer(Jobs(MemoryJournal(), clock=clock, limits=limits, executor=_OneLook()))
    plans = [_plan(asker, shot) for shot in asker.params.shots]
    finished: dict[int, float] = {}

    async def done(number: int, work: Awaitable[object]) -> None:
        await work
        finished[number] = clock.monotonic()

    match design:
        case "chains":
            chain = ShotChain(asker, buyer, cast(CostTracker, _NoCosts()), "rehearsal")
            async with asyncio.TaskGroup() as shots:
                for place, plan in enumerate(in_order(plans, order)):
                    shots.create_task(done(int(plan.shot.enhanced_prompt), chain.shoot(plan, place)))
        case "stages":
            for kind in (AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO):
                async with asyncio.TaskGroup() as stage:
                    for number, plan in enumerate(plans):
                        if kind in plan.assets:
                            stage.create_task(done(number, buyer.obtain(plan.assets[kind].ask, order=number)))
        case "three":
            three = asyncio.Semaphore(3)

            async def whole(plan: ShotPlan) -> None:
                async with three:
                    for asset in plan.assets.values():
                        await buyer.obtain(asset.ask)

            async with asyncio.TaskGroup() as shots:
                for number, plan in enumerate(plans):
                    shots.create_task(done(number, whole(plan)))
    assert buyer.bought == sum(len(shot) for shot in film.lengths)
    return _outcome(film, studio, finished)


def _outcome(film: Script, studio: Studio, finished: Mapping[int, float]) -> Rehearsed:
    number = min(finished, key=finished.__getitem__)
    shot = film.lengths[number]
    own = max(shot[AssetType.IMAGE] + shot[AssetType.VIDEO], shot.get(AssetType.AUDIO, 0.0))
    return Rehearsed(
        makespan=max(finished.values()),
        first=finished[number] / own,
        polls=studio.polls,
        jobs=sum(len(shot) - (AssetType.AUDIO in shot) for shot in film.lengths),
        bound=lower_bound(film, studio.places),
    )


def perform(film: Script, places: int, *, speed: float, design: Performance = "chains") -> Rehearsed:
    """The same on the machine's clock, ``speed`` times as fast, and with nothing left out but the network.

    The run is the product's own: SQLite with full sync, store, ledger, library, probes of all media.
    """
    return asyncio.run(_perform(film, places, speed, design))


async def _perform(film: Script, places: int, speed: float, design: Performance) -> Rehearsed:
    finished: dict[int, float] = {}
    begun = 0.0

    def watch(event: Event) -> None:
        if event.event == ("shot_done" if design == "chains" else "step_done"):
            finished[int(str(event.facts["shot_id"]).removeprefix("shot_"))] = studio.clock.monotonic() - begun

    studio = Studio(film, places, SystemClock(speed))
    async with film_run(studio, watch) as run:
        plan = await run.plan()
        begun = studio.clock.monotonic()
        if design == "chains":
            shots = await run.shoot(plan)
            assert all(shot.complete for shot in shots)
        else:
            await _by_stages(run, plan)
    assert len(finished) == len(film.lengths)
    return _outcome(film, studio, finished)


@asynccontextmanager
async def film_run(studio: Studio, *listeners: Listener) -> AsyncGenerator[FilmRun]:
    """The product's run over the studio's film, with everything behind it in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(gallery=Path(folder), database_url=f"sqlite:///{folder}/film.db")
        async with running_services(settings, online=False) as services:
            params, providers = params_of(studio.film, studio.places), providers_of(studio, polled=True)
            yield FilmRun(params, services, Events(*listeners), Stop(), providers, clock=studio.clock)


async def _by_stages(run: FilmRun, plan: FilmPlan) -> None:
    """What the product's own parts come to when every stage waits for the one before it."""
    pictures: dict[str, CachedAsset] = {}

    async def obtain(number: int, shot: Shot, kind: AssetType) -> None:
        picture = pictures.get(shot.shot_id) if kind is AssetType.VIDEO else None
        ask = run.asker.video(shot, picture.sha256) if picture else plan.shots[number].assets[kind].ask
        made = await run.obtainer.obtain(ask, order=number, picture=picture)
        if kind is AssetType.IMAGE:
            pictures[shot.shot_id] = made.asset

    for kind in (AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO):
        async with asyncio.TaskGroup() as stage:
            for number, shot in enumerate(plan.shots):
                if kind in shot.assets:
                    stage.create_task(obtain(number, shot.shot, kind))


def params_of(film: Script, places: int) -> FilmParams:
    return FilmParams(
        film_id="rehearsal",
        shots=tuple(
            Shot(
                shot_id=f"shot_{n:04d}",
                enhanced_prompt=str(n),
                duration=Decimal(film.durations[n]),
                dialogue=str(n) if AssetType.AUDIO in lengths else None,
            )
            for n, lengths in enumerate(film.lengths)
        ),
        tier="budget",
        choices={kind: ProviderChoice(provider=_Rehearsed.name) for kind in AssetType},
        width=128,
        height=72,
        rate=Fraction(24),
        concurrency=places,
        budget_limit=Decimal(100),
    )


def providers_of(studio: Studio, polled: bool) -> ProviderSet:
    makers: dict[AssetType, type[_Rehearsed]] = {
        AssetType.IMAGE: PolledPictures if polled else Pictures,
        AssetType.VIDEO: PolledClips if polled else Clips,
        AssetType.AUDIO: Speech,
    }
    return ProviderSet(given={(kind, _Rehearsed.name): maker(studio) for kind, maker in makers.items()})


def _plan(asker: Asker, shot: Shot) -> ShotPlan:
    asks = {
        AssetType.IMAGE: asker.image(shot),
        AssetType.VIDEO: asker.video_outlook(shot),
        AssetType.AUDIO: asker.audio(shot),
    }
    return ShotPlan(
        shot,
        {
            kind: PlannedAsset(ask, "new", "never made", Quote(amount=Decimal(0)))
            for kind, ask in asks.items()
            if ask is not None
        },
    )
