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
    from film.reading import catalogue, read
    from film.reading.looks import roles

    known = catalogue()
    if word := options["word"]:
        found = read(f"the {word}", landscapes=())
        place = read("", landscapes=(word,)).setting.row
        things = [one.row for one in found.things if one.row]
        document = {"word": word, "place": place, "thing": things[0] if things else None,
                    "person": bool(found.people)}  # fmt: skip
        if options["json"]:
            print_json(document)
        else:
            said = [f"{kind}: {row}" for kind, row in (("place", place), ("thing", document["thing"])) if row]
            said += ["somebody"] if found.people else []
            click.echo(f"{word}: {'; '.join(said) or 'not known, a card with its name'}")
        return 0
    rows = {
        "places": sorted(known.places),
        "things": sorted(known.things),
        "roles": sorted(roles()),
        "names": known.names(),
    }
    if options["json"]:
        print_json(rows)
        return 0
    for kind in ("places", "things", "roles"):
        names = rows[kind]
        assert isinstance(names, list)
        click.echo(f"{kind} ({len(names)}): {', '.join(names)}\n")
    note(f"with their kinds and other names, {rows['names']} words and phrases for things")
    return 0
