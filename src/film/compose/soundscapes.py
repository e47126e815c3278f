"""What places are made of: for each kind its beds of noise, its steady tones, and what happens in it now and then.

Levels of beds and tones are in dB against each other; ``Soundscape.level`` brings the whole to where ambience
belongs. Events are drawn as short mono (n,) or stereo (n, 2) sounds by small functions of a generator and a
sample rate. A place should be recognised in a second and forgotten in five: nothing here repeats in a rhythm that
the place itself does not have, and nothing is bright for long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating]
Shape = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Sound = Callable[[np.random.Generator, int], Numbers]


@dataclass(frozen=True)
class Swell:
    """A slow rise and fall: how often a second, how deep, and how sharply it stands out."""

    rate: float
    depth: float
    power: float = 1.0


@dataclass(frozen=True)
class Bed:
    """Noise of a spectrum. ``density`` (impulses a second) makes it crackle; without ``width`` it sits at ``pan``."""

    shape: Shape
    level: float = 0.0
    swell: Swell | None = None
    width: float = 0.7
    pan: float = 0.0
    density: float = 0.0


@dataclass(frozen=True)
class Tone:
    hertz: float
    level: float
    wobble: float = 0.3
    rate: float = 0.1
    pan: float = 0.0
    pulses: float = 0.0
    rest: float = 0.0


@dataclass(frozen=True)
class Events:
    """Something that happens about ``every`` so many seconds, ``jitter`` 0 like clockwork .. 1 at any moment."""

    sound: Sound
    every: float
    level: float
    jitter: float = 0.9
    spread: float = 9.0
    width: float = 0.8
    chance: float = 1.0


@dataclass(frozen=True)
class Soundscape:
    beds: tuple[Bed, ...]
    tones: tuple[Tone, ...] = ()
    events: tuple[Events, ...] = ()
    level: float = -38.0


# -- spectra ------------------------------------------------------------------------------------------------------


def band(low: float, high: float, steep: float = 2.0, tilt: float = 0.5) -> Shape:
    """Noise between two frequencies, falling with ``tilt`` (0.5 pink, 1 brown) inside and steeply outside."""

    def shape(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
        below, above = (low / hertz) ** (2 * steep), (hertz / high) ** (2 * steep)
        return hertz**-tilt / np.sqrt((1 + below) * (1 + above))

    return shape


def ring(*modes: tuple[float, float]) -> Shape:
    """Resonances at (hertz, relative width)."""

    def shape(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros_like(hertz)
        for middle, width in modes:
            total += 1 / (1 + ((hertz - middle) / (width * middle)) ** 2)
        return total

    return shape


# -- events -------------------------------------------------------------------------------------------------------


def _clock(seconds: float, rate: int) -> NDArray[np.float64]:
    return np.arange(max(8, round(seconds * rate))) / rate


def _burst(rng: np.random.Generator, rate: int, seconds: float, low: float, high: float) -> NDArray[np.float64]:
    """Noise in a band, of unit level, for as long as asked."""
    count = max(64, round(seconds * rate))
    size = 1 << (count - 1).bit_length()
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 1.0)
    spectrum = (rng.standard_normal(len(hertz)) + 1j * rng.standard_normal(len(hertz))) * band(low, high)(hertz)
    noise = np.fft.irfft(spectrum, size)[:count]
    return noise / max(1e-12, float(noise.std()))


def _hann(count: int, rise: float = 0.5) -> NDArray[np.float64]:
    """A hill over ``count`` samples with its top at ``rise``."""
    x = np.linspace(0, 1, count)
    phase = np.where(x < rise, x / rise, 1 + (x - rise) / (1 - rise)) / 2
    return np.sin(np.pi * phase) ** 2


def _distant(sound: NDArray[np.float64], rate: int, seconds: float, amount: float) -> NDArray[np.float64]:
    """A few echoes that grow sparse and quiet, as between trees or under a vault."""
    out = np.zeros(len(sound) + round(seconds * rate))
    out[: len(sound)] = sound
    for turn, part in enumerate((0.11, 0.19, 0.31, 0.47, 0.68, 1.0), 1):
        at = round(part * seconds * rate)
        room = min(len(sound), len(out) - at)
        out[at : at + room] += sound[:room] * amount**turn
    fade = round(0.1 * seconds * rate)
    out[-fade:] *= np.linspace(1, 0, fade)
    return out


def bird(rng: np.random.Generator, rate: int) -> Numbers:
    """A short phrase of whistled notes, each with its own bend."""
    middle, notes = rng.uniform(2300, 4300), int(rng.integers(2, 6))
    bend, length = rng.uniform(-0.22, 0.22), rng.uniform(0.06, 0.14)
    trill = rng.uniform(0, 0.05)
    parts: list[NDArray[np.float64]] = []
    for note in range(notes):
        time = _clock(length * rng.uniform(0.8, 1.2), rate)
        x = time / time[-1]
        pitch = middle * (1 + bend * (x - 0.5) * 2 + trill * np.sin(2 * np.pi * 24 * time)) * (1 + 0.03 * note)
        wave = np.sin(2 * np.pi * np.cumsum(pitch) / rate) * _hann(len(time), 0.3)
        parts += [wave, np.zeros(round(rng.uniform(0.03, 0.11) * rate))]
    return _distant(np.concatenate(parts), rate, 0.7, 0.32)


def owl(rng: np.random.Generator, rate: int) -> Numbers:
    """Two soft calls from far away."""
    pitch = rng.uniform(340, 410)
    parts: list[NDArray[np.float64]] = []
    for length, pause in ((0.28, 0.22), (0.75, 0.0)):
        time = _clock(length, rate)
        sung = pitch * (1 - 0.04 * time / length)
        wave = np.sin(2 * np.pi * np.cumsum(sung) / rate) * _hann(len(time), 0.25)
        parts += [wave, np.zeros(round(pause * rate))]
    return _distant(np.concatenate(parts), rate, 1.4, 0.4)


def drip(rng: np.random.Generator, rate: int) -> Numbers:
    time, pitch = _clock(0.09, rate), rng.uniform(750, 1500)
    sung = pitch * (1 + 0.5 * time / 0.09)
    drop = np.sin(2 * np.pi * np.cumsum(sung) / rate) * np.exp(-time / 0.018) * np.minimum(1, time / 0.0015)
    return _distant(drop, rate, 1.9, 0.52)


def bubble(rng: np.random.Generator, rate: int) -> Numbers:
    parts: list[NDArray[np.float64]] = []
    for _ in range(int(rng.integers(1, 6))):
        time = _clock(rng.uniform(0.04, 0.11), rate)
        sung = rng.uniform(260, 620) * (1 + rng.uniform(0.3, 0.9) * time / time[-1])
        parts += [np.sin(2 * np.pi * np.cumsum(sung) / rate) * _hann(len(time), 0.2), np.zeros(rate // 40)]
    return np.concatenate(parts)


def surf(rng: np.random.Generator, rate: int) -> Numbers:
    """A wave that rises, breaks and runs out over the sand; its hiss comes after its weight."""
    seconds = rng.uniform(6.0, 8.5)
    body, foam = _burst(rng, rate, seconds, 70, 520), _burst(rng, rate, seconds, 700, 5200)
    count = len(body)
    mono = 0.8 * body * _hann(count, 0.4) ** 1.5 + 0.62 * foam * _hann(count, 0.52) ** 2.2
    wide = 0.45 * _burst(rng, rate, seconds, 900, 6000) * _hann(count, 0.58) ** 2
    return np.stack([mono + wide, mono - wide], axis=1)


def passing(rng: np.random.Generator, rate: int) -> Numbers:
    """A car going by: tyres more than engine, from one side to the other."""
    seconds = rng.uniform(4.5, 7.5)
    tyres = _burst(rng, rate, seconds, 90, rng.uniform(700, 1500))
    hill = _hann(len(tyres), rng.uniform(0.4, 0.6)) ** 2.5
    way = np.linspace(-0.8, 0.8, len(tyres)) * rng.choice((-1.0, 1.0))
    angle = (way + 1) * np.pi / 4
    return (tyres * hill)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1.4


def thunder(rng: np.random.Generator, rate: int) -> Numbers:
    seconds = rng.uniform(4.0, 7.0)
    rumble = _burst(rng, rate, seconds, 30, 160)
    x = np.linspace(0, 1, len(rumble))
    rolls = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.6, 1.1) * seconds * x + rng.uniform(0, 6))
    return rumble * rolls * np.minimum(1, x / 0.06) * (1 - x) ** 1.8


def clink(rng: np.random.Generator, rate: int) -> Numbers:
    """A cup set down across the room."""
    time, pitch = _clock(0.22, rate), rng.uniform(1700, 2600)
    tones = sum(
        np.sin(2 * np.pi * pitch * r * time) * np.exp(-time / d) for r, d in ((1, 0.05), (1.73, 0.035), (2.6, 0.02))
    )
    return np.asarray(tones) * np.minimum(1, time / 0.001) / 3


def rails(rng: np.random.Generator, rate: int) -> Numbers:
    """Two axles over one joint."""
    out = np.zeros(round(0.5 * rate))
    for at, part in ((0.0, 1.0), (0.13, 0.8)):
        time = _clock(0.2, rate)
        thud = np.sin(2 * np.pi * (62 + 30 * np.exp(-time / 0.02)) * time) * np.exp(-time / 0.05)
        tick = _burst(rng, rate, 0.2, 350, 1500)[: len(time)] * np.exp(-time / 0.022) * 0.3
        start = round(at * rate)
        out[start : start + len(time)] += part * (thud + tick) * np.minimum(1, time / 0.003)
    return out


def press(rng: np.random.Generator, rate: int) -> Numbers:
    """A machine's stroke: a dull blow and a breath of air."""
    time = _clock(0.7, rate)
    blow = np.sin(2 * np.pi * (52 + 40 * np.exp(-time / 0.015)) * time) * np.exp(-time / 0.07)
    air = _burst(rng, rate, 0.7, 900, 4200)[: len(time)] * _hann(len(time), 0.35) ** 2 * 0.16
    return (blow + air) * np.minimum(1, time / 0.004)


