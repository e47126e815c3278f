"""The statements that SQLAlchemy has no common form of, or no quick one: INSERT … ON CONFLICT, many at once, a lock."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects import sqlite


def upsert(connection: Connection, table: type[Any]) -> sqlite.Insert:
    """An INSERT of this database with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    The two dialects' inserts differ in class and not in the methods that are used.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)


def insert_integers(connection: Connection, table: Table, rows: Sequence[tuple[int, ...]]) -> None:
    """Insert rows of whole numbers, all columns in the order of the table, three times as fast as SQLAlchemy would."""
    names = ", ".join(column.name for column in table.columns)
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(["CAST(%s AS bigint[])"] * len(table.columns))
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})", columns)  # noqa: S608  # our own names
    else:
        places = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places})", list(rows))  # noqa: S608  # our own names


def one_at_a_time(connection: Connection, name: str) -> None:
    """Until this transaction ends nobody else decides about ``name``. SQLite's writers come one by one anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@contextmanager
def held_by_all(engine: Engine, name: str, *, exclusive: bool) -> Generator[None]:
    """Hold a lock between all machines that use this PostgreSQL database, alone or with others, outside transactions.

    It ends with the connection, however the process does.
    """
    lock = "pg_advisory_lock" if exclusive else "pg_advisory_lock_shared"
    unlock = "pg_advisory_unlock" if exclusive else "pg_advisory_unlock_shared"
    number = "hashtextextended(current_schema() || ' ' || :name, 0)"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SELECT {lock}({number})"), {"name": name})
        try:
            yield
        finally:
            connection.execute(text(f"SELECT {unlock}({number})"), {"name": name})
