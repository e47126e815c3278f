"""Where people buy things under a roof: the aisle of a large shop, under tubes, and the counter of a bakery."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix
from animatic.elements import RGB, FloatArray
from animatic.light import blend
from animatic.scenes import props
from animatic.scenes.materials import gradient, hashed, plaster, tiles, wood
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear

SHELF = 0.44
"""Metres from one shelf to the next."""
_METAL: RGB = (0.50, 0.52, 0.53)
_WARM: RGB = (1.0, 0.90, 0.74)


def shop(setup: Setup) -> Place:
    """A large shop's aisle, or a small one's; the floor, the shelves and the light are the place's own."""
    small = setup.says("corner shop", "corner store", "convenience store", "general store", "toy shop", "gift shop")
    st = setup.indoor(ambient=1.5, yaw=setup.between(-0.07, 0.07))
    room = Room(
        setup,
        st,
        width=4.4 if small else 5.4,
        behind=5.0 if small else 13.0,
        height=2.9 if small else 3.9,
        shift=setup.between(-0.3, 0.3),
        floor=tiles(setup.make((0.60, 0.60, 0.57), (0.56, 0.54, 0.49), (0.52, 0.56, 0.58)), None, 0.6, 0.16),
        wall=plaster((0.66, 0.66, 0.63), 0.05),
        ceiling=(0.50, 0.51, 0.52),
    )
    high = 2.05 if small else 2.3
    _shelves(setup, st, room, high)
    _tubes(setup, room)
    _far_end(setup, st, room, high)
    if st.stand > 1.6:
        z = st.stand + 1.9
        _crates(setup, st, (room.left + 0.95) if setup.side < 0 else (room.right - 0.95), z)
    return room.place("shelf", "shelves", "lamp", dust=0.0)


def _shelves(setup: Setup, st: Stage, room: Room, high: float) -> None:
    """Along both walls, with a board that stands out under each row and goods on every one."""
    deep = 0.42
    length = room.depth - room.start
    for wall, inward in ((room.left, 1), (room.right, -1)):
        face = wall + inward * deep
        wares = goods(float(setup.place.uniform(0, 90)))
        st.quad((face, 0.10, room.start), (0, 0, length), (0, high - 0.10, 0), wares, "shell", walled=True, order=860)
        st.quad((face, 0, room.start), (0, 0, length), (0, 0.10, 0), (0.20, 0.21, 0.22), "shell", order=859)
        st.quad((wall, high, room.start), (0, 0, length), (inward * deep, 0, 0), _METAL, "shell", order=861)
        for row in range(math.ceil(high / SHELF)):
            y = 0.10 + row * SHELF
            st.quad((face, y, room.start), (0, 0, length), (inward * 0.045, 0, 0), _METAL, "shell", order=858)
            st.quad((face + inward * 0.045, y - 0.045, room.start), (0, 0, length), (0, 0.055, 0), _labels,
                    "shell", order=857)  # fmt: skip
        z = room.start
        while z < room.depth:
            st.box(face, 0, z, (0.03, high, 0.05), _METAL, "shell", shadow=False)
            z += 1.25


def _labels(s: Surface) -> FloatArray:
    """The edge of a shelf with its prices."""
    tag = (np.mod(s.a, 0.31) < 0.09).astype(np.float32) * s.fade(0.05)
    sale = (np.mod(s.a, 2.79) < 0.09).astype(np.float32) * s.fade(0.05)
    return mix(mix((0.58, 0.60, 0.61), (0.92, 0.91, 0.84), tag), (0.86, 0.66, 0.12), sale)


def goods(seed: float, shelf: float = SHELF) -> Material:
    """Rows of packets, tins and bottles: several alike side by side, as shops have them, and here and there a gap."""
    inks = np.array(
        [(0.62, 0.16, 0.12), (0.72, 0.52, 0.12), (0.16, 0.34, 0.50), (0.22, 0.44, 0.24), (0.74, 0.70, 0.60),
         (0.52, 0.28, 0.14), (0.34, 0.20, 0.38), (0.66, 0.38, 0.14), (0.20, 0.46, 0.48), (0.70, 0.34, 0.36)],
        np.float32,
    )  # fmt: skip
    shade = np.array((0.085, 0.085, 0.09), np.float32)
    middling = np.array((0.40, 0.36, 0.29), np.float32)

    def draw(s: Surface) -> FloatArray:
        row = np.floor(s.b / np.float32(shelf))
        up = s.b / np.float32(shelf) - row
        block = np.floor(s.a / np.float32(0.58) + hashed(row, seed))
        key = block * 7 + row * 53
        wide = np.float32(0.07) + hashed(key, seed + 3) * np.float32(0.12)
        piece = np.floor(s.a / wide)
        within = s.a / wide - piece
        top = np.float32(0.52) + hashed(key, seed + 5) * np.float32(0.34)
        missing = hashed(piece * 5 + key, seed + 9) < 0.07
        ink = inks[(hashed(key, seed) * 9.99).astype(np.int32)]
        other = inks[(hashed(key, seed + 1) * 9.99).astype(np.int32)]
        band = np.abs(up / top - np.float32(0.46)) < 0.15
        face = np.where(band[..., None], other * np.float32(0.35) + np.float32(0.52), ink)
        turned = np.float32(0.66) + np.float32(0.34) * np.sin(within * np.float32(np.pi))
        there = (up < top) & ~missing & (np.minimum(within, 1 - within) > 0.03)
        behind = shade * (np.float32(1.5) - up)[..., None]
        seen = np.where(there[..., None], face * turned[..., None], behind)
        plain = s.fade(0.10, 1600.0)[..., None]
        far = np.where((up < 0.7)[..., None], ink * np.float32(0.62) + middling * np.float32(0.30), shade)
        return np.asarray(seen * plain + far * (1 - plain), np.float32)

    return draw


