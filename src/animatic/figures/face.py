"""Features drawn on a face: eyes, brows, nostrils, lips, the lines of age.

    FaceShape, Expression, Head ──► curves in face space ──► projected ──► supersampled masks ──► painted on the figure

Form comes from the sculpted head; here is only what an illustrator would draw on it. How much is drawn depends on how
large the face is: a few marks from afar, lids and lips and catchlights near by.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from animatic.elements import RGB, Light
from animatic.figures.appearance import Appearance
from animatic.figures.expressions import Expression
from animatic.figures.head import Head
from animatic.figures.surface import Floats, array, smooth

Project = Callable[[Floats], Floats]
"""Head space to pixels of the picture: x, y and depth in head units."""


class Easel:
    """Paints polygons of face space onto a lit figure, only where the face itself shows."""

    def __init__(
        self, rgb: Floats, lamp: Floats, face: Floats, head: Head, project: Project, unit: float, light: Light
    ) -> None:
        self.rgb, self.lamp, self.head, self.project = rgb, lamp, head, project
        self.key_side, self.night = light.key_side, light.night
        rows, columns = np.flatnonzero(face.max(axis=1) > 0), np.flatnonzero(face.max(axis=0) > 0)
        self.empty = not rows.size
        if self.empty:
            return
        self.top, self.left = int(rows[0]), int(columns[0])
        self.bottom, self.right = int(rows[-1]) + 1, int(columns[-1]) + 1
        self.shown = face[self.top : self.bottom, self.left : self.right]
        self.zoom = 6 if unit < 60 else 4 if unit < 260 else 3

    def polygon(self, x: Floats, y: Floats, lift: float = 0.0) -> list[tuple[float, float]]:
        """Points of the face as points of the enlarged window."""
        points = self.project(self.head.point(x, y, lift))
        return [
            ((px - self.left) * self.zoom, (py - self.top) * self.zoom)
            for px, py in points[:, :2].astype(float).tolist()
        ]

    def mask(self, *polygons: list[tuple[float, float]]) -> Floats:
        """Coverage of some polygons in the window."""
        width, height = self.right - self.left, self.bottom - self.top
        xs = [p[0] for polygon in polygons for p in polygon]
        ys = [p[1] for polygon in polygons for p in polygon]
        zoom = self.zoom
        x0, x1 = max(0, int(min(xs) / zoom) - 1), min(width, int(max(xs) / zoom) + 2)
        y0, y1 = max(0, int(min(ys) / zoom) - 1), min(height, int(max(ys) / zoom) + 2)
        out = np.zeros((height, width), np.float32)
        if x1 <= x0 or y1 <= y0:
            return out
        image = Image.new("L", ((x1 - x0) * zoom, (y1 - y0) * zoom), 0)
        draw = ImageDraw.Draw(image)
        for polygon in polygons:
            if len(polygon) > 2:
                draw.polygon([(x - x0 * zoom, y - y0 * zoom) for x, y in polygon], fill=255)
        out[y0:y1, x0:x1] = np.asarray(image.reduce(zoom), np.float32) / 255
        return out

    def paint(self, mask: Floats, color: RGB, strength: float = 1.0, *, lit: bool = True) -> None:
        """Lay a colour over the window."""
        alpha = (mask * self.shown * strength)[..., None]
        window = slice(self.top, self.bottom), slice(self.left, self.right)
        tone = np.asarray(color, np.float32)
        if lit:
            tone = tone * self.lamp[window]
        self.rgb[window] += (tone - self.rgb[window]) * alpha

    def stroke(self, x: Floats, y: Floats, thick: Floats, lift: float = 0.004) -> list[tuple[float, float]]:
        """A tapered line as a polygon, ``thick`` at each point, across its run in the face plane."""
        tangent_x, tangent_y = np.gradient(x), np.gradient(y)
        length = np.maximum(np.hypot(tangent_x, tangent_y), 1e-6)
        nx, ny = -tangent_y / length * thick / 2, tangent_x / length * thick / 2
        return self.polygon(np.concatenate([x + nx, (x - nx)[::-1]]), np.concatenate([y + ny, (y - ny)[::-1]]), lift)


def draw_face(easel: Easel, look: Appearance, mood: Expression, unit: float, visible: Callable[[Floats], bool]) -> None:
    """All features that this size and view show. ``visible`` tells of a point of the face whether it is seen."""
    if easel.empty or unit < 11:
        return
    if look.robot:
        _visor(easel, look)
        return
    if look.beard == "stubble":
        _stubble(easel, look)
    if unit >= 60:
        _nose(easel, look, unit)
    _mouth(easel, look, mood, unit)
    for side in (-1, 1):
        x = side * 0.158 * look.face.eye_spacing
        centre = easel.head.point(array([x]), array([0.0]), 0.02)
        if visible(centre):
            _eye(easel, look, mood, side, unit)
            _brow(easel, look, mood, side, unit)
    if unit >= 60 and look.face.lines > 0:
        _lines(easel, look)


def _eye(easel: Easel, look: Appearance, mood: Expression, side: int, unit: float) -> None:
    face = look.face
    size = face.eye_size
    cx = 0.158 * face.eye_spacing
    half = 0.076 * size
    upper = 0.043 * size * mood.lids * (1 - 0.10 * max(0.0, look.lean) - 0.10 * face.lines)
    lower = 0.021 * size * (1 - 0.75 * mood.squint)
    tilt = 0.016 * (0.35 + face.eye_tilt)
    u = np.linspace(-1, 1, 25, dtype=np.float32)
    shape_up = np.clip(1 - np.abs(u - 0.06 * u * u + 0.08) ** 2.3, 0, 1) ** 0.80
    shape_up[0] = shape_up[-1] = 0.0
    shape_low = (1 - u * u) * (0.86 + 0.28 * u)
    x = side * (cx + half * u)
    base = tilt * u + 0.002
    top, bottom = base + upper * shape_up, base - lower * shape_low
    bulge = 0.030
    almond = easel.polygon(np.concatenate([x, x[::-1]]), np.concatenate([top, bottom[::-1]]), bulge)
    lash_color: RGB = tuple_of(np.asarray(look.hair_color) * 0.25 + 0.03)
    female = max(0.0, -look.lean)
    if unit < 30:
        far = np.maximum(upper + lower, 0.05)
        easel.paint(easel.mask(easel.stroke(x, base + 0.3 * upper, np.full(25, far), bulge)), lash_color, 0.80)
        return
    inside = easel.mask(almond)
    easel.paint(inside, (0.90, 0.875, 0.85))
    if unit >= 60:
        shadow = easel.polygon(
            np.concatenate([x, x[::-1]]),
            np.concatenate([top + 0.004, (top - 0.45 * (upper + lower) * shape_up)[::-1]]),
            bulge,
        )
        easel.paint(inside * easel.mask(shadow), (0.48, 0.44, 0.46), 0.55)
    _iris(easel, look, mood, (side * cx, upper), inside, unit)
    # The lids: a heavy upper lash line that runs out past the corner, a faint lower one, a crease above.
    wing = 0.016 * (0.35 + 0.9 * female)
    lash_x = np.concatenate([x, [x[-1] + side * wing]])
    lash_y = np.concatenate([top, [top[-1] + wing * 0.45]]) + 0.003
    weight = np.interp(np.linspace(0, 1, 26), (0, 0.25, 0.7, 0.93, 1), (0.006, 0.013, 0.018, 0.016, 0.003))
    easel.paint(
        easel.mask(easel.stroke(lash_x, lash_y, weight * (0.85 + 0.35 * female), bulge + 0.004)),
        lash_color,
        0.95,
    )
    if unit >= 45:
        skin_dark = tuple_of(np.asarray(look.skin) * array([0.55, 0.42, 0.40]))
        low = np.interp(np.linspace(0, 1, 25), (0, 0.4, 0.9, 1), (0.002, 0.004, 0.007, 0.003))
        easel.paint(easel.mask(easel.stroke(x[3:], bottom[3:] - 0.002, low[3:], bulge)), skin_dark, 0.60)
        crease = np.interp(np.linspace(0, 1, 25), (0, 0.3, 0.8, 1), (0.001, 0.006, 0.006, 0.001))
        easel.paint(
            easel.mask(easel.stroke(x, base + (upper + 0.022) * shape_up**0.8 + 0.010, crease, 0.022)),
            skin_dark,
            0.55,
        )


def _iris(
    easel: Easel, look: Appearance, mood: Expression, place: tuple[float, float], inside: Floats, unit: float
) -> None:
    """Iris, pupil and catchlight, seen only between the lids (``inside``)."""
    middle, upper = place
    bulge, side = 0.030, 1 if middle > 0 else -1
    size = look.face.eye_size
    gaze_x, gaze_y = mood.gaze
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False, dtype=np.float32)
    radius = 0.0375 * size**0.7
    ix, iy = middle + gaze_x * 0.040 + side * -0.004, 0.010 + gaze_y * 0.022 + 0.10 * (upper - 0.043)
    disc = easel.mask(easel.polygon(ix + radius * np.cos(turn), iy + radius * np.sin(turn), bulge))
    easel.paint(inside * disc, tuple_of(np.asarray(look.eye_color) * 0.62))
    if unit >= 60:
        inner = easel.mask(
            easel.polygon(ix + radius * 0.80 * np.cos(turn), iy - 0.004 + radius * 0.78 * np.sin(turn), bulge)
        )
        easel.paint(inside * inner, tuple_of(np.clip(np.asarray(look.eye_color) * 1.15 + 0.03, 0, 1)), 0.85)
        glow = easel.mask(
            easel.polygon(ix + radius * 0.62 * np.cos(turn), iy - 0.45 * radius + radius * 0.38 * np.sin(turn), bulge)
        )
        easel.paint(inside * glow, tuple_of(np.clip(np.asarray(look.eye_color) * 1.7 + 0.06, 0, 1)), 0.55)
    pupil = easel.mask(easel.polygon(ix + radius * 0.46 * np.cos(turn), iy + radius * 0.46 * np.sin(turn), bulge))
    easel.paint(inside * pupil, (0.035, 0.03, 0.035))
    if unit >= 40:
        spot = radius * 0.26
        x, y = ix + easel.key_side * radius * 0.36, iy + radius * 0.36
        dot = easel.mask(easel.polygon(x + spot * np.cos(turn), y + spot * np.sin(turn), bulge))
        glint: RGB = (0.72, 0.80, 0.95) if easel.night else (1.0, 1.0, 0.98)
        easel.paint(inside * dot, glint, 0.60 if easel.night else 0.92, lit=False)


def _brow(easel: Easel, look: Appearance, mood: Expression, side: int, unit: float) -> None:
    face = look.face
    u = np.linspace(0, 1, 20, dtype=np.float32)
    cx = 0.158 * face.eye_spacing
    x = side * (cx - 0.098 + 0.215 * u)
    raised = 0.026 * mood.brow_up + (0.030 * mood.brow_uneven if side > 0 else -0.004 * mood.brow_uneven)
    arch = 0.022 + 0.020 * face.brow_arch
    y = 0.082 + raised + arch * np.sin(np.pi * (0.12 + 0.78 * u)) - 0.026 * u**2
    y = y + mood.brow_inner * 0.034 * (1 - u) ** 1.5
    weight = 0.034 * face.brow_weight * np.interp(u, (0, 0.12, 0.55, 1), (0.55, 0.95, 0.85, 0.10))
    if unit < 40:
        weight = np.maximum(weight, 0.9 / unit)
    color = np.asarray(look.hair_color) * 0.62 + np.asarray(look.skin) * (0.06 if look.age != "old" else 0.22)
    if look.hair == "bald" and look.beard is None:
        color = np.asarray(look.skin) * 0.38
    easel.paint(easel.mask(easel.stroke(x, y, weight, 0.006)), tuple_of(color), 0.88)


def _nose(easel: Easel, look: Appearance, unit: float) -> None:
    face = look.face
    base = 0.03 - 0.168 * face.nose_length * (1 - 0.22 * face.child) - 0.006
    dark = tuple_of(np.asarray(look.skin) * array([0.36, 0.24, 0.23]))
    soft = tuple_of(np.asarray(look.skin) * array([0.62, 0.47, 0.45]))
    u = np.linspace(0, 1, 12, dtype=np.float32)
    wide = face.nose_width
    for side in (-1, 1):
        x = side * wide * (0.016 + 0.034 * u)
        y = base - 0.012 + 0.010 * np.sin(np.pi * u)
        easel.paint(easel.mask(easel.stroke(x, y, 0.013 * np.sin(np.pi * (0.1 + 0.8 * u)))), dark, 0.78)
        turn = np.linspace(-0.9, 1.4, 12, dtype=np.float32)
        x = side * wide * (0.052 + 0.022 * np.cos(turn))
        y = base + 0.012 + 0.026 * np.sin(turn)
        easel.paint(easel.mask(easel.stroke(x, y, 0.007 * np.sin(np.pi * (0.1 + 0.8 * u)))), soft, 0.62)
    if unit > 110:
        turn = np.linspace(0, 2 * np.pi, 20, endpoint=False, dtype=np.float32)
        tip = easel.mask(easel.polygon(0.014 * np.cos(turn), base + 0.052 + 0.016 * np.sin(turn)))
        easel.paint(tip, tuple_of(np.clip(np.asarray(look.skin) * 1.18 + 0.04, 0, 1)), 0.35)


def _mouth(easel: Easel, look: Appearance, mood: Expression, unit: float) -> None:
    face = look.face
    middle = -0.272 - 0.010 * mood.smile
    half = 0.097 * face.mouth_width * (1 - 0.12 * face.child) * (1 + 0.16 * max(0.0, mood.smile))
    u = np.linspace(-1, 1, 33, dtype=np.float32)
    x = half * u
    corner = 0.030 * mood.smile * np.abs(u) ** 2.2
    line = middle + corner + 0.006 * np.exp(-(((np.abs(u) - 0.30) / 0.22) ** 2)) - 0.004 * np.exp(-((u / 0.14) ** 2))
    full = face.lips * (1 - 0.45 * mood.press)
    bow = np.clip(1 - u * u, 0, 1) ** 0.75 * (1 - 0.30 * np.exp(-((u / 0.15) ** 2)))
    opened = 0.058 * mood.mouth_open * np.clip(1 - u * u, 0, 1) ** 0.7
    upper_lip = line + 0.032 * full * bow
    lower_lip = line - opened - 0.040 * full * np.clip(1 - (u / 0.90) ** 2, 0, 1) ** 0.8
    skin = np.asarray(look.skin)
    female = max(0.0, -look.lean) * (0.3 if look.face.child > 0.5 else 1.0)
    tint = skin * (array([0.90, 0.68, 0.66]) * (1 - female) + array([0.86, 0.46, 0.47]) * female)
    dark = tuple_of(skin * array([0.30, 0.16, 0.16]))
    if unit < 24:
        return
    if unit >= 45:
        upper = easel.mask(easel.polygon(np.concatenate([x, x[::-1]]), np.concatenate([upper_lip, line[::-1]]), 0.003))
        easel.paint(upper, tuple_of(tint * 0.86), 0.55 + 0.30 * female)
        lower = easel.mask(
            easel.polygon(np.concatenate([x, x[::-1]]), np.concatenate([line - opened, lower_lip[::-1]]), 0.003)
        )
        easel.paint(lower, tuple_of(np.clip(tint * 1.06, 0, 1)), 0.45 + 0.32 * female)
    if mood.mouth_open > 0.05:
        gap = easel.mask(
            easel.polygon(np.concatenate([x, x[::-1]]), np.concatenate([line + 0.002, (line - opened)[::-1]]), 0.002)
        )
        easel.paint(gap, (0.16, 0.06, 0.07), 0.95)
        if (unit >= 45 and mood.smile > 0.3) or unit >= 90:
            teeth = easel.polygon(
                np.concatenate([x[4:-4], x[4:-4][::-1]]),
                np.concatenate(
                    [line[4:-4] + 0.002, (line - opened * (0.62 if mood.smile > 0.3 else 0.30))[4:-4][::-1]]
                ),
                0.002,
            )
            easel.paint(gap * easel.mask(teeth), (0.90, 0.875, 0.83), 0.92)
    weight = np.maximum(0.010, 0.75 / unit) * np.interp(np.abs(u), (0, 0.25, 0.9, 1), (0.75, 1.0, 0.8, 0.25))
    easel.paint(easel.mask(easel.stroke(x, line, weight)), dark, 0.80 if unit >= 45 else 0.55)
    if unit >= 60:
        soft = tuple_of(skin * array([0.60, 0.46, 0.44]))
        v = np.linspace(0, 1, 10, dtype=np.float32)
        for side in (-1, 1):
            cx = side * half * (1.0 + 0.07 * v)
            cy = line[-1] + (v - 0.5) * (0.012 + 0.016 * max(0.0, mood.smile)) - 0.004 * np.sign(mood.smile)
            easel.paint(easel.mask(easel.stroke(cx, cy, 0.008 * np.sin(np.pi * (0.1 + 0.8 * v)))), soft, 0.65)
        w = np.linspace(-1, 1, 15, dtype=np.float32)
        under = easel.mask(
            easel.stroke(0.052 * w, lower_lip.min() - 0.016 + 0.006 * w * w, 0.013 * np.clip(1 - w * w, 0.05, 1))
        )
        easel.paint(under, soft, 0.42)


def _lines(easel: Easel, look: Appearance) -> None:
    """Folds from nose to mouth, crow's feet, a lined forehead."""
    soft = tuple_of(np.asarray(look.skin) * array([0.58, 0.45, 0.42]))
    strength = 0.55 * look.face.lines
    v = np.linspace(0, 1, 14, dtype=np.float32)
    taper = np.sin(np.pi * (0.06 + 0.88 * v))
    for side in (-1, 1):
        x, y = side * (0.082 + 0.062 * v + 0.018 * np.sin(np.pi * v)), -0.125 - 0.16 * v
        easel.paint(easel.mask(easel.stroke(x, y, 0.010 * taper)), soft, strength)
        for k in range(3):
            x = side * (0.262 + 0.045 * v)
            y = 0.014 * (1 - k) + (0.016 * (1 - k)) * v
            easel.paint(easel.mask(easel.stroke(x, y, 0.006 * taper)), soft, strength * 0.8)
        x, y = side * (0.100 + 0.11 * v), -0.050 - 0.018 * np.sin(np.pi * v) - 0.006 * v
        easel.paint(easel.mask(easel.stroke(x, y, 0.007 * taper)), soft, strength)
    w = np.linspace(-1, 1, 20, dtype=np.float32)
    for k, height in enumerate((0.195, 0.24)):
        y = height - 0.012 * w * w + 0.004 * np.sin(5 * w + k)
        easel.paint(easel.mask(easel.stroke(0.17 * w, y, 0.007 * np.clip(1 - w * w, 0.05, 1))), soft, strength * 0.8)


