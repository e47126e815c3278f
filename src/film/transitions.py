"""The kinds of transition, a row each: what shots.json calls it, who draws it, what other programs call it, in words.

A new kind is a file in ``film.render.transitions`` and a row here. Commands, settings, the cut, editing programs' lists
and the documents take it from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class TransitionRow:
    """One kind. ``cut``, which takes no time and is drawn by nobody, is none of them."""

    name: str
    words: str
    """What is seen, for the documents."""
    drawn_by: str
    """The function, and the file of that name in ``film.render.transitions``."""
    effect: tuple[str, str]
    """The nearest that Final Cut Pro 7 XML has, and its category there."""
    edl: str = "D"
    """CMX 3600's code: a dissolve, or SMPTE's number of a wipe."""
    arguments: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    """What the function is called with besides the pictures."""


_DISSOLVE = ("Cross Dissolve", "Dissolve")
_COLOUR = ("Dip to Color Dissolve", "Dissolve")
_WIPE = ("Edge Wipe", "Wipe")
_SLIDE = ("Push Slide", "Slide")
_WAYS = {"left": "to the left", "right": "to the right", "up": "upwards", "down": "downwards"}
_WIPES = {"left": "W001", "right": "W001", "up": "W002", "down": "W002"}
"""SMPTE's numbers; the other way round has none of its own."""

ROWS: Mapping[str, TransitionRow] = {
    row.name: row
    for row in (
        TransitionRow("crossfade", "one shot melts into the other", "dissolve", _DISSOLVE),
        TransitionRow("dip-to-black", "down to black, and out of it", "dip", _COLOUR, arguments={"level": 16}),
        TransitionRow("dip-to-white", "up to white, and out of it", "dip", _COLOUR, arguments={"level": 235}),
        *(
            TransitionRow(f"wipe-{way}", f"a soft edge crosses {words}", "wipe", _WIPE, _WIPES[way], {"way": way})
            for way, words in _WAYS.items()
        ),
        *(
            TransitionRow(f"slide-{way}", f"the next shot slides in {words}", "slide", _SLIDE, arguments={"way": way})
            for way, words in _WAYS.items()
        ),
        *(
            TransitionRow(f"push-{way}", f"the last one is pushed {words}", "push", _SLIDE, arguments={"way": way})
            for way, words in _WAYS.items()
        ),
        TransitionRow("iris", "a circle opens upon the next shot", "iris", ("Oval Iris", "Iris")),
        TransitionRow("blinds", "slats open upon the next shot", "blinds", ("Venetian Blind Wipe", "Wipe")),
        TransitionRow("whip", "the camera is torn round into the next shot", "whip", _SLIDE),
    )
}

if TYPE_CHECKING:
    TransitionKind = str
    TransitionDefault = str
else:
    TransitionKind = Literal[("cut", *ROWS)]
    """How one shot becomes the next; wipes, slides and pushes are named for the way the edge moves."""
    TransitionDefault = Literal[("cut", *ROWS, "auto")]
    """``auto``: a cut within a scene, a crossfade where place or time of day change."""
