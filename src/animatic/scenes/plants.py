"""Outlines of what grows and lies on the land, in frame fractions; sizes are frame heights."""

from __future__ import annotations

import math

import numpy as np

from animatic.scenes.setup import Setup

Outline = list[tuple[float, float]]


# -- outlines, in frame fractions; sizes are frame heights


def conifer(setup: Setup, x: float, base: float, height: float, rng: np.random.Generator) -> list[Outline]:
    """A fir: drooping tiers, ragged and never quite symmetric."""
    across = setup.canvas.across
    tiers = 9
    width = height * float(rng.uniform(0.20, 0.27))
    left: Outline = []
    right: Outline = []
    for i in range(tiers):
        t = i / tiers
        for side, out in ((-1, left), (1, right)):
            reach = width * (1 - t) ** 0.85 * float(rng.uniform(0.72, 1.08)) + 0.006 * height
            y = base - height * (0.12 + 0.88 * t)
            out.append((x + side * across(reach), y + height * 0.035))
            out.append((x + side * across(reach * 0.42), y - height * 0.052))
    crown = [*left, (x, base - height), *right[::-1]]
    stem = across(height * 0.018)
    return [
        crown,
        [(x - stem, base), (x - stem, base - height * 0.2), (x + stem, base - height * 0.2), (x + stem, base)],
    ]


def broadleaf(setup: Setup, x: float, base: float, height: float, rng: np.random.Generator, *, bare: float = 0.0,
              spread: float = 1.0) -> tuple[list[Outline], list[Outline]]:  # fmt: skip
    """A leafy tree as (wood, leaves): limbs that fork, clumps of foliage at their ends."""
    across = setup.canvas.across
    wood: list[Outline] = []
    leaves: list[Outline] = []

    def limb(px: float, py: float, angle: float, length: float, width: float, level: int) -> None:
        bend = angle + float(rng.uniform(-0.20, 0.20))
        mx, my = px + across(math.sin(angle) * length * 0.55), py - math.cos(angle) * length * 0.55
        qx, qy = mx + across(math.sin(bend) * length * 0.5), my - math.cos(bend) * length * 0.5
        nx, ny = math.cos(angle), math.sin(angle)
        a, b = across(nx * width), ny * width
        c, d = across(math.cos(bend) * width * 0.62), math.sin(bend) * width * 0.62
        wood.append([(px - a, py - b), (mx - a * 0.8, my - b * 0.8), (qx - c, qy - d), (qx + c, qy + d),
                     (mx + a * 0.8, my + b * 0.8), (px + a, py + b)])  # fmt: skip
        if level >= 4:
            if bare < 0.5:
                leaves.append(clump(setup, qx, qy, height * float(rng.uniform(0.085, 0.15)), rng))
            return
        forks = 2 if rng.random() < 0.72 else 3
        for k in range(forks):
            turn = (k - (forks - 1) / 2) * float(rng.uniform(0.55, 0.95)) * spread + float(rng.uniform(-0.15, 0.15))
            limb(qx, qy, bend + turn, length * float(rng.uniform(0.64, 0.82)), width * 0.62, level + 1)
        if bare < 0.5 and level == 3:
            leaves.append(clump(setup, qx, qy, height * float(rng.uniform(0.10, 0.16)), rng))

    limb(x, base, float(rng.uniform(-0.07, 0.07)), height * 0.33, height * 0.030, 1)
    return wood, leaves


def clump(setup: Setup, x: float, y: float, radius: float, rng: np.random.Generator, points: int = 22) -> Outline:
    """A round of leaves with a toothed edge."""
    across = setup.canvas.across
    turn = float(rng.uniform(0, 6.28))
    lobes = rng.uniform(0.80, 1.08, points)
    out: Outline = []
    for i in range(points):
        r = radius * float(lobes[i // 3]) * (1.0 if i % 2 else 0.84)
        angle = turn + i * math.tau / points
        out.append((x + across(math.cos(angle) * r * 1.10), y + math.sin(angle) * r * 0.88))
    return out


def palm(setup: Setup, x: float, base: float, height: float, rng: np.random.Generator) -> list[Outline]:
    """A leaning trunk and a crown of split fronds."""
    across = setup.canvas.across
    lean = float(rng.uniform(-0.22, 0.22))
    steps = 8
    left: Outline = []
    right: Outline = []
    for i in range(steps + 1):
        t = i / steps
        cx, cy = x + across(lean * height * t * t), base - height * t
        w = across(height * (0.026 - 0.010 * t))
        left.append((cx - w, cy))
        right.append((cx + w, cy))
    shapes: list[Outline] = [left + right[::-1]]
    tx, ty = x + across(lean * height), base - height
    for i in range(11):
        angle = -math.pi * (0.02 + 0.96 * i / 10) + float(rng.uniform(-0.12, 0.12))
        length = height * float(rng.uniform(0.36, 0.50))
        upper: Outline = []
        lower: Outline = []
        for k in range(9):
            t = k / 8
            px = tx + across(math.cos(angle) * length * t)
            py = ty + math.sin(angle) * length * t + length * 0.85 * t * t
            w = height * 0.040 * math.sin(math.pi * min(t * 0.9 + 0.1, 1.0)) * (1.0 if k % 2 else 0.5)
            upper.append((px, py - w * 0.5))
            lower.append((px, py + w * 1.5))
        shapes.append(upper + lower[::-1])
    return shapes


def blades(setup: Setup, base: float, height: float, count: int, rng: np.random.Generator, *, left: float = -0.1,
           right: float = 1.1, lean: float = 0.0, width: float = 0.07) -> list[Outline]:  # fmt: skip
    """Grass or reeds along the foot of the picture."""
    across = setup.canvas.across
    out: list[Outline] = []
    for _ in range(count):
        x = float(rng.uniform(left, right))
        h = height * float(rng.uniform(0.35, 1.0))
        tilt = lean + float(rng.uniform(-0.45, 0.45))
        w = h * width * float(rng.uniform(0.5, 1.1))
        tip = (x + across(h * tilt), base - h)
        mid = (x + across(h * tilt * 0.32), base - h * 0.58)
        out.append(
            [
                (x - across(w), base + 0.03),
                (mid[0] - across(w * 0.7), mid[1]),
                tip,
                (mid[0] + across(w * 0.7), mid[1]),
                (x + across(w), base + 0.03),
            ]
        )
    return out


def rock(setup: Setup, x: float, base: float, width: float, height: float, rng: np.random.Generator) -> Outline:
    """A boulder's outline."""
    across = setup.canvas.across
    out: Outline = [(x - across(width / 2), base)]
    count = 9
    for i in range(count):
        t = (i + 0.5) / count
        rise = math.sin(math.pi * t) ** 0.6 * height * float(rng.uniform(0.72, 1.05))
        out.append((x + across((t - 0.5) * width * float(rng.uniform(0.94, 1.02))), base - rise))
    out.append((x + across(width / 2), base))
    return out
