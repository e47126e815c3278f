"""Things of the catalogue as lit reliefs: a symbol blown up, its holes a second tone, its body modelled by the light.

row + height in pixels + Light ──► mask (a glyph, or a body drawn here) ──► height field ──► colour and coverage
"""

from __future__ import annotations

import itertools
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animatic.canvas import soft
from animatic.elements import RGB, FloatArray, Light
from animatic.light import blend
from film.reading import ThingRow

COLOURS: dict[str, RGB] = {
    "red": (0.68, 0.16, 0.14), "orange": (0.82, 0.44, 0.14), "yellow": (0.86, 0.70, 0.22), "gold": (0.80, 0.62, 0.24),
    "green": (0.24, 0.42, 0.20), "dark green": (0.14, 0.28, 0.17), "teal": (0.15, 0.44, 0.44),
    "cyan": (0.55, 0.75, 0.80), "blue": (0.18, 0.33, 0.58), "navy": (0.13, 0.18, 0.32), "violet": (0.42, 0.28, 0.55),
    "purple": (0.42, 0.22, 0.50), "pink": (0.85, 0.56, 0.60), "maroon": (0.42, 0.13, 0.15), "brown": (0.40, 0.26, 0.16),
    "dark brown": (0.26, 0.17, 0.11), "chestnut": (0.44, 0.24, 0.13), "walnut": (0.34, 0.21, 0.13),
    "tan": (0.70, 0.55, 0.38), "cream": (0.88, 0.82, 0.70), "white": (0.90, 0.89, 0.86), "silver": (0.68, 0.70, 0.73),
    "grey": (0.50, 0.50, 0.50), "gray": (0.50, 0.50, 0.50), "slate": (0.30, 0.34, 0.40), "black": (0.12, 0.12, 0.13),
    "golden": (0.80, 0.62, 0.24), "wooden": (0.40, 0.26, 0.16), "blond": (0.80, 0.66, 0.42),
}  # fmt: skip
SHINY = frozenset({"metal", "glass", "paint", "plastic", "ceramic", "fruit", "skin"})
_BODIES: dict[str, tuple[float, ...]] = {
    # length, legs, chest, neck up, neck ahead, head, snout, ear, tail, horns, hump, trunk (of the height 1)
    "dog": (0.95, 0.36, 0.32, 0.12, 0.06, 0.19, 0.15, 0.10, 0.35, 0, 0, 0),
    "cat": (1.05, 0.34, 0.32, 0.10, 0.08, 0.17, 0.06, 0.12, 0.60, 0, 0, 0),
    "horse": (0.88, 0.50, 0.26, 0.34, 0.18, 0.11, 0.20, 0.07, 0.40, 0, 0, 0),
    "donkey": (0.88, 0.48, 0.27, 0.26, 0.14, 0.12, 0.18, 0.18, 0.34, 0, 0, 0),
    "cow": (1.10, 0.38, 0.38, 0.12, 0.16, 0.15, 0.16, 0.07, 0.40, 0.12, 0, 0),
    "sheep": (0.95, 0.36, 0.44, 0.12, 0.10, 0.13, 0.10, 0.07, 0.10, 0, 0, 0),
    "goat": (0.85, 0.44, 0.30, 0.22, 0.12, 0.12, 0.12, 0.07, 0.10, 0.20, 0, 0),
    "pig": (1.10, 0.28, 0.48, 0.05, 0.12, 0.20, 0.14, 0.10, 0.08, 0, 0, 0),
    "camel": (0.80, 0.48, 0.24, 0.34, 0.22, 0.09, 0.13, 0.04, 0.25, 0, 0.2, 0),
    "elephant": (0.95, 0.38, 0.44, 0.06, 0.12, 0.22, 0.02, 0.24, 0.22, 0, 0, 0.62),
    "lion": (1.10, 0.40, 0.30, 0.16, 0.08, 0.24, 0.12, 0.05, 0.55, 0, 0, 0),
    "tiger": (1.25, 0.38, 0.30, 0.14, 0.10, 0.17, 0.12, 0.07, 0.60, 0, 0, 0),
    "bear": (1.10, 0.34, 0.46, 0.08, 0.14, 0.20, 0.14, 0.08, 0.04, 0, 0, 0),
    "wolf": (1.00, 0.42, 0.30, 0.10, 0.12, 0.15, 0.18, 0.11, 0.40, 0, 0, 0),
    "fox": (1.10, 0.30, 0.28, 0.08, 0.08, 0.17, 0.17, 0.14, 0.60, 0, 0, 0),
    "deer": (0.72, 0.48, 0.22, 0.28, 0.12, 0.09, 0.12, 0.07, 0.06, 0.26, 0, 0),
    "giraffe": (0.40, 0.42, 0.16, 0.46, 0.16, 0.05, 0.07, 0.03, 0.20, 0.04, 0, 0),
    "hippo": (1.20, 0.24, 0.54, 0.02, 0.12, 0.24, 0.16, 0.05, 0.06, 0, 0, 0),
}  # fmt: skip


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    with as_file(files("fonticon_mdi7").joinpath("fonts", "materialdesignicons-webfont.ttf")) as path:
        return ImageFont.truetype(str(path), size)


