"""Wild country: forest, jungle, hills, field, mountains, snow, desert, canyon, swamp, cave."""

from __future__ import annotations

import math

import numpy as np

from film.providers.draft.canvas import Sheet, mix, ramp, soft
from film.providers.draft.elements import RGB, Layer
from film.providers.draft.light import blend
from film.providers.draft.scenes import land
from film.providers.draft.scenes.setup import Place, Setup
from film.providers.draft.scenes.sky import sky, sun_place


def foot(setup: Setup) -> float:
    """Where people's soles are, or the foot of the frame if it cuts them off."""
    return min(setup.framing.head_top + setup.framing.figure_height, 1.15)


def depth_y(setup: Setup, t: float) -> float:
    """A height between horizon (0) and the place where people stand (1) in the frame; more is nearer."""
    horizon = setup.framing.horizon
    return horizon + (min(foot(setup), 1.35) - horizon) * t


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
        shapes: list[land.Outline] = []
        wood: list[land.Outline] = []
        for _ in range(count):
            x = float(rng.uniform(-0.12, 1.12))
            if i == 2:  # the nearest rows leave a glade for people
                x = 0.5 + (1 if rng.random() < 0.5 else -1) * float(rng.uniform(0.24, 0.62))
            h = size * float(rng.uniform(0.75, 1.35)) * (0.8 + 0.2 * setup.framing.scene_zoom)
            root = base + 0.01 + float(rng.uniform(-0.012, 0.02)) * (1 + i)
            if fir:
                shapes += land.conifer(setup, x, root, h, rng)
            else:
                w, leaves = land.broadleaf(setup, x, root, h, rng)
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
    if setup.says("rain", "storm", "overcast") or light.ambient < 0.4 and not light.night:
        return None
    x, y = sun_place(setup, setup.framing.horizon)
    y = min(y, 0.0)
    shapes: list[land.Outline] = []
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
    shapes: list[land.Outline] = []
    for side in (-1, 1):
        if rng.random() < 0.25:
            continue
        x = 0.5 + side * float(rng.uniform(0.47, 0.55))
        w = width * float(rng.uniform(0.4, 0.8)) / setup.canvas.aspect
        lean = float(rng.uniform(-0.02, 0.02))
        shapes.append([(x - w / 2 + lean, -0.2), (x + w / 2 + lean, -0.2), (x + w * 0.6, 0.9), (x + w, 1.2), (x - w, 1.2),
                       (x - w * 0.6, 0.9)])  # fmt: skip
        for _ in range(2):
            y = float(rng.uniform(0.0, 0.3))
            end = (x - side * float(rng.uniform(0.08, 0.2)), y - float(rng.uniform(-0.05, 0.12)))
            shapes.append([(x, y - 0.012), end, (x, y + 0.012)])
            for _ in range(4):
                shapes.append(land.clump(setup, end[0] + float(rng.uniform(-0.05, 0.03)), end[1] + float(rng.uniform(-0.04, 0.04)),
                                         float(rng.uniform(0.02, 0.05)), rng, 9))  # fmt: skip
    sheet = land.painted(setup, shapes, blend(land.lit(setup, colour), light.shade, 0.4), rim=0.9, texture=0.4)
    shapes = land.blades(setup, 1.1, 0.17, 70, rng)
    return land.painted(
        setup, shapes, blend(land.lit(setup, (0.09, 0.13, 0.05)), light.shade, 0.35), rim=0.5, sheet=sheet
    )


