"""What a film is held against: the desk that it goes to.

A profile says how loud, how high its peaks, how strictly its picture and its captions. Without one a film is judged as
the web does, but for the loudness, which is then only a note: a film for television is right at −23.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from film.errors import InputError
from film.inspect.report import Severity


@dataclass(frozen=True)
class CaptionNorm:
    """Seconds, characters and lines of a caption. ``beyond`` is how grave what lies beyond them is."""

    longest: float = 7.0
    shortest: float = 0.8
    across: int = 42
    lines: int = 2
    per_second: float = 21.0
    beyond: Severity = "note"


@dataclass(frozen=True)
class Profile:
    """LUFS with what may be off before it is a warning and before it is an error, and dBTP.

    ``on_dialogue`` measures where captions stand, and not over all. ``rates`` are those that are taken, empty for any.
    """

    name: str
    loudness: float
    near: float = 1.0
    far: float = 3.0
    true_peak: float = -1.0
    on_dialogue: bool = False
    rates: tuple[Fraction, ...] = ()
    bars: Severity = "note"
    """How grave bars are that lie in the picture throughout."""
    mono: Severity = "note"
    range: Severity = "warning"
    streamed: bool = True
    """Whether it is played as it comes, so that its index must stand in front."""
    captions: CaptionNorm = CaptionNorm()


_PAL = (Fraction(25), Fraction(50))
_CINEMA_RATES = (
    tuple(rate for n in (24, 25, 30, 50, 60) for rate in (Fraction(n), Fraction(n * 1000, 1001)) if n not in (25, 50))
    + _PAL
)
PROFILES = {
    "web": Profile("web", -14.0),
    "youtube": Profile("youtube", -14.0),
    "ebu": Profile(
        "ebu",
        -23.0,
        near=0.5,
        far=1.0,
        rates=_PAL,
        mono="warning",
        range="error",
        streamed=False,
        captions=CaptionNorm(across=37, per_second=17.0, beyond="warning"),
    ),
    "netflix": Profile(
        "netflix",
        -27.0,
        near=2.0,
        far=2.0,
        true_peak=-2.0,
        on_dialogue=True,
        rates=_CINEMA_RATES,
        bars="warning",
        mono="warning",
        range="error",
        streamed=False,
        captions=CaptionNorm(shortest=5 / 6, per_second=20.0, beyond="warning"),
    ),
}
WEB = PROFILES["web"]


def profile_named(name: str) -> Profile:
    """Raises InputError that lists the names there are."""
    try:
        return PROFILES[name]
    except KeyError:
        raise InputError(f"there is no profile {name!r}", hint=f"use one of {', '.join(PROFILES)}") from None