def _tubes(setup: Setup, room: Room) -> None:
    """Two rows of light above the aisle; they burn at noon as well, for no window reaches there."""
    st = room.stage
    colour = _WARM if setup.says("grocer", "delicatessen", "deli", "market hall", "boutique") else (0.90, 0.96, 1.0)
    glow = blend(colour, (1.0, 1.0, 1.0), 0.5)
    middle = (room.left + room.right) / 2
    z, k = max(room.start, -0.4), 0
    while z < room.depth - 0.6:
        for dx in (-0.75, 0.75):
            st.quad((middle + dx - 0.09, room.height - 0.02, z), (0.18, 0, 0), (0, 0, 1.5), (0.8, 0.8, 0.8), "shell",
                    emission=(glow[0] * 1.15, glow[1] * 1.15, glow[2] * 1.15), order=850 - z)  # fmt: skip
        if k % 2 == 0:
            st.lamps.append(Lamp((middle, room.height - 0.5, z + 0.75), linear(colour), 2.6, 1.7))
        z += 2.1
        k += 1


def _far_end(setup: Setup, st: Stage, room: Room, high: float) -> None:
    """Coolers across the end of the aisle, lit from within, and a sign above them."""
    z = room.depth - 0.05
    wide = room.right - room.left - 0.9
    left = room.left + 0.45
    doors = max(2, round(wide / 0.8))
    cold = goods(float(setup.place.uniform(0, 90)), 0.4)

    def lit(s: Surface) -> FloatArray:
        assert callable(cold)
        frame = (np.minimum(np.mod(s.a, wide / doors), wide / doors - np.mod(s.a, wide / doors)) < 0.03).astype(
            np.float32
        )
        shown = cold(s) * np.float32(0.75) + np.array((0.20, 0.24, 0.27), np.float32)
        return mix(shown, (0.16, 0.17, 0.18), frame)

    st.quad((left, 0.12, z), (wide, 0, 0), (0, high - 0.1, 0), (0, 0, 0), "shell", emission=lit, order=720)
    colour: RGB = setup.make((0.62, 0.14, 0.12), (0.12, 0.38, 0.26), (0.12, 0.28, 0.48))
    st.quad((left, high + 0.15, z), (wide, 0, 0), (0, 0.5, 0), colour, "shell", order=719)
    st.quad((left + wide * 0.2, high + 0.33, z - 0.01), (wide * 0.6, 0, 0), (0, 0.13, 0), (0.88, 0.87, 0.82), "shell",
            order=718)  # fmt: skip


def _crates(setup: Setup, st: Stage, x: float, z: float) -> None:
    """Fruit in crates, in front of the shelf."""
    st.group(x, z, "mid")
    fruits: tuple[RGB, ...] = ((0.78, 0.34, 0.10), (0.66, 0.14, 0.12), (0.42, 0.54, 0.16), (0.80, 0.66, 0.18))
    for k in range(2):
        along = z + 0.62 * k
        props.cabinet(st, x, along, (0.62, 0.62, 0.56), skin=(0.40, 0.29, 0.19))
        st.box(x, 0.62, along, (0.60, 0.16, 0.54), wood((0.56, 0.42, 0.27)), shadow=False)
        fruit = setup.pick(*fruits)
        heap = [(math.cos(t) * 0.28, abs(math.sin(t)) * 0.16) for t in np.linspace(0, math.pi, 11)]
        for dz in (-0.14, 0.10):
            st.cutout(x, 0.76, along + dz, heap, gradient((fruit[0] * 0.5, fruit[1] * 0.5, fruit[2] * 0.5), fruit),
                      rounded=True)  # fmt: skip
    st.ungroup()


