"""Listens closer: gathers sound into blocks of a quarter of a second and hands them to whoever looks for faults.

    samples ──► blocks ──► Channels, Hum, Breaks ──► Close: what is wrong with which channel, and where

A pass of its own beside loudness and silence, for a glance at a draft goes without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from film.inspect.breaks import Break, Breaks
from film.inspect.channels import BLOCK, ChannelFault, Channels
from film.inspect.flat_tops import FlatTop, FlatTops
from film.inspect.hum import Hum, Humming

Waves = NDArray[np.float32]
_MOST = 8
"""Channels that are looked at."""


@dataclass(frozen=True)
class Close:
    """Times in seconds of sound that were heard, without the holes of its clock."""

    channels: int = 0
    faults: tuple[ChannelFault, ...] = ()
    hums: tuple[Humming, ...] = ()
    dropouts: tuple[Break, ...] = ()
    clicks: tuple[Break, ...] = ()
    flat: tuple[FlatTop, ...] = ()


class Closer:
    """Hears samples, one row a channel and 1 as full scale, in parts of any length."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        millisecond = max(1, round(rate / 1000))
        self._size = max(millisecond, round(BLOCK * rate) // millisecond * millisecond)
        self._block: Waves | None = None
        self._filled = 0
        self._hum = Hum(rate)
        self._breaks = Breaks(rate)
        self._flat = FlatTops(rate)
        self._channels: Channels | None = None

    def hear(self, waves: Waves) -> None:
        waves = waves[:_MOST]
        if self._block is None:
            self._block = np.zeros((len(waves), self._size), np.float32)
            self._channels = Channels(len(waves), self._size / self._rate)
        if len(waves) != len(self._block):
            return  # a track that changes its form midway is told by its length
        while waves.shape[1]:
            taken = min(waves.shape[1], self._size - self._filled)
            self._block[:, self._filled : self._filled + taken] = waves[:, :taken]
            self._filled += taken
            waves = waves[:, taken:]
            if self._filled == self._size:
                self._hand_on(self._block)
                self._filled = 0

    def close(self) -> Close:
        if self._block is None or self._channels is None:
            return Close()
        if self._filled:
            self._breaks.hear(self._block[:, : self._filled])
            self._flat.hear(self._block[:, : self._filled])
            self._hum.hear(self._block[:, : self._filled])
        return Close(
            channels=len(self._block),
            faults=tuple(self._channels.faults()),
            hums=tuple(self._hum.found()),
            dropouts=tuple(sorted(self._breaks.dropouts, key=lambda b: b.start)),
            clicks=tuple(sorted(self._breaks.clicks, key=lambda b: b.start)),
            flat=tuple(self._flat.found()),
        )

    def _hand_on(self, block: Waves) -> None:
        assert self._channels is not None
        self._channels.hear(block)
        self._hum.hear(block)
        self._breaks.hear(block)
        self._flat.hear(block)
