"""Runs a command as a process of its own and measures it: wall, CPU of it and its children, the most memory of any."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    wall: float
    """Seconds."""
    cpu: float
    """Seconds."""
    memory: float
    """MB, resident."""
    output: str


def measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Raises RuntimeError with what the command wrote when it fails."""
    with tempfile.TemporaryFile("w+") as written:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=written, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        written.seek(0)
        output = written.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {process.returncode}: {output[-2000:]}")
    kilobytes = 1024 if os.uname().sysname == "Darwin" else 1
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / kilobytes / 1024, output)
