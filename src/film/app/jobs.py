"""Paid jobs: what was ordered and has no happy end yet, what to do about each, and the user's word on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from film.app.bills import BillOverQuote, bill_over_quote
from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import FilmError
from film.jobs.calls import Decision

if TYPE_CHECKING:
    from film.jobs import Job, Jobs
    from film.planning.services import Services


class ListJobs(UseCaseInput):
    """Which jobs: a film's, or of all films; those that somebody should see to, or ``closed`` ones, too."""

    film_id: str | None = None
    closed: bool = False


class JobLine(UseCaseResult):
    """A job, and what to do about it."""

    id: str
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    model: str
    state: str
    vendor_job_id: str
    quoted_usd: Decimal
    billed_usd: Decimal | None
    claimed_usd: Decimal | None
    """What its vendor wants where that is disputed."""
    error: str
    what_to_do: str
    sent: str
    """ISO 8601, UTC."""
    changed: str
    key: str
    disputed_bill: Aside[BillOverQuote | None] = None


class JobList(UseCaseResult):
    """Newest first. ``forgotten``: what to tell before anything else."""

    jobs: tuple[JobLine, ...]
    forgotten: Aside[FilmError | None] = None


class ResolveJob(UseCaseInput):
    """What became of a job. ``amount`` in dollars: what was charged, where it was not what was quoted."""

    job_id: str
    """The beginning of it is enough."""
    decision: Decision
    amount: Decimal | None = None


class ResolvedJob(UseCaseResult):
    """The job as it is now."""

    id: str
    shot_id: str
    asset_type: str
    state: str
    billed_usd: Decimal | None


def list_jobs(asked: ListJobs, workspace: Workspace) -> JobList:
    """The jobs that are open, under review, lost, refused or disputed, or all of them."""
    from film.db.base import now
    from film.jobs import Jobs
    from film.jobs.advice import UNSETTLED, advice

    services = workspace.looking()
    forgotten = workspace.forgotten()
    disputed = _disputed(services, asked.film_id)
    jobs = [
        job
        for job in Jobs(services.engine).list_jobs(film_id=asked.film_id)
        if asked.closed or job.state in UNSETTLED or job.id in disputed
    ]
    return JobList(
        jobs=tuple(_line(job, disputed.get(job.id), advice(job, now())) for job in jobs), forgotten=forgotten
    )


def resolve_job(asked: ResolveJob, workspace: Workspace) -> ResolvedJob:
    """Settle by hand what the program cannot know; the ledger and the reports follow."""
    from film.cost_tracker import write_reports

    services = workspace.working()
    job = _journal(services).resolve(asked.job_id, asked.decision, asked.amount)
    write_reports(job.film_id, engine=services.engine, settings=services.settings)
    return _resolved(job)


async def fetch_job(job_id: str, workspace: Workspace) -> ResolvedJob:
    """Ask the vendor of a job that is paid for once more for its file. Raises PaidLost where it has it not."""
    from film.cost_tracker import write_reports
    from film.planning.services import running_services
    from film.production.fetching import fetch_job as fetched

    async with running_services(workspace.settings, online=True) as services:
        jobs = _journal(services)
        done = await fetched(services, jobs, jobs.job(job_id))
        write_reports(done.film_id, engine=services.engine, settings=services.settings)
        return _resolved(done)


def _journal(services: Services) -> Jobs:
    from film.cost_tracker import CostTracker
    from film.jobs import Jobs
    from film.production.memory import order_book
    from film.production.money import JournalMoney

    money = JournalMoney(CostTracker("jobs", engine=services.engine, settings=services.settings))
    return Jobs(services.engine, money=money, book=order_book(services.settings))


def _disputed(services: Services, film_id: str | None) -> dict[str, BillOverQuote]:
    """The bills that are not believed, by their job: it may be done, and its money is still somebody's affair."""
    from film.cost_tracker.standing import over_quote
    from film.db.session import snapshot

    with snapshot(services.engine) as connection:
        return {bill.job_id: bill_over_quote(bill) for bill in over_quote(connection, film_id) if bill.disputed}


def _line(job: Job, disputed: BillOverQuote | None, advice: str) -> JobLine:
    return JobLine(
        id=job.id,
        film_id=job.film_id,
        shot_id=job.shot_id,
        asset_type=job.asset_type,
        provider=job.provider,
        model=job.model,
        state=job.state,
        vendor_job_id=job.vendor_job_id,
        quoted_usd=job.quoted,
        billed_usd=job.billed,
        claimed_usd=disputed.claimed_usd if disputed else None,
        error=job.error,
        what_to_do=advice,
        sent=job.created_at.isoformat(),
        changed=job.updated_at.isoformat(),
        key=job.key,
        disputed_bill=disputed,
    )


def _resolved(job: Job) -> ResolvedJob:
    return ResolvedJob(
        id=job.id, shot_id=job.shot_id, asset_type=job.asset_type, state=job.state, billed_usd=job.billed
    )
