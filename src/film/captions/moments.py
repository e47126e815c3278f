"""When each character of a line is heard: from its words' times where they are known, else from the voice's pauses.

A word of the voice is looked for in the text a little ahead of the last one found, so that what the voice left out, or
said otherwise than written, costs its own time and no one else's. Between known moments time is shared out by weight:
an ideograph is a syllable, a figure is a word, and a full stop is a pause. Where nobody tells the words, the pauses
that are heard are laid to the marks that ask for them, and the rest is shared out over the time in which there is a
voice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise

from film.captions.text import CLAUSE_ENDS, SENTENCE_ENDS, is_wide
from film.models import SpokenWord

SECOND = 1_000_000
_AHEAD = 60
"""Characters to look for a word in: a direction such as [whispers] may stand between."""
_LONGEST = 100_000.0
"""Seconds: a word that ends later has no time that could be meant."""
_PAUSE, _SHORT_PAUSE = 7, 3
_UNMARKED = 0.3
"""Seconds that a mark may be off before a pause is rather taken for one that no mark asks for."""
_NEAR = 60_000
"""Microseconds by which what is reckoned may miss what is heard."""


def heard(
    text: str, words: Sequence[SpokenWord], seconds: Fraction, spoken: Sequence[tuple[int, int]] = ()
) -> list[int]:
    """For each character of clean ``text`` when it begins, in microseconds, and last when all is said; never falling.

    ``spoken`` are the milliseconds from and to which there is a voice, where somebody has listened.

    Whole numbers: a film of a thousand lines asks for a hundred thousand moments, and fractions take their time.
    """
    end = int(seconds * SECOND)
    known = [*_anchors(text, words, end)] or [*_at_pauses(text, spoken, end)]
    anchors = [(0, 0), *known, (len(text), end)]
    weights = list(accumulate(map(_voiced_weight if spoken and not words else _weight, text), initial=0))
    moments = [0] * (len(text) + 1)
    for (first, begins), (last, ends) in pairwise(anchors):
        start, whole = weights[first], weights[last] - weights[first]
        for at in range(first, last + 1):
            moments[at] = begins + (ends - begins) * (weights[at] - start) // whole if whole else begins
    moments[-1] = end
    return moments


def said(moments: Sequence[int], spoken: Sequence[tuple[int, int]]) -> list[int]:
    """For each place in the text when what stands before it was said: before a pause that is when the pause begins."""
    found: list[int] = []
    ends = [(stop * 1000, start * 1000) for (_, stop), (start, _) in pairwise(spoken)]
    at = 0
    for moment in moments:
        while at < len(ends) and ends[at][1] + _NEAR < moment:
            at += 1
        found.append(min(moment, ends[at][0]) if at < len(ends) and moment > ends[at][0] else moment)
    return found


def begun(moments: Sequence[int], spoken: Sequence[tuple[int, int]]) -> list[int]:
    """For each character when it is heard first: not in a pause, but after it."""
    starts = [(stop * 1000, start * 1000) for (_, stop), (start, _) in pairwise(spoken)]
    found: list[int] = []
    at = 0
    for moment in moments:
        while at < len(starts) and starts[at][1] <= moment:
            at += 1
        found.append(starts[at][1] if at < len(starts) and moment >= starts[at][0] - _NEAR else moment)
    return found


def _at_pauses(text: str, spoken: Sequence[tuple[int, int]], end: int) -> Iterator[tuple[int, int]]:
    """Places behind marks, and the moment at which the voice goes on there: of all ways the one that fits best."""
    if len(spoken) < 2:
        return
    weights = list(accumulate(map(_voiced_weight, text), initial=0))
    marks = [at for at in range(2, len(text)) if _follows_mark(text, at)]
    before = [0, *accumulate(stop - start for start, stop in spoken)]
    voiced, whole = max(1, before[-1]), max(1, weights[-1])
    gaps = [(number, start - stop) for number, ((_, stop), (start, _)) in enumerate(pairwise(spoken), 1)]
    costs: list[list[tuple[float, bool]]] = [[(0.0, False)] * (len(marks) + 1) for _ in range(len(gaps) + 1)]
    for row, (number, lasts) in enumerate(gaps, 1):
        skipped = _UNMARKED + lasts / 1000
        costs[row][0] = costs[row - 1][0][0] + skipped, False
        for column, at in enumerate(marks, 1):
            off = abs(before[number] / voiced - weights[at] / whole) * voiced / 1000
            ways = ((costs[row - 1][column - 1][0] + off, True), (costs[row - 1][column][0] + skipped, False))
            left = costs[row][column - 1][0]
            best = min(ways)
            costs[row][column] = (left, False) if left < best[0] else best
    row, column = len(gaps), len(marks)
    found: list[tuple[int, int]] = []
    while row and column:
        cost, matched = costs[row][column]
        if matched:
            found.append((marks[column - 1], min(end, spoken[gaps[row - 1][0]][0] * 1000)))
            row, column = row - 1, column - 1
        elif cost == costs[row][column - 1][0]:
            column -= 1
        else:
            row -= 1
    yield from reversed(found)


def _follows_mark(text: str, at: int) -> bool:
    """Whether a clause begins at ``at``: behind a mark, what closes it, and a space."""
    if text[at] == " " or text[at] in CLAUSE_ENDS or text[at] in SENTENCE_ENDS:
        return False
    before = text[:at].rstrip(" \"'”’»」』）)")
    return (len(before) < at and bool(before) and (before[-1] in SENTENCE_ENDS or before[-1] in CLAUSE_ENDS)) or (
        is_wide(text[at - 1]) and (text[at - 1] in SENTENCE_ENDS or text[at - 1] in CLAUSE_ENDS)
    )


@lru_cache(maxsize=4096)
def _voiced_weight(char: str) -> int:
    """As ``_weight``, where the pauses are known: a mark takes no time of the voice."""
    return 0 if char in SENTENCE_ENDS or char in CLAUSE_ENDS else _weight(char)


def _anchors(text: str, words: Sequence[SpokenWord], end: int) -> Iterator[tuple[int, int]]:
    """Places whose moments are known, in the order of both."""
    searched = "".join(char.casefold()[:1] for char in text)
    place, latest = 0, 0
    for word in words:
        spoken = "".join(char.casefold()[:1] for char in unicodedata.normalize("NFC", word.word.strip()))
        at = searched.find(spoken, place, place + len(spoken) + _AHEAD) if spoken else -1
        if at < 0 or not 0 <= word.start <= word.end < _LONGEST:
            continue
        begins, ends = round(word.start * SECOND), min(end, round(word.end * SECOND))
        if not latest <= begins <= ends <= end:
            continue
        place, latest = at + len(spoken), ends
        yield at, begins
        yield place, ends


@lru_cache(maxsize=4096)
def _weight(char: str) -> int:
    if char in SENTENCE_ENDS:
        return _PAUSE
    if char in CLAUSE_ENDS:
        return _SHORT_PAUSE
    if is_wide(char):
        return 5
    if char.isdigit():
        return 4
    return 2 if char.isalpha() else int(char == " ")
