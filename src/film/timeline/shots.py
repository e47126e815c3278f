"""What the cut is built from: one shot, its clip and its speech, and whether two shots play in the same scene."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Protocol

from film.models import SpokenWord
from film.timeline.clip import Fit, Slate
from film.timeline.sound import SpokenTurn
from film.timeline.source import Source
from film.transitions import TransitionKind

_SAYS_NOTHING_OF_THE_PLACE = frozenset({"interior", "exterior", "indoor", "indoors", "outdoor", "outdoors"})


@dataclass(frozen=True)
class ShotCut:
    """What the cut needs to know of one shot, which wants ``frames`` of the film.

    ``seconds`` is what it wants exactly, where that is known: it may then get a frame more or less, so that cuts stay
    where their seconds add up to. ``made_to_fit``: its clip was made here, for nothing, with room for its line.
    ``source_frames`` is what its clip has, counted at the film's rate; None for a still, which lasts as long as
    it is looked at. ``transition`` is how the shot goes over into the next one, in ``transition_seconds``; None leaves
    either to the film's default.
    """

    shot_id: str
    source: Source
    frames: int
    source_frames: int | None = None
    number: str = ""
    landscapes: tuple[str, ...] = ()
    time_of_day: str = ""
    dialogue: str = ""
    character: str = ""
    speech: Source | None = None
    speech_samples: int = 0
    speech_rate: int = 48_000
    spoken: tuple[tuple[int, int], ...] = ()
    """Of its sound, from and to which millisecond somebody speaks; empty where nobody has listened: all of it counts.
    """
    words: tuple[SpokenWord, ...] = ()
    turns: tuple[SpokenTurn, ...] = ()
    ambience: str = ""
    transition: TransitionKind | None = None
    transition_seconds: Fraction | None = None
    slate: Slate | None = None
    fit: Fit = "fit"
    seconds: Fraction | None = None
    made_to_fit: bool = False
    title: str = ""
    """The words of a title, which is nothing but them."""

    def exact_frames(self, rate: Fraction) -> Fraction:
        """What it wants of the film, in frames that need not be whole."""
        return Fraction(self.frames) if self.seconds is None else self.seconds * rate

    @property
    def speech_in(self) -> Fraction:
        """Seconds into its sound at which the voice begins."""
        return Fraction(self.spoken[0][0], 1000) if self.spoken else Fraction(0)

    @property
    def speech_seconds(self) -> Fraction:
        """From the first sound of the voice to its last, whatever quiet its file has around them."""
        whole = Fraction(self.speech_samples, self.speech_rate)
        return (
            max(Fraction(0), min(whole, Fraction(self.spoken[-1][1], 1000)) - self.speech_in) if self.spoken else whole
        )

    def speech_frames(self, rate: Fraction) -> int:
        return ceil(self.speech_seconds * rate) if self.speech else 0


class PlacedShot(Protocol):
    """A shot, as written or as cut: where and when it plays, and how it goes over into the next."""

    @property
    def landscapes(self) -> tuple[str, ...]: ...
    @property
    def time_of_day(self) -> str | None: ...
    @property
    def transition(self) -> TransitionKind | None: ...
    @property
    def title(self) -> object: ...


def same_scene(before: PlacedShot, after: PlacedShot) -> bool:
    """Whether place and time of day stay; what a shot does not say is taken to be unchanged."""
    here, there = _places(before), _places(after)
    moved = bool(here and there) and not here & there
    then, now = ((shot.time_of_day or "").casefold() for shot in (before, after))
    return not moved and not (then and now and then != now)


def _places(cut: PlacedShot) -> frozenset[str]:
    every = frozenset(place.casefold() for place in cut.landscapes)
    return every - _SAYS_NOTHING_OF_THE_PLACE or every
