"""A panel's layers, made ready to be sampled for every frame of a move: few depth groups of planar 8-bit planes.

    Panel.layers ──► partition (neighbours in depth and life) ──► flatten ──► Sheet: y, u, v, mask as Pillow 'L'
    Sheet.paint(canvas, box) ──► the part of the frame it covers, resampled at sub-pixel positions and pasted

Sampling is what a camera move costs, so a sheet is cropped to what it covers, its chroma is half size, its
half-size mask is reduced from the full one, and the band at its bottom that hides everything behind it (ground,
a desk, a wall) is neither masked nor sampled in the sheets behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from film.providers.draft.camera import Box
from film.providers.draft.elements import Layer, rng_of

Numbers = NDArray[np.floating]

GROUPS = 4
"""Depth groups of a still panel; one more when something in it lives."""

BLACK, GREY = 16, 128
_OPAQUE = 253 / 255
_PAD = 6
"""Empty pixels kept round a cropped sheet, so that its edge is transparent where sampling is rounded."""


@dataclass
class Canvas:
    """One frame while it is painted: luma at full size, chroma at half size, limited range."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def black(cls, width: int, height: int) -> Canvas:
        half = (width // 2, height // 2)
        return cls(Image.new("L", (width, height), BLACK), Image.new("L", half, GREY), Image.new("L", half, GREY))


@dataclass
class Sheet:
    """One depth group: planes cropped to ``left, top`` of the drawn area; ``mask`` None where fully opaque."""

    y: Image.Image
    u: Image.Image
    v: Image.Image
    mask: Image.Image | None
    left: int
    top: int
    depth: float
    life: str | None
    solid_from: float
    """Row of the drawn area below which this sheet hides everything behind it; infinity for nowhere."""

    def solid_row(self, box: Box, height: int) -> int:
        """The first even row of the frame from which on nothing behind this sheet can be seen."""
        if self.solid_from == math.inf:
            return height
        row = (self.solid_from + 1 - box[1]) * height / (box[3] - box[1])
        return min(height, max(0, _even_up(row)))

    def paint(
        self,
        canvas: Canvas,
        box: Box,
        until: int,
        *,
        cover: float = 1.0,
        gain: float = 1.0,
        lean: float = 0.0,
    ) -> None:
        """Paste the part of this sheet seen through ``box`` onto rows above ``until``.

        ``cover`` scales its coverage and ``gain`` its light; ``lean`` shears it sideways, in pixels at its top.
        """
        width, height = canvas.y.size
        scale_x, scale_y = (box[2] - box[0]) / width, (box[3] - box[1]) / height
        # Inward to even pixels: never beyond the sheet's own (empty) edge, and chroma stays aligned.
        x0 = max(0, _even_up((self.left - box[0]) / scale_x))
        y0 = max(0, _even_up((self.top - box[1]) / scale_y))
        x1 = min(width, _even_down((self.left + self.y.width - box[0]) / scale_x))
        y1 = min(until, _even_down((self.top + self.y.height - box[1]) / scale_y))
        if x1 <= x0 or y1 <= y0:
            return
        region = _Region(
            (x0, y0, x1, y1),
            (
                box[0] + x0 * scale_x - self.left,
                box[1] + y0 * scale_y - self.top,
                box[0] + x1 * scale_x - self.left,
                box[1] + y1 * scale_y - self.top,
            ),
            lean / max(1, self.y.height),
        )
        luma = region.sample(self.y)
        if gain != 1.0:
            luma = luma.point([min(235, max(BLACK, round(BLACK + (v - BLACK) * gain))) for v in range(256)])
        u, v = region.sample(self.u, 2), region.sample(self.v, 2)
        at, half_at = (x0, y0), (x0 // 2, y0 // 2)
        if self.mask is None:
            canvas.y.paste(luma, at)
            canvas.u.paste(u, half_at)
            canvas.v.paste(v, half_at)
            return
        seam = min(y1, max(y0, self.solid_row(box, height))) if cover >= 1.0 and not lean else y1
        if seam < y1:
            canvas.y.paste(luma.crop((0, seam - y0, x1 - x0, y1 - y0)), (x0, seam))
            low = (0, (seam - y0) // 2, (x1 - x0) // 2, (y1 - y0) // 2)
            canvas.u.paste(u.crop(low), (x0 // 2, seam // 2))
            canvas.v.paste(v.crop(low), (x0 // 2, seam // 2))
        if seam > y0:
            mask = region.until(seam).sample(self.mask)
            if cover < 1.0:
                mask = mask.point([round(value * cover) for value in range(256)])
            half = mask.reduce(2)
            if seam < y1:
                luma, u, v = (
                    luma.crop((0, 0, *mask.size)),
                    u.crop((0, 0, *half.size)),
                    v.crop((0, 0, *half.size)),
                )
            canvas.y.paste(luma, at, mask)
            canvas.u.paste(u, half_at, half)
            canvas.v.paste(v, half_at, half)


@dataclass(frozen=True)
class _Region:
    """A rectangle of the frame and the box of a sheet's planes that fills it."""

    frame: tuple[int, int, int, int]
    source: Box
    lean: float

    def until(self, row: int) -> _Region:
        x0, y0, x1, y1 = self.frame
        left, top, right, bottom = self.source
        part = (row - y0) / (y1 - y0)
        return replace(self, frame=(x0, y0, x1, row), source=(left, top, right, top + (bottom - top) * part))

    def sample(self, plane: Image.Image, reduced: int = 1) -> Image.Image:
        x0, y0, x1, y1 = self.frame
        size = ((x1 - x0) // reduced, (y1 - y0) // reduced)
        left, top, right, bottom = (edge / reduced for edge in self.source)
        if self.lean:
            across, down = (right - left) / size[0], (bottom - top) / size[1]
            shear = -self.lean * down
            shift = left + self.lean * (plane.height - top)
            return plane.transform(
                size,
                Image.Transform.AFFINE,
                (across, shear, shift, 0.0, down, top),
                Image.Resampling.BILINEAR,
            )
        box = (max(0.0, left), max(0.0, top), min(right, plane.width), min(bottom, plane.height))
        return plane.resize(size, Image.Resampling.BILINEAR, box=box)


def sheets_of(layers: list[Layer], *, lives: Callable[[str], bool], spare: Callable[[str], int]) -> list[Sheet]:
    """Layers far → near as at most ``GROUPS`` sheets. ``lives`` tells which kinds of life need a sheet of their
    own, ``spare`` how many pixels beyond the drawing such a sheet may be carried."""
    spans = _partition(
        [replace(layer, life=layer.life if layer.life and lives(layer.life) else None) for layer in layers]
    )
    out: list[Sheet] = []
    for number, run in enumerate(spans):
        life = run[0].life
        out.append(_sheet(run, base=number == 0, life=life, spare=spare(life) if life else 0))
    return out


def _partition(layers: list[Layer]) -> list[list[Layer]]:
    """Runs of neighbours: the pair that is most alike in depth and life is joined until few enough are left."""
    runs = [[layer] for layer in layers]
    limit = GROUPS + any(layer.life for layer in layers)
    weight = [float(np.mean(layer.alpha)) + 0.05 for layer in layers]
    masses = [[w] for w in weight]

    def depth(index: int) -> float:
        return float(np.average([layer.depth for layer in runs[index]], weights=masses[index]))

    def strangeness(index: int) -> float:
        apart = abs(depth(index + 1) - depth(index))
        unlike = 1.0 if runs[index][0].life != runs[index + 1][0].life else 0.0
        return apart * min(1.0, sum(masses[index]), sum(masses[index + 1])) ** 0.5 + unlike

    while len(runs) > limit:
        index = min(range(len(runs) - 1), key=strangeness)
        mixed = runs[index][0].life != runs[index + 1][0].life
        runs[index] += runs.pop(index + 1)
        masses[index] += masses.pop(index + 1)
        if mixed:
            runs[index] = [replace(layer, life=None) for layer in runs[index]]
    return runs


def _sheet(run: list[Layer], *, base: bool, life: str | None, spare: int) -> Sheet:
    alpha: Numbers = run[0].alpha
    rgb: Numbers = run[0].rgb
    depth = float(np.average([layer.depth for layer in run], weights=[float(np.mean(la.alpha)) + 1e-6 for la in run]))
    if len(run) > 1:
        alpha, rgb = _flatten(run)
    if base:
        rgb, alpha = rgb * alpha[..., None], np.ones_like(alpha)
    height, width = alpha.shape
    x0, y0, x1, y1 = _covered(alpha)
    if not base:
        x0, y0 = max(0, x0 - _PAD) // 2 * 2, max(0, y0 - _PAD) // 2 * 2
        x1, y1 = min(width, (x1 + _PAD + 1) // 2 * 2), min(height, (y1 + _PAD + 1) // 2 * 2)
    solid = _solid_from(alpha)
    rgb, alpha = rgb[y0:y1, x0:x1], alpha[y0:y1, x0:x1]
    if spare:
        # What drifts is mirrored beyond the drawing's sides, so that its own edge is never carried into view.
        sides = (spare if x0 == 0 else 0, spare if x1 == width else 0)
        rgb = np.pad(rgb, ((0, 0), sides, (0, 0)), mode="symmetric")
        alpha = np.pad(alpha, ((0, 0), sides), mode="symmetric")
        x0 -= sides[0]
    if not base:
        rgb = _bleed(rgb, alpha)
    y, u, v = yuv_of(rgb)
    return Sheet(
        y=Image.fromarray(y),
        u=Image.fromarray(u),
        v=Image.fromarray(v),
        mask=None if base else Image.fromarray(_eight_bits(alpha * 255)),
        left=x0,
        top=y0,
        depth=depth,
        life=life,
        solid_from=float(solid) if solid < height and not base else math.inf,
    )


def _flatten(run: list[Layer]) -> tuple[Numbers, Numbers]:
    """Coverage and straight colour of layers laid over each other."""
    alpha = run[0].alpha.astype(np.float32, copy=True)
    light = run[0].rgb * alpha[..., None]
    for layer in run[1:]:
        x0, y0, x1, y1 = _covered(layer.alpha)
        part = np.s_[y0:y1, x0:x1]
        over, keep = layer.alpha[part], 1 - layer.alpha[part]
        light[part] = light[part] * keep[..., None] + layer.rgb[part] * over[..., None]
        alpha[part] = alpha[part] * keep + over
    return alpha, light / np.maximum(alpha, 1e-4)[..., None]


def _bleed(rgb: Numbers, alpha: Numbers) -> Numbers:
    """Colour carried past the edge of what is covered: sampling between pixels must not pick up what lies outside."""
    if float(alpha.min()) > 0.02:
        return rgb
    height, width = alpha.shape
    size = (max(1, width // 8), max(1, height // 8))

    def soft(plane: Numbers) -> Numbers:
        small = Image.fromarray(plane).resize(size, Image.Resampling.BOX)
        return np.asarray(small.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)

    near = soft(alpha)
    edge = (alpha < 0.02) & (near > 1e-4)
    out = rgb.copy()
    for channel in range(3):
        carried = soft(np.ascontiguousarray(rgb[..., channel] * alpha))
        out[..., channel][edge] = np.minimum(1.0, carried[edge] / near[edge])
    return out


def _even_up(value: float) -> int:
    return math.ceil(value / 2 - 1e-6) * 2


def _even_down(value: float) -> int:
    return math.floor(value / 2 + 1e-6) * 2


def _covered(alpha: Numbers) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.002), np.flatnonzero(alpha.max(axis=0) > 0.002)
    if not rows.size:
        return 0, 0, 2, 2
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _solid_from(alpha: Numbers) -> int:
    """First row of the band at the bottom that is opaque from side to side."""
    open_rows = np.flatnonzero(alpha.min(axis=1) < _OPAQUE)
    return int(open_rows[-1]) + 1 if open_rows.size else 0


def yuv_of(rgb: Numbers) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """BT.709 limited-range planes, chroma at half size, dithered so that skies do not band."""
    height, width = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
    red, green, blue = (np.clip(rgb[:height, :width, channel], 0, 1) for channel in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    noise = rng_of("dither").random((height, width), dtype=np.float32) - 0.5
    half_noise = noise[: height // 2, : width // 2]

    def half(plane: Numbers) -> Numbers:
        return 0.25 * (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2])

    return (
        _eight_bits(np.clip(16 + 219 * luma + noise, 16, 235)),
        _eight_bits(128 + 224 / 1.8556 * half(blue - luma) + half_noise),
        _eight_bits(128 + 224 / 1.5748 * half(red - luma) + half_noise[::-1]),
    )


def _eight_bits(plane: Numbers) -> NDArray[np.uint8]:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)
