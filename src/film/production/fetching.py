"""Fetching what was paid for and is not here, by hand: ``film jobs resolve ID --fetch``.

job ─► its provider, by the job's own request ─► poll, download, check ─► the store, under the job's key ─► done
"""

from __future__ import annotations

from film.cache import NewResult
from film.db.away import on_thread
from film.errors import InputError, ProviderError
from film.jobs import Job, Jobs, PurchaseResult
from film.jobs.direct import as_job_provider
from film.jobs.origin import is_anothers
from film.models import AssetType
from film.planning.services import Services
from film.production.probe import facts_of, probe_made
from film.providers.base import Ticket
from film.providers.registry import make_provider


async def fetch_job(services: Services, jobs: Jobs, job: Job) -> Job:
    """Fetch a job's result by its ticket, store it, and close the job; raises PaidLost where its vendor has it not."""
    if not job.ticket:
        raise InputError(
            f"job {job.id[:8]} has no ticket: its vendor's answer never came, so there is nothing to fetch it by",
            hint="run its film again: the vendor's list is asked for it; or say what became of it: film jobs",
        )
    kind = AssetType(job.asset_type)
    provider = as_job_provider(make_provider(kind, job.provider, services.context))
    ticket = Ticket.model_validate(job.ticket)
    is_strange = is_anothers(job.account, provider)
    try:
        status = await provider.poll_status(ticket)
    except ProviderError as error:
        if is_strange:
            raise _ordered_with_another_key(job, str(error)) from error
        raise
    if status.state != "done":
        words = status.error or "no reason given"
        if is_strange:
            raise _ordered_with_another_key(job, words)
        raise ProviderError(
            f"{job.provider} says that job {job.id[:8]} is {status.state}: {words}",
            hint="run its film again, or try this again later; its ticket is kept",
            provider=job.provider,
        )
    generated = await provider.fetch(ticket, status)
    path, found = await on_thread(probe_made, generated, kind, job.provider, services.cache.temporary)
    details = {**generated.details, "job_id": ticket.job_id, **await on_thread(facts_of, found, path)}
    if generated.words:
        details["words"] = [word.model_dump() for word in generated.words]
    cost = job.billed if job.billed is not None else generated.cost if generated.cost is not None else job.quoted
    made = NewResult(path=path, mime=found.mime, cost=cost, details=details)

    async def make() -> NewResult:
        return made

    there = (await on_thread(services.cache.peek_many, [job.key])).get(job.key)
    is_anothers_work = there is not None and there.details.get("job_id") != ticket.job_id
    asset, _ = await services.cache.obtain(
        job.key, kind=kind.value, provider=job.provider, make=make, use_cache=not is_anothers_work
    )
    bought = PurchaseResult(
        generated=None, billed=status.billed if generated.cost is None else generated.cost, job_id=job.id
    )
    await jobs.finish(bought, asset.sha256)
    return jobs.job(job.id)


def _ordered_with_another_key(job: Job, words: str) -> ProviderError:
    return ProviderError(
        f"job {job.id[:8]} was ordered with another key, or at another address: {job.provider} does not open its "
        f"ticket with this one ({words})",
        hint="set the key that it was ordered with, and try again; its ticket is kept",
        provider=job.provider,
    )
