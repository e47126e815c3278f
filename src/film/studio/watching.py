"""Files that somebody edits elsewhere while the studio is open: seen within a second, and told to every browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

from film.app.film_desk import FilmDesk
from film.studio.state import Studio

SECONDS = 0.7
Seen = tuple[tuple[int, int, int], ...]


async def watch(studio: Studio) -> None:
    """Look after the films that somebody has open, for as long as the studio runs."""
    shots: dict[str, Seen] = {}
    notes: dict[str, Seen] = {}
    while True:
        for desk in studio.open_desks():
            for what, known, files in (("shots", shots, _files(desk)), ("notes", notes, (desk.notes.path,))):
                now = await asyncio.to_thread(_seen, files)
                if known.setdefault(desk.film_id, now) != now:
                    known[desk.film_id] = now
                    studio.changed(desk, what)
        await asyncio.sleep(SECONDS)


def _files(desk: FilmDesk) -> tuple[Path, ...]:
    return desk.files


def _seen(files: tuple[Path, ...]) -> Seen:
    found: list[tuple[int, int, int]] = []
    for file in files:
        try:
            about = file.stat()
            found.append((about.st_mtime_ns, about.st_size, about.st_ino))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)
