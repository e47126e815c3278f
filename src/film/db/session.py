"""Engines: one writer with the settings that keep SQLite safe between processes, or a PostgreSQL pool.

    FILM_DATABASE_URL ─► engine_for(url) ─► make_engine(url) ─► migrate.prepare ─► the process's engine of that URL
                         sessions_for(url)  snapshot(engine): looks, waits for no writer and holds none up

SQLite's defaults lose 5–8% of concurrent writes to "database is locked"; with WAL, an immediate BEGIN and a busy
timeout none; the writers of one process take turns. Money is written with full sync. A forked child starts with
empty pools: a connection that two processes share would mix their transactions.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import WeakSet

from sqlalchemy import URL, Connection, Dialect, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from film.db.away import patiently
from film.db.drives import can_write, network_filesystem
from film.db.turns import Turns
from film.db.version import version_table
from film.errors import ConfigurationError, StoreError
from film.files.own_files import own_file, own_folder

BUSY_SECONDS = 30
OLDEST_SQLITE = (3, 35, 0)
"""The first with UPDATE … RETURNING."""

_LAZY = "film_lazy"
"""The execution option of transactions that take SQLite's write lock at their first write, if any."""

_open: WeakSet[Engine] = WeakSet()
_prepared: dict[str, Engine] = {}
_preparing = threading.Lock()


def make_engine(url: str) -> Engine:
    """An engine for a ``sqlite:///`` or ``postgresql://`` URL; the SQLite file's folder is created."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return _remember(_postgres(parsed))
    file = _sqlite_file(parsed)
    if file:
        _refuse_network_drive(file)
        try:
            own_folder(file.parent)
        except OSError as error:
            raise ConfigurationError(
                f"{file.parent} cannot be made into a folder: {error.strerror}",
                hint="set FILM_GALLERY_DIR to a folder of yours",
            ) from error
    return _remember(_sqlite(parsed))


def make_reader(url: str) -> Engine:
    """An engine that can only look: it takes no lock, so that a page or a report never holds up a film."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return _remember(_postgres(parsed, options="-c default_transaction_read_only=on"))
    file = _sqlite_file(parsed)
    if not file or not file.is_file():
        raise StoreError(f"there is no database at {file or url}", hint="make a film first: it makes the database")
    engine = _sqlite(parsed if can_write(file.parent) else _unwritable(parsed, file), is_ours=False)
    engine = engine.execution_options(**{_LAZY: True})
    event.listen(engine, "connect", _only_look)
    return _remember(engine)


def make_empty() -> Engine:
    """A database in memory with nothing in it, for those who look where there is none."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    return _remember(engine)


def engine_for(url: str) -> Engine:
    """The process's shared, migrated engine of a URL."""
    with _preparing:
        if url not in _prepared:
            from film.db.migrate import prepare  # it builds on this module

            refuse_anothers(url)
            engine = make_engine(url)
            prepare(engine)
            _prepared[url] = engine
        return _prepared[url]


def database_file(url: str) -> Path | None:
    """Where a SQLite database lies, or None for a server's; ConfigurationError for one that is kept nowhere."""
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if file := _sqlite_file(parsed):
        return file
    raise ConfigurationError(
        "FILM_DATABASE_URL names no file: what is paid for must outlive the program",
        hint="write sqlite:////path/to/film.db, or leave it out for the gallery's own",
    )


def sessions_for(url: str) -> sessionmaker[Session]:
    """ORM sessions on the shared engine of a URL.

    They take the write lock when they first write and not before: a session that somebody reads with and leaves open
    holds nobody up.
    """
    return sessionmaker(engine_for(url).execution_options(**{_LAZY: True}))


@contextmanager
def snapshot(engine: Engine) -> Generator[Connection]:
    """A connection that looks at one unchanging state of the database; on SQLite it takes no write lock."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.execution_options(**{_LAZY: True})
        with connection.begin():
            yield connection


def close_engines() -> None:
    """Close every connection of this process; engines open new ones when used again, ``engine_for`` makes new ones."""
    with _preparing:
        _prepared.clear()
        for engine in list(_open):
            engine.dispose()


_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise ConfigurationError(
            "FILM_DATABASE_URL is not a database URL", hint="write sqlite:////folder/film.db or postgresql://host/name"
        ) from None  # the cause may quote a password
    backend = parsed.get_backend_name()
    if backend == "postgres":  # the older spelling, which hosting services still hand out
        return parsed.set(drivername="postgresql")
    if backend not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"FILM_DATABASE_URL names {backend}, which is not supported", hint="use sqlite:/// or postgresql://"
        )
    if parsed.drivername not in _DRIVERS:
        raise ConfigurationError(
            f"FILM_DATABASE_URL names the driver {parsed.drivername[:40]}, and this program has its own",
            hint=f"write {backend}:// in its place",
        )
    if backend == "sqlite" and ((parsed.database or "").startswith("file:") or "uri" in parsed.query):
        raise ConfigurationError(
            "FILM_DATABASE_URL names its file by a URI of SQLite's, which may mean another file than it says",
            hint="write the path as it is: sqlite:////folder/film.db",
        )
    return parsed


def _remember(engine: Engine) -> Engine:
    _open.add(engine)
    return engine


def _forget_parents_connections() -> None:
    global _preparing  # noqa: PLW0603  # another thread of the parent may have held it
    _preparing = threading.Lock()
    for engine in list(_open):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):  # absent on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_parents_connections)


# -- PostgreSQL


_FROZEN = "-c idle_in_transaction_session_timeout=60s"
"""No transaction of ours waits for anything: one that stands still is a frozen process's, and others wait for it."""
_FOR_GOOD = "-c synchronous_commit=on"
"""What is committed outlives a crash of the server, whatever its setting is: an order that it forgot is paid twice."""


