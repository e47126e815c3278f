"""Which revision of the schema a database is at: one row, which Alembic reads and writes too.

Kept apart from the migrations, so that a program start asks for the revision without importing Alembic.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, event, insert, select

HEAD = "0006"
"""The newest revision in ``migrations/versions``; a test holds the two together."""

version_table = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def read_version(connection: Connection) -> str | None:
    """The database's revision; fails as the driver does where there is no such table."""
    return connection.execute(select(version_table.c.version_num)).scalar()


def stamp_when_whole(metadata: MetaData) -> None:
    """Have ``create_all`` note the revision, only if it just made every table there is, and ``drop_all`` clear it.

    A database that got only some of its tables is left to the migrations, which know what is missing.
    """

    def after_create(_target: Any, connection: Connection, tables: Collection[Table] = (), **_: Any) -> None:
        if set(tables) == set(metadata.tables.values()):
            version_table.create(connection, checkfirst=True)
            connection.execute(version_table.delete())
            connection.execute(insert(version_table).values(version_num=HEAD))

    def after_drop(_target: Any, connection: Connection, tables: Collection[Table] = (), **_: Any) -> None:
        if set(tables) == set(metadata.tables.values()):
            version_table.drop(connection, checkfirst=True)

    event.listen(metadata, "after_create", after_create)
    event.listen(metadata, "after_drop", after_drop)
