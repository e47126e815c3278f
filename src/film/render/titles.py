"""A title card: its words, as large as they fit, on a plain ground, at the film's own size.

    words ──► paragraphs ──► the largest size at which all lines fit ──► lines of like length, centred

Lines break where captions do, at sense in every script. The words stay clear of the edges that screens cut off, and of
the place where captions stand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from film.captions.text import breaks, clean
from film.render.fonts import CAP_HEIGHT, Typeface, runs_leftward

RECIPE = "title/1"
"""Changes whenever the same words would be set otherwise."""
_ACROSS, _DOWN = 0.8, 0.64
"""Shares of the picture that words may fill."""
_MIDDLE = 0.48
"""Where their middle lies, as a share of the height: what lies in the exact middle seems to sink."""
_LARGEST, _LEAST = 0.075, 0.03
"""Of the letters, as shares of the shorter side; below the least, a word is broken sooner than made smaller."""
_TINIEST = 6
"""Pixels, of the picture that is drawn: it is never smaller than a thousand across its shorter side."""
_STEP = 0.95
_PITCH, _GAP = 1.36, 1.05
"""From baseline to baseline, and from either to an empty line between them, as shares of the letters' size."""
_FINE = 1000
_WEIGHT = 500


@dataclass(frozen=True)
class _Line:
    text: str
    leftward: bool


def drawn(text: str, width: int, height: int, *, colour: str, background: str, face: str = "") -> Image.Image:
    """The card of ``width`` by ``height`` pixels; colours are ``#rrggbb``, ``face`` is a font file of the user's own.

    Small pictures are drawn larger and scaled down, so that letters stand at parts of a pixel.
    """
    larger = max(1, -(-_FINE // min(width, height)))
    card = Image.new("RGB", (width * larger, height * larger), background)
    _write(card, text, colour, face)
    return card.resize((width, height), Image.Resampling.LANCZOS) if larger > 1 else card


def _write(card: Image.Image, text: str, colour: str, face: str) -> None:
    lines, letters = _set(text, card.width * _ACROSS, card.height * _DOWN, min(card.size), face)
    on, rgb = ImageDraw.Draw(card), tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    below = [_GAP if not after.text or not line.text else _PITCH for line, after in pairwise(lines)]
    high = (CAP_HEIGHT + sum(below)) * letters.size
    baseline = card.height * _MIDDLE - high / 2 + CAP_HEIGHT * letters.size
    for line, gap in zip(lines, (*below, 0.0), strict=True):
        left = (card.width - letters.width(line.text, leftward=line.leftward)) / 2
        letters.draw(on, (left, baseline), line.text, (rgb[0], rgb[1], rgb[2]), leftward=line.leftward)
        baseline += gap * letters.size


def _set(text: str, across: float, down: float, short: int, face: str) -> tuple[list[_Line], Typeface]:
    """The lines, and the largest letters at which they fit."""
    paragraphs = _paragraphs(text)
    size = short * _LARGEST
    while True:
        letters = Typeface(max(_TINIEST, round(size)), _WEIGHT, face)
        lines = [
            line for paragraph in paragraphs for line in _laid(paragraph, letters, across, tear=size < short * _LEAST)
        ]
        wide = max(letters.width(line.text, leftward=line.leftward) for line in lines)
        if letters.size <= _TINIEST or (wide <= across and len(lines) * _PITCH * letters.size <= down):
            return lines, letters
        size *= _STEP


def _paragraphs(text: str) -> list[str]:
    """The lines as they are written, one empty one at most between two that are not."""
    written = [clean(line) for line in text.splitlines()]
    return [line for before, line in zip(["", *written], written, strict=False) if line or before]


def _laid(paragraph: str, letters: Typeface, room: float, *, tear: bool) -> Iterator[_Line]:
    """A paragraph in as few lines as hold it, and those as alike as they come."""
    leftward = runs_leftward(paragraph)
    fewest = _filled(paragraph, letters, room, leftward, tear)
    narrow, wide = room / max(1, len(fewest)), room
    for _ in range(6 if len(fewest) > 1 else 0):
        middle = (narrow + wide) / 2
        tried = _filled(paragraph, letters, middle, leftward, tear)
        if len(tried) <= len(fewest) and all(letters.width(line, leftward=leftward) <= middle for line in tried):
            fewest, wide = tried, middle
        else:
            narrow = middle
    yield from (_Line(line, leftward) for line in fewest)


def _filled(text: str, letters: Typeface, room: float, leftward: bool, tear: bool) -> list[str]:
    """Each line as full as it gets. A word that is too long for one stands out of it, or is torn."""
    lines: list[str] = []
    start = end = 0
    for stop in (*_ends(text, tear), len(text)):
        if end > start and letters.width(text[start:stop].rstrip(), leftward=leftward) > room:
            lines.append(text[start:end].strip())
            start = end
        end = stop
    return [*lines, text[start:].strip()]


def _ends(text: str, tear: bool) -> list[int]:
    """Where a line may end: at sense, or between any two letters."""
    if not tear:
        return [place.at for place in breaks(text)]
    marks = "\u200c\u200d"
    return [at for at in range(1, len(text)) if not _hangs(text[at]) and text[at - 1] not in marks]


def _hangs(char: str) -> bool:
    return unicodedata.category(char)[0] in "MC"
