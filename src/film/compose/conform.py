"""Turns any clip or still into frames of the film: its size, its rate, its colours, counted to the frame.

    Stretch (clip, first, stop) ──► decode ──► pick by time ──► scale, turn, pad ──► yuv420p frames, BT.709

Frames are picked by their own timestamps, so that clips of 25, 30 or 60 frames a second, or of no constant rate at
all, need no special case: film frame ``k`` shows the last source frame that begins before the middle of ``k``. Only
picked frames are scaled. What fits already passes through untouched.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from PIL import Image

from film.compose.media import open_media, read_still
from film.compose.pictures import BLACK, Picture, as_frame, from_rgb, planes_in, planes_of
from film.errors import ComposeError
from film.media.opening import check_size, decoding, seen_size, video_stream
from film.timeline import Clip, Fit

_THIN = Fraction(1, 50)
"""Bars narrower than this share of the frame are cropped away: a hairline at the edge looks like a fault."""
_HALF = Fraction(1, 2)
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.SMPTE170M,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}
"""By the code that a frame carries. An untagged clip is taken to be BT.709, which generated clips are."""


@dataclass(frozen=True)
class Screen:
    """What the film is shown on."""

    width: int
    height: int
    rate: Fraction


@dataclass(frozen=True)
class Stretch:
    """Frames ``first`` to ``stop`` of a clip, counted in film frames from its first."""

    clip: Clip
    first: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.first

    def positions(self) -> Iterator[Fraction]:
        """Where in the source each frame looks, counted in frames of the film's rate."""
        moving = self.clip.frames - self.clip.hold
        for k in range(self.first, self.stop):
            yield self.clip.source_in + min(k, moving - 1) * self.clip.speed


def frames(stretch: Stretch, screen: Screen) -> Generator[VideoFrame, None, None]:
    """Exactly ``stretch.frames`` frames. A source that ends early goes on with its last picture."""
    clip = stretch.clip
    if clip.source.kind == "image":
        still = _still(read_still(clip.source.path), clip.fit, screen)
        for _ in range(stretch.frames):
            yield still
        return
    fitter = _Fitter(clip.fit, screen)
    path = clip.source.path
    with open_media(path, "video") as container:
        stream = video_stream(container, path.name)
        shown: VideoFrame | None = None
        fitted: VideoFrame | None = None
        for source_frame in _picked(container.decode(stream), stretch, screen.rate, path):
            if source_frame is not shown or fitted is None:
                with decoding(path.name):
                    shown, fitted = source_frame, fitter.fit(source_frame, stream, path)
            yield fitted


def _picked(decoded: Iterator[VideoFrame], stretch: Stretch, rate: Fraction, path: Path) -> Iterator[VideoFrame]:
    timed = _timed(decoded, path)
    with decoding(path.name):
        first = next(timed, None)
    if first is None:
        raise ComposeError(f"{path.name} holds no frames", hint="make the shot again")
    origin, current = first
    upcoming: tuple[Fraction, VideoFrame] | None = first
    for position in stretch.positions():
        due = (position + _HALF) / rate + origin
        with decoding(path.name):
            while upcoming and upcoming[0] < due:
                current = upcoming[1]
                upcoming = next(timed, None)
        yield current


def _timed(decoded: Iterator[VideoFrame], path: Path) -> Iterator[tuple[Fraction, VideoFrame]]:
    for frame in decoded:
        if frame.pts is None or frame.time_base is None:
            raise ComposeError(f"{path.name} does not say when its frames are shown", hint="convert it to mp4")
        yield frame.pts * frame.time_base, frame


class _Fitter:
    """Scales, turns and pads frames; keeps one scaler, which is costly to set up."""

    def __init__(self, fit: Fit, screen: Screen) -> None:
        self._fit: Fit = fit
        self._screen = screen
        self._scaler = VideoReformatter()

    def fit(self, frame: VideoFrame, stream: VideoStream, path: Path) -> VideoFrame:
        check_size(frame.width, frame.height, path.name)
        screen = self._screen
        width, height = _scaled_size(*seen_size(frame, stream), self._fit, screen)
        turns = frame.rotation // 90 % 4
        full_range = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        scaled = self._scaler.reformat(
            frame,
            width=height if turns % 2 else width,
            height=width if turns % 2 else height,
            format="yuv420p",
            src_colorspace=_MATRICES.get(frame.colorspace, Colorspace.ITU709),
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )
        if turns == 0 and (scaled.width, scaled.height) == (screen.width, screen.height):
            return scaled
        return as_frame(_placed([np.rot90(plane, turns) for plane in planes_of(scaled)], screen))


def _still(image: Image.Image, fit: Fit, screen: Screen) -> VideoFrame:
    size = _scaled_size(image.width, image.height, fit, screen)
    frame = from_rgb(image.resize(size, Image.Resampling.LANCZOS))
    return as_frame(_placed(planes_of(frame), screen))


def _scaled_size(width: int, height: int, fit: Fit, screen: Screen) -> tuple[int, int]:
    """The even size to scale a picture to before it is padded or cropped to the screen."""
    across, down = Fraction(screen.width, width), Fraction(screen.height, height)
    scale = min(across, down)
    bars = max(1 - width * scale / screen.width, 1 - height * scale / screen.height)
    if fit == "fill" or bars < _THIN:
        scale = max(across, down)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _placed(planes: list[Picture], screen: Screen) -> Picture:
    """Planes of any size in the middle of a black screen; what lies outside is cropped."""
    picture = np.empty((screen.height * 3 // 2, screen.width), np.uint8)
    for target, plane, level in zip(planes_in(picture), planes, BLACK, strict=True):
        target[:] = level
        (to_y, from_y), (to_x, from_x) = (
            _centred(room, size) for room, size in zip(target.shape, plane.shape, strict=True)
        )
        target[to_y, to_x] = plane[from_y, from_x]
    return picture


def _centred(room: int, size: int) -> tuple[slice, slice]:
    inside = min(room, size)
    into, out_of = (room - inside) // 2, (size - inside) // 2
    return slice(into, into + inside), slice(out_of, out_of + inside)
