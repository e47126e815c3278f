"""A database as one SQLite file, and back: of an SQLite file a copy of one moment, of a server's its rows.

Every table is one that this program knows, so that rows travel as what they mean and not as what a server stores.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, Integer, insert, select, text

from film.db.migrate import prepare
from film.db.session import database_file, make_engine, make_reader, snapshot
from film.db.tables import Base
from film.errors import InputError, StoreError
from film.files.own_files import own_file

AT_ONCE = 1000


def save_database(engine: Engine, url: str, file: Path) -> None:
    """The database as it is at one moment, in a new file, on the disk when this returns."""
    source = database_file(url)
    if source is None:
        _save_rows(engine, file)
    elif not source.is_file():
        raise InputError("there is no gallery yet: nothing to back up", hint="make a film first")
    else:
        try:
            own_file(file)
            with closing(sqlite3.connect(source, timeout=30)) as connection:
                connection.execute("VACUUM INTO ?", (str(file),))
        except sqlite3.Error as error:
            raise StoreError(
                f"the database cannot be copied: {error}", hint="check both disks, then look with film fsck"
            ) from error
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def load_rows(file: Path, engine: Engine) -> None:
    """The rows of a saved file into a server's empty database, all of them or none."""
    prepare(engine)
    source = make_reader(f"sqlite:///{file}")  # a backup stays as it is
    try:
        with snapshot(source) as saved, engine.begin() as db:
            _copy(saved, db)
            _count_on(db)
    finally:
        source.dispose()


def damage_of(file: Path) -> str:
    """What is wrong with an SQLite file; nothing where it is whole."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            [found] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                return str(found).splitlines()[0]
            if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                return f"a row of {broken[0]} refers to one of {broken[2]} that is not there"
    except sqlite3.Error as error:
        return str(error)
    return ""


def _save_rows(engine: Engine, file: Path) -> None:
    target = make_engine(f"sqlite:///{file}")
    try:
        prepare(target)
        with snapshot(engine) as server, target.begin() as db:
            _copy(server, db)
    finally:
        target.dispose()
    with closing(sqlite3.connect(file)) as connection:  # one file, without a log beside it
        connection.execute("PRAGMA journal_mode=DELETE")


def _copy(source: Connection, target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        rows = source.execution_options(yield_per=AT_ONCE).execute(select(table))
        for some in rows.mappings().partitions(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in some])


def _count_on(db: Connection) -> None:
    """Have a server number its next rows behind those that came with their numbers."""
    for table in Base.metadata.sorted_tables:
        [*keys] = table.primary_key
        if len(keys) != 1 or not isinstance(keys[0].type.dialect_impl(db.dialect), Integer):
            continue
        name = db.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": keys[0].name}
        )
        if name:
            last = db.scalar(select(keys[0]).order_by(keys[0].desc()).limit(1))
            if last is not None:
                db.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": name, "last": last})
