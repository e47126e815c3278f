"""What is left of a paid library after mistakes and kills: whole files deleted, rows forgotten, silence.

Each mistake meets each command, three times, with 40 days between, in a copy of one small library; then the mistake is
undone, and everything that was paid for must be there.

The control is a collection as it was once: it removes what its database
does not know. Kills are SIGKILLs at random moments of commands that change much; each command is then run to its end.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks._keeping_room import LOOSE, PAID, Ended, Room, days_go_by, key, names, paid_hashes, run
from benchmarks.figure import Figure
from film.testing.older_schema import to_third_revision

COMMANDS = (
    ["gc"],
    ["gc", "--dry-run"],
    ["gc", "--size_cap", "1KB"],
    ["fsck"],
    ["fsck", "--repair"],
    ["fsck", "--collect"],
    ["plan", "shots.json", "--tier", "draft"],
    ["library", "import", "archive.tar"],
    ["library", "push"],
    ["backup", "backup"],
    ["restore", "backup"],
    ["assets"],
)
MUST_SAY = {"gc", "fsck", "plan"}
"""Commands that must not pass over a mistake that concerns the whole library."""


@dataclass(frozen=True)
class Mistake:
    """``make`` changes the room or the shell, and returns what undoes it."""

    name: str
    make: Callable[[Room, dict[str, str]], Callable[[], None]]
    bucket: bool = False
    is_told: bool = True
    before: Callable[[], None] | None = None
    """Something that is wrong with the machine itself, in the child."""


@dataclass
class Met:
    cases: int = 0
    deleted: int = 0
    forgotten: int = 0
    not_reused: int = 0
    silent: int = 0
    fell_over: int = 0
    notes: list[str] = field(default_factory=list[str])


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200, help="how often a command is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--notes", action="store_true", help="say which cases went wrong")


def figures(given: argparse.Namespace) -> list[Figure]:
    _import_everything()
    memory = Path("/dev/shm")  # a SIGKILL leaves what was written, synced or not: a disk would only take its time
    with tempfile.TemporaryDirectory(prefix="film-keeping-", dir=memory if memory.is_dir() else None) as folder:
        root = Path(folder)
        met = mistakes(root / "mistakes")
        control = careless(root / "control")
        killed, lost = kills(root / "kills", given.kills, random.Random(given.seed), met.notes)
    if given.notes:
        for note in met.notes:
            print(note)
    return [
        Figure("mistakes × commands", met.cases, "cases"),
        Figure("whole, paid-for files deleted", met.deleted, "files", "= 0"),
        Figure("rows forgotten", met.forgotten, "rows", "= 0"),
        Figure("not found again once the mistake is undone", met.not_reused, "results", "= 0"),
        Figure("mistakes that gc, fsck and plan passed over", met.silent, "cases", "= 0"),
        Figure("commands that fell over", met.fell_over, "cases", "= 0"),
        Figure("control: deleted by a collection that believes", control, "files", ">= 1"),
        Figure("SIGKILLs over backup, restore, gc, repair, upgrade", killed, "kills"),
        Figure("lost in them", lost, "files or rows", "= 0"),
    ]


def mistakes(root: Path, only: int | None = None) -> Met:
    """Every mistake with every command; ``only`` so many of the commands, for a short look."""
    met = Met()
    originals = {bucket: _original(root / f"original {bucket}", bucket) for bucket in (False, True)}
    for mistake in MISTAKES:
        for command in COMMANDS[:only]:
            if command[:2] == ["library", "push"] and not mistake.bucket:
                continue
            room = originals[mistake.bucket].copy(root / "case")
            _meet(room, mistake, command, met)
            shutil.rmtree(root / "case", ignore_errors=True)
    return met


def _meet(room: Room, mistake: Mistake, command: list[str], met: Met) -> None:
    env = room.env
    before = room.left()
    undo = mistake.make(room, env)
    ended: list[Ended] = []
    for _ in range(3):
        ended.append(run(command, env, before=mistake.before))
        for database in (room.database, room.gallery / "film.db", room.root / "other.db", room.root / "empty.db"):
            if database.is_file():
                days_go_by(database, 40)
    undo()
    run(["fsck", "--repair"], room.env)
    after = room.left()
    deleted, forgotten = before.files - after.files, before.rows - after.rows
    # what nothing names may go in its own time, from a library that stands as it should
    if not mistake.is_told and command[0] in ("gc", "fsck"):
        loose = {key(name) for name in names("mine")[PAID:]}
        forgotten -= loose
        deleted -= {h for h in deleted if h in _hashes_of(names("mine")[PAID:])}
    reused = room.reused()
    missing = max(PAID + LOOSE - reused - (len(before.rows - after.rows) - len(forgotten)), 0)
    met.cases += 1
    met.deleted += len(deleted)
    met.forgotten += len(forgotten)
    met.not_reused += missing
    where = f"{mistake.name}: film {' '.join(command)}"
    if deleted or forgotten or missing:
        met.notes.append(f"{where}: {len(deleted)} deleted, {len(forgotten)} forgotten, {missing} not reused")
    if mistake.is_told and command[0] in MUST_SAY and any(e.code == 0 and "error" not in e.said for e in ended[:1]):
        met.silent += 1
        met.notes.append(f"{where}: rc 0: {ended[0].said.strip()[:200]}")
    for one in ended:
        if one.code == 99 or "Traceback" in one.said or "Error: " in one.said:
            met.fell_over += 1
            met.notes.append(f"{where}: fell over: {one.said.strip()[:300]}")
            break


def _hashes_of(some: list[str]) -> frozenset[str]:
    import hashlib

    from benchmarks._keeping_room import content

    return frozenset(hashlib.sha256(content(name)).hexdigest() for name in some)


def careless(root: Path) -> int:
    """A collection that removes what its database does not know, with another library's database: files deleted."""
    room = _original(root, False)
    before = room.left()
    with closing(sqlite3.connect(room.root / "other.db")) as db:
        known = {row[0] for row in db.execute("SELECT sha256 FROM blobs")}
    for found in (room.gallery / "blobs").rglob("*"):
        if found.is_file() and found.name not in known:
            found.unlink()
    return len(before.files - room.left().files)


