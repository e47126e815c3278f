"""Built places under the sky: street, skyline, rooftop, alley, market, village, park, bridge, station, road, airport."""

from __future__ import annotations

import math

import numpy as np

from film.providers.draft.canvas import Sheet, mix, ramp
from film.providers.draft.elements import RGB, FloatArray, Layer
from film.providers.draft.light import blend
from film.providers.draft.scenes import land, props
from film.providers.draft.scenes.materials import bricks, facade, gradient, grain_at, plaster, stone, tiles, wood
from film.providers.draft.scenes.setup import Place, Setup
from film.providers.draft.scenes.sky import sky
from film.providers.draft.scenes.stage import BANDS, Lamp, Material, Stage, Surface, linear
from film.providers.draft.scenes.wild import depth_y, hills

BRICK: RGB = (0.52, 0.30, 0.23)
ASPHALT: RGB = (0.24, 0.24, 0.25)


def glow_share(setup: Setup) -> float:
    """How many windows are lit at this hour."""
    light = setup.light
    if light.night:
        return 0.42
    if light.ambient < 0.4:
        return 0.34
    return 0.12 if light.ambient < 0.62 else 0.0


def panes(setup: Setup) -> RGB:
    """Window glass by day: it holds the sky."""
    light = setup.light
    return blend(light.shade, blend(light.middle, light.horizon, 0.4), 0.55 if not light.night else 0.25)


