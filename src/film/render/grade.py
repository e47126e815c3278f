"""A light grade: exposure and white balance, a look from a .cube file, film grain, in this order.

    Grade.gain, .lut ──► one table over Y, Cb and Cr ──(trilinear)──► frame ──► + grain ──► frame

Gain and look are folded into one table, made once for a clip. It holds what they change and not what comes out, so that
a grade which changes nothing changes nothing, to the bit, also for codes that no colour has.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from film.render.cube import Cube, read_cube
from film.render.pictures import Picture, as_frame, as_picture, planes_in
from film.timeline import Grade

_GRID = 33
_SCREEN_GAMMA = 2.4
_TO_RGB = np.array([[1, 0, 1.5748], [1, -0.187324, -0.468124], [1, 1.8556, 0]])
"""BT.709, from Y in 0 to 1 and chroma in -0.5 to 0.5."""
_COARSE = 7
"""How much the grain of a full-strength stock moves a middle grey, in codes (one standard deviation)."""
_FIELD = 64
"""How much larger than the screen the field of grain is: every frame looks at another part of it."""

Values = NDArray[np.float64]


class Grader:
    """Grades the frames of one clip, which are asked for by their place in it."""

    def __init__(self, grade: Grade, width: int, height: int) -> None:
        self._grade = grade
        self._table = _table(grade)
        self._grain = _Grain(float(grade.grain), grade.grain_seed, width, height) if grade.grain else None

    def grade(self, frame: VideoFrame, place: int) -> VideoFrame:
        """A graded copy of a frame of the screen's size."""
        if self._table is None and self._grain is None:
            return frame
        picture = as_picture(frame)
        if self._table is not None:
            _looked_up(picture, self._table)
        if self._grain is not None:
            self._grain.add_to(planes_in(picture)[0], place)
        return as_frame(picture)


def _looked_up(picture: Picture, table: ImageFilter.Color3DLUT) -> None:
    luma, *chroma = planes_in(picture)
    size = (luma.shape[1], luma.shape[0])
    full = [Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR) for plane in chroma]
    bands = Image.merge("RGB", (Image.fromarray(luma), *full)).filter(table).split()
    for plane, band, part in zip(planes_in(picture), bands, (1, 2, 2), strict=True):
        plane[:] = np.asarray(band if part == 1 else band.reduce(part))


def _table(grade: Grade) -> ImageFilter.Color3DLUT | None:
    """The grade's colours over a grid of Y, Cb, Cr codes; None where it changes none."""
    cube = read_cube(grade.lut.path) if grade.lut and grade.lut_strength else None
    if cube is None and all(part == 1 for part in grade.gain):
        return None
    codes = np.linspace(0, 255, _GRID)
    cr, cb, y = np.meshgrid(codes, codes, codes, indexing="ij")  # the first of a table's axes changes quickest
    rgb = np.stack([(y - 16) / 219, (cb - 128) / 224, (cr - 128) / 224], axis=-1) @ _TO_RGB.T
    inside = rgb.clip(0, 1)
    change = _graded(inside, grade, cube) - inside
    moved = change @ np.linalg.inv(_TO_RGB).T * [219, 224, 224]
    out = (np.stack([y, cb, cr], axis=-1) + moved) / 255
    return ImageFilter.Color3DLUT(_GRID, out.clip(0, 1).reshape(-1).tolist())


def _graded(rgb: Values, grade: Grade, cube: Cube | None) -> Values:
    if any(part != 1 for part in grade.gain):
        light = rgb**_SCREEN_GAMMA * np.array([float(part) for part in grade.gain])
        rgb = _rolled_off(light) ** (1 / _SCREEN_GAMMA)
    if cube is not None:
        rgb = rgb + float(grade.lut_strength) * (cube.of(rgb) - rgb)
    return rgb.clip(0, 1)


def _rolled_off(light: Values, knee: float = 0.8) -> Values:
    """Light above 1 bends below it: raised exposure does not tear holes into clouds."""
    over = np.maximum(light - knee, 0)
    room = 1 - knee
    return np.where(light.max() > 1, np.minimum(light, knee) + room * over / (room + over), light)


class _Grain:
    """Fine noise in the luma, strongest in the middle greys, as on film: neither in black nor in white."""

    def __init__(self, strength: float, seed: int, width: int, height: int) -> None:
        self._field = _field(width + _FIELD, height + _FIELD)
        self._seed = seed
        tone = np.clip((np.arange(256) - 16) / 219, 0, 1)
        self._strength = np.rint(128 * strength * (0.15 + 3.4 * tone * (1 - tone)).clip(0, 1)).astype(np.int16)

    def add_to(self, luma: Picture, place: int) -> None:
        dice = np.random.default_rng((self._seed, place))
        down, across = dice.integers(0, _FIELD, 2)
        height, width = luma.shape
        grain = self._field[down : down + height, across : across + width]
        if dice.integers(2):
            grain = grain[:, ::-1]
        for top in range(0, height, 32):
            rows = slice(top, top + 32)
            moved = self._strength[luma[rows]] * grain[rows]
            moved += 64
            moved >>= 7
            moved += luma[rows]
            luma[rows] = np.clip(moved, 16, 235, out=moved)


@lru_cache(maxsize=2)
def _field(width: int, height: int) -> NDArray[np.int16]:
    """Grain of a full-strength stock, a little larger than a pixel, and larger on a large screen."""
    size = max(1.0, height / 720)
    small = np.random.default_rng(0).normal(0, 1, (round(height / size), round(width / size))).astype(np.float32)
    soft = small + 0.45 * (np.roll(small, 1, 0) + np.roll(small, 1, 1))
    field = np.asarray(Image.fromarray(soft).resize((width, height), Image.Resampling.BICUBIC))
    return np.rint(field * (_COARSE / field.std())).clip(-100, 100).astype(np.int16)
