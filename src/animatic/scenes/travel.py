"""On the way: road, station, bridge, airport."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Field, mix
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants, props
from animatic.scenes.materials import bricks, gradient, grain_at, stone, tiles, wood
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear
from animatic.scenes.street import parked_car
from animatic.scenes.town import towers
from animatic.scenes.wild import depth_y


def road(setup: Setup, *, bare: bool = False) -> Place:
    """A road that runs to the horizon between posts and wires."""
    rng = setup.rng
    back = sky(setup, setup.framing.horizon)
    dry = setup.says("desert", "route 66", "western", "dry", "nevada", "texas")
    colours: tuple[RGB, RGB] = (
        ((0.46, 0.36, 0.32), (0.50, 0.38, 0.24)) if dry else ((0.34, 0.38, 0.40), (0.22, 0.29, 0.18))
    )
    sheets = land.ranges(
        setup, 2, colours, top=0.15, rough=0.7 if dry else 0.2, cells=1.0, relief=0.35 if dry else 0.15
    )
    layers = [back.layer(0.02, "clouds"), land.stacked(sheets).layer(0.12)]
    st = setup.outdoor(fog=0.007, yaw=0.0)
    st.centre = setup.between(-0.12, 0.12)
    verge: RGB = (0.58, 0.46, 0.30) if dry else (0.30, 0.36, 0.17)
    st.quad((-200, 0, 0.2), (400, 0, 0), (0, 0, 600), stone(verge, 0.6, 9), "shell", floor=True, order=995)
    st.quad((-3.6, 0.01, 0.2), (7.2, 0, 0), (0, 0, 600), _asphalt(setup), "shell", floor=True, order=994)
    side = setup.side
    z = 3.0
    while z < 150:
        x = side * 6.2
        st.cylinder(x, 0, z, 0.12, 6.4, wood((0.32, 0.24, 0.18)), "far" if z > st.stand + 3 else "mid")
        st.box(x, 5.7, z, (1.7, 0.1, 0.1), wood((0.30, 0.22, 0.16)), "far" if z > st.stand + 3 else "mid", shadow=False)
        z += 17.0
    for dx in (-0.7, 0.0, 0.7):
        for k in range(7):
            _wire(st, side * 6.2 + dx, 3.0 + 17 * k, 3.0 + 17 * (k + 1))
    if not bare and setup.says("car", "truck", "driving", "highway", "traffic") and setup.allows("car"):
        parked_car(setup, st, 1.7, st.stand + setup.between(7, 14), away=True)
    layers += st.layers()
    shapes = [
        plants.clump(
            setup, float(rng.uniform(-0.1, 1.1)), setup.framing.horizon + 0.008, float(rng.uniform(0.006, 0.016)), rng
        )
        for _ in range(30)
    ]
    bushes = land.painted(setup, shapes, land.lit(setup, (0.20, 0.22, 0.13), 0.42))
    layers.append(bushes.layer(0.13))
    if not bare:
        front = land.painted(
            setup,
            plants.blades(setup, 1.12, 0.16, 60, rng, left=-0.1, right=0.3)
            + plants.blades(setup, 1.12, 0.16, 60, rng, left=0.7),
            land.lit(setup, (0.34, 0.32, 0.15)),
            rim=0.8,
        )
        layers.append(front.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"road"}))


def _wire(st: Stage, x: float, z0: float, z1: float) -> None:
    points: list[tuple[float, float]] = []
    for k in range(9):
        t = k / 8
        z = z0 + (z1 - z0) * t
        if float(st.at(x, 0, z)[2]) > 0.6:
            points.append(st.seen(x, 5.78 - 0.5 * math.sin(math.pi * t), z))
    if len(points) < 2:
        return
    origin = st.at(0, st.eye, 60)
    depth = 60.0
    outline = [((px - 0.5) * st.canvas.aspect - st.centre, st.framing.horizon - py) for px, py in points]
    w = 0.0009
    ring = [(u * depth / st.focal, (v + w) * depth / st.focal) for u, v in outline]
    ring += [(u * depth / st.focal, (v - w) * depth / st.focal) for u, v in reversed(outline)]
    st.cutout(-float(origin[0]), st.eye, 60, ring, (0.10, 0.10, 0.11), "far", order=60)


def _asphalt(setup: Setup) -> Material:
    def draw(s: Surface) -> Field:
        tone = 1 + np.float32(0.25) * (grain_at(s.a, s.b, 5.0, "stain") - np.float32(0.5))
        middle = np.abs(s.a - np.float32(s.width / 2))
        line = (middle < 0.09) & (np.mod(s.b, 9.0) < 4.0) | (np.abs(middle - np.float32(s.width / 2 - 0.3)) < 0.07)
        body = np.asarray((0.25, 0.25, 0.26), np.float32) * tone[..., None]
        return mix(
            body, (0.82, 0.74, 0.46), line.astype(np.float32) * np.clip(np.float32(26) / s.z, 0, 1) * np.float32(0.85)
        )

    return draw


def station(setup: Setup) -> Place:
    """A platform under its roof, rails, a waiting train, a clock."""
    st = setup.outdoor(fog=0.014, yaw=setup.between(-0.05, 0.05))
    st.centre = setup.between(-0.1, 0.1)
    back = sky(setup, setup.framing.horizon)
    far = towers(setup, 0.7, 0.05, 0.14, setup.framing.horizon + 0.02, wide=0.06)
    back.over(far.rgb, far.alpha)
    side = setup.side
    st.quad((-30, -0.9, 0.2), (60, 0, 0), (0, 0, 160), stone((0.34, 0.31, 0.28), 0.8, 1.6), "shell", order=997)
    edge = side * 2.2
    x0 = -9.0 if side > 0 else edge
    st.quad(
        (x0, 0, 0.2),
        (9.0 + 2.2, 0, 0),
        (0, 0, 90),
        tiles((0.52, 0.50, 0.47), None, 0.75),
        "shell",
        floor=True,
        order=990,
    )
    st.quad((edge - side * 0.55 - 0.06, 0.004, 0.2), (0.12, 0, 0), (0, 0, 90), (0.86, 0.72, 0.30), "shell", order=989)
    st.quad((edge, -0.9, 0.2), (0, 0.9, 0), (0, 0, 90), bricks((0.36, 0.32, 0.29), 0.4, 0.2), "shell", order=988)
    for dx in (0.9, 2.35):
        st.box(edge + side * dx, -0.88, 75, (0.09, 0.14, 150), (0.46, 0.42, 0.40), "shell", shadow=False)
    if setup.allows("train"):
        _carriages(setup, st, edge + side * 1.65, st.stand + 5.0, side)
    z = st.stand - 1.0
    while z < 55:
        st.group(-side * 1.6, z, "mid" if z < st.stand + 5 else "far")
        st.cylinder(-side * 1.6, 0, z, 0.11, 4.0, (0.22, 0.30, 0.28))
        for way in (-1, 1):
            st.quad((-side * 1.6, 3.2, z - 0.04), (way * 1.2, 0.8, 0), (0, 0.14, 0), (0.20, 0.27, 0.25))
        st.ungroup()
        z += 5.5
    st.quad((-side * 6, 4.0, 0.2), (side * 7.6, 0.25, 0), (0, 0, 70), (0.26, 0.25, 0.25), "far", order=400)
    st.quad((-side * 6.4, 0, 0.2), (0, 4.2, 0), (0, 0, 70), bricks((0.46, 0.30, 0.24), 0.3, 0.1), "shell", order=980)
    _clock(st, -side * 0.3, 3.15, st.stand + 3.0)
    if setup.dim or setup.light.ambient < 0.55:
        for k in range(3):
            lz = st.stand + 1.0 + 5.5 * k
            st.lamps.append(Lamp((-side * 1.4, 3.6, lz), linear((1.0, 0.78, 0.46)), 2.4, 1.5))
            props.rounded(
                st, -side * 0.9, 3.45, lz, [(0.22, 0.0), (0.08, 0.2), (0.02, 0.5)], (0.2, 0.26, 0.25), band="mid"
            )
            st.cutout(
                -side * 0.9, 3.40, lz - 0.02, props.disc(0.11, 16), (1, 0.9, 0.7), "mid", emission=(1.25, 1.02, 0.7)
            )
    layers = [back.layer(0.03, "clouds"), *st.layers()]
    layers.append(land.fog(setup, depth_y(setup, 0.25), 0.06, 0.5, 0.3))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"train", "clock", "railway", "lamp"}), ("fog",))


def _clock(st: Stage, x: float, y: float, z: float) -> None:
    st.group(x, z, "mid")
    st.box(x, y + 0.35, z + 0.06, (0.05, 0.7, 0.05), props.IRON, shadow=False)
    st.box(x, y - 0.36, z + 0.07, (0.72, 0.72, 0.1), (0.14, 0.15, 0.15), shadow=False)
    st.quad((x - 0.32, y - 0.32, z), (0.64, 0, 0), (0, 0.64, 0), props.clock_face(9.78, (0.14, 0.15, 0.15)))
    st.ungroup()


def _carriages(setup: Setup, st: Stage, x: float, z: float, side: int) -> None:
    """A train of coaches from its near end on."""
    skin: RGB = setup.make((0.40, 0.12, 0.11), (0.14, 0.27, 0.22), (0.16, 0.22, 0.36))
    lit = setup.dim or setup.light.ambient < 0.62
    glass = blend(setup.light.shade, setup.light.middle, 0.45)

    def flank(s: Surface) -> Field:
        pane = (np.mod(s.a, 1.9) > 0.45) & (np.mod(s.a, 1.9) < 1.65) & (s.b > 1.25) & (s.b < 2.1)
        stripe = (np.abs(s.b - 1.02) < 0.07).astype(np.float32)
        body = mix(
            mix(np.asarray(skin, np.float32) * np.ones_like(s.a)[..., None], (0.82, 0.72, 0.46), stripe),
            glass,
            pane.astype(np.float32),
        )
        return body * np.clip(0.62 + s.b * np.float32(0.18), 0, 1.1)[..., None]

    def windows(s: Surface) -> Field:
        pane = (np.mod(s.a, 1.9) > 0.45) & (np.mod(s.a, 1.9) < 1.65) & (s.b > 1.25) & (s.b < 2.1)
        return np.asarray(np.asarray((1.0, 0.80, 0.46), np.float32) * (pane * np.float32(0.95))[..., None], np.float32)

    st.group(x, z, "far")
    k = 3
    while k >= 0:
        start = z + 20.6 * k
        st.box(
            x,
            -0.55,
            start + 10,
            (2.7, 3.0, 20.0),
            flank,
            emission=windows if lit else None,
            top=(0.30, 0.30, 0.31),
            shadow=False,
        )
        k -= 1
    st.quad((x - 1.0, 0.9, z - 0.02), (2.0, 0, 0), (0, 0.9, 0), glass, emission=(0.85, 0.68, 0.40) if lit else None)
    for dx in (-0.95, 0.95):
        st.cutout(x + dx, 0.25, z - 0.05, props.disc(0.16, 16), (0.9, 0.85, 0.7), emission=(1.35, 1.2, 0.9))
    st.ungroup()
    if lit:
        st.lamps.append(Lamp((x, 0.6, z - 1.2), linear((1.0, 0.9, 0.7)), 3.0, 2.2))


def bridge(setup: Setup) -> Place:
    """On a suspension bridge: deck, towers, cables, water and city beyond."""
    back = sky(setup, setup.framing.horizon)
    if setup.says("city", "brooklyn", "london", "urban", "new york") or setup.make(True, False):
        sheet = towers(setup, 0.66, 0.06, 0.20, setup.framing.horizon + 0.015, wide=0.05)
    else:
        sheet = land.stacked(
            land.ranges(setup, 2, ((0.34, 0.38, 0.42), (0.24, 0.30, 0.26)), top=0.14, rough=0.4, relief=0.3)
        )
    behind = setup.canvas.sheet()
    behind.rgb[:] = back.rgb
    behind.over(sheet.rgb, sheet.alpha)
    pool = land.water(setup, behind, horizon=setup.framing.horizon + 0.012, calm=0.6)
    layers = [back.layer(0.02, "clouds"), sheet.layer(0.10), pool.layer(0.14, "water")]
    st = setup.outdoor(fog=0.008, yaw=setup.between(-0.06, 0.06))
    st.centre = setup.between(-0.1, 0.1)
    paint: RGB = setup.make((0.56, 0.22, 0.16), (0.32, 0.36, 0.38), (0.40, 0.46, 0.42))
    half = 4.6
    st.quad((-half, 0, 0.2), (2 * half, 0, 0), (0, 0, 170), _asphalt(setup), "shell", floor=True, order=990)
    for side in (-1, 1):
        x = side * half
        for y in (0.55, 1.1):
            st.box(x, y, 85, (0.08, 0.08, 170), paint, "far", shadow=False)
        z = 0.8
        while z < 70:
            st.box(x, 0, z, (0.09, 1.15, 0.09), paint, "mid" if z < st.stand + 3 else "far", shadow=False)
            z += 2.4
        for tz in (st.stand + 16, st.stand + 78):
            st.group(x, tz, "far")
            st.box(
                x,
                0,
                tz,
                (1.0, 19, 1.3),
                gradient((paint[0] * 0.7, paint[1] * 0.7, paint[2] * 0.7), paint),
                shadow=False,
            )
            st.ungroup()
        _cables(st, x, st.stand + 16, st.stand + 78, paint)
    for tz in (st.stand + 16, st.stand + 78):
        for y in (7.5, 13.5, 18.0):
            st.box(0, y, tz, (2 * half, 0.9, 0.9), paint, "far", shadow=False)
    if setup.dim:
        for k in range(3):
            st.lamps.append(
                Lamp((setup.side * (half - 0.6), 4.0, st.stand + 2 + 9 * k), linear((1.0, 0.76, 0.44)), 3.2, 2.6)
            )
            st.cutout(
                setup.side * (half - 0.6),
                4.0,
                st.stand + 2 + 9 * k,
                props.disc(0.13, 14),
                (1, 0.9, 0.7),
                "mid",
                emission=(1.25, 1.0, 0.68),
            )
            st.cylinder(setup.side * (half - 0.3), 0, st.stand + 2 + 9 * k, 0.05, 4.1, paint, "mid")
    layers += st.layers()
    layers.append(land.fog(setup, setup.framing.horizon + 0.015, 0.04, 0.55, 0.2))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"bridge", "water"}))


def _cables(st: Stage, x: float, z0: float, z1: float, paint: RGB) -> None:
    """The main cable's sag and its hangers, as flat strips in the plane of the railing."""
    span = z1 - z0

    def high(z: float) -> float:
        t = (z - z0) / span
        return 3.0 + 15.5 * (2 * (t - math.floor(t)) - 1) ** 2

    z = 1.2
    while z < z1:
        y, y2 = high(z), high(z + 2.4)
        st.quad((x, y, z), (0, y2 - y, 2.4), (0, 0.32, 0), paint, "far")
        st.quad((x, 1.1, z), (0, 0, 0.07), (0, y - 1.1, 0), paint, "far")
        z += 2.4


