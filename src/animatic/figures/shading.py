"""Light on a figure: flat graphic tones over real form, as in a painted animatic.

    Buffer (depth, normal, colour) + Light ──► key tone, cast shadow, occlusion, rim, ink ──► colour and coverage

Two tones meet at a short terminator; depth differences give contact darkening, drawn edges and cast shadows, so that
an arm separates from a coat and a hat brim falls over a face without any modelling of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from animatic.elements import RGB, Light
from animatic.figures.raster import Buffer
from animatic.figures.surface import Floats, Material

CAST_STEPS = tuple(float(step) for step in np.linspace(0.03, 0.42, 20))
"""How far towards the key a shadow's cause is looked for, in heads; close enough for a hat's brim."""

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Tints:
    """What a Light means to a figure: multipliers of local colour, and the colour of its edge light."""

    lit: Floats
    shadow: Floats
    rim: Floats
    direction: Floats
    """Where the key stands as seen from the figure: x right, y up, z to the viewer."""
    rim_power: float


@dataclass(frozen=True)
class Shaded:
    """A figure in light, at buffer size."""

    rgb: Floats
    alpha: Floats
    multiplier: Floats
    """Light over local colour: what is drawn on top (eyes, lips) is multiplied by it."""
    face: Floats
    """1 where the face itself shows, unhidden."""


def tints_of(light: Light) -> Tints:
    """The two tones and the rim, tuned so that a figure reads at every hour."""
    sun, rim = np.asarray(light.sun, np.float32), np.asarray(light.rim, np.float32)
    sky = 0.5 * np.asarray(light.middle, np.float32) + 0.3 * np.asarray(light.horizon, np.float32)
    sky = sky + 0.2 * np.asarray(light.zenith, np.float32)
    sky = sky / max(float(sky @ LUMA), 0.05)
    sky = np.clip(sky, 0.55, 1.7) * 0.55 + 0.45
    low = float(np.clip(1 - light.sun_height / 0.4, 0, 1))
    if light.night:
        lit = (0.25 * sun + 0.75 * sun * np.array([0.82, 0.92, 1.12], np.float32)) * (0.44 + 0.30 * light.ambient)
        shadow = sky * np.array([0.84, 0.94, 1.2], np.float32) * (0.15 + 0.24 * light.ambient)
    else:
        lit = (0.35 + 0.65 * sun) * (0.80 + 0.30 * light.ambient - 0.10 * low)
        shadow = sky * (0.24 + 0.42 * light.ambient - 0.05 * low)
    side = float(light.key_side) * (0.62 + 0.5 * abs(light.sun_x - 0.5))
    direction = np.array([side, 0.30 + 0.65 * light.sun_height, 0.52 - 0.20 * low], np.float32)
    direction /= np.linalg.norm(direction)
    power = (1.05 if light.night else 0.34) + 0.45 * low
    return Tints(lit.astype(np.float32), shadow.astype(np.float32), rim, direction, power)


def shade(buffer: Buffer, light: Light, unit: float) -> Shaded:
    """Light the buffer; ``unit`` is a head's height in its pixels."""
    tints = tints_of(light)
    filled = buffer.filled
    depth = buffer.plane(buffer.depth)
    there = np.flatnonzero(buffer.material)
    # From here on only what is covered is worked on, as one long row of pixels.
    normal, color, material = buffer.normal[there], buffer.color[there], buffer.material[there]
    nx, ny = normal[:, 0], normal[:, 1]
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    key = nx * tints.direction[0] + ny * tints.direction[1] + nz * tints.direction[2]
    skin, hair, hard, glow = (
        (material == int(kind)).astype(np.float32)
        for kind in (Material.SKIN, Material.HAIR, Material.HARD, Material.GLOW)
    )
    cast = _cast(depth, filled, tints.direction, unit).ravel()[there]
    occlusion = _occlusion(depth, filled, unit).ravel()[there]
    ink = _ink(depth, filled, unit).ravel()[there]

    width = 0.05 + 0.09 * skin
    tone = 0.80 * _step(key, 0.14 - width, 0.14 + width) + 0.20 * np.clip(key * 0.7 + 0.35, 0, 1)
    tone = tone * (1 - 0.88 * cast)
    swell = np.clip(0.86 + 0.16 * key + 0.10 * ny, 0.6, 1.12) * (1 - 0.42 * occlusion) * (1 - 0.55 * ink)
    # Light inside the skin warms the terminator.
    edge = np.clip(1 - np.abs(tone - 0.45) * 2.4, 0, 1) * skin

    half = np.array([tints.direction[0] * 0.6, tints.direction[1] + 0.25, tints.direction[2] + 0.6], np.float32)
    half /= np.linalg.norm(half)
    gloss = nx * half[0] + ny * half[1] + nz * half[2]
    shine = _step(gloss, 0.90, 0.97) * (0.20 * hair + 0.22 * hard) + _step(gloss, 0.93, 0.995) * 0.06 * skin
    shine *= 0.25 + 0.75 * tone

    back = np.array([tints.direction[0], 0.42 * abs(float(tints.direction[1])) + 0.10, -0.55], np.float32)
    back /= np.linalg.norm(back)
    rim = _step(nx * back[0] + ny * back[1] + nz * back[2], 0.30, 0.52) * (1 - 0.6 * ink) * (0.75 + 0.25 * hair)
    rim *= tints.rim_power
    glaze = 0.7 if light.night else 0.45

    multiplier = np.zeros((buffer.width * buffer.height, 3), np.float32)
    rgb = np.zeros_like(multiplier)
    for k, warmth in enumerate((0.12, -0.01, -0.05)):
        level = (tints.shadow[k] + (tints.lit[k] - tints.shadow[k]) * tone) * swell * (1 + warmth * edge)
        level += glow * 1.2 * np.clip(1.1 - level, 0, None)
        local = color[:, k]
        multiplier[there, k] = level
        lit = (
            local * level
            + shine * tints.lit[k] * (0.4 + 0.6 * local)
            + rim * tints.rim[k] * (glaze + (1 - glaze) * local)
        )
        rgb[there, k] = np.clip(lit, 0, 1.15)
    return Shaded(buffer.plane(rgb), filled, buffer.plane(multiplier), buffer.plane(buffer.face.astype(np.float32)))


