"""Make a film from Python: the description's ``run_film_pipeline``, and ``make_film`` for programs with a loop.

params ─► plan ─► keys and budget, or stop ─► every shot's chain at once ─► stand-ins ─► cut ─► records
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from film.app.running import blocking
from film.errors import InputError
from film.planning.options import as_flags
from film.planning.params import film_params
from film.planning.results import FilmResult
from film.production.engines import LOCAL, engine_named
from film.production.engines.local import make_film
from film.production.events import Listener
from film.settings import Settings, load_settings

__all__ = ["make_film", "run_film_pipeline"]


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
    ``film.production.engines.ENGINES``. ``options`` are those of ``film_params``: size, frame_rate, models, transition,
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
    return blocking(lambda stop: make(params, chosen, listeners=listeners, stop=stop))


def _is_path(value: object) -> bool:
    return isinstance(value, str | os.PathLike)
