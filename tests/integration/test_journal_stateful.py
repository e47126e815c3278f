"""The order journal under everything that befalls it, in any order: a machine that hypothesis drives.

Programs make a film of a few paid pictures, alone or two at once, and each may die between any two writes: the
database's, the order book's, the POST itself. The vendor answers late, oddly or not at all, its list lags or proves
nothing, or there is none; the database is an older copy, or empty, until somebody rebuilds it. At every step

    I1  no order is bought a second time without a record of it, and a dear one never
    I2  what is set aside and what is spent never pass the limit together
    I3  the vendor's invoice is no more than what is spent and what is held
    I4  in the end no money is set aside for nothing
    I5  no row of an order is ever deleted

and in the end a killed film has gone on under its limit, which is its quote: whatever can be told is there and paid.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, event

from film.cost_tracker import CostTracker, ReservationRequest, verify_ledger
from film.db import owner
from film.db.migrate import prepare
from film.db.session import make_engine
from film.errors import BudgetExceededError, FilmError, OutcomeUnknown, ProviderUnavailable, StoreError
from film.files.digests import sha256_of
from film.hashing import asset_key
from film.jobs import Job, Jobs, Limits, PaidCall, Stored
from film.jobs.book import NAME, OrderBook
from film.jobs.journal import OPEN, Journal
from film.models import AssetRequest, AssetType
from film.production.memory import catch_up, check_memory, rebuild
from film.production.money import JournalMoney, is_journaled, release_unused, reservation_name
from film.providers.base import ImageConfig, JobStatus, Listing, Ticket
from film.settings import Settings
from film.testing.doubles import FakeImageProvider, FakeVendor, InlineExecutor, ManualClock
from histories import run_histories

SHOTS = 3
DEAR, CHEAP = Decimal("0.05"), Decimal("0.004")
seen: Counter[str] = Counter()
running: ContextVar[str] = ContextVar("running", default="0")


class Killed(BaseException):
    """kill -9."""


@dataclass
class Life:
    """One program's life: it ends at the ``last``-th write, and then nothing more is written."""

    last: int
    steps: int = 0

    def step(self, *_: object) -> None:
        self.steps += 1
        if self.steps >= self.last:
            raise Killed


class Book(OrderBook):
    def __init__(self, path: Path, life: Life) -> None:
        super().__init__(path)
        self._life = life

    def _append(self, line: bytes) -> None:
        self._life.step()
        super()._append(line)
        self._life.step()


class Provider(FakeImageProvider):
    """One that dies with its program, around each thing that it asks for."""

    def __init__(self, vendor: FakeVendor, life: Life, lists: bool, shows_in: float | None) -> None:
        super().__init__(vendor=vendor)
        self._life, self.can_list, self._shows_in = life, lists, shows_in

    def seconds_to_show(self, config: Any) -> float:
        return super().seconds_to_show(config) if self._shows_in is None else self._shows_in

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        self._life.step()
        ticket = await super().submit(config, image_url=image_url)
        self._life.step()
        return ticket

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        self._life.step()
        return await super().poll_status(job_id)

    async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
        self._life.step()
        return await super().find_lost(config, age=age, image_url=image_url)


class Started(str):
    """When this process started, by which owners are told apart: each program here is a process of its own."""

    __slots__ = ()
    alive: ClassVar[set[str]] = set()

    def __ne__(self, other: object) -> bool:
        return other not in self.alive

    def __eq__(self, other: object) -> bool:
        return other in self.alive

    __hash__ = str.__hash__


@dataclass
class Store:
    """What the films' files are: by key, the blob's hash."""

    blobs: dict[str, str] = field(default_factory=dict[str, str])

    names: dict[str, str] = field(default_factory=dict[str, str])
    """Key → the vendor's name of the job that brought the file."""

    def of(self, job: Job) -> Stored | None:
        return Stored(self.blobs[job.key], self.names[job.key]) if job.key in self.blobs else None


