"""``film read``: what the draft takes a shot to say. Nothing is drawn."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import note, one_line, print_json, warn
from film.cli.options import as_json

if TYPE_CHECKING:
    from film.models import Shot
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
    for message in params.warnings:
        warn(message)
    readings = [(shot, None if shot.title else reading_of_shot(shot)) for shot in params.shots]
    if options["json"]:
        print_json({"shots": [{"shot_id": shot.shot_id, **_document(shot, one)} for shot, one in readings]})
        return 0
    for shot, one in readings:
        click.echo(one_line(f"{shot.shot_id}  {_line(one) if one else _title(shot)}"))
    if any(one.unplaced for _, one in readings if one):
        note("what is not drawn stands as a card with its name; other words for it may be known: film vocabulary")
    return 0


def _document(shot: Shot, one: Reading | None) -> dict[str, Any]:
    if one is None:
        return {"title": shot.title.text if shot.title else "", "not_drawn": []}
    return {**asdict(one), "not_drawn": list(one.unplaced)}


def _title(shot: Shot) -> str:
    return f"title: “{' / '.join(shot.title.text.splitlines())}”" if shot.title else ""


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
