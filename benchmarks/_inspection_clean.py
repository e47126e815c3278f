"""Films that nothing is wrong with, of the kinds that look or sound as if there were.

Drafts of scripts in all moods, times of day and joins; and films made here of motion, light, grain and sounds that
resemble a defect.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._inspection_lab import (
    RATE,
    Job,
    Lab,
    Picture,
    Sound,
    barred,
    blended,
    cut,
    figures,
    film_sound,
    grainy,
    landscape,
    lit,
    music,
    noise,
    plain,
    talk,
    times,
    write,
)


@dataclass(frozen=True)
class Clean:
    name: str
    make: Callable[[Path], Path]
    suffix: str = "mp4"


def clean_films(seed: int = 30) -> Iterator[Clean]:
    """``seed`` says which landscapes, figures, tunes and drafts."""
    yield from _moving(seed)
    yield from _light(seed)
    yield from _shapes_and_rates(seed)
    yield from _sounding(seed)
    yield from _drafts(seed)


def _film(lab: Lab, name: str, picture: Picture, sound: Sound | None = None, **more: Any) -> Clean:
    heard = film_sound(lab) if sound is None else sound
    job = Job(lab, picture, heard, **more)
    return Clean(name, lambda path: write(path, job), job.suffix)


def _moving(seed: int) -> Iterator[Clean]:
    lab = Lab(seed=seed + 1)
    move = landscape(lab, seed=2)
    yield _film(lab, "slow pan", landscape(lab, seed=2, speed=0.15))
    yield _film(lab, "fast pan", landscape(lab, seed=2, speed=14))
    yield _film(lab, "figures walk, camera still", figures(lab))
    yield _film(lab, "grain over a slow pan", grainy(5, landscape(lab, seed=3, speed=0.4)))
    yield _film(lab, "heavy grain", grainy(11, move))
    dice = np.random.default_rng(seed + 3)
    shake = np.cumsum(dice.normal(0, 1.2, lab.frames + 2)) + 2.5 * np.arange(lab.frames + 2) + 30
    long = landscape(replace(lab, seconds=30), seed=4, speed=1)
    yield _film(lab, "handheld camera", lambda k: long(abs(float(shake[k]))))
    ease = [60 * (0.5 - 0.5 * np.cos(np.pi * min(1, max(0, (k - 8) / 100)))) for k in range(lab.frames)]
    fine = landscape(replace(lab, seconds=9), seed=5, speed=1)
    yield _film(lab, "a move that is eased in and out", lambda k: fine(float(ease[k])))
    shots = [landscape(lab, seed=40 + n, speed=3 - n % 5) for n in range(15)]
    yield _film(lab, "action: a cut every third of a second", lambda k: shots[int(k) // 8](k))
    sides = [figures(lab, seed=60 + n) for n in range(4)]
    yield _film(lab, "hard cuts between still cameras", lambda k: sides[int(k) // 30 % 4](k))
    yield _film(lab, "dissolve", blended(50, 74, move, figures(lab)))
    wide = np.clip(128 + 260 * np.sin(np.arange(0, 3000) / 7.0), 16, 235).astype(np.uint8)
    fence: Picture = lambda k: np.repeat(np.repeat(wide[None, 3 * k : 3 * k + lab.width, None], lab.height, 0), 3, 2)  # noqa: E731
    yield _film(lab, "pan along a fence", fence)
    page = landscape(lab, seed=6, speed=0, low=20, high=60)(0)
    lines = np.random.default_rng(9).random((600, lab.width // 6)) > 0.55

    def credits_at(k: int, lines_a_frame: float) -> np.ndarray:
        shown = page.copy()
        for line in range(40):
            top = round(lab.height + 22 * line - lines_a_frame * k)
            if 0 <= top < lab.height - 9:
                marks = np.repeat(lines[line], 6)[: lab.width]
                marks[: lab.width // 4] = marks[-lab.width // 4 :] = False
                shown[top : top + 9, : len(marks)][:, marks] = 230
        return shown

    yield _film(lab, "credits, a line a frame", lambda k: credits_at(k, 1))
    yield _film(lab, "credits, three lines a frame", lambda k: credits_at(k, 3))
    drops = np.random.default_rng(seed + 4)

    def rain(k: int) -> np.ndarray:
        shown = (move(k).astype(int) * 0.6).astype(np.uint8)
        for x, y, length in drops.integers(0, (lab.width, lab.height - 40, 30), (160, 3)):
            shown[y : y + length, x] = np.minimum(255, shown[y : y + length, x].astype(int) + 60)
        return shown

    yield _film(lab, "rain", rain)


def _light(seed: int) -> Iterator[Clean]:
    lab = Lab(seed=seed + 2)
    move, walk = landscape(lab, seed=2), figures(lab)
    yield _film(lab, "night", lit(lambda _: 0.14, move))
    yield _film(lab, "night, figures under a lamp", lit(lambda _: 0.25, walk))
    night = landscape(lab, seed=3, low=0, high=60)
    yield _film(lab, "night with black shadows", lambda k: np.where(night(k) < 22, 0, night(k)).astype(np.uint8))
    fade = lit(lambda k: min(1.0, k / 24, (lab.frames - 1 - k) / 24), move)
    yield _film(lab, "fade in and out", fade)
    dip = lit(lambda k: min(1.0, abs(k - 60) / 12), cut(60, move, walk))
    yield _film(lab, "dip to black", dip)

    def dip_white(k: int) -> np.ndarray:
        share = max(0.0, 1 - abs(k - 60) / 10)
        return ((move if k < 60 else walk)(k) * (1 - share) + 255 * share).astype(np.uint8)

    yield _film(lab, "dip to white", dip_white)
    yield _film(lab, "sunrise", lit(lambda k: 0.3 + 0.9 * k / lab.frames, move))
    yield _film(lab, "a fire's light", lit(lambda k: 0.8 + 0.08 * np.sin(k * 1.9) + 0.06 * np.sin(k * 0.7), walk))
    yield _film(lab, "a lamp that is switched on, and off", lit(lambda k: 0.25 if k < 40 or k > 90 else 0.9, walk))
    yield _film(lab, "three flashes a second, small", _lighthouse(lab, move, 0.2))
    yield _film(lab, "two flashes a second", lit(lambda k: 1.0 if k % 12 < 6 else 0.7, walk))
    title = plain(lab, (12, 12, 14))(0)
    title[90:118, 110:270:9] = title[90:118, 112:270:9] = 225
    shown = lit(lambda k: min(1.0, k / 12, (60 - k) / 12) if k < 60 else 0.0, lambda _: title)
    yield _film(lab, "a title, then the film", cut(60, shown, lit(lambda k: min(1.0, (k - 60) / 10), move)))
    yield _film(lab, "red light", lambda k: (move(k) * np.array([0.9, 0.12, 0.1])).astype(np.uint8))
    snow = landscape(lab, seed=8, low=150, high=238)
    yield _film(lab, "snow, nearly white", snow)


def _lighthouse(lab: Lab, film: Picture, share: float) -> Picture:
    def shown(k: int) -> np.ndarray:
        picture = film(k).copy()
        if k % 8 < 4:
            picture[:, : round(lab.width * share)] = 235
        return picture

    return shown


def _shapes_and_rates(seed: int) -> Iterator[Clean]:
    for text in ("8", "12.5", "15", "24000/1001", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120"):
        rate = Fraction(text)
        lab = Lab(320, 180, rate, 4.0, seed + 3)
        walk, move = figures(lab), landscape(lab, speed=60 / float(rate))
        yield _film(lab, f"{text} frames a second", cut(lab.at(0.5), move, walk))
    for width, height in ((216, 384), (240, 240), (480, 200), (288, 360), (512, 288), (640, 360)):
        lab = Lab(width, height, seed=seed + 4)
        yield _film(lab, f"{width}x{height}", cut(lab.at(0.5), landscape(lab), figures(lab)))
    pal = Lab(720, 576, Fraction(25), 2.0, seed + 5)
    yield _film(pal, "television size, pixels of 64:45", landscape(pal), aspect=Fraction(64, 45))
    lab = Lab(seed=seed + 6)
    yield _film(lab, "letterbox that is meant", barred(28, 0, landscape(lab)))


def _sounding(seed: int) -> Iterator[Clean]:
    lab = Lab(seed=seed + 7)
    film = cut(70, landscape(lab), figures(lab))
    t = times(lab)
    yield _film(lab, "music only", film, sound=music(lab))
    yield _film(lab, "music, lossless", film, sound=music(lab), suffix="mkv")
    yield _film(lab, "music under talk", film, sound=film_sound(lab) * 0.9 + music(lab, 0.03))
    bass = 0.3 * np.sin(2 * np.pi * 41.2 * t) + 0.15 * np.sin(2 * np.pi * 82.4 * t)
    yield _film(lab, "a bass", film, sound=bass[:, None] + noise(lab, 0.006), suffix="mkv")
    drums = np.zeros((len(t), 2))
    dice = np.random.default_rng(seed + 6)
    for n, at in enumerate(np.arange(0.1, lab.seconds - 0.2, 0.25)):
        here = (t >= at) * np.exp(-np.maximum(0, t - at) / (0.05 if n % 2 else 0.11))
        hit = dice.normal(0, 1, len(t)) if n % 2 else np.sin(2 * np.pi * 70 * np.maximum(0, t - at))
        drums += (0.5 * here * hit)[:, None]
    yield _film(lab, "drums", film, sound=np.clip(0.6 * drums + noise(lab, 0.002), -2, 2) * 0.55)
    yield _film(lab, "drums, lossless", film, sound=(0.6 * drums + noise(lab, 0.002)) * 0.55, suffix="mkv")
    shower = noise(lab, 0.1)
    for at in dice.uniform(0, lab.seconds - 0.1, 300):
        place = round(at * RATE)
        n = np.arange(900)
        ring = np.sin(2 * np.pi * dice.uniform(1500, 5000) * n / RATE) * np.exp(-n / 120) * dice.uniform(0.05, 0.3)
        shower[place : place + 900] += ring[:, None] * dice.uniform(0.3, 1, 2)
    yield _film(lab, "the sound of rain", film, sound=shower)
    fire = noise(lab, 0.06)
    for at in dice.exponential(0.13, 80).cumsum():
        place = round(at * RATE)
        if place < len(fire) - 400:
            fire[place : place + 200] += (dice.normal(0, 1, 200) * np.exp(-np.arange(200) / 40) * 0.25)[:, None]
    yield _film(lab, "a fire crackles", film, sound=fire)
    yield _film(lab, "talk without a room", film, sound=np.repeat(talk(lab)[:, None], 2, 1) + noise(lab, 0.0003))
    pause = np.clip(np.maximum(2.0 - t, t - 3.4) / 0.05, 0, 1)
    yield _film(lab, "a pause with room tone", film, sound=(talk(lab) * pause)[:, None] + noise(lab, 0.004))
    wide = noise(lab, 0.02, channels=6) + talk(lab, 0.12)[:, None] * np.array([0.1, 0.1, 1, 0, 0, 0])
    yield _film(lab, "5.1", film, sound=wide, suffix="mkv")
    yield _film(lab, "one channel", film, sound=film_sound(lab)[:, :1])
    yield Clean("no sound", lambda path: write(path, Job(lab, film)))
    kept = [(0.4, 2.4, "Nobody has been here"), (2.6, 4.6, "since the winter came.\nNot even the cat.")]
    yield _film(lab, "captions", film, captions=kept)
    organ = sum(np.sin(2 * np.pi * f * t) / n for n, f in enumerate((98.0, 196.0, 246.94, 293.66), 1))
    yield _film(lab, "an organ holds a chord", film, sound=0.1 * np.asarray(organ)[:, None] + noise(lab, 0.004))
    apart = noise(lab, 0.12)
    yield _film(lab, "wind, wide", film, sound=apart * (0.6 + 0.4 * np.sin(t * 1.3))[:, None])


# -- drafts

_MOODS = ("nostalgic", "tense", "joyful", "mysterious", "calm", "melancholic", "epic", "romantic")
_PLACES = (("attic", "interior"), ("city",), ("beach",), ("forest",), ("mountains",), ("kitchen", "interior"))
_WEATHER = ("rain on the window", "snow falls", "thunder far away", "a fire burns", "fog", "dust in the light")
_JOINS = ("auto", "cut", "crossfade", "dip-to-black", "dip-to-white")


def _drafts(seed: int) -> Iterator[Clean]:
    for number, (mood, time) in enumerate(
        zip(
            (_MOODS[seed % 8 :] + _MOODS[: seed % 8]),
            ("night", "dawn", "noon", "sunset", "morning", "afternoon", "night", "sunset"),
            strict=True,
        )
    ):
        places = [_PLACES[(number + n + seed) % 6] for n in range(3)]
        weather = [_WEATHER[(number + n + seed // 3) % 6] for n in range(3)]
        shots = [
            {
                "shot_id": f"s{n}",
                "shot_type": ("wide", "medium", "close-up")[n % 3],
                "enhanced_prompt": f"Emma walks through the {places[n][0]}, {weather[n]}",
                "duration": 2,
                "dialogue": ("It was never meant to stay like this.", None, "Come back before it gets dark.")[n],
                "characters": ["emma"],
                "landscapes": list(places[n]),
                "mood": mood,
                "time_of_day": time,
            }
            for n in range(3)
        ]
        join, size = _JOINS[number % len(_JOINS)], ("320x180", "180x320", "384x160")[number % 3]
        yield Clean(f"draft, {mood}, {time}, {join}", lambda path, s=shots, j=join, z=size: _draft(path, s, j, z))


def _draft(path: Path, shots: list[dict[str, Any]], join: str, size: str) -> Path:
    script = path.with_suffix(".json")
    script.write_text(json.dumps(shots), "utf-8")
    command = [sys.executable, "-m", "film", "make", str(script), "--tier", "draft", "--size", size, "--quiet"]
    command += ["--transition", join, "--output", str(path)]
    environment = {**os.environ, "FILM_GALLERY_DIR": str(path.with_suffix(".gallery"))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return path
