"""Processes that stay, each with GPUs of its own, for work that loads something large before it can begin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from film.cluster.cluster import Cluster
from film.cluster.files import HandedFile
from film.cluster.library import ray_library
from film.cluster.node import Bench
from film.errors import ConfigurationError


class Benches:
    """As many as the cluster has GPUs for, begun when there is work for them. They end with who holds this object."""

    def __init__(self, cluster: Cluster, gpus: float, what: str) -> None:
        self._cluster, self._gpus, self._what = cluster, gpus, what
        self._idle: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self._begun = 0

    async def call(self, function: Callable[..., Any], *arguments: Any, files: Sequence[HandedFile] = ()) -> Any:
        """``function(*arguments, places)`` at the first bench that is free; its error is raised."""
        bench = await self._bench()
        try:
            return await self._cluster.answer_of(lambda sent: bench.perform.remote(function, arguments, files, sent))
        finally:
            self._idle.put_nowait(bench)

    async def _bench(self) -> Any:
        if self._idle.empty() and self._begun < self._most():
            self._begun += 1
            options: dict[str, Any] = {
                "num_cpus": 0,
                "num_gpus": self._gpus,
                "max_restarts": -1,
                "max_task_retries": -1,
            }
            return ray_library().remote(Bench).options(**options).remote()
        return await self._idle.get()

    def _most(self) -> int:
        most = int(self._cluster.gpus / self._gpus)
        if not most and not self._begun:
            raise ConfigurationError(
                f"{self._what} needs {self._gpus:g} GPU, and the cluster has {self._cluster.gpus:g}",
                hint="start a node that has one: ray start --address=… --num-gpus=1",
            )
        return most
