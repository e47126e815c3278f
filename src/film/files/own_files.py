"""Folders and files that are the user's own, and new files beside others: nobody else reads, guesses or redirects them.

own_folder    a folder of mode 0700, and so are those above it that were not there
own_file      a file of mode 0600, made before anybody writes into it
shared_mode   of a file in it that says what the gallery has: 0600, unless the user's group writes there, too
no_link       a folder in somebody else's folder, that is one and leads nowhere else
fresh_beside  a new file in another's folder, under a name that nobody can know before; no link is followed
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS | getattr(os, "O_CLOEXEC", 0)


def own_folder(folder: Path) -> None:
    """Make it, where it is not there; what is there keeps its rights: it may be shared with a group. Raises OSError."""
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


def shared_mode(folder: Path) -> int:
    """The mode of a new file in ``folder`` that only members of it need to read."""
    try:
        return 0o644 if folder.stat().st_mode & stat.S_IWGRP else 0o600
    except OSError:
        return 0o600


def close_to_strangers(folder: Path, *files: Path) -> bool:
    """Take back what everybody may do with a folder and files of the user's, where everybody may write there.

    Nobody shares with everybody on purpose: it is an old umask's doing, or an unpacked archive's. False where there
    was nothing to take back, or no right to.
    """
    if os.name != "posix":
        return False
    changed = False
    for place in (folder, *files):
        with suppress(OSError):
            found = place.lstat()
            is_open = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX  # /tmp is open on purpose
            if is_open and found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode):
                place.chmod(stat.S_IMODE(found.st_mode) & 0o700)
                changed = True
    return changed


def no_link(folder: Path) -> None:
    """Make it, where it is not there. Raises OSError, for a link, too: what is put there would lie elsewhere."""
    check_no_link(folder)
    folder.mkdir(parents=True, exist_ok=True)


def check_no_link(folder: Path) -> None:
    """Raises OSError where a folder is a link."""
    if folder.is_symlink():
        raise OSError(errno.ELOOP, f"it is a link to {folder.readlink()}", str(folder))


def fresh_beside(file: Path, suffix: str = ".part", *, mode: int = 0o666) -> Path:
    """A new, empty file in the folder of ``file``, to be renamed to it once it is written. Raises OSError."""
    while True:
        new = file.with_name(f".{file.name}.{secrets.token_hex(8)}{suffix}")
        with suppress(FileExistsError):
            os.close(os.open(new, _NEW, mode))
            return new
