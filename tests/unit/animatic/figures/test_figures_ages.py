"""Ages of people: read off their names and the prompt, and drawn so that nobody takes a child for a grown person."""

from __future__ import annotations

import numpy as np
import pytest

from animatic.elements import FloatArray, Light
from animatic.figures import appearance, skeleton
from animatic.figures.ages import age_of, told_of
from animatic.figures.bearing import carried
from animatic.figures.expressions import CALM
from animatic.figures.figure import Placement, Sprite, paint
from animatic.figures.poses import POSES

NOON = Light(
    zenith=(0.17, 0.40, 0.72), middle=(0.43, 0.64, 0.86), horizon=(0.83, 0.90, 0.94), sun=(1.0, 0.98, 0.92),
    shade=(0.15, 0.18, 0.21), rim=(1.0, 0.98, 0.93), sun_x=0.3, sun_height=0.8, ambient=0.9, night=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "age"),
    [
        ("little girl", "child"),
        ("the_boy", "child"),
        ("enfant", "child"),
        ("Kind", "child"),
        ("das kleine Kind", "child"),
        ("kleines Kind", "child"),
        ("niño", "child"),
        ("niña pequeña", "child"),
        ("uma criança", "child"),
        ("Little Tom", "child"),
        ("a six-year-old boy", "child"),
        ("Mira, 7 ans", "child"),
        ("16 year old Ana", "teen"),
        ("a 35-year-old woman", "adult"),
        ("two-year-old", "toddler"),
        ("baby", "toddler"),
        ("old baker", "old"),
        ("little old lady", "old"),
        ("vieille dame", "old"),
        ("der alte Mann", "old"),
        ("abuelo", "old"),
        ("a kind man", None),
        ("kind stranger", None),
        ("Alter Ego", None),
        ("Emma", None),
    ],
)
def test_words_give_an_age(words: str, age: str | None) -> None:
    assert age_of(words) == age


@pytest.mark.parametrize(
    ("prompt", "name", "age"),
    [
        ("Lily, a little girl of six, looks up", "Lily", "child"),
        ("little Lily runs", "lily", "child"),
        ("Old Marcel kneads the dough", "marcel", "old"),
        ("Marcel (72) waits", "Marcel", "old"),
        ("Lily meets an old man", "Lily", None),
        ("an old man waves; Lily runs", "Lily", None),
        ("Emma looks at a child", "Emma", None),
    ],
)
def test_a_prompt_gives_an_age_beside_the_name_and_nowhere_else(prompt: str, name: str, age: str | None) -> None:
    assert age_of(told_of(prompt, name)) == age


def test_an_age_told_in_the_prompt_changes_the_body_and_neither_skin_nor_sex() -> None:
    known, told = appearance.of("Lily"), appearance.of("Lily", "a little girl")
    assert told.height < 0.7 < known.height
    assert told.skin == known.skin
    assert (told.lean < 0) == (known.lean < 0)


@pytest.mark.parametrize("name", ["little girl", "boy", "enfant", "niño"])
def test_children_have_the_proportions_of_children(name: str) -> None:
    child, grown = appearance.of(name), appearance.of("Marcus")
    small, tall = skeleton.proportions(child), skeleton.proportions(grown)
    assert child.height < 0.70 * grown.height
    assert child.height / small.head < 5.6 < 6.8 < grown.height / tall.head
    assert child.beard is None


@pytest.mark.parametrize("name", ["old baker", "old woman", "grandfather", "vieille dame"])
def test_the_old_are_white_stooped_and_lean_on_a_stick(name: str) -> None:
    look = appearance.of(name)
    assert min(look.hair_color) > 0.60
    upright, borne = POSES["stand"], carried(look, POSES["stand"])
    assert borne.prop == "stick"
    before, after = skeleton.build(look, upright), skeleton.build(look, borne)
    assert after.head[1] < before.head[1]
    assert after.head[2] > before.head[2] + 0.045


def test_hands_that_hold_something_else_have_no_stick_and_the_young_stand_straight() -> None:
    old = appearance.of("old woman")
    assert carried(old, POSES["umbrella"]).prop == "umbrella"
    assert carried(old, POSES["sit"]).prop is None
    assert carried(old, POSES["lie"]) == POSES["lie"]
    assert carried(appearance.of("boy"), POSES["stand"]) == POSES["stand"]


def _drawn(name: str) -> Sprite:
    look = appearance.of(name)
    sprite = paint(look, carried(look, POSES["stand"]), CALM, Placement(80, 150, 130, 0.6), NOON, 160, 160)
    assert sprite is not None
    return sprite


def _top(alpha: FloatArray | np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> int:
    return int(np.flatnonzero(alpha.max(axis=1) > 0.5)[0])


def test_a_child_is_drawn_smaller_than_its_mother() -> None:
    child, mother = _drawn("boy"), _drawn("mother")
    tall = [150 - (sprite.top + _top(sprite.alpha)) for sprite in (child, mother)]
    assert tall[0] < 0.75 * tall[1]
