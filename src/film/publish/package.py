"""What goes out: the film's file, its words, its captions, its picture, and what it says of its origin.

The hash of the metadata says whether a place has the words of today. It covers what a viewer reads and how the film is
listed; captions, picture and playlist are parts of their own, each with a digest of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Literal

from film.errors import PublishError
from film.files.bounds import open_plain
from film.hashing import content_key
from film.models import Model

Privacy = Literal["private", "unlisted", "public"]


class Chapter(Model):
    """``start`` in whole seconds of the film."""

    start: int
    title: str


class Disclosure(Model):
    """What the film's own signed manifest makes us say. ``reason`` is why a person left it out."""

    synthetic: bool
    sentence: str
    reason: str = ""


class Metadata(Model):
    """What is said of a film wherever it goes. ``privacy`` None: private at first, and whatever it is now later on."""

    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    language: str = "en"
    category: int = 1
    privacy: Privacy | None = None
    publish_at: datetime | None = None
    made_for_kids: bool = False
    disclosure: Disclosure

    @property
    def hash(self) -> str:
        return content_key("metadata/1", self.model_dump(mode="json", exclude_none=True))


@dataclass(frozen=True)
class CaptionFile:
    """``language`` is a BCP 47 tag."""

    path: Path
    language: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Package:
    """``identity`` is the film file's size and time as it was hashed: it may not change on its way out."""

    film_id: str
    film: Path
    sha256: str
    size: int
    identity: tuple[int, int]
    metadata: Metadata
    captions: tuple[CaptionFile, ...] = ()
    thumbnail: bytes | None = None
    playlist: str = ""
    sidecar: bytes | None = None
    """The film's signed manifest as a file of its own, for places that keep it beside the film."""

    @contextmanager
    def opened(self) -> Generator[BufferedReader]:
        """The film to read from; PublishError where it is not the file that was hashed any more."""
        try:
            with open_plain(self.film) as file:
                self.check(file)
                yield file
        except OSError as error:
            raise PublishError(
                f"{self.film} cannot be read: {error.strerror or error}", hint="check the file, and run again"
            ) from error

    def check(self, file: BufferedReader) -> None:
        """Whether it is still the same file, to its time: what has gone out must be of one film."""
        about = os.fstat(file.fileno())
        if (about.st_size, about.st_mtime_ns) != self.identity:
            raise PublishError(
                f"{self.film.name} was changed while it went out", hint="run again once it is finished: nothing is lost"
            )


def hashed(film: Path) -> tuple[str, int, tuple[int, int]]:
    """SHA-256, size and identity of a file, all of one moment."""
    try:
        with open_plain(film) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            about = os.fstat(file.fileno())
    except OSError as error:
        raise PublishError(f"{film} cannot be read: {error.strerror or error}", hint="check the path") from error
    return digest, about.st_size, (about.st_size, about.st_mtime_ns)
