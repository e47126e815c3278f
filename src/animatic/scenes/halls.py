"""Where people work, learn and heal: office, corridor, classroom, library, laboratory."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix
from animatic.elements import RGB, FloatArray
from animatic.light import blend
from animatic.scenes import props
from animatic.scenes.materials import (
    books,
    carpet,
    gradient,
    planks,
    plaster,
    tiles,
    wallpaper,
    wood,
)
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Stage, Surface, linear

COLD: RGB = (0.86, 0.94, 1.0)


def strips(setup: Setup, room: Room, *, x: float = 0.0, step: float = 2.4, power: float = 1.0, colour: RGB = COLD,
           size: tuple[float, float] = (0.32, 1.3)) -> None:  # fmt: skip
    """Fluorescent tubes along the ceiling; they are what lights an office by night."""
    st = room.stage
    z = st.stand * 0.35
    dim = setup.dim or setup.says("fluorescent", "hospital", "laboratory", "lab")
    k = 0
    while z < room.depth - 0.4:
        glow = blend(colour, (1.0, 1.0, 1.0), 0.4)
        gain = 1.12 if dim else 0.82
        st.quad((x - size[0] / 2, room.height - 0.012, z), (size[0], 0, 0), (0, 0, size[1]), (0.8, 0.8, 0.8), "shell",
                emission=(glow[0] * gain, glow[1] * gain, glow[2] * gain), order=850 - z)  # fmt: skip
        if dim and k % 2 == 0:
            st.lamps.append(Lamp((x, room.height - 0.35, z + 0.6), linear(colour), 2.3, 1.5 * power))
        z += step
        k += 1


def office(setup: Setup) -> Place:
    """Desks, screens, blinds on the city."""
    st = setup.indoor(ambient=1.15)
    room = Room(setup, st, width=7.2, behind=3.4, height=2.9, floor=tiles((0.36, 0.38, 0.41), None, 0.5, 0.12),
                wall=plaster((0.66, 0.67, 0.66), 0.05))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("back", lean=0.4 * key)
    for k in range(3):
        room.window(
            "back",
            x=0.5 + key * (0.34 - 0.25 * k),
            sill=0.85,
            size=(1.35, 1.6),
            panes=(1, 7),
            frame=(0.50, 0.52, 0.54),
            view=0.42,
            power=0.7,
        )
    strips(setup, room, x=-1.1)
    strips(setup, room, x=1.4)
    for k, (f, dz) in enumerate(((0.5 + 0.34 * weight, 0.9), (0.5 - 0.30 * weight, 1.5), (0.5 + 0.16 * weight, 2.4))):
        z = min(st.stand + dz, back - 0.7)
        _desk(setup, st, st.reach(f, z), z, turn=(0.15 if k else -0.1) * weight)
    if st.stand > 1.6:
        props.plant(
            st, st.edge(st.stand * 0.6, -weight) + 0.2 * weight, st.stand * 0.6, setup.rng, height=1.3, band="front"
        )
    return room.place("desk", "computer", "chair", "table", dust=0.35)


def _desk(setup: Setup, st: Stage, x: float, z: float, *, turn: float = 0.0) -> None:
    """A desk with its screen, papers and a swivel chair."""
    props.table(
        st,
        x,
        z,
        (1.5, 0.74, 0.75),
        turn=turn,
        skin=setup.make((0.56, 0.46, 0.35), (0.62, 0.61, 0.58), (0.34, 0.24, 0.17)),
    )
    st.group(x, z - 0.05, "mid")
    sx, sz = props.shifted(x, z, -0.15, 0.12, turn)
    st.box(sx, 0.74, sz, (0.24, 0.02, 0.18), props.IRON, shadow=False)
    st.box(sx, 0.75, sz, (0.05, 0.14, 0.04), props.IRON, shadow=False)
    st.box(sx, 0.86, sz, (0.62, 0.38, 0.04), (0.10, 0.10, 0.11), turn=turn, shadow=False)
    fx, fz = props.shifted(sx, sz, -0.29, -0.026, turn)
    c, s = math.cos(turn), math.sin(turn)

    def screen(f: Surface) -> FloatArray:
        row = (np.mod(f.b, 0.045) < 0.02) & (f.a < 0.1 + 0.4 * np.abs(np.sin(np.floor(f.b / 0.045) * 12.9)))
        return mix((0.30, 0.42, 0.55), (0.85, 0.93, 1.0), row.astype(np.float32))

    st.quad((fx, 0.88, fz), (0.58 * c, 0, -0.58 * s), (0, 0.34, 0), (0.1, 0.1, 0.1), emission=screen)
    px, pz = props.shifted(x, z, 0.45, -0.05, turn)
    st.box(px, 0.74, pz, (0.24, 0.035, 0.32), (0.86, 0.85, 0.80), turn=turn + 0.2, shadow=False)
    st.ungroup()
    if setup.dim:
        st.lamps.append(Lamp((sx, 1.05, sz - 0.35), linear((0.55, 0.75, 1.0)), 0.8, 0.9))
    cx, cz = props.shifted(x, z, -0.1, -0.75, turn)
    if cz > st.stand * 0.75:
        _swivel(st, cx, cz)


def _swivel(st: Stage, x: float, z: float) -> None:
    st.group(x, z, "mid")
    dark: RGB = (0.13, 0.13, 0.15)
    props.rounded(st, x, 0, z, [(0.28, 0.0), (0.26, 0.05), (0.04, 0.1), (0.03, 0.42)], dark)
    st.box(x, 0.42, z, (0.46, 0.09, 0.44), dark, turn=0.3, shadow=False)
    st.box(x, 0.58, z - 0.2, (0.42, 0.46, 0.06), (0.17, 0.17, 0.19), turn=0.3, shadow=False)
    st.contact(x, z, 0.4, 0.4, 0.5)
    st.ungroup()


def corridor(setup: Setup) -> Place:
    """A long passage with doors on both sides; a hospital's when the words say so."""
    ward = setup.says("hospital", "clinic", "ward", "asylum", "medical", "infirmary")
    st = setup.indoor(ambient=1.0, yaw=setup.between(-0.05, 0.05))
    paint: RGB = (0.62, 0.70, 0.68) if ward else setup.make((0.60, 0.56, 0.48), (0.52, 0.54, 0.56), (0.56, 0.46, 0.38))
    low: RGB = (0.36, 0.52, 0.50) if ward else (paint[0] * 0.62, paint[1] * 0.58, paint[2] * 0.56)
    base = plaster(paint, 0.05)

    def wall(s: Surface) -> FloatArray:
        assert callable(base)
        body = base(s)
        rail = np.exp(-(((s.b - np.float32(1.15)) / np.float32(0.05)) ** 2))
        return mix(
            mix(body, low, (s.b < 1.15).astype(np.float32) * np.float32(0.85)),
            (0.30, 0.26, 0.22),
            rail * np.float32(0.6),
        )

    room = Room(
        setup,
        st,
        width=2.7,
        behind=15.0,
        height=2.75,
        shift=setup.between(-0.25, 0.25),
        floor=tiles((0.56, 0.57, 0.55), (0.40, 0.43, 0.42), 0.5) if ward else tiles((0.50, 0.46, 0.40), None, 0.6),
        wall=wall,
    )
    skin: RGB = (0.66, 0.72, 0.70) if ward else (0.38, 0.26, 0.17)
    for k, z in enumerate((st.stand + 0.8, st.stand + 3.6, st.stand + 6.6, st.stand + 9.8)):
        side = "left" if k % 2 else "right"
        room.door(wall=side, z=z, skin=skin, opened=(k == 1 and setup.allows("open door")), glow=(0.95, 0.88, 0.72))
        room.door(wall="right" if k % 2 else "left", z=z + 1.4, skin=skin)
    room.window("back", x=0.5, sill=0.6, size=(1.4, 1.8), panes=(2, 3), power=1.7, view=0.2)
    room.sunlight("back", lean=0.1, power=0.9)
    strips(setup, room, step=3.0, colour=COLD if ward or not setup.says("hotel", "mansion") else (1.0, 0.80, 0.55))
    if ward:
        z = st.stand + 1.5
        x = setup.side * 0.85 * (room.right - room.left) / 2 * 0.75
        st.group(x, z, "mid")
        for dx in (-0.28, 0.28):
            for dz in (-0.85, 0.85):
                st.box(x + dx, 0, z + dz, (0.04, 0.62, 0.04), (0.72, 0.74, 0.76), shadow=False)
        st.box(x, 0.62, z, (0.7, 0.12, 1.95), (0.86, 0.88, 0.88))
        st.box(x, 0.74, z + 0.75, (0.55, 0.10, 0.34), (0.94, 0.95, 0.95))
        st.contact(x, z, 0.5, 1.2, 0.5)
        st.ungroup()
    return room.place("bed" if ward else "hall", dust=0.3)


