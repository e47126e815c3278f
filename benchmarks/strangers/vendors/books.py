"""What the vendors know and charge: jobs, and an invoice that is only ever written on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from benchmarks.strangers.vendors.plan import Plan

INVOICE = "invoice.jsonl"
POSTS = "posts.jsonl"


@dataclass(frozen=True)
class Line:
    """A line of the invoice: one job that came about.

    Parameters:
        vendor: Who charges.
        account: The beginning of the key's digest: whose invoice it is on.
        job: The vendor's id of the job.
        model: What made it.
        kind: ``image``, ``video`` or ``audio``.
        text: The prompt, or the words.
        digest: Of the request, with pictures by their content: equal for equal requests.
        price: What is charged, in dollars.
        seconds: How long it takes, in our seconds.
        at: When it came about, in our time.
        request: What was asked, pictures as digests.
    """

    vendor: str
    account: str
    job: str
    model: str
    kind: str
    text: str
    digest: str
    price: Decimal
    seconds: float
    at: float
    request: dict[str, Any] = field(default_factory=dict)

    def text_of(self) -> str:
        """Give the line as it stands in the file."""
        return json.dumps(asdict(self) | {"price": str(self.price)}, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Line:
        """Read a line of the file.

        Parameters:
            text: The line.
        """
        known = json.loads(text)
        return cls(**(known | {"price": Decimal(known["price"])}))


class Books:
    """Jobs and invoice of all vendors.

    Parameters:
        folder: Where the invoice is kept; one that is there is gone on with.
        plan: What the vendors do.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.plan = plan
        self.jobs: dict[str, Line] = {}
        self.payloads: dict[str, Mapping[str, Any]] = {}
        """Orders as they came: the invoice has digests for their pictures."""
        self.files: dict[str, str] = {}
        """Digests of what lies behind our own addresses."""
        self.watch: Callable[[str, str], None] = lambda event, about: None
        """Told what happens, at once: ``arrived``, ``billed``, ``answered``, ``polled``, ``listed``, ``fetched``."""
        for line in self.invoice():
            self.jobs[line.job] = line

    def invoice(self) -> list[Line]:
        """Read the invoice from its file."""
        path = self.folder / INVOICE
        return [Line.parse(t) for t in path.read_text("utf-8").splitlines()] if path.exists() else []

    def order(
        self, vendor: str, key: str, *, model: str, kind: str, text: str, price: Decimal, request: Mapping[str, Any]
    ) -> Line:
        """Begin a job, and charge for it.

        Parameters:
            vendor: Who makes it.
            key: Whose key ordered it.
            model: What makes it.
            kind: ``image``, ``video`` or ``audio``.
            text: The prompt, or the words.
            price: What it costs.
            request: What was asked.
        """
        job = str(uuid.uuid4()) if vendor in ("fal", "runway") else uuid.uuid4().hex[:26]
        plain = self.plain(request)
        line = Line(
            vendor=vendor,
            account=account(key),
            job=job,
            model=model,
            kind=kind,
            text=text,
            digest=digest([vendor, model, plain]),
            price=price,
            seconds=self.plan.seconds(vendor, job, len(text)),
            at=time.time(),
            request=plain,
        )
        self._append(INVOICE, line.text_of())
        self.jobs[job] = line
        self.payloads[job] = request
        self.watch("billed", job)
        return line

    def posted(self, vendor: str, kind: str, text: str, request: Mapping[str, Any], fault: str) -> None:
        """Note that an order was sent, whatever becomes of it.

        Parameters:
            vendor: To whom.
            kind: ``image``, ``video`` or ``audio``.
            text: The prompt, or the words.
            request: What was asked.
            fault: What it is answered with; empty for the usual.
        """
        plain = digest([vendor, self.plain(request)])
        post = {"at": time.time(), "vendor": vendor, "kind": kind, "text": text, "digest": plain, "fault": fault}
        self._append(POSTS, json.dumps(post))
        self.watch("arrived", text)

    def posts(self) -> list[dict[str, Any]]:
        """Read what was ordered, come about or not."""
        path = self.folder / POSTS
        return [json.loads(t) for t in path.read_text("utf-8").splitlines()] if path.exists() else []

    def ready(self, line: Line) -> bool:
        """Say whether a job is done.

        Parameters:
            line: The job.
        """
        return time.time() >= line.at + line.seconds

    def listed(self, vendor: str, key: str, *, when_done: bool = False) -> list[Line]:
        """Give what a vendor's list shows of an account, newest first.

        Parameters:
            vendor: Whose list.
            key: Whose key asks.
            when_done: Whether a job is shown only once it is done.
        """
        lag, now, mine = self.plan.of(vendor).lag / self.plan.speed, time.time(), account(key)
        shown = [
            line
            for line in self.jobs.values()
            if line.vendor == vendor
            and line.account == mine
            and now >= line.at + lag + (line.seconds if when_done else 0)
        ]
        return sorted(shown, key=lambda line: line.at, reverse=True)

    def clock(self, vendor: str, at: float | None = None) -> float:
        """Give a time as the vendor's clock shows it.

        Parameters:
            vendor: Whose clock.
            at: When, in our time; now by default.
        """
        return (time.time() if at is None else at) + self.plan.of(vendor).clock

    def plain(self, value: Any) -> Any:
        """Give a request with its pictures as digests, and its addresses as what lies behind them.

        Parameters:
            value: The request, or a part of it.
        """
        if isinstance(value, Mapping):
            return {k: self.plain(v) for k, v in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list):
            return [self.plain(v) for v in cast("list[Any]", value)]
        if isinstance(value, str) and value.startswith("data:"):
            return "data:" + hashlib.sha256(value.encode()).hexdigest()[:16]
        if isinstance(value, str) and (known := self.files.get(re.sub(r"\?.*", "", value))):
            return "file:" + known
        return value

    def _append(self, name: str, text: str) -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())


def account(key: str) -> str:
    """Name an account by its key, without showing it.

    Parameters:
        key: The key.
    """
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def digest(value: Any) -> str:
    """Give the digest of a JSON value.

    Parameters:
        value: The value.
    """
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:24]
