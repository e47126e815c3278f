"""By the sea: beach, ship's deck, harbour; and the boats that sail there."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Sheet, mix, ramp, soft
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants, props
from animatic.scenes.materials import planks, stone, wood
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import Lamp, linear
from animatic.scenes.wild import depth_y


def headland(setup: Setup, sheet: Sheet, *, lighthouse: bool = False) -> None:
    """A cape that runs down into the sea on the side away from the light."""
    canvas, rng = setup.canvas, setup.rng
    side = setup.side
    edge = 0.5 + side * setup.between(0.10, 0.24)
    out = np.clip((canvas.x[0] - np.float32(edge)) * np.float32(side), 0, 1)
    height = setup.between(0.10, 0.17)
    line = np.float32(setup.framing.horizon + 0.004) - np.minimum(out * np.float32(0.5), np.float32(height)) * (
        1 + canvas.line(rng, 4, 4) * np.float32(0.25)
    )
    line = np.where(out > 0, line, np.float32(2.0)).astype(np.float32)
    cape = land.ridge(setup, line, (0.30, 0.30, 0.26), 0.42, relief=0.6, mist=0.25, cells=9)
    sheet.over(cape.rgb, cape.alpha)
    if lighthouse:
        x = edge + side * 0.14
        base = setup.framing.horizon - 0.045
        tower(setup, sheet, x, base, 0.20)


def tower(setup: Setup, sheet: Sheet, x: float, base: float, size: float) -> None:
    """A lighthouse: banded, tapering, its lantern lit when it is dim."""
    canvas, light = setup.canvas, setup.light
    a = canvas.across
    body = land.lit(setup, (0.86, 0.83, 0.78), 0.18)
    red = land.lit(setup, (0.66, 0.20, 0.16), 0.18)
    for k in range(5):
        w0, w1 = size * (0.105 - 0.010 * k), size * (0.105 - 0.010 * (k + 1))
        y0, y1 = base - size * 0.16 * k, base - size * 0.16 * (k + 1)
        shape = [(x - a(w0), y0), (x - a(w1), y1), (x + a(w1), y1), (x + a(w0), y0)]
        land.painted(setup, [shape], red if k % 2 else body, rim=0.8, sheet=sheet)
    top = base - size * 0.80
    dark = land.lit(setup, (0.16, 0.16, 0.18), 0.1)
    land.painted(
        setup,
        [
            [
                (x - a(size * 0.085), top),
                (x - a(size * 0.085), top - size * 0.02),
                (x + a(size * 0.085), top - size * 0.02),
                (x + a(size * 0.085), top),
            ]
        ],
        dark,
        sheet=sheet,
    )
    lamp = (1.3, 1.15, 0.8) if setup.dim or light.ambient < 0.62 else land.lit(setup, (0.5, 0.56, 0.58), 0.2)
    w = a(size * 0.045)
    land.painted(
        setup,
        [
            [
                (x - w, top - size * 0.02),
                (x - w, top - size * 0.12),
                (x + w, top - size * 0.12),
                (x + w, top - size * 0.02),
            ]
        ],
        lamp,
        sheet=sheet,
    )
    land.painted(
        setup,
        [[(x - w * 1.5, top - size * 0.12), (x, top - size * 0.20), (x + w * 1.5, top - size * 0.12)]],
        dark,
        sheet=sheet,
    )
    if setup.dim:
        y = top - size * 0.07
        for side in (-1, 1):
            beam = canvas.polygons(
                [[(x, y - 0.004), (x + side * 0.9, y - 0.10), (x + side * 0.9, y + 0.05), (x, y + 0.004)]]
            )
            fall = np.exp(-canvas.distance(x, y) * np.float32(2.2))
            sheet.add((1.0, 0.92, 0.70), soft(beam, canvas.frame_height * 0.008) * fall * np.float32(0.34))
        sheet.add((1.0, 0.9, 0.65), canvas.glow(x, y, 0.10) * np.float32(0.6))


def beach(setup: Setup) -> Place:
    """Sand, the wash of the last wave, the sea, a cape."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    if setup.says("lighthouse", "cliff", "cape", "bay", "cove", "coast") or setup.make(True, False):
        headland(setup, back, lighthouse=setup.says("lighthouse"))
    shore = depth_y(setup, 0.52)
    sea = land.water(
        setup, back, colour=(0.09, 0.28, 0.32) if light.sun_height > 0.25 else (0.08, 0.16, 0.20), calm=0.45
    )
    for t, width in ((0.16, 0.004), (0.30, 0.007)):
        y = np.float32(horizon + (shore - horizon) * (0.35 + t * 2)) + canvas.line(rng, 1.5, 4) * np.float32(0.008)
        crest = np.exp(-(((canvas.y - y[None, :]) / np.float32(width)) ** 2)) * ramp(
            canvas.noise(rng, 5, 3, stretch=4), 0.42, 0.6
        )
        sea.haze(blend(light.horizon, (1.0, 1.0, 1.0), 0.5 if not light.night else 0.1), crest * np.float32(0.75))
    sand: RGB = (0.80, 0.68, 0.50)
    line = (np.float32(shore) + canvas.line(rng, 0.9, 4, 0.42) * np.float32(0.035)).astype(np.float32)
    soil = land.ground(setup, sand, (0.66, 0.54, 0.39), line=line, cells=1.2, stretch=3.5, contrast=0.4, haze=0.2)
    under = np.maximum(canvas.y - line[None, :], 0)
    wet = ramp(under, 0.085, 0.015)
    mirror = blend(light.horizon, light.middle, 0.35)
    soil.rgb = mix(soil.rgb, blend(land.lit(setup, (0.46, 0.38, 0.28)), mirror, 0.42), wet * np.float32(0.85))
    foam = np.exp(-(((under - np.float32(0.012)) / np.float32(0.008)) ** 2)) * ramp(
        canvas.noise(rng, 14, 3, stretch=2.5), 0.25, 0.5
    )
    soil.rgb = mix(soil.rgb, blend(light.horizon, (1, 1, 1), 0.6 if not light.night else 0.15), foam * np.float32(0.85))
    layers = [back.layer(0.02, "clouds"), sea.layer(0.25, "water"), soil.layer(0.5)]
    front = canvas.sheet()
    if setup.says("tropical", "palm", "island", "paradise") or setup.make(True, False, False):
        x = 0.5 + setup.side * setup.between(0.40, 0.48)
        land.painted(
            setup,
            plants.palm(setup, x, 1.05, 0.95, rng),
            land.lit(setup, (0.13, 0.17, 0.08)),
            rim=0.9,
            texture=0.4,
            sheet=front,
        )
    else:
        land.painted(
            setup,
            plants.blades(setup, 1.12, 0.22, 60, rng, left=-0.1, right=0.24)
            + plants.blades(setup, 1.12, 0.2, 46, rng, left=0.78),
            land.lit(setup, (0.36, 0.34, 0.18)),
            rim=0.8,
            sheet=front,
        )
        stones = [
            plants.rock(
                setup, 0.5 + setup.side * float(rng.uniform(0.3, 0.56)), 1.1, 0.35, float(rng.uniform(0.06, 0.14)), rng
            )
        ]
        land.boulders(setup, front, stones, land.lit(setup, (0.34, 0.32, 0.30)))
    layers.append(front.layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"water", "sea"}))


