"""Open country: ridges that the air pales, ground with a texture that runs to the horizon, trees, water, mist.

sky sheet ─► ridges (far, mid) ─► ground face ─► trees, grass, rocks ─► front
water(…) mirrors what is already there
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from animatic.canvas import Field, Sheet, mix, ramp, resized, soft
from animatic.elements import RGB, FloatArray, Layer
from animatic.light import blend
from animatic.scenes.plants import Outline
from animatic.scenes.setup import Setup
from animatic.scenes.sky import sun_place


def air(setup: Setup, distance: float) -> RGB:
    """The colour that the air lends to what is far."""
    light = setup.light
    tone = blend(light.horizon, light.middle, 0.45)
    glow = blend(tone, light.sun, 0.12 if light.sun_height < 0.3 else 0.0)
    return blend(light.shade, glow, distance)


def lit(setup: Setup, colour: RGB, distance: float = 0.0, gain: float = 1.0) -> RGB:
    """A thing's own colour in this light, paled by distance 0..1."""
    light = setup.light
    key = 0.34 + 0.66 * light.ambient
    if light.night:
        key = 0.40 + 0.85 * light.ambient
    tone = blend((1.0, 1.0, 1.0), blend(light.sun, light.middle, 0.4), 0.55)
    near = tuple(max(colour[i] * tone[i] * key * gain, light.shade[i] * 0.55) for i in range(3))
    return blend((near[0], near[1], near[2]), air(setup, 1.0), distance)


