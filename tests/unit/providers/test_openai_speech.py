"""OpenAI's speech endpoint: the sound comes in the answer, and there is nothing to ask for later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fake_vendor import CANARY, FakeVendor, denied, run, sent, wav

from film.errors import (
    FilmError,
    InputError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    PollingNotSupported,
    ProviderError,
    ProviderUnavailable,
    UnknownPriceError,
)
from film.providers.base import AudioConfig, JobStatus, ProviderContext, Ticket
from film.providers.openai.speech import OpenAISpeechProvider
from film.rates import Rate, RateCard

SPEECH = "https://api.openai.com/v1/audio/speech"
CONFIG = AudioConfig(text="I haven't been up here in years...", character="emma")


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    vendor.on("POST", SPEECH, httpx.Response(200, content=wav(), headers={"x-request-id": "req-9"}))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    ticket = run(vendor.provider(OpenAISpeechProvider, tmp_path).submit(CONFIG.model_copy(update={"voice": "nova"})))
    (request,) = vendor.seen
    assert (request.method, str(request.url)) == ("POST", SPEECH)
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert sent(request) == {
        "model": "tts-1",
        "input": "I haven't been up here in years...",
        "voice": "nova",
        "response_format": "wav",
    }
    assert ticket.job_id == "req-9"
    assert ticket.result is not None
    assert ticket.result.data == wav()
    assert ticket.result.mime == "audio/wav"
    assert ticket.result.details["voice"] == "nova"
    assert "result" not in ticket.model_dump()


def test_generate_answers_at_once(vendor: FakeVendor, tmp_path: Path) -> None:
    made = run(vendor.provider(OpenAISpeechProvider, tmp_path).generate("Hello", CONFIG))
    assert made.data
    assert sent(vendor.seen[0])["input"] == "Hello"
    assert len(vendor.seen) == 1


def test_a_streamed_wav_gets_its_true_length(vendor: FakeVendor, tmp_path: Path) -> None:
    whole = wav(1000)
    at = whole.index(b"data") + 4
    open_ended = whole[:4] + b"\xff\xff\xff\xff" + whole[8:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]
    vendor.on("POST", SPEECH, httpx.Response(200, content=open_ended))
    ticket = run(vendor.provider(OpenAISpeechProvider, tmp_path).submit(CONFIG))
    assert ticket.result is not None
    assert ticket.result.data == whole


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(429, headers={"Retry-After": "3"}, json={"error": {"message": "slow"}}), ProviderUnavailable),
        (httpx.Response(429, json={"error": {"message": "no money", "code": "insufficient_quota"}}), OutOfCredit),
        (httpx.Response(401, json={"error": {"message": f"bad key {CANARY}"}}), MissingKeyError),
        (httpx.Response(400, json={"error": {"message": "bad voice", "param": "voice"}}), ProviderError),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.ConnectError("refused"), ProviderUnavailable),
        (httpx.Response(200, json={"error": {"message": "oops"}}), OutcomeUnknown),
        (httpx.Response(200, content=b"<html>"), OutcomeUnknown),
        (httpx.Response(200, content=b""), OutcomeUnknown),
    ],
)
def test_every_no_is_told_apart_and_the_order_went_out_once(
    vendor: FakeVendor, tmp_path: Path, reply: httpx.Response | Exception, expected: type[FilmError]
) -> None:
    vendor.on("POST", SPEECH, reply)
    error = denied(vendor, vendor.provider(OpenAISpeechProvider, tmp_path).generate("Hello", CONFIG))
    assert type(error) is expected
    if isinstance(error, OutcomeUnknown):
        assert error.charged is None


def test_a_lost_answer_cannot_be_asked_for(vendor: FakeVendor, tmp_path: Path) -> None:
    provider = vendor.provider(OpenAISpeechProvider, tmp_path)
    with pytest.raises(PollingNotSupported):
        run(provider.poll_status("req-9"))
    with pytest.raises(PaidLost):
        run(provider.fetch(Ticket(job_id="req-9"), JobStatus(state="done")))
    assert run(provider.find_lost(CONFIG, age=0.0)) is None


def test_a_character_keeps_its_voice_and_other_fields_do_not_count() -> None:
    provider = OpenAISpeechProvider()
    voice = provider.request_params(CONFIG)["voice"]
    assert provider.request_params(CONFIG.model_copy(update={"text": "No."}))["voice"] == voice
    assert provider.request_params(CONFIG.model_copy(update={"character": " EMMA "}))["voice"] == voice
    spoken_as_chosen = CONFIG.model_copy(update={"character": "anybody", "voice": voice})
    assert provider.request_params(spoken_as_chosen) == provider.request_params(CONFIG)


def test_a_voice_that_the_model_lacks_is_refused_with_the_choice() -> None:
    with pytest.raises(InputError, match="no voice 'marin'") as caught:
        OpenAISpeechProvider().request_params(CONFIG.model_copy(update={"voice": "marin"}))
    assert "nova" in caught.value.hint
    newer = CONFIG.model_copy(update={"voice": "marin", "model": "gpt-4o-mini-tts"})
    assert OpenAISpeechProvider().request_params(newer)["voice"] == "marin"


def test_the_day_on_which_it_ends_is_named_and_from_then_on_an_estimate_refuses() -> None:
    def on(day: date) -> OpenAISpeechProvider:
        return OpenAISpeechProvider(ProviderContext(today=lambda: day))

    ending = on(date(2026, 12, 1)).ending(CONFIG)
    assert ending and ending.last == date(2027, 1, 5) and ending.then.startswith("--audio_provider")
    assert "its last day is 2027-01-05" in ending.words(date(2026, 12, 1))
    on(ending.last).check_alive(CONFIG)
    with pytest.raises(InputError, match="tts-1 has ended: its last day was 2027-01-05") as gone:
        on(date(2027, 1, 6)).check_alive(CONFIG)
    assert "what is made stays made" in gone.value.hint
    assert on(date(2027, 1, 6)).request_params(CONFIG) == on(date(2026, 1, 1)).request_params(CONFIG), "found again"
    ended = Rate(
        provider="openai", model="tts-1", unit="1k_characters", price=Decimal(1), as_of=date(2020, 1, 1),
        source="x", ends=date(2020, 2, 1), instead="--audio_provider elevenlabs",
    )  # fmt: skip
    rates = RateCard((ended,), date(2020, 1, 1))
    with pytest.raises(UnknownPriceError) as caught:
        OpenAISpeechProvider(ProviderContext(rates=rates)).estimate_cost(CONFIG)
    assert "elevenlabs" in caught.value.hint


def test_a_server_of_ones_own_has_models_and_voices_of_its_own(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("POST", "http://localhost:8880/v1/audio/speech", httpx.Response(200, content=wav()))
    provider = vendor.provider(OpenAISpeechProvider, tmp_path, base="http://localhost:8880")
    rate = Rate(
        provider="openai", model="kokoro", unit="1k_characters", price=Decimal(0), as_of=date(2026, 1, 1), source="own"
    )
    provider.context = ProviderContext(**{**vars(provider.context), "rates": RateCard((rate,), date(2026, 1, 1))})
    run(provider.submit(CONFIG.model_copy(update={"model": "kokoro", "voice": "af_heart"})))
    assert sent(vendor.seen[0])["voice"] == "af_heart"
    assert provider.estimate_cost(CONFIG.model_copy(update={"model": "kokoro", "voice": "af_heart"})) == 0