def towers(setup: Setup, distance: float, low: float, high: float, base: float, *, wide: float = 0.075) -> Sheet:
    """One row of a skyline: masses with setbacks, masts, and lit windows by night."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    body = land.lit(setup, (0.34, 0.36, 0.40), distance, 0.8)
    sheet = canvas.sheet(body)
    x = -0.12
    zoom = 0.75 + 0.25 * setup.framing.scene_zoom
    while x < 1.12:
        w = canvas.across(wide * float(rng.uniform(0.55, 1.4)) * zoom)
        h = float(rng.uniform(low, high)) * (0.75 + 0.5 * math.exp(-(((x - 0.5) * 2.4) ** 2))) * zoom
        kind = int(rng.integers(5))
        top = base - h
        shape = [(x, base + 0.05), (x, top), (x + w, top), (x + w, base + 0.05)]
        if kind == 1:
            shape = [(x, base + 0.05), (x, top + h * 0.16), (x + w * 0.2, top + h * 0.16), (x + w * 0.2, top), (x + w * 0.8, top),
                     (x + w * 0.8, top + h * 0.16), (x + w, top + h * 0.16), (x + w, base + 0.05)]  # fmt: skip
        elif kind == 2:
            shape = [(x, base + 0.05), (x, top + h * 0.06), (x + w, top), (x + w, base + 0.05)]
        mask, y0, x0 = canvas.patch([shape])
        if kind in {1, 3}:
            mast = canvas.across(0.0022)
            antenna = [(x + w / 2 - mast, top + 0.01), (x + w / 2, top - h * 0.22), (x + w / 2 + mast, top + 0.01)]
            land.painted(setup, [antenna], body, sheet=sheet)
        if mask.size:
            sheet.over(_tower(setup, mask, y0, x0, x, w, base, body, distance), mask, y0, x0)
        x += w * float(rng.uniform(0.86, 1.25))
    sheet.haze(land.air(setup, 0.95), np.broadcast_to(ramp(canvas.y, base - 0.12, base + 0.02) * np.float32(0.5 * distance + 0.1),
                                                      sheet.alpha.shape))  # fmt: skip
    return sheet


def _tower(setup: Setup, mask: FloatArray, y0: int, x0: int, left: float, w: float, base: float, body: RGB, distance: float) -> FloatArray:
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    h, width = mask.shape
    xs, ys = canvas.x[:, x0 : x0 + width], canvas.y[y0 : y0 + h]
    side = (xs - np.float32(left)) / np.float32(w) - np.float32(0.5)
    lit_side = np.clip(np.float32(0.5) + side * np.float32(light.key_side * 1.4), 0, 1)
    tone = mix(blend(body, light.shade, 0.35 * (1 - distance)), blend(body, light.sun, 0.20 if not light.night else 0.05),
               np.broadcast_to(lit_side, mask.shape))  # fmt: skip
    cell = float(rng.uniform(0.011, 0.018)) * (1.25 - distance) * (0.7 + 0.3 * setup.framing.scene_zoom)
    gx = (xs - np.float32(left)) * np.float32(canvas.aspect / (cell * 0.8))
    gy = (np.float32(base) - ys) / np.float32(cell)
    i, j = np.floor(gx), np.floor(gy)
    pane = ((gx - i > 0.22) & (gx - i < 0.80) & (gy - j > 0.25) & (gy - j < 0.78)).astype(np.float32)
    visible = float(np.clip(cell * canvas.frame_height / 3.2 - 0.35, 0, 1))
    chance = _cell(i * 7 + j * 13, float(rng.uniform(0, 99)))
    share = glow_share(setup) * float(rng.uniform(0.25, 1.25))
    glass = blend(body, panes(setup), 0.4)
    tone = mix(tone, glass, pane * np.float32(0.55 * max(visible, 0.25)))
    if share:
        on = (chance < share).astype(np.float32) * (pane * visible + np.float32(0.42 * (1 - visible)))
        power = np.float32(0.45) + np.float32(0.75) * _cell(i * 3 + j * 5, 4.2)
        warm = mix((1.0, 0.76, 0.44), (0.75, 0.86, 1.0), (_cell(i + j * 9, 8.1) < 0.2).astype(np.float32))
        tone = tone + warm * (on * power * np.float32(1 - distance * 0.55) * np.float32(0.9))[..., None]
    return tone


def _cell(index: FloatArray, salt: float) -> FloatArray:
    value = np.sin(index * np.float32(12.9898) + np.float32(salt)) * np.float32(437.5453)
    return value - np.floor(value)


def skyline(setup: Setup) -> Place:
    """A city across the water or beyond the parapet."""
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    base = horizon + 0.035
    far = towers(setup, 0.78, 0.10, 0.30, base, wide=0.05)
    mid = towers(setup, 0.50, 0.12, 0.40, base + 0.012, wide=0.07)
    layers = [back.layer(0.02, "clouds"), far.layer(0.10)]
    layers += [land.fog(setup, horizon, 0.05, 0.5, 0.13), mid.layer(0.2)]
    if setup.says("water", "river", "harbor", "harbour", "bay", "bridge") or setup.make(True, False):
        behind = setup.canvas.sheet()
        behind.rgb[:] = back.rgb
        behind.over(far.rgb, far.alpha)
        behind.over(mid.rgb, mid.alpha)
        layers.append(land.water(setup, behind, horizon=base, calm=0.55).layer(0.35, "water"))
        stage = setup.outdoor()
        _quay(setup, stage)
        layers += stage.layers()
    else:
        near = towers(setup, 0.22, 0.06, 0.30, base + 0.07, wide=0.12)
        layers.append(near.layer(0.36))
        stage = setup.outdoor()
        _parapet(setup, stage)
        layers += stage.layers()
    return Place(layers, stage, frozenset({"city", "skyline"}))


def _quay(setup: Setup, st: Stage) -> None:
    """The paved edge of the water, with a railing."""
    z = st.stand + 1.6
    st.quad((-30, 0, 0.2), (60, 0, 0), (0, 0, z - 0.2), tiles((0.44, 0.43, 0.42), None, 0.9), "mid", floor=True, order=900)
    _railing(st, z - 0.2)


def _railing(st: Stage, z: float) -> None:
    reach = st.canvas.aspect * z / st.focal
    for y in (0.98, 0.55):
        st.box(0, y, z, (reach * 2 + 4, 0.05, 0.05), props.IRON, "mid", shadow=False)
    x = -math.ceil(reach + 2)
    while x < reach + 2:
        st.box(x, 0, z, (0.06, 1.02, 0.06), props.IRON, "mid", shadow=False)
        x += 1.6


def _parapet(setup: Setup, st: Stage) -> None:
    """A flat roof: felt, a low wall, vents, a water tank."""
    z = st.stand + 2.4
    st.quad((-30, 0, 0.2), (60, 0, 0), (0, 0, z), stone((0.34, 0.33, 0.33), 0.35, 5), "mid", floor=True, order=900)
    st.box(0, 0, z, (60, 0.85, 0.35), bricks((0.44, 0.30, 0.25)), "mid", top=(0.52, 0.50, 0.47))
    side = setup.side
    x = st.reach(0.5 + 0.34 * side, z - 0.8)
    st.group(x, z - 0.8, "mid")
    for dx in (-0.4, 0.4):
        for dz in (-0.4, 0.4):
            st.box(x + dx, 0, z - 0.8 + dz, (0.08, 1.1, 0.08), props.IRON)
    st.cylinder(x, 1.1, z - 0.8, 0.72, 1.35, wood((0.42, 0.30, 0.21)), taper=0.97)
    st.cutout(x, 2.42, z - 0.8, [(-0.78, 0), (0, 0.5), (0.78, 0)], (0.26, 0.24, 0.23), rounded=True)
    st.ungroup()
    vx = st.reach(0.5 - 0.30 * side, z - 0.7)
    st.box(vx, 0, z - 0.7, (1.1, 0.7, 0.7), (0.50, 0.51, 0.52), "mid", turn=0.2)
    st.cylinder(vx + 1.2, 0, z - 0.5, 0.12, 0.8, (0.52, 0.52, 0.52), "mid")
    if setup.dim:
        st.lamps.append(Lamp((x, 2.6, z - 1.4), linear((1.0, 0.74, 0.42)), 2.2, 1.6))


def street(setup: Setup) -> Place:
    """A street in perspective: house fronts, pavements, lamps, parked cars."""
    light, rng = setup.light, setup.rng
    st = setup.outdoor(fog=0.011)
    st.centre = setup.between(-0.24, 0.24)
    modern = setup.says("downtown", "new york", "manhattan", "tokyo", "skyscraper", "modern", "neon", "cyberpunk", "city", "hong kong")
    back = sky(setup, setup.framing.horizon)
    far = towers(setup, 0.74, 0.10, 0.26 if modern else 0.13, setup.framing.horizon + 0.02, wide=0.05)
    back.over(far.rgb, far.alpha)
    wet = setup.says("rain", "wet", "storm", "rainy", "puddle", "neon", "cyberpunk")
    road: Material = _road(setup, wet)
    half = 3.6
    st.quad((-half, 0, 0.2), (half * 2, 0, 0), (0, 0, 150), road, "shell", floor=True, order=990)
    for side in (-1, 1):
        pave = tiles((0.46, 0.45, 0.43), None, 0.8)
        x0 = half if side > 0 else -half - 3.0
        st.quad((x0, 0.14, 0.2), (3.0, 0, 0), (0, 0, 150), pave, "shell", order=980)
        st.quad((side * half, 0, 0.2), (0, 0.14, 0), (0, 0, 150), (0.52, 0.51, 0.49), "shell", order=979)
    neon = setup.says("neon", "cyberpunk", "tokyo", "hong kong", "nightclub")
    for side in (-1, 1):
        z = -1.0 + setup.between(0, 3)
        while z < 95:
            depth = setup.between(7, 13)
            tall = (setup.between(11, 30) if modern else setup.between(7.5, 14))
            wall = _front_colour(setup, float(rng.random()))
            skin, shine = facade(wall, panes(setup), share=glow_share(setup), bay=setup.between(2.0, 3.0), storey=setup.between(3.0, 3.7),
                                 seed=setup.between(0, 50), opening=(setup.between(0.42, 0.7), setup.between(0.5, 0.66)), base=3.9)  # fmt: skip
            x = side * (half + 3.0 + tall * 0.0 + 5)
            st.box(x, 0.14, z + depth / 2, (10.0, tall, depth - 0.02), skin, "far", emission=shine, top=(0.25, 0.25, 0.26), shadow=False)
            face = side * (half + 3.0)
            _shopfront(setup, st, face, z, depth, side, neon)
            st.box(face - side * 0.12, tall - 0.05, z + depth / 2, (0.5, 0.4, depth), (wall[0] * 0.8, wall[1] * 0.8, wall[2] * 0.8), "far")
            z += depth
    lit = setup.dim or light.ambient < 0.5
    for k, z in enumerate((st.stand * 0.75, st.stand + 5.5, st.stand + 13, st.stand + 22, st.stand + 33)):
        for side in (-1, 1):
            _street_lamp(setup, st, side * (half + 0.5), z + (3.0 if side > 0 else 0.0), lit, -side, strong=k in {1, 2})
    side = setup.side
    for dz, flip in ((4.0, side), (10.0, side), (7.0, -side), (17.0, -side)):
        if rng.random() < 0.75 and setup.allows("car"):
            parked_car(setup, st, flip * (half - 1.0), st.stand + dz + setup.between(-1, 1), away=True)
    layers = st.layers()
    sky_layer = back.layer(0.03, "clouds")
    return Place([sky_layer, *layers], st, frozenset({"city", "lamp", "car"} if setup.allows("car") else {"city", "lamp"}),
                 ("rain",) if setup.says("rain", "rainy") else ())  # fmt: skip


def _front_colour(setup: Setup, t: float) -> RGB:
    palette: tuple[RGB, ...] = ((0.50, 0.30, 0.24), (0.62, 0.56, 0.47), (0.46, 0.44, 0.43), (0.56, 0.42, 0.33), (0.40, 0.36, 0.35),
                                (0.66, 0.61, 0.54))  # fmt: skip
    return palette[int(t * len(palette)) % len(palette)]


def _road(setup: Setup, wet: bool) -> Material:
    light = setup.light
    mirror = blend(light.horizon, light.middle, 0.4)
    lamps = (1.0, 0.72, 0.40)

    def draw(s: Surface) -> FloatArray:
        tone = 1 + np.float32(0.30) * (grain_at(s.a, s.b, 5.0, "stain") - np.float32(0.5))
        body = np.asarray(ASPHALT, np.float32) * tone[..., None]
        dash = (np.abs(s.a - np.float32(s.width / 2)) < 0.075) & (np.mod(s.b, 6.0) < 3.0)
        edge = np.abs(np.abs(s.a - np.float32(s.width / 2)) - np.float32(s.width / 2 - 0.25)) < 0.05
        paint = (dash | edge).astype(np.float32) * np.clip(np.float32(14) / s.z, 0, 1) * np.float32(0.75)
        body = mix(body, (0.72, 0.70, 0.64), paint)
        if wet:
            pool = ramp(grain_at(s.a, s.b * np.float32(0.35), 7.0, "stain"), 0.42, 0.60)
            streak = ramp(grain_at(s.a * 2.2, s.b * np.float32(0.02), 6.0), 0.60, 0.85) * np.float32(0.55 if setup.dim else 0.15)
            body = mix(body, mirror, (pool * np.float32(0.55) + np.float32(0.12)) * np.clip(s.z / 14, 0.25, 1))
            body = mix(body, lamps, streak * (pool * np.float32(0.6) + np.float32(0.25)))
        return body

    return draw


def _shopfront(setup: Setup, st: Stage, x: float, z: float, depth: float, side: int, neon: bool) -> None:
    """Ground floor: glass, door, fascia, perhaps an awning or a sign."""
    rng = setup.rng
    lit = setup.dim or setup.light.ambient < 0.62
    skin: RGB = setup.pick((0.20, 0.26, 0.24), (0.30, 0.16, 0.14), (0.16, 0.19, 0.25), (0.36, 0.31, 0.25), (0.22, 0.22, 0.22))
    glow: RGB = setup.pick((1.0, 0.80, 0.50), (1.0, 0.86, 0.62), (0.85, 0.92, 1.0))
    on = lit and rng.random() < 0.62
    dark = panes(setup)

    def glass(s: Surface) -> FloatArray:
        bar = (np.mod(s.a, 1.45) < 0.07).astype(np.float32)
        inside = np.clip(np.float32(0.70) + grain_at(s.a * 0.8, s.b * 0.8, 2.0) * np.float32(0.4), 0, 1)
        return mix(np.asarray(dark, np.float32) * inside[..., None], skin, bar)

    def shine(s: Surface) -> FloatArray:
        bar = 1 - (np.mod(s.a, 1.45) < 0.07).astype(np.float32)
        goods = np.float32(0.62) + np.float32(0.42) * (grain_at(s.a * 0.8, s.b * 0.8, 2.0) - np.float32(0.5))
        shelf = (np.mod(s.b, 0.62) < 0.05) | (s.b < 0.42 + 0.2 * (_cell(np.floor(s.a / 0.5), 2.0) - np.float32(0.5)))
        goods = goods * (1 - np.float32(0.42) * shelf)
        return np.asarray(np.asarray(glow, np.float32) * (bar * goods * np.clip(0.55 + s.b * 0.3, 0, 1))[..., None], np.float32)

    inset = x - side * 0.02
    st.quad((inset, 0.7, z + 0.5), (0, 0, depth - 1.0), (0, 2.3, 0), glass, "far", emission=shine if on else None,
            order=float(np.hypot(x, z + depth / 2)) - 0.5)  # fmt: skip
    st.box(x - side * 0.1, 3.05, z + depth / 2, (0.2, 0.62, depth - 0.8), skin, "far", shadow=False)
    if rng.random() < 0.4:
        colour: RGB = setup.pick((0.58, 0.20, 0.17), (0.20, 0.36, 0.30), (0.66, 0.56, 0.36), (0.22, 0.28, 0.42))

        def stripes(s: Surface) -> FloatArray:
            return mix(colour, (0.82, 0.78, 0.70), (np.mod(s.a if s.width > s.height else s.b, 0.8) < 0.4).astype(np.float32))

        st.quad((x, 3.0, z + 0.6), (0, 0, depth - 1.2), (-side * 1.3, -0.55, 0), stripes, "far",
                order=float(np.hypot(x, z + depth / 2)) - 1.2)  # fmt: skip
    if neon or (on and rng.random() < 0.3):
        tint: RGB = setup.pick((1.0, 0.25, 0.55), (0.20, 0.85, 1.0), (1.0, 0.55, 0.18), (0.55, 0.35, 1.0))
        y = setup.between(4.2, 6.8)
        st.box(x - side * 0.75, y, z + setup.between(1.0, max(1.2, depth - 1)), (1.1, setup.between(1.2, 2.6), 0.12),
               (tint[0] * 0.3, tint[1] * 0.3, tint[2] * 0.3), "far", emission=_sign(tint), shadow=False)  # fmt: skip
        if z < 30 and setup.dim:
            st.lamps.append(Lamp((x - side * 1.4, y, z + depth / 2), linear(tint), 3.5, 1.6))


def _sign(tint: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        edge = np.minimum(np.minimum(s.a, s.width - s.a), np.minimum(s.b, s.height - s.b))
        tube = np.exp(-(((edge - np.float32(0.10)) / np.float32(0.045)) ** 2))
        strokes = (np.mod(s.b, 0.42) < 0.22) & (edge > 0.22) & (_cell(np.floor(s.b / 0.42) * 7 + np.floor(s.a / 0.16), 3.0) < 0.62)
        power = np.maximum(tube, strokes.astype(np.float32) * np.float32(0.9))
        white = np.clip(power - np.float32(0.72), 0, 1)
        return np.asarray(np.asarray(tint, np.float32) * (power * np.float32(1.15) + np.float32(0.10))[..., None] + white[..., None], np.float32)

    return draw


def _street_lamp(setup: Setup, st: Stage, x: float, z: float, lit: bool, inward: int, *, strong: bool) -> None:
    st.group(x, z, "mid")
    st.cylinder(x, 0.14, z, 0.06, 4.5, props.IRON)
    st.box(x + inward * 0.4, 4.6, z, (0.9, 0.06, 0.06), props.IRON, shadow=False)
    glow: Material | None = (1.25, 1.0, 0.66) if lit else None
    st.box(x + inward * 0.8, 4.48, z, (0.42, 0.12, 0.2), (0.75, 0.72, 0.64), emission=glow, shadow=False)
    st.ungroup()
    if lit and strong:
        st.lamps.append(Lamp((x + inward * 0.8, 4.3, z), linear((1.0, 0.74, 0.42)), 3.6, 3.2))


CAR_SIDE = [(-2.1, 0.32), (-2.15, 0.72), (-1.95, 0.88), (-1.25, 0.95), (-0.75, 1.40), (0.65, 1.42), (1.25, 0.98), (1.95, 0.88),
            (2.12, 0.66), (2.1, 0.32)]  # fmt: skip


def parked_car(setup: Setup, st: Stage, x: float, z: float, *, away: bool = False, band: str = "mid", colour: RGB | None = None) -> None:
    """A saloon seen from behind and along its side: body, cabin, glass, wheels, lights."""
    skin: RGB = colour or setup.pick((0.42, 0.14, 0.12), (0.16, 0.22, 0.32), (0.52, 0.52, 0.50), (0.12, 0.13, 0.14), (0.34, 0.38, 0.30))
    dark = (skin[0] * 0.55, skin[1] * 0.55, skin[2] * 0.55)
    glass = panes(setup)
    lit = setup.dim
    st.group(x, z, band)
    long = 4.2
    for dz in (1.35, -1.3):
        for dx in (-0.78, 0.78):
            st.cutout(x + dx, 0.32, z + dz, props.disc(0.32, 18), (0.06, 0.06, 0.065))
    st.box(x, 0.30, z, (1.75, 0.58, long), gradient(dark, skin), top=(skin[0] * 1.15, skin[1] * 1.15, skin[2] * 1.15))
    y0, y1 = 0.88, 1.42
    half, roof = 0.82, 0.62
    back, front, rb, rf = z - 1.45, z + 1.15, z - 0.85, z + 0.45
    for s in (-1, 1):
        corners = [(s * half, y0, back), (s * half, y0, front), (s * roof, y1, rf), (s * roof, y1, rb)]
        _panel(st, x, corners, glass, band)
    _panel(st, x, [(-half, y0, front), (half, y0, front), (roof, y1, rf), (-roof, y1, rf)], glass, band)
    _panel(st, x, [(-roof, y1, rb), (roof, y1, rb), (roof, y1, rf), (-roof, y1, rf)], skin, band)
    _panel(st, x, [(-half, y0, back), (half, y0, back), (roof, y1, rb), (-roof, y1, rb)], glass, band)
    tail: RGB = (0.85, 0.10, 0.06) if away else (1.0, 0.94, 0.78)
    for dx in (-0.66, 0.66):
        st.quad((x + dx - 0.14, 0.60, z - long / 2 - 0.01), (0.28, 0, 0), (0, 0.13, 0), (tail[0] * 0.6, tail[1] * 0.6, tail[2] * 0.6),
                emission=tail if lit else None)  # fmt: skip
    st.quad((x - 0.8, 0.36, z - long / 2 - 0.012), (1.6, 0, 0), (0, 0.10, 0), (0.12, 0.12, 0.13))
    st.contact(x, z, 1.25, 2.6, 0.75)
    st.ungroup()


def _panel(st: Stage, x: float, corners: list[tuple[float, float, float]], material: Material, band: str) -> None:
    """A flat piece with four free corners, near enough planar."""
    points = np.stack([st.at(x + p[0], p[1], p[2]) for p in corners])
    along, up = points[1] - points[0], points[3] - points[0]
    normal = np.cross(along, up)
    normal = (normal / max(float(np.linalg.norm(normal)), 1e-6)).astype(np.float32)
    if float(normal @ points.mean(axis=0)) > 0:
        normal = -normal
    st.polygon(points.astype(np.float32), along.astype(np.float32), up.astype(np.float32), normal, material, band)


def alley(setup: Setup) -> Place:
    """Between two brick walls: bins, fire escape, one lamp, steam."""
    light = setup.light
    st = setup.outdoor(fog=0.02)
    st.centre = setup.between(-0.12, 0.12)
    back = sky(setup, setup.framing.horizon, clouds=0.4)
    far = towers(setup, 0.66, 0.2, 0.5, setup.framing.horizon + 0.06, wide=0.09)
    back.over(far.rgb, far.alpha)
    half = 2.5
    wet = setup.says("rain", "wet", "rainy", "noir") or setup.dim
    st.quad((-half, 0, 0.2), (half * 2, 0, 0), (0, 0, 60), _cobbles(setup, wet), "shell", floor=True, order=990)
    for side in (-1, 1):
        z = -1.0
        while z < 34:
            depth = setup.between(6, 10)
            wall: RGB = setup.pick((0.46, 0.28, 0.22), (0.40, 0.33, 0.29), (0.38, 0.26, 0.22))
            skin, shine = facade(wall, panes(setup), share=glow_share(setup) * 0.5, bay=3.2, storey=3.1, seed=setup.between(0, 50),
                                 opening=(0.34, 0.48), base=3.2)  # fmt: skip
            brick = bricks(wall, 0.25, 0.085)

            def both(s: Surface, a: Material = skin, b: Material = brick) -> FloatArray:
                assert callable(a) and callable(b)
                return a(s) * (b(s) * np.float32(2.6)).clip(0.4, 1.3)

            st.box(side * (half + 4), 0, z + depth / 2, (8, setup.between(9, 16), depth - 0.02), both, "shell", emission=shine, shadow=False)
            z += depth
    weight = setup.side
    z = st.stand + 1.4
    for k in range(2):
        st.box(weight * (half - 0.55), 0, z + k * 1.5, (0.85, 1.05, 1.15), gradient((0.10, 0.17, 0.14), (0.19, 0.30, 0.25)), "mid",
               turn=setup.between(-0.1, 0.1), top=(0.12, 0.17, 0.15))  # fmt: skip
    props.carton(st, weight * (half - 1.3), z + 0.4, size=0.5, turn=0.5)
    for y in (3.3, 6.2):
        x = -weight * (half - 0.55)
        st.box(x, y, st.stand + 5.0, (1.0, 0.08, 3.4), props.IRON, "far", shadow=False)
        for dz in (-1.6, -0.8, 0, 0.8, 1.6):
            st.box(x + weight * 0.48, y, st.stand + 5.0 + dz, (0.05, 0.95, 0.05), props.IRON, "far", shadow=False)
        st.box(x + weight * 0.48, y + 0.92, st.stand + 5.0, (0.05, 0.05, 3.4), props.IRON, "far", shadow=False)
    if setup.dim or light.ambient < 0.5:
        lx, lz = weight * (half - 0.35), st.stand + 3.6
        st.box(lx, 3.0, lz, (0.5, 0.14, 0.24), (0.8, 0.7, 0.5), "far", emission=(1.3, 1.05, 0.7), shadow=False)
        st.lamps.append(Lamp((lx - weight * 0.3, 2.9, lz), linear((1.0, 0.72, 0.40)), 2.4, 3.6))
    layers = [back.layer(0.03), *st.layers()]
    layers.append(land.fog(setup, depth_y(setup, 0.4), 0.10, 0.5, 0.5))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"city", "lamp"}), ("fog",))


def _cobbles(setup: Setup, wet: bool) -> Material:
    sett = bricks((0.27, 0.26, 0.26), 0.30, 0.18, 0.45)
    light = setup.light

    def draw(s: Surface) -> FloatArray:
        assert callable(sett)
        body = sett(s)
        if wet:
            pool = ramp(grain_at(s.a, s.b * np.float32(0.5), 6.0, "stain"), 0.45, 0.62)
            body = mix(body, blend(light.middle, light.horizon, 0.5), pool * np.float32(0.42))
        return body

    return draw


def village(setup: Setup) -> Place:
    """Cottages with pitched roofs along a lane, a church spire behind."""
    rng, light = setup.rng, setup.light
    place = hills(setup)
    layers = [layer for layer in place.layers if layer.depth < 0.15]
    st = setup.outdoor(fog=0.012)
    lane = stone((0.52, 0.45, 0.36), 0.4, 3)
    st.quad((-60, 0, 0.2), (120, 0, 0), (0, 0, 160), stone((0.28, 0.34, 0.17), 0.55, 6), "shell", floor=True, order=995)
    st.quad((-2.2, 0.01, 0.2), (4.4, 0, 0), (0, 0, 90), lane, "shell", floor=True, order=994)
    share = glow_share(setup)
    for side in (-1, 1):
        z = st.stand + 1.5 + setup.between(0, 3)
        while z < 60:
            w, d, h = setup.between(5, 7), setup.between(6, 8), setup.between(2.6, 3.4)
            x = side * (setup.between(4.2, 6.0) + w / 2)
            wall: RGB = setup.pick((0.78, 0.73, 0.62), (0.66, 0.58, 0.47), (0.72, 0.64, 0.56))
            cottage(setup, st, x, z + d / 2, (w, h, d), wall, share)
            z += d + setup.between(1.5, 5)
    spire = st.stand + 62
    sx = setup.side * setup.between(2, 9)
    st.box(sx, 0, spire, (5, 15, 5), stone((0.52, 0.50, 0.46), 0.4), "far")
    st.cutout(sx, 15, spire, [(-2.7, 0), (0, 11), (2.7, 0)], (0.34, 0.33, 0.36), "far", rounded=True)
    for side in (-1, 1):
        z = st.stand * 0.7
        _fence(st, side * 2.7, z, z + 16)
    near = setup.canvas.sheet()
    land.painted(setup, land.blades(setup, 1.1, 0.13, 80, rng), land.lit(setup, (0.16, 0.20, 0.08)), rim=0.7, sheet=near)
    if light.night or light.ambient < 0.4:
        st.lamps.append(Lamp((setup.side * 2.6, 2.6, st.stand + 3), linear((1.0, 0.72, 0.4)), 3.0, 2.6))
    layers += st.layers()
    layers.append(near.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"house"}))


def cottage(setup: Setup, st: Stage, x: float, z: float, size: tuple[float, float, float], wall: RGB, share: float) -> None:
    """A small house, its ridge along the lane."""
    w, h, d = size
    skin, shine = facade(wall, (0.18, 0.20, 0.22), share=min(1.0, share * 1.5), bay=1.9, storey=2.3, seed=setup.between(0, 40),
                         opening=(0.42, 0.42), base=0.3)  # fmt: skip
    roof: RGB = setup.pick((0.44, 0.25, 0.19), (0.36, 0.30, 0.25), (0.30, 0.29, 0.31))
    st.group(x, z, "far")
    st.box(x, 0, z, (w, h, d), skin, emission=shine)
    rise, over = w * 0.42, 0.35
    slate = bricks(roof, 0.4, 0.22, 0.35)
    for side in (1, -1):
        st.quad((x + side * (w / 2 + over), h - over * 0.5, z - d / 2 - 0.2), (0, 0, d + 0.4), (-side * (w / 2 + over), rise + over * 0.5, 0), slate)
    front = z - d / 2
    corners = [(-w / 2, h, front), (w / 2, h, front), (0.02, h + rise, front), (-0.02, h + rise, front)]
    _panel(st, x, corners, plaster(wall, 0.12), "far")
    st.box(x + w * 0.22, h + rise * 0.45, z + d * 0.2, (0.6, rise * 0.9, 0.6), bricks((0.42, 0.27, 0.22)))
    st.ungroup()


def _fence(st: Stage, x: float, z0: float, z1: float) -> None:
    z = z0
    while z < z1:
        st.box(x, 0, z, (0.07, 0.95, 0.07), wood((0.46, 0.40, 0.32)), "mid", shadow=False)
        z += 1.2
    for y in (0.35, 0.72):
        st.box(x, y, (z0 + z1) / 2, (0.04, 0.09, z1 - z0), wood((0.50, 0.43, 0.34)), "mid", shadow=False)


def market(setup: Setup) -> Place:
    """Stalls with awnings and heaps of colour."""
    rng = setup.rng
    st = setup.outdoor(fog=0.016)
    back = sky(setup, setup.framing.horizon)
    half = 2.7
    st.quad((-40, 0, 0.2), (80, 0, 0), (0, 0, 90), _cobbles(setup, False), "shell", floor=True, order=990)
    for side in (-1, 1):
        z = -1.0
        while z < 70:
            depth = setup.between(6, 10)
            skin, shine = facade(_front_colour(setup, float(rng.random())), panes(setup), share=glow_share(setup), bay=2.3, storey=3.1,
                                 seed=setup.between(0, 40), base=3.4)  # fmt: skip
            st.box(side * (half + 6.5), 0, z + depth / 2, (5.5, setup.between(8, 12), depth), skin, "far", emission=shine, shadow=False)
            z += depth
    for side in (-1, 1):
        z = st.stand * 0.55
        while z < st.stand + 20:
            _stall(setup, st, side * (half + 0.55), z + 1.2, side)
            z += setup.between(2.9, 3.5)
    layers = [back.layer(0.03, "clouds"), *st.layers()]
    string = _fairy_lights(setup, st) if setup.dim else None
    if string is not None:
        layers.append(string)
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"city"}))


def _stall(setup: Setup, st: Stage, x: float, z: float, side: int) -> None:
    colour: RGB = setup.pick((0.66, 0.22, 0.18), (0.22, 0.42, 0.36), (0.74, 0.56, 0.24), (0.24, 0.32, 0.50), (0.60, 0.34, 0.20))
    near = z < st.stand * 0.9
    st.group(x, z, "front" if near else "mid")
    for dz in (1.05, -1.05):
        for dx in (0.7, -0.7):
            st.box(x + dx, 0, z + dz, (0.06, 2.25, 0.06), wood((0.36, 0.27, 0.19)), shadow=False)
    st.box(x, 0, z, (1.35, 0.78, 2.2), wood((0.42, 0.31, 0.21)))
    for k in range(4):
        dz = -0.8 + k * 0.52
        heap: RGB = setup.pick((0.80, 0.32, 0.14), (0.78, 0.62, 0.18), (0.36, 0.48, 0.16), (0.62, 0.16, 0.16), (0.76, 0.58, 0.40))
        for r in range(3):
            st.cutout(x - side * (0.25 - 0.2 * r), 0.80, z - dz, [(math.cos(t) * 0.24, abs(math.sin(t)) * 0.17) for t in np.linspace(0, math.pi, 9)],
                      gradient((heap[0] * 0.6, heap[1] * 0.6, heap[2] * 0.6), heap), rounded=True)  # fmt: skip

    def stripes(s: Surface) -> FloatArray:
        return mix(colour, (0.84, 0.79, 0.70), (np.mod(s.b, 0.5) < 0.25).astype(np.float32))

    st.quad((x + side * 0.85, 2.65, z - 1.25), (-side * 1.9, -0.55, 0), (0, 0, 2.5), stripes)
    st.quad((x - side * 1.05, 2.10, z - 1.25), (0, -0.22, 0), (0, 0, 2.5), stripes)
    st.ungroup()
    if setup.dim and abs(z - st.stand - 2.5) < 2.2:
        st.lamps.append(Lamp((x - side * 0.4, 1.95, z), linear((1.0, 0.74, 0.42)), 1.6, 2.4))


def _fairy_lights(setup: Setup, st: Stage) -> Layer:
    """Bulbs on sagging strings across the lane."""
    sheet = setup.canvas.sheet((1.0, 0.82, 0.52))
    total = np.zeros((setup.canvas.height, setup.canvas.width), np.float32)
    for z in (st.stand + 2.0, st.stand + 6.0, st.stand + 11.0):
        for i in range(13):
            t = i / 12
            x, y = st.seen(-3.4 + 6.8 * t, 3.9 - 1.1 * math.sin(math.pi * t), z)
            size = st.scale(z) * 0.05
            d = setup.canvas.distance(x, y)
            total = np.maximum(total, np.clip((size - d) * setup.canvas.frame_height + 0.5, 0, 1) + np.exp(-d / np.float32(size * 2.6)) * np.float32(0.4))
    sheet.alpha = np.clip(total, 0, 1)
    sheet.rgb = sheet.rgb * (1 + np.clip(total - 0.8, 0, 1)[..., None] * np.float32(0.5))
    return Layer(sheet.rgb, sheet.alpha, BANDS["mid"], "lamps")


def park(setup: Setup) -> Place:
    """Lawn, path, trees, a bench and lamps."""
    from film.providers.draft.scenes.wild import lone_tree

    rng = setup.rng
    place = hills(setup)
    layers = [layer for layer in place.layers if layer.depth < 0.36]
    if setup.says("city", "urban", "central park", "downtown"):
        layers.append(towers(setup, 0.66, 0.10, 0.30, setup.framing.horizon + 0.02, wide=0.06).layer(0.12))
    canvas = setup.canvas
    lawn = land.ground(setup, (0.28, 0.40, 0.15), (0.20, 0.30, 0.11), horizon=setup.framing.horizon + 0.005,
                       line=np.full(canvas.width, depth_y(setup, 0.06), np.float32))  # fmt: skip
    row = canvas.sheet()
    for _ in range(7):
        x = float(rng.uniform(-0.05, 1.05))
        lone_tree(setup, row, x, depth_y(setup, float(rng.uniform(0.05, 0.12))), float(rng.uniform(0.20, 0.32)), (0.20, 0.29, 0.11))
    row.haze(land.air(setup, 0.9), 0.28)
    layers.append(row.layer(0.34, "foliage"))
    st = setup.outdoor()
    bend = setup.between(-1.5, 1.5)
    st.quad((-1.5 + bend, 0.01, 0.2), (3.0, 0, 0), (-bend * 5, 0, 50), stone((0.62, 0.55, 0.44), 0.3, 2), "shell", floor=True, order=990)
    for z in (st.stand + 2.0, st.stand + 9):
        _park_lamp(setup, st, 2.6 * setup.side, z)
    _bench(st, st.reach(0.5 + 0.33 * setup.side, st.stand + 0.9), st.stand + 0.9)
    path = st.layers()
    lawn_layer = lawn.layer(0.44)
    side_tree = canvas.sheet()
    lone_tree(setup, side_tree, 0.5 - setup.side * setup.between(0.34, 0.44), depth_y(setup, 0.75), setup.between(0.62, 0.80), (0.16, 0.24, 0.09))
    layers += [lawn_layer, *path, side_tree.layer(0.58, "foliage")]
    flowers = land.painted(setup, land.blades(setup, 1.1, 0.15, 110, rng), land.lit(setup, (0.14, 0.19, 0.07)), rim=0.8)
    dots: list[land.Outline] = [land.clump(setup, float(rng.uniform(-0.1, 1.1)), float(rng.uniform(0.96, 1.08)), 0.010, rng, 8) for _ in range(30)]
    land.painted(setup, dots, land.lit(setup, setup.make((0.86, 0.42, 0.44), (0.90, 0.78, 0.40), (0.80, 0.76, 0.86))), sheet=flowers)
    layers.append(flowers.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"tree", "bench", "lamp"}), ("leaves",) if setup.says("autumn", "fall", "wind") else ())


def _park_lamp(setup: Setup, st: Stage, x: float, z: float) -> None:
    lit = setup.dim or setup.light.ambient < 0.5
    st.group(x, z, "mid")
    props.rounded(st, x, 0, z, [(0.16, 0), (0.10, 0.25), (0.05, 0.4), (0.045, 2.9), (0.1, 3.0)], props.IRON)
    props.rounded(st, x, 3.0, z, [(0.12, 0), (0.22, 0.2), (0.12, 0.42), (0.02, 0.55)], (0.72, 0.70, 0.62),
                  emission=(1.2, 0.98, 0.66) if lit else None)  # fmt: skip
    st.ungroup()
    if lit:
        st.lamps.append(Lamp((x, 3.1, z - 0.2), linear((1.0, 0.76, 0.45)), 2.6, 2.4))


def _bench(st: Stage, x: float, z: float) -> None:
    st.group(x, z, "mid")
    for k in range(3):
        st.box(x, 0.62 + 0.13 * k, z + 0.24, (1.7, 0.09, 0.03), wood((0.42, 0.29, 0.18)), shadow=False)
    for dx in (-0.7, 0.7):
        st.box(x + dx, 0, z, (0.07, 0.44, 0.45), props.IRON)
    for k in range(3):
        st.box(x, 0.43, z - 0.17 + 0.15 * k, (1.7, 0.04, 0.11), wood((0.46, 0.32, 0.20)), shadow=False)
    st.contact(x, z, 1.1, 0.45, 0.5)
    st.ungroup()


