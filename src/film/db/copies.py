"""A copy of the database as it was, kept before its schema changes.

    an SQLite file    its copy, beside it
    a server          its rows, in an SQLite file of the same older schema, in the gallery

Of a server it is the rows and not a ``pg_dump``: that needs a program of the server's own version on every machine, and
what is kept so can be opened, looked at and upgraded by this one. It is moved to its name when it is whole.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from film.db.base import now
from film.db.session import make_engine, snapshot
from film.db.version import HEAD, version_table
from film.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Table

AT_ONCE = 1000


def keep_copy(engine: Engine, revision: str, folder: Path, upgrade: Callable[[Connection, str], None]) -> Path | None:
    """The file in which the database is kept as it was; None where there is nothing to copy.

    Args:
        engine: Of the database, whose schema is about to change.
        revision: That of its schema.
        folder: Where the copy of a server's rows goes; that of a file goes beside it.
        upgrade: Brings an empty database to a revision.
    """
    file = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite":
        if not file.is_file():
            return None
    else:
        file = folder / "server.db"
    copy = file.with_name(f"{file.name}.before-{HEAD}-{now():%Y%m%d-%H%M%S}")
    part = copy.with_name(f"{copy.name}.part")
    for left_over in file.parent.glob(f"{file.name}.before-*.part*"):  # of a process that was killed at this
        left_over.unlink(missing_ok=True)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(file, timeout=30)) as source:
                source.execute("VACUUM INTO ?", (str(part),))
        else:
            _save_rows(engine, revision, part, upgrade)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(copy)
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        raise StoreError(
            f"the database at revision {revision} cannot be copied before it is migrated: {error}",
            hint=f"free some space in {file.parent}, then run film upgrade; nothing was changed",
        ) from error
    return copy


def _save_rows(engine: Engine, revision: str, part: Path, upgrade: Callable[[Connection, str], None]) -> None:
    target = make_engine(f"sqlite:///{part}")
    try:
        with target.begin() as empty:
            upgrade(empty, revision)
        theirs, ours = MetaData(), MetaData()
        with snapshot(engine) as server, target.begin() as db:
            theirs.reflect(server)
            ours.reflect(db)
            for table in ours.sorted_tables:
                if table.name in theirs.tables and table.name != version_table.name:
                    _copy(server, db, theirs.tables[table.name], table)
    finally:
        target.dispose()
    with closing(sqlite3.connect(part)) as connection:  # one file, without a log beside it
        connection.execute("PRAGMA journal_mode=DELETE")


def _copy(server: Connection, db: Connection, theirs: Table, ours: Table) -> None:
    names = [column.name for column in ours.columns if column.name in theirs.columns]
    chosen = select(*[theirs.columns[name] for name in names])
    db.execute(ours.delete())  # what a migration may have put there
    copied = 0
    rows = server.execution_options(yield_per=AT_ONCE).execute(chosen)
    for some in rows.partitions(AT_ONCE):
        db.execute(insert(ours), [{n: _plain(value) for n, value in zip(names, row, strict=True)} for row in some])
        copied += len(some)
    if db.scalar(select(func.count()).select_from(ours)) != copied:
        raise StoreError(f"of the table {ours.name} not every row was copied", hint="nothing was changed; run again")


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
