"""What an answer proves, whatever its status: for each vendor, a table of what is a no and what is no word at all.

An order has ended only when the vendor says so in its documented form. A redirect, a conflict, a gateway's page or an
empty body prove nothing: not that an order was declined, and not that a job has come to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import MP4, FakeVendor, png_uri, run

from film.errors import (
    FilmError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from film.providers.base import AudioConfig, ImageConfig, JobStatus, Ticket, VideoConfig
from film.providers.elevenlabs.speech import ElevenLabsSpeechProvider
from film.providers.fal.kling import KlingVideoProvider
from film.providers.fal.minimax import MinimaxVideoProvider
from film.providers.fal.pictures import FalImageProvider
from film.providers.gemini.speech import GeminiSpeechProvider
from film.providers.openai.speech import OpenAISpeechProvider
from film.providers.replicate.pictures import ReplicateImageProvider
from film.providers.runway.clips import RunwayVideoProvider
from film.providers.vendor import VendorProvider

NO = frozenset({400, 401, 402, 403, 404, 422})
"""In the vendor's documented form these say that no job came about, as 429 does in any form."""
STATUSES = range(300, 500)
HTML = b"<!doctype html><title>Error</title><p>See our terms of service and our content policy.</p>"
"""What a gateway says: words that would be a refusal, were they the vendor's."""
PICTURE = png_uri()


@dataclass(frozen=True)
class House:
    """A vendor's front doors. ``says`` is an error in its documented form."""

    provider: type[VendorProvider]
    config: Any
    submit: str
    poll: str
    says: Callable[[str], Any]


def fal_says(words: str) -> Any:
    return {"detail": words}


FAL = "https://queue.fal.run"
HOUSES = {
    "fal": House(
        FalImageProvider,
        ImageConfig(prompt="an attic"),
        f"{FAL}/fal-ai/flux/schnell",
        f"{FAL}/fal-ai/flux/requests/j-1/status",
        fal_says,
    ),
    "minimax": House(
        MinimaxVideoProvider,
        VideoConfig(prompt="a door"),
        f"{FAL}/fal-ai/minimax/hailuo-02/standard/image-to-video",
        f"{FAL}/fal-ai/minimax/requests/j-1/status",
        fal_says,
    ),
    "kling": House(
        KlingVideoProvider,
        VideoConfig(prompt="a door"),
        f"{FAL}/fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        f"{FAL}/fal-ai/kling-video/requests/j-1/status",
        lambda words: {"detail": [{"loc": ["body", "prompt"], "msg": words, "type": "value_error"}]},
    ),
    "replicate": House(
        ReplicateImageProvider,
        ImageConfig(prompt="an attic"),
        "https://api.replicate.com/v1/models/black-forest-labs/flux-schnell/predictions",
        "https://api.replicate.com/v1/predictions/j-1",
        lambda words: {"title": "Error", "detail": words, "status": 400},
    ),
    "runway": House(
        RunwayVideoProvider,
        VideoConfig(prompt="a door"),
        "https://api.dev.runwayml.com/v1/image_to_video",
        "https://api.dev.runwayml.com/v1/tasks/j-1",
        lambda words: {"error": words},
    ),
    "openai": House(
        OpenAISpeechProvider,
        AudioConfig(text="Hello", voice="nova"),
        "https://api.openai.com/v1/audio/speech",
        "",
        lambda words: {"error": {"message": words, "type": "invalid_request_error", "param": None, "code": None}},
    ),
    "gemini": House(
        GeminiSpeechProvider,
        AudioConfig(text="Hello", voice="Kore"),
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash-lite-tts:generateContent",
        "",
        lambda words: {"error": {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}},
    ),
    "elevenlabs": House(
        ElevenLabsSpeechProvider,
        AudioConfig(text="Hello", voice="George"),
        "https://api.elevenlabs.io/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps",
        "https://api.elevenlabs.io/v1/history",
        lambda words: {"detail": {"status": "error", "message": words}},
    ),
}
POLLED = [name for name, house in HOUSES.items() if house.poll]
Outcome = JobStatus | FilmError