def drawable(row: ThingRow) -> bool:
    """Whether there is a shape for this row."""
    kind, _, name = row.glyph.partition(":")
    return kind != "beast" or name in _BODIES


def _mask(row: ThingRow, high: int) -> tuple[FloatArray, FloatArray]:
    """Coverage of the symbol, and of its outer shape with the holes filled; cropped to it."""
    big = max(48, min(2 * high, 900))
    kind, _, name = row.glyph.partition(":")
    if kind == "beast":
        image = _body(_BODIES[name], big)
    else:
        image = Image.new("L", (big * 2, big * 2), 0)
        draw = ImageDraw.Draw(image)
        draw.text((big, big), _character(row.glyph), 255, font=_font(big), anchor="mm")
    box = image.getbbox() or (0, 0, 1, 1)
    image = image.crop(box)
    wide = max(2, round(image.width * high / image.height))
    image = image.resize((wide, high), Image.Resampling.BOX)
    edge = 2
    padded = Image.new("L", (wide + 2 * edge, high + 2 * edge), 0)
    padded.paste(image, (edge, edge))
    solid = padded.point([255 if v > 127 else 0 for v in range(256)])
    ImageDraw.floodfill(solid, (0, 0), 128)
    inside = np.asarray(solid) != 128
    cover = np.asarray(padded, np.float32) / np.float32(255)
    return cover, np.maximum(cover, inside.astype(np.float32))


@cache
def _symbols() -> dict[str, str]:
    import re

    text = files("fonticon_mdi7").joinpath("mdi7.py").read_text("utf-8")
    return {n: chr(int(code, 16)) for n, code in re.findall(r'^\s*(\w+)\s*=\s*"\\U([0-9a-f]{8})"', text, re.MULTILINE)}


def _character(name: str) -> str:
    return _symbols()[name]


