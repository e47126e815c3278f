"""How much is too much, and the one way in which small files that people name are read.

What is over a bound is refused at once, before it costs time or memory; docs/reference/limits.md has this table.
A pipe, a socket or a device is no file: whoever opens one may wait for ever.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from film.errors import InputError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Bound:
    """The most that a file of some kind may have: bytes, lines (0: not counted apart) and nesting."""

    what: str
    bytes: int
    lines: int = 0
    depth: int = 0


BOUNDS = {
    bound.what: bound
    for bound in (
        Bound("shots.json", 32 * MIB, depth=64),
        Bound("film.toml", MIB, lines=20_000, depth=64),
        Bound("template", MIB, lines=20_000, depth=64),
        Bound("rate card", MIB, lines=20_000, depth=64),
        Bound("LUT", 64 * MIB, lines=129**3 + 1000),
        Bound("manifest", 64 * MIB, depth=64),
        Bound("certificate", MIB),
        Bound(".env", MIB // 16),
    )
}


NO_WAITING = getattr(os, "O_NONBLOCK", 0)
"""Opens a pipe without waiting for whoever writes into it; means nothing to a file."""


def open_plain(path: Path) -> BufferedReader:
    """A file to read, that is one: OSError for a pipe, a socket, a device or a folder, without waiting for anybody."""
    descriptor = os.open(path, os.O_RDONLY | NO_WAITING | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "it is a folder", str(path))
        raise OSError(22, "it is a pipe or a device, and no file", str(path))
    return os.fdopen(descriptor, "rb")


def read_plain(path: Path, what: str, *, hint: str = "check the path and its permissions") -> bytes:
    """All of a file of one of the kinds in ``BOUNDS``. Raises InputError where it cannot be read, or is too large."""
    bound = BOUNDS[what]
    try:
        with open_plain(path) as file:
            data = file.read(bound.bytes + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", hint=hint, file=path) from error
    if len(data) > bound.bytes:
        size = max(1, bound.bytes // MIB)
        raise InputError(
            f"is larger than {size} MB, the most that a {what} may have", hint="see docs/reference/limits.md", file=path
        )
    if bound.lines and data.count(b"\n") > bound.lines:
        raise InputError(
            f"has more than {bound.lines} lines, the most that a {what} may have",
            hint="see docs/reference/limits.md",
            file=path,
        )
    return data
