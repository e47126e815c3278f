"""Open green and white country: hills, field, mountains, snow; and where things stand in it."""

from __future__ import annotations

import numpy as np

from animatic.canvas import Sheet, ramp
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky


def foot(setup: Setup) -> float:
    """Where people's soles are, or the foot of the frame if it cuts them off."""
    return min(setup.framing.head_top + setup.framing.figure_height, 1.15)


def depth_y(setup: Setup, t: float) -> float:
    """A height between horizon (0) and the place where people stand (1) in the frame; more is nearer."""
    horizon = setup.framing.horizon
    return horizon + (min(foot(setup), 1.35) - horizon) * t


def mountains(setup: Setup) -> Place:
    """A range under snow, firs on the shoulders, a meadow to stand on."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon)
    cold = setup.says("snow", "winter", "alps", "himalaya", "everest", "glacier", "peak", "summit", "arctic")
    sheets = land.ranges(
        setup,
        3,
        ((0.36, 0.38, 0.44), (0.24, 0.30, 0.24)),
        top=0.40 if light.sun_height > 0.3 else 0.34,
        rough=0.9,
        snow=0.17 if cold else 0.10,
        cells=1.25,
        relief=0.9,
    )
    layers = [back.layer(0.02, "clouds"), sheets[0].layer(0.10), sheets[1].layer(0.18)]
    layers.append(land.fog(setup, setup.framing.horizon - 0.02, 0.07, 0.75, 0.2))
    last = sheets[2]
    base = depth_y(setup, 0.10)
    shapes: list[plants.Outline] = []
    for _ in range(46):
        x = float(rng.uniform(-0.1, 1.1))
        shapes += plants.conifer(setup, x, base + float(rng.uniform(-0.02, 0.02)), float(rng.uniform(0.06, 0.13)), rng)
    tree = land.lit(setup, (0.13, 0.19, 0.13), 0.34)
    land.painted(
        setup, shapes, tree, foot=land.air(setup, 0.7), span=(base - 0.1, base + 0.02), rim=0.5, texture=0.4, sheet=last
    )
    layers.append(last.layer(0.3))
    meadow = (0.34, 0.36, 0.16) if not cold else (0.80, 0.84, 0.90)
    other = (0.24, 0.27, 0.12) if not cold else (0.58, 0.66, 0.78)
    line = np.float32(depth_y(setup, 0.12)) + canvas.line(rng, 1.6, 4) * np.float32(0.02)
    layers.append(land.ground(setup, meadow, other, horizon=setup.framing.horizon + 0.01, line=line).layer(0.5))
    near = canvas.sheet()
    shapes = []
    for side in (-1, 1):
        for _ in range(2 if rng.random() < 0.6 else 0):
            shapes += plants.conifer(
                setup, 0.5 + side * float(rng.uniform(0.44, 0.58)), 1.05, float(rng.uniform(0.5, 0.85)), rng
            )
    land.painted(setup, shapes, land.lit(setup, (0.07, 0.10, 0.07)), rim=0.9, texture=0.5, sheet=near)
    stones = [plants.rock(setup, 0.5 + setup.side * float(rng.uniform(0.2, 0.55)), 1.12, float(rng.uniform(0.2, 0.45)),
                        float(rng.uniform(0.06, 0.15)), rng) for _ in range(3)]  # fmt: skip
    land.boulders(setup, near, stones, land.lit(setup, (0.34, 0.33, 0.32)))
    land.painted(
        setup, plants.blades(setup, 1.1, 0.12, 60, rng), land.lit(setup, (0.16, 0.18, 0.07)), rim=0.6, sheet=near
    )
    layers.append(near.layer(0.9, "foliage"))
    return Place(layers, setup.outdoor(), frozenset({"tree", "mountain"}))


def hills(setup: Setup) -> Place:
    """Rolling country with a lone tree: the place for words that name no place."""
    rng, canvas = setup.rng, setup.canvas
    back = sky(setup, setup.framing.horizon)
    dry = setup.says("dry", "summer", "savannah", "savanna", "prairie")
    green: tuple[RGB, RGB] = (
        ((0.36, 0.40, 0.28), (0.30, 0.36, 0.14)) if not dry else ((0.50, 0.44, 0.28), (0.52, 0.42, 0.18))
    )
    sheets = land.ranges(setup, 4, green, top=0.24, rough=0.2, cells=0.62, relief=0.16, gain=0.34)
    layers = [back.layer(0.02, "clouds"), land.stacked(sheets[:2]).layer(0.14)]
    layers.append(land.fog(setup, setup.framing.horizon + 0.01, 0.05, 0.5, 0.2))
    third = sheets[2]
    shapes: list[plants.Outline] = []
    for _ in range(26):
        x, y = float(rng.uniform(-0.1, 1.1)), depth_y(setup, float(rng.uniform(0.02, 0.09)))
        shapes.append(plants.clump(setup, x, y - 0.008, float(rng.uniform(0.008, 0.02)), rng, 9))
    land.painted(setup, shapes, land.lit(setup, (0.16, 0.22, 0.10), 0.30), rim=0.5, sheet=third)
    layers.append(third.layer(0.3))
    line = np.float32(depth_y(setup, 0.08)) + canvas.line(rng, 0.6, 4, 0.34) * np.float32(0.055)
    layers.append(land.ground(setup, green[1], (green[1][0] * 0.7, green[1][1] * 0.74, green[1][2] * 0.7), line=line,
                              horizon=setup.framing.horizon + 0.005).layer(0.48))  # fmt: skip
    x = 0.5 + setup.side * setup.between(0.22, 0.38)
    near = canvas.sheet()
    lone_tree(setup, near, x, depth_y(setup, setup.between(0.35, 0.6)), setup.between(0.34, 0.52), (0.17, 0.22, 0.09))
    layers.append(near.layer(0.55, "foliage"))
    front = land.painted(setup, plants.blades(setup, 1.1, 0.15, 110, rng), land.lit(setup, (0.15, 0.17, 0.06)), rim=0.8)
    layers.append(front.layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"tree"}))


def lone_tree(setup: Setup, sheet: Sheet, x: float, base: float, height: float, leaf: RGB, bare: float = 0.0) -> None:
    """One broadleaf tree with modelled foliage: dark mass first, lit clumps over it."""
    rng, light = setup.rng, setup.light
    wood, leaves = plants.broadleaf(setup, x, base, height, rng, bare=bare)
    land.painted(setup, wood, blend(land.lit(setup, (0.16, 0.12, 0.09)), light.shade, 0.3), rim=0.6, sheet=sheet)
    if not leaves:
        return
    land.painted(
        setup, leaves, blend(land.lit(setup, leaf, 0.05, 0.75), light.shade, 0.35), rim=0.3, texture=0.5, sheet=sheet
    )
    small: list[plants.Outline] = []
    shift = setup.canvas.across(height * 0.03) * light.key_side
    for shape in leaves:
        cx, cy = sum(p[0] for p in shape) / len(shape), sum(p[1] for p in shape) / len(shape)
        small.append([(cx + (px - cx) * 0.62 + shift, cy + (py - cy) * 0.62 - height * 0.03) for px, py in shape])
    land.painted(
        setup, small, blend(land.lit(setup, leaf, 0.05, 1.35), light.sun, 0.16), rim=0.7, texture=0.7, sheet=sheet
    )


def field(setup: Setup) -> Place:
    """A crop or a meadow to the horizon, hedgerows, a barn far off."""
    rng, canvas = setup.rng, setup.canvas
    back = sky(setup, setup.framing.horizon)
    wheat = setup.says("wheat", "corn", "crop", "harvest", "barley", "prairie", "hay") or bool(setup.make(True, False))
    colour: RGB = (0.66, 0.51, 0.24) if wheat else (0.34, 0.42, 0.17)
    layers = [back.layer(0.02, "clouds")]
    far = land.ranges(setup, 2, ((0.36, 0.40, 0.34), (0.24, 0.30, 0.16)), top=0.08, rough=0.2, cells=1.4, relief=0.12)
    sheet = land.stacked(far)
    shapes = [
        plants.clump(
            setup, float(rng.uniform(-0.1, 1.1)), setup.framing.horizon + 0.006, float(rng.uniform(0.012, 0.032)), rng
        )
        for _ in range(34)
    ]
    land.painted(setup, shapes, land.lit(setup, (0.14, 0.19, 0.10), 0.4), rim=0.5, texture=0.4, sheet=sheet)
    if setup.says("farm", "barn", "farmhouse", "ranch"):
        _barn(setup, sheet)
    layers.append(sheet.layer(0.16))
    layers.append(land.fog(setup, setup.framing.horizon + 0.01, 0.035, 0.4, 0.2))
    soil = land.ground(
        setup, colour, (colour[0] * 0.72, colour[1] * 0.72, colour[2] * 0.6), cells=1.6, contrast=0.7, stretch=1.6
    )
    depth = np.clip(
        (canvas.y - np.float32(setup.framing.horizon)) / np.float32(1.08 - setup.framing.horizon), 0.004, 1.2
    )
    vanish = 0.5 + setup.between(-0.25, 0.25)
    rows = np.abs(np.sin((canvas.x - np.float32(vanish)) / depth * np.float32(9.0)))
    furrow = ramp(rows, 0.25, 0.75) * ramp(depth, 0.03, 0.2)
    soil.rgb = soil.rgb * (np.float32(0.82) + np.float32(0.22) * furrow)[..., None]
    layers.append(soil.layer(0.45))
    soil = canvas.sheet()
    for t, count in ((0.30, 330), (0.48, 300), (0.70, 260)):
        if setup.framing.figure_height > 1.2:
            break
        base, height = depth_y(setup, t), 0.085 * t * max(1.0, setup.framing.figure_height * 1.6)
        tint = land.lit(setup, (colour[0] * 1.1, colour[1] * 1.06, colour[2]), 0.34 - 0.4 * t)
        dark = land.lit(setup, (colour[0] * 0.8, colour[1] * 0.8, colour[2] * 0.7), 0.30 - 0.3 * t)
        land.painted(
            setup,
            _stalks(setup, base, height, count, wheat),
            tint,
            foot=dark,
            span=(base - height * 0.6, base),
            rim=0.5,
            sheet=soil,
        )
    if soil.touched:
        layers.append(soil.layer(0.52))
    tint = land.lit(setup, (colour[0] * 0.62, colour[1] * 0.58, colour[2] * 0.5))
    layers.append(land.painted(setup, _stalks(setup, 1.1, 0.20, 170, wheat), tint, rim=0.9).layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"grass"}))


def _stalks(setup: Setup, base: float, height: float, count: int, wheat: bool) -> list[plants.Outline]:
    """Blades of grass, or stalks with ears."""
    across = setup.canvas.across
    stalks = plants.blades(setup, base, height, count, setup.rng, lean=0.15 * setup.light.key_side, width=0.05)
    if wheat:
        s = height * 0.055
        for tx, ty in [shape[2] for shape in stalks]:
            stalks.append(
                [(tx, ty - s * 1.6), (tx + across(s * 0.6), ty), (tx, ty + s * 1.4), (tx - across(s * 0.6), ty)]
            )
    return stalks


def _barn(setup: Setup, sheet: Sheet) -> None:
    canvas = setup.canvas
    x, base, s = 0.5 + setup.side * 0.27, setup.framing.horizon + 0.03, 0.10
    w = canvas.across(s)
    body = land.lit(setup, (0.46, 0.16, 0.12), 0.18)
    land.painted(
        setup, [[(x - w, base), (x - w, base - s * 0.7), (x + w, base - s * 0.7), (x + w, base)]], body, sheet=sheet
    )
    roof = [
        (x - w * 1.1, base - s * 0.68),
        (x - w * 0.8, base - s * 1.25),
        (x + w * 0.8, base - s * 1.25),
        (x + w * 1.1, base - s * 0.68),
    ]
    land.painted(setup, [roof], land.lit(setup, (0.26, 0.22, 0.21), 0.2), rim=0.5, sheet=sheet)
    door = [(x - w * 0.25, base), (x - w * 0.25, base - s * 0.5), (x + w * 0.25, base - s * 0.5), (x + w * 0.25, base)]
    land.painted(setup, [door], land.lit(setup, (0.12, 0.06, 0.05), 0.1), sheet=sheet)
    silo = [
        (x + w * 1.25, base),
        (x + w * 1.25, base - s * 1.5),
        (x + w * 1.45, base - s * 1.68),
        (x + w * 1.65, base - s * 1.5),
        (x + w * 1.65, base),
    ]
    land.painted(setup, [silo], land.lit(setup, (0.52, 0.50, 0.48), 0.2), rim=0.5, sheet=sheet)


def snow(setup: Setup) -> Place:
    """White ground, blue shadows, few firs."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon)
    sheets = land.ranges(
        setup, 3, ((0.62, 0.68, 0.78), (0.74, 0.80, 0.88)), top=0.26, rough=0.8, snow=0.30, cells=1.3, relief=0.7
    )
    layers = [back.layer(0.02, "clouds"), land.stacked(sheets[:2]).layer(0.14)]
    last = sheets[2]
    icy = setup.says("arctic", "antarctic", "ice", "iceberg", "polar", "glacier", "tundra")
    if not icy:
        shapes: list[plants.Outline] = []
        for _ in range(30):
            base = depth_y(setup, float(rng.uniform(0.03, 0.14)))
            shapes += plants.conifer(setup, float(rng.uniform(-0.1, 1.1)), base, float(rng.uniform(0.07, 0.15)), rng)
        land.painted(setup, shapes, land.lit(setup, (0.18, 0.23, 0.25), 0.36), rim=0.9, texture=0.7, sheet=last)
    layers.append(last.layer(0.28))
    layers.append(land.fog(setup, setup.framing.horizon, 0.06, 0.55, 0.3))
    line = np.float32(depth_y(setup, 0.08)) + canvas.line(rng, 1.2, 4) * np.float32(0.014)
    soil = land.ground(
        setup,
        (0.90, 0.93, 0.98),
        (0.60, 0.69, 0.84),
        horizon=setup.framing.horizon + 0.005,
        line=line,
        contrast=0.55,
        cells=0.6,
        stretch=5,
    )
    layers.append(soil.layer(0.48))
    front = canvas.sheet()
    if icy:
        x = 0.5 + setup.side * setup.between(0.3, 0.5)
        stones = [plants.rock(setup, x + float(rng.uniform(-0.1, 0.1)), 1.1, float(rng.uniform(0.2, 0.5)),
                            float(rng.uniform(0.08, 0.22)), rng) for _ in range(3)]  # fmt: skip
        land.boulders(setup, front, stones, land.lit(setup, (0.66, 0.80, 0.90)))
    else:
        shapes = []
        for side in (-1, 1):
            if rng.random() < 0.7:
                shapes += plants.conifer(
                    setup, 0.5 + side * float(rng.uniform(0.46, 0.6)), 1.08, float(rng.uniform(0.6, 1.0)), rng
                )
        land.painted(setup, shapes, land.lit(setup, (0.12, 0.16, 0.17)), rim=1.0, texture=0.8, sheet=front)
    drift = np.float32(1.0) + canvas.line(rng, 0.9, 3) * np.float32(0.03)
    front.over(land.lit(setup, (0.78, 0.84, 0.94), 0.0, 0.95), canvas.below(drift))
    layers.append(front.layer(0.9, "foliage"))
    weather = ("snow",) if not setup.says("clear") and setup.allows("snow", "snowfall") else ()
    return Place(layers, setup.outdoor(), frozenset({"tree", "snowfield"}), weather if light.sun_height < 0.5 else ())
