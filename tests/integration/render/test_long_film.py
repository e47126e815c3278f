"""An hour of film: picture and sound end together, sound stands where it was placed, and memory does not grow with it.

The film is cut in a process of its own, whose memory is measured:

    python test_long_film.py SHOTS FOLDER
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import FolderStore, make_clip, make_speech

from film.inspect import inspect_film
from film.render import EncodeSettings, compose
from film.timeline import Clip, Line, SoundTarget, Timeline, Transition

RATE = Fraction(30_000, 1001)
SHOTS, FRAMES = 3600, 30
FEWER = SHOTS // 10
LOUDNESS = -40
"""So low that no peak is near its limit, and one pass levels it."""


def places(shots: int) -> tuple[int, int, int]:
    """Frames at which a click is heard: the first, in the middle, two seconds before the end."""
    return 0, shots * FRAMES // 2, shots * FRAMES - 60


def cut(shots: int, folder: Path) -> dict[str, float]:
    """Two short clips in turn, at a rate that is no whole number: encoded once, copied from then on."""
    clips = [make_clip(folder / f"{n}.mp4", 40, rate=RATE, size=(64, 64), first=100 * n) for n in range(2)]
    clicks = np.zeros(24_000, np.float32)
    clicks[:480] = 0.8
    click = make_speech(folder / "click.wav", clicks)
    film = Timeline(
        RATE,
        64,
        64,
        tuple(Clip(f"s{n}", clips[n % 2], FRAMES) for n in range(shots)),
        (Transition(),) * (shots - 1),
        lines=tuple(Line(click, at, 15, "", "", "s0") for at in places(shots)),
        target=SoundTarget(Decimal(LOUDNESS)),
    )
    made = compose(film, FolderStore(folder / "store"), folder / "film.mp4", settings=EncodeSettings.preview())
    return {"frames": made.frames, "encoded": made.encoded_frames, "memory": memory()}


def memory() -> float:
    """MiB that this process has held at most."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells there begins with what the parent held
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))


@dataclass(frozen=True)
class Hour:
    path: Path
    memory: float
    """MiB, at most, while it was cut."""


def hour_of(shots: int, folder: Path) -> Hour:
    done = subprocess.run(
        [sys.executable, __file__, str(shots), str(folder)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert (told["frames"], told["encoded"]) == (shots * FRAMES, 2 * FRAMES)
    return Hour(folder / "film.mp4", told["memory"])


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Hour:
    return hour_of(SHOTS, tmp_path_factory.mktemp("hour"))


@pytest.mark.long
def test_every_picture_of_an_hour_is_in_step(hour: Hour) -> None:
    with av.open(str(hour.path)) as film:
        picture = film.streams.video[0]
        times = [(p.pts or 0, p.dts or 0) for p in film.demux(picture) if p.size]
        last = max(pts for pts, _ in times) * picture.time_base
    assert len(times) == SHOTS * FRAMES
    shown = sorted(pts for pts, _ in times)
    assert shown[0] == 0 and {b - a for a, b in pairwise(shown)} == {shown[1]}
    assert all(a < b for a, b in pairwise(dts for _, dts in times))
    assert last == (SHOTS * FRAMES - 1) / RATE


@pytest.mark.long
def test_picture_and_sound_of_an_hour_end_together(hour: Hour, tell: Callable[..., None]) -> None:
    with av.open(str(hour.path)) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        ends = [stream.duration * stream.time_base for stream in (picture, sound)]
    tell(f"an hour of film: sound ends {float(ends[1] - ends[0]) * 1000:+.3f} ms from the picture")
    assert ends[0] == SHOTS * FRAMES / RATE
    assert abs(ends[0] - ends[1]) < 1 / RATE


@pytest.mark.long
@pytest.mark.parametrize("place", places(SHOTS))
def test_a_sound_is_heard_at_its_picture_after_an_hour(hour: Hour, place: int, tell: Callable[..., None]) -> None:
    moment = place / RATE
    with av.open(str(hour.path)) as film:
        sound = film.streams.audio[0]
        film.seek(int(max(Fraction(0), moment - 1) / sound.time_base), stream=sound)
        frames = list(islice(film.decode(sound), 90))  # two seconds
    samples = np.abs(np.concatenate([frame.to_ndarray().max(axis=0) for frame in frames]))
    assert samples.max() > 0.001
    first = int(np.flatnonzero(samples > samples.max() / 2)[0])
    heard = frames[0].pts * frames[0].time_base + Fraction(first, frames[0].sample_rate)
    tell(f"a click at {float(moment):.1f} s is heard {float(heard - moment) * 1000:+.3f} ms from it")
    assert abs(heard - moment) < 1 / RATE / 2


@pytest.mark.long
def test_strict_decoding_of_an_hour_reports_nothing(hour: Hour) -> None:
    report = inspect_film(hour.path, loudness=LOUDNESS)
    assert {finding.kind for finding in report.findings} == {"silence"}, "between the clicks, and nothing else"
    assert report.facts.frames == SHOTS * FRAMES


@pytest.mark.long
def test_memory_is_flat_in_the_number_of_shots(hour: Hour, tmp_path: Path, tell: Callable[..., None]) -> None:
    fewer = hour_of(FEWER, tmp_path)
    tell(f"memory of a film of {SHOTS} shots: {hour.memory:.0f} MiB, of {FEWER}: {fewer.memory:.0f} MiB")
    assert hour.memory <= 1.4 * fewer.memory  # an hour of the index of a film is 25 MiB in memory


if __name__ == "__main__":
    sys.stdout.write(json.dumps(cut(int(sys.argv[1]), Path(sys.argv[2]))))
