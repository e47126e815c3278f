"""Gemini: its wire form, its two forms of sound, its bill, and a price that nobody has read on its own page."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_vendor import CANARY, FakeVendor, denied, run, sent

from film.errors import InputError, MissingKeyError, OutcomeUnknown, ProviderRefused, UnknownPriceError
from film.providers.base import AudioConfig, ProviderContext
from film.providers.gemini.speech import MODELS, VOICES, GeminiSpeechProvider
from film.rates import RateCard

CONFIG = AudioConfig(text="The light is out.", character="Emma")
URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash-lite-tts:generateContent"
READ = RateCard(
    tuple(r.model_copy(update={"unverified": ""}) for r in RateCard.shipped().rates if r.provider == "gemini"),
    date(2026, 12, 1),
)
SAMPLES = b"\x01\x02" * 2400


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(SAMPLES)
    return out.getvalue()


def reply(data: bytes, mime: str, **more: Any) -> httpx.Response:
    blob = {"mimeType": mime, "data": base64.b64encode(data).decode()}
    candidate = {"content": {"role": "model", "parts": [{"inlineData": blob}]}, "finishReason": "STOP"}
    return httpx.Response(200, json={"candidates": [candidate], **more})


@pytest.fixture
def vendor() -> FakeVendor:
    return FakeVendor()


def provider_at(vendor: FakeVendor, folder: Path, day: date = date(2026, 12, 1)) -> GeminiSpeechProvider:
    provider = vendor.provider(GeminiSpeechProvider, folder)
    provider.context = replace(provider.context, rates=READ, today=lambda: day)
    return provider


@pytest.mark.parametrize(("data", "mime"), [(wav(), "audio/wav"), (SAMPLES, "audio/L16;codec=pcm;rate=24000")])
def test_a_line_is_ordered_once_and_billed_by_its_tokens(
    vendor: FakeVendor, tmp_path: Path, data: bytes, mime: str
) -> None:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 150}
    vendor.on("POST", URL, reply(data, mime, usageMetadata=usage, responseId="r-1"))
    ticket = run(provider_at(vendor, tmp_path).submit(CONFIG))
    (post,) = vendor.posts()
    assert post.headers["x-goog-api-key"] == CANARY and CANARY not in str(post.url)
    body = sent(post)
    assert body["contents"] == [{"role": "user", "parts": [{"text": CONFIG.text}]}]
    asked = body["generationConfig"]
    assert asked["responseModalities"] == ["AUDIO"]
    voice = asked["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]
    assert next(v for v in VOICES if v.id == voice).high, "Emma sounds high"
    assert ticket.job_id == "r-1" and ticket.result and ticket.result.data
    with wave.open(io.BytesIO(ticket.result.data)) as file:
        assert (file.getframerate(), file.readframes(-1)) == (24_000, SAMPLES)
    assert ticket.result.cost == Decimal("0.000930")  # 6 s of 25 tokens


def test_its_price_is_refused_until_somebody_has_read_it(tmp_path: Path) -> None:
    with pytest.raises(UnknownPriceError, match="was not read on the vendor's own page") as refused:
        GeminiSpeechProvider().quote(CONFIG)
    assert "https://ai.google.dev/gemini-api/docs/pricing" in refused.value.hint
    for model in MODELS:
        before, after = (
            GeminiSpeechProvider(ProviderContext(rates=READ, today=lambda day=day: day)).estimate_cost(
                CONFIG.model_copy(update={"model": model})
            )
            for day in (date(2026, 12, 31), date(2027, 1, 1))
        )
        assert before > 0 and abs(after - 2 * before) <= Decimal("0.000001")


def test_the_next_price_is_told_before_it_comes() -> None:
    ending = GeminiSpeechProvider(ProviderContext(rates=READ, today=lambda: date(2026, 12, 1))).ending(CONFIG)
    assert ending and (ending.what, ending.last) == ("price", date(2026, 12, 31))
    assert "$0.0186/min" in ending.words(date(2026, 12, 1))


@pytest.mark.parametrize(
    "refused",
    [{"promptFeedback": {"blockReason": "SAFETY"}}, {"candidates": [{"finishReason": "PROHIBITED_CONTENT"}]}],
)
def test_what_is_refused_is_not_sent_again(vendor: FakeVendor, tmp_path: Path, refused: dict[str, Any]) -> None:
    vendor.on("POST", URL, httpx.Response(200, json=refused))
    error = denied(vendor, provider_at(vendor, tmp_path).submit(CONFIG))
    assert isinstance(error, ProviderRefused) and error.charged is None


def test_a_yes_without_sound_proves_nothing(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.on("POST", URL, httpx.Response(200, json={"candidates": [{"finishReason": "OTHER"}]}))
    assert isinstance(denied(vendor, provider_at(vendor, tmp_path).submit(CONFIG)), OutcomeUnknown)


def test_a_key_that_is_none_is_told(vendor: FakeVendor, tmp_path: Path) -> None:
    words = "API key not valid. Please pass a valid API key."
    error = {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}
    vendor.on("POST", URL, httpx.Response(400, json={"error": error}))
    denial = denied(vendor, provider_at(vendor, tmp_path).submit(CONFIG))
    assert isinstance(denial, MissingKeyError) and "GEMINI_API_KEY" in str(denial)


def test_a_voice_that_it_lacks_is_refused_with_the_choice() -> None:
    with pytest.raises(InputError, match="no voice 'nova'") as caught:
        GeminiSpeechProvider().request_params(CONFIG.model_copy(update={"voice": "nova"}))
    assert "Kore" in caught.value.hint
    assert len(VOICES) == len({v.id for v in VOICES}) == 30
