"""Who somebody is to look at: everything about a character that must be the same in every shot.

    name ──► words in it (role, age, sex) ──► seeded choices ──► Appearance

Nothing but the name goes in. A prompt may change what somebody does, never who they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from animatic.elements import RGB, rng_of
from animatic.figures.ages import BOYS, GIRLS, OLD_MEN, OLD_WOMEN, age_of
from animatic.figures.head import FaceShape
from animatic.figures.palettes import (
    CHILDRENS,
    HAIR_BY_SKIN,
    HAIRS,
    PALETTES,
    SKINS,
    Palette,
)
from animatic.figures.roles import ROLES, Role
from animatic.relief import COLOURS
from film.providers.given_names import FEMININE_WORDS, MASCULINE_WORDS, guessed_feminine, sounds_feminine
from film.reading.looks import Looks, looks

LONG_HAIR = ("long", "bob", "bun", "ponytail", "wavy", "braids", "curly", "afro", "pixie", "fringe")
SHORT_HAIR = ("short", "swept", "buzz", "bald", "quiff", "curly", "afro", "crop", "mane", "topknot")
ANY_HAIR = ("bob", "short", "swept", "ponytail", "curly", "wavy", "pixie", "bun", "afro", "mane", "crop")
HAIR_STYLES = tuple(sorted(set(LONG_HAIR + SHORT_HAIR + ANY_HAIR)))

HATS = ("turban", "fedora", "cap", "beanie", "headscarf", "helmet", "officer", "crown", "straw", "hood")
BEARDS = ("stubble", "moustache", "goatee", "short", "full", "long")

FEMININE_CUTS = (
    "dress",
    "blouse_skirt",
    "coat",
    "trench",
    "sweater",
    "shirt",
    "jacket",
    "cardigan",
    "jumpsuit",
)
MASCULINE_CUTS = (
    "coat",
    "trench",
    "jacket",
    "shirt",
    "sweater",
    "suit",
    "waistcoat",
    "overalls",
    "hoodie",
    "parka",
)
ANY_CUTS = ("coat", "trench", "jacket", "shirt", "sweater", "hoodie", "overalls", "parka", "cardigan", "suit")
CHILD_CUTS = ("hoodie", "sweater", "overalls", "jacket")
GIRLS_CUTS = ("frock", "frock", "frock", "sweater")
CHILD_HAIR = ("crop", "short", "curly", "pixie")
GIRLS_HAIR = ("ponytail", "braids", "fringe", "bob")
CUTS = tuple(
    sorted(
        {
            *FEMININE_CUTS,
            *MASCULINE_CUTS,
            *ANY_CUTS,
            "frock",
            "uniform",
            "robe",
            "gown",
            "armour",
            "labcoat",
            "spacesuit",
        }
    )
)


@dataclass(frozen=True)
class Appearance:
    """A character's look. Colours are local, unlit."""

    name: str
    lean: float
    """-1 feminine .. 1 masculine; it shapes body and face."""
    age: str
    """toddler, child, teen, adult or old."""
    height: float
    """Over that of an average adult."""
    build: float
    """-1 slight .. 1 heavy."""
    skin: RGB
    face: FaceShape
    hair: str
    hair_color: RGB
    hair_seed: int
    parting: float
    """-1, 0 or 1: the side the hair is parted on."""
    beard: str | None
    eye_color: RGB
    hat: str | None
    cut: str
    palette: Palette
    scarf: bool
    glasses: bool
    bag: bool
    robot: bool = False


