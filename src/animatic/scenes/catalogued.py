"""Places that are rows of the catalogue: rooms of stated materials, and land of another scene with things on it."""

from __future__ import annotations

from collections.abc import Callable

from animatic.elements import RGB
from animatic.relief import COLOURS
from animatic.scenes.halls import strips
from animatic.scenes.materials import bricks, carpet, planks, plaster, stone, tiles
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Material, linear
from film.reading import PlaceRow

_LAMPS: dict[str, RGB] = {
    "warm": (1.0, 0.74, 0.44),
    "red": (1.0, 0.42, 0.26),
    "neon": (0.75, 0.35, 1.0),
    "": (1.0, 0.88, 0.72),
}


def _dim(colour: RGB, by: float) -> RGB:
    return colour[0] * by, colour[1] * by, colour[2] * by


def material(text: str) -> Material:
    """A material of the catalogue: ``planks brown``, ``tiles cyan``, ``panel walnut``."""
    kind, _, name = text.partition(" ")
    colour = COLOURS.get(name, (0.6, 0.58, 0.55))
    if kind in ("planks", "panel", "mats"):
        return planks(colour, 0.14 if kind == "planks" else 0.62 if kind == "panel" else 0.9, wear=0.25)
    if kind in ("tiles", "metal", "plastic", "glass"):
        size = {"tiles": 0.3, "metal": 0.9, "plastic": 0.8, "glass": 1.1}[kind]
        return tiles(colour, None, size, 0.22)
    if kind == "brick":
        return bricks(colour)
    if kind in ("stone", "concrete", "snow", "sand"):
        return stone(colour, 0.35, 3.0)
    if kind == "marble":
        return tiles(colour, _dim(colour, 0.88), 0.6, 0.10)
    if kind == "carpet":
        return carpet(colour, _dim(colour, 0.72), 6.0, 7.0)
    return plaster(colour, 0.06)


def room(row: PlaceRow) -> Callable[[Setup], Place]:
    """What draws this row."""

    def draw(setup: Setup) -> Place:
        st = setup.indoor(ambient=1.25 if row.light == "cold" else 1.0)
        wide, high, deep = (10.5, 4.6, 5.0) if row.large else (6.2, 2.9, 3.0)
        built = Room(setup, st, width=wide, behind=deep, height=high, floor=material(row.floor),
                     wall=material(row.walls))  # fmt: skip
        key = setup.light.key_side
        if row.light in ("cold",):
            strips(setup, built, x=-1.2)
            strips(setup, built, x=1.3)
        if row.light in ("", "cold", "warm") and row.name not in ("lift", "submarine", "igloo interior"):
            built.sunlight("left" if key < 0 else "right")
            built.window("left" if key < 0 else "right", sill=1.0, size=(1.3, 1.7 if row.large else 1.3))
        colour = _LAMPS.get(row.light)
        if colour is not None:
            for x in (-1.4, 1.4):
                st.lamps.append(Lamp((x, built.height - 0.5, st.stand + 0.6), linear(colour), 2.6, 1.9))
        for k, text in enumerate(row.things):
            if text.endswith("@desk"):
                side = -1 if k % 2 else 1
                z = min(st.stand + 1.5, built.depth - 0.5)
                st.box(st.reach(0.5 + side * SLOTS[k % len(SLOTS)], z), 0, z, (0.95, DESK, 0.55),
                       planks((0.33, 0.22, 0.14), 0.5))  # fmt: skip
        return built.place("table", "chair", dust=0.3)

    return draw


SLOTS = (0.36, 0.24, 0.42, 0.15, 0.30, 0.10)
"""How far from the middle of the frame the things of a room stand, one after another on either side."""
DESK = 0.74
"""Metres."""
