"""Frames as time codes, the way editing programs write them: hours, minutes, seconds and frames.

At 29.97 and 59.94 frames a second a code that counts every frame runs slow: 3.6 seconds an hour. Drop-frame codes,
written with a semicolon, leave out numbers (and no pictures) to keep up with the clock: the first two, or four, of
every minute but each tenth. ``timecode`` counts plainly unless it is asked to drop.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from film.errors import InputError

_DROPPING = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""Rates that have drop-frame codes, and the numbers left out in a minute."""


SMPTE = tuple(
    sorted((*(Fraction(n) for n in (24, 25, 30, 48, 50, 60)), *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60))))
)
"""Rates that time codes are made for; editing formats know no others."""


def smpte(rate: Fraction) -> Fraction:
    """The rate that stands for ``rate`` where only these are known: itself, one on whose frames all of its frames lie
    (24 for 12), one on whose frames every second of them lies (60 for 120), or the nearest."""
    multiple = next((known for known in SMPTE if (known / rate).denominator == 1), None)
    half = rate / 2
    return multiple or (half if half in SMPTE else min(SMPTE, key=lambda known: abs(known - rate)))


def timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """``01:02:03:04`` of a frame counted from 0; with ``drop`` and a rate that knows it ``01:02:03;04``."""
    if frame < 0:
        raise InputError(f"frame {frame} has no time code", hint="count frames from 0")
    base = nominal(rate)
    dropped = _DROPPING.get(rate) if drop else None
    if dropped:
        frame += _left_out(frame, base, dropped)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    width = len(str(base - 1)) if base > 100 else 2
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if dropped else ':'}{frames:0{width}d}"


def first_timecode(said: str | None, rate: Fraction) -> str:
    """The time code of a film's first frame as ``said``; InputError for one that no frame of this rate has."""
    if not said:
        return ""
    frames, dropping = int(said[9:]), ";" in said
    if frames >= nominal(rate):
        raise InputError(
            f"start_timecode {said} has frame {frames}, of {nominal(rate)} in a second",
            hint="count frames from 00",
            field="start_timecode",
        )
    if dropping and not drops(rate):
        raise InputError(
            f"start_timecode {said} is drop-frame, which {float(rate):g} frames a second do not have",
            hint="write it with a colon, or make the film at 29.97 or 59.94",
            field="start_timecode",
        )
    if dropping and said[6:8] == "00" and frames < _DROPPING[rate] and int(said[3:5]) % 10:
        raise InputError(
            f"start_timecode {said} is left out by drop-frame counting",
            hint=f"write {said[:9]}{_DROPPING[rate]:02d}",
            field="start_timecode",
        )
    return said


def frame_of(said: str, rate: Fraction) -> int:
    """The number of the frame that a time code names; frame 0 is 00:00:00:00."""
    base = nominal(rate)
    hours, minutes, seconds, frames = (int(part) for part in said.replace(";", ":").split(":"))
    whole = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if ";" in said:
        every = hours * 60 + minutes
        whole -= _DROPPING[rate] * (every - every // 10)
    return whole


def nominal(rate: Fraction) -> int:
    """Frames that a time code counts as one second: 24 at 23.976, 30 at 29.97."""
    return max(1, ceil(rate))


def drops(rate: Fraction) -> bool:
    """Whether there is a drop-frame code for this rate."""
    return rate in _DROPPING


def clock(seconds: Fraction | float) -> str:
    """``0:12.480``, ``1:02:03.004``: for times that no frame stands for."""
    thousandths = round(Fraction(seconds) * 1000)
    sign = "-" if thousandths < 0 else ""
    whole, rest = divmod(abs(thousandths), 1000)
    minutes, whole = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    lead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{sign}{lead}:{whole:02d}.{rest:03d}"


def _left_out(frame: int, base: int, dropped: int) -> int:
    """How many numbers the code has skipped before this frame."""
    minute = base * 60 - dropped
    ten_minutes = 10 * minute + dropped
    tens, rest = divmod(frame, ten_minutes)
    minutes_since = max(0, (rest - dropped) // minute)
    return dropped * (9 * tens + minutes_since)
