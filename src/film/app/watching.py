"""Which files a film is written in, and when one of them was saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

SETTLED = 0.3
"""Seconds without another change: editors write a file in several steps."""


def sources(shots: Path) -> Mapping[Path, tuple[int, int]]:
    """shots.json, film.toml and the templates beside it: file → size and time."""
    folder = shots.parent
    found: dict[Path, tuple[int, int]] = {}
    for path in (shots, folder / "film.toml", *sorted((folder / "templates").glob("*.toml"))):
        try:
            about = path.stat()
        except OSError:
            continue
        found[path] = (about.st_size, about.st_mtime_ns)
    return found


def saves(
    shots: Path, *, every: float = 0.5, sleep: Callable[[float], None] = time.sleep
) -> Iterator[tuple[Path, ...]]:
    """The files that changed, each time that somebody has saved some; never ends."""
    known = sources(shots)
    while True:
        sleep(every)
        now = sources(shots)
        if now == known:
            continue
        while (later := (sleep(SETTLED), sources(shots))[1]) != now:
            now = later
        changed = tuple(path for path in {**known, **now} if known.get(path) != now.get(path))
        known = now
        if changed:
            yield changed
