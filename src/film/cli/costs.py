"""``film costs``: what was spent, quoted against billed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from film.cli.console import dollars, note, print_json, table
from film.cli.looking import library
from film.cli.options import as_json, option


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
    """What FILM_ID has cost, or all films in a month."""
    from film.cost_tracker import get_monthly_costs

    services = library()
    if html:
        _write_page(services, html)
        click.echo(html)
        return 0
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
        return 0
    click.echo(f"{title}: {dollars(summary['total_cost'])}")
    for group in ("by_project", "by_provider", "by_asset_type"):
        amounts: Mapping[str, Decimal] = summary.get(group) or {}
        if amounts:
            click.echo("")
            heading = group.removeprefix("by_").replace("_", " ").replace("project", "film")
            click.echo(table([(n, dollars(a)) for n, a in sorted(amounts.items())], (heading, "cost"), right=(1,)))
    note(f"reports: {services.settings.cost_reports}")
    return 0


def _write_page(services: Any, path: Path) -> None:
    from film.cost_tracker.page import costs_page
    from film.cost_tracker.spending import spending
    from film.db.base import now
    from film.db.session import snapshot
    from film.errors import StoreError

    with snapshot(services.engine) as connection:
        page = costs_page(spending(connection), now())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}", hint="choose another file") from error


def _month(text: str | None) -> tuple[int, int]:
    if text is None:
        today = datetime.now(UTC)
        return today.year, today.month
    try:
        parsed = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no month; write it as 2026-11") from error
    return parsed.year, parsed.month
