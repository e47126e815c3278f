"""One shot, from plan to finished assets: let in, its money set aside, its steps made, what is left released.

    shoot ──► come in ──► set aside ──► the steps (``film.production.steps_of``) ──► release ──► CompletedShot

The money for everything the shot will buy is reserved before the first of it is bought: a budget that ends in the
middle leaves whole shots, never half ones. Shots reserve one after another, in the order in which they are to be made,
so that the money there is goes to the first of them and the first places at the providers do too. They begin as their
providers come near to them: a thousand shots that all began at once would hold up the first.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

from film.cache import CachedAsset
from film.cost_tracker import CostTracker, Reservation, ReservationRequest
from film.db.away import on_thread
from film.errors import BudgetExceededError, FilmError, Interrupted
from film.jobs.limits import PriorityLimiter
from film.models import AssetType
from film.planning.plan import PlannedAsset, ShotPlan, plan_film, reused
from film.planning.requests import RequestBuilder
from film.planning.results import CompletedShot
from film.production.asset_resolver import AssetResolver
from film.production.money import release_unused, reservation_name
from film.production.steps_of import Reservations, StepsOf

LOOK_SECONDS = 1.0
"""How often to look whether another process is done with a shot."""
LOOKAHEAD = 3
"""Shots in the first step beside each job that may be under way: one is made, one is sent or waits, one gets ready."""


class ShotChain:
    """Makes shots."""

    def __init__(self, builder: RequestBuilder, resolver: AssetResolver, costs: CostTracker) -> None:
        self.builder = builder
        self.resolver = resolver
        self.costs = costs
        self.sheets: dict[str, CachedAsset] = {}
        """Those that were made in this run, by their ids: pictures of shots go by them."""
        self._purse = PriorityLimiter(1)
        self._doors: dict[tuple[AssetType, str], PriorityLimiter] = {}

    async def shoot(self, plan: ShotPlan, order: float, before: CompletedShot | None = None) -> CompletedShot:
        """Everything a shot needs, or what there is of it and the error that stopped the rest.

        ``before`` is what came of the shot that it starts from, if that was made in this run.
        Only Interrupted and cancellation leave it as exceptions: one shot's failure is its own.
        """
        if not plan.to_make:
            return reused(plan)
        async with AsyncExitStack() as begun:
            await self._come_in(plan, order, begun)
            return await self._begin(plan, order, begun, before)

    async def stage(
        self,
        plan: ShotPlan,
        kind: AssetType,
        order: float,
        there: Mapping[AssetType, CachedAsset],
        before: CompletedShot | None = None,
    ) -> CompletedShot:
        """What of a shot is made at the stage of this ``kind``, of what is ``there``: for films made kind by kind."""
        part, reservations = plan.stage(kind), dict[tuple[AssetType, int], Reservation]()
        try:
            async with self._purse.place(order):
                _, reservations = await self._set_aside(part)
            work = StepsOf(self.builder, self.resolver, part, order, reservations, there, self.sheets, before)
            done, error, step = await work.made()
        except Interrupted:
            raise
        except FilmError as failure:
            return self._failed(CompletedShot(plan.shot), failure, kind.value)
        finally:
            await self._release(reservations)
        return self._failed(done, error, step) if error else done

    async def _come_in(self, plan: ShotPlan, order: float, begun: AsyncExitStack) -> None:
        """Wait until the provider of the first step may soon ask for more, and stay until that step is done."""
        first = plan.to_make[0].ask.provider
        if first.local:
            return
        door = self._doors.setdefault(
            (first.asset_type, first.name), PriorityLimiter(LOOKAHEAD * self.builder.params.concurrency)
        )
        await begun.enter_async_context(door.place(order))
        self.resolver.stop.check()

    async def _begin(
        self, plan: ShotPlan, order: float, begun: AsyncExitStack, before: CompletedShot | None
    ) -> CompletedShot:
        try:
            async with self._purse.place(order):
                plan, reservations = await self._set_aside(plan)
        except FilmError as error:
            return self._failed(CompletedShot(plan.shot), error, "budget")
        try:
            done, error, step = await StepsOf(
                self.builder, self.resolver, plan, order, reservations, {}, self.sheets, before, begun
            ).made()
        finally:
            await self._release(reservations)
        if error:
            return self._failed(done, error, step)
        self.resolver.events.emit("shot_done", shot_id=done.shot_id, reused=not done.made)
        return done

    async def _set_aside(self, plan: ShotPlan) -> tuple[ShotPlan, dict[tuple[AssetType, int], Reservation]]:
        """The money for all that the shot will buy, and the plan by which it counts.

        Where a limit leaves none because another process has set it aside for the very same shot, that one is waited
        for: what it buys is there then, and needs no money twice.
        """
        while True:
            try:
                return plan, await on_thread(self._reserve, plan, uuid.uuid4().hex)
            except BudgetExceededError:
                now = await on_thread(self._as_it_stands, plan)
                if now.to_spend >= plan.to_spend and not await on_thread(self._is_held_by_others, plan):
                    raise
                plan = now
            self.resolver.stop.check()
            await asyncio.sleep(LOOK_SECONDS)

    def _as_it_stands(self, plan: ShotPlan) -> ShotPlan:
        """The shot's plan anew: others may have bought of it meanwhile."""
        builder = self.builder
        (fresh,) = plan_film(builder.params, self.resolver.services, builder.providers, [plan.shot.shot_id]).shots
        return replace(fresh, assets={kind: row for kind, row in fresh.assets.items() if kind in plan.assets})

    def _is_held_by_others(self, plan: ShotPlan) -> bool:
        held = {(r.shot_id, r.asset_type) for r in self.costs.held_for_film()}
        return any((o.shot_id, o.asset_type.value) in held for row in plan.to_make for o in row.to_buy)

    def _reserve(self, plan: ShotPlan, attempt: str) -> dict[tuple[AssetType, int], Reservation]:
        """``attempt`` names this try: a shot that is tried again in the same run has money of its own set aside."""
        paid = [order for asset in plan.to_make for order in asset.to_buy]
        if not paid:
            return {}
        held = self.costs.reserve([self._item(order, attempt) for order in paid])
        return {(o.asset_type, o.ask.part): r for o, r in zip(paid, held, strict=True)}

    async def _release(self, reservations: Reservations) -> None:
        for reservation in reservations.values():
            await asyncio.shield(on_thread(release_unused, self.costs, reservation))

    def _item(self, planned: PlannedAsset, attempt: str) -> ReservationRequest:
        return ReservationRequest(
            idem=reservation_name(attempt, planned.shot_id, planned.asset_type.value, planned.ask.part),
            amount=planned.quote.amount,
            shot_id=planned.shot_id,
            asset_type=planned.asset_type.value,
            provider=planned.ask.request.provider,
            key=planned.key or "",
        )

    def _failed(self, done: CompletedShot, error: FilmError, step: str) -> CompletedShot:
        self.resolver.events.emit(
            "shot_failed",
            shot_id=done.shot_id,
            step=step,
            error=str(error),
            hint=error.hint,
            charged=getattr(error, "charged", False),
        )
        return replace(done, error=error)