def creak(rng: np.random.Generator, rate: int) -> Numbers:
    """Old wood giving way a little."""
    time = _clock(rng.uniform(0.35, 0.7), rate)
    sung = rng.uniform(130, 210) * (1 + 0.25 * np.sin(np.pi * time / time[-1]))
    grains = np.maximum(0, np.sin(2 * np.pi * np.cumsum(sung) / rate)) ** 12
    wood = grains * _burst(rng, rate, float(time[-1]) + 0.01, 300, 1300)[: len(time)]
    return _distant(wood * _hann(len(time), 0.4), rate, 0.35, 0.3)


def step(rng: np.random.Generator, rate: int) -> Numbers:
    """Steps of somebody far off in a large room."""
    gap = rng.uniform(0.5, 0.62)
    out = np.zeros(round((4 * gap + 0.3) * rate))
    for turn in range(4):
        tap = _burst(rng, rate, 0.06, 180, 1100) * np.exp(-_clock(0.06, rate) / 0.012)
        at = round(turn * gap * rate)
        out[at : at + len(tap)] += tap * rng.uniform(0.6, 1.0)
    return _distant(out, rate, 1.5, 0.45)


# -- places -------------------------------------------------------------------------------------------------------

_AIR = Bed(band(45, 420, 1.5, 0.8))
_VOICES = tuple(
    Bed(ring((f1, 0.35), (f2, 0.2)), level, Swell(rate, 1.1, 1.6), width=0.0, pan=pan)
    for f1, f2, level, rate, pan in (
        (430, 1250, -1.0, 3.1, -0.6), (560, 1500, -2.0, 3.9, 0.5), (360, 1050, 0.0, 2.7, 0.15), (640, 1750, -5.0, 4.4, -0.15),
    )
)  # fmt: skip
_GUST = Swell(0.11, 0.75, 1.3)

