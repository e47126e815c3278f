"""Speech from ElevenLabs, with the time at which every word is heard.

    POST /v1/text-to-speech/{voice}/with-timestamps ──► the sound and its characters' times, in one answer

What was spoken stands in the account's history, under a name of its own (``history_item_id``) beside the request's: an
answer that was lost is found there again. The ``character-cost`` header says what was charged.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from film.dialogue import said
from film.errors import FilmError, InputError, PaidLost, ProviderError, ProviderUnavailable
from film.models import AssetType, Generated, SpokenWord
from film.providers.base import LIST_LAG, AudioConfig, JobStatus, Listing, Ticket
from film.providers.capabilities import Capabilities
from film.providers.casting import Voice, cast
from film.providers.listing import NO_CACHE, is_past, likeliest, moment_of, sent_since
from film.providers.media import recognise
from film.providers.redact import redact
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import Answer, KeyAuth, VendorClient, as_list, as_object, name_of, part
from film.providers.vendor_kinds import SpeechVendor

VOICES = (
    Voice("George", "JBFqnCBsd6RMkjVDRZzb", high=False),
    Voice("Sarah", "EXAVITQu4vr4xnSDxMaL", high=True),
    Voice("Laura", "FGY2WhTYpPnrIDTdsKH5", high=True),
    Voice("Alice", "Xb7hH8MSUJpSbSDYk0k2", high=True),
    Voice("Matilda", "XrExE9yKIg1WjnnlVkGX", high=True),
    Voice("Jessica", "cgSgspJ2msm6clMCkdW9", high=True),
    Voice("Lily", "pFZP5JQG7iQjIQuC4Bku", high=True),
    Voice("Charlie", "IKne3meq5aSn9XLyUdCD", high=False),
    Voice("Liam", "TX3LPaxmHKxFdv7VOQHJ", high=False),
    Voice("Eric", "cjVigY5qzO86Huf0OWal", high=False),
    Voice("Brian", "nPczCjzI2devNBz1zQrb", high=False),
    Voice("Daniel", "onwK4e9ZLuTAKqWW03F9", high=False),
    Voice("Bill", "pqHfZKP75CvOlQylNhV4", high=False),
)
"""The public default voices, which every account has."""

_HISTORY_PAGE = 1000
"""The most that one page of history holds."""
_HISTORY_PAGES = 10
_SECONDS_A_CHARACTER = 0.03
_VOICE_ID = re.compile(r"[A-Za-z0-9]{16,40}")
_TAG = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, kw_only=True)
class ElevenModel(Capabilities):
    """What a model takes, and how it is set so that equal orders sound alike."""

    credits: Decimal = Decimal(1)
    """Credits that a character takes: what the answer's ``character-cost`` is counted in."""
    settings: dict[str, Any] = field(
        default_factory=lambda: {
            "stability": 0.5,
            "similarity_boost": 0.75,
            "style": 0.0,
            "use_speaker_boost": True,
            "speed": 1.0,
        }
    )


MODELS = {
    "eleven_multilingual_v2": ElevenModel(text_limit=10_000),
    "eleven_v3": ElevenModel(text_limit=5_000, settings={"stability": 0.5}),
    "eleven_flash_v2_5": ElevenModel(text_limit=40_000, credits=Decimal("0.5")),
}


