"""Folders and files that are the user's own, and new files beside others: nobody else reads, guesses or redirects them.

own_folder    a folder of mode 0700, and so are those above it that were not there
own_file      a file of mode 0600, made before anybody writes into it
fresh_beside  a new file in another's folder, under a name that nobody can know before; no link is followed
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS | getattr(os, "O_CLOEXEC", 0)


def own_folder(folder: Path) -> None:
    """Make it, where it is not there; what is there keeps its rights: it may be shared. Raises OSError."""
    missing: list[Path] = []
    place = folder
    while not place.exists() and place != place.parent:
        missing.append(place)
        place = place.parent
    for new in reversed(missing):
        with suppress(FileExistsError):
            new.mkdir(0o700)
    folder.mkdir(exist_ok=True)  # raises where something else than a folder is there


def own_file(file: Path) -> None:
    """Make it, empty, where it is not there, so that whoever opens it finds it closed to others."""
    with suppress(FileExistsError):
        os.close(os.open(file, _NEW, 0o600))


def fresh_beside(file: Path, suffix: str = ".part", *, mode: int = 0o666) -> Path:
    """A new, empty file in the folder of ``file``, to be renamed to it once it is written. Raises OSError."""
    while True:
        new = file.with_name(f".{file.name}.{secrets.token_hex(8)}{suffix}")
        with suppress(FileExistsError):
            os.close(os.open(new, _NEW, mode))
            return new