def ridge(
    setup: Setup,
    line: FloatArray,
    colour: RGB,
    distance: float,
    *,
    relief: float = 0.5,
    snow: float = 0.0,
    mist: float = 0.5,
    steep: float = 1.0,
    cells: float = 7.0,
) -> Sheet:
    """A hill or mountain below ``line``: gullies modelled by the light, snow on its heights, mist at its foot."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    sheet = canvas.sheet(lit(setup, colour, distance))
    cover = canvas.below(line)
    under = np.maximum(canvas.y - line[None, :], 0)
    if relief > 0:
        noise = canvas.noise(rng, cells, 5, stretch=0.75 / max(steep, 0.3), gain=0.58)
        step = max(2, round(canvas.frame_height / 150))
        side = 1 if light.sun_x >= 0.5 else -1
        slope = (np.roll(noise, -side * step, axis=1) - np.roll(noise, side * step, axis=1)) * np.float32(5.5)
        slope += (np.roll(noise, -step, axis=0) - noise) * np.float32(1.5)
        # The outline's own slope turns whole flanks to or from the sun.
        edge = np.gradient(soft(line[None, :].repeat(3, 0), canvas.frame_height * 0.012)[0])
        edge = np.float32(-side) * edge * np.float32(canvas.frame_height * 0.75)
        flank = np.clip(slope * 2.4 - edge[None, :] * np.exp(under * np.float32(-5)), -1, 1)
        strength = relief * (1 - distance * 0.75) * (0.35 + 0.65 * light.ambient if not light.night else 0.4)
        bright, dark = np.maximum(flank, 0) * np.float32(strength), np.maximum(-flank, 0) * np.float32(strength)
        sunny = blend(lit(setup, colour, distance * 0.8, 1.7), light.sun, 0.34)
        sheet.rgb = mix(sheet.rgb, sunny, bright * np.float32(0.85))
        deep = blend(light.shade, air(setup, 1.0), distance * 0.85)
        sheet.rgb = mix(sheet.rgb, deep, dark * np.float32(0.75))
        if snow > 0:
            level = under / np.float32(snow) + (noise - np.float32(0.5)) * np.float32(1.9)
            white = blend(blend(light.horizon, (0.95, 0.97, 1.0), 0.6), air(setup, 1.0), distance * 0.7)
            if light.night:
                white = blend(white, light.shade, 0.62)
            blue = blend(white, blend(light.zenith, light.shade, 0.4), 0.55)
            field = mix(white, blue, np.clip(dark * 1.7 + np.float32(0.12), 0, 1))
            field = mix(field, light.sun, bright * np.float32(0.45 if not light.night else 0.1))
            sheet.rgb = mix(sheet.rgb, field, ramp(level, 1.05, 0.62))
    if mist > 0:
        sheet.haze(air(setup, min(1.0, distance + 0.45)), ramp(under, 0.01, 0.24) * np.float32(mist))
    x, y = sun_place(setup, setup.framing.horizon)
    if light.sun_height < 0.3:
        near = np.exp(-canvas.distance(x, y) * np.float32(3.2)) * np.float32(
            (0.35 if not light.night else 0.06) * distance
        )
        sheet.haze(blend(light.sun, light.horizon, 0.4), near)
    sheet.alpha = cover
    sheet.touched = True
    return sheet


def ranges(
    setup: Setup,
    count: int,
    colours: tuple[RGB, RGB],
    *,
    top: float = 0.26,
    rough: float = 0.55,
    snow: float = 0.0,
    cells: float = 1.5,
    base: float | None = None,
    relief: float = 0.55,
    gain: float = 0.5,
) -> list[Sheet]:
    """Ridge behind ridge, the farthest highest and palest; ``top`` is its height over the horizon."""
    canvas, rng = setup.canvas, setup.rng
    horizon = setup.framing.horizon if base is None else base
    zoom = setup.framing.scene_zoom
    sheets: list[Sheet] = []
    for i in range(count):
        near = i / max(count - 1, 1)
        height = top * (1 - near * 0.80) * (0.75 + 0.25 * zoom)
        profile = canvas.line(rng, cells * (1 + 0.75 * near) / zoom, 6, gain)
        peaks = np.abs(profile) - np.float32(0.45) if rough > 0.5 else profile * np.float32(-0.9)
        line = (
            np.float32(horizon + 0.012 + 0.02 * near) - np.float32(height) * np.clip(0.62 - peaks, 0.05, 1.6)
        ).astype(np.float32)
        distance = 0.86 - 0.60 * near
        sheets.append(
            ridge(
                setup,
                line,
                blend(colours[0], colours[1], near),
                distance,
                relief=relief,
                snow=snow * (1 - near * 1.2),
                mist=0.55 - 0.25 * near,
                cells=6.0 + 3 * near,
            )
        )
    return sheets


def stacked(sheets: Sequence[Sheet]) -> Sheet:
    """Several sheets as one, to save a layer."""
    first = sheets[0]
    for sheet in sheets[1:]:
        first.over(sheet.rgb, sheet.alpha)
    return first


def ground(
    setup: Setup,
    colour: RGB,
    other: RGB,
    *,
    horizon: float | None = None,
    cells: float = 1.0,
    contrast: float = 0.5,
    haze: float = 0.75,
    stretch: float = 3.0,
    line: FloatArray | None = None,
) -> Sheet:
    """Land from the horizon to the camera: patches that widen towards us, the sun's sheen, haze far off."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    level = setup.framing.horizon if horizon is None else horizon
    sheet = canvas.sheet()
    depth = np.clip((canvas.y - np.float32(level)) / np.float32(max(1.08 - level, 0.1)), 0.0015, 1.2)
    pattern = perspective(setup, rng, depth, cells * 5, stretch)
    fine = perspective(setup, rng, depth, cells * 23, stretch)
    value = (pattern - np.float32(0.5)) * np.float32(1.5) + (fine - np.float32(0.5)) * ramp(depth, 0.05, 0.5)
    body = mix(lit(setup, colour), lit(setup, other), np.clip(np.float32(0.5) + value * np.float32(contrast * 2), 0, 1))
    body = body * (np.float32(1.06) - depth * np.float32(0.28))[..., None]
    body = mix(body, air(setup, 0.95), np.exp(-depth * np.float32(7.5)) * np.float32(haze))
    sheen = np.exp(-(((canvas.x - np.float32(light.sun_x)) * np.float32(2.1)) ** 2)) * np.exp(-depth * np.float32(2.6))
    body = mix(
        body, light.sun, sheen * np.float32(0.34 if light.sun_height < 0.3 else 0.10) * (0.4 if light.night else 1.0)
    )
    sheet.rgb = body
    top = np.full(canvas.width, level, np.float32) if line is None else line
    sheet.alpha = canvas.below(top)
    sheet.touched = True
    return sheet


