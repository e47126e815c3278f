"""The vendors' books: what was sent to them, what they made of it, and the bill.

Every order is kept with the digest of its content, so that a test can ask the one question that matters, how often was
the same thing bought. With a file the books outlive the server, as a vendor's do.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from film.files.own_files import own_file

Kind = Literal["image", "video", "audio"]
Fate = Literal["succeed", "fail", "refuse", "black", "stuck", "malformed", "strange"]
"""How a job will end: made; a model error, never billed; moderation's no; a picture blacked out, billed; never; and two
that are made while their status answers are no JSON, or name a state that does not exist."""


@dataclass
class SimulatedJob:
    id: str
    vendor: str
    endpoint: str
    """The model id or path that was posted to."""
    kind: Kind
    order: dict[str, Any]
    """The body of the POST."""
    digest: str
    price: str
    """Dollars, exact."""
    created: float
    starts: float
    ends: float
    fate: Fate = "succeed"
    billed: bool = True
    cancelled: bool = False

    @property
    def seed(self) -> int:
        return int(self.digest[:8], 16)

    def state(self, now: float) -> Literal["queued", "running", "over", "cancelled"]:
        if self.cancelled:
            return "cancelled"
        if now < self.starts or self.fate == "stuck":
            return "queued"
        return "running" if now < self.ends else "over"

    def progress(self, now: float) -> float:
        return min(1.0, max(0.0, (now - self.starts) / max(1e-9, self.ends - self.starts)))


@dataclass(frozen=True)
class Charge:
    """A line of the invoice."""

    vendor: str
    endpoint: str
    job_id: str
    digest: str
    amount: Decimal


@dataclass(frozen=True)
class Post:
    """An order as it arrived. ``accepted`` says whether it became a job."""

    vendor: str
    digest: str
    accepted: bool
    at: float


class Books:
    def __init__(self, file: Path | None = None, *, seed: int = 0) -> None:
        self._seed = seed
        self._jobs: dict[str, SimulatedJob] = {}
        self._posts: list[Post] = []
        if file:
            own_file(file)
        self._db = sqlite3.connect(file, isolation_level=None) if file else None
        if self._db:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, job TEXT NOT NULL)")
            self._db.execute("CREATE TABLE IF NOT EXISTS posts (vendor TEXT, digest TEXT, accepted INTEGER, at REAL)")
            for (text,) in self._db.execute("SELECT job FROM jobs ORDER BY rowid"):
                job = SimulatedJob(**json.loads(text))
                self._jobs[job.id] = job
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS kept (vendor TEXT, id TEXT, what TEXT, PRIMARY KEY (vendor, id))"
            )
            self._posts = [Post(v, d, bool(a), at) for v, d, a, at in self._db.execute("SELECT * FROM posts")]

    def close(self) -> None:
        if self._db:
            self._db.close()

    # -- orders

    def new_id(self) -> str:
        """The same ids in the same order for every run of a seed; in a file, which others may write to, never again."""
        if self._db:
            return str(uuid.uuid4())
        return str(uuid.UUID(bytes=hashlib.sha256(f"{self._seed} {len(self._jobs)}".encode()).digest()[:16], version=4))

    def add(self, job: SimulatedJob) -> None:
        self._jobs[job.id] = job
        self._save(job)

    def cancel(self, job: SimulatedJob, *, free: bool) -> None:
        job.cancelled = True
        job.billed = job.billed and not free
        self._save(job)

    def note(self, vendor: str, digest: str, *, accepted: bool) -> None:
        post = Post(vendor, digest, accepted, time.time())
        self._posts.append(post)
        if self._db:
            self._db.execute("INSERT INTO posts VALUES (?, ?, ?, ?)", (vendor, digest, accepted, post.at))

    def keep(self, vendor: str, name: str, what: Mapping[str, Any]) -> None:
        """Keep something of a vendor's own that is no order."""
        if self._db:
            self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (vendor, name, json.dumps(what)))

    def kept(self, vendor: str) -> dict[str, dict[str, Any]]:
        """What was kept in the file, by name, in the order in which it was first kept."""
        if not self._db:
            return {}
        rows = self._db.execute("SELECT id, what FROM kept WHERE vendor = ? ORDER BY rowid", (vendor,))
        return {name: json.loads(what) for name, what in rows}

    def _save(self, job: SimulatedJob) -> None:
        if self._db:
            self._db.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?)", (job.id, json.dumps(asdict(job))))

    # -- asking

    def job(self, job_id: str) -> SimulatedJob | None:
        return self._jobs.get(job_id)

    def jobs(self, vendor: str | None = None) -> list[SimulatedJob]:
        return [job for job in self._jobs.values() if vendor in (None, job.vendor)]

    def posts(self, vendor: str | None = None) -> list[Post]:
        return [post for post in self._posts if vendor in (None, post.vendor)]

    def invoice(self, vendor: str | None = None) -> list[Charge]:
        """What is charged for, failed and cancelled jobs left out where the vendor does not bill them."""
        return [
            Charge(job.vendor, job.endpoint, job.id, job.digest, Decimal(job.price))
            for job in self.jobs(vendor)
            if job.billed
        ]

    def bought_twice(self) -> dict[str, int]:
        """Orders that were accepted more than once, and how often."""
        counts = Counter(job.digest for job in self._jobs.values())
        return {digest: count for digest, count in counts.items() if count > 1}


def digest_of(vendor: str, endpoint: str, order: Mapping[str, Any]) -> str:
    """What an order asks for, as a number: equal orders have equal digests."""
    text = json.dumps([vendor, endpoint, order], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