def blur(plane: Floats, radius: float) -> Floats:
    """Gaussian blur of one plane of 0..1, done small when it is wide."""
    if radius < 0.3:
        return plane
    height, width = plane.shape
    factor = max(1, int(radius / 3))
    size = max(1, width // factor), max(1, height // factor)
    image = Image.fromarray(np.clip(plane * 255 + 0.5, 0, 255).astype(np.uint8))
    if factor > 1:
        image = image.resize(size, Image.Resampling.BOX)
    image = image.filter(ImageFilter.GaussianBlur(radius * size[0] / width))
    if factor > 1:
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32) / 255


def _step(value: Floats, low: float | Floats, high: float | Floats) -> Floats:
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _shift(plane: Floats, dx: int, dy: int, fill: float) -> Floats:
    """The plane as seen from (dx, dy) further right and down."""
    height, width = plane.shape
    out = np.full_like(plane, fill)
    x0, x1 = max(0, -dx), min(width, width - dx)
    y0, y1 = max(0, -dy), min(height, height - dy)
    if x0 < x1 and y0 < y1:
        out[y0:y1, x0:x1] = plane[y0 + dy : y1 + dy, x0 + dx : x1 + dx]
    return out


def _small(plane: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.NEAREST), np.float32)


def _cast(depth: Floats, filled: Floats, direction: Floats, unit: float) -> Floats:
    """Shadow that nearer parts throw on farther ones: march the depth map towards the key."""
    height, width = depth.shape
    factor = max(1.0, unit / 60)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    small, there = _small(depth, size), _small(filled, size)
    flat = max(float(np.hypot(direction[0], direction[1])), 1e-3)
    rise = float(direction[2]) / flat
    shadow = np.zeros_like(small)
    for step in CAST_STEPS:
        reach = step * unit
        dx, dy = round(direction[0] / flat * reach / factor), round(-direction[1] / flat * reach / factor)
        if not dx and not dy:
            continue
        above = _shift(small, dx, dy, -1e9) - small - rise * reach
        shadow = np.maximum(shadow, ((above > 0.03 * unit) & (above < 0.75 * unit)).astype(np.float32))
    soft = blur(shadow * there, max(0.6, 0.012 * unit / factor))
    whole = np.asarray(Image.fromarray(soft).resize((width, height), Image.Resampling.BILINEAR), np.float32)
    return _step(whole, 0.25, 0.75)


def _occlusion(depth: Floats, filled: Floats, unit: float) -> Floats:
    """Darkening where something nearer stands close by: the blurred depth minus the depth."""
    low = float(depth[filled > 0].min(initial=0.0)) if bool(filled.any()) else 0.0
    high = float(depth.max(initial=low + 1.0))
    span = max(high - low, 1e-3)
    level = np.where(filled > 0, (depth - low) / span, 0).astype(np.float32)
    radius = 0.10 * unit
    cover = np.maximum(blur(filled, radius), 1e-2)
    around = blur(level, radius) / cover
    return np.clip((around - level) * span / (0.16 * unit) - 0.12, 0, 1).astype(np.float32) * filled


def _ink(depth: Floats, filled: Floats, unit: float) -> Floats:
    """Drawn edges inside the figure, laid on the farther side of a jump in depth."""
    reach = max(1, round(unit / 160))
    nearest = depth
    for dx, dy in ((reach, 0), (-reach, 0), (0, reach), (0, -reach)):
        nearest = np.maximum(nearest, _shift(depth, dx, dy, -1e9))
    jump = np.where(filled > 0, nearest - depth, 0) / unit
    return _step(jump, 0.035 + 0.012 * reach / max(unit / 160, 1), 0.10).astype(np.float32)


def mix(one: RGB | Floats, two: RGB | Floats, amount: float) -> RGB:
    """A colour between two."""
    a, b = np.asarray(one, np.float32), np.asarray(two, np.float32)
    red, green, blue = (a + (b - a) * amount).tolist()
    return red, green, blue