def ocean(setup: Setup) -> Place:
    """Open sea; people stand on a deck."""
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    rough = setup.says("storm", "stormy", "rough", "wave", "tempest", "hurricane")
    sea = land.water(setup, back, colour=(0.06, 0.17, 0.22), calm=0.2 if rough else 0.5)
    layers = [back.layer(0.02, "clouds"), sea.layer(0.2, "water")]
    if setup.allows("ship", "boat"):
        ship = setup.canvas.sheet()
        sailing_ship(
            setup, ship, 0.5 + setup.side * setup.between(0.22, 0.34), horizon + 0.012, setup.between(0.14, 0.20)
        )
        layers.append(ship.layer(0.22, "ship"))
    st = setup.outdoor(yaw=0.0)
    st.quad(
        (-30, 0, 0.2),
        (60, 0, 0),
        (0, 0, st.stand + 1.6),
        planks((0.48, 0.36, 0.25), 0.18),
        "mid",
        floor=True,
        order=900,
    )
    z = st.stand + 1.7
    half = st.canvas.aspect * z / st.focal
    st.box(0, 0, z, (half * 2 + 6, 0.12, 0.14), wood((0.34, 0.23, 0.15)), "mid")
    st.box(0, 1.0, z, (half * 2 + 6, 0.09, 0.14), wood((0.42, 0.28, 0.18)), "mid", shadow=False)
    x = -math.ceil(half + 2.0)
    while x < half + 2:
        st.box(x, 0.1, z, (0.09, 0.92, 0.09), wood((0.38, 0.26, 0.17)), "mid", shadow=False)
        x += 0.75
    if st.stand > 1.4:
        mast = st.edge(st.stand * 0.8, setup.side) * 0.94
        st.cylinder(mast, 0, st.stand * 0.8, 0.16, 12, wood((0.40, 0.28, 0.18)), "front")
        for k in range(5):
            st.cutout(
                mast,
                0,
                st.stand * 0.8,
                [
                    (0, 9 - k * 0.1),
                    (-setup.side * (1.5 + 0.5 * k), 0.4),
                    (-setup.side * (1.53 + 0.5 * k), 0.4),
                    (0.03, 9 - k * 0.1),
                ],
                (0.22, 0.19, 0.15),
                "front",
            )
    layers += st.layers()
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"water", "sea", "ship"}), ("rain",) if rough else ())


