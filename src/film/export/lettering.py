"""Text set into a given room: broken into lines, and cut off with an ellipsis where it does not fit."""

from __future__ import annotations

import unicodedata

from film.render.fonts import Typeface

_MOST = 400
"""Characters that are looked at: no room here holds more."""
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def clean(text: str) -> str:
    """One line of visible characters, and nothing that turns the direction of what stands beside it."""
    spaced = "".join(" " if c.isspace() else c for c in text[:_MOST])
    shown = "".join(c for c in spaced if unicodedata.category(c) not in _HIDDEN)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def fitted(text: str, face: Typeface, room: float) -> str:
    """``text``, or its beginning and an ellipsis."""
    line = clean(text)
    if face.width(line) <= room:
        return line
    fits, too_long = 0, len(line)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if face.width(line[:middle].rstrip(" ,.;:–—") + "…") <= room:
            fits = middle
        else:
            too_long = middle
    return line[:fits].rstrip(" ,.;:–—") + "…"


def wrapped(text: str, face: Typeface, room: float, lines: int) -> list[str]:
    """At most ``lines`` lines, broken at spaces, or anywhere in writing that has none."""
    rest = clean(text)
    done: list[str] = []
    while rest and len(done) < lines - 1 and face.width(rest) > room:
        at = _break(rest, face, room)
        done.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*done, fitted(rest, face, room)] if rest else done


def _break(text: str, face: Typeface, room: float) -> int:
    fits = 1
    while fits < len(text) and face.width(text[: fits + 1].rstrip()) <= room:
        fits += 1
    space = text.rfind(" ", 0, fits + 1)
    return space if space > 0 else fits
