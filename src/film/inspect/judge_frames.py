"""What is wrong with single frames and with the frame itself: flashes, slips, fields, levels, bars, pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from film.inspect.expected import Expected
from film.inspect.flashes import Flashing
from film.inspect.native import Edges
from film.inspect.odd_frames import Odd
from film.inspect.profiles import Profile
from film.inspect.report import Finding, Severity
from film.inspect.survey import Survey

_MANY = 3
"""Slips within a second of each other: a light that flickers, or a defect, but no slip."""
_LINES = 2
_BLANKING = 0.03
"""Of the picture's height or width: less at one edge is a line that a camera or a scaler has left."""
_USUAL = tuple(
    Fraction(a, b)
    for a, b in ((4, 3), (16, 9), (9, 16), (3, 4), (1, 1), (4, 5), (5, 4), (2, 1), (21, 9), (64, 27), (37, 20), (3, 2))
)
_SHAPES = (*_USUAL, Fraction(239, 100), Fraction(235, 100), Fraction(166, 100), Fraction(143, 100), Fraction(256, 135))
_SD_LINES = (480, 486, 576)
_SD_WIDTHS = (704, 720, 544, 352, 480)
_NAMES = {
    "black": "black",
    "white": "white, or far too bright",
    "colour": "of a wrong colour",
    "picture": "another one",
}


def frame_findings(seen: Survey, expected: Expected | None, profile: Profile) -> Iterator[Finding]:
    yield from _flashes(seen)
    yield from _slips(seen, expected)
    yield from _fields(seen)
    yield from _levels(seen, profile)
    yield from _bars(seen, expected, profile)
    yield from _pixels(seen, expected)
    yield from _rate(seen, profile)


def flickers(seen: Survey, first: int, stop: int) -> bool:
    """Whether frames lie where the picture flashes: what repeats or goes black there is the flash itself."""
    return any(f.first - 2 <= first and stop <= f.stop + seen.second for f in seen.looked.flashes)


def _flashes(seen: Survey) -> Iterator[Finding]:
    for flash in seen.looked.flashes:
        start, lasts = _span(seen, flash.first, flash.stop)
        yield Finding(
            "red-flash" if flash.kind == "red" else "flash",
            "error",
            f"{_flash_words(flash)}: it can bring on a fit (ITU-R BT.1702 allows three a second)",
            "slow it down, dim it, or make it smaller than a quarter of the picture; nobody takes a film with it",
            start,
            lasts,
        )


def _flash_words(flash: Flashing) -> str:
    what = "flashes of saturated red" if flash.kind == "red" else "flashes"
    return f"{flash.most:.3g} {what} within a second, over {100 * flash.area:.0f} % of the picture"


