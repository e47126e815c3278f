"""What simulated vendors share: taking an order, keeping a queue, meeting faults, handing out results.

    POST ─ key? ─ fault? ─ order right? ─► job in the books: starts when a place is free, ends after its latency
    GET status, result, media ─ fault? ─► what the books and the clock say

A vendor's file says where its routes are and how it words things; its protocol is the one of its real namesake.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from aiohttp import web

from film.testing.simulator.books import Books, Fate, Kind, SimulatedJob, digest_of
from film.testing.simulator.delivery import deliver, drop, hang
from film.testing.simulator.faults import FATES, Fault, Faults, Step
from film.testing.simulator.making import UPLOADS, as_object, make_media, picture_size


@dataclass
class Visit:
    """What is known of the request being answered."""

    fault: Fault | None = None
    fate: Fate = "succeed"
    job: SimulatedJob | None = None
    """The job that it made."""


visit: ContextVar[Visit] = ContextVar("visit")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Latency:
    """Seconds that a job takes, by kind; ``speed`` 60 makes an hour of waiting a minute. ``spread`` 0.3 varies them."""

    image: float = 8.0
    video: float = 60.0
    audio: float = 2.0
    speed: float = 1.0
    spread: float = 0.0

    def seconds(self, kind: Kind, seed: int) -> float:
        base: float = getattr(self, kind)
        return base * random.Random(seed).uniform(1 - self.spread, 1 + self.spread) / self.speed


@dataclass
class House:
    """What all the simulated vendors of one server have in common."""

    books: Books
    faults: Faults
    latency: Latency = field(default_factory=Latency)
    concurrency: int = 0
    """Jobs at once on one account, the rest queue; 0 is no limit."""
    lifetime: float = 3600.0
    """Seconds of this machine's time for which results are kept: it may be slow, however fast the vendors are."""
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """Vendor → the only key it takes; without an entry any key will do."""
    uploads: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What customers have put into the vendors' stores, by the name that orders call it; none of it is billed."""


