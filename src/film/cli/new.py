"""``film new``: a folder with a film in it that can be made at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from film.cli.console import counted, note, one_line, print_json, print_path
from film.cli.looking import workspace
from film.cli.options import as_json, option


@click.command(name="new")
@click.argument("name")
@option("shape", metavar="SHAPE", help="wide, upright, square, portrait or cinema.")
@option("look", metavar="NAME", help="A style template, or none: film templates list.")
@option("sample", metavar="NAME", help="What to begin with: story, talk or one.")
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="A table of shots instead: columns prompt, dialogue, duration, characters, landscapes …",
)
@option("folder", type=click.Path(path_type=Path, file_okay=False), help="Where; by default a folder of its name.")
@as_json
def command(json: bool, **options: Any) -> int:
    """Begin a film called NAME: writes shots.json, film.toml, templates/cast.toml and a README into a new folder.

    Asks for shape, look and sample, unless they are given or nobody is there to ask. Nothing is written over.
    """
    from film.app.beginning import SHAPES, BeginFilm, begin_film, looks
    from film.app.samples import SAMPLES

    here = workspace()
    choices = {"shape": list(SHAPES), "look": list(looks(here)), "sample": list(SAMPLES)}
    if options["table"]:
        del choices["sample"]
    default = BeginFilm(name=options["name"])
    if sys.stdin.isatty():
        for what, known in choices.items():
            if options[what] is None:
                asked = click.Choice(known)
                options[what] = click.prompt(what.capitalize(), type=asked, default=getattr(default, what), err=True)
    made = begin_film(BeginFilm(**{name: value for name, value in options.items() if value is not None}), here)
    if json:
        print_json(made.model_dump(mode="json"))
        return 0
    print_path(made.folder)
    note(one_line(f"{made.title}: {counted(made.shots, 'shot')}"))
    note(f"next: {made.next}")
    return 0
