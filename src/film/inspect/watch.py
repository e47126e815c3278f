"""Watches a film's pictures go by, small: where they are black, of one colour, or stand still.

    frame ──► a small picture, in fractions of a level ──► Watcher.see ──► StillStretch … and Steps from frame to frame

Each picture is averaged down, eight pixels and more to a point: that takes film grain away and leaves what the eye
follows.
A picture stands still when it stays like the first half second of its stretch, and not merely like the one before: a
slow move of the camera adds up, grain does not.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

Small = NDArray[np.float32]
"""Levels from 0, black, to 255, white."""

_LIMITED = 1
_ACROSS, _POINT = 120, 8
_BLACK, _SHARE = 12.0, 0.98
"""A picture is black when this share of it is below this level. Noise and a station's logo do not save it."""
_MARGIN = 0.12
"""Above and below, where letterboxes, slates and captions are: what counts is between."""
_MIDST, _WRITTEN, _LETTERS = 0.22, 60.0, 3
"""Shares of the picture beside its midst; a level that letters reach there, and in how many points."""
_FLAT = 1.2
"""Standard deviation, in levels, of a picture of one colour."""
_STILL_SHARE = 0.005
"""Of all points, those that may differ in a picture that stands still."""
_ANCHOR = 12
"""Frames that are averaged into what a stretch is held against, for they have grain themselves."""
_FRESH = 0.35
"""Of the newest frame in the average of the last few."""
_BREATH = 0.5
"""Mean difference, in levels, between two averages of one picture."""
_GROUND, _CARD = 5.0, 0.75
"""Levels that the ground of a title keeps to, and how much of the picture it takes up."""
_RAMP = 3
"""Frames before and after a stretch in which a fade would show."""
_HOLE, _LEVEL = 3.0, 0.4
"""Levels by which it stands out; and of its step, what the light may change beside it."""
_DRIFT = 1.6
"""Of that, how far they may have got since the first."""
_LEAST, _MOST = 1.0, 6.0
"""Levels by which a point may differ: more where grain is heavy, never as much as something that moves."""


@dataclass(frozen=True)
class StillStretch:
    """Frames ``first`` to ``stop``, counted as they are shown."""

    kind: Literal["black", "blank", "frozen"]
    first: int
    stop: int
    card: bool = False
    """Whether it is something small on one ground, as a title is."""

    @property
    def frames(self) -> int:
        return self.stop - self.first


