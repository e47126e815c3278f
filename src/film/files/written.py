"""Which files in a folder of the user's this program wrote, so that it replaces these and no others.

    check(path)     ─► nothing there, or ours to the byte? else ComposeError: it stays as it is
    remember(path…) ─► .film-written.json in its folder: size, time and digest of each, as of the last two times

Both versions are kept since a run may die between the note and the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from film.errors import ComposeError, InputError
from film.files.bounds import read_plain
from film.files.digests import sha256_of_file
from film.files.own_files import fresh_beside

RECORD = ".film-written.json"
_VERSIONS = 2


def is_ours(path: Path) -> bool:
    """Whether what lies at ``path`` is, to the byte, what was written there. Nothing at all and an empty file are."""
    if path.is_symlink() or not path.is_file():
        return not os.path.lexists(path)
    return not path.stat().st_size or is_one_of(path, _read(path.parent).get(path.name, []))


def is_one_of(path: Path, versions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a file is one of those that were noted: of the same size, and time or digest. Raises OSError."""
    there = path.stat()
    alike = [one for one in versions if one.get("size") == there.st_size]
    if any(one.get("modified_ns") == there.st_mtime_ns for one in alike):
        return True
    return bool(alike) and sha256_of_file(path) in [one.get("sha256") for one in alike]


def check(path: Path, *, force: bool = False) -> None:
    """ComposeError where a file that is not this program's would be lost; ``force`` lets it."""
    try:
        lost = not force and not is_ours(path)
    except OSError as error:
        raise ComposeError(f"{path} cannot be read: {error.strerror or error}", hint="name another folder") from error
    if lost:
        raise ComposeError(
            f"{path} is there, and this program did not write it as it is: it is left",
            hint="name another folder with -o, move that file away, or add --force to overwrite it",
        )


def remember(*files: tuple[Path, Path] | Path) -> None:
    """Note files, all of one folder, as this program's. A pair is a file that is about to take the other's name."""
    pairs = [file if isinstance(file, tuple) else (file, file) for file in files]
    if not pairs:
        return
    folder = pairs[0][1].parent
    record = _read(folder)
    for file, named in pairs:
        about = file.stat()
        new = {"size": about.st_size, "modified_ns": about.st_mtime_ns, "sha256": sha256_of_file(file)}
        before = [one for one in record.get(named.name, []) if one != new]
        record[named.name] = [new, *before][:_VERSIONS]
    temporary = fresh_beside(folder / RECORD, ".tmp")
    try:
        temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
        temporary.replace(folder / RECORD)
    finally:
        temporary.unlink(missing_ok=True)


def has_record(folder: Path) -> bool:
    return (folder / RECORD).is_file()


def _read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: Any = None
    with suppress(InputError, ValueError, RecursionError):
        found = json.loads(read_plain(folder / RECORD, "manifest"))
    if not isinstance(found, dict):
        return {}
    named = cast("dict[str, Any]", found)
    return {
        name: [cast("dict[str, Any]", one) for one in cast("list[Any]", versions) if isinstance(one, dict)]
        for name, versions in named.items()
        if isinstance(versions, list)
    }
