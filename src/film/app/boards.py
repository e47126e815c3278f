"""A film as cards: what is there of each shot, what it would cost, its takes, its approval.

FilmPlan + Notes ──► Board of ShotCards, with stages: each says what it would buy and what stands before it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from film.app.film_desk import FilmDesk
from film.app.review_notes import Notes
from film.models import AssetType, Model
from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
from film.planning.results import asset_id

Status = Literal["new", "stale", "ordered", "still", "review", "approved"]
"""Nothing is there · something changed since · ordered · the picture is there · all is there · and it is approved."""


class CardAsset(Model):
    """A picture, clip or line of a shot. ``asset_id`` is there once it is made."""

    kind: AssetType
    state: Literal["reused", "ordered", "new", "stale"]
    why: str
    price_usd: Decimal
    basis: str
    provider: str
    model: str
    key: str | None
    asset_id: str | None = None
    approved: bool = False
    takes: int = 0


class ShotCard(Model):
    id: str
    status: Status
    price_usd: Decimal
    saved_usd: Decimal
    takes: int
    assets: tuple[CardAsset, ...]


class Stage(Model):
    """A gate: what it buys, and how much of the stage before is approved. ``shots`` are those that it would make."""

    name: Literal["stills", "clips", "film"]
    total: int
    there: int
    approved: int
    shots: tuple[str, ...]
    at_most_usd: Decimal


class Money(Model):
    """Of the film, in dollars. ``left_usd`` is under the tightest limit, the day's included."""

    limit_usd: Decimal
    spent_usd: Decimal
    held_usd: Decimal
    left_usd: Decimal


class Board(Model):
    tier: str
    is_draft: bool
    width: int
    height: int
    at_most_usd: Decimal
    saved_usd: Decimal
    money: Money
    cards: tuple[ShotCard, ...]
    stages: tuple[Stage, ...]
    warnings: tuple[str, ...]
    missing_keys: tuple[str, ...]


def board(desk: FilmDesk, tier: str | None = None, shots: Iterable[str] | None = None) -> Board:
    """The film's cards at a tier, or those of some shots.

    Args:
        desk: The film.
        tier: A set of providers; by default the one it was last looked at.
        shots: Ids of shots; then stages and sums are those of these shots alone.
    """
    plan, notes = desk.plan(tier, shots=shots), desk.notes.notes()
    cards = tuple(_card(shot, plan, notes) for shot in plan.shots)
    return Board(
        tier=plan.params.tier,
        is_draft=plan.params.is_draft,
        width=plan.params.width,
        height=plan.params.height,
        at_most_usd=plan.at_most,
        saved_usd=plan.saved,
        money=money(desk),
        cards=cards,
        stages=stages(plan, cards),
        warnings=(*plan.params.warnings, *plan.endings),
        missing_keys=tuple(plan.missing_keys(desk.settings.keys)),
    )


def money(desk: FilmDesk) -> Money:
    """What may be spent on a film, and what was."""
    costs = desk.costs
    left = costs.left()
    return Money(
        limit_usd=desk.limit,
        spent_usd=costs.spent(),
        held_usd=costs.held(),
        left_usd=desk.limit if left is None else left,
    )


def stages(plan: FilmPlan, cards: Iterable[ShotCard]) -> tuple[Stage, ...]:
    """The gates of a film: stills, clips of approved stills, the film of approved clips."""
    by_id = {card.id: card for card in cards}
    stills = [(shot, row) for shot in plan.shots if (row := shot.assets.get(AssetType.IMAGE))]
    is_ready = {
        shot.shot.shot_id: _approved(by_id[shot.shot.shot_id], AssetType.IMAGE) or AssetType.IMAGE not in shot.assets
        for shot in plan.shots
    }
    sheets = sum((sheet.at_most for sheet in plan.sheets), Decimal(0))
    to_draw = [(shot, row) for shot, row in stills if row.state in ("new", "stale")]
    to_move = [shot for shot in plan.shots if is_ready[shot.shot.shot_id] and shot.to_make]
    clips = [card for card in by_id.values() if _there(card, AssetType.VIDEO)]
    done = sum(1 for shot in plan.shots if not shot.to_make)
    approved = sum(1 for card in clips if _approved(card, AssetType.VIDEO))
    return (
        Stage(
            name="stills",
            total=len(stills),
            there=sum(1 for _, row in stills if row.state == "reused"),
            approved=sum(1 for card in by_id.values() if _approved(card, AssetType.IMAGE)),
            shots=tuple(shot.shot.shot_id for shot, _ in to_draw),
            at_most_usd=sum((row.quote.amount for _, row in to_draw), sheets),
        ),
        Stage(
            name="clips",
            total=len(plan.shots),
            there=len(clips),
            approved=approved,
            shots=tuple(shot.shot.shot_id for shot in to_move),
            at_most_usd=sum((shot.at_most for shot in to_move), Decimal(0)),
        ),
        Stage(
            name="film",
            total=len(plan.shots),
            there=done,
            approved=approved,
            shots=tuple(shot.shot.shot_id for shot in plan.shots if shot.to_make),
            at_most_usd=plan.at_most,
        ),
    )


def _card(shot: ShotPlan, plan: FilmPlan, notes: Notes) -> ShotCard:
    shot_id = shot.shot.shot_id
    assets = tuple(
        _asset(kind, row, notes, len(plan.known.get((shot_id, kind), ()))) for kind, row in shot.assets.items()
    )
    return ShotCard(
        id=shot_id,
        status=_status(assets),
        price_usd=shot.at_most,
        saved_usd=sum((row.saved for row in shot.assets.values()), Decimal(0)),
        takes=max((one.takes for one in assets if one.kind is not AssetType.AUDIO), default=0),
        assets=assets,
    )


def _asset(kind: AssetType, row: PlannedAsset, notes: Notes, takes: int) -> CardAsset:
    there = row.state == "reused" and row.key is not None
    named = row.taken.asset_id if row.taken else asset_id(kind, row.key or "")
    return CardAsset(
        kind=kind,
        state=row.state,
        why=row.why,
        price_usd=row.quote.amount,
        basis=row.quote.basis,
        provider=row.ask.request.provider,
        model=row.ask.request.model,
        key=row.key,
        asset_id=named if there else None,
        approved=there and notes.approved.get((row.shot_id, kind.value)) == row.key,
        takes=takes,
    )


def _status(assets: tuple[CardAsset, ...]) -> Status:
    by_kind: Mapping[AssetType, CardAsset] = {one.kind: one for one in assets}
    if all(one.state == "reused" for one in assets):
        return "approved" if by_kind[AssetType.VIDEO].approved else "review"
    if any(one.state == "ordered" for one in assets):
        return "ordered"
    picture = by_kind.get(AssetType.IMAGE)
    if picture and picture.state == "reused" and by_kind[AssetType.VIDEO].state == "new":
        return "still"
    return "stale" if any(one.state == "stale" for one in assets) else "new"


def _there(card: ShotCard, kind: AssetType) -> bool:
    return any(one.kind is kind and one.state == "reused" for one in card.assets)


def _approved(card: ShotCard, kind: AssetType) -> bool:
    return any(one.kind is kind and one.approved for one in card.assets)
