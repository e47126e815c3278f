"""The steps of one shot, each begun as soon as what it needs is done, whatever the recipe is.

    a task a step ─► waits for those that it needs ─► asks for what it is with what they made ─► obtained

A step whose need failed is not begun. The first failure in the recipe's order is the shot's; what else is under way is
finished, since it may be paid for. Cancelled, everything is cut off and waited for: it may be storing what it has
bought.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from film.cache import CachedAsset
from film.cost_tracker import Reservation
from film.errors import FilmError, Interrupted
from film.models import AssetType
from film.planning.plan import PlannedAsset, ShotPlan
from film.planning.requests import RequestBuilder
from film.planning.results import CompletedShot, ShotAsset
from film.production.asset_resolver import AssetResolver
from film.production.spoken_lines import obtain_line
from film.recipe import Need

Reservations = Mapping[tuple[AssetType, int], Reservation]
"""(kind, number of the part of a long line, else 0) → the money set aside."""


class _Unmet(Exception):
    """What a step needs was not made: that says why."""


@dataclass
class StepsOf:
    """The steps of ``plan`` at work.

    ``there`` is what of the shot was made before, ``before`` what came of the shot that it starts from in this run,
    ``sheets`` are those that were made in it, by their ids.
    ``begun`` holds the shot's place before its first provider, left once its picture is made.
    """

    builder: RequestBuilder
    resolver: AssetResolver
    plan: ShotPlan
    order: float
    reservations: Reservations
    there: Mapping[AssetType, CachedAsset] = field(default_factory=dict[AssetType, CachedAsset])
    sheets: Mapping[str, CachedAsset] = field(default_factory=dict[str, CachedAsset])
    before: CompletedShot | None = None
    begun: AsyncExitStack | None = None

    async def made(self) -> tuple[CompletedShot, FilmError | None, str]:
        """What was obtained; the error that stopped the rest and in which step, if one did.

        Interrupted, cancellation and the program's own faults leave it as exceptions, when all has come to rest.
        """
        self._tasks = dict[AssetType, asyncio.Task[ShotAsset]]()
        for slot, row in self.plan.assets.items():
            self._tasks[slot] = asyncio.create_task(self._obtain(row))
        try:
            await self._come_to_rest()
        except BaseException:
            for task in self._tasks.values():
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            raise
        done, first = CompletedShot(self.plan.shot), dict[AssetType, FilmError]()
        for slot, task in self._tasks.items():
            match task.exception():
                case None:
                    done = done.having(task.result())
                case Interrupted() as stopped:
                    raise stopped
                case FilmError() as error:
                    first[slot] = error
                case _:
                    pass  # what it needs has failed
        step, error = next(iter(first.items()), ("", None))
        return done, error, str(step)

    async def _come_to_rest(self) -> None:
        """Wait for all steps; a fault of the program's own, or one that was cut off, ends it."""
        waiting = set(self._tasks.values())
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                if task.cancelled():
                    raise asyncio.CancelledError
                if (error := task.exception()) and not isinstance(error, FilmError | _Unmet):
                    raise error

    async def _obtain(self, row: PlannedAsset) -> ShotAsset:
        if row.taken and row.cached:
            return await self.resolver.take(row.ask, row.cached, row.taken)
        if row.step.kind == "line":
            parts = {part: r for (kind, part), r in self.reservations.items() if kind is row.asset_type}
            return await obtain_line(self.resolver, row.ask, order=self.order, reservations=parts)
        ask = row.ask
        if row.step.needs and not self._is_known(row):
            made = {need: await self._made(need) for need in row.step.needs}
            ask = self.builder.ask(row.step, self.plan.shot, made)
        # What is half made goes before what is not begun.
        order = self.order - 0.5 if row.step.needs else self.order
        reservation = self.reservations.get((row.asset_type, 0))
        asset = await self.resolver.obtain(ask, order=order, picture=ask.source, reservation=reservation)
        if row.step.slot is AssetType.IMAGE and self.begun and not asset.reused:
            await self.begun.aclose()
        return asset

    def _is_known(self, row: PlannedAsset) -> bool:
        """Whether all that it is made of was there when it was planned, and is not made anew in this run."""
        needs = {need.of for need in row.step.needs}
        return bool(row.key) and "shot" not in needs and not ("before" in needs and self.before)

    async def _made(self, need: Need) -> CachedAsset:
        """What a step needs, as soon as it is made; a FilmError says that it cannot be had."""
        if need.of == "shot":
            return await self._own(need.slot)
        if need.of != "before":
            if (sheet := self.sheets.get(need.of)) is None:
                raise self._without(need.of, "picture to go by")
            return sheet
        if self.before is None or self.before.error or (asset := self.before.assets.get(need.slot)) is None:
            raise self._without(self.plan.before, "clip to start from")
        return asset.asset

    def _without(self, name: str, what: str) -> FilmError:
        return FilmError(
            f"{self.plan.shot.shot_id} waits for {name}, and there is no {what}",
            hint=f"see what stopped {name}; run again, and both are made",
        )

    async def _own(self, slot: AssetType) -> CachedAsset:
        """What this shot has in a slot, when it is made. Raises _Unmet where it is not."""
        if (task := self._tasks.get(slot)) is None:
            if (asset := self.there.get(slot)) is None:
                raise _Unmet
            return asset
        await asyncio.wait([task])
        if task.cancelled() or task.exception():
            raise _Unmet
        return task.result().asset