class Shrinker:
    """Makes small pictures of frames; keeps one scaler."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def small(self, frame: VideoFrame) -> Small:
        """Luma from 0, black, to 255, white, and both chromas around 0, along the first axis."""
        across = max(16, min(_ACROSS, frame.width // _POINT))
        down = max(2, round(frame.height * across / frame.width))
        whole = self._scaler.reformat(
            frame,
            width=across,
            height=down,
            format="yuv444p16le",
            interpolation=Interpolation.AREA,
            dst_color_range=_LIMITED,
            threads=1,
        )
        picture = np.empty((3, down, across), np.float32)
        for number, plane in enumerate(whole.planes):
            lines = np.frombuffer(cast("bytes", plane), "<u2").reshape(-1, plane.line_size // 2)
            picture[number] = lines[:down, :across]
        picture[0] = (picture[0] - 16 * 256) * np.float32(255 / 219 / 256)
        picture[1:] = (picture[1:] - 128 * 256) * np.float32(255 / 224 / 256)
        return picture


class Watcher:
    """Sees small pictures in the order they are shown. ``least`` frames make a stretch worth telling."""

    def __init__(self, least: int) -> None:
        self._least = max(2, least)
        self._count = 0
        self._before: Small | None = None
        self._anchor: Small | None = None
        self._recent: Small | None = None
        """The last few frames, averaged: an encoder refreshes now this block and now that."""
        self._averaged = 0
        self._grain = 0.0
        self._since = 0
        self._still: tuple[StillStretch, Small, Small] | None = None
        """A stretch, its first average and its last."""
        self._plain: tuple[Literal["black", "blank"], int] | None = None
        self._found: list[StillStretch] = []
        self._step: Small | None = None
        self._energy = 0.0
        self.changes = array("f")
        """Mean difference, in levels, of each frame from the one before; the first has 0."""
        self.levels = array("f")
        """Mean of each frame."""
        self.slopes, self.likeness = array("f"), array("f")
        """How many times the last step each frame's step is, and its correlation with that, from -1 to 1."""

    def see(self, picture: Small) -> None:
        if self._before is None or self._before.shape != picture.shape:
            self._begin_still(picture)
            self._follow_step(None)
        else:
            change = self._follow_step(picture - self._before)
            self._grain = max(change, 0.95 * self._grain)  # encoders smooth some frames more than others
            assert self._anchor is not None and self._recent is not None
            self._recent = (self._recent + _FRESH * (picture - self._recent)).astype(np.float32)
            if not _stands(self._recent, self._anchor, self._grain):
                self._begin_still(picture)
            elif self._averaged < _ANCHOR:
                self._averaged += 1
                step = (picture - self._anchor) / self._averaged
                self._anchor = (self._anchor + step).astype(np.float32)
        self.levels.append(float(picture.mean()))
        self._follow_plain(plain(picture))
        self._before = picture
        self._count += 1

    def stretches(self) -> list[StillStretch]:
        """All stretches, once everything was seen. What is black or of one colour is not told as frozen, too."""
        self._end_still()
        self._keep_still()
        self._follow_plain(None)
        dull = [s for s in self._found if s.kind != "frozen"]
        frozen = [s for s in self._found if s.kind == "frozen" and not any(_covers(d, s) for d in dull)]
        return sorted([*dull, *frozen], key=lambda s: s.first)

    def _follow_step(self, step: Small | None) -> float:
        """Note how far this frame is from the last, and whether it goes on as that one went."""
        change = energy = cross = 0.0
        if step is not None:
            change = float(np.mean(np.abs(step)))
            flat = step.ravel()
            energy = float(flat @ flat)
            cross = float(flat @ self._step.ravel()) if self._step is not None else 0.0
        both = (energy * self._energy) ** 0.5
        self.changes.append(change)
        self.slopes.append(cross / self._energy if self._energy > 0 else 0.0)
        self.likeness.append(cross / both if both > 0 else 0.0)
        self._step, self._energy = step, energy
        return change

    def _begin_still(self, picture: Small) -> None:
        self._end_still()
        self._anchor, self._averaged, self._since = picture, 1, self._count
        self._recent = picture
        self._grain = 0.0  # what moved before says nothing of it

    def _end_still(self) -> None:
        """Keep a stretch that is over.

        One that begins where the last one ended, with the same picture but for the breath by which encoders shift it
        when they refresh it, goes on with that one.
        """
        if self._anchor is None or self._count - self._since < max(2, self._least // 3):
            return
        last, first, latest = self._still or (None, self._anchor, self._anchor)
        if last and last.stop == self._since and first.shape == self._anchor.shape:
            breath = max(_BREATH, 0.35 * self._grain)
            apart, drifted = (float(np.mean(np.abs(other - self._anchor))) for other in (latest, first))
            if apart <= breath and drifted <= _DRIFT * breath:
                self._still = StillStretch("frozen", last.first, self._count, last.card), first, self._anchor
                return
        self._keep_still()
        stretch = StillStretch("frozen", self._since, self._count, _is_card(self._anchor))
        self._still = stretch, self._anchor, self._anchor

    def _keep_still(self) -> None:
        if self._still and self._still[0].frames >= self._least:
            self._found.append(self._still[0])
        self._still = None

    def _follow_plain(self, kind: Literal["black", "blank"] | None) -> None:
        if self._plain and self._plain[0] != kind:
            self._found.append(StillStretch(self._plain[0], self._plain[1], self._count))
            self._plain = None
        if kind and self._plain is None:
            self._plain = (kind, self._count)


def glanced(pictures: Sequence[tuple[int, Small]], frames: int) -> list[StillStretch]:
    """Stretches by key frames alone, each with its place: what begins and ends between two of them is not seen."""
    found: list[StillStretch] = []
    if not pictures:
        return found
    ends = [*(place for place, _ in pictures[1:]), frames]
    for (place, picture), stop in zip(pictures, ends, strict=True):
        if kind := plain(picture):
            found.append(StillStretch(kind, place, stop))
    for (first, before), (second, after) in pairwise(pictures):
        alike = before.shape == after.shape and _stands(after, before, 0.0)
        if alike and not plain(before):
            found.append(StillStretch("frozen", first, second))
    merged: list[StillStretch] = []
    for stretch in sorted(found, key=lambda s: s.first):
        if merged and (merged[-1].kind, merged[-1].stop) == (stretch.kind, stretch.first):
            merged[-1] = StillStretch(stretch.kind, merged[-1].first, stretch.stop)
        else:
            merged.append(stretch)
    return merged


def plain(picture: Small) -> Literal["black", "blank"] | None:
    """Whether a picture is black, or of one colour, between the margins where bars and captions lie."""
    edge = round(len(picture) * _MARGIN)
    middle = picture[edge : len(picture) - edge]
    if float(np.mean(middle < _BLACK)) >= _SHARE:
        return None if _has_words(picture) else "black"
    return "blank" if float(middle.std()) < _FLAT else None


def _has_words(picture: Small) -> bool:
    """Whether something is written in the midst of a dark picture, as on a short title; logos stand at the edge."""
    down, across = (round(_MIDST * side) for side in picture.shape)
    midst = picture[down : len(picture) - down, across : picture.shape[1] - across]
    return int(np.count_nonzero(midst > _WRITTEN)) >= _LETTERS


def abrupt_stretches(
    stretches: Sequence[StillStretch], changes: Sequence[float], levels: Sequence[float]
) -> frozenset[int]:
    """First frames of what is black, or of one colour, and neither faded into nor out of: a hole, and no dip."""
    found: set[int] = set()
    for stretch in stretches:
        first, stop = stretch.first, stretch.stop
        if stretch.kind == "frozen" or first < _RAMP + 1 or stop + _RAMP >= len(levels):
            continue
        into, out = abs(levels[first] - levels[first - 1]), abs(levels[stop] - levels[stop - 1])
        falls = abs(levels[first - 1] - levels[first - 1 - _RAMP])
        rises = abs(levels[stop + _RAMP] - levels[stop])
        if min(changes[first], changes[stop]) > _HOLE and falls < _LEVEL * into and rises < _LEVEL * out:
            found.add(first)
    return frozenset(found)


def _stands(picture: Small, anchor: Small, grain: float) -> bool:
    """Whether a picture still shows what ``anchor`` shows; ``grain`` is by how much frames differ without it."""
    apart = np.abs(picture - anchor)
    if float(apart.mean()) > max(0.15, 1.3 * grain):
        return False
    allowed = min(_MOST, max(_LEAST, 4 * grain))
    return int(np.count_nonzero(apart > allowed)) <= max(3, _STILL_SHARE * apart.size)


def _is_card(picture: Small) -> bool:
    return float(np.mean(np.abs(picture - np.median(picture)) < _GROUND)) >= _CARD


def _covers(outer: StillStretch, inner: StillStretch) -> bool:
    shared = min(outer.stop, inner.stop) - max(outer.first, inner.first)
    return shared >= 0.8 * inner.frames
