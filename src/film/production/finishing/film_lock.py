"""One process at a time cuts a film: whoever comes second waits, and then finds the pieces, or the film, made.

Two that cut at once would do no harm (pieces are named by what they show, files appear whole), they would only both
encode everything. So the wait is a courtesy and never a trap: the kernel ends a dead process's turn at once, and one
that shows no sign of life for a minute is not waited for any longer. Where there are no such locks, everybody goes on.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from film.errors import Interrupted, disk_error
from film.files.own_files import NO_LINKS, check_no_link, own_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

SILENCE = 60.0
"""Seconds after which one who holds the turn counts as asleep."""
_LOOK = 0.1


@contextmanager
def turn_at(
    film: Path, locks: Path, *, should_stop: Callable[[], bool], on_wait: Callable[[], None], silence: float = SILENCE
) -> Generator[Callable[[], None]]:
    """Within it the film is ours to cut; call what it yields now and then, as a sign of life.

    ``locks`` is the gallery's folder for locks. Raises Interrupted when ``should_stop`` says so while it waits.
    """
    file = locks / f"cut-{hashlib.sha256(str(film).encode()).hexdigest()[:16]}"
    try:
        own_folder(locks)
        check_no_link(locks)
        handle = os.open(file, os.O_RDWR | os.O_CREAT | NO_LINKS | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise disk_error(error) from error
    try:
        if _wait(handle, should_stop, on_wait, silence):
            os.utime(handle)
        yield lambda: os.utime(handle)
    finally:
        os.close(handle)


def _wait(handle: int, should_stop: Callable[[], bool], on_wait: Callable[[], None], silence: float) -> bool:
    """Whether it is our turn; False when its holder sleeps."""
    waited = False
    while not _take(handle):
        if time.time() - os.fstat(handle).st_mtime > silence:
            return False
        if should_stop():
            raise Interrupted("stopped while another process was cutting this film", hint="run again to go on")
        if not waited:
            on_wait()
        waited = True
        time.sleep(_LOOK)
    return True


def _take(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a filesystem without locks
    return True
