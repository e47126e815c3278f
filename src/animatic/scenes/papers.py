"""What is read and looked at: book, letter, photograph, on a table top."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix
from animatic.elements import RGB, FloatArray
from animatic.scenes import props
from animatic.scenes.materials import grain_at
from animatic.scenes.setup import Setup
from animatic.scenes.stage import Material, Stage, Surface

PAPER: RGB = (0.90, 0.86, 0.76)


def _written(lines: float, ink: RGB = (0.22, 0.18, 0.16), margin: float = 0.1, paper: RGB = PAPER) -> Material:
    """A page of handwriting: ``lines`` is the distance between them in metres."""

    def draw(s: Surface) -> FloatArray:
        row = np.floor(s.b / np.float32(lines))
        wave = np.sin(s.a / np.float32(lines) * np.float32(4.1) + row * 3) * np.sin(
            s.a / np.float32(lines) * np.float32(1.7) + row
        )
        stroke = np.abs(np.mod(s.b, lines) / np.float32(lines) - 0.45 - wave * np.float32(0.16)) < 0.10
        gap = np.sin(s.a / np.float32(lines) * np.float32(0.9) + row * 2.3) > -0.82
        inside = (
            (s.a > s.width * margin)
            & (s.a < s.width * (1 - margin * (1.2 + 0.8 * np.sin(row * 5))))
            & (s.b > s.height * margin)
        )
        inside &= s.b < s.height * (1 - margin)
        tone = 1 + (grain_at(s.a * 9, s.b * 9, 2.0) - np.float32(0.5)) * np.float32(0.12)
        page = np.asarray(paper, np.float32) * tone[..., None]
        return mix(page, ink, (stroke & gap & inside).astype(np.float32) * np.float32(0.75))

    return draw


def _lying(
    st: Stage,
    x: float,
    y: float,
    z: float,
    w: float,
    d: float,
    material: Material,
    *,
    turn: float = 0.0,
    tilt: float = 0.0,
) -> None:
    """A flat sheet lying (or leaning back by ``tilt`` of its depth)."""
    c, s = math.cos(turn), math.sin(turn)
    across = (w * c, 0.0, -w * s)
    deep = (d * s, d * tilt, d * c)
    st.quad((x - across[0] / 2 - deep[0] / 2, y, z - across[2] / 2 - deep[2] / 2), across, deep, material)


def book(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """Open at the middle, its pages arched."""
    cover: RGB = setup.make((0.40, 0.14, 0.12), (0.14, 0.22, 0.30), (0.20, 0.26, 0.18))
    st.box(x, y, z, (0.34 * s, 0.012 * s, 0.235 * s), cover, shadow=False)
    for side in (-1, 1):
        for k in range(5):
            x0, x1 = x + side * 0.162 * s * k / 5, x + side * 0.162 * s * (k + 1) / 5
            h0, h1 = _arch(k / 5) * s, _arch((k + 1) / 5) * s
            left, low, high = (x0, h0, h1) if side > 0 else (x1, h1, h0)
            page = _written(0.013 * s, margin=0.06)
            st.quad((left, y + 0.012 * s + low, z - 0.11 * s), (abs(x1 - x0), high - low, 0), (0, 0, 0.22 * s), page)
            st.quad(
                (left, y + 0.012 * s, z - 0.11 * s), (abs(x1 - x0), 0, 0), (0, max(low, high), 0), (0.72, 0.68, 0.58)
            )


def _arch(t: float) -> float:
    return 0.030 * (1 - t) ** 0.5 * min(1.0, t * 6 + 0.25) + 0.004


def letter(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A folded sheet on its envelope."""
    _lying(st, x + 0.03 * s, y + 0.003, z + 0.02 * s, 0.24 * s, 0.15 * s, (0.74, 0.68, 0.54), turn=0.25)
    _lying(st, x, y + 0.006, z, 0.19 * s, 0.12 * s, _written(0.013 * s), turn=-0.10)
    _lying(st, x - 0.012 * s, y + 0.007, z + 0.115 * s, 0.19 * s, 0.12 * s, _written(0.013 * s), turn=-0.10, tilt=0.28)
    st.cylinder(x + 0.115 * s, y + 0.002, z - 0.02 * s, 0.012 * s, 0.004 * s, (0.55, 0.10, 0.09))


def photograph(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A framed portrait leaning back."""
    skin, coat = (0.62, 0.50, 0.40), (0.22, 0.19, 0.17)

    def view(f: Surface) -> FloatArray:
        u, v = f.a / np.float32(f.width) - 0.5, f.b / np.float32(f.height)
        field = mix((0.42, 0.36, 0.28), (0.64, 0.56, 0.44), v)
        for cx, lift in ((-0.15, 0.0), (0.16, -0.06)):
            body = ((u - cx) ** 2 / 0.030 + (v - 0.12 - lift) ** 2 / 0.07 < 1) | (
                (np.abs(u - cx) < 0.16) & (v < 0.14 + lift)
            )
            head = (u - cx) ** 2 / 0.0056 + (v - 0.52 - lift) ** 2 / 0.012 < 1
            hair = ((u - cx) ** 2 / 0.0068 + (v - 0.57 - lift) ** 2 / 0.011 < 1) & (v > 0.545 + lift)
            field = mix(field, coat, body.astype(np.float32))
            field = mix(mix(field, skin, head.astype(np.float32)), (0.16, 0.12, 0.10), hair.astype(np.float32))
        edge = np.minimum(np.minimum(f.a, f.width - f.a), np.minimum(f.b, f.height - f.b)) / np.float32(f.width)
        return mix(
            mix(field, (0.84, 0.79, 0.68), (edge < 0.11).astype(np.float32)),
            props.BRASS,
            (edge < 0.055).astype(np.float32),
        )

    w, h = 0.17 * s, 0.21 * s
    st.quad((x - w / 2 + 0.01 * s, y, z + 0.10 * s), (w * 0.9, 0, 0), (0, h * 0.9, -0.06 * s), (0.12, 0.09, 0.07))
    st.quad((x - w / 2, y, z), (w, 0, 0.02 * s), (0, h, 0.05 * s), view)