def _body(p: tuple[float, ...], high: int) -> Image.Image:
    """A four-legged beast in profile, facing right, of parts in proportion."""
    length, legs, chest, up, ahead, head, snout, ear, tail, horns, hump, trunk = p
    s = high
    wide = int(s * (length + 1.4))
    image = Image.new("L", (wide, int(s * 1.5)), 0)
    draw = ImageDraw.Draw(image)
    x0, base = s * 0.6, s * 1.42

    def blob(x: float, y: float, rx: float, ry: float) -> None:
        draw.ellipse([x0 + (x - rx) * s, base - (y + ry) * s, x0 + (x + rx) * s, base - (y - ry) * s], fill=255)

    def limb(points: list[tuple[float, float]], w0: float, w1: float) -> None:
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            steps = 24
            for k in range(steps + 1):
                t = k / steps
                w = w0 + (w1 - w0) * t
                blob(ax + (bx - ax) * t, ay + (by - ay) * t, w, w)

    mid = legs + chest / 2
    blob(length / 2, mid, length / 2, chest / 2)
    blob(length * 0.80, mid + chest * 0.04, chest * 0.54, chest * 0.54)
    blob(length * 0.20, mid + chest * 0.02, chest * 0.50, chest * 0.50)
    thick = max(0.035, chest * 0.15)
    for x, bend in ((length * 0.12, -0.03), (length * 0.26, 0.02), (length * 0.76, -0.015), (length * 0.90, 0.03)):
        limb([(x, mid), (x + bend, legs * 0.5), (x + bend * 0.4, thick)], thick * 1.5, thick)
    neck = (length * 0.90, mid + chest * 0.2)
    top = (neck[0] + ahead, neck[1] + chest * 0.25 + up)
    limb([neck, top], chest * 0.30, head * 0.62)
    blob(top[0], top[1], head * 0.62, head * 0.58)
    limb([top, (top[0] + snout + head * 0.3, top[1] - head * 0.30 - snout * 0.25)], head * 0.46, head * 0.27)
    for dx in (-0.25, 0.15):
        if trunk:
            blob(top[0] - head * 0.35, top[1], ear * 0.7, ear)
        else:
            limb([(top[0] + dx * head, top[1] + head * 0.4),
                  (top[0] + (dx - 0.2) * head, top[1] + head * 0.5 + ear)], ear * 0.32, ear * 0.10)  # fmt: skip
        if horns:
            limb([(top[0] + dx * head, top[1] + head * 0.4),
                  (top[0] + dx * head + horns * 0.3, top[1] + head * 0.4 + horns)], 0.02, 0.01)  # fmt: skip
    if trunk:
        limb([(top[0] + head * 0.5, top[1]), (top[0] + head * 0.95, top[1] - trunk * 0.5),
              (top[0] + head * 0.85, top[1] - trunk)], head * 0.24, head * 0.10)  # fmt: skip
    if hump:
        blob(length * 0.45, mid + chest * 0.5, 0.15, hump * 0.8)
    limb([(0.04 * length, mid + chest * 0.25), (-tail * 0.35, mid - tail * 0.15), (-tail * 0.45, mid - tail * 0.75)],
         0.030, 0.022)  # fmt: skip
    return image


def relief(row: ThingRow, high: int, light: Light, said: str = "") -> tuple[FloatArray, FloatArray]:
    """Straight colour and coverage of a thing ``high`` pixels high; ``said`` are the words before it, its colour."""
    cover, whole = _mask(row, max(6, high))
    words = said.split()
    base = next((COLOURS[w] for w in words if w in COLOURS), COLOURS.get(row.colour, (0.5, 0.5, 0.5)))
    size = float(min(cover.shape))
    field = np.zeros_like(cover)
    for share, weight in ((0.012, 1.0), (0.03, 1.5), (0.07, 1.9)):
        radius = max(0.8, size * share)
        field += weight * radius * np.sqrt(np.clip(soft(whole, radius) * 2 - 1, 0, 1))
    field -= soft(np.clip(whole - cover, 0, 1), max(0.7, size * 0.008)) * np.float32(size * 0.03)
    field = soft(field, max(0.7, size * 0.010))
    dy, dx = np.gradient(field)
    normal = np.dstack([-dx, -dy, np.ones_like(dx)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    to = np.array([0.55 * light.key_side, -0.55, 0.63])
    diffuse = np.clip(normal @ to, 0, 1)[..., None]
    second = np.array(blend(base, (0.06, 0.06, 0.07) if sum(base) > 1.2 else (0.75, 0.74, 0.70), 0.62))
    hole = np.clip(whole - cover, 0, 1)[..., None]
    skin = np.array(base) * (1 - hole) + second * hole
    level = 0.34 + 0.66 * light.ambient
    key = 0.55 + 0.45 * np.array(light.sun)
    glows = row.material == "flame" or row.name in ("lamp", "lantern", "oil lamp", "light bulb", "candle")
    lit = skin * (0.40 + 0.80 * diffuse * key) * (1.15 if glows else level)
    rim = (1 - normal[..., 2:]) ** 2 * np.clip(normal[..., :1] * light.key_side, 0, 1)
    lit = lit + rim * np.array(light.rim) * 0.35
    if row.material in SHINY:
        half = to + np.array([0, 0, 1.0])
        half /= np.linalg.norm(half)
        lit = lit + (np.clip(normal @ half, 0, 1)[..., None] ** 36) * 0.22 * key
    up = np.linspace(1.06, 0.86, cover.shape[0], dtype=np.float32)[:, None, None]
    return np.clip(lit * up, 0, 1.2).astype(np.float32), np.clip(whole, 0, 1).astype(np.float32)
