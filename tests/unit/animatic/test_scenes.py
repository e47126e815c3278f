"""Every landscape draws, is found by its words, and has day, night and depth in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from animatic import framing as framings
from animatic import light as lights
from animatic.canvas import Canvas
from animatic.elements import FloatArray, PanelSpec
from animatic.scenes import registry
from animatic.scenes.setup import Place

SIZE = (192, 108)
OUTDOORS = [name for name, row in registry.LANDSCAPES.items() if not row.indoors]
TIMELESS = {"space"}
"""Where the sun does not set."""


def drawn(landscape: str, *, size: tuple[int, int] = SIZE, **fields: object) -> Place:
    spec = replace(PanelSpec("x", shot_type="wide", landscapes=(landscape,), time_of_day="noon"), **fields)  # type: ignore[arg-type]
    framing = registry.fit(registry.LANDSCAPES[registry.name_of(spec)], framings.of(spec))
    return registry.draw(spec, lights.of(spec), framing, Canvas(*size))[1]


def flat(place: Place) -> FloatArray:
    first = place.layers[0]
    picture = first.rgb * first.alpha[..., None]
    for layer in place.layers[1:]:
        picture = picture + (layer.rgb - picture) * layer.alpha[..., None]
    return picture


def test_there_are_as_many_landscapes_as_promised() -> None:
    assert len(registry.LANDSCAPES) >= 40


@pytest.mark.parametrize("name", registry.LANDSCAPES)
def test_a_landscape_is_found_and_draws_whole_in_depth(name: str) -> None:
    assert registry.name_of(PanelSpec("x", landscapes=(name,))) == name
    place = drawn(name)
    assert len({round(layer.depth, 2) for layer in place.layers}) >= 3
    depths = [layer.depth for layer in place.layers]
    assert depths == sorted(depths)
    for layer in place.layers:
        assert layer.rgb.dtype == layer.alpha.dtype == np.float32
        assert np.isfinite(layer.rgb).all()
        assert 0 <= float(layer.alpha.min()) <= float(layer.alpha.max()) <= 1
    picture = flat(place)
    covered = np.max([layer.alpha for layer in place.layers], axis=0)
    assert float(covered.min()) > 0.99, "a hole in the picture"
    assert float(picture.std()) > 0.03, "nothing to see"


@pytest.mark.parametrize("name", sorted(set(OUTDOORS) - TIMELESS))
def test_night_is_darker_than_noon_outdoors(name: str) -> None:
    assert flat(drawn(name, time_of_day="night")).mean() < 0.62 * flat(drawn(name)).mean()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("loft", "attic"),
        ("Parlour", "living room"),
        ("dusty hallway", "corridor"),
        ("hospital", "hospital room"),
        ("cathedrals", "church"),
        ("coffee_shop", "bar"),
        ("factory", "warehouse"),
        ("supermarket", "shop"),
        ("corner store", "shop"),
        ("indoor market", "shop"),
        ("boulangerie", "bakery"),
        ("street market", "market"),
        ("bookshop", "library"),
        ("city rooftop", "skyline"),
        ("downtown", "street"),
        ("bazaar", "market"),
        ("garden", "park"),
        ("rainforest", "jungle"),
        ("meadow", "field"),
        ("Alps", "mountains"),
        ("arctic", "snow"),
        ("dunes", "desert"),
        ("lava field", "volcano"),
        ("Ferris wheel", "fairground"),
        ("carnival", "fairground"),
        ("football pitch", "stadium"),
        ("winery", "vineyard"),
        ("ice cave", "cave"),
        ("seaside", "beach"),
        ("ship deck", "ocean"),
        ("harbor", "harbour"),
        ("lighthouse", "harbour front"),
        ("train station", "station"),
        ("highway", "road"),
        ("starship bridge", "spaceship"),
        ("outer space", "space"),
        ("cemetery", "graveyard"),
        ("trenches", "battlefield"),
        ("interior", "neutral"),
        ("a place with no name", "neutral"),
    ],
)
def test_synonyms(said: str, name: str) -> None:
    assert registry.name_of(PanelSpec("x", landscapes=(said,))) == name


def test_exact_words_win_over_broad_ones_and_places_over_doors() -> None:
    assert registry.name_of(PanelSpec("x", landscapes=("attic", "doorway"))) == "attic"
    assert registry.name_of(PanelSpec("x", landscapes=("doorway",))) == "doorway"
    assert registry.name_of(PanelSpec("x", landscapes=("city", "rooftop"))) == "skyline"
    assert registry.name_of(PanelSpec("two men in a tavern", landscapes=("somewhere",))) == "bar"
    assert registry.name_of(PanelSpec("She pushes a cart through the supermarket")) == "shop"
    assert registry.name_of(PanelSpec("They meet in the coffee shop")) == "bar"


def test_a_forbidden_landscape_gives_way() -> None:
    spec = PanelSpec("x", landscapes=("forest", "lake"), negative_prompt="forest")
    assert registry.name_of(spec) == "lake"


@pytest.mark.parametrize("name", ["attic", "street", "mountains", "beach"])
def test_seeds_and_prompts_compose_differently_and_repeat_exactly(name: str) -> None:
    one, again = flat(drawn(name, seed=1)), flat(drawn(name, seed=1))
    assert np.array_equal(one, again)
    assert np.abs(one - flat(drawn(name, seed=2))).mean() > 0.02
    assert np.abs(one - flat(drawn(name, seed=1, prompt="y"))).mean() > 0.02


def test_a_sleeping_volcano_has_no_fire_and_an_ice_cave_is_blue() -> None:
    awake, asleep = (
        flat(drawn("volcano", time_of_day="night", prompt=f"an {word} volcano")) for word in ("awake", "extinct")
    )
    assert np.max(awake[..., 0] - awake[..., 2]) > 0.6 > 2 * np.max(asleep[..., 0] - asleep[..., 2])
    rock, ice = (flat(drawn("cave", prompt=word)).mean(axis=(0, 1)) for word in ("a cave", "an ice cave"))
    assert ice[2] - ice[0] > rock[2] - rock[0] + 0.05


def test_a_door_said_of_an_attic_lets_light_in() -> None:
    closed, opened = drawn("attic", seed=3), drawn("attic", seed=3, landscapes=("attic", "doorway"))
    assert len(opened.stage.windows) > len(closed.stage.windows)


def test_indoors_no_camera_flies() -> None:
    spec = PanelSpec("x", shot_type="drone", landscapes=("kitchen",))
    fitted = registry.fit(registry.LANDSCAPES["kitchen"], framings.of(spec))
    assert fitted.figure_height > 0.4
    assert registry.fit(registry.LANDSCAPES["desert"], framings.of(spec)).figure_height < 0.1