def airport(setup: Setup) -> Place:
    """A departure hall: glass on the apron, an aircraft, rows of seats."""
    st = setup.indoor(ambient=1.2)
    room = Room(
        setup,
        st,
        width=13,
        behind=5.0,
        height=5.2,
        floor=tiles((0.58, 0.58, 0.57), None, 0.9, 0.15),
        wall=(0.55, 0.56, 0.57),
        ceiling=_slats(),
        shift=0.0,
    )
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("back", lean=0.4 * key, power=0.9)
    room.window(
        "back", x=0.5, sill=0.35, size=(11.6, 4.2), panes=(8, 2), frame=(0.34, 0.36, 0.38), power=0.35, view=-1.0
    )
    place_x = st.reach(0.5 + 0.14 * key, back)
    _aircraft(setup, st, place_x, 1.0, back - 0.02, key)
    z = st.stand + 1.6
    for row in (z, z + 1.7):
        for k in range(6):
            for side in (-1, 1):
                x = side * (1.7 + 0.62 * k)
                st.group(x, row, "mid")
                st.box(x, 0.40, row, (0.54, 0.07, 0.5), (0.16, 0.18, 0.21), shadow=False)
                st.box(x, 0.5, row + 0.25, (0.54, 0.46, 0.06), (0.19, 0.21, 0.25), shadow=False)
                st.box(x, 0, row, (0.05, 0.4, 0.4), (0.5, 0.52, 0.54))
                st.ungroup()
    sx = st.reach(0.5 + 0.34 * weight, st.stand + 1.0)

    def board(s: Surface) -> Field:
        row = (np.mod(s.b, 0.2) < 0.09) & (np.sin(np.floor(s.a / 0.07) * 9.1 + np.floor(s.b / 0.2) * 3.7) > -0.35)
        return mix((0.03, 0.04, 0.06), (1.0, 0.80, 0.32), row.astype(np.float32) * np.float32(0.9))

    st.quad((sx - 0.9, 2.75, st.stand + 1.4), (1.8, 0, 0), (0, 0.95, 0), (0.05, 0.05, 0.06), "mid", emission=board)
    if setup.dim:
        for k in range(2):
            st.lamps.append(Lamp((0, 4.6, st.stand + 1 + 3 * k), linear((0.95, 0.95, 1.0)), 3.2, 2.4))
    return room.place("window", "chair", "plane", dust=0.2)


