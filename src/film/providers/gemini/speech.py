"""Speech from Google's Gemini models: the sound comes in the answer, as base64.

    POST /v1beta/models/{model}:generateContent ──► candidates[0].content.parts[0].inlineData

The form is that of Google's own SDK (google-genai 3.6.1, ``types.SpeechConfig``): ``responseModalities`` asks for
sound, ``prebuiltVoiceConfig`` names one of the 30 voices that every account has. The 3.8 models answer with a WAV
file, older ones with bare samples (``audio/L16;rate=24000``); both are read.

Not documented, and so not relied upon: an idempotency key, a list of what was ordered, a seed. An answer that is lost
on the way is lost, and may be paid for, as with OpenAI's speech. How many characters go into the 8,192 tokens of an
order depends on the language; 4,000 are sent at most, which is fewer in all of them that count a token a character or
less. Which voices sound high and which low is told by Google's list of the same names for its Chirp voices.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import wave
from decimal import Decimal
from typing import Any

from film.errors import FilmError, InputError
from film.media.filetypes import WAV
from film.models import AssetType, Generated
from film.providers.base import AudioConfig, Ticket
from film.providers.capabilities import Capabilities
from film.providers.casting import Voice, cast
from film.providers.media import mend_wav
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import Answer, KeyAuth, as_list, as_object
from film.providers.vendor_kinds import ForgetfulSpeechVendor

_HIGH = (
    "Kore Achernar Aoede Autonoe Callirrhoe Despina Erinome Gacrux Laomedeia Leda Pulcherrima Sulafat Vindemiatrix"
    " Zephyr"
).split()
_LOW = (
    "Puck Achird Algenib Algieba Alnilam Charon Enceladus Fenrir Iapetus Orus Rasalgethi Sadachbia Sadaltager Schedar"
    " Umbriel Zubenelgenubi"
).split()
VOICES = (*(Voice(n, n, high=True) for n in _HIGH), *(Voice(n, n, high=False) for n in _LOW))
MODELS = {
    "gemini-3.8-flash-lite-tts": Capabilities(text_limit=4000),
    "gemini-3.8-flash-tts": Capabilities(text_limit=4000),
}
TOKENS_A_MINUTE = 25 * 60
"""Of sound: what the bill counts."""
_SLOWEST = Decimal(600)
"""Characters spoken in a minute at the very least: what an upper bound of the minutes is reckoned with."""
_SAMPLES = re.compile(r"audio/l16;.*?rate=(\d{4,6})", re.IGNORECASE)
_REFUSALS = frozenset({"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "RECITATION", "SPII"})


class GeminiSpeechProvider(ForgetfulSpeechVendor):
    """Gemini's voices."""

    name = "gemini"
    account = "gemini"
    label = "Gemini"
    default_model = "gemini-3.8-flash-lite-tts"
    models = MODELS
    usual_seconds = 5.0

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("x-goog-api-key", key, key)

    def request_params(self, config: AudioConfig) -> dict[str, Any]:
        model = self.known_model(config)
        return {
            "text": self.check_text(config.text, self.models[model].text_limit, model),
            "voice": self._voice(config),
        }

    def text_limit(self, config: AudioConfig) -> int | None:
        return self.models[self.known_model(config)].text_limit

    def _voice(self, config: AudioConfig) -> str:
        if config.voice is None:
            return cast(config.character, VOICES).id
        named = next((v.id for v in VOICES if v.name.casefold() == config.voice.casefold()), None)
        if named is None:
            raise InputError(
                f"{self.model_of(config)} has no voice {config.voice[:80]!r}",
                field="voice",
                hint=f"choose one of {', '.join(sorted(v.name for v in VOICES))}",
            )
        return named

    def bought(self, config: AudioConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), Decimal(len(config.text)) / _SLOWEST)

    async def submit(self, config: AudioConfig, *, image_url: str | None = None) -> Ticket:
        params, model = self.request_params(config), self.model_of(config)
        body = {
            "contents": [{"role": "user", "parts": [{"text": params["text"]}]}],
            "generationConfig": {
                "responseModalities": ["AUDIO"],
                "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": params["voice"]}}},
            },
        }
        notices = self.note(config)
        async with self.client() as client:
            answer = self.ordered(await client.post_once(f"v1beta/models/{model}:generateContent", body))
        reply = answer.json()
        self._check_refused(reply)
        sound = _sound(reply)
        kind = self.sound_of(sound, answer)
        job_id = str(reply.get("responseId") or hashlib.sha256(answer.body).hexdigest()[:32])
        made = Generated(
            data=mend_wav(sound) if kind is WAV else sound,
            mime=kind.mime_as(AssetType.AUDIO),
            cost=self._billed(config, reply),
            details={"model": model, "voice": params["voice"], "job_id": job_id, "notices": list(notices)},
        )
        return Ticket(job_id=job_id, result=made)

    def _billed(self, config: AudioConfig, reply: dict[str, Any]) -> Decimal | None:
        """What the answer's own count of tokens comes to by the card, its text included; None where it has none."""
        tokens = as_object(reply.get("usageMetadata")).get("candidatesTokenCount")
        if isinstance(tokens, bool) or not isinstance(tokens, int) or tokens <= 0:
            return None
        return self.rate(config).cost(Decimal(tokens) / TOKENS_A_MINUTE)

    def _check_refused(self, reply: dict[str, Any]) -> None:
        """A yes may hold no: its prompt was blocked, or its answer was stopped. Whether it is billed is not said."""
        blocked = str(as_object(reply.get("promptFeedback")).get("blockReason") or "")
        stopped = str(_candidate(reply).get("finishReason") or "")
        if blocked or stopped in _REFUSALS:
            raise self.refusal(blocked or stopped, charged=None)

    def says_no(self, answer: Answer) -> bool:
        """Google's APIs word errors so: ``{"error": {"code", "message", "status"}}``."""
        return bool(as_object(answer.json().get("error")).get("status"))

    def read_error(self, answer: Answer) -> FilmError | None:
        error = as_object(answer.json().get("error"))
        reasons = {as_object(detail).get("reason") for detail in as_list(error.get("details"))}
        words = str(error.get("message") or answer.words)
        if "API_KEY_INVALID" in reasons or "API key not valid" in words:  # answered with 400
            return self.key_rejected(words)
        return None


def _candidate(reply: dict[str, Any]) -> dict[str, Any]:
    return as_object(next(iter(as_list(reply.get("candidates"))), None))


def _sound(reply: dict[str, Any]) -> bytes:
    """The sound in an answer, as a file; empty where there is none."""
    for part in as_list(as_object(_candidate(reply).get("content")).get("parts")):
        blob = as_object(as_object(part).get("inlineData"))
        try:
            data = base64.b64decode(str(blob.get("data") or ""), validate=True)
        except binascii.Error:
            return b""
        if data:
            samples = _SAMPLES.match(str(blob.get("mimeType") or ""))
            return _as_wav(data, int(samples[1])) if samples else data
    return b""


def _as_wav(samples: bytes, rate: int) -> bytes:
    """16-bit mono samples as a file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return out.getvalue()
