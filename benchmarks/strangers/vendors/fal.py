"""FAL's queue, list of requests, prices and storage; ``README.md`` says where that is documented.

- Queue: orders are POSTed to the endpoint; the addresses of status and result leave out what stands behind
  ``owner/alias``; a result asked for too early is a 400.
- List: ``limit`` up to 100, ``cursor`` is the page's number in Base64, ``start`` defaults to 24 hours ago, payloads
  with ``expand=payloads``.
- Bills: ``x-fal-billable-units`` on results.
- Uploads: ``storage/upload/initiate``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from benchmarks.strangers.vendors import media
from benchmarks.strangers.vendors.books import Line
from benchmarks.strangers.vendors.vendor import Vendor, payload_of

MEGAPIXEL = {"fal-ai/flux/schnell": Decimal("0.003"), "fal-ai/flux/dev": Decimal("0.025")}
"""Dollars a megapixel, rounded up."""
SECOND = {
    "fal-ai/minimax/hailuo-02/standard/image-to-video": Decimal("0.045"),
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": Decimal("0.07"),
}
"""Dollars a second."""
HAILUO_512P = Decimal("0.017")
SIZES = {"square_hd": (1024, 1024), "square": (512, 512), "landscape_16_9": (1024, 576), "landscape_4_3": (1024, 768)}


def size_of(payload: dict[str, Any]) -> tuple[int, int]:
    """Read the size of a picture.

    Parameters:
        payload: The order.
    """
    size = payload.get("image_size", "landscape_4_3")
    return SIZES.get(size, (1024, 768)) if isinstance(size, str) else (int(size["width"]), int(size["height"]))


def units_of(model: str, payload: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Give how many units an order is billed, and what one costs.

    Parameters:
        model: The endpoint.
        payload: The order.
    """
    if price := MEGAPIXEL.get(model):
        width, height = size_of(payload)
        return Decimal(math.ceil(width * height / 1_000_000) * int(payload.get("num_images", 1))), price
    price = SECOND.get(model, Decimal("0.1"))
    if payload.get("resolution") == "512P":
        price = HAILUO_512P
    return Decimal(str(payload.get("duration", 6 if "hailuo" in model else 5))), price


