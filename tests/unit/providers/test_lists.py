"""What a vendor's list proves: a job that is in it is found, and its absence only where the list is whole.

Whole is a list in its documented form that shows the account's jobs, read to its end or to before the order was sent,
by the vendor's own clock. Everything else finds what it shows, and proves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import FakeVendor, run

from film.errors import MissingKeyError, OutOfCredit, ProviderUnavailable
from film.providers.base import AudioConfig, ImageConfig, Listing
from film.providers.elevenlabs.speech import ElevenLabsSpeechProvider
from film.providers.fal.pictures import FalImageProvider
from film.providers.listing import CLOCK_SLACK, moment_of
from film.providers.replicate.pictures import ReplicateImageProvider
from film.providers.vendor import VendorProvider

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AGE = 60.0
Entry = dict[str, Any]


@dataclass(frozen=True)
class House:
    """A vendor that lists. ``entry`` makes a line of its list, of any age; ``page`` a page of lines."""

    provider: type[VendorProvider]
    config: Any
    url: str
    entry: Callable[..., Entry]
    other: Entry
    """What makes a line another order's."""
    time: str
    page: Callable[[list[Entry], bool], Any]
    after: str
    """The query of a second page."""


def prediction(name: str, moment: datetime, **changes: Any) -> Entry:
    params = ReplicateImageProvider().request_params(ImageConfig(prompt="an attic"))
    return {
        "id": name,
        "model": "black-forest-labs/flux-schnell",
        "input": params,
        "status": "succeeded",
        "created_at": moment.isoformat().replace("+00:00", "Z"),
        "urls": {"get": f"https://api.replicate.com/v1/predictions/{name}"},
        **changes,
    }


def line(name: str, moment: datetime, **changes: Any) -> Entry:
    return {
        "history_item_id": name,
        "request_id": f"req-{name}",
        "text": "Hi you",
        "voice_id": "JBFqnCBsd6RMkjVDRZzb",
        "model_id": "eleven_multilingual_v2",
        "date_unix": int(moment.timestamp()),
        **changes,
    }


PREDICTIONS = "https://api.replicate.com/v1/predictions"
HOUSES = {
    "replicate": House(
        ReplicateImageProvider,
        ImageConfig(prompt="an attic"),
        PREDICTIONS,
        prediction,
        {"input": {"prompt": "a cellar"}},
        "created_at",
        lambda entries, more: {
            "previous": None,
            "next": f"{PREDICTIONS}?cursor=2" if more else None,
            "results": entries,
        },
        "cursor=2",
    ),
    "elevenlabs": House(
        ElevenLabsSpeechProvider,
        AudioConfig(text="Hi you", voice="George"),
        "https://api.elevenlabs.io/v1/history",
        line,
        {"text": "Something else"},
        "date_unix",
        lambda entries, more: {
            "history": entries,
            "last_history_item_id": (entries[-1] or {}).get("history_item_id") if entries else None,
            "has_more": more,
        },
        "page_size=1000&start_after_history_item_id=last",
    ),
}
LISTS = pytest.mark.parametrize("house", HOUSES.values(), ids=HOUSES)


def dated(moment: datetime = NOW, **headers: str) -> dict[str, str]:
    return {"date": format_datetime(moment, usegmt=True), **headers}


def sent(ago: float = AGE - 5, clock: datetime = NOW) -> datetime:
    return clock - timedelta(seconds=ago)


def listed(house: House, folder: Path, *replies: httpx.Response, age: float | None = AGE) -> Listing:
    """What the list says; a second reply is its second page."""
    vendor = FakeVendor()
    vendor.on("GET", house.url, replies[0])
    if len(replies) > 1:
        vendor.on("GET", f"{house.url}?{house.after}", *replies[1:])
    found = run(vendor.provider(house.provider, folder).find_lost(house.config, age=age))
    assert found is not None
    assert all(request.headers["cache-control"] == "no-cache" for request in vendor.seen)
    return found


