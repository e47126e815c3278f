"""``film templates``: the looks there are, and what they make of a film's prompts; nothing is sent or stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from film.cli.console import note, one_line, print_json, shorten, table
from film.cli.looking import workspace
from film.cli.options import as_json, option

_shots_file = click.Path(path_type=Path, dir_okay=False)


@click.group(name="templates")
def command() -> None:
    """Style templates: list them, show one, or preview the prompts they make."""


@command.command(name="list")
@click.argument("shots", type=_shots_file, required=False)
@as_json
def list_command(**options: Any) -> int:
    """All templates: those beside SHOTS, those in the gallery, and those that come with the program."""
    from film.app.templates import list_templates

    found = list_templates(options["shots"], workspace())
    if options["json"]:
        print_json([template.model_dump(mode="json") for template in found])
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
    from film.app.templates import show_template

    template = show_template(options["name"], options["shots"], workspace())
    if options["json"]:
        print_json(template.model_dump(mode="json"))
        return 0
    note(f"{template.label}, {template.origin}: {template.path}")
    click.echo("".join(f"{one_line(line)}\n" for line in template.text.splitlines()), nl=False)
    return 0


@command.command(name="preview")
@click.argument("shots", type=_shots_file)
@option("template", metavar="NAME", help="Try this template on all shots that name none.")
@option("shot", metavar="ID", multiple=True, help="Only this shot; may be repeated.")
@as_json
def preview_command(**options: Any) -> int:
    """The prompts of SHOTS as the providers would get them."""
    from film.app.templates import PreviewPrompts, preview_prompts

    done = preview_prompts(PreviewPrompts(shots=options["shots"], template=options["template"], only=options["shot"]))
    if options["json"]:
        print_json([one.model_dump(mode="json") for one in done])
        return 0
    for one in done:
        click.echo(f"{one.shot_id}: {shorten(one.prompt, 10_000)}")
        if one.negative_prompt:
            click.echo(f"  not: {shorten(one.negative_prompt, 10_000)}")
        if one.made_of:
            note(f"  made of: {', '.join(one.made_of)}")
    return 0
