"""Who works on a job: a token that tells other processes whether its writer may still be alive.

A job's row names its owner and until when the lease holds. Waiting for a lease to run out after every crash would cost
a minute each time, so a token also says machine, process and the process's start: another process on the same machine
can see that the owner is gone and take over at once. Where that cannot be seen (another machine, another container,
another system), only the lease counts.
"""

from __future__ import annotations

import hashlib
import os
import socket
import uuid
from functools import lru_cache
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START = 0, 19
"""Fields of /proc/<pid>/stat, counted from behind the name, which may hold anything."""


def new_token() -> str:
    """A token for one claim of one job by this process; no two are equal."""
    return f"{_machine()}.{os.getpid()}.{_started(os.getpid()) or '-'}.{uuid.uuid4().hex[:16]}"


def is_gone(token: str) -> bool:
    """True only when the token's process surely no longer runs."""
    try:
        machine, pid, started, _ = token.split(".")
    except ValueError:
        return False
    if started == "-" or machine != _machine():
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str | None:
    """When the process started, in the kernel's ticks; None when there is none, or it only waits to be buried."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in "ZX" else fields[_START]


@lru_cache(maxsize=1)
def _machine() -> str:
    """What two processes share exactly when they see each other's process numbers."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        where = f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        where = f"{socket.gethostname()} {uuid.getnode()}"
    return hashlib.sha256(where.encode()).hexdigest()[:12]
