"""ElevenLabs' speech with timestamps, and the history in which a lost answer can be found, once it is spoken."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from decimal import Decimal
from typing import Any

from aiohttp import web

from film.testing import synthetic
from film.testing.simulator.books import SimulatedJob
from film.testing.simulator.delivery import deliver
from film.testing.simulator.making import make_media
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order, visit

LONGEST = {"eleven_v3": 5_000, "eleven_multilingual_v2": 10_000, "eleven_flash_v2_5": 40_000}
CREDITS = {"eleven_v3": Decimal(1), "eleven_multilingual_v2": Decimal(1), "eleven_flash_v2_5": Decimal("0.5")}
"""Credits that a character takes."""
CREDIT = Decimal("0.0001")
ITEM = "item_"
"""Items of the history have names of their own; the request's id is a field of them."""
FORMATS = {"mp3": "mp3", "opus": "opus", "pcm": "pcm", "wav": "wav"}


class SimulatedElevenLabs(SimulatedVendor):
    name = "elevenlabs"

    def routes(self) -> list[web.RouteDef]:
        return [
            self.route("POST", "/v1/text-to-speech/{voice}/with-timestamps", "submit", self.speak),
            self.route("GET", "/v1/user", "list", self.user),
            self.route("GET", "/v1/history", "list", self.history),
            self.route("GET", f"/v1/history/{ITEM}{{id}}", "status", self.item),
            self.route("GET", f"/v1/history/{ITEM}{{id}}/audio", "media", self.audio),
        ]

    def key_of(self, request: web.Request) -> str | None:
        return request.headers.get("xi-api-key") or None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        named = {
            "unauthorized": "invalid_api_key",
            "throttle": "too_many_concurrent_requests",
            "no-credit": "quota_exceeded",
            "refuse": "content_against_policy",
        }
        return {"detail": {"status": named.get(kind, kind), "message": words}}

    def no_credit(self) -> web.Response:
        return self.answer(401, "no-credit", "This request exceeds your quota.")

    def refusal(self) -> web.Response:
        return self.answer(403, "refuse", "The text violates our terms of use")

    async def speak(self, request: web.Request) -> web.StreamResponse:
        order, voice = await read_order(request), request.match_info["voice"]
        model, text = str(order.get("model_id", "eleven_multilingual_v2")), str(order.get("text", ""))
        if model not in LONGEST:
            raise BadOrder(400, self.error(400, "model_not_found", f"A model with model ID {model} does not exist"))
        if not re.fullmatch(r"[A-Za-z0-9]{20}", voice):
            raise BadOrder(404, self.error(404, "voice_not_found", f"A voice with voice_id {voice} was not found."))
        if not text:
            raise BadOrder(422, {"detail": [{"loc": ["body", "text"], "msg": "Field required", "type": "missing"}]})
        if len(text) > LONGEST[model]:
            words = f"A maximum of {LONGEST[model]} characters per request is allowed"
            raise BadOrder(400, self.error(400, "max_character_limit_exceeded", words))
        form = FORMATS.get(request.query.get("output_format", "mp3_44100_128").partition("_")[0], "mp3")
        order = {**order, "voice_id": voice, "response_format": form}
        taken = CREDITS[model] * len(text)
        job = self.take(model, "audio", order, CREDIT * taken)
        await asyncio.sleep(max(0.0, job.ends - time.time()))
        sound, _ = await asyncio.to_thread(make_media, job)
        aligned = _alignment(text, synthetic.spoken_seconds(text))
        body = {"audio_base64": base64.b64encode(sound).decode(), "alignment": aligned, "normalized_alignment": aligned}
        headers = {
            "character-cost": str(taken),
            "request-id": job.id,
            "current-concurrent-requests": "1",
            "maximum-concurrent-requests": "5",
        }
        answer = await deliver(request, json.dumps(body).encode(), "application/json", visit.get().fault)
        if not answer.prepared:
            answer.headers.update(headers)
        return answer

    async def user(self, request: web.Request) -> web.StreamResponse:
        spent = sum(len(str(job.order["text"])) for job in self.house.books.jobs(self.name) if job.billed)
        plan = {"tier": "creator", "character_count": spent, "character_limit": 100_000, "status": "active"}
        return web.json_response({"user_id": "simulated", "subscription": plan})

    async def history(self, request: web.Request) -> web.StreamResponse:
        size = int(request.query.get("page_size", "100"))
        since, now = float(request.query.get("date_after_unix", "0") or 0), time.time()
        spoken = [job for job in self.house.books.jobs(self.name) if since <= job.ends <= now]
        newest_first = sorted(spoken, key=lambda job: job.ends, reverse=True)
        after = request.query.get("start_after_history_item_id")
        start = next((n + 1 for n, job in enumerate(newest_first) if f"{ITEM}{job.id}" == after), 0)
        page = newest_first[start : start + size]
        return web.json_response(
            {
                "history": [_item(job) for job in page],
                "last_history_item_id": f"{ITEM}{page[-1].id}" if page else None,
                "has_more": start + size < len(newest_first),
            }
        )

    async def item(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response(self.error(404, "not_found", "History item not found"), status=404)
        text = str(job.order["text"])
        aligned = _alignment(text, synthetic.spoken_seconds(text))
        return web.json_response({**_item(job), "alignments": {"alignment": aligned, "normalized_alignment": aligned}})

    async def audio(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None or self.key_of(request) is None:
            return web.json_response(self.error(404, "not_found", "History item not found"), status=404)
        body, mime = await asyncio.to_thread(make_media, job)
        return await deliver(request, body, mime, visit.get().fault)


def _item(job: SimulatedJob) -> dict[str, Any]:
    text = str(job.order["text"])
    return {
        "history_item_id": f"{ITEM}{job.id}",
        "request_id": job.id,
        "voice_id": job.order["voice_id"],
        "model_id": job.endpoint,
        "text": text,
        "date_unix": int(job.ends),
        "character_count_change_from": 0,
        "character_count_change_to": len(text),
        "content_type": "audio/mpeg",
        "state": "created",
        "settings": job.order.get("voice_settings"),
        "source": "TTS",
    }


def _alignment(text: str, seconds: float) -> dict[str, list[Any]]:
    each = seconds / len(text)
    return {
        "characters": list(text),
        "character_start_times_seconds": [round(n * each, 3) for n in range(len(text))],
        "character_end_times_seconds": [round((n + 1) * each, 3) for n in range(len(text))],
    }
