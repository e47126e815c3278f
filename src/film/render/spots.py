"""Sounds that belong to a moment: effects under a shot, and what the clips themselves bring along.

    PlacedEffect ──► effects ─┐
    PlacedClip   ──► clips ───┴─► Spot: excerpt, gain, ramps ──► Spots.add_to(block)

Each is heard through once to know how loud and how long it is, then opened when it begins and closed when it is over;
none is in memory as a whole, be it rain for ten hours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from film.errors import ComposeError
from film.render.balance import MOST_GAIN, MOST_LIFT_OF_CLIPS
from film.render.fades import fade_down, fade_up
from film.render.reading import Excerpt, Heard, Tape, listen, read
from film.render.sound import SAMPLE_RATE, SILENT, Samples
from film.render.soundplan import CUT_BLEND, PlacedClip, PlacedEffect, Ramp

_EDGE = SAMPLE_RATE // 250
"""A sound that begins or ends in the middle of a wave would click: this is too short to be heard as a fade."""
_END_FADE = SAMPLE_RATE // 2
"""An effect that outlasts the film goes down with it."""


@dataclass(frozen=True)
class Spot:
    """An excerpt from sample ``start`` to ``stop`` of the film, at ``gain``, coming and going as its ramps say."""

    start: int
    stop: int
    excerpt: Excerpt
    gain: float
    rises: tuple[Ramp, ...]
    falls: tuple[Ramp, ...]


class Spots:
    """Adds them to blocks, which are asked for in order."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._ahead = deque(sorted(spots, key=lambda spot: spot.start))
        self._sounding: list[tuple[Spot, Tape]] = []

    def add_to(self, block: Samples, start: int) -> None:
        stop = start + len(block)
        while self._ahead and self._ahead[0].start < stop:
            spot = self._ahead.popleft()
            self._sounding.append((spot, Tape(read(spot.excerpt))))
        for spot, tape in self._sounding:
            first, last = max(start, spot.start), min(stop, spot.stop)
            samples = tape.take(last - first) * np.float32(10 ** (spot.gain / 20))
            for ramp in spot.rises:
                fade_up(samples, first, ramp.start, ramp.length)
            for ramp in spot.falls:
                fade_down(samples, first, ramp.start + ramp.length, ramp.length)
            block[first - start : first - start + len(samples)] += samples
        self._sounding = [(spot, tape) for spot, tape in self._sounding if spot.stop > stop]


def effects(placed: Sequence[PlacedEffect], tick: Callable[[], None]) -> list[Spot]:
    """Each at its level, to its own end or the film's."""
    found: list[Spot] = []
    for effect in placed:
        excerpt = Excerpt(effect.cue.source.path, length=effect.stop - effect.start)
        heard = listen(read(excerpt), tick)
        if not heard.length:
            raise ComposeError(f"{effect.cue.source.path.name} holds no sound", hint="give the effect another file")
        if heard.level > SILENT:
            cut_short = heard.length >= effect.stop - effect.start
            found.append(
                Spot(
                    effect.start,
                    effect.start + heard.length,
                    excerpt,
                    _levelled(heard, float(effect.cue.level), MOST_GAIN),
                    rises=(Ramp(effect.start, _EDGE),),
                    falls=(_last(effect.start, heard, _END_FADE if cut_short else _EDGE),),
                )
            )
    return found


def clips(placed: Sequence[PlacedClip], level: float, tick: Callable[[], None]) -> list[Spot]:
    """Each brought near to ``level``; a clip whose sound is silence is as one that has none."""
    found: list[Spot] = []
    for clip in placed:
        excerpt = Excerpt(clip.source.path, clip.offset, clip.stop - clip.start, clip.speed, with_picture=True)
        heard = _heard_of_clip(excerpt, tick)
        if heard.level > SILENT:
            found.append(
                Spot(
                    clip.start,
                    clip.start + heard.length,
                    replace(excerpt, length=heard.length),
                    _levelled(heard, level, MOST_LIFT_OF_CLIPS),
                    rises=(clip.rise,),
                    falls=(clip.fall, _last(clip.start, heard, CUT_BLEND)),
                )
            )
    return found


def _heard_of_clip(excerpt: Excerpt, tick: Callable[[], None]) -> Heard:
    try:
        return listen(read(excerpt), tick)
    except ComposeError as error:
        hint = 'make the shot again, or leave the clips\' own sound out: sound.clips = "drop"'
        raise ComposeError(f"the clip's own sound cannot be used: {error.message}", hint=hint) from error


def _levelled(heard: Heard, level: float, most_lift: float) -> float:
    return min(most_lift, max(-MOST_GAIN, level - heard.level))


def _last(start: int, heard: Heard, length: int) -> Ramp:
    """The end of what there really is."""
    length = min(length, heard.length // 2)
    return Ramp(start + heard.length - length, length)
