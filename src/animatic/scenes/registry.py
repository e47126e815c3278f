"""What draws the places of the catalogue: a builder for each scene, and one for all rooms that are only rows.

spec ─► film.reading: the field's place, else the prompt's ─► row ─► builder ─► Place
                                         no place, or none known ─► the neutral stage, never another place
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from animatic import framing as framings
from animatic.canvas import Canvas
from animatic.driving import drives
from animatic.elements import Framing, Light, PanelSpec
from animatic.scenes import (
    catalogued,
    depots,
    dry,
    elsewhere,
    grand,
    halls,
    homes,
    market,
    shops,
    shore,
    space,
    street,
    town,
    travel,
    vehicles,
    venues,
    waters,
    wild,
    woods,
)
from animatic.scenes.neutral import neutral
from animatic.scenes.setup import Place, Setup
from animatic.words import plain, says
from film.reading import PlaceRow, Reading, catalogue, read


@dataclass(frozen=True)
class Landscape:
    """One row: what draws it and what calls for it."""

    name: str
    draw: Callable[[Setup], Place]
    indoors: bool = False
    weak: bool = False
    """An addition to another place (a doorway of an attic), not a place of its own when both are named."""
    small: bool = field(default=True)
    """Indoors: too small for a camera that stands far off."""


LANDSCAPES: dict[str, Landscape] = {
    row.name: row
    for row in (
        Landscape("attic", homes.attic, indoors=True),
        Landscape("living room", homes.living_room, indoors=True),
        Landscape("bedroom", homes.bedroom, indoors=True),
        Landscape("kitchen", homes.kitchen, indoors=True),
        Landscape("bathroom", homes.bathroom, indoors=True),
        Landscape("cabin", homes.cabin, indoors=True),
        Landscape("doorway", homes.doorway, indoors=True, weak=True),
        Landscape("office", halls.office, indoors=True),
        Landscape("corridor", halls.corridor, indoors=True, small=False),
        Landscape("classroom", halls.classroom, indoors=True),
        Landscape("library", halls.library, indoors=True),
        Landscape("church", venues.church, indoors=True, small=False),
        Landscape("bar", venues.bar, indoors=True),
        Landscape("shop", shops.shop, indoors=True, small=False),
        Landscape("bakery", shops.bakery, indoors=True),
        Landscape("theatre", venues.theatre, indoors=True),
        Landscape("prison cell", depots.cell, indoors=True),
        Landscape("warehouse", depots.warehouse, indoors=True, small=False),
        Landscape("laboratory", halls.laboratory, indoors=True),
        Landscape("train interior", vehicles.train, indoors=True),
        Landscape("car interior", vehicles.car, indoors=True, small=False, weak=True),
        Landscape("airport", travel.airport, indoors=True),
        Landscape("spaceship", vehicles.spaceship, indoors=True),
        Landscape("street", street.street),
        Landscape("skyline", town.skyline),
        Landscape("alley", street.alley),
        Landscape("market", market.market),
        Landscape("village", town.village),
        Landscape("park", town.park),
        Landscape("station", travel.station),
        Landscape("road", travel.road),
        Landscape("bridge", travel.bridge),
        Landscape("beach", shore.beach),
        Landscape("ocean", shore.ocean),
        Landscape("lake", waters.lake),
        Landscape("river", waters.river),
        Landscape("harbour", shore.harbour),
        Landscape("underwater", waters.underwater),
        Landscape("forest", woods.forest),
        Landscape("jungle", woods.jungle),
        Landscape("hills", wild.hills),
        Landscape("field", wild.field),
        Landscape("mountains", wild.mountains),
        Landscape("volcano", grand.volcano),
        Landscape("vineyard", grand.vineyard),
        Landscape("fairground", grand.fairground),
        Landscape("stadium", grand.stadium),
        Landscape("snow", wild.snow),
        Landscape("desert", dry.desert),
        Landscape("canyon", dry.canyon),
        Landscape("swamp", woods.swamp),
        Landscape("cave", dry.cave, indoors=True, small=False),
        Landscape("space", space.space),
        Landscape("planet", space.alien),
        Landscape("castle", elsewhere.castle),
        Landscape("ruins", elsewhere.ruins),
        Landscape("graveyard", elsewhere.graveyard),
        Landscape("battlefield", elsewhere.battlefield),
    )
}
"""The builders by name; what is said for them, and all other places, are rows of the catalogue (``film.reading``)."""

NEUTRAL = Landscape("neutral", neutral)


@lru_cache(maxsize=256)
def reading_of(spec: PanelSpec) -> Reading:
    """What the shot says, read."""
    return read(
        spec.prompt,
        characters=spec.characters,
        landscapes=spec.landscapes,
        negative_prompt=spec.negative_prompt,
    )


def place_of(spec: PanelSpec) -> PlaceRow | None:
    """The shot's row of places; None where none is said or known."""
    known = catalogue().places
    if any(place.strip().casefold() in ("moon", "the moon") for place in spec.landscapes):
        return known["planet"]
    if drives(spec, framings.name_of(spec)):
        return known["car interior"]
    setting = reading_of(spec).setting
    if setting.row is None or says(plain(spec.negative_prompt), setting.row):
        return None
    return known[setting.row]


def name_of(spec: PanelSpec) -> str:
    """The name of the shot's place: a row of the catalogue, or ``neutral``."""
    row = place_of(spec)
    return row.name if row else NEUTRAL.name


def landscape_of(spec: PanelSpec) -> Landscape:
    """What draws the shot's place."""
    row = place_of(spec)
    if row is None:
        return NEUTRAL
    if row.scene or row.ground:
        return LANDSCAPES[row.scene or row.ground]
    return Landscape(row.name, catalogued.room(row), indoors=True, small=not row.large)


def fit(row: Landscape, framing: Framing) -> Framing:
    """Indoors no camera hangs from a drone: the farthest that the walls allow."""
    if row.name == "car interior" and framing.figure_height < 1.4 and framing.name not in {"aerial", "pov"}:
        return replace(framing, figure_height=1.45, head_top=0.14)  # nobody is small inside a car
    if not row.indoors:
        return framing
    if framing.name == "aerial":
        return replace(framings.FRAMINGS["high angle"], name="aerial")
    if framing.name == "extreme wide" and row.small:
        return replace(framings.FRAMINGS["wide"], name="extreme wide", figure_height=0.40, head_top=0.45)
    return framing


def draw(spec: PanelSpec, light: Light, framing: Framing, canvas: Canvas) -> tuple[Setup, Place]:
    """Draw the shot's landscape."""
    row = landscape_of(spec)
    setup = Setup(spec, light, framing, canvas, row.name)
    return setup, row.draw(setup)