def perspective(setup: Setup, rng: np.random.Generator, depth: FloatArray, cells: float, stretch: float) -> FloatArray:
    """Noise laid on the ground plane: ``depth`` is 0 at the horizon, 1 at the foot of the picture."""
    canvas = setup.canvas
    size = 256
    grid = rng.random((size, size), np.float32)
    grid = (grid + np.roll(grid, 1, 0) + np.roll(grid, 1, 1) + np.roll(grid, (1, 1), (0, 1))) / 4
    far = np.float32(0.32) / depth[::2]
    a = canvas.u[:, ::2] * far * np.float32(cells) + np.float32(size / 2)
    b = far * np.float32(cells * stretch / 2.2)
    i, j = np.floor(b).astype(np.int32), np.floor(a).astype(np.int32)
    t, s = b - i, a - j
    s, t = s * s * (3 - 2 * s), t * t * (3 - 2 * t)
    i, j = i & (size - 1), j & (size - 1)
    k, m = (i + 1) & (size - 1), (j + 1) & (size - 1)
    flat = grid.ravel()
    i, k = i * size, k * size
    value = (flat[i + j] * (1 - s) + flat[i + m] * s) * (1 - t) + (flat[k + j] * (1 - s) + flat[k + m] * s) * t
    # What is smaller than a pixel is its mean.
    blurred = np.clip(np.float32(canvas.frame_height / (cells * 2.4)) / far / np.float32(3.0), 0, 1)
    value = np.float32(0.5) + (value - np.float32(0.5)) * np.float32(2.2) * blurred
    return resized(value.astype(np.float32), canvas.width, canvas.height)


