"""What all vendors have in common: keys, faults, files, the clock in each answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from aiohttp import web

from benchmarks.strangers.vendors.books import Books, Line, account, digest
from benchmarks.strangers.vendors.faults import FAULTS, Fault

HTML = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
XML = "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


class Vendor:
    """One vendor behind ``/<name>`` of the server.

    Parameters:
        books: Jobs and invoice.
    """

    name = ""

    def __init__(self, books: Books) -> None:
        self.books = books

    def routes(self) -> list[web.RouteDef]:
        """Give its routes, below its name."""
        raise NotImplementedError

    def key(self, request: web.Request) -> str:
        """Give the key of a request; empty where there is none.

        Parameters:
            request: The request.
        """
        return request.headers.get("Authorization", "").partition(" ")[2]

    def rejected(self) -> web.Response:
        """Give the answer to a request without a key."""
        return web.json_response({"detail": "Unauthorized"}, status=401)

    def url(self, request: web.Request, path: str) -> str:
        """Give an address at this vendor.

        Parameters:
            request: From which its host is read.
            path: The path below the vendor's name.
        """
        return f"{request.scheme}://{request.host}/{self.name}{path}"

    def iso(self, at: float | None = None) -> str:
        """Give a time by the vendor's clock, in ISO 8601.

        Parameters:
            at: When, in our time; now by default.
        """
        return (
            datetime.fromtimestamp(self.books.clock(self.name, at), UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )

    def mine(self, request: web.Request, job: str) -> Line | None:
        """Find a job of the account that asks.

        Parameters:
            request: Who asks.
            job: The job's id.
        """
        line = self.books.jobs.get(job)
        return line if line and line.vendor == self.name and line.account == account(self.key(request)) else None

    def billed(self, amount: Decimal | int) -> Decimal:
        """Give a figure as this vendor's bill has it.

        Parameters:
            amount: What is true.
        """
        return Decimal(amount) * self.books.plan.of(self.name).bill

    # -- faults ------------------------------------------------------------------------------------------------------

    async def submit(
        self,
        request: web.Request,
        *,
        model: str,
        kind: str,
        text: str,
        price: Decimal,
        payload: Mapping[str, Any],
        answer: Callable[[Line], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Take an order: charge for it, and answer as the plan says.

        Parameters:
            request: The order.
            model: What makes it.
            kind: ``image``, ``video`` or ``audio``.
            text: The prompt, or the words.
            price: What it costs.
            payload: What is asked.
            answer: Makes the usual answer.
        """
        name = self.books.plan.fault(self.name, "submit", text, kind, text)
        self.books.posted(self.name, kind, text, payload, name)
        fault = FAULTS.get(name)
        if fault and not fault.came:
            return await self.broken(request, fault, b"")
        key = self.key(request)
        line = self.books.order(self.name, key, model=model, kind=kind, text=text, price=price, request=payload)
        if fault and fault.body == "slow":
            await asyncio.sleep(self.books.plan.of(self.name).slow)
        elif fault:
            return await self.broken(
                request, fault, json.dumps({"id": line.job, "request_id": line.job, "status": "queued"}).encode()
            )
        response = await answer(line)
        self.books.watch("answered", line.job)
        return response

    async def asked(
        self,
        request: web.Request,
        step: str,
        about: str,
        body: bytes,
        *,
        media: str = "application/json",
        forms: Mapping[str, Any] | None = None,
        unsaid: bool = False,
    ) -> web.StreamResponse | None:
        """Give the answer of a fault to a request that costs nothing; none where there is no fault.

        Parameters:
            request: The request.
            step: ``poll``, ``list`` or ``result``.
            about: Which job it is about.
            body: What would be answered without a fault.
            media: Of which type that is.
            forms: What this vendor says for ``none`` (an empty list) and ``loop`` (a page that leads to itself).
            unsaid: Leave out faults whose status speaks of the request: 4xx.
        """
        self.books.watch({"poll": "polled", "list": "listed", "result": "fetched"}[step], about)
        line = self.books.jobs.get(about)
        kind, text = (line.kind, line.text) if line else ("", "")
        if not (name := self.books.plan.fault(self.name, step, about, kind, text)):
            return None
        if unsaid and 400 <= FAULTS[name].status < 500:
            return None
        return await self.broken(request, FAULTS[name], body, media=media, forms=forms)

    async def broken(
        self,
        request: web.Request,
        fault: Fault,
        body: bytes,
        *,
        media: str = "application/json",
        forms: Mapping[str, Any] | None = None,
    ) -> web.StreamResponse:
        """Answer with a fault.

        Parameters:
            request: The request.
            fault: The fault.
            body: What would be answered without it.
            media: Of which type that is.
            forms: What this vendor says for ``none`` and ``loop``.
        """
        said: dict[str, tuple[bytes, str]] = {
            "html": (HTML.encode(), "text/html"),
            "xml": (XML.encode(), "application/xml"),
            "empty": (b"", media),
            "array": (b"[]", media),
            "null": (b"null", media),
            "detail": (b'{"detail": "Internal Server Error"}', media),
            "results": (b'{"results": []}', media),
            "in-progress": (b'{"detail": "Request is still in progress"}', media),
            "strange": (json.dumps({"id": "x", "request_id": "x", "status": "PAUSED"}).encode(), media),
            "json": (json.dumps({"detail": "Something went wrong", "error": "Something went wrong"}).encode(), media),
        }
        if forms:
            said |= {name: (json.dumps(form).encode(), media) for name, form in forms.items()}
        if fault.body == "never":
            await asyncio.sleep(3600)
        if fault.body in ("half", "short"):
            part = body[: len(body) // 2]
            if fault.body == "short":
                return web.Response(body=part, content_type=media)
            response = web.StreamResponse(
                status=fault.status or 200, headers={"Content-Type": media, "Content-Length": str(len(body))}
            )
            await response.prepare(request)
            await response.write(part)
            return self.cut(request, response)
        if not fault.status:
            return self.cut(request, web.Response())
        sent, kind = said.get(fault.body, said["json"])
        headers = {"Location": str(request.url)} if 300 <= fault.status < 400 else {}
        if fault.status == 429:
            headers["Retry-After"] = "1"
            sent = b'{"detail": "Request was throttled. Your rate limit resets in ~1s.", "status": 429}'
        return web.Response(body=sent, status=fault.status, content_type=kind, headers=headers)

    @staticmethod
    def cut(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """End the connection without another byte.

        Parameters:
            request: Whose connection.
            response: What the server is given back.
        """
        if request.transport is not None:
            request.transport.abort()
        return response

    # -- files -------------------------------------------------------------------------------------------------------

    def file(self, request: web.Request, job: str, name: str) -> str:
        """Give the address of a result.

        Parameters:
            request: From which the host is read.
            job: Whose result.
            name: The file's name.
        """
        url = self.url(request, f"/files/{job}/{name}")
        self.books.files[url] = digest([job, name])
        return url

    async def sent(
        self, request: web.Request, job: str, body: bytes, media: str, *, ordered: bool = False
    ) -> web.StreamResponse:
        """Send a result, as the plan says.

        The answer to an order has only those faults that say nothing of the order: a 404 might be one that a document
        names as a refusal.

        Parameters:
            request: The request.
            job: Whose result.
            body: The file.
            media: Its type.
            ordered: Whether this is the answer to the order itself.
        """
        broken = await self.asked(request, "result", job, body, media=media, unsaid=ordered)
        return broken or web.Response(body=body, content_type=media)


async def payload_of(request: web.Request) -> dict[str, Any]:
    """Read a request's JSON object; empty where it is none.

    Parameters:
        request: The request.
    """
    try:
        value = await request.json()
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
