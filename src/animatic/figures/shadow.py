"""The shadow a figure lays on the ground: its own shape, sheared away from the key and softening as it goes."""

from __future__ import annotations

import numpy as np
from PIL import Image

from animatic.elements import Light
from animatic.figures.figure import Placement, Sprite
from animatic.figures.shading import blur
from animatic.figures.surface import Floats


def ground_shadow(
    sprite: Sprite, place: Placement, light: Light, width: int, height: int, *, lying: bool
) -> tuple[Floats, Floats] | None:
    """(colour, coverage) of the shadow, or None where the feet are out of the picture."""
    if place.foot > height or sprite.top + sprite.alpha.shape[0] < place.foot - 0.15 * place.height:
        return None
    tone = np.asarray(light.shade, np.float32) * 0.55
    rgb = np.broadcast_to(tone, (height, width, 3)).astype(np.float32)
    alpha = np.zeros((height, width), np.float32)
    # A low sun throws far; one behind the figure throws towards the viewer.
    reach = float(np.clip(0.13 + 0.22 * (1 - light.sun_height), 0.13, 0.34))
    shear = -light.key_side * float(np.clip(0.25 + 0.9 * (1 - light.sun_height), 0.3, 1.1))
    tall = max(2, round(place.height * reach))
    wide = sprite.alpha.shape[1]
    pad = round(abs(shear) * tall) + 2
    y, x = np.mgrid[0:tall, 0 : wide + 2 * pad].astype(np.float32)
    up = (y + 0.5) / tall * place.height
    row = place.foot - sprite.top - up
    column = x - pad - shear * y
    taken = _sample(sprite.alpha, column, row)
    if taken is None:
        return None
    fade = np.clip(1 - y / tall, 0, 1) ** 0.7
    cast = blur(taken, max(0.5, 0.010 * place.height)) * fade
    depth = (0.30 if light.night else 0.52) * (0.65 + 0.35 * (1 - light.ambient))
    _lay(alpha, cast * depth, round(place.foot) - 1, sprite.left - pad)
    # Where the soles touch it is darkest.
    strip = max(2, round(0.055 * place.height))
    feet = sprite.alpha[max(0, round(place.foot - sprite.top) - strip) :].max(axis=0)
    ellipse_h = max(3, round((0.045 if not lying else 0.07) * place.height))
    pool = np.zeros((ellipse_h * 2, wide + 2 * ellipse_h), np.float32)
    pool[ellipse_h - max(1, ellipse_h // 4) : ellipse_h + max(1, ellipse_h // 4), ellipse_h:-ellipse_h] = feet
    pool = blur(pool, 0.013 * place.height + 0.4)
    _lay(alpha, pool * 0.55, round(place.foot) - ellipse_h - max(0, ellipse_h // 8), sprite.left - ellipse_h)
    return rgb, np.clip(alpha, 0, 0.8)


def _sample(plane: Floats, x: Floats, y: Floats) -> Floats | None:
    """The plane at these places, 0 outside."""
    if not plane.size:
        return None
    small = np.asarray(Image.fromarray(plane), np.float32)
    column, row = np.round(x).astype(np.int32), np.round(y).astype(np.int32)
    inside = (column >= 0) & (column < plane.shape[1]) & (row >= 0) & (row < plane.shape[0])
    out = small[np.clip(row, 0, plane.shape[0] - 1), np.clip(column, 0, plane.shape[1] - 1)]
    return np.where(inside, out, 0).astype(np.float32)


def _lay(alpha: Floats, piece: Floats, top: int, left: int) -> None:
    """Lay coverage over coverage, clipped to the sheet."""
    height, width = alpha.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(height, top + piece.shape[0]), min(width, left + piece.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    part = piece[y0 - top : y1 - top, x0 - left : x1 - left]
    alpha[y0:y1, x0:x1] = alpha[y0:y1, x0:x1] + part * (1 - alpha[y0:y1, x0:x1])
