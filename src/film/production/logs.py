"""A run as structured log lines: each event with its time, its film and its run, one JSON object a line.

    <gallery>/logs/2026-11.jsonl    {"time": …, "film_id": …, "run": …, "event": "job", "shot_id": …, "job_id": …}

Several runs append to one file: a line is written with one call, so lines of two processes never mix. Progress ticks
are left out; prompts, dialogue and keys are in no event to begin with.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from film.errors import disk_error
from film.files.own_files import NO_LINKS, check_no_link, own_folder
from film.production.events import Event, Listener

_TICKS = frozenset({"step_progress", "cut_progress"})


@contextmanager
def log_lines(folder: Path, film_id: str) -> Generator[Listener]:
    """A listener that appends to this month's file in ``folder``."""
    run = uuid.uuid4().hex[:12]
    path = folder / f"{datetime.now(UTC):%Y-%m}.jsonl"
    try:
        own_folder(folder)
        check_no_link(folder)  # a gallery may come from a stranger
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_LINKS, 0o600)
    except OSError as error:
        raise disk_error(error, folder) from error

    def write(event: Event) -> None:
        if event.event in _TICKS:
            return
        about = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "film_id": film_id, "run": run}
        line = json.dumps({**about, **json.loads(event.as_json())}, ensure_ascii=False)
        os.write(handle, line.encode() + b"\n")

    try:
        yield write
    finally:
        os.close(handle)
