"""``film plan``: what would be made, why, and what it costs. Nothing is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import counted, dollars, note, one_line, print_json, table, warn
from film.cli.looking import library
from film.cli.offers import offer_document, offer_lines, offers
from film.cli.options import as_json, budget_limit, film_options, no_cache

if TYPE_CHECKING:
    from film.planning.near_matches import NearMatches

PAID = ("reused", "ordered")
"""States of what costs nothing now: it is in the library, or its order is paid for or set aside already."""
STATES = ("reused", "ordered", "new", "stale")
COLUMN = {"image": "picture", "video": "clip", "audio": "speech"}


@click.command(name="plan")
@click.argument("shots", type=click.Path(path_type=Path))
@film_options
@budget_limit
@no_cache
@as_json
def command(**options: Any) -> int:
    """Say for each shot of SHOTS what is reused, new, stale or ordered, why, and what making it costs at most.

    Nothing is sent and nothing is made. Exit code 3 when it would not fit the budget.
    """
    from film.models import AssetType
    from film.planning.fit_warnings import outlook
    from film.planning.not_drawn import drafted, not_drawn, told
    from film.planning.params import film_params
    from film.planning.plan import SPENDING_OFF, plan_film
    from film.planning.requests import ProviderSet
    from film.settings import load_settings

    settings = load_settings(project=options["shots"].parent)
    for message in settings.notes:
        warn(message)
    as_document, given = options.pop("json"), options.pop("budget_limit")
    limit = settings.default_budget if given is None else given
    params = film_params(
        options.pop("shots"), settings, use_cache=not options.pop("no_cache"), budget_limit=limit, **options
    )
    services = library(settings, strict=True)
    plan = plan_film(params, services, ProviderSet(services.context))
    near, ahead = offers(plan, services), outlook(plan)
    pictures = ((shot.shot, shot.assets.get(AssetType.IMAGE)) for shot in plan.shots)
    missing = not_drawn(drafted((shot, row.ask.request.provider if row else None) for shot, row in pictures))
    if as_document:
        print_json({**_document(plan, near, ahead), "not_drawn": missing})
    else:
        for message in params.warnings:
            warn(message)
        for message in plan.endings:
            warn(message)
        _print(plan, plan.missing_keys(settings.keys))
        for message in (*ahead, *told(missing)):
            note(message)
        if plan.at_most and not settings.spend_allowed:
            warn(SPENDING_OFF)
        for line in offer_lines(near):
            click.echo(one_line(line))
    if plan.at_most:
        from film.cost_tracker import CostTracker

        CostTracker(params.film_id, limit, engine=services.engine, settings=settings).check_budget(plan.at_most)
    return 0


def spending_table(plan: Any) -> str:
    """What is bought, a row a provider and kind."""
    count: Counter[tuple[str, str, str]] = Counter()
    amount: dict[tuple[str, str, str], Decimal] = {}
    for asset in plan.assets:
        if asset.state not in PAID and asset.quote.amount:
            row = (COLUMN[asset.asset_type], asset.ask.request.provider, asset.ask.request.model)
            count[row] += len(asset.orders)
            amount[row] = amount.get(row, Decimal(0)) + asset.quote.amount
    rows = [(*row, str(count[row]), dollars(amount[row], at_most=True)) for row in sorted(count)]
    return table(rows, ("", "provider", "model", "pieces", "at most"), right=(3, 4))


def ordered_line(plan: Any) -> str:
    """Says that what is ordered already is no new money; empty where nothing is."""
    if not (ordered := plan.count("ordered")):
        return ""
    return f"not in the total: {counted(ordered, 'piece')} ordered before, and paid for or set aside then (film jobs)"


def _print(plan: Any, missing: list[str]) -> None:
    rows: list[tuple[str, ...]] = []
    for shot in plan.shots:
        if shot.shot.title:
            rows.append((shot.shot.shot_id, "title", "", "drawn in the cut", "", dollars(Decimal(0)), ""))
        for kind, asset in shot.assets.items():
            rows.append(
                (
                    shot.shot.shot_id,
                    COLUMN[kind],
                    asset.ask.request.provider,
                    asset.state,
                    "" if asset.state == "reused" and not asset.taken else asset.why,
                    "" if asset.state == "reused" else dollars(asset.quote.amount, at_most=True),
                    "" if asset.state in PAID else asset.quote.basis,
                )
            )
    click.echo(table(rows, ("shot", "", "provider", "state", "why", "price", ""), right=(5,)))
    states = ", ".join(f"{plan.count(state)} {state}" for state in STATES if plan.count(state))
    click.echo(f"\n{counted(len(plan.shots), 'shot')}: {states}")
    click.echo(
        f"total, at most: {dollars(plan.at_most, at_most=True)}"
        + (f" (reuse saves {dollars(plan.saved)})" if plan.saved else "")
    )
    if ordered := ordered_line(plan):
        note(ordered)
    if plan.speech:
        note(plan.speech)
    for said in plan.notices:
        note(f"{said.provider}: {said.text} ({_which(said.shots)})")
    if missing:
        note(f"API keys still missing: {', '.join(missing)} (or use --tier draft)")


def _which(shots: Sequence[str]) -> str:
    return shots[0] if len(shots) == 1 else counted(len(shots), "shot")


def _document(plan: Any, near: NearMatches | None, ahead: list[str]) -> dict[str, Any]:
    offered: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for match in near or ():
        offered[match.shot_id, match.asset.asset_type].append(offer_document(match))
    return {
        "film_id": plan.params.film_id,
        "tier": plan.params.tier,
        "total_at_most_usd": str(plan.at_most),
        "reused": plan.count("reused"),
        "new": plan.count("new"),
        "stale": plan.count("stale"),
        "ordered": plan.count("ordered"),
        "near_unseen": near.unseen if near else 0,
        "outlook": ahead,
        "warnings": list(plan.params.warnings),
        "speech": plan.speech,
        "endings": list(plan.endings),
        "notices": [{"provider": said.provider, "text": said.text, "shots": list(said.shots)} for said in plan.notices],
        "shots": [
            {
                "shot_id": shot.shot.shot_id,
                **({"title": shot.shot.title.text} if shot.shot.title else {}),
                "at_most_usd": str(shot.at_most),
                "assets": [
                    {
                        "asset_type": kind.value,
                        "provider": asset.ask.request.provider,
                        "model": asset.ask.request.model,
                        "state": asset.state,
                        "why": asset.why,
                        "price_usd": str(asset.quote.amount),
                        "basis": asset.quote.basis,
                        "key": asset.key,
                        "near": offered[shot.shot.shot_id, kind],
                    }
                    for kind, asset in shot.assets.items()
                ],
            }
            for shot in plan.shots
        ],
    }
