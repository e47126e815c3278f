"""On the way: train and car inside, station, road, bridge, airport, spaceship."""

from __future__ import annotations

import math

import numpy as np

from film.providers.draft.canvas import mix, ramp
from film.providers.draft.elements import RGB, FloatArray
from film.providers.draft.light import blend
from film.providers.draft.scenes import land, props
from film.providers.draft.scenes.materials import bricks, gradient, grain_at, plaster, stone, tiles, wood
from film.providers.draft.scenes.room import Room
from film.providers.draft.scenes.setup import Place, Setup
from film.providers.draft.scenes.sky import sky
from film.providers.draft.scenes.stage import Lamp, Material, Stage, Surface, linear
from film.providers.draft.scenes.town import parked_car, towers
from film.providers.draft.scenes.wild import depth_y


def train(setup: Setup) -> Place:
    """A carriage: an aisle between seats, windows on the passing land; a bus likewise."""
    st = setup.indoor(ambient=1.1, yaw=setup.between(-0.04, 0.04))
    lining: RGB = setup.make((0.52, 0.40, 0.28), (0.60, 0.62, 0.60), (0.44, 0.50, 0.46))
    room = Room(setup, st, width=2.95, behind=7.5, height=2.35, floor=tiles((0.30, 0.30, 0.31), None, 0.4, 0.15), wall=wood(lining),
                side=plaster(lining, 0.05), ceiling=(0.70, 0.68, 0.62), shift=setup.between(-0.1, 0.1))  # fmt: skip
    room.door(0.5, size=(0.8, 1.95), skin=(lining[0] * 0.7, lining[1] * 0.68, lining[2] * 0.66))
    wall = "left" if setup.light.key_side < 0 else "right"
    room.sunlight(wall, power=0.9)
    z = st.stand - 1.6
    while z < room.depth - 0.9:
        for side in ("left", "right"):
            room.window(side, z=z + 0.75, sill=0.95, size=(1.25, 0.85), panes=(1, 1), frame=(0.26, 0.25, 0.24), view=0.42, power=0.5,
                        beam=side == wall and z > st.stand)  # fmt: skip
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
        st.box(x, 1.92, (room.depth + room.start) / 2, (0.5, 0.03, room.depth - room.start), props.BRASS, "far", shadow=False)
        for k in range(4):
            zz = st.stand + 0.6 + 1.7 * k + setup.between(0, 0.4)
            st.box(x, 1.95, zz, (0.4, 0.26, 0.6), setup.pick((0.36, 0.24, 0.15), (0.22, 0.26, 0.30), (0.46, 0.36, 0.24)), "far", shadow=False)
    if setup.dim:
        for zz in (st.stand + 0.5, st.stand + 3.2):
            st.lamps.append(Lamp((0, 2.1, zz), linear((1.0, 0.82, 0.56)), 1.5, 1.6))
            st.quad((-0.12, 2.33, zz - 0.3), (0.24, 0, 0), (0, 0, 0.7), (0.8, 0.8, 0.7), "shell", emission=(1.1, 0.98, 0.74), order=800 - zz)
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
    shapes: list[land.Outline] = [
        [(-0.2, -0.2), (1.2, -0.2), (1.2, 0.06), (0.86, 0.035), (0.5, 0.025), (0.14, 0.035), (-0.2, 0.06)],
        [(-0.2, -0.2), (0.10, -0.2), (0.125, 0.05), (0.03, dash_y + 0.02), (-0.2, dash_y + 0.1)],
        [(1.2, -0.2), (0.90, -0.2), (0.875, 0.05), (0.97, dash_y + 0.02), (1.2, dash_y + 0.1)],
    ]
    land.painted(setup, shapes, dark, foot=warm, span=(0.0, dash_y), rim=0.4, sheet=frame)
    dash = [(-0.2, dash_y + 0.05), (0.10, dash_y), (0.30, dash_y - 0.025), (0.72, dash_y - 0.012), (0.92, dash_y + 0.01), (1.2, dash_y + 0.05),
            (1.2, 1.3), (-0.2, 1.3)]  # fmt: skip
    land.painted(setup, [dash], blend(warm, light.horizon, 0.10), foot=dark, span=(dash_y, dash_y + 0.22), rim=0.7, sheet=frame)
    a = canvas.across
    mirror = [(0.5 - a(0.16), 0.055), (0.5 + a(0.16), 0.055), (0.5 + a(0.15), 0.125), (0.5 - a(0.15), 0.125)]
    land.painted(setup, [mirror], dark, sheet=frame)
    inner = [(0.5 - a(0.145), 0.066), (0.5 + a(0.145), 0.066), (0.5 + a(0.136), 0.114), (0.5 - a(0.136), 0.114)]
    land.painted(setup, [inner], blend(light.middle, light.shade, 0.35), foot=light.shade, span=(0.06, 0.12), sheet=frame)
    side = -1 if setup.place.random() < 0.7 else 1
    wx, wy, r = 0.5 + side * 0.24, dash_y + 0.19, 0.235
    angles = [i * math.tau / 48 for i in range(49)]
    ring = [(wx + a(math.cos(t) * r), wy + math.sin(t) * r * 0.92) for t in angles]
    hole = [(wx + a(math.cos(t) * r * 0.88), wy + math.sin(t) * r * 0.80) for t in reversed(angles)]
    wheel = canvas.sheet(dark)
    land.painted(setup, [ring + hole, [(wx - a(r * 0.9), wy - 0.018), (wx + a(r * 0.9), wy - 0.018), (wx + a(r * 0.3), wy + 0.05), (wx - a(r * 0.3), wy + 0.05)]],
                 blend(dark, (0.02, 0.02, 0.02), 0.4), rim=1.0, sheet=wheel)  # fmt: skip
    glow = (0.35, 0.85, 0.75) if setup.dim else blend(light.horizon, (0.5, 0.5, 0.5), 0.5)
    rounds = [[(wx + a(dx + px), dash_y + 0.065 + py) for px, py in props.disc(0.035)] for dx in (-0.055, 0.055)]
    dials = canvas.polygons(rounds)
    frame.haze(glow, dials * np.float32(0.55 if setup.dim else 0.12))
    layers = [layer for layer in place.layers if layer.depth != 0.56]
    layers += [frame.layer(0.50), wheel.layer(0.54)]
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, place.stage, frozenset({"car", "road", "mirror"}), place.weather, outdoors=False)


