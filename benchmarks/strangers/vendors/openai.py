"""OpenAI's speech: one POST, answered with the file when it is spoken. Nothing lists what was spoken.

``x-request-id`` stands in each answer; tts-1 is $15 a million characters. ``README.md`` says where that is documented.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal

from aiohttp import web

from benchmarks.strangers.vendors import media
from benchmarks.strangers.vendors.books import Line
from benchmarks.strangers.vendors.vendor import Vendor, payload_of

CHARACTER = {"tts-1": Decimal("0.000015"), "tts-1-hd": Decimal("0.00003")}


class OpenAI(Vendor):
    """OpenAI behind one address."""

    name = "openai"

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        return [web.post("/v1/audio/speech", self.order), web.get("/v1/models", self.models)]

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Speak a line.

        Parameters:
            request: The order.
        """
        payload = await payload_of(request)
        if not self.key(request):
            return web.json_response(
                {"error": {"message": "You didn't provide an API key.", "type": "invalid_request_error"}}, status=401
            )
        text = str(payload.get("input", ""))
        if not text or not payload.get("model") or not payload.get("voice"):
            return web.json_response(
                {"error": {"message": "Missing required parameter", "type": "invalid_request_error"}}, status=400
            )

        async def answer(line: Line) -> web.StreamResponse:
            await asyncio.sleep(line.seconds)
            form = str(payload.get("response_format", "mp3"))
            make = media.wav if form == "wav" else media.mp3
            body = make(line.job, media.spoken(text))
            response = await self.sent(
                request, line.job, body, "audio/wav" if form == "wav" else "audio/mpeg", ordered=True
            )
            if not response.prepared:
                response.headers["x-request-id"] = line.job
            return response

        return await self.submit(
            request,
            model=payload["model"],
            kind="audio",
            text=text,
            price=len(text) * CHARACTER.get(payload["model"], Decimal("0.00003")),
            payload=payload,
            answer=answer,
        )

    async def models(self, request: web.Request) -> web.Response:
        """List models.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return web.json_response({"error": {"message": "You didn't provide an API key."}}, status=401)
        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in CHARACTER]})
