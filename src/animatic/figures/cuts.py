"""The pattern book: what each kind of outfit consists of. Pure data, sewn together by ``clothes``.

Colour words are fields of a Palette. Levels are the trunk's: 1 neck, 0 hip joints, -1 knees, -2 ankles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Cut:
    """One outfit."""

    inner: str = "second"
    """Colour of what is worn next to the skin, seen in the opening."""
    collar: str = "shirt"
    """shirt, crew, turtle, stand, scoop or none."""
    outer: str | None = None
    """Colour of the jacket or coat over it."""
    hem: float = -0.10
    """Where the outermost upper garment ends."""
    ease: float = 0.007
    flare: float = 0.0
    """How much wider it is at the hem."""
    opening: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Half the front gap in radians at the neck, the waist, the hem."""
    button_level: float = 0.36
    """Where the opening meets."""
    lapel: float = 0.0
    hood: bool = False
    sleeve: float = 0.007
    sleeve_flare: float = 0.0
    sleeve_length: float = 1.0
    cuff: bool = False
    legs: str | None = "legs"
    """Colour of the trousers; None for bare legs."""
    leg_ease: float = 0.006
    leg_flare: float = 0.0
    skirt: str | None = None
    skirt_hem: float = -0.9
    skirt_flare: float = 0.05
    folds: float = 0.25
    belt: str | None = None
    tie: bool = False
    buttons: bool = False
    pockets: bool = False
    straps: bool = False
    bib: bool = False
    epaulettes: bool = False
    plates: bool = False
    shoe: str = "shoe"
    waist: float = 0.0
    """How far the outer garment follows the waist, 1 being close."""
    knit: bool = False


_JACKET = Cut(
    outer="main",
    hem=-0.10,
    ease=0.014,
    opening=(0.42, 0.16, 0.30),
    button_level=0.10,
    lapel=0.30,
    sleeve=0.008,
)
_SHIRT = Cut(inner="main", hem=-0.08, ease=0.007, waist=0.3, sleeve=0.006, buttons=True, belt="shoes", folds=0.5)
_SUIT = replace(
    _JACKET,
    opening=(0.46, 0.05, 0.16),
    button_level=0.34,
    lapel=0.42,
    tie=True,
    legs="main",
    waist=0.5,
    pockets=True,
)

CUTS: dict[str, Cut] = {
    "coat": Cut(
        outer="main", hem=-0.86, ease=0.019, flare=0.024, opening=(0.36, 0.05, 0.10), button_level=0.34, lapel=0.42,
        sleeve=0.006, buttons=True, pockets=True, folds=0.5, shoe="boot", waist=0.55,
    ),
    "trench": Cut(
        outer="main", hem=-1.05, ease=0.018, flare=0.040, opening=(0.40, 0.04, 0.20), button_level=0.42, lapel=0.52,
        sleeve=0.010, belt="main", pockets=True, epaulettes=True, cuff=True, folds=0.8, waist=0.6,
    ),
    "jacket": _JACKET,
    "shirt": _SHIRT,
    "sweater": Cut(
        inner="main", hem=-0.06, ease=0.017, collar="turtle", sleeve=0.010, cuff=True, folds=0.5, knit=True
    ),
    "cardigan": Cut(
        outer="main", hem=-0.30, ease=0.017, collar="crew", opening=(0.30, 0.24, 0.42), button_level=-0.5,
        sleeve=0.010, cuff=True, folds=0.4, knit=True,
    ),
    "hoodie": Cut(
        inner="main", hem=-0.07, ease=0.021, collar="none", hood=True, sleeve=0.012, cuff=True, folds=0.7,
        pockets=True, shoe="sneaker",
    ),
    "parka": Cut(
        outer="main", hem=-0.42, ease=0.028, flare=0.006, opening=(0.34, 0.03, 0.05), button_level=0.62,
        collar="crew", hood=True, sleeve=0.010, cuff=True, pockets=True, folds=0.5, shoe="boot",
    ),
    "suit": _SUIT,
    "waistcoat": Cut(
        outer="main", hem=-0.02, ease=0.013, opening=(0.40, 0.03, 0.12), button_level=0.50, sleeve=0.011, folds=0.3,
        tie=True, waist=0.45,
    ),
    "overalls": Cut(
        inner="second", hem=-0.05, ease=0.012, collar="crew", sleeve=0.011, legs="main", leg_ease=0.017, straps=True,
        bib=True, folds=0.5, shoe="boot",
    ),
    "jumpsuit": Cut(
        inner="main", hem=-0.05, ease=0.011, sleeve=0.011, legs="main", leg_ease=0.012, belt="accent", buttons=True,
        cuff=True, folds=0.5, shoe="boot",
    ),
    "dress": Cut(
        inner="main", collar="scoop", hem=0.30, ease=0.006, sleeve=0.007, sleeve_length=0.36, legs=None, skirt="main",
        skirt_hem=-0.98, skirt_flare=0.060, belt="accent", folds=1.0, shoe="heel",
    ),
    "frock": Cut(
        inner="main", collar="crew", hem=0.30, ease=0.010, sleeve=0.012, sleeve_length=0.30, legs=None, skirt="main",
        skirt_hem=-0.72, skirt_flare=0.075, folds=1.0, shoe="sneaker",
    ),
    "blouse_skirt": Cut(
        inner="second", collar="shirt", hem=0.24, ease=0.009, sleeve=0.008, cuff=True, legs=None, skirt="main",
        skirt_hem=-0.86, skirt_flare=0.032, belt="shoes", buttons=True, folds=0.7, shoe="heel",
    ),
    "uniform": Cut(
        outer="main", hem=-0.16, ease=0.014, opening=(0.26, 0.02, 0.05), button_level=0.72, lapel=0.26, tie=True,
        sleeve=0.012, belt="shoes", buttons=True, pockets=True, epaulettes=True, waist=0.7, shoe="boot",
    ),
    "labcoat": Cut(
        outer="main", hem=-0.80, ease=0.017, flare=0.016, opening=(0.40, 0.22, 0.46), button_level=-1.2, lapel=0.36,
        sleeve=0.010, pockets=True, folds=0.5,
    ),
    "robe": Cut(
        outer="main", hem=-1.86, ease=0.020, flare=0.045, opening=(0.34, 0.0, 0.0), button_level=0.55, collar="crew",
        sleeve=0.018, sleeve_flare=0.045, belt="accent", folds=1.0, lapel=0.16, shoe="boot", waist=0.3,
    ),
    "gown": Cut(
        inner="main", collar="scoop", hem=0.30, ease=0.004, sleeve=0.006, legs=None, skirt="main", skirt_hem=-1.93,
        skirt_flare=0.125, belt="second", folds=1.3, shoe="heel",
    ),
    "armour": Cut(
        inner="main", collar="stand", hem=0.02, ease=0.013, sleeve=0.008, plates=True, belt="second", legs="legs",
        leg_ease=0.010, folds=0.0, shoe="boot",
    ),
    "spacesuit": Cut(
        inner="main", collar="stand", hem=-0.06, ease=0.030, sleeve=0.018, cuff=True, plates=False, belt="accent",
        legs="main", leg_ease=0.028, folds=0.8, shoe="boot", pockets=True,
    ),
}  # fmt: skip
