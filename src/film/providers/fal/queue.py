"""FAL's queue protocol, which its pictures and both vendors of clips share.

    POST /{model id} ──► request_id + URLs ──► GET status (IN_QUEUE, IN_PROGRESS, COMPLETED) ──► GET response

The queue knows no state "failed": a failure is COMPLETED with an ``error``, or a 4xx answer where the result should be.
So a job is called done here only when its result has been read.
"""

from __future__ import annotations

import json
import time
from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from film.errors import FilmError, ProviderError
from film.models import Generated
from film.providers.base import JobStatus, Listing, Ticket
from film.providers.fal.row import PLATFORM, PRICING
from film.providers.listing import CLOCK_SLACK, NO_CACHE, likeliest, moment_of
from film.providers.redact import redact
from film.providers.vendor import VendorProvider, says_refusal
from film.providers.vendor_client import Answer, KeyAuth, VendorClient, as_list, as_object, name_of, part
from film.rates.refresh import LivePrice

_KEEP_SECONDS = 7 * 24 * 3600
_HEADERS = {
    "X-Fal-No-Retry": "1",
    "X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": _KEEP_SECONDS}),
}
"""One order is one attempt, on their side too; and results stay long enough for a run resumed tomorrow."""

_REFUSALS = frozenset({"content_policy_violation", "content_policy", "safety_violation", "nsfw_content"})
_NO_RESULT = frozenset({404, 408, 409, 410, 425, 429})
"""Answers that speak of the address and not of the job."""
_LOOK_BACK = 48 * 3600.0
"""Seconds that are looked through for an order of which nobody knows when it was sent."""
_INFRASTRUCTURE = ("runner_", "internal_", "startup_", "request_timeout", "generation_timeout", "downstream_service_")
"""Kinds of error that are FAL's own, and never billed, begin like this."""
_PRICED_AT_ONCE = 50
"""Models that FAL takes in one question about prices."""
_PAGES = 10
"""How many pages of a hundred orders are looked through for a lost one."""


