"""Frames become a clip on disk: H.264 in MP4, tagged, of exactly constant rate, the same bytes every time.

    frames (planar yuv420p arrays) ──► libx264, one thread ──► <name>.partial ──► rename to its name

One thread, because libx264 cuts a picture by threads and their number would change the bytes; clips are made side
by side instead. A clip of the draft tier is encoded once more in the cut, so speed counts more than size here:
of a 960x540 clip with film grain, ultrafast takes a third of superfast's time for 1 dB less; deblocking, which
that preset leaves out, is put back for the sake of skies. At 44.5 dB, nearly all that is lost is grain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from film.errors import InputError, Interrupted

PRESET = "ultrafast"
CRF = 23
_X264 = "deblock=0,0:open-gop=0:force-cfr=1:colorprim=bt709:transfer=bt709:colormatrix=bt709:videoformat=5:range=tv"


def write_clip(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    width: int,
    height: int,
    rate: Fraction,
    *,
    on_frame: Callable[[int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> int:
    """Encode ``frames`` to ``path`` and return how many there were. Stopped or failed, it leaves no file.

    ``on_frame`` is told the number of frames done; ``should_stop`` is asked before each one.
    """
    partial = partial_of(path)
    watched = _watched(frames, on_frame, should_stop)
    try:
        count = _encode(partial, watched, (width, height), rate)
        if not count:
            raise InputError("a clip needs at least one frame", hint="give the shot a longer duration")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def partial_of(path: Path) -> Path:
    """Where a clip is while it is written."""
    return path.with_name(path.name + ".partial")


def _watched(
    frames: Iterable[NDArray[np.uint8]],
    on_frame: Callable[[int], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Iterator[NDArray[np.uint8]]:
    for count, frame in enumerate(frames, 1):
        if should_stop and should_stop():
            raise Interrupted("stopped while drawing a clip", hint="run again to make it")
        yield frame
        if on_frame:
            on_frame(count)


def _encode(path: Path, frames: Iterator[NDArray[np.uint8]], size: tuple[int, int], rate: Fraction) -> int:
    tick = 1 / rate
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate)  # pyright: ignore[reportUnknownMemberType]  # av leaves its containers half typed
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        stream.time_base = tick
        context = stream.codec_context
        context.time_base, context.thread_count, context.gop_size = tick, 1, round(2 * rate)
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        stream.options = {"preset": PRESET, "crf": str(CRF), "x264-params": _X264}
        count = 0
        for array in frames:
            frame = VideoFrame.from_numpy_buffer(array, format="yuv420p")
            frame.pts, frame.time_base = count, tick
            frame.color_range, frame.colorspace = ColorRange.MPEG, Colorspace.ITU709
            container.mux(stream.encode(frame))  # pyright: ignore[reportUnknownMemberType]  # as above
            count += 1
        container.mux(stream.encode(None))  # pyright: ignore[reportUnknownMemberType]  # as above
    return count
