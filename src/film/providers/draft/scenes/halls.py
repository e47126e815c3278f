"""Rooms where people work, learn, heal, pray, drink and wait: the public interiors."""

from __future__ import annotations

import math

import numpy as np

from film.providers.draft.canvas import mix, ramp, soft
from film.providers.draft.elements import RGB, FloatArray, Layer
from film.providers.draft.light import blend
from film.providers.draft.scenes import props
from film.providers.draft.scenes.materials import books, bricks, carpet, gradient, planks, plaster, stone, tiles, wallpaper, wood
from film.providers.draft.scenes.room import Room
from film.providers.draft.scenes.setup import Place, Setup
from film.providers.draft.scenes.stage import Lamp, Material, Stage, Surface, linear

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
        room.window("back", x=0.5 + key * (0.34 - 0.25 * k), sill=0.85, size=(1.35, 1.6), panes=(1, 7), frame=(0.50, 0.52, 0.54),
                    view=0.42, power=0.7)  # fmt: skip
    strips(setup, room, x=-1.1)
    strips(setup, room, x=1.4)
    for k, (f, dz) in enumerate(((0.5 + 0.34 * weight, 0.9), (0.5 - 0.30 * weight, 1.5), (0.5 + 0.16 * weight, 2.4))):
        z = min(st.stand + dz, back - 0.7)
        _desk(setup, st, st.reach(f, z), z, turn=(0.15 if k else -0.1) * weight)
    if st.stand > 1.6:
        props.plant(st, st.edge(st.stand * 0.6, -weight) + 0.2 * weight, st.stand * 0.6, setup.rng, height=1.3, band="front")
    return room.place("desk", "computer", "chair", "table", dust=0.35)


def _desk(setup: Setup, st: Stage, x: float, z: float, *, turn: float = 0.0) -> None:
    """A desk with its screen, papers and a swivel chair."""
    props.table(st, x, z, (1.5, 0.74, 0.75), turn=turn, skin=setup.make((0.56, 0.46, 0.35), (0.62, 0.61, 0.58), (0.34, 0.24, 0.17)))
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
        return mix(mix(body, low, (s.b < 1.15).astype(np.float32) * np.float32(0.85)), (0.30, 0.26, 0.22), rail * np.float32(0.6))

    room = Room(setup, st, width=2.7, behind=15.0, height=2.75, shift=setup.between(-0.25, 0.25),
                floor=tiles((0.56, 0.57, 0.55), (0.40, 0.43, 0.42), 0.5) if ward else tiles((0.50, 0.46, 0.40), None, 0.6),
                wall=wall)  # fmt: skip
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
        line = (np.abs(np.mod(s.b, 0.22) - 0.11) < 0.008 + 0.02 * np.abs(np.sin(s.a * 37)) * (np.sin(s.a * 91) > -0.2))
        words = line & (np.sin(np.floor(s.b / 0.22) * 5 + np.floor(s.a / 1.2)) > -0.1) & (s.a > 0.25) & (s.a < s.width * 0.7)
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
        st.quad((x, 0.12, room.start), (0, 0, length), (0, 3.0, 0), shelf, "shell", shell=True, order=860)
        st.quad((x, 3.12, room.start), (0, 0, length), (-w * 0.32, 0, 0), wood((0.28, 0.19, 0.12)), "shell", order=861)
        z = room.start
        while z < back:
            st.box(x + w * 0.03, 0, z, (0.08, 3.15, 0.1), wood((0.30, 0.20, 0.13)), "shell", shadow=False)
            z += 1.3
    wx = st.reach(0.5 + 0.10 * key, back)
    for x0, x1 in ((room.left, wx - 0.85), (wx + 0.85, room.right)):
        if x1 - x0 > 0.3:
            st.quad((x0, 0.12, back - 0.3), (x1 - x0, 0, 0), (0, 3.0, 0), shelf, "shell", shell=True, order=720)
    room.sunlight("back", lean=0.4 * key)
    room.window("back", x=0.5 + 0.10 * key, sill=1.0, size=(1.25, 2.1), panes=(2, 4), frame=(0.34, 0.24, 0.16), power=1.3)
    lx, lz = (room.left + 0.75, st.stand + 1.4) if weight < 0 else (room.right - 0.75, st.stand + 1.4)
    for dz in (-0.22, 0.22):
        st.quad((lx, 0, lz + dz), (0, 0, 0.05), (weight * 0.42, 2.7, 0), wood(props.OAK), "mid")
    for k in range(8):
        t = (k + 1) / 9
        st.box(lx + weight * 0.42 * t, 2.7 * t, lz, (0.04, 0.035, 0.46), wood(props.OAK), "mid", shadow=False)
    z = st.stand + 1.25
    tx = st.reach(0.5 + 0.02 * weight, z)
    if st.stand > 1.3:
        st.quad((tx - 1.8, 0.006, z - 0.9), (3.6, 0, 0), (0, 0, 1.9), carpet((0.42, 0.16, 0.14), (0.66, 0.54, 0.34), 3.6, 1.9), "shell",
                floor=True, order=880)  # fmt: skip
        props.table(st, tx, z, (2.2, 0.76, 0.9), skin=props.WALNUT)
        for dx in (-0.6, 0.65):
            props.desk_lamp(st, tx + dx, 0.76, z, lit=setup.dim or setup.light.ambient < 0.7, power=0.8)
        st.group(tx, z - 0.1, "mid")
        for k in range(3):
            st.box(tx + 0.05 * k, 0.76 + 0.05 * k, z, (0.34, 0.05, 0.25), setup.pick((0.42, 0.16, 0.13), (0.18, 0.26, 0.33), (0.30, 0.24, 0.15)),
                   turn=0.3 * k, shadow=False)  # fmt: skip
        st.ungroup()
    elif setup.dim:
        props.desk_lamp(st, st.reach(0.5 + 0.3 * weight, back - 1), 1.0, back - 1.0, lit=True)
    return room.place("book", "table", "lamp", "books", dust=1.0, weather=("dust",))


