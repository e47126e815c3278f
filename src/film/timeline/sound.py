"""What is heard, and from which frame of the film on: speech, music, effects, the places, and how loud it all is.

Which file sounds when stands here; how it sounds is the affair of the mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from film.models import SpokenWord
from film.timeline.source import Source


@dataclass(frozen=True)
class SpokenTurn:
    """What one character says in a dialogue, from ``start`` seconds of its sound on."""

    character: str
    text: str
    start: Fraction


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
    source_in: Fraction = Fraction(0)
    """Seconds into its sound at which the voice begins; words, turns and spans count from there."""
    spoken: tuple[tuple[int, int], ...] = ()
    """From and to which millisecond somebody speaks; empty where nobody has listened."""
    turns: tuple[SpokenTurn, ...] = ()
    """Of a dialogue between several, who says what from when on; empty where one character speaks."""

    def by_turns(self, rate: Fraction) -> tuple[Line, ...]:
        """A line for each turn, at its place in the film; itself where one character speaks."""
        if len(self.turns) < 2:
            return (self,)
        found: list[Line] = []
        for turn, after in zip(self.turns, (*self.turns[1:], None), strict=True):
            first = min(round(turn.start * rate), self.frames - 1)
            stop = max(first + 1, round(after.start * rate)) if after else self.frames
            until = after.start if after else None
            words = tuple(
                word.model_copy(update={"start": word.start - float(turn.start), "end": word.end - float(turn.start)})
                for word in self.words
                if word.start >= turn.start and (until is None or word.start < until)
            )
            made = replace(self, start_frame=self.start_frame + first, frames=max(1, stop - first))
            spoken = within(self.spoken, round(turn.start * 1000), None if until is None else round(until * 1000))
            found.append(replace(made, text=turn.text, character=turn.character, words=words, spoken=spoken, turns=()))
        return tuple(found)


def within(spans: Sequence[tuple[int, int]], first: int, stop: int | None = None) -> tuple[tuple[int, int], ...]:
    """What of ``spans`` lies from millisecond ``first`` to ``stop``, counted from ``first``."""
    cut = ((max(a, first), b if stop is None else min(b, stop)) for a, b in spans)
    return tuple((a - first, b - first) for a, b in cut if a < b)


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
    offset: Fraction = Fraction(0)
    """Seconds that it begins after that frame, below 0 before it: sound knows no frames."""


@dataclass(frozen=True)
class SoundTarget:
    """``loudness`` in LUFS, None for the cut's own choice; ``true_peak`` in dBTP; ``clips_level`` in LUFS."""

    loudness: Decimal | None = None
    true_peak: Decimal = Decimal(-1)
    clips_level: Decimal = Decimal(-26)
    dialogue: bool = False
    """Whether ``loudness`` is that of what is spoken, as cinemas and some services measure it."""
    channels: int = 2
    """Of the film's mix: 2, or 6 for 5.1."""


@dataclass(frozen=True)
class Bed:
    """Ambience under a stretch of film; neighbours overlap where one fades out and the next one in."""

    kind: str
    start_frame: int
    frames: int
    seed: int
    fade_in: int = 0
    fade_out: int = 0