SOUNDSCAPES: dict[str, Soundscape] = {
    "room": Soundscape(
        (_AIR, Bed(band(300, 2200, 1.0), -13)),
        (Tone(100, -17, 0.2), Tone(150, -24, 0.3)),
        (Events(creak, 17, -8, chance=0.45),),
    ),
    "wind": Soundscape(
        (Bed(band(60, 420, 1.4, 0.7), 0, _GUST), Bed(ring((520, 0.16), (690, 0.12)), -8, Swell(0.13, 1.1, 2.0)),
         Bed(band(900, 4200, 1.5), -15, Swell(0.17, 0.9, 1.6))),
    ),
    "snow wind": Soundscape(
        (Bed(band(110, 800, 1.3), 0, Swell(0.09, 0.8, 1.4)), Bed(ring((820, 0.1), (1180, 0.07)), -9, Swell(0.12, 1.2, 2.2)),
         Bed(band(1500, 7000, 1.5), -12, Swell(0.2, 0.9, 1.5))),
    ),
    "sea": Soundscape(
        (Bed(band(40, 300, 1.4, 0.8), -3, Swell(0.1, 0.4)), Bed(band(400, 3200, 1.0), -11, Swell(0.13, 0.7))),
        events=(Events(surf, 5.6, 1, jitter=0.5, spread=5),),
    ),
    "river": Soundscape(
        (Bed(band(250, 1400, 1.2), -1, Swell(0.7, 0.25)), Bed(band(1200, 5000, 1.5), -8, Swell(1.1, 0.3)),
         Bed(ring((480, 0.1), (730, 0.08), (1080, 0.07)), -7, Swell(2.3, 0.9), density=42)),
    ),
    "rain": Soundscape(
        (Bed(band(900, 8500, 1.2, 0.35), 0, Swell(0.12, 0.2)), Bed(band(120, 700, 1.2), -8),
         Bed(band(1400, 5200, 2.0, 0.2), -7, density=110)),
    ),
    "storm": Soundscape(
        (Bed(band(700, 7500, 1.2, 0.4), 0, Swell(0.16, 0.45)), Bed(band(70, 480, 1.3, 0.7), -2, _GUST),
         Bed(band(1300, 4800, 2.0, 0.2), -8, density=160)),
        events=(Events(thunder, 14, 5, spread=6, width=0.4),),
    ),
    "forest": Soundscape(
        (Bed(band(80, 500, 1.2, 0.7), -3, _GUST), Bed(band(1100, 5200, 1.3), -5, Swell(0.16, 0.7, 1.3))),
        events=(Events(bird, 2.6, -1, spread=13), Events(bird, 5.5, 3, spread=8)),
    ),
    "night": Soundscape(
        (Bed(band(80, 420, 1.2, 0.7), -1, Swell(0.08, 0.4)), Bed(band(2000, 6000, 2.0), -15)),
        (Tone(4180, -10, pulses=29, rate=0.62, rest=0.9, pan=-0.55), Tone(4530, -13, pulses=33, rate=0.47, rest=0.7, pan=0.6),
         Tone(3720, -17, pulses=26, rate=0.83, rest=1.4, pan=0.1)),
        (Events(owl, 21, -3, chance=0.6),),
    ),
    "jungle": Soundscape(
        (Bed(band(120, 700, 1.2), -3, Swell(0.12, 0.4)), Bed(band(2800, 7500, 2.0, 0.2), -4, Swell(0.35, 0.5))),
        (Tone(5200, -16, pulses=41, rate=0.29, rest=0.2, pan=-0.4), Tone(3400, -19, pulses=22, rate=0.71, rest=1.2, pan=0.7)),
        (Events(bird, 2.2, -1, spread=12), Events(drip, 6.0, -2)),
    ),
    "city": Soundscape(
        (Bed(band(35, 260, 1.4, 0.8), 0, Swell(0.09, 0.3)), Bed(band(250, 1500, 1.0), -7, Swell(0.14, 0.45))),
        (Tone(120, -22, 0.4, 0.07),),
        (Events(passing, 7.5, -2, spread=8),),
    ),
    "street": Soundscape(
        (Bed(band(50, 320, 1.3, 0.8), -1, Swell(0.1, 0.3)), Bed(band(400, 2600, 1.0), -10, Swell(0.2, 0.4)),
         Bed(ring((480, 0.4), (1300, 0.25)), -13, Swell(3.3, 1.1, 1.5))),
        events=(Events(passing, 9.0, 1, spread=7), Events(step, 13, -7, chance=0.6), Events(bird, 15, -6, chance=0.5)),
    ),
    "train": Soundscape(
        (Bed(band(35, 240, 1.4, 0.8), 0, Swell(0.5, 0.25)), Bed(band(300, 1900, 1.0), -9, Swell(0.35, 0.3))),
        (Tone(86, -15, 0.5, 0.23),),
        (Events(rails, 1.32, 2, jitter=0.03, spread=3, width=0.25),),
    ),
    "car": Soundscape(
        (Bed(band(40, 220, 1.5, 0.8), 0, Swell(0.22, 0.25)), Bed(band(350, 1700, 1.0), -9, Swell(0.15, 0.35))),
        (Tone(74, -8, 0.35, 0.11), Tone(111, -13, 0.4, 0.09), Tone(148, -17, 0.3, 0.13)),
        (Events(passing, 12, -4, spread=6),),
    ),
    "cafe": Soundscape(
        (_AIR, *_VOICES, Bed(band(250, 2400, 1.0), -7, Swell(0.3, 0.3))),
        events=(Events(clink, 3.4, -9, spread=12),),
    ),
    "crowd": Soundscape(
        (*_VOICES, Bed(ring((500, 0.5), (1400, 0.4)), 1, Swell(0.4, 0.3)), Bed(band(60, 300, 1.2, 0.7), -4)),
        events=(Events(step, 8, -7),),
    ),
    "space": Soundscape(
        (Bed(band(30, 170, 1.6, 0.8), 0, Swell(0.06, 0.35)), Bed(band(500, 2400, 1.0), -17, Swell(0.1, 0.4))),
        (Tone(55, 0, 0.5, 0.05), Tone(82.6, -4, 0.6, 0.07, 0.3), Tone(110.4, -9, 0.7, 0.043, -0.3), Tone(165.5, -16, 0.8, 0.06)),
    ),
    "underwater": Soundscape(
        (Bed(band(35, 210, 1.8, 0.8), 0, Swell(0.12, 0.5)), Bed(band(220, 700, 1.5), -9, Swell(0.21, 0.8))),
        events=(Events(bubble, 2.3, -1, spread=12),),
    ),
    "fire": Soundscape(
        (Bed(band(50, 330, 1.3, 0.8), -2, Swell(0.6, 0.45)), Bed(band(500, 2600, 1.0), -11, Swell(1.3, 0.5)),
         Bed(band(1300, 6500, 1.5, 0.1), -3, Swell(0.5, 0.9, 1.5), density=9),
         Bed(band(500, 2200, 1.5, 0.2), -6, density=2.2)),
    ),
    "cave": Soundscape(
        (Bed(band(40, 260, 1.5, 0.8), 0, Swell(0.07, 0.4)), Bed(ring((310, 0.15), (470, 0.12)), -13, Swell(0.09, 0.8))),
        events=(Events(drip, 2.9, 3, spread=10), Events(drip, 7.3, 5, spread=6)),
    ),
    "factory": Soundscape(
        (Bed(band(60, 500, 1.2, 0.7), -1), Bed(band(700, 4200, 1.0), -9, Swell(0.4, 0.3))),
        (Tone(50, -5, 0.2), Tone(100, -7, 0.2, 0.17), Tone(149, -13, 0.4, 0.31), Tone(298, -21, 0.5, 0.23)),
        (Events(press, 2.05, 2, jitter=0.02, spread=2, width=0.3),),
    ),
    "church": Soundscape(
        (Bed(band(40, 240, 1.4, 0.8), 0, Swell(0.06, 0.3)), Bed(ring((220, 0.1), (330, 0.08), (480, 0.08)), -10, Swell(0.08, 0.6)),
         Bed(band(600, 2600, 1.0), -17)),
        events=(Events(step, 16, -5, chance=0.6), Events(creak, 19, -5, chance=0.5)),
    ),
}  # fmt: skip
"""Every kind of ambience there is."""
