"""Pictures of a film at given times, small, as a browser shows them: one walk through the file, by its key frames."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av.error
import numpy as np
from PIL import Image

from film.errors import BadMedia
from film.media.clips import turn_of
from film.media.opening import open_media, video_stream
from film.models import AssetType

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_ACROSS = 480
_QUALITY = 80
_FAR = 400
"""Frames that are decoded at most to come from a key frame to the one that is wanted."""


def stills_at(film: Path, times: Iterable[Fraction]) -> dict[Fraction, str]:
    """A ``data:`` address for each time at which something can be decoded: the frame that is shown then."""
    pictures = pictures_at(film, times).items()
    return {time: "data:image/jpeg;base64," + base64.b64encode(jpeg).decode() for time, jpeg in pictures}


def pictures_at(film: Path, times: Iterable[Fraction], across: int = _ACROSS) -> dict[Fraction, bytes]:
    """The same as JPEG files, ``across`` pixels wide at most."""
    found: dict[Fraction, bytes] = {}
    wanted = sorted(set(times))
    try:
        with open_media(film, AssetType.VIDEO) as container:
            video = video_stream(container, film.name, threads=0)
            for time in wanted:
                frame = _frame_at(container, video, time)
                if frame is not None:
                    found[time] = _jpeg(frame, video, across)
    except BadMedia:  # what is damaged is told by the report; what was decoded until there is shown
        return found
    return found


def _frame_at(container: InputContainer, video: VideoStream, time: Fraction) -> VideoFrame | None:
    base = video.time_base or Fraction(1, 90_000)
    half = 1 / (2 * (video.average_rate or Fraction(24)))
    shown: VideoFrame | None = None
    try:
        container.seek(max(0, int(time / base)), stream=video, backward=True)
        for number, frame in enumerate(container.decode(video)):
            if frame.pts is None:
                continue
            if shown is not None and frame.pts * base > time + half / 2:
                break
            shown = frame
            if number > _FAR:
                break
    except (av.error.FFmpegError, OSError):
        return shown
    return shown


def _jpeg(frame: VideoFrame, video: VideoStream, most: int) -> bytes:
    aspect = video.sample_aspect_ratio or Fraction(1)
    shape = round(frame.width * aspect), frame.height
    across = min(most, shape[0])
    small = frame.reformat(width=across, height=max(2, round(shape[1] * across / shape[0])), format="rgb24")
    upright = turn_of(frame).of(small.to_ndarray().astype(np.uint8))
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(upright)).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def places(starts: Sequence[Fraction | None], seconds: Fraction) -> list[Fraction]:
    """Where to take a picture for each finding: at its place, or in the middle for one of the whole film."""
    middle = seconds / 2
    return [middle if start is None else max(Fraction(0), start) for start in starts]
