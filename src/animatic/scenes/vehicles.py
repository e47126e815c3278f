"""Inside what moves: train, car, spaceship."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Field, mix, ramp
from animatic.driving import wheel_side
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants, props
from animatic.scenes.materials import gradient, plaster, tiles, wood
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Material, Surface, linear
from animatic.scenes.travel import road


def train(setup: Setup) -> Place:
    """A carriage: an aisle between seats, windows on the passing land; a bus likewise."""
    st = setup.indoor(ambient=1.1, yaw=setup.between(-0.04, 0.04))
    lining: RGB = setup.make((0.52, 0.40, 0.28), (0.60, 0.62, 0.60), (0.44, 0.50, 0.46))
    room = Room(
        setup,
        st,
        width=2.95,
        behind=7.5,
        height=2.35,
        floor=tiles((0.30, 0.30, 0.31), None, 0.4, 0.15),
        wall=wood(lining),
        side=plaster(lining, 0.05),
        ceiling=(0.70, 0.68, 0.62),
        shift=setup.between(-0.1, 0.1),
    )
    room.door(0.5, size=(0.8, 1.95), skin=(lining[0] * 0.7, lining[1] * 0.68, lining[2] * 0.66))
    wall = "left" if setup.light.key_side < 0 else "right"
    room.sunlight(wall, power=0.9)
    z = st.stand - 1.6
    while z < room.depth - 0.9:
        for side in ("left", "right"):
            room.window(
                side,
                z=z + 0.75,
                sill=0.95,
                size=(1.25, 0.85),
                panes=(1, 1),
                frame=(0.26, 0.25, 0.24),
                view=0.42,
                power=0.5,
                beam=side == wall and z > st.stand,
            )
        z += 1.65
    cloth: RGB = setup.make((0.20, 0.30, 0.42), (0.44, 0.17, 0.16), (0.22, 0.34, 0.28))
    z = room.depth - 1.0
    while z > st.stand * 0.45:
        for side in (-1, 1):
            x = (room.left + 0.55) if side < 0 else (room.right - 0.55)
            band = "front" if z < st.stand * 0.9 else "mid"
            st.group(x, z, band)
            dark = (cloth[0] * 0.7, cloth[1] * 0.7, cloth[2] * 0.7)
            st.box(x, 0.36, z, (0.92, 0.14, 0.50), gradient(dark, cloth))
            st.box(x, 0.46, z - 0.26, (0.92, 0.76, 0.14), gradient(dark, cloth))
            st.box(x, 1.18, z - 0.26, (0.80, 0.16, 0.12), (0.78, 0.75, 0.68))
            st.ungroup()
        z -= 1.05
    for side in (-1, 1):
        x = (room.left + 0.28) if side < 0 else (room.right - 0.28)
        st.box(
            x,
            1.92,
            (room.depth + room.start) / 2,
            (0.5, 0.03, room.depth - room.start),
            props.BRASS,
            "far",
            shadow=False,
        )
        for k in range(4):
            zz = st.stand + 0.6 + 1.7 * k + setup.between(0, 0.4)
            st.box(
                x,
                1.95,
                zz,
                (0.4, 0.26, 0.6),
                setup.pick((0.36, 0.24, 0.15), (0.22, 0.26, 0.30), (0.46, 0.36, 0.24)),
                "far",
                shadow=False,
            )
    if setup.dim:
        for zz in (st.stand + 0.5, st.stand + 3.2):
            st.lamps.append(Lamp((0, 2.1, zz), linear((1.0, 0.82, 0.56)), 1.5, 1.6))
            st.quad(
                (-0.12, 2.33, zz - 0.3),
                (0.24, 0, 0),
                (0, 0, 0.7),
                (0.8, 0.8, 0.7),
                "shell",
                emission=(1.1, 0.98, 0.74),
                order=800 - zz,
            )
    return room.place("train", "seat", "chair", dust=0.4)


def car(setup: Setup) -> Place:
    """From the back seat through the windscreen: the road, the wheel, the mirror."""
    place = road(setup, bare=True)
    canvas, light = setup.canvas, setup.light
    dark = blend(light.shade, (0.05, 0.05, 0.055), 0.55)
    warm = blend(dark, light.horizon, 0.12)
    horizon = setup.framing.horizon
    dash_y = min(max(horizon + 0.20, 0.60), 0.80)
    frame = canvas.sheet(dark)
    shapes: list[plants.Outline] = [
        [(-0.2, -0.2), (1.2, -0.2), (1.2, 0.06), (0.86, 0.035), (0.5, 0.025), (0.14, 0.035), (-0.2, 0.06)],
        [(-0.2, -0.2), (0.10, -0.2), (0.125, 0.05), (0.03, dash_y + 0.02), (-0.2, dash_y + 0.1)],
        [(1.2, -0.2), (0.90, -0.2), (0.875, 0.05), (0.97, dash_y + 0.02), (1.2, dash_y + 0.1)],
    ]
    land.painted(setup, shapes, dark, foot=warm, span=(0.0, dash_y), rim=0.4, sheet=frame)
    dash = [
        (-0.2, dash_y + 0.05),
        (0.10, dash_y),
        (0.30, dash_y - 0.025),
        (0.72, dash_y - 0.012),
        (0.92, dash_y + 0.01),
        (1.2, dash_y + 0.05),
        (1.2, 1.3),
        (-0.2, 1.3),
    ]
    land.painted(
        setup, [dash], blend(warm, light.horizon, 0.10), foot=dark, span=(dash_y, dash_y + 0.22), rim=0.7, sheet=frame
    )
    a = canvas.across
    mirror = [(0.5 - a(0.16), 0.055), (0.5 + a(0.16), 0.055), (0.5 + a(0.15), 0.125), (0.5 - a(0.15), 0.125)]
    land.painted(setup, [mirror], dark, sheet=frame)
    inner = [(0.5 - a(0.145), 0.066), (0.5 + a(0.145), 0.066), (0.5 + a(0.136), 0.114), (0.5 - a(0.136), 0.114)]
    land.painted(
        setup, [inner], blend(light.middle, light.shade, 0.35), foot=light.shade, span=(0.06, 0.12), sheet=frame
    )
    side = wheel_side(setup.spec)
    wx, wy, r = 0.5 + side * 0.24, dash_y + 0.19, 0.235
    angles = [i * math.tau / 48 for i in range(49)]
    ring = [(wx + a(math.cos(t) * r), wy + math.sin(t) * r * 0.92) for t in angles]
    hole = [(wx + a(math.cos(t) * r * 0.88), wy + math.sin(t) * r * 0.80) for t in reversed(angles)]
    wheel = canvas.sheet(dark)
    land.painted(
        setup,
        [
            ring + hole,
            [
                (wx - a(r * 0.9), wy - 0.018),
                (wx + a(r * 0.9), wy - 0.018),
                (wx + a(r * 0.3), wy + 0.05),
                (wx - a(r * 0.3), wy + 0.05),
            ],
        ],
        blend(dark, (0.02, 0.02, 0.02), 0.4),
        rim=1.0,
        sheet=wheel,
    )
    glow = (0.35, 0.85, 0.75) if setup.dim else blend(light.horizon, (0.5, 0.5, 0.5), 0.5)
    rounds = [[(wx + a(dx + px), dash_y + 0.065 + py) for px, py in props.disc(0.035)] for dx in (-0.055, 0.055)]
    dials = canvas.polygons(rounds)
    frame.haze(glow, dials * np.float32(0.55 if setup.dim else 0.12))
    layers = [layer for layer in place.layers if layer.depth != 0.56]
    layers += [frame.layer(0.50), wheel.layer(0.54)]
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, place.stage, frozenset({"car", "road", "mirror"}), place.weather, outdoors=False)


def spaceship(setup: Setup) -> Place:
    """A ship's passage or bridge: ribs, panels of light, a port on the stars."""
    st = setup.indoor(ambient=0.5, yaw=setup.between(-0.05, 0.05))
    hull: RGB = setup.make((0.40, 0.43, 0.47), (0.46, 0.46, 0.45), (0.34, 0.38, 0.42))
    glow: RGB = setup.make((0.35, 0.78, 1.0), (1.0, 0.55, 0.24), (0.55, 0.95, 0.80))
    room = Room(
        setup,
        st,
        width=4.4,
        behind=4.2,
        height=2.9,
        floor=_grating(hull),
        wall=_panels(hull),
        ceiling=_panels((hull[0] * 0.7, hull[1] * 0.7, hull[2] * 0.7)),
        shift=0.0,
    )
    back, weight = room.depth, setup.side
    z = room.start + 0.6
    while z < back:
        for side in (-1, 1):
            x = room.left if side < 0 else room.right
            st.box(
                x - side * 0.14,
                0,
                z,
                (0.34, room.height, 0.3),
                gradient((hull[0] * 0.45, hull[1] * 0.45, hull[2] * 0.45), hull),
                "shell",
                shadow=False,
            )
            st.quad(
                (x - side * 0.325, 0.4, z - 0.06),
                (0, 0, 0.10),
                (0, room.height - 0.9, 0),
                (0.2, 0.2, 0.2),
                "shell",
                emission=(glow[0] * 0.95, glow[1] * 0.95, glow[2] * 0.95),
            )
        st.box(
            (room.left + room.right) / 2,
            room.height - 0.3,
            z,
            (room.right - room.left, 0.3, 0.3),
            (hull[0] * 0.5, hull[1] * 0.5, hull[2] * 0.5),
            "shell",
            shadow=False,
        )
        if z > st.stand * 0.3 and z < st.stand + 4:
            st.lamps.append(Lamp((weight * 1.6, 1.6, z), linear(glow), 1.7, 0.9))
        z += 2.1
    st.lamps.append(Lamp((0, 2.5, st.stand + 0.6), linear((0.90, 0.95, 1.0)), 1.9, 1.5))
    _port(setup, room, st.reach(0.5, back), 1.55, 1.05)
    for side in (-1, 1):
        x = st.reach(0.5 + side * 0.30, back - 0.7)
        st.group(x, back - 0.7, "far")
        st.box(
            x,
            0,
            back - 0.6,
            (1.4, 0.85, 0.6),
            gradient((hull[0] * 0.4, hull[1] * 0.4, hull[2] * 0.4), hull),
            turn=side * 0.35,
        )
        st.quad((x - 0.6, 0.86, back - 0.92), (1.2, 0, 0), (0, 0.28, 0.42), (0.1, 0.1, 0.1), emission=_console(glow))
        st.ungroup()
    if st.stand > 1.3:
        zz = st.stand + 0.9
        props.armchair(
            st, st.reach(0.5 + weight * 0.30, zz), zz, width=0.8, turn=math.pi + 0.3 * weight, skin=(0.22, 0.24, 0.27)
        )
    return room.place("screen", "stars", dust=0.0)


