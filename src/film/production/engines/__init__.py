"""Where a film's work is done, by name: in this program, as ZenML's steps, or on a cluster.

Every engine takes the same steps (``film.production.film_run``) over the same journal, ledger and store, so that a film
begun under one is finished under another and nothing is bought twice. An engine decides only who takes which step. A
new one is a module with an ``async def make_film`` as ``Engine`` has it, and a line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from film.errors import ConfigurationError
from film.production.events import Listener

if TYPE_CHECKING:
    from film.planning.params import FilmParams
    from film.planning.plan import Consent
    from film.planning.results import FilmResult
    from film.production.stop import Stop
    from film.settings import Settings

LOCAL = "local"
ENGINES = {
    LOCAL: "film.production.engines.local",
    "ray": "film.production.engines.ray",
    "zenml": "film.production.engines.zenml",
}
"""Name → the module that has its ``make_film``."""


class Engine(Protocol):
    """Bring a film up to date. Raises Interrupted when stopped; a shot that failed is in the result, marked."""

    async def __call__(
        self,
        params: FilmParams,
        settings: Settings,
        *,
        listeners: Sequence[Listener] = (),
        consent: Consent | None = None,
        stop: Stop | None = None,
    ) -> FilmResult: ...


def engine_named(name: str) -> Engine:
    """The engine of that name. Raises ConfigurationError where there is none, or what it needs is not installed."""
    if name not in tuple(ENGINES):
        raise ConfigurationError(f"there is no engine {name!r}", hint=f"choose one of: {', '.join(ENGINES)}")
    return cast("Engine", import_module(ENGINES[name]).make_film)
