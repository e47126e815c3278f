"""The pieces of film that are laid over each other: planar pictures, sampled at sub-pixel positions.

    Cel (y, u, v, mask of a part of the drawing) ── paint(canvas, pose) ──► Canvas, frame after frame

Sampling is what a camera move costs, so chroma and its mask are kept at half size, and rows from ``solid`` on, which
hide all behind them, are laid over without a mask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from animatic.camera import Box
from animatic.sampling import OPAQUE, Lean, Plane, Sampler, Stack, Taps, Tone

Numbers = NDArray[np.floating]

BLACK, GREY, WHITE = 16, 128, 235


@dataclass
class Canvas:
    """One frame while it is painted: luma at full size, chroma at half size, limited range, one block of memory."""

    planes: Plane
    """(height * 3 / 2, width): luma, then both chroma planes, as an encoder takes them."""
    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def black(cls, width: int, height: int) -> Canvas:
        planes = np.empty((height * 3 // 2, width), np.uint8)
        planes[:height] = BLACK
        planes[height:] = GREY
        chroma = planes[height:].reshape(2, height // 2, width // 2)
        return cls(planes, planes[:height], chroma[0], chroma[1])


@dataclass(frozen=True)
class Pose:
    """How a sheet stands in one frame."""

    box: Box
    until: int
    """Rows from here on are hidden by nearer sheets."""
    solid: int
    """Rows from here on hide all behind; they need no mask."""
    cover: float = 1.0
    gain: float = 1.0
    lean: float = 0.0
    """Sideways shear in pixels for each row above ``pivot``, a row of the drawn area."""
    pivot: float = 0.0


@dataclass
class Cel:
    """A part of the drawing, its corner at ``left, top`` of the drawn area."""

    y: Stack
    uv: Stack
    left: int
    top: int
    masked: bool
    """Whether the last plane of both is coverage; without it all is opaque."""

    @classmethod
    def of(cls, y: Plane, u: Plane, v: Plane, mask: Plane | None, corner: tuple[int, int]) -> Cel:
        """``u`` and ``v`` are half as wide and as high as ``y`` and ``mask``, which goes from 0 to 128."""
        half = None if mask is None else np.asarray(Image.fromarray(mask).reduce(2))
        return cls(Stack([y], mask), Stack([u, v], half), *corner, mask is not None)

    @property
    def coverage(self) -> Plane:
        """The mask, 0 to 128; only what is masked has one."""
        return self.y.values[:, -1].T

    def paint(self, canvas: Canvas, pose: Pose, sampler: Sampler) -> None:
        """Lay the part of this cel seen through the pose's box over the canvas."""
        box, (height, width) = pose.box, canvas.y.shape
        scale_x, scale_y = (box[2] - box[0]) / width, (box[3] - box[1]) / height
        columns, _, rows = self.y.values.shape
        # Inward to even pixels: never beyond the sheet's own (empty) edge, and chroma stays aligned.
        x0 = max(0, even_up((self.left - box[0]) / scale_x))
        y0 = max(0, even_up((self.top - box[1]) / scale_y))
        x1 = min(width, even_down((self.left + columns - box[0]) / scale_x))
        y1 = min(pose.until, even_down((self.top + rows - box[1]) / scale_y))
        if x1 <= x0 or y1 <= y0:
            return
        at = (box[0] + x0 * scale_x - self.left, box[1] + y0 * scale_y - self.top)
        seam = min(y1, max(y0, pose.solid)) - y0 if self.masked else 0
        tone = _tone(pose)
        for stack, planes, part in ((self.y, (canvas.y,), 1), (self.uv, (canvas.u, canvas.v), 2)):
            over = [plane[y0 // part : y1 // part, x0 // part : x1 // part] for plane in planes]
            x = Taps(at[0] / part, scale_x, (x1 - x0) // part)
            y = Taps(at[1] / part, scale_y, (y1 - y0) // part)
            lean = None
            if pose.lean:
                lean = Lean(pose.lean * ((pose.pivot - self.top) / part - y.start), -pose.lean * scale_y)
            chosen = tone if part == 1 else replace(tone, table=None)
            sampler.lay(over, stack, x, y, mask_until=seam // part, tone=chosen, lean=lean)


def _tone(pose: Pose) -> Tone:
    table = None
    if pose.gain != 1.0:
        values = BLACK + (np.arange(256) - BLACK) * pose.gain
        table = np.clip(np.rint(values), BLACK, WHITE).astype(np.uint8)
    return Tone(round(pose.cover * OPAQUE), table)


def even_up(value: float) -> int:
    return math.ceil(value / 2 - 1e-6) * 2


def even_down(value: float) -> int:
    return math.floor(value / 2 + 1e-6) * 2


def levels_of(colours: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Colours, 0..1, as levels of luma and of both chroma planes: BT.709, limited range."""
    red, green, blue = colours[:, 0], colours[:, 1], colours[:, 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + 219 * luma,
        128 + 224 / 1.8556 * (blue - luma),
        128 + 224 / 1.5748 * (red - luma),
    )