class FalQueue(VendorProvider):
    """An account at FAL, and its queue."""

    account = "fal"
    has_price_list = True
    usual_seconds: ClassVar[float] = 60.0
    queues: ClassVar[bool] = True

    # -- override these

    def endpoint(self, config: Any) -> str:
        """Where an order goes: the model's own address, unless what it is given decides."""
        return self.model_of(config)

    @abstractmethod
    async def body(self, config: Any, image_url: str | None) -> dict[str, Any]:
        """``request_params`` with the picture put in, which may have to be uploaded for it."""

    @abstractmethod
    def is_order(self, listed: dict[str, Any], config: Any, image_url: str | None) -> bool:
        """Whether a body that FAL lists is the one of this order."""

    @abstractmethod
    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        """The URLs of the media in a job's result."""

    # -- given

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("Authorization", f"Key {key}", key)

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        body, model = await self.body(config, image_url), self.endpoint(config)
        notices = self.note(config)
        async with self.client() as client:
            answer = self.ordered(await client.post_once(model, body, headers=_HEADERS))
        reply = answer.json()
        if not (request := name_of(reply.get("request_id"))):
            raise self.accepted_without_id(answer)
        return Ticket(
            job_id=request,
            urls={
                n: reply[f"{n}_url"] for n in ("status", "response", "cancel") if isinstance(reply.get(f"{n}_url"), str)
            },
            details={"model": model, "notices": list(notices)},
        )

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        ticket = job_id if isinstance(job_id, Ticket) else Ticket(job_id=job_id)
        async with self.client() as client:
            answer = await client.ask(self._url(ticket, "status"), params={"logs": "0"})
            reply = self.told(answer) or {}
            match reply.get("status"):
                case "IN_QUEUE":
                    return JobStatus(state="queued", details={"queue_position": reply.get("queue_position")})
                case "IN_PROGRESS":
                    return JobStatus(state="running")
                case "COMPLETED" if reply.get("error"):
                    return self._failed(str(reply["error"]), str(reply.get("error_type") or ""), answer)
                case "COMPLETED":
                    return await self._completed(client, ticket)
                case str():
                    return JobStatus(state="running", details={"raw": answer.words})
                case _:
                    return self.unclear(answer)

    async def _completed(self, client: VendorClient, ticket: Ticket) -> JobStatus:
        answer = await client.ask(self._url(ticket, "response"), lasts=_is_failure)
        result = self.told(answer)
        if result is None:
            return self._failed(*_error_of(answer), answer) if _is_failure(answer) else self.unclear(answer)
        if True in as_list(result.get("has_nsfw_concepts")):
            return JobStatus(
                state="failed",
                error="the vendor's safety checker blacked the picture out (has_nsfw_concepts)",
                refused=True,
                charged=True,
            )
        urls = self.outputs(result)
        if not urls:
            return self.unclear(answer)
        return JobStatus(state="done", outputs=urls, charged=True, details={"seed": result.get("seed")})

    def _failed(self, words: str, kind: str, answer: Answer) -> JobStatus:
        refused = kind in _REFUSALS or says_refusal(words)
        return JobStatus(
            state="failed",
            error=redact(f"{words} ({kind})" if kind else words),
            refused=refused,
            charged=False if kind.startswith(_INFRASTRUCTURE) or answer.status >= 500 else None,
            details={"error_type": redact(kind, limit=80), "raw": answer.words},
        )

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        async with self.client() as client:
            got = await client.download(self.result_url(status), self.asset_type)
        return self.generated(got, ticket, status)

    async def cancel(self, ticket: Ticket) -> bool:
        async with self.client() as client:
            answer = await client.ask(self._url(ticket, "cancel"), method="PUT")
        return answer.ok and answer.json().get("status") == "OK"

    async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
        """Orders with the very same body. FAL lists them for some accounts only, so finding none says nothing."""
        model = self.endpoint(config)
        back = _LOOK_BACK if age is None else age + CLOCK_SLACK
        start = time.time() - back
        async with self.client(PLATFORM) as client:
            answer = await self._listed(client, model, start)
            if answer.moment is not None and abs(answer.moment - back - start) > CLOCK_SLACK / 2:
                start = answer.moment - back  # one of the two clocks is wrong, and the list goes by the vendor's
                answer = await self._listed(client, model, start)
            found: list[tuple[float, Ticket]] = []
            for _ in range(_PAGES):
                page = answer.json() if answer.ok else {}
                for entry in map(as_object, as_list(page.get("items"))):
                    sent, name = moment_of(entry.get("sent_at")), name_of(entry.get("request_id"))
                    if name and sent >= start and self.is_order(as_object(entry.get("json_input")), config, image_url):
                        found.append((sent, Ticket(job_id=name, details={"model": model})))
                if not (page.get("has_more") and (after := name_of(page.get("next_cursor")))):
                    break
                answer = await self._listed(client, model, start, cursor=after)
        return Listing(likeliest(found, known_age=age is not None))

    async def _listed(self, client: VendorClient, model: str, start: float, **after: str) -> Answer:
        moment = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"endpoint_id": model, "expand": "payloads", "start": moment, "limit": "100", **after}
        return await client.ask("v1/models/requests/by-endpoint", params=query, headers=NO_CACHE)

    async def live_prices(self, models: Sequence[str]) -> list[LivePrice]:
        found: list[LivePrice] = []
        async with self.client(PLATFORM) as client:
            for first in range(0, len(models), _PRICED_AT_ONCE):
                asked = {"endpoint_id": ",".join(models[first : first + _PRICED_AT_ONCE])}
                prices = _prices(self.check(await client.ask(PRICING, params=asked)))
                found += [price for price in prices if price.model in models]
        return found

    def says_no(self, answer: Answer) -> bool:
        """https://docs.fal.ai/documentation/model-apis/errors and request-errors: ``detail``, a text or a list."""
        return "detail" in answer.json()

    def read_error(self, answer: Answer) -> FilmError | None:
        words, kind = _error_of(answer)
        if answer.status == 403 and any(sign in words.lower() for sign in ("exhausted balance", "user is locked")):
            return self.out_of_credit(redact(words))
        if kind in _REFUSALS:
            return self.refusal(words)
        return None

    def _url(self, ticket: Ticket, what: str) -> str:
        if what in ticket.urls:
            return ticket.urls[what]
        app = "/".join(str(ticket.details.get("model") or self.default_model).split("/")[:2])
        tail = {"status": "/status", "response": "", "cancel": "/cancel"}[what]
        return f"{app}/requests/{part(ticket.job_id)}{tail}"


def _prices(answer: Answer) -> list[LivePrice]:
    try:
        reply = as_object(json.loads(answer.body, parse_float=Decimal, parse_int=Decimal))
    except (ValueError, RecursionError):
        reply = {}
    if not isinstance(reply.get("prices"), list):
        raise ProviderError(
            f"fal does not name its prices: {answer.words}", hint="the rate card stays as it is", provider="fal"
        )
    prices: list[LivePrice] = []
    for entry in map(as_object, as_list(reply["prices"])):
        model, unit, price = entry.get("endpoint_id"), entry.get("unit"), entry.get("unit_price")
        dollars = str(entry.get("currency", "USD")).upper() == "USD"
        if isinstance(model, str) and isinstance(unit, str) and isinstance(price, Decimal) and dollars:
            prices.append(LivePrice(model, unit, price))
    return prices


def _is_failure(answer: Answer) -> bool:
    """Whether an answer in the result's place is the job's failure: a model's, which lists its errors by their types.

    FAL's own failures are told by the status. "Request is still in progress", a conflict or a gateway's page speak of
    the question, whatever they call it.
    """
    first = as_object(next(iter(as_list(answer.json().get("detail"))), None))
    return answer.status >= 400 and answer.status not in _NO_RESULT and bool(first.get("type"))


def _error_of(answer: Answer) -> tuple[str, str]:
    """The vendor's words and its name for the kind of error, from any of its three forms."""
    reply = answer.json()
    detail = reply.get("detail", reply.get("error"))
    first = as_object(next(iter(as_list(detail)), None))
    if first:
        return str(first.get("msg") or answer.words), str(first.get("type") or "")
    words = detail if isinstance(detail, str) and detail else answer.words
    return words, str(reply.get("error_type") or answer.headers.get("x-fal-error-type", ""))
