"""A bed of music: at its level, for as long as it is wanted, out of the way while somebody speaks.

    file ──(listen)──► level, length, shape ──► seam ──(read, again and again)──► fades ──► duck

Music that is too short for its film is played again. The seam is found in its shape: silence and the fading end are
left out, and of all overlaps the one is taken in which the beats of the end and of the beginning fall together. There
the two cross at one loudness, however alike they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from film.errors import ComposeError
from film.render.balance import MOST_GAIN
from film.render.ducking import Duck, Span
from film.render.fades import fade_down, fade_up, rise
from film.render.reading import ENVELOPE_RATE, Excerpt, Heard, Tape, listen, read
from film.render.sound import SAMPLE_RATE, SILENT, Samples
from film.render.soundplan import PlacedMusic

_STEP = SAMPLE_RATE // ENVELOPE_RATE
_HELD = 20 * SAMPLE_RATE
"""What is not longer is decoded once, and kept for its next round."""
_BLOCK = SAMPLE_RATE
_SHORTEST = SAMPLE_RATE // 2
_OVERLAP = (1.0, 4.0)
"""Seconds: the shortest and the longest crossing at a seam."""
_GONE, _ALMOST_GONE = -30.0, -12.0
"""dB under the music's own level: where a beginning is still silence, and an end already fades."""
_MOST_LEFT_OUT = 15
"""Seconds at either end, and never more than a quarter: music that is quiet for longer means it."""
_ATTACK, _RELEASE = SAMPLE_RATE * 2 // 5, SAMPLE_RATE


@dataclass(frozen=True)
class Seam:
    """In samples from where the music was first begun: its last one, where each new round begins, and how long the two
    are heard together."""

    end: int
    again: int
    overlap: int


class MusicBed:
    """Adds the music to blocks, which are asked for in order."""

    def __init__(self, placed: PlacedMusic, spoken: list[Span], tick: Callable[[], None]) -> None:
        music = placed.music
        self._excerpt = Excerpt(music.source.path, music.offset)
        wanted = placed.stop - placed.start
        heard = listen(read(replace(self._excerpt, length=wanted)), tick)
        loops = music.loop and heard.length < wanted
        if heard.length < _SHORTEST:
            raise ComposeError(
                f"{music.source.path.name} holds {heard.length / SAMPLE_RATE:.1f} s of music from "
                f"{float(music.offset):g} s on",
                hint="give a longer file, or a smaller offset",
            )
        self._start, self._stop = placed.start, placed.stop if loops else placed.start + min(wanted, heard.length)
        self._fades = placed.fade_in, placed.fade_out
        gain = np.clip(float(music.level) - heard.level, -MOST_GAIN, MOST_GAIN) if heard.level > SILENT else 0.0
        self._gain = 10 ** (gain / 20)
        self._duck = Duck(spoken, float(music.duck), attack=_ATTACK, release=_RELEASE)
        self._tape = Tape(self._rounds(seam(heard)) if loops else read(self._excerpt))

    def add_to(self, block: Samples, start: int) -> None:
        first, last = max(start, self._start), min(start + len(block), self._stop)
        if first >= last:
            return
        samples = self._tape.take(last - first)
        last = first + len(samples)
        samples = samples * (self._duck.gain(first, last - first) * self._gain).astype(np.float32)[:, None]
        fade_up(samples, first, self._start, self._fades[0])
        fade_down(samples, first, self._stop, self._fades[1])
        block[first - start : last - start] += samples

    def _rounds(self, seam: Seam) -> Iterator[Samples]:
        """The music, over and over."""
        held = _whole(replace(self._excerpt, length=seam.end)) if seam.end <= _HELD else None
        before: Samples | None = None
        begin = 0
        while True:
            if held is not None:
                tape = Tape(iter((held[begin:],)))
            else:
                tape = Tape(read(replace(self._excerpt, offset=self._excerpt.offset + Fraction(begin, SAMPLE_RATE))))
            left = seam.end - begin - seam.overlap
            if before is not None:
                yield crossed(before, tape.take(len(before)))
                left -= len(before)
            while left > 0:
                part = tape.take(min(_BLOCK, left))
                yield part
                left -= len(part)
            before, begin = tape.take(seam.overlap), seam.again


def seam(heard: Heard) -> Seam:
    """Where the music is best joined to its own beginning."""
    steps = heard.envelope.astype(np.float64)
    usual = float(np.sqrt(np.mean(steps**2))) if len(steps) else 0.0
    if len(steps) < 4 or usual == 0:
        return Seam(heard.length, 0, 0)
    smooth = np.sqrt(np.convolve(steps**2, np.full(20, 1 / 20), "same"))
    sounding = np.flatnonzero(smooth > usual * 10 ** (_GONE / 20))
    playing = np.flatnonzero(smooth > usual * 10 ** (_ALMOST_GONE / 20))
    spare = min(len(steps) // 4, _MOST_LEFT_OUT * ENVELOPE_RATE)
    again, end = min(int(sounding[0]), spare), max(int(playing[-1]) + 1, len(steps) - spare)
    room = end - again
    most = min(round(_OVERLAP[1] * ENVELOPE_RATE), room // 3)
    least = min(round(_OVERLAP[0] * ENVELOPE_RATE), most)
    overlap = _in_time(steps[:end], steps[again:], least, most)
    last = heard.length if end >= len(steps) else end * _STEP
    return Seam(last, again * _STEP, overlap * _STEP)


def crossed(before: Samples, after: Samples) -> Samples:
    """One sound into another over their whole length. The more alike the two are, the less of both is needed."""
    count = min(len(before), len(after))
    before, after = before[len(before) - count :], after[:count]
    up, down = rise(np.arange(count), count), rise(np.arange(count, 0, -1), count)
    loudest = float(np.sqrt(np.vdot(before, before) * np.vdot(after, after)))
    alike = max(0.0, float(np.vdot(before, after)) / loudest) if loudest else 0.0
    total = np.sqrt(up**2 + down**2 + 2 * alike * up * down)
    return (before * (down / total)[:, None] + after * (up / total)[:, None]).astype(np.float32)


def _in_time(ending: NDArray[np.float64], beginning: NDArray[np.float64], least: int, most: int) -> int:
    """The overlap, in steps, in which what strikes at the end strikes at the beginning, too."""
    if most < 8:
        return most
    end, begin = _strikes(ending[-most - 1 :]), _strikes(beginning[: most + 1])
    scores = {n: _alike(end[len(end) - n :], begin[:n]) for n in range(max(4, least), most + 1)}
    return max(scores, key=lambda n: (round(scores[n], 3), n))


def _strikes(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where it becomes louder, a hundredth of a second or two wide."""
    level = np.log(steps + 1e-4)
    louder = np.maximum(0.0, np.diff(level))
    return np.convolve(louder, (0.25, 0.5, 1.0, 0.5, 0.25), "same")


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    one, other = one - one.mean(), other - other.mean()
    both = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / both if both else 0.0


def _whole(excerpt: Excerpt) -> Samples:
    return np.concatenate(list(read(excerpt)))
