"""What leaves the program on a mixer's and a subtitler's desk: norms × films, captions, stems, seams, places.

Films of several kinds and languages are made as drafts, by the command line alone, and measured in what a player
decodes: loudness by FFmpeg's meter, true peak by eight-fold oversampling of our own, captions against the voice that is
heard in the dialogue's stem, stems against a master whose sound is not compressed.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks.figure import Figure
from film.render.music import seam
from film.render.places import Ambience
from film.render.reading import Excerpt, listen, read
from film.render.sound import SAMPLE_RATE, integrated
from film.render.soundplan import PlacedBed
from film.timeline import Bed

Samples = NDArray[np.float32]
NORMS = {"web": (-14, -1), "ebu-r128": (-23, -1), "podcast": (-16, -1), "cinema": (-27, -1), "netflix": (-27, -2)}
_BY_DIALOGUE = ("cinema", "netflix")
SCRIPTS: dict[str, list[dict[str, Any]]] = {
    "english": [
        {"shot_id": "a", "dialogue": "They should have been back by now. I told them so, twice, at the pier."},
        {"shot_id": "b", "dialogue": "Yes.", "duration": 1},
        {"shot_id": "c", "dialogue": "Nobody knocks here any more, and when they do, it is never for us."},
    ],
    "deutsch": [
        {"shot_id": "a", "dialogue": "Als der Zug endlich kam, war niemand mehr da, der auf ihn gewartet hätte."},
        {"shot_id": "b", "dialogue": "Und du? Wo warst du?"},
    ],
    "francais": [
        {"shot_id": "a", "dialogue": "Il n'y avait plus personne sur le quai. Seulement la pluie, et toi."},
        {"shot_id": "b", "dialogue": "Je t'attendais depuis toujours."},
    ],
    "music": [
        {"shot_id": "a"},
        {"shot_id": "b", "dialogue": "Listen to that. It has not changed at all."},
        {"shot_id": "c"},
    ],
}


@dataclass(frozen=True)
class _Made:
    film: Path
    stems: dict[str, Samples]
    captions: list[tuple[float, float]]
    sound: Samples


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        films = {name: _make(root, name) for name in SCRIPTS}
        found = [figure for name in SCRIPTS for figure in _of_film(name, films[name])]
        for norm in NORMS:
            found += _of_norm(norm, _make(root, "english", loudness=norm))
        found += _of_master(_make(root, "english", form="prores"))
        return [*found, _seams(root), _repeats()]


def _make(root: Path, name: str, *, loudness: str = "", form: str = "web") -> _Made:
    """A film and its stems, by the command line."""
    folder = root / f"{name}{loudness}{form}"
    folder.mkdir()
    shots = [
        {"enhanced_prompt": "A harbour in the rain", "duration": 2, "landscapes": ["harbour"], **shot}
        for shot in SCRIPTS[name]
    ]
    (folder / "shots.json").write_text(json.dumps(shots), "utf-8")
    settings = f'size = "256x144"\nformat = "{form}"\ntransition = "cut"\n'
    if name == "music":
        _song(folder / "song.wav", 104, 9.3)
        settings += 'music = "song.wav"\n'
    if loudness:
        settings += f'[sound]\nloudness = "{loudness}"\n'
    (folder / "film.toml").write_text(settings, "utf-8")
    out = folder / f"film.{'mov' if form == 'prores' else 'mp4'}"
    source = str(folder / "shots.json")
    _film(root, "make", source, "--tier", "draft", "--film_id", folder.name, "--output", str(out), "--quiet")
    _film(root, "export", folder.name, "--stems", "-o", str(folder / "edit"))
    stems = {path.stem: _sound(path) for path in (folder / "edit" / "stems").glob("*.wav")}
    told = out.with_suffix(".srt").read_text("utf-8") if out.with_suffix(".srt").exists() else ""
    times = re.findall(r"(\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)", told)
    captions = [(_seconds(time[:4]), _seconds(time[4:])) for time in times]
    return _Made(out, stems, captions, _sound(out))


def _film(root: Path, *arguments: str) -> None:
    environment = {**os.environ, "FILM_GALLERY_DIR": str(root / "gallery"), "FILM_NO_SPEND": "1"}
    subprocess.run([sys.executable, "-m", "film", *arguments], check=True, env=environment, capture_output=True)


def _of_film(name: str, made: _Made) -> list[Figure]:
    voices = _voices(made.stems["dialogue"])
    early_or_late = [24 * min(abs(start - begins) for begins, _ in voices) for start, _ in made.captions]
    inside = [max((stop for begins, stop in voices if begins < end), default=0.0) for _, end in made.captions]
    hanging = [24 * (end - stop) for (_, end), stop in zip(made.captions, inside, strict=True)]
    longest = max(end - start for start, end in made.captions)
    found = [
        Figure(f"{name}: a caption begins off its voice", max(early_or_late), "frames", "<= 3"),
        Figure(f"{name}: a caption stays after its voice", max(hanging), "frames", "<= 12"),
        Figure(f"{name}: the longest caption", longest, "s", "<= 7"),
    ]
    lines = [b[0] - a[1] for a, b in pairwise(voices) if b[0] - a[1] > 0.5]
    if name != "music" and lines:
        found.append(Figure(f"{name}: the most air between two lines", max(lines), "s", "<= 0.8"))
    return found


def _of_norm(norm: str, made: _Made) -> list[Figure]:
    target, limit = NORMS[norm]
    heard = made.stems["dialogue"] if norm in _BY_DIALOGUE else made.sound
    off = abs(integrated([heard]) - target)
    return [
        Figure(f"{norm}: loudness off its target", off, "LU", "<= 2" if norm in _BY_DIALOGUE else "<= 0.5"),
        Figure(f"{norm}: true peak over its limit", _true_peak(made.sound) - limit, "dB", "<= 0.1"),
    ]


def _of_master(made: _Made) -> list[Figure]:
    total = sum(made.stems.values(), np.zeros_like(made.sound))
    null = 10 * math.log10(float(np.mean((total - made.sound) ** 2)) / float(np.mean(made.sound**2)) + 1e-20)
    return [Figure("stems against the master", null, "dB", "<= -60")]


def _seams(root: Path) -> Figure:
    """How far off the beat music begins again, at worst, of songs of many tempos."""
    worst = 0.0
    for bpm, seconds in ((68, 27.1), (93, 24.6), (104, 19.3), (120, 17.7), (147, 31.3), (171, 15.2)):
        path = root / f"song{bpm}.wav"
        _song(path, bpm, seconds)
        found = seam(listen(read(Excerpt(path))))
        beats = (found.end - found.overlap - found.again) / SAMPLE_RATE * bpm / 60
        worst = max(worst, abs(beats - round(beats)) * 60_000 / bpm)
    return Figure("music begins again off the beat", worst, "ms", "<= 30")


def _repeats() -> Figure:
    """How much alike ten minutes of a place are to themselves, at any distance over a second."""
    half = 300 * SAMPLE_RATE
    beds = [PlacedBed(start, start + half, Bed("rain", 0, 1, 7), 0, 0) for start in (0, half)]
    place, heard = Ambience(beds), list[NDArray[np.float32]]()
    for start in range(0, 2 * half, SAMPLE_RATE):
        block = np.zeros((SAMPLE_RATE, 2), np.float32)
        place.add_to(block, start)
        heard.append(block.mean(axis=1).reshape(-1, 6).mean(axis=1))
    sound = np.concatenate(heard)
    spectrum = np.fft.rfft(sound, 2 * len(sound))
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[: len(sound)]
    return Figure(
        "a place repeats itself", float(np.abs(alike[SAMPLE_RATE // 6 :]).max() / alike[0]), "of 1", "<= 0.05"
    )


def _sound(path: Path) -> Samples:
    with av.open(str(path)) as file:
        resampler = av.AudioResampler("flt", "stereo", SAMPLE_RATE)
        parts = [cast("Any", made).to_ndarray() for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate(parts, axis=1).reshape(-1, 2).astype(np.float32)


def _voices(stem: Samples) -> list[tuple[float, float]]:
    """When somebody is heard: by level alone, another way than the program's own."""
    step = SAMPLE_RATE // 200
    mono = np.abs(stem).max(axis=1)
    levels = mono[: len(mono) // step * step].reshape(-1, step).max(axis=1)
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-36 / 20))
    found: list[tuple[float, float]] = []
    for at in loud:
        if found and at / 200 - found[-1][1] < 0.18:
            found[-1] = found[-1][0], (at + 1) / 200
        else:
            found.append((at / 200, (at + 1) / 200))
    return [span for span in found if span[1] - span[0] > 0.03]


