"""Acme: clips by the second, from a queue. Everything that a paid vendor needs, in one module."""

from __future__ import annotations

from typing import Any

from film.errors import FilmError
from film.models import Generated
from film.providers.base import JobStatus, Ticket, VideoConfig
from film.providers.capabilities import Capabilities
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import Answer, KeyAuth, name_of, part
from film.providers.vendor_kinds import VideoVendor
from film.vendors import Account, FreeCheck, Vendor

VENDOR = Vendor(
    account=Account(
        name="acme",
        keys=("ACME_API_KEY",),
        url="FILM_ACME_URL",
        home="https://api.acme.example",
        key_page="https://acme.example/keys",
        orders_page="https://acme.example/orders",
        check=FreeCheck("v1/me", credit="credits"),
    ),
    video={"acme": "acme_video:AcmeVideoProvider"},
    rates="""
        as_of = 2026-11-30
        [[rate]]
        provider = "acme"
        model = "acme-1"
        unit = "second"
        lengths = [4, 8]
        price = "0.05"
        source = "https://acme.example/pricing"
    """,
)


class AcmeVideoProvider(VideoVendor):
    name = "acme"
    account = "acme"
    label = "Acme"
    default_model = "acme-1"
    models = {"acme-1": Capabilities(lengths=(4, 8), text_limit=500, seed=True, first_frame=True)}  # noqa: RUF012
    inline_limit = file_limit = 5_000_000
    usual_seconds = 3.0

    def auth(self, key: str) -> KeyAuth:
        return KeyAuth("X-Acme-Key", key, key)

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        model = self.known_model(config)
        text = self.check_text(self.prompt_of(config), self.models[model].text_limit, model)
        params: dict[str, Any] = {"model": model, "prompt": text, "seconds": int(self.clip_seconds(config))}
        return params if config.seed is None else {**params, "seed": config.seed}

    def bought(self, config: VideoConfig) -> BillableUnits:
        return BillableUnits(self.known_model(config), self.clip_seconds(config))

    async def submit(self, config: VideoConfig, *, image_url: str | None = None) -> Ticket:
        body = {**self.request_params(config), "picture": await self.deliver(image_url)}
        async with self.client() as client:
            answer = self.ordered(await client.post_once("v1/clips", body))
        if not (job := name_of(answer.json().get("id"))):
            raise self.accepted_without_id(answer)
        return Ticket(job_id=job, details={"model": body["model"], "notices": list(self.note(config))})

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        name = job_id.job_id if isinstance(job_id, Ticket) else job_id
        async with self.client() as client:
            answer = await client.ask(f"v1/clips/{part(name)}")
        match reply := self.told(answer) or {}:
            case {"state": "waiting" | "working"}:
                return JobStatus(state="running")
            case {"state": "ready", "url": str(url)}:
                return JobStatus(state="done", outputs=(url,), charged=True)
            case {"state": "failed"}:
                return JobStatus(state="failed", error=str(reply.get("why")), charged=False)
            case _:
                return self.unclear(answer)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        async with self.client() as client:
            return self.generated(await client.download(self.result_url(status), self.asset_type), ticket, status)

    def read_error(self, answer: Answer) -> FilmError | None:
        return self.out_of_credit(answer.words) if answer.json().get("error") == "no credit" else None