def _slats() -> Material:
    def draw(s: Surface) -> Field:
        gap = (np.mod(s.a, 0.6) < 0.08).astype(np.float32) * s.fade(0.3)
        return np.asarray(
            np.asarray((0.74, 0.73, 0.70), np.float32) * (1 - gap * np.float32(0.5))[..., None], np.float32
        )

    return draw


def _aircraft(setup: Setup, st: Stage, x: float, y: float, z: float, way: int) -> None:
    """An airliner beyond the glass, in profile."""
    body = [
        (-3.2, 0.75),
        (-3.0, 1.05),
        (-2.4, 1.22),
        (2.2, 1.24),
        (2.9, 1.36),
        (3.2, 2.35),
        (3.55, 2.35),
        (3.5, 1.3),
        (3.3, 1.05),
        (2.2, 0.62),
        (-2.6, 0.52),
    ]
    light = setup.light
    white = blend((0.86, 0.88, 0.9), light.middle, 0.35)
    gain = 1.0 if not light.night else 0.30
    tone = (white[0] * gain, white[1] * gain, white[2] * gain)
    low = blend(tone, light.shade, 0.5)
    st.cutout(
        x, y - 0.2, z, [(px * way, py) for px, py in body], tone, "shell", emission=gradient(low, tone), order=698
    )
    wing = [(-0.6, 0.75), (0.9, 0.78), (2.0, 0.32), (1.7, 0.28)]
    st.cutout(x, y - 0.2, z, [(px * way, py) for px, py in wing], low, "shell", emission=low, order=697)
    st.cutout(
        x + 0.35 * way,
        y + 0.22,
        z,
        [(-0.42, -0.13), (0.36, -0.12), (0.36, 0.12), (-0.42, 0.15)],
        low,
        "shell",
        emission=blend(low, light.shade, 0.4),
        order=696,
    )
    for k in range(16):
        st.cutout(
            x + way * (-2.2 + 0.28 * k),
            y + 0.78,
            z,
            [(-0.04, -0.05), (0.04, -0.05), (0.04, 0.05), (-0.04, 0.05)],
            low,
            "shell",
            emission=(1.0, 0.85, 0.55) if setup.dim else blend(light.shade, light.middle, 0.3),
            order=695,
        )
