"""The landscapes by name: each row is a name, the words that call for it, and the function that draws it.

    spec.landscapes ─► first word that names a row ─► (else words of the prompt) ─► (else rolling hills) ─► Place

A new landscape is one function in a family and one row here. Words like ``interior`` say too little to choose by; they
count only when nothing better is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from animatic import framing as framings
from animatic.canvas import Canvas
from animatic.driving import drives
from animatic.elements import Framing, Light, PanelSpec
from animatic.scenes import (
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
from animatic.scenes.setup import Place, Setup
from animatic.words import plain, says, spoken, synonyms


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


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))


def _row(name: str, draw: Callable[[Setup], Place], words: str) -> Landscape:
    return Landscape(name, draw, _listed(words))


def _room(
    name: str, draw: Callable[[Setup], Place], words: str, *, small: bool = True, weak: bool = False
) -> Landscape:
    return Landscape(name, draw, _listed(words), indoors=True, small=small, weak=weak)


LANDSCAPES: dict[str, Landscape] = {
    row.name: row
    for row in (
        _room("attic", homes.attic,
             "loft, garret, rafters, crawlspace"),
        _room("living room", homes.living_room,
             "lounge, sitting room, parlour, parlor, drawing room, apartment, flat, house interior, home, den, "
             "family room, mansion, penthouse, fireside, study, villa"),
        _room("bedroom", homes.bedroom,
             "hotel room, motel, motel room, dormitory, dorm, nursery, bedside"),
        _room("kitchen", homes.kitchen,
             "pantry, kitchenette, scullery, dining room, galley"),
        _room("bathroom", homes.bathroom,
             "washroom, restroom, toilet, shower, bathtub, powder room"),
        _room("cabin", homes.cabin,
             "log cabin, lodge, hut, chalet, cottage interior, shack, fireplace, hearth"),
        _room("doorway", homes.doorway,
             "threshold, entrance, front door, open door, foyer, vestibule, entryway, door", weak=True),
        _room("office", halls.office,
             "workplace, cubicle, newsroom, boardroom, meeting room, conference room, police station, "
             "headquarters, studio, call center, bureau, precinct"),
        _room("corridor", halls.corridor,
             "hallway, hospital, hall, passage, passageway, clinic, ward, asylum, hospital room, hotel "
             "corridor, emergency room, medical", small=False),
        _room("classroom", halls.classroom,
             "school, lecture hall, university, schoolroom, college, seminar room"),
        _room("library", halls.library,
             "bookshop, bookstore, archive, reading room, museum, gallery, bookshelves"),
        _room("church", venues.church,
             "cathedral, chapel, temple interior, monastery, abbey, nave, mosque, shrine, altar, throne room, "
             "great hall, ballroom, palace interior", small=False),
        _room("bar", venues.bar,
             "pub, tavern, cafe, café, coffee shop, coffeehouse, restaurant, diner, bistro, saloon, nightclub, "
             "club, inn, speakeasy, casino"),
        _room("shop", shops.shop,
             "store, supermarket, hypermarket, grocery store, grocery shop, grocer, convenience store, corner shop, "
             "corner store, department store, general store, hardware store, toy shop, toy store, gift shop, "
             "liquor store, drugstore, boutique, mini mart, delicatessen, deli, market hall, covered market, "
             "indoor market, food hall, shopping aisle", small=False),
        _room("bakery", shops.bakery,
             "boulangerie, patisserie, pastry shop, cake shop, sweet shop, candy shop, ice cream parlour, "
             "ice cream parlor, cheese shop"),
        _room("theatre", venues.theatre,
             "theater, stage, auditorium, opera, concert hall, cinema, circus, backstage"),
        _room("prison cell", depots.cell,
             "prison, jail, cell, dungeon, basement, cellar, bunker, interrogation room, vault, crypt, "
             "catacomb"),
        _room("warehouse", depots.warehouse,
             "factory, garage, hangar, workshop, industrial, mill, depot, storage, parking garage, foundry, "
             "barn interior, stable, gym, gymnasium", small=False),
        _room("laboratory", halls.laboratory,
             "lab, research facility, science lab, operating room, morgue, pharmacy"),
        _room("train interior", vehicles.train,
             "train carriage, carriage, train car, railway carriage, compartment, subway car, bus, bus "
             "interior, tram, on the train, inside train, train compartment, airplane cabin, plane cabin"),
        _room("car interior", vehicles.car,
             "inside car, in the car, dashboard, driver seat, back seat, windshield, taxi, inside a car, truck "
             "cab, car", small=False, weak=True),
        _room("airport", travel.airport,
             "terminal, departure lounge, departure hall, airport terminal, lobby, mall, shopping mall, atrium"),
        _room("spaceship", vehicles.spaceship,
             "space ship, spacecraft, starship, space station, cockpit, spaceship interior, space shuttle, "
             "control room, submarine, airlock, starship bridge, engine room"),
        _row("street", street.street,
             "city street, downtown, avenue, boulevard, sidewalk, main street, city, urban, town, "
             "neighborhood, neighbourhood, suburb, tokyo, paris, london, new york, shibuya, crosswalk, "
             "traffic, chinatown, parade, exterior, pavement"),
        _row("skyline", town.skyline,
             "city skyline, rooftop, roof, cityscape, skyscraper, manhattan, balcony, metropolis, terrace, "
             "tower block, high rise, city rooftop, waterfront"),
        _row("alley", street.alley,
             "alleyway, back alley, back street, backstreet, lane behind, side street, slum, ghetto"),
        _row("market", market.market,
             "marketplace, bazaar, souk, street market, market square, festival, stalls"),
        _row("village", town.village,
             "hamlet, cottage, small town, country lane, country house, house exterior, medieval village, "
             "farmhouse, backyard, yard, front yard, town square, square, plaza, courtyard"),
        _row("park", town.park,
             "garden, orchard, playground, lawn, central park, botanical garden, rose garden, bench, picnic, "
             "campus, golf course, zoo"),
        _row("station", travel.station,
             "railway station, train station, platform, railway, railroad, train platform, subway station, "
             "metro station, train tracks, tracks, train, metro, subway, bus station"),
        _row("road", travel.road,
             "highway, motorway, freeway, country road, roadside, route 66, desert road, crossroads, gas "
             "station, petrol station, path, trail, dirt road, bus stop, parking lot"),
        _row("bridge", travel.bridge,
             "suspension bridge, golden gate, brooklyn bridge, viaduct, footbridge"),
        _row("beach", shore.beach,
             "coast, seaside, shore, seashore, shoreline, coastline, island, cove, bay, tropical island, sea, "
             "sand beach"),
        _row("ocean", shore.ocean,
             "ship, boat, ship deck, deck, sailing ship, pirate ship, open sea, yacht, at sea, high seas, "
             "sailboat, ferry, cruise ship, raft, aboard"),
        _row("lake", waters.lake,
             "pond, lakeside, jetty, dock, fjord, lagoon, reservoir, boathouse"),
        _row("river", waters.river,
             "stream, creek, riverbank, riverside, brook, waterfall, canal, rapids, water"),
        _row("harbour", shore.harbour,
             "harbor, port, lighthouse, pier, marina, docks, quay, wharf, fishing village"),
        _row("underwater", waters.underwater,
             "under water, deep sea, coral reef, seabed, ocean floor, reef, under the sea, beneath the waves, "
             "sea floor"),
        _row("forest", woods.forest,
             "wood, woods, woodland, pine forest, trees, grove, taiga, redwood, clearing, camp, campsite, "
             "campfire"),
        _row("jungle", woods.jungle,
             "rainforest, rain forest, tropical forest, amazon, tropics, bamboo forest, bamboo"),
        _row("hills", wild.hills,
             "hill, hillside, countryside, valley, moor, moorland, heath, highlands, landscape, nature, knoll, "
             "savannah, savanna, shire, outdoors, outside, wilderness, sky"),
        _row("field", wild.field,
             "meadow, farm, farmland, wheat field, cornfield, corn field, prairie, pasture, grassland, barn, "
             "plain, steppe, ranch, crops, harvest, wheat"),
        _row("mountains", wild.mountains,
             "mountain, peak, summit, alps, himalaya, ridge, cliff, mountain pass, highland, mountaintop, "
             "everest, crag"),
        _row("volcano", grand.volcano,
             "lava, eruption, crater rim, volcanic, magma, lava field, mordor"),
        _row("vineyard", grand.vineyard,
             "vines, winery, grapevines, wine country, grape harvest"),
        _row("fairground", grand.fairground,
             "carnival, funfair, fun fair, ferris wheel, amusement park, theme park, circus tent, big wheel, "
             "rollercoaster, roller coaster, carousel, merry go round"),
        _row("stadium", grand.stadium,
             "arena, football pitch, soccer field, football field, pitch, ballpark, baseball field, racetrack, "
             "race track, running track, stands, playing field, olympic, rugby"),
        _row("snow", wild.snow,
             "arctic, antarctica, antarctic, tundra, glacier, ice field, frozen, snowfield, ice, iceberg, "
             "north pole, snowy landscape, winter landscape, winter, snowy"),
        _row("desert", dry.desert,
             "dune, sahara, sand, wasteland, sand dunes, oasis, badlands, salt flat, arid"),
        _row("canyon", dry.canyon,
             "gorge, ravine, grand canyon, mesa, butte, monument valley, slot canyon, quarry"),
        _row("swamp", woods.swamp,
             "marsh, bog, wetland, bayou, mangrove, everglades, fen, mire"),
        _room("cave", dry.cave,
             "cavern, grotto, mine, mineshaft, tunnel, underground, lair", small=False),
        _row("space", space.space,
             "outer space, galaxy, orbit, stars in space, nebula, deep space, cosmos, universe, asteroid, void"),
        _row("planet", space.alien,
             "alien planet, mars, alien world, lunar, moon surface, alien landscape, exoplanet, lunar surface, "
             "moon base"),
        _row("castle", elsewhere.castle,
             "fortress, palace, citadel, keep, kingdom, fairytale castle, medieval, tower, battlements"),
        _row("ruins", elsewhere.ruins,
             "ruin, temple, ancient temple, acropolis, colosseum, ancient city, pyramid, egypt, greek temple, "
             "roman, post apocalyptic, monument, archaeological site"),
        _row("graveyard", elsewhere.graveyard,
             "cemetery, churchyard, tomb, grave, mausoleum, funeral, burial ground"),
        _row("battlefield", elsewhere.battlefield,
             "war, trench, trenches, no man's land, battle, front line, warzone, war zone, siege, apocalypse"),
    )
}  # fmt: skip

_WORDS = synonyms({row.name: row.words for row in LANDSCAPES.values()})

_BROAD = frozenset(
    {
        "city",
        "urban",
        "town",
        "home",
        "exterior",
        "outdoors",
        "outside",
        "nature",
        "landscape",
        "sky",
        "countryside",
        "water",
        "wilderness",
        "winter",
        "hall",
        "path",
        "tower",
        "sand",
        "island",
        "sea",
        "ship",
        "square",
        "trees",
        "store",
        "shop",
        "train",
        "medieval",
        "ice",
        "war",
        "study",
        "stage",
    }
)
"""Words that count only when nothing more exact is said: "city rooftop" is a rooftop."""

_EXACT = {word: name for word, name in _WORDS.items() if word not in _BROAD}
_LOOSE = {word: name for word, name in _WORDS.items() if word in _BROAD}
_VAGUE = synonyms({"living room": ("interior", "indoors", "inside", "room", "house", "building")})
"""Words that say indoors and no more."""

GENERIC = "hills"


def name_of(spec: PanelSpec) -> str:
    """The landscape's name: exact words of the field, then of the prompt, then broad words, then hills."""
    if any(place.strip().casefold() in ("moon", "the moon") for place in spec.landscapes):
        return "planet"  # as a place; in a prompt the moon only shines
    field_text, prompt, banned = plain(*spec.landscapes), plain(spec.prompt), plain(spec.negative_prompt)
    if drives(spec, framings.name_of(spec)):
        return "car interior"
    weak: str | None = None
    for text, table in (
        (field_text, _EXACT),
        (field_text, _LOOSE),
        (prompt, _EXACT),
        (prompt, _LOOSE),
        (field_text, _VAGUE),
        (prompt, _VAGUE),
    ):
        for name in spoken(text, table):
            if says(banned, name):
                continue
            if not LANDSCAPES[name].weak:
                return name
            weak = weak or name
        if weak is not None and text is field_text and table is _LOOSE:
            return weak
    if weak is None and framings.name_of(spec) == "insert":
        return "living room"
    return weak or GENERIC


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
    row = LANDSCAPES[name_of(spec)]
    setup = Setup(spec, light, framing, canvas, row.name)
    return setup, row.draw(setup)
