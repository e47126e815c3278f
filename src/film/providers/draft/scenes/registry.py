"""The landscapes by name: each row is a name, the words that call for it, and the function that draws it.

    spec.landscapes ─► first word that names a row ─► (else words of the prompt) ─► (else rolling hills) ─► Place

A new landscape is one function in a family and one row here. Words like ``interior`` say too little to choose by; they
count only when nothing better is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from film.providers.draft import framing as framings
from film.providers.draft.canvas import Canvas
from film.providers.draft.elements import Framing, Light, PanelSpec
from film.providers.draft.scenes import homes, wild
from film.providers.draft.scenes.setup import Place, Setup
from film.providers.draft.words import plain, spoken, synonyms


@dataclass(frozen=True)
class Landscape:
    """One row: what draws it and what calls for it."""

    name: str
    draw: Callable[[Setup], Place]
    words: tuple[str, ...] = ()
    indoors: bool = False
    weak: bool = False
    """An addition to another place (a doorway of an attic), not a place of its own when both are named."""
    small: bool = field(default=True)
    """Indoors: too small for a camera that stands far off."""


def _row(name: str, draw: Callable[[Setup], Place], *words: str) -> Landscape:
    return Landscape(name, draw, words)


def _room(name: str, draw: Callable[[Setup], Place], *words: str, small: bool = True, weak: bool = False) -> Landscape:
    return Landscape(name, draw, words, indoors=True, small=small, weak=weak)


LANDSCAPES: dict[str, Landscape] = {
    row.name: row
    for row in (
        _room("attic", homes.attic, "loft", "garret", "rafters", "crawlspace", "attic interior"),
        _room("living room", homes.living_room, "lounge", "sitting room", "parlour", "parlor", "drawing room", "apartment",
              "flat", "house interior", "home", "den", "family room", "mansion", "penthouse", "fireside"),
        _room("bedroom", homes.bedroom, "hotel room", "motel", "motel room", "dormitory", "dorm", "nursery", "bed"),
        _room("kitchen", homes.kitchen, "pantry", "kitchenette", "scullery", "dining room", "diner kitchen"),
        _room("bathroom", homes.bathroom, "washroom", "restroom", "toilet", "shower", "bath", "powder room"),
        _room("cabin", homes.cabin, "log cabin", "lodge", "hut", "chalet", "cottage interior", "shack", "hunting lodge"),
        _room("doorway", homes.doorway, "threshold", "entrance", "front door", "open door", "hall door", "foyer", "vestibule",
              "entryway", weak=True),
        _row("forest", wild.forest, "wood", "woods", "woodland", "pine forest", "trees", "grove", "taiga", "redwood", "clearing",
             "rainforest edge"),
        _row("jungle", wild.jungle, "rainforest", "rain forest", "tropical forest", "amazon", "tropics", "bamboo forest"),
        _row("hills", wild.hills, "hill", "hillside", "countryside", "valley", "moor", "moorland", "heath", "highlands",
             "landscape", "nature", "knoll", "downs", "savannah", "savanna", "shire", "vineyard"),
        _row("field", wild.field, "meadow", "farm", "farmland", "wheat field", "cornfield", "corn field", "prairie", "pasture",
             "grassland", "barn", "plain", "plains", "steppe", "ranch", "countryside field", "crops"),
        _row("mountains", wild.mountains, "mountain", "peak", "summit", "alps", "himalaya", "ridge", "cliff", "cliffs",
             "mountain pass", "highland", "mountaintop", "volcano"),
        _row("snow", wild.snow, "arctic", "antarctica", "antarctic", "tundra", "glacier", "ice field", "frozen", "winter landscape",
             "snowfield", "ice", "iceberg", "north pole", "snowy"),
        _row("desert", wild.desert, "dune", "sahara", "sand", "wasteland", "sand dunes", "oasis", "badlands", "salt flat", "mars"),
        _row("canyon", wild.canyon, "gorge", "ravine", "grand canyon", "mesa", "butte", "monument valley", "slot canyon"),
        _row("swamp", wild.swamp, "marsh", "bog", "wetland", "bayou", "mangrove", "everglades", "fen"),
        _room("cave", wild.cave, "cavern", "grotto", "mine", "mineshaft", "tunnel", "underground", small=False),
    )
}  # fmt: skip

_WORDS = synonyms({row.name: row.words for row in LANDSCAPES.values()})

_VAGUE = synonyms({"living room": ("interior", "indoors", "inside", "room", "house", "building")})
"""Words that say indoors and no more."""

GENERIC = "hills"


def name_of(spec: PanelSpec) -> str:
    """The landscape's name for a shot."""
    banned = plain(spec.negative_prompt)
    said = spoken(plain(" , ".join(spec.landscapes)), _WORDS)
    said += [name for name in spoken(plain(spec.prompt), _WORDS) if name not in said] if not _strong(said) else []
    wanted = [name for name in said if plain(name) not in f" {banned} "] or said
    for name in wanted:
        if not LANDSCAPES[name].weak:
            return name
    if wanted:
        return wanted[0]
    return "living room" if spoken(plain(*spec.landscapes, spec.prompt), _VAGUE) else GENERIC


def _strong(names: list[str]) -> bool:
    return any(not LANDSCAPES[name].weak for name in names)


def fit(row: Landscape, framing: Framing) -> Framing:
    """Indoors no camera hangs from a drone: the farthest that the walls allow."""
    if not row.indoors:
        return framing
    if framing.name == "aerial":
        return replace(framings.FRAMINGS["high angle"], name="aerial")
    if framing.name == "extreme wide" and row.small:
        return replace(framings.FRAMINGS["wide"], name="extreme wide", figure_height=0.40, head_top=0.45)
    return framing


def draw(spec: PanelSpec, light: Light, framing: Framing, canvas: Canvas) -> tuple[Setup, Place]:
    """Draw the shot's landscape."""
    row = LANDSCAPES[name_of(spec)]
    setup = Setup(spec, light, framing, canvas, row.name)
    return setup, row.draw(setup)
