"""What a shot speaks of: fields and prompts become plain padded words, and tables of synonyms are looked up in them.

    "Close-Up, dusk; rain on the windows" ─► plain ─► " close up dusk rain on the windows "
        ─► spoken(text, {"rain": "rain", "window": "window"}) ─► ["rain", "window"]   in the order they are said

Everything that reads words (light, framing, scenes, traces) reads them the same way, so a plural, a hyphen or an
underscore never decides whether a place is recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def plain(*texts: str | None) -> str:
    """The texts as lower-case words, one space before, between and after them."""
    joined = " ".join(text for text in texts if text).lower().replace("’", "'").replace("'s ", " ")
    return " " + _NOT_WORD.sub(" ", joined).strip() + " "


def position(text: str, phrase: str) -> int:
    """Where ``phrase`` (or its plural) is said in a plain ``text``; -1 when it is not."""
    found = [at for at in (text.find(f" {phrase}{end} ") for end in ("", "s", "es")) if at >= 0]
    return min(found, default=-1)


def says(text: str, *phrases: str) -> bool:
    """Whether any of the phrases is said in a plain text."""
    return any(position(text, phrase) >= 0 for phrase in phrases)


def spoken(text: str, table: Mapping[str, str]) -> list[str]:
    """The table's names whose phrase is said, in the order they are said; of two at one place the longer phrase."""
    hits: list[tuple[int, int, str]] = []
    for phrase, name in table.items():
        at = position(text, phrase)
        if at >= 0:
            hits.append((at, -len(phrase), name))
    taken = -1
    names: list[str] = []
    for at, size, name in sorted(hits):
        if at < taken:  # "blue" inside "blue hour": the longer phrase has already spoken for these words
            continue
        taken = at - size
        if name not in names:
            names.append(name)
    return names


def synonyms(rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """``{name: [other words]}`` turned round into ``{word: name}``, the name standing for itself."""
    table: dict[str, str] = {}
    for name, others in rows.items():
        table[plain(name).strip()] = name
        for other in others:
            table[plain(other).strip()] = name
    return table
