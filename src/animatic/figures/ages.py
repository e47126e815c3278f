"""How old somebody is, of the words for them: "little girl", "six-year-old", "vieille dame", "das Kind", "abuelo".

    "the little girl", "Lily" + "a little girl of six" ──► age_of ──► toddler, child, teen, adult, old, or None

A word that is sure ("girl", "grandmother") is asked before one that only leans that way ("little", "small"), so that a
little old lady is old. Looks are drawn of it by ``appearance``, bodies by ``skeleton``, bearing by ``bearing``.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TODDLERS = _words("toddler toddlers baby babies infant bébé kleinkind bebé bimbo")
GIRLS = _words(
    "girl girls schoolgirl schoolgirls daughter fille filles fillette fillettes gamine mädchen niña niñas nina chica "
    "muchacha bambina menina"
)
BOYS = _words(
    "boy boys schoolboy schoolboys son garçon garçons garcon garçonnet gamin bub bübchen niño niños nino chico "
    "muchacho bambino menino"
)
CHILDREN = (
    GIRLS
    | BOYS
    | _words("child children kid kids schoolchild schoolchildren enfant enfants gosse kinder criança crianças")
)
OLD_WOMEN = _words(
    "grandmother grandma granny nana grandmère mamie vieille oma großmutter grossmutter greisin vieja anciana abuela "
    "nonna vecchia velha avó"
)
OLD_MEN = _words(
    "grandfather grandpa grandad granddad gramps grandpère papy vieux vieil vieillard opa großvater grossvater greis "
    "viejo anciano abuelo nonno vecchio velho avô"
)
OLD = OLD_WOMEN | OLD_MEN | _words(
    "old elderly elder aged ancient pensioner retired senior alte alter alten altes octogenarian"
)  # fmt: skip
TEENS = _words("teen teenager teenage adolescent adolescente ado jugendlicher jugendliche")
YOUNG = _words("young youth youngster")
SMALL = _words("little small tiny wee petit petite kleiner kleine kleines pequeño pequeña piccolo piccola")

_GERMAN_ARTICLES = _words("das ein dem des kleines kleine kleinen dieses junges")
_NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NUMBER = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
_YEARS = re.compile(rf"\b({_NUMBER})[\s-](?:years?[\s-]olds?|ans|jahre|años|anni|anos)\b")
_OF_AGE = re.compile(rf"(?:\b(?:aged?|of) |^)({_NUMBER})\b(?! \w)")


def age_of(text: str) -> str | None:
    """The age that these words give whom they are about, if they give any."""
    plain = " ".join(text.casefold().replace("_", " ").split())
    years = _YEARS.search(plain) or _OF_AGE.search(plain)
    if years:
        return _at(int(years[1]) if years[1].isdigit() else _NUMBERS[years[1]])
    words = re.findall(r"\w+", re.sub(r"\balter ego\b", "", plain.replace("grand-", "grand")))
    said = set(words)
    if said & TODDLERS:
        return "toddler"
    if said & OLD and not said & CHILDREN:
        return "old"
    if said & CHILDREN or _is_kind(words):
        return "child"
    if said & (TEENS | YOUNG):
        return "teen"
    return "child" if said & SMALL else None


def _at(years: int) -> str:
    for until, age in ((3, "toddler"), (12, "child"), (18, "teen"), (62, "adult")):
        if years <= until:
            return age
    return "old"


def _is_kind(words: list[str]) -> bool:
    """Whether "Kind" is German's child here, and not English's good nature."""
    return any(
        word == "kind" and k == len(words) - 1 and (k == 0 or words[k - 1] in _GERMAN_ARTICLES)
        for k, word in enumerate(words)
    )


def told_of(prompt: str, name: str) -> str:
    """What a prompt says of this person right beside their name: "old Marcel", "Lily, a little girl of six"."""
    own = re.escape(name.casefold().replace("_", " ").strip())
    if not own:
        return ""
    text = prompt.casefold().replace("_", " ")
    before = rf"((?:{'|'.join(sorted(OLD | SMALL | YOUNG))})) {own}\b"
    after = rf"\b{own}(?:,| is| \()\s*((?:an?|the|une?|la|le|ein|eine|un|una|aged?|\d+)\b[^.,;:)]{{0,48}})"
    return " ".join(found[1] for pattern in (before, after) if (found := re.search(pattern, text)))
