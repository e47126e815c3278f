"""Runway's tasks. There is no list of them: a task whose id was lost cannot be found again.

- ``POST /v1/image_to_video`` answers ``{"id"}``, ``GET /v1/tasks/{id}`` its state: PENDING, THROTTLED, RUNNING,
  SUCCEEDED, FAILED, CANCELLED; the header ``X-Runway-Version`` is required.
- Addresses of results expire; asking for the task again gives fresh ones.
- gen4_turbo is 5 credits a second, a credit a cent.
- ``POST /v1/organization/usage``: credits by day and model, the one figure of a bill that is documented.

``README.md`` says where.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from decimal import Decimal
from typing import Any

from aiohttp import web

from benchmarks.strangers.vendors import media
from benchmarks.strangers.vendors.books import Line, account
from benchmarks.strangers.vendors.vendor import Vendor, payload_of

CREDITS = {"gen4_turbo": 5, "gen3a_turbo": 5, "gen4.5": 12}
CREDIT = Decimal("0.01")


class Runway(Vendor):
    """Runway behind one address."""

    name = "runway"

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        return [
            web.post("/v1/image_to_video", self.order),
            web.get("/v1/tasks/{job}", self.task),
            web.delete("/v1/tasks/{job}", self.remove),
            web.get("/v1/organization", self.organization),
            web.post("/v1/organization/usage", self.usage),
            web.post("/v1/uploads", self.upload),
            web.post("/uploaded/{name}", self.uploaded),
            web.get("/files/{job}/{name}", self.fetch),
        ]

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Take an order.

        Parameters:
            request: The order.
        """
        if not self.key(request):
            return web.json_response({"error": "The API key is not valid."}, status=401)
        if not request.headers.get("X-Runway-Version"):
            return web.json_response({"error": "X-Runway-Version is required."}, status=400)
        payload = await payload_of(request)
        if not payload.get("promptImage") or not payload.get("model"):
            return web.json_response({"error": "Validation of body failed", "issues": []}, status=400)

        async def answer(line: Line) -> web.Response:
            return web.json_response({"id": line.job})

        credits = CREDITS.get(payload["model"], 12) * int(payload.get("duration", 10))
        return await self.submit(
            request,
            model=payload["model"],
            kind="video",
            text=str(payload.get("promptText", "")),
            price=credits * CREDIT,
            payload=payload,
            answer=answer,
        )

    async def task(self, request: web.Request) -> web.StreamResponse:
        """Say how a task is doing.

        Parameters:
            request: The question.
        """
        if (line := self.mine(request, request.match_info["job"])) is None:
            return web.json_response({"error": "Task not found"}, status=404)
        body: dict[str, Any] = {"id": line.job, "createdAt": self.iso(line.at)}
        if self.books.ready(line):
            url = self.file(request, line.job, "output.mp4")
            body |= {"status": "SUCCEEDED", "output": [f"{url}?_jwt={uuid.uuid4().hex}"]}
        else:
            body |= {"status": "RUNNING", "progress": 0.5}
        return await self.asked(request, "poll", line.job, json.dumps(body).encode()) or web.json_response(body)

    async def remove(self, request: web.Request) -> web.Response:
        """Take a wish to cancel, and go on: what runs is charged.

        Parameters:
            request: The wish.
        """
        return web.Response(status=204)

    async def organization(self, request: web.Request) -> web.Response:
        """Say what the account has left.

        Parameters:
            request: The question.
        """
        if not self.key(request):
            return web.json_response({"error": "The API key is not valid."}, status=401)
        return web.json_response(
            {
                "creditBalance": 100_000,
                "tier": {"maxMonthlyCreditSpend": 10_000_000, "models": {}},
                "usage": {"models": {}},
            }
        )

    async def usage(self, request: web.Request) -> web.Response:
        """Say what the account spent, by day and model.

        Parameters:
            request: The question.
        """
        spent: dict[str, Decimal] = {}
        for line in self.books.jobs.values():
            if line.vendor == "runway" and line.account == account(self.key(request)):
                spent[line.model] = spent.get(line.model, Decimal(0)) + line.price / CREDIT
        used = [{"model": model, "amount": int(self.billed(credits))} for model, credits in spent.items()]
        return web.json_response({"models": sorted(spent), "results": [{"date": self.iso()[:10], "usedCredits": used}]})

    async def upload(self, request: web.Request) -> web.Response:
        """Give an address to upload to.

        Parameters:
            request: The question.
        """
        name = uuid.uuid4().hex
        uri = f"runway://{name}"
        self.books.files[uri] = name
        return web.json_response(
            {"uploadUrl": self.url(request, f"/uploaded/{name}"), "fields": {"key": name}, "runwayUri": uri}
        )

    async def uploaded(self, request: web.Request) -> web.Response:
        """Take a file.

        Parameters:
            request: The file, as a form.
        """
        form = await request.post()
        part = form.get("file")
        content = part.file.read() if isinstance(part, web.FileField) else b""
        self.books.files[f"runway://{request.match_info['name']}"] = hashlib.sha256(content).hexdigest()[:16]
        return web.Response(status=204)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Send a clip that was made.

        Parameters:
            request: The question.
        """
        if (line := self.books.jobs.get(request.match_info["job"])) is None or not self.books.ready(line):
            return web.Response(status=404)
        body = media.clip(line.job, float(line.request.get("duration", 10)))
        return await self.sent(request, line.job, body, "video/mp4")
