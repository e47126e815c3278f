"""The statements that SQLAlchemy has no common form of, or no quick one: INSERT … ON CONFLICT, many at once, a lock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, func, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator


def upsert(connection: Connection, table: type[Any]) -> sqlite.Insert:
    """An INSERT of this database with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    The two dialects' inserts differ in class and not in the methods that are used.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)


def insert_integers(
    connection: Connection, table: Table, rows: Sequence[tuple[int, ...]], *, missing: bool = False
) -> None:
    """Insert rows of whole numbers, all columns in the order of the table, four times as fast as SQLAlchemy would.

    ``missing``: only those that are not there yet.
    """
    names = ", ".join(column.name for column in table.columns)
    otherwise = " ON CONFLICT DO NOTHING" if missing else ""
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(["CAST(%s AS bigint[])"] * len(table.columns))
        columns = tuple(f"{{{','.join(map(str, column))}}}" for column in zip(*rows, strict=True))
        rest = f"SELECT * FROM unnest({arrays}){otherwise}"  # noqa: S608  # our own names
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) {rest}", columns)
    else:
        _insert_values(connection, f"INSERT INTO {table.name} ({names})", rows, otherwise)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, by: str) -> dict[str, int]:
    """Insert those rows whose unique text ``by`` is not there yet; their ids by it. All rows name the same columns.

    Faster than SQLAlchemy's way, whose statement PostgreSQL's driver takes apart again, row by row. On SQLite the
    transaction must be one that writes: what is new lies behind the last row that it finds.
    """
    if connection.dialect.name == "postgresql":
        return _insert_told(connection, table, rows, by)
    columns: list[list[Any]] = []
    for name in rows[0]:
        bind = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        columns.append([bind(row[name]) for row in rows] if bind else [row[name] for row in rows])
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    into = f"INSERT INTO {table.name} ({', '.join(rows[0])})"
    _insert_values(connection, into, list(zip(*columns, strict=True)), f" ON CONFLICT ({by}) DO NOTHING")
    found = connection.execute(select(table.c[by], table.c.id).where(table.c.id > last))
    return {row[0]: row[1] for row in found}


def _insert_told(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], by: str) -> dict[str, int]:
    """All rows as one value, a JSON text, which the server takes apart."""
    names, dialect = ", ".join(rows[0]), connection.dialect
    plain = {c.name: c.type.process_bind_param for c in table.columns if isinstance(c.type, TypeDecorator)}
    told = [{n: plain[n](value, dialect) if n in plain else value for n, value in row.items()} for row in rows]
    found = connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names})"  # noqa: S608  # our own names
        f" SELECT {names} FROM json_populate_recordset(CAST(NULL AS {table.name}), CAST(%s AS json))"
        f" ON CONFLICT ({by}) DO NOTHING RETURNING {by}, id",
        (json.dumps(told, default=datetime.isoformat),),
    )
    return {row[0]: row[1] for row in found}


def _insert_values(connection: Connection, into: str, rows: Sequence[Sequence[Any]], otherwise: str) -> None:
    """Two thousand rows a statement: with each, SQLite's index of words writes down what it has gathered."""
    raw = connection.connection.driver_connection
    assert raw is not None
    at_once = min(2000, raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(rows[0]))
    row = f"({', '.join('?' * len(rows[0]))})"
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        values = ", ".join([row] * len(some))
        connection.exec_driver_sql(f"{into} VALUES {values}{otherwise}", tuple(chain.from_iterable(some)))


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
