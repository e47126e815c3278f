"""When each character of a line is heard: from its words' times where they are known, else by weight.

A word of the voice is looked for in the text a little ahead of the last one found, so that what the voice left out, or
said otherwise than written, costs its own time and no one else's. Between known moments time is shared out by weight:
an ideograph is a syllable, a figure is a word, and a full stop is a pause.
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


def heard(text: str, words: Sequence[SpokenWord], seconds: Fraction) -> list[int]:
    """For each character of clean ``text`` when it begins, in microseconds, and last when all is said; never falling.

    Whole numbers: a film of a thousand lines asks for a hundred thousand moments, and fractions take their time.
    """
    end = int(seconds * SECOND)
    anchors = [(0, 0), *_anchors(text, words, end), (len(text), end)]
    weights = list(accumulate(map(_weight, text), initial=0))
    moments = [0] * (len(text) + 1)
    for (first, begins), (last, ends) in pairwise(anchors):
        start, whole = weights[first], weights[last] - weights[first]
        for at in range(first, last + 1):
            moments[at] = begins + (ends - begins) * (weights[at] - start) // whole if whole else begins
    moments[-1] = end
    return moments


def _anchors(text: str, words: Sequence[SpokenWord], end: int) -> Iterator[tuple[int, int]]:
    """Places whose moments are known, in the order of both."""
    searched = "".join(char.casefold()[:1] for char in text)
    place, latest = 0, 0
    for word in words:
        spoken = "".join(char.casefold()[:1] for char in unicodedata.normalize("NFC", word.word.strip()))
        at = searched.find(spoken, place, place + len(spoken) + _AHEAD) if spoken else -1
        if at < 0 or not 0 <= word.start <= word.end < _LONGEST:
            continue
        begins, ends = round(word.start * SECOND), round(word.end * SECOND)
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
