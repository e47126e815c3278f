"""Words of the prompt leave a trace: weather, beasts, vehicles, furniture, and the one thing an insert is about.

    prompt ─► rows said and not forbidden, not shown by the place already ─► drawn on the place's own stage ─► layers
                                                                          └─► weather for the motion

Things stand where people do not: to the side that the light leaves free. In an insert the first small thing named
lies large on a table before the blurred place, unless hands hold it already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from animatic import things
from animatic.canvas import soft
from animatic.elements import Layer
from animatic.light import blend
from animatic.scenes import bigger, land, objects, plants, props, registry, shore
from animatic.scenes.materials import planks, stone
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, Stage, linear
from animatic.scenes.wild import depth_y, lone_tree
from animatic.words import says
from film.reading import Reading, singulars

Built = Callable[[Setup, Stage, float, float], None]


@dataclass(frozen=True)
class Standing:
    """A thing that stands on the floor: where it may, and how far behind people."""

    words: tuple[str, ...]
    draw: Built
    behind: float = 1.0
    outdoors: bool | None = None
    aside: float = 0.27


def _chair(setup: Setup, st: Stage, x: float, z: float) -> None:
    props.chair(st, x, z, turn=setup.between(-0.8, 0.8) + 2.4)


def _table(setup: Setup, st: Stage, x: float, z: float) -> None:
    props.table(st, x, z)


def _stairs(setup: Setup, st: Stage, x: float, z: float) -> None:
    bigger.stairs(setup, st, x, z, 1 if st.seen(x, 1, z)[0] > 0.5 else -1)


def _neon(setup: Setup, st: Stage, x: float, z: float) -> None:
    bigger.neon(setup, st, x, 2.1, z)


def _trunk(setup: Setup, st: Stage, x: float, z: float) -> None:
    props.trunk(st, x, z, turn=0.3)


def _plant(setup: Setup, st: Stage, x: float, z: float) -> None:
    props.plant(st, x, z, setup.rng)


STANDING: dict[str, Standing] = {
    "piano": Standing(("grand piano", "pianist"), bigger.piano, 1.3, None, 0.28),
    "fire": Standing(("campfire", "bonfire", "camp fire", "flames", "burning"), bigger.fire, 0.7, True, 0.22),
    "tent": Standing(("campsite", "camping", "camp"), bigger.tent, 3.4, True, 0.28),
    "table": Standing(("desk", "dining table"), _table, 0.95, False, 0.28),
    "chair": Standing(("stool", "armchair", "rocking chair"), _chair, 0.8, False, 0.30),
    "stairs": Standing(("staircase", "stairway", "steps", "stairwell"), _stairs, 1.7, False, 0.20),
    "trunk": Standing(("old trunk",), _trunk, 0.7, False, 0.30),
    "plant": Standing(("potted plant", "houseplant"), _plant, 0.9, False, 0.33),
    "neon": Standing(("neon sign", "neon light", "neon lights"), _neon, 3.0, None, 0.24),
}


def draw(
    setup: Setup, place: Place, *, side: int, people: bool = False, held: bool = False
) -> tuple[list[Layer], tuple[str, ...]]:
    """What the words add to a place: its layers, and the particles that move in it.

    ``side`` is -1 or 1, where people leave room; ``held`` tells that somebody has the thing in hand already.
    """
    layers: list[Layer] = []
    if place.outdoors:
        layers += _sky(setup, place)
        layers += _water(setup, place)
    layers += _air(setup, place)
    reading = registry.reading_of(setup.spec)
    if (row := registry.place_of(setup.spec)) is not None:
        layers += things.of_place(setup, place, row)
    stage = _empty(place.stage)
    insert = setup.framing.name in {"insert", "extreme close-up"}
    small = _first_object(setup, reading)
    focal = next((one.words for one in reading.things), "")
    still = insert and not held and (setup.framing.name == "insert" or not people)
    if still and small is not None and small[1] == focal:
        _still_life(setup, place, stage, small[0])
        layers += [replace(layer, depth=0.60 if layer.depth < 0.65 else 0.66) for layer in stage.layers()]
        return layers, _weather(setup, place)
    if still and focal:
        _still_life(setup, place, stage, None)
        layers += [replace(layer, depth=0.55) for layer in stage.layers()]
        layers += things.of_shot(setup, place, reading, side=side, people=False)
        return layers, _weather(setup, place)
    if not insert:
        _stand(setup, place, stage, reading, side)
        shown = small is not None and people and not held and small[0] not in place.shows and stage.stand > 1.2
        if shown and small is not None and not place.outdoors:
            z = stage.stand + 0.55
            x = stage.reach(0.5 + 0.27 * side, z)
            high = bigger.sofa_table(setup, stage, x, z)
            stage.group(x, z - 0.05, "mid")
            objects.OBJECTS[small[0]][0](setup, stage, x, high, z, 1.25)
            stage.ungroup()
            reading = replace(reading, things=tuple(one for one in reading.things if one.words != small[1]))
    if not insert:
        layers += things.of_shot(setup, place, reading, side=side, people=people, held=held)
    built = stage.layers()
    if place.outdoors:  # before the ground, which may be as near as people
        built = [replace(layer, depth=0.58 + 0.08 * layer.depth) for layer in built]
        fire = STANDING["fire"]
        if _read(reading, "fire", fire.words) and not insert and "fire" not in place.shows:
            z = stage.stand + fire.behind
            layers.append(_pool(setup, stage, stage.reach(0.5 + side * fire.aside, z), z, 0.9))
    return layers + built, _weather(setup, place)


def _asked(setup: Setup, name: str, others: tuple[str, ...]) -> bool:
    return says(setup.prompt, name, *others) and setup.allows(name, *others)


def _empty(stage: Stage) -> Stage:
    """The same camera and light with nothing in it: what is added lights itself, not the place again."""
    return replace(stage, lamps=list(stage.lamps), windows=list(stage.windows), faces=[], footprints=[])


def _stand(setup: Setup, place: Place, stage: Stage, reading: Reading, side: int) -> None:
    taken = 0
    for name, row in STANDING.items():
        if not _read(reading, name, row.words) or not setup.allows(name, *row.words) or name in place.shows:
            continue
        if row.outdoors is not None and row.outdoors != place.outdoors:
            continue
        way = 1 if taken % 2 == 0 else -1
        z = stage.stand + row.behind + 0.5 * (taken // 2)
        row.draw(setup, stage, stage.reach(0.5 + way * side * row.aside, z), z)
        taken += 1
        if taken == 4:
            return


# -- small things


def _read(reading: Reading, name: str, others: tuple[str, ...]) -> bool:
    """Whether one of the shot's things goes by these words: a verb or a place that sounds like them does not."""
    return any(one in (name, *others) for thing in reading.things for one in singulars(thing.words))


