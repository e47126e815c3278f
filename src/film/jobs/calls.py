"""What goes into the journal, what comes out, and the one thing it asks of whoever keeps the money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from film.models import AssetRequest, Generated
from film.providers.base import BaseProvider

State = Literal["intent", "submitted", "done", "failed", "refused", "unknown", "review", "lost", "closed", "unsent"]
"""Where a job stands.

    intent     about to be sent, or sent and not answered yet
    submitted  accepted: the vendor's id is saved
    done       the media is in the store, the money settled
    failed     made nothing and cost what ``billed`` says: the next run may buy again
    refused    moderation said no: never sent again unless told to
    unknown    sent, no answer: the vendor is being asked whether it has the job
    review     nobody can tell: looked at again by every run, the user decides, the reservation is held
    lost       paid for, and there is nothing to show for it yet: looked for again, never bought again unless told to
    closed     a lost, refused or unknown job that was bought again
    unsent     provably never taken by the vendor: the same row is sent again
"""

Decision = Literal["charged", "not-charged", "rebuy"]
"""What a user found out about a job: it was billed; it was not; or: never mind, buy it again (counted as billed)."""


class Money(Protocol):
    """Reservations as the journal sees them. Each call may come twice, after a crash: the second changes nothing."""

    def set_aside(self, call: PaidCall, attempt: str, *, is_extra: bool = False) -> str | None:
        """Money for one order, under every limit; the reservation's id. ``attempt`` names the order.

        What ``is_extra`` was not planned, and may not take the money of what was.
        Raises BudgetExceededError.
        """
        ...

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

    def set_aside(self, call: PaidCall, attempt: str, *, is_extra: bool = False) -> None: ...

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
class PurchaseResult:
    """What was bought. Store it, then call ``Jobs.finish``.

    ``generated`` is None when another process bought and stored it in the meantime, or an earlier run did:
    ``blob_sha256`` names it. ``billed`` is None when the vendor does not say what it took. ``vendor_id`` is what the
    vendor calls the job.
    """

    generated: Generated | None
    billed: Decimal | None
    job_id: str
    blob_sha256: str | None = None
    vendor_id: str = ""


@dataclass(frozen=True)
class Stored:
    """What the store has under an order's key; ``vendor_id`` is the vendor's name of the job that brought it."""

    sha256: str
    vendor_id: str = ""


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
    account: str
    """Whose order it is: ``film.jobs.origin``; empty for orders from before that was written down."""
    clock: str
    """When it was sent, by the machine's uptime: ``Clock.stamp``."""
    is_second: bool
    """Bought beside another of its key, by a process that had been taken for dead; see ``Journal.rescue``."""
    claimed: Decimal | None
    """What the vendor claims where that is disputed: far over the quote, and so not booked. See ``film.jobs.bills``."""
    created_at: datetime
    updated_at: datetime

    @property
    def vendor_job_id(self) -> str:
        return str(self.ticket.get("job_id", ""))

    @property
    def disputed(self) -> Decimal:
        """Dollars that the vendor claims and that are not booked."""
        return Decimal(0) if self.claimed is None else max(self.claimed - (self.billed or Decimal(0)), Decimal(0))


EventKind = Literal[
    "submitted",
    "progress",
    "resumed",
    "waiting",
    "fetched",
    "done",
    "adopted",
    "absent",
    "rebought",
    "failed",
    "lost",
    "review",
    "over_quote",
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
