"""Pictures seen between their pixels: bilinear sampling of whole planes, and laying them over each other.

    Stack (columns, planes, rows) ── across: taps in x ──► turned ── down: taps in y, some rows at once ──► a frame

This is what a camera move costs. Two passes of one axis each work on whole rows of small integers, of which a processor
does dozens at a time and its nearest memory holds many; so a stack keeps its columns first, and is turned between the
passes. Positions are exact to 1/128 of a pixel.

The first pass rounds down, which loses a quarter of a step of light in a usual picture: planes are to be given with
that much more. A mask goes from 0 to 128, so that differences of bytes, times it, fit sixteen bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Numbers = NDArray[np.int16]
Places = NDArray[np.intp]

OPAQUE = 128
"""A mask's value where nothing behind is seen."""
_BITS = 7
_STEPS = 1 << _BITS
_AT_ONCE, _TURN = 120_000, 128
"""Elements worked on at once, and columns turned at once: as many as the nearest memory holds."""
_SPARE = 12


@dataclass(frozen=True)
class Taps:
    """``count`` places along one axis, from ``start``, ``step`` pixels apart: the pixel before each, and how far on."""

    start: float
    step: float
    count: int

    @cached_property
    def places(self) -> Places:
        """In steps of 1/128 of a pixel."""
        places = self.start - 0.5 + self.step * (np.arange(self.count) + 0.5)
        return np.rint(places * _STEPS).astype(np.intp)

    @cached_property
    def first(self) -> Places:
        return self.places >> _BITS

    @cached_property
    def part(self) -> Numbers:
        """The share of the pixel after it, of 128, as a column."""
        return (self.places & (_STEPS - 1)).astype(np.int16)[:, None]

    def span(self, size: int) -> tuple[int, int]:
        """The pixels, of ``size``, that are looked at."""
        low = min(max(int(self.first[0]), 0), size - 1)
        return low, max(low + 1, min(int(self.first[-1]) + 2, size))


@dataclass(frozen=True)
class Lean:
    """Rows shifted against each other: by ``shift`` pixels in the first, by ``step`` more in each that follows."""

    shift: float
    step: float

    def of(self, rows: slice) -> Places:
        """The shifts of some rows, as a column, in steps of 1/128 of a pixel."""
        numbers: Places = np.arange(rows.start, rows.stop, dtype=np.intp)
        return np.rint((numbers + 0.5) * (self.step * _STEPS) + self.shift * _STEPS).astype(np.intp)[:, None]


@dataclass(frozen=True)
class Tone:
    """How what is sampled is changed before it is laid over: strength of the mask, of 128, and a table of values."""

    cover: int = OPAQUE
    table: Plane | None = None


PLAIN = Tone()


class Stack:
    """Planes of one size, with their mask if they have one, ready to be sampled."""

    def __init__(self, planes: Sequence[Plane], mask: Plane | None = None) -> None:
        given = [*planes, mask] if mask is not None else planes
        self.values: Plane = np.ascontiguousarray(np.stack([plane.T for plane in given], axis=1))
        self._kept: tuple[int, int, Plane] = (0, self.values.shape[2], self.values)

    def rows(self, low: int, high: int) -> tuple[int, Plane]:
        """The rows from ``low`` to ``high``, and a few more, in one piece of memory; and which the first of them is.

        A camera moves little from frame to frame, so what it sees is cut out only now and then.
        """
        first, after, values = self._kept
        if low < first or high > after or 5 * (high - low) < 4 * (after - first):
            first, after = max(0, low - _SPARE), min(self.values.shape[2], high + _SPARE)
            values = np.ascontiguousarray(self.values[:, :, first:after])
            self._kept = (first, after, values)
        return first, values


@dataclass(frozen=True)
class _Own:
    """Places counted through all rows: the pixel before each, and the share of the one after it, of 128."""

    before: Places
    part: Numbers

    @classmethod
    def of(cls, places: Places, width: int) -> _Own:
        before = np.clip(places >> _BITS, 0, width - 2)
        before += np.arange(0, len(places) * width, width, dtype=np.intp)[:, None]
        return cls(before, (places & (_STEPS - 1)).astype(np.int16))


@dataclass(frozen=True)
class _Rows:
    """Which rows of the sampled columns a few rows of the frame lie between."""

    seen: Plane
    first: Places
    part: Numbers
    own: _Own | None = None
    """Where each row has its own places across: those."""


