"""A character is a pure function of the name."""

import pytest

from animatic.figures import appearance
from animatic.figures.appearance import BEARDS, CUTS, HAIR_STYLES, HATS
from animatic.figures.cuts import CUTS as SEWN
from animatic.figures.hair import STYLES

NAMES = (
    "Emma Marcus Sofia Kenji Amara Olga Noah Lucy Omar Priya Liam Mina Felix Lena Jack Ruth Ivan Zara Hugo "
    "Nora Theo Ines Pavel Wanda Idris Greta Tomas Aiko Bruno Celia Dario Elif"
).split()


def test_the_same_name_is_the_same_person_however_it_is_written() -> None:
    appearance.of.cache_clear()
    first = appearance.of("Detective Vega")
    appearance.of.cache_clear()
    assert appearance.of("detective_vega") == first
    assert appearance.of("  DETECTIVE   vega ") == first


def test_many_names_are_as_many_people() -> None:
    looks = {
        (look.hair, look.hair_color, look.cut, look.palette, look.skin, look.hat, look.beard, look.glasses)
        for look in map(appearance.of, NAMES)
    }
    assert len(NAMES) > 30
    assert len(looks) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("old man", "age", "old"),
        ("little girl", "age", "child"),
        ("the boy", "age", "child"),
        ("Detective Vega", "hat", "fedora"),
        ("Doctor Ames", "cut", "labcoat"),
        ("robot", "robot", True),
        ("king Aldo", "hat", "crown"),
        ("soldier", "hat", "helmet"),
        ("police officer", "hat", "officer"),
        ("Captain Ruiz", "cut", "uniform"),
    ],
)
def test_a_role_in_the_name_shows(name: str, field: str, value: object) -> None:
    assert getattr(appearance.of(name), field) == value


def test_children_are_shorter_than_adults_and_first_names_lean() -> None:
    assert appearance.of("boy").height < 0.8 < appearance.of("man").height
    assert appearance.of("Emma").lean < 0 < appearance.of("Marcus").lean
    assert appearance.of("Emma").beard is None


def test_a_nameless_name_is_somebody() -> None:
    assert appearance.of("…").height > 0
    assert appearance.of("日本").name != appearance.of("Ελένη").name


def test_every_word_of_an_appearance_can_be_drawn() -> None:
    assert set(HAIR_STYLES) <= set(STYLES)
    assert set(CUTS) == set(SEWN)
    assert len(HAIR_STYLES) >= 12
    assert len(CUTS) >= 12
    assert len(HATS) >= 6
    assert len(BEARDS) >= 4