@dataclass(frozen=True)
class Counter:
    """A house's doors, opened with one scripted answer after the other."""

    house: House
    folder: Path

    async def outcomes(
        self, method: str, url: str, answers: Iterable[httpx.Response]
    ) -> AsyncGenerator[tuple[int, Outcome | Ticket]]:
        vendor = FakeVendor()
        provider = vendor.provider(self.house.provider, self.folder)
        for answer in answers:
            vendor.on(method, url, answer)
            before = len(vendor.seen)
            try:
                if method == "POST":
                    picture = PICTURE if isinstance(self.house.config, VideoConfig) else None
                    yield answer.status_code, await provider.submit(self.house.config, image_url=picture)
                else:
                    yield answer.status_code, await provider.poll_status(Ticket(job_id="j-1"))
            except FilmError as error:
                yield answer.status_code, error
            assert len(vendor.seen) == before + 1, "whatever comes back, it is asked once"

    def found(self, method: str, url: str, answers: Iterable[httpx.Response]) -> dict[int, Outcome | Ticket]:
        async def gather() -> dict[int, Outcome | Ticket]:
            async with aclosing(self.outcomes(method, url, answers)) as outcomes:
                return {status: outcome async for status, outcome in outcomes}

        return asyncio.run(gather())


def answers(house: House, form: str) -> list[httpx.Response]:
    """An answer of every status between 300 and 499, in one form."""
    where = {"location": "https://elsewhere.example/"}
    match form:
        case "documented":
            return [httpx.Response(status, headers=where, json=house.says("not like this")) for status in STATUSES]
        case "html":
            return [httpx.Response(status, headers=where, content=HTML) for status in STATUSES]
        case _:
            return [httpx.Response(status, headers=where) for status in STATUSES]


@pytest.mark.parametrize("form", ["documented", "html", "empty"])
@pytest.mark.parametrize("name", HOUSES)
def test_only_a_documented_no_proves_that_an_order_made_no_job(name: str, form: str, tmp_path: Path) -> None:
    house = HOUSES[name]
    found = Counter(house, tmp_path).found("POST", house.submit, answers(house, form))
    assert found.keys() == set(STATUSES)
    proven = {status for status, outcome in found.items() if not isinstance(outcome, OutcomeUnknown)}
    assert proven == (NO | {429} if form == "documented" else {429})
    unknown = [outcome for outcome in found.values() if isinstance(outcome, OutcomeUnknown)]
    assert all(outcome.charged is None and outcome.hint and outcome.provider == name for outcome in unknown)
    declined = [outcome for status, outcome in found.items() if status in proven]
    assert all(
        isinstance(o, MissingKeyError) or (isinstance(o, ProviderError) and o.charged is False) for o in declined
    )
    assert isinstance(found[429], ProviderUnavailable)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", [b"", HTML, b"{}", b"[]", b'{"id": "j-', b'{"error": "internal"}', b"null", b"7"])
@pytest.mark.parametrize("name", HOUSES)
def test_a_yes_without_a_job_or_a_sound_is_no_answer(name: str, body: bytes, status: int, tmp_path: Path) -> None:
    house = HOUSES[name]
    found = Counter(house, tmp_path).found("POST", house.submit, [httpx.Response(status, content=body)])
    assert isinstance(found[status], OutcomeUnknown)