def _first_object(setup: Setup, reading: Reading) -> tuple[str, str] | None:
    """The first small thing that is drawn by hand here, and the shot's words for it."""
    for thing in reading.things:
        for name, (_, _, others) in objects.OBJECTS.items():
            if any(one in (name, *others) for one in singulars(thing.words)) and setup.allows(name, *others):
                return name, thing.words
    return None


def _still_life(setup: Setup, place: Place, stage: Stage, thing: str | None) -> None:
    """A table top across the foot of the frame, the thing on it, large; none where a relief will stand there."""
    size = objects.OBJECTS[thing][1] if thing else 0.1
    z = 0.75
    y = stage.eye - z * (0.80 - stage.framing.horizon) / stage.focal  # its foot well above the lower bar
    size *= 2.38 * z / stage.focal
    top = planks((0.40, 0.27, 0.17), 0.3, wear=0.4) if not place.outdoors else stone((0.46, 0.43, 0.39), 0.5, 0.9)
    stage.quad((-2.0, y, 0.23), (4.0, 0, 0), (0, 0, 0.95), top, "mid", floor=True, order=900)
    stage.contact(0.02, z + 0.02, 0.16 * size, 0.10 * size, 0.7)
    if not stage.indoors:
        stage.sun = None  # a thing this near is lit by hand
    stage.group(0.0, z, "near")
    if thing:
        objects.OBJECTS[thing][0](setup, stage, 0.0, y + 0.001, z, size)
    stage.ungroup()
    key = setup.light.key_side
    warm = blend(setup.light.sun, (1.0, 0.82, 0.58), 0.5 if setup.dim else 0.15)
    stage.lamps.append(Lamp((0.60 * key, y + 0.55, z - 0.45), linear(warm), 0.70, 3.0))


