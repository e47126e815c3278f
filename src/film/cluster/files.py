"""Files that work reads on whatever node it runs: used where they lie there already, else sent along.

    caller                                      node
    perform(function, files) ─────────────────► a file of that content under that path? ──all──► do it
    put the missing ones into the cluster's ◄── Needed(those)
    memory, once for this call ───────────────► written to a folder of this call, ─────────────► do it

On one machine, and where the machines share a folder, no file ever travels.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from film.files.digests import sha256_of_file

Places = Mapping[Path, Path]
"""Where a file lies for the caller → where it lies on this node."""


@dataclass(frozen=True)
class HandedFile:
    """A file that work reads: where it lies for who asks for the work, and what it is."""

    path: Path
    sha256: str

    @classmethod
    def of(cls, path: Path) -> HandedFile:
        return cls(path, sha256_of_file(path))


class MissingFile(Exception):
    """This node lacks some of the files that it was told of."""

    def __init__(self, files: Sequence[HandedFile]) -> None:
        super().__init__(len(files))
        self.files = tuple(files)


@contextmanager
def at_hand(
    files: Sequence[HandedFile], sent: Mapping[str, Any], fetch: Callable[[Any], bytes]
) -> Generator[dict[Path, Path]]:
    """Where each of the files lies on this node. ``sent`` are those that travelled, by their hashes.

    Raises Missing for those which are neither here nor sent.
    """
    places = {file.path: file.path for file in files if _is_here(file)}
    away = [file for file in files if file.path not in places]
    if missing := [file for file in away if file.sha256 not in sent]:
        raise MissingFile(missing)
    if not away:
        yield places
        return
    with tempfile.TemporaryDirectory(prefix="film-files-") as folder:
        for file in away:
            copy = Path(folder, f"{file.sha256}{file.path.suffix}")
            copy.write_bytes(fetch(sent[file.sha256]))
            places[file.path] = copy
        yield places


def _is_here(file: HandedFile) -> bool:
    try:
        found = file.path.stat()
        return _content(file.path, found.st_size, found.st_mtime_ns) == file.sha256
    except OSError:
        return False


@lru_cache(maxsize=4096)
def _content(path: Path, size: int, modified_ns: int) -> str:
    """A file's hash, read once for as long as it stays as it is."""
    return sha256_of_file(path)
