"""Among trees: forest, jungle, swamp."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Sheet, soft
from animatic.elements import RGB, Layer
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky, sun_place
from animatic.scenes.wild import depth_y


def forest(setup: Setup) -> Place:
    """Trunk behind trunk into the haze, and shafts of light between them."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=0.1)
    back.haze(blend(light.horizon, light.middle, 0.4), 0.35)
    layers: list[Layer] = []
    fir = setup.says("pine", "fir", "spruce", "conifer", "taiga", "nordic", "winter") or bool(setup.make(True, False))
    leaf: RGB = (0.20, 0.30, 0.14) if not setup.says("autumn", "fall", "october") else (0.55, 0.28, 0.10)
    far: Sheet | None = None
    for i, (distance, size, count) in enumerate(((0.80, 0.36, 30), (0.58, 0.58, 20), (0.28, 1.05, 9))):
        base = depth_y(setup, 0.08 + 0.17 * i)
        colour = land.lit(setup, leaf, distance, 0.85)
        shapes: list[plants.Outline] = []
        wood: list[plants.Outline] = []
        for _ in range(count):
            x = float(rng.uniform(-0.12, 1.12))
            if i == 2:  # the nearest rows leave a glade for people
                x = 0.5 + (1 if rng.random() < 0.5 else -1) * float(rng.uniform(0.24, 0.62))
            h = size * float(rng.uniform(0.75, 1.35)) * (0.8 + 0.2 * setup.framing.scene_zoom)
            root = base + 0.01 + float(rng.uniform(-0.012, 0.02)) * (1 + i)
            if fir:
                shapes += plants.conifer(setup, x, root, h, rng)
            else:
                w, leaves = plants.broadleaf(setup, x, root, h, rng)
                wood += w
                shapes += leaves
        sheet = land.painted(setup, wood, blend(colour, light.shade, 0.45)) if wood else canvas.sheet(colour)
        haze = land.air(setup, min(1.0, distance + 0.25))
        land.painted(
            setup, shapes, colour, foot=haze, span=(base - size * 0.65, base), rim=0.55, texture=0.5, sheet=sheet
        )
        floor = canvas.below(
            np.full(canvas.width, base + 0.004, np.float32) + canvas.line(rng, 4, 4) * np.float32(0.010), 0.02
        )
        sheet.over(blend(colour, haze, 0.65 - 0.15 * i), floor)
        if i == 0:
            back.over(sheet.rgb, sheet.alpha)
            layers.append(back.layer(0.05))
        elif i == 1:
            far = sheet
        else:
            assert far is not None
            layers.append(far.layer(0.22))
            layers.append(land.fog(setup, base - 0.06, 0.16, 0.55, 0.26))
            layers.append(sheet.layer(0.38))
    soil = land.ground(setup, (0.28, 0.24, 0.15), (0.16, 0.20, 0.10), horizon=depth_y(setup, 0.36), haze=0.55,
                       line=np.float32(depth_y(setup, 0.44)) + canvas.line(rng, 3, 4) * np.float32(0.012))  # fmt: skip
    layers.append(soil.layer(0.5))
    rays = _shafts(setup)
    if rays is not None:
        layers.append(rays)
    near = _trunks(setup, 0.14)
    layers.append(near.layer(0.9, "foliage"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, setup.outdoor(), frozenset({"tree"}), ("fog",) if light.ambient < 0.6 else ("dust",))


def _shafts(setup: Setup) -> Layer | None:
    """Sun (or moon) between the stems."""
    light, canvas, rng = setup.light, setup.canvas, setup.rng
    if setup.says("rain", "storm", "overcast") or (light.ambient < 0.4 and not light.night):
        return None
    x, y = sun_place(setup, setup.framing.horizon)
    y = min(y, 0.0)
    shapes: list[plants.Outline] = []
    for _ in range(8):
        end = float(rng.uniform(-0.35, 1.35))
        width = float(rng.uniform(0.015, 0.06))
        shapes.append([(x - 0.01, y - 0.15), (x + 0.01, y - 0.15), (end + width, 1.1), (end - width, 1.1)])
    mask = soft(canvas.polygons(shapes), canvas.frame_height * 0.018)
    swirl = canvas.noise(rng, 3, 3, detail=4)
    fall = np.clip(1.1 - canvas.distance(x, y) * 0.75, 0, 1)
    strength = 0.20 if light.sun_height < 0.5 and not light.night else 0.10
    alpha = np.clip(mask * fall * (np.float32(0.45) + swirl) * np.float32(strength), 0, 0.5)
    return Layer(canvas.sheet(light.sun).rgb, alpha.astype(np.float32), 0.45, "rays")


def _trunks(setup: Setup, width: float, colour: RGB = (0.10, 0.085, 0.06)) -> Sheet:
    """Near stems at the frame's edges, out of focus where the lens is long."""
    rng, light = setup.rng, setup.light
    shapes: list[plants.Outline] = []
    for side in (-1, 1):
        if rng.random() < 0.25:
            continue
        x = 0.5 + side * float(rng.uniform(0.47, 0.55))
        w = width * float(rng.uniform(0.4, 0.8)) / setup.canvas.aspect
        lean = float(rng.uniform(-0.02, 0.02))
        shapes.append(
            [
                (x - w / 2 + lean, -0.2),
                (x + w / 2 + lean, -0.2),
                (x + w * 0.6, 0.9),
                (x + w, 1.2),
                (x - w, 1.2),
                (x - w * 0.6, 0.9),
            ]
        )
        for _ in range(2):
            y = float(rng.uniform(0.0, 0.3))
            end = (x - side * float(rng.uniform(0.08, 0.2)), y - float(rng.uniform(-0.05, 0.12)))
            shapes.append([(x, y - 0.012), end, (x, y + 0.012)])
            for _ in range(4):
                shapes.append(
                    plants.clump(
                        setup,
                        end[0] + float(rng.uniform(-0.05, 0.03)),
                        end[1] + float(rng.uniform(-0.04, 0.04)),
                        float(rng.uniform(0.02, 0.05)),
                        rng,
                        9,
                    )
                )
    sheet = land.painted(setup, shapes, blend(land.lit(setup, colour), light.shade, 0.4), rim=0.9, texture=0.4)
    shapes = plants.blades(setup, 1.1, 0.17, 70, rng)
    return land.painted(
        setup, shapes, blend(land.lit(setup, (0.09, 0.13, 0.05)), light.shade, 0.35), rim=0.5, sheet=sheet
    )


def jungle(setup: Setup) -> Place:
    """Layer on layer of big leaves, hanging vines, wet air."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.0, stars=False)
    back.haze(blend(land.air(setup, 0.9), (0.36, 0.52, 0.28), 0.55 * light.ambient), 0.80)
    layers: list[Layer] = []
    for i, distance in enumerate((0.60, 0.36, 0.12)):
        base = depth_y(setup, 0.10 + 0.2 * i)
        shapes: list[plants.Outline] = []
        for _ in range(9 - 2 * i):
            shapes += plants.palm(
                setup, float(rng.uniform(-0.1, 1.1)), base + 0.05, float(rng.uniform(0.4, 0.75)) * (0.7 + 0.3 * i), rng
            )
        for _ in range(60):
            shapes.append(
                plants.clump(
                    setup,
                    float(rng.uniform(-0.12, 1.12)),
                    base - float(rng.uniform(-0.04, 0.10 + 0.04 * i)),
                    float(rng.uniform(0.03, 0.08)),
                    rng,
                    11,
                )
            )
        colour = land.lit(setup, (0.17, 0.32, 0.13), distance, 0.9)
        sheet = canvas.sheet(colour)
        canopy = np.float32(0.10 - 0.05 * i) + canvas.line(rng, 4, 5) * np.float32(0.07)
        sheet.over(blend(colour, light.shade, 0.25), 1 - canvas.below(canopy.astype(np.float32)))
        land.painted(
            setup,
            shapes,
            colour,
            foot=land.air(setup, distance),
            span=(base - 0.2, base + 0.1),
            rim=0.6,
            texture=0.8,
            sheet=sheet,
        )
        sheet.over(blend(colour, light.shade, 0.3), canvas.below(np.full(canvas.width, base + 0.02, np.float32)))
        if i == 0:
            back.over(sheet.rgb, sheet.alpha)
            layers.append(back.layer(0.06))
        else:
            layers.append(sheet.layer(0.10 + 0.16 * i, "foliage" if i == 2 else None))
    layers.append(land.fog(setup, setup.framing.horizon + 0.05, 0.2, 0.4, 0.34))
    line = np.float32(depth_y(setup, 0.5)) + canvas.line(rng, 3, 4) * np.float32(0.02)
    layers.append(
        land.ground(setup, (0.22, 0.24, 0.11), (0.12, 0.16, 0.07), line=line.astype(np.float32), haze=0.3).layer(0.5)
    )
    rays = _shafts(setup)
    if rays is not None:
        layers.append(rays)
    front = canvas.sheet()
    leaves: list[plants.Outline] = []
    for _ in range(9):
        side = -1 if rng.random() < 0.5 else 1
        leaves.append(
            _big_leaf(
                setup,
                0.5 + side * float(rng.uniform(0.42, 0.62)),
                float(rng.uniform(0.0, 1.1)),
                float(rng.uniform(0.22, 0.4)),
                math.pi * (0.5 - side * 0.5) + float(rng.uniform(-0.8, 0.8)),
            )
        )
    land.painted(
        setup, leaves, blend(land.lit(setup, (0.08, 0.15, 0.06)), light.shade, 0.35), rim=1.0, texture=0.5, sheet=front
    )
    layers.append(front.layer(0.92, "foliage"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, setup.outdoor(), frozenset({"tree"}), ("fog",))


def _big_leaf(setup: Setup, x: float, y: float, size: float, angle: float) -> plants.Outline:
    across = setup.canvas.across
    out: plants.Outline = []
    for i in range(24):
        t = i / 23 if i < 12 else (23 - i) / 11
        t = min(i, 23 - i) / 11.5
        w = math.sin(math.pi * t**0.75) * 0.26 * (1 if i < 12 else -1) * (1.0 if i % 3 else 0.62)
        dx, dy = t * size, w * size
        out.append(
            (x + across(dx * math.cos(angle) - dy * math.sin(angle)), y + dx * math.sin(angle) + dy * math.cos(angle))
        )
    return out


def swamp(setup: Setup) -> Place:
    """Black water, dead trees, mist."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=0.7)
    far = canvas.sheet()
    shapes: list[plants.Outline] = []
    for _ in range(16):
        wood, _leaves = plants.broadleaf(
            setup, float(rng.uniform(-0.1, 1.1)), horizon + 0.015, float(rng.uniform(0.2, 0.4)), rng, bare=1
        )
        shapes += wood
    for _ in range(50):
        shapes.append(
            plants.clump(setup, float(rng.uniform(-0.1, 1.1)), horizon - 0.01, float(rng.uniform(0.015, 0.045)), rng, 9)
        )
    land.painted(setup, shapes, land.lit(setup, (0.20, 0.23, 0.16), 0.55), sheet=far)
    back.over(far.rgb, far.alpha)
    pool = land.water(setup, back, colour=(0.07, 0.09, 0.06), calm=0.9)
    layers = [back.layer(0.05), pool.layer(0.3, "water"), land.fog(setup, horizon + 0.03, 0.10, 0.85, 0.34)]
    mid = canvas.sheet()
    shapes = []
    for side in (-1, 1):
        x = 0.5 + side * float(rng.uniform(0.24, 0.42))
        wood, _leaves = plants.broadleaf(
            setup, x, depth_y(setup, 0.5), float(rng.uniform(0.55, 0.8)), rng, bare=1, spread=1.2
        )
        shapes += wood
    land.painted(setup, shapes, land.lit(setup, (0.14, 0.13, 0.10), 0.14), rim=0.8, sheet=mid)
    layers.append(mid.layer(0.45))
    bank = np.float32(depth_y(setup, 0.86)) + canvas.line(rng, 1.4, 4) * np.float32(0.02)
    layers.append(
        land.ground(setup, (0.20, 0.20, 0.11), (0.12, 0.14, 0.08), line=bank.astype(np.float32), haze=0.1).layer(0.55)
    )
    reeds = plants.blades(setup, 1.1, 0.30, 90, rng, left=-0.1, right=0.32) + plants.blades(
        setup, 1.1, 0.24, 60, rng, left=0.7, right=1.1
    )
    layers.append(
        land.painted(setup, reeds, blend(land.lit(setup, (0.12, 0.13, 0.06)), light.shade, 0.3), rim=0.8).layer(
            0.92, "reeds"
        )
    )
    return Place(layers, setup.outdoor(), frozenset({"water", "tree"}), ("fog",))
