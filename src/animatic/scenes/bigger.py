"""Things that stand in a place by themselves: piano, tent, horse, dog, bicycle, stairs … drawn on the place's stage."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from animatic.canvas import mix
from animatic.elements import RGB, FloatArray
from animatic.scenes import props
from animatic.scenes.homes import flames
from animatic.scenes.materials import gradient, stone, wood
from animatic.scenes.setup import Setup
from animatic.scenes.stage import Lamp, Stage, Surface, linear

Points = Sequence[tuple[float, float]]

HORSE: Points = (
    (-0.86, 1.42),
    (-1.02, 1.36),
    (-1.12, 1.10),
    (-1.16, 0.72),
    (-1.08, 0.74),
    (-1.00, 1.06),
    (-0.96, 1.10),
    (-0.96, 0.86),
    (-1.04, 0.60),
    (-0.98, 0.30),
    (-1.02, 0.02),
    (-0.86, 0.02),
    (-0.88, 0.30),
    (-0.86, 0.56),
    (-0.72, 0.80),
    (-0.68, 0.58),
    (-0.72, 0.30),
    (-0.68, 0.0),
    (-0.54, 0.0),
    (-0.60, 0.30),
    (-0.54, 0.62),
    (-0.44, 0.86),
    (-0.10, 0.82),
    (0.28, 0.86),
    (0.36, 0.58),
    (0.34, 0.30),
    (0.32, 0.02),
    (0.47, 0.02),
    (0.45, 0.30),
    (0.50, 0.60),
    (0.54, 0.82),
    (0.60, 0.60),
    (0.66, 0.32),
    (0.58, 0.04),
    (0.72, 0.0),
    (0.78, 0.32),
    (0.70, 0.66),
    (0.72, 0.94),
    (0.86, 1.16),
    (0.98, 1.44),
    (1.06, 1.54),
    (1.22, 1.40),
    (1.34, 1.26),
    (1.44, 1.28),
    (1.45, 1.38),
    (1.34, 1.58),
    (1.22, 1.76),
    (1.16, 1.80),
    (1.14, 1.94),
    (1.07, 1.84),
    (0.98, 1.86),
    (0.86, 1.70),
    (0.74, 1.50),
    (0.60, 1.38),
    (0.40, 1.34),
    (0.10, 1.30),
    (-0.30, 1.33),
    (-0.60, 1.42),
)
DOG: Points = (
    (-0.46, 0.66),
    (-0.58, 0.84),
    (-0.55, 0.86),
    (-0.42, 0.70),
    (-0.36, 0.68),
    (0.02, 0.66),
    (0.22, 0.70),
    (0.30, 0.78),
    (0.33, 0.90),
    (0.37, 0.80),
    (0.44, 0.80),
    (0.52, 0.73),
    (0.64, 0.70),
    (0.65, 0.65),
    (0.52, 0.62),
    (0.44, 0.60),
    (0.38, 0.52),
    (0.34, 0.42),
    (0.30, 0.34),
    (0.29, 0.16),
    (0.32, 0.02),
    (0.22, 0.0),
    (0.22, 0.16),
    (0.20, 0.34),
    (0.15, 0.37),
    (0.15, 0.18),
    (0.18, 0.02),
    (0.09, 0.0),
    (0.08, 0.20),
    (0.06, 0.39),
    (-0.16, 0.42),
    (-0.26, 0.38),
    (-0.24, 0.22),
    (-0.33, 0.16),
    (-0.28, 0.0),
    (-0.37, 0.0),
    (-0.41, 0.17),
    (-0.36, 0.26),
    (-0.40, 0.34),
    (-0.44, 0.22),
    (-0.52, 0.16),
    (-0.47, 0.02),
    (-0.56, 0.02),
    (-0.61, 0.18),
    (-0.52, 0.30),
    (-0.50, 0.48),
    (-0.50, 0.60),
)
CAT: Points = (
    (-0.14, 0.0),
    (-0.18, 0.10),
    (-0.12, 0.24),
    (-0.07, 0.30),
    (-0.08, 0.36),
    (-0.07, 0.43),
    (-0.035, 0.39),
    (0.02, 0.39),
    (0.055, 0.43),
    (0.065, 0.36),
    (0.06, 0.30),
    (0.08, 0.20),
    (0.085, 0.0),
    (0.14, 0.0),
    (0.26, 0.04),
    (0.33, 0.12),
    (0.31, 0.14),
    (0.24, 0.075),
    (0.12, 0.035),
    (-0.02, 0.0),
)


def piano(setup: Setup, st: Stage, x: float, z: float) -> None:
    """A grand piano, its lid raised, and the stool."""
    black: RGB = (0.07, 0.065, 0.07)
    st.group(x, z, "mid")
    for dx, dz in ((-0.6, -0.4), (0.6, -0.4), (0.1, 0.75)):
        st.cylinder(x + dx, 0, z + dz, 0.05, 0.72, black)
    case = [
        (-0.74, -0.55),
        (0.74, -0.55),
        (0.74, 0.15),
        (0.55, 0.45),
        (0.25, 0.62),
        (0.12, 0.95),
        (-0.25, 1.05),
        (-0.62, 0.95),
        (-0.74, 0.6),
    ]
    ring = [(x + px, z + pz) for px, pz in case]
    for (ax, az), (bx, bz) in sorted(zip(ring, ring[1:] + ring[:1], strict=True), key=lambda p: -(p[0][1] + p[1][1])):
        st.quad((ax, 0.68, az), (bx - ax, 0, bz - az), (0, 0.30, 0), gradient((0.04, 0.04, 0.045), (0.13, 0.12, 0.13)))
    for lift, skin in ((0.98, wood((0.44, 0.28, 0.15))),):
        flat = np.stack([st.at(px, lift, pz) for px, pz in ring]).astype(np.float32)
        st.polygon(flat, st.direction((1, 0, 0)), st.direction((0, 0, 1)), st.direction((0, 1, 0)), skin)
    lid = np.stack([st.at(px - (0.74 + px - x) * 0.42, 1.0 + (0.74 + px - x) * 0.72, pz) for px, pz in ring]).astype(
        np.float32
    )
    normal = st.direction((0.78, 0.55, -0.28))
    st.polygon(
        lid,
        st.direction((1, 1, 0)),
        st.direction((0, 0, 1)),
        (normal / np.linalg.norm(normal)).astype(np.float32),
        (0.15, 0.14, 0.15),
    )

    def keys(s: Surface) -> FloatArray:
        sharp = (np.mod(s.a, 0.048) < 0.02) & (s.b > s.height * 0.42) & (np.mod(np.floor(s.a / 0.048), 7) % 3 != 2)
        gap = np.mod(s.a, 0.024) < 0.003
        return mix((0.90, 0.88, 0.82), (0.05, 0.05, 0.05), (sharp | gap).astype(np.float32))

    st.box(x, 0.66, z - 0.62, (1.46, 0.06, 0.26), black, shadow=False)
    st.quad((x - 0.66, 0.73, z - 0.74), (1.32, 0, 0), (0, 0.0, 0.17), keys)
    st.ungroup()
    st.contact(x, z + 0.1, 0.95, 0.95, 0.6)
    if z - 1.1 > 0.5:
        st.box(x, 0, z - 1.1, (0.6, 0.5, 0.36), black, "mid")


def tent(setup: Setup, st: Stage, x: float, z: float) -> None:
    """A ridge tent, glowing from within at night."""
    cloth: RGB = setup.pick((0.62, 0.42, 0.20), (0.30, 0.40, 0.26), (0.58, 0.26, 0.18), (0.66, 0.60, 0.48))
    glow = (1.0, 0.62, 0.28) if setup.dim else None
    st.group(x, z, "mid")
    dark: RGB = (cloth[0] * 0.6, cloth[1] * 0.6, cloth[2] * 0.6)
    shine = (
        None
        if glow is None
        else gradient((glow[0] * 0.75, glow[1] * 0.7, glow[2] * 0.7), (glow[0] * 0.4, glow[1] * 0.36, glow[2] * 0.34))
    )
    for side in (1, -1):
        st.quad(
            (x + side * 1.25, 0, z - 1.1), (0, 0, 2.4), (-side * 1.25, 1.5, 0), gradient(dark, cloth), emission=shine
        )
    st.cutout(x, 0, z - 1.1, [(-1.25, 0), (1.25, 0), (0, 1.5)], gradient(dark, cloth), emission=shine)
    st.cutout(
        x,
        0,
        z - 1.12,
        [(-0.34, 0), (0.30, 0), (0.0, 1.24)],
        (0.05, 0.045, 0.04),
        emission=(0.95, 0.66, 0.34) if setup.dim else None,
    )
    st.contact(x, z, 1.6, 1.6, 0.6)
    st.ungroup()
    if setup.dim:
        st.lamps.append(Lamp((x, 0.7, z - 1.5), linear((1.0, 0.66, 0.32)), 1.6, 1.6))


def fire(setup: Setup, st: Stage, x: float, z: float) -> None:
    """A campfire: stones, logs, flames."""
    st.group(x, z, "mid")
    for i in range(9):
        t = i * math.tau / 9
        st.cylinder(x + math.cos(t) * 0.46, 0, z + math.sin(t) * 0.36, 0.11, 0.13, stone((0.36, 0.34, 0.32), 0.5, 1))
    for k in range(3):
        st.box(x, 0.05 + 0.05 * k, z - 0.05 * k, (0.75, 0.10, 0.10), (0.20, 0.13, 0.08), turn=0.9 * k, shadow=False)
    flames(setup, st, x, 0.14, z - 0.1, 0.72)
    st.ungroup()
    st.lamps.append(Lamp((x, 0.55, z - 0.3), linear((1.0, 0.55, 0.22)), 2.0, 3.2 if setup.dim else 1.0))


def animal(setup: Setup, st: Stage, x: float, z: float, outline: Points, skin: RGB, size: float = 1.0) -> None:
    """A beast in profile, facing the middle of the picture."""
    way = 1 if st.seen(x, 1, z)[0] < 0.5 else -1
    shape = [(px * way * size, py * size) for px, py in smoothed(outline)]
    st.group(x, z, "mid")
    width = max(p[0] for p in shape)
    back = [(px + 0.05 * way * size, py + 0.012 * size) for px, py in shape]
    dark: RGB = (skin[0] * 0.5, skin[1] * 0.5, skin[2] * 0.5)
    st.cutout(x, 0, z + 0.12 * size, back, dark)
    st.cutout(x, 0, z, shape, gradient(dark, skin), rounded=False)
    st.contact(x, z, width * 1.1, 0.3 * size, 0.55)
    st.ungroup()


def smoothed(points: Points, rounds: int = 2) -> list[tuple[float, float]]:
    """Corners cut twice: a drawn line instead of a cut one."""
    out = list(points)
    for _ in range(rounds):
        nxt: list[tuple[float, float]] = []
        for (ax, ay), (bx, by) in zip(out, out[1:] + out[:1], strict=True):
            nxt.append((ax * 0.78 + bx * 0.22, ay * 0.78 + by * 0.22))
            nxt.append((ax * 0.22 + bx * 0.78, ay * 0.22 + by * 0.78))
        out = nxt
    return out


def bicycle(setup: Setup, st: Stage, x: float, z: float) -> None:
    """A bicycle leaning on nothing in particular."""
    skin: RGB = setup.pick((0.48, 0.13, 0.12), (0.14, 0.26, 0.34), (0.20, 0.30, 0.20), (0.10, 0.10, 0.11))
    st.group(x, z, "mid")

    def bar(ax: float, ay: float, bx: float, by: float, w: float, colour: RGB) -> None:
        length = math.hypot(bx - ax, by - ay)
        nx, ny = -(by - ay) / length * w, (bx - ax) / length * w
        st.cutout(x, 0, z, [(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)], colour)

    for wx in (-0.52, 0.52):
        ring = [(wx + math.cos(t) * 0.34, 0.34 + math.sin(t) * 0.34) for t in np.linspace(0, math.tau, 36)]
        hole = [(wx + math.cos(t) * 0.31, 0.34 + math.sin(t) * 0.31) for t in np.linspace(math.tau, 0, 36)]
        st.cutout(x, 0, z, ring + hole, (0.07, 0.07, 0.07))
        for k in range(8):
            t = k * math.pi / 8
            bar(
                wx - math.cos(t) * 0.31,
                0.34 - math.sin(t) * 0.31,
                wx + math.cos(t) * 0.31,
                0.34 + math.sin(t) * 0.31,
                0.003,
                (0.5, 0.5, 0.5),
            )
    for ax, ay, bx, by in (
        (-0.52, 0.34, -0.10, 0.30),
        (-0.52, 0.34, -0.20, 0.78),
        (-0.10, 0.30, -0.22, 0.86),
        (-0.10, 0.30, 0.36, 0.80),
        (-0.20, 0.76, 0.35, 0.82),
        (0.52, 0.34, 0.33, 0.92),
    ):
        bar(ax, ay, bx, by, 0.016, skin)
    bar(0.33, 0.92, 0.20, 1.00, 0.014, (0.15, 0.15, 0.15))
    st.cutout(x, 0, z - 0.01, [(-0.36, 0.90), (-0.34, 0.93), (-0.12, 0.91), (-0.12, 0.87)], (0.24, 0.14, 0.08))
    st.contact(x, z, 0.8, 0.16, 0.5)
    st.ungroup()


def stairs(setup: Setup, st: Stage, x: float, z: float, side: int) -> None:
    """A flight up along the side, with its rail."""
    skin = wood((0.42, 0.29, 0.19)) if st.indoors else stone((0.50, 0.48, 0.45), 0.3)
    dark: RGB = (0.26, 0.18, 0.12) if st.indoors else (0.34, 0.33, 0.31)
    st.group(x, z, "mid")
    for k in range(11, -1, -1):
        st.box(
            x + side * 0.27 * k,
            0,
            z,
            (0.28, 0.18 * (k + 1), 1.1),
            gradient(dark, (dark[0] * 1.5, dark[1] * 1.5, dark[2] * 1.5)),
            top=skin,
            shadow=k == 0,
        )
    for k in range(0, 12, 1):
        st.box(x + side * 0.27 * k, 0.18 * (k + 1), z - 0.5, (0.035, 0.85, 0.035), dark, shadow=False)
    rail = [(0, 1.02), (side * 0.27 * 11, 1.02 + 0.18 * 11), (side * 0.27 * 11, 1.09 + 0.18 * 11), (0, 1.09)]
    st.cutout(x, 0, z - 0.53, rail, skin)
    st.ungroup()


def neon(setup: Setup, st: Stage, x: float, y: float, z: float) -> None:
    """A sign of glass tube: a shape and strokes that might be words."""
    tint: RGB = setup.pick((1.0, 0.22, 0.50), (0.20, 0.85, 1.0), (1.0, 0.50, 0.16))
    other: RGB = setup.pick((0.25, 0.9, 0.95), (1.0, 0.75, 0.30), (0.75, 0.35, 1.0))

    def tube(s: Surface) -> FloatArray:
        u, v = s.a - s.width / 2, s.b - s.height / 2
        ring = np.exp(-(((np.hypot(u * 0.62, v) - np.float32(s.height * 0.42)) / np.float32(0.022)) ** 2))
        wave = np.abs(v - 0.10 * np.sin(u * 17) * np.cos(u * 5.3)) / np.float32(0.020)
        script = np.exp(-(wave**2)) * (np.abs(u) < s.width * 0.30)
        core = np.clip(np.maximum(ring, script) - 0.7, 0, 1)[..., None] * np.float32(1.6)
        return np.asarray(
            ring[..., None] * np.asarray(tint, np.float32) * 1.2
            + script[..., None] * np.asarray(other, np.float32) * 1.2
            + core,
            np.float32,
        )

    st.quad((x - 0.75, y - 0.45, z), (1.5, 0, 0), (0, 0.9, 0), (0.05, 0.05, 0.055), "far", emission=tube)
    st.lamps.append(Lamp((x, y, z - 0.5), linear(tint), 1.6, 1.8))


def sofa_table(setup: Setup, st: Stage, x: float, z: float) -> float:
    """A small round table for what the prompt wants shown; returns its height."""
    props.rounded(st, x, 0, z, [(0.22, 0), (0.20, 0.03), (0.035, 0.08), (0.03, 0.66)], props.WALNUT)
    st.group(x, z, "mid")
    st.cylinder(x, 0.66, z, 0.34, 0.03, wood(props.OAK))
    st.ungroup()
    st.contact(x, z, 0.42, 0.42, 0.5)
    return 0.69
