"""Letters for any script: the package's own typeface, and a font of this computer for what it does not have.

Noto Sans comes with the package, so Latin, Greek and Cyrillic look the same everywhere. A character it lacks is looked
for in the fonts installed here; one that no font has is drawn as the typeface's empty box, and never an error.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import fontpkg
from PIL import Image, ImageDraw, ImageFont, features

_FOLDERS = {
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
}
_UNIX_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_TRIAL_SIZE = 20
_MISSING = "\U0010ffff"
"""Never assigned, so it shows what a font draws for a character it does not have."""
_LEFTWARD = frozenset(("R", "AL", "RLE", "RLI"))
CAP_HEIGHT = 0.714
"""Of Noto Sans, as a share of its size: what the eye takes for the height of a line."""


class Typeface:
    """One size and weight; text is data and is drawn as it is, markup included.

    ``face`` is a font file that has the first word: only what it lacks is drawn as everywhere else.
    """

    def __init__(self, size: int, weight: int = 400, face: str = "") -> None:
        self.size, self.weight, self.face = size, weight, face

    def width(self, text: str, *, leftward: bool = False) -> float:
        way = _way(leftward)
        return sum(self._load(face).getlength(run, direction=way) for face, run in _runs(text, self.face))

    def draw(
        self,
        on: ImageDraw.ImageDraw,
        at: tuple[float, float],
        text: str,
        colour: tuple[int, int, int] | int,
        *,
        stroke: int = 0,
        leftward: bool = False,
    ) -> None:
        """Draw ``text`` from ``at``: its left end, on the baseline; ``stroke`` is the width of an edge around it.

        ``leftward`` says that it is a part of writing that runs from right to left, whatever it begins with.
        """
        x, y = at
        way = _way(leftward)
        for face, run in _runs(text, self.face):
            font = self._load(face)
            on.text((x, y), run, fill=colour, font=font, anchor="ls", stroke_width=stroke, direction=way)
            x += font.getlength(run, direction=way)

    def _load(self, face: str) -> ImageFont.FreeTypeFont:
        return _load(face, self.size, self.weight)


def runs_leftward(text: str) -> bool:
    """Whether writing runs from right to left: its first letter tells."""
    ways = (unicodedata.bidirectional(char) for char in text)
    return next((way in _LEFTWARD for way in ways if way in ("L", *_LEFTWARD)), False)


@cache
def sets_right_to_left() -> bool:
    """Whether Arabic is joined and Hebrew ordered: by a layout engine that not every machine has."""
    return bool(features.check("raqm"))


def _way(leftward: bool) -> str | None:
    return "rtl" if leftward and sets_right_to_left() else None


def faces_for(text: str, face: str = "") -> tuple[str, ...]:
    """Names of the fonts beside the package's own and ``face`` that ``text`` is drawn with here."""
    return tuple(sorted({Path(found).name for found, _ in _runs(text, face) if found not in (_own_font(), face)}))


def undrawable(text: str, face: str = "") -> str:
    """The characters of ``text`` that neither ``face`` nor a font of this computer has, each once, in order."""
    own = _own_font()
    lacking = (char for char in text if not char.isspace() and _face_of(char, face) == own and not _drawable(char))
    return "".join(dict.fromkeys(lacking))


def _drawable(char: str) -> bool:
    return unicodedata.category(char)[0] in "MZC" or _has(_own_font(), char)


def _runs(text: str, first: str = "") -> list[tuple[str, str]]:
    """Stretches of ``text`` with the font file of each. Spaces and marks stay with the letters before them.

    Text with letters that run from right to left is one stretch, in a font that has all of it: its order on the page
    is the layout engine's to find, and parts of it cannot be set one beside the other.
    """
    if any(unicodedata.bidirectional(char) in _LEFTWARD for char in text):
        return [(_face_of_all(text, first), text)]
    faces: list[str] = []
    for char in text:
        joins = unicodedata.category(char)[0] in "MZC" and bool(faces)
        faces.append(faces[-1] if joins else _face_of(char, first))
    return [
        (face, "".join(char for _, char in run))
        for face, run in groupby(zip(faces, text, strict=True), key=lambda pair: pair[0])
    ]


@lru_cache(maxsize=256)
def _face_of_all(text: str, first: str) -> str:
    letters = [char for char in dict.fromkeys(text) if unicodedata.category(char)[0] not in "MZC"]
    needed = dict.fromkeys(_face_of(char, first) for char in letters)
    return max(needed, key=lambda face: sum(_has(face, char) for char in letters), default=_own_font())


@cache
def _own_font() -> str:
    return str(fontpkg.path("Noto Sans"))


@cache
def _face_of(char: str, first: str = "") -> str:
    own = _own_font()
    if first and _has(first, char):
        return first
    if unicodedata.category(char)[0] in "MZC" or _has(own, char):
        return own
    return next((face for face in _installed() if _has(face, char)), own)


def _has(face: str, char: str) -> bool:
    """Whether a font draws ``char`` otherwise than what it lacks; Pillow does not tell it outright."""
    font = _trial(face)
    return font is not None and _drawn(font, char) != _drawn(font, _MISSING)


@cache
def _trial(face: str) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(face, _TRIAL_SIZE, layout_engine=ImageFont.Layout.BASIC)
    except OSError:  # not a font, or one of bitmaps in other sizes
        return None


def _drawn(font: ImageFont.FreeTypeFont, char: str) -> bytes:
    image = Image.new("L", (3 * _TRIAL_SIZE, 2 * _TRIAL_SIZE))
    ImageDraw.Draw(image).text((_TRIAL_SIZE, 0), char, fill=255, font=font)
    return image.tobytes()


@cache
def _installed() -> tuple[str, ...]:
    """Font files of this computer, plain upright ones first."""
    found = [
        path
        for folder in _FOLDERS.get(sys.platform, _UNIX_FOLDERS)
        for path in Path(folder).expanduser().rglob("*")
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"}
    ]
    styled = ("bold", "italic", "oblique", "mono", "serif", "condensed", "light", "thin", "black")
    return tuple(map(str, sorted(found, key=lambda p: (sum(s in p.name.lower() for s in styled), p.name))))


@cache
def _load(face: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face, size)
    if face == _own_font():
        font.set_variation_by_axes([weight, 100])
    return font
