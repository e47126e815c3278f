"""What befalls a gallery between two runs, or during one: to its database, its disk, its keys."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.strangers.galleries import Gallery
from benchmarks.strangers.vendors.server import KEY


@dataclass
class Scene:
    """What a situation may touch while films are made.

    Parameters:
        gallery: The gallery.
        rng: Where chance comes from.
        point: Points the gallery at the vendors with other keys.
        memory: What the situation keeps for later.
    """

    gallery: Gallery
    rng: random.Random
    point: Callable[[str], None]
    memory: dict[str, Any] = field(default_factory=dict)


Deed = Callable[[Scene], Awaitable[None]]


async def nothing(scene: Scene) -> None:
    """Do nothing.

    Parameters:
        scene: Where.
    """


# -- what befalls the database -----------------------------------------------------------------------------------------


def _sidecars(database: Path) -> list[Path]:
    return [database, database.with_name("film.db-wal"), database.with_name("film.db-shm")]


async def deleted(scene: Scene) -> None:
    """Delete the database.

    Parameters:
        scene: Where.
    """
    for path in _sidecars(scene.gallery.database):
        path.unlink(missing_ok=True)


async def emptied(scene: Scene) -> None:
    """Leave an empty file where the database was.

    Parameters:
        scene: Where.
    """
    await deleted(scene)
    scene.gallery.root.mkdir(parents=True, exist_ok=True)
    scene.gallery.database.touch()


async def kept(scene: Scene) -> None:
    """Make a copy of the database, as a backup does, at some moment of the run.

    Parameters:
        scene: Where.
    """
    await asyncio.sleep(scene.rng.uniform(0.2, 2.5))
    if not scene.gallery.database.exists() or scene.gallery.database.stat().st_size == 0:
        return
    copy = scene.gallery.folder / "older.db"
    try:
        with (
            closing(sqlite3.connect(scene.gallery.database, timeout=1)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error:
        return
    scene.memory["copy"] = copy


async def older(scene: Scene) -> None:
    """Put the older copy back.

    Parameters:
        scene: Where.
    """
    if copy := scene.memory.get("copy"):
        await deleted(scene)
        shutil.copy(copy, scene.gallery.database)


async def foreign(scene: Scene) -> None:
    """Put another gallery's database in its place.

    Parameters:
        scene: Where.
    """
    other = Gallery(
        scene.gallery.folder / "other", dict(scene.gallery.settings), scene.gallery.command, scene.gallery.size
    )
    other.folder.mkdir(exist_ok=True)
    if not other.database.exists():
        shots = '[{"shot_id": "x", "enhanced_prompt": "a wall", "duration": 1}]'
        (other.folder / "x.json").write_text(shots, "utf-8")
        await other.run(
            "make", str(other.folder / "x.json"), "--tier", "draft", "--size", other.size, "--quiet", "--no-provenance"
        )
    if other.database.exists():
        await deleted(scene)
        scene.gallery.root.mkdir(parents=True, exist_ok=True)
        shutil.copy(other.database, scene.gallery.database)


async def locked(scene: Scene) -> None:
    """Lock the database for 45 s, from some moment of the run.

    Parameters:
        scene: Where.
    """
    await asyncio.sleep(scene.rng.uniform(0.8, 3))
    await asyncio.to_thread(_lock, scene.gallery.database, 45.0)


def _lock(database: Path, seconds: float) -> None:
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=2, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        return


# -- what befalls disk and keys ----------------------------------------------------------------------------------------


async def fills(scene: Scene) -> None:
    """Let no file grow past a size that is drawn anew: writes fail here and there.

    Parameters:
        scene: Where.
    """
    scene.gallery.file_limit = scene.rng.choice((150, 220, 256, 260, 280, 320, 400)) * 1024


async def has_room(scene: Scene) -> None:
    """Make room on the disk.

    Parameters:
        scene: Where.
    """
    scene.gallery.file_limit = None


async def other_key(scene: Scene) -> None:
    """Put keys of another account into the environment.

    Parameters:
        scene: Where.
    """
    scene.point("somebody-else")


async def own_key(scene: Scene) -> None:
    """Put the first account's keys back.

    Parameters:
        scene: Where.
    """
    scene.point(KEY)
