"""One run over one film: opened with all that it works with, taken step by step, closed again.

    opened_run ─► FilmRun: recover ─► plan ─► check ─► begin ─► shoot ─► record ─► compose

``FilmRun.make`` takes these steps in their order. Engines take the same ones, each in its own place; what one of them
has done elsewhere, its own kind of run does otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence, Set
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from film.cache.telling import asking_for
from film.cost_tracker import CostTracker, Reservation, Saving, write_reports
from film.cost_tracker.standing import Booked, booked_since, ledger_mark
from film.db.away import on_thread, telling
from film.db.session import snapshot
from film.errors import FilmError, Interrupted
from film.jobs import Clock, Job, JobEvent, Jobs, Limits, Stored
from film.jobs.accounts import THIS_PROCESS, Accounts
from film.jobs.limits import SharedLimiter
from film.planning.film_order import in_order
from film.planning.params import FilmParams
from film.planning.plan import SPENDING_OFF, Consent, FilmPlan, ShotPlan, plan_film, reused
from film.planning.record import Place, batched, set_status, write_film, write_takes
from film.planning.requests import ProviderSet, RequestBuilder
from film.planning.results import CompletedShot, FilmResult, reused_assets
from film.planning.services import LOCAL_WORK, Services, running_services
from film.production.admission import shoot_all, window
from film.production.asset_resolver import AssetResolver
from film.production.events import SCHEMA_VERSION, Events, Listener
from film.production.finishing.finisher import Finisher
from film.production.finishing.look import check_look
from film.production.finishing.outputs import check_output, film_path
from film.production.finishing.soundtrack import check_sounds
from film.production.library_records import library_asset
from film.production.memory import catch_up, check_memory, order_book
from film.production.money import JournalMoney, is_journaled
from film.production.observe import observing
from film.production.shot_chain import ShotChain
from film.production.standins import add_stand_ins
from film.production.stop import Stop, on_interrupt
from film.providers.base import missing_keys
from film.settings import Settings
from film.vendors import accounts

LEASE = 90.0
"""Seconds: longer than any answer of a vendor is waited for."""


class FilmRun:
    """One run over one film. ``clock`` is what its jobs live by: not the machine's where vendors are simulated.

    ``lease`` seconds after its last sign of life another process may take this run's jobs over. What somebody asks for
    ``in_person`` goes before the films that this process makes: runs share ``accounts``, this process's by default.
    ``cores`` is how much may be under way of what is made without a vendor: as much as this machine takes, or others.
    """

    def __init__(
        self,
        params: FilmParams,
        services: Services,
        events: Events,
        stop: Stop,
        providers: ProviderSet,
        *,
        clock: Clock | None = None,
        lease: float = LEASE,
        in_person: bool = False,
        accounts: Accounts | None = None,
        cores: int = LOCAL_WORK,
    ) -> None:
        self.params = params
        self.services = services
        self.events = events
        self.stop = stop
        self.providers = providers
        self.keys: Mapping[str, object] = services.settings.keys
        self.clock = clock
        self.window = window(params.concurrency, cores)
        self.costs = CostTracker(
            params.film_id,
            params.budget_limit,
            daily_limit_usd=services.settings.daily_budget,
            engine=services.engine,
            settings=services.settings,
        )
        self.builder = RequestBuilder(params, providers)
        accounts = accounts or (Accounts() if clock else THIS_PROCESS)  # who lives by another clock is alone with it
        limits = Limits(default=params.concurrency, clock=clock, accounts=accounts, in_person=in_person)
        self.jobs = Jobs(
            services.engine,
            clock=clock,
            money=JournalMoney(self.costs, self._still_to_spend),
            limits=limits,
            stop=stop.is_set,
            on_event=self._tell_of_job,
            lease=lease,
            book=order_book(services.settings),
        )
        self.resolver = AssetResolver(
            params.film_id,
            services,
            self.costs,
            self.jobs,
            SharedLimiter(cores, accounts.cores(), in_person=in_person),
            events,
            stop,
            use_cache=params.use_cache,
        )
        self.chain = ShotChain(self.builder, self.resolver, self.costs)
        self.finisher = Finisher(params, services, events, stop)
        self.ledger_mark: int | None = None
        """Where the ledger stood as the run began: what is booked for the film beyond it is this run's cost."""

    async def make(self, consent: Consent | None, began: float) -> FilmResult:
        plan = await self.set_out(consent)
        try:
            shots = await self.shoot(plan)
            if await self.drafts_damaged(shots):
                shots = _as_first_made(shots, await self.shoot(plan := await self.plan()))
            await self.record(plan, shots)
            return await self.compose(shots, began)
        except Interrupted:
            raise
        except FilmError:
            with suppress(FilmError):  # the database may be what failed
                await on_thread(set_status, self.services.engine, self.params.film_id, "failed")
            raise

    async def set_out(self, consent: Consent | None) -> FilmPlan:
        """All that comes before the first shot. Raises what a film must not begin with: a missing key, a no …"""
        for message in self.params.warnings:
            self.events.emit("warning", message=message)
        await self.recover()
        plan = await self.plan()
        for message in plan.endings:
            self.events.emit("warning", message=message)
        self.check(plan, consent)
        await self.begin(plan)
        return plan

    async def single(self) -> CompletedShot:
        """The one shot of the params, without a film around it: nothing is cut."""
        await self.recover()
        plan = await self.plan()
        self.check(plan, None)
        (done,) = await self.shoot(plan)
        await self._record_reuse([done], _whole(plan, [done]))
        # A run that died right after it had stored something never told the library of it.
        found = [library_asset(done.shot, asset, self.params.film_id) for asset in done.assets.values() if asset.reused]
        await on_thread(self.services.index.index_assets, found)
        return done

    # -- the steps, in their order

    async def recover(self) -> None:
        """Close what an earlier run left open although its result is stored, and free what it never used."""

        def stored(job: Job) -> Stored | None:
            found = self.services.cache.peek_many([job.key]).get(job.key)
            return Stored(found.sha256, str(found.details.get("job_id") or "")) if found else None

        def comes_to(reservation: Reservation) -> Decimal | None:
            return self.jobs.comes_to(reservation.id) if is_journaled(reservation) else None

        if self.params.is_online:
            await on_thread(check_memory, self.services.engine, self.services.settings)
            at = self.clock.now() if self.clock else None
            await on_thread(catch_up, self.services.engine, self.services.settings, at)
        if self.ledger_mark is None:
            self.ledger_mark = await on_thread(self._ledger_now)
        await self.jobs.finish_stored(stored)
        await on_thread(self.costs.recover, comes_to, is_journaled)

    async def plan(self) -> FilmPlan:
        """What is there, what must be made, why, and at what price."""
        return await on_thread(plan_film, self.params, self.services, self.providers)

    def check(self, plan: FilmPlan, consent: Consent | None) -> None:
        """Keys there? Within the limit? Agreed to? All before the first call."""
        _ = self.finisher.credential  # one that cannot sign is told now
        check_output(self.params, film_path(self.params, self.services.settings.films))
        check_sounds(self.params)
        check_look(self.params)
        missing = plan.missing_keys(self.keys)
        if missing:
            withheld = self.services.settings.withheld
            raise missing_keys(missing, [why for name, why in withheld.items() if accounts()[name].key in missing])
        if plan.at_most:
            self.costs.check_budget(plan.at_most - self._held_by_others(plan))
            if consent:
                consent(plan, self.services.settings)
            if not self.services.settings.spend_allowed:
                self.events.emit("warning", message=SPENDING_OFF)

    async def begin(self, plan: FilmPlan) -> None:
        """Put the film on record, and say what is ahead."""
        await on_thread(write_film, self.services.engine, self.params, "making")
        self.events.emit(
            "film_started",
            film_id=self.params.film_id,
            tier=self.params.tier,
            shots=len(plan.shots),
            shots_to_make=sum(1 for s in plan.shots if s.to_make),
            to_make=sum(len(s.to_make) for s in plan.shots),
            at_most=plan.at_most,
            schema_version=SCHEMA_VERSION,
        )

    async def shoot(self, plan: FilmPlan, first: int = 0) -> list[CompletedShot]:
        """Every shot's chain, as many at once as keep its providers busy; one that the library answers needs none.

        ``first`` is the place of the first of them where shots wait in line, if the plan is that of a part of a film.
        """
        await self.make_sheets(plan)
        finished: dict[str, CompletedShot] = {}

        async def shoot(place: float, shot: ShotPlan) -> None:
            try:
                with asking_for(shot.shot.shot_id):
                    before = finished.get(shot.before)
                    finished[shot.shot.shot_id] = await self.chain.shoot(shot, place, before)
            except Interrupted as stopped:
                finished[shot.shot.shot_id] = CompletedShot(shot.shot, error=stopped)

        for shot in plan.shots:
            if not shot.to_make:
                finished[shot.shot.shot_id] = reused(shot)
        to_make = (shot for shot in in_order(plan.shots, self.params.order) if shot.to_make)
        await shoot_all(to_make, shoot, at_once=self.window, first=first)
        return [finished[shot.shot.shot_id] for shot in plan.shots]

    async def make_sheets(self, plan: FilmPlan) -> None:
        """The pictures that others go by, first; those who wait for one that cannot be made say so."""
        for sheet in plan.sheets:
            with suppress(Interrupted):
                done = await self.chain.shoot(sheet, 0)
                if done.image:
                    self.chain.sheets[sheet.shot.shot_id] = done.image

    async def drafts_damaged(self, shots: Sequence[CompletedShot]) -> bool:
        """Whether a reused file that cost nothing is damaged: then it is put aside and simply made again."""
        return await asyncio.to_thread(self._damaged_drafts, shots)

    async def record(
        self, plan: FilmPlan, shots: Sequence[CompletedShot], found: Sequence[CompletedShot] | None = None
    ) -> None:
        """Write down which assets each shot uses, and what was reused; raises Interrupted if that is to be all.

        ``found`` are the shots that the library has answered whole, by default those of the plan: nobody has counted
        their hits yet.
        """
        await on_thread(self._record, plan, shots)
        await self._record_reuse(shots, _whole(plan, shots) if found is None else found)
        if self.stop.is_set():
            await on_thread(set_status, self.services.engine, self.params.film_id, "interrupted")
            done = sum(1 for s in shots if s.complete and (s.video or s.shot.title))
            raise Interrupted(
                f"stopped: {done} of {len(plan.shots)} shots are done",
                hint="run the same command again to go on from here",
            )

    async def compose(self, shots: Sequence[CompletedShot], began: float) -> FilmResult:
        """The finished film, with stand-ins where shots are missing, its status and its reports."""
        engine, film_id = self.services.engine, self.params.film_id
        result = await self.finisher.cut(await add_stand_ins(self.resolver, self.builder, shots), began)
        if self.ledger_mark is not None:
            result = result.with_books(await on_thread(self._booked, self.ledger_mark))
        await on_thread(set_status, engine, film_id, "partial" if result.failed else "done")
        await on_thread(write_reports, film_id, engine=engine, settings=self.services.settings)
        self.events.emit(
            "film_done",
            path=result.path,
            seconds=float(result.seconds),
            made=result.shots_made,
            reused=result.shots_reused,
            failed=len(result.failed),
            cost=result.cost_usd,
            for_nothing=result.for_nothing_usd,
            saved=result.saved_usd,
            set_aside=result.standing.set_aside,
            under_review=result.standing.under_review,
            disputed=result.standing.disputed,
            over_quote=[bill.job_id for bill in result.over_quote],
        )
        return result

    # -- inside

    def _held_by_others(self, plan: FilmPlan) -> Decimal:
        """What of the plan another process at work on this film has set aside already: it counts once."""
        orders = {(o.shot_id, o.asset_type.value): o for row in plan.assets for o in row.to_buy}
        held = ((orders.get((r.shot_id, r.asset_type)), r.estimated) for r in self.costs.held_for_film())
        return sum((min(order.quote.amount, amount) for order, amount in held if order), Decimal(0))

    def _still_to_spend(self) -> Decimal:
        """What the film needs as it stands now, beyond what is spent and set aside."""
        plan = plan_film(self.params, self.services, self.providers)
        return plan.to_spend - self._held_by_others(plan)

    def _tell_of_job(self, event: JobEvent) -> None:
        facts = {"shot_id": event.shot_id, "step": event.asset_type}
        if event.kind == "progress":
            self.events.emit("step_progress", **facts, done=event.progress or 0.0)
            return
        about = {"kind": event.kind, "provider": event.provider, "job_id": event.job_id, "message": event.message}
        self.events.emit("job", **facts, **about)
        if event.kind in ("review", "lost", "rebought"):
            self.events.emit("warning", message=f"{event.shot_id} {event.asset_type}: {event.message}")

    def _record(self, plan: FilmPlan, shots: Sequence[CompletedShot]) -> None:
        """Which assets each shot uses now; one that a shot takes for the first time without paying was reused.

        Counted in the transaction that records the take: done twice, it is counted once.
        """
        used = [(shot.shot, asset) for shot in shots for asset in shot.assets.values()]
        before = {(place, take.key) for place, takes in plan.known.items() for take in takes}
        again = [(s, a) for s, a in used if a.reused and ((s.shot_id, a.asset_type), a.key) not in before]
        for some in batched(again):
            self.services.index.index_assets(library_asset(s, a, self.params.film_id) for s, a in some)

        def count(db: Connection, new: Set[Place]) -> None:
            ids = [a.asset_id for s, a in again if (s.shot_id, a.asset_type.value, a.key) in new]
            self.services.index.count_reuse(ids, connection=db)

        takes = [(s.shot_id, a.request, a.key) for s, a in used]
        write_takes(self.services.engine, self.params, takes, plan.known, count)

    async def _record_reuse(self, shots: Sequence[CompletedShot], found: Sequence[CompletedShot]) -> None:
        """Each use of something that was there counts as a hit once, and what it had cost as saved once."""
        whole = {shot.shot_id for shot in found}
        taken = [
            (shot.shot_id, asset.asset)
            for shot in shots
            if shot.shot_id not in whole
            for asset in shot.assets.values()
            if asset.taken
        ]
        self.services.cache.count_hits([*reused_assets(found), *taken])  # in memory: not to be done again
        if again := [Saving(a.cost, a.provider, a.kind, shot_id) for shot_id, a in reused_assets(shots) if a.cost]:
            await on_thread(self.costs.record_savings, again)

    def _ledger_now(self) -> int:
        with snapshot(self.services.engine) as db:
            return ledger_mark(db)

    def _booked(self, mark: int) -> Booked:
        with snapshot(self.services.engine) as db:
            return booked_since(db, self.params.film_id, mark)

    def _damaged_drafts(self, shots: Sequence[CompletedShot]) -> bool:
        free = [a.key for s in shots for a in s.assets.values() if a.reused and not a.asset.cost]
        sound = self.services.cache.use_many(free) if not self.finisher.is_unchanged(shots) else dict.fromkeys(free)
        damaged = sum(1 for key in free if key not in sound)
        if damaged:
            self.events.emit("warning", message=f"{damaged} damaged files of drafts were put aside: made again")
        return bool(damaged)


