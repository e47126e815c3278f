"""ElevenLabs speech: sound and word times in one answer, the bill in a header, lost lines in the history."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import CANARY, FakeVendor, denied, run, sent

from film.errors import (
    FilmError,
    InputError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    ProviderError,
    ProviderUnavailable,
)
from film.providers.base import AudioConfig, JobStatus, Listing, Ticket
from film.providers.elevenlabs.speech import VOICES, ElevenLabsSpeechProvider, words_of

GEORGE = "JBFqnCBsd6RMkjVDRZzb"
SUBMIT = f"https://api.elevenlabs.io/v1/text-to-speech/{GEORGE}/with-timestamps"
HISTORY = "https://api.elevenlabs.io/v1/history"
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 20
CONFIG = AudioConfig(text="Hi you", voice="George")
ALIGNMENT = {
    "characters": list("Hi you"),
    "character_start_times_seconds": [0.0, 0.1, 0.2, 0.25, 0.3, 0.4],
    "character_end_times_seconds": [0.1, 0.2, 0.25, 0.3, 0.4, 0.55],
}


def spoken(**changes: Any) -> dict[str, Any]:
    return {
        "audio_base64": base64.b64encode(MP3).decode(),
        "alignment": ALIGNMENT,
        "normalized_alignment": None,
        **changes,
    }


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    headers = {"request-id": "req-1", "character-cost": "6"}
    vendor.on("POST", SUBMIT, httpx.Response(200, json=spoken(), headers=headers))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    ticket = run(vendor.provider(ElevenLabsSpeechProvider, tmp_path).submit(CONFIG))
    (request,) = vendor.seen
    assert (request.method, str(request.url)) == ("POST", f"{SUBMIT}?output_format=mp3_44100_128")
    assert request.headers["xi-api-key"] == CANARY
    assert sent(request) == {
        "text": "Hi you",
        "model_id": "eleven_multilingual_v2",
        "voice_settings": {
            "stability": 0.5,
            "similarity_boost": 0.75,
            "style": 0.0,
            "use_speaker_boost": True,
            "speed": 1.0,
        },
    }
    made = ticket.result
    assert made is not None
    assert (made.data, made.mime) == (MP3, "audio/mpeg")
    assert made.cost == Decimal("0.0006")
    assert [(w.word, w.start, w.end) for w in made.words] == [("Hi", 0.0, 0.2), ("you", 0.25, 0.55)]
    assert (ticket.job_id, made.details["voice"]) == ("req-1", GEORGE)


def test_v3_takes_fewer_settings() -> None:
    params = ElevenLabsSpeechProvider().request_params(CONFIG.model_copy(update={"model": "eleven_v3"}))
    assert params["voice_settings"] == {"stability": 0.5}


@pytest.mark.parametrize("cost", [None, "", "many", "NaN", "-4", "Infinity"])
def test_without_a_bill_in_the_header_none_is_made_up(vendor: FakeVendor, tmp_path: Path, cost: str | None) -> None:
    headers = {} if cost is None else {"character-cost": cost}
    vendor.on("POST", SUBMIT, httpx.Response(200, json=spoken(), headers=headers))
    made = run(vendor.provider(ElevenLabsSpeechProvider, tmp_path).generate("Hi you", CONFIG))
    assert made.cost is None


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(401, json={"detail": {"status": "quota_exceeded", "message": "0 left"}}), OutOfCredit),
        (httpx.Response(401, json={"detail": {"status": "invalid_api_key", "message": "no"}}), MissingKeyError),
        (
            httpx.Response(400, json={"detail": {"status": "max_character_limit_exceeded", "message": "x"}}),
            ProviderError,
        ),
        (
            httpx.Response(429, json={"detail": {"status": "too_many_concurrent_requests", "message": "wait"}}),
            ProviderUnavailable,
        ),
        (httpx.Response(429, json={"detail": {"status": "system_busy", "message": "later"}}), ProviderUnavailable),
        (httpx.Response(404, json={"detail": {"status": "voice_not_found", "message": "?"}}), ProviderError),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.ConnectError("refused"), ProviderUnavailable),
        (httpx.Response(200, json={"alignment": ALIGNMENT}), OutcomeUnknown),
        (httpx.Response(200, json=spoken(audio_base64="???")), OutcomeUnknown),
        (httpx.Response(200, json=spoken(audio_base64=base64.b64encode(b"<html>").decode())), OutcomeUnknown),
        (httpx.Response(200, content=b"<html>"), OutcomeUnknown),
    ],
)
def test_every_no_is_told_apart_and_the_order_went_out_once(
    vendor: FakeVendor, tmp_path: Path, reply: httpx.Response | Exception, expected: type[FilmError]
) -> None:
    vendor.on("POST", SUBMIT, reply)
    error = denied(vendor, vendor.provider(ElevenLabsSpeechProvider, tmp_path).generate("Hi you", CONFIG))
    assert type(error) is expected


@pytest.mark.parametrize(
    ("alignment", "words"),
    [
        ({}, []),
        ({**ALIGNMENT, "character_end_times_seconds": [0.1]}, []),
        ({**ALIGNMENT, "characters": ["Hi", " ", "you", "", "", ""]}, []),
        (
            {
                "characters": list("[sad] No."),
                "character_start_times_seconds": [n / 10 for n in range(9)],
                "character_end_times_seconds": [(n + 1) / 10 for n in range(9)],
            },
            ["No."],
        ),
    ],
)
def test_words_come_from_a_sound_alignment_only_and_audio_tags_are_not_spoken(
    alignment: dict[str, Any], words: list[str]
) -> None:
    assert [word.word for word in words_of(alignment)] == words


def test_a_voice_is_named_by_name_by_id_or_cast() -> None:
    provider = ElevenLabsSpeechProvider()
    assert provider.request_params(AudioConfig(text="x", voice="sarah"))["voice_id"] == "EXAVITQu4vr4xnSDxMaL"
    assert provider.request_params(AudioConfig(text="x", voice="Ab1" * 7))["voice_id"] == "Ab1" * 7
    cast = {provider.request_params(AudioConfig(text=t, character="emma"))["voice_id"] for t in "abc"}
    assert len(cast) == 1
    assert cast.pop() in {voice.id for voice in VOICES if voice.high}
    for wrong in ("nobody", "../v1/history", "a/b?c" * 4):
        with pytest.raises(InputError, match="has no voice"):
            provider.request_params(AudioConfig(text="x", voice=wrong))


def line(**changes: Any) -> dict[str, Any]:
    return {
        "history_item_id": "h-1",
        "request_id": "req-1",
        "text": "Hi you",
        "voice_id": GEORGE,
        "model_id": "eleven_multilingual_v2",
        "date_unix": 2000,
        **changes,
    }


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line(), line(history_item_id="h-0", date_unix=10)], [("req-1", "h-1")]),
        ([line(request_id=None)], [("h-1", "h-1")]),
        ([line(text="Hi"), line(voice_id="x"), line(model_id="eleven_v3")], []),
    ],
)
def test_a_lost_line_is_known_by_its_text_voice_and_model(
    vendor: FakeVendor, tmp_path: Path, lines: list[dict[str, Any]], found: list[tuple[str, str]]
) -> None:
    listing = run(vendor.provider(ElevenLabsSpeechProvider, tmp_path).find_lost(CONFIG, age=60.0))
    assert listing == Listing()
    headers = {"date": "Thu, 01 Jan 1970 00:34:00 GMT"}
    vendor.on("GET", HISTORY, httpx.Response(200, headers=headers, json={"history": lines, "has_more": False}))
    listing = run(vendor.provider(ElevenLabsSpeechProvider, tmp_path).find_lost(CONFIG, age=60.0))
    assert listing and listing.complete
    assert [(t.job_id, t.details["history_item_id"]) for t in listing.found] == found


def test_a_line_that_was_found_again_is_fetched_from_the_history(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("GET", HISTORY, httpx.Response(200, json={"history": [line()], "has_more": False}))
    vendor.on("GET", f"{HISTORY}/h-1", httpx.Response(200, json=line(alignments={"alignment": ALIGNMENT})))
    vendor.on("GET", f"{HISTORY}/h-1/audio", httpx.Response(200, content=MP3))
    provider = vendor.provider(ElevenLabsSpeechProvider, tmp_path)
    listing = run(provider.find_lost(CONFIG, age=None))
    assert listing and listing.found
    kept = Ticket.model_validate(listing.found[0].model_dump(mode="json"))  # as the journal keeps it
    status = run(provider.poll_status(kept))
    assert status.state == "done"
    made = run(provider.fetch(kept, status))
    assert made.data == MP3
    assert [(w.word, w.start, w.end) for w in made.words] == [("Hi", 0.0, 0.2), ("you", 0.25, 0.55)]
    assert made.details["job_id"] == "req-1"
    assert vendor.posts() == []


def test_an_answer_lost_after_its_ticket_was_saved_is_in_the_history_or_may_come_to_be(
    vendor: FakeVendor, tmp_path: Path
) -> None:
    provider = vendor.provider(ElevenLabsSpeechProvider, tmp_path)
    history = {"history": [line(request_id="req-1")], "has_more": False}
    vendor.on("GET", HISTORY, httpx.Response(200, json=history))
    vendor.on("GET", f"{HISTORY}/h-1/audio", httpx.Response(200, content=MP3))
    ticket = Ticket(job_id="req-1")
    assert run(provider.fetch(ticket, run(provider.poll_status(ticket)))).data == MP3
    assert run(provider.poll_status("req-2")).state == "unclear"


def test_a_line_deleted_from_the_history_is_lost(vendor: FakeVendor, tmp_path: Path) -> None:
    provider = vendor.provider(ElevenLabsSpeechProvider, tmp_path)
    with pytest.raises(PaidLost):
        run(provider.fetch(Ticket(job_id="req-4", details={"history_item_id": "h-404"}), JobStatus(state="done")))
