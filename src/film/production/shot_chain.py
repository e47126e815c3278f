"""One shot, from plan to finished assets: the chain that every shot is, independent of all others.

    picture ──► clip
    speech  ─────┘      (the clip waits for the line where it is made to fit it)

The money for everything the shot will buy is reserved before the first of it is bought: a budget that ends in the
middle leaves whole shots, never half ones. Shots reserve one after another, in the order in which they are to be made,
so that the money there is goes to the first of them and the first places at the providers do too. They begin as their
providers come near to them: a thousand shots that all began at once would hold up the first.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

from film.cache import CachedAsset
from film.cost_tracker import CostTracker, Reservation, ReservationRequest
from film.db.away import on_thread
from film.errors import BudgetExceededError, FilmError, Interrupted
from film.jobs.limits import PriorityLimiter
from film.models import AssetType
from film.planning.plan import PlannedAsset, ShotPlan, plan_film, reused, seconds_of
from film.planning.readings import reading_of
from film.planning.requests import RequestBuilder
from film.planning.results import CompletedShot, ShotAsset
from film.production.asset_resolver import AssetResolver
from film.production.money import release_unused, reservation_name
from film.production.spoken_lines import obtain_line

Reservations = Mapping[tuple[AssetType, int], Reservation]
"""(kind, number of the part of a long line, else 0) → the money set aside."""

LOOK_SECONDS = 1.0
"""How often to look whether another process is done with a shot."""
LOOKAHEAD = 3
"""Shots in the first step beside each job that may be under way: one is made, one is sent or waits, one gets ready."""


class ShotChain:
    """Makes shots."""

    def __init__(self, asker: RequestBuilder, obtainer: AssetResolver, costs: CostTracker) -> None:
        self.asker = asker
        self.obtainer = obtainer
        self.costs = costs
        self._purse = PriorityLimiter(1)
        self._doors: dict[tuple[AssetType, str], PriorityLimiter] = {}

    async def shoot(self, plan: ShotPlan, order: float) -> CompletedShot:
        """Everything a shot needs, or what there is of it and the error that stopped the rest.

        Only Interrupted and cancellation leave it as exceptions: one shot's failure is its own.
        """
        if not plan.to_make:
            return reused(plan)
        async with AsyncExitStack() as begun:
            await self._come_in(plan, order, begun)
            return await self._begin(plan, order, begun)

    async def one(
        self, plan: ShotPlan, kind: AssetType, order: float, there: Mapping[AssetType, CachedAsset]
    ) -> CompletedShot:
        """A single asset of a shot, made of those that are ``there``: for who makes a film stage by stage."""
        row, reservations = plan.assets[kind], dict[tuple[AssetType, int], Reservation]()
        beside = {
            other: ShotAsset(plan.assets[other].ask.request, asset.key, asset, reused=True)
            for other, asset in there.items()
        }
        try:
            async with self._purse.place(order):
                _, reservations = await self._set_aside(ShotPlan(plan.shot, {kind: row}))
            match kind:
                case AssetType.IMAGE:
                    reservation = reservations.get((kind, 0))
                    made = await self.obtainer.obtain(row.ask, order=order, reservation=reservation)
                case AssetType.AUDIO:
                    made = await self._speech(row, order, reservations)
                case AssetType.VIDEO:
                    picture, speech = beside.get(AssetType.IMAGE), beside.get(AssetType.AUDIO)
                    speech = speech if self._waits_for_speech(plan) else None
                    made = await self._clip(plan, picture, speech, order, reservations)
        except Interrupted:
            raise
        except FilmError as error:
            return self._failed(CompletedShot(plan.shot), error, kind.value)
        finally:
            await self._release(reservations)
        return CompletedShot(plan.shot).having(made)

    async def _come_in(self, plan: ShotPlan, order: float, begun: AsyncExitStack) -> None:
        """Wait until the provider of the first step may soon ask for more, and stay until that step is done."""
        first = plan.to_make[0].ask.provider
        if first.local:
            return
        door = self._doors.setdefault(
            (first.asset_type, first.name), PriorityLimiter(LOOKAHEAD * self.asker.params.concurrency)
        )
        await begun.enter_async_context(door.place(order))
        self.obtainer.stop.check()

    async def _begin(self, plan: ShotPlan, order: float, begun: AsyncExitStack) -> CompletedShot:
        try:
            async with self._purse.place(order):
                plan, reservations = await self._set_aside(plan)
        except FilmError as error:
            return self._failed(CompletedShot(plan.shot), error, "budget")
        try:
            return await self._shoot(plan, order, reservations, begun)
        finally:
            await self._release(reservations)

    async def _shoot(
        self, plan: ShotPlan, order: float, reservations: Reservations, begun: AsyncExitStack
    ) -> CompletedShot:
        shot = plan.shot
        speech_plan = plan.assets.get(AssetType.AUDIO)
        speaking = None
        if speech_plan:
            speaking = asyncio.create_task(self._speech(speech_plan, order, reservations))
        done = CompletedShot(shot)
        step = AssetType.IMAGE
        error: FilmError | None = None
        try:
            if AssetType.IMAGE in plan.assets:
                done = done.having(await self._picture(plan, order, reservations, begun))
            step = AssetType.AUDIO
            speech = await speaking if speaking and self._waits_for_speech(plan) else None
            step = AssetType.VIDEO
            done = await self._with_clip(plan, done, speech, order, reservations)
        except Interrupted:
            if speaking:
                with suppress(Exception):  # why the rest stopped is told
                    await speaking  # and not left: who is cancelled meanwhile cuts it off, and waits for it too
            raise
        except FilmError as failure:
            error = failure
        except BaseException:  # cancelled, or a fault of the program's own, which ends the run
            if speaking:
                await _cut_off(speaking)
            raise
        if speaking:
            try:
                done = done.having(await speaking)
            except Interrupted:
                raise
            except FilmError as failure:
                if error is None:
                    error, step = failure, AssetType.AUDIO
        if error:
            return self._failed(done, error, step.value)
        self.obtainer.events.emit("shot_done", shot_id=shot.shot_id, reused=not done.made)
        return done

    async def _speech(self, row: PlannedAsset, order: float, reservations: Reservations) -> ShotAsset:
        if row.taken and row.cached:
            return await self.obtainer.take(row.ask, row.cached, row.taken)
        of_parts = {part: r for (kind, part), r in reservations.items() if kind is AssetType.AUDIO}
        return await obtain_line(self.obtainer, row.ask, order=order, reservations=of_parts)

    def _waits_for_speech(self, plan: ShotPlan) -> bool:
        clip = plan.assets.get(AssetType.VIDEO)
        return clip is not None and not clip.taken and self.asker.waits_for_speech(plan.shot)

    async def _with_clip(
        self,
        plan: ShotPlan,
        done: CompletedShot,
        speech: ShotAsset | None,
        order: float,
        reservations: Reservations,
    ) -> CompletedShot:
        if AssetType.VIDEO not in plan.assets:
            return done  # a title has none
        return done.having(await self._clip(plan, done.assets.get(AssetType.IMAGE), speech, order, reservations))

    async def _clip(
        self,
        plan: ShotPlan,
        picture: ShotAsset | None,
        speech: ShotAsset | None,
        order: float,
        reservations: Reservations,
    ) -> ShotAsset:
        row = plan.assets[AssetType.VIDEO]
        if row.taken and row.cached:
            return await self.obtainer.take(row.ask, row.cached, row.taken)
        assert picture is not None, "only a clip that is taken has no picture"
        seconds = seconds_of(speech.asset) if speech else None
        ask = self.asker.video(
            plan.shot, picture.asset.sha256, reading=reading_of(picture.asset), speech_seconds=seconds
        )
        return await self.obtainer.obtain(
            ask, order=order - 0.5, picture=picture.asset, reservation=reservations.get((AssetType.VIDEO, 0))
        )

    async def _picture(
        self, plan: ShotPlan, order: float, reservations: Reservations, begun: AsyncExitStack
    ) -> ShotAsset:
        row = plan.assets[AssetType.IMAGE]
        if row.taken and row.cached:
            return await self.obtainer.take(row.ask, row.cached, row.taken)
        reservation = reservations.get((AssetType.IMAGE, 0))
        picture = await self.obtainer.obtain(row.ask, order=order, reservation=reservation)
        if not picture.reused:
            await begun.aclose()
        return picture

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
            self.obtainer.stop.check()
            await asyncio.sleep(LOOK_SECONDS)

    def _as_it_stands(self, plan: ShotPlan) -> ShotPlan:
        """The shot's plan anew: others may have bought of it meanwhile."""
        asker = self.asker
        alone = asker.params.model_copy(update={"shots": (plan.shot,)})
        (fresh,) = plan_film(alone, self.obtainer.services, asker.providers).shots
        return ShotPlan(plan.shot, {kind: row for kind, row in fresh.assets.items() if kind in plan.assets})

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
        self.obtainer.events.emit(
            "shot_failed",
            shot_id=done.shot_id,
            step=step,
            error=str(error),
            hint=error.hint,
            charged=getattr(error, "charged", False),
        )
        return replace(done, error=error)


async def _cut_off(speaking: asyncio.Task[ShotAsset]) -> None:
    """Cancel it and wait for its end: it may be storing what it has bought."""
    speaking.cancel()
    with suppress(Exception, asyncio.CancelledError):
        await speaking
