"""The engine ``local``: all of a film in this program, and nothing beside it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from film.planning.params import FilmParams
from film.planning.plan import Consent
from film.planning.results import FilmResult
from film.production.events import Listener
from film.production.film_run import FilmRun, opened_run
from film.production.stop import Stop
from film.production.warmup import warm_up
from film.settings import Settings


async def make_film(
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
) -> FilmResult:
    """Bring a film up to date in this program: the local ``film.production.engines.Engine``.

    ``providers`` take the place of those that the film's choices name.
    """
    began = time.monotonic()
    warm_up(params, settings)
    async with opened_run(FilmRun, params, settings, listeners=listeners, stop=stop, providers=providers) as run:
        return await run.make(consent, began)
