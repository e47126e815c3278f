"""Great sights: a volcano, a vineyard, a fairground with its wheel, a stadium."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Field, Sheet, mix, ramp, soft
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.setup import LAMP, Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import Stage
from animatic.scenes.wild import depth_y

LAVA: RGB = (1.0, 0.40, 0.08)
BULBS: tuple[RGB, ...] = ((1.0, 0.34, 0.30), (1.0, 0.78, 0.34), (0.36, 0.80, 1.0), (0.95, 0.45, 0.90))


def volcano(setup: Setup) -> Place:
    """A cone with a torn rim; smoke lit from below, lava on its flanks and in the cracks of the ground."""
    rng, canvas = setup.rng, setup.canvas
    horizon = setup.framing.horizon
    awake = not setup.says("dormant", "extinct", "sleeping") and setup.allows("lava", "eruption", "fire")
    back = sky(setup, horizon, clouds=0.7)
    cx = 0.5 + setup.side * setup.between(0.04, 0.18)
    height = 0.40 * (0.75 + 0.25 * setup.framing.scene_zoom)
    rim = 0.055
    out = np.abs(canvas.x[0] - np.float32(cx)) * np.float32(canvas.aspect)
    flank = np.exp(-np.maximum(out - np.float32(rim), 0) / np.float32(0.26))
    dent = ramp(out, rim, 0.0) * np.float32(0.05)
    rough = canvas.line(rng, 5, 5) * np.float32(0.016) * (1 - flank * np.float32(0.5))
    line = (np.float32(horizon + 0.05) - np.float32(height) * flank + dent + rough).astype(np.float32)
    top = horizon + 0.05 - height
    if awake:
        back.add(LAVA, canvas.glow(cx, top, 0.11) * np.float32(0.95 if setup.dim else 0.55))
    layers = [back.layer(0.02, "clouds")]
    plume = _plume(setup, cx, top, awake)
    layers.append(plume.layer(0.08, "clouds"))
    cone = land.ridge(setup, line, (0.17, 0.14, 0.14), 0.26, relief=0.9, mist=0.35, cells=8)
    if awake:
        streams = [_stream(setup, cx, top, horizon + 0.06, side) for side in (-0.9, 0.15, 0.8)]
        _burn(setup, cone, canvas.polygons(streams) * canvas.below(line))
    layers.append(cone.layer(0.16))
    layers.append(land.fog(setup, horizon + 0.03, 0.05, 0.55, 0.22))
    soil_line = (np.float32(depth_y(setup, 0.16)) + canvas.line(rng, 1.8, 5) * np.float32(0.02)).astype(np.float32)
    soil = land.ground(setup, (0.15, 0.13, 0.13), (0.08, 0.07, 0.075), line=soil_line, haze=0.45, cells=1.4)
    if awake:
        depth = np.clip((canvas.y - np.float32(horizon)) / np.float32(max(1.08 - horizon, 0.1)), 0.0015, 1.2)
        web = np.abs(land.perspective(setup, rng, depth, 3.4, 2.6) - np.float32(0.5))
        where = ramp(land.perspective(setup, rng, depth, 1.1, 2.0), 0.48, 0.66)
        _burn(setup, soil, ramp(web, 0.035, 0.006) * where * soil.alpha * ramp(depth, 0.03, 0.12))
    layers.append(soil.layer(0.48))
    front = canvas.sheet()
    stones = [plants.rock(setup, 0.5 + s * float(rng.uniform(0.34, 0.56)), 1.13, float(rng.uniform(0.2, 0.45)),
                          float(rng.uniform(0.08, 0.22)), rng) for s in (-1, 1, setup.side)]  # fmt: skip
    land.boulders(setup, front, stones, land.lit(setup, (0.15, 0.13, 0.13)))
    layers.append(front.layer(0.92))
    return Place(layers, setup.outdoor(), frozenset({"mountain", "smoke", "fire"}), ("embers",) if awake else ())


def _plume(setup: Setup, x: float, top: float, awake: bool) -> Sheet:
    """Smoke that leans with the wind and opens as it climbs; its foot is lit by what burns below."""
    canvas, light = setup.canvas, setup.light
    up = np.maximum(np.float32(top + 0.03) - canvas.y, 0)
    lean = np.float32(setup.side * -0.5) * up**1.3
    width = np.float32(0.035) + up * np.float32(0.42)
    lumps = canvas.noise(setup.rng, 7, 5, gain=0.6)
    across = (canvas.u - np.float32((x - 0.5) * canvas.aspect) - lean) / width
    body = np.exp(-((across + (lumps - np.float32(0.5)) * np.float32(1.5)) ** 2) * np.float32(1.6))
    cover = np.clip(body * (np.float32(0.35) + lumps * np.float32(1.3)), 0, 1) * ramp(up, 0.0, 0.03)
    shade = blend(blend(light.shade, (0.16, 0.15, 0.16), 0.5), land.air(setup, 1.0), 0.25)
    bright = blend(blend(light.middle, (0.5, 0.48, 0.48), 0.5), light.sun, 0.2)
    tone = np.clip(lumps * np.float32(1.5) - np.float32(0.35) + across * np.float32(0.22 * light.key_side), 0, 1)
    sheet = canvas.sheet()
    sheet.over(mix(shade, bright, tone), (cover * np.float32(0.94 if awake else 0.35)).astype(np.float32))
    if awake:
        sheet.add(LAVA, np.exp(-up * np.float32(9)) * body * np.float32(0.9 if setup.dim else 0.5))
    return sheet


def _stream(setup: Setup, x: float, top: float, foot: float, side: float) -> plants.Outline:
    """One stream of lava, from the rim to the plain, wider below."""
    canvas = setup.canvas
    left: plants.Outline = []
    right: plants.Outline = []
    bend, phase = setup.between(4.0, 7.0), setup.between(0.0, 6.0)
    for k in range(25):
        t = k / 24
        drop = top + 0.035 + (foot - top) * t**0.72
        away = side * (0.03 + 0.26 * t**1.5) + 0.018 * math.sin(bend * t * 2 + phase) * (0.3 + t)
        half = canvas.across(0.0025 + 0.009 * t) * (1 + 0.5 * math.sin(phase + 9 * t))
        at = x + canvas.across(away)
        left.append((at - half, drop))
        right.append((at + half, drop))
    return left + right[::-1]


def _burn(setup: Setup, sheet: Sheet, hot: Field) -> None:
    """Lava: a bright heart, and its light on the rock around."""
    skirt = soft(hot, setup.canvas.frame_height * 0.014)
    sheet.add(LAVA, np.minimum(skirt * np.float32(0.9), np.float32(0.8)) * sheet.alpha)
    sheet.haze(blend(LAVA, (1.0, 0.86, 0.42), 0.45), np.clip(hot * np.float32(0.95), 0, 1))


def vineyard(setup: Setup) -> Place:
    """Rows of vines that run to hills, people between two of them."""
    rng, canvas = setup.rng, setup.canvas
    autumn = setup.says("autumn", "fall", "october", "golden leaves")
    leaf: RGB = (0.46, 0.30, 0.10) if autumn else (0.20, 0.30, 0.10)
    back = sky(setup, setup.framing.horizon)
    far = land.ranges(setup, 3, ((0.36, 0.40, 0.36), (0.28, 0.34, 0.18)), top=0.17, rough=0.2, cells=0.8, relief=0.2)
    last = land.stacked(far)
    trees = [
        plants.clump(
            setup, float(rng.uniform(-0.1, 1.1)), depth_y(setup, 0.02), float(rng.uniform(0.008, 0.02)), rng, 9
        )
        for _ in range(22)
    ]
    land.painted(setup, trees, land.lit(setup, (0.15, 0.20, 0.10), 0.35), rim=0.4, sheet=last)
    layers = [back.layer(0.02, "clouds"), last.layer(0.14), land.fog(setup, setup.framing.horizon, 0.04, 0.4, 0.2)]
    line = np.full(canvas.width, setup.framing.horizon + 0.012, np.float32)
    layers.append(
        land.ground(setup, (0.42, 0.34, 0.20), (0.28, 0.31, 0.14), line=line, cells=1.6, stretch=1.6).layer(0.42)
    )
    st = setup.outdoor(yaw=setup.between(-0.1, 0.1))
    for band, nearest, farthest in ((0.5, st.stand + 0.7, 70.0), (0.86, st.stand * 0.42, st.stand - 0.4)):
        sheet = canvas.sheet()
        _vines(setup, st, sheet, leaf, nearest, farthest)
        if sheet.touched:
            layers.append(sheet.layer(band, "foliage"))
    return Place(layers, st, frozenset({"tree", "grass"}))


def _vines(setup: Setup, st: Stage, sheet: Sheet, leaf: RGB, nearest: float, farthest: float) -> None:
    """The rows between two distances, the farthest first: posts, then leaves with a lit crown."""
    rng, canvas = setup.rng, setup.canvas
    steps: list[float] = []
    z = nearest
    while z < farthest:
        steps.append(z)
        z *= 1.10 if z > st.stand else 1.16
    for z in reversed(steps):
        far = min(0.55, max(0.0, (z - st.stand) / 60))
        leaves: list[plants.Outline] = []
        crowns: list[plants.Outline] = []
        posts: list[plants.Outline] = []
        for row in range(-9, 9):
            x = 3.3 * (row + 0.5)
            px, py = st.seen(x, 0.0, z)
            if not -0.25 < px < 1.25 or py > 2.5:
                continue
            size = st.scale(z)
            w = canvas.across(size * 0.03)
            posts.append([(px - w, py), (px - w, py - size * 1.5), (px + w, py - size * 1.5), (px + w, py)])
            # Near ones are seen leaf by leaf, far ones as a mass.
            count = 14 if z < st.stand * 1.6 else 6 if z < st.stand * 4 else 2
            for _ in range(count):
                away, low = float(rng.uniform(-0.55, 0.55)), float(rng.uniform(0.55, 1.25))
                swell = size * float(rng.uniform(0.30, 0.42)) * (2 / count) ** 0.28
                at = px + canvas.across(size * away * 0.7)
                leaves.append(plants.clump(setup, at, py - size * low, swell, rng))
                shine = canvas.across(swell * 0.25) * setup.light.key_side
                crowns.append(plants.clump(setup, at + shine, py - size * low - swell * 0.3, swell * 0.5, rng))
        land.painted(setup, posts, land.lit(setup, (0.30, 0.24, 0.17), far), sheet=sheet)
        dark = blend(land.lit(setup, leaf, far, 0.8), setup.light.shade, 0.28)
        land.painted(setup, leaves, dark, rim=0.3, texture=0.5, sheet=sheet)
        bright = blend(land.lit(setup, leaf, far, 1.45), setup.light.sun, 0.14)
        land.painted(setup, crowns, bright, rim=0.6, texture=0.7, sheet=sheet)


def fairground(setup: Setup) -> Place:
    """A great wheel over striped tents; bulbs everywhere once it gets dark."""
    rng, canvas = setup.rng, setup.canvas
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    layers = [back.layer(0.02, "clouds")]
    woods = canvas.sheet()
    shapes = [plants.clump(setup, float(x), horizon + 0.005, float(rng.uniform(0.02, 0.05)), rng, 12)
              for x in np.linspace(-0.15, 1.15, 40)]  # fmt: skip
    land.painted(setup, shapes, land.lit(setup, (0.13, 0.17, 0.12), 0.45), rim=0.3, sheet=woods)
    layers.append(woods.layer(0.10))
    wheel = canvas.sheet()
    _wheel(setup, wheel, 0.5 + setup.side * setup.between(0.10, 0.20), horizon)
    layers.append(wheel.layer(0.2, "lamps"))
    tents = canvas.sheet()
    for x in (-0.04, 0.17, 0.36, 0.63, 0.82, 1.05):
        _tent(setup, tents, x + setup.between(-0.03, 0.03), depth_y(setup, 0.12), setup.between(0.10, 0.16))
    layers.append(tents.layer(0.34))
    line = np.full(canvas.width, depth_y(setup, 0.10), np.float32)
    soil = land.ground(setup, (0.40, 0.34, 0.26), (0.30, 0.29, 0.18), line=line, haze=0.4)
    if setup.dim:
        pools = ramp(canvas.noise(rng, 2.2, 2, stretch=3), 0.45, 0.8) * ramp(canvas.y, 1.1, depth_y(setup, 0.1))
        soil.add(LAMP, pools * soil.alpha * np.float32(0.30))
    layers.append(soil.layer(0.48))
    layers.append(_garlands(setup).layer(0.8, "lamps"))
    return Place(layers, setup.outdoor(), frozenset({"wheel"}))


def _wheel(setup: Setup, sheet: Sheet, x: float, foot: float) -> None:
    canvas = setup.canvas
    size = 0.30 * (0.8 + 0.2 * setup.framing.scene_zoom)
    y = foot - size * 1.12
    steel = land.lit(setup, (0.62, 0.60, 0.60), 0.25)
    a = canvas.across
    legs = [[(x - a(0.006), y), (x + side * a(size * 0.5) - a(0.01), foot + 0.03),
             (x + side * a(size * 0.5) + a(0.01), foot + 0.03), (x + a(0.006), y)] for side in (-1, 1)]  # fmt: skip
    land.painted(setup, legs, steel, rim=0.5, sheet=sheet)
    d = canvas.distance(x, y)
    edge = np.float32(canvas.frame_height)
    for radius, width in ((size, 0.0045), (size * 0.86, 0.003), (size * 0.12, 0.012)):
        ring = np.clip((np.float32(width) - np.abs(d - np.float32(radius))) * edge + 0.5, 0, 1)
        sheet.over(steel, ring.astype(np.float32))
    count, turn = 20, setup.between(0, 0.3)
    spokes: list[plants.Outline] = []
    for k in range(count):
        angle = turn + math.tau * k / count
        dx, dy = math.cos(angle), math.sin(angle)
        nx, ny = a(-dy * 0.0016), dx * 0.0016
        hub, tip = (x + a(dx * size * 0.1), y + dy * size * 0.1), (x + a(dx * size), y + dy * size)
        spokes.append([(hub[0] - nx, hub[1] - ny), (tip[0] - nx, tip[1] - ny),
                       (tip[0] + nx, tip[1] + ny), (hub[0] + nx, hub[1] + ny)])  # fmt: skip
    land.painted(setup, spokes, steel, sheet=sheet)
    for k in range(count):
        angle = turn + math.tau * k / count
        px, py = x + a(math.cos(angle) * size), y + math.sin(angle) * size
        colour = BULBS[k % len(BULBS)]
        s = size * 0.055
        roof = [(px - a(s), py + s * 0.2), (px, py - s * 0.6), (px + a(s), py + s * 0.2)]
        car = [(px - a(s * 0.85), py + s * 0.2), (px - a(s * 0.6), py + s * 1.5), (px + a(s * 0.6), py + s * 1.5),
               (px + a(s * 0.85), py + s * 0.2)]  # fmt: skip
        land.painted(setup, [roof, car], land.lit(setup, blend(colour, (0.5, 0.45, 0.45), 0.35), 0.15), rim=0.4,
                     sheet=sheet)  # fmt: skip
        if setup.dim:
            _bulb(sheet, px, py, size * 0.020, colour)
    if setup.dim:
        for k in range(3 * count):
            angle = turn + math.tau * k / (3 * count)
            _bulb(sheet, x + a(math.cos(angle) * size * 0.93), y + math.sin(angle) * size * 0.93, size * 0.010, LAMP)


def _bulb(sheet: Sheet, x: float, y: float, size: float, colour: RGB) -> None:
    """A point of light with its skirt, painted where it is and nowhere else."""
    canvas = sheet.canvas
    reach = size * 7
    x0, x1 = (int(np.clip(canvas.px(x + s * canvas.across(reach)), 0, canvas.width)) for s in (-1, 1))
    y0, y1 = (int(np.clip(canvas.py(y + s * reach), 0, canvas.height)) for s in (-1, 1))
    if x1 <= x0 or y1 <= y0:
        return
    d = np.hypot((canvas.x[:, x0:x1] - np.float32(x)) * np.float32(canvas.aspect), canvas.y[y0:y1] - np.float32(y))
    heart = np.clip((np.float32(size) - d) * np.float32(canvas.frame_height) + 0.5, 0, 1)
    skirt = np.exp(-d / np.float32(size * 1.8)) * np.float32(0.45)
    bright = blend(colour, (1.0, 0.96, 0.88), 0.45)
    sheet.over(bright, np.clip(heart + skirt, 0, 1).astype(np.float32), y0, x0)


def _tent(setup: Setup, sheet: Sheet, x: float, base: float, size: float) -> None:
    """A round tent: a wall, a pointed roof in stripes, a pennant."""
    a = setup.canvas.across
    inks: tuple[RGB, RGB] = setup.pick(
        ((0.72, 0.20, 0.18), (0.88, 0.84, 0.76)),
        ((0.20, 0.36, 0.62), (0.88, 0.84, 0.76)),
        ((0.82, 0.58, 0.18), (0.62, 0.18, 0.20)),
    )
    stripes, wall, peak = 7, base - size * 0.62, base - size * 1.35
    gain = 1.25 if setup.dim else 1.0  # lit from within
    for k in range(stripes):
        lo, hi = (2 * k / stripes - 1) * size * 0.8, (2 * (k + 1) / stripes - 1) * size * 0.8
        side = 1 - 0.45 * abs((lo + hi) / (1.6 * size)) if setup.light.key_side else 1.0
        ink = inks[k % 2]
        body = land.lit(setup, (ink[0] * side, ink[1] * side, ink[2] * side), 0.12, gain)
        if setup.dim:
            body = blend(body, (ink[0], ink[1] * 0.86, ink[2] * 0.6), 0.35)
        land.painted(setup, [[(x + a(lo), base), (x + a(lo), wall), (x + a(hi), wall), (x + a(hi), base)]], body,
                     sheet=sheet)  # fmt: skip
        roof = land.lit(setup, (ink[0] * side * 0.86, ink[1] * side * 0.86, ink[2] * side * 0.86), 0.12, gain)
        eaves = wall + size * 0.05
        slope = [(x + a(lo * 1.15), eaves), (x, peak), (x + a(hi * 1.15), eaves)]
        land.painted(setup, [slope], roof, rim=0.3, sheet=sheet)
    flag = [(x, peak - size * 0.22), (x + a(size * 0.2), peak - size * 0.15), (x, peak - size * 0.08)]
    pole = [(x - a(0.002), peak), (x - a(0.002), peak - size * 0.22), (x + a(0.002), peak - size * 0.22),
            (x + a(0.002), peak)]  # fmt: skip
    land.painted(setup, [pole, flag], land.lit(setup, inks[0], 0.1), sheet=sheet)


def _garlands(setup: Setup) -> Sheet:
    """Bulbs on strings across the picture, near the camera; unlit by day."""
    canvas = setup.canvas
    sheet = canvas.sheet()
    for base, sag in ((0.03, 0.10), (-0.05, 0.17)):
        string = [(t, base + sag * 4 * (t - t * t)) for t in np.linspace(-0.15, 1.15, 40)]
        thin = [(float(px), float(py) + 0.0022) for px, py in reversed(string)]
        cord = [(float(px), float(py)) for px, py in string]
        land.painted(setup, [cord + thin], blend(setup.light.shade, (0.1, 0.09, 0.09), 0.6), sheet=sheet)
        for k, (px, py) in enumerate(string[::2]):
            colour = BULBS[k % len(BULBS)]
            if setup.dim:
                _bulb(sheet, float(px), float(py) + 0.012, 0.0055, blend(colour, LAMP, 0.4))
            else:
                round_ = plants.clump(setup, float(px), float(py) + 0.012, 0.007, setup.rng, 8)
                land.painted(setup, [round_], land.lit(setup, colour, 0.1), sheet=sheet)
    return sheet


def stadium(setup: Setup) -> Place:
    """A pitch mown in bands, its lines, full stands around it, floodlights over them when it is dark."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    layers = [back.layer(0.02, "clouds")]
    stands = canvas.sheet()
    rim = np.float32(horizon - 0.30) - np.float32(0.10) * (canvas.u[0] * np.float32(0.9)) ** 2
    cover = canvas.below(rim.astype(np.float32))
    tiers = np.mod((canvas.y - rim[None, :]) * np.float32(52), 1.0)
    crowd = canvas.noise(rng, 120, 1, detail=1)
    hue = canvas.noise(rng, 90, 1, detail=1)
    seats = land.lit(setup, (0.30, 0.30, 0.36), 0.22)
    shirts = mix(
        land.lit(setup, (0.74, 0.66, 0.58), 0.2), land.lit(setup, (0.52, 0.20, 0.22), 0.2), ramp(hue, 0.4, 0.6)
    )
    body = mix(seats, shirts, ramp(crowd, 0.42, 0.62) * ramp(tiers, 0.15, 0.4))
    body = body * (np.float32(0.62) + np.float32(0.38) * ramp(canvas.y, horizon - 0.33, horizon))[..., None]
    aisles = ramp(np.abs(np.mod(canvas.u * np.float32(3.1) + np.float32(0.5), 1.0) - np.float32(0.5)), 0.014, 0.006)
    body = mix(body, land.lit(setup, (0.50, 0.50, 0.52), 0.2), aisles * np.float32(0.7))
    stands.over(body.astype(np.float32), cover)
    roof = np.clip((np.float32(0.022) - np.abs(canvas.y - rim[None, :])) * np.float32(canvas.frame_height) + 0.5, 0, 1)
    stands.over(land.lit(setup, (0.66, 0.67, 0.70), 0.15), roof.astype(np.float32))
    if setup.dim:
        for x in (0.04, 0.34, 0.66, 0.96):
            stands.add((0.95, 0.97, 1.0), canvas.glow(x, horizon - 0.36, 0.10) * np.float32(0.55))
    board = canvas.below(np.full(canvas.width, horizon - 0.012, np.float32))
    adverts = mix(
        (0.16, 0.30, 0.62), (0.86, 0.84, 0.80), (np.mod(canvas.u * np.float32(2.3), 1.0) < 0.5).astype(np.float32)
    )
    stands.over(np.broadcast_to(adverts * np.float32(0.35 + 0.6 * light.ambient), stands.rgb.shape), board)
    layers.append(stands.layer(0.16))
    if setup.dim:
        layers.append(_floodlights(setup, horizon).layer(0.18, "lamps"))
    st = setup.outdoor(yaw=setup.between(-0.25, 0.25), fog=0.002)
    layers.append(_pitch(setup, st).layer(0.48))
    near = land.painted(
        setup, plants.blades(setup, 1.12, 0.06, 120, rng), land.lit(setup, (0.10, 0.22, 0.08), 0.0), rim=0.4
    )
    layers.append(near.layer(0.9, "grass"))
    return Place(layers, st, frozenset({"grass"}))


