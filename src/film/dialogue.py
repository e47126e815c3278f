"""What people write as dialogue → what is said: by every voice, in every caption, to the word.

    "(whispers) Do *not* go. TOM: …"  ──(turns_of)──►  mara: Do not go.   tom: …
                                          └─ told: (whispers) is a stage direction

Marks of emphasis are taken off and their words are said. Brackets inside a sentence are part of it. What stands in
brackets or asterisks on its own, between sentences, is a direction for the actor: nobody says it and no caption shows
it. ``MARA: … TOM: …`` is two voices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_MARKED = re.compile(r"[*_(\[<（［【]")
TAG = re.compile(
    r"</?(?:i|b|u|s|p|em|strong|mark|small|br|span|font|sub|sup|speak|break|prosody|emphasis|voice|say-as|phoneme|audio)"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>\"']+))*\s*/?>",
    re.IGNORECASE,
)
"""Tags of HTML and of speech markup; other angle brackets are text."""
_STRESS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]*(?:\*(?!\1)[^*\n]+)*?[^\s*])\1(?![\w*])")
_UNDER = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^\n]*?[^\s_])\1(?![\w_])")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|（([^（）]*)）|［([^［］]*)］|【([^【】]*)】")
_ROUND = re.compile(r"\(([^()]*)\)|（([^（）]*)）")
_ENDS = ".!?…‽。．！？｡؟۔।॥։።"
_CLOSERS = "\"'”’»›)]}」』）】》"
_OPENERS = "\"'“‘«‹„¿¡「『—–-…♪"
_LONGEST_DIRECTION = 12
"""Words."""
_SPEAKERS = frozenset("i i'm i’m i'll i’ll i'd i’d i've i’ve you we no yes".split())
"""A bracket that begins with one of these, in upper case, is speech."""
_LABEL = re.compile(
    rf"(?:^|\n\s*|(?<=[{re.escape(_ENDS + _CLOSERS)}—–-])[^\S\n]+)"
    r"(?P<name>(?:(?:mr|mrs|ms|dr|st|prof|capt|lt|sgt)\. )?[^\W\d_][\w'’\-]*(?: [\w'’\-]+){0,2})"
    r" ?(?P<note>\([^()\n]{1,40}\))?:\s+(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """What one ``character`` says without a break; None where nobody is named."""

    character: str | None
    text: str


@dataclass(frozen=True)
class Said:
    """``text`` is what is said; ``directions`` are what stood there and is not."""

    text: str
    directions: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def said(text: str, *, tags: bool = False, directions: bool = False) -> Said:
    """The words of ``text`` that are spoken; itself where there is nothing to take off.

    ``tags`` and ``directions`` leave those in it, for a voice that minds them: ``<break/>``, ``[whispers]``.
    """
    if not _MARKED.search(text):
        return Said(text)
    dropped: list[str] = []
    plain = text if tags else TAG.sub(lambda tag: " " if tag[0].lower().startswith("<br") else "", text)
    plain = _without(_STRESS, plain, 2, dropped)
    plain = _without(_UNDER, plain, 2, dropped)
    plain = _without(_ROUND if directions else _BRACKETS, plain, None, dropped)
    if plain == text:
        return Said(text)
    lines = (" ".join(line.split()) for line in plain.strip().split("\n"))
    return Said("\n".join(lines).strip(), tuple(dropped))


@lru_cache(maxsize=4096)
def turns_of(text: str, characters: tuple[str, ...] = ()) -> tuple[Turn, ...]:
    """Who says what, as it is written: one turn of the first character, or one for each name before a colon.

    A name is one of ``characters``, or stands in capitals beside one of them, or beside another where a shot has none.
    """
    labels = [m for m in _LABEL.finditer(text) if _is_name(m["name"], characters)]
    first = characters[0] if characters else None
    names = [_character(label["name"], characters) for label in labels]
    known = [name for name in names if name in characters]
    leads = bool(labels) and bool(text[: labels[0].start()].strip())
    if leads:
        is_talk = any(name != first for name in known)
    else:
        is_talk = len(labels) > 1 and bool(known or (not characters and len(set(names)) > 1))
    if not is_talk:
        return (Turn(first, text),)
    turns = [Turn(first, text[: labels[0].start()].strip())] if leads else []
    for label, after, name in zip(labels, (*labels[1:], None), names, strict=True):
        words = text[label.end() : after.start() if after else len(text)].strip()
        note = f"{label['note']} " if label["note"] else ""
        turns.append(Turn(name, note + words))
    return tuple(_merged(turns))


def _merged(turns: Sequence[Turn]) -> list[Turn]:
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1].character == turn.character:
            found[-1] = Turn(turn.character, f"{found[-1].text} {turn.text}")
        else:
            found.append(turn)
    return found


def _is_name(name: str, characters: Sequence[str]) -> bool:
    letters = [char for char in name if char.isalpha()]
    return len(letters) > 1 and (all(char.isupper() for char in letters) or _character(name, characters) in characters)


def _character(name: str, characters: Sequence[str]) -> str:
    """The shot's own word for who is named, or the name in the way that names are written."""
    plain = _plain(name)
    for character in characters:
        if _plain(character) == plain:
            return character
    for character in characters:
        if plain in _plain(character).split():
            return character
    return name.title()


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _without(marks: re.Pattern[str], text: str, words: int | None, dropped: list[str]) -> str:
    """``text`` less its directions; what is emphasised stays, without its marks."""
    kept = ""
    at = 0
    for found in marks.finditer(text):
        kept += text[at : found.start()]
        at = found.end()
        content = next(filter(None, found.groups()), "") if words is None else found[words]
        if _stands_alone(kept, text[at:]) and _directs(content.strip(), brackets=found[0][0], of_words=words is None):
            dropped.append(found[0])
        else:
            kept += found[0] if words is None else content
    return kept + text[at:]


def _stands_alone(before: str, after: str) -> bool:
    """Whether a sentence has ended before it, and one begins after it."""
    ahead = before.rstrip(" \t").rstrip(_CLOSERS) if before.rstrip(" \t") else ""
    begins = not ahead or ahead[-1] in _ENDS or ahead[-1] == "\n" or bool(re.search(r"(?:^|\n)[A-Z .'-]+:$", ahead))
    rest = after.lstrip(" \t")
    if not rest or rest[0] == "\n" or not rest.strip(_ENDS + " \n"):
        return begins
    follows = rest.lstrip(_OPENERS + " ")
    return begins and (follows[:1] in ("(", "[", "*", "_") or (follows[:1].isalnum() and not follows[0].islower()))


def _directs(content: str, *, brackets: str, of_words: bool) -> bool:
    """Whether it tells what to do, and is not what somebody says."""
    words = content.split()
    if not any(char.isalpha() for char in content) or len(words) > _LONGEST_DIRECTION:
        return not content
    if content[-1] in "!?。！？" or (content[-1] == "." and not content.endswith("..")):
        return False
    first = next(char for char in content if char.isalpha())
    if not of_words:
        return first.islower()
    if brackets in "[［【" or not first.isupper():
        return True
    return len(words) <= 3 and words[0].casefold() not in _SPEAKERS