class ElevenLabsSpeechProvider(SpeechVendor):
    """ElevenLabs' voices."""

    name = "elevenlabs"
    label = "ElevenLabs"
    models = MODELS
    account = "elevenlabs"
    default_model = "eleven_multilingual_v2"
    usual_seconds = 3.0
    can_list = True

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("xi-api-key", key, key)

    def request_params(self, config: AudioConfig) -> dict[str, Any]:
        model = self.known_model(config)
        return {
            "voice_id": self._voice(config),
            "text": self.check_text(config.text, MODELS[model].text_limit, model),
            "model_id": model,
            "voice_settings": dict(MODELS[model].settings),
            "output_format": "mp3_44100_128",
        }

    def text_of(self, written: str, config: AudioConfig) -> str:
        """v3 acts on ``[whispers]``, the others on ``<break/>``: https://elevenlabs.io/docs/best-practices/prompting."""
        is_v3 = self.model_of(config) == "eleven_v3"
        return said(written, tags=not is_v3, directions=is_v3).text

    def text_limit(self, config: AudioConfig) -> int | None:
        return MODELS[self.known_model(config)].text_limit

    def _voice(self, config: AudioConfig) -> str:
        """The voice named in the shot, by its name or by its id, which one's own voices have; or one cast."""
        if config.voice is None:
            return cast(config.character, VOICES).id
        named = next((v.id for v in VOICES if v.name.casefold() == config.voice.casefold()), None)
        if named is None and not _VOICE_ID.fullmatch(config.voice):
            raise InputError(
                f"elevenlabs has no voice {redact(config.voice, limit=80)!r}",
                field="voice",
                hint=f"choose one of {', '.join(v.name for v in VOICES)}, or give the id of a voice of your own",
            )
        return named or config.voice

    def bought(self, config: AudioConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), Decimal(len(config.text)) / 1000)

    async def submit(self, config: AudioConfig, *, image_url: str | None = None) -> Ticket:
        params = self.request_params(config)
        notices = self.note(config)
        body = {k: v for k, v in params.items() if k not in ("voice_id", "output_format")}
        async with self.client() as client:
            answer = self.ordered(
                await client.post_once(
                    f"v1/text-to-speech/{params['voice_id']}/with-timestamps",
                    body,
                    params={"output_format": params["output_format"]},
                )
            )
        reply = answer.json()
        sound = _decoded(reply.get("audio_base64"))
        job_id = answer.headers.get("request-id") or "unnamed"
        made = Generated(
            data=sound,
            mime=self.sound_of(sound, answer).mime_as(AssetType.AUDIO),
            cost=self._billed(config, answer),
            words=words_of(as_object(reply.get("alignment"))),
            details={
                "job_id": job_id,
                "model": params["model_id"],
                "voice": params["voice_id"],
                "notices": list(notices),
            },
        )
        return Ticket(job_id=job_id, result=made, details={"model": params["model_id"]})

    def _billed(self, config: AudioConfig, answer: Answer) -> Decimal | None:
        try:
            taken = Decimal(answer.headers.get("character-cost", ""))
        except InvalidOperation:
            return None
        if not taken.is_finite() or taken < 0:
            return None
        return self.rate(config).cost(taken / MODELS[self.model_of(config)].credits / 1000)

    # -- what was lost

    async def find_lost(
        self, config: AudioConfig, *, age: float | None, image_url: str | None = None
    ) -> Listing | None:
        wanted = self.request_params(config)
        found: list[tuple[float, Ticket]] = []
        kept = False
        since: float | None = None
        async with self.client() as client:
            pages = 0
            async for answer, entries in self._history(client):
                if not entries:  # an account that keeps no history has an empty one, which says nothing
                    break
                if pages == 0:  # the order grows older while page after page is read
                    since = sent_since(answer, age)
                pages, kept = pages + 1, kept or answer.is_kept
                found += [
                    (moment_of(entry["date_unix"]), _listed(entry, wanted["model_id"]))
                    for entry in entries
                    if all(entry.get(name) == wanted[name] for name in ("text", "voice_id", "model_id"))
                    and (since is None or moment_of(entry["date_unix"]) >= int(since))
                ]
                if is_past([entry["date_unix"] for entry in entries], since) or answer.json()["has_more"] is False:
                    return Listing(likeliest(found, known_age=since is not None), complete=not kept)
        return Listing(likeliest(found, known_age=since is not None))

    def seconds_to_show(self, config: AudioConfig) -> float:
        """A line stands in the history once it is spoken: 40 s for 4,500 characters were seen, here is thrice that."""
        return LIST_LAG + _SECONDS_A_CHARACTER * len(config.text)

    async def _history(self, client: VendorClient) -> AsyncGenerator[tuple[Answer, list[dict[str, Any]] | None]]:
        """Pages of the account's history, newest first; None for whatever has not the documented form, whole."""
        after: dict[str, str] = {}
        for _ in range(_HISTORY_PAGES):
            answer = await client.ask("v1/history", params={"page_size": str(_HISTORY_PAGE), **after}, headers=NO_CACHE)
            entries = _entries(self.told(answer))
            yield answer, entries
            if not entries:
                return
            after = {"start_after_history_item_id": name_of(entries[-1]["history_item_id"])}

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        """A line is done once it stands in the history, which it may come to do a little later than its answer came."""
        ticket = job_id if isinstance(job_id, Ticket) else Ticket(job_id=job_id)
        if item := ticket.details.get("history_item_id"):
            return JobStatus(state="done", charged=True, details={"history_item_id": item})
        async with self.client() as client:
            answer = await client.ask("v1/history", params={"page_size": str(_HISTORY_PAGE)})
        for entry in _entries(self.told(answer)) or ():
            if name_of(entry.get("request_id")) == ticket.job_id:
                item = name_of(entry["history_item_id"])
                return JobStatus(state="done", charged=True, details={"history_item_id": item})
        return self.unclear(answer)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        if ticket.result is not None:
            return ticket.result
        item = str(status.details.get("history_item_id") or ticket.details.get("history_item_id") or ticket.job_id)
        async with self.client() as client:
            answer = await client.ask(f"v1/history/{part(item)}/audio")
            about = await client.ask(f"v1/history/{part(item)}") if answer.ok else answer
        if answer.status in (404, 410, 422):
            raise PaidLost(
                f"{self.name} no longer has line {redact(item, limit=80)} in its history",
                hint="raise the shot's take to order it anew",
                provider=self.name,
                charged=True,
            )
        if not answer.ok:
            raise self.account_trouble(answer) or ProviderUnavailable(
                f"{self.name} does not hand the line over: {answer.status} ({answer.words})",
                hint="it is paid for and stands in the history: run again to fetch it",
                provider=self.name,
            )
        sound = answer.body
        kind = recognise(sound[:512], AssetType.AUDIO, self.name)
        times = as_object(as_object(about.json().get("alignments")).get("alignment"))
        return Generated(
            data=sound,
            mime=kind.mime_as(AssetType.AUDIO),
            words=words_of(times),
            details={"job_id": ticket.job_id, "model": ticket.details.get("model")},
        )

    def says_no(self, answer: Answer) -> bool:
        """https://elevenlabs.io/docs/developers/resources/error-messages: ``detail``."""
        return "detail" in answer.json()

    def read_error(self, answer: Answer) -> FilmError | None:
        detail = as_object(answer.json().get("detail"))
        kind, words = str(detail.get("status") or detail.get("code") or ""), str(detail.get("message") or answer.words)
        if kind == "quota_exceeded":
            return self.out_of_credit(redact(words))
        if kind in ("content_against_policy", "content_moderation", "moderation_refused"):
            return self.refusal(words)
        if kind == "max_character_limit_exceeded":
            hint = "split the shot, or choose eleven_flash_v2_5"
            return ProviderError(f"{self.name}: {redact(words)}", hint=hint, provider=self.name)
        if kind in ("too_many_concurrent_requests", "system_busy"):
            return self.busy(answer, redact(words))
        return None


