"""Fits one picture onto the screen: scaled, turned upright, in the film's colours, with or without bars.

fit    all of it is seen, over black
fill   all of the screen is used; what does not fit is cropped, the same on either side
blur   all of it is seen, over a dark, soft copy of itself that fills the screen
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from PIL import Image

from film.media.clips import Rotation, matrix_of, turn_of
from film.media.opening import check_size, seen_size
from film.render import wide_colour
from film.render.pictures import BLACK, Picture, as_frame, as_picture, from_rgb, planes_in, planes_of
from film.timeline import Fit

if TYPE_CHECKING:
    from film.render.conform import Screen

_THIN = Fraction(1, 50)
"""Bars narrower than this share of the frame are cropped away: a hairline at the edge looks like a fault."""
_SOFT, _DIM = 24, 0.55
"""The copy behind a picture is made this many times smaller, which softens it, and this dark."""
_SMOOTH = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
"""Without the latter two, greys come out a shade green."""
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.SMPTE170M,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
"""By H.273's code."""
_FULL_RANGE_FORMATS = ("yuvj", "rgb", "bgr", "gbr", "argb", "abgr", "pal8", "0rgb", "0bgr")


class Fitter:
    """Fits the frames of one source; keeps its scalers, which are costly to set up."""

    def __init__(self, fit: Fit, screen: Screen) -> None:
        self._fit: Fit = fit
        self._screen = screen
        self._turns: dict[int, Rotation] = {}
        self._scaler, self._small, self._large = VideoReformatter(), VideoReformatter(), VideoReformatter()

    def fit(self, frame: VideoFrame, stream: VideoStream, path: Path) -> VideoFrame:
        """A decoded frame on the screen; one that fits already passes through untouched."""
        check_size(frame.width, frame.height, path.name)
        screen = self._screen
        turn = self._turn(frame)
        width, height = scaled_size(*seen_size(frame, stream, turn), self._fit, screen)
        scaled = self._in_colours(frame, height if turn.lies else width, width if turn.lies else height)
        if not turn and (scaled.width, scaled.height) == (screen.width, screen.height):
            return scaled
        return self._placed([turn.of(plane) for plane in planes_of(scaled)])

    def covered(self, frame: VideoFrame, stream: VideoStream) -> tuple[int, int]:
        """Width and height of what a decoded frame covers of the screen, in its middle."""
        width, height = scaled_size(*seen_size(frame, stream, self._turn(frame)), self._fit, self._screen)
        return min(width, self._screen.width), min(height, self._screen.height)

    def _turn(self, frame: VideoFrame) -> Rotation:
        """How the frame is to be turned; looked up once for each angle, since a file does not change its mirror."""
        angle = frame.rotation
        if angle not in self._turns:
            self._turns[angle] = turn_of(frame)
        return self._turns[angle]

    def still(self, image: Image.Image) -> VideoFrame:
        """A picture in RGB on the screen."""
        size = scaled_size(image.width, image.height, self._fit, self._screen)
        return self._placed(planes_of(from_rgb(image.resize(size, Image.Resampling.LANCZOS))))

    def _in_colours(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """The frame at this size as BT.709 of limited range in yuv420p."""
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith(_FULL_RANGE_FORMATS)
        source = {
            "src_colorspace": _MATRICES.get(matrix_of(frame), Colorspace.ITU709),
            "src_color_range": ColorRange.JPEG if full else ColorRange.MPEG,
        }
        how = {"width": width, "height": height, "interpolation": _SMOOTH, "threads": 1}
        if wide_colour.is_wide(frame):
            return wide_colour.to_bt709(self._scaler, frame, source, how)
        see_through = any(component.is_alpha for component in frame.format.components)
        scaled = self._scaler.reformat(
            frame,
            format="yuva420p" if see_through else "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            **source,
            **how,
        )
        return _over_black(scaled) if see_through else scaled

    def _placed(self, planes: list[Picture]) -> VideoFrame:
        """Planes of any size in the middle of the screen; what lies outside is cropped."""
        behind = self._behind(planes)
        for target, plane in zip(planes_in(behind), planes, strict=True):
            (to_y, from_y), (to_x, from_x) = (
                _centred(room, size) for room, size in zip(target.shape, plane.shape, strict=True)
            )
            target[to_y, to_x] = plane[from_y, from_x]
        return as_frame(behind)

    def _behind(self, planes: list[Picture]) -> Picture:
        height, width = self._screen.height, self._screen.width
        rows, columns = planes[0].shape
        if self._fit == "blur" and (rows < height or columns < width):
            return self._blurred(planes)
        behind = np.empty((height * 3 // 2, width), np.uint8)
        for plane, level in zip(planes_in(behind), BLACK, strict=True):
            plane[:] = level
        return behind

    def _blurred(self, planes: list[Picture]) -> Picture:
        """The picture once more: cropped to the screen's shape, made small, and large again."""
        height, width = self._screen.height, self._screen.width
        rows, columns = planes[0].shape
        scale = max(Fraction(width, columns), Fraction(height, rows))
        across, down = (min(room, int(size / scale) // 2 * 2) for room, size in ((columns, width), (rows, height)))
        left, top = (columns - across) // 4 * 2, (rows - down) // 4 * 2
        crop = np.empty((down * 3 // 2, across), np.uint8)
        for target, plane, part in zip(planes_in(crop), planes, (1, 2, 2), strict=True):
            target[:] = plane[top // part : (top + down) // part, left // part : (left + across) // part]
        small = self._small.reformat(
            as_frame(crop),
            width=max(4, width // _SOFT // 2 * 2),
            height=max(4, height // _SOFT // 2 * 2),
            interpolation=Interpolation.AREA,
            threads=1,
        )
        large = self._large.reformat(small, width=width, height=height, interpolation=Interpolation.BICUBIC, threads=1)
        picture = as_picture(large)
        for plane, level in zip(planes_in(picture), BLACK, strict=True):
            plane[:] = _DIMMED[level][plane]
        return picture


def _over_black(frame: VideoFrame) -> VideoFrame:
    """What is transparent shows black."""
    *planes, alpha = planes_of(frame)
    picture = np.empty((frame.height * 3 // 2, frame.width), np.uint8)
    half = alpha.reshape(frame.height // 2, 2, frame.width // 2, 2).mean(axis=(1, 3), dtype=np.float32)
    for target, plane, level, cover in zip(planes_in(picture), planes, BLACK, (alpha, half, half), strict=True):
        target[:] = np.rint(level + (plane.astype(np.float32) - level) * (cover / np.float32(255)))
    return as_frame(picture)


def scaled_size(width: int, height: int, fit: Fit, screen: Screen) -> tuple[int, int]:
    """The even size to scale a picture to before it is padded or cropped to the screen."""
    across, down = Fraction(screen.width, width), Fraction(screen.height, height)
    scale = min(across, down)
    bars = max(1 - width * scale / screen.width, 1 - height * scale / screen.height)
    if fit == "fill" or bars < _THIN:
        scale = max(across, down)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _centred(room: int, size: int) -> tuple[slice, slice]:
    inside = min(room, size)
    into, out_of = (room - inside) // 2, (size - inside) // 2
    return slice(into, into + inside), slice(out_of, out_of + inside)


_DIMMED = {
    level: np.rint(level + (np.arange(256) - level) * _DIM).clip(0, 255).astype(np.uint8) for level in set(BLACK)
}
"""Tables that bring a plane nearer to its own black."""
