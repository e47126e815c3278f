"""Replicate pictures: predictions, their states, and finding one whose answer was lost."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import CANARY, FakeVendor, denied, png, run, sent

from film.errors import FilmError, MissingKeyError, OutcomeUnknown, OutOfCredit, PaidLost, ProviderUnavailable
from film.providers.base import ImageConfig, Scene, Ticket
from film.providers.frames import nearest_ratio
from film.providers.replicate.pictures import RATIOS, ReplicateImageProvider

MODEL = "black-forest-labs/flux-schnell"
SUBMIT = f"https://api.replicate.com/v1/models/{MODEL}/predictions"
JOB = "https://api.replicate.com/v1/predictions/p-1"
PICTURE = "https://replicate.delivery/x/out-0.png"
CONFIG = ImageConfig(prompt="an attic")
INPUT = {"prompt": "an attic", "aspect_ratio": "16:9", "num_outputs": 1, "megapixels": "1", "output_format": "png"}


def prediction(**changes: Any) -> dict[str, Any]:
    return {
        "id": "p-1",
        "model": MODEL,
        "input": INPUT,
        "output": None,
        "error": None,
        "status": "starting",
        "created_at": "2026-11-22T12:00:00.765994Z",
        "urls": {"get": JOB, "cancel": f"{JOB}/cancel", "web": "https://replicate.com/p/p-1"},
        **changes,
    }


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    vendor.on("POST", SUBMIT, httpx.Response(201, json=prediction()))
    vendor.on("GET", JOB, httpx.Response(200, json=prediction(status="succeeded", output=[PICTURE])))
    vendor.on("GET", PICTURE, httpx.Response(200, content=png()))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    ticket = run(vendor.provider(ReplicateImageProvider, tmp_path).submit(CONFIG))
    (request,) = vendor.seen
    assert (request.method, str(request.url)) == ("POST", SUBMIT)
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["cancel-after"] == "10m"
    assert sent(request) == {"input": INPUT}
    assert ticket.job_id == "p-1"
    assert ticket.urls == {"get": JOB, "cancel": f"{JOB}/cancel"}


def test_a_seed_asks_for_the_path_that_honours_it() -> None:
    params = ReplicateImageProvider().request_params(CONFIG.model_copy(update={"seed": 7}))
    assert (params["seed"], params["go_fast"]) == (7, False)


def test_the_picture_comes_without_the_key(vendor: FakeVendor, tmp_path: Path) -> None:
    made = run(vendor.provider(ReplicateImageProvider, tmp_path).generate("a cellar", CONFIG))
    assert made.path is not None
    assert made.mime == "image/png"
    assert sent(vendor.posts()[0])["input"]["prompt"] == "a cellar"
    fetched = next(r for r in vendor.seen if str(r.url) == PICTURE)
    assert "authorization" not in fetched.headers


@pytest.mark.parametrize(
    ("changes", "state", "refused", "charged"),
    [
        ({"status": "starting"}, "queued", False, None),
        ({"status": "processing"}, "running", False, None),
        ({"status": "succeeded", "output": [PICTURE]}, "done", False, True),
        ({"status": "succeeded", "output": PICTURE}, "done", False, True),
        ({"status": "failed", "error": "CUDA out of memory"}, "failed", False, None),
        ({"status": "failed", "error": "NSFW content detected. Try a different prompt."}, "failed", True, None),
        ({"status": "canceled"}, "failed", False, None),
        ({"status": "aborted"}, "failed", False, False),
        ({"status": "pondering"}, "running", False, None),
    ],
)
def test_every_state(
    vendor: FakeVendor, tmp_path: Path, changes: dict[str, Any], state: str, refused: bool, charged: bool | None
) -> None:
    vendor.on("GET", JOB, httpx.Response(200, json=prediction(**changes)))
    got = run(vendor.provider(ReplicateImageProvider, tmp_path).poll_status("p-1"))
    assert (got.state, got.refused, got.charged) == (state, refused, charged)
    assert got.outputs == ((PICTURE,) if state == "done" else ())


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            httpx.Response(429, json={"detail": "Request was throttled. Your rate limit resets in ~30s."}),
            ProviderUnavailable,
        ),
        (httpx.Response(401, json={"title": "Unauthenticated", "detail": "bad token", "status": 401}), MissingKeyError),
        (httpx.Response(402, json={"title": "Insufficient credit", "detail": "buy some"}), OutOfCredit),
        (httpx.Response(502), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.Response(201, json={}), OutcomeUnknown),
        (httpx.ConnectError("refused"), ProviderUnavailable),
    ],
)
def test_every_no_is_told_apart_and_the_order_went_out_once(
    vendor: FakeVendor, tmp_path: Path, reply: httpx.Response | Exception, expected: type[FilmError]
) -> None:
    vendor.on("POST", SUBMIT, reply)
    error = denied(vendor, vendor.provider(ReplicateImageProvider, tmp_path).generate("x", CONFIG))
    assert type(error) is expected


def test_a_picture_deleted_after_its_hour_is_lost(vendor: FakeVendor, tmp_path: Path) -> None:
    gone = prediction(status="succeeded", output=None, input={}, data_removed=True)
    vendor.on("GET", JOB, httpx.Response(200, json=gone))
    with pytest.raises(PaidLost, match="after an hour"):
        run(vendor.provider(ReplicateImageProvider, tmp_path).poll_status("p-1"))


def test_a_lost_order_is_known_by_model_and_input(vendor: FakeVendor, tmp_path: Path) -> None:
    entries = [
        prediction(id="p-5", input={**INPUT, "prompt": "a cellar"}),
        prediction(id="p-4", model="somebody/else"),
        prediction(id="p-3", input={**INPUT, "go_fast": True}),
    ]
    page = {"previous": None, "next": None, "results": entries}
    headers = {"date": "Sun, 22 Nov 2026 12:01:00 GMT"}
    vendor.on("GET", "https://api.replicate.com/v1/predictions", httpx.Response(200, headers=headers, json=page))
    listing = run(vendor.provider(ReplicateImageProvider, tmp_path).find_lost(CONFIG, age=60.0))
    assert listing is not None and listing.complete
    assert [ticket.job_id for ticket in listing.found] == ["p-3"]


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [(1280, 720, "16:9"), (720, 1280, "9:16"), (1000, 1000, "1:1"), (1998, 1080, "16:9"), (2048, 858, "21:9")],
)
def test_the_frame_is_the_nearest_on_offer(width: int, height: int, ratio: str) -> None:
    assert nearest_ratio(width, height, RATIOS) == ratio


def test_another_frame_and_a_negative_prompt_are_not_passed_over_in_silence() -> None:
    assert ReplicateImageProvider().notices(CONFIG) == ()
    told = CONFIG.model_copy(update={"width": 1440, "height": 600, "negative_prompt": "cartoon"})
    assert len(ReplicateImageProvider().notices(told)) == 2


def test_only_what_is_sent_is_in_the_cache_key_and_a_picture_costs_one() -> None:
    provider = ReplicateImageProvider()
    told = {"negative_prompt": "x", "scene": Scene(mood="sad"), "width": 1920, "height": 1080}
    assert provider.request_params(CONFIG.model_copy(update=told)) == provider.request_params(CONFIG) == INPUT
    assert provider.estimate_cost(CONFIG) == Decimal("0.003")


@pytest.mark.parametrize(("status", "free"), [("aborted", True), ("canceled", False)])
def test_cancelling(vendor: FakeVendor, tmp_path: Path, status: str, free: bool) -> None:
    vendor.on("POST", f"{JOB}/cancel", httpx.Response(200, json=prediction(status=status)))
    ticket = Ticket(job_id="p-1", urls={"cancel": f"{JOB}/cancel"})
    assert run(vendor.provider(ReplicateImageProvider, tmp_path).cancel(ticket)) is free
