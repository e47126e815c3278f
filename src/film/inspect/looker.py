"""Looks at every frame once and hands it to whoever watches for something.

frame ──► small picture ──► Watcher, Flashes, OddFrames     every frame
      └─► its luma      ──► Weave, Range, Bars              some times a second
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from typing import TypeVar

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from film.inspect.colours import Tags
from film.inspect.flashes import Flashes, Flashing
from film.inspect.native import Bars, Edges, Luma, Outside, Range, Weave, Woven, luma_of
from film.inspect.odd_frames import Odd, OddFrames
from film.inspect.stutter import Stutter, stutters
from film.inspect.watch import Shrinker, StillStretch, Watcher, abrupt_stretches

_S = TypeVar("_S", StillStretch, Stutter, Flashing, Odd, Woven, Edges)
_LOOKS = 5
"""Times a second at which the luma itself is looked at."""
_WEIGHTS = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
"""Of red and of blue, by H.273's code of the matrix; others are BT.601's."""
_SD = (0.299, 0.114)


@dataclass(frozen=True)
class Looked:
    """What was seen, in frames of the film as they are shown."""

    frames: int = 0

    stretches: tuple[StillStretch, ...] = ()
    abrupt: frozenset[int] = frozenset()
    """First frames of the stretches of black, or of one colour, that begin and end at once and not by a fade."""
    stutters: tuple[Stutter, ...] = ()
    flashes: tuple[Flashing, ...] = ()
    odd: tuple[Odd, ...] = ()
    woven: Woven | None = None
    outside: Outside | None = None
    edges: tuple[Edges, ...] = ()
    said_woven: int = 0
    """Frames that say of themselves that they are made of fields."""

    def moved(self, shown: NDArray[np.int64]) -> Looked:
        """The same, where the k-th frame that was seen is ``shown[k]`` of the film."""
        last = len(shown) - 1

        def first(k: int) -> int:
            return int(shown[min(k, last)])

        def stop(k: int) -> int:
            return int(shown[min(max(k - 1, 0), last)]) + 1

        def spans(found: Iterable[_S]) -> tuple[_S, ...]:
            return tuple(replace(one, first=first(one.first), stop=stop(one.stop)) for one in found)

        return Looked(
            frames=last + 1,
            stretches=spans(self.stretches),
            abrupt=frozenset(first(k) for k in self.abrupt),
            stutters=spans(self.stutters),
            flashes=spans(self.flashes),
            odd=spans(self.odd),
            woven=next(iter(spans([self.woven] if self.woven else [])), None),
            outside=replace(self.outside, at=first(self.outside.at)) if self.outside else None,
            edges=spans(self.edges),
            said_woven=self.said_woven,
        )


class Looker:
    """Sees frames in the order they are shown.

    Args:
        rate: Frames a second.
        tags: What the film says of its colours.
        still: Frames from which a picture that stands still is told.
    """

    def __init__(self, rate: float, tags: Tags, still: int, width: int) -> None:
        self._rate = rate
        self._every = max(2, ceil(rate / _LOOKS))
        self._every += self._every % 5 == 0  # a pulldown comes round in five
        self._shrinker = Shrinker()
        self._watcher = Watcher(still)
        kr, kb = _WEIGHTS.get(tags.matrix, _SD)
        if tags.matrix not in (4, 5, 6) and tags.height >= 720:
            kr, kb = _WEIGHTS.get(tags.matrix, _WEIGHTS[1])
        self._flashes = Flashes(rate, transfer=tags.transfer, kr=kr, kb=kb)
        self._odd = OddFrames(rate)
        self._weave = Weave()
        self._range = None if tags.full_range or tags.is_rgb else Range()
        self._bars = Bars(width, full=tags.full_range)
        self._half = max(2 * self._every, round(rate / 2))
        self._before: Luma | None = None
        self._woven = 0
        self._count = 0

    def see(self, frame: VideoFrame) -> None:
        picture = self._shrinker.small(frame)
        self._watcher.see(picture[0])
        points = picture[:, ::2, ::2]
        self._flashes.see(points[0], points[1], points[2])
        self._odd.see(points)
        if frame.interlaced_frame:
            self._woven += 1
        self._look_close(frame)
        self._count += 1
        if self._count % self._half == 0:
            self._bars.close(self._count)

    def looked(self) -> Looked:
        watcher = self._watcher
        stretches = watcher.stretches()
        self._bars.close(self._count)
        return Looked(
            frames=self._count,
            stretches=tuple(stretches),
            abrupt=abrupt_stretches(stretches, watcher.changes, watcher.levels),
            stutters=tuple(stutters(watcher.changes, self._rate, watcher.slopes, watcher.likeness, watcher.levels)),
            flashes=tuple(self._flashes.found()),
            odd=tuple(self._odd.found()),
            woven=self._weave.found(self._count),
            outside=self._range.found() if self._range else None,
            edges=tuple(self._bars.found(self._count)),
            said_woven=self._woven,
        )

    def _look_close(self, frame: VideoFrame) -> None:
        place = self._count % self._every
        if place == self._every - 2:
            self._before = luma_of(frame)
        elif place == self._every - 1:
            luma = luma_of(frame)
            if luma is not None:
                if self._before is not None:
                    self._weave.see(self._count, self._before, luma)
                if self._range:
                    self._range.see(self._count, luma)
                self._bars.see(self._count, luma)
            self._before = None
