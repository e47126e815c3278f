"""A panel's layers, made ready to be sampled for every frame of a move: few depth groups, cut into cels.

    Panel.layers ──► partition (neighbours in depth and life) ──► flatten ──► cut at what is empty ──► Sheet of cels

How many groups there are is a matter of cost: neighbours are joined until what must be sampled for a frame fits a
budget of so many frames' area. A sheet knows the band at its bottom that hides everything behind it (ground, a
desk, a wall), so that the sheets behind need not be sampled there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from animatic.camera import Box
from animatic.cels import Canvas, Cel, Pose, even_up
from animatic.elements import Layer, rng_of
from animatic.sampling import OPAQUE, Sampler

Numbers = NDArray[np.floating]
Area = tuple[int, int, int, int]

GROUPS = 4
"""Depth groups of a still panel; one more when something in it lives."""

SAMPLED = 2.2
"""Areas of frames that may be sampled for one frame, masks not counted."""

_OPAQUE = 253 / 255
_PAD = 6
"""Empty pixels kept round a cel, so that its edge is transparent where sampling is rounded."""
_SEEN = 0.002
_MOST_CELS = 8
_GAP = 24
"""Empty rows or columns worth a cut."""


@dataclass
class Sheet:
    """One depth group of cels that move together."""

    cels: list[Cel]
    depth: float
    life: str | None
    solid_from: float
    """Row of the drawn area below which this sheet hides everything behind it; infinity for nowhere."""
    bottom: int
    """Row where what is drawn ends: the pivot of what sways."""

    def solid_row(self, box: Box, height: int) -> int:
        """The first even row of the frame from which on nothing behind this sheet can be seen."""
        if self.solid_from == math.inf:
            return height
        row = (self.solid_from + 1 - box[1]) * height / (box[3] - box[1])
        return min(height, max(0, even_up(row)))

    def paint(self, canvas: Canvas, pose: Pose, sampler: Sampler) -> None:
        for cel in self.cels:
            cel.paint(canvas, pose, sampler)


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
    """Runs of neighbours: the pair that is most alike in depth and life is joined until they are few enough."""
    runs = [[layer] for layer in layers]
    limit = GROUPS + any(layer.life for layer in layers)
    masses = [[float(np.mean(layer.alpha)) + 0.05] for layer in layers]
    areas = [1.0, *(_spread(layer.alpha) for layer in layers[1:])]

    def depth(index: int) -> float:
        return float(np.average([layer.depth for layer in runs[index]], weights=masses[index]))

    def strangeness(index: int) -> float:
        apart = abs(depth(index + 1) - depth(index))
        unlike = 0.6 if runs[index][0].life != runs[index + 1][0].life else 0.0
        return apart * min(1.0, sum(masses[index]), sum(masses[index + 1])) ** 0.5 + unlike

    while len(runs) > limit or (len(runs) > 3 and sum(areas) > SAMPLED):
        index = min(range(len(runs) - 1), key=strangeness)
        mixed = runs[index][0].life != runs[index + 1][0].life
        areas[index] = min(1.0, areas[index] + areas.pop(index + 1))
        masses[index] += masses.pop(index + 1)
        runs[index] += runs.pop(index + 1)
        if mixed:
            runs[index] = [replace(layer, life=None) for layer in runs[index]]
    return runs


def _sheet(run: list[Layer], *, base: bool, life: str | None, spare: int) -> Sheet:
    alpha: Numbers = run[0].alpha
    rgb: Numbers = run[0].rgb
    depth = float(np.average([layer.depth for layer in run], weights=[float(np.mean(la.alpha)) + 1e-6 for la in run]))
    if len(run) > 1:
        alpha, rgb = _flatten(run)
    if base and float(alpha.min()) < 1:
        # Where even the farthest layer was left open, its own colour shows rather than a hole.
        mean = np.sum(rgb * alpha[..., None], axis=(0, 1)) / max(1e-6, float(alpha.sum()))
        rgb, alpha = rgb * alpha[..., None] + mean * (1 - alpha[..., None]), np.ones_like(alpha)
    height, width = alpha.shape
    solid = _solid_from(alpha)
    areas = [(0, 0, width, height)] if base else [_padded(part, width, height) for part in _parts(alpha)]
    return Sheet(
        cels=[_cel(rgb, alpha, area, base=base, spare=spare) for area in areas],
        depth=depth,
        life=life,
        solid_from=float(solid) if solid < height and not base else math.inf,
        bottom=max(area[3] for area in areas),
    )


def _cel(rgb: Numbers, alpha: Numbers, area: Area, *, base: bool, spare: int) -> Cel:
    x0, y0, x1, y1 = area
    width = alpha.shape[1]
    rgb, alpha = rgb[y0:y1, x0:x1], alpha[y0:y1, x0:x1]
    if spare:
        # What drifts is mirrored beyond the drawing's sides, so that its own edge is never carried into view.
        sides = (spare if x0 == 0 else 0, spare if x1 == width else 0)
        rgb = np.pad(rgb, ((0, 0), sides, (0, 0)), mode="symmetric")
        alpha = np.pad(alpha, ((0, 0), sides), mode="symmetric")
        x0 -= sides[0]
    if not base:
        rgb = _bleed(rgb, alpha)
    return Cel.of(*yuv_of(rgb), None if base else _mask(alpha), (x0, y0))


def _parts(alpha: Numbers) -> list[Area]:
    """The covered area cut, again and again, where a broad enough stripe of it is empty."""
    seen = alpha > _SEEN
    open_parts, done = [_covered(seen)], list[Area]()
    while open_parts:
        left, top, right, bottom = open_parts.pop()
        part = seen[top:bottom, left:right]
        for axis, full in ((0, part.any(axis=0)), (1, part.any(axis=1))):
            filled = np.flatnonzero(full)
            gaps = np.diff(filled)
            if gaps.size and gaps.max() > _GAP and len(open_parts) + len(done) < _MOST_CELS:
                at = int(gaps.argmax())
                first, second = int(filled[at]) + 1, int(filled[at + 1])
                if axis == 0:
                    open_parts += [(left, top, left + first, bottom), (left + second, top, right, bottom)]
                else:
                    open_parts += [(left, top, right, top + first), (left, top + second, right, bottom)]
                break
        else:
            done.append((left, top, right, bottom))
    return sorted(
        (left + a, top + b, left + c, top + d)
        for left, top, right, bottom in done
        for a, b, c, d in [_covered(seen[top:bottom, left:right])]
    )


def _padded(area: Area, width: int, height: int) -> Area:
    x0, y0, x1, y1 = area
    return (
        max(0, x0 - _PAD) // 2 * 2,
        max(0, y0 - _PAD) // 2 * 2,
        min(width, (x1 + _PAD + 1) // 2 * 2),
        min(height, (y1 + _PAD + 1) // 2 * 2),
    )


def _spread(alpha: Numbers) -> float:
    """The area that sampling a layer costs, as a fraction of the drawing."""
    return sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in _parts(alpha)) / alpha.size


def _flatten(run: list[Layer]) -> tuple[Numbers, Numbers]:
    """Coverage and straight colour of layers laid over each other."""
    alpha = run[0].alpha.astype(np.float32, copy=True)
    light = run[0].rgb * alpha[..., None]
    for layer in run[1:]:
        x0, y0, x1, y1 = _covered(layer.alpha > _SEEN)
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


def _covered(seen: NDArray[np.bool_]) -> Area:
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
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
    noise = _dither(height, width) - np.float32(0.25)  # a quarter of a step above zero, as sampling wants it
    half_noise = noise[: height // 2, : width // 2]

    def half(plane: Numbers) -> Numbers:
        return 0.25 * (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2])

    return (
        _eight_bits(np.clip(16 + 219 * luma + noise, 16, 235)),
        _eight_bits(128 + 224 / 1.8556 * half(blue - luma) + half_noise),
        _eight_bits(128 + 224 / 1.5748 * half(red - luma) + half_noise[::-1]),
    )


def _mask(alpha: Numbers) -> NDArray[np.uint8]:
    """Coverage from 0 to 128, dithered as colour is; what is fully covered or not at all stays so."""
    height, width = alpha.shape
    return np.floor(np.clip(alpha * OPAQUE + _dither(height, width) * (alpha > _SEEN), 0, OPAQUE)).astype(np.uint8)


@lru_cache(maxsize=4)
def _dither(height: int, width: int) -> NDArray[np.float32]:
    """Noise from 0 to 1, the same in all planes of a size."""
    return rng_of("dither").random((height, width), dtype=np.float32)


def _eight_bits(plane: Numbers) -> NDArray[np.uint8]:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)