def road(setup: Setup, *, bare: bool = False) -> Place:
    """A road that runs to the horizon between posts and wires."""
    rng = setup.rng
    back = sky(setup, setup.framing.horizon)
    dry = setup.says("desert", "route 66", "western", "dry", "nevada", "texas")
    colours: tuple[RGB, RGB] = ((0.46, 0.36, 0.32), (0.50, 0.38, 0.24)) if dry else ((0.34, 0.38, 0.40), (0.22, 0.29, 0.18))
    sheets = land.ranges(setup, 2, colours, top=0.15, rough=0.7 if dry else 0.2, cells=1.0, relief=0.35 if dry else 0.15)
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
    shapes = [land.clump(setup, float(rng.uniform(-0.1, 1.1)), setup.framing.horizon + 0.008, float(rng.uniform(0.006, 0.016)), rng) for _ in range(30)]
    bushes = land.painted(setup, shapes, land.lit(setup, (0.20, 0.22, 0.13), 0.42))
    layers.append(bushes.layer(0.13))
    if not bare:
        front = land.painted(setup, land.blades(setup, 1.12, 0.16, 60, rng, left=-0.1, right=0.3) + land.blades(setup, 1.12, 0.16, 60, rng, left=0.7),
                             land.lit(setup, (0.34, 0.32, 0.15)), rim=0.8)  # fmt: skip
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
    def draw(s: Surface) -> FloatArray:
        tone = 1 + np.float32(0.25) * (grain_at(s.a, s.b, 5.0, "stain") - np.float32(0.5))
        middle = np.abs(s.a - np.float32(s.width / 2))
        line = (middle < 0.09) & (np.mod(s.b, 9.0) < 4.0) | (np.abs(middle - np.float32(s.width / 2 - 0.3)) < 0.07)
        body = np.asarray((0.25, 0.25, 0.26), np.float32) * tone[..., None]
        return mix(body, (0.82, 0.74, 0.46), line.astype(np.float32) * np.clip(np.float32(26) / s.z, 0, 1) * np.float32(0.85))

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
    st.quad((x0, 0, 0.2), (9.0 + 2.2, 0, 0), (0, 0, 90), tiles((0.52, 0.50, 0.47), None, 0.75), "shell", floor=True, order=990)
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
            st.lamps.append(Lamp((-side * 1.4, 3.6, lz), linear((1.0, 0.78, 0.46)), 2.6, 2.2))
            props.rounded(st, -side * 0.9, 3.45, lz, [(0.22, 0.0), (0.08, 0.2), (0.02, 0.5)], (0.2, 0.26, 0.25), band="mid")
            st.cutout(-side * 0.9, 3.40, lz - 0.02, props.disc(0.11, 16), (1, 0.9, 0.7), "mid", emission=(1.25, 1.02, 0.7))
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

    def flank(s: Surface) -> FloatArray:
        pane = (np.mod(s.a, 1.9) > 0.45) & (np.mod(s.a, 1.9) < 1.65) & (s.b > 1.25) & (s.b < 2.1)
        stripe = (np.abs(s.b - 1.02) < 0.07).astype(np.float32)
        body = mix(mix(np.asarray(skin, np.float32) * np.ones_like(s.a)[..., None], (0.82, 0.72, 0.46), stripe), glass, pane.astype(np.float32))
        return body * np.clip(0.62 + s.b * np.float32(0.18), 0, 1.1)[..., None]

    def windows(s: Surface) -> FloatArray:
        pane = (np.mod(s.a, 1.9) > 0.45) & (np.mod(s.a, 1.9) < 1.65) & (s.b > 1.25) & (s.b < 2.1)
        return np.asarray(np.asarray((1.0, 0.80, 0.46), np.float32) * (pane * np.float32(0.95))[..., None], np.float32)

    st.group(x, z, "far")
    k = 3
    while k >= 0:
        start = z + 20.6 * k
        st.box(x, -0.55, start + 10, (2.7, 3.0, 20.0), flank, emission=windows if lit else None, top=(0.30, 0.30, 0.31), shadow=False)
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
        sheet = land.stacked(land.ranges(setup, 2, ((0.34, 0.38, 0.42), (0.24, 0.30, 0.26)), top=0.14, rough=0.4, relief=0.3))
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
            st.box(x, 0, tz, (1.0, 19, 1.3), gradient((paint[0] * 0.7, paint[1] * 0.7, paint[2] * 0.7), paint), shadow=False)
            st.ungroup()
        _cables(st, x, st.stand + 16, st.stand + 78, paint)
    for tz in (st.stand + 16, st.stand + 78):
        for y in (7.5, 13.5, 18.0):
            st.box(0, y, tz, (2 * half, 0.9, 0.9), paint, "far", shadow=False)
    if setup.dim:
        for k in range(3):
            st.lamps.append(Lamp((setup.side * (half - 0.6), 4.0, st.stand + 2 + 9 * k), linear((1.0, 0.76, 0.44)), 3.2, 2.6))
            st.cutout(setup.side * (half - 0.6), 4.0, st.stand + 2 + 9 * k, props.disc(0.13, 14), (1, 0.9, 0.7), "mid", emission=(1.25, 1.0, 0.68))
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
    room = Room(setup, st, width=13, behind=5.0, height=5.2, floor=tiles((0.58, 0.58, 0.57), None, 0.9, 0.15), wall=(0.55, 0.56, 0.57),
                ceiling=_slats(), shift=0.0)  # fmt: skip
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("back", lean=0.4 * key, power=0.9)
    room.window("back", x=0.5, sill=0.35, size=(11.6, 4.2), panes=(8, 2), frame=(0.34, 0.36, 0.38), power=0.35, view=-1.0)
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

    def board(s: Surface) -> FloatArray:
        row = (np.mod(s.b, 0.2) < 0.09) & (np.sin(np.floor(s.a / 0.07) * 9.1 + np.floor(s.b / 0.2) * 3.7) > -0.35)
        return mix((0.03, 0.04, 0.06), (1.0, 0.80, 0.32), row.astype(np.float32) * np.float32(0.9))

    st.quad((sx - 0.9, 2.75, st.stand + 1.4), (1.8, 0, 0), (0, 0.95, 0), (0.05, 0.05, 0.06), "mid", emission=board)
    if setup.dim:
        for k in range(2):
            st.lamps.append(Lamp((0, 4.6, st.stand + 1 + 3 * k), linear((0.95, 0.95, 1.0)), 3.2, 2.4))
    return room.place("window", "chair", "plane", dust=0.2)


