"""``film templates``: the looks there are, and what they make of a film's prompts; nothing is sent or stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.console import note, one_line, print_json, shorten, table
from film.cli.options import as_json, option
from film.files.bounds import read_plain

_shots_file = click.Path(path_type=Path, dir_okay=False)


@click.group(name="templates")
def command() -> None:
    """Style templates: list them, show one, or preview the prompts they make."""


@command.command(name="list")
@click.argument("shots", type=_shots_file, required=False)
@as_json
def list_command(**options: Any) -> int:
    """All templates: those beside SHOTS, those in the gallery, and those that come with the program."""
    shelf = _shelf(options["shots"])
    found = [shelf.get(name) for name in shelf.names()]
    if options["json"]:
        print_json([_document(template) for template in found])
        return 0
    rows = [(t.name, str(t.version), t.origin, shorten(t.description, 70)) for t in found]
    click.echo(table(rows, ("template", "version", "from", "look"), right=(1,)))
    return 0


@command.command(name="show")
@click.argument("name")
@click.argument("shots", type=_shots_file, required=False)
@as_json
def show_command(**options: Any) -> int:
    """One template: its text, its variables and what it says for a shot."""
    template = _shelf(options["shots"]).get(options["name"])
    if options["json"]:
        print_json(_document(template))
        return 0
    note(f"{template.label}, {template.origin}: {template.path}")
    click.echo(
        "".join(f"{one_line(line)}\n" for line in read_plain(template.path, "template").decode("utf-8").splitlines()),
        nl=False,
    )
    return 0


@command.command(name="preview")
@click.argument("shots", type=_shots_file)
@option("template", metavar="NAME", help="Try this template on all shots that name none.")
@option("shot", metavar="ID", multiple=True, help="Only this shot; may be repeated.")
@as_json
def preview_command(**options: Any) -> int:
    """The prompts of SHOTS as the providers would get them."""
    from film.errors import InputError
    from film.prompts import rendered, shelf_for
    from film.settings import load_settings
    from film.shots.shotfile import load_shots

    file = load_shots(options["shots"])
    wanted = set(options["shot"])
    shots = [shot for shot in file.shots if not wanted or shot.shot_id in wanted]
    if missing := wanted - {shot.shot_id for shot in shots}:
        raise InputError(f"there is no shot {min(missing)!r}", hint="check --shot", file=options["shots"])
    done = rendered(
        shots,
        shelf_for(file.path, load_settings(project=file.path.parent).gallery),
        template=options["template"] or file.film.template,
        variables=file.film.variables,
    )
    if options["json"]:
        print_json(
            [
                {
                    "shot_id": one.shot.shot_id,
                    "prompt": one.shot.enhanced_prompt,
                    "negative_prompt": one.shot.negative_prompt,
                    "made_of": dict(one.used),
                }
                for one in done
            ]
        )
        return 0
    for one in done:
        click.echo(f"{one.shot.shot_id}: {shorten(one.shot.enhanced_prompt, 10_000)}")
        if one.shot.negative_prompt:
            click.echo(f"  not: {shorten(one.shot.negative_prompt, 10_000)}")
        if one.used:
            note(f"  made of: {', '.join(one.used)}")
    return 0


def _shelf(shots: Path | None) -> Any:
    from film.prompts import shelf_for
    from film.settings import load_settings

    return shelf_for(shots, load_settings().gallery)


def _document(template: Any) -> dict[str, Any]:
    return {
        "name": template.name,
        "version": template.version,
        "description": template.description,
        "from": template.origin,
        "path": str(template.path),
        "prompt": template.prompt,
        "negative_prompt": template.negative_prompt,
        "variables": {name: one.model_dump(mode="json", exclude_none=True) for name, one in template.variables.items()},
        "shot": template.shot.model_dump(mode="json", exclude_none=True),
    }
