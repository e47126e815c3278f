"""Paid orders: those that somebody should see to, what to do about each, and the owner's word on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from film.app.jobs import JobList, ListJobs, ResolvedJob, ResolveJob, fetch_job, list_jobs, resolve_job
from film.studio.state import Desk, TheStudio

router = APIRouter(prefix="/films/{film}/jobs")


class Word(BaseModel):
    """``amount`` in dollars: what was charged, where it was not what was quoted."""

    decision: Literal["charged", "not-charged", "rebuy"]
    amount: Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)] | None = None


@router.get("")
def jobs(desk: Desk, closed: bool = False) -> JobList:
    """The film's orders that are open, under review, lost, refused or disputed; all of them if ``closed``."""
    return list_jobs(ListJobs(film_id=desk.film_id, closed=closed), desk.workspace)


@router.post("/{job}/resolve")
def resolve(job: str, asked: Word, desk: Desk, studio: TheStudio) -> ResolvedJob:
    """Settle by hand what the program cannot know; the ledger follows."""
    done = resolve_job(ResolveJob(job_id=job, decision=asked.decision, amount=asked.amount), desk.workspace)
    studio.changed(desk, "film")
    return done


@router.post("/{job}/fetch")
async def fetch(job: str, desk: Desk, studio: TheStudio) -> ResolvedJob:
    """Ask the vendor of an order that is paid for once more for its file."""
    done = await fetch_job(job, desk.workspace)
    studio.changed(desk, "film")
    return done
