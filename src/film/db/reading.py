"""Reading without the write lock.

The engine opens every transaction with BEGIN IMMEDIATE, so that two writers on SQLite queue up instead of failing. A
reader needs no such lock and must not wait for one: WAL shows it the last committed state beside the writer.
"""

from __future__ import annotations

from sqlalchemy import Engine


def reader(engine: Engine) -> Engine:
    """An engine for SELECTs over the same connections; on SQLite each statement is its own snapshot."""
    if engine.dialect.name != "sqlite":
        return engine
    return Engine(engine.pool, engine.dialect, engine.url)  # the same pool without the BEGIN IMMEDIATE hook
