"""Films killed on their way to a simulated YouTube: published twice, lost, bytes sent again, memory of a 4 GB file.

Kills strike at a random byte of the upload, at a random call as it begins or is done, and at random moments; lost
answers, 5xx, and uploads that YouTube forgets are strewn in. Beside it stands an uploader that notes what is done once
it is done, which must be seen to double.

    python -m benchmarks publish               about two minutes
    python -m benchmarks publish --kills 1000  a night's
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._publishing import DONE, kill_films, room
from benchmarks.figure import Figure

KILLS, CONTROL = 200, 40
SIZE = 6 << 20
LARGE, SMALL = 4 << 30, 64 << 20
MIB = 1 << 20


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=KILLS, help=f"how many; {KILLS} unless given")
    parser.add_argument("--seed", type=int, default=1, help="where chance comes from")
    parser.add_argument("--no-large", action="store_true", help="leave the 4 GB file out")


def figures(given: argparse.Namespace) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, room(Path(folder), given.seed) as here:
        toll = kill_films(here, given.kills, size=SIZE)
        naive = kill_films(here, CONTROL, size=SIZE, naive=True)
    for line in toll.wrong:
        print(line, file=sys.stderr)
    found = [
        Figure("kills", toll.kills, "kills", f">= {given.kills}"),
        *(Figure(f"of these at {place}", count, "kills") for place, count in toll.places.most_common()),
        Figure("films", toll.films, "films"),
        Figure("published twice", toll.doubles, "films", "= 0"),
        Figure("lost", toll.lost, "films", "= 0"),
        Figure("not finished", toll.unfinished, "films", "= 0"),
        Figure("put before a person, who looks", toll.asked, "films"),
        Figure("captions that are there twice", toll.captions_doubled, "tracks", "= 0"),
        Figure("sent again by kill, at most", toll.worst_again, "chunks", "<= 1"),
        Figure("control without a journal: published twice", naive.doubles, "films", ">= 1"),
    ]
    return found if given.no_large else [*found, *_memory(given.seed)]


def _memory(seed: int) -> list[Figure]:
    peaks: list[int] = []
    seconds = 0.0
    for size in (SMALL, LARGE):
        with tempfile.TemporaryDirectory() as folder, room(Path(folder), seed) as here:
            film = Path(folder) / "sparse.mp4"
            with film.open("wb") as file:
                file.truncate(size)
            began = time.monotonic()
            assert here.run(film, chunk=8 * MIB) == DONE
            seconds = time.monotonic() - began
            peaks.append(here.peak())
    return [
        Figure("memory at most, with a film of 64 MB", peaks[0] / MIB, "MB"),
        Figure("memory at most, with a film of 4 GB", peaks[1] / MIB, "MB"),
        Figure("what 4 GB take more", (peaks[1] - peaks[0]) / MIB, "MB", "<= 16"),
        Figure("a film of 4 GB, hashed and sent", seconds, "s"),
    ]
