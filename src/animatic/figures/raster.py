"""The depth buffer: which surface shows at each pixel of a figure, with its normal and colour.

    Surface grids ──► refine (cubic) ──► nearest sample per pixel ──► Buffer (depth, normal, colour, material)

Samples are laid closer than pixels, so that no polygon filling is needed: a scatter with a maximum is the whole
algorithm. Only the figure's own rectangle is kept, at ``View.scale`` samples for its supersampling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from animatic.figures.surface import Floats, Material, Surface

DENSITY = 1.16
"""Samples per pixel along each axis where the surface is stretched most; ``mend`` closes what pinholes are left."""

MID = 4
"""Points per coarse step of the cubic refinement; from there on straight lines do."""

BLOCK = 10
"""Rows refined together."""

LARGE = 60_000
"""Samples from which on a block is divided further, into NARROW columns."""

NARROW = 12

Part = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class View:
    """From body space to the buffer: turn by ``matrix``, scale, and put the body's origin at (x, y)."""

    matrix: Floats
    scale: float
    x: float
    y: float

    def project(self, points: Floats) -> Floats:
        """Points as (x right, y down, z towards the viewer) in buffer pixels."""
        turned = points @ self.matrix.T * self.scale
        turned[..., 0] += self.x
        turned[..., 1] = self.y - turned[..., 1]
        return turned.astype(np.float32)


