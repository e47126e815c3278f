"""The colours people are painted with: skins, hairs, clothes that go together.

Pure data. Clothes come as designed sets, so that two colours of one person never fight.
"""

from __future__ import annotations

from typing import NamedTuple

from animatic.elements import RGB


def _rgb(code: str) -> RGB:
    return int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255


class Palette(NamedTuple):
    """One person's clothes."""

    main: RGB
    second: RGB
    accent: RGB
    legs: RGB
    shoes: RGB


def _palette(main: str, second: str, accent: str, legs: str, shoes: str) -> Palette:
    return Palette(_rgb(main), _rgb(second), _rgb(accent), _rgb(legs), _rgb(shoes))


SKINS: tuple[RGB, ...] = tuple(
    _rgb(code)
    for code in (
        "eec2a2", "e6b590", "dfa67f", "d99f7a", "c98a64", "b97a52", "a4683f", "8a5433", "6f4128", "573222",
    )
)  # fmt: skip

HAIRS: dict[str, RGB] = {
    "black": _rgb("221d20"),
    "soot": _rgb("2f2624"),
    "espresso": _rgb("3c2a21"),
    "brown": _rgb("563a28"),
    "chestnut": _rgb("6e4329"),
    "auburn": _rgb("7d3820"),
    "copper": _rgb("b25a2a"),
    "honey": _rgb("b98848"),
    "blond": _rgb("cdad74"),
    "ash": _rgb("8f806c"),
    "silver": _rgb("c3c3c6"),
    "white": _rgb("e4e3df"),
}

HAIR_BY_SKIN: tuple[tuple[str, ...], ...] = (
    ("espresso", "brown", "chestnut", "auburn", "copper", "honey", "blond", "ash", "black"),
    ("black", "soot", "espresso", "brown", "chestnut", "honey"),
    ("black", "soot", "espresso", "brown"),
    ("black", "black", "soot", "espresso"),
)

PALETTES: tuple[Palette, ...] = (
    _palette("2f4163", "e3d7c0", "c8963a", "3a3a45", "4a3122"),
    _palette("a24a38", "ead9bd", "35475c", "3b3f4c", "3d2a22"),
    _palette("41604c", "dccba6", "b8693a", "4b3f36", "3a2b22"),
    _palette("644563", "e0c3bb", "d0a24e", "35313f", "2c2530"),
    _palette("2c6a6e", "ead8b4", "c4703c", "363c48", "42301f"),
    _palette("3d3f47", "b9b6b2", "8c2f3a", "2b2c33", "211f22"),
    _palette("b88b58", "f0e4d0", "2f4260", "38404f", "4b3020"),
    _palette("56708f", "e9e2d6", "b4582f", "39414f", "3c2c24"),
    _palette("68683c", "e8dfc8", "98452d", "4a4536", "3b3023"),
    _palette("8f2c33", "d9cfc4", "30343f", "2e3139", "241e20"),
    _palette("8fb0c2", "f1ebe0", "6f4a35", "54606d", "5a4030"),
    _palette("8a84b5", "efe6e4", "3a376a", "413f5e", "352d3d"),
    _palette("c9a13c", "f3ead2", "31506b", "3d4657", "4a3424"),
    _palette("c77b68", "f4e4d4", "4c6a66", "4a4a55", "4d342a"),
    _palette("27463f", "cfd6c4", "c98a52", "2d3338", "33261f"),
    _palette("7b8a6a", "f0e7d3", "a6533d", "51493d", "45352a"),
    _palette("1f2a3c", "c7ccd4", "b5473a", "29303d", "1f1c1e"),
    _palette("d4c3a3", "7d3b34", "3f5560", "5a5148", "4f3626"),
    _palette("6b3a2e", "d8b98c", "3f5a57", "393230", "2b1f1b"),
    _palette("5d7f7b", "f2e2c9", "bc5a44", "3f4a52", "40302a"),
    _palette("b5574a", "f1d9b6", "28445a", "33465a", "43302a"),
    _palette("46506b", "d9b48a", "c9c2b4", "2f3447", "2b2526"),
)

CHILDRENS: tuple[Palette, ...] = (
    _palette("d2483f", "f4e6c8", "f0b93c", "4a6288", "d9d4c8"),
    _palette("eab83a", "f2ece0", "3d7fa8", "4d638c", "b5473a"),
    _palette("4b93c4", "f6e9cf", "e0703a", "5b5f78", "d8cfc0"),
    _palette("e58c9c", "f7efe6", "6fa39a", "6a6f92", "b04a5c"),
    _palette("6cab5e", "f3ead2", "d9583f", "5a5a6e", "e0d8c6"),
)
"""Brighter than what grown people wear, so that a child is found at once in a wide shot."""

WHITE_COAT = _palette("e6e8e6", "8fb2b8", "31506b", "4b5a66", "3a3533")
POLICE = _palette("25324c", "8ea2bb", "c9a44a", "222c42", "1b1a1d")
ARMY = _palette("5f6544", "a79b73", "3b3f2c", "565b3f", "2f2820")
ROYAL = _palette("7a2436", "d9b45a", "efe2c4", "3b2a3d", "4a3020")
MARINE = _palette("22304e", "e8e4da", "c9a44a", "1f2a42", "201d20")
NOIR = _palette("a58a66", "e2dcd0", "4d2d2f", "3a3836", "2b2422")
MONK = _palette("6b4a34", "a98456", "d9c7a3", "503626", "3a2a20")
SPACE = _palette("dfe0dc", "d0703a", "39506b", "d2d3d0", "8a8c90")
KNIGHT = _palette("8d949c", "7d2f35", "c8a552", "6c727a", "5a5e66")
WIZARD = _palette("3b3f73", "b9a3d0", "d9b45a", "2b2d50", "3b2b26")
