"""``plan_film``: what would be made, why, and what it costs at most. Nothing is sent and nothing is made.

PlanFilm ──► FilmParams ──► FilmPlan ──► FilmEstimate: a row for each picture, clip and line, and the sums
                                     └─► SpendingQuestion: what is bought, for whoever has to agree to it
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from film.app.film_options import PlanFilm
from film.app.models import Aside, UseCaseResult
from film.app.offers import Offer, Offers, offers_for
from film.app.workspace import Workspace
from film.environment.env_trust import shown_url
from film.errors import BudgetExceededError
from film.models import AssetType

if TYPE_CHECKING:
    from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
    from film.settings import Settings

STATES = ("reused", "ordered", "new", "stale")
PAID = ("reused", "ordered")
"""States of what costs nothing now: it is in the library, or its order is paid for or set aside already."""


class AssetEstimate(UseCaseResult):
    """A picture, clip or line of a shot, as it stands."""

    asset_type: AssetType
    provider: str
    model: str
    state: Literal["reused", "ordered", "new", "stale"]
    why: str
    price_usd: Decimal
    """At most."""
    basis: str
    """How the price comes about."""
    key: str | None
    near: tuple[Offer, ...]
    is_taken: Aside[bool] = False
    """Whether the shot names it in ``reuse``."""


class ShotEstimate(UseCaseResult):
    shot_id: str
    title: str = ""
    """The words of a title, which is drawn in the cut for nothing."""
    at_most_usd: Decimal
    assets: tuple[AssetEstimate, ...]


class ProviderNotice(UseCaseResult):
    """What a provider cannot take of what these shots ask for."""

    provider: str
    text: str
    shots: tuple[str, ...]


class SpendingLine(UseCaseResult):
    """What is bought of one kind, from one model."""

    asset_type: AssetType
    provider: str
    model: str
    pieces: int
    at_most_usd: Decimal


class FilmEstimate(UseCaseResult):
    """The whole film, in film order."""

    film_id: str
    tier: str
    total_at_most_usd: Decimal
    reused: int
    new: int
    stale: int
    ordered: int
    near_unseen: int
    outlook: tuple[str, ...]
    """What the cut will have to do to make things fit."""
    warnings: tuple[str, ...]
    speech: str
    """Who speaks where nobody was named."""
    endings: tuple[str, ...]
    """What of that which is bought ends soon."""
    notices: tuple[ProviderNotice, ...]
    references: Mapping[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    """Shot → of whom and what its picture's model is sent pictures."""
    sheets: tuple[ShotEstimate, ...] = ()
    """Pictures of characters and places that are made first, once, and that pictures of shots go by."""
    shots: tuple[ShotEstimate, ...] = ()
    not_drawn: Mapping[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    """Shot → what its draft cannot show, by name."""
    saved_usd: Aside[Decimal] = Decimal(0)
    """What the reused assets were paid for with."""
    missing_keys: Aside[tuple[str, ...]] = ()
    """Variables of API keys that are needed and not set."""
    offers: Aside[Offers] = Offers()
    spending_off: Aside[str] = ""
    """Why nothing could be bought, where that is so."""
    over_budget: Aside[BudgetExceededError | None] = None
    """Set where it would not fit what is left of a limit."""

    def count(self, state: str) -> int:
        return {"reused": self.reused, "new": self.new, "stale": self.stale, "ordered": self.ordered}[state]


class SpendingQuestion(UseCaseResult):
    """What somebody has to agree to before anything is bought."""

    film_id: str
    lines: tuple[SpendingLine, ...]
    total_at_most_usd: Decimal
    limit_usd: Decimal | None
    ordered: int
    """Pieces that are ordered already, and not in the total."""
    outlook: tuple[str, ...]
    moved: tuple[str, ...]
    """``account at address`` for vendors that are reached elsewhere than at their own: who agrees agrees to that."""
    offers: Offers


def plan_film(asked: PlanFilm, workspace: Workspace) -> FilmEstimate:
    """Plan a film as its shots and the library stand now.

    Raises InputError for shots that cannot be read, UnknownPriceError where no price is known.
    """
    from film.planning.fit_warnings import fit_warnings
    from film.planning.not_drawn import drafted, not_drawn
    from film.planning.plan import SPENDING_OFF
    from film.planning.plan import plan_film as planned
    from film.planning.requests import ProviderSet

    settings = workspace.settings
    params = asked.params(settings)
    services = workspace.looking(strict=True)
    plan = planned(params, services, ProviderSet(services.context))
    offers = offers_for(plan, services)
    pictures = ((shot.shot, shot.assets.get(AssetType.IMAGE)) for shot in plan.shots)
    near: dict[tuple[str, AssetType], list[Offer]] = defaultdict(list)
    for offer in offers.matches:
        near[offer.shot_id, offer.asset_type].append(offer)
    return FilmEstimate(
        film_id=params.film_id,
        tier=params.tier,
        total_at_most_usd=plan.at_most,
        reused=plan.count("reused"),
        new=plan.count("new"),
        stale=plan.count("stale"),
        ordered=plan.count("ordered"),
        near_unseen=offers.unseen,
        outlook=tuple(fit_warnings(plan)),
        warnings=params.warnings,
        speech=plan.speech,
        endings=plan.endings,
        notices=tuple(ProviderNotice(provider=n.provider, text=n.text, shots=n.shots) for n in plan.notices),
        references=dict(plan.references),
        sheets=tuple(_shot(sheet, near) for sheet in plan.sheets),
        shots=tuple(_shot(shot, near) for shot in plan.shots),
        not_drawn=not_drawn(drafted((shot, row.ask.request.provider if row else None) for shot, row in pictures)),
        saved_usd=plan.saved,
        missing_keys=tuple(plan.missing_keys(settings.keys)),
        offers=offers,
        spending_off=SPENDING_OFF if plan.at_most and not settings.spend_allowed else "",
        over_budget=_over_budget(plan, workspace),
    )


def spending_question(plan: FilmPlan, workspace: Workspace) -> SpendingQuestion:
    """What to ask before this plan is carried out."""
    from film.planning.fit_warnings import fit_warnings

    return SpendingQuestion(
        film_id=plan.params.film_id,
        lines=spending_lines(plan),
        total_at_most_usd=plan.at_most,
        limit_usd=plan.params.budget_limit,
        ordered=plan.count("ordered"),
        outlook=tuple(fit_warnings(plan)),
        moved=moved_to(plan, workspace.settings),
        offers=offers_for(plan, workspace.looking()),
    )


def spending_lines(plan: FilmPlan) -> tuple[SpendingLine, ...]:
    """What is bought, a line for each kind, provider and model."""
    count: dict[tuple[AssetType, str, str], int] = defaultdict(int)
    amount: dict[tuple[AssetType, str, str], Decimal] = defaultdict(Decimal)
    for asset in plan.assets:
        if asset.state not in PAID and asset.quote.amount:
            line = (asset.asset_type, asset.ask.request.provider, asset.ask.request.model)
            count[line] += len(asset.orders)
            amount[line] += asset.quote.amount
    return tuple(
        SpendingLine(asset_type=kind, provider=provider, model=model, pieces=pieces, at_most_usd=amount[line])
        for line, pieces in count.items()
        for kind, provider, model in (line,)
    )


def moved_to(plan: FilmPlan, settings: Settings) -> tuple[str, ...]:
    """The addresses, other than the vendors' own, that what is bought would be ordered from."""
    accounts = {order.ask.provider.account for asset in plan.assets for order in asset.orders}
    return tuple(f"{account} at {shown_url(url)}" for account, url in settings.base_urls.items() if account in accounts)


def _shot(shot: ShotPlan, near: Mapping[tuple[str, AssetType], list[Offer]]) -> ShotEstimate:
    return ShotEstimate(
        shot_id=shot.shot.shot_id,
        title=shot.shot.title.text if shot.shot.title else "",
        at_most_usd=shot.at_most,
        assets=tuple(
            _estimated(kind, asset, tuple(near.get((shot.shot.shot_id, kind), ())))
            for kind, asset in shot.assets.items()
        ),
    )


def _estimated(kind: AssetType, asset: PlannedAsset, near: tuple[Offer, ...]) -> AssetEstimate:
    return AssetEstimate(
        asset_type=kind,
        provider=asset.ask.request.provider,
        model=asset.ask.request.model,
        state=asset.state,
        why=asset.why,
        price_usd=asset.quote.amount,
        basis=asset.quote.basis,
        key=asset.key,
        near=near,
        is_taken=asset.taken is not None,
    )


def _over_budget(plan: FilmPlan, workspace: Workspace) -> BudgetExceededError | None:
    if not plan.at_most:
        return None
    from film.cost_tracker import CostTracker

    services, params = workspace.looking(told=True), plan.params
    costs = CostTracker(params.film_id, params.budget_limit, engine=services.engine, settings=workspace.settings)
    try:
        costs.check_budget(plan.at_most)
    except BudgetExceededError as error:
        return error
    return None
