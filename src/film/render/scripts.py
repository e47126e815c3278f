"""Which of the world's scripts can be drawn on this machine, and which package of fonts helps with the others."""

from __future__ import annotations

import unicodedata

from film.render.fonts import sets_right_to_left, undrawable

__all__ = ["complaint", "lacking", "sets_right_to_left"]

CJK, OTHERS = "fonts-noto-cjk", "fonts-noto-core"
"""Debian's and Ubuntu's names; other systems bring these fonts along or call the package noto-cjk, noto-fonts."""
_SCRIPTS = {
    "Chinese": ("汉", CJK),
    "Japanese": ("かな", CJK),
    "Korean": ("한", CJK),
    "Arabic": ("عب", OTHERS),
    "Hebrew": ("אב", OTHERS),
    "Devanagari": ("कख", OTHERS),
    "Thai": ("กข", OTHERS),
}
_CJK_NAMES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


def lacking() -> dict[str, list[str]]:
    """The package to install, and the scripts that it is for; nothing where all of them can be drawn."""
    found: dict[str, list[str]] = {}
    for script, (letters, package) in _SCRIPTS.items():
        if undrawable(letters):
            found.setdefault(package, []).append(script)
    return found


def complaint(text: str, face: str = "") -> str | None:
    """What to tell of ``text`` that is going to be drawn here, by ``face`` where that has it, and cannot be."""
    missing = undrawable(text, face)
    if not missing:
        return None
    named = any(unicodedata.name(char, "").startswith(_CJK_NAMES) for char in missing)
    shown = missing if len(missing) <= 8 else missing[:8] + "…"
    return f"no font on this machine has {shown}: drawn as boxes; install {CJK if named else OTHERS}"
