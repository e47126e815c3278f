"""ElevenLabs' speech and its history; ``README.md`` says where that is documented.

- ``.../with-timestamps``: JSON with the audio in Base64 and the times of characters; ``.../{voice_id}`` alone answers
  the file.
- History: newest first, ``page_size`` up to 1,000, ``has_more``, ``last_history_item_id``,
  ``start_after_history_item_id``. A line is in it once it is spoken.
- ``character-cost`` and ``request-id`` in the answer's headers.
- A credit a character (half a one for flash models), $0.10 for a thousand.
"""

from __future__ import annotations

import asyncio
import base64
import json
from decimal import Decimal
from typing import Any

from aiohttp import web

from benchmarks.strangers.vendors import media
from benchmarks.strangers.vendors.books import Line
from benchmarks.strangers.vendors.vendor import Vendor, payload_of

CREDIT = Decimal("0.0001")


def credits_of(model: str, text: str) -> Decimal:
    """Give what a line costs in credits.

    Parameters:
        model: What speaks it.
        text: The words.
    """
    return Decimal(len(text)) * (Decimal("0.5") if "flash" in model or "turbo" in model else 1)


class ElevenLabs(Vendor):
    """ElevenLabs behind one address."""

    name = "elevenlabs"

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        return [
            web.post("/v1/text-to-speech/{voice}/with-timestamps", self.order),
            web.post("/v1/text-to-speech/{voice}", self.order),
            web.get("/v1/history", self.history),
            web.get("/v1/history/{job}", self.item),
            web.get("/v1/history/{job}/audio", self.audio),
            web.get("/v1/user", self.user),
            web.get("/v1/user/subscription", self.user),
        ]

    def key(self, request: web.Request) -> str:
        """Give the key of a request.

        Parameters:
            request: The request.
        """
        return request.headers.get("xi-api-key", "")

    def rejected(self) -> web.Response:
        """Give the answer to a request without a key."""
        return web.json_response({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}, status=401)

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Speak a line.

        Parameters:
            request: The order.
        """
        payload = await payload_of(request)
        if not self.key(request):
            return self.rejected()
        if not (text := str(payload.get("text", ""))):
            return web.json_response(
                {"detail": [{"loc": ["body", "text"], "msg": "Field required", "type": "missing"}]}, status=422
            )
        model = str(payload.get("model_id", "eleven_multilingual_v2"))
        voice, timed = request.match_info["voice"], request.path.endswith("/with-timestamps")

        async def answer(line: Line) -> web.StreamResponse:
            await asyncio.sleep(line.seconds)
            audio = media.mp3(line.job, media.spoken(text))
            body, kind = (self._timed(text, audio), "application/json") if timed else (audio, "audio/mpeg")
            response = await self.sent(request, line.job, body, kind, ordered=True)
            if not response.prepared:
                cost = self.billed(1) * credits_of(model, text)
                response.headers.update(
                    {"request-id": line.job, "history-item-id": line.job, "character-cost": f"{cost:f}"}
                )
            return response

        return await self.submit(
            request,
            model=model,
            kind="audio",
            text=text,
            price=credits_of(model, text) * CREDIT,
            payload=payload | {"voice": voice},
            answer=answer,
        )

    @staticmethod
    def _timed(text: str, audio: bytes) -> bytes:
        step = media.spoken(text) / len(text)
        times = {
            "characters": list(text),
            "character_start_times_seconds": [round(n * step, 3) for n in range(len(text))],
            "character_end_times_seconds": [round((n + 1) * step, 3) for n in range(len(text))],
        }
        return json.dumps(
            {"audio_base64": base64.b64encode(audio).decode(), "alignment": times, "normalized_alignment": times}
        ).encode()

    def _item(self, line: Line) -> dict[str, Any]:
        cost = int(self.billed(1) * credits_of(line.model, line.text))
        return {
            "history_item_id": line.job,
            "request_id": line.job,
            "voice_id": line.request.get("voice"),
            "model_id": line.model,
            "voice_name": "George",
            "voice_category": "premade",
            "text": line.text,
            "date_unix": int(self.books.clock("elevenlabs", line.at + line.seconds)),
            "character_count_change_from": 0,
            "character_count_change_to": cost,
            "content_type": "audio/mpeg",
            "state": "created",
            "settings": line.request.get("voice_settings", {}),
            "feedback": None,
            "share_link_id": None,
            "source": "TTS",
        }

    async def history(self, request: web.Request) -> web.StreamResponse:
        """List what was spoken.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return self.rejected()
        lines = self.books.listed("elevenlabs", self.key(request), when_done=True)
        if since := request.query.get("date_after_unix"):
            lines = [n for n in lines if self.books.clock("elevenlabs", n.at + n.seconds) >= float(since)]
        if after := request.query.get("start_after_history_item_id"):
            places = [n for n, line in enumerate(lines) if line.job == after]
            lines = lines[places[0] + 1 :] if places else []
        size = min(int(request.query.get("page_size", 100)), 1000, self.books.plan.of("elevenlabs").page)
        part, more = lines[:size], len(lines) > size
        body = {
            "history": [self._item(line) for line in part],
            "last_history_item_id": part[-1].job if part else None,
            "has_more": more,
            "scanned_until": int(self.books.clock("elevenlabs")),
        }
        forms: dict[str, Any] = {
            "none": {"history": [], "last_history_item_id": None, "has_more": False},
            "loop": {"history": [], "last_history_item_id": "x", "has_more": True},
        }
        return await self.asked(
            request, "list", "history", json.dumps(body).encode(), forms=forms
        ) or web.json_response(body)

    async def item(self, request: web.Request) -> web.StreamResponse:
        """Show a line that was spoken.

        Parameters:
            request: The question.
        """
        line = self.mine(request, request.match_info["job"])
        if line is None or not self.books.ready(line):
            return web.json_response({"detail": {"status": "history_item_not_found"}}, status=404)
        body = self._item(line)
        return await self.asked(request, "poll", line.job, json.dumps(body).encode()) or web.json_response(body)

    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Send a line that was spoken.

        Parameters:
            request: The question.
        """
        line = self.mine(request, request.match_info["job"])
        if line is None or not self.books.ready(line):
            return web.json_response({"detail": {"status": "history_item_not_found"}}, status=404)
        return await self.sent(request, line.job, media.mp3(line.job, media.spoken(line.text)), "audio/mpeg")

    async def user(self, request: web.Request) -> web.Response:
        """Say whose key it is.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return self.rejected()
        subscription = {"tier": "creator", "character_count": 0, "character_limit": 10**9, "status": "active"}
        return web.json_response(
            subscription if request.path.endswith("subscription") else {"user_id": "x", "subscription": subscription}
        )
