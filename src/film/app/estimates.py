"""What a click would cost, before it is clicked: an estimate is what spending has to show.

    AskEstimate ──(plan)──► Estimate, for fifteen minutes ──(agreed to)──► the same plan? within the limit? ──► made

An estimate names exactly what was seen: the shots, what each of their pieces is made of, and each price. Who comes with
one that is too old, or of a film that is another by now, is told so and pays nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from film.app.boards import Money, money
from film.app.film_desk import FilmDesk
from film.app.shot_values import Fields
from film.errors import BudgetExceededError, FilmError, InputError
from film.hashing import canonical
from film.models import AssetType, Model, Word
from film.planning.plan import FilmPlan, ShotPlan
from film.planning.record import comparable
from film.providers.registry import TIERS

Stage = Literal["film", "shots", "stills", "clips"]
LIFETIME = 15 * 60.0
"""Seconds for which an estimate may be agreed to."""
_MOST = 500


class AskEstimate(Model):
    """``film`` makes what is missing and cuts it, ``shots`` makes shots, ``stills`` their pictures alone.

    ``clips`` makes the shots whose picture is approved. ``changes`` are of shots, as if they were saved.
    """

    stage: Stage = "film"
    tier: Word | None = None
    shots: Annotated[tuple[Word, ...], Field(max_length=20_000)] | None = None
    changes: dict[str, Fields] = Field(default_factory=dict[str, Fields])


class EstimateLine(Model):
    """What is bought of one provider's model."""

    kind: AssetType
    provider: str
    model: str
    pieces: int
    at_most_usd: Decimal


class ChangedPiece(Model):
    """A piece that is made anew, and what has changed since it was made."""

    shot: str
    kind: AssetType
    why: str
    price_usd: Decimal


class WaysOut(Model):
    """For what does not fit: the first shots that do, tiers that cost less, the limit that would be enough."""

    fitting: tuple[str, ...]
    fitting_usd: Decimal
    cheaper: dict[str, Decimal]
    limit_usd: Decimal


class Estimate(Model):
    id: str
    film: str
    stage: Stage
    tier: str
    shots: tuple[str, ...]
    """Those of which something is made."""
    at_most_usd: Decimal
    money: Money
    left_after_usd: Decimal
    fits: bool
    lines: tuple[EstimateLine, ...]
    local: int
    """Pieces that are made on this machine, for nothing."""
    reused: int
    saved_usd: Decimal
    ordered: int
    stale: tuple[ChangedPiece, ...]
    missing_keys: tuple[str, ...]
    spending_off: bool
    ways_out: WaysOut | None
    expires_in: float
    warnings: tuple[str, ...]
    is_saved: bool
    """Whether it is of the film as it stands in its files; only that can be agreed to."""


class EstimateExpired(FilmError):
    """The estimate is too old, or of a studio that has ended since."""


class EstimateChanged(FilmError):
    """The film, the library or a price is another than the one that was agreed to."""


@dataclass(frozen=True)
class Agreed:
    """What somebody agreed to: the estimate, how it was asked for, and what exactly it was of."""

    estimate: Estimate
    asked: AskEstimate
    fingerprint: str
    until: float


