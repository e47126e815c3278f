"""Replicate's predictions; ``README.md`` says where that is documented.

- ``POST /v1/models/{owner}/{name}/predictions`` answers 201 with the prediction; ``GET /v1/predictions`` lists the
  account's, newest first, 100 a page, with ``next`` as a whole address.
- States: starting, processing, succeeded, failed, canceled.
- ``black-forest-labs/flux-schnell`` is billed by the picture.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from benchmarks.strangers.vendors import media
from benchmarks.strangers.vendors.books import Line
from benchmarks.strangers.vendors.vendor import Vendor, payload_of

PICTURE = {"black-forest-labs/flux-schnell": Decimal("0.003")}
SHAPES = {"16:9": (1344, 768), "9:16": (768, 1344), "1:1": (1024, 1024), "21:9": (1536, 640), "4:3": (1152, 864)}


class Replicate(Vendor):
    """Replicate behind one address."""

    name = "replicate"

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        return [
            web.post("/v1/models/{owner}/{model}/predictions", self.order),
            web.get("/v1/predictions", self.predictions),
            web.get("/v1/predictions/{job}", self.prediction),
            web.post("/v1/predictions/{job}/cancel", self.prediction),
            web.get("/v1/account", self.account),
            web.get("/files/{job}/{name}", self.fetch),
        ]

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Take an order.

        Parameters:
            request: The order.
        """
        if not self.key(request):
            return web.json_response(
                {"title": "Unauthenticated", "detail": "You did not pass a token", "status": 401}, status=401
            )
        model = f"{request.match_info['owner']}/{request.match_info['model']}"
        payload = (await payload_of(request)).get("input", {})
        if not payload.get("prompt"):
            return web.json_response(
                {"title": "Input validation failed", "detail": "- input: prompt is required", "status": 422}, status=422
            )

        async def answer(line: Line) -> web.Response:
            return web.json_response(self._shown(request, line), status=201)

        price = PICTURE.get(model, Decimal("0.003")) * int(payload.get("num_outputs", 1))
        return await self.submit(
            request, model=model, kind="image", text=payload["prompt"], price=price, payload=payload, answer=answer
        )

    def _shown(self, request: web.Request, line: Line) -> dict[str, Any]:
        done, url = self.books.ready(line), self.url(request, f"/v1/predictions/{line.job}")
        form = str(line.request.get("output_format", "webp"))
        return {
            "id": line.job,
            "model": line.model,
            "version": "hidden",
            "input": line.request,
            "logs": "",
            "output": [self.file(request, line.job, f"out-0.{form}")] if done else None,
            "data_removed": False,
            "error": None,
            "source": "api",
            "status": "succeeded" if done else "processing",
            "created_at": self.iso(line.at),
            "started_at": self.iso(line.at),
            "completed_at": self.iso(line.at + line.seconds) if done else None,
            "metrics": {"predict_time": float(self.billed(1)) * line.seconds} if done else {},
            "urls": {"get": url, "cancel": f"{url}/cancel"},
        }

    async def prediction(self, request: web.Request) -> web.StreamResponse:
        """Say how a prediction is doing.

        Parameters:
            request: The question.
        """
        if (line := self.mine(request, request.match_info["job"])) is None:
            return web.json_response({"detail": "Not found."}, status=404)
        body = self._shown(request, line)
        return await self.asked(request, "poll", line.job, json.dumps(body).encode()) or web.json_response(body)

    async def predictions(self, request: web.Request) -> web.StreamResponse:
        """List the account's predictions.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return web.json_response({"detail": "You did not pass a token"}, status=401)
        lines = self.books.listed("replicate", self.key(request))
        if since := request.query.get("created_after"):
            start = datetime.fromisoformat(since.replace("Z", "+00:00")).timestamp()
            lines = [line for line in lines if self.books.clock("replicate", line.at) >= start]
        cursor = request.query.get("cursor")
        first = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
        page = min(100, self.books.plan.of("replicate").page)
        body = {
            "previous": self._page(request, max(0, first - page)) if first else None,
            "next": self._page(request, first + page) if len(lines) > first + page else None,
            "results": [self._shown(request, line) for line in lines[first : first + page]],
        }
        forms: dict[str, Any] = {
            "none": {"previous": None, "next": None, "results": []},
            "loop": {"previous": None, "next": self._page(request, 0), "results": []},
        }
        return await self.asked(
            request, "list", "predictions", json.dumps(body).encode(), forms=forms
        ) or web.json_response(body)

    def _page(self, request: web.Request, first: int) -> str:
        return self.url(request, "/v1/predictions?cursor=" + base64.urlsafe_b64encode(str(first).encode()).decode())

    async def account(self, request: web.Request) -> web.Response:
        """Say whose key it is.

        Parameters:
            request: The question.
        """
        return (
            web.json_response({"type": "user", "username": "somebody", "name": "Somebody"})
            if self.key(request)
            else self.rejected()
        )

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Send a picture that was made.

        Parameters:
            request: The question.
        """
        if (line := self.books.jobs.get(request.match_info["job"])) is None or not self.books.ready(line):
            return web.Response(status=404)
        form = str(line.request.get("output_format", "webp"))
        shape = SHAPES.get(str(line.request.get("aspect_ratio", "1:1")), (1024, 1024))
        return await self.sent(
            request,
            line.job,
            media.picture(line.job, *shape, form=form.upper().replace("JPG", "JPEG")),
            f"image/{form}",
        )
