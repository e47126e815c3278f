"""Where a long line may be parted, so that each part is one order and an edit touches one part.

    text longer than a model takes ──► boundaries by rank ──► halved, and halved again ──► passages that fit

Sentences come before clauses, clauses before words, and no word is ever cut. Speech sounds whole when a pause falls
where a speaker would make one, so each boundary also says how long that pause is.

Filling each part to the brim would be shorter, but then one word added at the beginning moves every boundary behind
it, and everything is bought again. Here a boundary is chosen by what stands right before it: of all boundaries in the
middle third the one whose words have the smallest digest. An edit elsewhere changes neither those words nor, but for a
small shift of the middle third, who is compared with them.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction

from film.errors import InputError
from film.providers.base import text_length

_CLOSERS = "\"'”’»›)\\]}」』）】》〉〕］｝＂＇"
_LATIN_ENDS = ".!?…‽"
_OTHER_ENDS = "。．！？｡‼⁇⁈⁉؟۔।॥။።፧፨։។៕༎"
"""Marks that end a sentence in scripts that need no blank behind it: CJK, Arabic, Indic, Ethiopic, Armenian …"""
_OTHER_PAUSES = "、，；：､،؛፣፤፥၊—"

_PARAGRAPH = re.compile(r"[^\S\n]*\n\s*")
_SENTENCE = re.compile(rf"[{_LATIN_ENDS}]+[{_CLOSERS}]*(?=\s)|[{_OTHER_ENDS}]+[{_CLOSERS}]*")
_CLAUSE = re.compile(rf"[,;:–][{_CLOSERS}]*(?=\s)|[{_OTHER_PAUSES}]+[{_CLOSERS}]*")
_BLANK = re.compile(r"[\s\u200b]+")
_TAG = re.compile(r"\[[^\]\n]*\]")
"""Directions for the voice, as ElevenLabs takes them: ``[whispers]``."""

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr mt vs etc capt lt col gen sgt rev hon no vol fig approx dept inc ltd co e.g i.e cf "
    "hr fr bzw ca evtl usw z.b d.h mme mlle sra".split()
)
_WIDE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_KANA_TO_WORD = re.compile(r"(?<=[\u3041-\u309f])(?=[\u30a1-\u30fa\u3400-\u9fff\U00020000-\U0003fffd])")
_BETWEEN_WIDE = re.compile(rf"(?<={_WIDE.pattern})(?={_WIDE.pattern})")
_CONTEXT = 24
"""Characters before a boundary that it is known by."""


class Rank(IntEnum):
    """How good a place for a join is."""

    DIRECTION = 0
    """Between the words of a direction, which no voice then understands: only where there is no other place."""
    CHARACTER = 1
    """Between two Chinese characters: these are written without blanks, and nothing tells their words apart."""
    WORD = 2
    CLAUSE = 3
    SENTENCE = 4
    PARAGRAPH = 5


PAUSES: Mapping[Rank, Fraction] = {
    Rank.DIRECTION: Fraction(0),
    Rank.CHARACTER: Fraction(0),
    Rank.WORD: Fraction(0),
    Rank.CLAUSE: Fraction(15, 100),
    Rank.SENTENCE: Fraction(35, 100),
    Rank.PARAGRAPH: Fraction(60, 100),
}
"""Seconds of quiet that a speaker leaves there, at least."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a line. ``pause`` is the quiet after it, in seconds."""

    text: str
    pause: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Boundary:
    at: int
    """Where the next part begins."""
    digest: bytes


def passages(text: str, limit: int | None) -> tuple[Passage, ...]:
    """``text`` in parts of at most ``limit`` characters (as ``text_length`` counts); itself where it fits.

    Raises InputError for a word that is longer than that.
    """
    if limit is None or text_length(text) <= limit:
        return (Passage(text),)
    places = _boundaries(text)

    def part(start: int, stop: int, pause: Fraction) -> Iterator[Passage]:
        piece = text[start:stop].strip()
        if text_length(piece) <= limit:
            yield Passage(piece, pause)
            return
        rank, at = _cut(places, start, stop, piece, limit)
        yield from part(start, at, PAUSES[rank])
        yield from part(at, stop, pause)

    *rest, last = part(0, len(text), Fraction(0))
    return (*rest, replace(last, pause=Fraction(0)))


def _cut(places: Mapping[Rank, Sequence[_Boundary]], start: int, stop: int, piece: str, limit: int) -> tuple[Rank, int]:
    """The best rank there is, and of its boundaries one in the middle third, or the one nearest to the middle."""
    third = (stop - start) / 3
    for rank in sorted(Rank, reverse=True):
        inside = _between(places[rank], start + 1, stop - 1)
        if central := _between(inside, start + third, stop - third):
            return rank, min(central, key=lambda place: place.digest).at
        if inside:
            middle = (start + stop) / 2
            return rank, min(inside, key=lambda place: abs(place.at - middle)).at
    raise InputError(
        f"a word of {text_length(piece)} characters cannot be spoken in one piece (“{piece[:30]}…”)",
        field="dialogue",
        hint=f"the model takes {limit} at once: put blanks or marks between the words",
    )


def _between(places: Sequence[_Boundary], first: float, last: float) -> Sequence[_Boundary]:
    low = bisect_left(places, first, key=lambda place: place.at)
    return places[low : bisect_right(places, last, key=lambda place: place.at)]


def _boundaries(text: str) -> dict[Rank, list[_Boundary]]:
    """Every place where the line may be parted, under its rank, in order."""
    inside_tags = {at for tag in _TAG.finditer(text) for at in range(tag.start() + 1, tag.end())}
    ranks: dict[int, Rank] = {}
    for rank, places in (
        (Rank.CHARACTER, (match.start() for match in _BETWEEN_WIDE.finditer(text))),
        (Rank.WORD, (match.start() for match in _KANA_TO_WORD.finditer(text))),
        (Rank.WORD, (match.end() for match in _BLANK.finditer(text))),
        (Rank.CLAUSE, (_after_blanks(text, match.end()) for match in _CLAUSE.finditer(text))),
    ):
        ranks |= dict.fromkeys(places, rank)
    for match in _SENTENCE.finditer(text):
        ranks[_after_blanks(text, match.end())] = _rank_of_end(text, match)
    ranks |= dict.fromkeys((match.end() for match in _PARAGRAPH.finditer(text)), Rank.PARAGRAPH)
    found: dict[Rank, list[_Boundary]] = {rank: [] for rank in Rank}
    for at, rank in sorted(ranks.items()):
        if text[:at].strip() and text[at:].strip():
            found[Rank.DIRECTION if at in inside_tags else rank].append(_Boundary(at, _digest(text, at)))
    return found


def _rank_of_end(text: str, end: re.Match[str]) -> Rank:
    """A full stop may belong to an abbreviation, and what goes on in small letters has not ended."""
    if end[0][0] in _OTHER_ENDS:
        return Rank.SENTENCE
    before = text[: end.start()][-20:].split()
    word = before[-1].strip("(“\"'[").casefold() if before else ""
    if end[0] == "." and (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())):
        return Rank.WORD
    after = text[_after_blanks(text, end.end()) :][:1]
    return Rank.CLAUSE if after.islower() else Rank.SENTENCE


def _after_blanks(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _digest(text: str, at: int) -> bytes:
    return hashlib.sha256(" ".join(text[max(0, at - 2 * _CONTEXT) : at].split())[-_CONTEXT:].encode()).digest()
