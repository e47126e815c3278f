"""Inspecting a film: seconds of film per second of work, thoroughly and at a glance, and memory by length.

The films are drafts' size, 960x540, H.264 with stereo AAC, of a camera that moves: there is something to decode. Each
is inspected in a process of its own, whose peak memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure
from film.testing.faulty_films import Form, pan, tone, write_film

_INSPECT = """
import json, resource, sys, time
from pathlib import Path
from film.inspect import inspect_film
began = time.perf_counter()
report = inspect_film(Path(sys.argv[1]), thorough=sys.argv[2] == "thorough")
taken = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([float(report.facts.seconds) / taken, peak, report.clean]))
"""


def figures() -> list[Figure]:
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        short, long = (_film(Path(folder), seconds) for seconds in (10, 60))
        for how, goal in (("thorough", ">= 10"), ("quick", ">= 40")):
            speeds = [_inspected(long, how)[0] for _ in range(3)]
            found.append(Figure(f"{how} inspection at 960x540", median(speeds), "x real time", goal))
        grown = _inspected(long, "thorough")[1] / _inspected(short, "thorough")[1]
        found.append(Figure("peak memory of a film six times as long", grown, "x", "<= 1.1"))
    return found


def _film(folder: Path, seconds: int) -> Path:
    form = Form(width=960, height=540, frames=24 * seconds, crf=21)
    scene = pan(Form(width=960, height=540, frames=240))  # walked up and down, so that its canvas stays small
    return write_film(folder / f"{seconds}.mp4", form, lambda k: scene(abs(k % 480 - 240)), tone(0.35))


def _inspected(film: Path, how: str) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", _INSPECT, film, how], capture_output=True, text=True, check=True)
    speed, peak, clean = json.loads(done.stdout)
    assert clean, "the benchmark's film is a sound one"
    return speed, peak
