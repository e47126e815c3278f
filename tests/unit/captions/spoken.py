"""Films that say things, for the tests of captions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from film.models import SpokenWord
from film.timeline import ShotCut, Slate, Source, Timeline, build_timeline

RATE = Fraction(24)
CLIP, SPEECH = Source("a" * 64, Path("clip.mp4")), Source("b" * 64, Path("line.wav"), "audio")


def shot(
    number: int,
    text: str,
    *,
    seconds: float = 1,
    said_in: float | None = None,
    character: str = "emma",
    slated: bool = False,
    spoken: bool = True,
    words: tuple[SpokenWord, ...] = (),
) -> ShotCut:
    """A shot whose line is said in ``said_in`` seconds, by default at 15 letters a second."""
    takes = max(0.2, len(text) / 15) if said_in is None else said_in
    return ShotCut(
        f"shot_{number}",
        CLIP,
        frames=round(24 * seconds),
        source_frames=24 * 60,
        dialogue=text,
        character=character,
        speech=SPEECH if spoken and text else None,
        speech_samples=round(takes * 48_000),
        words=words,
        slate=Slate(f"{number:03}", "WIDE", text or None, "ANIMATIC") if slated else None,
    )


def film(*cuts: ShotCut, rate: Fraction = RATE) -> Timeline:
    return build_timeline(cuts, rate=rate, width=960, height=540, line_tail=Fraction(1, 5))


def lines_of(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in text.split("\n")]
