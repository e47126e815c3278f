"""Gemini's generateContent, as far as it speaks: the sound is in the answer, in base64, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from decimal import ROUND_CEILING, Decimal
from typing import Any, cast

from aiohttp import web

from film.testing import synthetic
from film.testing.simulator.delivery import deliver
from film.testing.simulator.making import as_object, make_media
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order, visit

PER_MILLION = {"gemini-3.8-flash-lite-tts": Decimal(6), "gemini-3.8-flash-tts": Decimal(9)}
TEXT = Decimal("0.5")
"""Dollars for a million tokens of sound and of text."""
VOICES = frozenset(
    "Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina"
    " Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi"
    " Vindemiatrix Sadachbia Sadaltager Sulafat".split()
)
MOST_TOKENS = 8192
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class SimulatedGemini(SimulatedVendor):
    name = "gemini"

    def routes(self) -> list[web.RouteDef]:
        return [
            self.route("POST", "/v1beta/models/{model}", "submit", self.speech),
            self.route("GET", "/v1beta/models", "list", self.models),
        ]

    def key_of(self, request: web.Request) -> str | None:
        return request.headers.get("x-goog-api-key")

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        return {"error": {"code": status, "message": words, "status": _STATUS.get(status, "UNKNOWN")}}

    def no_credit(self) -> web.Response:
        return self.answer(402, "no-credit", "Your prepayment credits are depleted")

    def refusal(self) -> web.Response:
        return web.json_response({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})

    async def speech(self, request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        model, _, method = request.match_info["model"].partition(":")
        if method != "generateContent" or model not in PER_MILLION:
            raise self._wrong(404, f"models/{model} is not found for API version v1beta")
        text = self._text(order)
        tokens = Decimal(str(25 * synthetic.spoken_seconds(text))).to_integral_value(ROUND_CEILING)
        heard = max(1, len(text) // 4)
        price = (PER_MILLION[model] * tokens + TEXT * heard) / 1_000_000
        # ``input`` is what the simulated voice speaks
        job = self.take(model, "audio", {**order, "input": text, "response_format": "wav"}, round(price, 6))
        await asyncio.sleep(max(0.0, job.ends - time.time()))
        body, _ = await asyncio.to_thread(make_media, job)
        sound = {"inlineData": {"mimeType": "audio/wav", "data": base64.b64encode(body).decode()}}
        reply = {
            "candidates": [{"content": {"role": "model", "parts": [sound]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": heard, "candidatesTokenCount": int(tokens)},
            "modelVersion": model,
            "responseId": job.id,
        }
        return await deliver(request, json.dumps(reply).encode(), "application/json", visit.get().fault)

    async def models(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"models": [{"name": f"models/{model}"} for model in PER_MILLION]})

    def _text(self, order: dict[str, Any]) -> str:
        asked = as_object(order.get("generationConfig"))
        voice = as_object(as_object(as_object(asked.get("speechConfig")).get("voiceConfig")).get("prebuiltVoiceConfig"))
        parts = [part for content in _items(order, "contents") for part in _items(content, "parts")]
        text = "".join(str(part.get("text") or "") for part in parts)
        if asked.get("responseModalities") != ["AUDIO"]:
            raise self._wrong(400, "The requested combination of response modalities is not supported by the model")
        if voice.get("voiceName") not in VOICES:
            raise self._wrong(400, f"Voice name {voice.get('voiceName')} is not supported")
        if not text or len(text) // 4 > MOST_TOKENS:
            raise self._wrong(400, "The input is empty, or has too many tokens")
        return text

    def _wrong(self, status: int, words: str) -> BadOrder:
        return BadOrder(status, self.error(status, "", words))


def _items(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    return [as_object(item) for item in cast("list[object]", found)] if isinstance(found, list) else []
