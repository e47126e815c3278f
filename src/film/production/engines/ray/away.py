"""Providers whose work is done on the cluster's nodes, behind the interface that they have on one machine.

A provider that works here (the draft tier, a model of yours) is asked here for keys, prices and parameters, as ever;
only its ``generate`` runs elsewhere: on a core of any node or, where it keeps GPUs busy, on a process of its own that
stays there with the model in memory. What it reads and makes travels with the call: a node that only works needs no
gallery, no database and no key.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from film.cluster import Benches, Cluster, HandedFile
from film.models import AssetType, Generated
from film.planning.requests import ProviderSet
from film.production.engines.ray.makeup import Makeup, check_alike, own_makeup
from film.providers.base import BaseProvider, ProviderContext, check_generated
from film.providers.registry import make_provider, provider_class


class RemoteWorkers:
    """The nodes as providers use them: cores for anybody, benches with GPUs for those that need some."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._benches: dict[tuple[AssetType, str], Benches] = {}

    async def generate(self, provider: BaseProvider, arguments: Sequence[Any]) -> Generated:
        """What ``provider.generate(*arguments)`` makes on a node that has what it needs."""
        place = (provider.asset_type, provider.name)
        files = [HandedFile.of(path) for path in map(_file_in, arguments) if path]
        work = self._bench(provider) if provider.gpus else self.cluster
        return await work.call(generate_here, own_makeup(), *place, tuple(arguments), files=files)

    def _bench(self, provider: BaseProvider) -> Benches:
        place = (provider.asset_type, provider.name)
        if place not in self._benches:
            what = f"{provider.asset_type.value} provider {provider.name}"
            self._benches[place] = Benches(self.cluster, provider.gpus, what)
        return self._benches[place]


class AwayProviders(ProviderSet):
    """The providers of a run; those that work locally do so in the workshop."""

    def __init__(self, context: ProviderContext, workshop: RemoteWorkers) -> None:
        super().__init__(context)
        self._workshop = workshop

    def get(self, asset_type: AssetType, name: str) -> BaseProvider:
        place = (asset_type, name)
        if place not in self._made and (kind := provider_class(asset_type, name)).local:
            self._made[place] = _away(kind, self._workshop)(self._context)
        return super().get(asset_type, name)


def _away(kind: type[BaseProvider], workshop: RemoteWorkers) -> type[BaseProvider]:
    """The class with its work done elsewhere; all else is its own."""

    async def generate(self: BaseProvider, *arguments: Any) -> Generated:
        return await workshop.generate(self, arguments)

    return type(kind.__name__, (kind,), {"generate": generate, "__doc__": kind.__doc__})


# -- on the node


def generate_here(
    asked: Makeup, asset_type: AssetType, name: str, arguments: Sequence[Any], places: Mapping[Path, Path]
) -> Generated:
    """Call the provider, with its files where they lie on this node; what it made, as bytes.

    Raises ConfigurationError where this node would make it otherwise than the program that ``asked``.
    """
    check_alike(asked)
    provider, loop = _at_work(asset_type, name)
    here = [places[path].as_uri() if (path := _file_in(argument)) else argument for argument in arguments]
    made = check_generated(loop.run_until_complete(provider.generate(*here)), name)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]  # each kind has its own arguments
    if made.path is None:
        return made
    try:
        return made.model_copy(update={"data": made.path.read_bytes(), "path": None})
    finally:
        made.path.unlink(missing_ok=True)


@cache
def _at_work(asset_type: AssetType, name: str) -> tuple[BaseProvider, asyncio.AbstractEventLoop]:
    """The provider of this process, kept with what it has loaded, and the loop that it lives on."""
    scratch = Path(tempfile.gettempdir())
    return make_provider(asset_type, name, ProviderContext(scratch=scratch)), asyncio.new_event_loop()


def _file_in(argument: object) -> Path | None:
    """The file that an argument names as a URL, if it does."""
    if not isinstance(argument, str) or not argument.startswith("file:"):
        return None
    return Path(url2pathname(urlsplit(argument).path))