def _slats() -> Material:
    def draw(s: Surface) -> FloatArray:
        gap = (np.mod(s.a, 0.6) < 0.08).astype(np.float32) * s.fade(0.3)
        return np.asarray(np.asarray((0.74, 0.73, 0.70), np.float32) * (1 - gap * np.float32(0.5))[..., None], np.float32)

    return draw


def _aircraft(setup: Setup, st: Stage, x: float, y: float, z: float, way: int) -> None:
    """An airliner beyond the glass, in profile."""
    body = [(-3.2, 0.75), (-3.0, 1.05), (-2.4, 1.22), (2.2, 1.24), (2.9, 1.36), (3.2, 2.35), (3.55, 2.35), (3.5, 1.3), (3.3, 1.05), (2.2, 0.62), (-2.6, 0.52)]
    light = setup.light
    white = blend((0.86, 0.88, 0.9), light.middle, 0.35)
    gain = 1.0 if not light.night else 0.30
    tone = (white[0] * gain, white[1] * gain, white[2] * gain)
    low = blend(tone, light.shade, 0.5)
    st.cutout(x, y - 0.2, z, [(px * way, py) for px, py in body], tone, "shell", emission=gradient(low, tone), order=698)
    wing = [(-0.6, 0.75), (0.9, 0.78), (2.0, 0.32), (1.7, 0.28)]
    st.cutout(x, y - 0.2, z, [(px * way, py) for px, py in wing], low, "shell", emission=low, order=697)
    st.cutout(x + 0.35 * way, y + 0.22, z, [(-0.42, -0.13), (0.36, -0.12), (0.36, 0.12), (-0.42, 0.15)], low, "shell", emission=blend(low, light.shade, 0.4), order=696)
    for k in range(16):
        st.cutout(x + way * (-2.2 + 0.28 * k), y + 0.78, z, [(-0.04, -0.05), (0.04, -0.05), (0.04, 0.05), (-0.04, 0.05)], low, "shell",
                  emission=(1.0, 0.85, 0.55) if setup.dim else blend(light.shade, light.middle, 0.3), order=695)  # fmt: skip


