"""Marks a draft as a draft: black bars with the shot's number, its nature, a badge, and the words spoken.

All writing lies within the bars, and the bars do not depend on the picture between them. So they are drawn once per
shot, or once per page of a long dialogue, and then copied over two strips of every frame, which costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import floor

from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

from film.captions.text import breaks, clean
from film.render.fonts import CAP_HEIGHT, Typeface
from film.render.pictures import Picture, as_frame, as_picture, from_rgb, planes_in, planes_of
from film.timeline import Slate

BAR = 0.09
"""Height of a bar, as a share of the frame's."""
_SAFE = 0.05
"""Margin at either side that an old or careless screen may cut off."""
_SMALLEST = 7
"""Pixels: below this, letters are noise."""
_FINE = 96
"""Pixels: bars are drawn at least this high, and scaled down."""
_SHRINK = 0.7
"""How far letters may shrink before words are cut off instead."""
_LINE_PITCH = 1.28
_LONGEST = 240
"""Characters that could fit at all; measuring more is wasted."""
_WHITE, _GREY, _AMBER = (242, 239, 232), (178, 174, 166), (0xE6, 0xAD, 0x5F)


@dataclass(frozen=True)
class Overlay:
    """Two strips of ready pixels, as Y, U and V planes."""

    top: list[Picture]
    bottom: list[Picture]

    def over(self, frame: VideoFrame) -> VideoFrame:
        """A copy of ``frame`` with the bars on it."""
        picture = as_picture(frame)
        for plane, top, bottom in zip(planes_in(picture), self.top, self.bottom, strict=True):
            plane[: len(top)] = top
            plane[-len(bottom) :] = bottom
        return as_frame(picture)


@dataclass(frozen=True)
class _Strip:
    """A bar to write on, larger than it will be shown if it is small: letters then stand at parts of a pixel."""

    on: ImageDraw.ImageDraw
    width: int
    height: int
    smallest: int
    """The least size of letters."""


def overlay_for(slate: Slate, width: int, height: int, at: int = 0) -> Overlay:
    """The bars as they are ``at`` frames after the clip's first."""
    return _overlay(slate.number, slate.label, slate.badge, _words(slate, at), width, height)


def _words(slate: Slate, at: int) -> str:
    """What is read at a frame: a page of the dialogue, or all of it in quotes."""
    if not slate.pages:
        words = _clean(slate.dialogue or "")
        return f"“{words}”" if words else ""
    return next((_clean(page.text) for page in reversed(slate.pages) if page.start_frame <= at), "")


@lru_cache(maxsize=16)
def _overlay(number: str, label: str, badge: str, words: str, width: int, height: int) -> Overlay:
    bar = max(2, round(height * BAR / 2) * 2)
    return Overlay(
        top=_written(width, bar, lambda strip: _facts(strip, _clean(number), _clean(label), _clean(badge))),
        bottom=_written(width, bar, lambda strip: _dialogue(strip, words)),
    )


def _written(width: int, bar: int, write: Callable[[_Strip], None]) -> list[Picture]:
    larger = -(-_FINE // bar)
    image = Image.new("RGB", (width * larger, bar * larger))
    write(_Strip(ImageDraw.Draw(image), *image.size, _SMALLEST * larger))
    shown = image.resize((width, bar), Image.Resampling.LANCZOS) if larger > 1 else image
    return [plane.copy() for plane in planes_of(from_rgb(shown))]


def _facts(strip: _Strip, number: str, label: str, badge: str) -> None:
    """Number and label to the left, the badge to the right; the label gives way when it gets narrow."""
    margin = round(strip.width * _SAFE)
    room = strip.width - 2 * margin
    sizes = _sizes(min(0.31 * strip.height, 0.036 * strip.width), strip)
    size = next((s for s in sizes if _facts_width(number, label, badge, s) <= room), sizes[-1])
    strong, plain, gap = Typeface(size, 600), Typeface(size), 0.9 * size
    baseline = (strip.height + CAP_HEIGHT * size) / 2
    badge = _ellipsized(badge, strong, room / 2)
    right = strip.width - margin - strong.width(badge)
    strong.draw(strip.on, (right, baseline), badge, _AMBER)
    if badge:
        right -= 1.5 * size
    number = _ellipsized(number, strong, right - margin)
    strong.draw(strip.on, (margin, baseline), number, _WHITE)
    at = margin + (strong.width(number) + gap if number else 0)
    plain.draw(strip.on, (at, baseline), _ellipsized(label, plain, right - at), _GREY)


def _facts_width(number: str, label: str, badge: str, size: int) -> float:
    strong = Typeface(size, 600)
    return strong.width(number) + 0.9 * size + Typeface(size).width(label) + 1.5 * size + strong.width(badge)


def _dialogue(strip: _Strip, words: str) -> None:
    """Centred: on one line if they fit, else on two of like length, else cut short."""
    if not words:
        return
    lines, face = _set(words, strip)
    baseline = (strip.height + CAP_HEIGHT * face.size - (len(lines) - 1) * _LINE_PITCH * face.size) / 2
    for line in lines:
        face.draw(strip.on, ((strip.width - face.width(line)) / 2, baseline), line, _WHITE)
        baseline += _LINE_PITCH * face.size


def _set(text: str, strip: _Strip) -> tuple[list[str], Typeface]:
    room = strip.width * (1 - 2 * _SAFE)
    face = Typeface(_sizes(min(0.4 * strip.height, 0.05 * strip.width), strip)[0])
    if face.width(text) <= room:
        return [text], face
    sizes = _sizes(min(0.34 * strip.height, 0.05 * strip.width), strip)
    two = strip.height >= 2 * _LINE_PITCH * strip.smallest
    face = Typeface(sizes[0])
    lines = _in_two(text, face, room) if two else [text]
    widest = max(map(face.width, lines))
    if widest > room:  # widths grow with the size, so the size that fits is known without trying
        face = Typeface(max(sizes[-1], floor(sizes[0] * room / widest)))
    if max(map(face.width, lines)) > room and two:
        lines = _in_two(text, face, room, fill_first=True)
    ending = "…”" if text.endswith("”") else "…"
    return [_ellipsized(line, face, room, ending) for line in lines if line], face


def _in_two(text: str, face: Typeface, room: float, *, fill_first: bool = False) -> list[str]:
    """Broken where the longer line is shortest, or where the first line is full."""
    best, best_width = len(text), float("inf")
    for at in (place.at for place in breaks(text)):
        first, rest = face.width(text[:at].rstrip()), face.width(text[at:])
        if fill_first and first <= room:
            best = at
        elif not fill_first and max(first, rest) < best_width:
            best, best_width = at, max(first, rest)
    return [text[:best].rstrip(), text[best:].lstrip()]


def _sizes(largest: float, strip: _Strip) -> range:
    """Sizes to try, down to one that can still be read."""
    size = max(strip.smallest, round(largest))
    return range(size, max(strip.smallest, round(_SHRINK * size)) - 1, -1)


def _ellipsized(text: str, face: Typeface, room: float, ending: str = "…") -> str:
    if face.width(text) <= room:
        return text
    kept = text
    while kept and face.width(kept.rstrip(" ,.;:–—") + ending) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,.;:–—") + ending if kept else ""


def _clean(text: str) -> str:
    line = clean(text)
    return line if len(line) <= _LONGEST else line[:_LONGEST].rstrip() + "…"