def names(found: Listing) -> list[str]:
    return [str(ticket.details.get("history_item_id") or ticket.job_id) for ticket in found.found]


def reply(house: House, entries: list[Entry], *, more: bool = False, **headers: str) -> httpx.Response:
    return httpx.Response(200, headers=headers or dated(), json=house.page(entries, more))


# -- whole lists


@LISTS
def test_a_whole_list_finds_the_order_or_proves_its_absence(house: House, tmp_path: Path) -> None:
    ours, other = house.entry("a", sent()), house.entry("b", sent(30), **house.other)
    found = listed(house, tmp_path, reply(house, [other, ours]))
    assert (names(found), found.complete) == (["a"], True)
    found = listed(house, tmp_path, reply(house, [other]))
    assert (names(found), found.complete) == ([], True)


@LISTS
def test_of_equal_orders_the_first_in_the_window_is_meant_and_the_newest_where_nobody_knows(
    house: House, tmp_path: Path
) -> None:
    lines = [house.entry("c", sent(10)), house.entry("b", sent(50)), house.entry("a", sent(3 * 24 * 3600))]
    assert names(listed(house, tmp_path, reply(house, lines))) == ["b", "c"]
    assert names(listed(house, tmp_path, reply(house, lines), age=None)) == ["c", "b", "a"]


@LISTS
@pytest.mark.parametrize("days", [-3, 3])
def test_only_the_vendors_clock_counts(house: House, tmp_path: Path, days: int) -> None:
    """Ours does not appear at all; the vendor's may be anything, as long as its list goes by it."""
    clock = NOW + timedelta(days=days)
    ours, old = house.entry("a", sent(clock=clock)), house.entry("b", sent(2 * 3600, clock))
    found = listed(house, tmp_path, reply(house, [ours, old], **dated(clock)))
    assert (names(found), found.complete) == (["a"], True)


@LISTS
def test_a_front_whose_clock_strays_a_little_hides_nothing(house: House, tmp_path: Path) -> None:
    ahead = NOW + timedelta(seconds=CLOCK_SLACK - 10)
    assert names(listed(house, tmp_path, reply(house, [house.entry("a", sent(AGE))], **dated(ahead)))) == ["a"]


@LISTS
def test_pages_are_read_until_one_lies_wholly_before_the_order(house: House, tmp_path: Path) -> None:
    first = reply(
        house, [house.entry("x", sent(9), **house.other), house.entry("last", sent(20), **house.other)], more=True
    )
    ours = reply(house, [house.entry("a", sent()), house.entry("last", sent(24 * 3600), **house.other)], more=True)
    past = reply(house, [house.entry("p", sent(48 * 3600), **house.other)], more=True)
    found = listed(house, tmp_path, first, ours, past)
    assert (names(found), found.complete) == (["a"], True)
    found = listed(house, tmp_path, first, past)
    assert (names(found), found.complete) == ([], True)


@LISTS
def test_one_old_entry_at_the_wrong_place_ends_no_list(house: House, tmp_path: Path) -> None:
    out_of_order = [house.entry("o", sent(9 * 24 * 3600), **house.other), house.entry("last", sent(20), **house.other)]
    found = listed(house, tmp_path, reply(house, out_of_order, more=True), reply(house, [house.entry("a", sent())]))
    assert (names(found), found.complete) == (["a"], True)


@LISTS
def test_reading_many_pages_slowly_moves_no_window(house: House, tmp_path: Path) -> None:
    first = reply(house, [house.entry("last", sent(5), **house.other)], more=True)
    later = reply(house, [house.entry("a", sent())], **dated(NOW + timedelta(hours=1)))
    assert names(listed(house, tmp_path, first, later)) == ["a"]


# -- lists that prove nothing