def mountains(setup: Setup) -> Place:
    """A range under snow, firs on the shoulders, a meadow to stand on."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon)
    cold = setup.says("snow", "winter", "alps", "himalaya", "everest", "glacier", "peak", "summit", "arctic")
    sheets = land.ranges(setup, 3, ((0.36, 0.38, 0.44), (0.24, 0.30, 0.24)), top=0.40 if light.sun_height > 0.3 else 0.34,
                         rough=0.9, snow=0.17 if cold else 0.10, cells=1.25, relief=0.9)  # fmt: skip
    layers = [back.layer(0.02, "clouds"), sheets[0].layer(0.10), sheets[1].layer(0.18)]
    layers.append(land.fog(setup, setup.framing.horizon - 0.02, 0.07, 0.75, 0.2))
    last = sheets[2]
    base = depth_y(setup, 0.10)
    shapes: list[land.Outline] = []
    for _ in range(46):
        x = float(rng.uniform(-0.1, 1.1))
        shapes += land.conifer(setup, x, base + float(rng.uniform(-0.02, 0.02)), float(rng.uniform(0.06, 0.13)), rng)
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
            shapes += land.conifer(
                setup, 0.5 + side * float(rng.uniform(0.44, 0.58)), 1.05, float(rng.uniform(0.5, 0.85)), rng
            )
    land.painted(setup, shapes, land.lit(setup, (0.07, 0.10, 0.07)), rim=0.9, texture=0.5, sheet=near)
    stones = [land.rock(setup, 0.5 + setup.side * float(rng.uniform(0.2, 0.55)), 1.12, float(rng.uniform(0.2, 0.45)),
                        float(rng.uniform(0.06, 0.15)), rng) for _ in range(3)]  # fmt: skip
    land.boulders(setup, near, stones, land.lit(setup, (0.34, 0.33, 0.32)))
    land.painted(
        setup, land.blades(setup, 1.1, 0.12, 60, rng), land.lit(setup, (0.16, 0.18, 0.07)), rim=0.6, sheet=near
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
    shapes: list[land.Outline] = []
    for _ in range(26):
        x, y = float(rng.uniform(-0.1, 1.1)), depth_y(setup, float(rng.uniform(0.02, 0.09)))
        shapes.append(land.clump(setup, x, y - 0.008, float(rng.uniform(0.008, 0.02)), rng, 9))
    land.painted(setup, shapes, land.lit(setup, (0.16, 0.22, 0.10), 0.30), rim=0.5, sheet=third)
    layers.append(third.layer(0.3))
    line = np.float32(depth_y(setup, 0.08)) + canvas.line(rng, 0.6, 4, 0.34) * np.float32(0.055)
    layers.append(land.ground(setup, green[1], (green[1][0] * 0.7, green[1][1] * 0.74, green[1][2] * 0.7), line=line,
                              horizon=setup.framing.horizon + 0.005).layer(0.48))  # fmt: skip
    x = 0.5 + setup.side * setup.between(0.22, 0.38)
    near = canvas.sheet()
    lone_tree(setup, near, x, depth_y(setup, setup.between(0.35, 0.6)), setup.between(0.34, 0.52), (0.17, 0.22, 0.09))
    layers.append(near.layer(0.55, "foliage"))
    front = land.painted(setup, land.blades(setup, 1.1, 0.15, 110, rng), land.lit(setup, (0.15, 0.17, 0.06)), rim=0.8)
    layers.append(front.layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"tree"}))


def lone_tree(setup: Setup, sheet: Sheet, x: float, base: float, height: float, leaf: RGB, bare: float = 0.0) -> None:
    """One broadleaf tree with modelled foliage: dark mass first, lit clumps over it."""
    rng, light = setup.rng, setup.light
    wood, leaves = land.broadleaf(setup, x, base, height, rng, bare=bare)
    land.painted(setup, wood, blend(land.lit(setup, (0.16, 0.12, 0.09)), light.shade, 0.3), rim=0.6, sheet=sheet)
    if not leaves:
        return
    land.painted(
        setup, leaves, blend(land.lit(setup, leaf, 0.05, 0.75), light.shade, 0.35), rim=0.3, texture=0.5, sheet=sheet
    )
    small: list[land.Outline] = []
    shift = setup.canvas.across(height * 0.03) * light.key_side
    for shape in leaves:
        cx, cy = sum(p[0] for p in shape) / len(shape), sum(p[1] for p in shape) / len(shape)
        small.append([(cx + (px - cx) * 0.62 + shift, cy + (py - cy) * 0.62 - height * 0.03) for px, py in shape])
    land.painted(
        setup, small, blend(land.lit(setup, leaf, 0.05, 1.35), light.sun, 0.16), rim=0.7, texture=0.7, sheet=sheet
    )


def field(setup: Setup) -> Place:
    """A crop or a meadow to the horizon, hedgerows, a barn far off."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon)
    wheat = setup.says("wheat", "corn", "crop", "harvest", "barley", "prairie", "hay") or bool(setup.make(True, False))
    colour: RGB = (0.66, 0.51, 0.24) if wheat else (0.34, 0.42, 0.17)
    layers = [back.layer(0.02, "clouds")]
    far = land.ranges(setup, 2, ((0.36, 0.40, 0.34), (0.24, 0.30, 0.16)), top=0.08, rough=0.2, cells=1.4, relief=0.12)
    sheet = land.stacked(far)
    shapes = [land.clump(setup, float(rng.uniform(-0.1, 1.1)), setup.framing.horizon + 0.006, float(rng.uniform(0.012, 0.032)), rng)
              for _ in range(34)]  # fmt: skip
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
        land.painted(setup, _stalks(setup, base, height, count, wheat), tint, foot=dark, span=(base - height * 0.6, base), rim=0.5,
                     sheet=soil)  # fmt: skip
    if soil.touched:
        layers.append(soil.layer(0.52))
    tint = land.lit(setup, (colour[0] * 0.62, colour[1] * 0.58, colour[2] * 0.5))
    layers.append(land.painted(setup, _stalks(setup, 1.1, 0.20, 170, wheat), tint, rim=0.9).layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"grass"}))


