"""Finds mains hum: 50 or 60 Hz and their multiples, steady for seconds.

    two seconds, every second            ──► spectrum ──► how far each multiple stands out of what is around it
    half seconds, the quietest of each six seconds ──► the same, in the pauses of who speaks      ──► Humming

Music has notes there, too, but none that stay for long at exactly these pitches: 98 Hz is a G, 100 Hz is none.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from film.inspect.channels import runs

WINDOW, HOP = 2.0, 1.0
"""Seconds."""
MAINS = (50, 60)
_MULTIPLES = 8
_OUT, _FAR_OUT = 15.0, 19.0
"""dB above what is around it: with others, and alone."""
_QUIET, _ALONE = -75.0, -62.0
"""dBFS that count at all."""
_SHARP = 4.0
"""Times what lies two hertz beside it."""
_TOGETHER = 3
_LEAST = 3
"""Windows: four seconds."""
_HOLE = 4
_OFTEN = 0.6
_STEADY = 2.0
"""dB by which the strongest may change."""


@dataclass(frozen=True)
class Humming:
    """``mains`` in Hz, ``level`` of the strongest multiple in dBFS."""

    mains: int
    start: float
    stop: float
    level: float


class _Pauses:
    """Hears half seconds; of each pitch it keeps what is there even at the quietest of some seconds."""

    WINDOW, EVERY, MANY = 0.5, 0.25, 24
    _QUIETEST = 15
    _OUT, _LEVEL = 10.0, -72.0

    def __init__(self, rate: int) -> None:
        self._size = round(self.WINDOW * rate)
        self._window = np.hanning(self._size).astype(np.float32)
        self._bin = rate / self._size
        self._top = round((MAINS[-1] * _MULTIPLES + 20) / self._bin)
        self._spectra: list[NDArray[np.float32]] = []
        self._seen = 0
        self.found: list[Humming] = []

    def hear(self, sound: NDArray[np.float32]) -> None:
        """The last two seconds; the second of them that is new is looked at."""
        step = round(self._size * self.EVERY / self.WINDOW)
        fresh = range(0 if not self._seen else sound.shape[1] // 2 - step, sound.shape[1] - self._size + 1, step)
        for first in fresh:
            part = sound[:, first : first + self._size] * self._window
            spectrum = np.fft.rfft(part, axis=1)[:, : self._top]
            self._spectra.append(((np.abs(spectrum) ** 2).max(axis=0) * (4 / self._size) ** 2).astype(np.float32))
            self._seen += 1
            if len(self._spectra) == self.MANY:
                self._judge()
                del self._spectra[: self.MANY // 2]

    def close(self) -> None:
        if self._spectra and self._seen < self.MANY and self._seen >= self.MANY // 2:
            self._judge()

    def _judge(self) -> None:
        quiet = np.percentile(np.stack(self._spectra), self._QUIETEST, axis=0) + 1e-14
        for mains in MAINS:
            levels = [self._level(quiet, mains * n) for n in range(1, _MULTIPLES + 1)]
            there = [level for level in levels if level is not None]
            if len(there) >= _TOGETHER and any(level is not None for level in levels[:2]):
                stop = (self._seen - 1) * self.EVERY + self.WINDOW
                start = max(0.0, stop - (len(self._spectra) - 1) * self.EVERY - self.WINDOW)
                self.found.append(Humming(mains, start, stop, max(there)))

    def _level(self, quiet: NDArray[np.floating], pitch: int) -> float | None:
        centre = round(pitch / self._bin)
        peak = float(quiet[centre])
        around = np.concatenate([quiet[centre - 7 : centre - 2], quiet[centre + 3 : centre + 8]])
        sharp = peak >= max(quiet[centre - 1], quiet[centre + 1])
        level = 10 * float(np.log10(peak))
        out = level - 10 * float(np.log10(np.median(around)))
        return level if sharp and out > self._OUT and level > self._LEVEL else None


class Hum:
    """Hears blocks of one loudness-weighted sound; keeps two seconds of it."""

    def __init__(self, rate: int) -> None:
        self._size = round(WINDOW * rate)
        self._window = np.hanning(self._size).astype(np.float32)
        self._filled = 0
        self._sound: NDArray[np.float32] | None = None
        self._bin = rate / self._size
        self._pauses = _Pauses(rate)
        self._levels = {mains: array("f") for mains in MAINS}
        self._outs = {mains: array("f") for mains in MAINS}

    def hear(self, waves: NDArray[np.float32]) -> None:
        """Any number of samples, one row a channel; the first two are looked at."""
        waves = waves[:2]
        if self._sound is None:
            self._sound = np.zeros((len(waves), self._size), np.float32)
        while waves.shape[1]:
            taken = min(waves.shape[1], self._size - self._filled)
            self._sound[:, self._filled : self._filled + taken] = waves[:, :taken]
            self._filled += taken
            waves = waves[:, taken:]
            if self._filled == self._size:
                self._look(self._sound)
                self._pauses.hear(self._sound)
                half = self._size // 2
                self._sound[:, : self._size - half] = self._sound[:, half:]
                self._filled = self._size - half

    def found(self) -> list[Humming]:
        self._pauses.close()
        found: list[Humming] = []
        for mains in MAINS:
            levels = np.array(self._levels[mains], np.float32).reshape(-1, _MULTIPLES)
            outs = np.array(self._outs[mains], np.float32).reshape(-1, _MULTIPLES)
            if not len(levels):
                continue
            here = (outs > _OUT) & (levels > _QUIET)
            several = (here.sum(axis=1) >= _TOGETHER) & here[:, :2].any(axis=1)
            alone = ((outs[:, :2] > _FAR_OUT) & (levels[:, :2] > _ALONE)).any(axis=1)
            humming = several | alone
            for first, stop in runs(humming, _HOLE):
                if int(humming[first:stop].sum()) < min(_LEAST, len(levels)) or len(levels) < 2:
                    continue
                steady = self._steady(levels[first:stop], here[first:stop] | (outs[first:stop] > _FAR_OUT))
                if steady is None:
                    continue
                end = (stop - 1) * HOP + WINDOW
                found.append(Humming(mains, first * HOP, end, steady))
        for hum in self._pauses.found:
            last = next((f for f in reversed(found) if f.mains == hum.mains and f.stop >= hum.start), None)
            if last is None:
                found.append(hum)
            elif last.stop < hum.stop:
                found[found.index(last)] = Humming(hum.mains, last.start, hum.stop, last.level)
        return sorted(found, key=lambda hum: hum.start)

    def _steady(self, levels: NDArray[np.float32], here: NDArray[np.bool_]) -> float | None:
        """The level of the strongest multiple that is nearly always there, and always as loud."""
        found: list[float] = []
        for multiple in np.flatnonzero(here.mean(axis=0) >= _OFTEN):
            level = levels[here[:, multiple], multiple]
            if float(np.percentile(level, 80) - np.percentile(level, 20)) <= _STEADY:
                found.append(float(np.median(level)))
        return max(found, default=None)

    def _look(self, sound: NDArray[np.float32]) -> None:
        top = round((MAINS[-1] * _MULTIPLES + 20) / self._bin)
        spectrum = np.fft.rfft(sound * self._window, axis=1)[:, :top]
        power = (np.abs(spectrum) ** 2).max(axis=0) * (4 / self._size) ** 2
        for mains in MAINS:
            for multiple in range(1, _MULTIPLES + 1):
                centre = round(mains * multiple / self._bin)
                off = 1 + (multiple > _MULTIPLES // 2)  # the mains keep their pitch to a fifth of a hertz
                peak = float(power[centre - off : centre + off + 1].max())
                lobe = float(
                    max(power[centre - off - 2 : centre - off].max(), power[centre + off + 1 : centre + off + 3].max())
                )
                near, far = round(3 / self._bin), round(11 / self._bin)
                around = np.concatenate([power[centre - far : centre - near], power[centre + near : centre + far]])
                floor = float(np.median(around)) + 1e-14
                beside = float(max(power[centre - 5 : centre - 3].max(), power[centre + 4 : centre + 6].max()))
                if peak < max(lobe, _SHARP * beside):
                    floor = peak  # the foot of another tone
                self._levels[mains].append(10 * np.log10(peak + 1e-14))
                self._outs[mains].append(10 * np.log10((peak + 1e-14) / floor))
