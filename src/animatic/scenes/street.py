"""Between houses: street, alley, and the cars parked there."""

from __future__ import annotations

import numpy as np

from animatic.canvas import mix, ramp
from animatic.elements import RGB, FloatArray
from animatic.light import blend
from animatic.scenes import land, props
from animatic.scenes.materials import bricks, facade, gradient, grain_at, tiles
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear
from animatic.scenes.town import glow_share, hashed_cell, panel, panes, towers
from animatic.scenes.wild import depth_y

ASPHALT: RGB = (0.24, 0.24, 0.25)


def street(setup: Setup) -> Place:
    """A street in perspective: house fronts, pavements, lamps, parked cars."""
    light, rng = setup.light, setup.rng
    st = setup.outdoor(fog=0.011)
    st.centre = setup.between(-0.24, 0.24)
    modern = setup.says(
        "downtown", "new york", "manhattan", "tokyo", "skyscraper", "modern", "neon", "cyberpunk", "city", "hong kong"
    )
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
            tall = setup.between(11, 30) if modern else setup.between(7.5, 14)
            wall = front_colour(setup, float(rng.random()))
            skin, shine = facade(
                wall,
                panes(setup),
                share=glow_share(setup),
                bay=setup.between(2.0, 3.0),
                storey=setup.between(3.0, 3.7),
                seed=setup.between(0, 50),
                opening=(setup.between(0.42, 0.7), setup.between(0.5, 0.66)),
                base=3.9,
            )
            x = side * (half + 3.0 + tall * 0.0 + 5)
            st.box(
                x,
                0.14,
                z + depth / 2,
                (10.0, tall, depth - 0.02),
                skin,
                "far",
                emission=shine,
                top=(0.25, 0.25, 0.26),
                shadow=False,
            )
            face = side * (half + 3.0)
            _shopfront(setup, st, face, z, depth, side, neon)
            st.box(
                face - side * 0.12,
                tall - 0.05,
                z + depth / 2,
                (0.5, 0.4, depth),
                (wall[0] * 0.8, wall[1] * 0.8, wall[2] * 0.8),
                "far",
            )
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
    return Place(
        [sky_layer, *layers],
        st,
        frozenset({"city", "lamp", "car"} if setup.allows("car") else {"city", "lamp"}),
        ("rain",) if setup.says("rain", "rainy") else (),
    )


def front_colour(setup: Setup, t: float) -> RGB:
    palette: tuple[RGB, ...] = (
        (0.50, 0.30, 0.24),
        (0.62, 0.56, 0.47),
        (0.46, 0.44, 0.43),
        (0.56, 0.42, 0.33),
        (0.40, 0.36, 0.35),
        (0.66, 0.61, 0.54),
    )
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
            streak = ramp(grain_at(s.a * 2.2, s.b * np.float32(0.02), 6.0), 0.60, 0.85) * np.float32(
                0.55 if setup.dim else 0.15
            )
            body = mix(body, mirror, (pool * np.float32(0.55) + np.float32(0.12)) * np.clip(s.z / 14, 0.25, 1))
            body = mix(body, lamps, streak * (pool * np.float32(0.6) + np.float32(0.25)))
        return body

    return draw


def _shopfront(setup: Setup, st: Stage, x: float, z: float, depth: float, side: int, neon: bool) -> None:
    """Ground floor: glass, door, fascia, perhaps an awning or a sign."""
    rng = setup.rng
    lit = setup.dim or setup.light.ambient < 0.62
    skin: RGB = setup.pick(
        (0.20, 0.26, 0.24), (0.30, 0.16, 0.14), (0.16, 0.19, 0.25), (0.36, 0.31, 0.25), (0.22, 0.22, 0.22)
    )
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
        shelf = (np.mod(s.b, 0.62) < 0.05) | (
            s.b < 0.42 + 0.2 * (hashed_cell(np.floor(s.a / 0.5), 2.0) - np.float32(0.5))
        )
        goods = goods * (1 - np.float32(0.42) * shelf)
        return np.asarray(
            np.asarray(glow, np.float32) * (bar * goods * np.clip(0.55 + s.b * 0.3, 0, 1))[..., None], np.float32
        )

    inset = x - side * 0.02
    st.quad((inset, 0.7, z + 0.5), (0, 0, depth - 1.0), (0, 2.3, 0), glass, "far", emission=shine if on else None,
            order=float(np.hypot(x, z + depth / 2)) - 0.5)  # fmt: skip
    st.box(x - side * 0.1, 3.05, z + depth / 2, (0.2, 0.62, depth - 0.8), skin, "far", shadow=False)
    if rng.random() < 0.4:
        colour: RGB = setup.pick((0.58, 0.20, 0.17), (0.20, 0.36, 0.30), (0.66, 0.56, 0.36), (0.22, 0.28, 0.42))

        def stripes(s: Surface) -> FloatArray:
            return mix(
                colour, (0.82, 0.78, 0.70), (np.mod(s.a if s.width > s.height else s.b, 0.8) < 0.4).astype(np.float32)
            )

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
        strokes = (
            (np.mod(s.b, 0.42) < 0.22)
            & (edge > 0.22)
            & (hashed_cell(np.floor(s.b / 0.42) * 7 + np.floor(s.a / 0.16), 3.0) < 0.62)
        )
        power = np.maximum(tube, strokes.astype(np.float32) * np.float32(0.9))
        white = np.clip(power - np.float32(0.72), 0, 1)
        return np.asarray(
            np.asarray(tint, np.float32) * (power * np.float32(1.15) + np.float32(0.10))[..., None] + white[..., None],
            np.float32,
        )

    return draw


