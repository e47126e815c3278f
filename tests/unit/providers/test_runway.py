"""Runway clips: tasks, their states, and the bill that comes with them."""

from __future__ import annotations

import base64
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import CANARY, MP4, FakeVendor, denied, png_uri, run, sent

from film.errors import (
    BadMedia,
    FilmError,
    InputError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    ProviderUnavailable,
)
from film.providers.base import Scene, Ticket, VideoConfig
from film.providers.runway.clips import RunwayVideoProvider

SUBMIT = "https://api.dev.runwayml.com/v1/image_to_video"
TASK = "https://api.dev.runwayml.com/v1/tasks/t-1"
CLIP = "https://dnznrvs05pmza.cloudfront.net/a.mp4?_jwt=secret"
CONFIG = VideoConfig(prompt="she opens the door", seed=5)


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    vendor.on("POST", SUBMIT, httpx.Response(200, json={"id": "t-1", "estimatedCost": {"credits": 25}}))
    done = {"id": "t-1", "status": "SUCCEEDED", "output": [CLIP], "cost": {"credits": 25}}
    vendor.on("GET", TASK, httpx.Response(200, json=done))
    vendor.on("GET", CLIP, httpx.Response(200, content=MP4))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    picture = png_uri()
    ticket = run(vendor.provider(RunwayVideoProvider, tmp_path).submit(CONFIG, image_url=picture))
    (request,) = vendor.seen
    assert (request.method, str(request.url)) == ("POST", SUBMIT)
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["x-runway-version"] == "2024-11-06"
    assert sent(request) == {
        "model": "gen4_turbo",
        "promptImage": picture,
        "promptText": "she opens the door",
        "ratio": "1280:720",
        "duration": 5,
        "seed": 5,
    }
    assert ticket.job_id == "t-1"


def test_the_bill_is_what_the_task_says(vendor: FakeVendor, tmp_path: Path) -> None:
    made = run(vendor.provider(RunwayVideoProvider, tmp_path).generate(png_uri(), "x", CONFIG))
    assert made.cost == Decimal("0.25")
    assert made.path is not None
    assert made.mime == "video/mp4"
    polls = [r for r in vendor.seen if str(r.url) == TASK]
    assert all(r.headers["x-runway-version"] == "2024-11-06" for r in polls)
    fetched = next(r for r in vendor.seen if str(r.url) == CLIP)
    assert "authorization" not in fetched.headers


@pytest.mark.parametrize(
    ("task", "state", "refused", "charged", "billed"),
    [
        ({"status": "PENDING"}, "queued", False, None, None),
        ({"status": "THROTTLED"}, "queued", False, None, None),
        ({"status": "RUNNING", "progress": 0.5}, "running", False, None, None),
        ({"status": "SUCCEEDED", "output": [CLIP], "cost": {"credits": 50}}, "done", False, True, "0.50"),
        ({"status": "SUCCEEDED", "output": [CLIP]}, "done", False, True, None),
        ({"status": "FAILED", "failure": "no", "failureCode": "SAFETY.INPUT.TEXT"}, "failed", True, True, None),
        (
            {"status": "FAILED", "failureCode": "SAFETY.OUTPUT.VIDEO", "cost": {"credits": 25}},
            "failed", True, True, "0.25",
        ),
        (
            {"status": "FAILED", "failure": "bad", "failureCode": "INTERNAL.BAD_OUTPUT.CODE01", "cost": {"credits": 0}},
            "failed", False, False, "0",
        ),
        ({"status": "FAILED"}, "failed", False, None, None),
        ({"status": "CANCELLED", "cost": {"credits": 0}}, "failed", False, False, "0"),
        ({"status": "CANCELLED", "cost": {"credits": True}}, "failed", False, None, None),
        ({"status": "PONDERING"}, "running", False, None, None),
    ],
)  # fmt: skip
def test_every_state(
    vendor: FakeVendor,
    tmp_path: Path,
    task: dict[str, Any],
    state: str,
    refused: bool,
    charged: bool | None,
    billed: str | None,
) -> None:
    vendor.on("GET", TASK, httpx.Response(200, json={"id": "t-1", **task}))
    got = run(vendor.provider(RunwayVideoProvider, tmp_path).poll_status("t-1"))
    assert (got.state, got.refused, got.charged) == (state, refused, charged)
    assert got.billed == (None if billed is None else Decimal(billed))
    assert got.progress == task.get("progress")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(429, headers={"Retry-After": "9"}, json={"error": "slow"}), ProviderUnavailable),
        (httpx.Response(401, json={"error": "bad key"}), MissingKeyError),
        (httpx.Response(400, json={"error": "You do not have enough credits to run this task."}), OutOfCredit),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.Response(200, json={}), OutcomeUnknown),
    ],
)
def test_every_no_is_told_apart_and_the_order_went_out_once(
    vendor: FakeVendor, tmp_path: Path, reply: httpx.Response | Exception, expected: type[FilmError]
) -> None:
    vendor.on("POST", SUBMIT, reply)
    error = denied(vendor, vendor.provider(RunwayVideoProvider, tmp_path).generate(png_uri(), "x", CONFIG))
    assert type(error) is expected


