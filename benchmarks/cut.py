"""The cut: a film with fades, lines and ducked music, cold, unchanged and after an edit; against FFmpeg and MoviePy.

Each contender is a process of its own on the same clips with the same x264 settings, in turn, and the median of the
rounds counts. FFmpeg is one command with everything in one filter graph, where a binary of it comes with MoviePy (which
uv brings into an environment of its own); else the same graph in PyAV. ``--full`` takes 40 clips instead of 8.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import _cut_material as material
from benchmarks._cut_ffmpeg import command, x264_options
from benchmarks._cut_quality import likeness
from benchmarks._measured import Measured, measured
from benchmarks.figure import Figure
from film.render import EncodeSettings

ROUNDS = 3
FEW, MANY = 8, 40
_MOVIEPY = ["uv", "run", "--quiet", "--isolated", "--no-project", "--with", "moviepy>=2.2,<3", "python"]


@dataclass
class Room:
    """A folder with the material, and where each contender's film goes."""

    folder: Path
    made: material.Material
    exe: str | None
    runs: dict[str, list[Measured]] = field(default_factory=dict[str, list[Measured]])

    def film(self, name: str) -> Path:
        return self.folder / f"{name}.mp4"

    def run(self, name: str, words: list[str]) -> Measured:
        found = measured(words)
        self.runs.setdefault(name, []).append(found)
        return found

    def ours(self, name: str, gallery: str = "gallery") -> Measured:
        words = ["benchmarks._cut_ours", str(self.folder), str(self.folder / gallery), str(self.film("ours"))]
        return self.run(name, [sys.executable, "-m", *words])

    def onepass(self) -> None:
        out = str(self.film("onepass"))
        if self.exe:
            self.run("onepass", command(self.exe, self.made, out))
        else:
            self.run("onepass", [sys.executable, "-m", "benchmarks._cut_onepass", str(self.folder), out])

    def middle(self, name: str, of: Callable[[Measured], float]) -> float:
        return median(of(run) for run in self.runs[name])


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help=f"cut {MANY} clips, and not {FEW}")


def figures(given: argparse.Namespace) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        exe = _ffmpeg()
        room = Room(Path(folder), material.make(Path(folder), MANY if given.full else FEW), exe)
        for _ in range(ROUNDS):
            shutil.rmtree(room.folder / "gallery", ignore_errors=True)
            room.film("ours").unlink(missing_ok=True)
            room.ours("cold")
            room.onepass()
        quality = _quality(room)
        for number in range(ROUNDS):
            room.ours("unchanged")
            _edit(room, number)
            room.ours("edited")
        if exe:
            words = [str(Path(__file__).with_name("_cut_moviepy.py")), folder, str(room.film("moviepy"))]
            room.run("moviepy", [*_MOVIEPY, *words, _moviepy_options()])
        small = _memory_of_a_short_film()
        return [*_figures(room, small), *quality]


def _figures(room: Room, small: float) -> list[Figure]:
    def cpu(name: str) -> float:
        return room.middle(name, lambda run: run.cpu)

    def wall(name: str) -> float:
        return room.middle(name, lambda run: run.wall)

    def memory(name: str) -> float:
        return room.middle(name, lambda run: run.memory)

    count = len(room.made.clips)
    full = count == MANY  # the goals are those of the long film: start-up weighs more in a short one
    onepass = f"one pass of {'FFmpeg' if room.exe else 'the same graph in PyAV'}"
    found = [
        Figure(f"cold film of {count} clips, wall", wall("cold"), "s"),
        Figure(f"cold film of {count} clips, CPU", cpu("cold"), "s"),
        Figure(f"{onepass}, wall", wall("onepass"), "s"),
        Figure(f"{onepass}, CPU", cpu("onepass"), "s"),
        Figure("cold against one pass, CPU", cpu("cold") / cpu("onepass"), "x", "<= 0.86" if full else "<= 0.95"),
        Figure("cold against one pass, wall", wall("cold") / wall("onepass"), "x", "<= 0.89" if full else "<= 1"),
        Figure("memory, at most", memory("cold"), "MB"),
        Figure(f"memory of {onepass}", memory("onepass"), "MB"),
        Figure("memory against one pass", memory("cold") / memory("onepass"), "x", "<= 0.25" if full else None),
        Figure(f"memory against a film of {FEW // 2} clips", memory("cold") / small, "x", "<= 1.25"),
        Figure("one shot changed, wall", wall("edited"), "s"),
        Figure("one shot changed, CPU", cpu("edited"), "s"),
        Figure(
            "one pass against one shot changed, CPU", cpu("onepass") / cpu("edited"), "x", ">= 25" if full else ">= 5"
        ),
        Figure(
            "one pass against one shot changed, wall",
            wall("onepass") / wall("edited"),
            "x",
            ">= 18" if full else ">= 3",
        ),
        Figure("unchanged, wall", wall("unchanged"), "s", "<= 1"),
    ]
    if "moviepy" in room.runs:
        found.append(Figure("MoviePy against cold, wall", wall("moviepy") / wall("cold"), "x", ">= 2.9"))
        found.append(Figure("MoviePy, memory", memory("moviepy"), "MB"))
    else:
        print("MoviePy could not be run here: uv and a package index are needed for it", file=sys.stderr)
    return found


def _quality(room: Room) -> list[Figure]:
    """How like their clips the pictures between the fades are, in both films, and what they take on disk."""
    ours, theirs = (likeness(room.film(name), room.made) for name in ("ours", "onepass"))
    sizes = room.film("ours").stat().st_size / room.film("onepass").stat().st_size
    return [
        Figure("SSIM of bodies against their clips", ours, ""),
        Figure("SSIM of bodies, against one pass", ours - theirs, "", ">= -0.0005"),
        Figure("size against one pass", sizes, "x", "<= 1.1"),
    ]


def _edit(room: Room, number: int) -> None:
    """Another clip in the middle of the film; the rest of it, and its sound, stay."""
    clips = room.made.clips
    place = len(clips) // 2
    other = Path(clips[(place + 1 + number) % len(clips)]).read_bytes()
    material.write_clip(Path(clips[place]), other, 1000 + number)


def _memory_of_a_short_film() -> float:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), material.make(Path(folder), FEW // 2), None)
        return room.ours("short").memory


def _moviepy_options() -> str:
    options = x264_options(EncodeSettings())
    return json.dumps(["-crf", options["crf"], "-x264-params", options["x264-params"]])


def _ffmpeg() -> str | None:
    """The binary that comes with MoviePy."""
    ask = [*_MOVIEPY, "-c", "import imageio_ffmpeg as f; print(f.get_ffmpeg_exe())"]
    try:
        found = subprocess.run(ask, capture_output=True, text=True, timeout=180, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip().splitlines()[-1]
