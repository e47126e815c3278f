"""What the cut is built from: one shot, its clip and its speech, and whether two shots play in the same scene."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from film.models import SpokenWord, TransitionKind
from film.timeline.clip import Fit, Slate
from film.timeline.source import Source

_SAYS_NOTHING_OF_THE_PLACE = frozenset({"interior", "exterior", "indoor", "indoors", "outdoor", "outdoors"})


@dataclass(frozen=True)
class ShotCut:
    """What the cut needs to know of one shot, which wants ``frames`` of the film.

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
    words: tuple[SpokenWord, ...] = ()
    ambience: str = ""
    transition: TransitionKind | None = None
    transition_seconds: Fraction | None = None
    slate: Slate | None = None
    fit: Fit = "fit"

    def speech_frames(self, rate: Fraction) -> int:
        return ceil(self.speech_samples * rate / self.speech_rate) if self.speech else 0


def same_scene(before: ShotCut, after: ShotCut) -> bool:
    """Whether place and time of day stay; what a shot does not say is taken to be unchanged."""
    here, there = _places(before), _places(after)
    moved = bool(here and there) and not here & there
    then, now = before.time_of_day.casefold(), after.time_of_day.casefold()
    return not moved and not (then and now and then != now)


def _places(cut: ShotCut) -> frozenset[str]:
    every = frozenset(place.casefold() for place in cut.landscapes)
    return every - _SAYS_NOTHING_OF_THE_PLACE or every