def classroom(setup: Setup) -> Place:
    """Blackboard, rows of desks, high windows."""
    st = setup.indoor(ambient=1.1)
    room = Room(setup, st, width=7.4, behind=3.2, height=3.1, floor=planks((0.50, 0.38, 0.25), 0.12),
                wall=plaster((0.66, 0.64, 0.54), 0.07))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    wall = "left" if key < 0 else "right"
    room.sunlight(wall)
    for z in (back - 0.9, back - 2.7, back - 4.5):
        room.window(wall, z=z, sill=1.0, size=(1.3, 1.7), panes=(2, 3))
    x = st.reach(0.5 + 0.06 * weight, back)

    def board(s: Surface) -> FloatArray:
        rim = (np.minimum(np.minimum(s.a, s.width - s.a), np.minimum(s.b, s.height - s.b)) < 0.05).astype(np.float32)
        line = np.abs(np.mod(s.b, 0.22) - 0.11) < 0.008 + 0.02 * np.abs(np.sin(s.a * 37)) * (np.sin(s.a * 91) > -0.2)
        words = (
            line
            & (np.sin(np.floor(s.b / 0.22) * 5 + np.floor(s.a / 1.2)) > -0.1)
            & (s.a > 0.25)
            & (s.a < s.width * 0.7)
        )
        dust = np.float32(1) + (np.sin(s.a * 2.1 + s.b * 3) * np.float32(0.10))
        field = np.asarray((0.13, 0.21, 0.18), np.float32) * dust[..., None]
        return mix(mix(field, (0.72, 0.74, 0.70), words.astype(np.float32) * np.float32(0.55)), (0.42, 0.29, 0.18), rim)

    st.quad((x - 1.9, 0.95, back - 0.03), (3.8, 0, 0), (0, 1.35, 0), board, "shell", order=700)
    props.table(st, st.reach(0.5 + 0.30 * weight, back - 1.0), back - 1.0, (1.5, 0.78, 0.7), skin=props.WALNUT)
    for k, z in enumerate((st.stand + 1.2, st.stand * 0.98, st.stand * 0.66)):
        for f in (0.10, 0.30, 0.72, 0.92):
            if z < st.stand + 0.6 and 0.2 < f < 0.8:
                continue
            band = "front" if k == 2 else "mid"
            if k == 2 and st.stand < 1.5:
                continue
            dx = st.reach(f, z)
            props.table(st, dx, z, (0.9, 0.70, 0.5), band=band)
            props.chair(st, dx, z - 0.42, turn=math.pi, band=band)
    if setup.dim:
        strips(setup, room, x=0.0, colour=(1.0, 0.93, 0.80))
    return room.place("table", "chair", "desk", "blackboard", dust=0.7, weather=() if setup.light.night else ("dust",))


