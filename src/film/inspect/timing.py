"""The times of a film's pictures, from its packets alone: nothing is decoded.

    packets ──► Packets.add ──► Timing: frames, rate, gaps, repeats, order, first and last moment

Times are whole ticks of the track's own clock. A handful of bytes is kept for every frame, so that an hour takes a few
megabytes.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.packet import Packet

_CLOCK_NOISE = 0.25
"""Share of a frame by which a time may be rounded: Matroska counts in milliseconds."""
_VARIABLE = 0.05
"""With more odd steps than this, the film has no one rate, and its steps are no faults."""


@dataclass(frozen=True)
class Jump:
    """Where shown times leave the beat: ``frames`` is how many are missing (or, below 0, too many)."""

    at: Fraction
    frames: float


@dataclass(frozen=True)
class Timing:
    frames: int
    rate: Fraction
    """Frames a second as counted; 0 where there is no one rate."""
    start: Fraction
    stop: Fraction
    jumps: tuple[Jump, ...]
    disorder: tuple[Fraction, ...]
    """Where decoding times do not rise."""
    repeated: tuple[Fraction, ...]
    """Where two frames are shown at once."""
    untimed: int
    """Frames that say no time."""
    variable: bool
    times: NDArray[np.int64]
    """Every frame's time in ticks of ``base``, in the order they are shown."""
    sizes: NDArray[np.int64]
    """Bytes of each, in the same order."""
    keys: NDArray[np.bool_]
    base: Fraction


class Packets:
    """Collects what packets say of themselves."""

    def __init__(self, base: Fraction, nominal: Fraction) -> None:
        self._base = base
        self._nominal = nominal
        self._shown, self._decoded, self._sizes = array("q"), array("q"), array("q")
        self._keys = bytearray()
        self._longest_last = 0
        self._last_shown: int | None = None
        self.untimed = 0

    def add(self, packet: Packet[Any]) -> None:
        if not packet.size or packet.is_discard:
            return
        if packet.pts is None:
            self.untimed += 1
            return
        self._shown.append(packet.pts)
        self._decoded.append(packet.dts if packet.dts is not None else packet.pts)
        self._sizes.append(packet.size)
        self._keys.append(packet.is_keyframe)
        if self._last_shown is None or packet.pts >= self._last_shown:
            self._last_shown, self._longest_last = packet.pts, packet.duration or 0

    def timing(self) -> Timing:
        shown = np.array(self._shown, np.int64)
        order = np.argsort(shown, kind="stable")
        times = shown[order]
        decoded = np.array(self._decoded, np.int64)
        steps = np.diff(times)
        unit = self._unit(steps)
        odd = np.abs(steps / unit - np.round(steps / unit)) > _CLOCK_NOISE if unit else np.zeros(len(steps), bool)
        skips = np.round(steps / unit) if unit else np.ones(len(steps))
        uneven = odd | (skips > 1) | ((skips < 1) & (steps > 0))
        variable = len(steps) > 1 and (bool(uneven.all()) or (len(steps) > 8 and float(np.mean(uneven)) > _VARIABLE))
        jumps: list[Jump] = []
        if unit and not variable:
            for place in np.flatnonzero(uneven & (steps > 0)):
                jumps.append(Jump(self._seconds(times[place]) + Fraction(unit) * self._base, steps[place] / unit - 1))
        last = self._longest_last or round(unit)
        rate = 1 / (Fraction(unit).limit_denominator(100_000) * self._base) if unit and not variable else Fraction(0)
        return Timing(
            frames=len(times),
            rate=_nice(rate, self._nominal),
            start=self._seconds(times[0]) if len(times) else Fraction(0),
            stop=self._seconds(times[-1] + last) if len(times) else Fraction(0),
            jumps=tuple(jumps),
            disorder=tuple(self._seconds(self._shown[int(i) + 1]) for i in np.flatnonzero(np.diff(decoded) <= 0)),
            repeated=tuple(self._seconds(times[int(i)]) for i in np.flatnonzero(steps == 0)),
            untimed=self.untimed,
            variable=variable,
            times=times,
            sizes=np.array(self._sizes, np.int64)[order],
            keys=np.frombuffer(bytes(self._keys), np.uint8).astype(bool)[order],
            base=self._base,
        )

    def _unit(self, steps: NDArray[np.int64]) -> float:
        """Ticks of one frame: the rate that the file declares if its steps keep to it, else the usual step."""
        if not len(steps) or not (positive := steps[steps > 0]).size:
            return float(1 / (self._nominal * self._base)) if self._nominal and self._base else 0.0
        usual = float(np.median(positive))
        near = positive[np.abs(positive - usual) <= max(1.0, 0.1 * usual)]
        return float(near.mean()) if near.size else usual  # with two lengths in equal parts the median is neither

    def _seconds(self, ticks: Any) -> Fraction:
        return int(ticks) * self._base


def _nice(rate: Fraction, nominal: Fraction) -> Fraction:
    """The declared rate where the counted one is the same but for the rounding of a coarse clock."""
    if nominal and rate and abs(rate / nominal - 1) < Fraction(1, 500):
        return nominal
    for known in (Fraction(n) for n in (24, 25, 30, 48, 50, 60)):
        for candidate in (known, known * 1000 / 1001):
            if rate and abs(rate / candidate - 1) < Fraction(1, 2500):
                return candidate
    return rate.limit_denominator(1001)