# -- sky, water, air


def _sky(setup: Setup, place: Place) -> list[Layer]:
    layers: list[Layer] = []
    canvas, rng = setup.canvas, setup.rng
    horizon = setup.framing.horizon
    if _asked(
        setup, "bird", ("birds", "seagull", "gull", "crow", "raven", "pigeon", "eagle", "flock", "swallow", "hawk")
    ):
        flock: list[plants.Outline] = []
        cx, cy = 0.5 - setup.side * setup.between(0.08, 0.28), max(0.17, horizon * 0.45)
        for _ in range(13):
            x, y, s = cx + float(rng.normal(0, 0.10)), cy + float(rng.normal(0, 0.05)), float(rng.uniform(0.008, 0.022))
            a, lift = canvas.across, float(rng.uniform(0.25, 0.85))
            flock.append(
                [
                    (x - a(s), y - s * lift),
                    (x - a(s * 0.45), y - s * lift * 0.62),
                    (x, y + s * 0.06),
                    (x + a(s * 0.5), y - s * lift * 0.70),
                    (x + a(s), y - s * lift * 0.9),
                    (x + a(s * 0.45), y - s * lift * 0.30),
                    (x, y + s * 0.28),
                    (x - a(s * 0.42), y - s * lift * 0.28),
                ]
            )
        layers.append(land.painted(setup, flock, blend(setup.light.shade, setup.light.horizon, 0.18)).layer(0.16))
    if (
        setup.light.sun_height
        and _asked(setup, "lightning", ("thunderstorm", "lightning bolt", "thunder"))
        and place.outdoors
    ):
        layers.append(_bolt(setup))
    if _asked(setup, "tree", ("oak", "willow", "lone tree")) and "tree" not in place.shows:
        sheet = canvas.sheet()
        lone_tree(
            setup,
            sheet,
            0.5 + setup.side * setup.between(0.30, 0.42),
            depth_y(setup, 0.55),
            setup.between(0.45, 0.6),
            (0.17, 0.23, 0.09),
        )
        layers.append(sheet.layer(0.5, "foliage"))
    if _asked(setup, "train", ("locomotive", "steam train", "railway")) and "train" not in place.shows:
        layers += _train(setup)
    if _asked(setup, "moon", ("full moon", "crescent moon")) and not setup.light.night and "moon" not in place.shows:
        sheet = canvas.sheet((0.96, 0.95, 0.92))
        x = 0.82 if setup.light.sun_x < 0.5 else 0.18
        d = canvas.distance(x, max(0.17, horizon * 0.35))
        sheet.alpha = (np.clip((0.030 - d) * canvas.frame_height + 0.5, 0, 1) * np.float32(0.42)).astype(np.float32)
        layers.append(sheet.layer(0.04))
    return layers


def _bolt(setup: Setup) -> Layer:
    """Forked lightning and the cloud it lights."""
    canvas, rng = setup.canvas, setup.rng
    shapes: list[plants.Outline] = []

    def fork(x: float, y: float, end: float, width: float, depth: int) -> None:
        points = [(x, y)]
        while y < end:
            y += float(rng.uniform(0.02, 0.05))
            x += canvas.across(float(rng.uniform(-0.035, 0.035)))
            points.append((x, y))
            if depth < 2 and rng.random() < 0.24:
                fork(x, y, min(end, y + float(rng.uniform(0.06, 0.16))), width * 0.5, depth + 1)
        w = canvas.across(width)
        shapes.append([(px - w, py) for px, py in points] + [(px + w * 0.4, py) for px, py in reversed(points)])

    x = 0.5 + setup.side * setup.between(0.12, 0.34)
    fork(x, -0.06, setup.framing.horizon + 0.005, 0.0022, 0)
    mask = canvas.polygons(shapes)
    glow = soft(mask, canvas.frame_height * 0.03) * np.float32(2.2) + soft(mask, canvas.frame_height * 0.006)
    sky_glow = np.exp(-canvas.distance(x, 0.06) * np.float32(4)) * np.float32(0.30)
    sheet = canvas.sheet((0.80, 0.86, 1.0))
    sheet.rgb += (mask * np.float32(0.5))[..., None]
    above = 1 - canvas.below(np.full(canvas.width, setup.framing.horizon + 0.01, np.float32), 0.01)
    alpha = np.clip(mask + glow + sky_glow, 0, 1) * above
    return Layer(sheet.rgb, alpha.astype(np.float32), 0.06, "flicker")


