"""Skies: a gradient designed by the hour, the sun or moon with its glow, clouds that the light models, stars."""

from __future__ import annotations

import numpy as np

from animatic.canvas import Sheet, mix, ramp, resized, soft
from animatic.elements import RGB, FloatArray
from animatic.light import blend
from animatic.scenes.setup import Setup


def gradient(setup: Setup, horizon: float) -> FloatArray:
    """Zenith to horizon, a little warmer on the side of the sun."""
    canvas, light = setup.canvas, setup.light
    height = max(horizon, 0.25)
    t = np.clip((np.float32(horizon) - canvas.y) / np.float32(max(height * 1.05, 0.3)), 0, 1)
    knots = [0.0, 0.10, 0.42, 1.0]
    stops = [light.horizon, blend(light.horizon, light.middle, 0.45), light.middle, light.zenith]
    column = np.stack([np.interp(t[:, 0], knots, [s[c] for s in stops]) for c in range(3)], -1).astype(np.float32)
    side = np.clip(1 - np.abs(canvas.x - np.float32(light.sun_x)) * np.float32(0.9), 0, 1)
    low = np.clip(1 - t, 0, 1) ** 2
    warm = (side * side) * low * np.float32(0.30 if light.sun_height < 0.3 and not light.night else 0.10)
    sky = np.broadcast_to(column[:, None, :], (canvas.height, canvas.width, 3)).copy()
    sky += (np.asarray(light.sun, np.float32) - sky) * warm[..., None]
    return sky


def sun_place(setup: Setup, horizon: float) -> tuple[float, float]:
    """Where the sun or moon stands in the frame; a high sun is above it."""
    light = setup.light
    if light.night:
        return light.sun_x, max(0.15, min(0.26, horizon * 0.45))
    return light.sun_x, horizon - 0.035 - light.sun_height * max(horizon, 0.35) * 1.45


def sky(setup: Setup, horizon: float, *, clouds: float | None = None, moon: float = 1.0, stars: bool = True) -> Sheet:
    """A whole sky as a sheet that covers everything."""
    canvas, light = setup.canvas, setup.light
    sheet = canvas.sheet()
    sheet.rgb[:] = gradient(setup, horizon)
    sheet.alpha[:] = 1
    sheet.touched = True
    x, y = sun_place(setup, horizon)
    grey = setup.says(
        "rain",
        "storm",
        "thunderstorm",
        "overcast",
        "cloudy",
        "blizzard",
        "snowfall",
        "snowing",
        "fog",
        "foggy",
        "mist",
        "misty",
        "downpour",
    )
    if stars and (light.night or light.ambient < 0.4) and not grey and setup.allows("star"):
        scatter_stars(setup, sheet, horizon, 1.0 if light.night else 0.4)
    if light.night:
        if not grey and setup.allows("moon"):
            _moon(setup, sheet, x, y, moon)
    elif setup.allows("sun"):
        strength = 0.35 if grey else 1.0
        _sun(setup, sheet, x, y, strength)
    amount = setup.between(0.25, 0.75) if clouds is None else clouds
    if grey:
        amount = max(amount, 0.95)
    if setup.says("clear sky", "cloudless", "cloud") and not grey:
        amount = 0.85 if setup.says("cloud") else 0.0
    if amount > 0.02 and setup.allows("cloud"):
        _clouds(setup, sheet, horizon, amount, (x, y))
    return sheet


def _sun(setup: Setup, sheet: Sheet, x: float, y: float, strength: float) -> None:
    canvas, light = setup.canvas, setup.light
    d = canvas.distance(x, y)
    low = light.sun_height < 0.25
    if light.sun_height < 0.025 and light.ambient < 0.4:  # after sunset only the afterglow is left
        sheet.add(light.horizon, np.exp(-d * np.float32(2.4)) * np.float32(0.22 * strength))
        return
    skirt = np.exp(-d * np.float32(2.1)) * np.float32(0.34) + np.exp(-d * np.float32(9.0)) * np.float32(0.55)
    sheet.add(light.sun, skirt * np.float32(strength * (1.0 if low else 0.55)))
    if strength > 0.5 and y > -0.15:
        radius = 0.034 if low else 0.022
        disc = np.clip((np.float32(radius) - d) * np.float32(canvas.frame_height) * 0.6 + 0.5, 0, 1)
        core = blend(light.sun, (1.0, 1.0, 0.96), 0.72)
        sheet.over((core[0] * 1.12, core[1] * 1.12, core[2] * 1.12), disc)


def _moon(setup: Setup, sheet: Sheet, x: float, y: float, size: float) -> None:
    canvas, light = setup.canvas, setup.light
    d = canvas.distance(x, y)
    radius = 0.032 * size
    sheet.add(
        light.sun, np.exp(-d * np.float32(4.2)) * np.float32(0.15) + np.exp(-d * np.float32(17)) * np.float32(0.22)
    )
    disc = np.clip((np.float32(radius) - d) * np.float32(canvas.frame_height) + 0.5, 0, 1)
    seas = canvas.noise(setup.rng, 26 / size, 3, detail=1 if canvas.height < 300 else 2)
    limb = np.sqrt(np.clip(1 - (d / np.float32(radius)) ** 2, 0, 1))
    face = mix((0.66, 0.72, 0.82), (1.0, 0.99, 0.95), np.clip(ramp(seas, 0.3, 0.62) * 0.8 + 0.2, 0, 1))
    sheet.over(face * (np.float32(0.72) + np.float32(0.28) * limb[..., None]), disc)


