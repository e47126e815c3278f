"""``film jobs``: what was ordered and has no happy end yet, what to do about each, and the user's word on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import dollars, note, one_line, print_json, shorten, table
from film.cli.looking import forgotten, library
from film.cli.options import Dollars, as_json, option

if TYPE_CHECKING:
    from film.cost_tracker.standing import OverQuote
    from film.jobs import Decision, Job
    from film.planning.services import Services

QUOTED = "quoted"
"""What ``--charged`` without an amount stands for."""


class Charged(Dollars):
    """An exact sum, or none: then the job's quote is taken."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value == QUOTED else super().convert(value, param, ctx)


@click.group(name="jobs", invoke_without_command=True)
@option("all", is_flag=True, help="Those that are done, failed and closed too.")
@option("film_id", metavar="NAME", help="Only this film's.")
@as_json
@click.pass_context
def command(ctx: click.Context, all: bool, film_id: str | None, json: bool) -> int:
    """List paid jobs that are open, under review, lost, refused or disputed, and what to do about each.

    A job is under review when its answer was lost and the vendor cannot be asked: only you can find out, on the
    vendor's own page, and say so with: film jobs resolve. Where the database does not know orders that the gallery has
    on record, that is said first, and the exit code is not 0.
    """
    if ctx.invoked_subcommand:
        return 0
    from film.jobs import Jobs
    from film.jobs.advice import UNSETTLED

    services = library()
    code = forgotten(services)
    disputed = _disputed(services, film_id)
    jobs = [
        job
        for job in Jobs(services.engine).list_jobs(film_id=film_id)
        if all or job.state in UNSETTLED or job.id in disputed
    ]
    if json:
        print_json([_document(job, disputed.get(job.id)) for job in jobs])
    else:
        _print(jobs, disputed)
        if not jobs:
            note("no job is open" if not all else "there are no jobs")
    return code


@command.command(name="resolve")
@click.argument("job_id", metavar="ID")
@option(
    "charged", type=Charged(), is_flag=False, flag_value=QUOTED, help="It was billed: this much, or what was quoted."
)
@option("not_charged", is_flag=True, help="It was never made: its money is free again, and the next run may buy it.")
@option("rebuy", is_flag=True, help="Never mind: the next run buys it again. This one counts as billed.")
@option("fetch", is_flag=True, help="It is paid for: ask its vendor for the file once more, now.")
def resolve(job_id: str, charged: Decimal | str | None, not_charged: bool, rebuy: bool, fetch: bool) -> int:
    """Say what became of job ID (the beginning of it is enough); the ledger follows.

    Of a disputed bill, --charged AMOUNT says what it came to, --not-charged that the rest was taken back.
    """
    from film.cost_tracker import CostTracker, write_reports
    from film.jobs import Jobs
    from film.planning.services import open_services
    from film.production.memory import order_book
    from film.production.money import JournalMoney
    from film.settings import load_settings

    if [charged is not None, not_charged, rebuy, fetch].count(True) != 1:
        raise click.UsageError("say one of --charged, --not-charged, --rebuy and --fetch")
    if fetch:
        return _fetch(job_id)
    decision: Decision = "charged" if charged is not None else "not-charged" if not_charged else "rebuy"
    amount = charged if isinstance(charged, Decimal) else None
    services = open_services(load_settings())
    money = JournalMoney(CostTracker("jobs", engine=services.engine, settings=services.settings))
    job = Jobs(services.engine, money=money, book=order_book(services.settings)).resolve(job_id, decision, amount)
    write_reports(job.film_id, engine=services.engine, settings=services.settings)
    outcome = {
        "charged": f"booked as charged {dollars(job.billed or Decimal(0))}; it is not bought again",
        "not-charged": "booked as not charged; the next run may buy it",
        "rebuy": f"booked as charged {dollars(job.billed or Decimal(0))}; the next run buys it again",
    }
    click.echo(f"{job.id[:8]} {shorten(job.shot_id, 40)} {job.asset_type}: {outcome[decision]}")
    return 0


def _fetch(job_id: str) -> int:
    """Ask the vendor of a job for its file."""
    import asyncio

    from film.cost_tracker import CostTracker, write_reports
    from film.jobs import Jobs
    from film.planning.services import running_services
    from film.production.fetching import fetch_job
    from film.production.memory import order_book
    from film.production.money import JournalMoney
    from film.settings import load_settings

    async def fetch() -> Job:
        async with running_services(load_settings(), online=True) as services:
            money = JournalMoney(CostTracker("jobs", engine=services.engine, settings=services.settings))
            jobs = Jobs(services.engine, money=money, book=order_book(services.settings))
            done = await fetch_job(services, jobs, jobs.job(job_id))
            write_reports(done.film_id, engine=services.engine, settings=services.settings)
            return done

    job = asyncio.run(fetch())
    click.echo(f"{job.id[:8]} {shorten(job.shot_id, 40)} {job.asset_type}: fetched; the next film make uses it")
    return 0


def _disputed(services: Services, film_id: str | None) -> dict[str, OverQuote]:
    """The bills that are not believed, by their job: it may be done, and its money is still somebody's affair."""
    from film.cost_tracker.standing import over_quote
    from film.db.session import snapshot

    with snapshot(services.engine) as connection:
        return {bill.job_id: bill for bill in over_quote(connection, film_id) if bill.disputed}


def _print(jobs: Sequence[Job], disputed: Mapping[str, OverQuote]) -> None:
    from film.db.base import now
    from film.jobs.advice import advice

    if not jobs:
        return
    header = ("job", "film", "shot", "", "provider", "state", "sent (UTC)", "price")
    rows = [
        (
            job.id[:8],
            job.film_id,
            job.shot_id,
            job.asset_type,
            job.provider,
            job.state,
            f"{job.created_at:%Y-%m-%d %H:%M}",
            dollars(job.quoted if job.billed is None else job.billed),
        )
        for job in jobs
    ]
    heading, *lines = table(rows, header, right=(7,)).split("\n")
    click.echo(one_line(heading))
    for job, line in zip(jobs, lines, strict=True):
        click.echo(one_line(line))
        claim = claim_line(disputed[job.id]) if job.id in disputed else ""
        for more in (shorten(job.error, 200), claim, advice(job, now())):
            if more:
                click.echo(f"{'':10}{one_line(more)}")


def claim_line(bill: OverQuote) -> str:
    """A bill that is not believed."""
    booked = f"{dollars(bill.billed)} is booked, {dollars(bill.disputed)} disputed"
    claimed = bill.billed + bill.disputed
    return f"{bill.provider} claims {dollars(claimed)} where {dollars(bill.quoted)} was quoted; {booked}"


def _document(job: Job, disputed: OverQuote | None) -> dict[str, Any]:
    from film.db.base import now
    from film.jobs.advice import advice

    return {
        "id": job.id,
        "film_id": job.film_id,
        "shot_id": job.shot_id,
        "asset_type": job.asset_type,
        "provider": job.provider,
        "model": job.model,
        "state": job.state,
        "vendor_job_id": job.vendor_job_id,
        "quoted_usd": str(job.quoted),
        "billed_usd": None if job.billed is None else str(job.billed),
        "claimed_usd": None if disputed is None else str(disputed.claimed),
        "error": job.error,
        "what_to_do": advice(job, now()),
        "sent": job.created_at.isoformat(),
        "changed": job.updated_at.isoformat(),
        "key": job.key,
    }
