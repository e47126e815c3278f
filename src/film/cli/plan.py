"""``film plan``: what would be made, why, and what it costs. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from film.cli.console import counted, dollars, note, one_line, print_json, table, warn
from film.cli.looking import workspace_for
from film.cli.offers import offer_lines
from film.cli.options import as_json, budget_limit, film_options, no_cache

if TYPE_CHECKING:
    from film.app.plans import FilmEstimate, SpendingLine


@click.command(name="plan")
@click.argument("shots", type=click.Path(path_type=Path))
@film_options
@budget_limit
@no_cache
@as_json
def command(shots: Path, json: bool, no_cache: bool, **options: object) -> int:
    """Say for each shot of SHOTS what is reused, new, stale or ordered, why, and what making it costs at most.

    Nothing is sent and nothing is made. Exit code 3 when it would not fit the budget.
    """
    from film.app.film_options import PlanFilm
    from film.app.plans import plan_film

    workspace = workspace_for(shots)
    asked = PlanFilm.model_validate({"shots": shots, "use_cache": not no_cache, **options})
    estimate = plan_film(asked, workspace)
    if json:
        print_json(estimate.model_dump(mode="json"))
    else:
        print_estimate(estimate)
    if estimate.over_budget:
        raise estimate.over_budget
    return 0


def spending_table(lines: Sequence[SpendingLine]) -> str:
    """What is bought, a row a provider and kind."""
    from film.app.models import KIND_WORDS

    rows = sorted((KIND_WORDS[line.asset_type], line.provider, line.model, line) for line in lines)
    cells = [(*words, str(line.pieces), dollars(line.at_most_usd, at_most=True)) for *words, line in rows]
    return table(cells, ("", "provider", "model", "pieces", "at most"), right=(3, 4))


def ordered_line(pieces: int) -> str:
    """Says that what is ordered already is no new money; empty where nothing is."""
    if not pieces:
        return ""
    return f"not in the total: {counted(pieces, 'piece')} ordered before, and paid for or set aside then (film jobs)"


def print_estimate(estimate: FilmEstimate) -> None:
    """A row for each picture, clip and line, and the sums."""
    for message in (*estimate.warnings, *estimate.endings):
        warn(message)
    click.echo(table([*_rows(estimate)], ("shot", "", "provider", "state", "why", "price", ""), right=(5,)))
    _print_sums(estimate)
    for message in estimate.outlook:
        note(message)
    for shot_id, names in estimate.not_drawn.items():
        note(f"{shot_id}: not drawn: {', '.join(names)}")
    if estimate.spending_off:
        warn(estimate.spending_off)
    for line in offer_lines(estimate.offers):
        click.echo(one_line(line))


def _rows(estimate: FilmEstimate) -> Iterator[tuple[str, ...]]:
    from film.app.models import KIND_WORDS
    from film.app.plans import PAID

    for shot in (*estimate.sheets, *estimate.shots):
        if shot.title:
            yield (shot.shot_id, "title", "", "drawn in the cut", "", dollars(Decimal(0)), "")
        for asset in shot.assets:
            yield (
                shot.shot_id,
                KIND_WORDS[asset.asset_type],
                asset.provider,
                asset.state,
                "" if asset.state == "reused" and not asset.is_taken else asset.why,
                "" if asset.state == "reused" else dollars(asset.price_usd, at_most=True),
                "" if asset.state in PAID else asset.basis,
            )


def _consistent(references: Mapping[str, Sequence[str]]) -> str:
    """Whom and what the pictures of which shots go by."""
    shots: dict[str, list[str]] = {}
    for shot_id, names in references.items():
        for name in names:
            shots.setdefault(name, []).append(shot_id)
    told = (f"{name} ({ids[0] if len(ids) == 1 else counted(len(ids), 'shot')})" for name, ids in shots.items())
    return f"the same in every shot, by reference pictures: {', '.join(told)}"


def _print_sums(estimate: FilmEstimate) -> None:
    from film.app.plans import STATES

    states = ", ".join(f"{estimate.count(state)} {state}" for state in STATES if estimate.count(state))
    click.echo(f"\n{counted(len(estimate.shots), 'shot')}: {states}")
    click.echo(
        f"total, at most: {dollars(estimate.total_at_most_usd, at_most=True)}"
        + (f" (reuse saves {dollars(estimate.saved_usd)})" if estimate.saved_usd else "")
    )
    if ordered := ordered_line(estimate.ordered):
        note(ordered)
    if estimate.speech:
        note(estimate.speech)
    if estimate.references:
        note(_consistent(estimate.references))
    for said in estimate.notices:
        where = said.shots[0] if len(said.shots) == 1 else counted(len(said.shots), "shot")
        note(f"{said.provider}: {said.text} ({where})")
    if missing := estimate.missing_keys:
        note(f"API keys still missing: {', '.join(missing)} (or use --tier draft)")
