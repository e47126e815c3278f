"""The head: a sculpted mesh from an appearance's proportions, and the function that puts features on it.

    FaceShape ──► Head.point(x, y) (the front of the face), Head.shell(…) (hair, hats) ──► Surfaces

Head space: one unit is chin to crown; x to the viewer's right, y up, z forward, the middle of the skull at 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from animatic.elements import RGB
from animatic.figures.surface import Floats, Material, Surface, array

# y, half width, front, back: sections of a neutral head from crown to under the chin.
SECTIONS = array(
    [
        (0.500, 0.000, -0.060, -0.060),
        (0.485, 0.115, 0.060, -0.200),
        (0.445, 0.200, 0.165, -0.325),
        (0.380, 0.275, 0.275, -0.420),
        (0.290, 0.328, 0.345, -0.475),
        (0.190, 0.352, 0.382, -0.498),
        (0.090, 0.355, 0.395, -0.495),
        (0.000, 0.347, 0.372, -0.470),
        (-0.090, 0.336, 0.368, -0.430),
        (-0.180, 0.315, 0.370, -0.365),
        (-0.260, 0.286, 0.372, -0.270),
        (-0.330, 0.252, 0.362, -0.170),
        (-0.400, 0.200, 0.352, -0.060),
        (-0.450, 0.145, 0.340, 0.020),
        (-0.485, 0.085, 0.310, 0.090),
        (-0.500, 0.000, 0.210, 0.200),
    ]
)

POLAR = np.linspace(0, np.pi, 181, dtype=np.float32)
"""Where the sections are tabled, as angles from the crown."""


@dataclass(frozen=True)
class FaceShape:
    """Proportions, 1 or 0 being neutral."""

    width: float = 1.0
    jaw: float = 1.0
    chin: float = 0.0
    cheek: float = 1.0
    brow_ridge: float = 1.0
    nose_length: float = 1.0
    nose_width: float = 1.0
    eye_size: float = 1.0
    eye_spacing: float = 1.0
    eye_tilt: float = 0.0
    brow_weight: float = 1.0
    brow_arch: float = 0.5
    lips: float = 1.0
    mouth_width: float = 1.0
    child: float = 0.0
    """How much the face keeps a child's proportions."""
    lines: float = 0.0
    """How deep age has drawn."""


