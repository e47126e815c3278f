"""Single shots: the description's ``FilmGenerationTask``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from film.errors import InputError
from film.models import Shot
from film.planning.api_keys import check_keys
from film.planning.options import OPTIONS, read_options
from film.planning.params import film_params
from film.planning.results import CompletedShot
from film.production.film_run import FilmRun, opened_run
from film.settings import Settings, load_settings
from film.shots import json_lines
from film.shots.fields import kind_of
from film.shots.shotfile import ShotFile, check_shots

_OF_THE_TASK = ("film_id", "tier", "budget_limit", "use_cache")
"""Options of a film that the task has by itself, the first as its project_id."""


class FilmGenerationTask:
    """The description's door to single shots: ``await FilmGenerationTask(project_id="…").generate_shot(shot)``.

    ``api_keys`` maps accounts (``fal``, ``openai`` …) to keys and counts more than the environment; ``tier`` and the
    provider names are those of ``film make``. Raises the shot's own error when something of it could not be made.
    """

    def __init__(
        self,
        project_id: str,
        api_keys: Mapping[str, str] | None = None,
        use_cache: bool = True,
        *,
        tier: str | None = None,
        budget_limit: Decimal | float | str | None = None,
        settings: Settings | None = None,
        **choices: Any,
    ) -> None:
        self.project_id: str = read_options({"film_id": project_id}).get("film_id", "")
        self.api_keys = check_keys(api_keys)
        self.use_cache = use_cache
        self.tier = tier
        self.budget_limit = budget_limit
        self.settings = settings
        self.choices = read_options(choices, [name for name in OPTIONS if name not in _OF_THE_TASK])

    async def generate_shot(self, shot_config: Shot | Mapping[str, Any]) -> CompletedShot:
        """Obtain a shot's picture, clip and speech; ``shot_config`` is a Shot or an entry of shots.json."""
        if not isinstance(cast("object", shot_config), (Shot, Mapping)):
            raise InputError(
                f"the shot is {kind_of(shot_config)}, not a Shot or an entry of shots.json",
                hint='give {"shot_id": …, "enhanced_prompt": …}; a whole film is made by run_film_pipeline',
                field="shot_config",
            )
        return await _single_shot(self, shot_config)


async def _single_shot(task: FilmGenerationTask, shot_config: Shot | Mapping[str, Any]) -> CompletedShot:
    """What ``generate_shot`` does; raises the shot's error."""
    settings = task.settings or load_settings()
    if task.api_keys:
        keys = {**settings.keys, **{name: SecretStr(key) for name, key in task.api_keys.items() if key}}
        settings = settings.model_copy(update={"keys": keys})
    here = Path("shot")
    if isinstance(shot_config, Shot):
        file = ShotFile(here, (shot_config,))
    else:
        file = check_shots([dict(shot_config)], json_lines.JsonLines(""), here)
    params = film_params(
        file,
        settings,
        film_id=task.project_id,
        tier=task.tier,
        budget_limit=task.budget_limit if task.budget_limit is not None else settings.default_budget,
        use_cache=task.use_cache,
        **task.choices,
    )
    if (shot := params.shots[0]).title:
        raise InputError(
            f"{shot.shot_id} is a title: it has no picture, and is drawn where a film is cut",
            hint="make the film that it stands in with run_film_pipeline",
            field="title",
        )
    # Ctrl-C cancels it, as it does whatever a program waits for: nobody listens who could be told of a stop.
    async with opened_run(partial(FilmRun, in_person=True), params, settings, minds_ctrl_c=False) as run:
        done = await run.single()
    if done.error:
        raise done.error
    return done
