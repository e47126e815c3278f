"""What ZenML's steps do, as the run's own loop does it; nothing here knows ZenML.

    estimate ─► the gate and the batches ─► shoot, a batch at a time        ─► index ─► record ─► compose
                                         └► or: images, audio, then videos ┘

Between steps goes what JSON can carry: an Estimate, batches of shot ids, a ShotReport for each shot. Everything else is
found again where it lies, in the store and the database, so that a step that is repeated buys nothing again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil

from film.cost_tracker import get_project_cost_summary, write_reports
from film.cost_tracker.standing import ledger_mark
from film.db.session import snapshot
from film.errors import InputError
from film.models import AssetType, Model
from film.planning.film_order import chains, in_order
from film.planning.params import FilmParams
from film.planning.plan import Consent, FilmPlan, ShotPlan, plan_film, reused
from film.planning.results import CompletedShot, FilmResult
from film.production.film_run import FilmRun
from film.production.shot_reports import MadeReport, ShotReport, completed, merged, report_of
from film.production.stages import make_stage

LEAST_BATCH = 32
"""Shots in a step: an orchestrator's step costs a tenth of a second or more, a shot's share of it should not show."""
MOST_BATCHES = 100


class Estimate(Model):
    """The gate's pass: what the film costs at most, and that it may. No step that may pay works without it.

    ``digest`` is that of the params it was given for, ``begun`` when the run was.
    """

    film_id: str
    digest: str
    begun: datetime
    at_most: Decimal
    shots: int
    shots_to_make: int
    assets_to_make: int

    def admit(self, digest: str) -> None:
        if digest != self.digest:
            raise InputError(
                f"the estimate is not for these shots: film {self.film_id} was changed after it",
                hint="estimate again: what is paid for is what was estimated",
            )


class Batch(Model):
    """Shots that one step makes, by their ids; ``first`` is the place of the first of them in the line."""

    first: int
    shots: tuple[str, ...]


@dataclass(frozen=True)
class Costs:
    """What the film has cost, this run and before."""

    total: Decimal
    reserved: Decimal
    saved: Decimal
    limit: Decimal | None
    by_shot: Mapping[str, Decimal]
    by_provider: Mapping[str, Decimal]


async def estimate(
    run: FilmRun, digest: str, begun: datetime, *, consent: Consent | None = None, batch_size: int | None = None
) -> tuple[Estimate, list[Batch]]:
    """Raises what a film must not begin with: a missing key, a limit that would be passed, a no."""
    plan = await run.set_out(consent)
    waiting = [shot for shot in in_order(plan.shots, run.params.order) if shot.to_make]
    passed = Estimate(
        film_id=run.params.film_id,
        digest=digest,
        begun=begun,
        at_most=plan.at_most,
        shots=len(plan.shots),
        shots_to_make=len(waiting),
        assets_to_make=sum(len(shot.to_make) for shot in plan.shots),
    )
    return passed, _batches(chains(waiting), batch_size or _usual(len(waiting), run.params.concurrency))


async def shoot(run: FilmRun, batch: Batch, passed: Estimate) -> list[ShotReport]:
    """A batch's shots, each a chain of its own; one that fails says so in its report."""
    run.resolver.since = passed.begun  # a step may be repeated in the same run: what it bought is kept
    plan = await _plan(run, run.params, batch.shots)
    return [report_of(done) for done in await run.shoot(plan, batch.first)]


async def stage(run: FilmRun, kind: AssetType, passed: Estimate) -> list[ShotReport]:
    """What of all shots is made at the stage of this kind, where what it is made of is there."""
    run.resolver.since = passed.begun  # a step may be repeated in the same run: what it bought is kept
    return [report_of(done) for done in await make_stage(run, await run.plan(), kind)]


async def index(run: FilmRun, reports: Sequence[ShotReport], passed: Estimate) -> list[str]:
    """Write down which assets the film uses and what of them was reused; raises Interrupted if that is to be all.

    Their ids, in the film's order.
    """
    known = merged(reports)
    plan, shots = await _gathered(run, known, passed)
    if await run.drafts_damaged(shots):
        again = await run.shoot(await _plan(run, _of_the_library(run)))
        known = merged([*known.values(), *(report_of(done) for done in again if done.made)])
        plan, shots = await _gathered(run, known, passed)
    whole = [shot for shot in map(reused, plan.shots) if shot.shot_id not in known]
    await run.record(plan, shots, whole)
    return [asset.asset_id for shot in shots for asset in shot.assets.values()]


