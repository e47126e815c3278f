"""A Ray cluster, as much of it as is needed: attached to or started for the occasion, asked for work, left again."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any

from film.cluster import access
from film.cluster.files import HandedFile
from film.cluster.head import HeadWatch, answers
from film.cluster.library import quietly, ray_library
from film.cluster.node import Answer, Done, Failed, Needed, perform, perform_in_steps
from film.errors import ConfigurationError, FilmError

NAMESPACE = "film"
MEMORY = 200_000_000
"""Bytes that a cluster of our own keeps for what travels in it; what does not fit goes to disk."""
RETRIES = 5
"""Times that work is done again because its node, or the process there, has died."""
AS_OTHERS = {"worker_niceness": 0}
"""What runs on a cluster of our own is no nicer than any program. Ray's usual 15 leaves it next to nothing of a machine
that has other work, and the coordinator misses its leases."""
START_HEAD = "RAY_AUTH_MODE=token ray start --head --port=6379 --num-cpus=0 --disable-usage-stats"
AGAIN = "run the same command again: it goes on from here, and nothing is bought twice"
RESTART = (
    "its nodes never join another head, and keep one from starting on their machine: ray stop on each of its machines,"
    f" then ray start there, the head first (docs/how-to/cluster.md); then {AGAIN}"
)
"""What helps once a head is gone."""
_LOOK = 0.5
"""Seconds between two looks at whether what is waited for is still wanted."""


class Cluster:
    """The cluster that this process is a part of: as the program that was started, or as one of its actors."""

    def __init__(self, head: HeadWatch | None = None) -> None:
        self._ray = ray_library()
        self._head = head

    # -- what there is

    @property
    def cpus(self) -> int:
        return int(self._resources.get("CPU", 0))

    @property
    def gpus(self) -> float:
        return float(self._resources.get("GPU", 0))

    @property
    def machines(self) -> set[str]:
        """The addresses of the machines that nodes run on."""
        return {node["NodeManagerAddress"] for node in self._ray.nodes() if node["Alive"]}

    def has(self, resource: str) -> bool:
        return self._resources.get(resource, 0) > 0

    def on_every_node(self, question: Callable[[], Any], *, patience: float) -> dict[str, Any]:
        """What ``question()`` answers on each node that works, by the node's name; the error where it cannot.

        Nodes that die meanwhile are left out; one that is silent for ``patience`` seconds answers TimeoutError. A
        function that no module has under its name travels as it stands: so any version of a package can answer.
        """
        at = import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy
        asked = {
            node["NodeID"]: (
                _name(node["NodeManagerAddress"], node["NodeID"]),
                self._ray.remote(question)
                .options(num_cpus=0, max_retries=RETRIES, scheduling_strategy=at(node_id=node["NodeID"], soft=False))
                .remote(),
            )
            for node in self._ray.nodes()
            if node["Alive"] and (node["Resources"].get("CPU") or node["Resources"].get("GPU"))
        }
        until = time.monotonic() + patience
        left = [reference for _, reference in asked.values()]
        while left and time.monotonic() < until:
            _, left = self._ray.wait(left, num_returns=len(left), timeout=_LOOK)
            self.check()
        alive = {node["NodeID"] for node in self._ray.nodes() if node["Alive"]}
        silent = TimeoutError(f"no answer in {patience:.0f} s")
        return {
            name: silent if reference in left else self._answer(reference)
            for node, (name, reference) in asked.items()
            if node in alive
        }

    # -- work

    async def call(self, function: Callable[..., Any], *arguments: Any, files: Sequence[HandedFile] = ()) -> Any:
        """``function(*arguments, places)`` on a core of any node, done again where that dies. Its error is raised."""
        return await self.answer_of(lambda sent: self._work.remote(function, arguments, files, sent))

    async def answer_of(self, ask: Callable[[dict[str, Any]], Any]) -> Any:
        """What comes of work that ``ask`` sets going, which is given the files that had to be sent."""
        sent: dict[str, Any] = {}
        while True:
            answer: Answer = await self.ask(ask(sent))
            match answer:
                case Done(value):
                    return value
                case Failed(error):
                    raise error
                case Needed(files):
                    sent |= await asyncio.to_thread(self._send, files)

    async def ask(self, reference: Any, *, patience: float | None = None) -> Any:
        """What a reference stands for. Raises TimeoutError after ``patience`` seconds, FilmError without a head."""
        coming = asyncio.wrap_future(reference.future())
        until = None if patience is None else asyncio.get_running_loop().time() + patience
        try:
            while not coming.done():
                await asyncio.wait([coming], timeout=_LOOK if self._head or patience else None)
                self.check()
                if until is not None and not coming.done() and asyncio.get_running_loop().time() > until:
                    raise TimeoutError(f"no answer in {patience:.0f} s")
            return self._told(coming.result)
        finally:
            if not coming.done():
                coming.cancel()

    def wait(self, reference: Any) -> Any:
        """What a reference stands for; blocks."""
        while True:
            ready, _ = self._told(lambda: self._ray.wait([reference], timeout=_LOOK))
            self.check()
            if ready:
                return self._told(lambda: self._ray.get(reference))

    def stream(
        self,
        function: Callable[..., Iterator[Any]],
        *arguments: Any,
        files: Sequence[HandedFile] = (),
        waiting: Callable[[], None],
    ) -> Generator[Any]:
        """The steps of ``function(*arguments, places)``, which runs on a core of any node; blocks.

        ``waiting`` is called now and then while none comes, and may raise to end it. Raises NodeLost where the node
        dies: steps that have come stay valid.
        """
        sent: dict[str, Any] = {}
        while True:
            needed = yield from self._steps(function, arguments, files, sent, waiting)
            if not needed:
                return
            sent |= self._send(needed)

    def check(self) -> None:
        """Raise FilmError once the cluster's head is gone."""
        if self._head:
            self._head.check()

    async def find_head(self) -> None:
        """Return once the head answers; raise FilmError where it is gone.

        To be called after a loss: whoever asks Ray itself for anything while the head is gone hangs until Ray ends him.
        """
        while self._head and not await asyncio.to_thread(self._head.answers):
            self.check()
            await asyncio.sleep(_LOOK)

    # -- actors

    def keep(self, kind: type, name: str, *arguments: Any, resource: str = "") -> Any:
        """The handle of the cluster's one actor of that name, made if it is not there; it outlives this program.

        It is begun anew where it dies. It stays on nodes that have the ``resource``, if there are any.
        """
        where = {resource: 0.001} if resource and self.has(resource) else {}
        options: dict[str, Any] = {
            "name": name,
            "namespace": NAMESPACE,
            "lifetime": "detached",
            "get_if_exists": True,
            "num_cpus": 0,
            "max_restarts": -1,
            "max_task_retries": -1,
            "max_concurrency": 1000,
            "resources": where,
        }
        return self._told(lambda: self._ray.remote(kind).options(**options).remote(*arguments))

    def begin_anew(self, actor: Any) -> None:
        """End the process of a kept actor that does not answer; another takes its place."""
        with suppress(self._ray.exceptions.RayError):
            self._ray.kill(actor, no_restart=False)

    def retire(self) -> None:
        """End the actor that this is called in, for good."""
        self._ray.kill(self._ray.get_runtime_context().current_actor, no_restart=True)

    # -- inside

    @property
    def _resources(self) -> Mapping[str, float]:
        return self._ray.cluster_resources()

    @cached_property
    def _work(self) -> Any:
        return self._ray.remote(perform).options(num_cpus=1, max_retries=RETRIES)

    @cached_property
    def _work_in_steps(self) -> Any:
        return self._ray.remote(perform_in_steps).options(num_cpus=1, max_retries=0, num_returns="streaming")

    def _steps(
        self,
        function: Callable[..., Iterator[Any]],
        arguments: Sequence[Any],
        files: Sequence[HandedFile],
        sent: Mapping[str, Any],
        waiting: Callable[[], None],
    ) -> Generator[Any, None, tuple[HandedFile, ...]]:
        steps = self._work_in_steps.remote(function, arguments, files, sent)
        is_over = False
        try:
            while True:
                try:
                    ready, _ = self._told(lambda: self._ray.wait([steps], timeout=_LOOK))
                    self.check()
                    if not ready:
                        waiting()
                        continue
                    answer: Answer = self._told(lambda: self._ray.get(next(steps)))
                except StopIteration:
                    is_over = True
                    return ()
                match answer:
                    case Done(value):
                        yield value
                    case Failed(error):
                        raise error
                    case Needed(missing):
                        return missing
        finally:
            if not is_over and not (self._head and self._head.is_gone):
                with suppress(Exception):  # it may have ended this moment
                    self._ray.cancel(steps)

    def _answer(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            return getattr(error, "cause", None) or error

    def _send(self, files: Sequence[HandedFile]) -> dict[str, Any]:
        return {file.sha256: self._ray.put(file.path.read_bytes()) for file in files}

    def _told(self, work: Callable[[], Any]) -> Any:
        """What the cluster says of its own troubles, in our words."""
        try:
            return work()
        except self._ray.exceptions.RayTaskError as error:
            raise (error.cause if isinstance(error.cause, FilmError) else error) from None
        except self._ray.exceptions.RayError as error:
            self.check()
            said = str(error).strip().partition("\n")[0]
            raise NodeLost(
                f"a node of the cluster was lost in the middle of its work: {type(error).__name__}: {said}",
                hint="see that its nodes have memory enough, then run again: what is made is kept",
            ) from error


def node_name() -> str:
    """What people know the node by that this process runs on."""
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return socket.gethostname()
    return _name(ray.util.get_node_ip_address(), ray.get_runtime_context().get_node_id())


def _name(address: str, node_id: str) -> str:
    """Several nodes may be on one machine."""
    return f"{address} ({node_id[:8]})"


class NodeLost(FilmError):
    """Work, or an actor, has died with its node or its process, and was not to be done again by the cluster."""


@dataclass
class _Connection:
    """This program's, which all who use it share; the last of them ends it, unless it was there before them."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    is_ours: bool = False
    room: ExitStack = field(default_factory=ExitStack)
    """Where a cluster of our own has its sockets; it is left when the cluster has ended."""


_connection = _Connection()


@contextmanager
def open_cluster(address: str = "", *, environment: Mapping[str, str | None] | None = None) -> Generator[Cluster]:
    """The cluster at ``address``, "host:port" or "auto"; without one, a cluster of this machine alone, ended with us.

    ``environment`` is what the processes of a cluster of our own find in theirs, beside ours; a variable that is None
    there they do not find. A program that is connected already stays connected as it is. Raises ConfigurationError
    where nobody answers, and for a cluster that takes work from anybody.
    """
    ray = ray_library()
    with _connection.lock:
        if not _connection.users:
            _connection.is_ours = not ray.is_initialized()
            if _connection.is_ours:
                _connect(ray, address) if address else _start(ray, environment or {})
        _connection.users += 1
    head = HeadWatch(ray.get_runtime_context().gcs_address, RESTART if address else AGAIN)
    try:
        yield Cluster(head)
    finally:
        head.close()
        with _connection.lock:
            _connection.users -= 1
            if not _connection.users and _connection.is_ours:
                if not head.is_gone:
                    ray.shutdown()
                _connection.room.close()


def _start(ray: Any, environment: Mapping[str, str | None]) -> None:
    with ExitStack() as opened:
        room = opened.enter_context(access.private_room())
        others = dict.fromkeys(access.TOKEN_NAMES)
        with quietly(), access.environment_with({**others, **environment, **room.environment}), access.on_loopback():
            access.demand_token()
            ray.init(
                "local",
                namespace=NAMESPACE,
                object_store_memory=MEMORY,
                include_dashboard=False,
                log_to_driver=False,
                configure_logging=False,
                logging_level="ERROR",
                _node_ip_address=access.LOOPBACK,
                _temp_dir=str(room.folder / "r"),
                _system_config=AS_OTHERS,
            )
        host = ray.get_runtime_context().gcs_address.rpartition(":")[0]
        if not access.is_loopback(host):
            ray.shutdown()
            raise ConfigurationError(
                f"the cluster of this machine listens at {host}, which others reach",
                hint="leave --engine out, and tell us which Ray this is: pip show ray",
            )
        _connection.room = opened.pop_all()


def _connect(ray: Any, address: str) -> None:
    wrong = ConfigurationError(
        f"no cluster answers at FILM_RAY_ADDRESS {address!r}",
        hint=f"start one with: {START_HEAD}; if its head has died, with ray stop on each of its machines before;"
        " or unset FILM_RAY_ADDRESS to use this machine alone",
    )
    if "://" in address:
        raise ConfigurationError(
            f"FILM_RAY_ADDRESS is {address!r}: films are made from a machine of the cluster",
            hint="write the head's host:port, and run film make on one of the cluster's nodes",
        )
    found = _found(address)
    host, _, port = found.rpartition(":")
    if not (port.isdecimal() and answers(host.strip("[]"), int(port))):
        raise wrong
    with quietly(), access.environment_with({access.MODE: "token"}):
        access.demand_token()
        if not access.has_token():
            raise ConfigurationError(f"there is no token to show to the cluster at {found}", hint=access.HOW)
        if access.is_open(host, int(port)):
            raise access.open_to_all(found)
        try:
            ray.init(found, namespace=NAMESPACE, log_to_driver=False, configure_logging=False, logging_level="ERROR")
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise wrong from error
        except ray.exceptions.AuthenticationError as error:
            raise ConfigurationError(
                f"the cluster at {found} does not know the token that is shown to it", hint=access.HOW
            ) from error


def _found(address: str) -> str:
    """``auto`` is whichever was started last on this machine."""
    if address != "auto":
        return address
    try:
        return import_module("ray._private.services").canonicalize_bootstrap_address(address) or ""
    except (ConnectionError, RuntimeError, ValueError):
        return ""
