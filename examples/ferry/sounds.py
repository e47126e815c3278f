"""Makes the sounds of this example, which are nobody else's: a waltz to loop, a horn, a bell, a wave.

uv run python examples/ferry/sounds.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
HERE = Path(__file__).parent / "sounds"
BEAT = 0.62
"""Seconds."""
CHORDS = (
    (57, 60, 64),
    (53, 57, 60),
    (48, 55, 64),
    (55, 59, 62),
    (57, 60, 64),
    (50, 57, 65),
    (52, 56, 62),
    (57, 60, 64),
)
MELODY = (
    (76, 2),
    (74, 1),
    (72, 2),
    (69, 1),
    (67, 2),
    (72, 1),
    (74, 3),
    (76, 2),
    (77, 1),
    (74, 2),
    (69, 1),
    (68, 2),
    (71, 1),
    (69, 3),
)
"""MIDI notes, and beats."""

Sound = NDArray[np.float64]


def hertz(note: float) -> float:
    return 440 * 2 ** ((note - 69) / 12)


def seconds(length: float) -> Sound:
    return np.arange(round(length * RATE)) / RATE


def pluck(note: int, length: float, bright: float) -> Sound:
    """A struck string: partials that die the sooner the higher they are."""
    t = seconds(length)
    partials = (np.sin(2 * np.pi * hertz(note) * k * t) * bright**k * np.exp(-t * (1.4 + 1.1 * k)) for k in range(1, 7))
    return sum(partials) * np.minimum(1, t / 0.004)


def pad(note: int, length: float) -> Sound:
    t = seconds(length)
    swell = np.sin(np.pi * np.clip(t / length, 0, 1)) ** 0.6
    voices = (np.sin(2 * np.pi * hertz(note + detune) * t) for detune in (-0.06, 0.0, 0.05))
    return sum(voices) * swell / 3


def waltz() -> Sound:
    bar = 3 * BEAT
    song = np.zeros((round(len(CHORDS) * bar * RATE), 2))

    def add(sound: Sound, at: float, level: float, right: float) -> None:
        places = (round(at * RATE) + np.arange(len(sound))) % len(song)  # what rings on is heard at the beginning
        song[places] += level * sound[:, None] * [1 - right, right]

    for number, chord in enumerate(CHORDS):
        at = number * bar
        add(pluck(chord[0] - 12, bar, 0.5), at, 0.9, 0.5)
        for beat in (1, 2):
            for note in chord[1:]:
                add(pluck(note, 1.2, 0.4), at + beat * BEAT, 0.35, 0.35)
        for place, note in enumerate(chord):
            add(pad(note, bar * 1.15), at, 0.16, 0.3 + 0.2 * place)
    at = 0.0
    for note, beats in MELODY:
        add(pluck(note, beats * BEAT + 0.8, 0.55), at, 0.55, 0.62)
        at += beats * BEAT
    return song


def horn() -> Sound:
    t = seconds(3.4)
    tone = sum(
        np.sin(2 * np.pi * hertz(n) * k * t + 0.3 * np.sin(2 * np.pi * 5 * t)) / k**1.3
        for n in (38, 45)
        for k in range(1, 9)
    )
    return np.asarray(tone) * np.minimum(1, t / 0.25) * np.minimum(1, (3.4 - t) / 1.1)


def bell() -> Sound:
    t = seconds(3.0)
    partials = ((1, 1.0, 1.0), (2.0, 0.6, 1.4), (2.4, 0.5, 1.8), (3.0, 0.3, 2.6), (4.5, 0.25, 4.0), (5.3, 0.2, 5.0))
    return sum(level * np.sin(2 * np.pi * 660 * k * t) * np.exp(-t * decay) for k, level, decay in partials)


def wave() -> Sound:
    length = 4.0
    t = seconds(length)
    dice = np.random.default_rng(3)
    spectrum = np.fft.rfft(dice.normal(0, 1, len(t)))
    bins = np.fft.rfftfreq(len(t), 1 / RATE)
    hiss = np.fft.irfft(spectrum * (bins > 60) / (1 + (bins / 900) ** 1.2), len(t))
    return hiss * np.where(t < 1.1, (t / 1.1) ** 2, np.exp(-(t - 1.1) * 1.5))


def write(name: str, made: Sound, level: float = 0.5) -> None:
    stereo = made if made.ndim == 2 else np.stack([made, made], axis=1)
    samples = (stereo * (level / np.abs(stereo).max())).astype(np.float32)
    container: Any
    with av.open(str(HERE / f"{name}.ogg"), "w") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = 72_000
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


SOUNDS: dict[str, Callable[[], Sound]] = {"waltz": waltz, "horn": horn, "bell": bell, "wave": wave}

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, make in SOUNDS.items():
        write(name, make())