class Fal(Vendor):
    """FAL, its queue and its platform's API behind one address."""

    name = "fal"

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        return [
            web.get("/v1/models/requests/by-endpoint", self.by_endpoint),
            web.get("/v1/models/pricing", self.pricing),
            web.post("/storage/upload/initiate", self.initiate),
            web.put("/uploads/{name}", self.uploaded),
            web.get("/files/{job}/{name}", self.fetch),
            web.get("/{owner}/{alias}/requests/{job}/status", self.status),
            web.get("/{owner}/{alias}/requests/{job}", self.result),
            web.put("/{owner}/{alias}/requests/{job}/cancel", self.cancel),
            web.post("/{endpoint:[^/]+/[^/]+.*}", self.order),
        ]

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Take an order into the queue.

        Parameters:
            request: The order.
        """
        if not self.key(request):
            return self.rejected()
        model, payload = request.match_info["endpoint"], await payload_of(request)
        if not payload.get("prompt"):
            return web.json_response({"detail": [{"loc": ["body", "prompt"], "msg": "field required"}]}, status=422)
        units, price = units_of(model, payload)

        async def answer(line: Line) -> web.Response:
            return web.json_response(self._urls(request, line) | {"status": "IN_QUEUE", "queue_position": 0})

        return await self.submit(
            request,
            model=model,
            kind="video" if "image-to-video" in model else "image",
            text=payload["prompt"],
            price=units * price,
            payload=payload,
            answer=answer,
        )

    def _urls(self, request: web.Request, line: Line) -> dict[str, str]:
        base = self.url(request, "/" + "/".join(line.model.split("/")[:2]) + f"/requests/{line.job}")
        return {
            "request_id": line.job,
            "response_url": base,
            "status_url": f"{base}/status",
            "cancel_url": f"{base}/cancel",
        }

    async def status(self, request: web.Request) -> web.StreamResponse:
        """Say how a job is doing.

        Parameters:
            request: The question.
        """
        if (line := self.mine(request, request.match_info["job"])) is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        done = self.books.ready(line)
        body: dict[str, Any] = {
            "status": "COMPLETED" if done else "IN_PROGRESS",
            "logs": None,
            **self._urls(request, line),
        }
        if done:
            body["metrics"] = {"inference_time": line.seconds}
        if broken := await self.asked(request, "poll", line.job, json.dumps(body).encode()):
            return broken
        return web.json_response(body, status=200 if done else 202)

    async def result(self, request: web.Request) -> web.StreamResponse:
        """Give a result.

        Parameters:
            request: The question.
        """
        if (line := self.mine(request, request.match_info["job"])) is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        if not self.books.ready(line):
            return web.json_response({"detail": "Request is still in progress"}, status=400)
        body = self._made(request, line)
        if broken := await self.asked(request, "poll", line.job, json.dumps(body).encode()):
            return broken
        units = self.billed(units_of(line.model, line.request)[0])
        return web.json_response(body, headers={"x-fal-request-id": line.job, "x-fal-billable-units": f"{units:f}"})

    def _made(self, request: web.Request, line: Line) -> dict[str, Any]:
        if line.kind == "video":
            url = self.file(request, line.job, "output.mp4")
            return {"video": {"url": url, "content_type": "video/mp4", "file_name": "output.mp4"}}
        width, height = size_of(line.request)
        form = str(line.request.get("output_format", "jpeg"))
        picture = {
            "url": self.file(request, line.job, f"0.{form}"),
            "width": width,
            "height": height,
            "content_type": f"image/{form}",
        }
        return {
            "images": [picture],
            "timings": {"inference": line.seconds},
            "seed": 7,
            "has_nsfw_concepts": [False],
            "prompt": line.text,
        }

    async def cancel(self, request: web.Request) -> web.Response:
        """Refuse to cancel: what runs is made.

        Parameters:
            request: The question.
        """
        return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)

    async def by_endpoint(self, request: web.Request) -> web.StreamResponse:
        """List the account's requests to an endpoint, newest first.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return self.rejected()
        if not (model := request.query.get("endpoint_id")):
            return web.json_response(
                {"error": {"type": "validation_error", "message": "endpoint_id is required"}}, status=400
            )
        start = self._since(request.query.get("start"))
        lines = [
            line
            for line in self.books.listed("fal", self.key(request))
            if line.model == model and self.books.clock("fal", line.at) >= start
        ]
        limit = min(int(request.query.get("limit", 50)), 100, self.books.plan.of("fal").page)
        cursor = request.query.get("cursor")
        page = int(base64.b64decode(cursor)) if cursor else 1
        part = lines[(page - 1) * limit : page * limit]
        more = len(lines) > page * limit
        payloads = "payloads" in request.query.get("expand", "")
        body = {
            "items": [self._item(request, line, payloads) for line in part],
            "next_cursor": base64.b64encode(str(page + 1).encode()).decode() if more else None,
            "has_more": more,
        }
        forms: dict[str, Any] = {
            "none": {"items": [], "next_cursor": None, "has_more": False},
            "loop": {"items": [], "next_cursor": base64.b64encode(b"1").decode(), "has_more": True},
        }
        return await self.asked(request, "list", model, json.dumps(body).encode(), forms=forms) or web.json_response(
            body
        )

    def _since(self, start: str | None) -> float:
        if not start:
            return self.books.clock("fal") - 86_400
        return datetime.fromisoformat(start.replace("Z", "+00:00")).timestamp()

    def _item(self, request: web.Request, line: Line, payloads: bool) -> dict[str, Any]:
        done = self.books.ready(line)
        item: dict[str, Any] = {
            "request_id": line.job,
            "endpoint_id": line.model,
            "sent_at": self.iso(line.at),
            "started_at": self.iso(line.at),
            "ended_at": self.iso(line.at + line.seconds) if done else None,
            "status_code": 200 if done else None,
            "duration": line.seconds if done else None,
        }
        if payloads:
            item |= {
                "json_input": self.books.payloads.get(line.job, line.request),
                "json_output": self._made(request, line) if done else None,
            }
        return item

    async def pricing(self, request: web.Request) -> web.Response:
        """List prices.

        Parameters:
            request: The question.
        """
        prices = [
            {"endpoint_id": name, "unit_price": float(price), "unit": unit, "currency": "USD"}
            for unit, card in (("megapixels", MEGAPIXEL), ("seconds", SECOND))
            for name, price in card.items()
        ]
        return web.json_response({"prices": prices, "next_cursor": None, "has_more": False})

    async def initiate(self, request: web.Request) -> web.Response:
        """Give an address to upload to.

        Parameters:
            request: The question.
        """
        name = uuid.uuid4().hex + ".png"
        url = self.url(request, f"/uploads/{name}")
        return web.json_response({"upload_url": url, "file_url": url})

    async def uploaded(self, request: web.Request) -> web.Response:
        """Take a file.

        Parameters:
            request: The file.
        """
        url = self.url(request, f"/uploads/{request.match_info['name']}")
        self.books.files[url] = hashlib.sha256(await request.read()).hexdigest()[:16]
        return web.Response()

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Send a file that was made.

        Parameters:
            request: The question.
        """
        if (line := self.books.jobs.get(request.match_info["job"])) is None or not self.books.ready(line):
            return web.Response(status=404)
        if line.kind == "video":
            seconds = float(units_of(line.model, line.request)[0])
            return await self.sent(request, line.job, media.clip(line.job, seconds), "video/mp4")
        form = str(line.request.get("output_format", "jpeg"))
        return await self.sent(
            request, line.job, media.picture(line.job, *size_of(line.request), form=form.upper()), f"image/{form}"
        )