def church(setup: Setup) -> Place:
    """A nave: pillars, pews, coloured glass, light falling from one side."""
    st = setup.indoor(ambient=0.75, yaw=setup.between(-0.06, 0.06))
    rock = bricks((0.55, 0.50, 0.43), 0.9, 0.42, 0.22)
    room = Room(setup, st, width=9.5, behind=13.0, height=9.5, floor=tiles((0.46, 0.43, 0.39), (0.36, 0.33, 0.30), 0.6), wall=rock,
                ceiling=stone((0.40, 0.37, 0.33), 0.3), shift=0.0)  # fmt: skip
    key, back = setup.light.key_side, room.depth
    wall = "left" if key < 0 else "right"
    room.sunlight(wall, power=1.5)
    bays = [st.stand + 0.6 + 3.0 * k for k in range(5)]
    for z in bays:
        room.window(wall, z=z + 1.4, sill=3.0, size=(1.2, 3.4), panes=(2, 5), frame=(0.40, 0.37, 0.33), power=0.8, view=0.0)
    _glass(setup, room, st.reach(0.5, back), 2.6, 2.6, 4.6)
    for z in bays[:4]:
        for x in (-3.2, 3.2):
            st.group(x, z, "far" if z > st.stand + 4 else "mid")
            st.box(x, 0, z, (0.85, 0.5, 0.85), stone((0.50, 0.46, 0.40), 0.3))
            st.cylinder(x, 0.5, z, 0.34, 6.2, stone((0.56, 0.51, 0.44), 0.3))
            st.box(x, 6.6, z, (0.95, 0.4, 0.95), stone((0.52, 0.48, 0.42), 0.3), shadow=False)
            st.ungroup()
        _arch(st, z, room.height)
    for side in (-1, 1):
        z = st.stand + 0.9
        while z < back - 3.5:
            x = side * 1.95
            st.group(x, z, "mid")
            st.box(x, 0.42, z, (2.0, 0.05, 0.38), wood(props.WALNUT))
            st.box(x, 0.42, z - 0.2, (2.0, 0.52, 0.05), wood(props.WALNUT))
            for dx in (-1.0, 1.0):
                st.box(x + dx, 0, z, (0.06, 0.95, 0.46), wood((0.24, 0.15, 0.10)))
            st.ungroup()
            z += 1.05
    st.quad((-0.75, 0.008, st.stand * 0.3), (1.5, 0, 0), (0, 0, back - 2 - st.stand * 0.3), (0.46, 0.13, 0.13), "shell", floor=True, order=880)
    ax, az = 0.0, back - 1.6
    st.box(ax, 0, az, (3.4, 0.3, 1.8), stone((0.5, 0.46, 0.4), 0.3), "far")
    st.box(ax, 0.3, az, (2.0, 0.95, 0.8), gradient((0.72, 0.68, 0.60), (0.88, 0.85, 0.78)), "far")
    st.box(ax, 1.25, az, (0.08, 1.1, 0.06), props.BRASS, "far", shadow=False)
    st.box(ax, 1.95, az, (0.55, 0.08, 0.06), props.BRASS, "far", shadow=False)
    for dx in (-0.8, -0.5, 0.5, 0.8):
        props.candle(st, ax + dx, 1.25, az - 0.1, height=0.35, band="far", power=0.5)
    if setup.dim:
        st.lamps.append(Lamp((0, 2.2, az - 1.2), linear((1.0, 0.70, 0.36)), 3.2, 3.0))
    return room.place("candle", "church", dust=1.4, weather=("dust",))