def _slips(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    slips = [o for o in seen.looked.odd if not (expected and expected.in_a_dip(o.first, o.stop))]
    for group in _together(slips, seen.second):
        if flickers(seen, group[0].first, group[-1].stop):
            continue
        start, lasts = _span(seen, group[0].first, group[-1].stop)
        if len(group) >= _MANY:
            what = (
                f"{len(group)} times within {float(lasts):.1f} s the picture is another one and comes back: it flickers"
            )
            yield Finding("odd-frame", "warning", what, _LOOK, start, lasts)
            continue
        for odd in group:
            start, lasts = _span(seen, odd.first, odd.stop)
            frames = "one frame" if odd.frames == 1 else f"{odd.frames} frames"
            what = f"{frames} in the midst of a shot {'is' if odd.frames == 1 else 'are'} {_NAMES[odd.kind]}"
            severity: Severity = "error" if odd.kind in ("black", "colour") else "warning"
            yield Finding("odd-frame", severity, what, _LOOK, start, lasts)


_LOOK = "look at it: make the shot again, or cut the frames out; leave it where a light flashes that is meant to"


def _together(odd: Sequence[Odd], within: int) -> Iterator[list[Odd]]:
    group: list[Odd] = []
    for one in odd:
        if group and one.first - group[-1].stop > within:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _fields(seen: Survey) -> Iterator[Finding]:
    woven = seen.looked.woven
    if woven:
        start, lasts = _span(seen, woven.first, woven.stop)
        whole = woven.first == 0 and woven.stop >= seen.looked.frames
        pulled = woven.share < 0.6
        what = (
            f"two of five frames are made of fields of two others: a film that was pulled down to {_rate_words(seen)}"
            if pulled and woven.share > 0.3
            else "its frames are made of two fields of different moments: what moves combs"
        )
        if not seen.looked.said_woven:
            what += ", and the file does not say so"
        fix = "take the pulldown out (inverse telecine)" if pulled and woven.share > 0.3 else "deinterlace it"
        yield Finding(
            "interlaced",
            "error",
            what,
            f"{fix} before it goes into a film",
            *((None, None) if whole else (start, lasts)),
        )
    elif seen.looked.said_woven > 0.5 * seen.looked.frames:
        what = "it says that it is interlaced, and no frame of it is: players soften it for nothing"
        yield Finding("interlaced", "note", what, "encode it again as progressive")


def _rate_words(seen: Survey) -> str:
    return f"{float(seen.timing.rate):.4g} frames a second" if seen.timing.rate else "video"


def _levels(seen: Survey, profile: Profile) -> Iterator[Finding]:
    outside = seen.looked.outside
    if not outside:
        return
    both = outside.below > 0.002 and outside.above > 0.002
    often = outside.frames >= max(2, 0.1 * outside.seen)
    if not often:
        start, lasts = _span(seen, outside.at, outside.at + 1)
        what = f"{100 * outside.worst:.1f} % of the picture lie below black or above white here"
        yield Finding("levels", "note", what, "limit its levels to 16–235 when it is graded", start, lasts)
        return
    where = (
        "below black and above white" if both else ("below black" if outside.below > outside.above else "above white")
    )
    what = (
        f"{100 * (outside.below + outside.above):.1f} % of its points lie {where}, as in a full-range picture tagged "
        "as limited: dark and bright parts are cut off (EBU R 103)"
    )
    yield Finding("levels", profile.range, what, "convert it to limited range, or tag it as what it is")


def _bars(seen: Survey, expected: Expected | None, profile: Profile) -> Iterator[Finding]:
    for edges in seen.looked.edges:
        if not edges.whole and edges.stop - edges.first < 2 * seen.second:
            continue
        if expected and not edges.whole and expected.in_a_title(edges.first + seen.second, edges.stop - seen.second):
            continue
        wide, high = seen.stored
        kind = _kind_of(edges, wide, high)
        if kind is None:
            continue
        start, lasts = (None, None) if edges.whole else _span(seen, edges.first, edges.stop)
        severity: Severity = profile.bars if edges.whole and kind == "letterbox" else "warning"
        if expected and expected.draft:
            severity = "note"  # a draft draws them where a mood asks for them
        if kind == "blanking":
            sides = ((edges.top, "top"), (edges.bottom, "bottom"), (edges.left, "left"), (edges.right, "right"))
            said = ", ".join(f"{count} at the {side}" for count, side in sides if count)
            what, fix = (
                f"black lines are left at its edge: {said}",
                "crop them away, or scale the picture up by a little",
            )
        else:
            inside = (wide - edges.left - edges.right) * seen.aspect / (high - edges.top - edges.bottom)
            size = max(edges.top, edges.bottom), max(edges.left, edges.right)
            bars = " and ".join(
                f"{count} pixels {where}"
                for count, where in zip(size, ("above and below", "left and right"), strict=True)
                if count
            )
            what = f"black bars of {bars}; the picture within is {float(inside):.2f}:1"
            fix = "crop them away and deliver the picture in its own shape; leave them where a desk asks for them"
        yield Finding(kind, severity, what, fix, start, lasts)


def _kind_of(edges: Edges, wide: int, high: int) -> Literal["letterbox", "pillarbox", "windowbox", "blanking"] | None:
    """None for what is no bar: black at one edge only, and not thin."""
    across = _are_bars(edges.top, edges.bottom, high)
    along = _are_bars(edges.left, edges.right, wide)
    if across or along:
        return "windowbox" if across and along else "letterbox" if across else "pillarbox"
    thin = [count for count, of in _sides(edges, wide, high) if _LINES <= count <= max(_LINES, _BLANKING * of)]
    if edges.whole and thin and len(thin) == sum(count >= _LINES for count, _ in _sides(edges, wide, high)):
        return "blanking"
    return None


def _sides(edges: Edges, wide: int, high: int) -> tuple[tuple[int, int], ...]:
    return (edges.top, high), (edges.bottom, high), (edges.left, wide), (edges.right, wide)


def _are_bars(one: int, other: int, of: int) -> bool:
    return min(one, other) >= max(_LINES, 0.012 * of) and abs(one - other) <= max(4, 0.25 * max(one, other))


def _pixels(seen: Survey, expected: Expected | None) -> Iterator[Finding]:
    wide, high = seen.stored
    aspect = seen.aspect
    shown = wide * aspect / high if high else Fraction(1)
    is_sd = high in _SD_LINES and wide in _SD_WIDTHS
    if aspect != 1 and not (is_sd and _is_usual(shown, 0.03)) and not (expected and expected.width == seen.width):
        what = (
            f"its pixels are {aspect.numerator}:{aspect.denominator}, so that {wide}x{high} is shown as "
            f"{float(shown):.2f}:1"
        )
        squeezed = _is_usual(Fraction(wide, high), 0.01) and not _is_usual(shown, 0.01)
        severity: Severity = "error" if squeezed else "warning"
        what += ": people look too wide or too narrow" if squeezed else ""
        yield Finding(
            "pixel-aspect", severity, what, "set the sample aspect ratio to 1:1, unless the lens was anamorphic"
        )
    elif aspect == 1 and is_sd and wide in (704, 720) and not expected:
        what = f"{wide}x{high} has no square pixels as a rule, and the file says that it has"
        yield Finding("pixel-aspect", "warning", what, "set the sample aspect ratio that it was shot with, or scale it")


def _is_usual(shape: Fraction, within: float) -> bool:
    return any(abs(float(shape / usual) - 1) <= within for usual in _SHAPES)


def _rate(seen: Survey, profile: Profile) -> Iterator[Finding]:
    rate = seen.timing.rate
    if rate and profile.rates and rate not in profile.rates:
        taken = ", ".join(f"{float(r):.5g}" for r in sorted(profile.rates))
        what = f"{float(rate):.5g} frames a second, where {profile.name} takes {taken}"
        yield Finding("frame-rate", "warning", what, "set frame_rate in film.toml and make the film again")


def _span(seen: Survey, first: int, stop: int) -> tuple[Fraction, Fraction]:
    start = seen.seconds(first)
    return start, seen.seconds(stop) - start
