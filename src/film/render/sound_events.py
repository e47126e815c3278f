"""What happens in a place now and then: a bird, a drop, a wave, a car going by.

Each is a small function of a generator and a sample rate that draws one short sound, mono (n,) or stereo (n, 2), of
about unit level; how often it is heard, how loud and from where is the business of ``soundscapes``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from film.render.spectra import band

Numbers = NDArray[np.floating]


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