def _arch(st: Stage, z: float, height: float) -> None:
    """A rib across the nave, pointed."""
    left: list[tuple[float, float]] = []
    for k in range(13):
        t = k / 12
        x = -3.2 + 6.4 * t
        y = 6.9 + (height - 7.2) * (1 - abs(2 * t - 1) ** 1.7)
        left.append((x, y))
    outline = left + [(x, y + 0.42) for x, y in reversed(left)]
    st.cutout(0, 0, z, outline, (0.44, 0.40, 0.35), "far")


def _glass(setup: Setup, room: Room, x: float, sill: float, w: float, h: float) -> None:
    """The great east window, leaded and coloured."""
    st, light = room.stage, setup.light
    gain = 1.15 if not light.night else 0.26

    def draw(s: Surface) -> FloatArray:
        i, j = np.floor(s.a / np.float32(0.29)), np.floor(s.b / np.float32(0.36))
        key = np.sin(i * 12.9 + j * 78.2) * np.float32(43758.5)
        pick = ((key - np.floor(key)) * 5.99).astype(np.int32)
        inks = np.array([(0.85, 0.22, 0.16), (0.20, 0.36, 0.80), (0.92, 0.70, 0.22), (0.22, 0.58, 0.36), (0.62, 0.30, 0.66), (0.95, 0.88, 0.66)],
                        np.float32)  # fmt: skip
        lead = (np.minimum(s.a - i * 0.29, (i + 1) * 0.29 - s.a) < 0.02) | (np.minimum(s.b - j * 0.36, (j + 1) * 0.36 - s.b) < 0.02)
        top = np.float32(h) - np.abs(s.a - w / 2) ** 1.6 * np.float32(1.0)
        inside = (s.b < top).astype(np.float32)
        colour = inks[pick] * np.float32(gain)
        colour = np.where(lead[..., None], np.float32(0.05), colour)
        return np.asarray(colour * inside[..., None], np.float32)

    st.quad((x - w / 2, sill, room.depth - 0.02), (w, 0, 0), (0, h, 0), (0.33, 0.30, 0.26), "shell", emission=draw, order=700)


