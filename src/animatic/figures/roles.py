"""What a word in a character's name says about their look: "old fisherman", "Captain Vega", "robot".

Pure data: a Role leaves open what it has nothing to say about, and chance fills that in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from animatic.figures import palettes
from animatic.figures.palettes import Palette


@dataclass(frozen=True)
class Role:
    """What a role fixes; None leaves it open, an empty hat says bareheaded."""

    lean: float | None = None
    age: str | None = None
    cut: str | None = None
    feminine_cut: str | None = None
    hat: str | None = None
    palette: Palette | None = None
    hair: str | None = None
    beard: str | None = None
    bag: bool | None = None
    robot: bool = False


_CHILD = Role(age="child", hat="")
_OLD = Role(age="old")
_DETECTIVE = Role(cut="trench", hat="fedora", palette=palettes.NOIR, age="adult")
_DOCTOR = Role(cut="labcoat", hat="", palette=palettes.WHITE_COAT, age="adult")
_POLICE = Role(cut="uniform", hat="officer", palette=palettes.POLICE, age="adult")
_SOLDIER = Role(cut="uniform", hat="helmet", palette=palettes.ARMY, age="adult", lean=0.6)
_CAPTAIN = Role(cut="uniform", hat="officer", palette=palettes.MARINE, age="adult", beard="short")
_ROYAL = Role(cut="robe", feminine_cut="gown", hat="crown", palette=palettes.ROYAL, age="adult")
_MONK = Role(cut="robe", palette=palettes.MONK, hair="bald")
_SPACE = Role(cut="spacesuit", hat="", palette=palettes.SPACE, age="adult")
_KNIGHT = Role(cut="armour", palette=palettes.KNIGHT, age="adult", hat="")
_WORKER = Role(cut="overalls", hat="cap", age="adult")
_FARMER = Role(cut="overalls", hat="straw")
_WIZARD = Role(cut="robe", hat="hood", palette=palettes.WIZARD, age="old", beard="long")
_SUIT = Role(cut="suit", hat="", age="adult")

ROLES: dict[str, Role] = {
    **dict.fromkeys(("child", "kid", "children", "toddler", "schoolchild"), _CHILD),
    "girl": Role(age="child", lean=-0.9, hat=""),
    "boy": Role(age="child", lean=0.9, hat=""),
    "daughter": Role(age="child", lean=-0.9, hat=""),
    "son": Role(age="child", lean=0.9, hat=""),
    "teen": Role(age="teen"),
    "teenager": Role(age="teen"),
    "young": Role(age="teen"),
    **dict.fromkeys(("old", "elderly", "elder", "aged", "ancient"), _OLD),
    "grandmother": Role(age="old", lean=-0.9),
    "grandma": Role(age="old", lean=-0.9),
    "granny": Role(age="old", lean=-0.9),
    "grandfather": Role(age="old", lean=0.9),
    "grandpa": Role(age="old", lean=0.9),
    "woman": Role(lean=-0.9),
    "man": Role(lean=0.9),
    "mother": Role(lean=-0.9, age="adult"),
    "father": Role(lean=0.9, age="adult"),
    **dict.fromkeys(("detective", "inspector", "investigator", "spy", "agent"), _DETECTIVE),
    **dict.fromkeys(("doctor", "dr", "scientist", "nurse", "surgeon", "professor", "chemist"), _DOCTOR),
    **dict.fromkeys(("police", "policeman", "policewoman", "cop", "officer", "sheriff", "guard"), _POLICE),
    **dict.fromkeys(("soldier", "soldiers", "sergeant", "private", "trooper", "general"), _SOLDIER),
    **dict.fromkeys(("captain", "sailor", "admiral", "skipper", "pilot"), _CAPTAIN),
    "fisherman": Role(cut="parka", hat="beanie", lean=0.9, beard="full"),
    **dict.fromkeys(("king", "emperor", "prince", "lord"), replace(_ROYAL, lean=0.9, beard="full")),
    **dict.fromkeys(("queen", "empress", "princess"), replace(_ROYAL, lean=-0.9, hair="long")),
    **dict.fromkeys(("monk", "priest", "friar", "hermit"), _MONK),
    "nun": Role(cut="robe", lean=-0.9, hat="headscarf", palette=palettes.MARINE),
    **dict.fromkeys(("astronaut", "cosmonaut"), _SPACE),
    **dict.fromkeys(("knight", "warrior", "paladin"), _KNIGHT),
    **dict.fromkeys(("robot", "android", "droid", "cyborg", "bot", "machine"), Role(robot=True, hat="", age="adult")),
    **dict.fromkeys(("worker", "mechanic", "engineer", "miner", "plumber", "builder"), _WORKER),
    **dict.fromkeys(("farmer", "gardener", "shepherd", "scarecrow"), _FARMER),
    **dict.fromkeys(("wizard", "mage", "sorcerer", "druid"), _WIZARD),
    "witch": Role(cut="robe", hat="hood", palette=palettes.WIZARD, lean=-0.9, hair="long"),
    **dict.fromkeys(("lawyer", "boss", "banker", "businessman", "mayor", "president", "butler", "groom"), _SUIT),
    "bride": Role(cut="gown", lean=-0.9, age="adult", hat=""),
    "thief": Role(cut="hoodie", hat="beanie"),
    "traveler": Role(cut="parka", bag=True),
    "traveller": Role(cut="parka", bag=True),
    "explorer": Role(cut="jacket", hat="fedora", bag=True),
    "student": Role(age="teen", bag=True),
    "postman": Role(cut="uniform", hat="cap", bag=True, lean=0.9),
    "cowboy": Role(cut="jacket", hat="fedora", lean=0.9),
    "driver": Role(),
    "baker": Role(cut="shirt", hat=""),
}
