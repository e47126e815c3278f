"""The straight line, bought once, stored, settled; and what an equal call finds afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from house import House, paid_call

from film.errors import (
    InputError,
    Interrupted,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from film.jobs import Decision, Jobs, Limits, PurchaseResult
from film.models import Generated
from film.providers.base import AudioConfig, BaseImageProvider, ImageConfig, JobStatus, Ticket
from film.testing.doubles import FakeAudioProvider, FakeImageProvider


def states(house: House) -> list[str]:
    return sorted(job.state for job in house.jobs().list_jobs())


def test_a_picture_is_bought_stored_and_settled_once(house: House):
    made = house.make()
    assert made.generated is not None
    assert made.generated.details["width"] == 64
    job = house.jobs().list_jobs()[0]
    assert (job.state, job.billed, job.posts, job.vendor_job_id) == ("done", Decimal("0.05"), 1, "fake-1")
    assert job.blob_sha256 == house.store[job.key]
    assert house.purse.spent == house.vendor.charges == Decimal("0.05")


def test_what_was_bought_before_is_named_and_not_bought_again(house: House):
    house.make()
    again = house.make()
    assert again.generated is None
    assert again.blob_sha256 == next(iter(house.store.values()))
    assert house.vendor.posts == 1


def test_it_is_bought_again_when_asked_for(house: House):
    house.make()
    house.make(house.image_call(again=True, reservation_id="another"))
    assert house.vendor.posts == 2
    assert states(house) == ["done", "done"]
    assert house.purse.spent == house.vendor.charges


def test_a_second_finish_changes_nothing(house: House):
    async def work(jobs: Jobs) -> None:
        made = await jobs.run(house.image_call())
        await jobs.finish(made, "a" * 64)
        await jobs.finish(replace(made, billed=Decimal(9)), "b" * 64)

    house.run(work)
    job = house.jobs().list_jobs()[0]
    assert (job.blob_sha256, job.billed) == ("a" * 64, Decimal("0.05"))


def test_the_quote_is_settled_where_the_vendor_does_not_say_what_it_billed(house: House):
    call = paid_call(FakeAudioProvider(vendor=house.vendor), AudioConfig(text="Land!"), quoted=Decimal("0.0011"))
    made = house.make(call)
    assert made.billed is None
    assert house.purse.spent == Decimal("0.0011")


def test_two_equal_calls_at_once_are_one_purchase(house: House):
    house.vendor.seconds = 30

    async def work(jobs: Jobs) -> list[PurchaseResult]:
        return await asyncio.gather(*(house.buy(jobs, house.image_call()) for _ in range(5)))

    made = house.run(work)
    assert house.vendor.posts == 1
    assert sorted(m.generated is None for m in made) == [False, True, True, True, True]


def test_two_takes_are_two_purchases(house: House):
    house.make()
    house.make(house.image_call(take=2))
    assert house.vendor.posts == 2


# -- the vendor says no


def test_a_refusal_is_final_in_this_run_and_the_next(house: House):
    house.vendor.fails("submit", ProviderRefused("no lighthouses", provider="fake"))
    with pytest.raises(ProviderRefused, match="no lighthouses"):
        house.make()
    with pytest.raises(ProviderRefused, match="no lighthouses") as refused:
        house.make()
    assert "film jobs resolve" in refused.value.hint
    assert (house.vendor.posts, states(house)) == (1, ["refused"])
    assert house.purse.released
    assert house.purse.spent == 0


def test_a_refusal_that_the_vendor_bills_is_settled_as_it_bills(house: House):
    def refuse() -> None:
        house.vendor.jobs[0].status = JobStatus(state="failed", error="unsafe", refused=True, billed=Decimal("0.02"))

    house.vendor.fails("poll", refuse)
    with pytest.raises(ProviderRefused, match="unsafe"):
        house.make()
    assert house.purse.spent == Decimal("0.02")


@pytest.mark.parametrize(("charged", "spent"), [(False, "0"), (True, "0.05"), (None, "0.05")])
def test_a_failed_job_is_settled_as_charged_and_may_be_bought_by_the_next_run(
    house: House, charged: bool | None, spent: str
):
    def fail() -> None:
        house.vendor.jobs[0].status = JobStatus(state="failed", error="model crashed", charged=charged)

    house.vendor.fails("poll", fail)
    with pytest.raises(ProviderError, match="model crashed"):
        house.make()
    assert house.purse.spent == Decimal(spent)
    house.make(house.image_call(reservation_id="next run"))
    assert states(house) == ["done", "failed"]


@pytest.mark.parametrize("error", [OutOfCredit("top up"), MissingKeyError("FAL_API_KEY was rejected")])
def test_an_account_without_credit_is_asked_nothing_more(house: House, error: ProviderError):
    house.vendor.fails("submit", error)

    async def work(jobs: Jobs) -> None:
        for take in range(1, 4):
            with pytest.raises(type(error)):
                await jobs.run(house.image_call(take=take))

    house.run(work)
    assert house.vendor.posts == 1
    assert states(house) == ["unsent"]
    assert len(house.purse.released) == 3


def test_what_the_request_builder_refuses_was_never_sent(house: House):
    house.vendor.fails("submit", InputError("the text is too long"))
    with pytest.raises(InputError):
        house.make()
    assert states(house) == ["unsent"]
    assert house.purse.released


# -- the vendor is busy or away


def test_a_busy_vendor_is_waited_for_as_long_as_it_says(house: House):
    house.vendor.fails("submit", *(ProviderUnavailable("busy", retry_after=30) for _ in range(8)))
    house.make()
    assert house.clock.monotonic() >= 8 * 30
    assert house.vendor.charges == Decimal("0.05")
    assert [e.kind for e in house.events].count("waiting") == 8


def test_a_pause_is_for_the_whole_provider_and_at_most_two_minutes(house: House):
    house.vendor.fails("submit", ProviderUnavailable("busy", retry_after=86_400))

    async def work(jobs: Jobs) -> None:
        first = asyncio.create_task(jobs.run(house.image_call("first")))
        while not house.vendor.posts:
            await asyncio.sleep(0)
        await asyncio.gather(first, *(jobs.run(house.image_call(f"shot {n}")) for n in range(10)))

    house.run(work)
    assert house.vendor.posts == 12
    assert 120 <= house.clock.monotonic() < 300


def test_a_vendor_that_cannot_be_reached_is_tried_five_times_and_its_row_serves_the_next_run(house: House):
    house.vendor.fails("submit", *(ProviderUnavailable("connection refused") for _ in range(9)))
    with pytest.raises(ProviderUnavailable):
        house.make()
    assert (house.vendor.posts, states(house)) == (5, ["unsent"])
    assert house.purse.released
    house.vendor.fails("submit", *())
    house.vendor._faults.clear()  # pyright: ignore[reportPrivateUsage]
    house.make(house.image_call(reservation_id="next run"))
    assert states(house) == ["done"]
    assert house.jobs().list_jobs()[0].posts == 1


# -- stopping


def test_after_a_stop_nothing_more_is_bought_though_it_was_queued(house: House):
    house.vendor.seconds = 60
    stop = False

    async def work(jobs: Jobs) -> list[object]:
        nonlocal stop
        calls = [house.image_call(f"shot {n}", reservation_id=f"r{n}") for n in range(12)]
        tasks = [asyncio.create_task(house.buy(jobs, call)) for call in calls]
        while house.vendor.posts < 3:
            await asyncio.sleep(0)
        stop = True
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    results = house.run(work, house.jobs(stop=lambda: stop))
    assert house.vendor.posts == 3
    assert sum(isinstance(r, PurchaseResult) for r in results) == 3
    assert sum(isinstance(r, Interrupted) for r in results) == 9
    assert len(house.purse.released) == 9


class SlowToAnswer(FakeImageProvider):
    """Takes an order at once and a while to say so."""

    async def submit(self, config: object, *, image_url: str | None = None) -> Ticket:
        ticket = await super().submit(config, image_url=image_url)
        for _ in range(50):
            await asyncio.sleep(0)
        return ticket


def test_what_queues_for_its_turn_to_be_sent_is_not_sent_after_a_stop(house: House):
    """Places enough for all jobs, and few for POSTs: the last look before sending is the one that counts."""
    stop = False
    provider = SlowToAnswer(vendor=house.vendor)

    async def work(jobs: Jobs) -> None:
        nonlocal stop
        calls = [house.image_call(f"shot {n}", provider=provider) for n in range(30)]
        tasks = [asyncio.create_task(house.buy(jobs, call)) for call in calls]
        while house.vendor.posts < 4:
            await asyncio.sleep(0)
        stop = True
        await asyncio.gather(*tasks, return_exceptions=True)

    house.run(work, house.jobs(stop=lambda: stop, limits=Limits(default=30, clock=house.clock)))
    assert house.vendor.posts == 4
    assert states(house) == ["done"] * 4


@pytest.mark.parametrize("turns", [30, 60, 90, 120, 200, 400])
def test_a_storm_of_cancellations_leaves_no_job_in_doubt(house: House, turns: int):
    house.vendor.seconds = 20
    provider = SlowToAnswer(vendor=house.vendor)

    async def work(jobs: Jobs) -> None:
        calls = [house.image_call(f"shot {n}", provider=provider) for n in range(40)]
        tasks = [asyncio.create_task(jobs.run(call)) for call in calls]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    house.run(work)
    assert set(states(house)) <= {"submitted"}
    assert len(states(house)) == len(house.vendor.jobs)


# -- by hand


def unlistable(house: House) -> None:
    """A job whose answer was lost at a vendor that cannot be asked."""
    house.vendor.lists = False
    house.vendor.swallows_answer()
    with pytest.raises(OutcomeUnknown):
        house.make()
    assert states(house) == ["review"]


def test_a_job_in_review_stays_there_with_its_money_held(house: House):
    unlistable(house)
    with pytest.raises(OutcomeUnknown, match="may or may not") as unknown:
        house.make()
    job = house.jobs().list_jobs("review")[0]
    assert f"film jobs resolve {job.id[:8]}" in unknown.value.hint
    assert house.vendor.posts == 1
    assert house.purse.unknown
    assert not house.purse.released
    assert not house.purse.settled


def test_charged_books_it_and_never_buys_it_again(house: House):
    unlistable(house)
    house.jobs().resolve(house.jobs().list_jobs()[0].id[:8], "charged")
    with pytest.raises(PaidLost):
        house.make(house.image_call(reservation_id="next run"))
    assert house.vendor.posts == 1
    assert house.purse.spent == house.vendor.charges
    assert "next run" in house.purse.released


def test_not_charged_frees_the_money_and_lets_the_next_run_buy(house: House):
    unlistable(house)
    house.jobs().resolve(house.jobs().list_jobs()[0].id, "not-charged")
    assert len(house.purse.released) == 1
    house.make(house.image_call(reservation_id="next run"))
    assert states(house) == ["done", "failed"]


def test_rebuy_counts_the_first_as_billed_and_buys_another(house: House):
    unlistable(house)
    house.jobs().resolve(house.jobs().list_jobs()[0].id, "rebuy")
    house.make(house.image_call(reservation_id="next run"))
    assert states(house) == ["closed", "done"]
    assert house.purse.spent == house.vendor.charges == Decimal("0.10")


@pytest.mark.parametrize(("decision", "spent"), [("charged", "0.03"), ("not-charged", "0.02"), ("rebuy", "0.03")])
def test_cheap_ones_are_bought_again_up_to_the_threshold_in_all_and_every_one_is_accounted_for(
    house: House, decision: Decision, spent: str
):
    house.vendor.lists, house.vendor.price = False, Decimal("0.01")
    house.vendor.swallows_answer(*(OutcomeUnknown("cut") for _ in range(9)))
    with pytest.raises(OutcomeUnknown):
        house.make(house.image_call(quoted=Decimal("0.01")))
    assert states(house) == ["closed", "closed", "review"]
    assert len(house.purse.granted) == 2, "each order has money of its own"
    house.jobs().resolve(house.jobs().list_jobs("review")[0].id, decision)
    assert house.purse.spent == Decimal(spent)


def test_one_run_buys_a_cheap_one_twice_more_and_leaves_the_rest_to_the_next(house: House):
    """A vendor that fails at every order is not flooded with cents."""
    house.vendor.lists, house.vendor.price = False, Decimal("0.001")
    house.vendor.swallows_answer(*(OutcomeUnknown("cut") for _ in range(4)))
    call = house.image_call(quoted=Decimal("0.001"))
    with pytest.raises(ProviderUnavailable, match="gives no answer"):
        house.make(call)
    assert (house.vendor.posts, states(house)) == (3, ["closed", "closed", "unknown"])
    assert house.clock.monotonic() >= 1 + 2
    assert not house.purse.released
    assert house.purse.spent == Decimal("0.002"), "what is closed is booked at once"
    house.make(call)
    assert (house.vendor.posts, states(house)) == (5, [*["closed"] * 4, "done"])
    assert house.purse.spent == house.vendor.charges == Decimal("0.005")


def test_what_is_done_or_does_not_exist_cannot_be_decided(house: House):
    house.make()
    with pytest.raises(InputError, match="nothing to decide"):
        house.jobs().resolve(house.jobs().list_jobs()[0].id, "rebuy")
    with pytest.raises(InputError, match="no single job"):
        house.jobs().resolve("nonsense", "rebuy")
    with pytest.raises(InputError, match="no single job"):
        house.jobs().resolve("", "rebuy")


def test_jobs_are_listed_by_state_and_film(house: House):
    house.make()
    house.make(house.image_call("another", film_id="other film"))
    assert [j.film_id for j in house.jobs().list_jobs(film_id="other film")] == ["other film"]
    assert len(house.jobs().list_jobs("done")) == 2
    assert house.jobs().list_jobs("review") == []


# -- plug-ins that answer at once


class OneLiner(BaseImageProvider):
    """The least that a plug-in is."""

    name = "one-liner"

    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer, self.calls = answer, 0

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # pyright: ignore[reportReturnType]

    def estimate_cost(self, config: ImageConfig) -> Decimal:
        return Decimal("0.05")


def test_a_plug_in_with_generate_alone_is_journaled_too(house: House):
    data = FakeImageProvider().media(1).data
    made = house.make(house.image_call(provider=OneLiner(data)))
    assert made.generated is not None
    assert made.generated.mime == "image/png"
    assert states(house) == ["done"]


def test_a_plug_in_that_breaks_may_have_bought_so_it_is_not_asked_again(house: House):
    provider = OneLiner(RuntimeError("read timeout"))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            house.make(house.image_call(provider=provider))
    assert (provider.calls, states(house)) == (1, ["review"])
    assert "read timeout" in house.jobs().list_jobs()[0].error


@pytest.mark.parametrize("answer", [None, b"", b"<html>", 42])
def test_a_plug_in_that_returns_no_media_is_paid_for_nothing(house: House, answer: object):
    with pytest.raises(ProviderError, match="instead of"):
        house.make(house.image_call(provider=OneLiner(answer)))
    assert states(house) == ["lost"]
    assert house.purse.spent == Decimal("0.05")
