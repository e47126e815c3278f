"""Writers of one process take turns at a SQLite file.

SQLite has no line before its write lock: who finds it taken sleeps, longer each time, and whoever asks at the right
moment comes first. Among the ten threads of a film one in a hundred so waited for half a second, while the file was
free in between. A lock of this process before SQLite's own hands it over at once; between processes SQLite decides.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from sqlalchemy import Connection, Engine, event

_HELD = "film_turn"


class Turns:
    """The line before one engine's file. A turn ends when its connection goes back to the pool."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._process = os.getpid()
        event.listen(engine, "checkin", _end)

    def take(self, connection: Connection) -> None:
        """Wait for our turn; after ``patience`` seconds leave it to SQLite to say that the file is locked."""
        if self._process != os.getpid():  # forked: whoever held it is a thread of the parent
            self._process, self._lock = os.getpid(), threading.Lock()
        notes = connection.connection.record_info
        if notes is not None and _HELD not in notes and self._lock.acquire(timeout=self._patience):
            notes[_HELD] = self._lock


def _end(_connection: Any, record: Any) -> None:
    if lock := record.record_info.pop(_HELD, None):
        lock.release()
