"""Panels and stills: repeatable, the same picture at every size, with the prompt's words in it and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from animatic.elements import MARGIN, PanelSpec, drawn_size
from animatic.panel import draw_panel, still

SPEC = PanelSpec(
    "Emma looks around", shot_type="wide", characters=("emma",), landscapes=("attic",), time_of_day="afternoon"
)


def picture(spec: PanelSpec, width: int = 192, height: int = 108) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return still(draw_panel(spec, width, height))


def likeness(
    a: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], b: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
) -> float:
    """Correlation of two stills, both made small."""
    small = [
        np.asarray(Image.fromarray(p).convert("L").resize((64, 36), Image.Resampling.BOX), np.float64) for p in (a, b)
    ]
    return float(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1])


def test_the_same_spec_gives_the_same_pixels() -> None:
    assert np.array_equal(picture(SPEC), picture(replace(SPEC)))


def test_another_seed_gives_another_picture() -> None:
    assert not np.array_equal(picture(SPEC), picture(replace(SPEC, seed=1)))


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (120, 120), (239, 100), (426, 240)])
def test_any_size_and_aspect(size: tuple[int, int]) -> None:
    panel = draw_panel(replace(SPEC, landscapes=("street",)), *size)
    wide, high = drawn_size(*size)
    assert (panel.width, panel.height) == size
    assert all(layer.rgb.shape == (high, wide, 3) and layer.alpha.shape == (high, wide) for layer in panel.layers)
    assert wide / size[0] == pytest.approx(MARGIN, abs=0.02)
    result = still(panel)
    assert result.shape == (size[1], size[0], 3)
    assert result.dtype == np.uint8


@pytest.mark.parametrize(
    ("landscape", "shot"),
    [("attic", "wide"), ("mountains", "wide"), ("street", "medium"), ("beach", "close-up"), ("kitchen", "full")],
)
def test_a_panel_shows_the_same_at_every_size(landscape: str, shot: str) -> None:
    spec = replace(SPEC, landscapes=(landscape,), shot_type=shot, seed=5)
    assert likeness(picture(spec, 160, 90), picture(spec, 480, 270)) > 0.96


def test_the_half_size_way_of_soft_shots_shows_the_same() -> None:
    spec = replace(SPEC, landscapes=("lake",), shot_type="close-up")
    assert likeness(picture(spec, 320, 180), picture(spec, 714, 402)) > 0.95


def test_layers_are_in_order_graded_and_few_enough_to_hold() -> None:
    panel = draw_panel(replace(SPEC, landscapes=("park",), characters=("emma", "tom")), 192, 108)
    depths = [layer.depth for layer in panel.layers]
    assert depths == sorted(depths)
    assert 4 <= len(depths) <= 14
    for layer in panel.layers:
        assert np.isfinite(layer.rgb).all()
        assert float(layer.rgb[layer.alpha > 0.5].max(initial=0)) <= 1.0


@pytest.mark.parametrize(
    ("words", "landscape", "shot"),
    [
        ("birds in the sky", "beach", "wide"),
        ("lightning", "hills", "wide"),
        ("a horse", "field", "wide"),
        ("a tent and a campfire", "forest", "wide"),
        ("fog", "hills", "wide"),
        ("a train passes", "field", "wide"),
        ("a sailing ship", "beach", "wide"),
        ("a bicycle", "village", "wide"),
        ("a grand piano", "living room", "wide"),
        ("a dog", "park", "wide"),
        ("a cat", "kitchen", "wide"),
        ("stairs", "living room", "wide"),
        ("an old letter", "library", "insert"),
        ("a clock", "bedroom", "insert"),
        ("a key", "office", "insert"),
        ("a telephone", "office", "extreme close-up"),
    ],
)
def test_words_leave_a_trace_unless_forbidden(words: str, landscape: str, shot: str) -> None:
    """The same composition with and without the word: the prompt's dice fall alike because the prompt is the same."""
    spec = PanelSpec(words, shot_type=shot, landscapes=(landscape,), time_of_day="afternoon")
    nouns = " ".join(w for w in words.split() if w not in {"a", "an", "in", "the", "and", "passes", "old"})
    shown, without = draw_panel(spec, 192, 108), draw_panel(replace(spec, negative_prompt=nouns), 192, 108)
    assert np.abs(still(shown).astype(int) - still(without)).max() > 40


def test_forbidden_weather_does_not_fall() -> None:
    rain = PanelSpec("rain on the street", landscapes=("street",), shot_type="wide")
    assert "rain" in draw_panel(rain, 160, 90).weather
    assert "rain" not in draw_panel(replace(rain, negative_prompt="rain"), 160, 90).weather


def test_rain_does_not_fall_indoors() -> None:
    assert "rain" not in draw_panel(PanelSpec("rain outside", landscapes=("bedroom",)), 160, 90).weather


def test_black_and_white_has_no_colour() -> None:
    frame = picture(replace(SPEC, styles=("black and white",))).astype(int)
    assert np.abs(frame.max(axis=2) - frame.min(axis=2)).mean() < 4


def test_a_dutch_angle_leaves_no_corner_empty() -> None:
    panel = draw_panel(replace(SPEC, landscapes=("street",), shot_type="dutch"), 192, 108)
    assert float(panel.layers[0].alpha.min()) > 0.99
    upright = draw_panel(replace(SPEC, landscapes=("street",), shot_type="medium wide"), 192, 108)
    assert not np.array_equal(still(panel), still(upright))


def test_noon_skies_do_not_band() -> None:
    frame = picture(PanelSpec("x", shot_type="wide", landscapes=("desert",), time_of_day="noon"), 320, 180)
    column = frame[8:60, 160].astype(int)
    assert len(np.unique(column[:, 0])) > 12
