"""Absence is proven, never guessed: what a vendor's list must be before an order is bought again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from house import House

from film.errors import OutcomeUnknown, ProviderUnavailable
from film.jobs import PaidCall
from film.providers.base import LIST_LAG, Listing, ProviderContext
from film.testing.doubles import FakeImageProvider


def states(house: House) -> list[str]:
    return [job.state for job in house.jobs().list_jobs()]


def kinds(house: House) -> list[str]:
    return [event.kind for event in house.events]


def never_arrives(house: House) -> None:
    """The order is sent, no answer comes, and the vendor never heard of it."""
    house.vendor.fails("submit", OutcomeUnknown("cut on the way there", provider="fake", charged=None))


def test_an_order_that_shows_late_is_waited_for_and_adopted(house: House) -> None:
    house.vendor.list_lag = 60
    house.vendor.swallows_answer()
    house.make()
    assert (house.vendor.posts, states(house)) == (1, ["done"])
    assert "adopted" in kinds(house)


def test_what_takes_long_to_make_shows_later_than_that(house: House) -> None:
    """A line of 4,500 characters stands in the history once it is spoken."""

    class Slow(FakeImageProvider):
        def seconds_to_show(self, config: Any) -> float:
            return LIST_LAG + 200

    house.vendor.list_lag = 250
    house.vendor.swallows_answer()
    house.make(house.image_call(provider=Slow(vendor=house.vendor)))
    assert (house.vendor.posts, states(house)) == (1, ["done"])


def test_only_after_the_longest_time_in_which_it_may_show_it_is_absent(house: House) -> None:
    never_arrives(house)
    house.make()
    assert house.clock.monotonic() >= LIST_LAG
    assert (house.vendor.posts, states(house)) == (2, ["failed", "done"]), "the row of the order stays"
    absent = house.jobs().list_jobs()[0]
    assert (absent.billed, "read whole" in absent.error) == (Decimal(0), True)
    assert absent.reservation_id in house.purse.released
    assert "absent" in kinds(house)
    assert house.purse.spent == house.vendor.charges


def test_a_list_that_is_not_whole_proves_nothing(house: House) -> None:
    never_arrives(house)
    house.vendor.lists_whole = False
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            house.make()
    assert (house.vendor.posts, states(house)) == (1, ["review"])
    assert "proves nothing" in house.jobs().list_jobs()[0].error


def test_every_run_looks_again_at_what_is_under_review(house: House) -> None:
    house.vendor.lists_whole = False
    house.vendor.list_lag = 1e6
    house.vendor.swallows_answer()
    with pytest.raises(OutcomeUnknown):
        house.make()
    assert states(house) == ["review"]
    house.vendor.jobs[0].shown_at = 0
    house.make()
    assert (house.vendor.posts, states(house)) == (1, ["done"])
    assert house.purse.spent == house.vendor.charges


def test_what_is_under_review_is_bought_once_its_absence_is_proven(house: House) -> None:
    never_arrives(house)
    house.vendor.lists_whole = False
    with pytest.raises(OutcomeUnknown):
        house.make()
    house.vendor.lists_whole = True
    house.make(house.image_call(reservation_id="next run"))
    assert states(house) == ["failed", "done"]
    assert house.purse.spent == house.vendor.charges


def of_account(house: House, key: str) -> PaidCall:
    context = ProviderContext(keys={"fake": key})
    return house.image_call(provider=FakeImageProvider(context, vendor=house.vendor))


def test_another_accounts_list_says_nothing_about_it(house: House) -> None:
    """The key was changed between the crash and the next run: its list is whole, and the order is elsewhere."""
    house.vendor.fails("list", *(ProviderUnavailable("503") for _ in range(6)))
    house.vendor.swallows_answer()
    with pytest.raises(ProviderUnavailable):
        house.make(of_account(house, "the first key"))
    theirs, house.vendor.jobs = house.vendor.jobs, []
    with pytest.raises(OutcomeUnknown):
        house.make(of_account(house, "another key"))
    assert "another key" in house.jobs().list_jobs()[0].error
    assert (house.vendor.posts, states(house)) == (1, ["review"])
    house.vendor.jobs = theirs
    house.make(of_account(house, "the first key"))
    assert (house.vendor.posts, states(house)) == (1, ["done"])


def test_an_account_is_told_by_a_fingerprint_that_gives_no_key_away(house: House) -> None:
    house.make(of_account(house, "sk-secret"))
    account = house.jobs().list_jobs()[0].account
    assert account.startswith("fake ") and "secret" not in account


@pytest.mark.parametrize("days", [-3, 3])
def test_a_wall_clock_that_is_put_right_changes_nothing(house: House, days: int) -> None:
    asked: list[float | None] = []

    class Asked(FakeImageProvider):
        async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
            asked.append(age)
            return await super().find_lost(config, age=age, image_url=image_url)

    house.vendor.fails("list", *(ProviderUnavailable("503") for _ in range(6)))
    house.vendor.swallows_answer()
    call = house.image_call(provider=Asked(vendor=house.vendor))
    with pytest.raises(ProviderUnavailable):
        house.make(call)
    house.clock.put(days * 86_400)
    house.make(call)
    assert (house.vendor.posts, states(house)) == (1, ["done"])
    assert all(age is not None and 0 <= age < 600 for age in asked)


def test_where_nobody_knows_its_age_a_whole_wait_is_waited(house: House) -> None:
    never_arrives(house)
    house.vendor.fails("list", *(ProviderUnavailable("503") for _ in range(6)))
    with pytest.raises(ProviderUnavailable):
        house.make()
    began = house.clock.monotonic()
    house.clock.age = lambda stamp: None  # the machine was started anew
    house.make()
    assert house.clock.monotonic() - began >= LIST_LAG
    assert states(house) == ["failed", "done"]


def test_a_cheap_one_is_not_bought_again_where_a_limit_leaves_no_room(house: House) -> None:
    house.vendor.lists, house.vendor.price = False, Decimal("0.01")
    house.purse.room = Decimal("0.005")
    house.vendor.swallows_answer()
    with pytest.raises(OutcomeUnknown):
        house.make(house.image_call(quoted=Decimal("0.01")))
    assert (house.vendor.posts, states(house)) == (1, ["review"])


def test_an_order_without_money_of_its_own_sets_it_aside(house: House) -> None:
    house.make(replace(house.image_call(), reservation_id=None))
    (granted,) = house.purse.granted
    assert house.purse.settled == {granted: Decimal("0.05")}
