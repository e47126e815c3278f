"""Two programs that both believe a job to be theirs, over a real ledger: whatever comes of it, ledger = invoice.

The first program is paused in the middle of its POST until its lease is over; a successor does as a successor does;
then the first one wakes, with the vendor's answer in its hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from house import paid_call
from sqlalchemy import Engine

from film.cost_tracker import CostTracker, ReservationRequest, verify_ledger
from film.errors import FilmError, OutcomeUnknown, ProviderError
from film.jobs import Job, Jobs, Limits, PaidCall, PurchaseResult
from film.production.money import JournalMoney
from film.providers.base import AudioConfig, ImageConfig, Ticket
from film.settings import Settings
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVendor, InlineExecutor, ManualClock

PRICE = Decimal("0.05")


class Scene:
    """One vendor, one ledger, and programs that come and go."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.clock = ManualClock()
        self.vendor = FakeVendor(price=PRICE, clock=self.clock.monotonic)
        self.costs = CostTracker("film", Decimal(10), engine=engine, settings=settings)
        self.money = JournalMoney(self.costs)
        self.stored: set[str] = set()

    def jobs(self) -> Jobs:
        return Jobs(
            self.engine,
            clock=self.clock,
            limits=Limits(clock=self.clock),
            money=self.money,
            executor=InlineExecutor(),
            grace=0.0,
        )

    def call(self, name: str, meanwhile: Callable[[], Awaitable[None]] | None = None, **changes: Any) -> PaidCall:
        """An order of the picture; ``meanwhile`` happens while its answer is on the way."""
        (held,) = self.costs.reserve([ReservationRequest(name, PRICE)])
        provider = Paused(self, meanwhile) if meanwhile else FakeImageProvider(vendor=self.vendor)
        call = paid_call(provider, ImageConfig(prompt="a lighthouse", width=64, height=64), reservation_id=held.id)
        return replace(call, **changes)

    async def make(self, call: PaidCall) -> PurchaseResult:
        jobs = self.jobs()
        made = await jobs.run(call)
        if made.generated is not None:
            self.stored.add(call.key)
            await jobs.finish(made, "a" * 64)
        return made

    def on_record(self) -> list[Job]:
        return self.jobs().list_jobs()

    def assert_ledger_is_invoice(self) -> None:
        assert self.costs.spent() == self.vendor.charges
        assert self.costs.held() == 0
        assert verify_ledger(self.engine) == []


