"""Text ─► tokens ─► noun phrases: preposition, words before the head, head; and what a head is, by the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from film.reading.catalogue import Catalogue
from film.reading.looks import roles

LONGEST = 4
"""Words in the longest phrase that is looked up."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


INSIDE = word_set("in inside at into through within aboard across along on outside onto interior")
PREPOSITIONS = INSIDE | word_set(
    "of to from with without by near over under above below beside behind between against around about for toward "
    "towards past off up down before after upon beneath among during wearing holding riding carrying like as than"
)
_DETERMINERS = word_set(
    "a an the his her their its my our your this that these those some any each every another no one two three four "
    "five six seven eight nine ten several many few both"
)
NUMBERS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten".split())}
_STOP = word_set(
    "and or but while who whom which where when then he she they it him them we us you i is are was were be been being "
    "has have had do does did not can will would there here just only also very too so if because until"
)
UNSEEN = word_set(
    "shot shots view close-up closeup camera lens frame frames scene scenes film films cinematography production "
    "grading color colour light lights lighting sunlight moonlight lamplight candlelight shadow shadows background "
    "foreground distance side front back middle center centre corner edge top bottom way floor wall walls ceiling "
    "beam beams ground surface air sky night day morning evening afternoon dusk dawn rain snow wind fog mist storm sun "
    "cloud clouds particles dust depth focus field point detail details style interior exterior room place world part "
    "piece pair group row line end shoulder waist hand hands face eyes head left right quality hollywood resolution "
    "documentary drama comedy action mood atmosphere tone texture angle wide medium people person crowd somebody "
    "something thing things someone nothing everything home dialogue video picture image set "
    "paw paws tail beak wing wings sideline core cores witness evidence "
    "red blue green yellow white black grey gray brown pink purple orange gold silver golden dark bright blonde blond"
)
_NOT_PEOPLE = word_set(
    "professional dragon rover star guide mummy beast monster creature grey rider ghost crane bug bull pig rat"
)
_CALLINGS = ("ologist", "ician", "smith", "wright", "maker", "keeper", "monger", "woman", "man", "ographer", "ist")
"""Endings by which an unknown word is somebody's calling."""
_PEOPLE = word_set("robot android cyborg alien")
_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth", "wolves": "wolf", "knives": "knife", "leaves": "leaf", "loaves": "loaf",
    "shelves": "shelf", "thieves": "thief", "wives": "wife", "oxen": "ox", "policemen": "policeman",
    "firemen": "fireman", "fishermen": "fisherman", "dice": "dice", "glasses": "glasses",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[.;:!?,()]")


@dataclass(frozen=True)
class Phrase:
    """A noun phrase: its preposition, the words before its head, the head and the words behind it in its clause."""

    preposition: str
    before: tuple[str, ...]
    head: str
    after: str
    first: bool
    """Whether it opens its clause."""
    determined: bool
    leading: str
    """The head of the phrase that it hangs on."""
    appended: bool
    """Whether only a comma parts it from the phrase before it."""
    proper: bool
    """Whether it is written as a name."""


def singulars(word: str) -> Iterator[str]:
    """The word, and what it may be the plural of."""
    yield word
    last = word.rsplit(" ", 1)
    stem, prefix = last[-1], f"{last[0]} " if len(last) > 1 else ""
    if stem in _IRREGULAR:
        yield prefix + _IRREGULAR[stem]
    if stem.endswith("ies") and len(stem) > 4:
        yield f"{prefix}{stem[:-3]}y"
    if stem.endswith(("ses", "xes", "ches", "shes", "oes")):
        yield prefix + stem[:-2]
    if stem.endswith("s") and not stem.endswith("ss") and len(stem) > 3:
        yield prefix + stem[:-1]


def words_of(text: str) -> list[str]:
    plain = text.casefold().replace("’", "'").replace("_", " ")
    plain = re.sub(r"\b(int|ext|i/e)\.", r"\1 :", plain)
    out: list[str] = []
    for token in _TOKEN.findall(plain):
        out.append(token[:-2] if token.endswith("'s") else token)
    return out


