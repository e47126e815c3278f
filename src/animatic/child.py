"""Programs of our own, run beside us: how they are started, in a bare environment, and how they end.

    start(file) ──► Popen, pipes at both ends, nothing of ours in its environment but what a program needs to run
    end(child)  ──► its input closed, a moment to leave by itself, then killed

They are plain child programs and not processes of ``multiprocessing``: those run the user's own script again, and a
script that is not written for that would begin its film a second time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_INHERITED = (
    "PATH", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV",
)  # fmt: skip
"""All that a child needs of our environment. A list of what may pass, since keys have many names."""


def start(file: str, *, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Run a Python file of this package with pipes for input and output. OSError where there is no such thing here."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
        [sys.executable, "-P", str(Path(file))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=inherited | (environment or {}),
    )


def end(child: subprocess.Popen[bytes], *, owner: int) -> None:
    """End a child that process ``owner`` has started; a fork of that process only lets go of it."""
    for pipe in (child.stdin, child.stdout):
        if pipe:
            with suppress(OSError):  # what a dead child left unread
                pipe.close()
    if owner != os.getpid():
        return
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
