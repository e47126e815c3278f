"""Who is in the shot: the named characters, or the people whom only the prompt speaks of.

PanelSpec ──► cast_of ──► Cast (names in order, how many nameless people besides, hands only)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from animatic.elements import PanelSpec
from animatic.figures.parties import parties_of
from animatic.figures.roles import ROLES
from animatic.scenes.registry import reading_of as registry_reading
from film.providers.given_names import FEMININE_WORDS, MASCULINE_WORDS
from film.reading import catalogue, singulars

CROWD = 12
"""Nameless people in a crowd."""

_GROUPS = frozenset({"crowd", "audience", "couple", "family", "friends", "people", "passers", "army", "mob", "lovers"})
_QUALIFIERS = "old|young|elderly|little|tall|wise|lone|lonely|tired|small|brave|strange|mysterious"
_PRONOUNS = {
    "he",
    "him",
    "she",
    "her",
    "mr",
    "mrs",
    "ms",
    "dr",
    "sir",
    "lord",
    "old",
    "young",
    "elderly",
    "elder",
    "aged",
}
_NOT_PEOPLE = {
    "machine",
    "general",
    "private",
    "ancient",
    "agent",
    "hero",
    "guard",
    "pilot",
    "maid",
    "star",
    "bot",
}
_PEOPLE = sorted(({*ROLES, *FEMININE_WORDS, *MASCULINE_WORDS} - _PRONOUNS - _NOT_PEOPLE), key=len, reverse=True)
_PERSON = re.compile(
    rf"\b(?:\w+[- ]years?[- ]old )?(?:(?:{_QUALIFIERS}) )?(?:{'|'.join(_PEOPLE)})\b"
    r"(?! (?:made|cave|hole|sized|friendly|seat))"
)
_CROWD = re.compile(
    r"\bcrowd\w*|\baudience\b|\bpassers-?by\b|\bpedestrians\b|\bprotest\w*|\barmy\b|\bmob\b|\bcommuters\b|\bbustling\b"
)
_SOME = re.compile(
    r"\bpeople\b|\bfriends\b|\bfamily\b|\bstrangers\b|\bgroup of\b|\bvillagers\b|\bsoldiers\b|\bchildren\b|\bstudents\b"
)
_PAIR = re.compile(r"\bcouple\b|\btwo (?:men|women|people|figures|strangers|friends|lovers)\b|\blovers\b")
_LONE = re.compile(
    r"\b(?:lone|distant|small|solitary|single|shadowy|hooded|cloaked)? ?"
    r"(?:figure|silhouette|person|someone|somebody|traveller|traveler|stranger)\b"
)
_NONE = re.compile(
    r"\bno (?:people|one|characters|figures)\b|\bempty\b|\bdeserted\b|\babandoned\b|\buninhabited\b|\bunpeopled\b"
)
_SILHOUETTE = re.compile(r"\bsilhouett\w*|\bsiluet\w+|\bsilueta\w*")
_THEIR_SILHOUETTE = re.compile(
    r"\bin silhouette\b|\bsilhouetted\b|\b(?:his|her|their|as an?) silhouettes?\b|\bsilhouettes\b"
    r"|\ben silhouette\b|\bals silhouette\b|\ben silueta\b"
)
_HANDS = re.compile(r"\bhands?\b|\bfingers?\b|\bholding\b|\bfist\b|\bgrip\w*|\bpalm\b")
_NOBODYS_HANDS = re.compile(
    r"\b(?:clock|watch|dial)(?:['’]s|s)? hands?\b"
    r"|\bhands? of (?:an?|the|his|her|their|its) (?:\w+ )?(?:clock|watch|dial)\b"
    r"|\b(?:hour|minute|second)[- ]hands?\b|\bhand-\w+|\bpalm (?:trees?|lea(?:f|ves)|fronds?|oil)\b"
)
"""Of clocks, or in words that only begin so."""
_OBJECT_SHOTS = re.compile(r"\binsert\b|\bpov\b|point.of.view|\bmacro\b|\bdetail\b|\bcutaway\b")


@dataclass(frozen=True)
class Cast:
    """Names to draw, nameless extras behind them, and whether only hands are shown."""

    names: tuple[str, ...] = ()
    extras: int = 0
    hands: bool = False
    dark: bool = False
    """Seen against the light, as silhouettes."""


def cast_of(spec: PanelSpec, framing_name: str) -> Cast:
    """The people of a shot."""
    text = spec.prompt.casefold()
    shot = f"{spec.shot_type} {framing_name}".casefold().replace("_", " ")
    read = registry_reading(spec)
    beasts = {thing.name for thing in read.things if thing.name}
    named = tuple(dict.fromkeys(name.strip() for name in spec.characters if name.strip() and name not in beasts))
    if _OBJECT_SHOTS.search(shot):
        if _HANDS.search(_NOBODYS_HANDS.sub(" ", text)):
            return Cast(named[:1] or ("somebody",), 0, hands=True)
        return Cast()
    dark = bool(_SILHOUETTE.search(text))
    extras = CROWD if _CROWD.search(text) else 0
    if named:
        crowd = [name for name in named if _CROWD.search(name.casefold())]
        people = tuple(name for name in named if name not in crowd)
        return Cast(people, max(extras, CROWD if crowd else 0), dark=bool(_THEIR_SILHOUETTE.search(text)))
    if _NONE.search(text):
        return Cast()
    if extras:
        return Cast((), extras, dark=dark)
    counted, rest = parties_of(text)
    nouns = catalogue().nouns
    found = tuple(
        dict.fromkeys(m.group(0) for m in _PERSON.finditer(rest) if m.group(0).split()[-1] not in nouns)
    )  # in another language; what is English is read as a person, or is none
    if counted:
        found += tuple(person.words for person in read.people if person.count == 1)
    elif read.people:
        found = tuple(
            f"{ordinal}{next(reversed(list(singulars(person.words))))}"
            for person in read.people
            if person.words.rsplit(" ", 1)[-1] not in _GROUPS
            for ordinal in ("", "second ", "third ", "fourth ", "fifth ")[: person.count]
        )
    if counted:
        return Cast((*counted, *found)[: max(3, len(counted))], dark=dark)
    if _PAIR.search(text):
        return Cast(("woman", "man"), dark=dark)
    if _SOME.search(text):
        return Cast(("somebody", "someone", "passer", "stranger"), dark=dark)
    if found:
        return Cast(found[:3], dark=dark)
    if _LONE.search(text):
        return Cast(("stranger",), dark=dark)
    return Cast()
