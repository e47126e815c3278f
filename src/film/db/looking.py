"""The database for those who only look: nothing is made, changed or locked, and where there is none they see nothing.

look(url) ─► there is one: a reader of it; StoreError where its schema is older: looking migrates nothing
         └─► there is none yet: None, and ``empty()`` answers every question with "nothing"
"""

from __future__ import annotations

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DBAPIError

from film.db.migrate import not_current, unusable
from film.db.session import database_file, make_empty, make_reader
from film.db.tables import Base
from film.db.version import HEAD, read_version, version_table


def look(url: str) -> Engine | None:
    """A reader of the database; None where there is none, or an empty file. StoreError when it cannot be used."""
    file = database_file(url)
    if file and not (file.is_file() and file.stat().st_size):
        return None
    engine = make_reader(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(version_table.name):
                return None
            revision = read_version(connection)
    except DBAPIError as error:
        raise unusable(engine, error) from error
    if revision != HEAD:
        engine.dispose()
        raise not_current(engine, revision)
    return engine


def exists(url: str) -> bool:
    """Whether there is a database of this program at all, whatever its schema."""
    file = database_file(url)
    if file:
        return file.is_file() and file.stat().st_size > 0
    engine = make_reader(url)
    try:
        with engine.connect() as connection:
            return inspect(connection).has_table(version_table.name)
    except DBAPIError as error:
        raise unusable(engine, error) from error
    finally:
        engine.dispose()


def empty() -> Engine:
    """A database with every table and not a row in it."""
    engine = make_empty()
    Base.metadata.create_all(engine)
    return engine
