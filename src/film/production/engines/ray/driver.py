"""The program that was started: it plans and asks on its own machine, has the shots made, and makes the cut."""

from __future__ import annotations

import asyncio
import socket
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from film.cache import CachedAsset
from film.cluster import Cluster, check_installed, open_cluster
from film.cluster.cluster import NodeLost
from film.errors import ConfigurationError, StoreError
from film.planning.params import FilmParams
from film.planning.plan import Consent, FilmPlan
from film.planning.results import CompletedShot, FilmResult, ShotAsset
from film.production.engines.ray.coordinator import NAME, RESOURCE, Coordinator
from film.production.engines.ray.encoding import NodeEncoder
from film.production.engines.ray.library import ClusterLibrary, Mark
from film.production.engines.ray.makeup import check_nodes, own_makeup, own_version, travelling_question
from film.production.engines.ray.order import News, Order, Outcome
from film.production.events import Events, Listener
from film.production.film_run import LEASE, FilmRun, opened_run
from film.production.finishing.cut import EncodeBackend
from film.production.stop import Stop
from film.settings import Settings, as_environment
from film.vendors import secret_names

PATIENCE = 60.0
"""Seconds after which a coordinator that does not answer is taken to be asleep, and another is begun. That one is given
twice the time, and so on until one answers: a machine may be so slow that it takes longer than this to begin."""


async def make_film(
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
) -> FilmResult:
    """Bring a film up to date on the cluster at ``FILM_RAY_ADDRESS``, or on one that is started for it here."""
    check_installed()
    began = time.monotonic()
    async with opened_run(ClusterRun, params, settings, listeners=listeners, stop=stop, online=False) as run:
        with run.house:
            return await run.make(consent, began)


class ClusterHandle:
    """The cluster, once it is needed: a film that is there already needs none. ``tell`` hears of what may be odd."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self.settings, self._tell = settings, tell
        self._stack = ExitStack()
        self.opened: Cluster | None = None

    @property
    def is_shared(self) -> bool:
        """Whether it is there also without us."""
        return bool(self.settings.ray_address)

    def cluster(self) -> Cluster:
        if self.opened is None:
            address = self.settings.ray_address
            environment = {} if address else {**as_environment(self.settings), **dict.fromkeys(secret_names())}
            opened = self._stack.enter_context(open_cluster(address, environment=environment))
            self._check_database(opened)
            if address:
                self._check_nodes(opened)
            self.opened = opened
        return self.opened

    def coordinator(self) -> Any:
        """A cluster of our own has no keys but what its coordinator is given, who keeps it in memory."""
        given = () if self.is_shared else (self.settings,)
        return self.cluster().keep(Coordinator, NAME, *given, resource=RESOURCE)

    def _check_database(self, cluster: Cluster) -> None:
        machines = cluster.machines
        if len(machines) > 1 and self.settings.database_url.startswith("sqlite"):
            raise ConfigurationError(
                f"the cluster has {len(machines)} machines, and FILM_DATABASE_URL is SQLite, which serves one",
                hint="set FILM_DATABASE_URL=postgresql://… on every node: docs/how-to/cluster.md",
            )

    def _check_nodes(self, cluster: Cluster) -> None:
        """Nodes there are, and they prove that they would work as we do, before they are given anything to do."""
        if not cluster.cpus:
            raise ConfigurationError(
                f"the cluster at {self.settings.ray_address} has no node that works",
                hint="start some, and wait until they are there: ray start --address=HEAD:6379, see"
                " docs/how-to/cluster.md",
            )
        check_nodes(cluster.on_every_node(travelling_question(), patience=PATIENCE), self._tell)

    def __enter__(self) -> ClusterHandle:
        return self

    def __exit__(self, *about: object) -> None:
        self._stack.close()


class ClusterRun(FilmRun):
    """A run whose shots are made by the coordinator, and whose pieces are encoded by the nodes."""

    @cached_property
    def house(self) -> ClusterHandle:
        return ClusterHandle(self.services.settings, lambda message: self.events.emit("warning", message=message))

    def check(self, plan: FilmPlan, consent: Consent | None) -> None:
        """As ever, but the keys are the coordinator's where the cluster is not ours."""
        if self.house.is_shared and plan.missing_keys(self.keys):
            cluster = self.house.cluster()
            self.keys = dict.fromkeys(cluster.wait(self.house.coordinator().accounts.remote()), "")
        super().check(plan, consent)

    async def shoot(self, plan: FilmPlan, first: int = 0) -> list[CompletedShot]:
        if not any(shot.to_make for shot in plan.shots):
            return await super().shoot(plan, first)
        settings = self.services.settings
        order = Order(
            run_id=uuid.uuid4().hex,
            version=own_version(),
            makeup=dict(own_makeup()),
            params=self.params,
            at_most=plan.at_most,
            spend_allowed=settings.spend_allowed,
            daily_budget=settings.daily_budget,
            cache_salt=settings.cache_salt,
            lease=LEASE,
        )
        library = ClusterLibrary(self.services, "driver", socket.gethostname())
        following = Following(self.house, order, library, self.events, self.stop)
        outcome = await following.to_the_end()
        if outcome.error:
            raise outcome.error
        return await asyncio.to_thread(self._as_they_lie_here, outcome.shots, following.made)

    async def compose(self, shots: Sequence[CompletedShot], began: float) -> FilmResult:
        """As ever; a cluster of this machine alone is not started only to encode."""
        if self.house.opened or (self.house.is_shared and not self.finisher.is_unchanged(shots)):
            cluster, loop = self.house.cluster(), asyncio.get_running_loop()

            def tell(message: str) -> None:
                loop.call_soon_threadsafe(lambda: self.events.emit("warning", message=message))

            self.finisher.encoders = EncodeBackend(NodeEncoder(cluster, tell), max(1, cluster.cpus))
        return await super().compose(shots, began)

    def _as_they_lie_here(
        self, shots: Sequence[CompletedShot], made: Mapping[tuple[str, str], tuple[str, Decimal]]
    ) -> list[CompletedShot]:
        """The coordinator's shots with the store's own word for every asset: paths are this machine's."""
        assets = [asset for shot in shots for asset in shot.assets.values()]
        keys = [key for asset in assets for key in (asset.key, *(part.key for part in asset.reused_parts))]
        here = self.services.cache.peek_many(keys)
        if missing := set(keys) - here.keys():
            raise StoreError(
                f"{len(missing)} of the {len(set(keys))} files that the coordinator has made are not in this gallery",
                hint="nodes and this machine need one gallery: a shared folder as FILM_GALLERY_DIR, or FILM_STORE_URL",
            )
        return [
            replace(
                shot,
                assets={
                    kind: _made_before(_here(asset, here), made.get((shot.shot_id, kind.value)))
                    for kind, asset in shot.assets.items()
                },
            )
            for shot in shots
        ]


