"""A film made kind by kind: what of all shots belongs to one stage, where what it is made of is there.

FilmPlan ──► rows of the stage ──► together with those they start from, one after the other ──► CompletedShots
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from film.cache.telling import asking_for
from film.errors import Interrupted
from film.models import AssetType
from film.planning.film_order import in_order
from film.planning.plan import FilmPlan, ShotPlan
from film.planning.results import CompletedShot, ShotAsset
from film.production.admission import shoot_all
from film.production.film_run import FilmRun


async def make_stage(run: FilmRun, plan: FilmPlan, kind: AssetType) -> list[CompletedShot]:
    """What of these shots was made at the stage of this ``kind``; one that fails says so.

    A shot whose picture or line is not there is left out of the last stage: that failed before, and said so.
    """
    if kind is AssetType.IMAGE:
        await run.make_sheets(plan)
    earlier = [row.key for row in plan.assets if row.key and row.step.stage is not kind]
    stored = await asyncio.to_thread(run.services.cache.peek_many, earlier)
    finished: dict[str, CompletedShot] = {}
    whole: dict[str, CompletedShot] = {}
    """With what was there of each before this stage."""

    async def make(place: float, shot: ShotPlan) -> None:
        there = {
            other: ShotAsset(row.ask.request, found.key, found, reused=True)
            for other, row in shot.assets.items()
            if row.step.stage is not kind and (found := row.cached or stored.get(row.key or ""))
        }
        is_last = kind is AssetType.VIDEO
        if is_last and any(row.step.stage is not kind and slot not in there for slot, row in shot.assets.items()):
            return
        assets = {other: asset.asset for other, asset in there.items()}
        try:
            with asking_for(shot.shot.shot_id):
                done = await run.chain.stage(shot, kind, place, assets, whole.get(shot.before))
        except Interrupted as stopped:
            done = CompletedShot(shot.shot, error=stopped)
        if done.complete and (is_last or shot.shot.title):
            run.events.emit("shot_done", shot_id=done.shot_id, reused=False)
        finished[shot.shot.shot_id] = done
        whole[shot.shot.shot_id] = replace(done, assets={**there, **done.assets})

    to_make = [shot for shot in in_order(plan.shots, run.params.order) if shot.stage(kind).to_make]
    await shoot_all(to_make, make, at_once=run.window)
    return list(finished.values())