def water(
    setup: Setup,
    behind: Sheet,
    *,
    horizon: float | None = None,
    colour: RGB = (0.10, 0.20, 0.24),
    calm: float = 0.6,
    line: FloatArray | None = None,
) -> Sheet:
    """Water from the horizon to the camera: it mirrors ``behind``, breaks it in ripples, and carries the sun's path."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    level = setup.framing.horizon if horizon is None else horizon
    row = int(np.clip(canvas.py(level), 1, canvas.height - 1))
    sheet = canvas.sheet()
    depth = np.clip((canvas.y - np.float32(level)) / np.float32(max(1.08 - level, 0.1)), 0.002, 1.2)
    waves = perspective(setup, rng, depth, 9, 7.0) - np.float32(0.5)
    small = perspective(setup, rng, depth, 31, 6.0) - np.float32(0.5)
    chop = waves + small * np.float32(0.7)
    rows = np.arange(canvas.height, dtype=np.float32)[:, None]
    reach = (rows - row) * np.float32(0.85)
    stir = chop * np.float32(canvas.frame_height * (0.12 + 0.30 * (1 - calm))) * np.sqrt(depth)
    source = np.clip(row - 1 - reach + stir, 0, max(row - 1, 0)).astype(np.int32)
    columns = np.broadcast_to(np.arange(canvas.width)[None, :], source.shape)
    mirror = behind.rgb[source, columns]
    # Where the frame's sky is too low to be mirrored this far, the water holds the higher sky.
    mirror = mix(mirror, blend(light.middle, light.zenith, 0.5), ramp(reach / np.float32(max(row, 1)), 0.55, 0.95))
    body = lit(setup, colour)
    fresnel = np.clip(np.float32(0.86) - depth * np.float32(0.62) - np.maximum(chop, 0) * np.float32(0.22), 0.08, 0.92)
    colour_field = mix(body, mirror * np.float32(0.92), fresnel)
    crest = np.clip(chop * np.float32(2.2) - np.float32(0.25), 0, 1) * np.float32(0.20 * (1.2 - calm))
    colour_field = mix(colour_field, blend(light.horizon, light.middle, 0.5), crest)
    # The sun's path: glints where waves tilt to it, wider towards us.
    x, _ = sun_place(setup, level)
    spread = np.float32(0.035) + depth * np.float32(0.16)
    path = np.exp(-(((canvas.x - np.float32(x)) * np.float32(canvas.aspect) / spread) ** 2))
    glint = ramp(chop, 0.02, 0.34) * np.float32(0.9) + np.exp(-depth * np.float32(14)) * np.float32(0.4)
    strength = 0.85 if light.sun_height < 0.3 or light.night else 0.30
    if light.ambient < 0.4 and not light.night:
        strength = 0.25
    sheet.rgb = colour_field
    sheet.add(light.sun, path * glint * np.float32(strength * (0.6 if light.night else 1.0)))
    top = np.full(canvas.width, level, np.float32) if line is None else line
    sheet.alpha = canvas.below(top)
    sheet.touched = True
    return sheet


def fog(
    setup: Setup, level: float, thickness: float, strength: float, depth: float, colour: RGB | None = None
) -> Layer:
    """A bank of mist lying at ``level``."""
    canvas, light = setup.canvas, setup.light
    swirl = canvas.noise(setup.rng, 2.6, 4, stretch=3.2, detail=4)
    band = np.exp(-(((canvas.y - np.float32(level)) / np.float32(thickness)) ** 2))
    alpha = np.clip(band * (np.float32(0.25) + swirl * np.float32(1.2)) * np.float32(strength), 0, 0.92)
    tone = blend(light.horizon, light.middle, 0.5) if colour is None else colour
    if light.night:
        tone = blend(tone, light.sun, 0.12)
    sheet = canvas.sheet(tone)
    near = np.exp(-canvas.distance(*sun_place(setup, setup.framing.horizon)) * np.float32(2.2))
    sheet.haze(light.sun, near * np.float32(0.30 if not light.night else 0.10))
    return Layer(sheet.rgb, alpha.astype(np.float32), depth, "fog")


def painted(
    setup: Setup,
    shapes: Sequence[Sequence[tuple[float, float]]],
    colour: RGB,
    *,
    foot: RGB | None = None,
    span: tuple[float, float] = (0.0, 1.0),
    rim: float = 0.0,
    texture: float = 0.0,
    sheet: Sheet | None = None,
) -> Sheet:
    """Silhouettes as one sheet: darker or hazier towards ``span``'s end, textured, their edge lit by the key."""
    canvas, light = setup.canvas, setup.light
    target = canvas.sheet(colour) if sheet is None else sheet
    mask, y0, x0 = canvas.patch(shapes)
    if mask.size == 0:
        return target
    h, w = mask.shape
    ys, xs = canvas.y[y0 : y0 + h], canvas.x[:, x0 : x0 + w]
    body: Field = np.broadcast_to(np.asarray(colour, np.float32), (h, w, 3))
    if foot is not None:
        body = mix(colour, foot, np.broadcast_to(ramp(ys, span[0], span[1]), (h, w)))
    if texture > 0:
        speckle = setup.leaves()[y0 : y0 + h, x0 : x0 + w]
        body = body * (1 + (speckle - np.float32(0.5)) * np.float32(texture * 1.3))[..., None]
    if rim > 0:
        step = max(1, round(canvas.frame_height / 360))
        sx, sy = sun_place(setup, setup.framing.horizon)
        side = 1 if sx > 0.5 else -1
        shifted = np.roll(mask, (step if sy < 0.5 else 0, -side * step), axis=(0, 1))
        edge = np.clip(mask - shifted, 0, 1)
        near = np.exp(-np.abs(xs - np.float32(sx)) * np.float32(1.6))
        body = mix(body, light.rim, np.clip(edge * near * np.float32(rim), 0, 1))
    target.over(np.asarray(body, np.float32), mask, y0, x0)
    return target


def boulders(setup: Setup, sheet: Sheet, shapes: Sequence[Outline], colour: RGB) -> None:
    """Rocks with a lit shoulder and a dark foot, painted one by one."""
    canvas, light = setup.canvas, setup.light
    bright = blend(colour, light.sun, 0.30 if not light.night else 0.12)
    dark = blend(colour, light.shade, 0.70)
    grain = canvas.noise(setup.rng, 20, 3, detail=2)
    for shape in shapes:
        mask, y0, x0 = canvas.patch([shape])
        if mask.size == 0:
            continue
        h, w = mask.shape
        top = np.argmax(mask > 0.5, axis=0).astype(np.float32) / max(h, 1)
        across_ = np.linspace(-1, 1, w, dtype=np.float32)[None, :] * np.float32(light.key_side)
        down = np.linspace(0, 1, h, dtype=np.float32)[:, None]
        rough = grain[y0 : y0 + h, x0 : x0 + w]
        tone = np.clip(np.float32(0.55) + across_ * np.float32(0.30) - (down - top[None, :]) * np.float32(0.75)
                       + (rough - np.float32(0.5)) * np.float32(0.8), 0, 1)  # fmt: skip
        sheet.over(mix(dark, bright, tone), mask, y0, x0)
