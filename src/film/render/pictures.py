"""Frames as arrays: the one place that knows how yuv420p lies in memory.

A ``VideoFrame`` is what FFmpeg decodes and encodes; a ``Picture`` is the same as one NumPy array, to draw upon and to
blend. The encoder reads a Picture in place; a decoded frame is copied before anything is drawn on it, since the
decoder may still predict from it.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""A yuv420p frame as one array of height * 3/2 rows: Y above, then U and V, as FFmpeg packs it."""

BLACK = (16, 128, 128)
"""In limited range."""


def planes_of(frame: VideoFrame) -> list[Picture]:
    """Views of a frame's Y, U and V planes: to read."""
    return [
        # PyAV's planes are buffers, which its type stubs leave out
        np.frombuffer(cast("bytes", plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        for plane in frame.planes
    ]


def planes_in(picture: Picture) -> list[Picture]:
    """Views of a picture's Y, U and V planes; writing to them writes to it."""
    rows, width = picture.shape
    height = rows * 2 // 3
    flat = picture.reshape(-1)
    luma, chroma = height * width, height * width // 4
    return [
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(height // 2, width // 2),
        flat[luma + chroma :].reshape(height // 2, width // 2),
    ]


def as_picture(frame: VideoFrame) -> Picture:
    """A copy that may be drawn upon."""
    picture = np.empty((frame.height * 3 // 2, frame.width), np.uint8)
    for target, plane in zip(planes_in(picture), planes_of(frame), strict=True):
        target[:] = plane
    return picture


def as_frame(picture: Picture) -> VideoFrame:
    """The picture as a frame, which shares its memory where PyAV can: of heights that 4 divides.

    Of others it takes the height from the number of rows, rounds it down, and finds the chroma planes in a wrong place.
    """
    if picture.shape[0] * 2 // 3 % 4:
        return VideoFrame.from_ndarray(picture, format="yuv420p")
    return VideoFrame.from_numpy_buffer(picture, format="yuv420p")


def to_rgb(frame: VideoFrame) -> Image.Image:
    """A frame in the film's colours as an sRGB image."""
    shown = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
        threads=1,
    )
    return Image.fromarray(shown.to_ndarray())


def from_rgb(image: Image.Image) -> VideoFrame:
    """An RGB image of even size as a frame in the film's colours."""
    return VideoFrame.from_ndarray(np.asarray(image, np.uint8), format="rgb24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
        threads=1,
    )
