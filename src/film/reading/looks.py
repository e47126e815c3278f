"""Words of somebody's looks: "a fat Indian man of 65 with a grey moustache and a white turban" ──► Looks.

Nothing that is not said is filled in: chance, or the name, stays free to.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_COLOUR = (
    "red|orange|yellow|gold|golden|green|teal|cyan|blue|navy|violet|purple|pink|maroon|brown|tan|cream|white|silver|"
    "grey|gray|slate|black|beige|scarlet|crimson|saffron|turquoise|lilac|khaki"
)
_SAME = {"beige": "tan", "scarlet": "red", "crimson": "red", "saffron": "orange", "turquoise": "teal",
         "lilac": "violet", "khaki": "tan", "golden": "gold", "gray": "grey"}  # fmt: skip
_CUTS = {
    "three-piece suit": "suit", "space suit": "spacesuit", "lab coat": "labcoat", "white coat": "labcoat",
    "trench coat": "trench", "wedding dress": "gown", "evening dress": "gown", "diving suit": "jumpsuit",
    "suit": "suit", "tuxedo": "suit", "dress": "dress", "sundress": "dress", "sari": "gown", "saree": "gown",
    "gown": "gown", "lehenga": "gown", "robe": "robe", "robes": "robe", "kimono": "robe", "cloak": "robe",
    "cape": "robe", "habit": "robe", "toga": "robe", "djellaba": "robe", "kaftan": "robe", "agbada": "robe",
    "boubou": "robe", "cassock": "robe", "kurta": "coat", "sherwani": "coat", "coat": "coat", "overcoat": "coat",
    "trench": "trench", "raincoat": "trench", "jacket": "jacket", "blazer": "jacket", "shirt": "shirt",
    "t-shirt": "shirt", "tunic": "shirt", "sweater": "sweater", "jumper": "sweater", "pullover": "sweater",
    "jersey": "sweater", "hoodie": "hoodie", "sweatshirt": "hoodie", "uniform": "uniform", "apron": "labcoat",
    "scrubs": "jumpsuit", "overalls": "overalls", "dungarees": "overalls", "jumpsuit": "jumpsuit",
    "wetsuit": "jumpsuit", "boilersuit": "jumpsuit", "armour": "armour", "armor": "armour",
    "spacesuit": "spacesuit", "parka": "parka", "anorak": "parka", "waistcoat": "waistcoat", "vest": "waistcoat",
    "cardigan": "cardigan", "blouse": "blouse_skirt", "skirt": "blouse_skirt", "frock": "frock",
}  # fmt: skip
_HATS = {
    "turban": "turban", "hijab": "headscarf", "headscarf": "headscarf", "headscarves": "headscarf",
    "veil": "headscarf", "straw hat": "straw", "sombrero": "straw", "conical hat": "straw", "hard hat": "helmet",
    "helmet": "helmet", "crown": "crown", "tiara": "crown", "beanie": "beanie", "woolly hat": "beanie",
    "bobble hat": "beanie", "peaked cap": "officer", "cap": "cap", "beret": "beanie", "hood": "hood",
    "top hat": "fedora", "cowboy hat": "fedora", "fedora": "fedora", "bowler": "fedora", "hat": "fedora",
}  # fmt: skip
_SKIN = (
    (8, "black|african|nigerian|kenyan|ghanaian|senegalese|ethiopian|congolese|zulu|yoruba|jamaican|haitian|somali|"
        "sudanese|dark-skinned|malian|ugandan"),
    (6, "indian|pakistani|bengali|tamil|sri lankan|aboriginal|maori|polynesian|samoan|brown-skinned|nepali"),
    (4, "mexican|latino|latina|peruvian|brazilian|arab|egyptian|moroccan|persian|iranian|afghan|turkish|bedouin|inca|"
        "kurdish|andean|native american|filipino|filipina|indonesian|malay|thai|olive-skinned|tanned"),
    (2, "japanese|chinese|korean|asian|vietnamese|mongolian|inuit|tibetan|greek|italian|spanish"),
    (0, "caucasian|pale|swedish|norwegian|danish|finnish|irish|english|scottish|russian|german|dutch|polish|"
        "fair-skinned|white (?=man|woman|boy|girl|male|female)|freckled|icelandic|french"),
)  # fmt: skip
_HAIR = "blonde?|black|dark|brown|auburn|chestnut|red|ginger|copper|grey|gray|silver|white|honey|fair"
_HAIR_NAMES = {"blond": "blond", "blonde": "blond", "fair": "blond", "dark": "soot", "red": "copper",
               "ginger": "copper", "grey": "silver", "gray": "silver"}  # fmt: skip
_STYLES = (("bald|shaven|shaved head", "bald"), ("braids?|braided|plaits?", "braids"), ("ponytail", "ponytail"),
           ("bun", "bun"), ("afro", "afro"), ("curly", "curly"), ("wavy", "wavy"), ("bob", "bob"),
           ("long(?= [\\w ]{0,16}hair)", "long"), ("(?:short|cropped)(?= [\\w ]{0,16}hair)", "crop"),
           ("crew cut|buzz cut", "buzz"), ("topknot", "topknot"))  # fmt: skip
_WOMAN = re.compile(r"\b(?:wo(?:man|men)|girls?|lady|ladies|mother|grandmother|bride|queen|nun|actress|waitress|female|"
                    r"daughter|sister|wife|widow|goddess|princess|duchess|her|she)\b")  # fmt: skip
_MAN = re.compile(r"\b(?:m[ae]n|boys?|gentleman|father|grandfather|groom|king|monk|actor|male|son|brother|husband|guy|"
                  r"prince|duke|priest|his|he|moustache|bearded)\b")  # fmt: skip


@dataclass(frozen=True)
class Looks:
    """What is said of somebody's looks; None is not said. Names are those of the wardrobe that draws them."""

    feminine: bool | None = None
    skin: int | None = None
    """0 palest .. 9 darkest."""
    build: float | None = None
    hair: str | None = None
    hair_colour: str | None = None
    beard: str | None = None
    beard_colour: str | None = None
    glasses: bool = False
    hat: str | None = None
    hat_colour: str | None = None
    cut: str | None = None
    colour: str | None = None


