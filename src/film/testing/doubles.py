"""Providers and a clock that live in memory, for tests that have no business with HTTP.

FakeVendor ── the vendor's side: its jobs, its bill, and what goes wrong next; it outlives "crashed" programs
   └── FakeImageProvider, FakeVideoProvider, FakeAudioProvider ── our side of it
ManualClock ── time passes when everybody sleeps, or when the test says so
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, ParamSpec, TypeVar

from film.errors import OutcomeUnknown, PaidLost
from film.hashing import content_key
from film.models import Generated
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseVideoProvider,
    ImageConfig,
    JobProvider,
    JobStatus,
    Listing,
    ProviderContext,
    Ticket,
    VideoConfig,
)
from film.testing import synthetic

P = ParamSpec("P")
T = TypeVar("T")

Step = Literal["submit", "poll", "fetch", "list", "cancel"]


@dataclass
class FakeJob:
    """A job at the vendor: ``order`` tells what was ordered, by its content."""

    id: str
    order: str
    price: Decimal
    ready_at: float
    shown_at: float = 0.0
    status: JobStatus | None = None
    """What polls answer instead of the truth."""
    cancelled: bool = False


@dataclass
class FakeVendor:
    """A vendor's whole house. ``lists`` is whether it can be asked what it was sent; None answers "cannot say"."""

    price: Decimal = Decimal("0.05")
    seconds: float = 0.0
    lists: bool = True
    lists_whole: bool = True
    """Whether its list proves anything: one that is cut short, or not in its form, does not."""
    list_lag: float = 0.0
    """Seconds until its list shows a job."""
    clock: Callable[[], float] = lambda: 0.0
    jobs: list[FakeJob] = field(default_factory=list[FakeJob])
    posts: int = 0
    calls: dict[Step, int] = field(default_factory=lambda: defaultdict[Step, int](int))
    _faults: dict[Step, deque[BaseException | Callable[[], None]]] = field(
        default_factory=lambda: defaultdict[Step, deque[BaseException | Callable[[], None]]](deque)
    )
    _after: deque[BaseException | Callable[[], None]] = field(default_factory=deque[BaseException | Callable[[], None]])

    def fails(self, step: Step, *faults: BaseException | Callable[[], None]) -> None:
        """The next calls of ``step`` raise these, one each, before anything is done. A callable is called."""
        self._faults[step].extend(faults)

    def swallows_answer(self, *faults: BaseException | Callable[[], None]) -> None:
        """The next submissions are accepted, and our side meets this instead of the job's id."""
        self._after.extend(faults or (OutcomeUnknown("the connection was cut", provider="fake", charged=None),))

    @property
    def charges(self) -> Decimal:
        """What the vendor bills: every accepted job that was not cancelled, nor failed for free."""
        free = (job.cancelled or (job.status is not None and job.status.charged is False) for job in self.jobs)
        return sum((job.price for job, is_free in zip(self.jobs, free, strict=True) if not is_free), Decimal(0))

    def bought_twice(self) -> int:
        """Jobs beyond the first of equal orders."""
        return len(self.jobs) - len({job.order for job in self.jobs})

    def job(self, ticket: Ticket | str) -> FakeJob:
        job_id = ticket if isinstance(ticket, str) else ticket.job_id
        for job in self.jobs:
            if job.id == job_id:
                return job
        raise PaidLost(f"there is no job {job_id!r}", provider="fake", charged=None)

    def accept(self, order: str) -> FakeJob:
        self.posts += 1
        self.meet("submit")
        now = self.clock()
        job = FakeJob(f"fake-{len(self.jobs) + 1}", order, self.price, now + self.seconds, now + self.list_lag)
        self.jobs.append(job)
        _strike(self._after)
        return job

    def meet(self, step: Step) -> None:
        self.calls[step] += 1
        _strike(self._faults[step])


