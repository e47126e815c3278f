"""Draft films: seconds of film per second of work, cold and warm; start-up time of the command.

Cold: the 12-shot example into an empty gallery, as a process of its own from start to end. Warm: the same command
again, and films of 40 and 1,000 shots whose assets are all there. The warm 1,000 are short shots: what is measured is
the program and not the disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure
from benchmarks.films import write_film

EXAMPLES = Path(__file__).parent.parent / "examples"


def figures() -> list[Figure]:
    found = [_start_up()]
    for size, goal in (("960x540", ">= 2.5"), ("1280x720", ">= 1.5")):
        with tempfile.TemporaryDirectory() as folder:
            wall, film = _make(EXAMPLES / "lighthouse" / "shots.json", Path(folder), size)
            found.append(Figure(f"cold draft film at {size}", film / wall, "x real time", goal))
            wall, _ = _make(EXAMPLES / "lighthouse" / "shots.json", Path(folder), size)
            found.append(Figure(f"the same again, unchanged, at {size}", wall, "s"))
    for shots, size, goal in ((40, "960x540", "<= 1"), (1000, "320x180", "<= 5")):
        with tempfile.TemporaryDirectory() as folder:
            path = write_film(Path(folder) / f"film{shots}.json", shots, duration=5 if shots == 40 else 1)
            cold, film = _make(path, Path(folder), size)
            found.append(Figure(f"cold film of {shots} shots at {size}", film / cold, "x real time"))
            warm = median(_make(path, Path(folder), size)[0] for _ in range(3))
            found.append(Figure(f"warm film of {shots} shots at {size}", warm, "s", goal))
    return found


def _start_up() -> Figure:
    times = [_timed([sys.executable, "-m", "film", "--help"], Path(tempfile.gettempdir()))[0] for _ in range(7)]
    return Figure("film --help", median(times), "s", "<= 0.5")


def _make(shots: Path, gallery: Path, size: str) -> tuple[float, float]:
    """(wall seconds, seconds of film) of one ``film make`` in a process of its own."""
    command = [sys.executable, "-m", "film", "make", str(shots), "--tier", "draft", "--size", size, "--json", "--quiet"]
    wall, output = _timed(command, gallery)
    return wall, float(json.loads(output)["seconds"])


def _timed(command: list[str], gallery: Path) -> tuple[float, str]:
    environment = {**os.environ, "FILM_GALLERY_DIR": str(gallery / "gallery")}
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return time.perf_counter() - began, done.stdout
