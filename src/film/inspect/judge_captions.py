"""What is wrong with the captions that a film carries: too long, too short, too wide, too fast, over each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from unicodedata import east_asian_width

from film.inspect.caption_track import TrackCaption
from film.inspect.profiles import CaptionNorm, Profile
from film.inspect.report import Finding
from film.inspect.survey import Survey

_ROOM = 0.05
"""Seconds, and a share of a speed: what a container's clock rounds."""
_WIDE = ("W", "F")


def caption_findings(seen: Survey, profile: Profile) -> Iterator[Finding]:
    """One finding for each norm that is broken, at its first place, with how often."""
    captions, norm = seen.captions, profile.captions
    checks: tuple[tuple[Callable[[TrackCaption], float], float, str, str], ...] = (
        (_lasts, norm.longest + _ROOM, "stays for {0:.1f} s, where {1:.0f} are the most", "break it in two"),
        (_lines, norm.lines, "has {0:.0f} lines, where {1:.0f} are the most", "break it in two"),
        (_across, norm.across, "is {0:.0f} characters wide, where {1:.0f} are the most", "break its lines elsewhere"),
        (
            _speed,
            norm.per_second * (1 + _ROOM),
            "is read at {0:.0f} characters a second, where {1:.0f} are the most",
            "leave it longer, or shorten it",
        ),
        (
            lambda c: -_lasts(c),
            -norm.shortest + _ROOM,
            "stays for {0:.2f} s, where {1:.2f} are the least",
            "join it with the one beside it",
        ),
    )
    for measure, most, words, fix in checks:
        beyond = [c for c in captions if measure(c) > most]
        if beyond:
            worst = max(beyond, key=measure)
            told = words.format(abs(measure(worst)), abs(_plain(most, norm)))
            yield _finding(beyond, worst, told, fix, norm)
    over = [b for a, b in pairwise(captions) if float(a.stop - b.start) > _ROOM]
    if over:
        what = f"{_count(over)} before the one before it is gone"
        yield Finding(
            "captions", "warning", what, "end each before the next", over[0].start, over[0].stop - over[0].start
        )
    late = [c for c in captions if float(c.stop - seen.timing.stop) > 2 * _ROOM]
    if late:
        what = f"{_count(late)} beyond the end of the film"
        yield Finding("captions", "warning", what, "end it with the film", late[0].start, late[0].stop - late[0].start)


def _finding(beyond: list[TrackCaption], worst: TrackCaption, told: str, fix: str, norm: CaptionNorm) -> Finding:
    more = f" ({len(beyond)} of them)" if len(beyond) > 1 else ""
    what = f"a caption {told}{more}"
    return Finding("captions", norm.beyond, what, fix, worst.start, worst.stop - worst.start)


def _count(captions: list[TrackCaption]) -> str:
    return "a caption stands" if len(captions) == 1 else f"{len(captions)} captions stand"


def _plain(most: float, norm: CaptionNorm) -> float:
    """The norm itself, without the room that clocks are given."""
    return {norm.longest + _ROOM: norm.longest, norm.per_second * (1 + _ROOM): norm.per_second}.get(
        most, -norm.shortest if most < 0 else most
    )


def _lasts(caption: TrackCaption) -> float:
    return float(caption.stop - caption.start)


def _lines(caption: TrackCaption) -> float:
    return len(caption.text.splitlines())


def _across(caption: TrackCaption) -> float:
    return max((_width(line) for line in caption.text.splitlines()), default=0)


def _speed(caption: TrackCaption) -> float:
    return sum(_width(line) for line in caption.text.splitlines()) / max(_lasts(caption), 0.1)


def _width(line: str) -> int:
    """A character of Chinese, Japanese or Korean counts as two."""
    return sum(2 if east_asian_width(c) in _WIDE else 1 for c in line.strip())
