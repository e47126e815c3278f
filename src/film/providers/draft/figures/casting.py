"""Who is in the shot: the named characters, or the people whom only the prompt speaks of.

PanelSpec ──► cast_of ──► Cast (names in order, how many nameless people besides, hands only)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from film.providers.draft.elements import PanelSpec
from film.providers.draft.figures.roles import ROLES
from film.providers.given_names import FEMININE_WORDS, MASCULINE_WORDS

CROWD = 12
"""Nameless people in a crowd."""

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
_PERSON = re.compile(rf"\b(?:(?:{_QUALIFIERS}) )?(?:{'|'.join(_PEOPLE)})\b(?! (?:made|cave|hole|sized|friendly))")
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
_HANDS = re.compile(r"\bhands?\b|\bfingers?\b|\bholding\b|\bfist\b|\bgrip\w*|\bpalm\b")
_OBJECT_SHOTS = re.compile(r"\binsert\b|\bpov\b|point.of.view|\bmacro\b|\bdetail\b|\bcutaway\b")


@dataclass(frozen=True)
class Cast:
    """Names to draw, nameless extras behind them, and whether only hands are shown."""

    names: tuple[str, ...] = ()
    extras: int = 0
    hands: bool = False


def cast_of(spec: PanelSpec, framing_name: str) -> Cast:
    """The people of a shot."""
    text = spec.prompt.casefold()
    shot = f"{spec.shot_type} {framing_name}".casefold().replace("_", " ")
    named = tuple(dict.fromkeys(name.strip() for name in spec.characters if name.strip()))
    if _OBJECT_SHOTS.search(shot):
        if _HANDS.search(text):
            return Cast(named[:1] or ("somebody",), 0, hands=True)
        return Cast()
    extras = CROWD if _CROWD.search(text) else 0
    if named:
        crowd = [name for name in named if _CROWD.search(name.casefold())]
        people = tuple(name for name in named if name not in crowd)
        return Cast(people, max(extras, CROWD if crowd else 0))
    if _NONE.search(text):
        return Cast()
    if extras:
        return Cast((), extras)
    if _PAIR.search(text):
        return Cast(("woman", "man"))
    if _SOME.search(text):
        return Cast(("somebody", "someone", "passer", "stranger"))
    found = tuple(dict.fromkeys(match.group(0) for match in _PERSON.finditer(text)))
    if found:
        return Cast(found[:3])
    if _LONE.search(text):
        return Cast(("stranger",))
    return Cast()
