"""FAL pictures and the queue beneath them: the wire to the letter, and every way it says no."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fake_vendor import CANARY, FakeVendor, denied, png, run, sent

from film.errors import (
    ConfigurationError,
    FilmError,
    InputError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from film.providers.base import ImageConfig, ProviderContext, Scene, Ticket
from film.providers.fal.pictures import FalImageProvider

MODEL = "fal-ai/flux/schnell"
SUBMIT = f"https://queue.fal.run/{MODEL}"
JOB = "https://queue.fal.run/fal-ai/flux/requests/r-1"
PICTURE = "https://v3.fal.media/files/a.png"
ACCEPTED = {
    "status": "IN_QUEUE",
    "request_id": "r-1",
    "response_url": JOB,
    "status_url": f"{JOB}/status",
    "cancel_url": f"{JOB}/cancel",
    "queue_position": 2,
}
RESULT = {
    "images": [{"url": PICTURE, "width": 1280, "height": 720, "content_type": "image/png"}],
    "seed": 42,
    "has_nsfw_concepts": [False],
}
CONFIG = ImageConfig(prompt="an attic", seed=7)
TICKET = Ticket(
    job_id="r-1",
    urls={"status": f"{JOB}/status", "response": JOB, "cancel": f"{JOB}/cancel"},
    details={"model": MODEL},
)


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    vendor.on("POST", SUBMIT, httpx.Response(200, json=ACCEPTED))
    vendor.on("GET", f"{JOB}/status", httpx.Response(200, json={"status": "COMPLETED"}))
    vendor.on("GET", JOB, httpx.Response(200, json=RESULT))
    vendor.on("GET", PICTURE, httpx.Response(200, content=png()))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    ticket = run(vendor.provider(FalImageProvider, tmp_path).submit(CONFIG))
    (request,) = vendor.seen
    assert (request.method, str(request.url)) == ("POST", SUBMIT)
    assert request.headers["authorization"] == f"Key {CANARY}"
    assert request.headers["x-fal-no-retry"] == "1"
    assert request.headers["x-fal-object-lifecycle-preference"] == '{"expiration_duration_seconds": 604800}'
    assert sent(request) == {
        "prompt": "an attic",
        "image_size": {"width": 1280, "height": 720},
        "num_images": 1,
        "seed": 7,
        "output_format": "png",
        "enable_safety_checker": True,
    }
    assert ticket.job_id == "r-1"
    assert ticket.urls == TICKET.urls
    assert ticket.result is None


def test_flux_2_takes_no_number_of_pictures(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("POST", "https://queue.fal.run/fal-ai/flux-2-pro", httpx.Response(200, json=ACCEPTED))
    config = CONFIG.model_copy(update={"model": "fal-ai/flux-2-pro", "seed": None})
    run(vendor.provider(FalImageProvider, tmp_path).submit(config))
    assert sent(vendor.seen[0]) == {
        "prompt": "an attic",
        "image_size": {"width": 1280, "height": 720},
        "output_format": "png",
        "enable_safety_checker": True,
    }


def test_the_way_from_order_to_picture(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on(
        "GET",
        f"{JOB}/status",
        httpx.Response(202, json={"status": "IN_QUEUE", "queue_position": 1}),
        httpx.Response(202, json={"status": "IN_PROGRESS", "logs": []}),
        httpx.Response(200, json={"status": "COMPLETED"}),
    )
    provider = vendor.provider(FalImageProvider, tmp_path)
    provider.poll_seconds = 0
    made = run(provider.generate("a cellar", CONFIG))
    assert sent(vendor.posts()[0])["prompt"] == "a cellar"
    assert len(vendor.posts()) == 1
    assert made.path is not None
    assert made.path.read_bytes().startswith(b"\x89PNG")
    assert made.mime == "image/png"
    assert made.details == {"job_id": "r-1", "model": MODEL, "seed": 42}
    polls = [r for r in vendor.seen if r.url.path.endswith("/status")]
    assert len(polls) == 3
    assert all(r.url.query == b"logs=0" and r.headers["authorization"] == f"Key {CANARY}" for r in polls)


def test_the_key_goes_to_the_queue_and_nowhere_else(vendor: FakeVendor, tmp_path: Path) -> None:
    elsewhere = {**ACCEPTED, "status_url": "https://evil.example/fal-ai/flux/requests/r-1/status"}
    vendor.on("POST", SUBMIT, httpx.Response(200, json=elsewhere))
    provider = vendor.provider(FalImageProvider, tmp_path)
    run(provider.generate("x", CONFIG))
    for request in vendor.seen:
        carried = any(CANARY in value for value in request.headers.values())
        assert carried == (request.url.host == "queue.fal.run")
        assert CANARY not in str(request.url)
    assert "evil.example" not in {request.url.host for request in vendor.seen}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}, json={"detail": "slow down"}), ProviderUnavailable),
        (httpx.ConnectError("refused"), ProviderUnavailable),
        (httpx.ConnectTimeout("slow"), ProviderUnavailable),
        (httpx.PoolTimeout("full"), ProviderUnavailable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.WriteError("reset"), OutcomeUnknown),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown),
        (RuntimeError("a plug-in's transport broke"), OutcomeUnknown),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(408), OutcomeUnknown),
        (httpx.Response(503, json={"detail": "x", "error_type": "runner_disconnected"}), OutcomeUnknown),
        (httpx.Response(200, json={"status": "IN_QUEUE"}), OutcomeUnknown),
        (httpx.Response(200, content=b"<html>gateway</html>"), OutcomeUnknown),
        (httpx.Response(200, json=[1]), OutcomeUnknown),
        (httpx.Response(401, json={"detail": "Invalid key"}), MissingKeyError),
        (httpx.Response(403, json={"detail": "Forbidden"}), MissingKeyError),
        (httpx.Response(402, json={"detail": "pay"}), OutOfCredit),
        (
            httpx.Response(403, json={"detail": "User is locked. Reason: Exhausted balance. Top up at fal.ai."}),
            OutOfCredit,
        ),
        (httpx.Response(422, json={"detail": [{"loc": ["body"], "msg": "bad size", "type": "x"}]}), ProviderError),
        (
            httpx.Response(422, json={"detail": [{"msg": "no such pictures", "type": "content_policy_violation"}]}),
            ProviderRefused,
        ),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), OutcomeUnknown),
    ],
)
def test_every_no_is_told_apart_and_the_order_went_out_once(
    vendor: FakeVendor, tmp_path: Path, reply: httpx.Response | Exception, expected: type[FilmError]
) -> None:
    vendor.on("POST", SUBMIT, reply)
    error = denied(vendor, vendor.provider(FalImageProvider, tmp_path).generate("x", CONFIG))
    assert type(error) is expected
    if isinstance(reply, httpx.Response) and reply.status_code == 429:
        assert isinstance(error, ProviderUnavailable)
        assert error.retry_after == 7


def test_what_a_vendor_says_is_shown_without_the_key_or_signed_urls(vendor: FakeVendor, tmp_path: Path) -> None:
    echo = {"detail": f"bad request with Authorization: Key {CANARY} at https://x.example/y?signature=abc123\x1b[31m"}
    vendor.on("POST", SUBMIT, httpx.Response(400, json=echo))
    with pytest.raises(ProviderError, match="bad request") as caught:
        run(vendor.provider(FalImageProvider, tmp_path).submit(CONFIG))
    assert CANARY not in caught.value.message
    assert "abc123" not in caught.value.message
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "state", "refused", "charged"),
    [
        (
            {"status": "COMPLETED", "error": "Request timed out", "error_type": "request_timeout"},
            "failed",
            False,
            False,
        ),
        ({"status": "COMPLETED", "error": "gone", "error_type": "runner_disconnected"}, "failed", False, False),
        ({"status": "COMPLETED", "error": "bad input"}, "failed", False, None),
        ({"status": "COMPLETED", "error": "no", "error_type": "content_policy_violation"}, "failed", True, None),
        ({"status": "IN_QUEUE", "queue_position": 3}, "queued", False, None),
        ({"status": "IN_PROGRESS"}, "running", False, None),
        ({"status": "PONDERING"}, "running", False, None),
        ({}, "unclear", False, None),
        (["?"], "unclear", False, None),
    ],
)
def test_every_state_of_the_queue(
    vendor: FakeVendor, tmp_path: Path, status: object, state: str, refused: bool, charged: bool | None
) -> None:
    vendor.on("GET", f"{JOB}/status", httpx.Response(200, json=status))
    got = run(vendor.provider(FalImageProvider, tmp_path).poll_status(TICKET))
    assert (got.state, got.refused, got.charged) == (state, refused, charged)


def test_what_is_no_state_is_kept_for_people_to_read(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("GET", f"{JOB}/status", httpx.Response(200, content=f"<b>{CANARY}</b>".encode()))
    got = run(vendor.provider(FalImageProvider, tmp_path).poll_status(TICKET))
    assert got.state == "unclear"
    assert got.details["raw"] == "<b>***</b>"
    assert got.error == "fal answers 200 (<b>***</b>)"


def test_a_failed_job_shows_where_its_result_should_be(vendor: FakeVendor, tmp_path: Path) -> None:
    detail = [{"loc": ["body", "prompt"], "msg": "flagged by a content checker", "type": "content_policy_violation"}]
    vendor.on("GET", JOB, httpx.Response(422, json={"detail": detail}))
    got = run(vendor.provider(FalImageProvider, tmp_path).poll_status(TICKET))
    assert (got.state, got.refused) == ("failed", True)
    assert "flagged by a content checker" in got.error


def test_a_blacked_out_picture_is_a_refusal_and_is_never_fetched(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("GET", JOB, httpx.Response(200, json={**RESULT, "has_nsfw_concepts": [True]}))
    provider = vendor.provider(FalImageProvider, tmp_path)
    got = run(provider.poll_status(TICKET))
    assert (got.state, got.refused, got.charged) == ("failed", True, True)
    with pytest.raises(ProviderRefused, match="safety checker"):
        run(provider.generate("x", CONFIG))
    assert PICTURE not in {str(r.url) for r in vendor.seen}


def test_a_job_that_the_queue_does_not_know_may_be_known_later(vendor: FakeVendor, tmp_path: Path) -> None:
    forgotten = httpx.Response(404, json={"detail": "Request not found"})
    vendor.on("GET", f"{JOB}/status", forgotten, httpx.Response(200, json={"status": "IN_PROGRESS"}))
    provider = vendor.provider(FalImageProvider, tmp_path)
    assert [run(provider.poll_status(TICKET)).state for _ in range(2)] == ["unclear", "running"]


def test_a_key_withdrawn_while_polling_says_so(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("GET", f"{JOB}/status", httpx.Response(401, json={"detail": "Invalid key"}))
    with pytest.raises(MissingKeyError, match="FAL_API_KEY"):
        run(vendor.provider(FalImageProvider, tmp_path).poll_status(TICKET))


def test_an_expired_address_is_replaced_by_a_fresh_one(vendor: FakeVendor, tmp_path: Path) -> None:
    fresh = "https://v3.fal.media/files/b.png"
    vendor.on("GET", PICTURE, httpx.Response(403))
    vendor.on("GET", fresh, httpx.Response(200, content=png()))
    renewed = {**RESULT, "images": [{"url": fresh}]}
    vendor.on("GET", JOB, httpx.Response(200, json=RESULT), httpx.Response(200, json=renewed))
    assert run(vendor.provider(FalImageProvider, tmp_path).generate("x", CONFIG)).path


def test_a_result_that_stays_gone_is_lost(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("GET", PICTURE, httpx.Response(404))
    with pytest.raises(PaidLost):
        run(vendor.provider(FalImageProvider, tmp_path).generate("x", CONFIG))
    assert len(vendor.posts()) == 1


def test_a_job_known_by_its_id_alone_can_be_asked_for(vendor: FakeVendor, tmp_path: Path) -> None:
    got = run(vendor.provider(FalImageProvider, tmp_path).poll_status("r-1"))
    assert got.outputs == (PICTURE,)


@pytest.mark.parametrize(("reply", "free"), [("OK", True), ("CANCELLATION_REQUESTED", False)])
def test_cancelling(vendor: FakeVendor, tmp_path: Path, reply: str, free: bool) -> None:
    vendor.on("PUT", f"{JOB}/cancel", httpx.Response(202, json={"status": reply}))
    assert run(vendor.provider(FalImageProvider, tmp_path).cancel(TICKET)) is free


def test_a_finished_job_cannot_be_cancelled(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("PUT", f"{JOB}/cancel", httpx.Response(400, json={"status": "ALREADY_COMPLETED"}))
    assert run(vendor.provider(FalImageProvider, tmp_path).cancel(TICKET)) is False


def test_only_what_is_sent_is_in_the_cache_key() -> None:
    provider = FalImageProvider()
    told = CONFIG.model_copy(update={"negative_prompt": "cartoon", "scene": Scene(mood="sad", characters=("emma",))})
    assert provider.request_params(told) == provider.request_params(CONFIG)
    assert provider.request_params(CONFIG.model_copy(update={"seed": 8})) != provider.request_params(CONFIG)


def test_a_negative_prompt_is_not_dropped_in_silence(
    vendor: FakeVendor, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("film.providers.vendor._said", set())
    config = CONFIG.model_copy(update={"negative_prompt": "cartoon"})
    provider = vendor.provider(FalImageProvider, tmp_path)
    with caplog.at_level(logging.DEBUG):
        made = [run(provider.generate("x", config)) for _ in range(2)]
    assert sum("no negative prompt" in r.message for r in caplog.records if r.levelno == logging.WARNING) == 1
    assert all("no negative prompt" in m.details["notices"][0] for m in made)
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    ("model", "width", "height", "dollars"),
    [
        (None, 1280, 720, "0.003"),
        (None, 1920, 1080, "0.009"),
        ("fal-ai/flux/dev", 1000, 1000, "0.025"),
        ("fal-ai/flux-2-pro", 1920, 1080, "0.06"),
    ],
)
def test_a_picture_is_quoted_by_the_megapixel(model: str | None, width: int, height: int, dollars: str) -> None:
    config = ImageConfig(prompt="x", width=width, height=height, model=model)
    quote = FalImageProvider().quote(config)
    assert quote.amount == Decimal(dollars) == FalImageProvider().estimate_cost(config)
    assert quote.basis


@pytest.mark.parametrize("change", [{"model": "fal-ai/veo"}, {"width": 9000}, {"height": 8}, {"prompt": "x" * 10_001}])
def test_what_it_does_not_sell_is_refused_before_anything_is_sent(
    vendor: FakeVendor, tmp_path: Path, change: dict[str, object]
) -> None:
    config = CONFIG.model_copy(update=change)
    provider = vendor.provider(FalImageProvider, tmp_path)
    with pytest.raises(InputError) as caught:
        provider.quote(config)
    assert caught.value.hint
    with pytest.raises(InputError):
        run(provider.submit(config))
    assert vendor.seen == []


def test_without_a_key_nothing_is_sent_and_the_variable_is_named() -> None:
    with pytest.raises(MissingKeyError, match="FAL_API_KEY"):
        run(FalImageProvider(ProviderContext(keys={})).submit(CONFIG))


def test_an_order_whose_answer_was_lost_is_known_by_its_whole_body(vendor: FakeVendor, tmp_path: Path) -> None:
    provider = vendor.provider(FalImageProvider, tmp_path)
    ours = provider.request_params(CONFIG)
    listed = [
        {"request_id": "r-2", "sent_at": "2026-11-22T10:00:00Z", "json_input": {**ours, "seed": 8}},
        {"request_id": "r-1", "sent_at": "2026-11-22T10:00:00Z", "json_input": ours},
        {"request_id": "r-0", "sent_at": "2026-11-20T10:00:00Z", "json_input": ours},
        {"request_id": "r-9", "sent_at": "2026-11-22T10:00:00Z"},
    ]
    headers = {"date": "Sun, 22 Nov 2026 10:30:00 GMT"}
    page = httpx.Response(200, headers=headers, json={"items": listed})
    vendor.on("GET", "https://api.fal.ai/v1/models/requests/by-endpoint", page)
    listing = run(provider.find_lost(CONFIG, age=3600.0))
    assert listing is not None and not listing.complete
    assert [ticket.job_id for ticket in listing.found] == ["r-1"]
    assert all(request.url.params["endpoint_id"] == MODEL for request in vendor.seen)
    assert run(provider.poll_status(listing.found[0])).state == "done"


@pytest.mark.parametrize("key", ["“pasted”", "two\nlines", "dash–dash"])
def test_a_key_that_cannot_travel_is_named_and_not_shown(key: str) -> None:
    with pytest.raises(MissingKeyError, match="FAL_API_KEY") as caught:
        run(FalImageProvider(ProviderContext(keys={"fal": key})).submit(CONFIG))
    assert key not in caught.value.message


@pytest.mark.parametrize("base", ["queue.fal.run", "ftp://queue.fal.run", "https://", "localhost:8080"])
def test_an_account_moved_to_no_web_address_is_an_error_of_the_settings(base: str) -> None:
    with pytest.raises(ConfigurationError, match="FILM_FAL_URL"):
        run(FalImageProvider(ProviderContext(keys={"fal": CANARY}, base_urls={"fal": base})).submit(CONFIG))


def test_a_moved_account_is_asked_at_its_new_home_alone(vendor: FakeVendor, tmp_path: Path) -> None:
    at = "http://gate.example:9/fal"
    vendor.on("POST", f"{at}/{MODEL}", httpx.Response(200, json=ACCEPTED))
    vendor.on("GET", f"{at}/fal-ai/flux/requests/r-1/status", httpx.Response(200, json={"status": "COMPLETED"}))
    result = {"images": [{"url": "http://gate.example:9/files/a.png"}]}
    vendor.on("GET", f"{at}/fal-ai/flux/requests/r-1", httpx.Response(200, json=result))
    vendor.on("GET", "http://gate.example:9/files/a.png", httpx.Response(200, content=png()))
    run(vendor.provider(FalImageProvider, tmp_path, base=at).generate("x", CONFIG))
    assert {request.url.host for request in vendor.seen} == {"gate.example"}


def test_an_address_that_is_none_asks_nobody_else(vendor: FakeVendor, tmp_path: Path) -> None:
    ticket = Ticket(job_id="r-1", urls={"status": "https://[bad"})
    assert run(vendor.provider(FalImageProvider, tmp_path).poll_status(ticket)).state == "unclear"
    assert vendor.seen[0].url.host == "queue.fal.run"