def spaceship(setup: Setup) -> Place:
    """A ship's passage or bridge: ribs, panels of light, a port on the stars."""
    st = setup.indoor(ambient=0.5, yaw=setup.between(-0.05, 0.05))
    hull: RGB = setup.make((0.40, 0.43, 0.47), (0.46, 0.46, 0.45), (0.34, 0.38, 0.42))
    glow: RGB = setup.make((0.35, 0.78, 1.0), (1.0, 0.55, 0.24), (0.55, 0.95, 0.80))
    room = Room(setup, st, width=4.4, behind=4.2, height=2.9, floor=_grating(hull), wall=_panels(hull), ceiling=_panels((hull[0] * 0.7, hull[1] * 0.7, hull[2] * 0.7)),
                shift=0.0)  # fmt: skip
    back, weight = room.depth, setup.side
    z = room.start + 0.6
    while z < back:
        for side in (-1, 1):
            x = room.left if side < 0 else room.right
            st.box(x - side * 0.14, 0, z, (0.34, room.height, 0.3), gradient((hull[0] * 0.45, hull[1] * 0.45, hull[2] * 0.45), hull), "shell", shadow=False)
            st.quad((x - side * 0.325, 0.4, z - 0.06), (0, 0, 0.10), (0, room.height - 0.9, 0), (0.2, 0.2, 0.2), "shell",
                    emission=(glow[0] * 0.95, glow[1] * 0.95, glow[2] * 0.95))  # fmt: skip
        st.box((room.left + room.right) / 2, room.height - 0.3, z, (room.right - room.left, 0.3, 0.3), (hull[0] * 0.5, hull[1] * 0.5, hull[2] * 0.5), "shell", shadow=False)
        if z > st.stand * 0.3 and z < st.stand + 4:
            st.lamps.append(Lamp((weight * 1.6, 1.6, z), linear(glow), 1.7, 0.9))
        z += 2.1
    st.lamps.append(Lamp((0, 2.5, st.stand + 0.6), linear((0.90, 0.95, 1.0)), 1.9, 1.5))
    _port(setup, room, st.reach(0.5, back), 1.55, 1.05)
    for side in (-1, 1):
        x = st.reach(0.5 + side * 0.30, back - 0.7)
        st.group(x, back - 0.7, "far")
        st.box(x, 0, back - 0.6, (1.4, 0.85, 0.6), gradient((hull[0] * 0.4, hull[1] * 0.4, hull[2] * 0.4), hull), turn=side * 0.35)
        st.quad((x - 0.6, 0.86, back - 0.92), (1.2, 0, 0), (0, 0.28, 0.42), (0.1, 0.1, 0.1), emission=_console(glow))
        st.ungroup()
    if st.stand > 1.3:
        zz = st.stand + 0.9
        props.armchair(st, st.reach(0.5 + weight * 0.30, zz), zz, width=0.8, turn=math.pi + 0.3 * weight, skin=(0.22, 0.24, 0.27))
    return room.place("screen", "stars", dust=0.0)


