"""The pieces of film that are laid over each other: planar 8-bit pictures, sampled at sub-pixel positions.

    Cel (y, u, v, mask of a part of the drawing) ── paint(canvas, view) ──► Canvas, frame after frame

Sampling is what a camera move costs, so chroma is kept at half size, the half-size mask is reduced from the full
one, and rows from ``solid`` on, which hide all behind them, are pasted without a mask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PIL import Image

from film.providers.draft.camera import Box

BLACK, GREY = 16, 128


@dataclass
class Canvas:
    """One frame while it is painted: luma at full size, chroma at half size, limited range."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def black(cls, width: int, height: int) -> Canvas:
        half = (width // 2, height // 2)
        return cls(Image.new("L", (width, height), BLACK), Image.new("L", half, GREY), Image.new("L", half, GREY))


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
    """Planes cropped to ``left, top`` of the drawn area; ``mask`` None where fully opaque."""

    y: Image.Image
    u: Image.Image
    v: Image.Image
    mask: Image.Image | None
    left: int
    top: int

    def paint(self, canvas: Canvas, pose: Pose) -> None:
        """Paste the part of this cel seen through the pose's box."""
        box, (width, height) = pose.box, canvas.y.size
        scale_x, scale_y = (box[2] - box[0]) / width, (box[3] - box[1]) / height
        # Inward to even pixels: never beyond the sheet's own (empty) edge, and chroma stays aligned.
        x0 = max(0, even_up((self.left - box[0]) / scale_x))
        y0 = max(0, even_up((self.top - box[1]) / scale_y))
        x1 = min(width, even_down((self.left + self.y.width - box[0]) / scale_x))
        y1 = min(pose.until, even_down((self.top + self.y.height - box[1]) / scale_y))
        if x1 <= x0 or y1 <= y0:
            return
        region = _Region(
            (x0, y0, x1, y1),
            (
                box[0] + x0 * scale_x - self.left,
                box[1] + y0 * scale_y - self.top,
                box[0] + x1 * scale_x - self.left,
                box[1] + y1 * scale_y - self.top,
            ),
            pose.lean,
            pose.pivot - self.top,
        )
        luma = region.sample(self.y)
        if pose.gain != 1.0:
            luma = luma.point([min(235, max(BLACK, round(BLACK + (v - BLACK) * pose.gain))) for v in range(256)])
        u, v = region.sample(self.u, 2), region.sample(self.v, 2)
        at, half_at = (x0, y0), (x0 // 2, y0 // 2)
        if self.mask is None:
            canvas.y.paste(luma, at)
            canvas.u.paste(u, half_at)
            canvas.v.paste(v, half_at)
            return
        seam = min(y1, max(y0, pose.solid))
        if seam < y1:
            canvas.y.paste(luma.crop((0, seam - y0, x1 - x0, y1 - y0)), (x0, seam))
            low = (0, (seam - y0) // 2, (x1 - x0) // 2, (y1 - y0) // 2)
            canvas.u.paste(u.crop(low), (x0 // 2, seam // 2))
            canvas.v.paste(v.crop(low), (x0 // 2, seam // 2))
        if seam > y0:
            mask = region.until(seam).sample(self.mask)
            if pose.cover < 1.0:
                mask = mask.point([round(value * pose.cover) for value in range(256)])
            half = mask.reduce(2)
            if seam < y1:
                luma, u, v = (
                    luma.crop((0, 0, *mask.size)),
                    u.crop((0, 0, *half.size)),
                    v.crop((0, 0, *half.size)),
                )
            canvas.y.paste(luma, at, mask)
            canvas.u.paste(u, half_at, half)
            canvas.v.paste(v, half_at, half)


@dataclass(frozen=True)
class _Region:
    """A rectangle of the frame and the box of a sheet's planes that fills it."""

    frame: tuple[int, int, int, int]
    source: Box
    lean: float
    pivot: float

    def until(self, row: int) -> _Region:
        x0, y0, x1, y1 = self.frame
        left, top, right, bottom = self.source
        part = (row - y0) / (y1 - y0)
        return replace(self, frame=(x0, y0, x1, row), source=(left, top, right, top + (bottom - top) * part))

    def sample(self, plane: Image.Image, reduced: int = 1) -> Image.Image:
        x0, y0, x1, y1 = self.frame
        size = ((x1 - x0) // reduced, (y1 - y0) // reduced)
        left, top, right, bottom = (edge / reduced for edge in self.source)
        if self.lean:
            across, down = (right - left) / size[0], (bottom - top) / size[1]
            shear = -self.lean * down
            shift = left + self.lean * (self.pivot / reduced - top)
            return plane.transform(
                size,
                Image.Transform.AFFINE,
                (across, shear, shift, 0.0, down, top),
                Image.Resampling.BILINEAR,
            )
        box = (max(0.0, left), max(0.0, top), min(right, plane.width), min(bottom, plane.height))
        return plane.resize(size, Image.Resampling.BILINEAR, box=box)


def even_up(value: float) -> int:
    return math.ceil(value / 2 - 1e-6) * 2


def even_down(value: float) -> int:
    return math.floor(value / 2 + 1e-6) * 2
