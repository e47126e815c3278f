"""Fog over a panel: banks behind the nearest things, and a low one that rolls past their feet.

    two tileable sheets of noise, sliding over each other ──► a small mask ──► a veil of one colour over the frame

It is a function of seed and time alone, as all that moves in a panel is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from animatic.cels import levels_of
from animatic.elements import Light, rng_of
from animatic.sampling import OPAQUE, Sampler

Numbers = NDArray[np.floating]
Plane = NDArray[np.uint8]


class Fog:
    """Banks of fog behind the nearest things, and a low one that rolls past their feet."""

    _LOW = 34
    """Rows in which it is thought out; it is soft enough to be enlarged from there."""

    def __init__(self, density: float, size: tuple[int, int], seed: int, light: Light) -> None:
        self._size, self._density = size, density
        rng = rng_of("fog", seed)
        self._banks = [_tileable_noise(rng, 40, 256) for _ in range(2)]
        colour = 0.55 * np.array(light.horizon) + 0.25 * np.array(light.middle) + 0.2 * np.mean(light.horizon)
        self._colour = tuple(round(float(value[0])) for value in levels_of(colour[None, :]))
        self._sampler = Sampler()

    def paint(self, planes: tuple[Plane, Plane, Plane], seconds: float, *, front: bool) -> None:
        width, height = self._size
        rows = np.linspace(0, 1, self._LOW, dtype=np.float32)[:, None]
        if front:
            profile, top = 0.75 * np.clip((rows - 0.66) / 0.34, 0, 1), round(height * 0.3) * 2
        else:
            profile, top = 0.3 + 0.7 * np.clip((rows - 0.15) / 0.5, 0, 1), 0
        thickness = (0.5 + 0.2 * self._noise(seconds * (1.4 if front else 1.0))) * profile * self._density
        small = Image.fromarray(np.clip(thickness * 2, 0, 1) * np.float32(OPAQUE))
        part = (0.0, self._LOW * top / height, small.width, self._LOW)
        size = (max(1, width // 4), max(1, (height - top) // 4))
        mask = np.asarray(small.resize(size, Image.Resampling.BICUBIC, box=part))
        below = [plane[top * plane.shape[0] // height :] for plane in planes]
        self._sampler.veil(below, self._colour, np.clip(np.rint(mask), 0, OPAQUE).astype(np.uint8))

    def _noise(self, seconds: float) -> Numbers:
        low = (60, self._LOW)
        total = np.zeros((self._LOW, 60), np.float32)
        for bank, speed, span in zip(self._banks, (2.3, -1.3), (104.0, 78.0), strict=True):
            left = (speed * seconds) % 256
            total += np.asarray(bank.resize(low, Image.Resampling.BILINEAR, box=(left, 2, left + span, 38)))
        return total


def _tileable_noise(rng: np.random.Generator, rows: int, columns: int) -> Image.Image:
    """Smooth noise around 0 that repeats across; twice as wide as its period, so that a window can slide."""
    spectrum = np.fft.rfft2(rng.standard_normal((rows * 2, columns)))
    fy, fx = np.fft.fftfreq(rows * 2)[:, None], np.fft.rfftfreq(columns)[None, :] * 2.6
    spectrum *= 1 / (0.004 + fy**2 + fx**2) ** 1.15
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, (rows * 2, columns))[:rows]
    noise = (noise / noise.std()).astype(np.float32)
    return Image.fromarray(np.concatenate([noise, noise], axis=1))