def sailing_ship(setup: Setup, sheet: Sheet, x: float, base: float, size: float) -> None:
    """A three-master far off."""
    a = setup.canvas.across
    hull = [
        (x - a(size * 0.52), base - size * 0.14),
        (x - a(size * 0.42), base),
        (x + a(size * 0.40), base),
        (x + a(size * 0.60), base - size * 0.17),
        (x + a(size * 0.40), base - size * 0.10),
        (x - a(size * 0.36), base - size * 0.10),
    ]
    dark = land.lit(setup, (0.16, 0.12, 0.10), 0.30)
    masts: list[plants.Outline] = []
    sails: list[plants.Outline] = []
    for dx, tall in ((-0.26, 0.72), (0.02, 0.92), (0.28, 0.78)):
        mx = x + a(size * dx)
        w = a(size * 0.008)
        masts.append(
            [
                (mx - w, base - size * 0.08),
                (mx - w, base - size * tall),
                (mx + w, base - size * tall),
                (mx + w, base - size * 0.08),
            ]
        )
        for k in range(3):
            y0, y1 = base - size * (0.16 + (tall - 0.2) * k / 3), base - size * (0.14 + (tall - 0.2) * (k + 1) / 3)
            half = size * (0.15 - 0.03 * k)
            sails.append([(mx - a(half), y0), (mx - a(half * 0.85), y1), (mx + a(half * 0.85), y1), (mx + a(half), y0),
                          (mx + a(half * 0.5), y0 - size * 0.03), (mx - a(half * 0.5), y0 - size * 0.03)])  # fmt: skip
    land.painted(setup, [hull, *masts], dark, rim=0.5, sheet=sheet)
    land.painted(setup, sails, land.lit(setup, (0.78, 0.72, 0.62), 0.34), rim=0.8, sheet=sheet)