def _street_lamp(setup: Setup, st: Stage, x: float, z: float, lit: bool, inward: int, *, strong: bool) -> None:
    st.group(x, z, "mid")
    st.cylinder(x, 0.14, z, 0.06, 4.5, props.IRON)
    st.box(x + inward * 0.4, 4.6, z, (0.9, 0.06, 0.06), props.IRON, shadow=False)
    glow: Material | None = (1.25, 1.0, 0.66) if lit else None
    st.box(x + inward * 0.8, 4.48, z, (0.42, 0.12, 0.2), (0.75, 0.72, 0.64), emission=glow, shadow=False)
    st.ungroup()
    if lit and strong:
        st.lamps.append(Lamp((x + inward * 0.8, 4.3, z), linear((1.0, 0.74, 0.42)), 3.1, 1.6))


CAR_SIDE = [
    (-2.1, 0.32),
    (-2.15, 0.72),
    (-1.95, 0.88),
    (-1.25, 0.95),
    (-0.75, 1.40),
    (0.65, 1.42),
    (1.25, 0.98),
    (1.95, 0.88),
    (2.12, 0.66),
    (2.1, 0.32),
]


def parked_car(
    setup: Setup, st: Stage, x: float, z: float, *, away: bool = False, band: str = "mid", colour: RGB | None = None
) -> None:
    """A saloon seen from behind and along its side: body, cabin, glass, wheels, lights."""
    skin: RGB = colour or setup.pick(
        (0.42, 0.14, 0.12), (0.16, 0.22, 0.32), (0.52, 0.52, 0.50), (0.12, 0.13, 0.14), (0.34, 0.38, 0.30)
    )
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
        panel(st, x, corners, glass, band)
    panel(st, x, [(-half, y0, front), (half, y0, front), (roof, y1, rf), (-roof, y1, rf)], glass, band)
    panel(st, x, [(-roof, y1, rb), (roof, y1, rb), (roof, y1, rf), (-roof, y1, rf)], skin, band)
    panel(st, x, [(-half, y0, back), (half, y0, back), (roof, y1, rb), (-roof, y1, rb)], glass, band)
    tail: RGB = (0.85, 0.10, 0.06) if away else (1.0, 0.94, 0.78)
    for dx in (-0.66, 0.66):
        st.quad(
            (x + dx - 0.14, 0.60, z - long / 2 - 0.01),
            (0.28, 0, 0),
            (0, 0.13, 0),
            (tail[0] * 0.6, tail[1] * 0.6, tail[2] * 0.6),
            emission=tail if lit else None,
        )
    st.quad((x - 0.8, 0.36, z - long / 2 - 0.012), (1.6, 0, 0), (0, 0.10, 0), (0.12, 0.12, 0.13))
    st.contact(x, z, 1.25, 2.6, 0.75)
    st.ungroup()


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
    st.quad((-half, 0, 0.2), (half * 2, 0, 0), (0, 0, 60), cobbles(setup, wet), "shell", floor=True, order=990)
    for side in (-1, 1):
        z = -1.0
        while z < 34:
            depth = setup.between(6, 10)
            wall: RGB = setup.pick((0.46, 0.28, 0.22), (0.40, 0.33, 0.29), (0.38, 0.26, 0.22))
            skin, shine = facade(
                wall,
                panes(setup),
                share=glow_share(setup) * 0.5,
                bay=3.2,
                storey=3.1,
                seed=setup.between(0, 50),
                opening=(0.34, 0.48),
                base=3.2,
            )
            brick = bricks(wall, 0.25, 0.085)

            def both(s: Surface, a: Material = skin, b: Material = brick) -> FloatArray:
                assert callable(a) and callable(b)
                return a(s) * (b(s) * np.float32(2.6)).clip(0.4, 1.3)

            st.box(
                side * (half + 4),
                0,
                z + depth / 2,
                (8, setup.between(9, 16), depth - 0.02),
                both,
                "shell",
                emission=shine,
                shadow=False,
            )
            z += depth
    weight = setup.side
    z = st.stand + 1.4
    for k in range(2):
        st.box(
            weight * (half - 0.55),
            0,
            z + k * 1.5,
            (0.85, 1.05, 1.15),
            gradient((0.10, 0.17, 0.14), (0.19, 0.30, 0.25)),
            "mid",
            turn=setup.between(-0.1, 0.1),
            top=(0.12, 0.17, 0.15),
        )
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


def cobbles(setup: Setup, wet: bool) -> Material:
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