# -- kills


def kills(root: Path, count: int, chance: random.Random, notes: list[str]) -> tuple[int, int]:
    """Kill commands at random moments, then run them to their end: how many died, and what was lost."""
    original = _original(root / "original", False)
    died = lost = turn = 0
    while died < count:
        command, prepare = KILLED[turn % len(KILLED)]
        turn += 1
        room = original.copy(root / "case")
        prepare(room)
        began = time.monotonic()
        trial = room.copy(root / "trial")
        run(command, trial.env)
        took = time.monotonic() - began
        shutil.rmtree(root / "trial")
        for _ in range(chance.randint(1, 4)):
            died += run(command, room.env, kill_after=chance.uniform(0, took)).code == -9
        ended = run(command, room.env)
        run(["fsck", "--repair"], room.env)
        after, reused = room.left(), room.reused()
        gone = len(paid_hashes("mine") - after.files) + max(PAID + LOOSE - reused, 0)
        allowed = 2 * LOOSE if command[0] == "gc" else 0
        left_over = [p for p in room.root.rglob("*") if p.name.startswith((".part-", ".old-")) or "film-part" in p.name]
        if gone > allowed or left_over or ended.code not in (0, 1):
            lost += max(gone - allowed, 0) + len(left_over)
            notes.append(f"killed film {' '.join(command)}: {gone} gone, left {left_over}, {ended.said[-300:]}")
        shutil.rmtree(root / "case")
    return died, lost


def _nothing(_room: Room) -> None:
    pass


def _lose_database(room: Room) -> None:
    room.database.unlink()


def _damage(room: Room) -> None:
    for number, found in enumerate(sorted(p for p in (room.gallery / "blobs").rglob("*") if p.is_file())):
        if number % 3 == 0:
            aside = room.root / "moved away" / found.name
            aside.parent.mkdir(exist_ok=True)
            shutil.copyfile(found, aside)
            found.chmod(0o600)
            found.write_bytes(found.read_bytes()[::-1])


def _long_marked(room: Room) -> None:
    for _ in range(1):
        run(["gc"], room.env)
        days_go_by(room.database, 40)


