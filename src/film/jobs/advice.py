"""What to do about a job, in words: for the command line and the studio alike."""

from __future__ import annotations

from datetime import datetime

from film.errors import ProviderNotFound
from film.jobs.calls import Job, State
from film.jobs.journal import is_free
from film.models import AssetType
from film.providers.base import BaseProvider, JobProvider
from film.providers.registry import provider_class
from film.vendors import accounts

UNSETTLED: tuple[State, ...] = ("intent", "submitted", "unknown", "review", "lost", "refused")
"""Jobs that are under way, or that somebody should know of."""


def advice(job: Job, now: datetime) -> str:
    """The next step for a job's user; empty where there is none."""
    if job.state in ("intent", "submitted", "unknown") and not is_free(job, now):
        return "a running program works on it"
    match job.state:
        case "intent" | "unknown" if _can_be_asked(job):
            return f"run its film again: {job.provider} is asked whether it has it before anything is sent"
        case "intent" | "unknown":
            return f"run its film again: what {job.provider} cannot be asked is put before you, unless it costs a cent"
        case "submitted":
            return "run its film again: it is paid for once, and will be fetched then"
        case "review":
            return f"look at {orders_page(job)} whether it was made, then: {how_to_resolve(job)}"
        case "lost" if job.ticket:
            return f"paid for, and not here: each run asks for it again; now: {_fetch(job)}; for another: {_rebuy(job)}"
        case "lost":
            return f"paid for, and there is nothing to show for it; to buy it once more: {_rebuy(job)}"
        case "refused":
            return f"change the prompt, name another provider for the shot, or ask again: {_rebuy(job)}"
        case "failed":
            return "run its film again to try once more"
        case "unsent":
            return "run its film again: the vendor did not take it, and nothing was charged"
        case "done" | "closed" if job.claimed is not None:
            return f"say what the bill came to: film jobs resolve {job.id[:8]} --charged AMOUNT | --not-charged"
        case "done" | "closed":
            return ""


def orders_page(job: Job) -> str:
    """Where the account's orders are shown: Kling's and MiniMax's, which FAL sells, on FAL's page."""
    provider = _provider(job)
    account = accounts().get(provider.account or "") if provider else None
    page = (provider.orders_page if provider else "") or (account.orders_page if account else "")
    return page or f"{job.provider}'s own page"


def how_to_resolve(job: Job) -> str:
    """The command that settles a job which only its user can know about."""
    fetch = "--fetch | " if job.ticket else ""
    return f"film jobs resolve {job.id[:8]} {fetch}--charged | --not-charged | --rebuy"


def _can_be_asked(job: Job) -> bool:
    provider = _provider(job)
    return provider is not None and issubclass(provider, JobProvider) and provider.can_list


def _provider(job: Job) -> type[BaseProvider] | None:
    """The class behind a job; None where a plug-in has gone."""
    try:
        return provider_class(AssetType(job.asset_type), job.provider)
    except ProviderNotFound:
        return None


def _fetch(job: Job) -> str:
    return f"film jobs resolve {job.id[:8]} --fetch"


def _rebuy(job: Job) -> str:
    return f"film jobs resolve {job.id[:8]} --rebuy"
