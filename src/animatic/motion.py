"""A still panel becomes moving pictures: a camera travels over its layers, and what lives in them lives.

    Panel ──► sheets_of ──► depth groups ─┐
    Move  ──► Path ──► boxes by depth ────┼─► Animator.frame(k) ──► planar yuv420p, BT.709 limited range
    weather, seed ──► particles ──────────┘        └── vignette and film grain last

Each frame depends on (panel, move, frame_count, seed, rate, k) alone, so frames can be drawn in any order and a
clip comes out the same, byte for byte, whenever it is made again.

``Layer.life`` understands, by synonyms: clouds, fog and smoke drift; lamps, fire, candles, neon and screens
flicker; foliage, grass and cloth sway; glow, rays and stars breathe; boats bob; water glints.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from animatic.camera import Box, Move, Path
from animatic.cels import BLACK, GREY, WHITE, Canvas, Pose
from animatic.elements import FloatArray, Framing, Layer, Light, Panel, PanelSpec, rng_of
from animatic.particles import FRONT, Glints, Moment, Weather
from animatic.sampling import Sampler
from animatic.sheets import Sheet, sheets_of
from film.errors import InputError

FILM_RATE = Fraction(24)

FLAT_MARGIN = 1.08
"""How much of a picture that was not drawn for a camera may lie outside the frame."""

_LIVES: dict[str, str] = {
    name: kind
    for kind, names in {
        "drift": "clouds cloud fog mist haze smoke steam sky",
        "flicker": "flicker lamp lamps fire candle candles lantern torch neon screen tv campfire windows",
        "sway": "foliage leaves grass trees tree reeds branches curtain cloth flag corn",
        "breathe": "glow rays light moon stars beam",
        "bob": "boat ship float buoy",
        "water": "water sea river lake ocean pool waves",
    }.items()
    for name in names.split()
}
_DRIFT_SPEED = {"fog": 0.011, "mist": 0.011, "smoke": 0.013, "steam": 0.013}
"""Fractions of the frame's width a second; clouds and all else that drifts are slower."""

_CLOUD_SPEED = 0.0045
_SWAY = 0.005
"""How far foliage leans, per height."""


@dataclass(frozen=True)
class Look:
    """The finish of the picture, 0 none .. 1 as meant; a measurement turns it off."""

    grain: float = 1.0
    vignette: float = 1.0
    life: bool = True