def _older_schema(room: Room) -> None:
    with closing(sqlite3.connect(room.database)) as db, db:
        to_third_revision(db)
    (room.gallery / "library.json").unlink()


KILLED: tuple[tuple[list[str], Callable[[Room], None]], ...] = (
    (["backup", "backup", "--keep", "2"], _nothing),
    (["restore", "backup"], _lose_database),
    (["gc"], _long_marked),
    (["fsck", "--repair", "--from", "backup"], _damage),
    (["upgrade"], _older_schema),
    (["backup", "new backup"], _nothing),
)


# -- mistakes


def _original(root: Path, bucket: bool) -> Room:
    """Built in a child, so that no connection of it is open here; copied for every case."""
    root.mkdir(parents=True)
    room = Room(root, bucket=bucket)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            room.build()
            (root / "shots.json").write_text(
                '{"shots": [{"shot_id": "a", "enhanced_prompt": "a lamp", "duration": 1}]}'
            )
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert status == 0, "the library could not be made"
    made = run(["library", "export", "archive.tar"], room.env)
    assert made.code == 0, made.said
    return room


def _shell(**changed: str) -> Callable[[Room, dict[str, str]], Callable[[], None]]:
    """Another shell: variables that are others, or not set. ``{root}`` is the room's."""

    def make(room: Room, env: dict[str, str]) -> Callable[[], None]:
        for name, value in changed.items():
            env[name] = value.replace("{root}", str(room.root))
        return lambda: None

    return make


def _moved(what: str, instead: Callable[[Path], None] | None = None) -> Any:
    """A disk that is not there: the folder, or the file, is elsewhere, and perhaps something stands in its place."""

    def make(room: Room, _env: dict[str, str]) -> Callable[[], None]:
        place, aside = room.root / what, room.root / "moved away"
        aside.mkdir()
        place.replace(aside / place.name)
        if instead:
            instead(place)

        def undo() -> None:
            if place.is_symlink() or place.is_file():
                place.unlink()
            elif place.is_dir():
                (room.root / "came meanwhile").mkdir(exist_ok=True)
                place.replace(room.root / "came meanwhile" / place.name)
            for beside in room.root.joinpath(what).parent.glob(f"{place.name}-*"):
                beside.unlink()
            (aside / place.name).replace(place)

        return undo

    return make


def _link_to_moved(place: Path) -> None:
    up = next(p for p in place.parents if (p / "moved away").is_dir())
    place.symlink_to(up / "moved away" / place.name)


def _empty_folders(place: Path) -> None:
    (place / "blobs" / "sha256").mkdir(parents=True)


def _empty_blobs(place: Path) -> None:
    (place / "sha256").mkdir(parents=True)


def _other_database(place: Path) -> None:
    shutil.copyfile(next(p for p in place.parents if (p / "other.db").is_file()) / "other.db", place)


def _older_database(place: Path) -> None:
    shutil.copyfile(next(p for p in place.parents if (p / "older.db").is_file()) / "older.db", place)


def _one_linked(room: Room, _env: dict[str, str]) -> Callable[[], None]:
    blob = sorted(p for p in (room.gallery / "blobs").rglob("*") if p.is_file())[0]
    aside = room.root / "moved away"
    aside.mkdir()
    blob.replace(aside / blob.name)
    blob.symlink_to(aside / blob.name)

    def undo() -> None:
        if blob.is_symlink():
            blob.unlink()
        (aside / blob.name).replace(blob)

    return undo


def _emptied_bucket(room: Room, _env: dict[str, str]) -> Callable[[], None]:
    assert room.bucket
    aside = room.root / "moved away"
    room.bucket.replace(aside)
    room.bucket.mkdir()

    def undo() -> None:
        shutil.rmtree(room.bucket or "")
        aside.replace(room.bucket or "")

    return undo


def _unreadable() -> None:
    """Files of blobs cannot be opened: no right to them."""
    real = os.open

    def refusing(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if "/blobs/sha256/" in str(path) and "/gallery/" in str(path) and not flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, *rest, **more)

    os.open = refusing