def _pitch(setup: Setup, st: Stage) -> Sheet:
    canvas, horizon = setup.canvas, setup.framing.horizon
    gain = 1.5 if setup.dim else 1.0  # under floodlights
    pitch = land.ground(setup, (0.16, 0.36, 0.13), (0.13, 0.31, 0.11), cells=3, contrast=0.25, haze=0.25,
                        line=np.full(canvas.width, horizon + 0.006, np.float32))  # fmt: skip
    pitch.rgb *= np.float32(gain)
    for k in range(0, 14, 2):
        z0, z1 = st.stand * 0.4 + 3.2 * k, st.stand * 0.4 + 3.2 * (k + 1)
        band = [st.seen(-60, 0, z0), st.seen(60, 0, z0), st.seen(60, 0, z1), st.seen(-60, 0, z1)]
        pitch.haze(land.lit(setup, (0.24, 0.47, 0.18), 0.05, gain), canvas.polygons([band]) * np.float32(0.5))
    white = land.lit(setup, (0.92, 0.93, 0.90), 0.05, gain)
    z, w = st.stand + 1.6, 0.07
    lines = [[st.seen(-60, 0, z), st.seen(60, 0, z), st.seen(60, 0, z + 2 * w), st.seen(-60, 0, z + 2 * w)]]
    ring = [(math.cos(t) * 6.5, z + 9 + math.sin(t) * 6.5) for t in np.linspace(0, math.tau, 49)]
    inner = [(math.cos(t) * (6.5 - 2 * w), z + 9 + math.sin(t) * (6.5 - 2 * w)) for t in np.linspace(0, math.tau, 49)]
    lines.append([st.seen(x, 0, at) for x, at in ring] + [st.seen(x, 0, at) for x, at in reversed(inner)])
    pitch.haze(white, canvas.polygons(lines) * np.float32(0.85) * pitch.alpha)
    return pitch


def _floodlights(setup: Setup, horizon: float) -> Sheet:
    canvas = setup.canvas
    sheet, a = canvas.sheet(), canvas.across
    for x in (0.04, 0.34, 0.66, 0.96):
        y = horizon - 0.37
        mast = [(x - a(0.004), y), (x - a(0.007), horizon - 0.2), (x + a(0.007), horizon - 0.2), (x + a(0.004), y)]
        land.painted(setup, [mast], land.lit(setup, (0.4, 0.4, 0.42), 0.2), sheet=sheet)
        for row in range(3):
            for column in range(-2, 3):
                _bulb(sheet, x + a(column * 0.017), y - 0.016 * row, 0.0062, (0.96, 0.98, 1.0))
    return sheet
