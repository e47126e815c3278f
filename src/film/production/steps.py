"""The steps of making a film, a plain function each: for orchestrators that want to draw, time or repeat them.

    load_shots ─► open_run ─► plan_film ─► check_budget ─► shoot ─► record ─► compose

``film make`` takes the same steps through ``FilmRun.make``; ZenML and its like wrap these. What a step has bought is in
the store when it ends, so that repeating one costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from film.planning.params import FilmParams, film_params
from film.planning.plan import Consent, FilmPlan
from film.planning.results import CompletedShot, FilmResult
from film.production.events import Listener
from film.production.film_run import FilmRun, opened_run
from film.production.stop import Stop
from film.settings import Settings, load_settings

__all__ = ["check_budget", "compose", "load_shots", "open_run", "plan_film", "record", "shoot"]


async def load_shots(shots_json_path: Path | str, settings: Settings | None = None, **options: Any) -> FilmParams:
    """Read and check shots.json, and settle every choice; ``options`` are those of ``film_params``."""
    chosen = settings or load_settings(project=Path(shots_json_path).parent)
    return film_params(shots_json_path, chosen, **options)


@asynccontextmanager
async def open_run(
    params: FilmParams,
    settings: Settings | None = None,
    *,
    listeners: Sequence[Listener] = (),
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
) -> AsyncGenerator[FilmRun]:
    """A run to take the steps with; what it opens is closed at the end. Ctrl-C within it sets ``stop``."""
    chosen = settings or load_settings()
    async with opened_run(FilmRun, params, chosen, listeners=listeners, stop=stop, providers=providers) as run:
        yield run


async def plan_film(run: FilmRun) -> FilmPlan:
    """Close what an earlier run left open; then say what is there, what must be made, and at what price at most."""
    await run.recover()
    return await run.plan()


async def check_budget(run: FilmRun, plan: FilmPlan, consent: Consent | None = None) -> None:
    """Raise MissingKeyError, BudgetExceededError or ConsentDeclined before anything is sent."""
    run.check(plan, consent)


async def shoot(run: FilmRun, plan: FilmPlan) -> list[CompletedShot]:
    """Every shot's picture, clip and speech, from the library or made; a shot that failed carries its error."""
    await run.begin(plan)
    return await run.shoot(plan)


async def record(run: FilmRun, plan: FilmPlan, shots: Sequence[CompletedShot]) -> None:
    """Write down which assets each shot uses; raises Interrupted when the run was told to stop."""
    await run.record(plan, shots)


async def compose(run: FilmRun, shots: Sequence[CompletedShot]) -> FilmResult:
    """The finished film."""
    return await run.compose(shots, time.monotonic())