@pytest.mark.parametrize("form", ["documented", "html", "empty"])
@pytest.mark.parametrize("name", POLLED)
def test_no_status_code_ends_a_job_that_is_asked_for(name: str, form: str, tmp_path: Path) -> None:
    house = HOUSES[name]
    found = Counter(house, tmp_path).found("GET", house.poll, answers(house, form))
    for status, outcome in found.items():
        match status:
            case 401 | 403:
                assert type(outcome) is MissingKeyError, status
            case 402:
                assert type(outcome) is OutOfCredit
            case 408 | 425 | 429:
                assert type(outcome) is ProviderUnavailable, status
            case _:
                assert isinstance(outcome, JobStatus) and outcome.state == "unclear", status
                assert outcome.charged is None and not outcome.refused
                assert str(status) in outcome.error


@pytest.mark.parametrize("body", [b"", HTML, b"{}", b"[]", b'{"status": "COMP', b'{"status": null}', b'{"status": 3}'])
@pytest.mark.parametrize("name", POLLED)
def test_a_yes_that_names_no_state_says_nothing_of_the_job(name: str, body: bytes, tmp_path: Path) -> None:
    house = HOUSES[name]
    found = Counter(house, tmp_path).found("GET", house.poll, [httpx.Response(200, content=body)])
    outcome = found[200]
    assert isinstance(outcome, JobStatus) and outcome.state == "unclear"
    assert outcome.details["raw"]


RESULT = f"{FAL}/fal-ai/flux/requests/j-1"
MODEL_ERROR = {"detail": [{"loc": ["body", "prompt"], "msg": "no faces found", "type": "face_detection_error"}]}
OWN_ERROR = {"detail": "the runner is gone", "error_type": "runner_disconnected"}
OF_THE_QUESTION = {"detail": "Request is still in progress", "error_type": "bad_request"}


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        (MODEL_ERROR, set(range(400, 600)) - {404, 408, 409, 410, 425, 429} - {401, 402, 403}),
        (OWN_ERROR, set()),
        (OF_THE_QUESTION, set()),
        ({"detail": "Request is still in progress"}, set()),
        ({"detail": []}, set()),
        (None, set()),
    ],
)
def test_where_fals_result_should_be_only_a_models_typed_error_ends_the_job(
    body: Any, ends: set[int], tmp_path: Path
) -> None:
    async def gather() -> set[int]:
        vendor = FakeVendor()
        vendor.on("GET", HOUSES["fal"].poll, httpx.Response(200, json={"status": "COMPLETED"}))
        provider = vendor.provider(FalImageProvider, tmp_path)
        ended = set[int]()
        for status in range(300, 600):
            reply = httpx.Response(status, content=HTML) if body is None else httpx.Response(status, json=body)
            vendor.on("GET", RESULT, reply)
            try:
                got = await provider.poll_status("j-1")
            except (MissingKeyError, OutOfCredit, ProviderUnavailable):
                continue
            assert got.state in ("failed", "unclear"), status
            assert not got.refused
            assert got.charged is (False if status >= 500 else None)
            ended |= {status} if got.state == "failed" else set()
        return ended

    assert run(gather()) == ends


def test_a_refusal_in_the_results_place_is_one_whatever_its_status(tmp_path: Path) -> None:
    vendor = FakeVendor()
    vendor.on("GET", HOUSES["fal"].poll, httpx.Response(200, json={"status": "COMPLETED"}))
    refused = {"detail": [{"msg": "no such pictures", "type": "content_policy_violation"}]}
    for status in (400, 403, 422):
        vendor.on("GET", RESULT, httpx.Response(status, json=refused))
        got = run(vendor.provider(FalImageProvider, tmp_path).poll_status("j-1"))
        assert (got.state, got.refused) == ("failed", True)


