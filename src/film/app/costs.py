"""What was spent, quoted against billed; what is not settled, and what was over its quote.

AskCosts ──► FilmCosts | MonthCosts, with the groups by which it can be told apart
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from film.app.bills import BillOverQuote
from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import FilmError, InputError, StoreError
from film.files.own_files import fresh_beside

if TYPE_CHECKING:
    from film.cost_tracker.spending import Spending, Spent
    from film.planning.services import Services


class AskCosts(UseCaseInput):
    """Whose costs: a film's, or those of all films in a month (UTC), by default the current one."""

    film_id: str | None = None
    month: tuple[int, int] | None = None
    """Year and month."""

    @property
    def year_and_month(self) -> tuple[int, int]:
        today = datetime.now(UTC)
        return self.month or (today.year, today.month)


class SpentLine(UseCaseResult):
    """Dollars of one film, provider or kind."""

    name: str
    purchases: int
    quoted_usd: Decimal
    billed_usd: Decimal


class SpendingDetails(UseCaseResult):
    """What was spent, by whatever it can be told apart by, and what stands beside it."""

    purchases: int
    spent_usd: Decimal
    reuses: int
    saved_usd: Decimal
    orders_set_aside: int
    set_aside_usd: Decimal
    orders_under_review: int
    under_review_usd: Decimal
    bills_disputed: int
    disputed_usd: Decimal
    groups: dict[str, tuple[SpentLine, ...]]
    """By film, provider and asset type, the dearest first."""


class _Costs(UseCaseResult):
    """What both kinds of sums have beside their figures."""

    title: Aside[str]
    """The film's id, or the month."""
    details: Aside[SpendingDetails]
    is_known: Aside[bool] = True
    """False for a film that this gallery has never heard of."""
    reports: Aside[Path]
    """Where the reports lie that are written after each run."""
    forgotten: Aside[FilmError | None] = None
    """What to tell before anything else."""


class FilmCosts(_Costs):
    """What a film has cost so far, in dollars."""

    project_id: str
    total_cost: Decimal
    reserved: Decimal
    saved: Decimal
    limit: Decimal | None
    by_provider: dict[str, Decimal]
    by_asset_type: dict[str, Decimal]
    by_shot: dict[str, Decimal]
    entries: int
    """Of the ledger."""
    saved_usd: Decimal
    set_aside_usd: Decimal
    under_review_usd: Decimal
    disputed_usd: Decimal
    over_quote: tuple[BillOverQuote, ...]


class MonthCosts(_Costs):
    """What all films cost in a month, in dollars."""

    year: int
    month: int
    total_cost: Decimal
    project_count: int
    by_provider: dict[str, Decimal]
    by_asset_type: dict[str, Decimal]
    by_project: dict[str, Decimal]
    saved: Decimal
    entries: int
    saved_usd: Decimal
    set_aside_usd: Decimal
    under_review_usd: Decimal
    disputed_usd: Decimal
    over_quote: tuple[BillOverQuote, ...]


def costs(asked: AskCosts, workspace: Workspace) -> FilmCosts | MonthCosts:
    """What a film has cost, or all films in a month. Bills over their quote are in it."""
    services = workspace.looking()
    beside: dict[str, object] = {
        "forgotten": workspace.forgotten(),
        "details": _details(services, asked),
        "reports": services.settings.cost_reports,
    }
    if asked.film_id:
        known = _is_known(services, asked.film_id)
        summary = _film_summary(services, asked.film_id)
        return FilmCosts.model_validate({**summary, **beside, "title": asked.film_id, "is_known": known})
    from film.cost_tracker import get_monthly_costs

    year, month = asked.year_and_month
    summary = get_monthly_costs(year, month, engine=services.engine)
    return MonthCosts.model_validate({**summary, **beside, "title": f"{year}-{month:02d}"})


def write_costs_page(path: Path, workspace: Workspace) -> None:
    """Write a page with charts of everything ever spent.

    Raises InputError where something else lies there, StoreError where it cannot be written.
    """
    from film.cost_tracker.page import costs_page
    from film.cost_tracker.spending import spending
    from film.db.base import now
    from film.db.session import snapshot

    services = workspace.looking()
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


def _film_summary(services: Services, film_id: str) -> Mapping[str, object]:
    from film.cost_tracker import get_project_cost_summary
    from film.db.session import snapshot

    with snapshot(services.engine) as connection:
        return get_project_cost_summary(connection, film_id)


def _is_known(services: Services, film_id: str) -> bool:
    from sqlalchemy import exists, select

    from film.db.session import snapshot
    from film.db.tables import Film, LedgerEntry

    with snapshot(services.engine) as connection:
        return any(connection.scalar(select(exists().where(rows.film_id == film_id))) for rows in (Film, LedgerEntry))


def _details(services: Services, asked: AskCosts) -> SpendingDetails:
    from film.cost_tracker.spending import spending
    from film.cost_tracker.summary import within
    from film.db.session import snapshot

    only = [] if asked.film_id else [within(*asked.year_and_month)]
    with snapshot(services.engine) as connection:
        found = spending(connection, *only, film_id=asked.film_id)
    stands, total = found.standing, found.total
    return SpendingDetails(
        purchases=total.purchases,
        spent_usd=total.billed,
        reuses=total.reuses,
        saved_usd=total.saved,
        orders_set_aside=stands.orders_set_aside,
        set_aside_usd=stands.set_aside,
        orders_under_review=stands.orders_under_review,
        under_review_usd=stands.under_review,
        bills_disputed=stands.bills_disputed,
        disputed_usd=stands.disputed,
        groups=_groups(found, asked.film_id),
    )


def _groups(found: Spending, film_id: str | None) -> dict[str, tuple[SpentLine, ...]]:
    by_film = {} if film_id else {"film": found.by_film}
    groups = {**by_film, "provider": found.by_provider, "asset type": found.by_asset_type}
    return {name: tuple(_spent(one) for one in some if one.purchases) for name, some in groups.items()}


def _spent(spent: Spent) -> SpentLine:
    return SpentLine(name=spent.name, purchases=spent.purchases, quoted_usd=spent.quoted, billed_usd=spent.billed)
