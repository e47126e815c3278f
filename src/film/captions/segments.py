"""Where a word may end in scripts that write without spaces: phrases of Japanese, words of Chinese, Thai and their kin.

    text ──(runs of one script)──► budoux: Japanese, Chinese, Thai
                               ├─► ICU, where the extra ``scripts`` is installed: Lao, Khmer, Burmese
                               └─► else whole syllables: never between a letter and the signs that belong to it

What a segmenter says is asked for once for each run of text, and loaded only for films that need it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budoux.parser import Parser

_EAST_ASIAN = (
    r"\u3005-\u3007\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003fffd"
)
_KINDS = {
    "east": re.compile(f"[{_EAST_ASIAN}]+"),
    "th": re.compile(r"[\u0e00-\u0e7f]+"),
    "lo": re.compile(r"[\u0e80-\u0eff]+"),
    "my": re.compile(r"[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]+"),
    "km": re.compile(r"[\u1780-\u17ff]+"),
}
_UNSPACED = re.compile("|".join(pattern.pattern for pattern in _KINDS.values()))
_KANA = re.compile(r"[\u3040-\u309f\u30a1-\u30fa]")
_TRADITIONAL = re.compile("[這們國說會為來時對沒個過還後學點樣裡體門見車書長馬關東開問間從現經讓給聽話愛誰嗎媽難買錢]")
_LEADING = frozenset("เแโใไເແໂໃໄ")
"""Vowels of Thai and Lao that are written before the consonant they belong to."""
_STACKING = frozenset("\u1039\u17d2")
"""Signs of Burmese and Khmer that put the next letter under the one before."""


def is_unspaced(char: str) -> bool:
    """Whether words of its script are written without spaces between them."""
    return bool(_UNSPACED.match(char))


@lru_cache(maxsize=4096)
def inner_ends(text: str) -> frozenset[int]:
    """Places in ``text``, other than at spaces, where a word of such a script ends."""
    found: set[int] = set()
    for kind, pattern in _KINDS.items():
        for run in pattern.finditer(text):
            language = kind if kind != "east" else _east_asian(text)
            at = run.start()
            for segment in _segments(run[0], language)[:-1]:
                at += len(segment)
                found.add(at)
            found |= {edge for edge in run.span() if 0 < edge < len(text)}
    return frozenset(at for at in found if _parts(text, at))


def _parts(text: str, at: int) -> bool:
    """Whether nothing at ``at`` belongs to what stands before it."""
    before, after = text[at - 1], text[at]
    attached = unicodedata.category(after)[0] == "M" or after in "\u0e33\u0eb3\u0e46\u0ec6\u200b\u200c\u200d"
    return not attached and before not in _LEADING and before not in _STACKING


def _east_asian(text: str) -> str:
    if _KANA.search(text):
        return "ja"
    return "zh-hant" if _TRADITIONAL.search(text) else "zh-hans"


def _segments(run: str, language: str) -> list[str]:
    if language in ("lo", "my", "km"):
        return _by_icu(run, language) or _syllables(run)
    return _budoux(language).parse(run)


@cache
def _budoux(language: str) -> Parser:
    import budoux

    match language:
        case "ja":
            return budoux.load_default_japanese_parser()
        case "zh-hant":
            return budoux.load_default_traditional_chinese_parser()
        case "zh-hans":
            return budoux.load_default_simplified_chinese_parser()
        case _:
            return budoux.load_default_thai_parser()


def _by_icu(run: str, language: str) -> list[str] | None:
    """None where ICU is not installed."""
    try:
        from icu4py.breakers import WordBreaker
    except ImportError:
        return None
    return [str(segment) for segment in WordBreaker(run, language)]


def _syllables(run: str) -> list[str]:
    """A run in letters with all that belongs to them."""
    places = [0, *(at for at in range(1, len(run)) if _parts(run, at)), len(run)]
    return [run[first:stop] for first, stop in pairwise(places)]