def _grating(hull: RGB) -> Material:
    def draw(s: Surface) -> Field:
        fade = s.fade(0.12)
        hole = (np.mod(s.a, 0.16) < 0.08) & (np.mod(s.b, 0.10) < 0.06)
        plate = (np.minimum(np.mod(s.a, 1.5), 1.5 - np.mod(s.a, 1.5)) < 0.05) | (np.mod(s.b, 2.1) < 0.05)
        tone = 1 - np.float32(0.42) * hole * fade - np.float32(0.3) * plate
        return np.asarray(
            np.asarray((hull[0] * 0.62, hull[1] * 0.62, hull[2] * 0.62), np.float32) * tone[..., None], np.float32
        )

    return draw


def _panels(hull: RGB) -> Material:
    def draw(s: Surface) -> Field:
        i, j = np.floor(s.a / np.float32(0.9)), np.floor(s.b / np.float32(0.62))
        da, db = s.a - i * np.float32(0.9), s.b - j * np.float32(0.62)
        edge = np.minimum(np.minimum(da, 0.9 - da), np.minimum(db, 0.62 - db))
        groove = np.clip(1 - edge / np.float32(0.022), 0, 1) * np.float32(0.6)
        key = np.sin(i * 12.9 + j * 78.2) * np.float32(43758.5)
        tone = np.float32(0.88) + (key - np.floor(key)) * np.float32(0.24) - groove
        vent = (np.mod(s.b, 0.05) < 0.02) & ((key - np.floor(key)) < 0.2) & (edge > 0.1)
        return np.asarray(np.asarray(hull, np.float32) * (tone - np.float32(0.35) * vent)[..., None], np.float32)

    return draw


