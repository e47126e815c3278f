"""Bring a database to the newest schema, whatever it is now, in whatever number of processes at once.

    at head (nearly always)  one SELECT, nothing else is imported
    empty                    every table is made and the head is stamped, as ``Base.metadata.create_all`` does
    older                    a copy of it is kept, then Alembic's migrations, in one transaction

The last two hold the database's write lock and look again under it: of two processes one works, the other waits and
then finds it done.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from film.db.address import address
from film.db.copies import keep_copy
from film.db.drives import can_write
from film.db.tables import Base
from film.db.version import HEAD, read_version, version_table
from film.errors import StoreError
from film.settings import load_settings

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x66696C6D
"""The PostgreSQL advisory lock under which a schema changes."""


def prepare(engine: Engine, *, keep_in: Path | None = None) -> Path | None:
    """Bring the database of ``engine`` to the newest schema; StoreError when it cannot be used or is too new.

    Returns the copy that was kept of an older one; None where there was nothing to change. The copy of a server's rows
    goes into ``keep_in``, by default the gallery.
    """
    if _at_head(engine):
        return None
    try:
        with _locked(engine) as connection:
            if not inspect(connection).has_table(version_table.name):
                _create(connection)
            elif (revision := read_version(connection)) != HEAD:
                if revision and revision > HEAD:
                    raise not_current(engine, revision)
                copy = keep_copy(engine, revision or "", keep_in or load_settings().gallery, _upgrade)
                _upgrade(connection)
                return copy
    except DBAPIError as error:
        raise unusable(engine, error) from error
    return None


def not_current(engine: Engine, revision: str | None) -> StoreError:
    """Why a database of another schema cannot be looked at, and the one command that changes that."""
    where = address(engine.url)
    if revision and revision > HEAD:
        return StoreError(
            f"the database {where} is at revision {revision}, newer than this program knows ({HEAD})",
            hint="update film-generation, or use another database",
        )
    return StoreError(
        f"the database {where} is of an older program (revision {revision}, now {HEAD}), and looking changes nothing",
        hint="run film upgrade: it keeps a copy of the database first",
    )


def unusable(engine: Engine, error: DBAPIError) -> StoreError:
    """Why the database of ``engine`` cannot be used, and what helps: a folder or a server."""
    said = str(error.orig).strip().splitlines()[0]
    if engine.dialect.name == "postgresql":
        hint = "check that the server of FILM_DATABASE_URL can be reached"
        return StoreError(f"the database {address(engine.url)} cannot be used: {said}", hint=hint)
    folder = Path(engine.url.database or "").absolute().parent
    if not can_write(folder):
        said = f"its folder {folder} cannot be written to"
    hint = "make the folder writable, or name another: FILM_GALLERY_DIR for all, FILM_DATABASE_URL for the database"
    return StoreError(f"the database {address(engine.url)} cannot be used: {said}", hint=hint)


def alembic_config(connection: Connection) -> Config:
    """What Alembic's commands need to work on ``connection``; the migrations need no ini file."""
    from alembic.config import Config  # 0.2 s that a program start can do without

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "film.db:migrations")
    return config


def _at_head(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return read_version(connection) == HEAD
    except DBAPIError:
        return False  # no such table, or no such database: the slow way tells them apart


@contextmanager
def _locked(engine: Engine) -> Generator[Connection]:
    """A transaction that no other process changes the schema beside."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Rebuilding a table drops the old one, which would delete the rows that refer to it. The switch has no
            # effect inside a transaction, and SQLAlchemy would begin one.
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():  # BEGIN IMMEDIATE: the write lock
                    yield connection
                    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                        raise StoreError(
                            f"migrating would leave {len(broken)} rows without what they refer to; nothing was changed",
                            hint="keep a copy of the database and report this",
                        )
            finally:
                raw.execute("PRAGMA foreign_keys=ON")
        else:
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection


def _create(connection: Connection) -> None:
    present = set(inspect(connection).get_table_names()) & set(Base.metadata.tables)
    if present:
        raise StoreError(
            f"the database {address(connection.engine.url)} has a table {min(present)!r}, which is not of this program",
            hint="give films a database, or a PostgreSQL schema, of their own in FILM_DATABASE_URL",
        )
    Base.metadata.create_all(connection)


def _upgrade(connection: Connection, revision: str = "head") -> None:
    from alembic import command
    from alembic.script.revision import RevisionError
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(connection), revision)
    except (CommandError, RevisionError) as error:
        raise StoreError(
            f"the database {address(connection.engine.url)} is at revision {read_version(connection)}, newer than this "
            f"program knows ({HEAD})",
            hint="update film-generation, or use another database",
        ) from error