class Paused(FakeImageProvider):
    """Sends its order, and hears nothing until long after its lease is over."""

    def __init__(self, scene: Scene, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(vendor=scene.vendor)
        self._scene, self._meanwhile = scene, meanwhile

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        return await self._hear(await super().submit(config, image_url=image_url))

    async def _hear(self, ticket: Ticket) -> Ticket:
        self._scene.clock.put(3600)
        await self._meanwhile()
        return ticket


class PausedBeforeSending(Paused):
    """Its order leaves the machine only when it wakes: the successor could not find it at the vendor."""

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        self._scene.clock.put(3600)
        await self._meanwhile()
        return await FakeImageProvider.submit(self, config, image_url=image_url)


@pytest.fixture
def scene(engine: Engine, settings: Settings) -> Scene:
    return Scene(engine, settings)


def late(scene: Scene) -> PaidCall:
    """A call that is sent after a successor has bought the same."""

    async def successor() -> None:
        await scene.make(scene.call("successor"))

    call = scene.call("paused", successor)
    return replace(call, provider=PausedBeforeSending(scene, successor))


@pytest.mark.parametrize(
    ("decision", "amount", "state"),
    [("charged", None, "closed"), ("charged", "0.04", "closed"), ("rebuy", None, "closed")],
)
def test_a_second_purchase_that_was_charged_is_booked_and_flagged(
    scene: Scene, decision: Any, amount: str | None, state: str
) -> None:
    asyncio.run(scene.make(late(scene)))
    absent, done, second = scene.on_record()
    assert (absent.state, done.state, second.state) == ("failed", "done", "review")
    assert second.is_second and len(scene.vendor.jobs) == 2
    assert scene.costs.spent() == PRICE, "nobody has said yet that it was charged"
    if amount:
        scene.vendor.jobs[1].price = Decimal(amount)
    scene.jobs().resolve(second.id, decision, Decimal(amount) if amount else None)
    assert scene.on_record()[2].state == state
    scene.assert_ledger_is_invoice()
    assert asyncio.run(scene.make(scene.call("next run"))).blob_sha256 == "a" * 64, "it bars nothing"
    scene.assert_ledger_is_invoice()


def test_a_second_purchase_that_was_not_charged_costs_nothing(scene: Scene) -> None:
    asyncio.run(scene.make(late(scene)))
    scene.vendor.jobs[1].cancelled = True
    scene.jobs().resolve(scene.on_record()[2].id, "not-charged")
    assert scene.on_record()[2].state == "failed"
    scene.assert_ledger_is_invoice()


def test_a_second_purchase_counts_against_the_films_limit(scene: Scene) -> None:
    asyncio.run(scene.make(late(scene)))
    scene.jobs().resolve(scene.on_record()[2].id, "charged")
    assert scene.costs.left() == Decimal(10) - 2 * PRICE


def test_what_the_user_has_bought_again_meanwhile_is_known_to_be_charged_and_booked_once(scene: Scene) -> None:
    """The user took the program for dead, saw the vendor's page, chose to buy again: both are on the bill."""
    scene.vendor.lists = False

    async def user() -> None:
        with pytest.raises(OutcomeUnknown):
            await scene.make(scene.call("first successor"))
        scene.jobs().resolve(scene.on_record()[0].id, "rebuy")
        await scene.make(scene.call("second successor"))

    asyncio.run(scene.make(scene.call("paused", user)))
    assert [(job.state, job.vendor_job_id) for job in scene.on_record()] == [("closed", "fake-1"), ("done", "fake-2")]
    scene.assert_ledger_is_invoice()


def test_what_the_user_took_for_free_and_was_not_is_booked_when_it_turns_out(scene: Scene) -> None:
    scene.vendor.lists = False

    async def user() -> None:
        with pytest.raises(OutcomeUnknown):
            await scene.make(scene.call("first successor"))
        scene.jobs().resolve(scene.on_record()[0].id, "not-charged")
        await scene.make(scene.call("second successor"))

    asyncio.run(scene.make(scene.call("paused", user)))
    (second,) = scene.jobs().list_jobs("review")
    scene.jobs().resolve(second.id, "charged")
    scene.assert_ledger_is_invoice()


def test_an_order_that_the_successor_adopts_is_one_purchase(scene: Scene) -> None:
    async def successor() -> None:
        await scene.make(scene.call("successor"))

    made = asyncio.run(scene.make(scene.call("paused", successor)))
    assert (made.generated, made.blob_sha256) == (None, "a" * 64)
    assert [job.state for job in scene.on_record()] == ["done"]
    scene.assert_ledger_is_invoice()


def test_an_answer_at_once_is_not_thrown_away_because_its_buyer_slept(scene: Scene) -> None:
    """The vendor keeps no copy of it, and the successor could only have asked the user."""

    class PausedVoice(FakeAudioProvider):
        async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
            ticket = await super().submit(config, image_url=image_url)
            scene.clock.put(3600)
            with pytest.raises(OutcomeUnknown):
                await scene.make(call("successor", FakeAudioProvider(vendor=scene.vendor)))
            return ticket

    def call(name: str, provider: FakeAudioProvider) -> PaidCall:
        (held,) = scene.costs.reserve([ReservationRequest(name, PRICE)])
        return paid_call(provider, AudioConfig(text="Land!"), reservation_id=held.id)

    made = asyncio.run(scene.make(call("paused", PausedVoice(vendor=scene.vendor))))
    assert made.generated is not None and len(scene.vendor.jobs) == 1
    scene.assert_ledger_is_invoice()


def test_a_refusal_that_comes_too_late_does_not_free_the_successors_money(scene: Scene) -> None:
    async def successor() -> None:
        await scene.jobs().run(scene.call("successor"))  # bought, and not stored yet: its money is still set aside
        raise ProviderError("no such model", provider="fake", charged=False)

    call = replace(scene.call("paused"), provider=PausedBeforeSending(scene, successor))
    asyncio.run(scene.make(call))
    assert [job.state for job in scene.on_record()] == ["failed", "done"]
    scene.assert_ledger_is_invoice()
    with scene.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger_entries WHERE kind = 'overrun'").scalar() == 0


def test_woken_before_it_has_looked_a_program_takes_what_was_bought_meanwhile(scene: Scene) -> None:
    """It was told that the store has nothing, and slept; the journal asks the store again before anything is bought."""
    first = scene.call("first")
    asyncio.run(scene.make(first))
    woken = scene.call("woken", again=lambda job: job.key not in scene.stored)
    made = asyncio.run(scene.make(woken))
    assert (made.generated, made.blob_sha256, len(scene.vendor.jobs)) == (None, "a" * 64, 1)
    scene.stored.clear()
    assert asyncio.run(scene.make(scene.call("gone", again=lambda job: job.key not in scene.stored))).generated
    assert len(scene.vendor.jobs) == 2
    scene.assert_ledger_is_invoice()


def test_wanted_again_and_finished_by_a_successor_it_is_not_bought_a_third_time(scene: Scene) -> None:
    asyncio.run(scene.make(scene.call("first")))

    async def successor() -> None:
        await scene.make(scene.call("successor"))

    made = asyncio.run(scene.make(scene.call("wanted again", successor, again=True)))
    assert made.generated is None and len(scene.vendor.jobs) == 2
    scene.assert_ledger_is_invoice()


def test_every_error_on_the_way_says_what_to_do(scene: Scene) -> None:
    scene.vendor.lists = False

    async def successor() -> None:
        with pytest.raises(FilmError) as told:
            await scene.make(scene.call("successor"))
        assert "film jobs resolve" in told.value.hint

    assert asyncio.run(scene.make(scene.call("paused", successor))).generated is not None
    scene.assert_ledger_is_invoice()
