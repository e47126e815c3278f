"""Finds single frames, and two or three of them, that do not belong where they are: a black, a white, a green one.

    … A A [X] A A …    X is far from both its neighbours, and they are near to each other

What is black or of one colour between two different shots is a stretch of its own (``watch``); this is about pictures
within one. A light that really flashes does the same: whoever looks at it knows.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Mean = tuple[float, float, float]
Kind = Literal["black", "white", "colour", "picture"]
LONGEST = 0.2
"""Seconds for which a picture is a slip; longer is a shot."""
_FAR = 10.0
"""Levels from both its neighbours."""
_NEAR = 0.35
"""Of that, how far these may be from each other: what moves goes on while the odd one is there."""
_DARK, _BRIGHT = 14.0, 225.0
_TINT = 10.0
"""Levels of chroma, on the mean, by which a wrong colour is one."""
_LEAP = 14.0
"""Levels by which the mean colour leaps, over all three planes."""
_UNLIKE = 0.6
"""Correlation with the neighbour below which a picture shows something else."""


@dataclass(frozen=True)
class Odd:
    """Frames ``first`` to ``stop``."""

    kind: Kind
    first: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.first


class OddFrames:
    """Sees small pictures, of (luma, cb, cr) along the first axis, in the order they are shown."""

    def __init__(self, rate: float) -> None:
        self._most = max(1, min(12, int(LONGEST * rate)))
        self._kept: deque[Picture] = deque(maxlen=self._most + 2)
        self._steps: deque[float] = deque(maxlen=self._most + 2)
        self._means: deque[Mean] = deque(maxlen=self._most + 2)
        self._count = 0
        self._free = 0
        """The first frame that no slip has been told of."""
        self._found: list[Odd] = []

    def see(self, picture: Picture) -> None:
        if self._kept and self._kept[-1].shape != picture.shape:
            self._kept.clear()
            self._steps.clear()
            self._means.clear()
        step = _apart(picture, self._kept[-1]) if self._kept else 0.0
        self._kept.append(picture)
        self._steps.append(step)
        luma, cb, cr = picture.reshape(3, -1).mean(axis=1).tolist()
        self._means.append((luma, cb, cr))
        if step > _FAR:
            self._judge(step)
        self._count += 1

    def found(self) -> list[Odd]:
        return self._found

    def _judge(self, back: float) -> None:
        """This frame may be the first after a slip: one of the last ones then began with as large a step."""
        kept, steps = self._kept, self._steps
        for frames in range(1, min(self._most, len(kept) - 2) + 1):
            into = steps[-1 - frames]
            first = self._count - frames
            if into <= _FAR or first < self._free:
                continue
            before, after, odd = kept[-2 - frames], kept[-1], kept[-1 - frames]
            comes_back = _apart(before, after) <= _NEAR * min(into, back)
            # what changes within is no one slip
            comes_back &= max(list(steps)[-frames:-1], default=0.0) <= 0.5 * min(into, back)
            if not comes_back and not _is_tinted(list(self._means)[-2 - frames :]):
                continue
            kind = _kind(odd, before)
            if kind and (comes_back or kind == "colour"):
                self._found.append(Odd(kind, first, self._count))
                self._free = self._count
            return


def _is_tinted(means: list[Mean]) -> bool:
    """Whether the mean colour leaps and comes back, however fast the picture moves: of the frame before, and on."""
    before, *odd, after = means
    leap = min(_leap(mean, other) for mean in odd for other in (before, after))
    within = max(_leap(mean, odd[0]) for mean in odd)
    return leap > _LEAP and _leap(before, after) < 0.3 * leap and within < 0.5 * leap


def _leap(one: Mean, other: Mean) -> float:
    """Levels from one mean colour to the other."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def _kind(odd: Picture, before: Picture) -> Kind | None:
    level, usual = (float(picture.reshape(3, -1).mean(axis=1).tolist()[0]) for picture in (odd, before))
    if level < _DARK and int(np.count_nonzero(odd[0] < _DARK)) > 0.95 * odd[0].size:
        return "black"
    tints: list[float] = [abs(float(odd[plane].mean()) - float(before[plane].mean())) for plane in (1, 2)]
    if max(tints) > _TINT:
        return "colour"
    if level > _BRIGHT or level > usual + 40:
        return "white"
    if float(odd[0].std()) < 2.0 or _likeness(odd[0], before[0]) < _UNLIKE:
        return "picture"
    return None


def _apart(one: Picture, other: Picture) -> float:
    apart = np.abs(one - other).mean(axis=(1, 2))
    return float(apart[0] + apart[1] + apart[2])


def _likeness(one: Picture, other: Picture) -> float:
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
