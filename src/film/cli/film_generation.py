"""The description's own command, ``python -m pipelines.film_generation``, with all of its flags.

It never asks: the limit, given or ``FILM_DEFAULT_BUDGET_USD``, is the consent.
"""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.looking import workspace_for
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
def command(shots_json_path: Path, no_cache: bool, max_concurrent: int, **options: object) -> int:
    """Make a film of shot definitions."""
    from film.app.making import MakeFilm
    from film.cli.make import make

    workspace = workspace_for(shots_json_path)
    asked = {"shots": shots_json_path, "use_cache": not no_cache, "concurrency": max_concurrent, **options}
    return make(MakeFilm.model_validate(asked), workspace, None)


def main() -> None:
    run(command, name="python -m pipelines.film_generation")