def _grating(hull: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        fade = s.fade(0.12)
        hole = (np.mod(s.a, 0.16) < 0.08) & (np.mod(s.b, 0.10) < 0.06)
        plate = (np.minimum(np.mod(s.a, 1.5), 1.5 - np.mod(s.a, 1.5)) < 0.05) | (np.mod(s.b, 2.1) < 0.05)
        tone = 1 - np.float32(0.42) * hole * fade - np.float32(0.3) * plate
        return np.asarray(np.asarray((hull[0] * 0.62, hull[1] * 0.62, hull[2] * 0.62), np.float32) * tone[..., None], np.float32)

    return draw


def _panels(hull: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
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
    def draw(s: Surface) -> FloatArray:
        i, j = np.floor(s.a / np.float32(0.075)), np.floor(s.b / np.float32(0.075))
        key = np.sin(i * 12.9 + j * 4.7) * np.float32(437.5)
        key = key - np.floor(key)
        on = (np.mod(s.a, 0.075) > 0.02) & (np.mod(s.b, 0.075) > 0.02) & (key > 0.45)
        colour = np.where((key > 0.85)[..., None], np.asarray((1.0, 0.42, 0.24), np.float32), np.asarray(glow, np.float32))
        return np.asarray(colour * (on * (np.float32(0.35) + key * np.float32(0.7)))[..., None] + np.float32(0.03), np.float32)

    return draw


def _port(setup: Setup, room: Room, x: float, y: float, radius: float) -> None:
    """A round window on space: stars and a limb of a planet."""
    st = room.stage
    planet: RGB = setup.make((0.30, 0.52, 0.72), (0.76, 0.50, 0.32), (0.58, 0.62, 0.54))

    def space(s: Surface) -> FloatArray:
        i, j = np.floor(s.a * 26), np.floor(s.b * 26)
        key = np.sin(i * 12.9 + j * 78.2) * np.float32(43758.5)
        key = key - np.floor(key)
        r = np.hypot(s.a * 26 - i - 0.5, s.b * 26 - j - 0.5)
        star = ((key > 0.90) & (r < 0.16 + 0.2 * (key - 0.9) * 5)).astype(np.float32) * (key - np.float32(0.55)) * 2
        d = np.hypot(s.a - np.float32(s.width * 0.85), s.b + np.float32(s.height * 0.15)) / np.float32(s.width * 0.78)
        ball = ramp(d, 1.004, 0.99)
        lit = np.clip((np.float32(1.05) - d) * np.float32(0.3) + (s.b / np.float32(s.height)) * np.float32(0.8) - np.float32(0.1), 0.03, 1)
        rim = np.exp(-np.abs(d - 1) * np.float32(26)) * np.float32(0.5)
        field = np.asarray((0.01, 0.014, 0.03), np.float32) + star[..., None]
        field = mix(field, np.asarray(planet, np.float32) * lit[..., None] * np.float32(1.2), ball)
        return np.asarray(field + rim[..., None] * np.asarray((0.5, 0.75, 1.0), np.float32), np.float32)

    ring = props.disc(radius * 1.12, 44)
    st.cutout(x, y, room.depth - 0.02, ring, (0.30, 0.32, 0.35), "shell", order=690)
    st.cutout(x, y, room.depth - 0.03, props.disc(radius, 44), (0, 0, 0), "shell", emission=space, order=689)