def _here(asset: ShotAsset, here: Mapping[str, CachedAsset]) -> ShotAsset:
    return replace(asset, asset=here[asset.key], reused_parts=tuple(here[part.key] for part in asset.reused_parts))


def _made_before(asset: ShotAsset, told: tuple[str, Decimal] | None) -> ShotAsset:
    """What was made in this run by a coordinator that has died since, its successor has found there."""
    if asset.reused and told and told[0] == asset.asset_id:
        return replace(asset, reused=False, cost=told[1])
    return asset


class Following:
    """An order on its way: given, followed, given again to a successor, stopped.

    Before each who gets it begins, it is known that it works as this program does, and with the same library.
    """

    def __init__(self, house: ClusterHandle, order: Order, library: ClusterLibrary, events: Events, stop: Stop) -> None:
        self._house, self._order, self._library, self._events, self._stop = house, order, library, events, stop
        self.made: dict[tuple[str, str], tuple[str, Decimal]] = {}
        """(shot, step) → asset and cost of what was made since the order was given."""

    async def to_the_end(self) -> Outcome:
        cluster = self._house.cluster()  # on this thread: Ray minds signals, which are the main thread's
        coordinator: Any = None
        patience = PATIENCE
        run_id, seen, told_to_stop, is_known = self._order.run_id, 0, False, False
        while True:
            try:
                if coordinator is None:
                    coordinator = self._house.coordinator()
                if not is_known:
                    is_known, seen, told_to_stop = await self._begun(cluster, coordinator, patience), 0, False
                    if not is_known:
                        continue  # who was met has died: it may be another machine's turn
                if self._stop.is_set() and not told_to_stop:
                    await cluster.ask(coordinator.stop.remote(run_id), patience=patience)
                    told_to_stop = True
                news: News | None = await cluster.ask(coordinator.news.remote(run_id, seen), patience=patience)
            except TimeoutError:
                self._warn(f"the coordinator has not answered for {patience:.0f} s: another takes over")
                cluster.begin_anew(coordinator)
                patience *= 2
                continue
            except NodeLost:
                coordinator, is_known = None, False
                await asyncio.sleep(1)
                await cluster.find_head()
                continue
            patience = PATIENCE
            if news is None:
                self._warn("the coordinator was lost: another goes on with what the journal says")
                is_known = False
                continue
            seen = news.seen
            for name, facts in news.events:
                self._hear(name, facts)
            if news.outcome:
                coordinator.leave.remote(run_id)
                if self._stop.is_set() or not news.outcome.was_stopped:
                    return news.outcome
                self._warn("the coordinator had not heard of this program for a while, and had stopped: it goes on")
                is_known = False

    async def _begun(self, cluster: Cluster, coordinator: Any, patience: float) -> bool:
        """Meet the coordinator, then give it the order. Raises ConfigurationError where the two do not belong together;
        then nothing was ordered."""
        order = self._order.model_dump_json()
        mark = await asyncio.to_thread(self._library.leave)
        try:
            answer = await cluster.ask(coordinator.meet.remote(order, mark.model_dump_json()), patience=patience)
            await asyncio.to_thread(self._library.look, Mark.model_validate_json(answer))
        finally:
            await asyncio.to_thread(self._library.forget, mark)
        return await cluster.ask(coordinator.begin.remote(order), patience=patience)

    def _hear(self, name: str, facts: Mapping[str, Any]) -> None:
        if name == "step_done" and not facts["reused"]:
            self.made[facts["shot_id"], facts["step"]] = (facts["asset_id"], facts["cost"])
        self._events.emit(name, **facts)

    def _warn(self, message: str) -> None:
        self._events.emit("warning", message=message)
