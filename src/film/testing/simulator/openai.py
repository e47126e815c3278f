"""OpenAI's speech endpoint: the sound is the answer, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import Any

from aiohttp import web

from film.testing import synthetic
from film.testing.simulator.delivery import deliver
from film.testing.simulator.making import SOUND, make_media
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order, visit

VOICES = frozenset("alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar".split())
PER_THOUSAND = {"tts-1": Decimal("0.015"), "tts-1-hd": Decimal("0.030")}
PER_MINUTE = {"gpt-4o-mini-tts": Decimal("0.015")}
LONGEST = 4096


class SimulatedOpenAI(SimulatedVendor):
    name = "openai"

    def routes(self) -> list[web.RouteDef]:
        return [
            self.route("POST", "/v1/audio/speech", "submit", self.speech),
            self.route("GET", "/v1/models", "list", self.models),
        ]

    def key_of(self, request: web.Request) -> str | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key if scheme == "Bearer" and key else None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        code = {"unauthorized": "invalid_api_key", "throttle": "rate_limit_exceeded", "no-credit": "insufficient_quota"}
        group = "invalid_request_error" if status < 500 else "server_error"
        named = "content_policy_violation" if kind == "refuse" else code.get(kind)
        return {"error": {"message": words, "type": group, "param": None, "code": named}}

    def no_credit(self) -> web.Response:
        return self.answer(429, "no-credit", "You exceeded your current quota, please check your plan and billing")

    def refusal(self) -> web.Response:
        return self.answer(400, "refuse", "Your request was rejected by our safety system")

    async def speech(self, request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        price = self._price(order)
        job = self.take(str(order["model"]), "audio", order, price)
        await asyncio.sleep(max(0.0, job.ends - time.time()))
        body, mime = await asyncio.to_thread(make_media, job)
        response = await deliver(request, body, mime, visit.get().fault)
        if not response.prepared:
            response.headers["x-request-id"] = f"req_{job.id.replace('-', '')}"
        return response

    async def models(self, request: web.Request) -> web.StreamResponse:
        about = {"object": "model", "created": 1_700_000_000, "owned_by": "openai"}
        known = [{"id": model, **about} for model in (*PER_THOUSAND, *PER_MINUTE)]
        return web.json_response({"object": "list", "data": known})

    def _price(self, order: dict[str, Any]) -> Decimal:
        model, text = str(order.get("model", "")), str(order.get("input", ""))
        if model not in PER_THOUSAND and model not in PER_MINUTE:
            raise self._wrong(404, f"The model {model!r} does not exist", "model")
        if not 1 <= len(text) <= LONGEST:
            raise self._wrong(400, f"'input' must be 1 to {LONGEST} characters long", "input")
        if order.get("voice") not in VOICES:
            raise self._wrong(400, f"'voice' must be one of {', '.join(sorted(VOICES))}", "voice")
        if order.get("response_format", "mp3") not in SOUND:
            raise self._wrong(400, f"'response_format' must be one of {', '.join(SOUND)}", "response_format")
        if model in PER_THOUSAND:
            return PER_THOUSAND[model] * len(text) / 1000
        minutes = Decimal(str(round(synthetic.spoken_seconds(text), 2))) / 60
        return (PER_MINUTE[model] * minutes).quantize(Decimal("0.000001"))

    def _wrong(self, status: int, words: str, name: str) -> BadOrder:
        body = self.error(status, "invalid", words)
        body["error"]["param"] = name
        return BadOrder(status, body)
