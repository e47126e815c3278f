"""How a face of a stage is lit, per pixel: sky and bounce, windows, lamps, sun, corners and contact shadows.

    Face, points, Surface ─► light (linear) ─► shine (as displayed, the factor for a material's colour)

Light is smooth, so large faces reckon it at every second or third pixel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from animatic.canvas import Field, resized

if TYPE_CHECKING:
    from animatic.scenes.stage import Aperture, Face, Stage, Surface, Vector

COARSE = 24_000
"""Pixels from which on a face's light is reckoned at a lower resolution: it is smooth."""


def shine(st: Stage, face: Face, point: tuple[Field, Field, Field], surface: Surface) -> Field:
    """Displayed brightness of white on a face; on large ones reckoned at every second or third pixel."""
    high, wide = surface.z.shape
    step = 1 if high * wide < COARSE else 2 if high * wide < 9 * COARSE else 3
    if step == 1:
        return np.sqrt(_light(st, face, point, surface))
    part = np.s_[::step, ::step]
    few = tuple(p[part] for p in point)
    thin = replace(surface, a=surface.a[part], b=surface.b[part], z=surface.z[part])
    light = np.sqrt(_light(st, face, (few[0], few[1], few[2]), thin))
    if light.shape[:2] != few[2].shape:
        return light
    return np.stack([resized(light[..., c], wide, high) for c in range(3)], -1)


def _light(st: Stage, face: Face, point: tuple[Field, Field, Field], surface: Surface) -> Field:
    """Linear light on a face, per pixel where it varies."""
    nx, ny, nz = (np.float32(v) for v in face.normal)
    if face.rounded:
        t = np.clip(surface.a / np.float32(surface.width) * 2 - 1, -1, 1)
        along = face.along / np.float32(surface.width)
        rest = np.sqrt(np.maximum(1 - t * t, 0.0))
        nx, ny, nz = nx * rest + along[0] * t, ny * rest + along[1] * t, nz * rest + along[2] * t
    sky, low = np.asarray(st.sky_light, np.float32), np.asarray(st.bounce, np.float32)
    up = np.asarray(ny * np.float32(0.5) + np.float32(0.5), np.float32)
    total: Field = low + (sky - low) * up[..., None]
    if face.walled:
        total = total * _corners(surface)[..., None]
    elif not face.floor and float(face.normal[1]) < 0.5:
        # Things are darker towards the floor they stand on.
        height = point[1] + np.float32(st.eye)
        total = total * np.clip(np.float32(0.62) + height * np.float32(0.42), 0.5, 1)[..., None]
    shadow = _contact(st, surface, face) if face.floor else None
    for window in st.windows:
        total = total + _window(st, window, point, (nx, ny, nz))[..., None] * np.asarray(window.colour, np.float32)
    for lamp in st.lamps:
        dx, dy, dz = (np.float32(p) - q for p, q in zip(st.at(*lamp.at), point, strict=True))
        squared = dx * dx + dy * dy + dz * dz
        facing = (nx * dx + ny * dy + nz * dz) / np.sqrt(squared + 1e-4)
        amount = (np.float32(0.16) + np.maximum(facing, 0)) * np.float32(lamp.power)
        amount = amount / (1 + squared / np.float32(lamp.reach * lamp.reach))
        total = total + amount[..., None] * np.asarray(lamp.colour, np.float32)
    if st.sun is not None:
        to = st.direction(st.sun[0])
        facing = np.maximum(nx * to[0] + ny * to[1] + nz * to[2], 0)
        if np.any(facing > 0):
            if st.indoors:
                facing = facing * _through(st, point, to)
            total = total + np.asarray(facing, np.float32)[..., None] * np.asarray(st.sun[1], np.float32)
    return total if shadow is None else total * shadow[..., None]


