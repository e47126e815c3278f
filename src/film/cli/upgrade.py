"""``film upgrade``: bring an older database to this program's schema, with a copy of it kept first."""

from __future__ import annotations

import click

from film.cli.console import note, print_json, print_path
from film.cli.looking import workspace
from film.cli.options import as_json


@click.command(name="upgrade")
@as_json
def command(json: bool) -> int:
    """Bring the database to this program's schema. It is copied first, as it was.

    The copy of an SQLite file lies beside it; that of a server's rows is an SQLite file in the gallery, which this
    program can open, too (FILM_DATABASE_URL).

    Commands that write do the same when they first meet an older database; commands that look refuse it.
    """
    from film.app.upkeep import upgrade_database

    done = upgrade_database(workspace())
    if json:
        print_json(done.model_dump(mode="json"))
    elif done.copy_of_before:
        print_path(done.copy_of_before)
        note(f"the database is at revision {done.revision}; as it was it lies in that file")
    else:
        note(f"the database is at revision {done.revision}")
    return 0
