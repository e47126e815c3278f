"""``film read``: what the draft takes a shot to say. Nothing is drawn."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import note, one_line, print_json
from film.cli.options import as_json

if TYPE_CHECKING:
    from film.reading import Reading


@click.command(name="read")
@click.argument("shots", type=click.Path(path_type=Path))
@as_json
def command(**options: Any) -> int:
    """Say for each shot of SHOTS which place, people and things a draft shows, and what it does not know."""
    from film.planning.not_drawn import reading_of_shot
    from film.planning.params import film_params
    from film.settings import load_settings

    settings = load_settings(project=options["shots"].parent)
    params = film_params(options["shots"], settings, tier="draft")
    readings = {shot.shot_id: reading_of_shot(shot) for shot in params.shots}
    if options["json"]:
        print_json({"shots": [{"shot_id": name, **_document(one)} for name, one in readings.items()]})
        return 0
    for name, one in readings.items():
        click.echo(one_line(f"{name}  {_line(one)}"))
    if any(one.unplaced for one in readings.values()):
        note("what is not drawn stands as a card with its name; other words for it may be known: film vocabulary")
    return 0


def _document(one: Reading) -> dict[str, Any]:
    return {**asdict(one), "not_drawn": list(one.unplaced)}


def _line(one: Reading) -> str:
    place = one.setting.row or (f"{one.setting.words} (not known)" if one.setting.words else "no place said")
    people = ", ".join(f"{who.words}{f' ×{who.count}' if who.count > 1 else ''}" for who in one.people)
    shown = ", ".join(
        f"{thing.words}{f' (a {thing.row})' if thing.row != thing.words else ''}" for thing in one.things if thing.row
    )
    parts = [place, people and f"people: {people}", shown and f"things: {shown}"]
    if one.unplaced:
        parts.append(f"not drawn: {', '.join(one.unplaced)}")
    return " · ".join(part for part in parts if part)
