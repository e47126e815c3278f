"""The drawing surface: fractions of the frame in, antialiased float32 sheets out.

Scenes place things by fractions, x 0 left .. 1 right and y 0 top .. 1 bottom *of the frame*; the drawn area reaches a
little beyond on every side (``MARGIN``). Noise comes from grids whose size does not depend on the pixels, so a panel
shows the same picture at every size.

    polygons ─► coverage ─┐
    noise, gradients ─────┴─► over(…) ─► Sheet(rgb, alpha) ─► Layer
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from animatic.elements import RGB, FloatArray, Layer, drawn_size, rng_of

Field = NDArray[np.floating]
"""Any floating array: what comes out of arithmetic before it is kept as float32."""

Points = Sequence[tuple[float, float]] | NDArray[np.floating]
"""A polygon in frame fractions."""


class Sheet:
    """Straight colour and coverage that things are painted onto, far to near."""

    def __init__(self, canvas: Canvas, base: RGB = (0.0, 0.0, 0.0)) -> None:
        self.canvas = canvas
        row = np.tile(np.asarray(base, np.float32), (canvas.width, 1))  # whole rows are copied fast, single colours not
        self.rgb: Field = np.empty((canvas.height, canvas.width, 3), np.float32)
        self.rgb[:] = row
        self.alpha: Field = np.zeros((canvas.height, canvas.width), np.float32)
        self.touched = False

    def over(self, colour: Field | RGB, coverage: Field, y: int = 0, x: int = 0) -> None:
        """Paint ``colour`` where ``coverage`` says, the patch's corner at pixel (x, y)."""
        h, w = coverage.shape
        rgb, alpha = self.rgb[y : y + h, x : x + w], self.alpha[y : y + h, x : x + w]
        self.touched = True
        if float(alpha.min()) >= 1.0:
            share = coverage[..., None]
        else:
            result = coverage + alpha * (1 - coverage)
            share = (coverage / np.maximum(result, 1e-4))[..., None]
            alpha[:] = result
        rgb += (np.asarray(colour, np.float32) - rgb) * share

    def add(self, colour: RGB, amount: Field, y: int = 0, x: int = 0) -> None:
        """Add light to what is there already, without covering more."""
        h, w = amount.shape
        rgb = self.rgb[y : y + h, x : x + w]
        for channel in range(3):
            rgb[..., channel] += amount * np.float32(colour[channel])

    def haze(self, colour: Field | RGB, amount: Field | float) -> None:
        """Draw the whole sheet's colour towards ``colour``."""
        share = np.asarray(amount, np.float32)
        way = np.asarray(colour, np.float32) - self.rgb
        way *= share[..., None] if share.ndim == 2 else share
        self.rgb += way

    def layer(self, depth: float, life: str | None = None) -> Layer:
        """The sheet as a layer of the panel."""
        return Layer(np.asarray(self.rgb, np.float32), np.asarray(self.alpha, np.float32), depth, life)


