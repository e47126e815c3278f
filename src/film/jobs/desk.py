"""What the steps of a purchase share: the journal's rows, the money, the clock, the limits and who is told of it all.

Database and money calls are synchronous and may wait for another process's transaction, so they run on a few threads
of their own, and to their end even when the caller is cancelled: a commit that nobody waits for would leave its row
in a state that nobody knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from film.db.owner import new_token
from film.jobs.calls import EventKind, Job, JobEvent, Money, OnEvent, PaidCall
from film.jobs.clock import Clock
from film.jobs.journal import Journal
from film.jobs.limits import Limits
from film.jobs.unbroken import unbroken
from film.providers.base import JobProvider

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass
class Errand:
    """One ``run`` of a call in this process."""

    call: PaidCall
    provider: JobProvider
    token: str = field(default_factory=new_token)
    """What the rows that it works on carry as their owner."""
    job: Job | None = None
    """The row being worked on, ours or another's; None while there is none."""
    passed_over: str = ""
    """The finished job beside which another is to be bought."""
    rebought: int = 0
    """How often it was bought once more because no answer came."""


@dataclass(frozen=True)
class Desk:
    journal: Journal
    money: Money
    clock: Clock
    limits: Limits
    threads: Executor
    stop: Callable[[], bool]
    on_event: OnEvent | None

    async def db(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a journal or money call on a thread."""
        loop = asyncio.get_running_loop()
        return await unbroken(loop.run_in_executor(self.threads, lambda: work(*args, **kwargs)))

    async def write(self, errand: Errand, job: Job, **values: object) -> None:
        """Change the job that the errand owns; raises Fenced when another process has taken it over."""
        await self.db(self.journal.write, job, errand.token, self.clock.now(), **values)

    def emit(
        self, kind: EventKind, call: PaidCall, job_id: str, message: str = "", progress: float | None = None
    ) -> None:
        self._tell(
            JobEvent(
                kind=kind,
                job_id=job_id,
                key=call.key,
                film_id=call.film_id,
                shot_id=call.shot_id,
                asset_type=call.request.asset_type.value,
                provider=call.request.provider,
                progress=progress,
                message=message,
            )
        )

    def tell(self, kind: EventKind, job: Job) -> None:
        """An event of a job that no call stands behind."""
        self._tell(JobEvent(kind, job.id, job.key, job.film_id, job.shot_id, job.asset_type, job.provider))

    def _tell(self, event: JobEvent) -> None:
        if self.on_event is None:
            return
        try:
            self.on_event(event)
        except Exception:
            log.exception("a listener to job events failed")  # a broken display must not cost a paid job