def _stalks(setup: Setup, base: float, height: float, count: int, wheat: bool) -> list[land.Outline]:
    """Blades of grass, or stalks with ears."""
    across = setup.canvas.across
    stalks = land.blades(setup, base, height, count, setup.rng, lean=0.15 * setup.light.key_side, width=0.05)
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
    silo = [(x + w * 1.25, base), (x + w * 1.25, base - s * 1.5), (x + w * 1.45, base - s * 1.68), (x + w * 1.65, base - s * 1.5),
            (x + w * 1.65, base)]  # fmt: skip
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
        shapes: list[land.Outline] = []
        for _ in range(30):
            base = depth_y(setup, float(rng.uniform(0.03, 0.14)))
            shapes += land.conifer(setup, float(rng.uniform(-0.1, 1.1)), base, float(rng.uniform(0.07, 0.15)), rng)
        land.painted(setup, shapes, land.lit(setup, (0.18, 0.23, 0.25), 0.36), rim=0.9, texture=0.7, sheet=last)
    layers.append(last.layer(0.28))
    layers.append(land.fog(setup, setup.framing.horizon, 0.06, 0.55, 0.3))
    line = np.float32(depth_y(setup, 0.08)) + canvas.line(rng, 1.2, 4) * np.float32(0.014)
    soil = land.ground(setup, (0.90, 0.93, 0.98), (0.60, 0.69, 0.84), horizon=setup.framing.horizon + 0.005, line=line, contrast=0.55,
                       cells=0.6, stretch=5)  # fmt: skip
    layers.append(soil.layer(0.48))
    front = canvas.sheet()
    if icy:
        stones = [land.rock(setup, 0.5 + setup.side * float(rng.uniform(0.25, 0.6)), 1.1, float(rng.uniform(0.2, 0.5)),
                            float(rng.uniform(0.08, 0.22)), rng) for _ in range(3)]  # fmt: skip
        land.boulders(setup, front, stones, land.lit(setup, (0.66, 0.80, 0.90)))
    else:
        shapes = []
        for side in (-1, 1):
            if rng.random() < 0.7:
                shapes += land.conifer(
                    setup, 0.5 + side * float(rng.uniform(0.46, 0.6)), 1.08, float(rng.uniform(0.6, 1.0)), rng
                )
        land.painted(setup, shapes, land.lit(setup, (0.12, 0.16, 0.17)), rim=1.0, texture=0.8, sheet=front)
    drift = np.float32(1.0) + canvas.line(rng, 0.9, 3) * np.float32(0.03)
    front.over(land.lit(setup, (0.78, 0.84, 0.94), 0.0, 0.95), canvas.below(drift))
    layers.append(front.layer(0.9, "foliage"))
    weather = ("snow",) if not setup.says("clear") and setup.allows("snow", "snowfall") else ()
    return Place(layers, setup.outdoor(), frozenset({"tree", "snowfield"}), weather if light.sun_height < 0.5 else ())


