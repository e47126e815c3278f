"""Runway's tasks: clips, in credits of a cent. Refused generations are billed as if they had been made."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from aiohttp import web

from film.testing.simulator.books import SimulatedJob, digest_of
from film.testing.simulator.making import UPLOADS
from film.testing.simulator.vendor import BadOrder, SimulatedVendor, read_order

VERSION = "2024-11-06"
CREDITS_A_SECOND = {"gen4_turbo": 5, "gen4.5": 12}
LENGTHS = {"gen4_turbo": (5, 10), "gen4.5": tuple(range(2, 11))}
RATIOS = frozenset("1280:720 720:1280 1104:832 832:1104 960:960 1584:672".split())
CREDIT = Decimal("0.01")
LARGEST_DATA_URI = 5 << 20


class SimulatedRunway(SimulatedVendor):
    name = "runway"
    bills_refusals = True

    def routes(self) -> list[web.RouteDef]:
        return [
            self.route("POST", "/v1/image_to_video", "submit", self.submit),
            self.route("GET", "/v1/tasks/{id}", "status", self.status),
            self.route("DELETE", "/v1/tasks/{id}", "cancel", self.cancel),
            self.route("GET", "/v1/organization", "list", self.organization),
            self.route("POST", "/v1/uploads", "list", self.open_upload),
            self.route("POST", "/store", "upload", self.upload),
            self.media_route(),
        ]

    def key_of(self, request: web.Request) -> str | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        return key if scheme == "Bearer" and key else None

    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        return {"error": words, "docUrl": "https://docs.dev.runwayml.com/api"}

    def no_credit(self) -> web.Response:
        return self.answer(400, "no-credit", "You do not have enough credits to run this task.")

    def refusal(self) -> web.Response:
        return self.answer(400, "refuse", "The prompt was rejected by content moderation")

    async def submit(self, request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        if request.headers.get("X-Runway-Version") != VERSION:
            raise BadOrder(400, self.error(400, "", "The X-Runway-Version header is missing or not supported"))
        model, seconds = str(order.get("model")), order.get("duration", 10)
        if model not in CREDITS_A_SECOND:
            raise _invalid("model", f"one of {', '.join(CREDITS_A_SECOND)} expected")
        if seconds not in LENGTHS[model]:
            raise _invalid("duration", f"one of {', '.join(map(str, LENGTHS[model]))} expected")
        if order.get("ratio") not in RATIOS:
            raise _invalid("ratio", f"one of {', '.join(sorted(RATIOS))} expected")
        picture = order.get("promptImage")
        if not isinstance(picture, str) or len(picture) > LARGEST_DATA_URI:
            raise _invalid("promptImage", "an HTTPS URL, a Runway URI or a data URI of up to 5 MB expected")
        try:
            self.check_picture(picture)
        except ValueError as error:
            raise _invalid("promptImage", str(error)) from error
        credits_ = CREDITS_A_SECOND[model] * int(seconds)
        job = self.take(model, "video", order, CREDIT * credits_)
        return web.json_response({"id": job.id, "estimatedCost": {"credits": credits_}})

    async def open_upload(self, request: web.Request) -> web.StreamResponse:
        order = await read_order(request)
        if not order.get("filename") or order.get("type") != "ephemeral":
            return web.json_response(self.error(400, "", "filename and type expected"), status=400)
        name = f"runway:/{UPLOADS}{digest_of(self.name, str(order['filename']), {})[:8]}/{order['filename']}"
        place = {"uploadUrl": f"{self.base(request)}/store", "fields": {"key": name}, "runwayUri": name}
        return web.json_response(place)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        name, file = form.get("key"), form.get("file")
        if not isinstance(name, str) or not isinstance(file, web.FileField):
            return web.Response(status=400, text="<Error><Code>InvalidArgument</Code></Error>")
        self.house.uploads[name] = file.file.read()
        return web.Response(status=204)

    async def status(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response({"error": "Task not found"}, status=404)
        if job.fate == "malformed":
            return web.Response(text='{"id": ', content_type="application/json")
        return web.json_response(self._task(request, job))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        job = self.find(request)
        if job is None:
            return web.json_response({"error": "Task not found"}, status=404)
        state = job.state(time.time())
        if state in ("queued", "running"):
            self.house.books.cancel(job, free=state == "queued")
        return web.Response(status=204)

    async def organization(self, request: web.Request) -> web.StreamResponse:
        spent = sum((charge.amount for charge in self.house.books.invoice(self.name)), Decimal(0))
        today = Counter(job.endpoint for job in self.house.books.jobs(self.name))
        at_once, a_day = self.house.concurrency or 5, 500
        limits = {model: {"maxConcurrentGenerations": at_once, "maxDailyGenerations": a_day} for model in LENGTHS}
        return web.json_response(
            {
                "creditBalance": 100_000 - int(spent / CREDIT),
                "tier": {"maxMonthlyCreditSpend": 1_000_000, "models": limits},
                "usage": {"models": {model: {"dailyGenerations": today[model]} for model in LENGTHS}},
            }
        )

    def _task(self, request: web.Request, job: SimulatedJob) -> dict[str, Any]:
        now = time.time()
        task: dict[str, Any] = {"id": job.id, "createdAt": datetime.fromtimestamp(job.created, UTC).isoformat()}
        credits_ = int(Decimal(job.price) / CREDIT)
        cost = {"cost": {"credits": credits_ if job.billed else 0}}
        estimate = {"estimatedCost": {"credits": credits_}}
        if job.fate == "strange":
            return {**task, "status": "PONDERING"}
        match job.state(now):
            case "queued":
                return {**task, "status": "THROTTLED" if self.house.concurrency else "PENDING", **estimate}
            case "running":
                return {**task, "status": "RUNNING", "progress": round(job.progress(now), 2), **estimate}
            case "cancelled":
                return {**task, "status": "CANCELLED", **cost}
            case "over" if job.fate == "fail":
                code = "INTERNAL.BAD_OUTPUT.CODE01"
                return {**task, "status": "FAILED", "failure": "An error occurred", "failureCode": code, **cost}
            case "over" if job.fate in ("refuse", "black"):
                words = "The generation was moderated"
                return {**task, "status": "FAILED", "failure": words, "failureCode": "SAFETY.OUTPUT.VIDEO", **cost}
            case "over":
                return {**task, "status": "SUCCEEDED", "output": [self.media_url(request, job, ".mp4")], **cost}


def _invalid(name: str, words: str) -> BadOrder:
    issue = {"code": "invalid_value", "path": [name], "message": words}
    return BadOrder(400, {"error": "Validation of body failed", "issues": [issue]})
