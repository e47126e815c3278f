"""``film costs``: what was spent, quoted against billed; what is not settled, and what was over its quote."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from film.cli.console import dollars, note, print_json, table, warn
from film.cli.looking import told_first, workspace
from film.cli.options import as_json, option
from film.errors import told_apart

if TYPE_CHECKING:
    from film.app.bills import BillOverQuote
    from film.app.costs import SpendingDetails, SpentLine


@click.command(name="costs")
@click.argument("film_id", required=False)
@option("month", metavar="YYYY-MM", help="A month of all films; by default the current one.")
@option(
    "html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page with charts of everything ever spent: by month, film and provider.",
)
@as_json
def command(film_id: str | None, month: str | None, html: Path | None, json: bool) -> int:
    """What FILM_ID has cost, or all films in a month.

    Beside what is spent stands what is set aside for orders under way, what is under review or disputed (film jobs says
    what to do), and what reuse saved: what the reused assets had cost. Bills over their quote are listed.
    Where the database does not know orders that the gallery has on record, that is said first, and the exit code is not
    0.
    """
    from film.app.costs import AskCosts, costs, write_costs_page

    room = workspace()
    if html:
        code = told_first(room.forgotten())
        write_costs_page(html, room)
        click.echo(html)
        return code
    found = costs(AskCosts(film_id=film_id, month=_month(month)), room)
    code = told_first(found.forgotten)
    if json:
        print_json(found.model_dump(mode="json"))
        return code
    click.echo(f"{found.title}: {dollars(found.total_cost)}")
    if not found.is_known:
        warn(f"no film in this gallery is called {film_id!r}")
    if rows := _sums(found.details):
        click.echo("\n" + table(rows, ("", "pieces", "amount"), right=(1, 2)))
    if found.over_quote:
        header = ("over its quote", "film", "shot", "", "provider", "quoted", "billed", "disputed")
        click.echo("\n" + table(map(_bill, found.over_quote), header, right=(5, 6, 7)))
    for heading, group in found.details.groups.items():
        if rows := [_row(spent) for spent in group]:
            click.echo("\n" + table(rows, (heading, "pieces", "quoted", "billed"), right=(1, 2, 3)))
    note(f"reports: {found.reports}")
    return code


def _sums(found: SpendingDetails) -> list[tuple[str, str, str]]:
    """What there is beside what was spent; nothing, where all is settled and nothing was reused."""
    rows = [
        ("set aside", found.orders_set_aside, found.set_aside_usd),
        ("under review", found.orders_under_review, found.under_review_usd),
        ("disputed", found.bills_disputed, found.disputed_usd),
        ("saved by reuse", found.reuses, found.saved_usd),
    ]
    there = [(name, str(count), dollars(amount)) for name, count, amount in rows if count]
    return [("spent", str(found.purchases), dollars(found.spent_usd)), *there] if there else []


def _bill(bill: BillOverQuote) -> tuple[str, ...]:
    disputed = dollars(bill.disputed_usd) if bill.disputed_usd else ""
    where = (bill.job_id[:8] or "-", bill.film_id, bill.shot_id, bill.asset_type, bill.provider)
    return *where, *told_apart(bill.quoted_usd, bill.billed_usd), disputed


def _row(spent: SpentLine) -> tuple[str, ...]:
    return spent.name, str(spent.purchases), dollars(spent.quoted_usd), dollars(spent.billed_usd)


def _month(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    try:
        parsed = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no month; write it as 2026-11") from error
    return parsed.year, parsed.month
