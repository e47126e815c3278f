"""Make a film, or a single shot of one: the doors of the pipeline, and the one place where async work begins.

params ─► plan ─► keys and budget, or stop ─► every shot's chain at once ─► stand-ins ─► cut ─► records
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from film import json_lines
from film.errors import InputError
from film.models import Shot
from film.pipeline.engine import LOCAL, engine_named
from film.pipeline.events import Listener
from film.pipeline.film_run import Consent, FilmRun, opened_run
from film.pipeline.options import as_flags
from film.pipeline.params import FilmParams, film_params
from film.pipeline.results import CompletedShot, FilmResult
from film.pipeline.stop import Stop, run_blocking
from film.pipeline.warmup import warm_up
from film.settings import Settings, load_settings
from film.shotfile import ShotFile, check_shots

if TYPE_CHECKING:
    from film.pipeline.task import FilmGenerationTask


def run_film_pipeline(
    film_id: str | None = None,
    shots_json_path: Path | str = "shots.json",
    budget_limit: float | Decimal | str | None = None,
    default_image_provider: str | None = None,
    default_video_provider: str | None = None,
    default_audio_provider: str | None = None,
    use_cache: bool = True,
    *,
    tier: str | None = None,
    settings: Settings | None = None,
    engine: str = LOCAL,
    listeners: Sequence[Listener] = (),
    **options: Any,
) -> FilmResult:
    """Make a film and return it; it prints as its path. Blocks until it is done.

    ``budget_limit`` in dollars; without one ``FILM_DEFAULT_BUDGET_USD`` holds. ``engine`` is who does the work, one of
    ``film.pipeline.engine.ENGINES``. ``options`` are those of ``film_params``: size, frame_rate, models, transition,
    music, concurrency (or max_concurrent), order, output …; providers may also be named as there, ``video_provider``
    and so on.
    """
    project = Path(shots_json_path).parent if _is_path(shots_json_path) else None  # else film_params tells
    chosen = settings or load_settings(project=project)
    defaults = {
        "image_provider": default_image_provider,
        "video_provider": default_video_provider,
        "audio_provider": default_audio_provider,
    }
    named = {name: provider for name, provider in defaults.items() if provider is not None}
    if twice := named.keys() & options.keys():
        name = min(twice)
        raise InputError(f"both default_{name} and {name} are given", hint=f"keep default_{name}", field=name)
    params = film_params(
        shots_json_path,
        chosen,
        film_id=film_id,
        tier=tier,
        budget_limit=chosen.default_budget if budget_limit is None else budget_limit,
        use_cache=use_cache,
        **named,
        **as_flags(options),
    )
    make = engine_named(engine)
    return run_blocking(lambda stop: make(params, chosen, listeners=listeners, stop=stop))


async def make_film(
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
) -> FilmResult:
    """Bring a film up to date in this program: the local ``film.pipeline.engine.Engine``.

    ``providers`` take the place of those that the film's choices name.
    """
    began = time.monotonic()
    warm_up(params, settings)
    async with opened_run(FilmRun, params, settings, listeners=listeners, stop=stop, providers=providers) as run:
        return await run.make(consent, began)


async def generate_single_shot(task: FilmGenerationTask, shot_config: Shot | Mapping[str, Any]) -> CompletedShot:
    """What ``FilmGenerationTask.generate_shot`` does; raises the shot's error."""
    settings = task.settings or load_settings()
    if task.api_keys:
        keys = {**settings.keys, **{name: SecretStr(key) for name, key in task.api_keys.items() if key}}
        settings = settings.model_copy(update={"keys": keys})
    here = Path("shot")
    if isinstance(shot_config, Shot):
        file = ShotFile(here, (shot_config,))
    else:
        file = check_shots([dict(shot_config)], json_lines.Lines(""), here)
    params = film_params(
        file,
        settings,
        film_id=task.project_id,
        tier=task.tier,
        budget_limit=task.budget_limit if task.budget_limit is not None else settings.default_budget,
        use_cache=task.use_cache,
        **task.choices,
    )
    # Ctrl-C cancels it, as it does whatever a program waits for: nobody listens who could be told of a stop.
    async with opened_run(partial(FilmRun, in_person=True), params, settings, minds_ctrl_c=False) as run:
        done = await run.single()
    if done.error:
        raise done.error
    return done


def _is_path(value: object) -> bool:
    return isinstance(value, str | os.PathLike)
