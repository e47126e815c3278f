"""``film read``: what the draft takes a shot to say. Nothing is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import note, one_line, print_json
from film.cli.looking import workspace
from film.cli.options import as_json

if TYPE_CHECKING:
    from film.app.readings import ReadShot


@click.command(name="read")
@click.argument("shots", type=click.Path(path_type=Path))
@as_json
def command(**options: Any) -> int:
    """Say for each shot of SHOTS which place, people and things a draft shows, and what it does not know."""
    from film.app.readings import ReadShots, read_shots
    from film.app.workspace import settings_for

    found = read_shots(ReadShots(shots=options["shots"]), workspace(settings_for(options["shots"])))
    if options["json"]:
        print_json(found.model_dump(mode="json"))
        return 0
    for one in found.shots:
        click.echo(one_line(f"{one.shot_id}  {_line(one)}"))
    if any(one.not_drawn for one in found.shots):
        note("what is not drawn stands as a card with its name; other words for it may be known: film vocabulary")
    return 0


def _line(one: ReadShot) -> str:
    if one.title:
        return f"title: “{' / '.join(one.title.splitlines())}”"
    place = one.setting.row or (f"{one.setting.words} (not known)" if one.setting.words else "no place said")
    people = ", ".join(f"{who.words}{f' ×{who.count}' if who.count > 1 else ''}" for who in one.people)
    shown = ", ".join(
        f"{thing.words}{f' (a {thing.row})' if thing.row != thing.words else ''}" for thing in one.things if thing.row
    )
    parts = [place, people and f"people: {people}", shown and f"things: {shown}"]
    if one.not_drawn:
        parts.append(f"not drawn: {', '.join(one.not_drawn)}")
    return " · ".join(part for part in parts if part)
