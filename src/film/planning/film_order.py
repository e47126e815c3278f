"""Which shot goes first where jobs wait for a place: as the film runs, or so that the whole film is done soonest.

    script     the film's own order: its first shots can be looked at while the rest is still being made
    makespan   shots that take longest first: no long clip is left for the end, when nothing else fills the places

Shots that start from one another stay together, in the order of the script: each waits for the one before.
How long a shot takes is estimated from what its providers declare and from the length of its clip. A wrong estimate
costs time, never anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

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
    longest_first = sorted(chains(shots), key=lambda chain: sum(map(seconds_to_make, chain)), reverse=True)
    return list(chain.from_iterable(longest_first))


def chains(shots: Iterable[ShotPlan]) -> Iterable[Sequence[ShotPlan]]:
    """The shots, those together that start from one another: most are alone."""
    found: list[ShotPlan] = []
    for shot in shots:
        if found and shot.before != found[-1].shot.shot_id:
            yield found
            found = []
        found.append(shot)
    if found:
        yield found


def seconds_to_make(plan: ShotPlan) -> float:
    """An estimate for what of a shot is still to be made; speech is made beside the rest and does not count."""
    return sum(_seconds(asset) for asset in plan.to_make if asset.asset_type is not AssetType.AUDIO)


def _seconds(asset: PlannedAsset) -> float:
    provider = asset.ask.provider
    usual = provider.usual_seconds if isinstance(provider, JobProvider) else JobProvider.usual_seconds
    if isinstance(provider, BaseVideoProvider):
        usual *= float(provider.clip_seconds(asset.ask.config)) / USUAL_CLIP
    return usual
