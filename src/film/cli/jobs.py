"""``film jobs``: what was ordered and has no happy end yet, what to do about each, and the user's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import dollars, note, one_line, print_json, shorten, table
from film.cli.looking import told_first, workspace
from film.cli.options import Dollars, as_json, option

if TYPE_CHECKING:
    from film.app.bills import BillOverQuote
    from film.app.jobs import Decision, JobLine, ResolvedJob

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
    from film.app.jobs import ListJobs, list_jobs

    found = list_jobs(ListJobs(film_id=film_id, closed=all), workspace())
    code = told_first(found.forgotten)
    if json:
        print_json([job.model_dump(mode="json") for job in found.jobs])
        return code
    _print(found.jobs)
    if not found.jobs:
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
    from film.app.jobs import ResolveJob, fetch_job, resolve_job
    from film.app.running import blocking

    if [charged is not None, not_charged, rebuy, fetch].count(True) != 1:
        raise click.UsageError("say one of --charged, --not-charged, --rebuy and --fetch")
    room = workspace()
    if fetch:
        done = blocking(lambda _stop: fetch_job(job_id, room))
        click.echo(f"{_named(done)}: fetched; the next film make uses it")
        return 0
    decision: Decision = "charged" if charged is not None else "not-charged" if not_charged else "rebuy"
    amount = charged if isinstance(charged, Decimal) else None
    job = resolve_job(ResolveJob(job_id=job_id, decision=decision, amount=amount), room)
    billed = dollars(job.billed_usd or Decimal(0))
    outcome = {
        "charged": f"booked as charged {billed}; it is not bought again",
        "not-charged": "booked as not charged; the next run may buy it",
        "rebuy": f"booked as charged {billed}; the next run buys it again",
    }
    click.echo(f"{_named(job)}: {outcome[decision]}")
    return 0


def _named(job: ResolvedJob) -> str:
    return f"{job.id[:8]} {shorten(job.shot_id, 40)} {job.asset_type}"


def _print(jobs: Sequence[JobLine]) -> None:
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
            f"{datetime.fromisoformat(job.sent):%Y-%m-%d %H:%M}",
            dollars(job.quoted_usd if job.billed_usd is None else job.billed_usd),
        )
        for job in jobs
    ]
    heading, *lines = table(rows, header, right=(7,)).split("\n")
    click.echo(one_line(heading))
    for job, line in zip(jobs, lines, strict=True):
        click.echo(one_line(line))
        claim = claim_line(job.disputed_bill) if job.disputed_bill else ""
        for more in (shorten(job.error, 200), claim, job.what_to_do):
            if more:
                click.echo(f"{'':10}{one_line(more)}")


def claim_line(bill: BillOverQuote) -> str:
    """A bill that is not believed."""
    booked = f"{dollars(bill.billed_usd)} is booked, {dollars(bill.disputed_usd)} disputed"
    claimed = bill.billed_usd + bill.disputed_usd
    return f"{bill.provider} claims {dollars(claimed)} where {dollars(bill.quoted_usd)} was quoted; {booked}"
