"""What is worn round the neck: collars, ties, scarves, a hood lying on the shoulders."""

from __future__ import annotations

import numpy as np

from animatic.elements import RGB
from animatic.figures.fitting import Fitting
from animatic.figures.surface import Surface, array, profile, resample, tube, turn, unit


def collar(f: Fitting) -> list[Surface]:
    cut, bones, tall = f.cut, f.bones, f.look.height
    parts: list[Surface] = []
    base = bones.spine[-1]
    up = unit(bones.neck - base)
    tone = f.color(cut.inner)
    thick = 0.232 * bones.size.head * (1 + 0.09 * f.look.lean)
    if cut.hood:
        parts.append(_hood_down(f))
    if cut.collar in ("turtle", "stand"):
        tall_part = 0.034 if cut.collar == "turtle" else 0.022
        line = resample(np.stack([base - up * 0.016 * tall, base + up * tall_part * tall]), 9)
        width = profile([(0, 1.45), (0.35, 1.10), (1, 1.10)], 9)[:, 0] * thick
        parts.append(
            tube(
                line,
                width,
                color=tone,
                material=f.hard,
                columns=28,
                rounded=(False, False),
                solid=False,
            )
        )
    if cut.collar == "shirt":
        # A band round the neck that folds over and ends in two points; with a tie it closes.
        gap = 0.06 if cut.tie else 0.42
        angle = np.linspace(gap, 2 * np.pi - gap, 60, dtype=np.float32)[None]
        part = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
        front = np.clip(np.cos(angle), 0, 1)
        radius = thick * (1.02 + 0.34 * part + (0.10 if not cut.tie else 0.0) * front**2)
        height = (0.022 - 0.026 * part - 0.034 * part * front**5 - 0.012 * front) * tall
        forward = bones.chest_turn @ array([0, 0, 1.0])
        across = bones.chest_turn[:, 0]
        centre = base + up * 0.008 * tall + forward * 0.004 * tall
        grid = (
            centre
            + across * (radius * np.sin(angle))[..., None]
            + forward * (radius * 1.02 * np.cos(angle))[..., None]
            + up * height[..., None]
        )
        collar: RGB = (min(1.0, tone[0] * 1.06), min(1.0, tone[1] * 1.06), min(1.0, tone[2] * 1.06))
        parts.append(Surface(grid.astype(np.float32), collar, closed=False, solid=False, lined=True))
    if cut.tie:
        parts += _tie(f)
    if f.look.scarf:
        parts += _scarf(f)
    return parts


def _tie(f: Fitting) -> list[Surface]:
    levels = np.array([0.975, 0.93, 0.915, 0.70, 0.42, 0.36], np.float32)
    half = np.array([0.10, 0.13, 0.06, 0.10, 0.15, 0.0], np.float32)
    left, right = np.stack([-half, levels], axis=1), np.stack([half, levels], axis=1)
    return [f.trunk.strip(left, right, 0.0068 * f.girth, f.color("accent"), rows=26)]


def _scarf(f: Fitting) -> list[Surface]:
    bones, tall = f.bones, f.look.height
    color = f.color("accent")
    angle = turn(30)
    base = bones.spine[-1]
    parts: list[Surface] = []
    for ring, (lift, wide, thick) in enumerate(((0.004, 0.058, 0.021), (0.026, 0.050, 0.019))):
        tip = bones.chest_turn @ array([0.0, 0.0, 1.0])
        path = base + np.stack(
            [
                np.cos(angle) * wide,
                lift + 0.010 * np.cos(angle * 2 + ring) - 0.010 * np.sin(angle),
                np.sin(angle) * wide * 0.95,
            ],
            axis=1,
        ) * tall + tip * 0.006 * tall  # fmt: skip
        path = np.concatenate([path, path[:1]]).astype(np.float32)
        fold = 1 + 0.16 * np.cos(3 * turn(14)[None] + 6 * np.linspace(0, 6.28, len(path))[:, None])
        parts.append(
            tube(
                path,
                np.full(len(path), thick * tall),
                color=color,
                columns=14,
                folds=fold.astype(np.float32),
            )
        )
    left = array([(0.30, 0.95), (0.36, 0.70), (0.30, 0.36)])
    right = array([(0.62, 0.95), (0.66, 0.70), (0.62, 0.34)])
    parts.append(f.trunk.strip(left, right, (f.cut.ease + 0.012) * f.girth, color))
    return parts


def _hood_down(f: Fitting) -> Surface:
    """A hood lying on the shoulders."""
    bones, tall = f.bones, f.look.height
    angle = np.linspace(0.55, 2 * np.pi - 0.55, 34, dtype=np.float32)
    behind = (1 - np.cos(angle)) / 2
    path = bones.spine[-1] + np.stack(
        [
            np.sin(angle) * (0.056 + 0.006 * behind),
            -0.004 + 0.016 * behind - 0.020 * (1 - behind) ** 3,
            np.cos(angle) * (0.046 + 0.020 * behind) - 0.006,
        ],
        axis=1,
    ) * tall  # fmt: skip
    thick = (0.010 + 0.017 * behind) * tall
    color = f.color(f.cut.outer or f.cut.inner)
    tone: RGB = (color[0] * 0.93, color[1] * 0.93, color[2] * 0.93)
    return tube(path.astype(np.float32), thick.astype(np.float32), color=tone, columns=16)
