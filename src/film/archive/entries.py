"""What an archive may say of an asset: no more than what the models let in that new ones pass.

An entry that says more would be believed later: by a search, by the plan of a film, by a table on a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field

from film.models import AssetType, Identifier, Line, Model, Slug, SpokenWord, Text, Word

HASH = r"^[0-9a-f]{64}$"
LARGEST_SIDE = 32_768
LONGEST = 86_400
"""Seconds of a clip or a sound."""
MOST_WORDS = 20_000
_DEEPEST = 8
_SUM = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?(?:/[0-9]{1,18})?")
_WHOLE: Mapping[str, tuple[int, int]] = {
    "width": (1, LARGEST_SIDE),
    "height": (1, LARGEST_SIDE),
    "frames": (1, 1000 * LONGEST),
    "samples": (0, 768_000 * LONGEST),
    "sample_rate": (1000, 768_000),
    "channels": (1, 64),
}
"""Facts that films are cut by, and what they may be."""
_EXACT: Mapping[str, tuple[Fraction, int]] = {
    "seconds": (Fraction(0), LONGEST),
    "frame_rate": (Fraction(1, 100), 1000),
}


def checked_details(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts kept with an asset; ValueError where one is none that a file of this program's would have."""
    for name, (least, most) in _WHOLE.items():
        if (value := details.get(name)) is not None and (type(value) is not int or not least <= value <= most):
            raise ValueError(f"{name} is no number from {least} to {most}")
    for name, (least, most) in _EXACT.items():
        if (value := details.get(name)) is not None and not least <= _exact(value, name) <= most:
            raise ValueError(f"{name} is out of all bounds")
    words = details.get("words")
    if words is not None:
        if not isinstance(words, list) or len(cast("list[object]", words)) > MOST_WORDS:
            raise ValueError("words are no list")
        for word in cast("list[object]", words):
            spoken = SpokenWord.model_validate(word)
            if len(spoken.word) > 200 or not 0 <= spoken.start <= spoken.end <= LONGEST:
                raise ValueError("a word is out of all bounds")
    _check_plain(details, 0)
    return details


def _exact(value: object, name: str) -> Fraction:
    """A number of seconds or frames, as it is written: whoever reads it makes a fraction of it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{name} is no number")
    if isinstance(value, float):
        if not 0 <= value < 1e9:
            raise ValueError(f"{name} is out of all bounds")
        return Fraction(value)
    text = str(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} is no plain number")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{name} is no number") from None


def _check_plain(value: object, depth: int) -> None:
    """Text without what moves a cursor, numbers that are some, and not too deep."""
    if depth > _DEEPEST:
        raise ValueError("is nested too deeply")
    match value:
        case dict():
            for name, member in cast("dict[str, object]", value).items():
                _check_plain(name, depth)
                _check_plain(member, depth + 1)
        case list() | tuple():
            for member in cast("list[object]", value):
                _check_plain(member, depth + 1)
        case str():
            if any(not c.isprintable() and c not in "\n\t\r" for c in value):
                raise ValueError("holds control characters")
        case float():
            if not abs(value) < 1e300:
                raise ValueError("holds what is no number")
        case int():
            if abs(value) > 10**30:
                raise ValueError("holds a number of too many digits")
        case _:
            pass


def _moment(text: str) -> str:
    """A day from which on an asset has been there; one far ahead would be kept for ever, as made just now."""
    if text and not 2000 <= datetime.fromisoformat(text).year <= datetime.now(UTC).year + 1:
        raise ValueError("is no day on which anything was made")
    return text


def _plainly(value: object) -> object:
    """A sum as this program writes it: Python reads other scripts' digits, blanks and underscores, too."""
    if isinstance(value, str) and not _SUM.fullmatch(value):
        raise ValueError("is no plain sum of money")
    return value


Details = Annotated[dict[str, Any], AfterValidator(checked_details)]
Cost = Annotated[
    Decimal, BeforeValidator(_plainly), Field(ge=0, le=1_000_000, max_digits=18, decimal_places=6, allow_inf_nan=False)
]
Mime = Annotated[str, Field(max_length=100, pattern=r"^(?:[\w.+-]{1,60}/[\w.+-]{1,60}(?:; ?[\w=.+-]{1,40})?)?$")]
Name = Annotated[str, Field(max_length=60, pattern=r"^[\w.:/ -]*$")]
Size = Annotated[int, Field(ge=0, lt=8**11, strict=True)]


class Entry(Model):
    """An asset of the library, as it may travel; the fields are those of ``film.models.Asset``."""

    asset_id: Identifier
    key: Annotated[str, Field(pattern=HASH)]
    asset_type: AssetType
    provider: Name
    model: Annotated[Text, Field(max_length=200)] = ""
    prompt: Line = ""
    negative_prompt: Line = ""
    dialogue: Line = ""
    shot_type: Slug | None = None
    characters: Annotated[tuple[Word, ...], Field(max_length=1000)] = ()
    landscapes: Annotated[tuple[Word, ...], Field(max_length=1000)] = ()
    styles: Annotated[tuple[Word, ...], Field(max_length=1000)] = ()
    mood: Word | None = None
    time_of_day: Word | None = None
    film_id: Identifier | None = None
    sha256: Annotated[str, Field(pattern=HASH)]
    size: Size = 0
    mime: Mime = ""
    cost_usd: Cost = Decimal(0)
    reuse_count: Annotated[int, Field(ge=0, le=10**9, strict=True)] = 0
    created_at: Annotated[str, Field(max_length=40), AfterValidator(_moment)] = ""
    details: Details = Field(default_factory=dict[str, Any])


def plain_json(text: bytes) -> Any:
    """A line of an archive: no NaN, no number of thousands of digits, no member twice."""

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is no number")

    def whole(digits: str) -> int:
        return int(digits) if len(digits) <= 40 else refuse("it")

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        return found if len(found) == len(pairs) else refuse("a member that is given twice")

    return json.loads(text, parse_constant=refuse, parse_int=whole, object_pairs_hook=members)