def bakery(setup: Setup) -> Place:
    """A small shop that sells over the counter: loaves on the shelves behind it, cakes under glass, warm lamps."""
    st = setup.indoor(ambient=1.25)
    paint: RGB = setup.make((0.66, 0.58, 0.45), (0.52, 0.60, 0.56), (0.64, 0.50, 0.44))
    room = Room(
        setup,
        st,
        width=5.2,
        behind=3.0,
        height=2.9,
        floor=tiles((0.62, 0.58, 0.50), (0.34, 0.29, 0.25), 0.35),
        wall=plaster(paint, 0.06),
        side=tiles((0.78, 0.76, 0.70), None, 0.18, 0.3),
        ceiling=(0.66, 0.63, 0.57),
    )
    key, back = setup.light.key_side, room.depth
    side = "left" if key < 0 else "right"
    room.sunlight(side)
    room.window(side, z=back - 1.6, sill=0.7, size=(1.9, 1.8), panes=(2, 2), frame=(0.34, 0.24, 0.16), view=0.4)
    left, wide = room.left + 0.35, room.right - room.left - 0.7
    loaves = _loaves(float(setup.place.uniform(0, 90)))
    st.quad((left, 1.12, back - 0.04), (wide, 0, 0), (0, 1.38, 0), loaves, "shell", order=720)
    for y in (1.10, 1.56, 2.02, 2.48):
        st.quad((left, y, back - 0.30), (wide, 0, 0), (0, 0.05, 0), wood((0.42, 0.28, 0.17)), "shell", order=718)
        st.quad((left, y, back - 0.30), (wide, 0, 0), (0, 0, 0.28), wood((0.36, 0.24, 0.15)), "shell", order=719)
    _counter(setup, st, left + wide * 0.04, wide * 0.92, back - 1.15)
    for k in range(3):
        props.hanging_lamp(st, left + wide * (k + 0.5) / 3, 2.05, back - 1.1, lit=True, band="far", top=room.height,
                           skin=(0.50, 0.36, 0.20), power=0.7 if setup.dim else 0.3, reach=1.5)  # fmt: skip
    return room.place("bread", "table", "lamp", "shelf", dust=0.5)


def _counter(setup: Setup, st: Stage, left: float, wide: float, z: float) -> None:
    """Wood below, and above it a case of glass with what is sweet."""
    middle = left + wide / 2
    front = wood(setup.make((0.44, 0.29, 0.18), (0.30, 0.36, 0.34), (0.50, 0.38, 0.28)))
    st.group(middle, z, "far")
    st.box(middle, 0, z, (wide, 0.82, 0.6), front)
    st.box(middle, 0.82, z, (wide + 0.06, 0.05, 0.68), wood((0.56, 0.41, 0.26)), shadow=False)
    cakes: tuple[RGB, ...] = ((0.74, 0.50, 0.24), (0.80, 0.68, 0.48), (0.46, 0.24, 0.15), (0.78, 0.42, 0.42))
    count = max(4, round(wide / 0.34))
    for k in range(count):
        cake = setup.pick(*cakes)
        heap = [(math.cos(t) * 0.13, math.sin(t) * 0.10) for t in np.linspace(0, math.pi, 9)]
        st.cutout(left + wide * (k + 0.5) / count, 0.87, z - 0.12, heap,
                  gradient((cake[0] * 0.55, cake[1] * 0.55, cake[2] * 0.55), cake), rounded=True)  # fmt: skip
    st.quad((left, 0.87, z - 0.32), (wide, 0, 0), (0, 0.34, 0.06), (0.80, 0.86, 0.86), opacity=0.16)
    st.box(middle, 1.20, z - 0.05, (wide, 0.025, 0.5), (0.70, 0.72, 0.70), shadow=False)
    st.ungroup()


def _loaves(seed: float) -> Material:
    """Round loaves and long ones side by side, before boards in shadow."""
    crusts = np.array([(0.62, 0.40, 0.18), (0.52, 0.30, 0.13), (0.70, 0.52, 0.28), (0.44, 0.26, 0.13)], np.float32)
    behind = np.array((0.17, 0.12, 0.085), np.float32)
    shelf = np.float32(0.46)

    def draw(s: Surface) -> FloatArray:
        row = np.floor(s.b / shelf)
        up = (s.b - row * shelf) / np.float32(0.30)
        wide = np.float32(0.22) + hashed(row, seed) * np.float32(0.16)
        index = np.floor(s.a / wide)
        key = index * 7 + row * 31
        across = (s.a / wide - index - np.float32(0.5)) * 2
        tall = np.float32(0.46) + hashed(key, seed + 3) * np.float32(0.34)
        crown = tall * np.sqrt(np.clip(1 - (across / np.float32(0.94)) ** 2, 0, 1))
        there = (up < crown) & (hashed(key, seed + 5) > 0.10)
        crust = crusts[(hashed(key, seed + 7) * 3.99).astype(np.int32)]
        tone = np.float32(0.55) + np.float32(0.55) * np.clip(up / np.maximum(crown, 0.1), 0, 1)
        slash = np.exp(-(((across + up * np.float32(0.5)) / np.float32(0.11)) ** 2)) * (up > 0.35)
        bread = mix(crust * tone[..., None], (0.82, 0.68, 0.46), (slash * np.float32(0.55)).astype(np.float32))
        return np.asarray(np.where(there[..., None], bread, behind), np.float32)

    return draw
