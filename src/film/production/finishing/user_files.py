"""Files that the user gives a film, music, effects, a LUT: known by their bytes, as everything in the cut is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from film.errors import InputError
from film.files.digests import sha256_of_file
from film.planning.readings import sound_reading
from film.timeline import Source, SourceKind


def given(path: Path, kind: SourceKind) -> Source:
    """The file as the timeline names it. It was there when the settings were read; InputError when it no longer is."""
    try:
        stat = path.stat()
        reading = sound_reading(path) if kind == "audio" else ""
        return Source(_digest(path, stat.st_size, stat.st_mtime_ns), path, kind, reading)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}", hint="bring the file back, or name another one"
        ) from error


@lru_cache(maxsize=1024)
def _digest(path: Path, size: int, modified_ns: int) -> str:
    """Read once for as long as it is not written to: one effect may stand under a hundred shots."""
    return sha256_of_file(path)
