"""Engines: one writer with the settings that keep SQLite safe between processes, or a PostgreSQL pool.

SQLite's defaults lose 5–8% of concurrent writes to "database is locked"; with WAL, an immediate BEGIN and a busy
timeout none. Money is written with full sync.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from film.errors import ConfigurationError


def make_engine(url: str) -> Engine:
    """An engine for a ``sqlite:///`` or ``postgresql://`` URL; the SQLite file's folder is created."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if backend == "postgresql":
        try:
            import psycopg  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]  # an extra, asked for only here
        except ImportError as error:
            raise ConfigurationError(
                "FILM_DATABASE_URL names PostgreSQL, but its driver is not installed",
                hint="install it with: pip install 'film-generation[postgres]'",
            ) from error
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=8, max_overflow=16, pool_pre_ping=True)
    raise ConfigurationError(
        f"FILM_DATABASE_URL names {backend}, which is not supported", hint="use sqlite:/// or postgresql://"
    )


@lru_cache(maxsize=8)
def engine_for(url: str) -> Engine:
    """The process's shared, migrated engine of a URL."""
    from film.db.migrate import prepare  # noqa: PLC0415  # alembic is heavy and seldom needed

    engine = make_engine(url)
    prepare(engine)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
