"""People whom a prompt counts instead of naming, and what is asked of all of them."""

from __future__ import annotations

import numpy as np
import pytest

from animatic.elements import Framing, Light, PanelSpec, drawn_size
from animatic.figures import appearance, draw_figures
from animatic.figures.casting import cast_of
from animatic.figures.parties import MOST, parties_of
from animatic.figures.staging import block

WIDE = Framing("wide", 0.48, 0.37, 0.5, 0.0)
NOON = Light(
    zenith=(0.17, 0.40, 0.72), middle=(0.43, 0.64, 0.86), horizon=(0.83, 0.90, 0.94), sun=(1.0, 0.98, 0.92),
    shade=(0.15, 0.18, 0.21), rim=(1.0, 0.98, 0.93), sun_x=0.3, sun_height=0.8, ambient=0.9, night=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("three thieves crouch behind a wall", 3),
        ("two silhouettes on the bridge", 2),
        ("silhouettes against the sunset", 3),
        ("deux enfants courent", 2),
        ("zwei männer warten", 2),
        ("dos niñas", 2),
        ("two tall strangers and an old man", 3),
        ("two friends", 2),
        ("two lanterns and three towers", 0),
        ("a couple", 2),
        ("silhouettes of pine trees", 0),
    ],
)
def test_as_many_are_drawn_as_are_counted(prompt: str, count: int) -> None:
    names = cast_of(PanelSpec(prompt=prompt), "wide").names
    assert len(set(names)) == len(names) == count


def test_a_party_of_one_trade_looks_like_it_and_each_like_themselves() -> None:
    names, rest = parties_of("three thieves and a dog")
    looks = [appearance.of(name) for name in names]
    assert [look.cut for look in looks] == ["hoodie"] * 3
    assert len({(look.skin, look.palette) for look in looks}) > 1
    assert "dog" in rest
    assert "thieves" not in rest
    assert len(parties_of("eight soldiers and eight sailors")[0]) == MOST


@pytest.mark.parametrize(
    ("prompt", "names", "poses"),
    [
        ("the three thieves crouch", ("ana", "bo", "cy"), {"ana": "crouch", "bo": "crouch", "cy": "crouch"}),
        ("Ana, Bo and Cy kneel", ("ana", "bo", "cy"), {"ana": "kneel", "bo": "kneel", "cy": "kneel"}),
        ("Ana and Bo crouch", ("ana", "bo"), {"ana": "crouch", "bo": "crouch"}),
        ("they hide in the dark", ("ana", "bo"), {"ana": "crouch", "bo": "crouch"}),
    ],
)
def test_what_all_do_each_does(prompt: str, names: tuple[str, ...], poses: dict[str, str]) -> None:
    spec = PanelSpec(prompt=prompt, characters=names)
    assert {actor.name: actor.pose.name for actor in block(spec, WIDE, cast_of(spec, "wide"))} == poses


def test_what_one_does_the_others_do_not() -> None:
    spec = PanelSpec(prompt="Bo crouches, the others wait", characters=("ana", "bo", "cy"))
    poses = {actor.name: actor.pose.name for actor in block(spec, WIDE, cast_of(spec, "wide"))}
    assert poses["bo"] == "crouch"
    assert "crouch" not in (poses["ana"], poses["cy"])


@pytest.mark.parametrize(
    ("prompt", "characters", "dark"),
    [
        ("two silhouettes on the bridge", (), True),
        ("Emma silhouetted against the sea", ("emma",), True),
        ("Emma in silhouette", ("emma",), True),
        ("Emma sees a silhouette in the window", ("emma",), False),
        ("Emma at the sea", ("emma",), False),
    ],
)
def test_silhouettes_are_dark(prompt: str, characters: tuple[str, ...], dark: bool) -> None:
    width, height = drawn_size(160, 90)
    spec = PanelSpec(prompt=prompt, characters=characters, shot_type="wide", seed=3)
    layers = [layer for layer in draw_figures(spec, NOON, WIDE, width, height, None) if layer.alpha.max() > 0.9]
    brightest = float(np.max([layer.rgb[layer.alpha > 0.9].max() for layer in layers]))
    assert (brightest < 0.1) is dark
