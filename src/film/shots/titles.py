"""Titles in shots.json: words on a plain ground instead of a picture, checked before anything is made.

Nothing is drawn or bought for a title, so whatever says how a picture would be made stands beside it by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from pathlib import Path

from film.errors import InputError
from film.models import Shot, TitleCard
from film.shots.fields import Lines, Place, check_file, file_beside

_OF_A_PICTURE = (
    *(
        "prompt",
        "enhanced_prompt",
        "negative_prompt",
        "template",
        "variables",
        "camera",
        "fit",
        "seed",
        "take",
        "start_from",
    ),
    *(f"{kind}_{what}" for kind in ("image", "video") for what in ("provider", "model")),
)
_LEAST_CONTRAST = 2.0
"""Of WCAG's measure, 1 to 21: below it, letters of any size are lost in their ground."""
_LETTERS_A_SECOND = 15
"""What viewers read of words that stand alone, after a moment in which they find them."""
_FIND = 0.7


def refused_beside(entry: Mapping[str, object], lines: Lines, path: Path, place: Place) -> list[InputError]:
    """An error for each field of a picture that stands beside a title."""
    return [
        InputError(
            f"{name} stands beside title: nothing is drawn for a title",
            hint=f"take {name} out, or make two shots of it",
            file=path,
            line=lines.of((*place, name)),
            field=name,
        )
        for name in _OF_A_PICTURE
        if entry.get(name) is not None
    ]


def checked_title(title: TitleCard, lines: Lines, path: Path, place: Place) -> TitleCard:
    """The title with its font found. InputError for colours that cannot be read and a file that is no font."""
    if (found := contrast(title.colour, title.background)) < _LEAST_CONTRAST:
        spot = (*place, "title", "colour")
        raise InputError(
            f"title: {title.colour} on {title.background} cannot be read: their contrast is {found:.1f}, "
            f"allowed {_LEAST_CONTRAST:g} or more",
            hint="make one of the two lighter",
            file=path,
            line=lines.of(spot),
            field="title.colour",
        )
    if title.font is None:
        return title
    font, spot = file_beside(path, title.font), ("title", "font")
    check_file(font, lines, path, place, spot)
    if not _is_font(font):
        raise InputError(
            f"title.font: {font.name} is not a font",
            hint="name a .ttf, .otf or .ttc file",
            file=path,
            line=lines.of((*place, *spot)),
            field="title.font",
        )
    return title.model_copy(update={"font": font})


def contrast(one: str, other: str) -> float:
    """How far two colours of the form ``#rrggbb`` are apart in brightness, 1 to 21, by WCAG."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def hurried(shot: Shot) -> str:
    """What to tell of a title that is gone before it is read; empty where there is time."""
    if shot.title is None:
        return ""
    letters = sum(1 + 2 * (ord(char) >= 0x2E80) for char in shot.title.text if not char.isspace())
    needed = _FIND + letters / _LETTERS_A_SECOND
    if needed <= float(shot.duration):
        return ""
    return f"{shot.shot_id}: its title stands for {shot.duration:g} s, and takes about {ceil(needed)} s to read"


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _is_font(path: Path) -> bool:
    from PIL import ImageFont  # most films name no font

    try:
        ImageFont.truetype(str(path), 20)
    except OSError:
        return False
    return True
