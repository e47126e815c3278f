"""What befalls a gallery between two runs, or during one: to its database, its disk, its keys."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
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


async def deleted(scene: Scene) -> None:
    """Delete the database.

    Parameters:
        scene: Where.
    """
    await asyncio.to_thread(scene.gallery.database.delete)


async def emptied(scene: Scene) -> None:
    """Leave an empty one where the database was.

    Parameters:
        scene: Where.
    """
    await asyncio.to_thread(scene.gallery.database.empty)


async def kept(scene: Scene) -> None:
    """Make a copy of the database, as a backup does, at some moment of the run.

    Parameters:
        scene: Where.
    """
    await asyncio.sleep(scene.rng.uniform(0.2, 2.5))
    copy = scene.gallery.folder / "older.db"
    if await asyncio.to_thread(scene.gallery.database.keep, copy):
        scene.memory["copy"] = copy


async def older(scene: Scene) -> None:
    """Put the older copy back.

    Parameters:
        scene: Where.
    """
    if copy := scene.memory.get("copy"):
        await asyncio.to_thread(scene.gallery.database.put_back, copy)


async def foreign(scene: Scene) -> None:
    """Put another gallery's database in its place.

    Parameters:
        scene: Where.
    """
    other, ours = scene.memory.get("other"), scene.gallery
    if other is None:
        folder = ours.folder / "other"
        folder.mkdir(exist_ok=True)
        database = ours.database.beside(folder / "gallery")
        other = Gallery(folder, dict(ours.settings), ours.command, ours.size, database=database)
        shots = '[{"shot_id": "x", "enhanced_prompt": "a wall", "duration": 1}]'
        (folder / "x.json").write_text(shots, "utf-8")
        words = ("--tier", "draft", "--size", other.size, "--quiet", "--no-provenance")
        await other.run("make", str(folder / "x.json"), *words)
        scene.memory["other"] = other
    await asyncio.to_thread(ours.database.replace, other.database)


async def own_database(scene: Scene) -> None:
    """Lead the gallery to its own database again, where another address led it astray.

    Parameters:
        scene: Where.
    """
    scene.gallery.database.lead_back()


async def locked(scene: Scene) -> None:
    """Lock the database for 45 s, from some moment of the run.

    Parameters:
        scene: Where.
    """
    await asyncio.sleep(scene.rng.uniform(0.8, 3))
    await asyncio.to_thread(scene.gallery.database.lock, 45.0)


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
