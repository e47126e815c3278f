"""``film watch``: draw a film's draft again whenever one of its files is saved."""

from __future__ import annotations

from pathlib import Path

import click

from film.cli.console import counted, length, note, print_path, warn
from film.cli.looking import workspace_for
from film.errors import FilmError, Interrupted


@click.command(name="watch")
@click.argument("shots", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=Path("shots.json"))
def command(shots: Path) -> int:
    """Draw the draft of SHOTS, and again after each save: only the shots that changed. Ctrl-C ends it.

    Prints where the film is each time. A mistake in a file is told, and the next save tried.
    """
    from film.app.watching import saves

    draw(shots)
    note(f"watching {shots.parent.absolute()}; Ctrl-C ends it")
    for changed in saves(shots):
        note(f"saved: {', '.join(path.name for path in changed)}")
        draw(shots)
    return 0


def draw(shots: Path) -> bool:
    """Make the draft and say what came of it; False where it could not be made. Raises Interrupted."""
    from film.app.making import MakeFilm, make_film
    from film.app.running import blocking

    try:
        here = workspace_for(shots)
        made = blocking(lambda stop: make_film(MakeFilm(shots=shots, tier="draft"), here, stop=stop))
    except Interrupted:
        raise
    except FilmError as error:
        warn(f"{error}" + (f" ({error.hint})" if error.hint else ""))
        return False
    print_path(made.path)
    note(f"{counted(made.shots_made, 'shot')} drawn, {made.shots_reused} as before, {length(made.elapsed_seconds)}")
    for shot in made.missing:
        warn(f"{shot.shot_id} is missing: {shot.error}")
    return True
