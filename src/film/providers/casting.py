"""Who speaks with which voice: the same name always gets the same one, in every film and on every machine.

A voice is drawn by the character's name alone, so adding a character never recasts another. The name is read for plain
hints (``grandmother``, ``Mr Hale``, ``Emma``) as a casting assistant would for a first read-through; a shot's ``voice``
overrules it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """A voice on offer: what people call it, what the vendor calls it, and whether it sounds high or low."""

    name: str
    id: str
    high: bool


_HIGH_WORDS = """
    woman girl mother mom mum mama grandmother grandma granny queen princess lady aunt sister daughter wife widow
    mrs ms miss madam madame witch nun actress waitress goddess heroine bride she her
"""
_LOW_WORDS = """
    man boy father dad papa grandfather grandpa king prince lord uncle brother son husband widower mr sir monsieur
    wizard monk actor waiter god groom priest he him
"""
_HIGH, _LOW = frozenset(_HIGH_WORDS.split()), frozenset(_LOW_WORDS.split())
_LIKE_HERS = ("a", "ie", "elle")
_BUT_HIS = frozenset(("luca", "joshua", "noah", "ezra", "nikita", "charlie", "eddie", "freddie", "archie", "robbie"))


def cast(character: str | None, voices: Sequence[Voice]) -> Voice:
    """The voice of a character; the first one speaks where nobody is named."""
    if not character:
        return voices[0]
    name = unicodedata.normalize("NFKC", character).casefold().strip()
    high = _sounds_high(name)
    fitting = [v for v in voices if high is None or v.high is high] or list(voices)
    return max(fitting, key=lambda voice: hashlib.sha256(f"{name}\0{voice.id}".encode()).digest())


def _sounds_high(name: str) -> bool | None:
    words = re.findall(r"\w+", name.replace("_", " "))
    if any(word in _HIGH for word in words):
        return True
    if any(word in _LOW for word in words):
        return False
    return True if words and words[0].endswith(_LIKE_HERS) and words[0] not in _BUT_HIS else None