class Canvas:
    """Size of the drawn area and the ways to fill it."""

    x: FloatArray
    y: FloatArray
    u: FloatArray
    """Across, in frame heights from the middle: what round things are measured in."""

    def __init__(self, width: int, height: int) -> None:
        self.frame_width, self.frame_height = width, height
        self.width, self.height = drawn_size(width, height)
        self.aspect = width / height
        self.left = (self.width - width) / 2
        self.top = (self.height - height) / 2
        self.x = np.asarray((np.arange(self.width) + 0.5 - self.left) / width, np.float32)[None, :]
        self.y = np.asarray((np.arange(self.height) + 0.5 - self.top) / height, np.float32)[:, None]
        self.u = np.asarray((self.x - 0.5) * self.aspect, np.float32)

    # -- measures

    def px(self, x: float) -> float:
        return self.left + x * self.frame_width

    def py(self, y: float) -> float:
        return self.top + y * self.frame_height

    def across(self, u: float) -> float:
        """A width of ``u`` frame heights as a fraction of the frame's width."""
        return u / self.aspect

    def distance(self, x: float, y: float) -> FloatArray:
        """From a place to every pixel, in frame heights."""
        return np.hypot((self.x - np.float32(x)) * np.float32(self.aspect), self.y - np.float32(y))

    # -- coverage

    def sheet(self, base: RGB = (0.0, 0.0, 0.0)) -> Sheet:
        return Sheet(self, base)

    def below(self, line: Field, soft: float = 0.0) -> FloatArray:
        """Coverage of all below a height given per column; ``soft`` is the edge's width as a fraction of the height."""
        edge = max(soft * self.frame_height, 1.0)
        return np.clip((self.y - line[None, :]) * (self.frame_height / edge) + 0.5, 0.0, 1.0).astype(np.float32)

    def polygons(self, shapes: Iterable[Points], values: Iterable[int] | None = None) -> FloatArray:
        """Coverage of all shapes together, antialiased, over the whole drawn area."""
        mask, y, x = self.patch(shapes, whole=True, values=values)
        assert (y, x) == (0, 0)
        return mask

    def patch(
        self, shapes: Iterable[Points], *, whole: bool = False, pad: int = 1, values: Iterable[int] | None = None
    ) -> tuple[FloatArray, int, int]:
        """Coverage of the shapes in the smallest patch that holds them: (mask, y, x)."""
        scale = np.array([self.frame_width, self.frame_height], np.float64)
        corner = np.array([self.left, self.top], np.float64)
        pixels = [np.asarray(shape, np.float64) * scale + corner for shape in shapes]
        pixels = [p for p in pixels if len(p) >= 3]
        if whole:
            x0, y0, x1, y1 = 0, 0, self.width, self.height
        else:
            if not pixels:
                return np.zeros((0, 0), np.float32), 0, 0
            low = np.min([p.min(axis=0) for p in pixels], axis=0)
            high = np.max([p.max(axis=0) for p in pixels], axis=0)
            x0, y0 = max(0, int(low[0]) - pad), max(0, int(low[1]) - pad)
            x1 = min(self.width, int(np.ceil(high[0])) + pad)
            y1 = min(self.height, int(np.ceil(high[1])) + pad)
            if x1 <= x0 or y1 <= y0:
                return np.zeros((0, 0), np.float32), 0, 0
        fine = 2 if (x1 - x0) * (y1 - y0) > 250_000 else 4
        image = Image.new("L", ((x1 - x0) * fine, (y1 - y0) * fine), 0)
        draw = ImageDraw.Draw(image)
        tones = list(values) if values is not None else [255] * len(pixels)
        for p, tone in zip(pixels, tones, strict=False):
            corners = np.clip((p - (x0, y0)) * fine - 0.5, -30_000, 30_000)
            draw.polygon([(float(a), float(b)) for a, b in corners], fill=int(tone))
        return np.asarray(image.reduce(fine), np.float32) / np.float32(255), y0, x0

    # -- fields

    def noise(
        self,
        rng: np.random.Generator,
        cells: float,
        octaves: int = 4,
        stretch: float = 1.0,
        gain: float = 0.5,
        detail: int = 2,
    ) -> FloatArray:
        """Smooth noise 0..1, mean about .5: ``cells`` lumps down the frame's height, ``stretch`` times wider than high.

        Drawn at 1/``detail`` of the size and enlarged, as no one sees the difference in clouds.
        """
        w, h = max(8, self.width // detail), max(8, self.height // detail)
        total = np.zeros((h, w), np.float32)
        weight = 0.0
        amount = 1.0
        for octave in range(octaves):
            rows = cells * 2**octave
            grid = rng.random((int(np.ceil(rows * 1.2)) + 6, int(np.ceil(rows * 3.4 / stretch)) + 6), np.float32)
            # The middle of the frame is the middle of the grid at every size and aspect.
            half_w = rows / stretch * self.aspect * (self.width / self.frame_width) / 2
            half_h = rows * (self.height / self.frame_height) / 2
            mid_x, mid_y = grid.shape[1] / 2, grid.shape[0] / 2
            half_w, half_h = min(half_w, mid_x), min(half_h, mid_y)
            box = (mid_x - half_w, mid_y - half_h, mid_x + half_w, mid_y + half_h)
            total += amount * resized(grid, w, h, box)
            weight += amount
            amount *= gain
        total = (total / np.float32(weight) - 0.5) * np.float32(1.25) + np.float32(0.5)
        return np.clip(total if detail == 1 else resized(total, self.width, self.height), 0, 1)

    def line(self, rng: np.random.Generator, cells: float, octaves: int = 5, gain: float = 0.5) -> FloatArray:
        """A profile per column, about -1..1, ``cells`` swells across a frame's height."""
        total = np.zeros(self.width, np.float32)
        amount = 1.0
        for octave in range(octaves):
            count = cells * 2**octave
            knots = rng.standard_normal(int(count * 3.6) + 8).astype(np.float32)
            at = self.u[0] * np.float32(count) + np.float32(len(knots) / 2)
            low = np.clip(np.floor(at).astype(np.int64), 0, len(knots) - 2)
            t = np.clip(at - low, 0, 1)
            if octave < 3:
                t = t * t * (3 - 2 * t)
            total += np.float32(amount) * (knots[low] * (1 - t) + knots[low + 1] * t)
            amount *= gain
        return total * np.float32(0.5)

    def glow(self, x: float, y: float, size: float) -> FloatArray:
        """Light around a point: a bright heart and a wide skirt; ``size`` in frame heights."""
        d = self.distance(x, y) / np.float32(size)
        return (np.exp(-d * d * 4) * 0.6 + 0.4 / (1 + d * d * 6) ** 1.5).astype(np.float32)


# -- arrays


def resized(field: Field, width: int, height: int, box: tuple[float, float, float, float] | None = None) -> FloatArray:
    """A single-channel field at another size, smooth."""
    image = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.array(image.resize((width, height), Image.Resampling.BICUBIC, box=box), np.float32)


def shrunk(field: Field, factor: int) -> FloatArray:
    """Mean over factor × factor blocks; the last row and column take what is left."""
    image = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.array(image.reduce(factor), np.float32)


def soft(field: Field, radius: float) -> FloatArray:
    """Gaussian-like blur of a single channel, ``radius`` in pixels; wide ones are made small and enlarged."""
    if radius < 0.4:
        return field
    factor = max(1, int(radius / 1.6))
    height, width = field.shape
    small = shrunk(field, factor) if factor > 1 else field
    sigma = radius / factor
    reach = max(1, int(np.ceil(sigma * 2.5)))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    taps /= taps.sum()
    for axis in (0, 1):
        pad = [(reach, reach) if a == axis else (0, 0) for a in (0, 1)]
        wide = np.pad(small, pad, mode="edge")
        size = small.shape[axis]
        out = np.zeros_like(small)
        for k, tap in enumerate(taps):
            out += tap * (wide[k : k + size] if axis == 0 else wide[:, k : k + size])
        small = out
    return resized(small, width, height) if factor > 1 else small


def mix(a: Field | RGB, b: Field | RGB, t: Field | float) -> FloatArray:
    """``a`` with a share ``t`` of ``b``; colours spread over a field of shares."""
    first, second = np.asarray(a, np.float32), np.asarray(b, np.float32)
    share = np.asarray(t, np.float32)
    if share.ndim == 2:
        share = share[..., None]
    way = np.asarray(second - first)
    whole = way.shape == np.broadcast_shapes(way.shape, share.shape)
    way = np.multiply(way, share, out=way) if whole else way * share
    way += first
    return way


def ramp(value: Field, low: float, high: float) -> FloatArray:
    """0 below ``low``, 1 above ``high``, eased between (``high`` may be the smaller)."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32, copy=False)


def luminance(rgb: Field) -> FloatArray:
    return np.asarray(
        rgb[..., 0] * np.float32(0.30) + rgb[..., 1] * np.float32(0.59) + rgb[..., 2] * np.float32(0.11), np.float32
    )


@lru_cache(maxsize=4)
def tile(name: str, size: int = 512, cells: int = 8) -> FloatArray:
    """Noise 0..1 that repeats in both directions, for textures on surfaces in space; made once per process."""
    rng = rng_of("tile", name)
    total = np.zeros((size, size), np.float32)
    amount, count = 1.0, cells
    while count <= size // 2:
        grid = np.pad(rng.random((count, count), np.float32), 3, mode="wrap")
        total += np.float32(amount) * resized(grid, size, size, (3, 3, 3 + count, 3 + count))
        amount *= 0.55
        count *= 2
    low, high = np.percentile(total, (1, 99))
    result = np.clip((total - np.float32(low)) / np.float32(high - low), 0, 1).astype(np.float32)
    result.flags.writeable = False
    return result
