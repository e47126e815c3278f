"""Which ``.env`` is read, and what of it counts: a project's folder may be a stranger's.

    folder one is in, and those above it that are the user's own; then the folder of the shots.json
        └─► the first ``.env`` that is a plain file of the user's ──► its values, as they are written

A gallery or a store that it names is not made in a folder that is something else, such as ~/.ssh. Nothing is filled in
from the environment (``${HOME}``), and a file of somebody else is not read, but told.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from film.errors import ConfigurationError
from film.files.bounds import BOUNDS, open_plain

NAME = ".env"
LARGEST = BOUNDS[".env"].bytes
"""Bytes of a ``.env``; one with all variables there are has some three thousand."""

_OF_A_GALLERY = frozenset({"film.db", "blobs", "library.json", "rates.toml", "results.log", "films", "cost_tracking"})
_OF_A_STORE = frozenset({"library", "sha256", "records", "quarantine"})
"""What lies in them: a folder with one of these is, or was, one."""


def find(folder: Path, project: Path | None) -> tuple[Path | None, tuple[str, ...]]:
    """The file to read, if there is one, and why others were passed by.

    ``folder`` is where one is, ``project`` where the shots.json lies.
    """
    passed_by: list[str] = []
    for place in _places(folder, project):
        file = place / NAME
        wrong = _wrong(file)
        if wrong is None:
            return file, tuple(passed_by)
        if wrong:
            passed_by.append(f"{file} is not read: {wrong}")
    return None, tuple(passed_by)


def read(file: Path) -> dict[str, str]:
    """Its variables that have a value. Raises ConfigurationError for a file that is no ``.env``."""
    try:
        with open_plain(file) as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}", hint="mend its rights") from error
    if len(data) > LARGEST:
        raise ConfigurationError(
            f"{file} is longer than {LARGEST // 1024} KiB",
            hint="a .env has one NAME=value on each line: see .env_template",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8 text", hint="save it as UTF-8") from None  # it may hold keys
    return {name: value for name, value in dotenv_values(stream=io.StringIO(text), interpolate=False).items() if value}


def check_places(said: Mapping[str, str], dotenv: Path) -> None:
    """Raises ConfigurationError for a gallery or a store, as the file ``said``, in a folder that is something else."""
    store = said.get("FILM_STORE_URL", "").strip()
    named = {
        "FILM_GALLERY_DIR": (said.get("FILM_GALLERY_DIR", ""), _OF_A_GALLERY),
        "FILM_STORE_URL": (unquote(urlsplit(store).path) if store.startswith("file:") else "", _OF_A_STORE),
    }
    for name, (text, own) in named.items():
        folder = Path(text).expanduser()
        try:
            found = {entry.name for entry in folder.iterdir()} if text else set[str]()
        except OSError:
            continue  # there is none yet, or whoever opens it says what is wrong
        if found and not found & own:
            raise ConfigurationError(
                f"{dotenv} names {folder} ({name}), a folder that has something else in it",
                hint=f"name an empty or a new folder there; if you want that one, set {name} in your environment",
            )


def _places(folder: Path, project: Path | None) -> Iterator[Path]:
    yield folder
    for above in folder.parents:
        if not _is_own(above):
            break
        yield above
    if project is not None and project.absolute() != folder.absolute():
        yield project


def _is_own(folder: Path) -> bool:
    """Whether nobody but this user puts files there."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return os.name != "posix" or (found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH)


def _wrong(file: Path) -> str | None:
    """Why a file is not read; empty where there is none, None where nothing is wrong with it."""
    try:
        found = file.stat()
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode):
        return "" if stat.S_ISDIR(found.st_mode) else "it is no plain file"
    if os.name == "posix" and found.st_uid != os.geteuid():
        return "it belongs to another user"
    if os.name == "posix" and found.st_mode & stat.S_IWOTH:
        return f"everybody may write to it (chmod 600 {file})"
    return None