def _whole(plan: FilmPlan, shots: Sequence[CompletedShot]) -> list[CompletedShot]:
    """The shots for which nothing was asked of anybody."""
    there = {shot.shot.shot_id for shot in plan.shots if not shot.to_make}
    return [shot for shot in shots if shot.shot_id in there]


def _as_first_made(first: Sequence[CompletedShot], again: Sequence[CompletedShot]) -> list[CompletedShot]:
    """Shots that were gone over twice: what the first time has made is no reuse the second."""
    made = {(s.shot_id, a.key): a for s in first for a in s.assets.values() if not a.reused}
    return [
        replace(s, assets={kind: made.get((s.shot_id, a.key), a) if a.reused else a for kind, a in s.assets.items()})
        for s in again
    ]


AnyRun = TypeVar("AnyRun", bound=FilmRun)


@asynccontextmanager
async def opened_run(
    kind: Callable[[FilmParams, Services, Events, Stop, ProviderSet], AnyRun],
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
    online: bool | None = None,
    minds_ctrl_c: bool = True,
) -> AsyncGenerator[AnyRun]:
    """A run over a film, of that ``kind``; all that it has opened is closed at the end.

    ``providers`` take the place of those that the film's choices name. ``online`` says whether this process itself asks
    vendors, which otherwise follows from those choices. Where the run ``minds_ctrl_c``, the first one ends new work;
    otherwise it is the program's own affair.
    """
    stop = stop or Stop()
    async with running_services(settings, online=params.is_online if online is None else online) as services:
        with ExitStack() as until_the_end:
            observers = until_the_end.enter_context(observing(settings, params.film_id, params.shots))
            events = Events(*listeners, *observers)
            until_the_end.enter_context(telling(lambda words: events.emit("warning", message=words)))
            if minds_ctrl_c:
                words = "stopping: finishing what is paid for; Ctrl-C again leaves at once"
                until_the_end.enter_context(on_interrupt(stop, partial(events.emit, "warning", message=words)))
            yield kind(params, services, events, stop, ProviderSet(services.context, dict(providers or {})))