class _FakeProvider(JobProvider):
    account = "fake"
    name = "fake"
    default_model = "fake-1"
    can_list = True
    usual_seconds = 10.0
    poll_seconds = 1.0

    def __init__(self, context: ProviderContext | None = None, vendor: FakeVendor | None = None) -> None:
        super().__init__(context)
        self.vendor = vendor or FakeVendor()

    def estimate_cost(self, config: Any) -> Decimal:
        return self.vendor.price

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        return Ticket(job_id=self.vendor.accept(_order(config)).id)

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        self.vendor.meet("poll")
        job = self.vendor.job(job_id)
        if job.status is not None:
            return job.status
        if self.vendor.clock() < job.ready_at:
            return JobStatus(state="running")
        return JobStatus(state="done", outputs=(f"fake://{job.id}",), billed=job.price)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        self.vendor.meet("fetch")
        return self.media(int(self.vendor.job(ticket).order[:8], 16))

    async def cancel(self, ticket: Ticket) -> bool:
        self.vendor.meet("cancel")
        self.vendor.job(ticket).cancelled = True
        return True

    async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
        self.vendor.meet("list")
        if not self.vendor.lists:
            return None
        shown = [job for job in self.vendor.jobs if self.vendor.clock() >= job.shown_at]
        found = tuple(Ticket(job_id=job.id) for job in shown if job.order == _order(config))
        return Listing(found, complete=self.vendor.lists_whole)

    def media(self, seed: int) -> Generated:
        raise NotImplementedError


class FakeImageProvider(_FakeProvider, BaseImageProvider):
    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}))

    def media(self, seed: int) -> Generated:
        return Generated(data=synthetic.picture(64, 36, seed), mime="image/png")


class FakeVideoProvider(_FakeProvider, BaseVideoProvider):
    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}), image_url=image_url)

    def media(self, seed: int) -> Generated:
        return Generated(data=synthetic.clip(0.5, 64, 36, seed, str(seed)), mime="video/mp4")


class FakeAudioProvider(_FakeProvider, BaseAudioProvider):
    """Answers at once, as speech vendors do: the sound is in the ticket, and there is nothing to poll."""

    can_list = False
    answers_at_once = True
    longest_text: int | None = None

    def text_limit(self, config: AudioConfig) -> int | None:
        return self.longest_text

    async def generate(self, text: str, config: AudioConfig) -> Generated:
        return await self.run(config.model_copy(update={"text": text}))

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        job = self.vendor.accept(_order(config))
        return Ticket(job_id=job.id, result=self.media(int(job.order[:8], 16)))

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        return await BaseAudioProvider.poll_status(self, job_id)

    async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
        return None

    def media(self, seed: int) -> Generated:
        return Generated(data=synthetic.speech("la la la", seed), mime="audio/wav")


class ManualClock:
    """A clock for one event loop. Whoever sleeps is woken in order, as soon as nobody has anything else to do.

    With ``runs=False`` time stands until ``advance``. ``put`` sets the wall clock right by some seconds, as somebody
    might in the middle of a film; ``monotonic`` does not notice.
    """

    IDLE_TURNS = 200
    """Turns of the event loop without a new sleeper that count as nobody having anything to do."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC), *, runs: bool = True) -> None:
        self._start = start
        self._passed = 0.0
        self._put = 0.0
        self._runs = runs
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._hand: asyncio.Task[None] | None = None

    def monotonic(self) -> float:
        return self._passed

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed + self._put)

    def stamp(self) -> str:
        return str(self._passed)

    def age(self, stamp: str) -> float | None:
        return self._passed - float(stamp) if stamp else None

    def put(self, seconds: float) -> None:
        self._put += seconds

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + max(0.0, seconds), next(self._numbers), woken))
        if self._runs and (self._hand is None or self._hand.done()):
            self._hand = asyncio.create_task(self._turn())
        await woken

    async def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass, waking whoever is due, in order."""
        until = self._passed + seconds
        await self._idle()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._wake()
            await self._idle()
        self._passed = max(self._passed, until)

    async def _turn(self) -> None:
        while self._sleepers:
            await self._idle()
            self._wake()

    def _wake(self) -> None:
        if self._sleepers:
            at, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._passed = max(self._passed, at)
                woken.set_result(None)

    async def _idle(self) -> None:
        for _ in range(self.IDLE_TURNS):
            await asyncio.sleep(0)


class InlineExecutor(Executor):
    """Runs what it is given at once and in place, so that a ManualClock never waits for a thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the result
            future.set_exception(error)
        return future


def _strike(faults: deque[BaseException | Callable[[], None]]) -> None:
    if faults:
        fault = faults.popleft()
        if isinstance(fault, BaseException):
            raise fault
        fault()


def _order(config: Any) -> str:
    """By content: of references that is their bytes, wherever they lie."""
    order = config.model_dump()
    references = [reference["sha256"] for reference in order.pop("references", ())]
    return content_key("fake/1", {"order": order, **({"references": references} if references else {})})
