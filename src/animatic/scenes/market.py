"""A market lane: stalls, awnings, bulbs on strings."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix
from animatic.elements import RGB, FloatArray, Layer
from animatic.scenes.materials import facade, gradient, wood
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import BANDS, Lamp, Stage, Surface, linear
from animatic.scenes.street import cobbles, front_colour
from animatic.scenes.town import glow_share, panes


def market(setup: Setup) -> Place:
    """Stalls with awnings and heaps of colour."""
    rng = setup.rng
    st = setup.outdoor(fog=0.016)
    back = sky(setup, setup.framing.horizon)
    half = 2.7
    st.quad((-40, 0, 0.2), (80, 0, 0), (0, 0, 90), cobbles(setup, False), "shell", floor=True, order=990)
    for side in (-1, 1):
        z = -1.0
        while z < 70:
            depth = setup.between(6, 10)
            skin, shine = facade(
                front_colour(setup, float(rng.random())),
                panes(setup),
                share=glow_share(setup),
                bay=2.3,
                storey=3.1,
                seed=setup.between(0, 40),
                base=3.4,
            )
            st.box(
                side * (half + 6.5),
                0,
                z + depth / 2,
                (5.5, setup.between(8, 12), depth),
                skin,
                "far",
                emission=shine,
                shadow=False,
            )
            z += depth
    for side in (-1, 1):
        z = st.stand * 0.55
        while z < st.stand + 20:
            _stall(setup, st, side * (half + 0.55), z + 1.2, side)
            z += setup.between(2.9, 3.5)
    layers = [back.layer(0.03, "clouds"), *st.layers()]
    string = _fairy_lights(setup, st) if setup.dim else None
    if string is not None:
        layers.append(string)
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"city"}))


def _stall(setup: Setup, st: Stage, x: float, z: float, side: int) -> None:
    colour: RGB = setup.pick(
        (0.66, 0.22, 0.18), (0.22, 0.42, 0.36), (0.74, 0.56, 0.24), (0.24, 0.32, 0.50), (0.60, 0.34, 0.20)
    )
    near = z < st.stand * 0.9
    st.group(x, z, "front" if near else "mid")
    for dz in (1.05, -1.05):
        for dx in (0.7, -0.7):
            st.box(x + dx, 0, z + dz, (0.06, 2.25, 0.06), wood((0.36, 0.27, 0.19)), shadow=False)
    st.box(x, 0, z, (1.35, 0.78, 2.2), wood((0.42, 0.31, 0.21)))
    for k in range(4):
        dz = -0.8 + k * 0.52
        heap: RGB = setup.pick(
            (0.80, 0.32, 0.14), (0.78, 0.62, 0.18), (0.36, 0.48, 0.16), (0.62, 0.16, 0.16), (0.76, 0.58, 0.40)
        )
        for r in range(3):
            st.cutout(
                x - side * (0.25 - 0.2 * r),
                0.80,
                z - dz,
                [(math.cos(t) * 0.24, abs(math.sin(t)) * 0.17) for t in np.linspace(0, math.pi, 9)],
                gradient((heap[0] * 0.6, heap[1] * 0.6, heap[2] * 0.6), heap),
                rounded=True,
            )

    def stripes(s: Surface) -> FloatArray:
        return mix(colour, (0.84, 0.79, 0.70), (np.mod(s.b, 0.5) < 0.25).astype(np.float32))

    st.quad((x + side * 0.85, 2.65, z - 1.25), (-side * 1.9, -0.55, 0), (0, 0, 2.5), stripes)
    st.quad((x - side * 1.05, 2.10, z - 1.25), (0, -0.22, 0), (0, 0, 2.5), stripes)
    st.ungroup()
    if setup.dim and abs(z - st.stand - 2.5) < 2.2:
        st.lamps.append(Lamp((x - side * 0.4, 1.95, z), linear((1.0, 0.74, 0.42)), 1.6, 2.4))


def _fairy_lights(setup: Setup, st: Stage) -> Layer:
    """Bulbs on sagging strings across the lane."""
    sheet = setup.canvas.sheet((1.0, 0.82, 0.52))
    total = np.zeros((setup.canvas.height, setup.canvas.width), np.float32)
    for z in (st.stand + 2.0, st.stand + 6.0, st.stand + 11.0):
        for i in range(13):
            t = i / 12
            x, y = st.seen(-3.4 + 6.8 * t, 3.9 - 1.1 * math.sin(math.pi * t), z)
            size = st.scale(z) * 0.05
            d = setup.canvas.distance(x, y)
            total = np.maximum(
                total,
                np.clip((size - d) * setup.canvas.frame_height + 0.5, 0, 1)
                + np.exp(-d / np.float32(size * 2.6)) * np.float32(0.4),
            )
    sheet.alpha = np.clip(total, 0, 1)
    sheet.rgb = sheet.rgb * (1 + np.clip(total - 0.8, 0, 1)[..., None] * np.float32(0.5))
    return sheet.layer(BANDS["mid"], "lamps")
