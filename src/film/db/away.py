"""Waiting for a database that is away: a server that is started anew, a file that another process holds for long.

    patiently(work) ─► work() ─► its result
                         └─ the database is away ─► told once, again in a moment, for two minutes at most

Only for work that may be done twice: whether a transaction that was cut has been committed, nobody can tell.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from film.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 120.0
"""Seconds for which a database may be away."""
LONGEST_PAUSE = 5.0

_tell: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)
log = logging.getLogger(__name__)


def patiently(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of ``work``, which is done again while the database is away. Blocks its thread meanwhile."""
    began = time.monotonic()
    pause = 0.2
    while True:
        try:
            return work(*args, **kwargs)
        except Exception as error:
            if not is_away(error):
                raise
            if time.monotonic() - began > PATIENCE:
                raise gone(error) from error
            if pause == 0.2:  # the first time
                _say(f"the database does not answer, and is waited for: {_first_line(error)}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def on_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``patiently`` on a thread of its own."""
    return await asyncio.to_thread(patiently, work, *args, **kwargs)


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database cannot be reached now, and not that it said no."""
    if isinstance(error, StoreError):
        return error.__cause__ is not None and _is_busy(error.__cause__)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _is_busy(original)
    if not type(original).__module__.startswith("psycopg"):
        return False
    state = getattr(original, "sqlstate", None)
    if state is not None:
        return str(state)[:2] in ("08", "57") or state == "53300"  # gone, shutting down or starting up, too many
    return type(original).__name__ == "OperationalError"


def gone(error: BaseException) -> StoreError:
    """A database that did not come back."""
    return StoreError(
        f"the database has not answered for {PATIENCE:.0f} seconds: {_first_line(error)}",
        hint="start its server, or end what holds it, and run again: what is paid for is fetched, not bought again",
    )


@contextmanager
def telling(tell: Callable[[str], None]) -> Generator[None]:
    """Within it, whoever waits for the database says so with ``tell``, once in all."""
    told = False

    def once(words: str) -> None:
        nonlocal told
        if not told:
            told = True
            tell(words)

    before = _tell.set(once)
    try:
        yield
    finally:
        _tell.reset(before)


def _say(words: str) -> None:
    tell = _tell.get()
    if tell:
        tell(words)
    else:
        log.warning(words)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _first_line(error: BaseException) -> str:
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
