"""``film costs``: what was spent, quoted against billed; what is not settled, and what was over its quote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import dollars, note, print_json, table, warn
from film.cli.looking import forgotten, library
from film.cli.options import as_json, option
from film.errors import InputError, told_apart
from film.files.own_files import fresh_beside

if TYPE_CHECKING:
    from film.cost_tracker.spending import Spending, Spent
    from film.cost_tracker.standing import OverQuote
    from film.planning.services import Services


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
    from film.cost_tracker import get_monthly_costs

    services = library()
    code = forgotten(services)
    if html:
        _write_page(services, html)
        click.echo(html)
        return code
    if film_id:
        from sqlalchemy.orm import Session

        from film.cost_tracker import get_project_cost_summary

        with Session(services.engine) as session:
            summary: Mapping[str, Any] = get_project_cost_summary(session, film_id)
        title = film_id
    else:
        year, number = _month(month)
        summary = get_monthly_costs(year, number, engine=services.engine)
        title = f"{year}-{number:02d}"
    if json:
        print_json(dict(summary))
        return code
    click.echo(f"{title}: {dollars(summary['total_cost'])}")
    if film_id and not _is_known(services, film_id):
        warn(f"no film in this gallery is called {film_id!r}")
    found = _spending(services, film_id, month)
    if rows := _sums(found):
        click.echo("\n" + table(rows, ("", "pieces", "amount"), right=(1, 2)))
    bills = [bill for bill in found.standing.over_quote if film_id or f"{bill.at:%Y-%m}" == title]
    if bills:
        header = ("over its quote", "film", "shot", "", "provider", "quoted", "billed", "disputed")
        click.echo("\n" + table(map(_bill, bills), header, right=(5, 6, 7)))
    for heading, groups in _groups(found, film_id):
        if rows := [_row(spent) for spent in groups if spent.purchases]:
            click.echo("\n" + table(rows, (heading, "pieces", "quoted", "billed"), right=(1, 2, 3)))
    note(f"reports: {services.settings.cost_reports}")
    return code


def _is_known(services: Services, film_id: str) -> bool:
    from sqlalchemy import exists, select

    from film.db.session import snapshot
    from film.db.tables import Film, LedgerEntry

    with snapshot(services.engine) as connection:
        return any(connection.scalar(select(exists().where(rows.film_id == film_id))) for rows in (Film, LedgerEntry))


def _spending(services: Services, film_id: str | None, month: str | None) -> Spending:
    from film.cost_tracker.spending import spending
    from film.cost_tracker.summary import within
    from film.db.session import snapshot

    only = [] if film_id else [within(*_month(month))]
    with snapshot(services.engine) as connection:
        return spending(connection, *only, film_id=film_id)


def _groups(found: Spending, film_id: str | None) -> Iterator[tuple[str, Sequence[Spent]]]:
    """What was spent, by whatever it can be told apart by."""
    if not film_id:
        yield "film", found.by_film
    yield "provider", found.by_provider
    yield "asset type", found.by_asset_type


def _sums(found: Spending) -> list[tuple[str, str, str]]:
    """What there is beside what was spent; nothing, where all is settled and nothing was reused."""
    stands, total = found.standing, found.total
    rows = [
        ("set aside", stands.orders_set_aside, stands.set_aside),
        ("under review", stands.orders_under_review, stands.under_review),
        ("disputed", stands.bills_disputed, stands.disputed),
        ("saved by reuse", total.reuses, total.saved),
    ]
    there = [(name, str(count), dollars(amount)) for name, count, amount in rows if count]
    return [("spent", str(total.purchases), dollars(total.billed)), *there] if there else []


def _bill(bill: OverQuote) -> tuple[str, ...]:
    disputed = dollars(bill.disputed) if bill.disputed else ""
    where = (bill.job_id[:8] or "-", bill.film_id, bill.shot_id, bill.asset_type, bill.provider)
    return *where, *told_apart(bill.quoted, bill.billed), disputed


def _row(spent: Spent) -> tuple[str, ...]:
    return spent.name, str(spent.purchases), dollars(spent.quoted), dollars(spent.billed)


def _write_page(services: Any, path: Path) -> None:
    from film.cost_tracker.page import costs_page
    from film.cost_tracker.spending import spending
    from film.db.base import now
    from film.db.session import snapshot
    from film.errors import StoreError

    if not _is_costs_page(path):
        raise InputError(
            f"{path} is there, and is no page of costs that this program wrote",
            hint="name another file, or move that one away",
            field="html",
        )
    with snapshot(services.engine) as connection:
        page = costs_page(spending(connection), now())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = fresh_beside(path)
        try:
            temporary.write_text(page, "utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}", hint="choose another file") from error


def _is_costs_page(path: Path) -> bool:
    """Whether what is there, if anything, may be replaced."""
    if path.is_symlink() or not path.is_file():
        return not path.exists() or path.is_dir()  # a folder is told when it is written to
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return not head or b"<title>Film costs</title>" in head


def _month(text: str | None) -> tuple[int, int]:
    if text is None:
        today = datetime.now(UTC)
        return today.year, today.month
    try:
        parsed = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no month; write it as 2026-11") from error
    return parsed.year, parsed.month
