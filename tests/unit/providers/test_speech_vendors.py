"""What holds for every vendor of speech alike: what a line costs, and how long a line one order may hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from film.errors import InputError
from film.providers.base import AudioConfig
from film.providers.elevenlabs.speech import ElevenLabsSpeechProvider
from film.providers.openai.speech import OpenAISpeechProvider
from film.providers.vendor_kinds import SpeechVendor

OPENAI, ELEVENLABS = OpenAISpeechProvider, ElevenLabsSpeechProvider


@pytest.mark.parametrize(
    ("vendor", "model", "characters", "dollars"),
    [
        (OPENAI, "tts-1", 1000, "0.015"),
        (OPENAI, "tts-1-hd", 100, "0.003"),
        (OPENAI, "tts-1", 1, "0.000015"),
        (OPENAI, "gpt-4o-mini-tts", 600, "0.015"),
        (ELEVENLABS, None, 1000, "0.1"),
        (ELEVENLABS, "eleven_v3", 1000, "0.1"),
        (ELEVENLABS, "eleven_flash_v2_5", 1000, "0.05"),
    ],
)
def test_speech_is_quoted_by_its_length(
    vendor: type[SpeechVendor], model: str | None, characters: int, dollars: str
) -> None:
    assert vendor().estimate_cost(AudioConfig(text="x" * characters, model=model)) == Decimal(dollars)


@pytest.mark.parametrize(
    ("vendor", "model", "limit"),
    [
        (OPENAI, "tts-1", 4096),
        (OPENAI, "gpt-4o-mini-tts", 4096),
        (ELEVENLABS, None, 10_000),
        (ELEVENLABS, "eleven_v3", 5_000),
        (ELEVENLABS, "eleven_flash_v2_5", 40_000),
    ],
)
def test_an_order_holds_as_much_as_its_model_takes_and_no_more(
    vendor: type[SpeechVendor], model: str | None, limit: int
) -> None:
    config = AudioConfig(text="x" * limit, model=model)
    assert vendor().text_limit(config) == limit
    vendor().quote(config)
    with pytest.raises(InputError, match=f"{limit} characters, this one has {limit + 1}"):
        vendor().quote(config.model_copy(update={"text": "x" * (limit + 1)}))


@pytest.mark.parametrize("vendor", [OPENAI, ELEVENLABS])
def test_a_character_beyond_the_first_plane_counts_twice(vendor: type[SpeechVendor]) -> None:
    provider = vendor()
    limit = provider.text_limit(AudioConfig(text=""))
    assert limit is not None
    with pytest.raises(InputError):
        provider.quote(AudioConfig(text="🌊" * (limit // 2 + 1)))
