"""The coordinator: the one process of a cluster that buys, for all films that are being made on it.

    meet(order, mark) ──► one version, one library? else refused, before anything is ordered
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

from film.cluster import Cluster, node_name
from film.errors import ConfigurationError, FilmError
from film.planning.plan import FilmPlan
from film.planning.results import CompletedShot
from film.planning.services import LOCAL_WORK, Services, running_services
from film.production.engines.ray.away import AwayProviders, RemoteWorkers
from film.production.engines.ray.library import ClusterLibrary, Mark
from film.production.engines.ray.makeup import own_makeup
from film.production.engines.ray.order import News, Order, Outcome, order_in
from film.production.events import Event, Events
from film.production.film_run import FilmRun
from film.production.stop import Stop
from film.providers.base import missing_keys
from film.settings import Settings, load_settings

NAME = ROLE = "coordinator"
RESOURCE = "film_coordinator"
"""What a node is started with that coordinators are to be on; without such nodes any will do."""
LONGEST_WAIT = 1.0
"""Seconds that a question for news waits for some."""
SILENCE = 30.0
"""Seconds after which a driver that asks for nothing counts as dead."""
IDLE = 60.0
"""Seconds without a film after which a coordinator ends; until then it remembers what vendors asked for."""


class Coordinator:
    """An actor. Everything in it happens on one event loop.

    Its settings are those of its node, unless it is given some: on a cluster of one program, which tells its keys to
    nobody else.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or load_settings()
        self._workshop = RemoteWorkers(Cluster())
        self._node = node_name()
        self._films: dict[str, _Film] = {}
        self._met: dict[str, Mark] = {}
        """Runs whose driver has our library, as far as we can tell, and what we have left for it to find."""
        own_makeup()  # of what is loaded, whatever is installed later
        self._opening = asyncio.Lock()
        self._open_until_the_end = AsyncExitStack()
        self._services: Services | None = None
        self._watch: asyncio.Task[None] | None = None

    async def accounts(self) -> list[str]:
        """Whose keys are here."""
        self._wake()
        return sorted(self._settings.keys)

    async def meet(self, order_json: str, mark_json: str) -> str:
        """Find what the driver has left, and leave something for it to find.

        Raises ConfigurationError where it has another version than we, another database or another store.
        """
        self._wake()
        order = order_in(order_json, self._node)
        library = ClusterLibrary(await self._house(), ROLE, self._node)
        await asyncio.to_thread(library.look, Mark.model_validate_json(mark_json))
        mark = await asyncio.to_thread(library.leave)
        self._met[order.run_id] = mark
        return mark.model_dump_json()

    async def begin(self, order_json: str) -> bool:
        """Make what is ordered; an order that is known already is not begun twice.

        False where its driver has not been met, or only by one who has died since: nothing is begun.
        """
        self._wake()
        order = order_in(order_json, self._node)
        services = await self._house()
        mark = self._met.pop(order.run_id, None)
        if mark:
            await asyncio.to_thread(ClusterLibrary(services, ROLE, self._node).forget, mark)
        elif order.run_id not in self._films:
            return False
        if order.run_id not in self._films:
            services = replace(services, settings=order.settings(self._settings))
            self._films[order.run_id] = _Film(order, services, self.run_for)
        return True

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

    async def _house(self) -> Services:
        async with self._opening:
            if self._services is None:
                services = running_services(self._settings, online=True)
                self._services = await self._open_until_the_end.enter_async_context(services)
            return self._services

    def _wake(self) -> None:
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_watch())

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
        run = self._run_for(self.order, self._services, Events(self._hear), self.stop)
        await run.recover()
        plan = await run.plan()
        _check_plan(plan, self.order, self._services)
        return await run.shoot(plan)

    def _hear(self, event: Event) -> None:
        self._told.append((event.event, event.facts))
        self._something.set()


def _check_plan(plan: FilmPlan, order: Order, services: Services) -> None:
    if missing := plan.missing_keys(services.settings.keys):
        raise missing_keys(missing)
    if plan.at_most > order.at_most:
        raise ConfigurationError(
            f"on the coordinator's node this would cost up to {plan.at_most} dollars, agreed to were {order.at_most}",
            hint="use one rate card everywhere: see FILM_RATE_CARD",
        )