class TheJournal(RuleBasedStateMachine):
    template: Path
    price = DEAR
    lists = True
    shows_in: float | None = None
    """Seconds in which orders are believed to show in the vendor's list, where that is not the truth."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="film-journal-"))
        self.database = self.folder / "film.db"
        shutil.copyfile(self.template, self.database)
        self.clock = ManualClock()
        self.vendor = FakeVendor(price=self.price, lists=self.lists, clock=self.clock.monotonic)
        self.store = Store()
        self._orders: dict[str, str] = {}
        self.settings = Settings(gallery=self.folder, database_url=f"sqlite:///{self.database}")
        self.looking = make_engine(self.settings.database_url)
        self.limit = self.price * SHOTS
        self.number = 0
        self.ids: set[str] = set()
        self.has_forgotten = False
        self.rebuilt = False
        self.older: Path | None = None

    # -- programs

    @rule(last=st.integers(1, 90))
    def make(self, last: int) -> None:
        self._programs(Life(last))

    @rule()
    def make_to_the_end(self) -> None:
        self._programs(Life(10_000))

    @rule(one=st.integers(1, 90), other=st.integers(1, 90))
    def two_at_once(self, one: int, other: int) -> None:
        self._programs(Life(one), Life(other))

    # -- the vendor

    @rule(how=st.sampled_from(["cut", "cut before", "busy", "odd poll", "cut download", "broken list", "crash"]))
    def goes_wrong(self, how: str) -> None:
        unknown = OutcomeUnknown("502 Bad Gateway", provider="fake", charged=None)
        match how:
            case "cut":
                self.vendor.swallows_answer()
            case "cut before":
                self.vendor.fails("submit", unknown)
            case "busy":
                self.vendor.fails("submit", ProviderUnavailable("429", provider="fake", retry_after=5.0))
            case "odd poll":
                self.vendor.fails("poll", RuntimeError("302 Found"))
            case "cut download":
                self.vendor.fails("fetch", RuntimeError("cut"))
            case "broken list":
                self.vendor.fails("list", RuntimeError("<html>"))
            case _:
                self.vendor.swallows_answer(RuntimeError("a fault in the adapter"))
        seen["faults"] += 1

    @rule(lag=st.sampled_from([0.0, 20.0, 70.0]), whole=st.booleans(), seconds=st.sampled_from([0.0, 30.0]))
    def its_ways_change(self, lag: float, whole: bool, seconds: float) -> None:
        self.vendor.list_lag, self.vendor.lists_whole, self.vendor.seconds = lag, whole, seconds

    @rule(seconds=st.sampled_from([10.0, 100.0, 1000.0]))
    def time_passes(self, seconds: float) -> None:
        asyncio.run(self.clock.advance(seconds))

    # -- the database, and people

    @rule()
    def copy_the_database(self) -> None:
        self.looking.dispose()
        self.older = self.folder / "older.db"
        shutil.copyfile(self.database, self.older)

    @rule(empty=st.booleans())
    def the_database_forgets(self, empty: bool) -> None:
        if not empty and self.older is None:
            return
        self.looking.dispose()
        source = self.template if empty or self.older is None else self.older
        shutil.copyfile(source, self.database)
        book = OrderBook(self.folder / NAME)
        self.has_forgotten = bool(book.order_ids() - self._ids()) or self._is_behind(book)
        seen["databases that forgot"] += self.has_forgotten
        self.ids = self._ids()

    def _is_behind(self, book: OrderBook) -> bool:
        """Whether orders are under way in the database that the book knows to be done."""
        orders = book.orders()
        return any(job.state in OPEN and orders[job.id].state == "done" for job in self._jobs() if job.id in orders)

    @rule()
    def somebody_rebuilds_it(self) -> None:
        if self.has_forgotten:
            rebuild(self.looking, self.settings)
            assert OrderBook(self.folder / NAME).order_ids() <= self._ids()
            self.has_forgotten, self.rebuilt = False, True

    @rule()
    def somebody_looks_at_the_vendors_page(self) -> None:
        """And says of the first order under review what is true."""
        if self.has_forgotten:
            return
        jobs = Jobs(self.looking, clock=self.clock, money=self._money(self.looking), executor=InlineExecutor())
        for job in jobs.list_jobs("review")[:1]:
            made = [bought for bought in self.vendor.jobs if bought.order == self._order_of(job.key)]
            others = [
                j for j in jobs.list_jobs() if j.key == job.key and j.id != job.id and j.state in ("done", "closed")
            ]
            jobs.resolve(job.id, "charged" if len(made) > len(others) else "not-charged")
            seen["settled by hand"] += 1

    # -- what holds at every step

    @invariant()
    def nothing_is_bought_twice_without_a_record(self) -> None:
        if not hasattr(self, "folder") or self.has_forgotten:
            return
        bought = Counter(job.order for job in self.vendor.jobs)
        jobs = self._jobs()
        recorded = Counter(self._order_of(job.key) for job in jobs if job.state not in ("failed", "unsent"))
        silent = sum(max(0, number - max(1, recorded[order])) for order, number in bought.items())
        seen["silent doubles"] += silent
        assert not silent, "I1"
        assert all(job.posts <= 1 for job in jobs), "I1"
        if self.price == DEAR:
            assert self.vendor.bought_twice() == 0, "I1: a dear one, bought twice"

    @invariant()
    def the_limit_holds_and_covers_the_invoice(self) -> None:
        if not hasattr(self, "folder") or self.has_forgotten:
            return
        costs = self._costs(self.looking)
        spent, held = costs.spent(), costs.held()
        seen["overspent"] += spent + held > self.limit
        assert spent + held <= self.limit, f"I2: {spent} spent and {held} held of {self.limit}"
        assert self.vendor.charges <= spent + held, f"I3: {self.vendor.charges} billed, {spent} + {held} known"
        assert verify_ledger(self.looking) == []

    @invariant()
    def no_row_is_deleted(self) -> None:
        if hasattr(self, "folder"):
            now = self._ids()
            assert self.ids <= now, "I5"
            self.ids = now

    # -- the end

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self._goes_on_to_its_end()
        finally:
            self.looking.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _goes_on_to_its_end(self) -> None:
        self.somebody_rebuilds_it()
        self.vendor._faults.clear()
        self.vendor._after.clear()
        self.its_ways_change(0.0, True, 0.0)
        for _ in range(3):
            self.time_passes(1000.0)
            ended = self._programs(Life(10_000))
            assert not any(isinstance(error, BudgetExceededError) for error in ended), "it cannot go on under its limit"
        self.nothing_is_bought_twice_without_a_record()
        self.the_limit_holds_and_covers_the_invoice()
        self.no_row_is_deleted()
        jobs = self._jobs()
        for number in range(SHOTS):
            call = self._call(number, Life(10_000))
            states = {job.state for job in jobs if job.key == call.key}
            seen["films' pictures there in the end"] += call.key in self.store.blobs
            if call.key not in self.store.blobs:
                seen["up for review, or lost by somebody's word"] += 1
                assert states & {"review", "lost"}, f"shot {number} is neither there nor told of: {states}"
                assert not self.lists or "review" not in states, "a list that is whole can tell"
        held = self._costs(self.looking).held()
        under_review = sum((job.quoted for job in jobs if job.state in OPEN and job.reservation_id), Decimal(0))
        assert held == under_review, f"I4: {held} held, {under_review} under review"
        open_ones = [job for job in jobs if job.state in OPEN and job.state != "review"]
        assert not open_ones, f"I4: {[job.state for job in open_ones]} for ever"

    # -- inside

    def _programs(self, *lives: Life) -> list[BaseException]:
        """Run as many programs at once; the errors that they met."""
        self.looking.dispose()
        Started.alive.clear()
        names = [f"{self.number + number}x" for number in range(1, len(lives) + 1)]
        self.number += len(lives)
        Started.alive.update(names)
        engines = [make_engine(self.settings.database_url) for _ in lives]
        for engine, life in zip(engines, lives, strict=True):
            event.listen(engine, "begin", life.step)
            event.listen(engine, "commit", life.step)
        errors: list[BaseException] = []

        async def program(name: str, engine: Engine, life: Life) -> None:
            running.set(name)
            try:
                await self._film(engine, life, errors)
            except Killed:
                seen["killed"] += 1
                Started.alive.discard(name)
            except FilmError as error:
                errors.append(error)

        async def all_of_them() -> None:
            await asyncio.gather(
                *(asyncio.create_task(program(*one)) for one in zip(names, engines, lives, strict=True))
            )

        try:
            asyncio.run(all_of_them())
        finally:
            Started.alive.clear()
            for engine in engines:
                engine.dispose()
        seen["programs"] += len(lives)
        return errors

    async def _film(self, engine: Engine, life: Life, errors: list[BaseException]) -> None:
        """What a run does, as ``film.production.film_run`` and ``task`` do it."""
        before = self.vendor.posts
        costs, name = self._costs(engine), running.get()
        jobs = Jobs(
            engine, clock=self.clock, limits=Limits(clock=self.clock), money=JournalMoney(costs),
            book=Book(self.folder / NAME, life), executor=InlineExecutor(),
        )  # fmt: skip
        try:
            check_memory(engine, self.settings)
            catch_up(engine, self.settings, self.clock.now())
        except StoreError:
            assert self.has_forgotten
            assert self.vendor.posts == before
            raise
        assert not self.has_forgotten, "a database that forgot orders goes unnoticed"
        await jobs.finish_stored(self.store.of)
        costs.recover(lambda r: jobs.comes_to(r.id), is_journaled)
        calls = [self._call(number, life) for number in range(SHOTS)]
        missing = [call for call in calls if call.key not in self.store.blobs]
        ordered = Journal(engine, jobs._desk.journal._lease).orders_for([call.key for call in missing])

        async def shot(number: int, call: PaidCall) -> None:
            held = None
            try:
                if call.key not in ordered:
                    item = ReservationRequest(
                        idem=reservation_name(name, call.shot_id, "image"), amount=call.quoted, shot_id=call.shot_id,
                        asset_type="image", provider="fake", key=call.key,
                    )  # fmt: skip
                    (held,) = costs.reserve([item])
                made = await jobs.run(replace(call, reservation_id=held.id if held else None))
                if made.generated is not None:
                    assert made.generated.data is not None
                    life.step()
                    self.store.blobs[call.key] = sha256_of(made.generated.data)
                    self.store.names[call.key] = made.vendor_id
                    life.step()
                    await jobs.finish(made, self.store.blobs[call.key])
            except FilmError as error:
                assert error.hint or isinstance(error, ProviderUnavailable), str(error)
                errors.append(error)
            finally:
                if held is not None and life.steps < life.last:
                    release_unused(costs, held)

        results = await asyncio.gather(*(shot(n, call) for n, call in enumerate(missing)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def _call(self, number: int, life: Life) -> PaidCall:
        provider = Provider(self.vendor, life, self.lists, self.shows_in)
        config = ImageConfig(prompt=f"a lighthouse, {number}", width=64, height=64)
        request = AssetRequest(
            asset_type=AssetType.IMAGE, provider="fake", model=provider.model_of(config),
            params=provider.request_params(config),
        )  # fmt: skip
        key = asset_key(request)
        self._orders[key] = _order(config)
        return PaidCall(
            key=key, film_id="film", shot_id=f"shot_{number}", request=request, provider=provider, config=config,
            image_url=None, quoted=self.price, order=number,
        )  # fmt: skip

    def _order_of(self, key: str) -> str:
        return self._orders[key]

    def _costs(self, engine: Engine) -> CostTracker:
        return CostTracker("film", self.limit, engine=engine, settings=self.settings)

    def _money(self, engine: Engine) -> JournalMoney:
        return JournalMoney(self._costs(engine))

    def _jobs(self) -> list[Job]:
        return Jobs(self.looking, executor=InlineExecutor()).list_jobs()

    def _ids(self) -> set[str]:
        return {job.id for job in self._jobs()}


def _order(config: ImageConfig) -> str:
    from film.testing import doubles

    return doubles._order(config)


def _run(tell: Callable[[str], None], template: Path, name: str, histories: int, steps: int, **fields: Any) -> None:
    seen.clear()
    run_histories(TheJournal, name, histories, steps, template=template, **fields)
    assert seen["killed"] > 0
    assert seen["films' pictures there in the end"] > 0
    tell(
        f"order journal, {name}: {histories} histories, {seen['programs']} programs, {seen['killed']} killed, "
        f"{seen['faults']} faults, {seen['databases that forgot']} databases that forgot, {seen['settled by hand']} "
        f"settled by hand; in the end {seen[_THERE]} pictures there, {seen[_TOLD]} up for review or lost: "
        f"silent doubles {seen['silent doubles']}, overspent {seen['overspent']}"
    )


_THERE, _TOLD = "films' pictures there in the end", "up for review, or lost by somebody's word"


@pytest.fixture(autouse=True)
def _programs_are_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(owner, "_started", lambda pid: Started(running.get()))
    yield
    Started.alive.clear()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    engine = make_engine(f"sqlite:///{tmp_path / 'template.db'}")
    prepare(engine)
    engine.dispose()
    return tmp_path / "template.db"


KINDS: dict[str, dict[str, Any]] = {
    "it lists": {},
    "it cannot list": {"lists": False},
    "cheap": {"price": CHEAP},
    "cheap, it cannot list": {"price": CHEAP, "lists": False},
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_few_histories(tell: Callable[[str], None], template: Path, kind: str) -> None:
    _run(tell, template, kind, 6, 12, **KINDS[kind])


def test_a_journal_that_believes_a_list_too_early_is_found_out(template: Path) -> None:
    with pytest.raises(AssertionError, match="I1"):
        _run(lambda line: None, template, "believes too early", 40, 12, shows_in=0.0)


@pytest.mark.long
@pytest.mark.parametrize("kind", list(KINDS))
def test_many_histories(tell: Callable[[str], None], template: Path, kind: str) -> None:
    _run(tell, template, kind, 150, 20, **KINDS[kind])
