"""People counted and not named: "three thieves", "two silhouettes", "deux enfants" become that many persons.

prompt ──► parties_of ──► ("thief", "second thief", "third thief"), each with a look of their own
"""

from __future__ import annotations

import re

from animatic.figures.ages import BOYS, CHILDREN, GIRLS, OLD_MEN, OLD_WOMEN
from animatic.figures.roles import ROLES

MOST = 8
"""As many as a group can be told apart in."""

_COUNTS = {
    word: number
    for number, words in (
        (2, "two 2 both deux zwei dos due dois"),
        (3, "three 3 trois drei tres tre três several some"),
        (4, "four 4 quatre vier cuatro quattro quatro"),
        (5, "five 5 cinq fünf cinco cinque"),
        (6, "six 6 sechs seis sei"),
        (7, "seven 7 sept sieben siete sette sete"),
        (8, "eight 8 huit acht ocho otto oito"),
    )
    for word in words.split()
}
_IRREGULAR = {
    "thieves": "thief", "men": "man", "women": "woman", "children": "child", "people": "stranger",
    "policemen": "policeman", "ladies": "lady",
    "firemen": "worker", "fishermen": "fisherman", "businessmen": "businessman", "enfants": "enfant", "kinder": "kind",
    "persons": "stranger", "figures": "stranger", "silhouettes": "stranger", "silhouetten": "stranger",
    "siluetas": "stranger",
    "hommes": "man", "femmes": "woman", "männer": "man", "frauen": "woman", "hombres": "man", "mujeres": "woman",
}  # fmt: skip
_OTHERS = (
    "stranger friend lover brother sister burglar robber hiker dancer player sailor neighbour neighbor tourist "
    "villager teacher waiter nurse guest cook chef hunter smuggler pirate refugee prisoner passenger colleague twin "
    "musician cop guard pilot maid hero agent general gangster bandit kidnapper rider runner swimmer "
    "climber singer actor gentleman"
).split()
_SINGULARS = {
    **{f"{word}s": word for word in (*_OTHERS, *ROLES, *CHILDREN, *GIRLS, *BOYS, *OLD_WOMEN, *OLD_MEN)},
    **_IRREGULAR,
}
_PARTY = re.compile(
    rf"\b({'|'.join(_COUNTS)}) ((?:[\w-]+ ){{0,2}}?)({'|'.join(sorted(_SINGULARS, key=len, reverse=True))})\b"
)
_ORDINALS = ("", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ")
_BARE = re.compile(r"\bsilhouettes\b(?! of (?!people|figures))|\bsiluetas\b|\bsilhouetten\b")


def parties_of(text: str) -> tuple[tuple[str, ...], str]:
    """Names for the people that a case-folded prompt counts, and the prompt without them."""
    names: list[str] = []
    for found in _PARTY.finditer(text):
        one = _SINGULARS[found[3]]
        names += [f"{_ORDINALS[k]}{found[2]}{one}" for k in range(_COUNTS[found[1]])]
    if not names and _BARE.search(text):
        names = [f"{_ORDINALS[k]}stranger" for k in range(3)]
    return tuple(names[:MOST]), _PARTY.sub("", text)
