"""Great rooms: church, bar, theatre."""

from __future__ import annotations

import numpy as np

from animatic.canvas import mix, soft
from animatic.elements import RGB, FloatArray, Layer
from animatic.scenes import props
from animatic.scenes.materials import (
    bricks,
    gradient,
    planks,
    stone,
    tiles,
    wallpaper,
    wood,
)
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear


def church(setup: Setup) -> Place:
    """A nave: pillars, pews, coloured glass, light falling from one side."""
    st = setup.indoor(ambient=0.75, yaw=setup.between(-0.06, 0.06))
    rock = bricks((0.55, 0.50, 0.43), 0.9, 0.42, 0.22)
    room = Room(
        setup,
        st,
        width=9.5,
        behind=13.0,
        height=9.5,
        floor=tiles((0.46, 0.43, 0.39), (0.36, 0.33, 0.30), 0.6),
        wall=rock,
        ceiling=stone((0.40, 0.37, 0.33), 0.3),
        shift=0.0,
    )
    key, back = setup.light.key_side, room.depth
    wall = "left" if key < 0 else "right"
    room.sunlight(wall, power=1.5)
    bays = [st.stand + 0.6 + 3.0 * k for k in range(5)]
    for z in bays:
        room.window(
            wall, z=z + 1.4, sill=3.0, size=(1.2, 3.4), panes=(2, 5), frame=(0.40, 0.37, 0.33), power=0.8, view=0.0
        )
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
    st.quad(
        (-0.75, 0.008, st.stand * 0.3),
        (1.5, 0, 0),
        (0, 0, back - 2 - st.stand * 0.3),
        (0.46, 0.13, 0.13),
        "shell",
        floor=True,
        order=880,
    )
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
        inks = np.array(
            [
                (0.85, 0.22, 0.16),
                (0.20, 0.36, 0.80),
                (0.92, 0.70, 0.22),
                (0.22, 0.58, 0.36),
                (0.62, 0.30, 0.66),
                (0.95, 0.88, 0.66),
            ],
            np.float32,
        )
        lead = (np.minimum(s.a - i * 0.29, (i + 1) * 0.29 - s.a) < 0.02) | (
            np.minimum(s.b - j * 0.36, (j + 1) * 0.36 - s.b) < 0.02
        )
        top = np.float32(h) - np.abs(s.a - w / 2) ** 1.6 * np.float32(1.0)
        inside = (s.b < top).astype(np.float32)
        colour = inks[pick] * np.float32(gain)
        colour = np.where(lead[..., None], np.float32(0.05), colour)
        return np.asarray(colour * inside[..., None], np.float32)

    st.quad(
        (x - w / 2, sill, room.depth - 0.02),
        (w, 0, 0),
        (0, h, 0),
        (0.33, 0.30, 0.26),
        "shell",
        emission=draw,
        order=700,
    )


def bar(setup: Setup) -> Place:
    """Counter, bottles before a mirror, stools, low lamps; tables when it is a café or restaurant."""
    cafe = setup.says("cafe", "coffee", "restaurant", "bistro", "diner", "tea")
    st = setup.indoor(ambient=0.75 if not cafe else 1.0)
    wall: RGB = (
        setup.make((0.34, 0.24, 0.18), (0.24, 0.29, 0.27), (0.40, 0.22, 0.18)) if not cafe else (0.62, 0.52, 0.40)
    )
    room = Room(
        setup,
        st,
        width=6.6,
        behind=3.1,
        height=3.0,
        floor=tiles((0.40, 0.33, 0.27), (0.24, 0.20, 0.18), 0.4) if cafe else planks((0.32, 0.21, 0.14), 0.14),
        wall=wallpaper(wall, (wall[0] * 0.9, wall[1] * 0.88, wall[2] * 0.86), 0.5, 1.0),
        ceiling=(0.24, 0.20, 0.17),
    )
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
        props.hanging_lamp(
            st,
            lx,
            1.95,
            back - 1.1,
            lit=setup.dim or not cafe,
            band="far",
            top=room.height,
            skin=(0.55, 0.36, 0.16),
            power=0.75,
            reach=1.2,
        )
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
    inks = np.array(
        [(0.62, 0.36, 0.12), (0.16, 0.36, 0.20), (0.56, 0.50, 0.36), (0.40, 0.12, 0.10), (0.30, 0.42, 0.50)], np.float32
    )
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
        back = (
            np.asarray((0.95, 0.66, 0.34), np.float32)
            * (np.float32(0.52 * glow) * np.clip(np.float32(1.1) - up, 0.25, 1))[..., None]
        )
        colour = np.where(body[..., None], ink * np.float32(0.35 + 0.65 * glow), back)
        return np.asarray(np.where((up < 0.06)[..., None], np.float32(0.09), colour), np.float32)

    st.quad((x, 1.12, z), (long, 0, 0), (0, 1.38, 0), (0.1, 0.08, 0.06), "shell", emission=draw, order=710)


def theatre(setup: Setup) -> Place:
    """A stage with its curtain and a spot; rows of seats before it."""
    st = setup.indoor(ambient=0.35)
    room = Room(
        setup,
        st,
        width=9.0,
        behind=4.2,
        height=6.0,
        floor=planks((0.46, 0.31, 0.19), 0.14),
        wall=(0.10, 0.05, 0.05),
        ceiling=(0.05, 0.04, 0.04),
    )
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
    cone = canvas.polygons(
        [
            [
                (top[0] - 0.01, top[1] - 0.2),
                (top[0] + 0.01, top[1] - 0.2),
                (foot[0] + across, foot[1]),
                (foot[0] - across, foot[1]),
            ]
        ]
    )
    alpha = soft(cone, canvas.frame_height * 0.016) * np.float32(0.16)
    sheet = canvas.sheet((1.0, 0.93, 0.78))
    place = room.place("curtain", "stage", dust=0, weather=("dust",))
    place.layers.append(Layer(sheet.rgb, alpha.astype(np.float32), 0.46, "rays"))
    if st.stand > 1.6:
        seats = canvas.sheet()
        for k in range(9):
            sx, w = (k + 0.5) / 9 * 1.2 - 0.1, 0.052
            shape = [
                (sx - w, 1.2),
                (sx - w, 1.0),
                (sx - w * 0.7, 0.962),
                (sx + w * 0.7, 0.962),
                (sx + w, 1.0),
                (sx + w, 1.2),
            ]
            mask, y0, x0 = canvas.patch([shape])
            if mask.size:
                seats.over((red[0] * 0.22, red[1] * 0.22, red[2] * 0.22), mask, y0, x0)
        place.layers.append(seats.layer(0.93))
    place.layers.sort(key=lambda layer: layer.depth)
    return place