@LISTS
@pytest.mark.parametrize("more", [False, True])
def test_without_a_clock_only_the_end_of_the_list_is_its_end(house: House, tmp_path: Path, more: bool) -> None:
    old = house.entry("last", sent(9 * 24 * 3600), **house.other)
    for headers in ({"x-nothing": ""}, {"date": "yesterday"}, {"date": ""}):
        found = listed(
            house, tmp_path, reply(house, [old], more=more, **headers), reply(house, [old], more=more, **headers)
        )
        assert (names(found), found.complete) == ([], not more)
    assert listed(
        house, tmp_path, reply(house, [old], more=more), reply(house, [old], more=more), age=None
    ).complete is (not more)


@LISTS
def test_an_endless_list_finds_what_it_shows_and_is_given_up(house: House, tmp_path: Path) -> None:
    page = reply(house, [house.entry("last", sent(5), **house.other)], more=True)
    found = listed(house, tmp_path, page, page)
    assert (names(found), found.complete) == ([], False)
    ours = reply(house, [house.entry("a", sent()), house.entry("last", sent(), **house.other)], more=True)
    found = listed(house, tmp_path, ours, page)
    assert (names(found), found.complete) == (["a"], False)


@LISTS
def test_an_empty_list_is_also_what_a_fault_looks_like(house: House, tmp_path: Path) -> None:
    for age in (AGE, None):
        found = listed(house, tmp_path, reply(house, []), age=age)
        assert (names(found), found.complete) == ([], False)
    shown = reply(house, [house.entry("last", sent(20), **house.other)], more=True)
    assert listed(house, tmp_path, shown, httpx.Response(200, headers=dated(), content=b"")).complete is False


@LISTS
def test_more_is_promised_and_none_comes(house: House, tmp_path: Path) -> None:
    shown = reply(house, [house.entry("last", sent(20), **house.other)], more=True)
    assert listed(house, tmp_path, shown, reply(house, [], more=True)).complete is False
    assert listed(house, tmp_path, reply(house, [], more=True), reply(house, [], more=True)).complete is False


@LISTS
def test_a_list_out_of_a_cache_is_an_old_one(house: House, tmp_path: Path) -> None:
    lines = [house.entry("b", sent(30), **house.other)]
    assert listed(house, tmp_path, reply(house, lines, **dated(age="42"))).complete is False
    assert listed(house, tmp_path, reply(house, lines, **dated(age="0"))).complete is True
    found = listed(house, tmp_path, reply(house, [*lines, house.entry("a", sent())], **dated(age="42")))
    assert names(found) == ["a"]


BROKEN: dict[str, Callable[[House, Entry], httpx.Response]] = {
    "html": lambda house, entry: httpx.Response(200, headers=dated(), content=b"<html>Just a moment</html>"),
    "nothing": lambda house, entry: httpx.Response(200, headers=dated(), content=b""),
    "an empty object": lambda house, entry: httpx.Response(200, headers=dated(), json={}),
    "an error as a yes": lambda house, entry: httpx.Response(200, headers=dated(), json={"detail": "Not found."}),
    "a bare list": lambda house, entry: httpx.Response(200, headers=dated(), json=[entry]),
    "null": lambda house, entry: httpx.Response(200, headers=dated(), json=None),
    "results without more": lambda house, entry: httpx.Response(
        200, headers=dated(), json={"results": [entry], "history": [entry]}
    ),
    "no results and no more": lambda house, entry: httpx.Response(
        200, headers=dated(), json={"results": [], "history": []}
    ),
    "results that are no list": lambda house, entry: httpx.Response(
        200, headers=dated(), json={**house.page([], False), "results": {"0": entry}, "history": {"0": entry}}
    ),
    "more that is none": lambda house, entry: httpx.Response(
        200, headers=dated(), json={**house.page([entry], False), "next": 2, "has_more": None}
    ),
    "cut": lambda house, entry: httpx.Response(200, headers=dated(), content=reply(house, [entry] * 3).content[:-20]),
    "an entry that is none": lambda house, entry: reply(house, [entry, None]),
    "an entry without a name": lambda house, entry: reply(
        house, [{k: v for k, v in entry.items() if k not in ("id", "history_item_id")}]
    ),
    "an entry without a time": lambda house, entry: reply(house, [entry, {**entry, house.time: None}]),
    "a time that is none": lambda house, entry: reply(house, [entry, {**entry, house.time: "soon"}]),
    "a time of true": lambda house, entry: reply(house, [entry, {**entry, house.time: True}]),
    **{
        f"status {status}": lambda house, entry, status=status: httpx.Response(
            status, headers=dated(), json=house.page([entry], False)
        )
        for status in (300, 302, 400, 404, 405, 409, 410, 422)
    },
}