def desert(setup: Setup) -> Place:
    """Dune behind dune, one side lit, ripples at our feet."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.12)
    sand: RGB = setup.make((0.82, 0.60, 0.36), (0.86, 0.68, 0.46), (0.78, 0.52, 0.32))
    layers = [back.layer(0.02, "clouds")]
    if setup.says("mesa", "butte", "western", "monument") or setup.make(True, False, False):
        sheet = canvas.sheet()
        mesas(setup, sheet, (0.60, 0.34, 0.22), 3)
        layers.append(sheet.layer(0.12))
    for i in range(3):
        t = i / 2
        wave = canvas.line(rng, (0.95 - 0.12 * i) / setup.framing.scene_zoom, 3, 0.30)
        rise = np.clip(np.float32(0.75) - np.abs(wave) * np.float32(1.1), -0.2, 1)  # sharp crests, wide hollows
        line = np.float32(depth_y(setup, 0.04 + 0.15 * i)) - rise * np.float32(0.17 - 0.03 * i)
        line = line.astype(np.float32)
        sheet = canvas.sheet(land.lit(setup, sand, 0.62 - 0.28 * i))
        # The crest throws one flank into shade along a winding line below it.
        under = np.maximum(canvas.y - line[None, :], 0)
        slope = np.gradient(soft(np.repeat(line[None, :], 3, 0), canvas.frame_height * 0.02)[0]) * np.float32(
            canvas.frame_height
        )
        facing = np.clip(slope * np.float32(-2.6 * light.key_side) + np.float32(0.15), -1, 1)[None, :]
        reach = np.float32(0.05 + 0.08 * t) * (1 + canvas.line(rng, 3, 3)[None, :] * np.float32(0.3))
        dark = np.clip(-facing, 0, 1) * ramp(under, float(0.14 + 0.1 * t), 0.0) * (under < reach * 3)
        sheet.rgb = mix(
            sheet.rgb, blend(land.lit(setup, sand, 0.5 - 0.3 * t, 0.5), light.shade, 0.35), np.clip(dark * 1.1, 0, 0.85)
        )
        bright = np.clip(facing, 0, 1) * ramp(under, 0.2, 0.0)
        sheet.rgb = mix(sheet.rgb, blend(land.lit(setup, sand, 0.2, 1.25), light.sun, 0.35), bright * np.float32(0.65))
        sheet.haze(land.air(setup, 0.9), ramp(under, 0.0, 0.2) * np.float32(0.32 * (1 - t)))
        sheet.alpha = canvas.below(line)
        layers.append(sheet.layer(0.18 + 0.14 * i))
    line = np.float32(depth_y(setup, 0.42)) + canvas.line(rng, 0.8, 3, 0.35) * np.float32(0.035)
    soil = land.ground(setup, sand, (sand[0] * 0.80, sand[1] * 0.74, sand[2] * 0.70), line=line.astype(np.float32), cells=1.1,
                       stretch=7.0, contrast=0.45, haze=0.3)  # fmt: skip
    layers.append(soil.layer(0.52))
    front = canvas.sheet()
    drift = np.float32(1.0) + canvas.line(rng, 0.7, 3) * np.float32(0.045)
    front.over(blend(land.lit(setup, sand, 0.0, 0.62), light.shade, 0.3), canvas.below(drift.astype(np.float32)))
    layers.append(front.layer(0.92))
    return Place(
        layers, setup.outdoor(), frozenset({"sand"}), ("dust",) if setup.says("wind", "sandstorm", "dust") else ()
    )


def mesas(setup: Setup, sheet: Sheet, colour: RGB, count: int, *, size: float = 1.0, distance: float = 0.45) -> None:
    """Table mountains: flat heads, sheer bands, skirts of scree."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    base = setup.framing.horizon + 0.02
    for k in range(count):
        x = (k + float(rng.uniform(0.1, 0.9))) / count
        w, h = float(rng.uniform(0.05, 0.17)) * size, float(rng.uniform(0.10, 0.24)) * size
        left = [
            (x - w * 1.9, base),
            (x - w * 1.25, base - h * 0.32),
            (x - w * 1.05, base - h * 0.42),
            (x - w, base - h),
        ]
        right = [(x + w, base - h * float(rng.uniform(0.92, 1.0))), (x + w * 1.05, base - h * 0.42), (x + w * 1.3, base - h * 0.30),
                 (x + w * 2.0, base)]  # fmt: skip
        mask, y0, x0 = canvas.patch([left + right])
        if mask.size == 0:
            continue
        ph, pw = mask.shape
        body = land.lit(setup, colour, distance)
        strata = canvas.noise(rng, 26, 2, stretch=9)[y0 : y0 + ph, x0 : x0 + pw]
        gully = canvas.noise(rng, 16, 3, stretch=0.25)[y0 : y0 + ph, x0 : x0 + pw]
        across = np.linspace(-1, 1, pw, dtype=np.float32)[None, :] * np.float32(light.key_side)
        tone = np.clip(0.5 + across * 0.38 + (gully - 0.5) * 0.9 + (strata - 0.5) * 0.5, 0, 1)
        rgb = mix(
            blend(body, light.shade, 0.42), blend(land.lit(setup, colour, distance * 0.6, 1.3), light.sun, 0.22), tone
        )
        rise = ramp(canvas.y[y0 : y0 + ph], base - h * 0.4, base)
        sheet.over(mix(rgb, land.air(setup, 0.9), np.broadcast_to(rise * np.float32(0.4), mask.shape)), mask, y0, x0)


