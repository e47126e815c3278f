"""``film upgrade``: bring an older database to this program's schema, with a copy of it kept first."""

from __future__ import annotations

import click

from film.cli.console import note, print_json, print_path
from film.cli.options import as_json


@click.command(name="upgrade")
@as_json
def command(json: bool) -> int:
    """Bring the database to this program's schema. It is copied first, as it was.

    The copy of an SQLite file lies beside it; that of a server's rows is an SQLite file in the gallery, which this
    program can open, too (FILM_DATABASE_URL).

    Commands that write do the same when they first meet an older database; commands that look refuse it.
    """
    from film.db.looking import exists
    from film.db.migrate import prepare
    from film.db.session import make_engine, refuse_anothers
    from film.db.version import HEAD
    from film.errors import InputError
    from film.settings import load_settings

    settings = load_settings()
    if not exists(settings.database_url):
        raise InputError("there is no database yet: nothing to upgrade", hint="it is made with the first film")
    refuse_anothers(settings.database_url)
    engine = make_engine(settings.database_url)
    try:
        copy = prepare(engine, keep_in=settings.gallery)
    finally:
        engine.dispose()
    if json:
        print_json({"revision": HEAD, "copy": str(copy) if copy else None})
    elif copy:
        print_path(copy)
        note(f"the database is at revision {HEAD}; as it was it lies in that file")
    else:
        note(f"the database is at revision {HEAD}")
    return 0
