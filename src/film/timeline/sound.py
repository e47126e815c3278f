"""What is heard, and from which frame of the film on: speech, music, effects, the places, and how loud it all is.

Which file sounds when stands here; how it sounds is the affair of the mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from film.models import SpokenWord
from film.timeline.source import Source


@dataclass(frozen=True)
class Line:
    """Speech, placed at a frame of the film; ``frames`` is its length, rounded up."""

    source: Source
    start_frame: int
    frames: int
    text: str
    character: str
    shot_id: str
    words: tuple[SpokenWord, ...] = ()
    """When each word is heard, where the voice's maker says so."""


@dataclass(frozen=True)
class Music:
    """A bed of music from ``start_frame`` to the end of ``frames``; levels in LUFS and dB, seconds are exact."""

    source: Source
    start_frame: int
    frames: int
    level: Decimal
    duck: Decimal
    fade_in: int
    fade_out: int
    offset: Fraction = Fraction(0)
    loop: bool = True


@dataclass(frozen=True)
class EffectCue:
    """A sound effect from ``start_frame`` on, for as long as its file lasts; ``level`` in LUFS."""

    source: Source
    start_frame: int
    level: Decimal
    shot_id: str


@dataclass(frozen=True)
class SoundTarget:
    """``loudness`` in LUFS, None for the cut's own choice; ``true_peak`` in dBTP; ``clips_level`` in LUFS."""

    loudness: Decimal | None = None
    true_peak: Decimal = Decimal(-1)
    clips_level: Decimal = Decimal(-26)


@dataclass(frozen=True)
class Bed:
    """Ambience under a stretch of film; neighbours overlap where one fades out and the next one in."""

    kind: str
    start_frame: int
    frames: int
    seed: int
    fade_in: int = 0
    fade_out: int = 0