def _failing_disk() -> None:
    import hashlib

    real = hashlib.file_digest

    def failing(file: Any, digest: Any) -> Any:
        if "/gallery/blobs/" in str(Path(f"/proc/self/fd/{file.fileno()}").readlink()):
            raise OSError(5, "Input/output error")
        return real(file, digest)

    hashlib.file_digest = failing


def _flipping() -> None:
    """Every read of a blob comes back with another bit wrong."""
    import hashlib

    real, chance = hashlib.file_digest, random.Random(7)

    def flipped(file: Any, digest: Any) -> Any:
        found = real(file, digest)
        if "/gallery/blobs/" in str(Path(f"/proc/self/fd/{file.fileno()}").readlink()):
            found.update(chance.randbytes(8))
        return found

    hashlib.file_digest = flipped


def _clock(days: int) -> Callable[[], None]:
    def set_it() -> None:
        import sys
        from datetime import timedelta

        from film.db import base

        real = base.now
        for module in list(sys.modules.values()):
            if getattr(module, "now", None) is real and module.__name__.startswith("film"):
                module.now = lambda: real() + timedelta(days=days)  # type: ignore[attr-defined]

    return set_it


def _as_it_is(_room: Room, _env: dict[str, str]) -> Callable[[], None]:
    return lambda: None


MISTAKES = (
    Mistake("no FILM_DATABASE_URL", _shell(FILM_DATABASE_URL="")),
    Mistake("another library's database", _shell(FILM_DATABASE_URL="sqlite:///{root}/other.db")),
    Mistake("a new database", _shell(FILM_DATABASE_URL="sqlite:///{root}/empty.db")),
    Mistake("the database is gone", _moved("db/film.db")),
    Mistake("an empty file for a database", _moved("db/film.db", Path.touch)),
    Mistake("an older database", _moved("db/film.db", _older_database)),
    Mistake("another library's file in its place", _moved("db/film.db", _other_database)),
    Mistake("another library's gallery", _shell(FILM_GALLERY_DIR="{root}/other gallery")),
    Mistake("a backup for the gallery", _shell(FILM_GALLERY_DIR="{root}/backup")),
    Mistake("the gallery is unplugged", _moved("gallery")),
    Mistake("an empty mount point", _moved("gallery", Path.mkdir)),
    Mistake("a mount point with folders", _moved("gallery", _empty_folders)),
    Mistake("blobs/ is unplugged", _moved("gallery/blobs")),
    Mistake("blobs/ is an empty mount point", _moved("gallery/blobs", _empty_blobs)),
    Mistake("blobs/ is a link", _moved("gallery/blobs", _link_to_moved)),
    Mistake("one file is a link", _one_linked, is_told=False),
    Mistake("EACCES", _as_it_is, is_told=False, before=_unreadable),
    Mistake("EIO", _as_it_is, is_told=False, before=_failing_disk),
    Mistake("flipped reads", _as_it_is, is_told=False, before=_flipping),
    Mistake("a clock a year ahead", _as_it_is, is_told=False, before=_clock(365)),
    Mistake("a clock a year behind", _as_it_is, is_told=False, before=_clock(-365)),
    Mistake("no FILM_STORE_URL", _shell(FILM_STORE_URL="none"), bucket=True, is_told=False),
    Mistake("a new bucket", _shell(FILM_STORE_URL="file://{root}/new%20bucket"), bucket=True, is_told=False),
    Mistake("an emptied bucket", _emptied_bucket, bucket=True, is_told=False),
    Mistake("bucket: another database", _shell(FILM_DATABASE_URL="sqlite:///{root}/other.db"), bucket=True),
    Mistake("bucket: an older database", _moved("db/film.db", _older_database), bucket=True),
    Mistake("bucket: flipped reads", _as_it_is, bucket=True, is_told=False, before=_flipping),
)


def _import_everything() -> None:
    """Once, before children are forked."""
    from importlib import import_module

    from film.cli import main

    late = ("archive", "cache.adopt", "app.health", "planning.fit_warnings", "planning.plan", "app.rebuilding")
    for name in (*late, *(f"cli.{command}" for command in main.COMMANDS)):
        import_module(f"film.{name}")
