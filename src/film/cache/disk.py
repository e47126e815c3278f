"""What the store asks of a file system beside reading and writing: list, remove and sync, following no link."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

HANDS = 16
"""Files that are removed at once. A disk that passes every freed block on takes a millisecond for each file, and as
long for sixteen."""


def entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder; nothing where there is none."""
    try:
        with os.scandir(folder) as found:
            yield from found
    except FileNotFoundError:
        return


def remove(path: Path) -> None:
    """A file that is gone already is none to remove."""
    with suppress(FileNotFoundError):
        if os.name == "nt":
            path.chmod(0o600)  # Windows keeps read-only files
        path.unlink()


def side_by_side(work: Callable[[str], None], names: Sequence[str]) -> None:
    """Do something to many files at once. What fails for one is raised when all the others are done."""
    with ThreadPoolExecutor(HANDS, "film-files") as pool:
        begun = [pool.submit(work, name) for name in names]
    for one in begun:
        one.result()


def sync_folder(folder: Path) -> None:
    """Have a folder's entries on the disk before anything relies on them."""
    if os.name == "nt":
        return  # has no such call; NTFS journals its folders
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | NO_LINKS)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
