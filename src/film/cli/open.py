"""``film open``: show a film in the program for such files."""

from __future__ import annotations

import sys

import click

from film.cli.console import print_path
from film.cli.looking import workspace
from film.cli.options import option
from film.settings import TIERS


@click.command(name="open")
@click.argument("film", metavar="SHOTS|FILM_ID|FILE")
@option("tier", "-t", type=click.Choice(TIERS), help="Which of the film's versions; by default the newest.")
@option("folder", is_flag=True, help="Show the folder that it lies in.")
def command(film: str, tier: str | None, folder: bool) -> int:
    """Open a film (its shots.json, its id or its file) and print where it is; where nobody watches it only prints."""
    from film.app.film_files import film_file

    found = film_file(film, tier, workspace().looking())
    print_path(found.path.parent if folder else found.path)
    return click.launch(str(found.path), locate=folder) if sys.stdout.isatty() else 0
