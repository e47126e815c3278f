"""What is wrong with what is seen: black, blank and frozen stretches, stutters, shots that are missing.

Much of it may be meant: a dip to black, a title, a held picture, a draft that hardly moves. Where the build manifest
says so, it is a note or nothing; where there is none, only what nobody means is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from film.inspect.expected import Expected, ExpectedClip
from film.inspect.judge_frames import flickers
from film.inspect.report import Finding, Severity
from film.inspect.stutter import Stutter
from film.inspect.survey import Survey
from film.inspect.watch import StillStretch

_BREATH = Fraction(1, 4)
"""Seconds of black at a join that nobody minds."""
_EDGE = Fraction(2)
"""Seconds of black that a film may begin or end with."""
_LONG_BLACK = Fraction(2)
_FREEZE, _LONG_FREEZE = Fraction(1), Fraction(10)
"""Seconds: shorter is a pause, a title is longer; ten are a picture that hangs."""
_LONG_HOLD = Fraction(2)
"""Seconds for which a picture may be held without anybody having asked for it."""
_MOST_SINGLES = 5
"""Repeated frames told one by one; more are told together."""
_MAKE_AGAIN = 'raise the shot\'s "take", or give it a prompt that moves, and make the film again'


def picture_findings(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    yield from _missing(seen, expected)
    yield from _held(seen, expected)
    for stretch in seen.looked.stretches:
        if stretch.kind == "frozen":
            yield from _frozen(stretch, seen, expected)
        else:
            yield from _plain(stretch, seen, expected)
    yield from _rhythm(seen, expected)


def _missing(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    if not expected:
        return
    placed = {clip.shot_id: clip for clip in expected.clips}
    for shot_id, why in expected.missing:
        clip = placed.get(shot_id)
        start = seen.seconds(clip.start) if clip else None
        lasts = seen.seconds(clip.stop) - seen.seconds(clip.start) if clip else None
        what = f"{shot_id} is not there, a still stands in for it: {why}"
        advice = "film plan says what making it costs, film jobs whether it waits for your word; then film make again"
        yield Finding("missing-shot", "error", what, advice, start, lasts)


def _held(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    """Shots that last longer than their clips; a film that asks for holds has them without a warning."""
    for clip in expected.clips if expected else ():
        start = seen.seconds(clip.stop - clip.hold)
        lasts = seen.seconds(clip.stop) - start
        if lasts < _FREEZE or clip.still or clip.missing:
            continue
        meant = lasts < _LONG_HOLD or (expected and expected.long_dialogue == "hold")
        what = f"the clip of {clip.shot_id} ends before its line does: its last picture is held"
        fix = 'shorten its dialogue, or set long_dialogue = "next-length", which buys a longer clip'
        if not clip.spoken:
            what = f"the clip of {clip.shot_id} is shorter than its shot: its last picture is held"
            fix = "shorten the shot's duration, or give it a longer clip"
        yield Finding("held", "note" if meant else "warning", what, fix, start, lasts, clip.shot_id)


def _plain(stretch: StillStretch, seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    if expected and expected.in_a_title(stretch.first, stretch.stop):
        return
    start, lasts = _span(stretch, seen)
    unseen = "nothing can be seen" if stretch.kind == "black" else "one colour fills the picture"
    clip = expected.clip_at(stretch.first) if expected else None
    if clip and _fills(stretch, clip):
        what = f"{unseen} in all of {clip.shot_id}"
        yield Finding(stretch.kind, "error", what, _MAKE_AGAIN, start, lasts, clip.shot_id)
        return
    if flickers(seen, stretch.first, stretch.stop) or (expected and expected.in_a_dip(stretch.first, stretch.stop)):
        return
    if lasts <= _BREATH:
        if stretch.first in seen.looked.abrupt and not any(o.first <= stretch.first < o.stop for o in seen.looked.odd):
            count = "one frame" if stretch.frames == 1 else f"{stretch.frames} frames"
            what = f"{count} between two pictures: {unseen}, and nothing fades"
            fix = "cut it out: an edit left it there, or a shot is shorter than its place"
            yield Finding(stretch.kind, "warning", what, fix, start, lasts, clip.shot_id if clip else "")
        return
    at_an_edge = stretch.first == 0 or stretch.stop >= seen.timing.frames
    severity: Severity = "error" if lasts >= _LONG_BLACK else "warning"
    if at_an_edge and lasts <= _EDGE:
        severity = "note"
    what = unseen + (f" in {clip.shot_id}" if clip else "")
    fix = "look at it: cut it out, or leave it where it is a pause that is meant"
    yield Finding(stretch.kind, severity, what, fix, start, lasts, clip.shot_id if clip else "")


def _frozen(stretch: StillStretch, seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    start, lasts = _span(stretch, seen)
    if lasts < _FREEZE:
        return
    clip = _mostly_in(stretch, expected) if expected else None
    severity: Severity = "error" if lasts >= _LONG_FREEZE else "warning"
    what, fix = (
        "the picture stands still",
        "look at it: shorten it, or leave it where it is meant",
    )
    if stretch.card and severity == "warning":
        severity, what = "note", "a title, or what looks like one, stands still"
    if expected and clip:
        if clip.still or clip.missing:
            return  # a still stands still; that a shot is missing is told on its own
        beside = max(0, clip.stop - clip.hold - stretch.first) + max(0, stretch.stop - clip.stop)
        if clip.hold and beside / (seen.timing.rate or 24) < _FREEZE:
            return  # a hold that was planned is told on its own, too
        if expected.draft:
            severity = "note"
            what = f"{clip.shot_id} hardly moves"
        else:
            severity, fix = ("error" if _fills(stretch, clip) else "warning"), _MAKE_AGAIN
            what = f"{clip.shot_id} does not move"
    yield Finding("frozen", severity, what, fix, start, lasts, clip.shot_id if clip else "")


def _rhythm(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    still = [s for s in seen.looked.stretches if s.kind != "frozen" or s.frames > 2]  # in a dip, black repeats
    found = [
        s
        for s in seen.looked.stutters
        if not any(f.first <= s.first and s.stop <= f.stop + 1 for f in still) and not flickers(seen, s.first, s.stop)
    ]
    yield from _dropped([s for s in found if s.kind == "dropped"], seen, expected)
    found = [s for s in found if s.kind != "dropped"]
    singles = [s for s in found if s.isolated]
    for stutter in singles[:_MOST_SINGLES] if len(singles) <= _MOST_SINGLES else []:
        what = "a frame is shown twice" if stutter.frames == 1 else "two frames are shown twice"
        fix = "look at it: a clip of another frame rate, or a recorder that lost a frame"
        yield Finding("repeated-frame", "note", what, fix, seen.seconds(stutter.first))
    if len(singles) > _MOST_SINGLES:
        count = sum(s.frames for s in singles)
        what = f"{count} frames here and there are shown twice"
        yield Finding("repeated-frame", "warning", what, "make its clips at the film's frame rate", None)
    for stutter in found:
        if not stutter.isolated:
            yield _stutter(stutter, seen, expected)


def _dropped(found: Sequence[Stutter], seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    fix = "look at it: a recorder or an edit has lost it; make the shot again, or fetch it again"
    if len(found) > _MOST_SINGLES:
        what = f"{len(found)} times here and there a step is twice as long: frames were dropped and closed over"
        yield Finding("dropped-frame", "warning", what, "make its clips at the film's frame rate", None)
        return
    for one in found:
        frames = "a frame was" if one.frames == 1 else f"{one.frames} frames were"
        clip = expected.clip_at(one.first) if expected else None
        what = f"{frames} dropped and closed over: what moves jumps ahead"
        shot_id = clip.shot_id if clip else ""
        yield Finding("dropped-frame", "warning", what, fix, seen.seconds(one.first), None, shot_id)


def _stutter(stutter: Stutter, seen: Survey, expected: Expected | None) -> Finding:
    start = seen.seconds(stutter.first)
    lasts = seen.seconds(stutter.stop) - start
    clip = expected.clip_at(stutter.first) if expected else None
    shot_id = clip.shot_id if clip else ""
    rate = seen.timing.rate or Fraction(24)
    if stutter.kind == "jumps":
        what = f"every {_ordinal(stutter.every)} step is twice as long: frames of a faster clip were left out"
        fix = f"make the clip, or the film, at the same frame rate (the film has {float(rate):g})"
        return Finding("judder", "warning", what, fix, start, lasts, shot_id)
    if stutter.every == 1:
        what = f"the picture hangs for {stutter.frames} frames while everything moves"
        return Finding("stutter", "warning", what, "look at it; make the shot again", start, lasts, shot_id)
    severity: Severity = "warning"
    if stutter.every:
        true_rate = rate * (stutter.every - 1) / stutter.every
        what = (
            f"every {_ordinal(stutter.every)} frame repeats: {float(true_rate):.4g} frames a second in {float(rate):g}"
        )
        fix = f"make the film at {float(true_rate):.4g} frames a second, or its clips at {float(rate):g}"
    else:
        what, fix = f"{stutter.frames} frames repeat without a rhythm", "make its clips at the film's frame rate"
    if clip and clip.speed != 1:
        severity = "note"
        what += f"; {clip.shot_id} was slowed to {float(clip.speed):.2f}x"
        fix = 'shorten its dialogue, or set long_dialogue = "next-length"'
        if not clip.spoken:
            fix = "shorten the shot's duration, or give it a longer clip"
    return Finding("stutter", severity, what, fix, start, lasts, shot_id)


def _span(stretch: StillStretch, seen: Survey) -> tuple[Fraction, Fraction]:
    start = seen.seconds(stretch.first)
    return start, seen.seconds(stretch.stop) - start


def _fills(stretch: StillStretch, clip: ExpectedClip) -> bool:
    """Whether it takes up all that a clip has the screen for, but for the fades at its ends."""
    shared = min(stretch.stop, clip.stop) - max(stretch.first, clip.start)
    return shared >= 0.8 * (clip.frames - clip.join_frames) and clip.frames > 0


def _mostly_in(stretch: StillStretch, expected: Expected) -> ExpectedClip | None:
    return max(
        expected.clips,
        key=lambda clip: min(stretch.stop, clip.stop) - max(stretch.first, clip.start),
        default=None,
    )


def _ordinal(number: int) -> str:
    names = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}
    return names.get(number, f"{number}th")
