"""Every adapter against the simulated vendors over real sockets: what is made, what is billed, and all that goes wrong.

The promise under test: whatever the vendor does, an order goes out once, and what follows says truly what is known.
"""

from __future__ import annotations

import asyncio
import base64
import io
import time
import traceback
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from film.errors import (
    BadMedia,
    FilmError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from film.jobs.checks import check_media
from film.models import AssetType, Generated
from film.providers.base import AudioConfig, ImageConfig, Listing, ProviderContext, VideoConfig
from film.providers.http import make_client
from film.providers.registry import provider_class
from film.providers.retry_policy import RetryPolicy
from film.providers.vendor import VendorProvider
from film.providers.vendor_kinds import VideoVendor
from film.rates import RateCard
from film.testing.simulator import Fault, Latency, Simulator
from film.testing.simulator.fal import SimulatedFal
from film.vendors import accounts

KEY = "canary-5ecret-key-0123456789"
QUICK = RetryPolicy(first_pause=0.01, answer_seconds=30.0, ask_seconds=30.0, fetch_seconds=30.0)


def _picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


PICTURE = _picture()
CONFIGS: dict[AssetType, Any] = {
    AssetType.IMAGE: ImageConfig(prompt="an attic", width=320, height=180, seed=3),
    AssetType.VIDEO: VideoConfig(prompt="she opens the door", duration=Decimal(2), width=1280, height=720),
    AssetType.AUDIO: AudioConfig(text="I haven't been up here in years.", character="emma"),
}
PICTURES = [(AssetType.IMAGE, name) for name in ("fal", "replicate")]
CLIPS = [(AssetType.VIDEO, name) for name in ("minimax", "kling", "runway")]
VOICES = [(AssetType.AUDIO, name) for name in ("openai", "elevenlabs")]
QUEUED, ALL = PICTURES + CLIPS, PICTURES + CLIPS + VOICES


@dataclass
class Room:
    """A provider that talks to the simulator."""

    simulator: Simulator
    provider: VendorProvider
    http: httpx.AsyncClient
    config: Any

    async def make(self) -> Generated:
        return await self.provider.run(self.config, image_url=PICTURE)


def in_room(kind: AssetType, name: str, folder: Path, *faults: Fault, **options: Any) -> Any:
    """A runner of ``work(room)``, for a room with this provider in it."""

    async def play(work: Any) -> Any:
        options.setdefault("latency", Latency(speed=2000))
        async with Simulator(faults=faults, **options) as simulator, make_client() as http:
            context = ProviderContext(
                keys=dict.fromkeys(accounts(), KEY), base_urls=simulator.base_urls(), http=http, scratch=folder
            )
            made = provider_class(kind, name)(context)
            assert isinstance(made, VendorProvider)
            made.patience, made.poll_seconds = QUICK, 0.01  # pyright: ignore[reportAttributeAccessIssue]
            return await work(Room(simulator, made, http, CONFIGS[kind]))

    return lambda work: asyncio.run(play(work))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_what_is_ordered_is_made_billed_as_quoted_and_sent_once(kind: AssetType, name: str, tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        made = await room.make()
        whole = check_media(made, kind, name)
        assert whole.mime == made.mime
        posts, bill = room.simulator.posts(), room.simulator.total()
        assert [post.accepted for post in posts] == [True]
        quoted = room.provider.estimate_cost(room.config)
        assert quoted == bill
        if made.cost is not None:
            assert made.cost == bill
        if kind is AssetType.VIDEO:
            seconds = room.provider.clip_seconds(room.config)  # pyright: ignore[reportAttributeAccessIssue]
            assert whole.details["seconds"] == pytest.approx(float(seconds), abs=0.1)
        if name == "elevenlabs":
            assert " ".join(word.word for word in made.words) == room.config.text
            assert made.words[-1].end <= whole.details["seconds"] + 0.2

    in_room(kind, name, tmp_path)(work)


def models_of(name: str) -> list[str]:
    return list(dict.fromkeys(rate.model for rate in RateCard.shipped().rates if rate.provider == name))


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_every_model_is_quoted_as_it_is_billed_and_a_shot_at_the_next_length_sold(
    kind: AssetType, name: str, tmp_path: Path
) -> None:
    async def work(room: Room) -> None:
        shots = {AssetType.VIDEO: ("1", "4.2", "5", "5.1", "6", "6.5", "10")}.get(kind, ("1",))
        for model in models_of(name):
            for seconds in shots:
                for frame in (720, 480):
                    change = {"model": model, "duration": Decimal(seconds), "width": frame * 16 // 9, "height": frame}
                    config = room.config.model_copy(update={k: v for k, v in change.items() if hasattr(room.config, k)})
                    quoted = room.provider.quote(config)
                    await room.provider.submit(config, image_url=PICTURE)
                    job = room.simulator.books.jobs()[-1]
                    billed = Decimal(job.price)
                    assert billed <= quoted.amount and (billed == quoted.amount or model == "gpt-4o-mini-tts")
                    if isinstance(room.provider, VideoVendor):
                        bought = Decimal(str(job.order["duration"]))
                        assert bought == room.provider.clip_seconds(config)
                        assert bought == min(n for n in room.provider.lengths(config) if n >= config.duration)
        assert room.simulator.total() > 0

    in_room(kind, name, tmp_path)(work)


@pytest.mark.parametrize(("kind", "name"), CLIPS)
def test_a_picture_too_large_for_an_order_is_uploaded_for_nothing(kind: AssetType, name: str, tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        room.provider.inline_limit = 100  # pyright: ignore[reportAttributeAccessIssue]
        made = await room.make()
        assert check_media(made, kind, name).details["width"] > 0
        assert len(room.simulator.posts()) == 1 and len(room.simulator.struck) == 2
        assert room.simulator.total() == room.provider.estimate_cost(room.config)
        (job,) = room.simulator.books.jobs()
        assert not any(str(value).startswith("data:") for value in job.order.values())

    faults = [Fault("error", step="upload"), Fault("reset", step="upload")]
    in_room(kind, name, tmp_path, *faults)(work)


SUBMIT_FAULTS = [
    (Fault("throttle", seconds=7), ProviderUnavailable, 0),
    (Fault("unauthorized"), MissingKeyError, 0),
    (Fault("no-credit"), OutOfCredit, 0),
    (Fault("refuse"), ProviderRefused, 0),
    (Fault("error"), OutcomeUnknown, 0),
    (Fault("error", status=500, after=True), OutcomeUnknown, 1),
    (Fault("reset", step="submit"), OutcomeUnknown, 0),
    (Fault("reset", step="submit", after=True), OutcomeUnknown, 1),
    (Fault("hang", step="submit", seconds=0.5), OutcomeUnknown, 0),
    (Fault("hang", step="submit", seconds=0.5, after=True), OutcomeUnknown, 1),
    (Fault("garbage", step="submit", after=True), OutcomeUnknown, 1),
    (Fault("error-200", after=True), OutcomeUnknown, 1),
    *((Fault("error", status=status, after=True), OutcomeUnknown, 1) for status in (302, 303, 308, 409)),
]


@pytest.mark.parametrize(("kind", "name"), ALL)
@pytest.mark.parametrize(("fault", "expected", "jobs"), SUBMIT_FAULTS, ids=lambda v: getattr(v, "kind", None))
def test_a_fault_at_the_order_is_told_truly_and_the_order_is_not_repeated(
    kind: AssetType,
    name: str,
    tmp_path: Path,
    fault: Fault,
    expected: type[FilmError],
    jobs: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work(room: Room) -> None:
        if fault.kind == "hang":
            room.provider.patience = RetryPolicy(answer_seconds=0.3)
        with pytest.raises(expected) as caught:
            await room.make()
        while not room.simulator.posts():  # the vendor writes an order down when it has done with it
            await asyncio.sleep(0.05)
        assert len(room.simulator.posts()) == 1
        assert len(room.simulator.books.jobs()) == jobs
        error = caught.value
        assert error.hint
        assert isinstance(error, MissingKeyError) or getattr(error, "provider", "") == name
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        assert KEY not in told + error.message + error.hint + caplog.text
        if fault.kind == "throttle":
            assert getattr(error, "retry_after", None) == 7
        if isinstance(error, OutcomeUnknown):
            assert error.charged is None

    with caplog.at_level("DEBUG"):
        in_room(kind, name, tmp_path, fault)(work)


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_vendor_that_is_down_was_provably_sent_nothing(kind: AssetType, name: str, tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        await room.simulator.close_door()
        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            await room.make()
        assert room.simulator.posts() == []

    in_room(kind, name, tmp_path)(work)


@pytest.mark.parametrize(("kind", "name"), QUEUED)
@pytest.mark.parametrize("fault", ["error", "reset", "garbage", "throttle"])
def test_a_fault_while_polling_is_slept_over(kind: AssetType, name: str, tmp_path: Path, fault: Any) -> None:
    async def work(room: Room) -> None:
        made = await room.make()
        assert made.path is not None
        assert len(room.simulator.posts()) == 1
        assert len(room.simulator.struck) == 3

    in_room(kind, name, tmp_path, Fault(fault, step="status", times=3, seconds=0))(work)


BLACKED_OUT = [*PICTURES, (AssetType.VIDEO, "runway")]
"""FAL blacks pictures out, and no clips."""


@pytest.mark.parametrize(
    ("kind", "name", "fate", "expected"),
    [
        *((*vendor, "fail", ProviderError) for vendor in QUEUED),
        *((*vendor, "refuse-later", ProviderRefused) for vendor in QUEUED),
        *((*vendor, "black", ProviderRefused) for vendor in BLACKED_OUT),
    ],
)
def test_a_job_that_fails_says_so(
    kind: AssetType, name: str, tmp_path: Path, fate: Any, expected: type[ProviderError]
) -> None:
    async def work(room: Room) -> None:
        with pytest.raises(ProviderError) as caught:
            await room.make()
        assert type(caught.value) is expected
        billed = bool(room.simulator.charges())
        assert caught.value.charged is None or caught.value.charged is billed

    in_room(kind, name, tmp_path, Fault(fate))(work)


@pytest.mark.parametrize(("kind", "name"), QUEUED)
@pytest.mark.parametrize(("fate", "state"), [("malformed", "unclear"), ("strange", "running")])
def test_an_answer_that_makes_no_sense_ends_no_job(
    kind: AssetType, name: str, tmp_path: Path, fate: Any, state: str
) -> None:
    async def work(room: Room) -> None:
        ticket = await room.provider.submit(room.config, image_url=PICTURE)
        status = await room.provider.poll_status(ticket)
        assert status.state == state
        assert status.details["raw"]

    in_room(kind, name, tmp_path, Fault(fate))(work)


@pytest.mark.parametrize(("kind", "name"), [("image", "fal"), ("image", "replicate"), ("video", "runway")])
@pytest.mark.parametrize("fault", ["short", "cut", "empty", "expired", "error", "reset"])
def test_a_result_that_breaks_on_the_way_is_fetched_again(kind: str, name: str, tmp_path: Path, fault: Any) -> None:
    async def work(room: Room) -> None:
        check_media(await room.make(), AssetType(kind), name)
        assert len(room.simulator.posts()) == 1
        assert len(list(tmp_path.iterdir())) == 1

    in_room(AssetType(kind), name, tmp_path, Fault(fault, step="media"))(work)


@pytest.mark.parametrize(("kind", "name"), [("image", "fal"), ("image", "replicate"), ("video", "runway")])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("html"), BadMedia),
        (Fault("json"), BadMedia),
        (Fault("wrong-type"), BadMedia),
        (Fault("redirect", times=0), BadMedia),
        (Fault("redirect", location="https://169.254.169.254/latest/meta-data"), BadMedia),
        (Fault("redirect", location="file:///etc/passwd"), BadMedia),
        (Fault("redirect", location="http://127.0.0.2:1/x"), BadMedia),
        (Fault("expired", times=0), PaidLost),
        (Fault("empty", times=0), BadMedia),
        (Fault("error", step="media", times=0), ProviderUnavailable),
        (Fault("gzip-bomb"), BadMedia),
    ],
    ids=lambda v: getattr(v, "kind", None),
)
def test_a_result_that_is_none_is_an_error_and_no_second_order(
    kind: str, name: str, tmp_path: Path, fault: Fault, expected: type[FilmError]
) -> None:
    async def work(room: Room) -> None:
        with pytest.raises(FilmError) as caught:
            await room.make()
        assert type(caught.value) is expected
        assert len(room.simulator.posts()) == 1
        assert not list(tmp_path.iterdir())

    in_room(AssetType(kind), name, tmp_path, fault)(work)


def test_an_endless_result_stops_at_the_cap(tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        room.provider.patience = RetryPolicy(caps={AssetType.IMAGE: 2 << 20})
        with pytest.raises(BadMedia, match="larger than 2 MB"):
            await room.make()
        assert not list(tmp_path.iterdir())

    in_room(AssetType.IMAGE, "fal", tmp_path, Fault("endless"))(work)


@pytest.mark.parametrize(("kind", "name"), [(AssetType.IMAGE, "replicate"), (AssetType.AUDIO, "elevenlabs")])
def test_an_order_whose_answer_was_lost_is_found_and_fetched(kind: AssetType, name: str, tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        with pytest.raises(OutcomeUnknown):
            await room.make()
        (job,) = room.simulator.books.jobs()
        await asyncio.sleep(max(0.0, job.ends - time.time()))  # a line shows once it is spoken
        listing = await room.provider.find_lost(room.config, age=1.0)
        assert listing is not None and listing.complete
        (found,) = listing.found
        assert job.id in found.job_id
        other = room.config.model_copy(update={"prompt" if kind is AssetType.IMAGE else "text": "something else"})
        assert await room.provider.find_lost(other, age=1.0) == Listing(complete=True)
        made = await room.provider.fetch(found, await room.provider.outcome(found))
        check_media(made, kind, name)
        assert len(room.simulator.posts()) == 1

    in_room(kind, name, tmp_path, Fault("reset", step="submit", after=True))(work)


@pytest.mark.parametrize(("name", "says"), [("minimax", Listing()), ("runway", None)])
def test_orders_that_cannot_be_listed_are_not_said_to_be_absent(
    name: str, says: Listing | None, tmp_path: Path
) -> None:
    async def work(room: Room) -> None:
        for _ in range(2):  # with nothing ordered, and with the very order there
            assert await room.provider.find_lost(room.config, age=0.0, image_url=PICTURE) == says
            await room.provider.submit(room.config, image_url=PICTURE)

    in_room(AssetType.VIDEO, name, tmp_path)(work)


def test_an_account_whose_orders_fal_lists_finds_them_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SimulatedFal, "lists", True)

    async def work(room: Room) -> None:
        tickets = [await room.provider.submit(room.config.model_copy(update={"seed": n})) for n in range(105)]
        for n in (0, 104):
            listing = await room.provider.find_lost(room.config.model_copy(update={"seed": n}), age=60.0)
            assert listing is not None and not listing.complete
            assert [ticket.job_id for ticket in listing.found] == [tickets[n].job_id]

    in_room(AssetType.IMAGE, "fal", tmp_path)(work)


def test_a_long_list_of_predictions_is_read_until_it_lies_before_the_order(tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        for n in range(205):
            await room.provider.submit(room.config.model_copy(update={"seed": n}))
        listing = await room.provider.find_lost(room.config.model_copy(update={"seed": 0}), age=60.0)
        assert listing is not None and listing.complete and len(listing.found) == 1
        for job in room.simulator.books.jobs()[:105]:
            job.created -= 3600.0
        gone = await room.provider.find_lost(room.config.model_copy(update={"seed": 0}), age=60.0)
        assert gone == Listing(complete=True)

    in_room(AssetType.IMAGE, "replicate", tmp_path)(work)


@pytest.mark.parametrize(("kind", "name"), QUEUED)
def test_a_job_in_the_queue_can_be_cancelled(kind: AssetType, name: str, tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        ticket = await room.provider.submit(room.config, image_url=PICTURE)
        free = await room.provider.cancel(ticket)
        assert not (free and room.simulator.charges())
        (job,) = room.simulator.books.jobs()
        assert job.cancelled

    in_room(kind, name, tmp_path, latency=Latency(speed=1))(work)


def test_a_hundred_orders_at_once_share_one_client(tmp_path: Path) -> None:
    async def work(room: Room) -> None:
        configs = [room.config.model_copy(update={"seed": seed}) for seed in range(100)]
        made = await asyncio.gather(*(room.provider.run(config) for config in configs))
        assert len({item.path for item in made}) == 100
        assert len(room.simulator.posts()) == 100
        assert room.simulator.bought_twice() == {}

    in_room(AssetType.IMAGE, "fal", tmp_path, lifetime=1e6)(work)
