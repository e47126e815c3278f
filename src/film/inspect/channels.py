"""Looks at each channel for itself, a quarter of a second at a time: direct current, opposite sides, dead ones.

blocks ──► Channels.hear ──► mean, power and product of each ──► Channel faults, with where they are
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Waves = NDArray[np.float32]
"""One row a channel, 1 is full scale."""
BLOCK = 0.25
"""Seconds."""
_DC, _STEADY = 0.012, 0.3
"""Of full scale; and of itself, what it may change from block to block: rumble goes up and down."""
_DC_BLOCKS, _CLEAR_DC = 3, 0.03
_AGAINST, _AGAINST_BLOCKS = -0.9, 4
_DEAD, _DEAD_BLOCKS = 10 ** (-75 / 20), 4
_LOUD = 10 ** (-50 / 20)
_ALIVE = 10 ** (-60 / 20)
_ALIVE_SHARE = 0.15
"""Of the film, in which a channel must be heard before its silence is a fault."""
_SAME = 2e-5
"""-47 dB: what is left of the difference where two channels carry one sound."""
_STEREO = 2
_LOW = {6: 3, 8: 3}
"""Which channel is that of low frequencies: many films have nothing for it, and none must."""


@dataclass(frozen=True)
class ChannelFault:
    """Seconds from the track's beginning, None for the whole of it; ``level`` is what the kind says."""

    kind: Literal["dc", "against", "dead", "mono"]
    channel: int
    start: float | None
    stop: float | None
    level: float = 0.0


class Channels:
    """Hears blocks of equal length, ``seconds`` each, in order."""

    def __init__(self, channels: int, seconds: float = BLOCK) -> None:
        self._channels, self._seconds = channels, seconds
        self._means, self._powers = array("f"), array("f")
        self._cross, self._apart = array("f"), array("f")

    def hear(self, waves: Waves) -> None:
        length = waves.shape[1]
        self._means.extend(waves.mean(axis=1).tolist())
        self._powers.extend((np.einsum("ij,ij->i", waves, waves) / length).tolist())
        if self._channels == _STEREO:
            left, right = waves
            self._cross.append(float(left @ right) / length)
            apart = left - right
            self._apart.append(float(apart @ apart) / length)

    def faults(self) -> list[ChannelFault]:
        means = np.array(self._means, np.float32).reshape(-1, self._channels)
        powers = np.array(self._powers, np.float32).reshape(-1, self._channels)
        if not len(means):
            return []
        found = [*self._direct_current(means), *self._dead(np.sqrt(powers))]
        if self._channels == _STEREO:
            found += self._sides(powers)
        return found

    def _direct_current(self, means: NDArray[np.float32]) -> Iterator[ChannelFault]:
        for channel in range(self._channels):
            mean = means[:, channel]
            for first, stop in runs(np.abs(mean) > _DC, 1):
                level = float(np.median(mean[first:stop]))
                near = np.abs(mean[first:stop] - level) < _STEADY * abs(level)
                whole = stop - first >= 0.95 * len(mean)
                clear = whole or abs(level) > _CLEAR_DC  # wind and rumble are off their middle for a while, too
                if stop - first >= min(_DC_BLOCKS, len(mean)) and clear and float(near.mean()) > 0.6:
                    yield self._fault("dc", channel, None if whole else (first, stop), level)

    def _dead(self, levels: NDArray[np.float32]) -> Iterator[ChannelFault]:
        if self._channels < _STEREO:
            return
        loudest = levels.max(axis=1)
        heard = loudest > _LOUD
        for channel in range(self._channels):
            level = levels[:, channel]
            dead = level < _DEAD
            if bool(dead.all()):
                if self._channels > _STEREO and heard.any() and channel != _LOW.get(self._channels):
                    yield self._fault("dead", channel, None, 0.0)
                continue
            if float(np.mean(level > _ALIVE)) < _ALIVE_SHARE:
                continue
            for first, stop in runs(dead & heard, 1):
                if stop - first >= _DEAD_BLOCKS:
                    yield self._fault("dead", channel, (first, stop), 0.0)

    def _fault(
        self, kind: Literal["dc", "against", "dead"], channel: int, span: tuple[int, int] | None, level: float
    ) -> ChannelFault:
        if span is None:
            return ChannelFault(kind, channel, None, None, level)
        return ChannelFault(kind, channel, span[0] * self._seconds, span[1] * self._seconds, level)

    def _sides(self, powers: NDArray[np.float32]) -> Iterator[ChannelFault]:
        cross, apart = np.array(self._cross, np.float32), np.array(self._apart, np.float32)
        both = np.sqrt(powers[:, 0] * powers[:, 1])
        loud = powers.min(axis=1) > _LOUD**2
        total = float(powers.sum())
        if total > 0 and float(apart.sum()) < _SAME * total:
            yield ChannelFault("mono", 0, None, None)
        against = loud & (cross < _AGAINST * both)
        for first, stop in runs(against | ~loud, 1):  # through the pauses
            places = first + np.flatnonzero(against[first:stop])
            if _AGAINST_BLOCKS <= len(places) < 0.95 * int(loud.sum()):
                span = int(places[0]), int(places[-1]) + 1
                yield self._fault("against", 0, span, 0.0)


def runs(where: NDArray[np.bool_], gap: int) -> Iterator[tuple[int, int]]:
    """(first, stop) of what is true in a row, holes of fewer than ``gap`` let through."""
    edges = np.flatnonzero(np.diff(where.astype(np.int8), prepend=0, append=0))
    spans = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    merged: list[tuple[int, int]] = []
    for first, stop in spans:
        if merged and first - merged[-1][1] < gap:
            merged[-1] = merged[-1][0], stop
        else:
            merged.append((first, stop))
    yield from merged
