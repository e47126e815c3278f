"""The frame that stands for a shot: of a few, spread over what the shot has the screen for, the one with most to see.

    Clip ──► a few frames in one decoding pass, as the cut would show them ──► scored ──► Still

Sharp beats blurred, lit beats dark, colour beats grey, and the middle of a shot beats its ends. The same film gives the
same frames.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from PIL import Image

from film.render import conform
from film.render.conform import Screen, Stretch
from film.timeline import Clip, Timeline

_LOOKS = 5
_SMALL = 240
"""Pixels across, for scoring."""
_EDGE_PENALTY = 0.25


@dataclass(frozen=True)
class ExportedStill:
    """Frame ``frame`` of the film, from the clip at ``place``; ``score`` compares it with other shots' stills."""

    place: int
    frame: int
    picture: Image.Image
    score: float


def stills(
    timeline: Timeline, *, across: int | None = None, tick: Callable[[], None] | None = None
) -> list[ExportedStill]:
    """One for each clip, in order, at the film's size or, to save work, ``across`` pixels wide."""
    screen = _screen(timeline, across)

    def of(place: int) -> ExportedStill:
        found = _best(timeline, place, screen)
        if tick:
            tick()
        return found

    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="still") as pool:
        return list(pool.map(of, range(len(timeline.clips))))


def poster(timeline: Timeline, tick: Callable[[], None] | None = None) -> ExportedStill:
    """The film's best still at full size."""
    chosen = max(stills(timeline, across=480, tick=tick), key=lambda still: still.score)
    clip, at = timeline.clips[chosen.place], chosen.frame - timeline.starts[chosen.place]
    with closing(conform.frames(Stretch(clip, at, at + 1), _screen(timeline, None))) as frames:
        return replace(chosen, picture=as_image(next(frames)))


def as_image(frame: VideoFrame) -> Image.Image:
    """A frame of the film in RGB, by the film's own colours and not by what its size suggests."""
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
        threads=1,
    )
    return Image.fromarray(np.asarray(rgb.to_ndarray(), np.uint8))


def _screen(timeline: Timeline, across: int | None) -> Screen:
    if not across or across >= timeline.width:
        return Screen(timeline.width, timeline.height, timeline.rate)
    down = max(2, round(timeline.height * across / timeline.width / 2) * 2)
    return Screen(across // 2 * 2, down, timeline.rate)


def _best(timeline: Timeline, place: int, screen: Screen) -> ExportedStill:
    clip, (first, stop) = timeline.clips[place], timeline.bodies[place]
    places = _spread(first, min(stop, max(first + 1, clip.frames - clip.hold)))
    pictures = [as_image(frame) for frame in _looked_at(clip, places, screen)]
    scores = [
        _score(picture) * (1 - _EDGE_PENALTY * abs(2 * n / max(1, len(pictures) - 1) - 1))
        for n, picture in enumerate(pictures)
    ]
    best = int(np.argmax(scores))
    return ExportedStill(place, timeline.starts[place] + places[best], pictures[best], scores[best])


def _spread(first: int, stop: int) -> list[int]:
    """Frames in even steps, in from the ends, so that one pass at a higher speed picks just these."""
    span = stop - first
    step = max(1, span // (_LOOKS + 1))
    count = max(1, min(_LOOKS, (span - 1) // step))
    lead = (span - 1 - (count - 1) * step) // 2
    return [first + lead + n * step for n in range(count)]


def _looked_at(clip: Clip, places: Sequence[int], screen: Screen) -> list[VideoFrame]:
    if clip.source.kind == "image":
        places = places[:1]
    step = places[1] - places[0] if len(places) > 1 else 1
    skipping = replace(
        clip,
        frames=len(places),
        source_in=round(clip.source_in + places[0] * clip.speed),
        speed=clip.speed * step if clip.source.kind == "video" else Fraction(1),
        hold=0,
        slate=None,
        captions=(),
    )
    with closing(conform.frames(Stretch(skipping, 0, len(places)), screen)) as frames:
        return list(frames)


def _score(picture: Image.Image) -> float:
    """How much there is to see, in no unit: detail, contrast and colour, less where it is very dark or very bright."""
    small = picture.resize((_SMALL, max(2, round(_SMALL * picture.height / picture.width))), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32)
    luma = pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    edges = float(np.abs(np.diff(luma, axis=0)).mean() + np.abs(np.diff(luma, axis=1)).mean())
    colour = float(np.std(pixels[..., 0] - pixels[..., 1]) + np.std(pixels[..., 2] - luma))
    level = float(luma.mean())
    light = min(1.0, level / 60) * min(1.0, (255 - level) / 50)
    return light * (2 * edges + 0.6 * float(luma.std()) + 0.4 * colour)