class EstimateBook:
    """The estimates of one studio."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: dict[str, Agreed] = {}

    def estimate(self, desk: FilmDesk, asked: AskEstimate) -> Estimate:
        """What it would cost now; nothing is sent and nothing is made."""
        plan = part_of(desk.plan(asked.tier, asked.changes or None, alone(asked)), asked, desk)
        found = _estimate(desk, asked, plan)
        given = Agreed(found, asked, fingerprint(plan), time.monotonic() + LIFETIME)
        with self._lock:
            self._given[found.id] = given
            while len(self._given) > _MOST:
                self._given.pop(next(iter(self._given)))
        return found

    def agreed(self, estimate_id: str, desk: FilmDesk) -> Agreed:
        """The estimate that somebody agreed to, looked at once more.

        Raises:
            EstimateExpired: It is unknown or too old.
            EstimateChanged: It would come to something else by now.
            BudgetExceededError: It does not fit the limit.
        """
        with self._lock:
            given = self._given.get(estimate_id)
        if given is None or given.until < time.monotonic() or given.estimate.film != desk.film_id:
            raise EstimateExpired("this price is too old to be agreed to", hint="look at the price again")
        if given.asked.changes:
            raise EstimateChanged("this price is of changes that are not saved", hint="save them, and look again")
        plan = part_of(desk.plan(given.estimate.tier, None, alone(given.asked)), given.asked, desk)
        if fingerprint(plan) != given.fingerprint:
            raise EstimateChanged(
                "the film, the library or a price has changed since this price was shown",
                hint="look at the price again; nothing was spent",
            )
        desk.costs.check_budget(plan.at_most)
        return given


def part_of(plan: FilmPlan, asked: AskEstimate, desk: FilmDesk) -> FilmPlan:
    """The rows of a plan that are asked for; what the film has beside them is left alone."""
    shots: tuple[ShotPlan, ...] = plan.shots
    if asked.shots is not None:
        wanted = set(asked.shots)
        if unknown := wanted - {shot.shot.shot_id for shot in shots}:
            raise InputError(f"there is no shot {min(unknown)[:60]!r} in the film", hint="reload the film")
        shots = tuple(shot for shot in shots if shot.shot.shot_id in wanted)
    if asked.stage == "stills":
        shots = tuple(stills for shot in shots if (stills := shot.stage(AssetType.IMAGE)).assets)
    if asked.stage == "clips":
        approved = desk.notes.notes().approved
        moving = {shot.shot.shot_id: shot for shot in plan.shots if not shot.to_make}
        for shot in shots:  # one that starts from another moves with that, or after it
            if shot.before in moving if shot.before else _may_move(shot, approved):
                moving[shot.shot.shot_id] = shot
        shots = tuple(shot for shot in shots if shot.shot.shot_id in moving)
        return replace(plan, shots=shots, sheets=())  # what pictures go by was made with the pictures
    return replace(plan, shots=shots)


def fingerprint(plan: FilmPlan) -> str:
    """Another one wherever anything differs that somebody agreed to."""
    found = hashlib.sha256(plan.params.tier.encode())
    for asset in plan.assets:
        asks = comparable(asset.ask.request) if asset.key is None else asset.key
        price = f"{asset.quote.amount:f}"
        row = {"shot": asset.shot_id, "kind": asset.asset_type, "state": asset.state, "asks": asks, "price": price}
        found.update(canonical(row))
    return found.hexdigest()


def alone(asked: AskEstimate) -> tuple[str, ...] | None:
    """The shots that need to be looked at; all of them where voices are chosen for the whole film anyway."""
    return asked.shots if asked.stage != "film" else None


def _may_move(shot: ShotPlan, approved: Mapping[tuple[str, str], str]) -> bool:
    picture = shot.assets.get(AssetType.IMAGE)
    if picture is None:
        return True
    return picture.state == "reused" and approved.get((shot.shot.shot_id, AssetType.IMAGE.value)) == picture.key


def _estimate(desk: FilmDesk, asked: AskEstimate, plan: FilmPlan) -> Estimate:
    pieces: Counter[tuple[AssetType, str, str]] = Counter()
    amounts: dict[tuple[AssetType, str, str], Decimal] = {}
    local = 0
    for asset in plan.assets:
        if asset.state in ("reused", "ordered"):
            continue
        row = asset.asset_type, asset.ask.request.provider, asset.ask.request.model
        if asset.ask.provider.local:
            local += 1
            continue
        pieces[row] += len(asset.orders)
        amounts[row] = amounts.get(row, Decimal(0)) + asset.quote.amount
    purse, fits = money(desk), True
    try:
        desk.costs.check_budget(plan.at_most)
    except BudgetExceededError:
        fits = False
    return Estimate(
        id=secrets.token_urlsafe(16),
        film=desk.film_id,
        stage=asked.stage,
        tier=plan.params.tier,
        shots=tuple(shot.shot.shot_id for shot in plan.shots if shot.to_make),
        at_most_usd=plan.at_most,
        money=purse,
        left_after_usd=purse.left_usd - plan.at_most,
        fits=fits,
        lines=tuple(
            EstimateLine(kind=row[0], provider=row[1], model=row[2], pieces=pieces[row], at_most_usd=amounts[row])
            for row in sorted(pieces)
        ),
        local=local,
        reused=plan.count("reused"),
        saved_usd=plan.saved,
        ordered=plan.count("ordered"),
        stale=tuple(
            ChangedPiece(shot=a.shot_id, kind=a.asset_type, why=a.why, price_usd=a.quote.amount)
            for a in plan.assets
            if a.state == "stale"
        ),
        missing_keys=tuple(plan.missing_keys(desk.settings.keys)),
        spending_off=bool(plan.at_most) and not desk.settings.spend_allowed,
        ways_out=None if fits else _ways_out(desk, asked, plan, purse),
        expires_in=LIFETIME,
        warnings=(*plan.params.warnings, *plan.endings),
        is_saved=not asked.changes,
    )


def _ways_out(desk: FilmDesk, asked: AskEstimate, plan: FilmPlan, purse: Money) -> WaysOut:
    fitting, total = list[str](), Decimal(0)
    for shot in plan.shots:
        if not shot.to_make:
            continue
        if total + shot.at_most > purse.left_usd:
            break
        fitting.append(shot.shot.shot_id)
        total += shot.at_most
    cheaper: dict[str, Decimal] = {}
    for name in TIERS:
        if name == plan.params.tier:
            continue
        try:
            other = part_of(desk.plan(name, asked.changes or None, alone(asked)), asked, desk).at_most
        except FilmError:  # a tier that cannot make it is no way out
            continue
        if other < plan.at_most:
            cheaper[name] = other
    needed = purse.limit_usd + plan.at_most - purse.left_usd
    return WaysOut(fitting=tuple(fitting), fitting_usd=total, cheaper=cheaper, limit_usd=needed)
