"""A backup folder: generations over one store of blobs.

    generations/<moment>-g<generation>/    film.db, films, prices …, and backup.json, which names them with their hashes
    generations/.part-…                    one that is being made, or was cut short
    blobs/sha256/ab/cd/<hash>              what all generations name, once
    film.db, films …                       the newest generation again: the folder works as a gallery
    library.json                           whose backup this is

A generation has its name once it is whole. Nothing of it is ever changed.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from film.archive.rows import damage_of
from film.cache.blobs import BlobStore, Condition
from film.cache.disk import sync_folder
from film.errors import InputError, StoreError
from film.files.bounds import open_plain
from film.files.digests import sha256_of_file

DATABASE, MANIFEST, GENERATIONS = "film.db", "backup.json", "generations"
PART, OLD = ".part-", ".old-"
_NAME = re.compile(r"(\d{8}T\d{6}Z)-g(\d+)")


class Kept(BaseModel):
    """A file of a generation, by its path in it."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(max_length=1000)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """``missing``: blobs that the gallery itself did not have whole."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["film-backup/1"] = "film-backup/1"
    library: str
    generation: int
    made: datetime
    blobs: int
    size: int
    missing: list[str]
    database: Kept
    files: list[Kept]


@dataclass(frozen=True)
class Generation:
    folder: Path
    made: datetime
    number: int

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    def manifest(self) -> Manifest:
        """What it holds; StoreError where that cannot be read."""
        try:
            with open_plain(self.folder / MANIFEST) as file:
                return Manifest.model_validate_json(file.read())
        except (OSError, ValidationError) as error:
            raise StoreError(
                f"the backup {self.folder} does not say what it holds", hint="use another generation of it"
            ) from error

    def blobs(self) -> dict[str, int]:
        """The blobs that its database names, with their lengths; StoreError where it cannot be read."""
        return blobs_in(self.database)


@dataclass
class CheckReport:
    generations: int = 0
    blobs: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list[str])
    missing: int = 0
    """Blobs that the gallery did not have whole when it was copied."""


def generation_name(made: datetime, number: int) -> str:
    return f"{made:%Y%m%dT%H%M%SZ}-g{number}"


def generations(folder: Path) -> list[Generation]:
    """The whole ones, the oldest first."""
    found: list[Generation] = []
    place = folder / GENERATIONS
    if place.is_symlink() or not place.is_dir():
        return []
    for inner in place.iterdir():
        if (match := _NAME.fullmatch(inner.name)) and inner.is_dir() and not inner.is_symlink():
            made = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            found.append(Generation(inner, made, int(match[2])))
    return sorted(found, key=lambda generation: (generation.number, generation.made))