class BadOrder(Exception):
    """The vendor declines an order for what it says: status and the vendor's own error body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


class SimulatedVendor(ABC):
    """One vendor on the server, under ``/<name>``."""

    name: ClassVar[str]

    def __init__(self, house: House) -> None:
        self.house = house

    # -- each vendor's own

    @abstractmethod
    def routes(self) -> list[web.RouteDef]: ...

    @abstractmethod
    def key_of(self, request: web.Request) -> str | None:
        """The key that came with a request; None when there is none."""

    @abstractmethod
    def error(self, status: int, kind: str, words: str) -> dict[str, Any]:
        """The vendor's form of an error. ``kind`` is a fault's name, or what is wrong with the order."""

    # -- given

    def route(self, method: str, path: str, step: Step, handler: Handler) -> web.RouteDef:
        async def met(request: web.Request) -> web.StreamResponse:
            return await self._meet(request, step, handler)

        return web.route(method, f"/{self.name}{path}", met)

    def base(self, request: web.Request) -> str:
        return f"http://{request.host}/{self.name}"

    def answer(self, status: int, kind: str, words: str, **headers: str) -> web.Response:
        return web.json_response(self.error(status, kind, words), status=status, headers=headers)

    def take(self, endpoint: str, kind: Kind, order: dict[str, Any], price: Decimal) -> SimulatedJob:
        """Accept an order: from here on it is billed, whatever becomes of the answer."""
        house, now = self.house, time.time()
        digest = digest_of(self.name, endpoint, order)
        seconds = house.latency.seconds(kind, int(digest[:8], 16))
        starts = max(now, self._place_free_at(now))
        fate = visit.get().fate
        job = SimulatedJob(
            id=house.books.new_id(),
            vendor=self.name,
            endpoint=endpoint,
            kind=kind,
            order=order,
            digest=digest,
            price=str(price),
            created=now,
            starts=starts,
            ends=starts + seconds,
            fate=fate,
            billed=fate not in ("fail", "refuse", "stuck") or (fate == "refuse" and self.bills_refusals),
        )
        house.books.add(job)
        visit.get().job = job
        return job

    bills_refusals: ClassVar[bool] = False

    def find(self, request: web.Request) -> SimulatedJob | None:
        job = self.house.books.job(request.match_info.get("id", "").partition(".")[0])
        return job if job is not None and job.vendor == self.name else None

    def expired(self, job: SimulatedJob) -> bool:
        return time.time() > job.ends + self.house.lifetime

    async def media(self, request: web.Request) -> web.StreamResponse:
        """GET of a result: no key is asked for, an address is enough."""
        job = self.find(request)
        if job is None or self.expired(job):
            return web.Response(status=404, text="not found")
        body, mime = await asyncio.to_thread(make_media, job, self.house.uploads)
        return await deliver(request, body, mime, visit.get().fault)

    def check_picture(self, name: str) -> None:
        """Raise ValueError for what is no picture, in a data URI or in the vendors' store."""
        if picture_size(name, self.house.uploads) is None and UPLOADS in name:
            raise ValueError(f"there is no file {name}")

    def media_route(self) -> web.RouteDef:
        return self.route("GET", "/files/{id}", "media", self.media)

    def media_url(self, request: web.Request, job: SimulatedJob, suffix: str) -> str:
        return f"{self.base(request)}/files/{job.id}{suffix}"

    def _place_free_at(self, now: float) -> float:
        if not self.house.concurrency:
            return now
        ends = sorted(job.ends for job in self.house.books.jobs(self.name) if job.ends > now and not job.cancelled)
        return ends[-self.house.concurrency] if len(ends) >= self.house.concurrency else now

    async def _meet(self, request: web.Request, step: Step, handler: Handler) -> web.StreamResponse:
        """The request's way past the faults."""
        order = await request.text() if step == "submit" else self._order_of(request)
        fault = self.house.faults.strike(self.name, step, order)
        here = Visit(fault, FATES.get(fault.kind, "succeed") if fault else "succeed")
        visit.set(here)
        if step not in ("media", "upload"):
            only, key = self.house.keys.get(self.name), self.key_of(request)
            if key is None or (only is not None and key != only):
                return self.answer(401, "unauthorized", "Invalid API key")
        if step != "submit":
            return await self._spoilt(request, fault, handler) if fault else await handler(request)
        try:
            response = await self._spoilt(request, fault, handler) if fault else await handler(request)
        except BadOrder as declined:
            response = web.json_response(declined.body, status=declined.status)
        finally:
            digest = here.job.digest if here.job else digest_of(self.name, request.path, _loads(order))
            self.house.books.note(self.name, digest, accepted=here.job is not None)
        return response

    async def _spoilt(self, request: web.Request, fault: Fault, handler: Handler) -> web.StreamResponse:
        done = await handler(request) if fault.after and fault.place != "media" else None
        match fault.kind:
            case "throttle":
                words = "Request was throttled. Slow down."
                return self.answer(429, "throttle", words, **{"Retry-After": f"{fault.seconds:g}"})
            case "error" if fault.place != "media" or fault.status >= 400:
                return self.answer(fault.status, "error", "Internal server error")
            case "unauthorized":
                return self.answer(401, "unauthorized", "Invalid API key")
            case "no-credit":
                return self.no_credit()
            case "refuse":
                return self.refusal()
            case "reset":
                drop(request)
                return done or web.Response()
            case "hang":
                await hang(fault.seconds)
                drop(request)
                return done or web.Response()
            case "slow-headers":
                await hang(fault.seconds)
                return done or await handler(request)
            case "garbage":
                return web.Response(text="<html>502 Bad Gateway</html>", content_type="text/html")
            case "error-200":
                return web.json_response({"error": "internal error", "request_id": None})
            case _:
                return done or await handler(request)

    def no_credit(self) -> web.Response:
        return self.answer(402, "no-credit", "Insufficient credit")

    def refusal(self) -> web.Response:
        return self.answer(422, "refuse", "The prompt violates our content policy")

    def _order_of(self, request: web.Request) -> str:
        job = self.find(request)
        return json.dumps(job.order, ensure_ascii=False) if job else ""


async def read_order(request: web.Request) -> dict[str, Any]:
    return _loads(await request.text())


def _loads(text: str) -> dict[str, Any]:
    try:
        return as_object(json.loads(text))
    except ValueError:
        return {}
