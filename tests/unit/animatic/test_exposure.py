"""Prints that can be read: dark panels are lifted, others are left alone, and nothing turns white."""

from __future__ import annotations

import numpy as np
import pytest

from animatic.elements import Layer, PanelSpec
from animatic.exposure import CARRIES, lift_dark
from animatic.panel import draw_panel, still

WIDTH, HEIGHT = 160, 90


def grey(value: float) -> list[Layer]:
    return [Layer(np.full((104, 186, 3), value, np.float32), np.ones((104, 186), np.float32), 0.1)]


@pytest.mark.parametrize("value", [0.03, 0.1, 0.2, 0.3])
def test_a_dark_picture_is_lifted_but_stays_darker_than_a_bright_one(value: float) -> None:
    layers = grey(value)
    lift_dark(layers, WIDTH, HEIGHT)
    assert value < layers[0].rgb.max() <= CARRIES + 0.01


@pytest.mark.parametrize("value", [0.35, 0.6, 1.0])
def test_a_picture_that_carries_is_left_alone(value: float) -> None:
    layers = grey(value)
    lift_dark(layers, WIDTH, HEIGHT)
    assert np.all(layers[0].rgb == np.float32(value))


def test_lights_in_the_dark_stay_lights_and_order_is_kept() -> None:
    layers = grey(0.05)
    layers[0].rgb[10:14, 10:14] = 0.9
    layers[0].rgb[20:24] = 0.1
    lift_dark(layers, WIDTH, HEIGHT)
    rgb = layers[0].rgb
    assert rgb[50, 50, 0] < rgb[21, 50, 0] < rgb[11, 11, 0] < 1.0


@pytest.mark.parametrize("mood", ["tense", "eerie", "dark"])
def test_a_storm_at_midnight_can_be_read(mood: str) -> None:
    spec = PanelSpec("a storm over the ocean", landscapes=("ocean",), mood=mood, time_of_day="midnight")
    picture = still(draw_panel(spec, 320, 180))
    assert np.percentile(picture.max(axis=2), 90) > 50
