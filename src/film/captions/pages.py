"""Splits what is said into pages of one or two lines, where a reader would breathe.

    clean text, when each character is heard ──(pages)──► Page … , each at most two lines of 42 letters

All ways of breaking are weighed against each other, from the first word to the last, so that a good beginning never
leaves a lone word for the end. What counts: breaks at sense, lines of like length, a second for every page, and no
page that stands for longer than it takes to read twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from film.captions.moments import SECOND
from film.captions.segments import is_unspaced
from film.captions.text import LINE, SENTENCE, SENTENCE_ENDS, TORN, LineBreak, breaks, is_wide, width, widths

SHORTEST, LONGEST = Fraction(5, 6), 7
"""Seconds that a page is shown."""

_PER_PAGE = 26
"""Cost of another page: fewer and fuller ones are read with more ease."""
_PAGE_END = 2
"""A page that ends badly reads worse than a line that does."""
_PER_LINE = 5
_LONE_WORD = 70
_BRIEF = 80
"""For a page that is gone before a second is over, by how much of it is missing."""
_LINGERING, _TOO_LONG = 60, 100
"""For each second beyond the longest, and for being longer at all."""
_REST, _OVER_A_REST = 800_000, 60
"""Microseconds of silence after which a new page is expected, and what it costs to have none."""
_UNEVEN = 10
"""For lines of unlike length, at most; a longer line above counts twice: eyes like the pyramid."""


@dataclass(frozen=True)
class Page:
    """Characters ``start`` to ``stop`` of the text, laid out in ``lines``."""

    start: int
    stop: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def pages(text: str, heard: Sequence[int], *, said: Sequence[int] = (), prefix: int = 0) -> list[Page]:
    """The pages of clean ``text``; ``heard`` says in microseconds when each character begins, and when it all ends.

    ``said`` says when what stands before each character was said, where that is not when it begins: before a pause.
    ``prefix`` units of the first line are taken up by the speaker's name.
    """
    if not text:
        return []
    said = said or heard
    rests = [begins - ends >= _REST for begins, ends in zip(heard, said, strict=True)]
    if prefix + width(text) <= LINE and said[-1] - heard[0] <= LONGEST * SECOND and not any(rests):
        return [Page(0, len(text), (text,))]
    layout = _Layout(text, prefix)
    places = layout.places
    resting = list(accumulate((_OVER_A_REST * rests[place.at] for place in places), initial=0))
    best: list[tuple[float, int]] = [(0, 0)]
    """For each place the least cost of all up to it, and the place its last page begins at."""
    for here in range(1, len(places)):
        options: list[tuple[float, int]] = []
        for before in range(here - 1, -1, -1):
            laid = layout.page(before, here)
            if laid is None:
                break
            shown = (said[places[here].at] - heard[places[before].at]) / SECOND
            ends = _PAGE_END * places[here].cost + _PER_PAGE
            over = resting[here] - resting[before + 1]
            options.append((best[before][0] + laid[0] + ends + over + _hasty_or_slow(shown), before))
        best.append(min(options))
    found: list[Page] = []
    here = len(places) - 1
    while here:
        before = best[here][1]
        found.append(layout.laid_out(before, here))
        here = before
    return found[::-1]


class _Layout:
    """Lays stretches of one text out in lines; a stretch is named by the places it lies between."""

    def __init__(self, text: str, prefix: int) -> None:
        self._text, self._prefix = text, prefix
        self.places = [LineBreak(0, SENTENCE), *breaks(text), LineBreak(len(text), 0)]
        before = widths(text)
        self._starts = [before[place.at] for place in self.places]
        self._stops = [before[p.at - 1] if p.at and text[p.at - 1] == " " else before[p.at] for p in self.places]
        """Where a line that ends at a place ends: the space before it is not shown."""
        gaps = list(accumulate((char == " " or is_wide(char) or is_unspaced(char) for char in text), initial=0))
        self._words = [gaps[place.at] for place in self.places]
        self._closes = [text[: p.at].rstrip(" \"'”’»")[-1:] in SENTENCE_ENDS for p in self.places]

    def page(self, first: int, last: int) -> tuple[float, int] | None:
        """What a page between two places costs, and the place where its second line begins, ``last`` for none.

        None where it takes more than two lines.
        """
        whole = self._width(first, last)
        if whole <= LINE:
            return (_LONE_WORD if self._is_lone(first, last) and last - first < len(self.places) - 1 else 0), last
        if whole > 2 * LINE:
            return None
        best: tuple[float, int] | None = None
        for middle in range(first + 1, last):
            upper, lower = self._width(first, middle), self._width(middle, last)
            if upper > LINE:
                break
            if lower <= LINE:
                cost = self.places[middle].cost + _PER_LINE + _unevenness(upper, lower)
                cost += _LONE_WORD * (self._is_lone(first, middle) + self._is_lone(middle, last))
                best = min(best or (cost, middle), (cost, middle))
        return best or ((TORN, last) if last == first + 1 else None)

    def laid_out(self, first: int, last: int) -> Page:
        found = self.page(first, last)
        second = found[1] if found else last
        start, middle, stop = (self.places[i].at for i in (first, second, last))
        lines = (self._text[start:middle].strip(), self._text[middle:stop].strip())
        return Page(start, stop, tuple(line for line in lines if line))

    def _width(self, first: int, last: int) -> int:
        """The speaker's name stands before the first line."""
        return self._stops[last] - self._starts[first] + (0 if first else self._prefix)

    def _is_lone(self, first: int, last: int) -> bool:
        """Whether it is a single word, and not a sentence of its own: “Yes.”"""
        inside = self._words[last] - self._words[first]
        single = inside == 0 or (inside == 1 and self._text[self.places[last].at - 1] == " ")
        return single and not (self._closes[last] and self.places[first].cost == SENTENCE)


def _unevenness(upper: int, lower: int) -> float:
    return _UNEVEN * (lower - upper if lower > upper else 2 * (upper - lower)) / (2 * LINE)


def _hasty_or_slow(seconds: float) -> float:
    if seconds > LONGEST:
        return _TOO_LONG + _LINGERING * (seconds - LONGEST)
    return max(_BRIEF * (float(SHORTEST) - seconds), 0)