def scatter_stars(setup: Setup, sheet: Sheet, horizon: float, strength: float, count: int = 420) -> None:
    canvas, rng = setup.canvas, setup.rng
    xs, ys = rng.uniform(-0.08, 1.08, count), rng.random(count) ** 1.25 * (max(horizon, 0.2) + 0.08) - 0.08
    power = rng.random(count) ** 5 * 0.9 + 0.14
    warm = rng.random(count)
    scale = canvas.frame_height / 540
    field = np.zeros((canvas.height, canvas.width, 3), np.float32)
    for x, y, p, w in zip(xs, ys, power, warm, strict=True):
        _spark(field, canvas.px(float(x)), canvas.py(float(y)), float(p), 0.62 * scale * (1 + float(p)),
               blend((0.72, 0.82, 1.0), (1.0, 0.9, 0.78), float(w)))  # fmt: skip
    fade = np.clip((np.float32(horizon) - canvas.y) / np.float32(max(horizon, 0.2)) * 1.7, 0, 1)
    sheet.rgb += field * (fade * np.float32(strength))[..., None]


def _spark(field: FloatArray, x: float, y: float, power: float, radius: float, colour: RGB) -> None:
    """One point of light, smaller than a pixel or larger, with the same energy for its size."""
    reach = max(1, int(np.ceil(radius * 2.2)))
    cx, cy = int(np.floor(x)), int(np.floor(y))
    x0, x1, y0, y1 = cx - reach, cx + reach + 1, cy - reach, cy + reach + 1
    if x0 < 0 or y0 < 0 or x1 > field.shape[1] or y1 > field.shape[0]:
        return
    spread = max(radius, 0.55)
    gx = np.exp(-0.5 * ((np.arange(x0, x1) + 0.5 - x) / spread) ** 2)
    gy = np.exp(-0.5 * ((np.arange(y0, y1) + 0.5 - y) / spread) ** 2)
    dot = (gy[:, None] * gx[None, :] * power * min(1.0, (radius / spread) ** 2)).astype(np.float32)
    field[y0:y1, x0:x1] += dot[..., None] * np.asarray(colour, np.float32)


def _clouds(setup: Setup, sheet: Sheet, horizon: float, amount: float, sun: tuple[float, float]) -> None:
    """Two decks that narrow towards the horizon, their edges lit on the side of the sun."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    w, h = canvas.width // 2, canvas.height // 2
    height = np.clip((np.float32(horizon) - canvas.y[::2][:h]) / np.float32(max(horizon, 0.25)), 0.0, 1.3)
    # Rows of a square field are read closer together towards the horizon: the sky's own perspective.
    depth = 1.0 / (height + np.float32(0.42))
    rows = 220
    field = np.zeros((rows, w), np.float32)
    weight = 0.0
    for octave in range(5):
        cells = 5 * 2**octave
        grid = rng.random((cells + 6, int(cells * 1.5) + 8), np.float32)
        span = min(cells * 0.34 * canvas.aspect, grid.shape[1] / 2)
        mid = grid.shape[1] / 2
        gain = 0.56**octave
        field += np.float32(gain) * resized(grid, w, rows, (mid - span, 3, mid + span, 3 + cells))
        weight += gain
    field /= np.float32(weight)
    at = np.clip((depth[:, 0] - depth.min()) / (depth.max() - depth.min() + 1e-6) * (rows - 1), 0, rows - 1)
    low = np.minimum(at.astype(np.int64), rows - 2)
    t = (at - low)[:, None].astype(np.float32)
    deck = field[low] * (1 - t) + field[low + 1] * t
    threshold = 0.66 - 0.24 * amount
    body = ramp(deck, threshold, threshold + 0.20)
    body = body * ramp(height, 0.0, 0.22) * np.clip(np.float32(1.25) - height * np.float32(0.35), 0, 1)
    # The light: thin edges glow, the body's far side from the sun falls into shade.
    sx = int(np.clip((sun[0] * canvas.frame_width + canvas.left) / 2, 0, w - 1))
    sy = int((sun[1] * canvas.frame_height + canvas.top) / 2)
    shift_x = 5 if sx > w / 2 else -5
    shift_y = -4 if sy < h * 0.5 else 4
    towards = np.roll(soft(deck, canvas.frame_height / 160), (-shift_y, -shift_x), axis=(0, 1))
    relief = np.clip((deck - towards) * 5.0 + 0.5, 0, 1)
    near = canvas.distance(*sun)[::2, ::2][:h, :w]
    near = np.exp(-near * np.float32(1.7))
    thin = 1 - ramp(deck, threshold + 0.05, threshold + 0.3)
    bright = blend(light.horizon, light.sun, 0.6)
    deep = blend(blend(light.middle, light.zenith, 0.55), light.shade, 0.30 if not light.night else 0.1)
    gain = 1.08 if not light.night else 0.62
    lit = np.clip(
        relief * np.float32(0.62) + thin * np.float32(0.28) + near * np.float32(0.75) - np.float32(0.12), 0, 1
    )
    if light.sun_height > 0.3 and not light.night:
        lit = np.clip(lit + 0.18, 0, 1)
        bright = blend(bright, (1.0, 1.0, 1.0), 0.55)
    colour = mix(deep, (bright[0] * gain, bright[1] * gain, bright[2] * gain), lit)
    cover = resized(body * np.float32(min(0.35 + amount * 0.6, 0.94)), canvas.width, canvas.height)
    big = np.stack([resized(colour[..., c], canvas.width, canvas.height) for c in range(3)], -1)
    sheet.over(big, np.clip(cover, 0, 1))
