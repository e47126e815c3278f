"""The film on a page: a frame of each shot with its number, name, time code, length and words.

    Timeline ──► stills ──► Page … ──► PNG

Pages are as wide as a screen and as long as a sheet of paper; a long film takes several, a short one is no longer than
it needs. Writing is set in the package's own typeface, and text is data: it is cut to its room, never read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from PIL import Image, ImageDraw

from film.export.lettering import clean, fitted, wrapped
from film.export.stills import ExportedStill, stills
from film.render.fonts import CAP_HEIGHT, Typeface
from film.timecode import timecode
from film.timeline import Clip, Timeline

_WIDTH, _LONGEST = 2400, 1780
_MARGIN, _GAP, _HEADER = 80, 40, 132
_GROUND, _CARD, _RULE = (0x0C, 0x0D, 0x10), (0x19, 0x1C, 0x21), (0x2A, 0x2E, 0x36)
_WHITE, _GREY, _DIM, _AMBER, _RED = (242, 239, 232), (176, 173, 166), (122, 122, 120), (0xE6, 0xAD, 0x5F), (226, 92, 78)
_PAD = 16


@dataclass(frozen=True)
class _Grid:
    columns: int
    rows: int
    width: int
    """Of a picture."""
    height: int
    text: int
    """Height of the writing under a picture."""

    @property
    def cell(self) -> tuple[int, int]:
        return self.width + _GAP, self.height + self.text + _GAP


def contact_sheet(
    timeline: Timeline, *, draft: bool = False, tick: Callable[[], None] | None = None
) -> list[Image.Image]:
    """The pages, at least one."""
    grid = _grid(timeline)
    found = stills(timeline, across=grid.width, tick=tick)
    each = grid.columns * grid.rows
    pages = [found[at : at + each] for at in range(0, len(found), each)]
    return [
        _page(timeline, shown, grid, f"{number} / {len(pages)}" if len(pages) > 1 else "", draft=draft)
        for number, shown in enumerate(pages, 1)
    ]


def _grid(timeline: Timeline) -> _Grid:
    """As many columns as keep a picture large enough to judge, and fewer where there are few shots."""
    aspect, count = Fraction(timeline.width, timeline.height), len(timeline.clips)
    columns = 3 if aspect > 2 else 4 if aspect > Fraction(5, 4) else 5 if aspect > Fraction(3, 4) else 7
    columns = min(columns, max(2, count))
    text = 164 if timeline.lines else 96
    room = _LONGEST - 2 * _MARGIN - _HEADER
    while True:
        width = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
        height = round(width / aspect)
        rows = (room + _GAP) // (height + text + _GAP)
        if rows:
            return _Grid(columns, min(rows, ceil(count / columns)), width, height, text)
        columns += 1  # tall pictures of few shots


def _page(timeline: Timeline, shown: Sequence[ExportedStill], grid: _Grid, number: str, *, draft: bool) -> Image.Image:
    rows = ceil(len(shown) / grid.columns)
    down = 2 * _MARGIN + _HEADER + rows * grid.cell[1] - _GAP
    page = Image.new("RGB", (_WIDTH, down), _GROUND)
    on = ImageDraw.Draw(page)
    _head(on, timeline, number, draft=draft)
    for place, still in enumerate(shown):
        row, column = divmod(place, grid.columns)
        at = _MARGIN + column * grid.cell[0], _MARGIN + _HEADER + row * grid.cell[1]
        _cell(page, on, at, still, timeline, grid)
    return page


def _head(on: ImageDraw.ImageDraw, timeline: Timeline, number: str, *, draft: bool) -> None:
    title, plain, strong = Typeface(52, 600), Typeface(26), Typeface(26, 600)
    seconds = round(timeline.duration)
    facts = [
        f"{len(timeline.clips)} shots" if len(timeline.clips) != 1 else "1 shot",
        f"{seconds // 60}:{seconds % 60:02d}",
        f"{timeline.width} × {timeline.height}",
        f"{float(timeline.rate):.5g} fps",
    ]
    right = float(_WIDTH - _MARGIN)
    baseline = _MARGIN + CAP_HEIGHT * title.size
    for text, face, colour in ((number, plain, _GREY), ("ANIMATIC" if draft else "", strong, _AMBER)):
        if text:
            right -= face.width(text)
            face.draw(on, (right, baseline), text, colour)
            right -= 36
    name = fitted(timeline.title or "Untitled", title, right - _MARGIN)
    title.draw(on, (_MARGIN, baseline), name, _WHITE)
    plain.draw(on, (_MARGIN, baseline + 46), "   ·   ".join(facts), _GREY)
    on.line((_MARGIN, _MARGIN + _HEADER - 26, _WIDTH - _MARGIN, _MARGIN + _HEADER - 26), _RULE, 2)


def _cell(
    page: Image.Image,
    on: ImageDraw.ImageDraw,
    at: tuple[int, int],
    still: ExportedStill,
    timeline: Timeline,
    grid: _Grid,
) -> None:
    x, y = at
    on.rounded_rectangle((x, y, x + grid.width, y + grid.height + grid.text), 12, _CARD)
    size = (grid.width, grid.height)
    picture = still.picture
    picture = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    page.paste(picture, (x, y), _rounded_top(size))
    clip = timeline.clips[still.place]
    if clip.slate and clip.slate.badge == "MISSING":
        _flag(on, x, y, "MISSING")
    _words(on, (x + _PAD, y + grid.height), grid.width - 2 * _PAD, still.place, clip, timeline)


def _words(on: ImageDraw.ImageDraw, at: tuple[int, int], room: int, place: int, clip: Clip, timeline: Timeline) -> None:
    x, y = at
    strong, plain, small = Typeface(24, 600), Typeface(24), Typeface(21)
    code = timecode(timeline.starts[place], timeline.rate)
    first, second = y + 36, y + 68
    right = x + room - plain.width(code)
    plain.draw(on, (right, first), code, _GREY)
    number = fitted(clip.number or f"{place + 1:03d}", strong, room / 3)
    strong.draw(on, (x, first), number, _AMBER)
    left = x + strong.width(number) + 14
    strong.draw(on, (left, first), fitted(clip.shot_id, strong, right - left - 20), _WHITE)
    small.draw(on, (x, second), fitted(_length(place, clip, timeline), small, room), _DIM)
    for line, words in enumerate(wrapped(spoken_in(clip, timeline) or clean(clip.title), plain, room, 2)):
        plain.draw(on, (x, second + 36 + 32 * line), words, _WHITE)


def _length(place: int, clip: Clip, timeline: Timeline) -> str:
    """``4.0 s · crossfade 0.5 s``: how long it is seen, and how it goes over into the next."""
    said = [f"{float(clip.frames / timeline.rate):.1f} s"]
    if place < len(timeline.transitions) and (join := timeline.transitions[place]).frames:
        said.append(f"{join.kind.replace('-', ' ')} {float(join.frames / timeline.rate):.1f} s")
    if clip.speed != 1:
        said.append(f"{float(clip.speed):.2f}×")
    if clip.hold:
        said.append(f"held {float(clip.hold / timeline.rate):.1f} s")
    return "   ·   ".join(said)


def spoken_in(clip: Clip, timeline: Timeline) -> str:
    """The words of a shot, and who says them: ``Mara: “Who is there?”  Tom: “Nobody.”``"""
    turns = (turn for line in timeline.lines if line.shot_id == clip.shot_id for turn in line.by_turns(timeline.rate))
    said = [(turn.character, clean(turn.text)) for turn in turns]
    return "  ".join(f"{who.title()}: “{text}”" if who else f"“{text}”" for who, text in said)


def _flag(on: ImageDraw.ImageDraw, x: int, y: int, text: str) -> None:
    face = Typeface(22, 600)
    wide = face.width(text) + 28
    on.rounded_rectangle((x + 14, y + 14, x + 14 + wide, y + 52), 8, _RED)
    face.draw(on, (x + 28, y + 33 + CAP_HEIGHT * face.size / 2), text, _WHITE)


def _rounded_top(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size, 255)
    on = ImageDraw.Draw(mask)
    on.rectangle((0, 0, *size), 0)
    on.rounded_rectangle((0, 0, size[0], size[1] + 24), 12, 255)
    return mask
