"""Pictures from Replicate: FLUX schnell again, at another house, sold by the picture.

    POST /v1/models/{model}/predictions ──► GET /v1/predictions/{id} ──► output URLs, deleted after an hour

Predictions can be listed, so an order whose answer was lost is found again by what it asked for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from film.errors import FilmError, PaidLost
from film.models import Generated
from film.providers.base import ImageConfig, JobStatus, Listing, Ticket
from film.providers.capabilities import Capabilities
from film.providers.frames import nearest_ratio
from film.providers.listing import NO_CACHE, is_past, likeliest, moment_of, sent_since
from film.providers.redact import redact
from film.providers.vendor import BillableUnits, says_refusal
from film.providers.vendor_client import Answer, KeyAuth, as_list, as_object, name_of, part
from film.providers.vendor_kinds import ImageVendor

RATIOS = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")
MODELS = {"black-forest-labs/flux-schnell": Capabilities(text_limit=10_000, ratios=RATIOS, seed=True)}

_START_WITHIN = "10m"
"""A prediction that has not begun by then is dropped, unbilled, instead of running when nobody waits for it."""
_PAGES = 10
"""How many pages of predictions are looked through for a lost one."""


class ReplicateImageProvider(ImageVendor):
    """FLUX at Replicate."""

    name = "replicate"
    account = "replicate"
    default_model = "black-forest-labs/flux-schnell"
    models = MODELS
    label = "FLUX"
    usual_seconds = 5.0
    poll_seconds = 1.0
    orders_a_minute = 600
    can_list = True

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("Authorization", f"Bearer {key}", key)

    def request_params(self, config: ImageConfig) -> dict[str, Any]:
        model = self.known_model(config)
        params: dict[str, Any] = {
            "prompt": self.check_text(config.prompt, self.models[model].text_limit, model),
            "aspect_ratio": nearest_ratio(config.width, config.height, RATIOS),
            "num_outputs": 1,
            "megapixels": "1",
            "output_format": "png",
        }
        if config.seed is not None:
            # The fast path gives another picture each time, whatever the seed.
            params |= {"seed": config.seed, "go_fast": False}
        return params

    def bought(self, config: ImageConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), Decimal(1))

    async def submit(self, config: ImageConfig, *, image_url: str | None = None) -> Ticket:
        params, model = self.request_params(config), self.model_of(config)
        notices = self.note(config)
        async with self.client() as client:
            answer = self.ordered(
                await client.post_once(
                    f"v1/models/{model}/predictions", {"input": params}, headers={"Cancel-After": _START_WITHIN}
                )
            )
        reply = answer.json()
        if not name_of(reply.get("id")):
            raise self.accepted_without_id(answer)
        return _ticket(reply, model, notices)

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        ticket = job_id if isinstance(job_id, Ticket) else Ticket(job_id=job_id)
        async with self.client() as client:
            answer = await client.ask(ticket.urls.get("get") or f"v1/predictions/{part(ticket.job_id)}")
        reply = self.told(answer) or {}
        match reply.get("status"):
            case "starting":
                return JobStatus(state="queued")
            case "processing":
                return JobStatus(state="running")
            case "succeeded":
                return self._succeeded(reply, answer)
            case "failed":
                words = str(reply.get("error") or "no reason given")
                return JobStatus(state="failed", error=redact(words), refused=says_refusal(words), charged=None)
            case "canceled":
                return JobStatus(state="failed", error="the prediction was cancelled", charged=None)
            case "aborted":
                return JobStatus(
                    state="failed", error=f"it did not begin within {_START_WITHIN} and was dropped", charged=False
                )
            case str():
                return JobStatus(state="running", details={"raw": answer.words})
            case _:
                return self.unclear(answer)

    def _succeeded(self, reply: dict[str, Any], answer: Answer) -> JobStatus:
        output = reply.get("output")
        urls = tuple(u for u in ([output] if isinstance(output, str) else as_list(output)) if isinstance(u, str))
        if not urls and reply.get("data_removed"):
            raise PaidLost(
                f"{self.name} has deleted the picture, as it does after an hour",
                hint="it was paid for; raise the shot's take to make it anew",
                provider=self.name,
                charged=True,
            )
        return JobStatus(state="done", outputs=urls, charged=True) if urls else self.unclear(answer)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        async with self.client() as client:
            got = await client.download(self.result_url(status), self.asset_type)
        return self.generated(got, ticket, status)

    async def cancel(self, ticket: Ticket) -> bool:
        async with self.client() as client:
            answer = await client.ask(
                ticket.urls.get("cancel") or f"v1/predictions/{part(ticket.job_id)}/cancel", method="POST"
            )
        # What had begun is billed for the time it ran; what had not is free, and is then called aborted.
        return answer.ok and answer.json().get("status") == "aborted"

    async def find_lost(
        self, config: ImageConfig, *, age: float | None, image_url: str | None = None
    ) -> Listing | None:
        wanted, model = self.request_params(config), self.model_of(config)
        found: list[tuple[float, Ticket]] = []
        blank = shown = kept = False
        since: float | None = None
        page: str | None = "v1/predictions"
        async with self.client() as client:
            for number in range(_PAGES):
                answer = await client.ask(page, headers=NO_CACHE)
                entries = _predictions(self.told(answer))
                if entries is None:
                    break
                if number == 0:  # the order grows older while page after page is read
                    since = sent_since(answer, age)
                shown, kept = shown or bool(entries), kept or answer.is_kept
                for entry in entries:
                    if entry["model"] != model or (since is not None and moment_of(entry["created_at"]) < since):
                        continue
                    asked = as_object(entry.get("input"))
                    blank = blank or not asked
                    if all(asked.get(name) == value for name, value in wanted.items()):
                        found.append((moment_of(entry["created_at"]), _ticket(entry, model, ())))
                page = answer.json()["next"]
                if page is None or is_past([entry["created_at"] for entry in entries], since):
                    # What was asked is deleted after an hour: a prediction that no longer tells may be the lost one,
                    # and an empty list is also what a fault looks like.
                    complete = shown and not blank and not kept
                    return Listing(likeliest(found, known_age=since is not None), complete=complete)
        return Listing(likeliest(found, known_age=since is not None))

    def says_no(self, answer: Answer) -> bool:
        """https://replicate.com/docs/reference/http: errors are problem documents, with ``detail`` or ``title``."""
        return bool({"detail", "title"} & answer.json().keys())

    def read_error(self, answer: Answer) -> FilmError | None:
        reply = answer.json()
        words = str(reply.get("detail") or reply.get("title") or answer.words)
        if answer.status == 429:
            return self.busy(answer, redact(words))
        return None


def _ticket(reply: dict[str, Any], model: str, notices: tuple[str, ...]) -> Ticket:
    urls = {k: v for k, v in as_object(reply.get("urls")).items() if k in ("get", "cancel") and isinstance(v, str)}
    return Ticket(job_id=name_of(reply["id"]), urls=urls, details={"model": model, "notices": list(notices)})


def _predictions(reply: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """A page of predictions, newest first; None for whatever has not the documented form, whole."""
    if reply is None or not isinstance(reply.get("results"), list):
        return None
    if "next" not in reply or not (reply["next"] is None or isinstance(reply["next"], str)):
        return None
    entries = [as_object(entry) for entry in as_list(reply["results"])]
    whole = all(
        name_of(e.get("id")) and isinstance(e.get("model"), str) and moment_of(e.get("created_at")) > 0 for e in entries
    )
    return entries if whole else None
