"""Text as captions measure and break it: one clean line, its width, and the places where a line may end.

Width is counted in units, 8 for a letter and 21 for an ideograph, so that the 42 letters and the 16 ideographs that
fit on a line are the same 336 units, and a line of both needs no rule of its own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from film.captions.segments import inner_ends, is_unspaced

LETTER, IDEOGRAPH = 8, 21
LINE = 42 * LETTER
"""The longest line: 42 letters, or 16 ideographs."""
_TEAR = LINE // 7
"""A word that must be torn is torn into pieces of this width, not between any two letters."""
SENTENCE_ENDS = frozenset(".!?…。！？｡؟।॥")
CLAUSE_ENDS = frozenset(",;:—–)、，；：）،؛")

SENTENCE, CLAUSE, PHRASE, WORD, BOUND, TORN = 0, 3, 9, 16, 34, 120
"""What breaking there costs: after a sentence, a clause; before a word that opens a phrase; between any two words;
after a word that leans on the next one; inside a word."""

_UNSEEN = frozenset(("Cc", "Cf", "Cs"))
_JOINERS = "\u200c\u200d"
"""Unseen themselves, they shape the letters beside them."""
_CLOSING = "\"'”’»›)]}」』）】〉》"
_NO_LINE_START = "、。，．！？：；」』）】〉》・ー”’…?!,.;:)]}%ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々"
_NO_LINE_END = "「『（【〈《“‘([{"
_WIDE_MARKS = frozenset("、。，．！？：；」』）】〉》…")
_DASHES = ("-", "–", "—")
_TITLES = frozenset("mr. mrs. ms. dr. st. prof. capt. lt. col. sgt. gen. no. vs. hr. fr. sr. sra. m. mme.".split())
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
"""J. and U.S.: what follows belongs to it."""
_OPENING = frozenset(
    "and or but nor so yet because that which who whom whose when while where if unless until since though although as "
    "than to of in on at by for with from into over under before after between through about against without "
    "und oder aber denn weil dass wenn als ob mit von zu bei nach aus für auf in an et ou mais donc car que qui quand "
    "si avec dans sur pour par sans y o pero porque cuando con en para por sin e ma perché quando con per mas quando "
    "com em para sem".split()
)
"""Words that open a phrase: a break before them reads well, one after them does not."""
_LEANING = frozenset(
    "the a an my your his her its our their this these those not no very too i you he she it we they is are was were "
    "be been am has have had do does did will would can could shall should may might must "
    "der die das den dem des ein eine einen einem einer mein dein sein ihr unser kein nicht ich du er sie es wir "
    "le la les l un une des du de mon ton son ma ta sa mes tes ses je tu il elle nous vous ils elles ne "
    "el los las una unos unas mi tu su mis sus del al yo no il lo gli i uno della dei o os as um uma meu seu".split()
)


@dataclass(frozen=True)
class LineBreak:
    """A place where a line may end: the next one begins at ``at``. ``cost`` says how badly it reads."""

    at: int
    cost: int


def clean(text: str) -> str:
    """One line of visible characters: no control codes, and nothing that turns the direction of other text."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    seen = (char for char in spaced if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


@lru_cache(maxsize=4096)
def units_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return IDEOGRAPH if is_wide(char) else LETTER


def is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def width(text: str) -> int:
    return sum(map(units_of, text))


def widths(text: str) -> list[int]:
    """The width of what stands before each character, and of it all."""
    return list(accumulate(map(units_of, text), initial=0))


def breaks(text: str) -> list[LineBreak]:
    """Every place where a line of clean ``text`` may end, in order, its end not among them."""
    found: list[LineBreak] = []
    start = 0
    inside = inner_ends(text) | _after_marks(text)
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if before == " ":
            found += _torn(text, start, at - 1)
            found.append(LineBreak(at, _cost(text, start, at)))
            start = at
        elif after != " " and at in inside and _may_part(text, at):
            found += _torn(text, start, at)
            found.append(LineBreak(at, _after_unspaced(before)))
            start = at
    return found + _torn(text, start, len(text))


def _cost(text: str, start: int, at: int) -> int:
    """Of a break at a space; ``start`` is where the word before it begins."""
    word = text[start : at - 1]
    bare = word.rstrip(_CLOSING)
    end = bare.rfind(" ") + 1
    last, next_word = bare[end:].casefold(), text[at:].split(" ", 1)[0].casefold()
    if bare[-1:] in SENTENCE_ENDS:  # "Mr." and "J." lean on what follows
        if last in _TITLES or _INITIALS.fullmatch(last):
            return BOUND
        return CLAUSE if next_word[:1].islower() else SENTENCE
    if next_word in _DASHES:
        return BOUND
    if bare[-1:] in CLAUSE_ENDS or word[-1:] in CLAUSE_ENDS:
        return CLAUSE
    if last in _LEANING or last in _OPENING:
        return BOUND
    if bare and is_unspaced(bare[-1]):
        return CLAUSE  # where words need no spaces, one parts clauses
    return PHRASE if next_word.strip(_CLOSING) in _OPENING else WORD


def _after_marks(text: str) -> set[int]:
    """Places behind marks that are as wide as an ideograph: they bring their own space along."""
    return {at + 1 for at, char in enumerate(text[:-1]) if is_wide(char) and char in _WIDE_MARKS}


def _after_unspaced(before: str) -> int:
    if before in _CLOSING or before in SENTENCE_ENDS:
        return SENTENCE
    return CLAUSE if before in CLAUSE_ENDS else WORD


def _may_part(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if _is_attached(text, at):
        return False
    return before not in _NO_LINE_END and after not in _NO_LINE_START


def _torn(text: str, start: int, stop: int) -> list[LineBreak]:
    """Breaks inside a word that no line holds: an address, or a script without spaces."""
    if width(text[start:stop]) <= LINE:
        return []
    found: list[LineBreak] = []
    since = 0
    for at in range(start + 1, stop):
        since += units_of(text[at - 1])
        if since >= _TEAR and not _is_attached(text, at):
            found.append(LineBreak(at, TORN))
            since = 0
    return found


def _is_attached(text: str, at: int) -> bool:
    """Whether what stands at ``at`` belongs to the character before it: an accent, a vowel sign, a joined emoji."""
    after = text[at]
    modifies = unicodedata.category(after)[0] == "M" or after in _JOINERS or "\U0001f3fb" <= after <= "\U0001f3ff"
    return modifies or text[at - 1] == "\u200d"
