"""Who speaks with which voice: the same name always gets the same one, in every film and on every machine.

A voice is drawn by the character's name alone, so adding a character never recasts another. The name is read for plain
hints (``grandmother``, ``Mr Hale``, ``Emma``) by the same words that the drawn figures go by, so that face and voice
agree; a shot's ``voice`` overrules it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from film.providers.given_names import sounds_feminine


@dataclass(frozen=True)
class Voice:
    """A voice on offer: what people call it, what the vendor calls it, and whether it sounds high or low."""

    name: str
    id: str
    high: bool


def cast(character: str | None, voices: Sequence[Voice]) -> Voice:
    """The voice of a character; the first one speaks where nobody is named."""
    if not character:
        return voices[0]
    name = unicodedata.normalize("NFKC", character).casefold().strip()
    high = sounds_feminine(name)
    fitting = [v for v in voices if high is None or v.high is high] or list(voices)
    return max(fitting, key=lambda voice: hashlib.sha256(f"{name}\0{voice.id}".encode()).digest())