def bar(setup: Setup) -> Place:
    """Counter, bottles before a mirror, stools, low lamps; tables when it is a café or restaurant."""
    cafe = setup.says("cafe", "coffee", "restaurant", "bistro", "diner", "tea")
    st = setup.indoor(ambient=0.75 if not cafe else 1.0)
    wall: RGB = setup.make((0.34, 0.24, 0.18), (0.24, 0.29, 0.27), (0.40, 0.22, 0.18)) if not cafe else (0.62, 0.52, 0.40)
    room = Room(setup, st, width=6.6, behind=3.1, height=3.0, floor=tiles((0.40, 0.33, 0.27), (0.24, 0.20, 0.18), 0.4) if cafe
                else planks((0.32, 0.21, 0.14), 0.14), wall=wallpaper(wall, (wall[0] * 0.9, wall[1] * 0.88, wall[2] * 0.86), 0.5, 1.0),
                ceiling=(0.24, 0.20, 0.17))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("left" if key < 0 else "right")
    room.window("left" if key < 0 else "right", z=back - 1.5, sill=0.8, size=(2.0, 1.7), panes=(2, 2), view=0.45)
    x0, x1 = (room.left + 0.2, st.reach(0.62, back)) if weight < 0 else (st.reach(0.38, back), room.right - 0.2)
    mid, long = (x0 + x1) / 2, x1 - x0
    _bottles(setup, st, x0 + 0.2, back - 0.05, long - 0.4)
    st.group(mid, back - 1.05, "far")
    st.box(mid, 0, back - 1.05, (long, 1.05, 0.6), _counter((0.34, 0.21, 0.13)))
    st.box(mid, 1.05, back - 1.08, (long + 0.15, 0.06, 0.78), wood((0.44, 0.28, 0.17)))
    st.ungroup()
    n = max(2, int(long / 0.85))
    for k in range(n):
        x = x0 + (k + 0.5) * long / n
        z = back - 1.75
        if z > st.stand + 0.3:
            props.rounded(st, x, 0, z, [(0.22, 0.0), (0.2, 0.03), (0.03, 0.07), (0.03, 0.70)], props.IRON, band="mid")
            props.rounded(st, x, 0.70, z, [(0.17, 0.0), (0.19, 0.04), (0.17, 0.09)], (0.46, 0.16, 0.13), band="mid")
            st.contact(x, z, 0.28, 0.28, 0.5)
    for k in range(3):
        lx = x0 + (k + 0.5) * long / 3
        props.hanging_lamp(st, lx, 1.95, back - 1.1, lit=setup.dim or not cafe, band="far", top=room.height, skin=(0.55, 0.36, 0.16),
                           power=0.75, reach=1.2)  # fmt: skip
    if st.stand > 1.3:
        z = st.stand + 0.85
        for f in (0.5 - 0.36 * weight,):
            tx = st.reach(f, z)
            props.rounded(st, tx, 0, z, [(0.26, 0), (0.24, 0.03), (0.04, 0.08), (0.04, 0.72)], props.IRON)
            st.cylinder(tx, 0.72, z, 0.42, 0.035, wood(props.OAK), "mid")
            st.contact(tx, z, 0.5, 0.5, 0.5)
            props.chair(st, tx + 0.62, z + 0.2, turn=-1.4)
            props.chair(st, tx - 0.62, z + 0.1, turn=1.5)
            if setup.dim:
                props.candle(st, tx, 0.755, z, height=0.1, power=0.7)
    return room.place("table", "lamp", "chair", "bottle", dust=0.4)


