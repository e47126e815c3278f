"""``library.json`` in a gallery: whose files these are, told by the files' own folder.

    library      the library's id            generation   the highest that the gallery has known its database at
    gallery      this folder's own id        database     where its database is, for people: no user, no password
    role         gallery | backup

Replaced as a whole, so that it is never half of two.
"""

from __future__ import annotations

import json
import os
import stat
import uuid
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from film.cache.disk import NO_LINKS, sync_folder
from film.errors import StoreError, disk_error
from film.files.bounds import NO_WAITING
from film.files.own_files import own_folder, shared_mode

NAME = "library.json"
_LARGEST = 10_000


class Token(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    library: str = Field(pattern=r"^[0-9a-f]{32}$")
    generation: int = Field(ge=0)
    gallery: str = Field(default="", pattern=r"^[0-9a-f]{0,32}$")
    role: Literal["gallery", "backup"] = "gallery"
    database: str = Field(default="", max_length=500)


def read_token(gallery: Path) -> Token | None:
    """What a gallery says of itself; None where it says nothing. StoreError where that cannot be read."""
    place = gallery / NAME
    try:
        handle = os.open(place, os.O_RDONLY | NO_LINKS | NO_WAITING)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise _unreadable(place, error.strerror or str(error)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _unreadable(place, "it is no regular file")
    with os.fdopen(handle, "rb") as file:
        try:
            return Token.model_validate_json(file.read(_LARGEST))
        except (ValidationError, OSError) as error:
            told = error.strerror if isinstance(error, OSError) else "it is not what was written there"
            raise _unreadable(place, told or "") from error


def write_token(gallery: Path, token: Token) -> None:
    """Put it there for good, in place of what stood there."""
    place = gallery / NAME
    part = place.with_name(f".{NAME}-{uuid.uuid4().hex[:12]}")
    try:
        own_folder(gallery)
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, shared_mode(gallery))
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(token.model_dump(), indent=1).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(gallery)
    except OSError as error:
        raise disk_error(error, place) from error


def _unreadable(place: Path, why: str) -> StoreError:
    return StoreError(
        f"{place}, which says whose files these are, cannot be read: {why}",
        hint="look after that file and its disk; if it is lost, film library attach writes it anew",
    )