def _train(setup: Setup) -> list[Layer]:
    """A steam train along the horizon."""
    canvas = setup.canvas
    a = canvas.across
    base, s, way = setup.framing.horizon + 0.028, 0.040, setup.light.key_side
    x0 = 0.5 + way * 0.12
    shapes: list[plants.Outline] = []
    for k in range(6):
        x = x0 - way * a(s * 3.3 * (k + 1))
        w = a(s * 1.5)
        shapes.append([(x - w, base), (x - w, base - s * 0.95), (x + w, base - s * 0.95), (x + w, base)])
    e = [
        (-1.4, 0),
        (-1.4, 1.15),
        (-0.6, 1.15),
        (-0.6, 0.75),
        (0.7, 0.75),
        (0.7, 1.2),
        (0.95, 1.2),
        (0.95, 0.75),
        (1.25, 0.7),
        (1.6, 0.0),
    ]
    shapes.append([(x0 + way * a(px * s), base - py * s) for px, py in e])
    shapes.append([(-0.2, base + 0.012), (-0.2, base - 0.002), (1.2, base - 0.002), (1.2, base + 0.012)])
    body = land.painted(setup, shapes, land.lit(setup, (0.16, 0.13, 0.12), 0.25), rim=0.6)
    lit: list[plants.Outline] = []
    for k in range(6):
        for j in range(4):
            x = x0 - way * a(s * 3.3 * (k + 1)) + a(s * (j - 1.5) * 0.65)
            lit.append(
                [
                    (x - a(s * 0.18), base - s * 0.42),
                    (x - a(s * 0.18), base - s * 0.74),
                    (x + a(s * 0.18), base - s * 0.74),
                    (x + a(s * 0.18), base - s * 0.42),
                ]
            )
    land.painted(setup, lit, (1.0, 0.78, 0.42) if setup.dim else land.lit(setup, (0.5, 0.56, 0.6), 0.4), sheet=body)
    puffs = [
        plants.clump(
            setup,
            x0 + way * a(0.02) - way * a(0.045 * k),
            base - s * 1.5 - 0.012 * k**1.1,
            0.014 + 0.007 * k,
            setup.rng,
            22,
        )
        for k in range(9)
    ]
    mask = soft(canvas.polygons(puffs), canvas.frame_height * 0.007)
    steam = canvas.sheet(blend(setup.light.horizon, (0.9, 0.9, 0.9), 0.4 if not setup.light.night else 0.08))
    return [body.layer(0.2), Layer(steam.rgb, (mask * np.float32(0.8)).astype(np.float32), 0.2, "steam")]


def _water(setup: Setup, place: Place) -> list[Layer]:
    if "water" not in place.shows or not setup.allows("boat", "ship"):
        return []
    horizon = setup.framing.horizon
    sheet = setup.canvas.sheet()
    if _asked(setup, "ship", ("sailing ship", "schooner", "galleon", "pirate")) and "ship" not in place.shows:
        shore.sailing_ship(setup, sheet, 0.5 - setup.side * setup.between(0.12, 0.3), horizon + 0.02, 0.17)
    elif _asked(setup, "boat", ("sailboat", "rowboat", "fishing boat", "yacht", "canoe")) and "boat" not in place.shows:
        shore.fishing_boat(
            setup, sheet, 0.5 - setup.side * setup.between(0.14, 0.3), depth_y(setup, 0.2) + 0.015, 0.085
        )
    return [sheet.layer(0.3, "boat")] if sheet.touched else []


