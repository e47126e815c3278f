"""The description's own command, ``python -m pipelines.film_generation``, with all of its flags.

It never asks: the limit, given or ``FILM_DEFAULT_BUDGET_USD``, is the consent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.console import warn
from film.cli.main import run
from film.cli.options import budget_limit, film_options, no_cache, option


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@option("shots_json_path", required=True, type=click.Path(path_type=Path), help="The film's shots.json.")
@film_options
@budget_limit
@no_cache
@option("max_concurrent", type=int, default=3, show_default=True, help="Jobs at once at each provider.")
@option("output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Where the film goes.")
@option("force", is_flag=True, help="Let it take the place of a file that this program did not write.")
def command(**options: Any) -> int:
    """Make a film of shot definitions."""
    from film.cli.make import make
    from film.planning.params import film_params
    from film.settings import load_settings

    settings = load_settings(project=options["shots_json_path"].parent)
    for told in settings.notes:
        warn(told)
    given = options.pop("budget_limit")
    params = film_params(
        options.pop("shots_json_path"),
        settings,
        use_cache=not options.pop("no_cache"),
        budget_limit=settings.default_budget if given is None else given,
        concurrency=options.pop("max_concurrent"),
        **options,
    )
    return make(params, settings, None)


def main() -> None:
    run(command, name="python -m pipelines.film_generation")
