"""What is seen: frames of one source, how they are laid into the picture, and what is written over them.

Nothing here knows where in the film it stands; a clip that moves stays the same clip, and so do its encoded pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from film.errors import ComposeError
from film.timeline.source import Source

Fit = Literal["fit", "fill", "blur"]


@dataclass(frozen=True)
class Caption:
    """Words to read, in one or two lines, from ``start_frame`` for ``frames``."""

    start_frame: int
    frames: int
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Slate:
    """What is written over a shot that is still a draft."""

    number: str
    label: str
    dialogue: str | None = None
    badge: str = ""
    pages: tuple[Caption, ...] = ()
    """Dialogue too long to be shown at once, page by page, counted from the clip's first frame; else none."""


@dataclass(frozen=True)
class Grade:
    """What is done to a clip's picture before it is shown, in this order.

    ``gain`` multiplies linear red, green and blue, to match neighbouring shots; ``lut`` is a .cube file mixed in at
    ``lut_strength``; ``grain`` is its strength, 0 to 1, and ``grain_seed`` makes it the same every time.
    """

    gain: tuple[Fraction, Fraction, Fraction] = (Fraction(1), Fraction(1), Fraction(1))
    lut: Source | None = None
    lut_strength: Fraction = Fraction(1)
    grain: Fraction = Fraction(0)
    grain_seed: int = 0


@dataclass(frozen=True)
class Clip:
    """``frames`` of film made from one source.

    Film frame ``k`` shows the source at ``source_in + k * speed``, counted at the film's rate; the last
    ``hold`` frames repeat the picture before them, and with ``creep`` the camera comes slowly nearer to it.
    """

    shot_id: str
    source: Source
    frames: int
    source_in: int = 0
    fit: Fit = "fit"
    slate: Slate | None = None
    speed: Fraction = Fraction(1)
    hold: int = 0
    creep: bool = False
    number: str = ""
    grade: Grade | None = None
    captions: tuple[Caption, ...] = ()
    """Burnt into the picture; frames are counted from the clip's first."""
    title: str = ""
    """The words of a title, which its source shows; empty for a picture."""
    sound: Source | None = None
    """Where the clip's own sound is heard from; None where it has none or it is dropped."""

    def __post_init__(self) -> None:
        if self.frames < 1 or self.source_in < 0 or self.speed <= 0 or not 0 <= self.hold < self.frames:
            raise ComposeError(
                f"{self.shot_id}: a clip of {self.frames} frames from {self.source_in} at {self.speed}x, "
                f"held for {self.hold}, cannot be shown",
                hint="a clip needs at least one frame that is not held, and a speed above zero",
            )