def library(setup: Setup) -> Place:
    """Bookcases to the ceiling, a ladder, a reading table with green lamps."""
    st = setup.indoor(ambient=0.9)
    panel = wallpaper((0.36, 0.26, 0.18), (0.34, 0.24, 0.165), 0.6, 1.0, (0.33, 0.22, 0.14))
    room = Room(setup, st, width=6.4, behind=3.6, height=3.6, floor=planks((0.40, 0.27, 0.17), 0.12), wall=panel,
                ceiling=planks((0.30, 0.21, 0.14), 0.3))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    shelf = books(setup.between(0, 9))
    length = back - room.start
    for x, w in ((room.left + 0.32, 1), (room.right - 0.32, -1)):
        st.quad((x, 0.12, room.start), (0, 0, length), (0, 3.0, 0), shelf, "shell", walled=True, order=860)
        st.quad((x, 3.12, room.start), (0, 0, length), (-w * 0.32, 0, 0), wood((0.28, 0.19, 0.12)), "shell", order=861)
        z = room.start
        while z < back:
            st.box(x + w * 0.03, 0, z, (0.08, 3.15, 0.1), wood((0.30, 0.20, 0.13)), "shell", shadow=False)
            z += 1.3
    wx = st.reach(0.5 + 0.10 * key, back)
    for x0, x1 in ((room.left, wx - 0.85), (wx + 0.85, room.right)):
        if x1 - x0 > 0.3:
            st.quad((x0, 0.12, back - 0.3), (x1 - x0, 0, 0), (0, 3.0, 0), shelf, "shell", walled=True, order=720)
    room.sunlight("back", lean=0.4 * key)
    room.window(
        "back", x=0.5 + 0.10 * key, sill=1.0, size=(1.25, 2.1), panes=(2, 4), frame=(0.34, 0.24, 0.16), power=1.3
    )
    lx, lz = (room.left + 0.75, st.stand + 1.4) if weight < 0 else (room.right - 0.75, st.stand + 1.4)
    for dz in (-0.22, 0.22):
        st.quad((lx, 0, lz + dz), (0, 0, 0.05), (weight * 0.42, 2.7, 0), wood(props.OAK), "mid")
    for k in range(8):
        t = (k + 1) / 9
        st.box(lx + weight * 0.42 * t, 2.7 * t, lz, (0.04, 0.035, 0.46), wood(props.OAK), "mid", shadow=False)
    z = st.stand + 1.25
    tx = st.reach(0.5 + 0.02 * weight, z)
    if st.stand > 1.3:
        st.quad(
            (tx - 1.8, 0.006, z - 0.9),
            (3.6, 0, 0),
            (0, 0, 1.9),
            carpet((0.42, 0.16, 0.14), (0.66, 0.54, 0.34), 3.6, 1.9),
            "shell",
            floor=True,
            order=880,
        )
        props.table(st, tx, z, (2.2, 0.76, 0.9), skin=props.WALNUT)
        for dx in (-0.6, 0.65):
            props.desk_lamp(st, tx + dx, 0.76, z, lit=setup.dim or setup.light.ambient < 0.7, power=0.8)
        st.group(tx, z - 0.1, "mid")
        for k in range(3):
            st.box(
                tx + 0.05 * k,
                0.76 + 0.05 * k,
                z,
                (0.34, 0.05, 0.25),
                setup.pick((0.42, 0.16, 0.13), (0.18, 0.26, 0.33), (0.30, 0.24, 0.15)),
                turn=0.3 * k,
                shadow=False,
            )
        st.ungroup()
    elif setup.dim:
        props.desk_lamp(st, st.reach(0.5 + 0.3 * weight, back - 1), 1.0, back - 1.0, lit=True)
    return room.place("book", "table", "lamp", "books", dust=1.0, weather=("dust",))


