"""Surfaces: the little meshes a figure is made of, before any camera or light.

    joints, profiles ──► tube / loft / ball / patch ──► Surface (a grid of points in body space) ──► raster

A grid is coarse (tens of points a side); the rasteriser refines it with cubic interpolation, so forms stay smooth at
every size while building them costs next to nothing. Body space is metres-of-height: 0 at the soles, 1 at the crown of
a standing adult, x to the viewer's right when the figure faces the viewer, y up, z towards the viewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from animatic.elements import RGB

Floats = NDArray[np.floating[Any]]
"""Floats of whichever width; what leaves this package is float32."""

Points = ArrayLike


class Material(IntEnum):
    """How a surface answers light."""

    SKIN = 1
    CLOTH = 2
    HAIR = 3
    HARD = 4
    GLOW = 5


@dataclass
class Surface:
    """A grid of points (rows, columns, 3) with its colour, one for all or one per point."""

    grid: Floats
    color: RGB | Floats
    material: Material = Material.CLOTH
    closed: bool = True
    """Columns wrap round, as on a tube."""
    solid: bool = True
    """Only the outside is seen; a sheet (cloth, hair) is seen from both sides."""
    lined: bool = False
    """A sheet that wraps round something: its inside is darker."""
    face: bool = False
    """The face is drawn on this one."""


def array(points: Points) -> NDArray[np.float32]:
    """The points as float32."""
    return np.asarray(points, dtype=np.float32)


def unit(vector: Floats) -> Floats:
    """Vectors of length one, along the last axis."""
    length = np.sqrt(np.sum(vector * vector, axis=-1, keepdims=True))
    return vector / np.maximum(length, 1e-9)


def smooth(values: Floats, passes: int) -> Floats:
    """Binomial smoothing along the first axis with the ends held."""
    for _ in range(passes):
        inner = (values[:-2] + 2 * values[1:-1] + values[2:]) / 4
        values = np.concatenate([values[:1], inner, values[-1:]])
    return values


def resample(points: Points, count: int, passes: int = 0) -> Floats:
    """A polyline at ``count`` equal steps of its length, its corners rounded by ``passes`` of smoothing."""
    line: Floats = array(points)
    steps = np.sqrt(np.sum(np.diff(line, axis=0) ** 2, axis=1))
    along: Floats = np.concatenate([np.zeros(1), np.cumsum(steps)])
    if along[-1] < 1e-6:
        return np.repeat(line[:1], count, axis=0)
    at: Floats = np.linspace(0.0, float(along[-1]), count)
    out = np.stack([np.interp(at, along, line[:, k]) for k in range(line.shape[1])], axis=1)
    return smooth(out.astype(np.float32), passes)


def profile(keys: Points, count: int, passes: int = 1) -> Floats:
    """Values at ``count`` even steps of 0..1 from (position, value …) keys, softened by ``passes``."""
    table = array(keys)
    at = np.linspace(0, 1, count)
    out = np.stack([np.interp(at, table[:, 0], table[:, k]) for k in range(1, table.shape[1])], axis=1)
    return smooth(out.astype(np.float32), passes)


def turn(count: int, start: float = 0.0, stop: float = 2 * np.pi, *, closed: bool = True) -> Floats:
    """Angles round a ring; a closed ring leaves out the repeated last one."""
    return np.linspace(start, stop, count, endpoint=not closed, dtype=np.float32)


def tube(
    path: Floats,
    width: Floats,
    depth: Floats | None = None,
    *,
    across: Sequence[float] = (1.0, 0.0, 0.0),
    color: RGB = (0.5, 0.5, 0.5),
    material: Material = Material.CLOTH,
    columns: int = 18,
    rounded: tuple[bool, bool] = (True, True),
    folds: Floats | None = None,
    solid: bool = True,
) -> Surface:
    """A limb, sleeve or braid: rings of ``width`` × ``depth`` half axes across a path, with rounded ends.

    ``folds`` scales the radius, per ring or per ring and column. ``across`` is the direction of the width.
    """
    depth = width if depth is None else depth
    width, depth = np.ravel(width), np.ravel(depth)
    tangent = unit(np.gradient(path, axis=0).astype(np.float32))
    side = array(across)[None] - tangent * np.sum(array(across)[None] * tangent, axis=1, keepdims=True)
    weak = np.sum(side * side, axis=1) < 0.02
    if bool(weak.any()):
        other = np.cross(tangent, array([0.0, 0.0, 1.0])[None])
        side = np.where(weak[:, None], other, side)
    side = unit(side)
    up = np.cross(tangent, side)
    angle = turn(columns)
    ring_x = width[:, None] * np.cos(angle)[None]
    ring_z = depth[:, None] * np.sin(angle)[None]
    if folds is not None:
        folds = folds if folds.ndim == 2 else folds[:, None]
        ring_x, ring_z = ring_x * folds, ring_z * folds
    grid = path[:, None] + side[:, None] * ring_x[..., None] + up[:, None] * ring_z[..., None]
    rows: list[Floats] = [grid]
    if rounded[0]:
        rows.insert(0, _cap(grid[0], path[0], -tangent[0], float(min(width[0], depth[0])))[::-1])
    if rounded[1]:
        rows.append(_cap(grid[-1], path[-1], tangent[-1], float(min(width[-1], depth[-1]))))
    return Surface(np.concatenate(rows).astype(np.float32), color, material, solid=solid)


def _cap(ring: Floats, centre: Floats, outward: Floats, reach: float) -> Floats:
    """Rings that close a tube like a half ball of ``reach``."""
    angles = np.array([0.45, 0.9, 1.25, 1.56], np.float32)
    shrink = np.cos(angles)[:, None, None]
    push = (np.sin(angles) * reach)[:, None, None]
    return centre + (ring - centre)[None] * shrink + outward * push


def ball(
    centre: Sequence[float] | Floats,
    radii: Sequence[float],
    color: RGB,
    material: Material = Material.CLOTH,
    *,
    axes: Floats | None = None,
    rows: int = 12,
    columns: int = 18,
) -> Surface:
    """An ellipsoid; ``axes`` are its x, y, z directions as rows."""
    polar = np.linspace(0.001, np.pi - 0.001, rows, dtype=np.float32)[:, None]
    angle = turn(columns)[None]
    local = np.stack(
        [
            radii[0] * np.sin(polar) * np.sin(angle),
            radii[1] * np.cos(polar) + 0 * angle,
            radii[2] * np.sin(polar) * np.cos(angle),
        ],
        axis=-1,
    ).astype(np.float32)
    if axes is not None:
        local = local @ axes
    return Surface(local + array(centre), color, material)


def sheet(
    left: Points,
    right: Points,
    color: RGB | Floats,
    material: Material = Material.CLOTH,
    *,
    rows: int = 12,
    columns: int = 6,
) -> Surface:
    """A strip of cloth or paper between two edges."""
    one, two = resample(left, rows), resample(right, rows)
    mix = np.linspace(0, 1, columns, dtype=np.float32)[None, :, None]
    return Surface(one[:, None] * (1 - mix) + two[:, None] * mix, color, material, closed=False, solid=False)


def box(
    centre: Sequence[float], half: Sequence[float], color: RGB, material: Material = Material.HARD
) -> list[Surface]:
    """The six sides of a box, for seats and small things."""
    out: list[Surface] = []
    corner = array(centre)
    for axis in range(3):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1, 1):
            base = np.zeros(3, np.float32)
            base[axis] = sign * half[axis]
            a, b = np.zeros(3, np.float32), np.zeros(3, np.float32)
            a[one], b[two] = half[one], half[two]
            left = array([corner + base - a - b, corner + base - a + b])
            right = array([corner + base + a - b, corner + base + a + b])
            out.append(sheet(left, right, color, material, rows=4, columns=4))
    return out


def rotation(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Floats:
    """Matrix for column vectors: roll, then pitch (positive lifts the face), then yaw (positive turns to +x)."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    about_y = array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (about_y @ about_x @ about_z).astype(np.float32)


def moved(surface: Surface, matrix: Floats, origin: Floats, scale: float = 1.0) -> Surface:
    """The surface scaled, turned by ``matrix`` and carried to ``origin``."""
    grid = surface.grid * scale @ matrix.T + origin
    return Surface(
        grid.astype(np.float32),
        surface.color,
        surface.material,
        surface.closed,
        surface.solid,
        surface.lined,
        surface.face,
    )