@LISTS
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_list_proves_nothing(house: House, tmp_path: Path, broken: str) -> None:
    other = house.entry("b", sent(30), **house.other)
    assert listed(house, tmp_path, BROKEN[broken](house, other)).complete is False
    # … nor does one that breaks on its second page; what the first has shown is found all the same.
    first = reply(house, [house.entry("a", sent()), house.entry("last", sent(), **house.other)], more=True)
    found = listed(house, tmp_path, first, BROKEN[broken](house, other))
    assert (names(found), found.complete) == (["a"], False)


@LISTS
def test_a_list_that_is_not_ours_to_see_names_the_account(house: House, tmp_path: Path) -> None:
    for status, expected in ((401, MissingKeyError), (402, OutOfCredit), (403, MissingKeyError)):
        with pytest.raises(expected):
            listed(house, tmp_path, httpx.Response(status, content=b"<p>our terms of service</p>"))
    for status in (429, 500, 503):
        with pytest.raises(ProviderUnavailable):
            listed(house, tmp_path, httpx.Response(status))


# -- names and times


@LISTS
def test_a_name_may_be_a_number_and_a_time_in_milliseconds(house: House, tmp_path: Path) -> None:
    name = "id" if house.time == "created_at" else "history_item_id"
    ours = house.entry("a", sent(), **{name: 71, house.time: int(sent().timestamp() * 1000)})
    old = house.entry("b", sent(), **{house.time: int(sent(2 * 3600).timestamp() * 1000)})
    found = listed(house, tmp_path, reply(house, [ours, old]))
    assert (names(found), found.complete) == (["71"], True)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-22T12:00:00Z", NOW.timestamp()),
        ("2026-11-22T12:00:00.5+00:00", NOW.timestamp() + 0.5),
        ("2026-11-22T12:00:00", NOW.timestamp()),
        ("2026-11-22T14:00:00+02:00", NOW.timestamp()),
        (NOW.timestamp(), NOW.timestamp()),
        (int(NOW.timestamp() * 1000), NOW.timestamp()),
        *((nothing, 0.0) for nothing in (None, True, "", "soon", float("nan"), float("inf"), [], {})),
    ],
)
def test_a_time_is_read_in_whatever_form(said: object, moment: float) -> None:
    assert moment_of(said) == moment


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has one time zone")
@LISTS
def test_a_time_without_a_zone_is_utc_wherever_this_machine_stands(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment_of("2026-11-22T12:00:00") == NOW.timestamp()
        zoneless = {"date": NOW.strftime("%a, %d %b %Y %H:%M:%S -0000")}
        found = listed(house, tmp_path, reply(house, [house.entry("a", sent())], **zoneless))
        assert (names(found), found.complete) == (["a"], True)
        old = [house.entry("b", sent(3600)), house.entry("c", sent(7200))]
        assert names(listed(house, tmp_path, reply(house, old, **zoneless))) == []
    finally:
        monkeypatch.undo()
        time.tzset()


# -- what is particular to one vendor


def test_a_prediction_whose_input_is_deleted_might_be_the_lost_one(tmp_path: Path) -> None:
    house = HOUSES["replicate"]
    blank = prediction("b", sent(30), input={}, data_removed=True)
    assert listed(house, tmp_path, reply(house, [blank])).complete is False
    for harmless in ({"model": "somebody/else"}, {"created_at": "2026-11-20T12:00:00Z"}):
        assert listed(house, tmp_path, reply(house, [{**blank, **harmless}])).complete is True


def test_a_line_shows_later_the_longer_it_is() -> None:
    provider = ElevenLabsSpeechProvider()
    short, long = (provider.seconds_to_show(AudioConfig(text="x" * n)) for n in (10, 4500))
    assert short >= 75 and long >= 75 + 2 * 40


FAL_LIST = "https://api.fal.ai/v1/models/requests/by-endpoint"
FAL_CONFIG = ImageConfig(prompt="an attic", seed=7)


def fal_page(*orders: tuple[str, datetime], seed: int = 7, **more: Any) -> Any:
    body = {**FalImageProvider().request_params(FAL_CONFIG), "seed": seed}
    items = [{"request_id": name, "sent_at": at.isoformat(), "json_input": body} for name, at in orders]
    return {"items": items, "next_cursor": None, "has_more": False, **more}


def test_fals_list_finds_an_order_on_any_page_and_proves_nothing(tmp_path: Path) -> None:
    vendor, now = FakeVendor(), datetime.now(UTC)
    first = fal_page(("r-0", now), seed=8, next_cursor="n2", has_more=True)
    pages = [first, fal_page(("r-1", now - timedelta(seconds=30)), ("r-9", now - timedelta(days=1)))]
    vendor.on("GET", FAL_LIST, *(httpx.Response(200, headers=dated(now), json=page) for page in pages))
    found = run(vendor.provider(FalImageProvider, tmp_path).find_lost(FAL_CONFIG, age=AGE))
    assert found is not None
    assert ([ticket.job_id for ticket in found.found], found.complete) == (["r-1"], False)
    asked = [request.url.params for request in vendor.seen]
    assert [params.get("cursor") for params in asked] == [None, "n2"]
    assert all(params["expand"] == "payloads" for params in asked)


@pytest.mark.parametrize("days", [-3, 3])
def test_fals_list_is_asked_for_the_time_that_fals_clock_shows(tmp_path: Path, days: int) -> None:
    vendor, clock = FakeVendor(), datetime.now(UTC) + timedelta(days=days)
    page = fal_page(("r-1", sent(clock=clock)), ("r-0", sent(3600, clock)))
    vendor.on("GET", FAL_LIST, httpx.Response(200, headers=dated(clock), json=page))
    found = run(vendor.provider(FalImageProvider, tmp_path).find_lost(FAL_CONFIG, age=AGE))
    assert found is not None and [ticket.job_id for ticket in found.found] == ["r-1"]
    _, again = vendor.seen
    start = datetime.fromisoformat(again.url.params["start"])
    assert abs((clock - start).total_seconds() - AGE - CLOCK_SLACK) < 5


@pytest.mark.parametrize("age", [AGE, None])
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={"items": [], "next_cursor": None, "has_more": False}),
        httpx.Response(200, json={"items": [{"request_id": "r-1"}, None, {"json_input": {}}]}),
        httpx.Response(200, json={"detail": "no"}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(403, json={"detail": "not your endpoint"}),
        httpx.Response(404, json={"detail": "no such page"}),
        httpx.Response(302, json=fal_page(("r-1", datetime(2099, 1, 1, tzinfo=UTC)))),
    ],
)
def test_fals_list_says_nothing_by_finding_nothing(tmp_path: Path, answer: httpx.Response, age: float | None) -> None:
    vendor = FakeVendor()
    vendor.on("GET", FAL_LIST, answer)
    assert run(vendor.provider(FalImageProvider, tmp_path).find_lost(FAL_CONFIG, age=age)) == Listing()