def _postgres(url: URL, *, options: str = "") -> Engine:
    try:
        import psycopg  # noqa: F401  # pyright: ignore[reportUnusedImport]  # an extra, asked for only here
    except ImportError as error:
        raise ConfigurationError(
            "FILM_DATABASE_URL names PostgreSQL, but its driver is not installed",
            hint="install it with: pip install 'film-generation[postgres]'",
        ) from error
    asked = url.query.get("options", "")
    merged = " ".join(filter(None, (_FROZEN, _FOR_GOOD, asked if isinstance(asked, str) else " ".join(asked), options)))
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").update_query_dict({"options": merged}),
        pool_size=8,
        max_overflow=16,
        pool_pre_ping=True,
    )
    _wait_for_its_server(engine)
    return engine


def _wait_for_its_server(engine: Engine) -> None:
    """Once it was there, a server that is away is waited for, whoever asks for a connection; a wrong address never."""
    was_there = threading.Event()

    def connect(dialect: Dialect, _record: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        return patiently(dialect.connect, *args, **kwargs) if was_there.is_set() else None

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", lambda *_: was_there.set())


# -- SQLite


def _sqlite_file(url: URL) -> Path | None:
    return Path(url.database) if url.database and url.database != ":memory:" else None


def _unwritable(url: URL, file: Path) -> URL:
    """A file in a folder that cannot be written to, where SQLite cannot keep the notes that readers share.

    Nobody else can write there either, unless from another machine; only what a killed writer left behind needs notes.
    """
    left_over = file.with_name(f"{file.name}-wal")
    alone = {} if left_over.is_file() and left_over.stat().st_size else {"immutable": "1"}
    return url.set(database=f"file:{quote(str(file))}", query={"mode": "ro", "uri": "true", **alone})


def _sqlite(url: URL, *, is_ours: bool = True) -> Engine:
    """``is_ours``: to write to; the journal of a file that is only looked at stays as it is, be it empty or a copy."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise ConfigurationError(
            f"this Python carries SQLite {sqlite3.sqlite_version}, needed is 3.35 or newer",
            hint="use a newer Python, or set FILM_DATABASE_URL to a PostgreSQL database",
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    turns = Turns(engine, BUSY_SECONDS) if _sqlite_file(url) else None

    def begin(connection: Connection) -> None:
        """Take the write lock at once: a transaction that reads first and asks for it later may be refused."""
        lazy = connection.get_execution_options().get(_LAZY, False)
        if turns and not lazy:
            turns.take(connection)
        if lazy:  # which cannot fail, and half of a small look's time would go into saying so
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    if is_ours and (file := _sqlite_file(url)):
        event.listen(engine, "do_connect", lambda *_: _close_to_others(file))
    event.listen(engine, "connect", _prepare_sqlite)
    if is_ours:
        event.listen(engine, "connect", _use_wal)
    event.listen(engine, "begin", begin)
    event.listen(engine, "handle_error", _name_the_disk)
    return engine


def _close_to_others(file: Path) -> None:
    """SQLite gives what it puts beside a database the rights of the database itself."""
    with suppress(OSError):  # whoever connects says what is wrong
        own_file(file)


def _refuse_network_drive(file: Path) -> None:
    if kind := network_filesystem(file.parent):
        raise ConfigurationError(
            f"the database {file} lies on a network drive ({kind}), where SQLite loses data",
            hint="set FILM_DATABASE_URL to a file on a local disk (sqlite:////folder/film.db) or to PostgreSQL; "
            "the gallery itself may stay where it is",
        )


def refuse_anothers(url: str) -> None:
    """A browser's or a mail program's database is not ours to put tables into, whoever names it.

    Raises ConfigurationError, as ``database_file`` does.
    """
    file = database_file(url)
    try:
        if not file or not file.is_file() or not file.stat().st_size:
            return
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=1)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (OSError, sqlite3.Error):
        return  # whoever connects says what is wrong
    if tables and version_table.name not in tables:
        raise ConfigurationError(
            f"the database {file} is another program's: it has tables, and none of them is ours",
            hint="name a file of its own with FILM_DATABASE_URL, or leave it out for the gallery's",
        )


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the BEGIN of the "begin" event is the only one
    # 16 MB of pages, where SQLite's 2 MB do not hold what one asset of a million touches
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-16384"):
        connection.execute(f"PRAGMA {pragma}")


def _name_the_disk(context: ExceptionContext) -> None:
    """A full disk, or one that another sits on, is not the statement's fault: say so, wherever it shows."""
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it says in which of a hundred places
    if code not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT):
        return
    where = f" {context.engine.url.database}" if context.engine else ""
    if code == sqlite3.SQLITE_CORRUPT:
        raise StoreError(
            f"the database{where} is damaged: {error}",
            hint="the files are not touched by this; look with film fsck, and bring it back with film restore BACKUP",
        ) from error
    if code == sqlite3.SQLITE_BUSY:
        raise StoreError(
            f"the database{where} has been held by another process for {BUSY_SECONDS} seconds",
            hint="continue or end the film that stands still, perhaps suspended with Ctrl-Z, and run again: "
            "what was paid for is fetched, not bought again",
        ) from error
    hint = (
        "free some space and run again" if code == sqlite3.SQLITE_FULL else "check the disk, then run film fsck"
    ) + ": what was paid for is fetched, not bought again"
    raise StoreError(f"the database{where} cannot be written: {error}", hint=hint) from error


def _use_wal(connection: sqlite3.Connection, _record: Any) -> None:
    """Turn WAL on, once in the life of a file; SQLite answers "locked" here at once, whatever the busy timeout is."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _only_look(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")
