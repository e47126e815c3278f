"""Names of exported files that every system, every editing program and every EDL can take.

What people wrote, a shot's id, a character's name, a file of theirs, is data: here it becomes plain ASCII letters,
digits and dashes, so that nothing of it can leave the folder, break a quote or be read as markup. The true name stays
with the clip. A number in front keeps the names apart, and in the order of the film.
"""

from __future__ import annotations

import unicodedata

_LONGEST = 60


def plain(text: str, fallback: str = "") -> str:
    """``Zoë's café: "take 2"`` → ``Zoes_cafe_take_2``. Letters of other scripts have no ASCII, and give way."""
    letters = unicodedata.normalize("NFKD", text)
    words: list[str] = []
    word = ""
    for char in letters:
        if char.isascii() and (char.isalnum() or char == "-"):
            word += char
        elif char not in "'’‘\"“”" and unicodedata.category(char) != "Mn":
            words.append(word)
            word = ""
    words.append(word)
    name = "_".join(filter(None, (w.strip("-") for w in words)))
    return name[:_LONGEST].rstrip("_-") or fallback


def reel(name: str) -> str:
    """Eight characters for an EDL, of which the file's number comes first: ``001HARBO``."""
    return plain(name.rpartition(".")[0]).replace("_", "").replace("-", "").upper()[:8]