@cache
def roles() -> dict[str, tuple[str, str, str]]:
    """Role → cut, colour and hat, as the catalogue has them."""
    text = files("film.reading").joinpath("data", "people.toml").read_text("utf-8")
    out: dict[str, tuple[str, str, str]] = {}
    for name, row in tomllib.loads(text)["roles"].items():
        wears, _, others = row.partition(";")
        cut, colour, *hat = wears.split()
        for word in (name, *others.split(",")):
            if word.strip():
                out.setdefault(word.strip(), (cut, colour, hat[0] if hat else ""))
    return out


def looks(text: str) -> Looks:
    """Read what a text says of one person's looks."""
    plain = " ".join(text.casefold().split())
    woman, man = _WOMAN.search(plain), _MAN.search(plain)
    feminine = None
    if woman or man:
        feminine = bool(woman) and (not man or woman.start() < man.start())
    cut, colour = _worn(plain, _CUTS)
    hat, hat_colour = _worn(plain, _HATS)
    if cut is None:
        for role, (wears, tone, on_head) in roles().items():
            if re.search(rf"\b{re.escape(role)}s?\b", plain):
                cut, colour, hat = wears, colour or tone, hat or on_head or None
                break
    hair = next((style for words, style in _STYLES if re.search(rf"\b(?:{words})\b", plain)), None)
    shade = re.search(rf"\b({_HAIR})(?:[- ]\w+)?[- ]hair(?:ed)?\b", plain) or re.search(r"\b(blonde?|redhead)\b", plain)
    found = re.search(rf"\b(?:({_HAIR}) )?(?:(long|short|bushy|full|thick) )?(?:({_HAIR}) )?"
                      r"(beard|bearded|moustache|mustache|moustached|goatee|stubble)\b", plain)  # fmt: skip
    beard = beard_colour = None
    if found:
        kind = {"b": "full", "m": "moustache", "g": "goatee", "s": "stubble"}[found[4][0]]
        beard = {"long": "long", "short": "short"}.get(found[2] or "", kind) if kind == "full" else kind
        beard_colour = _named_hair(found[1] or found[3])
    build = None
    if re.search(r"\b(?:fat|stout|heavy|plump|obese|burly|portly|chubby|pregnant|big man|overweight)\b", plain):
        build = 1.0
    elif re.search(r"\b(?:thin|slim|skinny|gaunt|slender|lanky|wiry|frail)\b", plain):
        build = -0.8
    skin = next((tone for tone, words in _SKIN if re.search(rf"\b(?:{words})(?:\b|(?<= ))", _unclothed(plain))), None)
    return Looks(
        feminine, skin, build, hair, _named_hair(shade[1]) if shade else None, beard, beard_colour,
        bool(re.search(r"\b(?:glasses|spectacles|bespectacled|sunglasses|monocle)\b", plain)), hat, hat_colour, cut,
        colour,
    )  # fmt: skip


def _unclothed(text: str) -> str:
    """The text without colours of hair and clothes: black hair is no skin."""
    return re.sub(rf"\b(?:{_COLOUR})(?= (?!wo?m[ae]n|boy|girl|male|female|teen|lady|child|\w+ wo?m[ae]n))", "", text)


def _named_hair(word: str | None) -> str | None:
    return _HAIR_NAMES.get(word, word) if word else None


def _worn(text: str, table: dict[str, str]) -> tuple[str | None, str | None]:
    """The first garment said, longest name first, and the colour before it."""
    for word in sorted(table, key=len, reverse=True):
        found = re.search(rf"(?:\b({_COLOUR})(?:[ -](?!and)[\w-]+)?[ -])?\b{re.escape(word)}s?\b", text)
        if found and not re.search(rf"\b(?:no|without an?|takes off) (?:\w+ )?{re.escape(word)}\b", text):
            colour = found[1]
            return table[word], _SAME.get(colour, colour) if colour else None
    return None, None
