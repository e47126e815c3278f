"""The coordinator: the one process of a cluster that buys, for all films that are being made on it.

    begin(order) ──► FilmRun.shoot, as on one machine     journal, ledger, store; the vendors' limits, right in one
    news(run, seen) ──► events since then, the outcome    process; providers that work locally do so on the nodes
    stop(run), leave(run)

The driver asks for news all the while. One that no longer does has died: what it ordered is stopped as by Ctrl-C. A
coordinator that dies is begun anew, knows nothing of the order, and is given it again; its predecessor's jobs are in
the journal. One that has nothing to do for a while ends.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

from sqlalchemy import select

from film.db.tables import Film
from film.engines import Cluster
from film.errors import ConfigurationError, FilmError
from film.pipeline.cluster.away import AwayProviders, Workshop
from film.pipeline.cluster.order import News, Order, Outcome, own_version
from film.pipeline.events import Event, Events
from film.pipeline.film_run import FilmRun
from film.pipeline.plan import FilmPlan
from film.pipeline.results import CompletedShot
from film.pipeline.services import LOCAL_WORK, Services, running_services
from film.pipeline.stop import Stop
from film.providers.base import missing_keys
from film.settings import load_settings

NAME = "coordinator"
RESOURCE = "film_coordinator"
"""What a node is started with that coordinators are to be on; without such nodes any will do."""
LONGEST_WAIT = 1.0
"""Seconds that a question for news waits for some."""
SILENCE = 30.0
"""Seconds after which a driver that asks for nothing counts as dead."""
IDLE = 60.0
"""Seconds without a film after which a coordinator ends; until then it remembers what vendors asked for."""


class Coordinator:
    """An actor. Everything in it happens on one event loop."""

    def __init__(self) -> None:
        self._settings = load_settings()
        self._workshop = Workshop(Cluster())
        self._films: dict[str, _Film] = {}
        self._opening = asyncio.Lock()
        self._open_until_the_end = AsyncExitStack()
        self._services: Services | None = None
        self._watch: asyncio.Task[None] | None = None

    async def accounts(self) -> list[str]:
        """Whose keys are here."""
        return sorted(self._settings.keys)

    async def begin(self, order_json: str) -> None:
        """Make what is ordered; an order that is known already is not begun twice."""
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_watch())
        order = _order_in(order_json)
        async with self._opening:
            if self._services is None:
                services = running_services(self._settings, online=True)
                self._services = await self._open_until_the_end.enter_async_context(services)
        if order.run_id not in self._films:
            services = replace(self._services, settings=order.settings(self._settings))
            self._films[order.run_id] = _Film(order, services, self.run_for)

    def run_for(self, order: Order, services: Services, events: Events, stop: Stop) -> FilmRun:
        """The run that makes what is ordered: as on one machine, with the nodes for what is made locally."""
        providers = AwayProviders(services.context, self._workshop)
        cores = max(LOCAL_WORK, 2 * self._workshop.cluster.cpus)  # nodes that have come since are counted too
        return FilmRun(order.params, services, events, stop, providers, lease=order.lease, cores=cores)

    async def news(self, run_id: str, seen: int) -> News | None:
        """What has happened after the first ``seen`` events, as soon as there is any; None for an unknown order."""
        film = self._films.get(run_id)
        return await film.news(seen) if film else None

    async def stop(self, run_id: str) -> None:
        """Begin nothing more that costs anything; what is under way is finished."""
        if film := self._films.get(run_id):
            film.stop.set()

    async def leave(self, run_id: str) -> None:
        """The driver has the outcome."""
        if film := self._films.pop(run_id, None):
            film.stop.set()

    async def _keep_watch(self) -> None:
        idle_since = time.monotonic()
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            for run_id, film in list(self._films.items()):
                if now - film.asked > SILENCE:
                    film.stop.set()
                    if film.outcome:
                        del self._films[run_id]
            if self._films:
                idle_since = now
            elif now - idle_since > IDLE:
                self._workshop.cluster.retire()


class _Film:
    """One order at work."""

    def __init__(
        self, order: Order, services: Services, run_for: Callable[[Order, Services, Events, Stop], FilmRun]
    ) -> None:
        self.order, self.stop = order, Stop()
        self.asked = time.monotonic()
        self.outcome: Outcome | None = None
        self._services, self._run_for = services, run_for
        self._told: list[tuple[str, Mapping[str, object]]] = []
        self._forgotten = 0
        """Events that the driver has seen, and that are not kept."""
        self._something = asyncio.Event()
        self._task = asyncio.create_task(self._make())

    async def news(self, seen: int) -> News:
        self.asked = time.monotonic()
        del self._told[: max(0, seen - self._forgotten)]
        self._forgotten = max(seen, self._forgotten)
        if not self._told and not self.outcome:
            self._something.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), LONGEST_WAIT)
        return News(tuple(self._told), self._forgotten + len(self._told), self.outcome)

    async def _make(self) -> None:
        try:
            outcome = Outcome(shots=tuple(await self._shoot()))
        except FilmError as error:
            outcome = Outcome(error=error)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is for the driver to tell
            failed = FilmError(f"the coordinator failed: {type(error).__name__}: {error}", hint="run again to go on")
            failed.add_note(traceback.format_exc())
            outcome = Outcome(error=failed)
        self.outcome = outcome
        self._something.set()

    async def _shoot(self) -> list[CompletedShot]:
        await asyncio.to_thread(_check_library, self.order.params.film_id, self._services)
        run = self._run_for(self.order, self._services, Events(self._hear), self.stop)
        await run.recover()
        plan = await run.plan()
        _check_plan(plan, self.order, self._services)
        return await run.shoot(plan)

    def _hear(self, event: Event) -> None:
        self._told.append((event.event, event.facts))
        self._something.set()


def _order_in(order_json: str) -> Order:
    """The order; ConfigurationError where another version gives it, which may mean other things by it."""
    import json

    theirs = json.loads(order_json)["version"]
    if theirs != own_version():
        raise ConfigurationError(
            f"the cluster's nodes have film-generation {own_version()}, and this program is {theirs}",
            hint="install one version everywhere; a coordinator ends a minute after its last film",
        )
    return Order.model_validate_json(order_json)


def _check_library(film_id: str, services: Services) -> None:
    """The driver has put the film on record: a database that does not know it is another one."""
    with services.engine.connect() as db:
        if db.execute(select(Film.film_id).where(Film.film_id == film_id)).first() is None:
            raise ConfigurationError(
                f"the coordinator's database does not know film {film_id}: it is another one than this program's",
                hint="set FILM_DATABASE_URL and FILM_GALLERY_DIR alike on every node, then start the nodes again",
            )


def _check_plan(plan: FilmPlan, order: Order, services: Services) -> None:
    if missing := plan.missing_keys(services.settings.keys):
        raise missing_keys(missing)
    if plan.at_most > order.at_most:
        raise ConfigurationError(
            f"on the coordinator's node this would cost up to {plan.at_most} dollars, agreed to were {order.at_most}",
            hint="use one rate card everywhere: see FILM_RATE_CARD",
        )
