"""``film doctor``: is everything there?"""

from __future__ import annotations

import click

from film.cli.console import one_line, print_json
from film.cli.looking import workspace
from film.cli.options import as_json, option

_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command(name="doctor")
@option("online", is_flag=True, help="Ask each vendor, by a call that costs nothing, whether its key works.")
@as_json
def command(online: bool, json: bool) -> int:
    """Check keys, gallery, database, and what the draft tier needs. Exit code 1 when something is broken."""
    from film.app.doctor import examine

    found = list(examine(workspace().settings, online=online))
    if json:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        for one in found:
            click.echo(click.style(f"{one.state:8}", fg=_COLOURS[one.state]) + one_line(one.what))
            if one.help:
                click.echo(f"{'':8}{one_line(one.help)}")
    return 1 if any(one.state == "problem" for one in found) else 0