def canyon(setup: Setup) -> Place:
    """Red walls that narrow on a strip of sky."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.3)
    rock: RGB = setup.make((0.68, 0.36, 0.22), (0.72, 0.44, 0.28))
    mesas(setup, back, rock, 4, distance=0.66)
    layers = [back.layer(0.03, "clouds")]
    vanish = 0.5 + setup.between(-0.08, 0.08)
    for i in range(3):
        sheet = canvas.sheet()
        distance = 0.5 - 0.2 * i
        for side in (-1, 1):
            inner = vanish + side * (0.10 + 0.115 * i)
            steps = canvas.x[0] - np.float32(inner)
            inside = np.clip(steps * side, 0, None)
            rough = canvas.line(rng, 3.0, 5) * np.float32(0.05)
            cliff = (
                np.float32(setup.framing.horizon + 0.02 + 0.06 * i)
                - np.minimum(inside * np.float32(14.0), 0.30 + 0.16 * i) * (1 + rough * 3)
                - inside * np.float32(0.35)
            )
            cliff = np.where(inside > 0, cliff + rough * np.float32(0.3), np.float32(1.4)).astype(np.float32)
            mask = canvas.below(cliff)
            strata = canvas.noise(rng, 15, 4, stretch=7)
            gully = canvas.noise(rng, 7, 4, stretch=0.3)
            key = 0.62 if side == -light.key_side else 0.26  # the wall across from the sun takes the light
            tone = np.clip(np.float32(key) + (gully - 0.5) * np.float32(1.3) + (strata - 0.5) * np.float32(0.9), 0, 1)
            body = mix(blend(land.lit(setup, rock, distance, 0.55), light.shade, 0.35),
                       blend(land.lit(setup, rock, distance * 0.7, 1.25), light.sun, 0.18), tone)  # fmt: skip
            sheet.over(body, mask)
        layers.append(sheet.layer(0.14 + 0.14 * i))
    line = np.float32(depth_y(setup, 0.16)) + canvas.line(rng, 2, 4) * np.float32(0.01)
    layers.append(
        land.ground(setup, (0.70, 0.46, 0.30), (0.52, 0.32, 0.22), line=line.astype(np.float32), haze=0.4).layer(0.5)
    )
    front = canvas.sheet()
    stones = [land.rock(setup, 0.5 + s * float(rng.uniform(0.34, 0.58)), 1.12, float(rng.uniform(0.25, 0.5)),
                        float(rng.uniform(0.10, 0.26)), rng) for s in (-1, 1, setup.side)]  # fmt: skip
    land.boulders(setup, front, stones, land.lit(setup, (0.42, 0.25, 0.18)))
    layers.append(front.layer(0.92))
    return Place(layers, setup.outdoor(), frozenset({"rock"}))


def jungle(setup: Setup) -> Place:
    """Layer on layer of big leaves, hanging vines, wet air."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.0, stars=False)
    back.haze(blend(land.air(setup, 0.9), (0.36, 0.52, 0.28), 0.55 * light.ambient), 0.80)
    layers: list[Layer] = []
    for i, distance in enumerate((0.60, 0.36, 0.12)):
        base = depth_y(setup, 0.10 + 0.2 * i)
        shapes: list[land.Outline] = []
        for _ in range(9 - 2 * i):
            shapes += land.palm(
                setup, float(rng.uniform(-0.1, 1.1)), base + 0.05, float(rng.uniform(0.4, 0.75)) * (0.7 + 0.3 * i), rng
            )
        for _ in range(60):
            shapes.append(land.clump(setup, float(rng.uniform(-0.12, 1.12)), base - float(rng.uniform(-0.04, 0.10 + 0.04 * i)),
                                     float(rng.uniform(0.03, 0.08)), rng, 11))  # fmt: skip
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
    leaves: list[land.Outline] = []
    for _ in range(9):
        side = -1 if rng.random() < 0.5 else 1
        leaves.append(_big_leaf(setup, 0.5 + side * float(rng.uniform(0.42, 0.62)), float(rng.uniform(0.0, 1.1)),
                                float(rng.uniform(0.22, 0.4)), math.pi * (0.5 - side * 0.5) + float(rng.uniform(-0.8, 0.8))))  # fmt: skip
    land.painted(
        setup, leaves, blend(land.lit(setup, (0.08, 0.15, 0.06)), light.shade, 0.35), rim=1.0, texture=0.5, sheet=front
    )
    layers.append(front.layer(0.92, "foliage"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, setup.outdoor(), frozenset({"tree"}), ("fog",))


def _big_leaf(setup: Setup, x: float, y: float, size: float, angle: float) -> land.Outline:
    across = setup.canvas.across
    out: land.Outline = []
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
    shapes: list[land.Outline] = []
    for _ in range(16):
        wood, _leaves = land.broadleaf(
            setup, float(rng.uniform(-0.1, 1.1)), horizon + 0.015, float(rng.uniform(0.2, 0.4)), rng, bare=1
        )
        shapes += wood
    for _ in range(50):
        shapes.append(
            land.clump(setup, float(rng.uniform(-0.1, 1.1)), horizon - 0.01, float(rng.uniform(0.015, 0.045)), rng, 9)
        )
    land.painted(setup, shapes, land.lit(setup, (0.20, 0.23, 0.16), 0.55), sheet=far)
    back.over(far.rgb, far.alpha)
    pool = land.water(setup, back, colour=(0.07, 0.09, 0.06), calm=0.9)
    layers = [back.layer(0.05), pool.layer(0.3, "water"), land.fog(setup, horizon + 0.03, 0.10, 0.85, 0.34)]
    mid = canvas.sheet()
    shapes = []
    for side in (-1, 1):
        x = 0.5 + side * float(rng.uniform(0.24, 0.42))
        wood, _leaves = land.broadleaf(
            setup, x, depth_y(setup, 0.5), float(rng.uniform(0.55, 0.8)), rng, bare=1, spread=1.2
        )
        shapes += wood
    land.painted(setup, shapes, land.lit(setup, (0.14, 0.13, 0.10), 0.14), rim=0.8, sheet=mid)
    layers.append(mid.layer(0.45))
    bank = np.float32(depth_y(setup, 0.86)) + canvas.line(rng, 1.4, 4) * np.float32(0.02)
    layers.append(
        land.ground(setup, (0.20, 0.20, 0.11), (0.12, 0.14, 0.08), line=bank.astype(np.float32), haze=0.1).layer(0.55)
    )
    reeds = land.blades(setup, 1.1, 0.30, 90, rng, left=-0.1, right=0.32) + land.blades(
        setup, 1.1, 0.24, 60, rng, left=0.7, right=1.1
    )
    layers.append(
        land.painted(setup, reeds, blend(land.lit(setup, (0.12, 0.13, 0.06)), light.shade, 0.3), rim=0.8).layer(
            0.92, "reeds"
        )
    )
    return Place(layers, setup.outdoor(), frozenset({"water", "tree"}), ("fog",))


def cave(setup: Setup) -> Place:
    """Rock all round, the mouth bright before us."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=0.2)
    sheets = land.ranges(setup, 2, ((0.36, 0.40, 0.40), (0.26, 0.30, 0.20)), top=0.12, rough=0.2)
    for sheet in sheets:
        back.over(sheet.rgb, sheet.alpha)
    layers = [back.layer(0.02)]
    mx, my = 0.5 + setup.between(-0.12, 0.12), horizon - 0.03
    shapes = ((0.30, 0.24), (0.45, 0.36), (0.66, 0.56))
    for i, (rx, ry) in enumerate(shapes):
        sheet = canvas.sheet()
        angle = np.arctan2((canvas.y - np.float32(my)), canvas.u - np.float32((mx - 0.5) * canvas.aspect))
        knots = rng.uniform(0.80, 1.16, 20).astype(np.float32)
        at = (angle + np.float32(math.pi)) / np.float32(math.tau) * 20
        low = np.floor(at).astype(np.int32) % 20
        t = at - np.floor(at)
        wob = knots[low] * (1 - t) + knots[(low + 1) % 20] * t
        fine = canvas.noise(rng, 11, 4)
        wob = wob * (1 + (fine - np.float32(0.5)) * np.float32(0.26))
        r = np.hypot(
            (canvas.u - np.float32((mx - 0.5) * canvas.aspect)) / np.float32(rx),
            (canvas.y - np.float32(my)) / np.float32(ry),
        )
        edge = r / wob
        mask = np.clip((edge - 1) * np.float32(canvas.frame_height * ry * 0.8) + 0.5, 0, 1)
        glow = np.exp(-(np.maximum(edge - 1, 0)) * np.float32(4.2 - i * 0.6))
        rocky = canvas.noise(rng, 9, 5, gain=0.62)
        body = mix(blend(light.shade, (0.04, 0.036, 0.034), 0.6), land.lit(setup, (0.42, 0.36, 0.31), 0.12 * (2 - i)),
                   np.clip(glow * (0.5 + rocky * 0.7) + (rocky - 0.5) * np.float32(0.22), 0, 1))  # fmt: skip
        sheet.over(body, mask.astype(np.float32))
        layers.append(sheet.layer(0.16 + 0.17 * i))
    line = np.float32(depth_y(setup, 0.55)) + canvas.line(rng, 3, 4) * np.float32(0.02)
    floor = land.ground(setup, (0.34, 0.29, 0.25), (0.18, 0.155, 0.14), line=line.astype(np.float32), haze=0.25)
    spot = np.exp(-(((canvas.x - np.float32(mx)) * 2.3) ** 2)) * ramp(canvas.y, 1.1, float(line.mean()))
    floor.rgb = floor.rgb * (np.float32(0.42) + spot * np.float32(1.0))[..., None]
    layers.append(floor.layer(0.55))
    front = canvas.sheet()
    teeth: list[land.Outline] = []
    for _ in range(9):
        x, w = float(rng.uniform(-0.1, 1.1)), float(rng.uniform(0.015, 0.05))
        teeth.append([(x - w, -0.2), (x + w, -0.2), (x + w * 0.2, float(rng.uniform(-0.03, 0.16)))])
    stones = [
        land.rock(setup, 0.5 + s * float(rng.uniform(0.32, 0.56)), 1.14, 0.4, float(rng.uniform(0.12, 0.28)), rng)
        for s in (-1, 1)
    ]
    land.painted(
        setup, teeth + stones, blend(light.shade, (0.03, 0.028, 0.026), 0.5), rim=0.7, texture=0.5, sheet=front
    )
    layers.append(front.layer(0.92))
    stage = setup.outdoor()
    return Place(layers, stage, frozenset({"rock"}), ("dust",), outdoors=False)