@lru_cache(maxsize=512)
def of(name: str, told: str = "") -> Appearance:
    """The look of the character of this name; ``told`` is what the shot says of them: what gives their age, and behind
    a line's end all words of their looks, which outrank the name."""
    told, _, said = told.partition("\n")
    wanted = looks(said)
    key = " ".join(re.findall(r"\w+", name.casefold().replace("_", " "))) or "somebody"
    words: list[str] = [str(word) for word in key.split()]
    role = _role(words)
    rng = rng_of("somebody", key)
    lean = role.lean if role.lean is not None else _lean_of(key, words, rng)
    if wanted.feminine is not None and sounds_feminine(key) in (None, not wanted.feminine):
        lean = -0.85 if wanted.feminine else 0.85
    lean = float(np.clip(lean + rng.uniform(-0.2, 0.2), -1, 1))
    age = role.age or str(rng.choice(["adult", "teen", "old"], p=[0.88, 0.06, 0.06]))
    age = age_of(name) or age_of(told) or age_of(" ".join(said.split()[:7])) or age
    young = age in ("toddler", "child")
    tone = int(rng.integers(len(SKINS)))
    tone = tone if wanted.skin is None else wanted.skin
    skin = SKINS[tone]
    hairs = HAIR_BY_SKIN[min(tone // 3, len(HAIR_BY_SKIN) - 1)]
    hair_color = HAIRS[str(rng.choice(hairs))]
    grey = rng.uniform(0.82, 1.0)
    if age == "old":
        hair_color = _between(hair_color, HAIRS["white"], grey)
    styles = LONG_HAIR if lean < -0.3 else SHORT_HAIR if lean > 0.3 else ANY_HAIR
    if young:
        styles = GIRLS_HAIR if lean < -0.3 else CHILD_HAIR
    hair = str(rng.choice(styles))
    if hair == "afro" and tone < 4:
        hair = "curly"
    if age == "old" and lean < -0.3 and hair in ("ponytail", "braids", "long"):
        hair = "bun"
    beard: str | None = None
    bearded = rng.random() < (0.45 if age != "old" else 0.6)
    chosen = str(rng.choice(BEARDS))
    if lean > 0.3 and age in ("adult", "old") and bearded:
        beard = chosen
    cuts = FEMININE_CUTS if lean < -0.3 else MASCULINE_CUTS if lean > 0.3 else ANY_CUTS
    if young:
        cuts = CHILD_CUTS if lean > -0.3 else GIRLS_CUTS
    cut = str(rng.choice(cuts))
    chosen_palette = int(rng.integers(len(PALETTES)))
    palette = CHILDRENS[chosen_palette % len(CHILDRENS)] if young else PALETTES[chosen_palette]
    hat_drawn = str(
        rng.choice(["fedora", "cap", "beanie", "straw"] if lean > -0.3 else ["beanie", "straw", "headscarf"])
    )
    hat = hat_drawn if rng.random() < 0.13 else None
    scarf, glasses, bag = (bool(rng.random() < chance) for chance in (0.16, 0.17, 0.14))
    look = Appearance(
        name=key,
        lean=lean,
        age=age,
        height=_height(age, lean, float(rng.normal())),
        build=float(np.clip(rng.normal(0, 0.45) + 0.1 * (age == "old"), -0.9, 1.0)),
        skin=skin,
        face=_face(rng, lean, age),
        hair=hair,
        hair_color=hair_color,
        hair_seed=int(rng.integers(1 << 30)),
        parting=float(rng.choice([-1.0, 0.0, 1.0])),
        beard=beard,
        eye_color=_eyes(rng, tone),
        hat=hat,
        cut=cut,
        palette=palette,
        scarf=scarf and cut not in ("suit", "gown", "robe"),
        glasses=glasses and not young,
        bag=bag,
    )
    return _as_said(_dressed(look, role), wanted)


def _as_said(look: Appearance, wanted: Looks) -> Appearance:
    """What the words ask for, over what name and chance chose."""
    change: dict[str, Any] = {}
    change |= {} if wanted.build is None else {"build": wanted.build}
    if wanted.hair is not None:
        change["hair"] = wanted.hair
        change["hat"] = None
    if wanted.hair_colour in HAIRS:
        change["hair_color"] = HAIRS[wanted.hair_colour]
    elif wanted.hair_colour is None and wanted.beard_colour in HAIRS:
        change["hair_color"] = HAIRS[wanted.beard_colour]
    if wanted.beard is not None:
        change["beard"] = wanted.beard
    elif wanted.feminine:
        change["beard"] = None
    change |= {"glasses": True} if wanted.glasses else {}
    if wanted.cut is not None:
        change |= {"cut": wanted.cut, "scarf": False}
        if wanted.hat is None and look.hat not in (None, "headscarf"):
            change["hat"] = None
    palette = look.palette
    if wanted.colour in COLOURS:
        main = COLOURS[wanted.colour]
        palette = palette._replace(main=main)
        if wanted.cut in ("robe", "gown", "suit", "spacesuit", "jumpsuit", "armour"):
            palette = palette._replace(legs=_between(main, (0.1, 0.1, 0.1), 0.2))
    if wanted.hat is not None:
        change["hat"] = wanted.hat
        if wanted.hat_colour in COLOURS:
            palette = palette._replace(accent=COLOURS[wanted.hat_colour])
    return replace(look, palette=palette, **change) if not look.robot else look


def _dressed(look: Appearance, role: Role) -> Appearance:
    """What a role wears, over what chance chose."""
    if role.cut is not None:
        feminine = role.feminine_cut if look.lean < -0.3 and role.feminine_cut else role.cut
        look = replace(look, cut=feminine, scarf=False)
    if role.hat is not None:
        look = replace(look, hat=role.hat or None)
    if role.palette is not None:
        look = replace(look, palette=role.palette)
    if role.hair is not None:
        look = replace(look, hair=role.hair)
    if role.robot:
        metal = _between((0.62, 0.68, 0.74), look.palette.main, 0.18)
        look = replace(look, robot=True, skin=metal, hair="bald", beard=None, glasses=False, scarf=False, cut="armour")
    if role.bag is not None:
        look = replace(look, bag=role.bag)
    if role.beard and look.lean > 0:
        look = replace(look, beard=role.beard)
    return look


def _role(words: list[str]) -> Role:
    """The role these words name, one after another filling what is still open."""
    found = Role()
    for word in words:
        role = ROLES.get(word)
        if role is not None:
            filled = {
                field: getattr(role, field)
                for field in Role.__dataclass_fields__
                if getattr(found, field) in (None, False) and getattr(role, field) not in (None, False)
            }
            found = replace(found, **filled)
    return found


def _lean_of(key: str, words: list[str], rng: np.random.Generator) -> float:
    """-1 (a woman's look) to 1 (a man's): a title is surer than a name, and a name than a guess."""
    if said := set(words) & (GIRLS | BOYS | OLD_WOMEN | OLD_MEN):
        return -0.9 if said & (GIRLS | OLD_WOMEN) else 0.9
    told = sounds_feminine(key)
    if told is None:
        lean = float(rng.choice([0.35, 0.8]))
    else:
        lean = 0.9 if (FEMININE_WORDS | MASCULINE_WORDS) & set(words) else 0.8
    return -lean if guessed_feminine(key) else lean


def _height(age: str, lean: float, spread: float) -> float:
    base = {"toddler": 0.50, "child": 0.64, "teen": 0.93, "adult": 0.985, "old": 0.945}[age]
    return base * (1 + 0.032 * lean * (age not in ("toddler", "child")) + 0.022 * float(np.clip(spread, -1.8, 1.8)))


def _face(rng: np.random.Generator, lean: float, age: str) -> FaceShape:
    def around(middle: float, spread: float) -> float:
        return middle + spread * float(rng.uniform(-1, 1))

    child = {"toddler": 1.0, "child": 0.85, "teen": 0.25}.get(age, 0.0)
    return FaceShape(
        width=around(1.0 + 0.07 * child, 0.045),
        jaw=around(0.97 + 0.075 * lean - 0.05 * child, 0.06),
        chin=around(0.05 + 0.30 * lean, 0.25),
        cheek=around(1.0 - 0.15 * lean, 0.3),
        brow_ridge=around(1.0 + 0.75 * lean * (1 - child), 0.2),
        nose_length=around(1.0 + 0.05 * lean, 0.10),
        nose_width=around(1.0 + 0.10 * lean, 0.15),
        eye_size=around(1.02 - 0.07 * lean + 0.34 * child, 0.06),
        eye_spacing=around(1.0, 0.05),
        eye_tilt=around(0.10 - 0.08 * lean, 0.14),
        brow_weight=around(1.0 + 0.38 * lean * (1 - child) - 0.25 * child, 0.15),
        brow_arch=around(0.55 - 0.25 * lean, 0.2),
        lips=around(1.08 - 0.30 * lean, 0.18),
        mouth_width=around(1.0 - 0.12 * child, 0.08),
        child=child,
        lines={"old": around(1.05, 0.2)}.get(age, 0.0),
    )


def _eyes(rng: np.random.Generator, tone: int) -> RGB:
    light = [
        (0.30, 0.47, 0.58),
        (0.35, 0.50, 0.38),
        (0.45, 0.34, 0.20),
        (0.36, 0.24, 0.14),
        (0.42, 0.48, 0.50),
    ]
    dark = [(0.30, 0.19, 0.11), (0.22, 0.14, 0.09), (0.38, 0.26, 0.13)]
    options = light if tone < 4 else dark
    return options[int(rng.integers(len(options)))]


def _between(one: RGB, two: RGB, amount: float) -> RGB:
    red, green, blue = (a + (b - a) * amount for a, b in zip(one, two, strict=True))
    return red, green, blue
