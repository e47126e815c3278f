"""The database for those who only look: nothing is made, changed or locked, and where there is none they see nothing.

look(url) ─► there is one: a reader of it (brought to the newest schema first, should it be older)
         └─► there is none yet: None, and ``empty()`` answers every question with "nothing"
"""

from __future__ import annotations

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from film.db.migrate import unusable
from film.db.session import database_file, engine_for, make_empty, make_reader
from film.db.tables import Base
from film.db.version import HEAD, read_version, version_table


def look(url: str) -> Engine | None:
    """A reader of the database; None where nobody has made one. StoreError when it cannot be used."""
    file = database_file(url)
    if file and not file.is_file():
        return None
    engine = make_reader(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(version_table.name):
                return None
            is_current = read_version(connection) == HEAD
    except DBAPIError as error:
        raise unusable(engine, error) from error
    return engine if is_current else engine_for(url)


def empty() -> Engine:
    """A database with every table and not a row in it."""
    engine = make_empty()
    Base.metadata.create_all(engine)
    return engine