def _air(setup: Setup, place: Place) -> list[Layer]:
    """Fog, smoke and the veil of rain or snow."""
    layers: list[Layer] = []
    if place.outdoors and setup.says("fog", "foggy", "mist", "misty", "haze", "hazy"):
        strength = 0.95 if setup.says("fog", "foggy") else 0.62
        layers.append(land.fog(setup, setup.framing.horizon + 0.02, 0.17, strength, 0.27))
        layers.append(land.fog(setup, depth_y(setup, 0.45), 0.20, strength * 0.7, 0.5))
    if setup.says("smoke", "smoky", "smoking", "cigarette", "cigar"):
        layers.append(land.fog(setup, 0.42, 0.34, 0.42, 0.52, blend(setup.light.horizon, (0.55, 0.54, 0.55), 0.6)))
    if place.outdoors and setup.says(
        "rain", "rainy", "raining", "downpour", "storm", "thunderstorm", "drizzle", "blizzard", "snowstorm"
    ):
        sheet = setup.canvas.sheet(blend(setup.light.horizon, setup.light.middle, 0.6))
        veil = setup.canvas.noise(setup.rng, 2.2, 3, stretch=0.7, detail=4)
        depth = np.clip(1.15 - np.abs(setup.canvas.y - np.float32(setup.framing.horizon)) * 1.6, 0.15, 1)
        sheet.alpha = ((veil * np.float32(0.30) + np.float32(0.10)) * depth).astype(np.float32)
        layers.append(Layer(sheet.rgb, sheet.alpha, 0.33))
    return layers


def _pool(setup: Setup, stage: Stage, x: float, z: float, strength: float) -> Layer:
    """Warm light that a flame lays on the ground and the air round it."""
    canvas = setup.canvas
    px, py = stage.seen(x, 0.0, z)
    scale = stage.scale(float(stage.at(x, 0, z)[2]))
    du = (canvas.x - np.float32(px)) * np.float32(canvas.aspect)
    dv = (canvas.y - np.float32(py)) * np.float32(3.2)
    d = np.sqrt(du * du + dv * dv) / np.float32(scale * 2.6)
    alpha = np.exp(-d * d) * np.float32(0.42 * strength * (1.0 if setup.dim else 0.35))
    return Layer(canvas.sheet((1.0, 0.56, 0.22)).rgb, alpha.astype(np.float32), 0.57, "fire")


_OPEN_AIR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("storm", ("storm", "thunderstorm", "downpour", "tempest", "hurricane")),
    ("drizzle", ("drizzle",)),
    ("rain", ("rain", "rainy", "raining", "rainfall")),
    ("blizzard", ("blizzard", "snowstorm")),
    ("snow", ("snow", "snowing", "snowfall", "snowflake", "snowy")),
    ("fog", ("fog", "foggy", "mist", "misty")),
    ("leaves", ("leaves", "autumn", "falling leaves", "windy")),
    ("petals", ("petals", "cherry blossom", "blossom")),
    ("fireflies", ("fireflies", "firefly")),
)
_ANYWHERE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dust", ("dust", "dusty", "motes")),
    ("embers", ("fire", "campfire", "embers", "bonfire", "sparks", "burning", "flames")),
    ("ash", ("ash", "ashes")),
)
_INSTEAD = {"storm": {"drizzle", "rain"}, "drizzle": {"rain"}, "blizzard": {"snow"}}
"""What the stronger word stands for as well."""


def _weather(setup: Setup, place: Place) -> tuple[str, ...]:
    """Particles that the words call for; rain falls on no one indoors."""
    rows = (*_OPEN_AIR, *_ANYWHERE) if place.outdoors else _ANYWHERE
    kinds = [kind for kind, words in rows if setup.says(*words) and setup.allows(*words)]
    dropped = {weaker for kind in kinds for weaker in _INSTEAD.get(kind, set())}
    return tuple(kind for kind in kinds if kind not in dropped)
