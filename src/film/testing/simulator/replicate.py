"""Replicate's predictions: FLUX schnell pictures. What was made is deleted after an hour, its input too."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from film.testing.simulator.books import SimulatedJob
from film.testing.simulator.making import as_object
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order

MODELS = {"black-forest-labs/flux-schnell": Decimal("0.003")}
RATIOS = frozenset("1:1 16:9 21:9 3:2 2:3 4:5 5:4 3:4 4:3 9:16 9:21".split())
PAGE = 100
LONGEST_WAIT = 60
_WAIT = re.compile(r"wait(?:=(\d+))?")


class SimulatedReplicate(SimulatedVendor):
    name = "replicate"

    def routes(self) -> list[web.RouteDef]:
        return [
            self.route("POST", "/v1/models/{owner}/{model}/predictions", "submit", self.submit),
            self.route("GET", "/v1/account", "list", self.account),
            self.route("GET", "/v1/predictions", "list", self.listing),
            self.route("GET", "/v1/predictions/{id}", "status", self.status),
            self.route("POST", "/v1/predictions/{id}/cancel", "cancel", self.cancel),
            self.media_route(),
        ]

    def key_of(self, request: web.Request) -> str | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key if scheme in ("Bearer", "Token") and key else None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        if kind == "throttle":
            return {"detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429}
        title = {401: "Unauthenticated", 402: "Insufficient credit", 404: "Not found", 422: "Input validation failed"}
        return {"title": title.get(status, "Error"), "detail": words, "status": status}

    async def submit(self, request: web.Request) -> web.StreamResponse:
        model = f"{request.match_info['owner']}/{request.match_info['model']}"
        body = await read_order(request)
        if model not in MODELS:
            return web.json_response(self.error(404, "", "The requested resource could not be found."), status=404)
        order = as_object(body.get("input"))
        if not order.get("prompt"):
            raise BadOrder(422, self.error(422, "", "- input: prompt is required\n"))
        if order.get("aspect_ratio", "1:1") not in RATIOS:
            raise BadOrder(422, self.error(422, "", f"- input.aspect_ratio: must be one of {sorted(RATIOS)}\n"))
        order = {"aspect_ratio": "1:1", "output_format": "webp", **order}
        job = self.take(model, "image", order, MODELS[model] * int(order.get("num_outputs", 1)))
        prediction = self._prediction(request, job)
        if preferred := _WAIT.fullmatch(request.headers.get("Prefer", "")):
            prediction = await self._held_back(request, job, float(preferred[1] or LONGEST_WAIT))
        return web.json_response(prediction, status=201)

    async def _held_back(self, request: web.Request, job: SimulatedJob, seconds: float) -> dict[str, Any]:
        """The answer to who prefers to wait: with the output, or else as if nothing had begun."""
        left = job.ends - time.time()
        await asyncio.sleep(max(0.0, min(left, seconds)))
        prediction = self._prediction(request, job)
        return prediction if left <= seconds else {**prediction, "status": "starting"}

    async def status(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response(self.error(404, "", "The requested resource could not be found."), status=404)
        if job.fate == "malformed":
            return web.Response(text='{"id": "', content_type="application/json")
        return web.json_response(self._prediction(request, job))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response(self.error(404, "", "The requested resource could not be found."), status=404)
        state = job.state(time.time())
        if state in ("queued", "running"):
            self.house.books.cancel(job, free=state == "queued")
        return web.json_response(self._prediction(request, job))

    async def listing(self, request: web.Request) -> web.StreamResponse:
        newest_first = list(reversed(self.house.books.jobs(self.name)))
        start = int(request.query.get("cursor", "0") or 0)
        page = newest_first[start : start + PAGE]
        at = f"{self.base(request)}/v1/predictions?cursor="
        return web.json_response(
            {
                "previous": f"{at}{max(0, start - PAGE)}" if start else None,
                "next": f"{at}{start + PAGE}" if start + PAGE < len(newest_first) else None,
                "results": [self._prediction(request, job) for job in page],
            }
        )

    async def account(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"type": "user", "username": "simulated", "name": "Simulated", "github_url": None})

    def _prediction(self, request: web.Request, job: SimulatedJob) -> dict[str, Any]:
        now = time.time()
        gone = self.expired(job)
        state = job.state(now)
        status, error = {"queued": "starting", "running": "processing", "cancelled": "canceled"}.get(state, ""), None
        if state == "over":
            status, error = {
                "fail": ("failed", "The model crashed (E6716)"),
                "refuse": ("failed", "NSFW content detected. Try running it again, or try a different prompt. (E005)"),
                "black": ("failed", "NSFW content detected. Try running it again, or try a different prompt. (E005)"),
            }.get(job.fate, ("succeeded", None))
        if state == "cancelled" and not job.billed:
            status = "aborted"  # it had not begun
        if job.fate == "strange":
            status = "pondering"
        form = str(job.order["output_format"])
        at = f"{self.base(request)}/v1/predictions/{job.id}"
        return {
            "id": job.id,
            "model": job.endpoint,
            "version": "hidden",
            "input": {} if gone else job.order,
            "output": [self.media_url(request, job, f".{form}")] if status == "succeeded" and not gone else None,
            "logs": "",
            "error": error,
            "status": status,
            "data_removed": gone,
            "created_at": _at(job.created),
            "started_at": _at(job.starts) if now >= job.starts else None,
            "completed_at": _at(job.ends) if state == "over" else None,
            "source": "api",
            "urls": {"get": at, "cancel": f"{at}/cancel"},
            "metrics": {"predict_time": job.ends - job.starts} if state == "over" else {},
        }


def _at(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
