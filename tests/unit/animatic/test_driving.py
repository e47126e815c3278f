"""Drivers sit at the wheel, inside the car, and only they do."""

from __future__ import annotations

import numpy as np
import pytest

from animatic import framing
from animatic.driving import drives, wheel_side
from animatic.elements import PanelSpec
from animatic.figures.casting import cast_of
from animatic.figures.staging import block
from animatic.scenes import registry


@pytest.mark.parametrize(
    ("prompt", "landscape", "shot", "expected"),
    [
        ("Marc drives the car down the street", "street", "medium", True),
        ("the driver looks in the mirror", "car interior", "wide", True),
        ("Marc at the wheel of the taxi", "city", "medium", True),
        ("Marc au volant de la voiture", "", "medium", True),
        ("Marc am Steuer", "car interior", "medium", True),
        ("Marc drives the car down the street", "street", "wide", False),
        ("Marc stands by the car", "street", "medium", False),
        ("Marc drives a nail into the wall", "shed", "medium", False),
        ("a hand on the wheel of the car", "car interior", "insert", False),
    ],
)
def test_who_drives(prompt: str, landscape: str, shot: str, expected: bool) -> None:
    spec = PanelSpec(prompt=prompt, shot_type=shot, characters=("Marc",), landscapes=(landscape,))
    assert drives(spec, framing.name_of(spec)) is expected


def test_a_driver_sits_at_the_wheel_with_their_back_to_us_and_a_passenger_beside() -> None:
    spec = PanelSpec("Marc drives, Ana looks out", characters=("Marc", "Ana"), landscapes=("car interior",))
    assert registry.name_of(spec) == "car interior"
    set_up = registry.fit(registry.LANDSCAPES["car interior"], framing.of(spec))
    actors = {actor.name: actor for actor in block(spec, set_up, cast_of(spec, "medium"))}
    assert {actor.pose.name for actor in actors.values()} == {"drive"}
    assert np.sign(actors["Marc"].x - 0.5) == wheel_side(spec) == -np.sign(actors["Ana"].x - 0.5)
    assert all(np.cos(actor.yaw) < -0.9 for actor in actors.values())


def test_a_nameless_driver_is_there() -> None:
    assert cast_of(PanelSpec("the old driver at the wheel of a taxi"), "medium").names == ("old driver",)
    assert cast_of(PanelSpec("the empty driver seat"), "medium").names == ()