class Head:
    """The sculpted head of one shape."""

    def __init__(self, shape: FaceShape) -> None:
        self.shape = shape
        low = np.clip((0.02 - SECTIONS[:, 0]) / 0.42, 0, 1)
        width = SECTIONS[:, 1] * shape.width * (1 + (shape.jaw - 1) * low)
        width *= 1 + 0.06 * shape.child * np.exp(-(((SECTIONS[:, 0] + 0.16) / 0.16) ** 2))
        knots = np.arccos(np.clip(SECTIONS[:, 0] * 2, -1, 1))
        window = np.hanning(27)[1:-1] / np.hanning(27).sum()
        self._fine: list[Floats] = []
        for k, line in enumerate((width, SECTIONS[:, 2] + shape.chin * 0.03 * low, SECTIONS[:, 3])):
            fine = np.interp(POLAR, knots, line)
            # Past a pole the half width goes on below zero, the depths swap: mirror accordingly.
            mode = "odd" if k == 0 else "even"
            padded = np.pad(fine, 12, mode="reflect", reflect_type=mode)
            self._fine.append(np.convolve(padded, window, "valid").astype(np.float32))

    def section(self, y: Floats) -> tuple[Floats, Floats, Floats]:
        """(half width, front, back) of the skull at heights ``y``."""
        # Over the polar angle the crown and the chin close like an ellipse; over the height they would be cones.
        polar = np.arccos(np.clip(np.asarray(y, np.float32) * 2, -1, 1))
        columns = [np.interp(polar, POLAR, line).astype(np.float32) for line in self._fine]
        return columns[0], columns[1], columns[2]

    def surface_at(self, y: Floats, angle: Floats) -> Floats:
        """Points of the bare skull at heights and angles (0 front, +/- pi back)."""
        width, front, back = self.section(y)
        middle = back + (front - back) * 0.46
        cos, sin = np.cos(angle), np.sin(angle)
        # A face is flatter than an ellipse in front, and squarer at the sides.
        square = np.sign(sin) * np.abs(sin) ** 0.92
        z = np.where(cos > 0, middle + (front - middle) * np.abs(cos) ** 0.86, middle + (middle - back) * cos)
        return np.stack([width * square, y + 0 * angle, z], axis=-1).astype(np.float32)

    def relief(self, x: Floats, y: Floats) -> Floats:
        """How far the features stand out of, or lie in, the front of the skull."""
        s = self.shape
        kid = s.child

        def bump(cx: float, cy: float, sx: float, sy: float) -> Floats:
            return np.exp(-(((np.abs(x) - cx) / sx) ** 2) - ((y - cy) / sy) ** 2).astype(np.float32)

        out = -0.048 * bump(0.158 * s.eye_spacing, 0.005, 0.085, 0.055)
        out += 0.022 * s.brow_ridge * (1 - 0.7 * kid) * bump(0.12, 0.082, 0.12, 0.030)
        length = 0.168 * s.nose_length * (1 - 0.22 * kid)
        fall = np.clip((0.03 - y) / length, 0, 1)
        below = np.clip((y - (0.03 - length - 0.044)) / 0.044, 0, 1)
        rise = (0.018 + 0.090 * (1 - 0.32 * kid) * fall**1.15) * np.clip((0.10 - y) / 0.07, 0, 1) * below**0.75
        sigma = (0.034 + 0.032 * fall**2) * s.nose_width
        out += rise * np.exp(-((x / sigma) ** 2))
        out += 0.036 * bump(0.052 * s.nose_width, 0.03 - length + 0.012, 0.028 * s.nose_width, 0.024)
        out += 0.026 * s.cheek * bump(0.215, -0.075, 0.085, 0.060)
        out -= 0.020 * (1.4 - s.cheek + 0.5 * s.lines) * bump(0.235, -0.235, 0.060, 0.075)
        mouth = -0.272
        out += 0.020 * bump(0.0, mouth, 0.13, 0.075)
        out += 0.020 * s.lips * bump(0.0, mouth + 0.020, 0.085 * s.mouth_width, 0.016)
        out += 0.027 * s.lips * bump(0.0, mouth - 0.028, 0.068 * s.mouth_width, 0.019)
        out -= 0.016 * bump(0.0, mouth - 0.002, 0.085, 0.009)
        out -= 0.020 * bump(0.0, -0.352, 0.09, 0.024)
        out += 0.034 * (1 + s.chin) * bump(0.0, -0.425, 0.078, 0.050)
        out -= 0.012 * s.lines * bump(0.135, -0.215, 0.020, 0.060)
        return out.astype(np.float32)

    def point(self, x: Floats, y: Floats, lift: float = 0.0) -> Floats:
        """The front of the face over (x, y), raised by ``lift``."""
        x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
        width, front, back = self.section(y)
        middle = back + (front - back) * 0.46
        inside = np.clip(np.abs(x) / np.maximum(width, 1e-3), 0, 0.999) ** (1 / 0.92)
        z = middle + (front - middle) * np.sqrt(1 - inside**2) ** 0.86 + self.relief(x, y)
        return np.stack([x, y, z + lift], axis=-1).astype(np.float32)

    def mesh(self, skin: RGB) -> Surface:
        """The skull with its face."""
        polar = np.linspace(0, np.pi, 96)
        y = (0.5 * np.cos(polar) + 0 * polar).astype(np.float32)
        step = np.linspace(-np.pi, np.pi, 112, endpoint=False)
        angle = (step - 0.5 * np.sin(step)).astype(np.float32)
        rows, columns = y[:, None] + 0 * angle[None], angle[None] + 0 * y[:, None]
        grid = self.surface_at(rows, columns)
        front = np.clip(np.cos(columns) * 2.2, 0, 1)
        grid[..., 2] += self.relief(grid[..., 0], rows) * front
        color = np.broadcast_to(np.asarray(skin, np.float32), grid.shape).copy()
        x = np.abs(grid[..., 0])
        warm = np.exp(-(((x - 0.20) / 0.09) ** 2) - ((rows + 0.13) / 0.07) ** 2) * front
        warm += 0.8 * np.exp(-((x / 0.06) ** 2) - ((rows + 0.13) / 0.045) ** 2) * front
        color *= 1 + warm[..., None] * array([0.03, -0.045, -0.04])
        socket = np.exp(-(((x - 0.158) / 0.085) ** 2) - ((rows - 0.03) / 0.045) ** 2) * front
        color *= 1 - socket[..., None] * array([0.10, 0.15, 0.14])
        return Surface(grid.astype(np.float32), np.clip(color, 0, 1), Material.SKIN, face=True)

    def ears(self, skin: RGB) -> list[Surface]:
        """Both ears: a tilted bowl with a rolled rim."""
        out: list[Surface] = []
        polar = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False, dtype=np.float32)[None]
        for side in (-1, 1):
            width = float(self.section(array(-0.03))[0])
            tall = 0.100 * (1 - 0.15 * self.shape.child)
            lobe = 1 - 0.25 * np.clip(-np.sin(angle), 0, 1)
            u = polar * np.cos(angle) * 0.060 * lobe
            v = polar * np.sin(angle) * tall
            rim = 0.016 + 0.034 * polar**2 - 0.050 * np.clip(polar - 0.86, 0, 1) * 4
            x = side * (width - 0.014 + rim * 0.9 - u * 0.35 + 0.012 * np.sin(angle) * polar)
            grid = np.stack([x, v - 0.02 + 0.18 * u, u - 0.075 + 0 * v], axis=-1)
            tone = np.broadcast_to(np.asarray(skin, np.float32), grid.shape).copy()
            tone *= (0.70 + 0.30 * np.clip(polar * 1.25, 0, 1))[..., None]
            out.append(Surface(grid.astype(np.float32), tone, Material.SKIN, solid=False))
        return out