def _counter(skin: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        within = np.mod(s.a, 0.7)
        edge = np.minimum(np.minimum(within, 0.7 - within) - 0.06, np.minimum(s.b - 0.1, s.height - 0.1 - s.b))
        groove = np.exp(-((edge / np.float32(0.02)) ** 2)) * np.float32(0.4)
        return np.asarray(np.asarray(skin, np.float32) * (1 - groove)[..., None], np.float32)

    return draw


def _bottles(setup: Setup, st: Stage, x: float, z: float, long: float) -> None:
    """Shelves of bottles lit from behind."""
    inks = np.array([(0.62, 0.36, 0.12), (0.16, 0.36, 0.20), (0.56, 0.50, 0.36), (0.40, 0.12, 0.10), (0.30, 0.42, 0.50)], np.float32)
    glow = 1.0 if setup.dim else 0.55

    def draw(s: Surface) -> FloatArray:
        row = np.floor(s.b / np.float32(0.46))
        up = (s.b - row * np.float32(0.46)) / np.float32(0.46)
        i = np.floor(s.a / np.float32(0.105) + row * np.float32(0.5))
        t = np.abs(s.a / np.float32(0.105) + row * np.float32(0.5) - i - np.float32(0.5)) * 2
        key = np.sin(i * 12.9 + row * 37.7) * np.float32(4375.85)
        key = key - np.floor(key)
        tall = np.float32(0.56) + key * np.float32(0.28)
        body = (t < 0.74) & (up < tall * np.float32(0.68)) | (t < 0.26) & (up < tall)
        body &= (up > 0.06) & (key > 0.08)
        ink = inks[(key * 4.99).astype(np.int32)] * (np.float32(0.45) + np.float32(0.9) * (1 - t * t))[..., None]
        back = np.asarray((0.95, 0.66, 0.34), np.float32) * (np.float32(0.52 * glow) * np.clip(np.float32(1.1) - up, 0.25, 1))[..., None]
        colour = np.where(body[..., None], ink * np.float32(0.35 + 0.65 * glow), back)
        return np.asarray(np.where((up < 0.06)[..., None], np.float32(0.09), colour), np.float32)

    st.quad((x, 1.12, z), (long, 0, 0), (0, 1.38, 0), (0.1, 0.08, 0.06), "shell", emission=draw, order=710)


def theatre(setup: Setup) -> Place:
    """A stage with its curtain and a spot; rows of seats before it."""
    st = setup.indoor(ambient=0.35)
    room = Room(setup, st, width=9.0, behind=4.2, height=6.0, floor=planks((0.46, 0.31, 0.19), 0.14), wall=(0.10, 0.05, 0.05),
                ceiling=(0.05, 0.04, 0.04))  # fmt: skip
    back, weight = room.depth, setup.side
    red: RGB = setup.make((0.52, 0.10, 0.11), (0.44, 0.08, 0.14), (0.12, 0.16, 0.36))

    def folds(s: Surface) -> FloatArray:
        wave = np.sin(s.a * 13 + np.sin(s.b * 0.7) * 0.7) * np.float32(0.5) + np.float32(0.5)
        fringe = (s.b < 0.16).astype(np.float32)
        body = np.asarray(red, np.float32) * (np.float32(0.30) + np.float32(0.85) * wave * wave)[..., None]
        return mix(body, (0.80, 0.62, 0.26), fringe * np.float32(0.8))

    st.quad((room.left, 0.02, back - 0.3), (room.right - room.left, 0, 0), (0, 6, 0), folds, "shell", order=700)
    for side in (-1, 1):
        x = st.reach(0.5 + side * 0.44, back - 1.6)
        st.quad((x - 1.3, 0.02, back - 1.6), (2.6, 0, 0), (0, 6, 0), folds, "far")
    x = 0.0
    st.lamps.append(Lamp((x + 0.5 * weight, 5.0, st.stand - 1.0), linear((1.0, 0.90, 0.72)), 3.6, 4.2))
    st.lamps.append(Lamp((x, 1.2, back - 0.9), linear((1.0, 0.70, 0.40)), 1.5, 1.4))
    canvas = setup.canvas
    top = st.seen(x + 0.5 * weight, 5.6, st.stand)
    foot = st.seen(x, 0.0, st.stand)
    across = canvas.across(st.scale(st.stand) * 1.1)
    cone = canvas.polygons([[(top[0] - 0.01, top[1] - 0.2), (top[0] + 0.01, top[1] - 0.2), (foot[0] + across, foot[1]), (foot[0] - across, foot[1])]])
    alpha = soft(cone, canvas.frame_height * 0.016) * np.float32(0.16)
    sheet = canvas.sheet((1.0, 0.93, 0.78))
    place = room.place("curtain", "stage", dust=0, weather=("dust",))
    place.layers.append(Layer(sheet.rgb, alpha.astype(np.float32), 0.46, "rays"))
    if st.stand > 1.6:
        seats = canvas.sheet()
        for k in range(9):
            sx, w = (k + 0.5) / 9 * 1.2 - 0.1, 0.052
            shape = [(sx - w, 1.2), (sx - w, 1.0), (sx - w * 0.7, 0.962), (sx + w * 0.7, 0.962), (sx + w, 1.0), (sx + w, 1.2)]
            mask, y0, x0 = canvas.patch([shape])
            if mask.size:
                seats.over((red[0] * 0.22, red[1] * 0.22, red[2] * 0.22), mask, y0, x0)
        place.layers.append(seats.layer(0.93))
    place.layers.sort(key=lambda layer: layer.depth)
    return place


def cell(setup: Setup) -> Place:
    """Bare stone, a barred window high up, bars; a basement or dungeon likewise."""
    st = setup.indoor(ambient=0.65)
    rock: RGB = setup.make((0.44, 0.42, 0.39), (0.40, 0.41, 0.40))
    room = Room(setup, st, width=4.2, behind=2.4, height=2.9, floor=stone((0.34, 0.33, 0.31), 0.5, 2.5), wall=bricks(rock, 0.7, 0.32, 0.3),
                ceiling=stone((0.30, 0.29, 0.28), 0.4))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("back", lean=0.35 * key, power=1.4)
    room.window("back", x=0.5 + 0.22 * key, sill=1.75, size=(0.95, 0.75), panes=(5, 1), frame=(0.20, 0.20, 0.21), power=2.0, view=0.0)
    prison = not setup.says("basement", "cellar", "bunker")
    if prison:
        bx = st.reach(0.5 + 0.30 * weight, back - 0.6)
        st.group(bx, back - 0.5, "far")
        st.box(bx, 0.42, back - 0.5, (1.9, 0.10, 0.8), gradient((0.30, 0.30, 0.28), (0.48, 0.47, 0.43)))
        for dx in (-0.85, 0.85):
            st.box(bx + dx, 0, back - 0.5, (0.06, 0.42, 0.7), props.IRON)
        st.box(bx + 0.7, 0.52, back - 0.5, (0.42, 0.1, 0.6), (0.62, 0.60, 0.55), shadow=False)
        st.ungroup()
    else:
        for k in range(3):
            props.crate(st, st.reach(0.5 + weight * (0.26 + 0.12 * k), back - 0.6), back - 0.6 - 0.2 * (k % 2), size=0.6 + 0.1 * (k % 2), turn=0.2 * k)
        st.cylinder(st.reach(0.5 - 0.30 * weight, back - 0.6), 0, back - 0.6, 0.3, 0.85, wood((0.36, 0.25, 0.16)), "far")
        st.box(0, room.height - 0.4, back - 1.4, (8, 0.14, 0.14), props.IRON, "far", shadow=False)
    if st.stand > 1.4 and prison and setup.allows("bars"):
        z = st.stand * 0.52
        x = -4.0
        while x < 4.0:
            fx = st.seen(x, 1, z)[0]
            if abs(fx - 0.5) > 0.26:
                st.cylinder(x, 0, z, 0.022, 3.2, props.IRON, "front")
            x += 0.16
    if setup.dim or not prison:
        props.hanging_lamp(st, st.reach(0.5 - 0.14 * weight, st.stand + 0.9), 2.05, st.stand + 0.9, lit=True, top=room.height, power=0.9)
    return room.place("bars", dust=1.3, weather=("dust",))


def warehouse(setup: Setup) -> Place:
    """Concrete, steel trusses, racks of crates, light from roof and end wall."""
    st = setup.indoor(ambient=0.8)
    room = Room(setup, st, width=13.0, behind=12.0, height=6.5, floor=stone((0.42, 0.41, 0.40), 0.4, 6), wall=_corrugated((0.44, 0.46, 0.47)),
                ceiling=_corrugated((0.30, 0.31, 0.33)))  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("left" if key < 0 else "right", power=1.3)
    for k in range(4):
        room.window("left" if key < 0 else "right", z=st.stand + 1.5 + 3.2 * k, sill=3.3, size=(2.3, 1.7), panes=(4, 3), frame=(0.24, 0.25, 0.26),
                    power=0.9, view=0.0)  # fmt: skip
    room.window("back", x=0.5, sill=3.6, size=(3.4, 1.6), panes=(6, 3), frame=(0.24, 0.25, 0.26), view=0.0)
    for z in (st.stand + 0.5, st.stand + 4.0, st.stand + 7.5, st.stand + 11):
        st.box(0, 5.6, z, (room.right - room.left, 0.2, 0.2), (0.34, 0.22, 0.18), "shell", shadow=False)
        for x in (room.left + 0.3, room.right - 0.3):
            st.box(x, 0, z, (0.28, 6.5, 0.28), (0.36, 0.24, 0.19), "far")
    for k in range(3):
        z = st.stand + 2.2 + 3.0 * k
        for x in (st.reach(0.5 + weight * 0.36, z), st.reach(0.5 - weight * 0.44, z + 1)):
            for row in range(2 + k % 2):
                props.crate(st, x + setup.between(-0.1, 0.1), z, size=1.15, y=1.15 * row, turn=setup.between(-0.12, 0.12), band="mid" if k == 0 else "far")
    if st.stand > 1.5:
        z = st.stand * 0.62
        edge = st.edge(z, -weight)
        st.cylinder(edge + weight * 0.3, 0, z, 0.3, 0.9, (0.20, 0.34, 0.42), "front")
    if setup.dim:
        for z in (st.stand + 2, st.stand + 6):
            props.hanging_lamp(st, 0.6 * weight, 4.4, z, lit=True, top=room.height, band="far", power=1.6, reach=2.8)
    return room.place("crate", "machine", dust=1.2, weather=("dust",))


def _corrugated(colour: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        fade = s.fade(0.2)
        wave = np.sin(s.a * np.float32(31)) * np.float32(0.13) * fade
        seam = (np.mod(s.b, 2.2) < 0.03).astype(np.float32) * np.float32(0.3)
        rust = np.float32(0.0) + np.sin(s.a * 1.7) * np.sin(s.b * 2.9 + s.a)
        body = np.asarray(colour, np.float32) * (1 + wave - seam)[..., None]
        return mix(body, (0.36, 0.22, 0.15), ramp(rust, 0.55, 1.0) * np.float32(0.55))

    return draw


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
    st.box((room.left + room.right) / 2, 0, back - 0.38, (room.right - room.left, 0.9, 0.7), gradient((0.48, 0.52, 0.54), (0.70, 0.73, 0.74)),
           top=(0.30, 0.32, 0.34))  # fmt: skip
    st.ungroup()
    sx = st.reach(0.5 - 0.10 * key, back)

    def wave(s: Surface) -> FloatArray:
        line = np.exp(-(((s.b - s.height * (0.5 + 0.28 * np.sin(s.a * 14) * np.exp(-((s.a - 0.6) ** 2) * 6))) / np.float32(0.02)) ** 2))
        grid = ((np.mod(s.a, 0.1) < 0.008) | (np.mod(s.b, 0.1) < 0.008)).astype(np.float32)
        return np.asarray(np.asarray((0.02, 0.10, 0.11), np.float32) + grid[..., None] * np.asarray((0.02, 0.12, 0.12), np.float32)
                          + line[..., None] * np.asarray((0.35, 1.0, 0.82), np.float32), np.float32)  # fmt: skip

    st.quad((sx - 0.6, 1.35, back - 0.03), (1.2, 0, 0), (0, 0.72, 0), (0.05, 0.05, 0.05), "shell", emission=wave, order=690)
    for k in range(9):
        x = room.left + 0.6 + k * (room.right - room.left - 1.2) / 8
        ink: RGB = setup.pick((0.35, 0.80, 0.62), (0.85, 0.52, 0.22), (0.40, 0.56, 0.90), (0.75, 0.80, 0.82), (0.80, 0.30, 0.42))
        _flask(setup, st, x, 0.9, back - 0.45, ink, k % 3, band="far")
    if st.stand > 1.2:
        z = st.stand + 0.9
        x = st.reach(0.5 + 0.32 * weight, z)
        st.group(x, z, "mid")
        st.box(x, 0, z, (1.9, 0.86, 0.8), gradient((0.46, 0.50, 0.53), (0.68, 0.71, 0.73)), top=(0.82, 0.84, 0.85))
        st.ungroup()
        for k in range(4):
            _flask(setup, st, x - 0.6 + 0.4 * k, 0.86, z, setup.pick((0.35, 0.80, 0.62), (0.85, 0.52, 0.22), (0.40, 0.56, 0.90)), k % 3, band="mid")
        props.rounded(st, x + 0.75, 0.86, z + 0.1, [(0.13, 0), (0.12, 0.05), (0.05, 0.08), (0.06, 0.34), (0.03, 0.42)], (0.20, 0.21, 0.23))
    return room.place("table", "screen", dust=0.2)


def _flask(setup: Setup, st: Stage, x: float, y: float, z: float, ink: RGB, kind: int, *, band: str) -> None:
    profiles = ([(0.11, 0.0), (0.11, 0.03), (0.03, 0.19), (0.03, 0.28), (0.04, 0.29)], [(0.06, 0.0), (0.06, 0.24)],
                [(0.05, 0.0), (0.10, 0.06), (0.09, 0.14), (0.03, 0.2), (0.03, 0.27)])  # fmt: skip
    bright = 0.85 if setup.dim else 0.6
    props.rounded(st, x, y, z, list(profiles[kind]), (0.74, 0.80, 0.82), band=band,
                  emission=gradient((ink[0] * bright, ink[1] * bright, ink[2] * bright), (0.18, 0.20, 0.21)))  # fmt: skip
