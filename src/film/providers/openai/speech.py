"""Speech from OpenAI, or from any server that speaks its endpoint (``FILM_OPENAI_URL``).

    POST /v1/audio/speech ──► the sound itself, in the answer

There is no job to ask for later: an answer that is lost on the way is lost, and paid for. The models are being shut
down: the rate card knows the day, until then each run names it, and from then on an estimate refuses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from film.errors import FilmError, InputError
from film.media.filetypes import WAV
from film.models import AssetType, Generated
from film.providers.base import AudioConfig, Ticket
from film.providers.capabilities import Capabilities
from film.providers.casting import Voice, cast
from film.providers.endings import Ending
from film.providers.media import mend_wav
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import Answer, KeyAuth, as_object
from film.providers.vendor_kinds import ForgetfulSpeechVendor

_HIGH = ("nova", "shimmer", "coral", "sage", "alloy")
_LOW = ("onyx", "echo", "fable", "ash")
_NEWER_HIGH, _NEWER_LOW = ("marin",), ("ballad", "verse", "cedar")


def _voices(high: tuple[str, ...], low: tuple[str, ...]) -> tuple[Voice, ...]:
    return tuple(Voice(n, n, high=True) for n in high) + tuple(Voice(n, n, high=False) for n in low)


@dataclass(frozen=True, kw_only=True)
class SpeechModel(Capabilities):
    """What a model takes. ``per_minute``: it is billed by the minute of sound and not by the character."""

    voices: tuple[Voice, ...] = _voices(_HIGH, _LOW)
    text_limit: int | None = 4096
    gone_after: date | None = date(2027, 1, 5)
    instead: str = "--audio_provider elevenlabs"
    per_minute: bool = False


MODELS = {
    "tts-1": SpeechModel(),
    "tts-1-hd": SpeechModel(),
    "gpt-4o-mini-tts": SpeechModel(voices=_voices(_HIGH + _NEWER_HIGH, _LOW + _NEWER_LOW), per_minute=True),
}

_SLOWEST = Decimal(600)
"""Characters spoken in a minute at the very least: what an upper bound of the minutes is reckoned with."""


class OpenAISpeechProvider(ForgetfulSpeechVendor):
    """OpenAI's voices."""

    name = "openai"
    label = "OpenAI"
    models = MODELS
    account = "openai"
    default_model = "tts-1"
    usual_seconds = 3.0
    orders_a_minute = 500

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("Authorization", f"Bearer {key}", key)

    def request_params(self, config: AudioConfig) -> dict[str, Any]:
        model = self.model_of(config) if self._moved else self.known_model(config)
        return {
            "model": model,
            "input": self.check_text(config.text, self._profile(config).text_limit, model),
            "voice": self._voice(config),
            "response_format": "wav",
        }

    def text_limit(self, config: AudioConfig) -> int | None:
        return self._profile(config).text_limit

    def ending(self, config: AudioConfig) -> Ending | None:
        """A server of one's own serves on; one that plays OpenAI ends as it does."""
        is_played = (self.account or "") in (self.context.speeds or {})
        return super().ending(config) if is_played or not self._moved else None

    @property
    def _moved(self) -> bool:
        """Whether another server answers: it has models and voices of its own."""
        return self.base_url(self.home) != self.home

    def _profile(self, config: AudioConfig) -> SpeechModel:
        return MODELS.get(self.model_of(config), MODELS[self.default_model])

    def _voice(self, config: AudioConfig) -> str:
        voices = self._profile(config).voices
        if config.voice is None:
            return cast(config.character, voices).id
        if not self._moved and config.voice not in (v.id for v in voices):
            raise InputError(
                f"{self.model_of(config)} has no voice {config.voice!r}",
                field="voice",
                hint=f"choose one of {', '.join(sorted(v.id for v in voices))}",
            )
        return config.voice

    def bought(self, config: AudioConfig) -> BillableUnits:
        self.request_params(config)
        characters = Decimal(len(config.text))
        units = characters / _SLOWEST if self._profile(config).per_minute else characters / 1000
        return BillableUnits(self.model_of(config), units)

    async def submit(self, config: AudioConfig, *, image_url: str | None = None) -> Ticket:
        params = self.request_params(config)
        notices = self.note(config)
        async with self.client() as client:
            answer = self.ordered(await client.post_once("v1/audio/speech", params))
        kind = self.sound_of(answer.body, answer)
        sound = mend_wav(answer.body) if kind is WAV else answer.body
        job_id = answer.headers.get("x-request-id") or hashlib.sha256(answer.body).hexdigest()[:32]
        details = {"model": params["model"], "voice": params["voice"], "job_id": job_id, "notices": list(notices)}
        return Ticket(job_id=job_id, result=Generated(data=sound, mime=kind.mime_as(AssetType.AUDIO), details=details))

    def says_no(self, answer: Answer) -> bool:
        """https://platform.openai.com/docs/guides/error-codes: ``error`` is an object; other servers word theirs."""
        return bool(answer.json()) if self._moved else isinstance(answer.json().get("error"), dict)

    def read_error(self, answer: Answer) -> FilmError | None:
        error = as_object(answer.json().get("error"))
        words, code = str(error.get("message") or answer.words), str(error.get("code") or error.get("type") or "")
        if code in ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"):
            return self.out_of_credit(answer.words)
        if code in ("content_policy_violation", "moderation_blocked"):
            return self.refusal(words)
        return None
