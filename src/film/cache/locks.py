"""What the kernel knows and a database cannot: which processes still live, and who is at the store's files now.

Each process that makes something keeps one file under ``locks/`` locked for as long as it lives. However it dies, the
kernel lets go at that instant, so that waiting processes take over its work at once and not when its lease runs out.
A process's number would not do: numbers are given out again, and mean nothing to a process in another container.

Where there are no such locks (Windows), leases alone decide, and collecting garbage relies on its grace period.
"""

from __future__ import annotations

import os
import re
import threading
import uuid
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from film.errors import disk_error
from film.files.own_files import check_no_link, own_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

_TOKEN = re.compile(r"[0-9a-f]{16}")
_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


Fleet = Callable[[bool], AbstractContextManager[None]]
"""Holds the store's lock, alone or with others, between all machines that share it."""


def fleet_beside(database: Path) -> Fleet:
    """The same between all galleries of one machine that share an SQLite database: a lock beside its file."""

    @contextmanager
    def held(alone: bool) -> Generator[None]:
        if fcntl is None:
            yield
            return
        try:
            handle = os.open(database.with_name(f"{database.name}-store"), _FLAGS | os.O_CREAT, 0o600)
        except OSError as error:
            raise disk_error(error, database.parent) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    return held


def hold(handle: int) -> None:
    """Lock an open file until it is closed, after whoever has it now."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)


def is_free(file: Path) -> bool:
    """Whether nobody holds a file as ``hold`` does."""
    if fcntl is None:
        return False
    handle = os.open(file, _FLAGS)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


class Locks:
    """The locks of one gallery, seen from one process."""

    def __init__(self, folder: Path, fleet: Fleet | None = None) -> None:
        self._folder = folder
        self._fleet = fleet
        self._mutex = threading.Lock()
        self._token = ""
        self._pid = 0
        self._lifeline = -1

    @property
    def token(self) -> str:
        """Names this process for as long as it lives; a forked child gets its own."""
        with self._mutex:
            if self._pid != os.getpid():
                self._token, self._pid = uuid.uuid4().hex[:16], os.getpid()
                self._lifeline = self._lock(self._token)
            return self._token

    def is_dead(self, token: str) -> bool:
        """True only when it is certain that the process is gone."""
        if fcntl is None or not _TOKEN.fullmatch(token):
            return False
        try:
            handle = os.open(self._folder / token, _FLAGS)
        except OSError:
            return False  # of another machine, or long gone: its lease decides
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(handle)
        return True

    def bury(self) -> int:
        """Remove the files of dead processes; how many there were."""
        dead = [path for path in self._folder.glob("*") if self.is_dead(path.name)]
        for path in dead:
            path.unlink(missing_ok=True)
        return len(dead)

    @contextmanager
    def adding(self) -> Generator[None]:
        """Held from the moment a file takes its place until the row that names it is committed."""
        with self._store(exclusive=False):
            yield

    @contextmanager
    def removing(self) -> Generator[None]:
        """Held while rows and their files go away: nothing is added in between."""
        with self._store(exclusive=True):
            yield

    def close(self) -> None:
        with self._mutex:
            if self._lifeline >= 0 and self._pid == os.getpid():
                os.close(self._lifeline)
                with suppress(OSError):  # what stays behind is buried by the next collection
                    (self._folder / self._token).unlink(missing_ok=True)
            self._lifeline, self._pid = -1, 0

    @contextmanager
    def _store(self, *, exclusive: bool) -> Generator[None]:
        handle = self._lock("store", exclusive=exclusive)
        try:
            with self._fleet(exclusive) if self._fleet else nullcontext():
                yield
        finally:
            if handle >= 0:
                os.close(handle)

    def _lock(self, name: str, *, exclusive: bool = True) -> int:
        if fcntl is None:
            return -1
        try:
            check_no_link(self._folder)  # a gallery may come from a stranger
            try:
                handle = os.open(self._folder / name, _FLAGS | os.O_CREAT, 0o600)
            except FileNotFoundError:
                own_folder(self._folder)
                handle = os.open(self._folder / name, _FLAGS | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        except OSError as error:
            raise disk_error(error) from error
        return handle
