"""The one statement that SQLAlchemy has no common form of: INSERT … ON CONFLICT."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: type[Any]) -> sqlite.Insert:
    """An INSERT of this database with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    The two dialects' inserts differ in class and not in the methods that are used.
    """
    if connection.dialect.name == "postgresql":
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)
