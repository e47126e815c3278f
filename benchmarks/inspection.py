"""Inspecting a film: defects that are found, missed and falsely told; seconds of film per second of work; memory.

Defects: each kind is made three times: as its detector was written for it, with other sizes, rates, lengths and levels,
by which detectors were mended, and with a third set that none was changed for. A defect is found where a finding names
it at its place; a finding is false where it is an error or a warning, and names neither the defect nor what comes with
it. Films that nothing is wrong with are all held to no error and no warning.

Speed: the films are drafts' size, 960x540, H.264 with AAC, of a camera that moves: there is something to decode. Each
is inspected in a process of its own, whose peak memory is its own; a second of work is a second of a processor.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from statistics import median

from benchmarks._inspection_clean import Clean, clean_films
from benchmarks._inspection_faults import FRESH, HELD, TUNED, Defect, defects
from benchmarks.figure import Figure
from film.inspect import PROFILES, Finding, inspect_film
from film.testing.faulty_films import Form, pan, tone, write_film

_INSPECT = """
import json, resource, sys, time
from pathlib import Path
from film.inspect import inspect_film
began, used = time.perf_counter(), time.process_time()
report = inspect_film(Path(sys.argv[1]), thorough=sys.argv[2] == "thorough")
taken, used = time.perf_counter() - began, time.process_time() - used
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([float(report.facts.seconds) / taken, peak, report.clean, float(report.facts.seconds) / used]))
"""


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--only", choices=("defects", "clean", "speed"), help="one part of it")


def figures(given: Namespace) -> list[Figure]:
    parts = {"defects": _defects, "clean": _clean, "speed": _speed}
    return [figure for name, part in parts.items() if given.only in (None, name) for figure in part()]


def _defects() -> list[Figure]:
    found: list[Figure] = []
    for which in (TUNED, HELD, FRESH):
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
            made = list(defects(which))
            verdicts = list(pool.map(_judged, range(len(made)), made, repeat(Path(folder))))
        missed = [defect.name for defect, (hit, _) in zip(made, verdicts, strict=True) if not hit]
        false = [f"{d.name}: {text}" for d, (_, texts) in zip(made, verdicts, strict=True) for text in texts]
        for heading, names in (("missed", missed), ("false", false)):
            for name in names:
                print(f"  {which}, {heading}: {name}", file=sys.stderr)
        goal = None if which == FRESH else "= 0"
        found += [
            Figure(f"kinds of defect, {which}", len(made), "films", ">= 60"),
            Figure(f"defects found, {which}", len(made) - len(missed), "films"),
            Figure(f"defects missed, {which}", len(missed), "films", goal),
            Figure(f"false findings beside defects, {which}", len(false), "findings", goal),
        ]
    return found


def _judged(number: int, defect: Defect, folder: Path) -> tuple[bool, list[str]]:
    """Whether it is found, and what is falsely told beside it."""
    path = defect.make(folder / f"{number}.{defect.suffix}")
    report = inspect_film(path, profile=PROFILES.get(defect.profile))
    path.unlink()
    hit = any(f.kind in defect.kinds and _is_near(f, defect) for f in report.findings)
    false = [
        f"{f.severity} {f.kind} at {report.place(f.start) or 'no place'}: {f.what}"
        for f in report.findings
        if f.severity != "note" and f.kind not in defect.kinds | defect.beside
    ]
    return hit, false


def _is_near(found: Finding, defect: Defect) -> bool:
    return defect.at is None or found.start is None or abs(float(found.start) - defect.at) <= defect.within


def _clean() -> list[Figure]:
    found: list[Figure] = []
    for which, seed in ((TUNED, 30), (HELD, 117), (FRESH, 509)):
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
            made = list(clean_films(seed))
            told = list(pool.map(_told_of, range(len(made)), made, repeat(Path(folder))))
        for film, texts in zip(made, told, strict=True):
            for text in texts:
                print(f"  {which}, false: {film.name}: {text}", file=sys.stderr)
        count, goal = sum(len(texts) for texts in told), None if which == FRESH else "= 0"
        found += [
            Figure(f"clean films, {which}", len(made), "films", ">= 30"),
            Figure(
                f"clean films falsely told, {which}", sum(map(bool, told)), "films", None if which == FRESH else "= 0"
            ),
            Figure(f"false findings in clean films, {which}", count, "findings", goal),
        ]
    return found


def _told_of(number: int, film: Clean, folder: Path) -> list[str]:
    path = film.make(folder / f"{number}.{film.suffix}")
    report = inspect_film(path)
    return [
        f"{f.severity} {f.kind} at {report.place(f.start) or 'no place'}: {f.what}"
        for f in report.findings
        if f.severity != "note"
    ]


def _speed() -> list[Figure]:
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        short, long = (_film(Path(folder), seconds) for seconds in (10, 60))
        for how, goal in (("thorough", ">= 10"), ("quick", ">= 40")):
            runs = [_inspected(long, how) for _ in range(3)]
            found.append(Figure(f"{how} inspection at 960x540", median(r[0] for r in runs), "x real time", goal))
            used = median(60 / r[2] for r in runs)
            found.append(Figure(f"{how} inspection of a minute, both processors", used, "CPU s"))
        grown = _inspected(long, "thorough")[1] / _inspected(short, "thorough")[1]
        found.append(Figure("peak memory of a film six times as long", grown, "x", "<= 1.1"))
    return found


def _film(folder: Path, seconds: int) -> Path:
    form = Form(width=960, height=540, frames=24 * seconds, crf=21)
    scene = pan(Form(width=960, height=540, frames=240))  # walked up and down, so that its canvas stays small
    return write_film(folder / f"{seconds}.mp4", form, lambda k: scene(abs(k % 480 - 240)), tone(0.35))


def _inspected(film: Path, how: str) -> tuple[float, float, float]:
    """Seconds of film per second, megabytes at the most, seconds of film per second of a processor."""
    done = subprocess.run([sys.executable, "-c", _INSPECT, film, how], capture_output=True, text=True, check=True)
    speed, peak, clean, worked = json.loads(done.stdout)
    assert clean, "the benchmark's film is a sound one"
    return speed, peak, worked