def _console(glow: RGB) -> Material:
    def draw(s: Surface) -> Field:
        i, j = np.floor(s.a / np.float32(0.075)), np.floor(s.b / np.float32(0.075))
        key = np.sin(i * 12.9 + j * 4.7) * np.float32(437.5)
        key = key - np.floor(key)
        on = (np.mod(s.a, 0.075) > 0.02) & (np.mod(s.b, 0.075) > 0.02) & (key > 0.45)
        colour = np.where(
            (key > 0.85)[..., None], np.asarray((1.0, 0.42, 0.24), np.float32), np.asarray(glow, np.float32)
        )
        return np.asarray(
            colour * (on * (np.float32(0.35) + key * np.float32(0.7)))[..., None] + np.float32(0.03), np.float32
        )

    return draw


def _port(setup: Setup, room: Room, x: float, y: float, radius: float) -> None:
    """A round window on space: stars and a limb of a planet."""
    st = room.stage
    planet: RGB = setup.make((0.30, 0.52, 0.72), (0.76, 0.50, 0.32), (0.58, 0.62, 0.54))

    def space(s: Surface) -> Field:
        i, j = np.floor(s.a * 26), np.floor(s.b * 26)
        key = np.sin(i * 12.9 + j * 78.2) * np.float32(43758.5)
        key = key - np.floor(key)
        r = np.hypot(s.a * 26 - i - 0.5, s.b * 26 - j - 0.5)
        star = ((key > 0.90) & (r < 0.16 + 0.2 * (key - 0.9) * 5)).astype(np.float32) * (key - np.float32(0.55)) * 2
        d = np.hypot(s.a - np.float32(s.width * 0.85), s.b + np.float32(s.height * 0.15)) / np.float32(s.width * 0.78)
        ball = ramp(d, 1.004, 0.99)
        lit = np.clip(
            (np.float32(1.05) - d) * np.float32(0.3) + (s.b / np.float32(s.height)) * np.float32(0.8) - np.float32(0.1),
            0.03,
            1,
        )
        rim = np.exp(-np.abs(d - 1) * np.float32(26)) * np.float32(0.5)
        field = np.asarray((0.01, 0.014, 0.03), np.float32) + star[..., None]
        field = mix(field, np.asarray(planet, np.float32) * lit[..., None] * np.float32(1.2), ball)
        return np.asarray(field + rim[..., None] * np.asarray((0.5, 0.75, 1.0), np.float32), np.float32)

    ring = props.disc(radius * 1.12, 44)
    st.cutout(x, y, room.depth - 0.02, ring, (0.30, 0.32, 0.35), "shell", order=690)
    st.cutout(x, y, room.depth - 0.03, props.disc(radius, 44), (0, 0, 0), "shell", emission=space, order=689)
