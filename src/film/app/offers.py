"""Near matches: what the library has that comes near to what is about to be bought. Shown, never taken here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from film.app.models import Aside, UseCaseResult
from film.models import AssetType

if TYPE_CHECKING:
    from film.planning.near_matches import NearMatch
    from film.planning.plan import FilmPlan
    from film.planning.services import Services


class Offer(UseCaseResult):
    """An asset that a shot could take for nothing, by naming ``reuse``."""

    reuse: str
    """The asset's id."""
    instead_of_usd: Decimal
    alike: float | None
    """1 for the same meaning; None where no language model is installed."""
    same_scene: bool
    prompt: str
    characters: tuple[str, ...]
    landscapes: tuple[str, ...]
    shot_type: str | None
    time_of_day: str | None
    shot_id: Aside[str]
    asset_type: Aside[AssetType]
    shows: Aside[str]
    """``attic, emma, close-up``; empty where it has no tags."""


class Offers(UseCaseResult):
    """What was found, in film order, the best first."""

    matches: tuple[Offer, ...] = ()
    unseen: int = 0
    """Pictures, clips and lines for which the time for looking was over."""

    def for_asset(self, shot_id: str, kind: AssetType) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.matches if (offer.shot_id, offer.asset_type) == (shot_id, kind))

    def best(self) -> Iterator[Offer]:
        """The first for each picture, clip and line."""
        seen: set[tuple[str, AssetType]] = set()
        for offer in self.matches:
            if (place := (offer.shot_id, offer.asset_type)) not in seen:
                seen.add(place)
                yield offer


def offers_for(plan: FilmPlan, services: Services) -> Offers:
    """What comes near to the shots about to be bought; where nothing is bought, nothing is looked for or loaded."""
    if not plan.at_most:
        return Offers()
    from film.planning.near_matches import near_matches

    found = near_matches(plan, services)
    return Offers(matches=tuple(_offer(match) for match in found), unseen=found.unseen)


def _offer(match: NearMatch) -> Offer:
    asset = match.asset
    return Offer(
        reuse=asset.asset_id,
        instead_of_usd=match.instead_of,
        alike=None if match.alike is None else round(match.alike, 4),
        same_scene=match.same_scene,
        prompt=asset.prompt,
        characters=asset.characters,
        landscapes=asset.landscapes,
        shot_type=asset.shot_type,
        time_of_day=asset.time_of_day,
        shot_id=match.shot_id,
        asset_type=asset.asset_type,
        shows=match.shows,
    )
