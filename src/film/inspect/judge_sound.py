"""What is wrong with what is heard: silence, overload, gaps, the wrong loudness, and sound that parts from the picture.

Loudness is held against what was asked for where that is known, and else against the web's −14 LUFS, as a note: a film
for television is right at −23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from film.inspect.expected import Expected
from film.inspect.judge_channels import channel_findings
from film.inspect.listen import GATE, SoundSurvey
from film.inspect.profiles import WEB, Profile
from film.inspect.report import Finding, Severity, decibels
from film.inspect.survey import Survey

_STRANGE = 10.0
"""LU off the web's loudness that are strange in any film."""
_PEAK_ROOM = 0.3
"""dB: what AAC adds to a peak, and meters differ by."""
_EDGE = Fraction(3, 2)
_LONG_SILENCE = {True: Fraction(3), False: Fraction(10)}
"""Seconds that are an error: sooner where room tone was laid under the whole film."""
_ANY_SILENCE = {True: Fraction(1), False: Fraction(2)}
_OVERLOAD = 96
"""Samples: two milliseconds of flat tops can be heard as a crackle."""
_MIX_AGAIN = "make the film again; if it stays, lower what is too loud in film.toml"


@dataclass(frozen=True)
class Target:
    """LUFS and dBTP; ``set`` says that somebody asked for them.

    ``near`` and ``far`` are the LU off it that are a warning, and an error.
    """

    loudness: float
    true_peak: float
    set: bool
    near: float = 1.0
    far: float = 3.0
    on_dialogue: bool = False


def target_of(expected: Expected | None, asked: float | None, profile: Profile | None = None) -> Target:
    """What somebody asks for here counts, then the desk's profile, then what the film was made for."""
    peak = expected.true_peak_limit if expected and expected.true_peak_limit is not None else WEB.true_peak
    if profile:
        loudness = profile.loudness if asked is None else asked
        return Target(loudness, profile.true_peak, True, profile.near, profile.far, profile.on_dialogue)
    if asked is not None:
        return Target(asked, peak, True)
    if expected and (wanted := expected.target if expected.target is not None else expected.mixed) is not None:
        return Target(wanted, peak, True)
    return Target(WEB.loudness, peak, False)


def sound_findings(
    seen: Survey, expected: Expected | None, target: Target, profile: Profile = WEB
) -> Iterator[Finding]:
    heard = seen.heard
    if heard and expected and expected.has_sound is False and _is_silent(heard):
        return  # a silent film with a silent track, as some players and desks want it
    if heard is None or heard.stop <= heard.start:
        if expected and expected.has_sound:
            yield Finding("no-sound", "error", "it was made with sound and has none", "make the film again")
        elif not expected or expected.has_sound is None:
            yield Finding("no-sound", "note", "it has no sound", "leave it where it is meant to be silent")
        return
    made_here = bool(expected and expected.has_sound)
    yield from _silence(heard, made_here)
    yield from _overload(heard)
    yield from _gaps(heard)
    yield from _sides(heard)
    yield from channel_findings(heard, profile)
    yield from _level(seen, heard, target, made_here)
    yield from _few_words(heard, expected)
    yield from _together(seen, heard)


def _is_silent(heard: SoundSurvey) -> bool:
    return any(span.start <= heard.start and span.stop >= heard.stop for span in heard.silent)


def _silence(heard: SoundSurvey, made_here: bool) -> Iterator[Finding]:
    for span in heard.silent:
        if span.start <= heard.start and span.stop >= heard.stop:
            yield Finding(
                "silence", "error", "nothing is heard from start to end", _MIX_AGAIN, span.start, span.seconds
            )
            return
        if span.seconds < _ANY_SILENCE[made_here]:
            continue
        at_an_edge = span.start <= heard.start or span.stop >= heard.stop
        severity: Severity = "error" if span.seconds >= _LONG_SILENCE[made_here] else "warning"
        if at_an_edge and span.seconds <= _EDGE:
            severity = "note"
        what = "nothing is heard, not even a room"
        fix = "lay room tone or music under it, unless it is meant"
        yield Finding("silence", severity, what, fix, span.start, span.seconds)


def _overload(heard: SoundSurvey) -> Iterator[Finding]:
    for clipped in heard.clipped:
        severity: Severity = "error" if clipped.samples >= _OVERLOAD else "warning"
        what = f"the sound is overloaded: {clipped.samples} samples are cut off"
        yield Finding("clipping", severity, what, _MIX_AGAIN, clipped.start, clipped.seconds)


def _gaps(heard: SoundSurvey) -> Iterator[Finding]:
    for gap in heard.gaps:
        long = float(abs(gap.seconds) * 1000)
        severity: Severity = "error" if long >= 40 else "warning"
        what = f"{long:.0f} ms of sound are {'missing' if gap.seconds > 0 else 'there twice'}"
        yield Finding("sound-gap", severity, what, "make the film again, or remux it", gap.at, abs(gap.seconds))
    drift = sum((gap.seconds for gap in heard.gaps), Fraction(0))
    if abs(drift) >= Fraction(1, 10) and len(heard.gaps) > 1:
        what = f"by the end, sound and picture have drifted {float(abs(drift)):.2f} s apart"
        yield Finding("sync", "error", what, "make the film again from its sources", heard.gaps[-1].at)