def harbour(setup: Setup) -> Place:
    """Quay, moored boats, warehouses, perhaps a lighthouse."""
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    headland(setup, back, lighthouse=setup.says("lighthouse") or bool(setup.make(True, False)))
    pool = land.water(setup, back, calm=0.7, colour=(0.08, 0.17, 0.20))
    layers = [back.layer(0.03, "clouds"), pool.layer(0.22, "water")]
    boats = setup.canvas.sheet()
    for k in range(4):
        t = 0.10 + 0.12 * k
        x = 0.5 + setup.pick(-1, 1) * setup.between(0.08, 0.46)
        fishing_boat(setup, boats, x, depth_y(setup, t) + 0.01, 0.05 + 0.28 * t)
    layers.append(boats.layer(0.32, "boat"))
    st = setup.outdoor(yaw=setup.between(-0.06, 0.06))
    end = st.stand + 1.5
    st.quad(
        (-40, 0, 0.2), (80, 0, 0), (0, 0, end - 0.2), stone((0.44, 0.42, 0.39), 0.45, 2.5), "mid", floor=True, order=900
    )
    for f in (0.12, 0.42, 0.80):
        x = st.reach(f, end - 0.4)
        props.rounded(
            st, x, 0, end - 0.4, [(0.16, 0), (0.13, 0.1), (0.12, 0.36), (0.19, 0.42), (0.16, 0.5)], props.IRON
        )
        st.contact(x, end - 0.4, 0.25, 0.25)
    x = st.reach(0.5 + 0.36 * setup.side, st.stand + 0.8)
    props.crate(st, x, st.stand + 1.0, size=0.75, turn=0.2)
    props.crate(st, x + 0.5, st.stand + 1.1, size=0.6, y=0.0, turn=-0.3)
    props.rounded(
        st,
        x - setup.side * 0.9,
        0,
        st.stand + 1.0,
        [(0.26, 0), (0.33, 0.3), (0.33, 0.5), (0.26, 0.8)],
        wood((0.40, 0.27, 0.17)),
    )
    if setup.dim:
        lx = st.reach(0.5 - 0.34 * setup.side, end - 0.2)
        props.rounded(st, lx, 0, end - 0.2, [(0.09, 0), (0.05, 0.3), (0.045, 3.2)], props.IRON)
        props.rounded(
            st, lx, 3.2, end - 0.2, [(0.14, 0), (0.2, 0.2), (0.03, 0.4)], (0.8, 0.7, 0.5), emission=(1.25, 1.0, 0.66)
        )
        st.lamps.append(Lamp((lx, 3.2, end - 0.6), linear((1.0, 0.74, 0.42)), 2.6, 3.0))
    layers += st.layers()
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"water", "boat", "sea"}))


def fishing_boat(setup: Setup, sheet: Sheet, x: float, base: float, size: float) -> None:
    """A small boat with a wheelhouse and a mast, and its reflection."""
    a = setup.canvas.across
    hull: RGB = setup.pick((0.20, 0.34, 0.44), (0.56, 0.20, 0.16), (0.74, 0.70, 0.62), (0.18, 0.30, 0.24))
    s = size
    body = [
        (x - a(s * 0.95), base - s * 0.42),
        (x - a(s * 0.72), base),
        (x + a(s * 0.70), base),
        (x + a(s * 1.0), base - s * 0.55),
        (x + a(s * 0.55), base - s * 0.36),
        (x - a(s * 0.6), base - s * 0.33),
    ]
    flip = [(px, base + (base - py) * 0.8) for px, py in body]
    mask, y0, x0 = setup.canvas.patch([flip])
    if mask.size:
        sheet.over(land.lit(setup, (hull[0] * 0.4, hull[1] * 0.4, hull[2] * 0.4), 0.2), mask * np.float32(0.5), y0, x0)
    w = a(s * 0.012)
    mast = [
        (x - a(s * 0.1) - w, base - s * 0.3),
        (x - a(s * 0.1) - w, base - s * 1.7),
        (x - a(s * 0.1) + w, base - s * 1.7),
        (x - a(s * 0.1) + w, base - s * 0.3),
    ]
    stay = [(x - a(s * 0.1), base - s * 1.68), (x + a(s * 0.96), base - s * 0.52), (x + a(s * 0.95), base - s * 0.50)]
    house = [
        (x - a(s * 0.62), base - s * 0.32),
        (x - a(s * 0.58), base - s * 0.86),
        (x - a(s * 0.18), base - s * 0.86),
        (x - a(s * 0.14), base - s * 0.32),
    ]
    land.painted(setup, [mast, stay], land.lit(setup, (0.24, 0.18, 0.13), 0.1), sheet=sheet)
    land.painted(setup, [house], land.lit(setup, (0.76, 0.73, 0.66), 0.12), rim=0.6, sheet=sheet)
    pane = [
        (x - a(s * 0.53), base - s * 0.60),
        (x - a(s * 0.51), base - s * 0.78),
        (x - a(s * 0.25), base - s * 0.78),
        (x - a(s * 0.23), base - s * 0.60),
    ]
    land.painted(setup, [pane], (1.1, 0.86, 0.5) if setup.dim else land.lit(setup, (0.2, 0.26, 0.3), 0.1), sheet=sheet)
    land.painted(
        setup,
        [body],
        land.lit(setup, hull, 0.12),
        foot=land.lit(setup, (hull[0] * 0.45, hull[1] * 0.45, hull[2] * 0.45), 0.1),
        span=(base - s * 0.3, base),
        rim=0.7,
        sheet=sheet,
    )