def blobs_in(database: Path) -> dict[str, int]:
    """What an SQLite database names. Blobs that were set aside are left out: nobody had them."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            lost = " WHERE sha256 NOT IN (SELECT sha256 FROM lost_blobs)" if "lost_blobs" in tables else ""
            return dict(connection.execute(f"SELECT sha256, size FROM blobs{lost}"))  # noqa: S608  # our own words
    except sqlite3.Error as error:
        raise StoreError(f"{database} cannot be read: {error}", hint="use another generation of the backup") from error


def check(folder: Path) -> CheckReport:
    """Read everything that is in a backup, and compare it with its hashes."""
    found = generations(folder)
    if not found:
        raise InputError(f"{folder} holds no whole backup", hint="make one with: film backup FOLDER")
    report = CheckReport(generations=len(found))
    store = BlobStore(folder, lambda: "check")
    conditions: dict[str, Condition] = {}
    for generation in found:
        name = generation.folder.name
        try:
            manifest = generation.manifest()
            blobs = generation.blobs()
        except StoreError as error:
            report.problems.append(f"{name}: {error}")
            continue
        report.missing = len(manifest.missing)
        for kept in (manifest.database, *manifest.files):
            if wrong := _wrong(generation.folder, kept):
                report.problems.append(f"{name}: {kept.path} {wrong}")
        if damage := damage_of(generation.database):
            report.problems.append(f"{name}: its database is damaged: {damage}")
        absent = set(manifest.missing)
        for sha256, size in sorted(blobs.items()):
            if sha256 not in conditions:
                conditions[sha256] = store.check_here(sha256, size)
                report.blobs += 1
                report.size += size
            if conditions[sha256] is not Condition.GOOD and sha256 not in absent:
                report.problems.append(f"{name}: blob {sha256[:16]} is {conditions[sha256].value}")
    return report


def prune(folder: Path, keep: int | timedelta, moment: datetime) -> tuple[int, int]:
    """Let all but the newest ``keep`` generations go, or those older than it, and the blobs that only they named.

    The newest one always stays. Returns how many generations went, and how many blobs. Blobs go only when every
    generation that stays can say what it names.
    """
    found = generations(folder)
    if isinstance(keep, timedelta):
        old = [generation for generation in found[:-1] if generation.made < moment - keep]
    else:
        old = found[: -max(keep, 1)]
    for generation in old:
        aside = generation.folder.with_name(OLD + generation.folder.name)
        generation.folder.replace(aside)
        shutil.rmtree(aside)
    sync_folder(folder / GENERATIONS)
    wanted: set[str] = set()
    for generation in generations(folder):
        wanted |= generation.blobs().keys()
    if (folder / DATABASE).is_file():
        wanted |= blobs_in(folder / DATABASE).keys()
    store = BlobStore(folder, lambda: "backup")
    gone = [sha256 for sha256, _ in store.strays(wanted)] if old else []
    store.remove(gone)
    return len(old), len(gone)


def clear_left_overs(folder: Path) -> None:
    """What backups that were killed have left; nobody else is at work in the folder now."""
    for place in (folder / GENERATIONS, folder / "tmp"):
        if place.is_symlink() or not place.is_dir():
            continue
        for entry in place.iterdir():
            if entry.name.startswith((PART, OLD)) and entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif place.name == "tmp" and (entry.is_file() or entry.is_symlink()):
                entry.unlink(missing_ok=True)
    for entry in folder.glob("*.film-part"):
        entry.unlink(missing_ok=True)


def refuse_overlap(folder: Path, *others: Path) -> None:
    """InputError when a folder is, holds or lies in another, by whatever links and detours it is named."""
    mine = _lineage(folder)
    for other in others:
        theirs = _lineage(other)
        if mine[0] in theirs or theirs[0] in mine:
            raise InputError(f"{folder} is in the gallery, or the gallery in it", hint="name a folder on another disk")


def _lineage(place: Path) -> list[object]:
    """A folder and all above it, each by what the system knows it as, where it is there."""
    real = place.expanduser().resolve()
    found: list[object] = []
    for one in (real, *real.parents):
        try:
            stat = os.stat(one)  # noqa: PTH116  # of what it is, not of a link to it
            found.append((stat.st_dev, stat.st_ino))
        except OSError:
            found.append(str(one))
    return found


def _wrong(folder: Path, kept: Kept) -> str:
    place = folder / kept.path
    try:
        if place.is_symlink() or not place.is_file():
            return "is missing"
        return "" if sha256_of_file(place) == kept.sha256 else "is damaged"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def files_below(folder: Path, names: tuple[str, ...]) -> Iterator[str]:
    """Paths of the regular files under these names; no link is followed."""
    for name in names:
        place = folder / name
        if place.is_symlink():
            continue
        if place.is_file():
            yield name
        elif place.is_dir():
            for inner, folders, files in os.walk(place):
                folders[:] = sorted(f for f in folders if not (Path(inner) / f).is_symlink())
                for file in sorted(files):
                    if not (found := Path(inner) / file).is_symlink() and found.is_file():
                        yield found.relative_to(folder).as_posix()