def laboratory(setup: Setup) -> Place:
    """White benches, glassware, screens."""
    st = setup.indoor(ambient=1.2)
    room = Room(setup, st, width=6.6, behind=3.2, height=2.9, floor=tiles((0.66, 0.68, 0.69), None, 0.6, 0.15),
                wall=tiles((0.72, 0.76, 0.77), None, 0.5))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.window("back", x=0.5 + 0.30 * key, sill=1.1, size=(1.4, 1.2), panes=(1, 1), frame=(0.6, 0.62, 0.64), view=0.2)
    room.sunlight("back", lean=0.4 * key)
    strips(setup, room, x=-1.0, power=0.9)
    strips(setup, room, x=1.3, power=0.9)
    st.group(0, back - 0.4, "far")
    st.box(
        (room.left + room.right) / 2,
        0,
        back - 0.38,
        (room.right - room.left, 0.9, 0.7),
        gradient((0.48, 0.52, 0.54), (0.70, 0.73, 0.74)),
        top=(0.30, 0.32, 0.34),
    )
    st.ungroup()
    sx = st.reach(0.5 - 0.10 * key, back)

    def wave(s: Surface) -> FloatArray:
        line = np.exp(
            -(
                (
                    (s.b - s.height * (0.5 + 0.28 * np.sin(s.a * 14) * np.exp(-((s.a - 0.6) ** 2) * 6)))
                    / np.float32(0.02)
                )
                ** 2
            )
        )
        grid = ((np.mod(s.a, 0.1) < 0.008) | (np.mod(s.b, 0.1) < 0.008)).astype(np.float32)
        return np.asarray(
            np.asarray((0.02, 0.10, 0.11), np.float32)
            + grid[..., None] * np.asarray((0.02, 0.12, 0.12), np.float32)
            + line[..., None] * np.asarray((0.35, 1.0, 0.82), np.float32),
            np.float32,
        )

    st.quad(
        (sx - 0.6, 1.35, back - 0.03), (1.2, 0, 0), (0, 0.72, 0), (0.05, 0.05, 0.05), "shell", emission=wave, order=690
    )
    for k in range(9):
        x = room.left + 0.6 + k * (room.right - room.left - 1.2) / 8
        ink: RGB = setup.pick(
            (0.35, 0.80, 0.62), (0.85, 0.52, 0.22), (0.40, 0.56, 0.90), (0.75, 0.80, 0.82), (0.80, 0.30, 0.42)
        )
        _flask(setup, st, x, 0.9, back - 0.45, ink, k % 3, band="far")
    if st.stand > 1.2:
        z = st.stand + 0.9
        x = st.reach(0.5 + 0.32 * weight, z)
        st.group(x, z, "mid")
        st.box(x, 0, z, (1.9, 0.86, 0.8), gradient((0.46, 0.50, 0.53), (0.68, 0.71, 0.73)), top=(0.82, 0.84, 0.85))
        st.ungroup()
        for k in range(4):
            _flask(
                setup,
                st,
                x - 0.6 + 0.4 * k,
                0.86,
                z,
                setup.pick((0.35, 0.80, 0.62), (0.85, 0.52, 0.22), (0.40, 0.56, 0.90)),
                k % 3,
                band="mid",
            )
        props.rounded(
            st,
            x + 0.75,
            0.86,
            z + 0.1,
            [(0.13, 0), (0.12, 0.05), (0.05, 0.08), (0.06, 0.34), (0.03, 0.42)],
            (0.20, 0.21, 0.23),
        )
    return room.place("table", "screen", dust=0.2)


def _flask(setup: Setup, st: Stage, x: float, y: float, z: float, ink: RGB, kind: int, *, band: str) -> None:
    profiles = ([(0.11, 0.0), (0.11, 0.03), (0.03, 0.19), (0.03, 0.28), (0.04, 0.29)], [(0.06, 0.0), (0.06, 0.24)],
                [(0.05, 0.0), (0.10, 0.06), (0.09, 0.14), (0.03, 0.2), (0.03, 0.27)])  # fmt: skip
    bright = 0.85 if setup.dim else 0.6
    props.rounded(
        st,
        x,
        y,
        z,
        list(profiles[kind]),
        (0.74, 0.80, 0.82),
        band=band,
        emission=gradient((ink[0] * bright, ink[1] * bright, ink[2] * bright), (0.18, 0.20, 0.21)),
    )