UPLOADS = "https://api.dev.runwayml.com/v1/uploads"
STORE = "https://store.runwayml.example/here"


def test_a_picture_too_large_for_an_order_is_uploaded_as_it_is(vendor: FakeVendor, tmp_path: Path) -> None:
    picture = png_uri(1600, 1200)
    assert len(picture) > RunwayVideoProvider.inline_limit
    place = {"uploadUrl": STORE, "fields": {"policy": "p", "key": "k"}, "runwayUri": "runway://1"}
    vendor.on("POST", UPLOADS, httpx.Response(200, json=place))
    vendor.on("POST", STORE, httpx.ConnectError("refused"), httpx.Response(503), httpx.Response(204))
    provider = vendor.provider(RunwayVideoProvider, tmp_path)
    provider.patience = replace(provider.patience, attempts=3)
    run(provider.submit(CONFIG, image_url=picture))
    asked, *_, stored, ordered = vendor.seen
    assert asked.headers["authorization"] == f"Bearer {CANARY}"
    assert sent(asked)["type"] == "ephemeral" and sent(asked)["filename"].endswith(".png")
    assert "authorization" not in stored.headers and CANARY not in stored.content.decode("latin-1")
    content = base64.b64decode(picture.partition(",")[2])
    assert content in stored.content and b'name="policy"' in stored.content
    assert sent(ordered)["promptImage"] == "runway://1"
    assert [str(r.url) for r in vendor.seen] == [UPLOADS, STORE, STORE, STORE, SUBMIT]


@pytest.mark.parametrize("store", ["http://store.example/x", "https://127.0.0.1/x", "https://10.0.0.8/x", "none", ""])
def test_a_picture_goes_to_public_addresses_only_and_nothing_is_ordered_without_it(
    vendor: FakeVendor, tmp_path: Path, store: str
) -> None:
    place = {"uploadUrl": store, "fields": {}, "runwayUri": "runway://1"}
    vendor.on("POST", UPLOADS, httpx.Response(200, json=place))
    with pytest.raises(BadMedia, match="an upload"):
        run(vendor.provider(RunwayVideoProvider, tmp_path).submit(CONFIG, image_url=png_uri(1600, 1200)))
    assert [str(r.url) for r in vendor.seen] == [UPLOADS]


def test_a_picture_that_cannot_be_stored_now_has_ordered_nothing(vendor: FakeVendor, tmp_path: Path) -> None:
    place = {"uploadUrl": STORE, "fields": {}, "runwayUri": "runway://1"}
    vendor.on("POST", UPLOADS, httpx.Response(200, json=place))
    vendor.on("POST", STORE, httpx.Response(503))
    with pytest.raises(ProviderUnavailable):
        run(vendor.provider(RunwayVideoProvider, tmp_path).submit(CONFIG, image_url=png_uri(1600, 1200)))
    assert SUBMIT not in [str(r.url) for r in vendor.seen]


@pytest.mark.parametrize(
    ("model", "duration", "bought", "dollars"),
    [
        ("gen4_turbo", "5", 5, "0.25"),
        ("gen4_turbo", "5.5", 10, "0.50"),
        ("gen4.5", "1", 2, "0.24"),
        ("gen4.5", "6.2", 7, "0.84"),
    ],
)
def test_a_clip_is_bought_at_the_next_length_sold(model: str, duration: str, bought: int, dollars: str) -> None:
    config = CONFIG.model_copy(update={"model": model, "duration": Decimal(duration)})
    provider = RunwayVideoProvider()
    assert provider.clip_seconds(config) == bought
    assert provider.request_params(config)["duration"] == bought
    assert provider.estimate_cost(config) == Decimal(dollars)


@pytest.mark.parametrize("change", [{"duration": Decimal(11)}, {"prompt": "x" * 1001}, {"prompt": "🎬" * 501}])
def test_what_it_does_not_sell_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        RunwayVideoProvider().quote(CONFIG.model_copy(update=change))


def test_the_cache_key_knows_what_is_sent_and_nothing_else() -> None:
    provider = RunwayVideoProvider()
    params = provider.request_params(CONFIG)
    for same in (
        {"negative_prompt": "cartoon"},
        {"duration": Decimal(2)},
        {"scene": Scene(mood="sad")},
        {"width": 1920, "height": 1080},
    ):
        assert provider.request_params(CONFIG.model_copy(update=same)) == params
    assert provider.request_params(CONFIG.model_copy(update={"seed": 2**40 + 5}))["seed"] < 2**32
    assert len(provider.notices(CONFIG.model_copy(update={"negative_prompt": "x", "width": 2048}))) == 2


def test_lost_orders_cannot_be_listed(vendor: FakeVendor, tmp_path: Path) -> None:
    provider = vendor.provider(RunwayVideoProvider, tmp_path)
    assert run(provider.find_lost(CONFIG, age=0.0)) is None
    assert not provider.can_list and vendor.seen == []


def test_cancelling_promises_nothing(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("DELETE", TASK, httpx.Response(204))
    assert run(vendor.provider(RunwayVideoProvider, tmp_path).cancel(Ticket(job_id="t-1"))) is False
    assert vendor.seen[0].method == "DELETE"