class Sampler:
    """Lays stacks over planes. Holds the memory it works in, so each thread needs its own."""

    def __init__(self) -> None:
        self._held: dict[str, Plane] = {}
        self._last: dict[str, Plane] = {}

    def lay(
        self,
        over: Sequence[Plane],
        stack: Stack,
        x: Taps,
        y: Taps,
        *,
        mask_until: int = 0,
        tone: Tone = PLAIN,
        lean: Lean | None = None,
    ) -> None:
        """Lay the planes of ``stack`` over as many of one size, with its mask above row ``mask_until``, without below.

        ``over`` are parts of a frame, ``x.count`` wide and ``y.count`` high.
        """
        low, values = stack.rows(*y.span(stack.values.shape[2]))
        seen = self._turned(values if lean else self._across(values, x))
        edges = {*range(0, y.count, max(1, _AT_ONCE // x.count)), min(mask_until, y.count), y.count}
        for top, end in pairwise(sorted(edges)):
            rows = slice(top, end)
            own = _Own.of(x.places + lean.of(rows), seen.shape[2]) if lean else None
            found = _Rows(seen, y.first[rows] - low, y.part[rows], own)
            self._lay_rows([plane[rows] for plane in over], found, top < mask_until, tone)

    def veil(self, over: Sequence[Plane], values: Sequence[int], mask: Plane) -> None:
        """Lay an even value over each plane, as strongly as a small mask says, enlarged to it."""
        high, wide = mask.shape
        stack = mask.T.reshape(wide, 1, high)
        for plane, value in zip(over, values, strict=True):
            height, width = plane.shape
            x, y = Taps(0.0, wide / width, width), Taps(0.0, high / height, height)
            seen = self._turned(self._across(stack, x))
            for top in range(0, height, max(1, _AT_ONCE // width)):
                rows = slice(top, top + max(1, _AT_ONCE // width))
                found = self._down(_Rows(seen, y.first[rows], y.part[rows]), 0, "mask", rounding=True)
                cover = self._numbers("cover", found.shape)
                cover[:] = found
                self._mix(plane[rows], np.uint8(value), cover, plane[rows], rounding=True)

    def _lay_rows(self, over: Sequence[Plane], rows: _Rows, masked: bool, tone: Tone) -> None:
        cover = None
        if masked:
            mask = self._down(rows, -1, "mask", rounding=False)
            if not mask.any():
                return
            if tone.cover < OPAQUE or int(mask.min()) < OPAQUE:
                cover = self._numbers("cover", mask.shape)
                cover[:] = mask
                if tone.cover < OPAQUE:
                    cover *= tone.cover
                    cover >>= _BITS
        for number, plane in enumerate(over):
            light = self._down(rows, number, "light", rounding=True)
            if tone.table is not None:
                tone.table.take(light, out=light)
            if cover is None:
                plane[:] = light
            else:
                self._mix(plane, light, cover, plane, rounding=True)

    def _across(self, values: Plane, x: Taps) -> Plane:
        """All columns sampled at the places of ``x``."""
        columns, planes, rows = values.shape
        flat, out = values.reshape(columns, -1), self._bytes("across", (x.count, planes * rows))
        step = max(1, _AT_ONCE // (planes * rows))
        for left in range(0, x.count, step):
            some = slice(left, left + step)
            self._between(flat, x.first[some], x.part[some], out[some], rounding=False)
        return out.reshape(x.count, planes, rows)

    def _turned(self, values: Plane) -> Plane:
        """Columns, planes, rows as planes, rows, columns."""
        columns, planes, rows = values.shape
        out = self._bytes("turned", (planes, rows, columns))
        for left in range(0, columns, _TURN):
            out[:, :, left : left + _TURN] = values[left : left + _TURN].transpose(1, 2, 0)
        return out

    def _down(self, rows: _Rows, number: int, name: str, *, rounding: bool) -> Plane:
        """Some rows of a plane, in the memory of this name."""
        plane = rows.seen[number]
        if rows.own is None:
            out = self._bytes(name, (len(rows.first), plane.shape[1]))
            return self._between(plane, rows.first, rows.part, out, rounding=rounding)
        whole = self._bytes("whole", (len(rows.first), plane.shape[1]))
        self._between(plane, rows.first, rows.part, whole, rounding=False)
        before = rows.own.before
        out, after = self._bytes(name, before.shape), self._bytes("after", before.shape)
        whole.take(before, out=out, mode="clip")
        whole.take(before + 1, out=after, mode="clip")
        return self._mix(out, after, rows.own.part, out, rounding=rounding)

    def _between(self, values: Plane, first: Places, part: Numbers, out: Plane, *, rounding: bool) -> Plane:
        """What lies between row ``first`` and the next, for each of these."""
        values.take(first, 0, out, "clip")
        after = self._bytes("after", out.shape)
        values.take(first + 1, 0, after, "clip")
        return self._mix(out, after, part, out, rounding=rounding)

    def _mix(self, one: Plane, two: Plane | np.uint8, share: Numbers, out: Plane, *, rounding: bool) -> Plane:
        """``one`` with a share, of 128, of ``two``. The way from one to the other is added as a byte that wraps."""
        way = self._numbers("way", out.shape)
        np.subtract(two, one, out=way, dtype=np.int16)
        way *= share
        if rounding:
            way += _STEPS // 2
        way >>= _BITS
        step = self._bytes("step", out.shape)
        np.copyto(step, way, casting="unsafe")
        return np.add(one, step, out=out)

    def _bytes(self, name: str, shape: tuple[int, ...]) -> Plane:
        """Memory to work in, in one piece; what it held before is of no use any more."""
        last = self._last.get(name)
        if last is not None and last.shape == shape:
            return last
        size = math.prod(shape)
        held = self._held.get(name)
        if held is None or held.size < size:
            held = self._held[name] = np.empty(size, np.uint8)
        last = self._last[name] = held[:size].reshape(shape)
        return last

    def _numbers(self, name: str, shape: tuple[int, ...]) -> Numbers:
        return self._bytes(name, (*shape[:-1], 2 * shape[-1])).view(np.int16)