async def record(run: FilmRun) -> Costs:
    """The film's and the month's cost reports, written, and their sums."""
    engine, film_id = run.services.engine, run.params.film_id

    def look() -> Costs:
        write_reports(film_id, engine=engine, settings=run.services.settings)
        with snapshot(engine) as connection:
            found = get_project_cost_summary(connection, film_id)
        return Costs(
            total=found["total_cost"],
            reserved=found["reserved"],
            saved=found["saved"],
            limit=found["limit"],
            by_shot=found["by_shot"],
            by_provider=found["by_provider"],
        )

    return await asyncio.to_thread(look)


async def compose(run: FilmRun, reports: Sequence[ShotReport], passed: Estimate, began: float) -> FilmResult:
    """The finished film, with stand-ins for shots that failed."""
    _, shots = await _gathered(run, merged(reports), passed)
    await asyncio.to_thread(_mark, run, passed.begun)
    return await run.compose(shots, began)


def _mark(run: FilmRun, begun: datetime) -> None:
    """Steps may run in programs of their own: where the ledger stood as the film was begun, the gate has told."""
    with snapshot(run.services.engine) as connection:
        run.ledger_mark = ledger_mark(connection, before=begun)


def _usual(shots: int, concurrency: int) -> int:
    """Few steps, and enough shots in those at work at once to fill the providers' places."""
    return max(LEAST_BATCH, concurrency, ceil(shots / MOST_BATCHES))


def _batches(together: Iterable[Sequence[ShotPlan]], size: int) -> list[Batch]:
    """So many shots to a batch; those that start from one another are in one, which they may make larger."""
    batches: list[Batch] = []
    first, ids = 0, list[str]()
    for shots in together:
        if ids and len(ids) + len(shots) > size:
            batches.append(Batch(first=first, shots=tuple(ids)))
            first, ids = first + len(ids), []
        ids += [shot.shot.shot_id for shot in shots]
    if ids:
        batches.append(Batch(first=first, shots=tuple(ids)))
    return batches


async def _gathered(
    run: FilmRun, reports: Mapping[str, ShotReport], passed: Estimate
) -> tuple[FilmPlan, list[CompletedShot]]:
    plan = await _plan(run, _of_the_library(run))
    if any(shot.assets.keys() - _reported(reports, shot) for shot in plan.shots if shot.shot.shot_id in reports):
        await run.recover()  # a try that was cut off may have stored what it had no time to close
        reports = await asyncio.to_thread(_with_purchases, run, plan, reports, passed.begun)
    return plan, completed(plan, reports)


def _with_purchases(
    run: FilmRun, plan: FilmPlan, reports: Mapping[str, ShotReport], since: datetime
) -> dict[str, ShotReport]:
    """The reports, and what the journal knows of besides: a step that was repeated finds what its first try bought.

    That is in the library then and seems to be reused, but this run paid for it.
    """
    jobs = {job.key: job for job in run.jobs.list_jobs("done", plan.params.film_id) if job.created_at >= since}
    found = dict(reports)
    for shot in plan.shots:
        shot_id = shot.shot.shot_id
        made: dict[AssetType, MadeReport] = {}
        for kind in shot.assets.keys() - _reported(reports, shot) if shot_id in reports else ():
            row = shot.assets[kind]
            keys = [part.key or "" for part in row.parts] or [row.key or ""]
            mine = {key: job for key in keys if (job := jobs.get(key)) and job.shot_id == shot_id}
            if mine:
                cost = sum((job.quoted if job.billed is None else job.billed for job in mine.values()), Decimal(0))
                made[kind] = MadeReport(cost=cost, kept=tuple(key for key in keys if key not in mine))
        if made:
            found[shot_id] = reports[shot_id].and_then(ShotReport(shot_id=shot_id, made=made))
    return found


def _reported(reports: Mapping[str, ShotReport], shot: ShotPlan) -> set[AssetType]:
    report = reports.get(shot.shot.shot_id)
    return set(report.made) if report else set()


def _of_the_library(run: FilmRun) -> FilmParams:
    """The same film, with everything that is there counting as there: it has been made by now."""
    return run.params.model_copy(update={"use_cache": True})


async def _plan(run: FilmRun, params: FilmParams, only: Sequence[str] | None = None) -> FilmPlan:
    return await asyncio.to_thread(plan_film, params, run.services, run.providers, only)