def _sides(heard: SoundSurvey) -> Iterator[Finding]:
    if heard.only_side is not None:
        heard_on, silent = ("left", "right") if heard.only_side == 0 else ("right", "left")
        what = f"all sound is on the {heard_on}: the {silent} side is silent from start to end"
        yield Finding("one-sided", "warning", what, "put its sound in the middle")
    elif heard.against_itself:
        what = "left and right cancel each other out: in mono, as on a phone, hardly anything is left"
        yield Finding("out-of-phase", "warning", what, "turn one of them over, or keep one of them alone")


def _level(seen: Survey, heard: SoundSurvey, target: Target, made_here: bool) -> Iterator[Finding]:
    spoken = _on_dialogue(seen, heard) if target.on_dialogue else None
    level = heard.integrated if spoken is None else spoken
    if level is not None and level > GATE:
        off = level - target.loudness
        if target.set and abs(off) > target.near:
            severity: Severity = "error" if abs(off) > target.far else "warning"
            yield _loudness(level, target, severity, on_dialogue=spoken is not None)
        elif not target.set and abs(off) > target.near:
            yield _loudness(level, target, "warning" if abs(off) > _STRANGE else "note")
    if heard.true_peak is not None and heard.true_peak > target.true_peak + _PEAK_ROOM:
        severity = "error" if made_here and heard.true_peak > target.true_peak + 1 else "warning"
        what = f"peaks reach {decibels(heard.true_peak)} dBTP, where {decibels(target.true_peak)} is the limit"
        yield Finding("true-peak", severity, what, "limit it: players and codecs distort what lies above")


def _few_words(heard: SoundSurvey, expected: Expected | None) -> Iterator[Finding]:
    """A film that was left under the web's loudness, since to bring it there would have its voices shout."""
    if not expected or not expected.spoken or expected.target is not None:
        return
    level = expected.mixed if heard.integrated is None else heard.integrated
    if level is not None and level < WEB.loudness - WEB.near:
        what = f"{decibels(level)} LUFS over all: its voices are at the level of other films, and little else is heard"
        yield Finding(
            "few-words", "note", what, "lay music under it; or set sound.loudness, which raises the voices too"
        )


def _on_dialogue(seen: Survey, heard: SoundSurvey) -> float | None:
    """Loudness where captions stand, of the blocks that are within 10 LU of their mean; None without captions."""
    if not seen.captions or not len(heard.momentary):
        return None
    at = float(heard.start) + 0.1 * np.arange(1, len(heard.momentary) + 1) - 0.2  # the middle of each 400 ms
    spoken = np.zeros(len(at), bool)
    for caption in seen.captions:
        spoken |= (at >= float(caption.start)) & (at < float(caption.stop))
    levels = heard.momentary[spoken & (heard.momentary > GATE)]
    if not len(levels):
        return None
    gate = _mean_level(levels) - 10
    return _mean_level(levels[levels > gate])


def _mean_level(levels: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def _loudness(integrated: float, target: Target, severity: Severity, *, on_dialogue: bool = False) -> Finding:
    off = integrated - target.loudness
    usual = "the target is" if target.set else "the web plays"
    where = " where captions stand" if on_dialogue else ""
    what = f"{decibels(integrated)} LUFS{where}, {decibels(abs(off))} LU too {'loud' if off > 0 else 'quiet'}"
    fix = "set sound.loudness in film.toml and make the film again; --loudness names another target here"
    return Finding("loudness", severity, f"{what}: {usual} {decibels(target.loudness)}", fix)


def _together(seen: Survey, heard: SoundSurvey) -> Iterator[Finding]:
    """Whether sound and picture begin and end together."""
    late = heard.start - seen.timing.start
    if abs(late) >= Fraction(1, 25):
        severity: Severity = "error" if abs(late) >= Fraction(1, 10) else "warning"
        what = f"the sound begins {float(abs(late)):.3f} s {'after' if late > 0 else 'before'} the picture"
        fix = "remux it so that both begin at 0, and check that lips and words agree"
        yield Finding("sync", severity, what, fix, Fraction(0), abs(late))
    short = seen.timing.stop - heard.stop
    if abs(short) >= Fraction(1, 10):
        severity = "error" if abs(short) >= 1 else "warning"
        less, more = ("sound", "picture") if short > 0 else ("picture", "sound")
        what = f"the {less} ends {float(abs(short)):.2f} s before the {more}"
        fix = "make the film again, or cut both to one length"
        yield Finding("length", severity, what, fix, min(seen.timing.stop, heard.stop), abs(short))
