"""Clips from Runway, whose bill comes with the task: a credit is a cent, and what it says is what is settled.

    POST /v1/image_to_video ──► GET /v1/tasks/{id}, no faster than every 5 s ──► output URLs, good for a day

Tasks cannot be listed, so an order whose answer was lost goes up for review.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from film.errors import FilmError
from film.models import Generated
from film.providers.base import JobStatus, Ticket, VideoConfig
from film.providers.capabilities import Capabilities
from film.providers.frames import nearest_ratio
from film.providers.redact import redact
from film.providers.runway.row import VERSION
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import Answer, KeyAuth, as_list, as_object, name_of, part
from film.providers.vendor_kinds import PictureFile, VideoVendor

CREDIT = Decimal("0.01")
_SEEDS = 2**32
"""Seeds beyond this are folded into what Runway takes."""


_GEN = Capabilities(
    lengths=(5, 10),
    ratios=("1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672"),
    text_limit=1000,
    seed=True,
    first_frame=True,
)
MODELS = {"gen4_turbo": _GEN, "gen4.5": replace(_GEN, lengths=tuple(range(2, 11)))}


class RunwayVideoProvider(VideoVendor):
    """Runway's own API."""

    name = "runway"
    label = "Runway"
    models = MODELS
    account = "runway"
    default_model = "gen4_turbo"
    usual_seconds = 60.0
    poll_seconds = 5.0
    inline_limit = 5_000_000
    file_limit = 200_000_000
    queues = True

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("Authorization", f"Bearer {key}", key)

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        model = self.known_model(config)
        facts = self.models[model]
        params: dict[str, Any] = {
            "model": model,
            "promptText": self.check_text(self.prompt_of(config), facts.text_limit, model),
            "ratio": nearest_ratio(config.width, config.height, facts.ratios),
            "duration": int(self.clip_seconds(config)),
        }
        if config.seed is not None:
            params["seed"] = config.seed % _SEEDS
        return params

    def bought(self, config: VideoConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), self.clip_seconds(config))

    async def submit(self, config: VideoConfig, *, image_url: str | None = None) -> Ticket:
        body = {**self.request_params(config), "promptImage": await self.deliver(image_url)}
        notices = self.note(config)
        async with self.client() as client:
            answer = self.ordered(
                await client.post_once("v1/image_to_video", body, headers={"X-Runway-Version": VERSION})
            )
        reply = answer.json()
        if not (task := name_of(reply.get("id"))):
            raise self.accepted_without_id(answer)
        details = {"model": body["model"], "notices": list(notices)}
        return Ticket(job_id=task, details=details)

    async def upload(self, picture: PictureFile) -> str:
        async with self.client() as client:
            wanted = {"filename": picture.name, "type": "ephemeral"}
            headers = {"X-Runway-Version": VERSION}
            answer = self.check(await client.ask("v1/uploads", method="POST", headers=headers, body=wanted))
            told = answer.json()
            fields = {name: str(value) for name, value in as_object(told.get("fields")).items()}
            file = (picture.name, picture.content, picture.mime)
            self.check(await client.hand_over(str(told.get("uploadUrl")), fields=fields, file=file))
        return self.stored_at(told.get("runwayUri"), answer)

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        name = job_id.job_id if isinstance(job_id, Ticket) else job_id
        async with self.client() as client:
            answer = await client.ask(f"v1/tasks/{part(name)}", headers={"X-Runway-Version": VERSION})
        reply = self.told(answer) or {}
        billed = _billed(reply)
        match reply.get("status"):
            case "PENDING" | "THROTTLED":
                return JobStatus(state="queued")
            case "RUNNING":
                return JobStatus(state="running", progress=_progress(reply.get("progress")))
            case "SUCCEEDED":
                urls = tuple(url for url in as_list(reply.get("output")) if isinstance(url, str))
                if not urls:
                    return self.unclear(answer)
                return JobStatus(state="done", outputs=urls, charged=True, billed=billed)
            case "FAILED":
                return self._failed(reply, billed)
            case "CANCELLED":
                charged = None if billed is None else billed > 0
                return JobStatus(state="failed", error="the task was cancelled", charged=charged, billed=billed)
            case str():
                return JobStatus(state="running", details={"raw": answer.words})
            case _:
                return self.unclear(answer)

    def _failed(self, reply: dict[str, Any], billed: Decimal | None) -> JobStatus:
        code = str(reply.get("failureCode") or "")
        refused = code.startswith("SAFETY")
        words = str(reply.get("failure") or "no reason given")
        # What moderation stops is billed like a success, even where the task does not say so.
        charged = (billed > 0) if billed is not None else (True if refused else None)
        return JobStatus(
            state="failed",
            error=redact(f"{words} ({code})" if code else words),
            refused=refused,
            charged=charged,
            billed=billed,
            details={"failure_code": redact(code, limit=80)},
        )

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        async with self.client() as client:
            got = await client.download(self.result_url(status), self.asset_type)
        return self.generated(got, ticket, status)

    async def cancel(self, ticket: Ticket) -> bool:
        """Ask Runway to stop. A task that runs already is charged all the same, and this call does not tell which."""
        async with self.client() as client:
            await client.ask(f"v1/tasks/{part(ticket.job_id)}", method="DELETE", headers={"X-Runway-Version": VERSION})
        return False

    def says_no(self, answer: Answer) -> bool:
        """https://docs.dev.runwayml.com/errors/errors: "a JSON response with an error member"."""
        return "error" in answer.json()

    def read_error(self, answer: Answer) -> FilmError | None:
        words = str(answer.json().get("error") or answer.words)
        if answer.status in (400, 402, 403) and "credits" in words.lower():
            return self.out_of_credit(redact(words))
        return None


def _billed(reply: dict[str, Any]) -> Decimal | None:
    credits_spent = as_object(reply.get("cost")).get("credits")
    if isinstance(credits_spent, bool) or not isinstance(credits_spent, (int, float)):
        return None
    try:
        billed = Decimal(str(credits_spent)) * CREDIT
    except InvalidOperation:
        return None
    return billed if billed.is_finite() and billed >= 0 else None


def _progress(value: object) -> float | None:
    return min(1.0, max(0.0, float(value))) if isinstance(value, (int, float)) else None