def _decoded(encoded: object) -> bytes:
    """The sound in an answer; empty where there is none."""
    try:
        return base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except binascii.Error:
        return b""


def words_of(alignment: dict[str, Any]) -> tuple[SpokenWord, ...]:
    """The words of an alignment by characters, each with its time; audio tags (``[whispers]``) are not spoken."""
    characters = [str(c) for c in as_list(alignment.get("characters"))]
    starts = [_number(t) for t in as_list(alignment.get("character_start_times_seconds"))]
    ends = [_number(t) for t in as_list(alignment.get("character_end_times_seconds"))]
    if not len(characters) == len(starts) == len(ends) or any(len(c) != 1 for c in characters):
        return ()
    text = _TAG.sub(lambda tag: " " * len(tag[0]), "".join(characters))
    return tuple(
        SpokenWord(word=match[0], start=starts[match.start()], end=ends[match.end() - 1])
        for match in re.finditer(r"\S+", text)
    )


def _entries(reply: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """A page of history, or None for whatever has not the documented form, whole."""
    if reply is None or not isinstance(reply.get("history"), list) or not isinstance(reply.get("has_more"), bool):
        return None
    entries = [as_object(entry) for entry in as_list(reply["history"])]
    whole = all(name_of(e.get("history_item_id")) and moment_of(e.get("date_unix")) > 0 for e in entries)
    return entries if whole else None


def _listed(entry: dict[str, Any], model: str) -> Ticket:
    item = name_of(entry["history_item_id"])
    return Ticket(job_id=name_of(entry.get("request_id")) or item, details={"model": model, "history_item_id": item})


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
