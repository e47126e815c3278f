"""``film vocabulary``: what a draft can draw, by name."""

from __future__ import annotations

from typing import Any

import click

from film.cli.console import note, print_json
from film.cli.options import as_json


@click.command(name="vocabulary")
@click.argument("word", required=False)
@as_json
def command(**options: Any) -> int:
    """List the places, things and roles of drafts, or say what WORD is drawn as."""
    from film.app.readings import look_up_word, vocabulary

    if word := options["word"]:
        found = look_up_word(word)
        if options["json"]:
            print_json(found.model_dump(mode="json"))
        else:
            said = [f"{kind}: {row}" for kind, row in (("place", found.place), ("thing", found.thing)) if row]
            said += ["somebody"] if found.person else []
            click.echo(f"{word}: {'; '.join(said) or 'not known, a card with its name'}")
        return 0
    known = vocabulary()
    if options["json"]:
        print_json(known.model_dump(mode="json"))
        return 0
    for kind, names in (("places", known.places), ("things", known.things), ("roles", known.roles)):
        click.echo(f"{kind} ({len(names)}): {', '.join(names)}\n")
    note(f"with their kinds and other names, {known.names} words and phrases for things")
    return 0