def _true_peak(sound: Samples) -> float:
    """dBTP by eight-fold oversampling in the spectrum, block by block."""
    worst = 0.0
    size, edge = 1 << 15, 1 << 10
    for start in range(0, len(sound), size):
        block = sound[max(0, start - edge) : start + size + edge]
        spectrum = np.fft.rfft(block, axis=0)
        fine = np.fft.irfft(spectrum, 8 * len(block), axis=0) * 8
        inside = fine[8 * edge : -8 * edge] if len(block) > 4 * edge else fine
        worst = max(worst, float(np.abs(inside).max()))
    return 20 * math.log10(max(worst, 1e-9))


def _song(path: Path, bpm: float, seconds: float) -> None:
    rng = np.random.default_rng(round(bpm))
    sound = 0.01 * rng.standard_normal(round(seconds * SAMPLE_RATE))
    drum = np.exp(-np.arange(9600) / 1500) * np.sin(2 * np.pi * 90 * np.arange(9600) / SAMPLE_RATE)
    for number in range(int(seconds * bpm / 60)):
        at = round(number * 60 / bpm * SAMPLE_RATE)
        part = sound[at : at + len(drum)]
        part += (0.5 if number % 4 == 0 else 0.25) * drum[: len(part)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32_000).astype("<i2").tobytes())


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds, thousandths = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
