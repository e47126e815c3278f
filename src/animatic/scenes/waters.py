"""Other waters: lake, river, and under the surface."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix, ramp, soft
from animatic.elements import RGB, Layer
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.materials import planks, wood
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.wild import depth_y, lone_tree


def lake(setup: Setup) -> Place:
    """Still water under hills and firs, a jetty."""
    rng, canvas = setup.rng, setup.canvas
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    for sheet in land.ranges(
        setup, 3, ((0.34, 0.38, 0.44), (0.20, 0.27, 0.22)), top=0.30, rough=0.85, snow=0.06, cells=1.2, relief=0.7
    ):
        back.over(sheet.rgb, sheet.alpha)
    trees: list[plants.Outline] = []
    for _ in range(60):
        x = float(rng.uniform(-0.1, 1.1))
        trees += plants.conifer(setup, x, horizon + 0.022, float(rng.uniform(0.05, 0.11)), rng)
    bank = land.painted(setup, trees, land.lit(setup, (0.12, 0.18, 0.13), 0.32), rim=0.5, texture=0.4)
    bank.over(
        land.lit(setup, (0.15, 0.19, 0.12), 0.3), canvas.below(np.full(canvas.width, horizon + 0.018, np.float32))
    )
    back.over(bank.rgb, bank.alpha)
    pool = land.water(setup, back, horizon=horizon + 0.024, calm=0.92, colour=(0.07, 0.15, 0.18))
    layers = [back.layer(0.06), pool.layer(0.28, "water"), land.fog(setup, horizon + 0.03, 0.035, 0.7, 0.3)]
    st = setup.outdoor(yaw=setup.between(-0.08, 0.08))
    wide = 1.1
    end = st.stand + 3.6
    st.quad(
        (-wide, 0, 0.2),
        (2 * wide, 0, 0),
        (0, 0, end - 0.2),
        planks((0.44, 0.35, 0.27), 0.17, across=True, gap=0.02),
        "mid",
        floor=True,
        order=900,
    )
    st.quad((-wide, 0, 0.2), (0, -0.16, 0), (0, 0, end - 0.2), (0.16, 0.12, 0.09), "mid", order=901)
    st.quad((wide, 0, 0.2), (0, -0.16, 0), (0, 0, end - 0.2), (0.16, 0.12, 0.09), "mid", order=901)
    z = end - 0.15
    while z > 0.6:
        for side in (-1, 1):
            st.cylinder(side * (wide + 0.06), -0.6, z, 0.09, 0.95, wood((0.36, 0.28, 0.21)), "mid")
        z -= 1.7
    layers += st.layers()
    reeds = plants.blades(setup, 1.12, 0.34, 40, rng, left=-0.1, right=0.2) + plants.blades(
        setup, 1.12, 0.28, 40, rng, left=0.82
    )
    layers.append(land.painted(setup, reeds, land.lit(setup, (0.18, 0.20, 0.09)), rim=0.9).layer(0.92, "reeds"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"water", "tree"}))


def river(setup: Setup) -> Place:
    """Water between meadow banks and trees."""
    rng, canvas = setup.rng, setup.canvas
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    for sheet in land.ranges(
        setup, 2, ((0.34, 0.38, 0.36), (0.24, 0.30, 0.18)), top=0.16, rough=0.2, cells=0.8, relief=0.15
    ):
        back.over(sheet.rgb, sheet.alpha)
    for _ in range(9):
        lone_tree(
            setup,
            back,
            float(rng.uniform(-0.05, 1.05)),
            horizon + 0.02,
            float(rng.uniform(0.10, 0.20)),
            (0.20, 0.27, 0.12),
        )
    back.haze(
        land.air(setup, 1.0),
        np.broadcast_to(
            ramp(canvas.y, horizon - 0.12, horizon + 0.03) * np.float32(0.4), (canvas.height, canvas.width)
        ),
    )
    pool = land.water(setup, back, horizon=horizon + 0.02, calm=0.75, colour=(0.10, 0.17, 0.15))
    banks = canvas.sheet()
    for side, start in ((-1, 0.36), (1, 0.66)):
        shape: list[tuple[float, float]] = [(0.5 + side * 0.8, 1.2), (0.5 + side * 0.8, horizon + 0.015)]
        for k in range(9):
            t = k / 8
            x = start + side * (0.30 * t * t - 0.06 * math.sin(t * 5 + setup.between(0, 0.4)))
            shape.append((x, horizon + 0.016 + (1.12 - horizon) * t**1.7))
        soil = land.ground(setup, (0.30, 0.36, 0.16), (0.22, 0.26, 0.12))
        mask = canvas.polygons([shape])
        banks.over(soil.rgb, mask)
    layers = [back.layer(0.05), pool.layer(0.25, "water"), banks.layer(0.45)]
    near = canvas.sheet()
    line = (np.float32(depth_y(setup, 0.82)) + canvas.line(rng, 1.0, 4) * np.float32(0.02)).astype(np.float32)
    soil = land.ground(setup, (0.32, 0.36, 0.17), (0.22, 0.26, 0.12), line=line, haze=0.1)
    layers.append(soil.layer(0.55))
    land.painted(
        setup, plants.blades(setup, 1.12, 0.24, 110, rng), land.lit(setup, (0.17, 0.21, 0.09)), rim=0.9, sheet=near
    )
    layers.append(near.layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"water", "tree"}))


def underwater(setup: Setup) -> Place:
    """Blue depth, shafts from the surface, a reef."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    top = blend(light.horizon, (0.35, 0.80, 0.85), 0.75)
    strength = 0.30 if light.night else 0.45 + 0.55 * light.ambient
    bright: RGB = (top[0] * strength * 0.7, top[1] * strength, top[2] * strength)
    deep: RGB = (0.01, 0.09 * strength + 0.02, 0.17 * strength + 0.035)
    back = canvas.sheet()
    back.rgb = np.ascontiguousarray(
        mix(bright, deep, np.broadcast_to(ramp(canvas.y, -0.2, 0.95), (canvas.height, canvas.width)))
    )
    back.alpha[:] = 1
    back.touched = True
    cx = light.sun_x
    back.add(bright, np.exp(-canvas.distance(cx, -0.12) * np.float32(2.4)) * np.float32(0.75))
    caustic = np.abs(canvas.noise(rng, 9, 3, stretch=2.2) - np.float32(0.5)) * 2
    back.add(bright, (ramp(caustic, 0.22, 0.0) * ramp(canvas.y, 0.14, -0.08) * np.float32(0.5)).astype(np.float32))
    shapes: list[plants.Outline] = []
    for _ in range(11):
        end, width = float(rng.uniform(-0.3, 1.3)), float(rng.uniform(0.012, 0.05))
        start = cx + (end - cx) * 0.25
        shapes.append([(start - 0.012, -0.15), (start + 0.012, -0.15), (end + width, 1.1), (end - width, 1.1)])
    shaft = soft(canvas.polygons(shapes), canvas.frame_height * 0.016) * ramp(canvas.y, 1.0, -0.1)
    layers = [back.layer(0.04, "water")]
    rays = canvas.sheet(blend(bright, (0.8, 1.0, 0.95), 0.4))
    layers.append(Layer(rays.rgb, np.clip(shaft * np.float32(0.26), 0, 0.5).astype(np.float32), 0.12, "rays"))
    for i, distance in enumerate((0.72, 0.42, 0.0)):
        line = (np.float32(0.72 + 0.10 * i) - np.abs(canvas.line(rng, 1.4 + 0.5 * i, 5)) * np.float32(0.22)).astype(
            np.float32
        )
        rocky = canvas.noise(rng, 11, 4)
        own: RGB = ((0.10, 0.22, 0.24), (0.10, 0.20, 0.20), (0.14, 0.17, 0.15))[i]
        sheet = canvas.sheet(
            blend((own[0] * strength, own[1] * strength, own[2] * strength), blend(deep, bright, 0.35), distance)
        )
        sheet.rgb *= (np.float32(0.7) + rocky * np.float32(0.6))[..., None]
        sheet.add(
            bright,
            (ramp(caustic, 0.16, 0.0) * np.float32(0.10 * (1 - distance)) * ramp(canvas.y, 1.15, 0.6)).astype(
                np.float32
            ),
        )
        sheet.over(sheet.rgb.copy(), canvas.below(line))
        weeds: list[plants.Outline] = []
        for _ in range(26):
            x = float(rng.uniform(-0.1, 1.1))
            base = float(line[int(np.clip(canvas.px(x), 0, canvas.width - 1))])
            weeds.append(_weed(setup, x, base + 0.02, float(rng.uniform(0.06, 0.24)) * (0.5 + 0.4 * i), rng))
        land.painted(
            setup,
            weeds,
            blend((0.16 * strength, 0.30 * strength, 0.16 * strength), blend(deep, bright, 0.3), distance),
            rim=0.4,
            sheet=sheet,
        )
        if i:
            coral: RGB = setup.pick((0.72, 0.32, 0.28), (0.74, 0.50, 0.24), (0.54, 0.30, 0.50))
            lumps = [
                plants.clump(
                    setup,
                    float(rng.uniform(-0.1, 1.1)),
                    float(rng.uniform(0.86, 1.0)),
                    float(rng.uniform(0.02, 0.07)),
                    rng,
                )
                for _ in range(8)
            ]
            land.painted(
                setup,
                lumps,
                blend(
                    (coral[0] * strength, coral[1] * strength, coral[2] * strength),
                    blend(deep, bright, 0.4),
                    0.3 + distance * 0.6,
                ),
                texture=0.6,
                sheet=sheet,
            )
        layers.append(sheet.layer((0.22, 0.44, 0.9)[i], "reeds" if i == 1 else None))
    fish = canvas.sheet()
    school: list[plants.Outline] = []
    fx, fy = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.18, 0.45))
    for _ in range(26):
        school.append(
            _fish(
                setup,
                fx + float(rng.normal(0, 0.09)),
                fy + float(rng.normal(0, 0.05)),
                float(rng.uniform(0.010, 0.022)),
                light.key_side,
            )
        )
    land.painted(setup, school, blend(deep, bright, 0.30), rim=0.5, sheet=fish)
    layers.append(fish.layer(0.34))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, setup.outdoor(), frozenset({"water", "fish"}), ("dust",))


def _weed(setup: Setup, x: float, base: float, height: float, rng: np.random.Generator) -> plants.Outline:
    a = setup.canvas.across
    phase, sway = float(rng.uniform(0, 6)), float(rng.uniform(0.04, 0.10))
    left: plants.Outline = []
    right: plants.Outline = []
    for k in range(9):
        t = k / 8
        cx = x + a(math.sin(phase + t * 4.5) * sway * height * 3 * t)
        w = a(height * 0.045 * (1 - t) ** 0.7 + 0.0006)
        left.append((cx - w, base - height * t))
        right.append((cx + w, base - height * t))
    return left + right[::-1]


def _fish(setup: Setup, x: float, y: float, size: float, way: int) -> plants.Outline:
    a = setup.canvas.across
    points = [
        (1.0, 0.0),
        (0.5, -0.32),
        (-0.1, -0.34),
        (-0.7, -0.08),
        (-1.1, -0.36),
        (-1.0, 0.0),
        (-1.1, 0.36),
        (-0.7, 0.08),
        (-0.1, 0.34),
        (0.5, 0.32),
    ]
    return [(x + a(px * size * way), y + py * size) for px, py in points]