def looked_up(word: str, known: Catalogue) -> str:
    """``place``, ``thing``, ``person``, ``somewhere``, ``something`` or nothing."""
    for one in singulars(word):
        if one in known.place_words:
            return "place"
        if one in known.thing_words:
            return "thing"
        if one in _PEOPLE or one in roles():
            return "person"
        if noun := known.nouns.get(one):
            if noun.what == "p" and one in _NOT_PEOPLE:
                return "something"
            return {"p": "person", "l": "somewhere"}.get(noun.what, "thing" if noun.row else "something")
        if len(one) > 6 and " " not in one and one.endswith(_CALLINGS):
            return "person"
    return ""


def _is_verb(word: str, known: Catalogue) -> bool:
    for end, add in (("", ""), ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ies", "y")):
        stem = word[: -len(end)] + add if end and word.endswith(end) else word if not end else ""
        if stem and stem in known.verbs:
            return True
        doubled = end in ("ed", "ing") and word.endswith(end) and len(stem) > 3 and stem[-1] == stem[-2]
        if doubled and stem[:-1] in known.verbs:
            return True
    return False


def phrases_in(text: str, known: Catalogue) -> list[Phrase]:
    tokens = words_of(text)
    out: list[Phrase] = []
    k = 0
    preposition, determined, first, leading = "", False, True, ""
    run: list[str] = []

    def close(until: int) -> None:
        nonlocal run, preposition, determined, first, leading
        if run and (found := _headed(run, known)):
            end = next((n for n in range(until, len(tokens)) if tokens[n] in ".;!?"), len(tokens))
            out.append(
                Phrase(
                    preposition,
                    found[0],
                    found[1],
                    " ".join(tokens[until:end]),
                    first,
                    determined,
                    leading,
                    (begun > 1 and tokens[begun - 2] == ",") or (begun > 0 and tokens[begun - 1] == ","),
                    re.search(rf"\w[ ,]+{re.escape(found[1].title())}\b", text) is not None and not determined,
                )
            )
            leading, first = found[1], False
        elif run:
            leading = run[-1]
        run, determined, preposition = [], False, ""

    begun = 0
    while k < len(tokens):
        word = tokens[k]
        following = tokens[k + 1] if k + 1 < len(tokens) else ""
        if not word[0].isalnum():
            close(k)
            first, leading = True, ""
        elif word in PREPOSITIONS and not (run and word == "like"):
            close(k)
            preposition = word
        elif word in _DETERMINERS:
            kept = preposition
            close(k)
            preposition, determined = kept, True
            run = [word] if word in NUMBERS else []
        elif word in _STOP:
            close(k)
            preposition = ""
        elif _breaks(word, following, run, determined, known):
            close(k)
            first = False
        else:
            begun = begun if run else k
            run.append(word)
        k += 1
    close(k)
    return out


def _breaks(word: str, following: str, run: list[str], determined: bool, known: Catalogue) -> bool:
    """Whether a word is the verb that ends a phrase."""
    if not run and (determined or word in known.place_words):
        return False
    joined = f"{run[-1]} {word}" if run else word
    if looked_up(joined, known) and run:
        return False
    nominal = any(looked_up(one, known) for one in run)
    if word.endswith("s") and not word.endswith("ss") and run and looked_up(run[-1], known) in ("person", "thing"):
        row = next((known.thing_words[one] for one in singulars(run[-1]) if one in known.thing_words), "")
        alive = looked_up(run[-1], known) == "person" or (row and known.things[row].kind == "animals")
        if alive:
            return True
    if following in _DETERMINERS and nominal and not looked_up(joined, known):
        return True
    if following in _DETERMINERS and word.endswith(("s", "ed", "ing")) and (run or not determined):
        return word.endswith(("ed", "ing")) or _is_verb(word, known) or not looked_up(word, known) or not run
    if not _is_verb(word, known):
        return False
    return nominal or not determined


def _headed(run: list[str], known: Catalogue) -> tuple[tuple[str, ...], str] | None:
    """The words before the head, and the head: the longest phrase known that ends the run; else what stands there."""
    for end in range(len(run), 0, -1):
        for start in range(max(0, end - LONGEST), end):
            phrase = " ".join(run[start:end]).replace("-", " ")
            if looked_up(phrase, known):
                return tuple(run[:start]), phrase
        if "-" in run[end - 1]:
            continue
    return None


def row_of(head: str, known: Catalogue) -> str | None:
    for one in singulars(head):
        if one in known.thing_words:
            return known.thing_words[one]
        if (noun := known.nouns.get(one)) and noun.row:
            return noun.row
    return None
