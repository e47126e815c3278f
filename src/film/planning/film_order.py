"""Which shot goes first where jobs wait for a place: as the film runs, or so that the whole film is done soonest.

    script     the film's own order: its first shots can be looked at while the rest is still being made
    makespan   shots that take longest first: no long clip is left for the end, when nothing else fills the places

How long a shot takes is estimated from what its providers declare and from the length of its clip. A wrong estimate
costs time, never anything else.
"""

from __future__ import annotations

from collections.abc import Sequence

from film.models import AssetType
from film.planning.options import Order
from film.planning.plan import PlannedAsset, ShotPlan
from film.providers.base import BaseVideoProvider, JobProvider

USUAL_CLIP = 5.0
"""Seconds of the clip that a provider's usual time is meant for."""


def in_order(shots: Sequence[ShotPlan], order: Order) -> list[ShotPlan]:
    """The shots as they are to be made; those that take equally long keep the order of the script."""
    if order == "script":
        return list(shots)
    return sorted(shots, key=seconds_to_make, reverse=True)


def seconds_to_make(plan: ShotPlan) -> float:
    """An estimate for what of a shot is still to be made; speech is made beside the rest and does not count."""
    return sum(_seconds(asset) for asset in plan.to_make if asset.asset_type is not AssetType.AUDIO)


def _seconds(asset: PlannedAsset) -> float:
    provider = asset.ask.provider
    usual = provider.usual_seconds if isinstance(provider, JobProvider) else JobProvider.usual_seconds
    if isinstance(provider, BaseVideoProvider):
        usual *= float(provider.clip_seconds(asset.ask.config)) / USUAL_CLIP
    return usual
