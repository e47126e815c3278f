"""What goes into the journal, what comes out, and the one thing it asks of whoever keeps the money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from film.models import AssetRequest, Generated
from film.providers.base import BaseProvider

State = Literal["intent", "submitted", "done", "failed", "refused", "unknown", "review", "lost", "closed"]
"""Where a job stands.

    intent     about to be sent, or sent and not answered yet
    submitted  accepted: the vendor's id is saved
    done       the media is in the store, the money settled
    failed     made nothing and cost what ``billed`` says: the next run may buy again
    refused    moderation said no: never sent again unless told to
    unknown    sent, no answer: the vendor is being asked whether it has the job
    review     nobody can tell: the user decides, the reservation is held
    lost       paid for, and there is nothing to show for it: never bought again unless told to
    closed     a lost, refused or unknown job that was bought again
"""

Decision = Literal["charged", "not-charged", "rebuy"]
"""What a user found out about a job: it was billed; it was not; or: never mind, buy it again (counted as billed)."""


class Money(Protocol):
    """Reservations as the journal sees them. Each call may come twice, after a crash: the second changes nothing."""

    def mark_submitted(self, reservation_id: str) -> object:
        """It may be spent from now on: never released because its holder went away."""
        ...

    def settle(self, reservation_id: str, actual: Decimal) -> object: ...

    def release(self, reservation_id: str) -> object: ...

    def mark_unknown(self, reservation_id: str) -> object: ...

    def charge_unreserved(self, job: Job, actual: Decimal) -> object:
        """Book a job that was paid for although nothing was set aside for it."""
        ...


class NoMoney:
    """For calls that are journaled without a budget."""

    def mark_submitted(self, reservation_id: str) -> None: ...

    def settle(self, reservation_id: str, actual: Decimal) -> None: ...

    def release(self, reservation_id: str) -> None: ...

    def mark_unknown(self, reservation_id: str) -> None: ...

    def charge_unreserved(self, job: Job, actual: Decimal) -> None: ...


@dataclass(frozen=True)
class PaidCall:
    """One asset to buy. A restarted program makes an equal call, and the journal finds its job by ``key``."""

    key: str
    film_id: str
    shot_id: str
    request: AssetRequest
    provider: BaseProvider
    config: Any
    image_url: str | Callable[[], str] | None
    """A clip's picture, or where to get it when it is sent: as text it is large, and a thousand calls may wait."""
    quoted: Decimal
    reservation_id: str | None = None
    order: float = 0.0
    """Who goes first where there is a queue: the shot's place in the film."""
    again: bool | Callable[[Job], bool] = False
    """Buy although a finished job of this key exists: because the user wants another than what stands there when the
    call is made, or because the job's result is gone, which is asked of each that is found."""

    @property
    def picture(self) -> str | None:
        return self.image_url() if callable(self.image_url) else self.image_url

    @property
    def title(self) -> str:
        return f"{self.shot_id or self.key[:16]} {self.request.asset_type}"


@dataclass(frozen=True)
class Made:
    """What was bought. Store it, then call ``Jobs.finish``.

    ``generated`` is None when another process bought and stored it in the meantime, or an earlier run did:
    ``blob_sha256`` names it. ``billed`` is None when the vendor does not say what it took.
    """

    generated: Generated | None
    billed: Decimal | None
    job_id: str
    blob_sha256: str | None = None


@dataclass(frozen=True)
class Job:
    """A row of the journal, for people and programs to read."""

    id: str
    key: str
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    model: str
    request: dict[str, Any]
    state: State
    ticket: dict[str, Any]
    reservation_id: str | None
    owner: str | None
    lease_until: datetime | None
    posts: int
    """Submissions that may have made a job at the vendor; never more than one."""
    error: str
    quoted: Decimal
    billed: Decimal | None
    blob_sha256: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def vendor_job_id(self) -> str:
        return str(self.ticket.get("job_id", ""))

    @property
    def is_second(self) -> bool:
        """Under review though the vendor has answered: bought beside another of its key; see ``Journal.rescue``."""
        return self.state == "review" and bool(self.ticket)


EventKind = Literal[
    "submitted", "progress", "resumed", "waiting", "fetched", "done", "adopted", "rebought", "failed", "lost", "review"
]


@dataclass(frozen=True)
class JobEvent:
    """Something happened to a job: for progress displays and logs. ``progress`` is 0..1 where the vendor tells."""

    kind: EventKind
    job_id: str
    key: str
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    progress: float | None = None
    message: str = ""


OnEvent = Callable[[JobEvent], None]