class Buffer:
    """What the nearest surface is, pixel by pixel."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        size = width * height
        self.depth: Floats = np.full(size, -1e9, np.float32)
        self.normal: Floats = np.zeros((size, 2), np.float32)
        self.color: Floats = np.zeros((size, 3), np.float32)
        self.material = np.zeros(size, np.uint8)
        self.face = np.zeros(size, np.bool_)

    def add(self, surface: Surface, view: View) -> None:
        """Lay one surface into the buffer."""
        points = view.project(surface.grid)
        pad = 2 if surface.closed else 0
        color = None if isinstance(surface.color, tuple) else surface.color
        if pad:
            points = np.concatenate([points[:, -pad:], points, points[:, :pad]], axis=1)
            color = None if color is None else np.concatenate([color[:, -pad:], color, color[:, :pad]], axis=1)
        normal = _normals(points, surface.closed or surface.lined)
        oriented = surface.solid and surface.closed
        for first in range(0, points.shape[0] - 1, BLOCK):
            # Each block of rows gets its own density and its own visible columns.
            last = min(first + BLOCK + 1, points.shape[0])
            window = _window(points, normal, (first, last), oriented, self.width, self.height, pad)
            if window is not None:
                for part in self._parts(points, normal, window, oriented):
                    self._scatter(points, normal, color, surface, part)

    def _parts(self, points: Floats, normal: Floats, window: Part, oriented: bool) -> list[Part]:
        """A large block in narrower ones, of which those that face away are left out."""
        rows, (left, right) = window
        columns, tall = _fine(points[rows[0] : rows[1], left:right, :2])
        if columns * tall < LARGE:
            return [window]
        parts: list[Part] = []
        for first in range(left, right - 1, NARROW):
            last = min(first + NARROW + 1, right)
            block = points[rows[0] : rows[1], first:last]
            if oriented and float(normal[rows[0] : rows[1], first:last, 2].max()) < -0.25:
                continue
            low, high = block[..., :2].min(axis=(0, 1)), block[..., :2].max(axis=(0, 1))
            if high[0] > 0 and high[1] > 0 and low[0] < self.width and low[1] < self.height:
                parts.append((rows, (first, last)))
        return parts

    def _scatter(self, points: Floats, normal: Floats, color: Floats | None, surface: Surface, part: Part) -> None:
        """Lay one part of a projected grid into the buffer."""
        rows, columns = part
        cut = slice(max(0, rows[0] - 2), rows[1] + 2), slice(max(0, columns[0] - 2), columns[1] + 2)
        inner = (
            columns[0] - cut[1].start + 0.5,
            rows[0] - cut[0].start + 0.5,
            columns[1] - 1 - cut[1].start + 0.5,
            rows[1] - 1 - cut[0].start + 0.5,
        )
        size = _fine(points[rows[0] : rows[1], columns[0] : columns[1], :2])
        points, normal = points[cut], normal[cut]
        x = _refine(points[..., 0], size, inner).astype(np.int32)
        y = _refine(points[..., 1], size, inner).astype(np.int32)
        inside = (x > 0) & (x < self.width) & (y > 0) & (y < self.height)
        nz = _refine(normal[..., 2], size, inner)
        if surface.solid and surface.closed:
            inside &= nz > -0.02
        keep = np.flatnonzero(inside)
        if not keep.size:
            return
        y *= self.width
        y += x
        at = y.ravel()[keep]
        depth = _refine(points[..., 2], size, inner).ravel()[keep]
        ahead = np.flatnonzero(depth > self.depth[at])
        if not ahead.size:
            return
        at, keep, depth = at[ahead], keep[ahead], depth[ahead]
        np.maximum.at(self.depth, at, depth)
        won = np.flatnonzero(depth >= self.depth[at])
        at, keep = at[won], keep[won]
        nx = _refine(normal[..., 0], size, inner).ravel()[keep]
        ny = _refine(normal[..., 1], size, inner).ravel()[keep]
        if surface.solid:
            self.normal[at, 0], self.normal[at, 1] = nx, ny
            shade = None
        else:
            inward = nz.ravel()[keep] < 0
            flip = np.where(inward, -1.0, 1.0).astype(np.float32)
            self.normal[at, 0], self.normal[at, 1] = nx * flip, ny * flip
            lined = surface.closed or surface.lined
            shade = np.where(inward, 0.58, 1.0).astype(np.float32) if lined else None
        if color is None:
            tone = np.asarray(surface.color, np.float32)
            self.color[at] = tone if shade is None else tone * shade[:, None]
        else:
            for k in range(3):
                plane = _refine(color[cut][..., k], size, inner).ravel()[keep]
                self.color[at, k] = plane if shade is None else plane * shade
        self.material[at] = int(surface.material)
        self.face[at] = surface.face

    def mend(self, step: float) -> None:
        """Close pinholes: a pixel far behind both its neighbours takes after one of them."""
        for reach, along in ((1, 1), (1, 0), (2, 1), (2, 0)):
            depth = self.plane(self.depth)
            holes = np.zeros(depth.shape, np.bool_)
            if along:
                low = np.minimum(depth[:, : -2 * reach], depth[:, 2 * reach :])
                holes[:, reach:-reach] = depth[:, reach:-reach] < low - step
            else:
                low = np.minimum(depth[: -2 * reach], depth[2 * reach :])
                holes[reach:-reach] = depth[reach:-reach] < low - step
            flat = np.flatnonzero(holes)
            self._copy(flat, flat - reach * (1 if along else self.width))

    def _copy(self, to: NDArray[np.intp], source: NDArray[np.intp]) -> None:
        for plane in (self.depth, self.normal, self.color, self.material, self.face):
            plane[to] = plane[source]

    def plane(self, values: Floats) -> Floats:
        """A flat array of this buffer as rows and columns."""
        return values.reshape(self.height, self.width, *values.shape[1:])

    @property
    def filled(self) -> Floats:
        """1 where anything is."""
        return self.plane((self.material > 0).astype(np.float32))

    def of(self, *materials: Material) -> Floats:
        """1 where one of these materials shows."""
        return self.plane(np.isin(self.material, [int(m) for m in materials]).astype(np.float32))


def _normals(points: Floats, oriented: bool) -> Floats:
    """Unit normals of a projected grid, x right, y up, z to the viewer; outward for closed solids."""
    down, across = np.gradient(points, axis=0), np.gradient(points, axis=1)
    normal = np.cross(across, down)
    normal[..., 1] *= -1
    length = np.sqrt(np.sum(normal * normal, axis=-1, keepdims=True))
    normal = normal / np.maximum(length, 1e-6)
    if oriented:
        out = points - points.mean(axis=1, keepdims=True)
        out[..., 1] *= -1
        if float(np.sum(normal * out)) < 0:
            normal = -normal
    return normal.astype(np.float32)


def _window(
    points: Floats,
    normal: Floats,
    rows: tuple[int, int],
    oriented: bool,
    width: int,
    height: int,
    pad: int,
) -> Part | None:
    """The columns of these rows that can be seen at all; None when nothing of them can."""
    block, facing = points[rows[0] : rows[1]], normal[rows[0] : rows[1], :, 2]
    low, high = block[..., :2].min(axis=0), block[..., :2].max(axis=0)
    seen = (high[:, 0] > -2) & (low[:, 0] < width + 2) & (high[:, 1] > -2) & (low[:, 1] < height + 2)
    # A cell between two unseen columns may still cross the buffer.
    if not bool(seen.any()):
        crossing = low[:, 0].min() < width and high[:, 0].max() > 0 and low[:, 1].min() < height
        if not (crossing and high[:, 1].max() > 0):
            return None
        seen[:] = True
    if oriented:
        seen &= facing.max(axis=0) > -0.35
    at = np.flatnonzero(seen)
    if not at.size:
        return None
    left, right = max(pad, int(at[0]) - 1), min(points.shape[1] - (pad - 1 if pad else 0), int(at[-1]) + 2)
    return (rows, (left, right)) if right - left > 1 else None


def _fine(flat: Floats) -> tuple[int, int]:
    """(columns, rows) of the refined grid, dense enough to leave no pixel out."""
    down, across = _stretch(np.diff(flat, axis=0)), _stretch(np.diff(flat, axis=1))
    rows = int(np.ceil(down * DENSITY * (flat.shape[0] - 1))) + 2
    columns = int(np.ceil(across * DENSITY * (flat.shape[1] - 1))) + 2
    return min(columns, 6000), min(rows, 6000)


def _stretch(steps: Floats) -> float:
    """A step that few are longer than, but not far from the longest."""
    lengths = np.sort(np.sqrt(np.sum(steps * steps, axis=-1)).ravel())
    return float(max(lengths[int(0.94 * (lengths.size - 1))], 0.75 * lengths[-1]))


def _refine(plane: Floats, size: tuple[int, int], inner: tuple[float, float, float, float]) -> Floats:
    """One coordinate at ``size`` over the ``inner`` box of the grid: cubic to a finer grid, then linear."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    spans = round(inner[2] - inner[0]), round(inner[3] - inner[1])
    middle = spans[0] * MID + 1, spans[1] * MID + 1
    if size[0] * size[1] > 3 * middle[0] * middle[1]:
        # The middle grid reaches half a step over the box, so that its outer points sit on the box's edge.
        x, y = spans[0] / (2 * (middle[0] - 1)), spans[1] / (2 * (middle[1] - 1))
        wide = (inner[0] - x, inner[1] - y, inner[2] + x, inner[3] + y)
        if wide[0] >= 0 and wide[1] >= 0 and wide[2] <= plane.shape[1] and wide[3] <= plane.shape[0]:
            image = image.resize(middle, Image.Resampling.BICUBIC, box=wide)
            edge = (0.5, 0.5, middle[0] - 0.5, middle[1] - 0.5)
            return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=edge), np.float32)
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC, box=inner), np.float32)
