"""What is wrong with a channel, or between two: direct current, opposite phase, dead ones, hum, breaks, clicks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import log10

from film.inspect.breaks import Break
from film.inspect.channels import ChannelFault
from film.inspect.listen import SoundSurvey
from film.inspect.profiles import Profile
from film.inspect.report import Finding, Severity, decibels

_NAMES = {
    1: ("middle",),
    2: ("left", "right"),
    6: ("left", "right", "centre", "low-frequency", "left surround", "right surround"),
    8: ("left", "right", "centre", "low-frequency", "left back", "right back", "left surround", "right surround"),
}
_FRONT = 3
_MUCH_DC = 0.03
_APART = Fraction(1)
"""Seconds: breaks closer than this are told together."""
_EDGE = 0.006
_CRACKLE = 0.5
"""Clicks a second, throughout: rain, a fire, a needle on a record."""


def channel_findings(heard: SoundSurvey, profile: Profile) -> Iterator[Finding]:
    for fault in heard.close.faults:
        yield from _fault(fault, heard, profile)
    yield from _hum(heard)
    yield from _dropouts(heard)
    yield from _clicks(heard)
    for flat in heard.close.flat:
        start, lasts = heard.span(flat.start, flat.stop)
        what = f"its tops are flat at {decibels(20 * log10(flat.level))} dBFS: it was overloaded, and then turned down"
        yield Finding("clipping", "warning", what, "go back to the recording before it was overloaded", start, lasts)


def _fault(fault: ChannelFault, heard: SoundSurvey, profile: Profile) -> Iterator[Finding]:
    start, lasts = (None, None)
    if fault.start is not None and fault.stop is not None:
        start, lasts = heard.span(fault.start, fault.stop)
    side = _name(fault.channel, heard.close.channels)
    if fault.kind == "dc":
        severity: Severity = "error" if abs(fault.level) >= _MUCH_DC else "warning"
        what = f"the {side} channel is off its middle by {100 * fault.level:.1f} % of full scale: cuts in it click"
        yield Finding(
            "dc-offset", severity, what, "take the direct current out with a high-pass at 20 Hz", start, lasts
        )
    elif fault.kind == "against":
        what = "left and right cancel each other out here: in mono, as on a phone, hardly anything is left"
        yield Finding("out-of-phase", "warning", what, "turn one of them over, or keep one of them alone", start, lasts)
    elif fault.kind == "dead":
        severity = "warning" if start is not None or fault.channel < _FRONT else "note"
        where = "from start to end" if start is None else "while the others go on"
        what = f"the {side} channel is silent {where}"
        yield Finding(
            "dead-channel", severity, what, "look at the cable or the routing, and mix it again", start, lasts
        )
    else:
        what = "its two channels carry one and the same sound: it is mono"
        yield Finding("mono", profile.mono, what, "leave it where a film is meant to be mono; else mix it in stereo")


def _hum(heard: SoundSurvey) -> Iterator[Finding]:
    for hum in heard.close.hums:
        start, lasts = heard.span(hum.start, min(hum.stop, heard.lasts))
        severity: Severity = "warning" if hum.level > -60 else "note"
        what = f"the mains hum at {hum.mains} Hz and its multiples, {decibels(hum.level)} dBFS"
        fix = f"take {hum.mains} Hz and its multiples out with narrow filters, or record it again"
        yield Finding("hum", severity, what, fix, start, lasts)


def _dropouts(heard: SoundSurvey) -> Iterator[Finding]:
    for group in _grouped(heard.close.dropouts):
        start, lasts = heard.span(group[0].start, group[-1].stop)
        longest = max(one.stop - one.start for one in group)
        count = len({round(one.start, 2) for one in group})
        what = f"the sound drops out for {1000 * longest:.0f} ms" + (f", {count} times" if count > 1 else "")
        yield Finding(
            "dropout", "error", what, "fetch or record it again; or heal it from what is beside it", start, lasts
        )


def _clicks(heard: SoundSurvey) -> Iterator[Finding]:
    holes = heard.close.dropouts  # whose edges click, as edges do
    clicks = [c for c in heard.close.clicks if not any(h.start - _EDGE < c.start < h.stop + _EDGE for h in holes)]
    seconds = {round(one.start, 2) for one in clicks}
    if len(seconds) > max(6, _CRACKLE * heard.lasts):
        what = f"{len(seconds)} clicks all over it: it crackles"
        yield Finding("click", "note", what, "leave it where rain, a fire or a record is heard; else clean it")
        return
    for group in _grouped(clicks):
        start, lasts = heard.span(group[0].start, group[-1].stop)
        count = len({round(one.start, 2) for one in group})
        what = "a click" if count == 1 else f"{count} clicks"
        yield Finding("click", "warning", what, "heal it, or fade into and out of the cut that makes it", start, lasts)


def _grouped(breaks: Sequence[Break]) -> Iterator[list[Break]]:
    group: list[Break] = []
    for one in breaks:
        if group and one.start - group[-1].stop > _APART:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _name(channel: int, channels: int) -> str:
    names = _NAMES.get(channels, ())
    return names[channel] if channel < len(names) else f"{channel + 1}th"