@pytest.mark.parametrize("name", ["fal", "replicate", "runway"])
def test_a_word_from_the_vendor_begins_the_patience_anew(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("film.providers.vendor.UNCLEAR_TRIES", 3)
    house, vendor = HOUSES[name], FakeVendor()
    state = {"fal": "IN_PROGRESS", "replicate": "processing", "runway": "RUNNING"}[name]
    silent, running = httpx.Response(404), httpx.Response(200, json={"status": state})
    vendor.on("GET", house.poll, silent, silent, running, silent, silent, running, silent)
    provider = vendor.provider(house.provider, tmp_path)
    provider.poll_seconds = 0
    with pytest.raises(ProviderUnavailable, match="does not say how the job stands"):
        run(provider.outcome(Ticket(job_id="j-1")))
    assert len(vendor.seen) == 9


@pytest.mark.parametrize("name", ["fal", "minimax", "replicate", "runway"])
def test_an_id_that_is_a_number_is_an_id(name: str, tmp_path: Path) -> None:
    house = HOUSES[name]
    reply = httpx.Response(200, json={"id": 17, "request_id": 17})
    ticket = Counter(house, tmp_path).found("POST", house.submit, [reply])[200]
    assert isinstance(ticket, Ticket) and ticket.job_id == "17"
    for nothing in ("", None, True, 1.5, {}):
        none = httpx.Response(200, json={"id": nothing, "request_id": nothing})
        assert isinstance(Counter(house, tmp_path).found("POST", house.submit, [none])[200], OutcomeUnknown)


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("replicate", {"status": "succeeded", "output": None}),
        ("replicate", {"status": "succeeded", "output": []}),
        ("runway", {"status": "SUCCEEDED"}),
        ("runway", {"status": "SUCCEEDED", "output": [None]}),
    ],
)
def test_a_success_that_names_no_result_is_asked_for_again(name: str, reply: Any, tmp_path: Path) -> None:
    house = HOUSES[name]
    outcome = Counter(house, tmp_path).found("GET", house.poll, [httpx.Response(200, json=reply)])[200]
    assert isinstance(outcome, JobStatus) and outcome.state == "unclear"


@pytest.mark.parametrize("status", [300, 302, 400, 405, 409, 418])
def test_a_line_that_the_history_does_not_hand_over_is_neither_failed_nor_refused(status: int, tmp_path: Path) -> None:
    vendor = FakeVendor()
    vendor.on("GET", "https://api.elevenlabs.io/v1/history/h-1/audio", httpx.Response(status, content=HTML))
    provider = vendor.provider(ElevenLabsSpeechProvider, tmp_path)
    with pytest.raises(ProviderUnavailable, match="does not hand the line over"):
        run(provider.fetch(Ticket(job_id="r", details={"history_item_id": "h-1"}), JobStatus(state="done")))


def test_a_key_that_ends_while_a_line_is_fetched_says_so(tmp_path: Path) -> None:
    vendor = FakeVendor()
    vendor.on("GET", "https://api.elevenlabs.io/v1/history/h-1/audio", httpx.Response(403, content=HTML))
    provider = vendor.provider(ElevenLabsSpeechProvider, tmp_path)
    with pytest.raises(MissingKeyError) as caught:
        run(provider.fetch(Ticket(job_id="r", details={"history_item_id": "h-1"}), JobStatus(state="done")))
    assert not isinstance(caught.value, ProviderRefused)


def test_a_moved_server_of_speech_may_word_its_no_as_it_likes(tmp_path: Path) -> None:
    vendor = FakeVendor()
    at = "http://localhost:8880"
    provider = vendor.provider(OpenAISpeechProvider, tmp_path, base=at)
    config = AudioConfig(text="Hello", voice="af_heart")
    for body, expected in ((b'{"detail": "no such voice"}', ProviderError), (HTML, OutcomeUnknown)):
        vendor.on("POST", f"{at}/v1/audio/speech", httpx.Response(400, content=body))
        with pytest.raises(ProviderError) as caught:
            run(provider.submit(config))
        assert type(caught.value) is expected


def test_media_in_a_polls_place_is_no_state(tmp_path: Path) -> None:
    house = HOUSES["runway"]
    outcome = Counter(house, tmp_path).found("GET", house.poll, [httpx.Response(200, content=MP4)])[200]
    assert isinstance(outcome, JobStatus) and outcome.state == "unclear"
