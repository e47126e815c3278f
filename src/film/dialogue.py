"""What people write as dialogue → what is said: by every voice, in every caption, to the word.

    "(whispers) Do *not* go. TOM: …"  ──(turns_of)──►  mara: Do not go.   tom: …
                                          └─ told: (whispers) is a stage direction

Marks of emphasis are taken off and their words are said, and so are other marks of Markdown: links, headings, quotes.
Brackets inside a sentence are part of it. What stands in brackets or asterisks on its own, between sentences, is a
direction for the actor: nobody says it and no caption shows it. ``MARA: … TOM: …`` is two voices, and ``MARA: …`` is
Mara, whose name nobody says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_MARKED = re.compile(r"[*_(\[<（［【~`\\•\u00ad\u2060\ufeff]|(?:^|\n)[^\S\n]*[#>]")
_INVISIBLE = str.maketrans("", "", "\u00ad\u2060\ufeff")
"""Where a word may or may not be broken: nobody says it, and voices stumble over it."""
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
"""Markdown's way to mean the mark itself."""
_ASIDE = 0xE000
"""Escaped marks wait among characters for private use, so that they are no marks meanwhile."""
_BACK = {_ASIDE + code: code for code in range(0x80)}
_LINK = re.compile(r"!?\[([^\[\]\n]+)\]\((?:https?:|mailto:|/|#)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?: \"[^\"\n]*\")?\)")
_LINE_MARK = re.compile(r"(^|\n)[^\S\n]*(?:#{1,6}|>(?:[^\S\n]*>)*|[*•])[^\S\n]+(?=\S)")
"""A heading, a quote, a point of a list. A dash is left: it is how dialogue is written in many languages."""
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])([^~\n]*[^\s~])~~(?!~)")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]+)\1(?!`)")
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
_NOTE = r"\([^()\n]{1,40}\)"
_GAP = r"[^\S\n]?"
_LABEL = re.compile(
    rf"(?:(?:^|\n)[^\S\n]*|(?<=[{re.escape(_ENDS + _CLOSERS)}—–-])[^\S\n]+)(?P<marks>\*{{1,3}}|_{{1,3}})?"
    r"(?P<name>(?:(?:mr|mrs|ms|dr|st|prof|capt|lt|sgt)\. )?[^\W\d_](?:[\w'’\-]*[^\W_])?(?: [\w'’\-]*[^\W_]){0,2})"
    rf"{_GAP}(?P<note>{_NOTE})?{_GAP}"
    rf"(?(marks)(?:[:：](?P=marks)|(?P=marks){_GAP}(?P<after>{_NOTE})?{_GAP}[:：])\s+"
    r"|(?::\s+|：\s*|(?P<line>[^\S\n]*\n\s*)))(?=\S)",
    re.IGNORECASE,
)
"""``MARA:``, ``MARA (V.O.):``, ``**MARA:**``, and ``MARA`` on a line of her own, as screenplays have it."""
_OFF = re.compile(r"\(\s*(?:v\.?\s?o|o\.?\s?[sc]|cont['’]?d|into phone|filtered)\.?\s*\)", re.IGNORECASE)
"""What screenplays write beside a name."""


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
    plain = _ESCAPED.sub(lambda mark: chr(_ASIDE + ord(mark[1])), text.translate(_INVISIBLE))
    plain = plain if tags else TAG.sub(lambda tag: " " if tag[0].lower().startswith("<br") else "", plain)
    plain = _LINE_MARK.sub(r"\1", _LINK.sub(r"\1", plain))
    plain = _CODE.sub(r"\2", _STRUCK.sub(r"\1", plain))
    plain = _without(_STRESS, plain, 2, dropped)
    plain = _without(_UNDER, plain, 2, dropped)
    plain = _without(_ROUND if directions else _BRACKETS, plain, None, dropped)
    plain = plain.translate(_BACK)
    if plain == text:
        return Said(text)
    lines = (" ".join(line.split()) for line in plain.strip().split("\n"))
    return Said("\n".join(lines).strip(), tuple(direction.translate(_BACK) for direction in dropped))


@lru_cache(maxsize=4096)
def turns_of(text: str, characters: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> tuple[Turn, ...]:
    """Who says what, as it is written: one turn of the first character, or one for each name before a colon.

    A name is one of ``characters``, or stands in capitals beside one of them, or beside another where a shot has none.
    ``others`` are known as well, as those are who appear in other shots of the film, but are not who speaks unnamed.
    On a line of its own it stands in capitals, and is one of ``characters`` or follows an empty line.
    """
    first = characters[0] if characters else None
    has_nobody = not characters
    characters += others
    labels = [m for m in _LABEL.finditer(text) if _is_label(m, text, characters)]
    names = [_character(label["name"], characters) for label in labels]
    known = [name for name in names if name in characters]
    leads = bool(labels) and bool(text[: labels[0].start()].strip())
    if leads:
        is_talk = any(name != first for name in known) or any(
            text[label.start()] == "\n" and label["name"].isupper() and name in characters
            for label, name in zip(labels, names, strict=True)
        )
    else:
        is_talk = bool(known) or (has_nobody and len(set(names)) > 1)
    if not is_talk:
        return (Turn(first, text),)
    turns = [Turn(first, text[: labels[0].start()].strip())] if leads else []
    for label, after, name in zip(labels, (*labels[1:], None), names, strict=True):
        words = text[label.end() : after.start() if after else len(text)].strip()
        notes = (note for note in (label["note"], label["after"]) if note)
        turns.append(Turn(name, " ".join((*notes, words))))
    return tuple(_merged(turns))


def _merged(turns: Sequence[Turn]) -> list[Turn]:
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1].character == turn.character:
            found[-1] = Turn(turn.character, f"{found[-1].text} {turn.text}")
        else:
            found.append(turn)
    return found


def _is_label(label: re.Match[str], text: str, characters: Sequence[str]) -> bool:
    name = label["name"]
    if not _is_name(name, characters):
        return False
    if label["line"] is None:
        return True
    starts = label.start() == 0 or text[label.start()] == "\n"
    after_a_gap = text[: label.start()].rstrip(" \t").endswith("\n")
    return starts and name.isupper() and (after_a_gap or _character(name, characters) in characters)


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
    if of_words and _OFF.fullmatch(f"({content})"):
        return True
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