def _corners(s: Surface) -> Field:
    """Less light reaches where walls meet."""
    shade = np.float32(1.0)
    for d in (s.a, np.float32(s.width) - s.a, s.b, np.float32(s.height) - s.b):
        shade = shade * (1 - np.float32(0.42) * np.exp(np.maximum(d, 0) * np.float32(-2.6)))
    return np.asarray(shade, np.float32)


def _contact(st: Stage, s: Surface, face: Face) -> Field:
    origin = _world(st, face.points[0])
    shade = np.ones_like(s.a)
    for foot in st.footprints:
        dx = (s.a + np.float32(origin[0] - foot.x)) / np.float32(foot.rx)
        dz = (s.b + np.float32(origin[2] - foot.z)) / np.float32(foot.rz)
        shade *= 1 - np.float32(foot.strength) * np.exp(-((dx * dx + dz * dz) ** 2) * np.float32(0.55))
    return shade


def _world(st: Stage, point: Field) -> Vector:
    c, s = st.turned
    x, z = float(point[0]), float(point[2]) - st.stand
    return x * c - z * s, float(point[1]) + st.eye, x * s + z * c + st.stand


def _window(
    st: Stage, window: Aperture, point: tuple[Field, Field, Field], normal: tuple[Field | np.float32, ...]
) -> Field:
    """Sky light from a window: the cosine at both ends, softened near it."""
    a, b = st.direction(window.across), st.direction(window.up)
    middle = st.at(*window.corner) + (a + b) / 2
    area = float(np.linalg.norm(a) * np.linalg.norm(b))
    inward = st.direction(window.inward)
    dx, dy, dz = (np.float32(m) - p for m, p in zip(middle, point, strict=True))
    squared = dx * dx + dy * dy + dz * dz
    nx, ny, nz = normal
    one = np.maximum(nx * dx + ny * dy + nz * dz, 0)
    other = np.maximum(-(inward[0] * dx + inward[1] * dy + inward[2] * dz), 0)
    return np.asarray(
        np.float32(area * window.power) * (one * other) / (squared * (squared * np.float32(1.6) + area)), np.float32
    )


def _through(st: Stage, point: tuple[Field, Field, Field], to: Field) -> Field:
    """How much of the sun's disc is seen from each point through the windows and between their bars."""
    total = np.zeros_like(point[2])
    for window in st.windows:
        a, b = st.direction(window.across), st.direction(window.up)
        la, lb = float(np.linalg.norm(a)), float(np.linalg.norm(b))
        inward = st.direction(window.inward)
        leaning = float(inward @ to)
        if leaning > -0.02:
            continue
        corner = st.at(*window.corner)
        k = np.float32(0)
        for i in range(3):
            k = k + np.float32(inward[i]) * (corner[i] - point[i])
        k = np.asarray(k / np.float32(leaning), np.float32)
        hit = [np.asarray(point[i] + k * to[i] - corner[i], np.float32) for i in range(3)]
        s = (hit[0] * a[0] + hit[1] * a[1] + hit[2] * a[2]) / np.float32(la * la)
        t = (hit[0] * b[0] + hit[1] * b[1] + hit[2] * b[2]) / np.float32(lb * lb)
        edge = np.float32(0.012) + np.maximum(k, 0) * np.float32(0.006)
        lit = np.clip((0.5 - np.abs(s - 0.5)) * la / edge, 0, 1) * np.clip((0.5 - np.abs(t - 0.5)) * lb / edge, 0, 1)
        spans: tuple[tuple[Field, int, float], ...] = ((s, window.panes[0], la), (t, window.panes[1], lb))
        for place, count, size in spans:
            if count > 1:
                phase: Field = np.abs(place - np.rint(place * count) / count) * np.float32(size)
                open_: Field = (phase - np.float32(window.bar / 2)) / edge + np.float32(0.6)
                lit = lit * np.clip(open_, 0.12, 1)
        total += np.asarray(lit * (k > 0), np.float32)
    return np.minimum(total, 1)
