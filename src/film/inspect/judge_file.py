"""What is wrong with the file itself: cut short, damaged, badly timed, wrongly tagged, not what was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from film.inspect.colours import complaint
from film.inspect.expected import Expected
from film.inspect.profiles import WEB, Profile
from film.inspect.report import Finding
from film.inspect.survey import Survey
from film.inspect.timing import Jump

_AGAIN = "make the film again; if it came over a network, fetch it again"
_REMUX = "make the film again, or remux it with a program that counts every frame"
_NEAR = 8
"""Frames: damage closer together than this is one place."""


def file_findings(seen: Survey, expected: Expected | None, profile: Profile = WEB) -> Iterator[Finding]:
    yield from _whole(seen, profile)
    yield from _damage(seen)
    yield from _counts(seen, expected)
    yield from _times(seen)
    yield from _form(seen, expected)


def _whole(seen: Survey, profile: Profile) -> Iterator[Finding]:
    boxes = seen.layout
    if boxes and (boxes.short_by or boxes.strange is not None):
        lacking = f"{boxes.short_by:,} bytes are missing at its end" if boxes.short_by else "it ends in bytes of no box"
        severity = "error" if boxes.short_by else "warning"
        yield Finding("truncated", severity, lacking, _AGAIN, seen.timing.stop if boxes.short_by else None)
    elif seen.broken_off:
        what = f"it cannot be read beyond here: {seen.broken_off}"
        yield Finding("truncated", "error", what, _AGAIN, seen.timing.stop)
    if boxes and boxes.has_index and not boxes.index_first and not boxes.fragmented:
        yield Finding(
            "not-faststart",
            "warning" if profile.streamed else "note",
            "its index stands behind the media: a browser waits for the whole file before it shows anything",
            "make the film again with film make, which puts it in front, or remux with movflags=+faststart",
        )


def _damage(seen: Survey) -> Iterator[Finding]:
    unit = 1 / (seen.timing.rate or Fraction(24))
    for first, last, count in _grouped(sorted({*seen.lost, *seen.marred}), _NEAR * unit):
        if not seen.decoded:
            break
        frames = "frame is" if count == 1 else "frames are"
        yield Finding("damaged", "error", f"{count} {frames} damaged", _AGAIN, first, last - first + unit)
    if not seen.decoded:
        yield Finding("damaged", "error", "none of its pictures can be decoded", _AGAIN)
    if seen.deaf:
        yield Finding("damaged", "error", f"{seen.deaf} packets of its sound cannot be decoded", _AGAIN)


def _counts(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    counted, declared = seen.timing.frames, seen.declared_frames
    whole = not (seen.layout and seen.layout.short_by) and not seen.broken_off
    if declared and counted != declared and whole:
        yield Finding("frame-count", "error", f"it declares {declared} frames and holds {counted}", _AGAIN)
    if expected and expected.frames and expected.frames != counted:
        what = f"it holds {counted} frames, and {expected.frames} were made"
        yield Finding("frame-count", "error", what, _AGAIN)
    lasts = seen.timing.stop - seen.timing.start
    unit = 1 / seen.timing.rate if seen.timing.rate else Fraction(1, 10)
    if whole and seen.declared_seconds and abs(seen.declared_seconds - lasts) > 2 * unit and not seen.timing.jumps:
        what = f"its track declares {float(seen.declared_seconds):.2f} s and lasts {float(lasts):.2f} s"
        yield Finding("length", "warning", what, _REMUX)


def _times(seen: Survey) -> Iterator[Finding]:
    timing = seen.timing
    if timing.untimed:
        yield Finding("timestamps", "error", f"{timing.untimed} frames do not say when they are shown", _REMUX)
    for times, what in (
        (() if seen.container == "matroska" else timing.disorder, "decoding times do not rise"),
        (timing.repeated, "two frames are to be shown at the same time"),
    ):
        for first, last, count in _grouped(times, Fraction(1)):
            more = f", {count} times" if count > 1 else ""
            yield Finding("timestamps", "error", what + more, _REMUX, first, last - first)
    if timing.variable:
        what = "its frames come in no even rhythm (variable frame rate): sound and picture part in editing programs"
        yield Finding("frame-rate", "warning", what, "convert it to a constant rate; film make always writes one")
    unit = 1 / timing.rate if timing.rate else Fraction(1, 24)
    for jump in _uneven(timing.jumps):
        if jump.frames >= 0.9:
            lacking = round(jump.frames)
            frames = "a frame is" if lacking == 1 else f"{lacking} frames are"
            severity = "error" if lacking > 1 else "warning"
            what = f"{frames} missing: the picture before stays for it"
            yield Finding("timestamps", severity, what, _REMUX, jump.at, lacking * unit)
        else:
            off = float(jump.frames * unit * 1000)
            what = f"a frame comes {abs(off):.0f} ms {'late' if off > 0 else 'early'}"
            yield Finding("timestamps", "warning", what, _REMUX, jump.at, abs(Fraction(off / 1000)))
    if timing.start > 1.5 * unit:
        what = f"the first picture comes after {float(timing.start):.2f} s"
        yield Finding("timestamps", "warning", what, _REMUX, Fraction(0), timing.start)


def _form(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    if wrong := complaint(seen.tags):
        severity = "error" if expected else "warning"
        fix = "tag it BT.709, limited range, when it is encoded; film make does"
        yield Finding("colour-tags", severity, wrong, fix)
    if expected and expected.width and (expected.width, expected.height) != (seen.width, seen.height):
        what = f"it is {seen.width}x{seen.height}, and {expected.width}x{expected.height} was made"
        yield Finding("size", "error", what, _AGAIN)
    if expected and expected.rate and seen.timing.rate and expected.rate != seen.timing.rate:
        what = f"it runs at {float(seen.timing.rate):g} frames a second, and {float(expected.rate):g} was made"
        yield Finding("frame-rate", "error", what, _AGAIN)


def _uneven(jumps: Sequence[Jump]) -> Iterator[Jump]:
    """The jumps, without those that only take back the one before: a late frame is followed by a short step."""
    before: Jump | None = None
    for jump in jumps:
        if before and before.frames < 0.9 and abs(before.frames + jump.frames) < 0.1:
            before = None
            continue
        before = jump
        yield jump


def _grouped(times: Sequence[Fraction], within: Fraction) -> Iterator[tuple[Fraction, Fraction, int]]:
    """(first, last, how many) of times that lie close together."""
    first, last, count = Fraction(0), Fraction(0), 0
    for time in times:
        if count and time - last <= within:
            last, count = time, count + 1
            continue
        if count:
            yield first, last, count
        first, last, count = time, time, 1
    if count:
        yield first, last, count