def _stubble(easel: Easel, look: Appearance) -> None:
    """A shadow over jaw and lip."""
    u = np.linspace(-1, 1, 40, dtype=np.float32)
    top = np.interp(np.abs(u), (0, 0.24, 0.42, 0.75, 1), (-0.205, -0.215, -0.235, -0.15, -0.05))
    low = -0.49 + 0.30 * np.abs(u) ** 2.4
    x = 0.315 * u
    mask = easel.mask(easel.polygon(np.concatenate([x, x[::-1]]), np.concatenate([top, low[::-1]])))
    rows = max(1, round((easel.bottom - easel.top) / 60))
    for _ in range(2):
        kernel = smooth(np.pad(mask, ((1, 1), (0, 0)), mode="edge"), rows)[1:-1]
        mask = smooth(np.pad(kernel.T, ((1, 1), (0, 0)), mode="edge"), rows)[1:-1].T
    shade = np.asarray(look.skin) * 0.58 + np.asarray(look.hair_color) * 0.16
    easel.paint(mask, tuple_of(shade * array([0.96, 0.98, 1.02])), 0.42)


def _visor(easel: Easel, look: Appearance) -> None:
    """A machine's face: a dark band with two lights."""
    u = np.linspace(-1, 1, 30, dtype=np.float32)
    band = easel.polygon(
        np.concatenate([0.31 * u, 0.31 * u[::-1]]),
        np.concatenate([0.085 - 0.02 * u * u, (-0.075 + 0.015 * u * u)[::-1]]),
    )
    easel.paint(easel.mask(band), (0.07, 0.08, 0.10), 0.96)
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False, dtype=np.float32)
    for side in (-1, 1):
        for size, strength in ((0.062, 0.35), (0.036, 1.0)):
            light = easel.polygon(side * 0.15 + size * np.cos(turn), 0.008 + size * np.sin(turn), 0.02)
            easel.paint(easel.mask(light), (0.60, 0.95, 1.0), strength, lit=False)
    grille = [easel.stroke(0.11 * u, np.full(30, -0.25 - 0.045 * k, np.float32), np.full(30, 0.016)) for k in range(3)]
    easel.paint(easel.mask(*grille), tuple_of(np.asarray(look.skin) * 0.35), 0.8)


def tuple_of(color: Floats) -> RGB:
    """A colour as three floats."""
    red, green, blue = np.asarray(color, np.float64).tolist()
    return red, green, blue