class Animator:
    """Draws any frame of one shot."""

    def __init__(
        self,
        panel: Panel,
        move: Move,
        frame_count: int,
        seed: int,
        *,
        rate: Fraction = FILM_RATE,
        look: Look | None = None,
    ) -> None:
        if panel.width % 2 or panel.height % 2:
            raise InputError(
                f"a clip of {panel.width}x{panel.height} cannot be encoded", hint="use an even width and height"
            )
        rows, columns = panel.layers[0].alpha.shape
        self._size, self._seed = (panel.width, panel.height), seed
        self._seconds, self._rate = frame_count / float(rate), float(rate)
        self._drawn = (columns // 2 * 2, rows // 2 * 2)
        self._look = look or Look()
        self.path = Path(move, frame_count, rate, self._size, self._drawn)
        self._sheets = sheets_of(panel.layers, lives=self._lives, spare=self._spare)
        kinds = panel.weather if self._look.life else ()
        self._weather = Weather(kinds, self._size, seed, panel.light)
        self._glints = [self._glints_of(sheet, panel.light) for sheet in self._sheets]
        self._front = next((n for n, sheet in enumerate(self._sheets) if n and sheet.depth >= FRONT), len(self._sheets))
        self._fall = _vignette(self._size, 0.26 * self._look.vignette)
        self._grain = _grain(self._size, self._look.grain)
        self._sampler = Sampler()

    def frame(self, k: int) -> NDArray[np.uint8]:
        """Frame ``k`` as one (height * 3 / 2, width) array: luma, then both chroma planes."""
        seconds = k / self._rate
        canvas = Canvas.black(*self._size)
        boxes = [self._box(sheet, k, seconds) for sheet in self._sheets]
        until = self._visible_rows(boxes)
        for number, (sheet, box) in enumerate(zip(self._sheets, boxes, strict=True)):
            if number == self._front:
                self._air(canvas, k, seconds, front=False)
            sheet.paint(canvas, self._pose(number, box, until[number], seconds), self._sampler)
            for glints in self._glints[number]:
                glints.paint(canvas.y, box, seconds)
        if self._front == len(self._sheets):
            self._air(canvas, k, seconds, front=False)
        self._air(canvas, k, seconds, front=True)
        return self._finished(canvas, k)

    def _finished(self, canvas: Canvas, k: int) -> NDArray[np.uint8]:
        """Vignette and grain. Grain is signed, held in unsigned bytes: black has footroom, so the sum never wraps."""
        luma, (dark, pale) = canvas.y, self._fall
        rng = rng_of("grain", self._seed, k)
        sheet, dy, dx = rng.integers(len(self._grain)), rng.integers(_SLACK), rng.integers(_SLACK)
        grain = self._grain[sheet, dy : dy + luma.shape[0], dx : dx + luma.shape[1]]
        np.clip(luma, BLACK, WHITE, out=luma)
        for top in range(0, luma.shape[0], _ROWS):
            some = np.s_[top : top + _ROWS]
            lost = np.subtract(luma[some], BLACK, dtype=np.int16)
            lost *= dark[some]
            lost += 64
            lost >>= 7
            luma[some] -= lost.astype(np.uint8)
        luma += grain
        np.clip(luma, BLACK, WHITE, out=luma)
        for colour in (canvas.u, canvas.v):
            lost = np.subtract(colour, GREY, dtype=np.int16)
            lost *= pale
            lost += 64
            lost >>= 7
            np.subtract(colour, lost.astype(np.uint8), out=colour)
        return canvas.planes

    def _visible_rows(self, boxes: list[Box]) -> list[int]:
        """For each sheet the row from which on nearer ones hide it."""
        row, rows = self._size[1], [0] * len(boxes)
        for number in reversed(range(len(boxes))):
            rows[number] = row
            sheet = self._sheets[number]
            if self._kind(sheet) not in ("breathe", "sway", "flicker"):
                row = min(row, sheet.solid_row(boxes[number], self._size[1]))
        return rows

    def _box(self, sheet: Sheet, k: int, seconds: float) -> Box:
        box, kind, (width, height) = self.path.box(k, sheet.depth), self._kind(sheet), self._size
        if kind == "drift":
            way = 1 if self._seed % 2 else -1
            shift = way * self._drift(sheet.life) * (seconds - self._seconds / 2) * width
            return box[0] + shift, box[1], box[2] + shift, box[3]
        if kind in ("bob", "water"):
            swell = 0.004 if kind == "bob" else 0.0012
            dy = swell * height * math.sin(2 * math.pi * 0.17 * seconds + self._seed % 7)
            dy = min(max(dy, -box[1]), self._drawn[1] - box[3])
            return box[0], box[1] + dy, box[2], box[3] + dy
        return box

    def _pose(self, number: int, box: Box, until: int, seconds: float) -> Pose:
        """Where a sheet stands at this moment, and how its life shows."""
        sheet, height = self._sheets[number], self._size[1]
        kind, phase = self._kind(sheet), self._seed % 997 + 1.7 * number
        if kind == "flicker":
            waves = ((2.1, 0.4), (5.3, 0.35), (8.7, 0.25))
            unrest = sum(a * math.sin(2 * math.pi * f * seconds + phase * f) for f, a in waves)
            return Pose(box, until, height, cover=min(1.0, 0.94 + 0.06 * unrest), gain=1.0 + 0.045 * unrest)
        if kind == "breathe":
            return Pose(box, until, height, cover=0.9 + 0.1 * math.sin(2 * math.pi * 0.16 * seconds + phase))
        if kind == "sway":
            gust = 0.6 + 0.4 * math.sin(2 * math.pi * 0.11 * seconds + phase)
            lean = _SWAY * gust * math.sin(2 * math.pi * 0.31 * seconds + 2 * phase)
            return Pose(box, until, height, lean=lean, pivot=sheet.bottom)
        return Pose(box, until, sheet.solid_row(box, height))

    def _air(self, canvas: Canvas, k: int, seconds: float, *, front: bool) -> None:
        if self._weather:
            self._weather.paint((canvas.y, canvas.u, canvas.v), Moment(k, seconds, self.path), front=front)

    def _glints_of(self, sheet: Sheet, light: Light) -> list[Glints]:
        if self._kind(sheet) != "water":
            return []
        return [
            Glints(cel.coverage, (cel.left, cel.top), self._size[1], self._seed, light)
            for cel in sheet.cels
            if cel.masked
        ]

    def _kind(self, sheet: Sheet) -> str | None:
        return _LIVES.get(sheet.life) if sheet.life else None

    def _lives(self, life: str) -> bool:
        return self._look.life and life in _LIVES

    def _drift(self, life: str | None) -> float:
        return _DRIFT_SPEED.get(life or "", _CLOUD_SPEED)

    def _spare(self, life: str) -> int:
        """Pixels beyond the drawing that this life can carry a sheet, even."""
        kind, (width, height) = _LIVES[life], self._size
        if kind == "drift":
            return math.ceil(self._drift(life) * self._seconds * width / 4 + 1) * 2
        return math.ceil(_SWAY * height + 1) * 2 if kind == "sway" else 0


def frames(
    panel: Panel,
    move: Move,
    frame_count: int,
    seed: int,
    *,
    rate: Fraction = FILM_RATE,
    look: Look | None = None,
) -> Iterator[NDArray[np.uint8]]:
    """The frames of a shot in order, each a fresh planar yuv420p array."""
    animator = Animator(panel, move, frame_count, seed, rate=rate, look=look)
    return (animator.frame(k) for k in range(frame_count))


def flat_panel(
    rgb: NDArray[np.uint8],
    width: int | None = None,
    height: int | None = None,
    *,
    weather: tuple[str, ...] = (),
    margin: float = FLAT_MARGIN,
) -> Panel:
    """Any still picture as a panel of its own, so that a camera can move over it.

    A picture of about the frame's shape fills it; one of another shape (a portrait in a wide film) stands whole
    before its own blurred enlargement rather than lose half of itself. ``margin`` is how many times the frame is drawn,
    to move in; with 1 all of it is seen at first.
    """
    picture = Image.fromarray(np.ascontiguousarray(rgb[..., :3]))
    width = width or max(2, int(picture.width / margin) // 2 * 2)
    height = height or max(2, int(picture.height / margin) // 2 * 2)
    drawn = (round(width * margin / 2) * 2, round(height * margin / 2) * 2)
    spread = (picture.width / picture.height) / (drawn[0] / drawn[1])
    filled = _cover(picture, drawn)
    if 1 / 1.35 < spread < 1.35:
        layers = [Layer(_floats(filled), np.ones(drawn[::-1], np.float32), 0.5)]
    else:
        blurred = filled.filter(ImageFilter.GaussianBlur(height / 24))
        back = Layer(_floats(blurred) * 0.55, np.ones(drawn[::-1], np.float32), 0.1)
        layers = [back, _standing(picture, (width, height), drawn)]
    grey = (0.5, 0.5, 0.5)
    light = Light(grey, grey, grey, (1.0, 1.0, 1.0), grey, grey, 0.5, 0.5, 0.5, night=False)
    framing = Framing("flat", 1.0, 0.1, 0.5, 0.0)
    return Panel(PanelSpec(prompt=""), layers, width, height, light, framing, weather)


def _cover(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture scaled to fill ``size``, its middle kept."""
    scale = max(size[0] / picture.width, size[1] / picture.height)
    w, h = size[0] / scale, size[1] / scale
    left, top = (picture.width - w) / 2, (picture.height - h) / 2
    box = (max(0.0, left), max(0.0, top), min(left + w, picture.width), min(top + h, picture.height))
    return picture.resize(size, Image.Resampling.LANCZOS, box=box)


def _standing(picture: Image.Image, frame: tuple[int, int], drawn: tuple[int, int]) -> Layer:
    """The whole picture in the middle of the drawing, a little smaller than the frame."""
    scale = 0.94 * min(frame[0] / picture.width, frame[1] / picture.height)
    size = (max(2, round(picture.width * scale)), max(2, round(picture.height * scale)))
    left, top = (drawn[0] - size[0]) // 2, (drawn[1] - size[1]) // 2
    rgb = np.zeros((drawn[1], drawn[0], 3), np.float32)
    alpha = np.zeros(drawn[::-1], np.float32)
    rgb[top : top + size[1], left : left + size[0]] = _floats(picture.resize(size, Image.Resampling.LANCZOS))
    alpha[top : top + size[1], left : left + size[0]] = 1.0
    return Layer(rgb, alpha, 0.6)


def _floats(picture: Image.Image) -> FloatArray:
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


@lru_cache(maxsize=2)
def _vignette(size: tuple[int, int], strength: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What is lost of light and of colour, of 128: nothing in the middle, ``strength`` in the corners.

    Dithered, or its steps would be seen as rings in a clear sky.
    """
    width, height = size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    lost = 128 * strength * np.clip(0.55 * x**2 + 0.45 * y**2, 0, 1) ** 1.4
    lost += rng_of("vignette").random((height, width)) * bool(strength)
    half = lost.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return lost.astype(np.uint8), half.astype(np.uint8)


_SLACK = 64
_ROWS = 128
"""Rows that are darkened at once."""


@lru_cache(maxsize=2)
def _grain(size: tuple[int, int], strength: float) -> NDArray[np.uint8]:
    """Sheets of soft noise, larger than the frame, that a random offset makes new for every frame."""
    rng = rng_of("grain sheets")
    noise = rng.standard_normal((3, size[1] + _SLACK, size[0] + _SLACK), dtype=np.float32)
    # Fine grain: more of it survives no final encode, and doubles the size of the clip and the work on it.
    soft = 0.62 * noise + 0.27 * (np.roll(noise, 1, axis=1) + np.roll(noise, 1, axis=2))
    return np.clip(np.rint(soft * 1.3 * strength), -9, 9).astype(np.int8).view(np.uint8)
